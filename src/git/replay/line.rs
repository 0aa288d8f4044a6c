//! The last versions of a file that can be read, on the lines behind a commit.

use std::collections::{HashMap, HashSet};

use super::{PathId, States, Version, VersionId, Versions};
use crate::crypto::FileId;
use crate::git::graph::{At, Graph};

/// A version in the commit where it can be read.
#[derive(Clone, Copy)]
pub(super) struct Behind<'v> {
    pub commit: At,
    pub id: VersionId,
    pub version: &'v Version,
    /// Whether there was no file at all in between.
    pub was_free: bool,
}

/// The first commits in which a file, or anything that is one at a path, was seen.
#[derive(Default)]
pub(super) struct Firsts {
    files: HashMap<FileId, At>,
    paths: HashMap<PathId, At>,
}

impl Firsts {
    /// `commit` has `version` at `path`. Commits come in the order of their numbers.
    pub fn add(&mut self, commit: At, path: PathId, version: &Version) {
        if let Some(id) = version.file_id.filter(|_| version.is_whole) {
            self.files.entry(id).or_insert(commit);
            self.paths.entry(path).or_insert(commit);
        }
    }
}

/// Finds the last versions that can be read.
pub(super) struct Lines<'v> {
    pub graph: &'v Graph,
    pub states: &'v States<'v>,
    pub versions: &'v Versions,
    pub firsts: Firsts,
}

impl<'v> Lines<'v> {
    /// The counterpart of `version`, which lies at `path`, in each of `commits`, or, where there is none that can be
    /// read, the last ones behind it. Where the path was free in between, only the same file counts: another one is a new file.
    pub fn last(&self, commits: &[At], path: PathId, version: &Version) -> Vec<Behind<'v>> {
        let file = version.file_id.and_then(|id| self.firsts.files.get(&id).copied());
        let any = self.firsts.paths.get(&path).copied().into_iter().chain(file).min();
        let mut found: Vec<Behind<'v>> = Vec::new();
        let mut left: Vec<(At, bool)> = commits.iter().rev().map(|&at| (at, false)).collect();
        let mut seen: HashSet<(At, bool)> = HashSet::new();
        while let Some((at, was_free)) = left.pop() {
            if !seen.insert((at, was_free)) {
                continue;
            }
            let here = self.states.counterpart(at, path, version, self.versions);
            let here = here.map(|(_, id)| (id, self.versions.version(id)));
            if let Some((id, here)) = here.filter(|(_, here)| here.is_whole) {
                match found.iter_mut().find(|known| known.commit == at) {
                    Some(known) => known.was_free &= was_free,
                    None if was_free && here.file_id != version.file_id => {}
                    None => found.push(Behind { commit: at, id, version: here, was_free }),
                }
                continue;
            }
            let is_free = was_free || here.is_none();
            // Nothing to find before the first commit that has it.
            if let Some(floor) = if is_free { file } else { any } {
                let parents = self.graph.parents(at).iter().rev().filter(|&&parent| parent >= floor);
                left.extend(parents.map(|&parent| (parent, is_free)));
            }
        }
        found
    }
}
