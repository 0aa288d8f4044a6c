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
