//! For each value of a file the commit that last changed it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::rc::Rc;

use super::complete::explained;
use super::contents::{Contents, Seen, with_renames};
use super::follow::Shelf;
use super::log::{BlobId, Log};
use super::people::{Commit, People};
use crate::crypto::TokenId;
use crate::document::LeafId;
use crate::error::{Error, Result};
use crate::git::command::Git;
use crate::git::diff::{Found, Opener, Side};
use crate::git::graph::At;
use crate::git::replay::{Change, History, PathId, States, VersionId};

/// A value and who last changed it.
pub struct Blamed {
    /// Its key path, safe to show.
    pub path: String,
    /// The commit that it is from.
    pub commit: Commit,
    /// Whether the commit is known to have changed the value; without a key it may only have encrypted it anew.
    pub is_certain: bool,
}

/// A value on its way down the history.
struct Pending {
    id: TokenId,
    leaf: usize,
}

/// Where values wait: a commit and the file in it.
type Waiting = BTreeMap<At, Vec<(PathId, Vec<Pending>)>>;

/// The encrypted values of the file at `path` as it is now (as it lies in the work tree, where there is one), in the order
/// of the document; a binary file is one value.
///
/// # Errors
/// [`Error::Git`] when the history is not all there; [`Error::NotEncrypted`] when there is no encrypted file now.
pub fn blame(git: &Git, top: Option<&Path>, path: &[u8], opener: &Opener<'_, '_>) -> Result<Vec<Blamed>> {
    let git = git.as_written();
    let log = Log::read(&git)?;
    let start = log.path_id(path).ok_or(Error::NotEncrypted)?;
    let paths = with_renames(&git, &log, top, [start]);
    let paths = paths.map_err(|error| explained(error, &log.missing))?;
    let mut contents = Contents::default();
    let mut blobs: HashMap<VersionId, BlobId> = HashMap::new();
    contents.load(&git, &log, top, Some(&paths), &mut |_, _| {})?;
    let mut history = History::new(&log.graph);
    for (at, raws) in log.graph.commits().zip(&log.changes) {
        for raw in raws.iter().filter(|raw| paths.contains(&raw.path)) {
            let seen = raw.new.map(|new| (new, contents.seen(&log, new, raw.path)));
            let version = seen.as_ref().and_then(|(_, seen)| seen.version());
            if let Some((blob, Seen::File(id))) = seen {
                blobs.insert(id, blob);
            }
            history.set(at, Change { path: raw.path, version });
        }
    }
    let states = history.states(&contents.versions);
    let mut walk = Walk {
        shelf: Shelf::new(&git, &log, top, opener)?,
        log: &log,
        contents: &contents,
        states,
        blobs,
        values: HashMap::new(),
    };
    let tip = log.graph.commits().next_back().ok_or(Error::NotEncrypted)?;
    let (names, pending) = walk.present(tip, start)?;
    let mut found = walk.down(tip, start, pending)?;
    let mut people = People::new(&git, &log)?;
    let mut blamed = Vec::with_capacity(names.len());
    for (leaf, path) in names.into_iter().enumerate() {
        let Some((at, is_certain)) = found.remove(&leaf) else { continue };
        blamed.push(Blamed { path, commit: people.commit(at)?, is_certain });
    }
    Ok(blamed)
}

struct Walk<'l, 'k, 's> {
    shelf: Shelf<'l, 'k, 's>,
    log: &'l Log,
    contents: &'l Contents,
    states: States<'l>,
    blobs: HashMap<VersionId, BlobId>,
    /// By version: what stands at each token.
    values: HashMap<VersionId, Rc<HashMap<TokenId, u32>>>,
}

