//! `threshold`: any K of N recipients together (sections 7 and 10 of the format).
//!
//! Read only: each wrap of a share is opened by its own provider, the data key is the value at 0 of the polynomial
//! through K shares, byte by byte over GF(2^8). The interpolation is ours because it is linear algebra of thirty lines,
//! without tables or branches on secrets, and the crates for it order their shares otherwise and look up tables.

use zeroize::Zeroizing;

use super::{Offer, PROVIDERS, Payload, Provider, Session, Verdict, Wrap, attempt, unusable};
use crate::crypto::FileId;
use crate::error::{Attempt, Result};

/// Bytes of a share: y, then x.
const SHARE: usize = 33;

/// The provider of recipients that need one another.
pub struct Threshold;

impl Provider for Threshold {
    fn name(&self) -> &'static str {
        "threshold"
    }

    fn recipient(&self, rest: &str) -> Result<String> {
        Err(unusable(
            &format!("threshold:{rest}"),
            "this version of dekko can read threshold wraps but not make them",
        ))
    }

    fn wrap(&self, rest: &str, _: &FileId, _: &[u8], _: &Session) -> Result<Vec<u8>> {
        self.recipient(rest).map(String::into_bytes)
    }

    fn unwrap(
        &self,
        wraps: &[Wrap<'_>],
        file: &FileId,
        session: &Session,
        offer: &mut Offer<'_>,
    ) -> Vec<Attempt> {
        let mut attempts = Vec::new();
        for (index, wrap) in wraps.iter().enumerate() {
            let Some(split) = Split::read(wrap) else {
                attempts.push(attempt(wrap.rid, "its wrap is not one of this kind"));
                continue;
            };
            let mut verdict = Verdict::More;
            let opened = split.open(file, session, &mut attempts, &mut |key| {
                verdict = offer(index, key);
                verdict
            });
            if verdict == Verdict::Enough {
                break;
            }
            if opened < split.needed {
                let reason =
                    format!("{opened} of the {} shares that are needed could be opened", split.needed);
                attempts.push(attempt(wrap.rid, reason));
            }
        }
        attempts
    }
}

/// The recipients who open a data key together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// How many of them it takes; at least 2.
    pub needed: usize,
    /// The recipients, in the order of their shares.
    pub members: Vec<String>,
}

/// The group that `wrap` is for; `None` for a wrap of another provider, and for one that cannot be read.
pub fn group(wrap: &Wrap<'_>) -> Option<Group> {
    let split = Split::read(wrap)?;
    let members = split.shares.iter().map(|share| share.rid.to_owned()).collect();
    Some(Group { needed: split.needed, members })
}

/// A split data key: how many shares it takes, and the shares, wrapped, in the order x = 1 … N.
struct Split<'a> {
    needed: usize,
    shares: Vec<Wrap<'a>>,
}

impl<'a> Split<'a> {
    fn read(wrap: &Wrap<'a>) -> Option<Self> {
        let (k, after) = wrap.rest("threshold")?.split_once("-of-")?;
        let (n, name) = after.split_once(':')?;
        let (needed, mut left) = wrap.bytes.split_first()?;
        let mut shares = Vec::new();
        while !left.is_empty() {
            let rid = std::str::from_utf8(take_lp(&mut left)?).ok()?;
            shares.push(Wrap { rid, bytes: take_lp(&mut left)? });
        }
        let stated = k == needed.to_string() && n == shares.len().to_string() && !name.is_empty();
        let needed = usize::from(*needed);
        (stated && needed >= 2 && needed <= shares.len() && shares.len() <= 255)
            .then_some(Self { needed, shares })
    }

