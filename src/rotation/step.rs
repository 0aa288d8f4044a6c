//! What is to be done, and what that means for one file.

use super::wanted::opened;
use super::{Rids, Target};
use crate::envelope::Envelope;
use crate::error::{Error, Result};
use crate::file::{EncryptedFile, Terms};
use crate::provider::threshold::{admits_all_of, is_same_group, rid_of};
use crate::provider::{self, Session, Staleness, Wrap, recipient_of};

/// What is to be done with every file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// Its recipients become those that its rule names.
    Policy,
    /// So do they, and its policy, cover and scope become what its rule says, too.
    Rule,
    /// These are added to its recipients, and those taken from them.
    Change {
        /// Who comes.
        add: Rids,
        /// Who leaves; nobody in `add`.
        remove: Rids,
    },
    /// It gets a new data key, for the same recipients.
    Rotate,
    /// Wraps that were made under an old version of their key are made anew.
    Stale,
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
    /// Groups that others of `added` take the place of, without taking access from anybody.
    pub replaced: Rids,
    /// Whose wrap is made anew under the current version of their key.
    pub renewed: Rids,
    /// Whose service, or wrap, does not say whether it is old; these stay as they are.
    pub unsaid: Rids,
    /// Whose service could not be asked, or failed; these stay as they are.
    pub unanswered: Vec<Unanswered>,
    /// Its data key: new whenever somebody is removed (section 9 of the format).
    pub key: Key,
    /// Its policy, cover and scope from now on, where they change: that takes a new data key.
    pub terms: Option<Box<Terms>>,
    /// The paths of values that are secret now, and plain under these.
    pub opened: Vec<String>,
    /// Whether its rule wants another policy, cover or scope, and that is not what the task is about.
    pub is_off: bool,
}

/// Why nobody says whether a wrap is old, or why one that is was not made anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unanswered {
    /// The recipient.
    pub recipient: String,
    /// The status that the failure ends a program with ([`Error::status`]).
    pub status: u8,
    /// The failure's words.
    pub reason: String,
}

impl Unanswered {
    /// What `error` came to for `recipient`.
    pub(super) fn of(recipient: String, error: &Error) -> Self {
        Self { recipient, status: error.status(), reason: error.to_string() }
    }
}

impl Step {
    /// Whether the file stays as it is.
    pub fn is_nothing(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.renewed.is_empty() && self.key == Key::Kept
    }
}

impl Task {
    /// What the task means for `target`, in which `file` lies.
    ///
    /// # Errors
    /// As [`Task::step`].
    pub fn judge(&self, file: &EncryptedFile, target: &Target, session: &Session) -> Result<Step> {
        let mut step = self.step(file.envelope(), target, session)?;
        let terms = target.wanted.as_ref().and_then(|wanted| wanted.change(file));
        match (self, terms) {
            (Self::Rule, Some(terms)) => {
                step.opened = opened(file, &terms.policy);
                (step.terms, step.key) = (Some(Box::new(terms)), Key::New);
            }
            (Self::Policy, terms) => step.is_off = terms.is_some(),
            _ => {}
        }
        Ok(step)
    }

    /// What the task means for `target`, whose metadata are `envelope`; only [`Task::Stale`] asks anybody, the key services, and
    /// those only for versions.
    ///
    /// # Errors
    /// [`Error::Usage`] when there is no rule to follow, or nobody could read the file afterwards.
    pub fn step(&self, envelope: &Envelope, target: &Target, session: &Session) -> Result<Step> {
        let before: Rids = envelope.recipients.iter().map(recipient_of).collect();
        let readers = match self {
            Self::Policy | Self::Rule => {
                let what = || Error::Usage {
                    what: "no rule of dekko.toml names the file; say whom to add or remove".to_owned(),
                };
                target.named.as_deref().ok_or_else(what)?.clone()
            }
            Self::Change { add, remove } => {
                let leaves = |known: &String| {
                    let is_meant =
                        |rid: &String| rid == known || rid == rid_of(known) || is_same_group(rid, known);
                    remove.iter().any(is_meant)
                };
                let is_split_anew = |known: &String| add.iter().any(|new| is_same_group(new, known));
                let staying = before.iter().filter(|known| !leaves(known) && !is_split_anew(known));
                staying.chain(add).cloned().collect()
            }
            Self::Rotate | Self::Stale => before.clone(),
        };
        if readers.is_empty() {
            let what = "nobody could read the file any more; add another recipient first".to_owned();
            return Err(Error::Usage { what });
        }
        let added: Rids = readers.difference(&before).cloned().collect();
        let is_kept =
            |old: &&String| added.iter().any(|new| is_same_group(new, old) && admits_all_of(new, old));
        let (replaced, removed) = before.difference(&readers).partition::<Vec<_>, _>(is_kept);
        let (replaced, removed): (Rids, Rids) =
            (replaced.into_iter().cloned().collect(), removed.into_iter().cloned().collect());
        let is_new = !removed.is_empty() || *self == Self::Rotate;
        let stale = if *self == Self::Stale { Stale::of(envelope, session) } else { Stale::default() };
        let Stale { renewed, unsaid, unanswered } = stale;
        Ok(Step {
            readers,
            added,
            removed,
            replaced,
            renewed,
            unsaid,
            unanswered,
            key: if is_new { Key::New } else { Key::Kept },
            terms: None,
            opened: Vec::new(),
            is_off: false,
        })
    }
}

