//! The replay rule (section 11 of the format): what in a history returned to an earlier state, came under an unrelated
//! key, or was put together from several states. A pure function over a graph of commits and the versions in it.

mod keys;
mod line;
mod merges;
mod past;
mod rules;
mod scan;
mod version;

use super::graph::{At, Graph};
use super::timeline::Timeline;
use crate::crypto::{FileId, TokenId};

pub use version::{Version, VersionId, Versions};

/// A path in the repository by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PathId(pub u32);

/// What one commit has at one path, where it differs from one of its parents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The path.
    pub path: PathId,
    /// The version there; `None` when nothing lies there. What is no encrypted file is one, too
    /// ([`Versions::push_opaque`]), where an encrypted file lies at that path before or later.
    pub version: Option<VersionId>,
}

/// A history of encrypted files: which version lies where in which commit.
pub struct History<'g> {
    graph: &'g Graph,
    changes: Vec<Vec<Change>>,
}

/// A part of a version that has its own tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Slot {
    /// The ciphertext of a value.
    Value(TokenId),
    /// The link of a value to what stands before it.
    Link(TokenId),
    /// The tag over what follows the last value.
    End,
    /// The tag over the metadata.
    Head,
}

/// The kinds of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Something returned to an earlier state (rules 1 and 2).
    Replay,
    /// A data key that no key before it vouches for (rule 3).
    Unrelated,
    /// Values in an order that no version of this epoch had (rule 4).
    Hybrid,
    /// Two files of one commit with the same id and data key.
    Copy,
}

impl Kind {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Replay => "replay",
            Self::Unrelated => "unrelated",
            Self::Hybrid => "hybrid",
            Self::Copy => "copy",
        }
    }
}

/// Why something is a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Rule 1: no parent has it, and the ancestor `since` had.
    Returned {
        /// What returned.
        slot: Slot,
        /// The commit that it first came with.
        since: At,
    },
    /// Rule 2: the parent `changed` alone differs from the merge base, and the merge has what the base has.
    TookBase {
        /// What the merge has of the base.
        slot: Slot,
        /// The merge base.
        base: At,
        /// The parent whose change is lost.
        changed: At,
    },
    /// Rule 2: the parent `changed` once had it and has moved on, and the merge has it again, from another parent.
    RolledBack {
        /// What went back.
        slot: Slot,
        /// The commit before `changed` that it came with.
        since: At,
        /// The parent that has moved on.
        changed: At,
        /// A parent that has it.
        from: At,
    },
    /// Rule 3: `prev` names no key of a parent.
    NoSuccession {
        /// The parent whose key the new one does not follow from.
        parent: At,
    },
    /// Rule 3: `prev` names the key of this parent, which does not vouch for the new one.
    WrongSuccession {
        /// The parent.
        parent: At,
    },
    /// Rule 4: the values common with this parent stand in another order.
    Order {
        /// The parent.
        parent: At,
    },
    /// The commit holds the same file at this path, too.
    CopyOf {
        /// The other path.
        path: PathId,
    },
}

/// Something in a history that no honest edit, merge or rotation leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The commit that has it and its parents do not.
    pub commit: At,
    /// The path of the file there.
    pub path: PathId,
    /// What it is.
    pub kind: Kind,
    /// All that speaks for it.
    pub causes: Vec<Cause>,
}

/// Says whether the data key of the first version vouches for that of the second, which names it; `None` when that key
/// cannot be had.
pub type Vouches<'v> = &'v mut dyn FnMut(VersionId, VersionId) -> Option<bool>;

impl<'g> History<'g> {
    /// A history in which no commit holds anything yet.
    pub fn new(graph: &'g Graph) -> Self {
        Self { graph, changes: vec![Vec::new(); graph.len()] }
    }

    /// Says what `commit` has at a path; needed for every path where it differs from any of its parents.
    pub fn set(&mut self, commit: At, change: Change) {
        self.changes[commit.index()].push(change);
    }

    /// What was said of `commit`.
    pub fn changes(&self, commit: At) -> &[Change] {
        &self.changes[commit.index()]
    }

    /// All findings, in the order of the commits. A copy is found in the commits that change one of the two files.
    pub fn findings(&self, versions: &Versions, vouches: Vouches<'_>) -> Vec<Finding> {
        rules::findings(self, versions, vouches)
    }

    /// Which version lies where, as of every commit.
    pub(in crate::git) fn states(&self, versions: &Versions) -> States<'g> {
        let mut states = States { graph: self.graph, at: Timeline::new(), holders: Timeline::new() };
        for commit in self.graph.commits() {
            states.take(commit, self.changes(commit), versions);
        }
        states
    }
}

/// Which version lies where, as of any commit.
pub(in crate::git) struct States<'g> {
    graph: &'g Graph,
    at: Timeline<PathId, Option<VersionId>>,
    holders: Timeline<FileId, Vec<PathId>>,
}

impl<'g> States<'g> {
    /// Takes over what `commit` has.
    fn take(&mut self, commit: At, changes: &[Change], versions: &Versions) {
        for change in changes {
            let before = self.version(commit, change.path);
            if before == change.version {
                continue;
            }
            let id_of = |version: Option<VersionId>| version.and_then(|id| versions.version(id).file_id);
            let (old, new) = (id_of(before), id_of(change.version));
            if old != new {
                for (id, is_there) in [(old, false), (new, true)] {
                    let Some(id) = id else { continue };
                    let mut paths = self.holders.find(self.graph, commit, id).unwrap_or_default();
                    paths.retain(|path| *path != change.path);
                    if is_there {
                        let place = paths.partition_point(|path| *path < change.path);
                        paths.insert(place, change.path);
                    }
                    self.holders.set(self.graph, commit, id, paths);
                }
            }
            self.at.set(self.graph, commit, change.path, change.version);
        }
    }

    /// The version at `path` in `commit`.
    pub fn version(&self, commit: At, path: PathId) -> Option<VersionId> {
        self.at.find(self.graph, commit, path).flatten()
    }

    /// The paths at which `commit` holds the file `id`.
    pub fn holders(&self, commit: At, id: FileId) -> Vec<PathId> {
        self.holders.find(self.graph, commit, id).unwrap_or_default()
    }

    /// The counterpart in `commit` of `version`, which lies at `path` in another commit: the file of the same id, else
    /// the one at the same path. Of several with the same id, the one at the same path, else one under the same key.
    pub fn counterpart(
        &self,
        commit: At,
        path: PathId,
        version: &Version,
        versions: &Versions,
    ) -> Option<(PathId, VersionId)> {
        let here = || self.version(commit, path).map(|found| (path, found));
        let Some(id) = version.file_id else { return here() };
        let holders = self.holders(commit, id);
        if holders.is_empty() || holders.contains(&path) {
            return here();
        }
        let mut found = holders.iter().filter_map(|&at| Some((at, self.version(commit, at)?)));
        let mut others = found.clone();
        let is_same_key = |found: VersionId| versions.version(found).deks == version.deks;
        others.find(|&(_, found)| is_same_key(found)).or_else(|| found.next())
    }
}
