//! Shamir's scheme over GF(2^8), byte by byte (section 8.4 of the format).
//!
//! The arithmetic is ours because it is linear algebra of thirty lines, without tables or branches on secrets, and the
//! crates for it order their shares otherwise and look up tables.

use zeroize::Zeroizing;

use crate::crypto::Random;
use crate::error::Result;
use crate::provider::Payload;

/// Splits `secret` into `of` shares, any `needed` of which give it back: each y, as long as the secret, then x from 1.
/// `needed` is 2 to `of`.
///
/// # Errors
/// What `random` says; it gives the coefficients a_1 … a_(needed-1), each as long as the secret.
pub(super) fn split(secret: &[u8], needed: u8, of: u8, random: &mut dyn Random) -> Result<Vec<Payload>> {
    let mut coefficients = Zeroizing::new(vec![0; usize::from(needed.saturating_sub(1)) * secret.len()]);
    random.fill(&mut coefficients)?;
    Ok((1..=of).map(|x| share(secret, &coefficients, x)).collect())
}

/// The value at `x` of the polynomial secret + a_1·x + …, then x.
fn share(secret: &[u8], coefficients: &[u8], x: u8) -> Payload {
    // Room for all of it at once, so that growing leaves no copy behind.
    let mut share = Zeroizing::new(Vec::with_capacity(secret.len() + 1));
    share.resize(secret.len(), 0);
    let terms = coefficients.chunks_exact(secret.len().max(1)).rev();
    for term in terms.chain([secret]) {
        for (y, term) in share.iter_mut().zip(term) {
            *y = multiply(*y, x) ^ term;
        }
    }
    share.push(x);
    Payload::new(share)
}

/// The value at 0 of the polynomials through `shares`, each y then x, with x different and none 0 (Lagrange).
pub(super) fn interpolate_at_zero(shares: &[&Payload]) -> Payload {
    let length = shares.iter().map(|share| share.expose().len().saturating_sub(1)).min().unwrap_or(0);
    let mut secret = Zeroizing::new(vec![0; length]);
    for share in shares {
        let x = x_of(share);
        let others = shares.iter().map(|share| x_of(share)).filter(|other| *other != x);
        // The product of x_j / (x_j - x_i); in this field minus is plus is exclusive or.
        let (above, below) =
            others.fold((1, 1), |(above, below), other| (multiply(above, other), multiply(below, other ^ x)));
        let factor = multiply(above, invert(below));
        for (sum, y) in secret.iter_mut().zip(share.expose()) {
            *sum ^= multiply(*y, factor);
        }
    }
    Payload::new(secret)
}

/// The place of `share`, its last byte; 0, which no share has, for nothing.
pub(super) fn x_of(share: &Payload) -> u8 {
    share.expose().last().copied().unwrap_or(0)
}

/// a · b in GF(2^8) modulo x^8 + x^4 + x^3 + x + 1 (0x11b), in the same time for all a and b.
fn multiply(a: u8, b: u8) -> u8 {
    let (mut a, mut product) = (a, 0);
    for bit in 0..8 {
        product ^= a & ((b >> bit) & 1).wrapping_neg();
        a = (a << 1) ^ (0x1b & (a >> 7).wrapping_neg());
    }
    product
}

