//! Rule 2: what one side of a merge has left behind does not come back by another side.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::line::{Behind, Lines};
use super::past::Past;
use super::rules::Look;
use super::version::Mark;
use super::{Cause, Slot};
use crate::git::graph::At;

/// Everything in `look` that one of the versions it comes after once had and has no more, and that no other one has with
/// good reason.
///
/// A side that never had it takes it with good reason. For one that had it, the merge bases tell.
pub(super) fn rolled_back(look: &Look<'_>, lines: &Lines<'_>, past: &mut Past<'_>) -> Vec<Cause> {
    let is_alike = look.behind.windows(2).all(|pair| pair[0].id == pair[1].id);
    if is_alike || !look.version.is_whole {
        return Vec::new();
    }
    let key = look.version.key.map(|mark| (Slot::Head, mark));
    let slots: Vec<(Slot, Mark)> = lines.versions.slots(look.version).chain(key).collect();
    let mut bases = Bases { look, lines, found: HashMap::new() };
    let mut causes = Vec::new();
    for (number, side) in (0..).zip(&look.behind) {
        for &(slot, mark) in slots.iter().filter(|(_, mark)| !side.version.has(*mark)) {
            let has = |(_, other): &(usize, &Behind<'_>)| other.version.has(mark);
            let from: Vec<_> = (0..).zip(&look.behind).filter(has).map(|(other, _)| other).collect();
            let Some(since) = left_behind(mark, (number, &from), &mut bases, past) else { continue };
            let of_sides =
                from.iter().map(|&other| bases.verdict((mark, slot, since), (number, other), past));
            // One good reason is enough; of the others, the first is told.
            let reasons: Option<Vec<Cause>> = of_sides.collect();
            causes.extend(reasons.into_iter().flatten().next().filter(|cause| !causes.contains(cause)));
        }
    }
    causes
}

/// The commit that `mark` came with, where the side `number` comes after it. `from` are those that have it.
fn left_behind(
    mark: Mark,
    (number, from): (usize, &[usize]),
    bases: &mut Bases<'_, '_>,
    past: &mut Past<'_>,
) -> Option<At> {
    let look = bases.look;
    let since = past.of(mark, look.path, look.version);
    // Most often: what one commit brought after the last one that both sides know is new to this side.
    if let ([since], &[other], 2) = (&since[..], from, look.behind.len()) {
        let last = bases.between(number, other).iter().map(|base| base.commit).max();
        if last < Some(*since) {
            return None;
        }
    }
    let side = look.behind.get(number)?.commit;
    since.into_iter().find(|&since| !from.is_empty() && past.is_before(since, side))
}

/// A merge base, and what it has; several versions where it cannot be read itself.
struct Base<'v> {
    commit: At,
    versions: Vec<Behind<'v>>,
}

impl Base<'_> {
    fn has(&self, mark: Mark) -> bool {
        self.versions.iter().any(|one| one.version.has(mark))
    }
}

/// The merge bases of each two sides, looked up when they are asked for.
struct Bases<'a, 'v> {
    look: &'a Look<'v>,
    lines: &'a Lines<'v>,
    found: HashMap<(usize, usize), Vec<Base<'v>>>,
}

impl<'v> Bases<'_, 'v> {
    fn between(&mut self, one: usize, other: usize) -> &[Base<'v>] {
        let (look, lines) = (self.look, self.lines);
        match self.found.entry((one.min(other), one.max(other))) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => {
                let tips = [look.behind[one].commit, look.behind[other].commit];
                let base = |commit| Base { commit, versions: lines.last(&[commit], look.path, look.version) };
                free.insert(lines.graph.merge_bases(&tips).into_iter().map(base).collect())
            }
        }
    }

    /// What is wrong with taking `mark` from the side `other`, which `side` had `since` and has no more; `None` when it
    /// is right.
    fn verdict(
        &mut self,
        (mark, slot, since): (Mark, Slot, At),
        (side, other): (usize, usize),
        past: &mut Past<'_>,
    ) -> Option<Cause> {
        let look = self.look;
        let (changed, from) = (look.behind[side].commit, look.behind[other].commit);
        let bases = self.between(side, other);
        let (having, lacking): (Vec<&Base<'_>>, Vec<&Base<'_>>) =
            bases.iter().partition(|base| base.has(mark));
        match (having.first(), lacking.is_empty()) {
            (Some(base), true) => return Some(Cause::TookBase { slot, base: base.commit, changed }),
            // The bases disagree, and nobody on this side changed it since: merges chose against it here, and for it
            // there. Whoever merges such sides (a criss-cross) may take either.
            (Some(_), false) if !past.is_edited_away(mark, changed) => return None,
            _ => {}
        }
        // A base had given it up already: the commit after it that took it back is judged by itself.
        let came = past.of(mark, look.path, look.version);
        let is_judged = lacking.iter().any(|base| came.iter().any(|&came| past.is_before(came, base.commit)));
        (!is_judged).then_some(Cause::RolledBack { slot, since, changed, from })
    }
}
