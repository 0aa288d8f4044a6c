//! One recipient's line: for whom, and the data key as only they can read it.

use std::fmt;

use crate::crypto::{from_base64url, to_base64url};

/// The longest name of a recipient, in bytes (reading R8 of the format's description).
pub const MAX_RID: usize = 4096;
/// The longest wrap, in bytes (section 7 of the format).
pub const MAX_WRAP: usize = 8192;

/// The data key, wrapped for one recipient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedKey {
    /// The recipient: `provider:rest`; one of an unknown provider is kept as it is.
    pub rid: String,
    /// What that provider unwraps; 1 to 8192 bytes.
    pub wrap: Vec<u8>,
}

impl WrappedKey {
    /// A line for the recipient `rid`; `None` when the name or the size of the wrap is not one that a file can hold.
    pub fn new(rid: impl Into<String>, wrap: Vec<u8>) -> Option<Self> {
        let rid = rid.into();
        (is_rid(&rid) && (1..=MAX_WRAP).contains(&wrap.len())).then_some(Self { rid, wrap })
    }

    /// Reads a line, `rid SPACE B64(wrap)`; `None` when it is not canonical. Undoes `Display`.
    pub fn parse(line: &str) -> Option<Self> {
        let (rid, wrap) = line.split_once(' ')?;
        if wrap.len() > (MAX_WRAP * 8).div_ceil(6) {
            return None;
        }
        Self::new(rid, from_base64url(wrap)?)
    }

    /// The provider's name: what stands before the first colon.
    pub fn provider(&self) -> &str {
        self.rid.split_once(':').map_or(&self.rid, |(provider, _)| provider)
    }
}

impl fmt::Display for WrappedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.rid, to_base64url(&self.wrap))
    }
}

/// Whether `text` can name a recipient: `[a-z0-9-]+:[!-~]+`, not ending in a colon, at most 4096 bytes.
pub fn is_rid(text: &str) -> bool {
    let Some((provider, rest)) = text.split_once(':') else { return false };
    text.len() <= MAX_RID
        && !provider.is_empty()
        && provider.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        && !rest.is_empty()
        && rest.bytes().all(|byte| matches!(byte, b'!'..=b'~'))
        && !rest.ends_with(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_grammar() {
        let longest = format!("a:{}", "x".repeat(4094));
        for rid in ["age:age1abc", "x-other:!~", "0:0", "a:b:c", "a::b", &longest] {
            assert!(is_rid(rid), "{rid}");
        }
        let too_long = format!("{longest}x");
        for rid in [
            "",
            "age",
            "age:",
            ":a",
            "age:a:",
            "a::",
            "Age:a",
            "a_b:c",
            "age:a b",
            "age:\u{e9}",
            "age:a\x7f",
            &too_long,
        ] {
            assert!(!is_rid(rid), "{rid}");
        }
    }

    #[test]
    fn lines_are_canonical() {
        let line = "age:age1abc d3JhcDE";
        let key = WrappedKey::parse(line).expect("canonical");
        assert_eq!((key.provider(), &key.wrap[..], key.to_string().as_str()), ("age", &b"wrap1"[..], line));
        for wrong in [
            "age:age1abc",
            "age:age1abc ",
            "age:age1abc  d3JhcDE",
            " age:age1abc d3JhcDE",
            "age:age1abc d3JhcDE ",
            "age:age1abc d3JhcDE=",
            "age:age1abc d3JhcDF",
            "age:age1abc\td3JhcDE",
            "age: d3JhcDE",
        ] {
            assert_eq!(WrappedKey::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_wrap_is_one_byte_to_eight_kib() {
        for (len, fits) in [(0, false), (1, true), (8192, true), (8193, false)] {
            let line = format!("a:b {}", to_base64url(&vec![0; len]));
            assert_eq!(WrappedKey::parse(&line).is_some(), fits, "{len}");
            assert_eq!(WrappedKey::new("a:b", vec![0; len]).is_some(), fits, "{len}");
        }
    }
}
