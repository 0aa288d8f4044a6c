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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::vectors::{keys, list, primitives, text};

    #[test]
    fn only_the_old_key_vouches_and_only_for_the_new_one() {
        let vectors = primitives();
        let [old, new, other, ..] = list(&vectors, "keys") else { panic!("three keys") };
        let (old, new, other) = (keys(old), keys(new), keys(other));
        let succession = Succession::new(&old, &new.commit());
        assert!(succession.holds(&old, &new.commit()));
        assert!(!succession.holds(&old, &other.commit()));
        assert!(!succession.holds(&other, &new.commit()));
        assert!(
            !Succession { old: old.commit(), ..Succession::new(&other, &new.commit()) }
                .holds(&old, &new.commit())
        );
        assert!(!Succession { old: other.commit(), ..succession }.holds(&old, &new.commit()));
    }

    #[test]
    fn the_field_reads_and_writes_canonically() {
        let vectors = primitives();
        let published = text(&list(&vectors, "heads")[2]["prev"]);
        assert_eq!(Succession::parse(published).expect("published").to_string(), published);
        let longer = format!("{published}A");
        let shorter = &published[1..];
        let padded = format!("{published}=");
        for wrong in
            ["", ".", &longer, shorter, &padded, &published.replace('.', ""), &published.replace('.', " ")]
        {
            assert_eq!(Succession::parse(wrong), None, "{wrong}");
        }
    }
}
