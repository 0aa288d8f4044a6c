//! What earlier versions of a file hold, for whoever writes the next one.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::log::{Record, Records, tips};
use super::path_in_repository;
use crate::crypto::Tag;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::file::Past;
use crate::git::command::Git;
use crate::git::objects::Objects;

/// The length of a tag as files write it.
const TAG: usize = 22;

/// The versions of a file that are committed, as far as they are here.
///
/// Outside of git, and where there is no git, there are none. Where git fails, everything counts as having been there: that
/// costs a few changed lines, and the other answer could cost the safety of the chain.
pub struct FilePast {
    git: Option<Git>,
    file: PathBuf,
    seen: OnceCell<HashSet<[u8; TAG]>>,
}

impl FilePast {
    /// The past of `file`, of nothing when there is none; nothing is looked at before somebody asks.
    pub fn of(file: Option<&Path>, environment: &Environment) -> Self {
        let git = file.and_then(|file| Git::new(file.parent()?, environment).ok());
        let file = file.unwrap_or(Path::new("")).to_owned();
        Self { git: git.map(|git| git.as_written()), file, seen: OnceCell::new() }
    }

    /// The past of the file at `path`, counted from the folder of `git`; the folders on the way need not exist.
    pub fn within(git: Option<&Git>, path: &Path) -> Self {
        Self { git: git.map(Git::as_written), file: path.to_owned(), seen: OnceCell::new() }
    }

    /// The tags in all earlier versions but those that the last commit has, too.
    fn tags(&self) -> Result<HashSet<[u8; TAG]>> {
        let Some((git, top)) = self.git.as_ref().and_then(|git| Some((git, git.top().ok()??))) else {
            return Ok(HashSet::new());
        };
        let tips = tips(git)?;
        let Ok(path) = path_in_repository(&top, &self.file) else { return Ok(HashSet::new()) };
        let Some(head) = tips.first() else { return Ok(HashSet::new()) };
        let git = git.within(&top);
        let mut paths = names(&git, head, &path)?;
        paths.insert(path.clone());
        let objects = objects(&git, &tips, &paths)?;
        let mut found = HashSet::new();
        let names: Vec<&str> = objects.iter().map(String::as_str).collect();
        Objects::open(&git)?.each(&names, |_, object| {
            // What a partial clone lacks, or what is too large to be a text, is not at hand.
            if let Ok(Some(object)) = object {
                found.extend(tags_in(&object.bytes));
            }
            Ok(())
        })?;
        let mut last = Objects::open(&git)?;
        for tip in &tips {
            let name = [tip.as_bytes(), b":", &path].concat();
            for tag in last.find(name)?.iter().flat_map(|object| tags_in(&object.bytes)) {
                found.remove(&tag);
            }
        }
        Ok(found)
    }
}

impl Past for FilePast {
    fn holds(&self, tags: &[Tag]) -> Result<bool> {
        if self.seen.get().is_none() {
            let Ok(seen) = self.tags() else { return Ok(true) };
            let _ = self.seen.set(seen);
        }
        let written = |tag: &Tag| <[u8; TAG]>::try_from(tag.to_string().as_bytes()).ok();
        let seen = self.seen.get();
        Ok(tags.iter().filter_map(written).any(|tag| seen.is_some_and(|seen| seen.contains(&tag))))
    }
}

/// The names that the file at `path` had, git's own guess at renames followed.
fn names(git: &Git, head: &str, path: &[u8]) -> Result<HashSet<Vec<u8>>> {
    let arguments =
        ["-c", "log.showSignature=false", "log", "--follow", "--format=", "--name-only", "-z", head, "--"];
    let mut command = git.command(arguments);
    command.arg(crate::git::command::path_of(path)).env("GIT_LITERAL_PATHSPECS", "1");
    let output = command.output().map_err(|source| Error::Io { action: "start git", source })?;
    let names = output.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    Ok(names.map(|name| name.strip_prefix(b"\n").unwrap_or(name).to_vec()).collect())
}

/// The contents that the commits of `tips` have at `paths`.
fn objects(git: &Git, tips: &[String], paths: &HashSet<Vec<u8>>) -> Result<HashSet<String>> {
    let paths: Vec<PathBuf> = paths.iter().map(|path| crate::git::command::path_of(path)).collect();
    let mut command = git.command(["rev-list", "--full-history"]);
    command.args(tips).arg("--").args(&paths).env("GIT_LITERAL_PATHSPECS", "1").stdout(Stdio::piped());
    let listed = command.stderr(Stdio::null()).output();
    let listed = listed.map_err(|source| Error::Io { action: "start git", source })?;
    let mut command = git.command([
        "diff-tree",
        "--stdin",
        "-r",
        "-m",
        "--root",
        "--raw",
        "-z",
        "--no-renames",
        "--no-abbrev",
    ]);
    command.arg("--").args(&paths).env("GIT_LITERAL_PATHSPECS", "1");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let failed = |source| Error::Io { action: "start git", source };
    let mut child = command.spawn().map_err(failed)?;
    let input = child.stdin.take();
    let writer = std::thread::spawn(move || input.map(|mut input| input.write_all(&listed.stdout)));
    let output = child.wait_with_output().map_err(failed)?;
    let _ = writer.join();
    let mut records = Records(&output.stdout[..]);
    let mut objects = HashSet::new();
    while let Some(record) = records.next()? {
        if let Record::Change(change) = record {
            objects.extend(change.old.into_iter().chain(change.new));
        }
    }
    Ok(objects)
}

/// Everything in `text` that may be a tag: 22 characters of base64url between others.
fn tags_in(text: &[u8]) -> impl Iterator<Item = [u8; TAG]> + '_ {
    let is_inside = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    text.split(move |byte| !is_inside(byte)).filter_map(|word| word.try_into().ok())
}
