//! What is to be done, and what that means for one file.

use super::{Rids, Target};
use crate::envelope::Envelope;
use crate::error::{Error, Result};

/// What is to be done with every file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Its recipients become those that its rule names.
    Policy,
    /// These are added to its recipients, and those taken from them.
    Change {
        /// Who comes.
        add: Rids,
        /// Who leaves; nobody in `add`.
        remove: Rids,
    },
    /// It gets a new data key, for the same recipients.
    Rotate,
}

/// Whether a file keeps its data key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// It does: no value changes.
    Kept,
    /// It gets a new one: every value is encrypted anew.
    New,
}

/// What becomes of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Who can read it afterwards.
    pub readers: Rids,
    /// Those of them who could not before.
    pub added: Rids,
    /// Who can no longer.
    pub removed: Rids,
    /// Its data key: new whenever somebody is removed (section 9 of the format).
    pub key: Key,
}

impl Step {
    /// Whether the file stays as it is.
    pub fn is_nothing(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.key == Key::Kept
    }
}

impl Task {
    /// What the task means for `target`, whose metadata are `envelope`.
    ///
    /// # Errors
    /// [`Error::Usage`] when there is no rule to follow, or nobody could read the file afterwards.
    pub fn step(&self, envelope: &Envelope, target: &Target) -> Result<Step> {
        let before: Rids = envelope.recipients.iter().map(|wrapped| wrapped.rid.clone()).collect();
        let readers = match self {
            Self::Policy => {
                let what = || Error::Usage {
                    what: "no rule of dekko.toml names the file; say whom to add or remove".to_owned(),
                };
                target.named.as_deref().ok_or_else(what)?.clone()
            }
            Self::Change { add, remove } => {
                before.difference(remove).cloned().chain(add.iter().cloned()).collect()
            }
            Self::Rotate => before.clone(),
        };
        if readers.is_empty() {
            let what = "nobody could read the file any more; add another recipient first".to_owned();
            return Err(Error::Usage { what });
        }
        let added: Rids = readers.difference(&before).cloned().collect();
        let removed: Rids = before.difference(&readers).cloned().collect();
        let is_new = !removed.is_empty() || *self == Self::Rotate;
        Ok(Step { readers, added, removed, key: if is_new { Key::New } else { Key::Kept } })
    }
}