    /// Opens shares until `offer` has enough of the keys they give; how many could be opened.
    fn open(
        &self,
        file: &FileId,
        session: &Session,
        attempts: &mut Vec<Attempt>,
        offer: &mut dyn FnMut(Payload) -> Verdict,
    ) -> usize {
        let mut opened: Vec<Payload> = Vec::new();
        let mut verdict = Verdict::More;
        for provider in PROVIDERS.iter().filter(|provider| provider.name() != "threshold") {
            let (places, own): (Vec<_>, Vec<_>) = (1..=u8::MAX)
                .zip(&self.shares)
                .filter(|(_, share)| share.rest(provider.name()).is_some())
                .unzip();
            if own.is_empty() || verdict == Verdict::Enough {
                continue;
            }
            attempts.extend(provider.unwrap(&own, file, session, &mut |index, share| {
                let place: Option<&u8> = places.get(index);
                if share.expose().len() == SHARE && share.expose().last() == place {
                    opened.push(share);
                    // The newest K; an older share that belongs to another split drops out in the end.
                    if let Some(start) = opened.len().checked_sub(self.needed) {
                        verdict = offer(interpolate_at_zero(opened.get(start..).unwrap_or_default()));
                    }
                }
                verdict
            }));
        }
        opened.len()
    }
}

fn take_lp<'a>(left: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = left.split_first_chunk::<4>()?;
    let (taken, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    *left = rest;
    Some(taken)
}

/// The value at 0 of the polynomials through `shares`, each y[32] ‖ x, with x different and none 0 (Lagrange).
fn interpolate_at_zero(shares: &[Payload]) -> Payload {
    let mut secret = Zeroizing::new(vec![0; SHARE - 1]);
    let x_of = |share: &Payload| share.expose().last().copied().unwrap_or(0);
    for share in shares {
        let x = x_of(share);
        let others = shares.iter().map(x_of).filter(|other| *other != x);
        // The product of x_j / (x_j - x_i); in this field minus is plus is exclusive or.
        let factor = others.fold(1, |factor, other| multiply(factor, multiply(other, invert(other ^ x))));
        for (sum, y) in secret.iter_mut().zip(share.expose()) {
            *sum ^= multiply(*y, factor);
        }
    }
    Payload::new(secret)
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
    use serde_json::Value;
    use zeroize::Zeroizing;

    use super::{Split, interpolate_at_zero, invert, multiply};
    use crate::provider::{Payload, Wrap};

    fn payload(share: &[u8]) -> Payload {
        Payload::new(Zeroizing::new(share.to_vec()))
    }

    fn vectors() -> Value {
        serde_json::from_str(include_str!("../../fixtures/format-vectors/primitives.json")).unwrap()
    }

    fn hex(text: &Value) -> Vec<u8> {
        let text = text.as_str().unwrap();
        (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap()).collect()
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
    fn any_k_shares_give_the_secret_and_fewer_do_not() {
        for case in vectors()["threshold"].as_array().unwrap() {
            let k = case["k"].as_u64().unwrap() as usize;
            let shares: Vec<_> = case["shares"].as_array().unwrap().iter().map(hex).collect();
            let secret = hex(&case["secret"]);
            for start in 0..shares.len() {
                let chosen: Vec<_> = (0..k).map(|i| payload(&shares[(start + i) % shares.len()])).collect();
                assert_eq!(interpolate_at_zero(&chosen).expose(), secret);
                assert_ne!(interpolate_at_zero(&chosen[1..]).expose(), secret);
            }
        }
    }

    #[test]
    fn a_wrap_is_read_into_its_pairs_and_a_cut_one_is_not() {
        for case in vectors()["threshold"].as_array().unwrap() {
            let (rid, bytes) = (case["rid"].as_str().unwrap(), hex(&case["wrap"]));
            let split = Split::read(&Wrap { rid, bytes: &bytes }).unwrap();
            assert_eq!(split.needed as u64, case["k"].as_u64().unwrap());
            let pairs = case["pairs"].as_array().unwrap();
            assert_eq!(split.shares.len(), pairs.len());
            for (share, pair) in split.shares.iter().zip(pairs) {
                assert_eq!((share.rid, share.bytes), (pair[0].as_str().unwrap(), hex(&pair[1]).as_slice()));
            }
            assert!((0..bytes.len()).all(|end| Split::read(&Wrap { rid, bytes: &bytes[..end] }).is_none()));
            for rid in
                ["threshold:2-of-9:x", "threshold:9-of-3:x", "threshold:02-of-3:x", "threshold:x", "age:x"]
            {
                assert!(Split::read(&Wrap { rid, bytes: &bytes }).is_none());
            }
        }
    }
}
