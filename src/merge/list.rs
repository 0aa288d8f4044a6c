//! Lists: by name where every item has one, else by what the items say.

use std::collections::HashSet;
use std::ops::Range;

use super::Lists;
use super::lines::{Change, Region, changes, regions};
use super::marks::Side;
use super::three::{Ids, Merge, Part};
use super::tree::{Id, SIDES, Sort, number};
use crate::document::push_lp;

/// The keys that can name an item.
const NAMES: &[&str] = &["name", "id", "key"];

type Kids<'m> = [&'m [Id]; 3];

/// The parts of a list whose items are `kids`.
pub(super) fn list<'m>(merge: &mut Merge<'m, '_>, ids: Ids, kids: Kids<'m>) -> Vec<Part> {
    for name in NAMES {
        if let Some(keys) = names(merge, kids, &[name]) {
            return by_name(merge, kids, &keys);
        }
    }
    by_place(merge, ids, kids)
}

/// The parts of a stream: documents by kind and name, by number where there are as many, else by what they say.
pub(super) fn stream<'m>(merge: &mut Merge<'m, '_>, kids: Kids<'m>) -> Vec<Part> {
    let [ours, theirs, base] = kids;
    let is_same_count = ours.len() == theirs.len() && (base.is_empty() || base.len() == ours.len());
    if !is_same_count {
        for path in [&["kind", "name"][..], &["name"], &["id"]] {
            if let Some(keys) = names(merge, kids, path) {
                return by_name(merge, kids, &keys);
            }
        }
        return by_place(merge, [None; 3], kids);
    }
    let all = (0..ours.len())
        .filter_map(|at| merge.item([Some(ours[at]), Some(theirs[at]), base.get(at).copied()]));
    all.collect()
}

/// The names of all items of all versions: what their entries `path` say; `None` when an item has none, or two have one.
fn names(merge: &Merge<'_, '_>, kids: Kids<'_>, path: &[&str]) -> Option<[Vec<Vec<u8>>; 3]> {
    let mut found: [Vec<Vec<u8>>; 3] = Default::default();
    if kids.iter().all(|kids| kids.is_empty()) {
        return None;
    }
    for side in SIDES {
        let Some(tree) = merge.tree(side) else { continue };
        let mut seen = HashSet::new();
        for &kid in kids[number(side)] {
            let container = tree.item(kid).container().filter(|container| container.sort == Sort::Map)?;
            let mut key = Vec::new();
            for name in path {
                let mut wanted = Vec::new();
                push_lp(&mut wanted, name.as_bytes());
                let entry = container.kids.iter().find(|&&entry| tree.item(entry).key == wanted)?;
                let leaf = tree.item(*entry).leaf?;
                if merge.classes.is_opaque(tree, *entry) {
                    return None;
                }
                let content = tree.document.bytes(tree.document.leaf(leaf).content);
                push_lp(&mut key, content);
            }
            if !seen.insert(key.clone()) {
                return None;
            }
            found[number(side)].push(key);
        }
    }
    Some(found)
}

fn by_name<'m>(merge: &mut Merge<'m, '_>, kids: Kids<'m>, keys: &[Vec<Vec<u8>>; 3]) -> Vec<Part> {
    merge.keyed(kids, Some(keys))
}

/// Items by what they say: a three-way merge of sequences.
fn by_place<'m>(merge: &mut Merge<'m, '_>, ids: Ids, kids: Kids<'m>) -> Vec<Part> {
    let classes = SIDES.map(|side| -> Vec<u32> {
        let tree = merge.tree(side);
        let class = |&kid: &Id| tree.map_or(0, |tree| tree.item(kid).class);
        kids[number(side)].iter().map(class).collect()
    });
    let [ours, theirs, base] = &classes;
    let from_ours = apart(changes(base.iter().copied(), ours.iter().copied()));
    let from_theirs = apart(changes(base.iter().copied(), theirs.iter().copied()));
    let found = regions(&from_ours, &from_theirs, is_one_place);
    let mut parts = Vec::new();
    let (mut at, mut o, mut t) = (0, 0, 0);
    let end = Region {
        base: base.len()..base.len(),
        ours: ours.len()..ours.len(),
        theirs: theirs.len()..theirs.len(),
    };
    for region in found.into_iter().chain([end]) {
        while at < region.base.start {
            let ids = [kids[0].get(o).copied(), kids[1].get(t).copied(), kids[2].get(at).copied()];
            parts.extend(merge.item(ids));
            (at, o, t) = (at + 1, o + 1, t + 1);
        }
        (at, o, t) = (region.base.end, region.ours.end, region.theirs.end);
        settle(merge, ids, kids, &classes, region, &mut parts);
    }
    parts
}

/// Changes of as many items on both sides as changes of one item each.
fn apart(changes: Vec<Change>) -> Vec<Change> {
    let mut found = Vec::with_capacity(changes.len());
    for change in changes {
        if change.base.len() == change.side.len() {
            let pairs = change.base.zip(change.side);
            found.extend(pairs.map(|(b, s)| Change { base: b..b + 1, side: s..s + 1 }));
        } else {
            found.push(change);
        }
    }
    found
}

/// Whether a change belongs to the changes before it: when they have items in common, or both put items at one place.
fn is_one_place(last: &Region, change: &Change) -> bool {
    let has_new = |base: &Range<usize>, side: &Range<usize>| side.len() > base.len();
    let (at, end) = (change.base.start, last.base.end);
    let puts = has_new(&last.base, &last.ours) || has_new(&last.base, &last.theirs);
    at < end || (at == end && puts && has_new(&change.base, &change.side))
}

/// What becomes of a region in which the versions differ.
fn settle<'m>(
    merge: &mut Merge<'m, '_>,
    ids: Ids,
    kids: Kids<'m>,
    classes: &[Vec<u32>; 3],
    region: Region,
    parts: &mut Vec<Part>,
) {
    let Region { base, ours, theirs } = region;
    let ranges = [ours, theirs, base];
    let said = [0, 1, 2].map(|at: usize| &classes[at][ranges[at].clone()]);
    let here = [0, 1, 2].map(|at: usize| &kids[at][ranges[at].clone()]);
    let [o, t, b] = said;
    let is_aligned = o.len() == t.len() && (o.len() == b.len() || o == t);
    if is_aligned {
        for at in 0..o.len() {
            let base = here[2].get(at).copied().filter(|_| o.len() == b.len());
            parts.extend(merge.item([Some(here[0][at]), Some(here[1][at]), base]));
        }
    } else if t == b {
        parts.extend(here[0].iter().map(|&id| Part::One(Side::Ours, id)));
    } else if o == b {
        parts.extend(here[1].iter().map(|&id| Part::One(Side::Theirs, id)));
    } else if merge.lists == Lists::Union && b.is_empty() {
        let known: HashSet<u32> = o.iter().copied().collect();
        parts.extend(here[0].iter().map(|&id| Part::One(Side::Ours, id)));
        let new = here[1].iter().zip(t).filter(|(_, class)| !known.contains(class));
        parts.extend(new.map(|(&id, _)| Part::One(Side::Theirs, id)));
    } else {
        let path = SIDES.iter().find_map(|&side| Some(merge.tree(side)?.path(ids[number(side)]?)));
        merge.paths.push(path.unwrap_or_else(|| ".".to_owned()));
        parts.push(Part::Conflict(here.map(<[Id]>::to_vec)));
    }
}
