//! `verify --history`: the replay rule over what git has of files, and the tags of every version that can be opened.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::path::Path;

use super::complete::explained;
use super::contents::{Content, Contents, Seen, encrypted, lossy, read_file, with_renames};
use super::log::{Blob, BlobId, Log, Raw};
use super::people::{Commit, People};
use super::say::{self, Said};
use crate::crypto::{self, Keys, TokenId, to_base64url};
use crate::document::escape;
use crate::error::{Class, Error, Result};
use crate::file::{DataKeys, EncryptedFile, FileType};
use crate::git::command::Git;
use crate::git::graph::At;
use crate::git::objects::Objects;
use crate::git::replay::{Change, Finding, History, PathId, VersionId};

/// What to look at.
pub struct Task<'a> {
    /// The files by their paths from the top of the repository; `None` for all encrypted files.
    pub files: Option<&'a [Vec<u8>]>,
    /// A commit that was looked at already: findings in it and its ancestors are not told again.
    pub since: Option<&'a str>,
}

/// What was found in a history.
pub struct Report {
    /// The files, by path.
    pub files: Vec<FileReport>,
    /// How many commits there are.
    pub commits: usize,
    /// The data keys that could not be opened.
    pub unopened: Vec<Unopened>,
}

/// What was found of one file.
pub struct FileReport {
    /// Its path from the top of the repository.
    pub path: Vec<u8>,
    /// How many of its versions there are.
    pub versions: usize,
    /// What is wrong.
    pub findings: Vec<Found>,
    /// What is remarkable.
    pub notes: Vec<Note>,
}

/// Something wrong.
pub struct Found {
    /// `replay`, `unrelated`, `hybrid`, `copy` or `altered`.
    pub kind: &'static str,
    /// The commit that has it.
    pub commit: Commit,
    /// What exactly.
    pub details: Vec<Said>,
}

/// Something remarkable that is no finding.
pub struct Note {
    /// The commit.
    pub commit: Commit,
    /// What it is, safe to show.
    pub what: String,
}

/// A data key that could not be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unopened {
    /// The first characters of its name (field `dek`).
    pub dek: String,
    /// How many versions under it were not verified.
    pub versions: usize,
    /// Why, safe to show.
    pub reason: String,
}

/// The name of a data key as people read it: the first characters of the field `dek`.
pub fn short_dek(dek: &crypto::Commit) -> String {
    to_base64url(&dek.0).chars().take(8).collect()
}

/// Looks at the history of the repository that `git` is in, whose work tree begins at `top`.
///
/// # Errors
/// [`Error::Git`] when there is no repository, or its history is not all there.
pub fn verify(git: &Git, top: Option<&Path>, task: &Task<'_>, keys: Option<&DataKeys<'_>>) -> Result<Report> {
    let git = git.as_written();
    let log = Log::read(&git)?;
    let paths = match task.files {
        Some(files) => {
            let known = files.iter().filter_map(|file| log.path_id(file));
            let paths = with_renames(&git, &log, top, known);
            Some(paths.map_err(|error| explained(error, &log.missing))?)
        }
        None => None,
    };
    let mut tags = Tags { keys, altered: HashMap::new(), unopened: BTreeMap::new() };
    let mut contents = Contents::default();
    contents.load(&git, &log, top, paths.as_ref(), &mut |id, content| {
        if let Content::File(file) = content {
            tags.check(id, file);
        }
    })?;
    let is_meant = |raw: &&Raw| paths.as_ref().is_none_or(|paths| paths.contains(&raw.path));
    let mut history = History::new(&log.graph);
    let mut looked = BTreeMap::<PathId, HashSet<BlobId>>::new();
    for raw in log.changes.iter().flatten().filter(is_meant) {
        if let Some(new) = raw.new.filter(|&new| contents.seen(&log, new, raw.path).version().is_some()) {
            looked.entry(raw.path).or_default().insert(new);
        }
    }
    let opaque = contents.versions.push_opaque();
    for (at, raws) in log.graph.commits().zip(&log.changes) {
        for raw in raws.iter().filter(|raw| looked.contains_key(&raw.path)) {
            let version = |new| contents.seen(&log, new, raw.path).version().unwrap_or(opaque);
            history.set(at, Change { path: raw.path, version: raw.new.map(version) });
        }
    }
    let versions = &contents.versions;
    let mut vouches = |old: VersionId, new: VersionId| {
        let (old, new) = (versions.version(old), versions.version(new));
        let (commit, id) = (old.deks.first()?, old.file_id?);
        let key = Keys::derive(&keys?.known(commit)?, &id);
        key.commit().matches(commit).then_some(())?;
        Some(new.prev?.holds(&key, new.deks.first()?))
    };
    let findings = history.findings(versions, &mut vouches);
    let known: HashSet<At> = known_already(&git, &log, task.since)?;
    let people = People::new(&git, &log)?;
    let mut told = Told { git: &git, log: &log, top, people, contents: &contents, objects: None };
    let mut files: BTreeMap<PathId, FileReport> = BTreeMap::new();
    for (&path, blobs) in &looked {
        let report = FileReport {
            path: log.path(path).to_vec(),
            versions: blobs.len(),
            findings: Vec::new(),
            notes: Vec::new(),
        };
        files.insert(path, report);
    }
    for finding in findings.iter().filter(|finding| !known.contains(&finding.commit)) {
        if let Some(file) = files.get_mut(&finding.path) {
            file.findings.push(told.finding(finding)?);
        }
    }
    for (at, raws) in log.graph.commits().zip(&log.changes).filter(|(at, _)| !known.contains(at)) {
        let mut seen_here = BTreeSet::new();
        for raw in raws.iter().filter(is_meant).filter(|raw| raw.old != raw.new) {
            let Some(file) = files.get_mut(&raw.path) else { continue };
            if !seen_here.insert(raw.path) {
                continue;
            }
            // A merge that takes a parent's version has nothing of its own.
            let parents = log.graph.parents(at).len();
            if raws.iter().filter(|other| other.path == raw.path).count() < parents {
                continue;
            }
            told.remark(at, raw, &tags, file)?;
        }
    }
    let order = |report: &FileReport| report.path.clone();
    let mut files: Vec<_> = files.into_values().collect();
    files.sort_by_key(order);
    Ok(Report { files, commits: log.graph.len(), unopened: tags.unopened.into_values().collect() })
}

