//! Which commit changed which file: what git tells of a whole history, or nothing when it is not all there.

use std::collections::{HashMap, HashSet};
use std::io::{BufReader, Write};
use std::process::Stdio;

use super::complete;
use crate::error::{Error, Result};
use crate::git::changes::{DIFF_TREE, Found, Record, Records};
use crate::git::command::{Git, broken, path_of};
use crate::git::graph::{At, Graph};
use crate::git::replay::PathId;

/// A state of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A commit, by its id.
    Commit(String),
    /// What is ready to be committed.
    Index,
    /// The files as they lie in the work tree.
    WorkTree,
}

/// A content by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct BlobId(pub u32);

/// Where a content is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Blob {
    /// An object, by its id.
    Object(String),
    /// The file at this path in the work tree.
    File(PathId),
}

/// One path at which a commit differs from one of its parents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Raw {
    pub path: PathId,
    /// What the parent has.
    pub old: Option<BlobId>,
    /// What the commit has.
    pub new: Option<BlobId>,
}

/// A history as git tells it.
pub(super) struct Log {
    pub graph: Graph,
    /// By commit.
    pub places: Vec<Place>,
    /// By commit: the differences from each of its parents, all in one list.
    pub changes: Vec<Vec<Raw>>,
    /// By [`BlobId`].
    pub blobs: Vec<Blob>,
    /// By [`PathId`]: the path from the top, in bytes.
    pub paths: Vec<Vec<u8>>,
    /// What the clone lacks.
    pub missing: HashSet<String>,
    path_ids: HashMap<Vec<u8>, PathId>,
    blob_ids: HashMap<Blob, BlobId>,
}

impl Log {
    /// The history of `HEAD`, of a merge that is going on, and, when there is a work tree, of what is not yet committed.
    ///
    /// # Errors
    /// [`Error::Git`] when the history is not all there, or git refuses.
    pub fn read(git: &Git) -> Result<Self> {
        let tips = tips(git)?;
        let mut log = Self::committed(git, &tips)?;
        let is_work_tree = git.answer("find the work tree", ["rev-parse", "--is-inside-work-tree"])?;
        if is_work_tree.as_deref() == Some("true") {
            log.read_uncommitted(git, &tips)?;
        }
        Ok(log)
    }

    /// The history of every ref, and of the commit `tip`; nothing that is not committed.
    ///
    /// # Errors
    /// As [`Log::read`].
    pub fn read_all(git: &Git, tip: &str) -> Result<Self> {
        Self::committed(git, &["--all".to_owned(), tip.to_owned()])
    }

    /// The history of `tips`, arguments of git-rev-list(1).
    fn committed(git: &Git, tips: &[String]) -> Result<Self> {
        let missing = complete::missing(git, tips)?;
        let (graph, places) = commits(git, tips)?;
        complete::check_shallow(git, &places)?;
        let mut log = Self {
            changes: vec![Vec::new(); graph.len()],
            graph,
            places,
            blobs: Vec::new(),
            paths: Vec::new(),
            missing,
            path_ids: HashMap::new(),
            blob_ids: HashMap::new(),
        };
        log.read_changes(git).map_err(|error| complete::explained(error, &log.missing))?;
        Ok(log)
    }

    /// The number of the path `path`, when the history knows it.
    pub fn path_id(&self, path: &[u8]) -> Option<PathId> {
        self.path_ids.get(path).copied()
    }

    /// The number of the object `id`, when the history knows it as a content.
    pub fn blob_of(&self, id: &str) -> Option<BlobId> {
        self.blob_ids.get(&Blob::Object(id.to_owned())).copied()
    }

    /// The path of number `id`.
    pub fn path(&self, id: PathId) -> &[u8] {
        &self.paths[id.0 as usize]
    }

    /// The content of number `id`.
    pub fn blob(&self, id: BlobId) -> &Blob {
        &self.blobs[id.0 as usize]
    }

    /// Where the state `at` is.
    pub fn place(&self, at: At) -> &Place {
        &self.places[at.index()]
    }

