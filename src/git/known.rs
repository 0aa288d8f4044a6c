//! The verified versions that a text comes from which is about to be sealed by hand.

use std::ops::ControlFlow;

use super::command::Git;
use super::diff::{Opener, Values};
use super::history::{follow, side};
use super::objects::Objects;
use super::unfinished::{stages, version_in};
use crate::error::{Error, Result};
use crate::file::{DataKeys, EncryptedFile, FileType, OpenFile};

/// The versions that a text comes from, as far as they hold and open.
#[derive(Default)]
pub struct Known {
    /// Ours first; [`Known::older`] when there is no other.
    pub versions: Vec<OpenFile>,
    /// The commit of the only version, where nothing newer in the history of the file holds.
    pub older: Option<String>,
    /// Whether a version that it comes from is not among them.
    lacks: bool,
}

impl Known {
    /// What a new version is drawn on top of; `None` when there is nothing, or it is not all at hand.
    pub fn parents(&self) -> Option<Vec<&OpenFile>> {
        (!self.lacks && !self.versions.is_empty()).then(|| self.versions.iter().collect())
    }
}

/// The commits that something is being merged from, as git names them while it works (gitrevisions(7)).
///
/// `REVERT_HEAD` is none: what is reverted is older than what it is reverted in.
const HEADS: [&str; 4] = ["HEAD", "MERGE_HEAD", "CHERRY_PICK_HEAD", "REBASE_HEAD"];

/// What the file called `name` in `git`'s folder comes from: the versions in conflict in the index, else those in the
/// commits that are merged; where none of them holds, the newest one in the history that does.
///
/// # Errors
/// [`Error::Git`].
pub fn known(git: &Git, file_type: FileType, name: &str, keys: &DataKeys<'_>) -> Result<Known> {
    let mut found: Vec<Vec<u8>> = Vec::new();
    if let Some(stages) = stages(git, name)? {
        let theirs = stages.theirs.filter(|_| !stages.is_revert);
        found.extend(stages.ours.into_iter().chain(theirs));
    } else {
        for head in HEADS {
            let version = version_in(git, head, name)?;
            found.extend(version.filter(|bytes| !found.contains(bytes)));
        }
    }
    let mut known = Known::default();
    for bytes in found {
        match sound(file_type, bytes, keys) {
            Ok(file) => known.versions.push(file),
            // A plain version has no chain to be mixed with.
            Err(Error::NotEncrypted) => {}
            Err(_) => known.lacks = true,
        }
    }
    // A history that is not all there has none to show: then all of the text is.
    if known.versions.is_empty()
        && let Ok(Some((commit, file))) = newest_sound(git, file_type, name, keys)
    {
        known.lacks = true;
        known.versions.push(file);
        known.older = Some(commit);
    }
    Ok(known)
}

/// The file in `bytes`, opened and verified.
fn sound(file_type: FileType, bytes: Vec<u8>, keys: &DataKeys<'_>) -> Result<OpenFile> {
    let file = keys.open(EncryptedFile::read(file_type, bytes)?)?;
    file.plain()?;
    Ok(file)
}

/// The newest committed version of the file called `name` that holds and opens, and its commit.
fn newest_sound(
    git: &Git,
    file_type: FileType,
    name: &str,
    keys: &DataKeys<'_>,
) -> Result<Option<(String, OpenFile)>> {
    if git.answer("find the last commit", ["rev-parse", "--verify", "--quiet", "HEAD"])?.is_none() {
        return Ok(None);
    }
    let folder = git.output("find the folder", ["rev-parse", "--show-prefix"])?;
    let path = [folder.strip_suffix(b"\n").unwrap_or(&folder), name.as_bytes()].concat();
    let opener = Opener::new(Some(keys));
    let mut newest = None;
    let top = git.top()?;
    follow(git, top.as_deref(), &path, &opener, Values::Hidden, &mut |step| {
        if let (Some(commit), Some(_)) = (step.commit.id(), side(&step.new).and_then(|side| side.open())) {
            newest = Some((commit.to_owned(), step.path));
            return Ok(ControlFlow::Break(()));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    let Some((commit, path)) = newest else { return Ok(None) };
    let object = Objects::open(git)?.find([commit.as_bytes(), b":", &path].concat())?;
    let file = object.map(|object| sound(file_type, object.bytes, keys)).transpose()?;
    Ok(file.map(|file| (commit, file)))
}
