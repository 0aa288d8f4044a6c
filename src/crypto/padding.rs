//! Lengths in buckets, so that a token tells little about its value (section 4 of the format).

/// `P(x)`: the padded length of `x` bytes; a multiple of 32, at least `x`, at most about 12 % more beyond 256.
pub(super) fn padded_len(x: usize) -> usize {
    let bucket = if x <= 256 { x } else { padme(x) };
    bucket.next_multiple_of(32)
}

/// Padmé (Nikitin et al., "Reducing Metadata Leakage from Encrypted Files", PETS 2019, section 4).
fn padme(length: usize) -> usize {
    let Some(e @ 1..) = length.checked_ilog2() else {
        return length;
    };
    let s = e.ilog2() + 1;
    let mask = (1 << (e - s)) - 1;
    (length + mask) & !mask
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, proptest};

    use super::*;
    use crate::crypto::vectors::{list, number, primitives};

    #[test]
    fn lengths_are_as_published() {
        let vectors = primitives();
        let size = |value| usize::try_from(number(value)).expect("small");
        for case in list(&vectors, "P") {
            assert_eq!(padded_len(size(&case[0])), size(&case[1]), "{case}");
        }
        for case in list(&vectors, "padme") {
            assert_eq!(padme(size(&case[0])), size(&case[1]), "{case}");
        }
        for case in list(&vectors, "pt_length") {
            assert_eq!(padded_len(size(&case["src"]) + 3), size(&case["style00"]), "{case}");
            assert_eq!(padded_len(size(&case["src"]) + 5), size(&case["style01"]), "{case}");
        }
    }

    #[test]
    fn no_small_length_fails() {
        assert_eq!([0, 1, 2, 3].map(padme), [0, 1, 2, 3]);
        assert_eq!([0, 1, 32, 33, 256, 257].map(padded_len), [0, 32, 32, 64, 256, 288]);
    }

    proptest! {
        #[test]
        fn buckets_are_monotone_and_hold_what_they_are_for(x in 0usize..1 << 27) {
            let padded = padded_len(x);
            prop_assert!(padded >= x && padded.is_multiple_of(32));
            prop_assert!(padded_len(x + 1) >= padded);
            prop_assert!(padded_len(padded) == padded);
            prop_assert!(padded <= x + x / 8 + 31);
        }
    }
}
