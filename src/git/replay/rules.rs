//! The four rules, and copies.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::version::{Entry, Mark};
use super::{Cause, Finding, History, Kind, PathId, Slot, States, Version, VersionId, Versions, Vouches};
use crate::crypto::{Commit, FileId};
use crate::git::graph::{At, Graph};

/// A commit that a tag is in, and in no parent of it.
#[derive(Clone, Copy)]
struct Introduction {
    commit: At,
    path: PathId,
    file_id: Option<FileId>,
}

/// A version in a commit, and its counterparts in the parents that have one.
struct Look<'v> {
    commit: At,
    path: PathId,
    id: VersionId,
    version: &'v Version,
    parents: Vec<(At, VersionId, &'v Version)>,
}

/// All findings of `history`.
pub(super) fn findings(history: &History, versions: &Versions, vouches: Vouches<'_>) -> Vec<Finding> {
    let states = history.states(versions);
    let mut introductions: HashMap<Mark, Vec<Introduction>> = HashMap::new();
    let mut found = Vec::new();
    for commit in history.graph.commits() {
        let mut seen = HashSet::new();
        for change in history.changes(commit) {
            let Some(id) = change.version.filter(|_| seen.insert(change.path)) else { continue };
            let version = versions.version(id);
            let parent = |&at: &At| {
                let (_, found) = states.counterpart(at, change.path, version, versions)?;
                Some((at, found, versions.version(found)))
            };
            let parents = history.graph.parents(commit).iter().filter_map(parent).collect();
            let look = Look { commit, path: change.path, id, version, parents };
            let causes = [
                (Kind::Replay, returned(&look, history.graph, versions, &mut introductions)),
                (Kind::Replay, took_base(&look, history.graph, &states, versions)),
                (Kind::Unrelated, unrelated(&look, vouches)),
                (Kind::Hybrid, hybrid(&look)),
            ];
            // What an edit replayed and a merge took is one replay.
            let mut by_kind: BTreeMap<Kind, Vec<Cause>> = BTreeMap::new();
            for (kind, causes) in causes {
                by_kind.entry(kind).or_default().extend(causes);
            }
            by_kind.retain(|_, causes| !causes.is_empty());
            let finding = |(kind, causes)| Finding { commit, path: change.path, kind, causes };
            found.extend(by_kind.into_iter().map(finding));
        }
        found.extend(copies(commit, history, &states, versions));
    }
    found
}

/// Rule 1: each tag of the version is in some parent's version, or in no ancestor's at all.
fn returned(
    look: &Look<'_>,
    graph: &Graph,
    versions: &Versions,
    introductions: &mut HashMap<Mark, Vec<Introduction>>,
) -> Vec<Cause> {
    let is_inherited =
        |mark: &Mark| look.parents.iter().any(|(_, _, parent)| parent.marks.binary_search(mark).is_ok());
    let new: Vec<Mark> = look.version.marks.iter().copied().filter(|mark| !is_inherited(mark)).collect();
    let is_same_file =
        |known: &Introduction| known.file_id == look.version.file_id || known.path == look.path;
    let mut known: HashMap<Mark, Vec<At>> = HashMap::new();
    for mark in &new {
        let all = introductions.entry(*mark).or_default();
        let before: Vec<At> = all.iter().filter(|one| is_same_file(one)).map(|one| one.commit).collect();
        if !before.is_empty() {
            known.insert(*mark, before);
        }
        all.push(Introduction { commit: look.commit, path: look.path, file_id: look.version.file_id });
    }
    if known.is_empty() {
        return Vec::new();
    }
    let mut sought: Vec<At> = known.values().flatten().copied().collect();
    sought.sort_unstable();
    sought.dedup();
    let ancestors: HashSet<At> = graph.ancestors_among(look.commit, &sought).into_iter().collect();
    let since = |mark: &Mark| known.get(mark)?.iter().copied().find(|commit| ancestors.contains(commit));
    versions
        .slots(look.version)
        .filter_map(|(slot, mark)| Some(Cause::Returned { slot, since: since(&mark)? }))
        .collect()
}

