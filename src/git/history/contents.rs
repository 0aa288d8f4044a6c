//! The versions of files in a history: each content is read once.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use super::complete::{self, short};
use super::log::{Blob, BlobId, Log, Place};
use crate::crypto::{Commit, FileId, Token};
use crate::error::{Error, Result};
use crate::file::{EncryptedFile, FileType};
use crate::fs;
use crate::git::command::{Git, path_of};
use crate::git::objects::Objects;
use crate::git::replay::{PathId, Version, VersionId, Versions};
use crate::merge::marks::Marked;

/// What a content is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// An encrypted file.
    File(VersionId),
    /// Parts of one; and why it cannot be read.
    Broken(VersionId, String),
    /// No encrypted file.
    Plain,
}

impl Seen {
    /// The version, when it is one or a part of one.
    pub fn version(&self) -> Option<VersionId> {
        match self {
            Self::File(id) | Self::Broken(id, _) => Some(*id),
            Self::Plain => None,
        }
    }
}

/// A content that was just read, and of which something was kept.
#[expect(clippy::large_enum_variant, reason = "one lives at a time")]
pub enum Content<'c> {
    /// An encrypted file, its grammar checked.
    File(EncryptedFile),
    /// A text that holds parts of one, and cannot be read as one.
    Broken {
        /// The text.
        text: &'c str,
        /// The name of the file, as far as the text says it.
        file_id: Option<FileId>,
        /// The names of its data keys, as far as the text says them.
        deks: &'c [Commit],
    },
}