/// The commits whose findings are known: `since` and all before it.
fn known_already(git: &Git, log: &Log, since: Option<&str>) -> Result<HashSet<At>> {
    let Some(since) = since else { return Ok(HashSet::new()) };
    let id = super::commit_named(git, since)?;
    let at = log.graph.commits().find(|&at| log.place(at) == &super::log::Place::Commit(id.clone()));
    let at = at.ok_or_else(|| Error::Usage {
        what: format!("'{}' is not in the history of the last commit", escape(since)),
    })?;
    Ok(log.graph.below(at).into_iter().collect())
}

/// Checks the tags of versions as far as their data keys can be opened.
struct Tags<'k, 's> {
    keys: Option<&'k DataKeys<'s>>,
    altered: HashMap<VersionId, String>,
    unopened: BTreeMap<[u8; 32], Unopened>,
}

impl Tags<'_, '_> {
    fn check(&mut self, id: VersionId, file: EncryptedFile) {
        let dek = file.envelope().commit;
        let is_binary = file.file_type() == FileType::Binary;
        let opened = match self.keys {
            None => Err(Error::NoIdentity { recipients: Vec::new(), attempts: Vec::new() }),
            Some(keys) => keys.open(file),
        };
        let opened = opened.and_then(|file| if is_binary { file.plain().map(drop) } else { Ok(()) });
        match opened {
            Ok(()) => {}
            // A key that does not fit its name opens nothing, and that is the file's fault.
            Err(error) if error.class().is_some() => {
                let class = error.class().map_or("", Class::name);
                self.altered.insert(id, format!("does not verify ({class}): {}", bare(&error)));
            }
            Err(error) => {
                let unopened = self.unopened.entry(dek.0).or_insert_with(|| Unopened {
                    dek: short_dek(&dek),
                    versions: 0,
                    reason: escape(&error.to_string()),
                });
                unopened.versions += 1;
            }
        }
    }
}

/// What `error` says, without the place in the file, which lies in the past.
fn bare(error: &Error) -> String {
    match error.bare() {
        Error::Refused { what, .. } => escape(what),
        other => escape(&other.to_string()),
    }
}

/// Finds the words for findings.
struct Told<'a> {
    git: &'a Git,
    log: &'a Log,
    top: Option<&'a Path>,
    people: People<'a>,
    contents: &'a Contents,
    objects: Option<Objects>,
}

impl Told<'_> {
    fn finding(&mut self, finding: &Finding) -> Result<Found> {
        let raws = self.log.changes.get(finding.commit.index()).into_iter().flatten();
        let blob = raws.filter(|raw| raw.path == finding.path).find_map(|raw| raw.new);
        let names = match blob {
            Some(blob) => self.names(blob, finding.path)?,
            None => HashMap::new(),
        };
        let log = self.log;
        let path_of = |path: PathId| escape(&lossy(log.path(path)));
        let people = &mut self.people;
        let details = say::details(finding, &names, &path_of, &mut |at| people.commit(at))?;
        Ok(Found { kind: finding.kind.name(), commit: self.people.commit(finding.commit)?, details })
    }

    /// The key paths of the values in the content `blob`.
    fn names(&mut self, blob: BlobId, path: PathId) -> Result<HashMap<TokenId, String>> {
        let bytes = match self.log.blob(blob) {
            Blob::Object(id) => {
                let objects = match &mut self.objects {
                    Some(objects) => objects,
                    none => none.insert(Objects::open(self.git)?),
                };
                objects.find(id)?.map(|object| object.bytes)
            }
            Blob::File(path) => Some(read_file(self.top, self.log.path(*path))?),
        };
        let Some(file) = bytes.and_then(|bytes| encrypted(self.log.path(path), bytes).ok()) else {
            return Ok(HashMap::new());
        };
        let Some(document) = file.document() else { return Ok(HashMap::new()) };
        let leaves = document.leaves().iter().zip(file.tokens());
        let named =
            leaves.filter_map(|(leaf, token)| Some((token.as_ref()?.id(), document.path_of(leaf.node))));
        Ok(named.collect())
    }

    /// Adds to `file` what is to be said of the version that `raw` brings.
    fn remark(&mut self, at: At, raw: &Raw, tags: &Tags<'_, '_>, file: &mut FileReport) -> Result<()> {
        let look = |blob: Option<BlobId>| blob.map(|blob| self.contents.seen(self.log, blob, raw.path));
        let (old, new) = (look(raw.old), look(raw.new));
        let note = match (&new, &old) {
            (Some(Seen::File(id)), _) => {
                let Some(what) = tags.altered.get(id) else { return Ok(()) };
                let detail = Said { path: None, part: "tags", says: what.clone(), commits: Vec::new() };
                let commit = self.people.commit(at)?;
                file.findings.push(Found { kind: "altered", commit, details: vec![detail] });
                return Ok(());
            }
            (Some(Seen::Broken(_, why)), _) => escape(why),
            (Some(Seen::Plain), Some(Seen::File(_))) => "is not encrypted".to_owned(),
            _ => return Ok(()),
        };
        file.notes.push(Note { commit: self.people.commit(at)?, what: note });
        Ok(())
    }
}
