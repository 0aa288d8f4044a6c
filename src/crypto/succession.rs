//! The field `prev`: how a rotated file names the key before, and how that key vouches for the new one.

use std::fmt;

use super::base64url;
use super::data_key::{Commit, Keys};
use super::mac::same;

/// The content of the field `prev` (section 7 of the format).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Succession {
    /// The name of the key before.
    pub old: Commit,
    /// Its tag over the name of the new key.
    pub tag: [u8; 32],
}

impl Succession {
    /// The statement of the key `old` that `new` follows it.
    pub fn new(old: &Keys, new: &Commit) -> Self {
        Self { old: old.commit(), tag: old.succession(new) }
    }

    /// Reads the field; `None` when it is not canonical. Undoes `Display`.
    pub fn parse(text: &str) -> Option<Self> {
        let (old, tag) = text.split_once('.')?;
        Some(Self { old: Commit(base64url::decode_array(old)?), tag: base64url::decode_array(tag)? })
    }

    /// Whether the holder of `old` made it for `new`.
    pub fn holds(&self, old: &Keys, new: &Commit) -> bool {
        // Both parts, always: which one differs is nobody's business.
        self.old.matches(&old.commit()) & same(&self.tag, &old.succession(new))
    }
}

impl fmt::Display for Succession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", base64url::encode(&self.old.0), base64url::encode(&self.tag))
    }
}
