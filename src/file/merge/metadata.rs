//! What two branches make of the metadata: recipients as a set, one data key, policy and scope by three ways.

use std::collections::BTreeSet;

use super::Notice;
use crate::crypto::{Commit, DataKey, FileId, Keys, Random, Succession};
use crate::envelope::{Envelope, WrappedKey};
use crate::error::{Class, Error, Result};
use crate::file::encrypt::sorted;
use crate::file::{OpenFile, Recipe};
use crate::merge::marks::Side;
use crate::policy::Policy;
use crate::provider::recipient_of;
use crate::provider::threshold::{is_same_group, rid_of};

/// Wraps the data key of a file for one recipient.
pub type WrapOne<'a> = &'a mut dyn FnMut(&str, &FileId, &DataKey) -> Result<Vec<u8>>;

/// What decides about metadata beside the versions themselves.
pub struct Terms<'a> {
    /// The recipients that theirs may add: those of the rule for the file; `None` when there is no rule.
    pub allowed: Option<BTreeSet<String>>,
    /// When a new data key would be made: RFC 3339 in UTC with seconds.
    pub now: String,
    /// Wraps for a recipient whose side has another data key.
    pub wrap: WrapOne<'a>,
}

/// The metadata of the merged file.
pub(super) struct Agreed {
    /// `end`, `eof`, `epoch` and `head` are still to be found.
    pub envelope: Envelope,
    pub policy: Policy,
    pub key: DataKey,
    pub conflicts: Vec<String>,
    pub notices: Vec<Notice>,
}

/// The version that both sides come from.
pub(super) enum Ancestor<'a> {
    /// There is none, or it was not encrypted: nobody had access.
    None,
    /// Nothing here opens it: who had access is not known. The data key is the one that it names.
    Locked(Commit),
    /// A verified file.
    Open(&'a OpenFile),
}

/// Where the data key of ours comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    /// It is that of the ancestor, or that one's holder vouches for it.
    Known,
    /// Nobody vouches for it: whoever made it may hold it who should not. The merged file gets a new one.
    Unknown,
}

/// Refuses theirs when its data key does not follow from the one before: anybody can seal a file for the public
/// recipients of another, with a policy of his own, and it verifies. What ours is, was accepted before.
fn origin(ancestor: &Ancestor<'_>, ours: &OpenFile, theirs: &OpenFile) -> Result<Origin> {
    let (o, t) = (envelope(ours), envelope(theirs));
    let unrelated = |what: &str| Err(Error::refused(Class::Dek, None, what));
    let is_same_key = o.commit == t.commit;
    let known = |is_known| if is_known { Origin::Known } else { Origin::Unknown };
    let no_one_vouches = "theirs is sealed under a data key that no holder of the key before vouches for";
    match ancestor {
        Ancestor::Open(base) => {
            let is_theirs_known = follows(theirs, base);
            if !is_theirs_known && !is_same_key {
                return unrelated(no_one_vouches);
            }
            Ok(known(follows(ours, base) || (is_same_key && is_theirs_known)))
        }
        Ancestor::Locked(commit) => {
            if !is_same_key && t.commit != *commit && !follows(theirs, ours) {
                return unrelated(no_one_vouches);
            }
            Ok(known(is_same_key || o.commit == *commit || follows(ours, theirs) || follows(theirs, ours)))
        }
        Ancestor::None if is_same_key => Ok(Origin::Known),
        Ancestor::None => {
            let is_same_recipe = o.policy == t.policy && o.cover == t.cover && o.scope == t.scope;
            if is_same_recipe {
                Ok(Origin::Unknown)
            } else {
                unrelated("both sides made the file, with different policies or scopes")
            }
        }
    }
}

/// Whether `file` has the data key of `before`, or one that its holder vouches for.
fn follows(file: &OpenFile, before: &OpenFile) -> bool {
    let (new, old) = (envelope(file), envelope(before));
    let succession = new.prev.as_deref().and_then(Succession::parse);
    new.commit == old.commit
        || (new.file_id == old.file_id
            && succession.is_some_and(|prev| prev.holds(&before.keys, &new.commit)))
}

impl Agreed {
    /// The metadata of `file` as they are.
    pub(super) fn of(file: &OpenFile) -> Self {
        Self {
            envelope: file.file.envelope.clone(),
            policy: file.file.policy.clone(),
            key: file.key.copy(),
            conflicts: Vec::new(),
            notices: Vec::new(),
        }
    }