/// What is known of the age of wraps.
#[derive(Default)]
struct Stale {
    renewed: Rids,
    unsaid: Rids,
    unanswered: Vec<Unanswered>,
}

impl Stale {
    /// Which wraps of `envelope` were made under an old version of their key. One service that fails keeps no other from it.
    fn of(envelope: &Envelope, session: &Session) -> Self {
        let mut stale = Self::default();
        for wrapped in &envelope.recipients {
            let recipient = recipient_of(wrapped);
            match provider::staleness(&Wrap::from(wrapped), &envelope.file_id, session) {
                Ok(Staleness::Stale) => drop(stale.renewed.insert(recipient)),
                Ok(Staleness::Unknown) => drop(stale.unsaid.insert(recipient)),
                Ok(Staleness::Current | Staleness::Unversioned) => {}
                Err(error) => stale.unanswered.push(Unanswered::of(recipient, &error)),
            }
        }
        stale
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::crypto::{Commit, Eof, Epoch, FileId, Tag};
    use crate::document::Cover;
    use crate::envelope::WrappedKey;
    use crate::environment::Environment;
    use crate::provider::NoPrompt;

    fn rids(names: &str) -> Rids {
        names.split_whitespace().map(|name| format!("age:{name}")).collect()
    }

    /// What `task` means for a file of `before` whose rule names `named`: who comes, who leaves, and the data key.
    fn step(task: &Task, before: &str, named: Option<&str>) -> Result<(Rids, Rids, Key)> {
        let session = Session::new(Environment::new([]), &[], Arc::new(NoPrompt));
        let step = task.step(&envelope(before), &target(named), &session)?;
        Ok((step.added, step.removed, step.key))
    }

    fn target(named: Option<&str>) -> Target {
        let named = named.map(|names| Arc::new(rids(names)));
        Target { path: "x".into(), file_type: None, within: None, is_optional: false, named, wanted: None }
    }

    fn envelope(before: &str) -> Envelope {
        let recipients = rids(before).iter().map(|rid| WrappedKey::new(rid, vec![1]).unwrap()).collect();
        Envelope {
            end: Tag([0; 16]),
            eof: Eof::Kept,
            file_id: FileId([0; 16]),
            commit: Commit([0; 32]),
            epoch: Epoch([0; 8]),
            cover: Cover::All,
            policy: "encrypt **".to_owned(),
            scope: None,
            rotated: "2026-11-21T10:00:00Z".to_owned(),
            prev: None,
            head: [0; 32],
            recipients,
        }
    }

    #[test]
    fn a_data_key_is_new_exactly_when_somebody_leaves_or_a_new_one_is_asked_for() {
        let change = |add: &str, remove: &str| Task::Change { add: rids(add), remove: rids(remove) };
        for (task, before, named, added, removed, key) in [
            (Task::Policy, "a b", Some("a b"), "", "", Key::Kept),
            (Task::Policy, "a b", Some("a b c"), "c", "", Key::Kept),
            (Task::Policy, "a b", Some("a c"), "c", "b", Key::New),
            (change("c", ""), "a b", None, "c", "", Key::Kept),
            (change("a", ""), "a b", Some("a"), "", "", Key::Kept),
            (change("", "b"), "a b", Some("a b"), "", "b", Key::New),
            (change("", "z"), "a b", None, "", "", Key::Kept),
            (change("c", "a b"), "a b", None, "c", "a b", Key::New),
            (Task::Rotate, "a b", Some("c"), "", "", Key::New),
            (Task::Stale, "a b", Some("c"), "", "", Key::Kept),
        ] {
            let found = step(&task, before, named).unwrap();
            assert_eq!(found, (rids(added), rids(removed), key), "{task:?} of {before}");
        }
    }

    #[cfg(feature = "vault")]
    #[test]
    fn a_service_that_cannot_be_asked_keeps_nothing_from_being_looked_at() {
        let vault = "vault-transit:https://vault.example.com/transit/keys/k";
        let wrap = [&[0; 4][..], b"vault:v1:AAAA"].concat();
        let mut envelope = envelope("a");
        envelope.recipients.push(WrappedKey::new(vault, wrap).unwrap());
        envelope.recipients.push(WrappedKey::new("later:x", vec![1]).unwrap());
        let session = Session::new(Environment::new([]), &[], Arc::new(NoPrompt));
        let step = Task::Stale.step(&envelope, &target(None), &session).unwrap();
        let unanswered: Vec<_> = step.unanswered.iter().map(|one| one.recipient.as_str()).collect();
        assert_eq!(unanswered, [vault]);
        assert_eq!((step.unsaid, step.renewed), (Rids::from(["later:x".to_owned()]), Rids::new()));
    }

    #[test]
    fn a_file_without_readers_or_without_a_rule_to_follow_is_refused() {
        let all = Task::Change { add: Rids::new(), remove: rids("a b") };
        assert_eq!(step(&all, "a b", None).unwrap_err().status(), 2);
        assert_eq!(step(&Task::Policy, "a b", None).unwrap_err().status(), 2);
    }
}