impl Walk<'_, '_, '_> {
    /// The values at `path` as of `tip`: their names, and the values themselves, waiting.
    fn present(&mut self, tip: At, path: PathId) -> Result<(Vec<String>, Vec<Pending>)> {
        let version = self.states.version(tip, path).ok_or(Error::NotEncrypted)?;
        let found = self.found(version, path)?;
        let Found::File(side) = &*found else { return Err(Error::NotEncrypted) };
        let Some(document) = side.file().document() else {
            return Ok((vec![".".to_owned()], vec![Pending { id: TokenId([0; 6]), leaf: 0 }]));
        };
        let tokens = document.leaves().iter().zip(side.file().tokens());
        let tokens = tokens.filter_map(|(leaf, token)| Some((leaf, token.as_ref()?)));
        let (names, pending) = tokens
            .enumerate()
            .map(|(at, (leaf, token))| (document.path_of(leaf.node), Pending { id: token.id(), leaf: at }))
            .unzip();
        Ok((names, pending))
    }

    /// Follows the values from `tip` to where they come from: by number, the commit, and whether that is certain.
    fn down(&mut self, tip: At, path: PathId, pending: Vec<Pending>) -> Result<HashMap<usize, (At, bool)>> {
        let mut waiting: Waiting = BTreeMap::from([(tip, vec![(path, pending)])]);
        let mut found = HashMap::new();
        while let Some((at, groups)) = waiting.pop_last() {
            for (path, pending) in groups {
                let Some(version) = self.states.version(at, path) else { continue };
                let mut left = pending;
                let mut is_certain: HashSet<usize> = HashSet::new();
                let mut is_new = true;
                for &parent in self.log.graph.parents(at) {
                    let versions = &self.contents.versions;
                    let of = versions.version(version);
                    let Some((there, before)) = self.states.counterpart(parent, path, of, versions) else {
                        continue;
                    };
                    is_new = false;
                    let passed;
                    (passed, left) = self.sort(version, before, left, &mut is_certain, (path, there))?;
                    if !passed.is_empty() {
                        push(&mut waiting, parent, there, passed);
                    }
                    if left.is_empty() {
                        break;
                    }
                }
                for value in left {
                    found.insert(value.leaf, (at, is_new || is_certain.contains(&value.leaf)));
                }
            }
        }
        Ok(found)
    }

    /// Those of `pending` that `before` has like `version`, and those that it has not; of these, `certain` gets those of
    /// which that is sure.
    fn sort(
        &mut self,
        version: VersionId,
        before: VersionId,
        pending: Vec<Pending>,
        certain: &mut HashSet<usize>,
        (path, there): (PathId, PathId),
    ) -> Result<(Vec<Pending>, Vec<Pending>)> {
        if version == before {
            return Ok((pending, Vec::new()));
        }
        let (values, old_values) = (self.values(version), self.values(before));
        let (mut passed, mut left, mut opened) = (Vec::new(), Vec::new(), None);
        for value in pending {
            let old = old_values.get(&value.id);
            if old.is_some() && old == values.get(&value.id) {
                passed.push(value);
                continue;
            }
            if old.is_none() {
                certain.insert(value.leaf);
                left.push(value);
                continue;
            }
            if opened.is_none() {
                let (new, old) = (self.found(version, path)?, self.found(before, there)?);
                let (texts, old_texts) = (Leaves::of(&new), Leaves::of(&old));
                opened = Some((new, old, texts, old_texts));
            }
            let Some((new, old, texts, old_texts)) = &opened else { continue };
            match (texts.text(new, value.id), old_texts.text(old, value.id)) {
                (Some(new), Some(old)) if new == old => passed.push(value),
                (Some(_), Some(_)) => {
                    certain.insert(value.leaf);
                    left.push(value);
                }
                _ => {
                    certain.remove(&value.leaf);
                    left.push(value);
                }
            }
        }
        Ok((passed, left))
    }

    fn values(&mut self, version: VersionId) -> Rc<HashMap<TokenId, u32>> {
        // Two neighbours at most are looked at at once.
        if self.values.len() > 64 {
            self.values.clear();
        }
        let contents = self.contents;
        let made = || Rc::new(contents.versions.values(version));
        Rc::clone(self.values.entry(version).or_insert_with(made))
    }

    fn found(&mut self, version: VersionId, path: PathId) -> Result<Rc<Found>> {
        self.shelf.found(self.blobs.get(&version).copied(), path)
    }
}

fn push(waiting: &mut Waiting, at: At, path: PathId, values: Vec<Pending>) {
    let groups = waiting.entry(at).or_default();
    match groups.iter_mut().find(|(known, _)| *known == path) {
        Some((_, known)) => known.extend(values),
        None => groups.push((path, values)),
    }
}

/// The leaves of a version by token.
struct Leaves(HashMap<TokenId, LeafId>);

impl Leaves {
    fn of(found: &Found) -> Self {
        let Found::File(side) = found else { return Self(HashMap::new()) };
        let Some(document) = side.file().document() else { return Self(HashMap::new()) };
        let tokens = document.leaves().iter().zip(side.file().tokens());
        let of_token = tokens.filter_map(|(leaf, token)| {
            let crate::document::Kind::Leaf(id) = document.node(leaf.node).kind else { return None };
            Some((token.as_ref()?.id(), id))
        });
        Self(of_token.collect())
    }

    fn text(&self, found: &Found, id: TokenId) -> Option<Vec<u8>> {
        let Found::File(Side::Open(open)) = found else { return None };
        if open.file().document().is_none() {
            return open.plain().ok();
        }
        open.leaf_source(*self.0.get(&id)?).ok().map(String::into_bytes)
    }
}