    /// The metadata that `ours` and `theirs` lead to from `base`.
    ///
    /// # Errors
    /// What the random source says; `limit` for too many recipients. A recipient that cannot be wrapped for is a
    /// conflict and no error.
    pub(super) fn upon(
        ancestor: &Ancestor<'_>,
        ours: &OpenFile,
        theirs: &OpenFile,
        terms: &mut Terms<'_>,
        random: &mut dyn Random,
    ) -> Result<Self> {
        let origin = origin(ancestor, ours, theirs)?;
        let base = match ancestor {
            Ancestor::Open(base) => Some(*base),
            Ancestor::None | Ancestor::Locked(_) => None,
        };
        let (b, o, t) = (base.map(envelope), envelope(ours), envelope(theirs));
        let mut agreed = Self::of(ours);
        agreed.choose_recipe(base, ours, theirs);
        let merged = agreed.merged_recipients(ancestor, o, t, terms);
        let source =
            if o.commit == t.commit || b.is_none_or(|b| b.commit != o.commit) { ours } else { theirs };
        let holders = if o.commit == t.commit { &[o, t][..] } else { &[envelope(source)][..] };
        let is_held_by_others = holders
            .iter()
            .flat_map(|side| &side.recipients)
            .any(|held| !merged.contains(&recipient_of(held)));
        let chosen = envelope(source);
        agreed.key = source.key.copy();
        agreed.envelope = Envelope {
            policy: agreed.envelope.policy,
            cover: agreed.envelope.cover,
            scope: agreed.envelope.scope,
            ..chosen.clone()
        };
        if is_held_by_others || origin == Origin::Unknown {
            agreed.key = DataKey::generate(random)?;
            let keys = Keys::derive(&agreed.key, &chosen.file_id);
            agreed.envelope.prev = Some(Succession::new(&source.keys, &keys.commit()).to_string());
            agreed.envelope.commit = keys.commit();
            agreed.envelope.rotated.clone_from(&terms.now);
            agreed.notices.push(Notice::NewKey);
        }
        let mut recipients = Vec::with_capacity(merged.len());
        for rid in merged {
            let wrap = match existing_wrap(&rid, &agreed.envelope, b, o, t) {
                Some(wrap) => Ok(wrap),
                None => (terms.wrap)(&rid, &agreed.envelope.file_id, &agreed.key),
            };
            match wrap {
                Ok(wrap) => recipients.push(WrappedKey { rid: rid_of(&rid).to_owned(), wrap }),
                Err(error) => {
                    agreed.conflict("(recipients)");
                    agreed.notices.push(Notice::NotWrapped { rid, reason: error.to_string() });
                }
            }
        }
        agreed.envelope.recipients = sorted(recipients)?;
        Ok(agreed)
    }

    fn conflict(&mut self, name: &str) {
        if !self.conflicts.iter().any(|known| known == name) {
            self.conflicts.push(name.to_owned());
        }
    }

    /// Policy, cover and scope, each of the side that changed it.
    fn choose_recipe(&mut self, base: Option<&OpenFile>, ours: &OpenFile, theirs: &OpenFile) {
        let (o, t) = (recipe(ours), recipe(theirs));
        let b = base.map(recipe);
        let is_same = |a: &Recipe, b: &Recipe, at: usize| match at {
            0 => a.policy.text() == b.policy.text() && a.cover == b.cover,
            _ => a.scope == b.scope,
        };
        let mut from_theirs = [false; 2];
        for (at, name) in ["(policy)", "(scope)"].into_iter().enumerate() {
            if is_same(&o, &t, at) {
                continue;
            }
            match b.as_ref() {
                Some(b) if is_same(b, &o, at) => from_theirs[at] = true,
                Some(b) if is_same(b, &t, at) => {}
                _ => self.conflict(name),
            }
        }
        if from_theirs[0] {
            (self.policy, self.envelope.cover) = (t.policy.clone(), t.cover);
            self.envelope.policy = t.policy.text().to_owned();
        }
        if from_theirs[1] {
            self.envelope.scope = t.scope;
        }
    }

    /// The recipients of both sides, without those that one of them took away; whoever theirs adds must be allowed.
    fn merged_recipients(
        &mut self,
        ancestor: &Ancestor<'_>,
        ours: &Envelope,
        theirs: &Envelope,
        terms: &Terms<'_>,
    ) -> BTreeSet<String> {
        let set =
            |side: &Envelope| -> BTreeSet<String> { side.recipients.iter().map(recipient_of).collect() };
        let b = match ancestor {
            Ancestor::Open(base) => set(envelope(base)),
            Ancestor::None | Ancestor::Locked(_) => BTreeSet::new(),
        };
        let (o, t) = (set(ours), set(theirs));
        let mut merged: BTreeSet<String> = &o & &t;
        for (side, own, other) in [(Side::Ours, &o, &t), (Side::Theirs, &t, &o)] {
            for rid in own - other {
                if matches!(ancestor, Ancestor::Locked(_)) {
                    self.conflict("(recipients)");
                    self.notices.push(Notice::Unclear { rid, side });
                } else if b.contains(&rid) {
                    let side = if side == Side::Ours { Side::Theirs } else { Side::Ours };
                    self.notices.push(Notice::Removes { rid, side });
                } else if side == Side::Theirs
                    && terms.allowed.as_ref().is_some_and(|all| !all.contains(&rid))
                {
                    self.conflict("(recipients)");
                    self.notices.push(Notice::NotAllowed { rid });
                } else if merged.iter().any(|known| is_same_group(known, &rid)) {
                    self.conflict("(recipients)");
                    self.notices.push(Notice::OtherGroup { rid, side });
                } else {
                    self.notices.push(Notice::Adds { rid: rid.clone(), side });
                    merged.insert(rid);
                }
            }
        }
        merged
    }
}

fn envelope(file: &OpenFile) -> &Envelope {
    &file.file.envelope
}

fn recipe(file: &OpenFile) -> Recipe {
    Recipe {
        policy: file.file.policy.clone(),
        cover: file.file.envelope.cover,
        scope: file.file.envelope.scope.clone(),
        rotated: String::new(),
    }
}

/// The wrap of the merged data key that a side has for `rid`; where both have one, that of the side that changed it.
fn existing_wrap(
    rid: &str,
    merged: &Envelope,
    base: Option<&Envelope>,
    ours: &Envelope,
    theirs: &Envelope,
) -> Option<Vec<u8>> {
    let of = |side: &Envelope| {
        let wrapped = side.recipients.iter().find(|&wrapped| recipient_of(wrapped) == rid);
        wrapped
            .filter(|_| side.commit == merged.commit && side.file_id == merged.file_id)
            .map(|one| one.wrap.clone())
    };
    match (of(ours), of(theirs)) {
        (Some(o), Some(t)) if base.and_then(of).as_ref() == Some(&o) => Some(t),
        (Some(o), _) => Some(o),
        (None, t) => t,
    }
}
