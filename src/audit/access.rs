//! Who can read a file now, and whether that is whom its rule names.

use std::collections::HashSet;

use crate::crypto::Keys;
use crate::error::Class;
use crate::file::{DataKeys, EncryptedFile};
use crate::provider::recipient_of;
use crate::provider::threshold::Group;

/// What a rule says of a file.
#[derive(Clone, Copy, Debug)]
pub struct Rule<'r> {
    /// The rule, for messages: `rule 2 of 'dekko.toml'`.
    pub name: &'r str,
    /// Who may read the file, by the names that files use.
    pub readers: &'r HashSet<String>,
}

/// Whether what a file says of its recipients is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It was verified under the file's data key.
    Verified,
    /// No key here opens the file.
    NoKey,
    /// It was altered after it was sealed.
    Forged,
}

/// A recipient of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reader {
    /// How the file calls it: `age:age1…`; of a group with its members.
    pub rid: String,
    /// The group that it is, when several must come together.
    pub group: Option<Group>,
    /// Whether there is a rule for the file that does not name it.
    pub is_extra: bool,
}

/// Who can read a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Access {
    /// The recipients, in the order of the file.
    pub readers: Vec<Reader>,
    /// Whom the rule names and the file does not, sorted.
    pub missing: Vec<String>,
    /// Whether all this is true.
    pub proof: Proof,
}

/// Who can read `file`, compared with what `rule` says; verified where `keys` open it.
pub fn access(file: &EncryptedFile, rule: Option<Rule<'_>>, keys: &DataKeys<'_>) -> Access {
    let envelope = file.envelope();
    let proof = match keys.of(file) {
        Ok(key) if envelope.has_valid_head(&Keys::derive(&key, &envelope.file_id)) => Proof::Verified,
        Ok(_) => Proof::Forged,
        // Only keys that the file does not name came out of its wraps.
        Err(error) if error.class() == Some(Class::Dek) => Proof::Forged,
        Err(_) => Proof::NoKey,
    };
    let reader = |rid: String| Reader {
        group: Group::of(&rid),
        is_extra: rule.is_some_and(|rule| !rule.readers.contains(&rid)),
        rid,
    };
    let readers: Vec<Reader> = envelope.recipients.iter().map(|known| reader(recipient_of(known))).collect();
    let there: HashSet<&str> = readers.iter().map(|reader| reader.rid.as_str()).collect();
    let named = rule.map(|rule| rule.readers.iter()).into_iter().flatten();
    let mut missing: Vec<String> = named.filter(|rid| !there.contains(rid.as_str())).cloned().collect();
    missing.sort();
    Access { readers, missing, proof }
}
