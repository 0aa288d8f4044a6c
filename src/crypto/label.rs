//! Labels: short names for values that are not shown, so that people see *that* one changed. They are never stored.

use std::fmt;

use sha2::{Digest, Sha256};

use super::data_key::Keys;
use super::mac::length;
use super::token::TokenId;

/// A short name for a hidden value: 24 bits, shown as six hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Label([u8; 3]);

impl Label {
    /// The label of what was sealed as `sealed`: another one after every new encryption, of an equal value, too. It
    /// needs no key and says nothing but what the ciphertext says itself.
    pub fn of_sealed(sealed: &[u8]) -> Self {
        Self::first_of(&Sha256::new_with_prefix(b"dekko label\0").chain_update(sealed).finalize())
    }

    /// The label of the value `text` of the entry `id` at the encoded path `path`: the same after a new encryption under
    /// the same data key. Entry, path, file and data key count, so that no two places with equal values have the same.
    pub fn of_text(keys: &Keys, id: TokenId, path: &[u8], text: &[u8]) -> Self {
        Self::first_of(&keys.fingerprints().tag(&[&id.0, &length(path), path, text]))
    }

    fn first_of(hash: &[u8]) -> Self {
        Self(hash.first_chunk().copied().unwrap_or_default())
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c] = self.0;
        write!(f, "{a:02x}{b:02x}{c:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::{DataKey, FileId};

    #[test]
    fn a_label_depends_on_key_file_entry_path_and_text() {
        let keys = |key, file| Keys::derive(&DataKey::new([key; 32]), &FileId([file; 16]));
        let of =
            |keys: &Keys, id, path: &[u8], text: &[u8]| Label::of_text(keys, TokenId([id; 6]), path, text);
        let labels = [
            of(&keys(1, 1), 1, b"p", b"x"),
            of(&keys(2, 1), 1, b"p", b"x"),
            of(&keys(1, 2), 1, b"p", b"x"),
            of(&keys(1, 1), 2, b"p", b"x"),
            of(&keys(1, 1), 1, b"q", b"x"),
            of(&keys(1, 1), 1, b"p", b"y"),
            of(&keys(1, 1), 1, b"px", b""),
            Label::of_sealed(b"x"),
            Label::of_sealed(b"y"),
        ];
        for (at, label) in labels.iter().enumerate() {
            assert!(!labels[..at].contains(label), "{at}");
        }
        assert_eq!(labels[0], of(&keys(1, 1), 1, b"p", b"x"));
        assert_eq!(labels[0].to_string().len(), 6);
    }
}
