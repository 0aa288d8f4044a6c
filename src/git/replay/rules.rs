//! What is asked of each version of a history; rules 1 and 4, and copies.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::keys::{Lineage, moved_over, unrelated};
use super::line::{Behind, Firsts, Lines};
use super::merges::rolled_back;
use super::past::Past;
use super::version::Mark;
use super::{Cause, Finding, History, Kind, PathId, States, Version, VersionId, Versions, Vouches};
use crate::crypto::FileId;
use crate::git::graph::{At, Graph};

/// A version in a commit, and what it comes after.
pub(super) struct Look<'v> {
    pub commit: At,
    pub path: PathId,
    pub id: VersionId,
    pub version: &'v Version,
    /// Its counterparts in the parents that can be read: where a parent has none, the last ones behind it.
    pub behind: Vec<Behind<'v>>,
}

/// All findings of `history`.
pub(super) fn findings(history: &History, versions: &Versions, vouches: Vouches<'_>) -> Vec<Finding> {
    let (graph, states) = (history.graph, history.states(versions));
    let (mut past, lineage) = (Past::new(graph), Lineage::of(versions));
    let mut lines = Lines { graph, states: &states, versions, firsts: Firsts::default() };
    let mut found = Vec::new();
    for commit in graph.commits() {
        let mut seen = HashSet::new();
        for change in history.changes(commit) {
            let Some(id) = change.version.filter(|_| seen.insert(change.path)) else { continue };
            let (path, version) = (change.path, versions.version(id));
            if version.marks.is_empty() {
                continue;
            }
            let behind = lines.last(graph.parents(commit), path, version);
            let look = Look { commit, path, id, version, behind };
            let causes = [
                (Kind::Replay, returned(&look, graph, versions, &mut past)),
                (Kind::Replay, rolled_back(&look, &lines, &mut past)),
                (Kind::Unrelated, unrelated(&look, &lines, &lineage, vouches)),
                (Kind::Unrelated, moved_over(&look, &lines, &lineage, vouches)),
                (Kind::Hybrid, hybrid(&look)),
            ];
            lines.firsts.add(commit, path, version);
            past.compare(commit, version, &look.behind);
            // What an edit replayed and a merge took is one replay.
            let mut by_kind: BTreeMap<Kind, Vec<Cause>> = BTreeMap::new();
            for (kind, causes) in causes {
                by_kind.entry(kind).or_default().extend(causes);
            }
            by_kind.retain(|_, causes| !causes.is_empty());
            let finding = |(kind, causes)| Finding { commit, path, kind, causes };
            found.extend(by_kind.into_iter().map(finding));
        }
        found.extend(copies(commit, history, &states, versions));
    }
    found
}

/// Rule 1: each tag of the version is in some parent's version, or in no ancestor's at all.
///
/// A text that cannot be read says nothing: neither is it judged, nor does it stand for the versions behind it.
fn returned(look: &Look<'_>, graph: &Graph, versions: &Versions, past: &mut Past<'_>) -> Vec<Cause> {
    if !look.version.is_whole {
        return Vec::new();
    }
    let parents: Vec<&Version> =
        look.behind.iter().filter(|one| !one.was_free).map(|one| one.version).collect();
    let is_new = |mark: &&Mark| !parents.iter().any(|parent| parent.has(**mark));
    let mut known: Vec<(Mark, Vec<At>)> = Vec::new();
    for &mark in look.version.marks.iter().filter(is_new) {
        known.push((mark, past.of(mark, look.path, look.version)));
    }
    let mut sought: Vec<At> = known.iter().flat_map(|(_, commits)| commits).copied().collect();
    sought.sort_unstable();
    sought.dedup();
    let ancestors: HashSet<At> = match sought.is_empty() {
        true => HashSet::new(),
        false => graph.ancestors_among(look.commit, &sought).into_iter().collect(),
    };
    let mut since: HashMap<Mark, At> = HashMap::new();
    for (mark, commits) in known {
        match commits.into_iter().find(|commit| ancestors.contains(commit)) {
            Some(first) => _ = since.insert(mark, first),
            // Whoever comes later is told where it came from first.
            None => past.add(mark, look.commit, look.path, look.version),
        }
    }
    let returned = versions.slots(look.version);
    returned.filter_map(|(slot, mark)| Some(Cause::Returned { slot, since: *since.get(&mark)? })).collect()
}

/// Rule 4: under one epoch, ids common to the version and a parent stand in the same order.
fn hybrid(look: &Look<'_>) -> Vec<Cause> {
    let is_mixed = |parent: &Version| {
        let places: HashMap<u32, usize> =
            parent.entries.iter().enumerate().map(|(at, entry)| (entry.id, at)).collect();
        !look.version.entries.iter().filter_map(|entry| places.get(&entry.id)).is_sorted()
    };
    let is_of_epoch = |one: &&Behind<'_>| {
        look.version.epoch.is_some() && one.version.epoch == look.version.epoch && one.id != look.id
    };
    let mixed = look.behind.iter().filter(is_of_epoch).filter(|one| is_mixed(one.version));
    mixed.map(|one| Cause::Order { parent: one.commit }).collect()
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
