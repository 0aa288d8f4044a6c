//! Rule 3: a new data key has a `prev` that names a parent's, which vouches for it.

use std::collections::{HashMap, HashSet};

use super::line::{Behind, Lines};
use super::rules::Look;
use super::{Cause, Version, VersionId, Versions, Vouches};
use crate::crypto::{Commit, FileId};

/// A data key of a file; that of another file is another one, whatever it calls itself.
type Key = (Option<FileId>, Commit);

/// Which data key each of them says it follows.
pub(super) struct Lineage {
    before: HashMap<Key, Vec<(Commit, VersionId)>>,
    /// A version under each key.
    under: HashMap<Key, VersionId>,
}

impl Lineage {
    /// What `versions` say.
    pub fn of(versions: &Versions) -> Self {
        let mut lineage = Self { before: HashMap::new(), under: HashMap::new() };
        for (id, version) in versions.iter() {
            let Some(key) = version.key_name() else { continue };
            lineage.under.entry(key).or_insert(id);
            if let Some(prev) = version.prev {
                let before = lineage.before.entry(key).or_default();
                if before.iter().all(|(old, _)| *old != prev.old) {
                    before.push((prev.old, id));
                }
            }
        }
        lineage
    }

    /// Whether the keys `one` and `other` come from one key of one file.
    fn are_related(&self, one: Key, other: Key, vouches: Vouches<'_>) -> bool {
        if one == other {
            return true;
        }
        let mut sides = [(vec![one], HashSet::from([one])), (vec![other], HashSet::from([other]))];
        // One step on each side in turn: mostly, one is the next key of the other.
        while sides.iter().any(|(left, _)| !left.is_empty()) {
            let [(left, seen), (_, others)] = &mut sides;
            if let Some(key) = left.pop() {
                for &(old, new) in self.before.get(&key).map(Vec::as_slice).unwrap_or_default() {
                    let old = (key.0, old);
                    let is_refuted =
                        self.under.get(&old).is_some_and(|&under| vouches(under, new) == Some(false));
                    if !is_refuted && seen.insert(old) {
                        if others.contains(&old) {
                            return true;
                        }
                        left.push(old);
                    }
                }
            }
            sides.swap(0, 1);
        }
        false
    }
}

impl Version {
    /// The name of the data key, of a version that can be read.
    fn dek(&self) -> Option<Commit> {
        self.deks.first().copied().filter(|_| self.is_whole)
    }

    /// Its data key, as that of its file.
    fn key_name(&self) -> Option<Key> {
        self.dek().map(|dek| (self.file_id, dek))
    }
}

/// The parents in which another file lay at the path, which is nowhere any more: a file that was moved over it must follow
/// from its key, as one that was written there.
pub(super) fn moved_over(
    look: &Look<'_>,
    lines: &Lines<'_>,
    lineage: &Lineage,
    vouches: Vouches<'_>,
) -> Vec<Cause> {
    let Some(key) = look.version.key_name() else { return Vec::new() };
    let mut causes = Vec::new();
    for &parent in lines.graph.parents(look.commit) {
        let counterpart = lines.states.counterpart(parent, look.path, look.version, lines.versions);
        if counterpart.is_none_or(|(path, _)| path == look.path) {
            continue;
        }
        let there = lines.states.version(parent, look.path).map(|id| lines.versions.version(id));
        let Some(there) = there.filter(|there| there.file_id != look.version.file_id) else { continue };
        let is_gone = |id: FileId| lines.states.holders(look.commit, id).is_empty();
        if let (Some(other), Some(true)) = (there.key_name(), there.file_id.map(is_gone))
            && !lineage.are_related(key, other, vouches)
        {
            causes.push(Cause::NoSuccession { parent });
        }
    }
    causes
}

/// The keys in the versions behind `look` that its own does not follow from.
///
/// One of them must have the same key, or vouch for it. In a merge, the others must do so, too, or come from the same key: both sides
/// may have been rotated, and the merge takes one.
///
/// Where both sides added the file, the merge draws a key that follows ours; theirs has no part in it.
pub(super) fn unrelated(
    look: &Look<'_>,
    lines: &Lines<'_>,
    lineage: &Lineage,
    vouches: Vouches<'_>,
) -> Vec<Cause> {
    let (Some(dek), Some(first)) = (look.version.dek(), look.behind.first()) else { return Vec::new() };
    let has = |one: &Behind<'_>, dek: Commit| one.version.dek() == Some(dek);
    let is_named = |one: &Behind<'_>| look.version.prev.is_some_and(|prev| has(one, prev.old));
    if !look.behind.iter().any(|one| has(one, dek) || is_named(one)) {
        return vec![Cause::NoSuccession { parent: first.commit }];
    }
    let is_drawn_upon_ours = is_named(first) && !look.behind.iter().any(|one| has(one, dek));
    let is_added_twice = |one: &Behind<'_>| {
        let bases = lines.graph.merge_bases(&[first.commit, one.commit]);
        !bases.is_empty() && lines.last(&bases, look.path, one.version).is_empty()
    };
    let mut causes = Vec::new();
    for one in look.behind.iter().filter(|one| !has(one, dek)) {
        let parent = one.commit;
        if is_named(one) {
            if vouches(one.id, look.id) == Some(false) {
                causes.push(Cause::WrongSuccession { parent });
            }
        } else if let (Some(key), Some(other)) = (look.version.key_name(), one.version.key_name())
            && !lineage.are_related(key, other, vouches)
            && !(is_drawn_upon_ours && is_added_twice(one))
        {
            causes.push(Cause::NoSuccession { parent });
        }
    }
    causes
}