/// Takes each content that is an encrypted file or holds parts of one.
pub(super) type Take<'t> = &'t mut dyn FnMut(VersionId, Content<'_>);

/// The contents of a history that were read.
#[derive(Default)]
pub(super) struct Contents {
    /// The versions in them.
    pub versions: Versions,
    seen: HashMap<(BlobId, &'static str), Seen>,
}

/// What the name of the file at `path` says of its type.
fn type_name(path: &[u8]) -> &'static str {
    FileType::of_plain(&name(path)).name()
}

/// The last part of `path`.
fn name(path: &[u8]) -> String {
    let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    String::from_utf8_lossy(name).into_owned()
}

/// The encrypted file in `bytes`, of the file at `path`.
///
/// # Errors
/// As [`EncryptedFile::read`].
pub(super) fn encrypted(path: &[u8], bytes: Vec<u8>) -> Result<EncryptedFile> {
    EncryptedFile::read(FileType::of_encrypted(&name(path), &bytes), bytes)
}

/// Whether `bytes` may be an encrypted file, or hold parts of one.
pub fn is_candidate(bytes: &[u8]) -> bool {
    if bytes.starts_with(b"dekko-binary-v1\n") {
        return true;
    }
    let has = |text: &str| text.contains(Token::SIGN) || (text.contains("dek") && text.contains("head"));
    std::str::from_utf8(bytes).is_ok_and(has)
}

impl Contents {
    /// What the content `blob` is, at `path`; it must have been read.
    pub fn seen(&self, log: &Log, blob: BlobId, path: PathId) -> Seen {
        self.seen.get(&(blob, type_name(log.path(path)))).cloned().unwrap_or(Seen::Plain)
    }

    /// Reads every content that the history has at `paths` (at all paths when that is `None`), and gives what is of interest
    /// to `take`.
    ///
    /// # Errors
    /// [`Error::Git`] when a content is missing; as [`fs::read`] for the work tree.
    pub fn load(
        &mut self,
        git: &Git,
        log: &Log,
        top: Option<&Path>,
        paths: Option<&BTreeSet<PathId>>,
        take: Take<'_>,
    ) -> Result<()> {
        let mut wanted: BTreeMap<BlobId, BTreeMap<&'static str, PathId>> = BTreeMap::new();
        for (raws, place) in log.changes.iter().zip(&log.places) {
            let meant = raws.iter().filter(|raw| paths.is_none_or(|paths| paths.contains(&raw.path)));
            for raw in meant {
                let Some(new) = raw.new else { continue };
                if let (Blob::Object(id), Place::Commit(_)) = (log.blob(new), place)
                    && log.missing.contains(id)
                {
                    return Err(lacking(log, paths));
                }
                wanted.entry(new).or_default().insert(type_name(log.path(raw.path)), raw.path);
            }
        }
        let (mut names, mut blobs) = (Vec::new(), Vec::new());
        for (&blob, types) in &wanted {
            match log.blob(blob) {
                Blob::Object(id) => {
                    names.push(id.as_str());
                    blobs.push((blob, types));
                }
                Blob::File(path) => {
                    let bytes = read_file(top, log.path(*path))?;
                    self.keep(blob, types, log, &bytes, take);
                }
            }
        }
        Objects::open(git)?.each(&names, |at, object| {
            let Some((blob, types)) = blobs.get(at) else { return Ok(()) };
            match object {
                Ok(Some(object)) => self.keep(*blob, types, log, &object.bytes, take),
                Ok(None) => {
                    let reason = format!("the object {} is missing", short(names.get(at).unwrap_or(&"")));
                    return Err(Error::Git { action: "tell the whole history", reason });
                }
                // No encrypted file is that large.
                Err(_) => {}
            }
            Ok(())
        })
    }

    fn keep(
        &mut self,
        blob: BlobId,
        types: &BTreeMap<&'static str, PathId>,
        log: &Log,
        bytes: &[u8],
        take: Take<'_>,
    ) {
        for (&type_name, &path) in types {
            let seen = self.look(log.path(path), bytes, take);
            if seen != Seen::Plain {
                self.seen.insert((blob, type_name), seen);
            }
        }
    }

    fn look(&mut self, path: &[u8], bytes: &[u8], take: Take<'_>) -> Seen {
        if !is_candidate(bytes) {
            return Seen::Plain;
        }
        match encrypted(path, bytes.to_vec()) {
            Ok(file) => {
                let id = self.versions.push(&file);
                take(id, Content::File(file));
                Seen::File(id)
            }
            Err(error) => {
                let text = String::from_utf8_lossy(bytes);
                let parts = self.versions.push_broken(&text);
                if let Some(id) = parts {
                    let Version { file_id, deks, .. } = self.versions.version(id);
                    take(id, Content::Broken { text: &text, file_id: *file_id, deks });
                }
                let why = match Marked::read(&text) {
                    Some(_) => "holds an unresolved merge conflict".to_owned(),
                    None => format!("cannot be read: {error}"),
                };
                parts.map_or(Seen::Plain, |id| Seen::Broken(id, why))
            }
        }
    }
}

/// The content of the file at `path` in the work tree whose top is `top`.
pub(super) fn read_file(top: Option<&Path>, path: &[u8]) -> Result<Vec<u8>> {
    let top = top.ok_or_else(|| Error::Internal { what: "a file without a work tree".to_owned() })?;
    fs::read(&top.join(path_of(path)), fs::FILE_LIMIT)
}

/// Which versions a partial clone lacks.
fn lacking(log: &Log, paths: Option<&BTreeSet<PathId>>) -> Error {
    let mut lacking = Vec::new();
    for (raws, place) in log.changes.iter().zip(&log.places) {
        let Place::Commit(commit) = place else { continue };
        for raw in raws.iter().filter(|raw| paths.is_none_or(|paths| paths.contains(&raw.path))) {
            let blob = raw.new.map(|new| log.blob(new));
            if let Some(Blob::Object(id)) = blob
                && log.missing.contains(id)
            {
                lacking.push(format!(
                    "{} in {}",
                    crate::document::escape(&lossy(log.path(raw.path))),
                    short(commit)
                ));
            }
        }
    }
    complete::lacks_contents(&lacking)
}

/// `path` as text.
pub(super) fn lossy(path: &[u8]) -> String {
    String::from_utf8_lossy(path).into_owned()
}

/// The paths under which the history knows the files at `paths`: those that the files had before or after a rename, too,
/// told by the id in them.
///
/// # Errors
/// [`Error::Git`].
pub(super) fn with_renames(
    git: &Git,
    log: &Log,
    top: Option<&Path>,
    paths: impl IntoIterator<Item = PathId>,
) -> Result<BTreeSet<PathId>> {
    let mut commits: HashMap<PathId, Vec<usize>> = HashMap::new();
    for (at, raws) in log.changes.iter().enumerate() {
        let one_sided = raws.iter().filter(|raw| raw.old.is_some() != raw.new.is_some());
        one_sided.for_each(|raw| commits.entry(raw.path).or_default().push(at));
    }
    let mut names =
        Names { objects: Objects::open(git)?, log, top: top.map(Path::to_owned), known: HashMap::new() };
    let mut found: BTreeSet<PathId> = paths.into_iter().collect();
    let mut left: Vec<PathId> = found.iter().copied().collect();
    while let Some(path) = left.pop() {
        for &at in commits.get(&path).into_iter().flatten() {
            let Some(raws) = log.changes.get(at) else { continue };
            for here in raws.iter().filter(|raw| raw.path == path) {
                // Gone here and new there, or the other way round.
                let is_counterpart = |raw: &&super::log::Raw| match (here.old, here.new) {
                    (None, Some(_)) => raw.old.is_some() && raw.new.is_none(),
                    (Some(_), None) => raw.old.is_none() && raw.new.is_some(),
                    _ => false,
                };
                let others = raws.iter().filter(is_counterpart).filter(|raw| !found.contains(&raw.path));
                let others: Vec<_> = others.copied().collect();
                let Some(id) =
                    (if others.is_empty() { None } else { names.id(here.new.or(here.old), path)? })
                else {
                    continue;
                };
                for other in others {
                    if names.id(other.new.or(other.old), other.path)? == Some(id) && found.insert(other.path)
                    {
                        left.push(other.path);
                    }
                }
            }
        }
    }
    Ok(found)
}

/// The ids of the files in contents.
struct Names<'l> {
    objects: Objects,
    log: &'l Log,
    top: Option<PathBuf>,
    known: HashMap<BlobId, Option<FileId>>,
}

impl Names<'_> {
    fn id(&mut self, blob: Option<BlobId>, path: PathId) -> Result<Option<FileId>> {
        let Some(blob) = blob else { return Ok(None) };
        if let Some(known) = self.known.get(&blob) {
            return Ok(*known);
        }
        let bytes = match self.log.blob(blob) {
            Blob::Object(id) if self.log.missing.contains(id) => None,
            Blob::Object(id) => self.objects.find(id)?.map(|object| object.bytes),
            Blob::File(path) => Some(read_file(self.top.as_deref(), self.log.path(*path))?),
        };
        let file = bytes.filter(|bytes| is_candidate(bytes));
        let file = file.and_then(|bytes| encrypted(self.log.path(path), bytes).ok());
        let id = file.map(|file| file.envelope().file_id);
        self.known.insert(blob, id);
        Ok(id)
    }
}