    fn read_changes(&mut self, git: &Git) -> Result<()> {
        let numbers: HashMap<String, At> = self
            .graph
            .commits()
            .zip(&self.places)
            .filter_map(|(at, place)| match place {
                Place::Commit(id) => Some((id.clone(), at)),
                _ => None,
            })
            .collect();
        let lines: Vec<u8> = self
            .places
            .iter()
            .filter_map(|place| if let Place::Commit(id) = place { Some(id) } else { None })
            .flat_map(|id| id.bytes().chain([b'\n']))
            .collect();
        let mut command = git.command(DIFF_TREE);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|source| Error::Io { action: "start git", source })?;
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Error::Internal { what: "git runs without pipes".to_owned() });
        };
        let writer = std::thread::spawn(move || drop(input.write_all(&lines)));
        let mut records = Records(BufReader::with_capacity(1 << 16, output));
        let mut result = Ok(());
        let mut commit = None;
        loop {
            match records.next() {
                Ok(Some(Record::Commit(id))) => commit = numbers.get(&id).copied(),
                Ok(Some(Record::Change(found))) => {
                    let raw = self.raw(found);
                    if let Some(commit) = commit {
                        self.changes[commit.index()].push(raw);
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    result = Err(error);
                    break;
                }
            }
        }
        drop(records);
        let status = child.wait().map_err(broken)?;
        let _ = writer.join();
        result?;
        if status.success() { Ok(()) } else { Err(odd("it ended before its end")) }
    }

    /// What is in the index and in the work tree and not in `tips`.
    fn read_uncommitted(&mut self, git: &Git, tips: &[String]) -> Result<()> {
        let parents: Vec<At> = {
            let is_tip = |place: &Place| matches!(place, Place::Commit(id) if tips.contains(id));
            let commits = self.graph.commits().zip(&self.places);
            let mut parents: Vec<_> = commits.filter(|(_, place)| is_tip(place)).map(|(at, _)| at).collect();
            let id =
                |at: &At| matches!(&self.places[at.index()], Place::Commit(id) if tips.first() == Some(id));
            parents.sort_by_key(|at| !id(at));
            parents
        };
        // Before the first commit, everything is new.
        let nothing = ["hash-object", "-t", "tree", "--stdin"];
        let against = match tips {
            [] => vec![git.answer("name the empty tree", nothing)?.unwrap_or_default()],
            tips => tips.to_vec(),
        };
        let mut all: Vec<Vec<At>> = self.graph.commits().map(|at| self.graph.parents(at).to_vec()).collect();
        for place in [Place::Index, Place::WorkTree] {
            let mut changes = Vec::new();
            for tip in &against {
                let cached = if place == Place::Index { &["--cached"][..] } else { &[] };
                let arguments = ["diff-index", "--raw", "-z", "--no-renames", "--no-relative", "--no-abbrev"];
                let arguments = arguments.iter().chain(cached).copied().chain([tip.as_str(), "--"]);
                let output = git.output("list what is not committed", arguments)?;
                let mut records = Records(&output[..]);
                while let Some(record) = records.next()? {
                    let Record::Change(found) = record else { continue };
                    if found.is_unmerged && place == Place::Index {
                        continue;
                    }
                    // Not in the index, and so without an id: what lies in the work tree.
                    let is_file = found.is_unmerged || found.new.is_file();
                    let is_in_work_tree = place == Place::WorkTree && is_file;
                    let mut raw = self.raw(found);
                    if raw.new.is_none() && is_in_work_tree {
                        raw.new = Some(self.blob_id(Blob::File(raw.path)));
                    }
                    changes.push(raw);
                }
            }
            if !changes.is_empty() {
                all.push(parents.clone());
                self.places.push(place);
                self.changes.push(changes);
            }
        }
        self.graph = Graph::new(all)?;
        Ok(())
    }

    fn raw(&mut self, found: Found) -> Raw {
        let old = found.old.content().map(|id| self.blob_id(Blob::Object(id)));
        let new = found.new.content().map(|id| self.blob_id(Blob::Object(id)));
        let next = PathId(u32::try_from(self.paths.len()).expect("fewer paths than bytes"));
        let path = match self.path_ids.get(&found.path) {
            Some(&known) => known,
            None => {
                self.path_ids.insert(found.path.clone(), next);
                self.paths.push(found.path);
                next
            }
        };
        Raw { path, old, new }
    }

    fn blob_id(&mut self, blob: Blob) -> BlobId {
        let next = BlobId(u32::try_from(self.blobs.len()).expect("fewer contents than bytes"));
        *self.blob_ids.entry(blob).or_insert_with_key(|blob| {
            self.blobs.push(blob.clone());
            next
        })
    }
}

/// The commits that the present is made on: `HEAD`, and what is being merged into it; none before the first commit.
pub(super) fn tips(git: &Git) -> Result<Vec<String>> {
    let head = git.answer("find the last commit", ["rev-parse", "--verify", "-q", "HEAD^{commit}"])?;
    let mut tips: Vec<String> = head.into_iter().collect();
    if let Some(path) = git.answer("find its state", ["rev-parse", "--git-path", "MERGE_HEAD"])? {
        let text = std::fs::read_to_string(git.folder().join(path_of(path.as_bytes()))).unwrap_or_default();
        let is_id = |line: &&str| line.len() >= 40 && line.bytes().all(|byte| byte.is_ascii_hexdigit());
        tips.extend(text.lines().filter(is_id).map(str::to_owned));
    }
    Ok(tips)
}

/// All commits of `tips`, parents first.
fn commits(git: &Git, tips: &[String]) -> Result<(Graph, Vec<Place>)> {
    if tips.is_empty() {
        return Ok((Graph::new(Vec::new())?, Vec::new()));
    }
    let arguments = ["rev-list", "--topo-order", "--reverse", "--parents"];
    let arguments = arguments.into_iter().chain(tips.iter().map(String::as_str)).chain(["--"]);
    let listed = git.output("list the commits", arguments)?;
    let listed = String::from_utf8(listed).map_err(|_| odd("its list cannot be read"))?;
    let (mut numbers, mut parents, mut places) = (HashMap::new(), Vec::new(), Vec::new());
    for (at, line) in (0..).map(At).zip(listed.lines()) {
        let mut ids = line.split(' ');
        let id = ids.next().unwrap_or_default();
        let known = ids.map(|id| numbers.get(id).copied().ok_or_else(|| odd("a parent is not listed")));
        parents.push(known.collect::<Result<Vec<At>>>()?);
        numbers.insert(id.to_owned(), at);
        places.push(Place::Commit(id.to_owned()));
    }
    Ok((Graph::new(parents)?, places))
}

fn odd(reason: &str) -> Error {
    Error::Git { action: "tell the history", reason: reason.to_owned() }
}