/// Rule 2: where exactly one parent differs from the merge base, the merge does not have what the base has.
fn took_base(look: &Look<'_>, graph: &Graph, states: &States<'_>, versions: &Versions) -> Vec<Cause> {
    let parents = graph.parents(look.commit);
    // It is left out when a parent lacks the file; where all agree, none differs alone.
    let is_alike = look.parents.windows(2).all(|pair| pair[0].1 == pair[1].1);
    if parents.len() < 2 || look.parents.len() < parents.len() || is_alike || !look.version.is_whole {
        return Vec::new();
    }
    let bases = graph.merge_bases(parents);
    let of_base = |&base: &At| {
        let (_, found) = states.counterpart(base, look.path, look.version, versions)?;
        Some(versions.version(found))
    };
    let Some(of_bases) = bases.iter().map(of_base).collect::<Option<Vec<_>>>() else { return Vec::new() };
    let (Some(&base), Some((of_base, others))) = (bases.first(), of_bases.split_first()) else {
        return Vec::new();
    };
    let others: Vec<Slots> = others.iter().map(|version| Slots::of(version)).collect();
    let of_parents: Vec<Slots> = look.parents.iter().map(|(_, _, parent)| Slots::of(parent)).collect();
    let of_merge = Slots::of(look.version);
    let mut causes = Vec::new();
    let mut check = |slot: Slot, mark: Mark, of: &dyn Fn(&Slots) -> Option<Mark>| {
        if of(&of_merge) != Some(mark) || others.iter().any(|other| of(other) != Some(mark)) {
            return;
        }
        let mut changed = of_parents.iter().zip(parents).filter(|(slots, _)| of(slots) != Some(mark));
        if let (Some((_, &changed)), None) = (changed.next(), changed.next()) {
            causes.push(Cause::TookBase { slot, base, changed });
        }
    };
    for entry in &of_base.entries {
        let id = versions.token_id(entry.id);
        check(Slot::Value(id), entry.value, &|slots| slots.entries.get(&entry.id).map(|entry| entry.value));
        check(Slot::Link(id), entry.link, &|slots| slots.entries.get(&entry.id).map(|entry| entry.link));
    }
    if let Some(end) = of_base.end {
        check(Slot::End, end, &|slots| slots.end);
    }
    if let Some(head) = of_base.head {
        check(Slot::Head, head, &|slots| slots.head);
    }
    causes
}

/// A version with its entries by id.
struct Slots {
    entries: HashMap<u32, Entry>,
    end: Option<Mark>,
    head: Option<Mark>,
}

impl Slots {
    fn of(version: &Version) -> Self {
        let entries = version.entries.iter().map(|entry| (entry.id, *entry)).collect();
        Self { entries, end: version.end, head: version.head }
    }
}

/// Rule 3: a new data key has a `prev` that names a parent's, which vouches for it.
fn unrelated(look: &Look<'_>, vouches: Vouches<'_>) -> Vec<Cause> {
    let Some(dek) = look.version.deks.first().filter(|_| look.version.is_whole) else { return Vec::new() };
    let Some(&(first, ..)) = look.parents.first() else { return Vec::new() };
    let has = |parent: &Version, dek: Commit| parent.deks.contains(&dek);
    // A version that cannot be read and names no key says nothing either way.
    if look.parents.iter().any(|(_, _, parent)| has(parent, *dek) || parent.deks.is_empty()) {
        return Vec::new();
    }
    let named = look.version.prev.and_then(|prev| {
        look.parents.iter().find(|(_, _, parent)| has(parent, prev.old)).map(|&(at, id, _)| (at, id))
    });
    match named {
        None => vec![Cause::NoSuccession { parent: first }],
        Some((parent, id)) if vouches(id, look.id) == Some(false) => vec![Cause::WrongSuccession { parent }],
        Some(_) => Vec::new(),
    }
}

/// Rule 4: under one epoch, ids common to the version and a parent stand in the same order.
fn hybrid(look: &Look<'_>) -> Vec<Cause> {
    let is_mixed = |parent: &Version| {
        let places: HashMap<u32, usize> =
            parent.entries.iter().enumerate().map(|(at, entry)| (entry.id, at)).collect();
        !look.version.entries.iter().filter_map(|entry| places.get(&entry.id)).is_sorted()
    };
    let of_epoch = look.parents.iter().filter(|(_, id, parent)| {
        look.version.epoch.is_some() && parent.epoch == look.version.epoch && *id != look.id
    });
    of_epoch.filter(|(_, _, parent)| is_mixed(parent)).map(|&(parent, ..)| Cause::Order { parent }).collect()
}

/// Files of `commit` that share id and data key, where one of them was changed.
fn copies(commit: At, history: &History, states: &States<'_>, versions: &Versions) -> Vec<Finding> {
    let whole = |id: Option<VersionId>| id.map(|id| versions.version(id)).filter(|version| version.is_whole);
    let touched: HashSet<FileId> = history
        .changes(commit)
        .iter()
        .filter_map(|change| whole(change.version).and_then(|version| version.file_id))
        .collect();
    let mut found: BTreeMap<PathId, Vec<Cause>> = BTreeMap::new();
    for id in touched {
        let mut by_key: HashMap<_, Vec<PathId>> = HashMap::new();
        for path in states.holders(commit, id) {
            if let Some(version) = whole(states.version(commit, path)) {
                by_key.entry(version.deks.clone()).or_default().push(path);
            }
        }
        for same in by_key.values().filter(|same| same.len() > 1) {
            // Each names one other: a thousand copies are not a million causes.
            for (&path, &other) in same.iter().zip(same.iter().cycle().skip(1)) {
                found.entry(path).or_default().push(Cause::CopyOf { path: other });
            }
        }
    }
    found.into_iter().map(|(path, causes)| Finding { commit, path, kind: Kind::Copy, causes }).collect()
}
