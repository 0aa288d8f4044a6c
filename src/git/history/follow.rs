//! The history of one file or one value: which commit changed what, under which key, for whom.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::ops::ControlFlow;
use std::path::Path;
use std::rc::Rc;

use super::complete::explained;
use super::contents::{read_file, with_renames};
use super::log::{Blob, BlobId, Log, Raw};
use super::people::{Commit, People};
use crate::error::Result;
use crate::git::command::Git;
use crate::git::diff::{Comparison, Found, Opener, Side, Values, compare};
use crate::git::graph::At;
use crate::git::objects::Objects;
use crate::git::replay::PathId;

/// How many versions are kept open; neighbours in a history share one.
const KEPT: usize = 8;

/// A commit that changed the file.
pub struct Step {
    /// The commit.
    pub commit: Commit,
    /// The path of the file in it.
    pub path: Vec<u8>,
    /// The path of the file before, when it was another.
    pub old_path: Option<Vec<u8>>,
    /// What the file is there.
    pub new: Rc<Found>,
    /// What it was before.
    pub old: Rc<Found>,
    /// What differs, where both are encrypted files.
    pub comparison: Option<Comparison>,
}

/// Versions of files, opened and kept for a while.
pub(super) struct Shelf<'l, 'k, 's> {
    log: &'l Log,
    top: Option<&'l Path>,
    objects: Objects,
    opener: &'l Opener<'k, 's>,
    kept: VecDeque<(BlobId, Rc<Found>)>,
}

impl<'l, 'k, 's> Shelf<'l, 'k, 's> {
    /// An empty shelf.
    ///
    /// # Errors
    /// As [`Objects::open`].
    pub fn new(git: &Git, log: &'l Log, top: Option<&'l Path>, opener: &'l Opener<'k, 's>) -> Result<Self> {
        Ok(Self { log, top, objects: Objects::open(git)?, opener, kept: VecDeque::new() })
    }

    /// What the content `blob` is at `path`.
    ///
    /// # Errors
    /// As [`Objects::find`].
    pub fn found(&mut self, blob: Option<BlobId>, path: PathId) -> Result<Rc<Found>> {
        let Some(blob) = blob else { return Ok(Rc::new(Found::Absent)) };
        if let Some((_, found)) = self.kept.iter().find(|(known, _)| *known == blob) {
            return Ok(Rc::clone(found));
        }
        let bytes = match self.log.blob(blob) {
            Blob::Object(id) if self.log.missing.contains(id) => {
                return Err(super::complete::lacks_contents(&[super::complete::short(id).to_owned()]));
            }
            Blob::Object(id) => self.objects.find(id)?.map(|object| object.bytes),
            Blob::File(path) => Some(read_file(self.top, self.log.path(*path))?),
        };
        let found = Rc::new(self.opener.look(self.log.path(path), bytes));
        if self.kept.len() >= KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back((blob, Rc::clone(&found)));
        Ok(found)
    }
}

/// The commits that changed the file at `path`, the last one first; each is given to `take` when it is known. What is not
/// committed comes first. How many there were; `take` may end the walk.
///
/// # Errors
/// [`crate::error::Error::Git`] when the history is not all there; what `take` says.
pub fn follow(
    git: &Git,
    top: Option<&Path>,
    path: &[u8],
    opener: &Opener<'_, '_>,
    values: Values,
    take: &mut dyn FnMut(Step) -> Result<ControlFlow<()>>,
) -> Result<usize> {
    let git = git.as_written();
    let log = Log::read(&git)?;
    let paths = with_renames(&git, &log, top, log.path_id(path));
    let paths = paths.map_err(|error| explained(error, &log.missing))?;
    let mut shelf = Shelf::new(&git, &log, top, opener)?;
    let mut people = People::new(&git, &log)?;
    let mut count = 0;
    for at in log.graph.commits().rev() {
        for (old, new) in moves(&log, at, &paths) {
            let before = shelf.found(old.and_then(|raw| raw.old), old.unwrap_or(new).path)?;
            let after = shelf.found(new.new, new.path)?;
            let is_ours = |found: &Found| matches!(found, Found::File(_) | Found::Broken(_));
            if !is_ours(&before) && !is_ours(&after) {
                continue;
            }
            let comparison = match (&*before, &*after) {
                (Found::File(old), Found::File(new)) => Some(compare(old, new, values)),
                _ => None,
            };
            let old_path = old.map(|raw| raw.path).filter(|path| *path != new.path);
            count += 1;
            let flow = take(Step {
                commit: people.commit(at)?,
                path: log.path(new.path).to_vec(),
                old_path: old_path.map(|path| log.path(path).to_vec()),
                new: after,
                old: before,
                comparison,
            })?;
            if flow.is_break() {
                return Ok(count);
            }
        }
    }
    Ok(count)
}

/// The changes of the commit `at` to the file at `paths`: what went before, and what is. A merge counts where it differs
/// from all its parents.
fn moves(log: &Log, at: At, paths: &BTreeSet<PathId>) -> Vec<(Option<Raw>, Raw)> {
    let parents = log.graph.parents(at).len().max(1);
    let mut by_path: HashMap<PathId, Vec<Raw>> = HashMap::new();
    let raws = log.changes.get(at.index()).into_iter().flatten();
    for raw in raws.filter(|raw| paths.contains(&raw.path) && raw.old != raw.new) {
        by_path.entry(raw.path).or_default().push(*raw);
    }
    let mut changed: Vec<Raw> = by_path
        .into_values()
        .filter(|raws| raws.len() >= parents)
        .filter_map(|raws| raws.first().copied())
        .collect();
    changed.sort_by_key(|raw| raw.path);
    let mut gone: Vec<Raw> = changed.iter().filter(|raw| raw.new.is_none()).copied().collect();
    let mut moves = Vec::new();
    for raw in changed.into_iter().filter(|raw| raw.new.is_some()) {
        match raw.old {
            Some(_) => moves.push((Some(raw), raw)),
            None => moves.push((gone.pop(), raw)),
        }
    }
    moves.extend(gone.into_iter().map(|raw| (Some(raw), raw)));
    moves
}

/// The side of `found`, when it is an encrypted file.
pub fn side(found: &Found) -> Option<&Side> {
    match found {
        Found::File(side) => Some(side),
        _ => None,
    }
}