/// 1 / a, which is a^254; 0 for 0.
fn invert(a: u8) -> u8 {
    (0..7)
        .fold((1, a), |(product, power), _| {
            let power = multiply(power, power);
            (multiply(product, power), power)
        })
        .0
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::crypto::SystemRandom;
    use crate::provider::threshold::tests::{hex, payload, vectors};

    /// Gives out what it was made with.
    struct Fixed(Vec<u8>);

    impl Random for Fixed {
        fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
            bytes.copy_from_slice(&self.0.drain(..bytes.len()).collect::<Vec<_>>());
            Ok(())
        }
    }

    #[test]
    fn the_field_is_that_of_the_format() {
        for case in vectors()["gf256"].as_array().unwrap() {
            let [a, b, product] = [0, 1, 2].map(|i| u8::try_from(case[i].as_u64().unwrap()).unwrap());
            assert_eq!(multiply(a, b), product);
            assert_eq!(multiply(b, a), product);
        }
        assert_eq!(invert(0), 0);
        assert!((1..=255).all(|a| multiply(a, invert(a)) == 1));
    }

    #[test]
    fn shares_are_those_of_the_published_vectors() {
        for case in vectors()["threshold"].as_array().unwrap() {
            let [k, n] = ["k", "n"].map(|name| u8::try_from(case[name].as_u64().unwrap()).unwrap());
            let shares: Vec<_> = case["shares"].as_array().unwrap().iter().map(hex).collect();
            let made = split(&hex(&case["secret"]), k, n, &mut Fixed(hex(&case["random"]))).unwrap();
            assert_eq!(made.iter().map(Payload::expose).collect::<Vec<_>>(), shares);
        }
    }

    #[test]
    fn any_k_published_shares_give_the_secret_and_fewer_do_not() {
        for case in vectors()["threshold"].as_array().unwrap() {
            let k = case["k"].as_u64().unwrap() as usize;
            let shares: Vec<_> =
                case["shares"].as_array().unwrap().iter().map(|text| payload(&hex(text))).collect();
            let secret = hex(&case["secret"]);
            for start in 0..shares.len() {
                let chosen: Vec<_> = (0..k).map(|i| &shares[(start + i) % shares.len()]).collect();
                assert_eq!(interpolate_at_zero(&chosen).expose(), secret);
                assert_ne!(interpolate_at_zero(&chosen[1..]).expose(), secret);
            }
        }
    }

    #[test]
    fn every_subset_of_up_to_five_shares_gives_the_secret_exactly_when_it_is_large_enough() {
        let secret: Vec<u8> = (0..32).collect();
        for n in 2..=5_u8 {
            for k in 2..=n {
                let shares = split(&secret, k, n, &mut SystemRandom).unwrap();
                for chosen in 1_u32..1 << n {
                    let some: Vec<_> = (0..n).filter(|i| chosen >> i & 1 == 1).collect();
                    let some: Vec<_> = some.iter().map(|i| &shares[usize::from(*i)]).collect();
                    let found = interpolate_at_zero(&some);
                    assert_eq!(found.expose() == secret, some.len() >= usize::from(k), "{k} {n} {chosen:b}");
                }
            }
        }
    }

    #[test]
    fn one_share_less_says_nothing_of_the_secret() {
        // For whatever secret one guesses, there is a last share that gives it.
        let shares = split(&[42; 32], 3, 5, &mut SystemRandom).unwrap();
        for guess in 0..=255_u8 {
            let possible = (0..=255_u8).filter(|y| {
                let last = payload(&[&[*y; 32][..], &[5]].concat());
                interpolate_at_zero(&[&shares[0], &shares[1], &last]).expose()[0] == guess
            });
            assert_eq!(possible.count(), 1, "{guess}");
        }
    }

    proptest! {
        #[test]
        fn any_k_shares_open_in_any_order_and_no_fewer(
            secret in prop::collection::vec(any::<u8>(), 32..37),
            (n, k) in (2..=40_u8).prop_flat_map(|n| (Just(n), 2..=n)),
            order in any::<prop::sample::Index>(),
            step in prop::sample::select(vec![1_usize, 3, 7, 9, 11, 13]),
        ) {
            let shares = split(&secret, k, n, &mut SystemRandom).unwrap();
            let mut chosen: Vec<usize> = Vec::new();
            let mut at = order.index(usize::from(n));
            while chosen.len() < usize::from(k) {
                while chosen.contains(&at) { at = (at + 1) % usize::from(n); }
                chosen.push(at);
                at = (at + step) % usize::from(n);
            }
            let some: Vec<_> = chosen.iter().map(|at| &shares[*at]).collect();
            prop_assert!(interpolate_at_zero(&some).expose() == secret);
            prop_assert!(interpolate_at_zero(&some[1..]).expose() != secret);
        }
    }
}
