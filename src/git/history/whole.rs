//! Everything that ever lay in a repository: all versions of encrypted files in the history of all refs.

use std::collections::HashMap;

use super::contents::{Content, Contents, encrypted};
use super::log::{Blob, BlobId, Log};
use super::people::{Commit, People};
use crate::error::{Error, Result};
use crate::file::EncryptedFile;
use crate::git::changes::{self, entries_of};
use crate::git::command::Git;
use crate::git::graph::At;
use crate::git::objects::Objects;
use crate::git::replay::{PathId, VersionId};

/// A version at a path of a commit that differs there from one of its parents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The commit.
    pub commit: At,
    /// The path.
    pub path: PathId,
    /// The version.
    pub version: VersionId,
}

/// A history that was read whole.
pub struct Whole {
    git: Git,
    tip: String,
    log: Log,
    sightings: Vec<Sighting>,
    /// Where each version lies, for who needs it again.
    contents: HashMap<VersionId, (BlobId, PathId)>,
    now: Vec<(PathId, Option<VersionId>)>,
}

impl Whole {
    /// Reads the history of every ref in the repository that `git` is in, and of the commit `tip`, in one pass; each
    /// encrypted file, and each text with parts of one, is given to `take` once.
    ///
    /// # Errors
    /// [`Error::Git`] when the history is not all there.
    pub fn read(git: &Git, tip: &str, take: &mut dyn FnMut(VersionId, Content<'_>)) -> Result<Self> {
        let git = git.as_written();
        let log = Log::read_all(&git, tip)?;
        let mut contents = Contents::default();
        contents.load(&git, &log, None, None, take)?;
        let mut whole = Self {
            git,
            tip: tip.to_owned(),
            log,
            sightings: Vec::new(),
            contents: HashMap::new(),
            now: Vec::new(),
        };
        let version = |log: &Log, blob, path| contents.seen(log, blob, path).version();
        for (commit, raws) in whole.log.graph.commits().zip(&whole.log.changes) {
            for raw in raws {
                let Some(blob) = raw.new else { continue };
                let Some(version) = version(&whole.log, blob, raw.path) else { continue };
                whole.contents.entry(version).or_insert((blob, raw.path));
                whole.sightings.push(Sighting { commit, path: raw.path, version });
            }
        }
        for entry in entries_of(&whole.git, changes::Place::Tree(tip))? {
            let known = whole.log.path_id(&entry.path).zip(whole.log.blob_of(&entry.id));
            match known {
                Some((path, blob)) => whole.now.push((path, version(&whole.log, blob, path))),
                None if entry.is_file() => {
                    let what = "a file of the last commit that no commit brought".to_owned();
                    return Err(Error::Internal { what });
                }
                None => {}
            }
        }
        Ok(whole)
    }

    /// How many commits there are.
    pub fn len(&self) -> usize {
        self.log.graph.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.log.graph.is_empty()
    }

    /// Which version lies where, in the order of the commits, parents first.
    pub fn sightings(&self) -> &[Sighting] {
        &self.sightings
    }

    /// The files of the tip, in the order of their paths: what version each is, `None` for what is no encrypted file.
    pub fn now(&self) -> &[(PathId, Option<VersionId>)] {
        &self.now
    }

    /// The path of number `path`, from the top.
    pub fn path(&self, path: PathId) -> &[u8] {
        self.log.path(path)
    }

    /// The files of `versions`, each read again and given to `take`; one that is no encrypted file is left out.
    ///
    /// # Errors
    /// As [`Objects::find`].
    pub fn again(
        &self,
        versions: &[VersionId],
        mut take: impl FnMut(VersionId, EncryptedFile),
    ) -> Result<()> {
        if versions.is_empty() {
            return Ok(());
        }
        let mut objects = Objects::open(&self.git)?;
        for &version in versions {
            let Some(&(blob, path)) = self.contents.get(&version) else { continue };
            let Blob::Object(id) = self.log.blob(blob) else { continue };
            let Some(object) = objects.find(id)? else { continue };
            if let Ok(file) = encrypted(self.log.path(path), object.bytes) {
                take(version, file);
            }
        }
        Ok(())
    }

    /// The content that the file at the path of number `path` has at the tip; `None` when it is not there, or too large.
    ///
    /// # Errors
    /// As [`Objects::find`].
    pub fn bytes_now(&self, path: PathId) -> Result<Option<Vec<u8>>> {
        let name = [self.tip.as_bytes(), b":", self.path(path)].concat();
        match Objects::open(&self.git)?.find(name) {
            Ok(object) => Ok(object.map(|object| object.bytes)),
            Err(error) if error.class().is_some() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The commits of these numbers.
    ///
    /// # Errors
    /// As [`Objects::find`].
    pub fn commits(&self, numbers: impl IntoIterator<Item = At>) -> Result<HashMap<At, Commit>> {
        let mut people = People::new(&self.git, &self.log)?;
        numbers.into_iter().map(|at| Ok((at, people.commit(at)?))).collect()
    }
}

/// The id of the commit that counts as the present: `named`, or the last one of this branch.
///
/// # Errors
/// [`Error::Usage`] when there is none.
pub fn tip(git: &Git, named: Option<&str>) -> Result<String> {
    if let Some(name) = named {
        return super::commit_named(git, name);
    }
    let head = git.answer("find the last commit", ["rev-parse", "--verify", "-q", "HEAD^{commit}"])?;
    head.ok_or_else(|| Error::Usage {
        what: "this branch has no commit yet; say which commit is the present: --at COMMIT".to_owned(),
    })
}
