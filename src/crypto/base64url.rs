//! `B64` of section 2: base64url without padding (RFC 4648 section 5), one text for each sequence of bytes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The text that stands for `bytes`.
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Appends the text that stands for `bytes`.
pub(super) fn push(out: &mut String, bytes: &[u8]) {
    URL_SAFE_NO_PAD.encode_string(bytes, out);
}

/// The bytes that `text` stands for; `None` for padding, another alphabet, or trailing bits that are not zero.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// The `N` bytes that `text` stands for; `None` as for [`decode`], or when it stands for fewer or more.
pub fn decode_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.len() != (N * 8).div_ceil(6) {
        return None;
    }
    decode(text)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::*;

    #[test]
    fn other_ways_to_write_the_same_bytes_are_refused() {
        assert_eq!(decode("_-A"), Some(vec![0xFF, 0xE0]));
        for text in ["_-A=", "/+A", "_-B", "_-A\n", " _-A", "_", "_-A_-", "\u{e9}"] {
            assert_eq!(decode(text), None, "{text:?}");
        }
    }

    #[test]
    fn arrays_have_an_exact_length() {
        assert_eq!(decode_array::<2>("_-A"), Some([0xFF, 0xE0]));
        assert_eq!(decode_array::<1>("_-A"), None);
        assert_eq!(decode_array::<3>("_-A"), None);
        assert_eq!(decode_array::<0>(""), Some([]));
    }

    proptest! {
        #[test]
        fn bytes_come_back(bytes: Vec<u8>) {
            prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }

        #[test]
        fn whatever_decodes_is_what_encode_writes(text in "[A-Za-z0-9_=+/-]{0,12}", any in any::<String>()) {
            for text in [text, any] {
                if let Some(bytes) = decode(&text) {
                    prop_assert!(encode(&bytes) == text, "{}", text);
                }
            }
        }
    }
}
