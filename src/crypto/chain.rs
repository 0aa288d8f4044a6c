//! The chain: tags that tie every token to the one before it and to what lies between (section 6 of the format).

use std::fmt;

use super::mac::{KeyedHash, length};
use super::token::{Tag, TokenId};

/// The key of links and `end`; it depends on format, cover, epoch, policy and scope.
pub struct LinkKey(KeyedHash);

/// What a link holds of the token before: its name and its container, not its ciphertext.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Previous<'a> {
    /// There is none.
    None,
    /// The token before.
    Some {
        /// Its name.
        id: TokenId,
        /// The encoded path of its container.
        cpath: &'a [u8],
    },
}

/// Whether the metadata block's writer added a line break that the text did not end with (field `eof`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Eof {
    /// The text ends as it always did.
    Kept,
    /// The last line break of the body is not the text's.
    Added,
}

impl LinkKey {
    /// The key `K_link`.
    pub(super) fn new(key: &[u8; 32]) -> Self {
        Self(KeyedHash::new(key))
    }

    /// The link of the token whose sealed value is `v`, at the encoded path `path`, behind `gap` (C of section 5).
    pub fn link(&self, previous: &Previous<'_>, v: &[u8], path: &[u8], gap: &[u8]) -> Tag {
        let behind = [&length(v), v, &length(path), path, &length(gap), gap];
        self.tag(1, previous, &behind)
    }

    /// The tag over what lies behind the last token.
    pub fn end(&self, previous: &Previous<'_>, eof: Eof, gap: &[u8]) -> Tag {
        let eof = [u8::from(eof == Eof::Added)];
        self.tag(2, previous, &[&eof, &length(gap), gap])
    }

    fn tag(&self, domain: u8, previous: &Previous<'_>, behind: &[&[u8]]) -> Tag {
        let domain = [domain];
        let mut parts: Vec<&[u8]> = Vec::with_capacity(11);
        parts.push(&domain);
        let (id, size);
        match previous {
            Previous::None => parts.push(&[0]),
            Previous::Some { id: name, cpath } => {
                (id, size) = (name.0, length(cpath));
                parts.extend_from_slice(&[&[1], &id, &size, cpath]);
            }
        }
        parts.extend_from_slice(behind);
        let hash = self.0.tag(&parts);
        Tag(*hash.first_chunk().expect("16 of 32 bytes"))
    }
}

impl fmt::Debug for LinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::crypto::Token;
    use crate::crypto::vectors::{array, bytes, list, number, path, primitives, text};

    fn previous<'c>(value: &Value, cpath: &'c mut Vec<u8>) -> Previous<'c> {
        if value.is_null() {
            return Previous::None;
        }
        *cpath = path(&value["cpath"]);
        Previous::Some { id: TokenId(array(&value["id"])), cpath }
    }

    #[test]
    fn links_and_ends_are_as_published() {
        let vectors = &primitives()["chain"];
        let key = LinkKey::new(&array(&vectors["k_link"]));
        for case in list(vectors, "links") {
            let cpath = &mut Vec::new();
            let previous = previous(&case["prev"], cpath);
            let value = bytes(&case["V"]);
            let link = key.link(&previous, &value, &path(&case["path"]), &bytes(&case["gap"]));
            assert_eq!(link.0, array(&case["link"]), "{case}");
            assert_eq!(Token { value: value.into(), link }.to_string(), text(&case["token"]));
        }
        for case in list(vectors, "ends") {
            let cpath = &mut Vec::new();
            let previous = previous(&case["prev"], cpath);
            let eof = if number(&case["eof"]) == 1 { Eof::Added } else { Eof::Kept };
            let end = key.end(&previous, eof, &bytes(&case["gap"]));
            assert_eq!(end.0, array(&case["end"]), "{case}");
            assert_eq!(end.to_string(), text(&case["text"]));
        }
    }

    #[test]
    fn every_input_of_a_link_counts() {
        let key = LinkKey::new(&[0; 32]);
        let id = TokenId([0; 6]);
        let none = Previous::None;
        let one = Previous::Some { id, cpath: b"" };
        let tags = [
            key.link(&none, b"", b"", b""),
            key.link(&none, b"a", b"", b""),
            key.link(&none, b"", b"a", b""),
            key.link(&none, b"", b"", b"a"),
            key.link(&one, b"", b"", b""),
            key.link(&Previous::Some { id: TokenId([1; 6]), cpath: b"" }, b"", b"", b""),
            key.link(&Previous::Some { id, cpath: b"a" }, b"", b"", b""),
            key.end(&none, Eof::Kept, b""),
            key.end(&none, Eof::Added, b""),
            key.end(&one, Eof::Kept, b""),
            key.end(&none, Eof::Kept, b"a"),
            LinkKey::new(&[1; 32]).end(&none, Eof::Kept, b""),
        ];
        for (at, tag) in tags.iter().enumerate() {
            assert!(!tags[..at].contains(tag), "{at}");
        }
    }
}
