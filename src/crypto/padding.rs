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
