//! Where each tag came into the history, and where it was given up.

use std::collections::HashMap;

use super::line::Behind;
use super::version::Mark;
use super::{PathId, Version};
use crate::crypto::FileId;
use crate::git::graph::{At, Graph};

/// A commit that a tag is in, and in no parent of it.
#[derive(Clone, Copy)]
struct Introduction {
    commit: At,
    path: PathId,
    file_id: Option<FileId>,
}

/// The commits that each tag came with, so far.
pub(super) struct Past<'g> {
    graph: &'g Graph,
    known: HashMap<Mark, Vec<Introduction>>,
    /// The commits that gave up a tag that all had that they come after: no choice between sides.
    edited_away: HashMap<Mark, Vec<At>>,
    /// By commit: which commits come after it. Asked for few of them, often again.
    after: HashMap<At, Vec<bool>>,
}

impl<'g> Past<'g> {
    /// Nothing is known yet.
    pub fn new(graph: &'g Graph) -> Self {
        Self { graph, known: HashMap::new(), edited_away: HashMap::new(), after: HashMap::new() }
    }

    /// `mark` comes with `commit`, in `version` at `path`.
    pub fn add(&mut self, mark: Mark, commit: At, path: PathId, version: &Version) {
        let introduction = Introduction { commit, path, file_id: version.file_id };
        self.known.entry(mark).or_default().push(introduction);
    }

    /// `commit` has `version`, and comes after `behind`.
    pub fn compare(&mut self, commit: At, version: &Version, behind: &[Behind<'_>]) {
        let Some((first, others)) = behind.split_first().filter(|_| version.is_whole) else { return };
        let is_gone = |mark: &&Mark| !version.has(**mark) && others.iter().all(|one| one.version.has(**mark));
        for &mark in first.version.marks.iter().filter(is_gone) {
            self.edited_away.entry(mark).or_default().push(commit);
        }
    }

    /// Whether `commit`, or one before it, gave up `mark` by an edit.
    pub fn is_edited_away(&mut self, mark: Mark, commit: At) -> bool {
        let edits = self.edited_away.get(&mark).cloned().unwrap_or_default();
        edits.into_iter().any(|edit| self.is_before(edit, commit))
    }

    /// The commits that `mark` came with, in the file of `version` at `path`; more than one where commits do not know
    /// of each other.
    pub fn of(&self, mark: Mark, path: PathId, version: &Version) -> Vec<At> {
        let all = self.known.get(&mark).map(Vec::as_slice).unwrap_or_default();
        let is_same_file = |one: &&Introduction| one.file_id == version.file_id || one.path == path;
        all.iter().filter(is_same_file).map(|one| one.commit).collect()
    }

    /// Whether `later` is `earlier`, or comes after it.
    pub fn is_before(&mut self, earlier: At, later: At) -> bool {
        let graph = self.graph;
        earlier <= later
            && self.after.entry(earlier).or_insert_with(|| graph.descendants(earlier))[later.index()]
    }
}
