//! HMAC-SHA-256 (RFC 2104) under keys that are used many times.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

/// A key whose schedule is computed once. Boxed: its copy of the key lies on the heap, where the program's allocator
/// wipes what is freed.
pub(super) struct KeyedHash(Box<Hmac<Sha256>>);

impl KeyedHash {
    /// The schedule of `key`.
    pub(super) fn new(key: &[u8]) -> Self {
        Self(Box::new(Hmac::new_from_slice(key).expect("HMAC takes keys of any length")))
    }

    /// The tag over the parts, joined.
    pub(super) fn tag(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut state = Hmac::clone(&self.0);
        for part in parts {
            state.update(part);
        }
        state.finalize().into_bytes().into()
    }
}

/// Whether two tags are the same, in a time that does not depend on where they differ.
pub fn same(one: &[u8], other: &[u8]) -> bool {
    one.ct_eq(other).into()
}

/// The length of a part as the format's `LP` writes it before the part.
pub(super) fn length(part: &[u8]) -> [u8; 4] {
    u32::try_from(part.len()).expect("a text is at most 64 MiB").to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_hmac_sha_256() {
        // RFC 4231, test case 2.
        let tag = KeyedHash::new(b"Jefe").tag(&[b"what do ya want ", b"", b"for nothing?"]);
        assert_eq!(tag[..8], [0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e]);
    }

    #[test]
    fn tags_of_different_length_are_not_the_same() {
        assert!(same(b"abc", b"abc"));
        assert!(!same(b"abc", b"abd"));
        assert!(!same(b"abc", b"ab"));
        assert!(!same(b"", b"a"));
    }
}
