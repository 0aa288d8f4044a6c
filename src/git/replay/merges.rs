//! Rule 2: what one side of a merge has left behind does not come back by another side.

use super::line::Behind;
use super::past::Past;
use super::rules::Look;
use super::version::Mark;
use super::{Cause, Slot, States, Version, Versions};
use crate::git::graph::{At, Graph};

/// Everything in `look` that one of the versions it comes after once had and has no more, and another one has.
///
/// A side that never had it takes it with good reason. One that had it must have been there before the change, or have
/// been asked to choose: the merge bases tell these apart.
pub(super) fn rolled_back(
    look: &Look<'_>,
    graph: &Graph,
    states: &States<'_>,
    versions: &Versions,
    past: &mut Past<'_>,
) -> Vec<Cause> {
    let is_alike = look.behind.windows(2).all(|pair| pair[0].id == pair[1].id);
    if is_alike || !look.version.is_whole {
        return Vec::new();
    }
    let key = look.version.key.map(|mark| (Slot::Head, mark));
    let slots: Vec<(Slot, Mark)> = versions.slots(look.version).chain(key).collect();
    let mut causes = Vec::new();
    for (number, side) in look.behind.iter().enumerate() {
        let others = || (0..).zip(&look.behind).filter(|(other, _)| *other != number).map(|(_, other)| other);
        let from = |mark| others().find(|other| other.version.has(mark)).map(|other| other.commit);
        let gone = slots.iter().filter(|(_, mark)| !side.version.has(*mark));
        let gone: Vec<(Slot, Mark, At)> =
            gone.filter_map(|&(slot, mark)| Some((slot, mark, from(mark)?))).collect();
        if gone.is_empty() {
            continue;
        }
        let others: Vec<At> = others().map(|other| other.commit).collect();
        let mut bases = Bases::new(graph.bases_between(side.commit, &others));
        for (slot, mark, from) in gone {
            let since = past.of(mark, look.path, look.version);
            // What one commit brought after the last one that both sides know is new to this side.
            if since.len() == 1 && since.first() > bases.commits.iter().max() {
                continue;
            }
            let Some(since) = since.into_iter().find(|&since| past.is_before(since, side.commit)) else {
                continue;
            };
            let of_bases = bases.versions(look, states, versions);
            let is_in_all = of_bases.iter().all(|base| base.is_some_and(|base| base.version.has(mark)));
            let cause = match of_bases.first().copied().flatten() {
                Some(base) if is_in_all => Cause::TookBase { slot, base: base.commit, changed: side.commit },
                _ if is_disputed((slot, mark), of_bases, look, versions, past) => continue,
                _ => Cause::RolledBack { slot, since, changed: side.commit, from },
            };
            if !causes.contains(&cause) {
                causes.push(cause);
            }
        }
    }
    causes
}

/// The merge bases of one side, and what they have, looked up when it is asked for.
struct Bases<'v> {
    commits: Vec<At>,
    versions: Option<Vec<Option<Behind<'v>>>>,
}

impl<'v> Bases<'v> {
    fn new(commits: Vec<At>) -> Self {
        Self { commits, versions: None }
    }

    fn versions(
        &mut self,
        look: &Look<'_>,
        states: &States<'_>,
        versions: &'v Versions,
    ) -> &[Option<Behind<'v>>] {
        let of_base = |&commit: &At| {
            let (_, id) = states.counterpart(commit, look.path, look.version, versions)?;
            Some(Behind { commit, id, version: versions.version(id) })
        };
        self.versions.get_or_insert_with(|| self.commits.iter().map(of_base).collect())
    }
}

/// Whether the bases already disagreed about the slot, and neither of what they have came after the other: whoever merges
/// such sides (a criss-cross) may take either.
fn is_disputed(
    (slot, mark): (Slot, Mark),
    bases: &[Option<Behind<'_>>],
    look: &Look<'_>,
    versions: &Versions,
    past: &mut Past<'_>,
) -> bool {
    let bases = || bases.iter().flatten();
    let of_mark = past.of(mark, look.path, look.version);
    let mut is_rival = |base: &Behind<'_>| match base.version.at(slot, versions) {
        Some(other) => {
            let of_other = past.of(other, look.path, look.version);
            let mut is_older =
                |one: &[At], two: &[At]| one.iter().any(|&a| two.iter().any(|&b| past.is_before(a, b)));
            !is_older(&of_mark, &of_other) && !is_older(&of_other, &of_mark)
        }
        // Removed there, not yet to come.
        None => match slot {
            Slot::Value(id) | Slot::Link(id) => versions.values_of(id).iter().any(|&value| {
                let since = past.of(value, look.path, look.version);
                since.into_iter().any(|since| past.is_before(since, base.commit))
            }),
            Slot::End | Slot::Head => false,
        },
    };
    bases().any(|base| base.version.has(mark)) && bases().filter(|base| !base.version.has(mark)).any(is_rival)
}

impl Version {
    /// What stands at `slot`.
    fn at(&self, slot: Slot, versions: &Versions) -> Option<Mark> {
        let entry = |id| self.entries.iter().find(|entry| versions.token_id(entry.id) == id);
        match slot {
            Slot::Value(id) => entry(id).map(|entry| entry.value),
            Slot::Link(id) => entry(id).map(|entry| entry.link),
            Slot::End => self.end,
            Slot::Head => self.head,
        }
    }
}
