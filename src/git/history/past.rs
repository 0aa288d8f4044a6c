//! What earlier versions of a file hold, for whoever writes the next one.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::log::tips;
use super::path_in_repository;
use crate::crypto::Tag;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::file::Past;
use crate::git::changes::{DIFF_TREE, Record, Records};
use crate::git::command::{Git, failure, path_of};
use crate::git::commits::found;
use crate::git::objects::Objects;

/// The length of a tag as files write it.
const TAG: usize = 22;

/// Paths are paths and no patterns (git(1)).
const LITERAL: &str = "--literal-pathspecs";

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

    /// The tags in all earlier versions but those that the last commit has, too; in a merge, of each side.
    fn tags(&self) -> Result<HashSet<[u8; TAG]>> {
        let Some(git) = &self.git else { return Ok(HashSet::new()) };
        if !is_repository(git)? {
            return Ok(HashSet::new());
        }
        let mut tips = tips(git)?;
        let Some(head) = tips.first().cloned() else { return Ok(HashSet::new()) };
        for id in merged(git.environment()) {
            // What is merged may be a mere tree, which has no history.
            tips.extend(found(git, id)?.filter(|commit| !tips.contains(commit)));
        }
        // A bare repository has no top; paths in it count from nowhere else.
        let (git, path) = match git.top()? {
            None => (git.clone(), self.file.as_os_str().as_encoded_bytes().to_vec()),
            Some(top) => match path_in_repository(&top, &self.file) {
                Ok(path) => (git.within(&top), path),
                Err(error) if matches!(error.bare(), Error::Outside) => return Ok(HashSet::new()),
                Err(error) => return Err(error),
            },
        };
        let mut paths = names(&git, &head, &path)?;
        paths.insert(path.clone());
        let mut last = Objects::open(&git)?;
        let mut seen = HashSet::new();
        // What one side had and has no more does not come back because the other side has it.
        for tip in &tips {
            let objects = objects(&git, tip, &paths)?;
            let names: Vec<&str> = objects.iter().map(String::as_str).collect();
            let mut of_tip = HashSet::new();
            Objects::open(&git)?.each(&names, |_, object| {
                // What a partial clone lacks, or what is too large to be a text, is not at hand.
                if let Ok(Some(object)) = object {
                    of_tip.extend(tags_in(&object.bytes));
                }
                Ok(())
            })?;
            let name = [tip.as_bytes(), b":", &path].concat();
            for tag in last.find(name)?.iter().flat_map(|object| tags_in(&object.bytes)) {
                of_tip.remove(&tag);
            }
            seen.extend(of_tip);
        }
        Ok(seen)
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

/// Whether `git` is in a repository; only where git itself says that there is none, there is none.
fn is_repository(git: &Git) -> Result<bool> {
    let mut command = git.command(["rev-parse", "--git-dir"]);
    let output = command.env("LC_ALL", "C").env_remove("LANGUAGE").output();
    let output = output.map_err(|source| Error::Io { action: "start git", source })?;
    let is_outside = String::from_utf8_lossy(&output.stderr).contains("not a git repository (or any");
    match output.status.success() {
        true => Ok(true),
        false if is_outside => Ok(false),
        false => Err(failure("find the repository", &output)),
    }
}

/// What a merge that is going on merges: git says it in variables of this name (`git merge` in git(1)'s sources sets one for each
/// commit), and writes `MERGE_HEAD` only when its drivers are done.
fn merged(environment: &Environment) -> impl Iterator<Item = &str> {
    let ids = environment.all().filter_map(|(name, _)| name.strip_prefix("GITHEAD_"));
    ids.filter(|id| matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The names that the file at `path` had, git's own guess at renames followed.
fn names(git: &Git, head: &str, path: &[u8]) -> Result<HashSet<Vec<u8>>> {
    let arguments = ["log", "--follow", "--no-show-signature", "--format=", "--name-only", "-z", head, "--"];
    let arguments = [LITERAL].into_iter().chain(arguments).map(OsString::from);
    let output = git.output("follow a file", arguments.chain([path_of(path).into_os_string()]))?;
    let names = output.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    Ok(names.map(|name| name.strip_prefix(b"\n").unwrap_or(name).to_vec()).collect())
}

/// The contents that `tip` and the commits before it have at `paths`.
fn objects(git: &Git, tip: &str, paths: &HashSet<Vec<u8>>) -> Result<HashSet<String>> {
    let paths: Vec<OsString> = paths.iter().map(|path| path_of(path).into_os_string()).collect();
    let arguments = [LITERAL, "rev-list", "--full-history"].into_iter();
    let arguments = arguments.chain([tip, "--"]).map(OsString::from);
    let listed = git.output("list the commits", arguments.chain(paths.iter().cloned()))?;
    let arguments = [LITERAL].into_iter().chain(DIFF_TREE).chain(["--"]).map(OsString::from);
    let output = git.fed("list what changed", arguments.chain(paths), &listed)?;
    let mut records = Records(&output[..]);
    let mut objects = HashSet::new();
    while let Some(record) = records.next()? {
        if let Record::Change(change) = record {
            objects.extend(change.old.content().into_iter().chain(change.new.content()));
        }
    }
    Ok(objects)
}

/// Everything in `text` that may be a tag: 22 characters of base64url between others.
fn tags_in(text: &[u8]) -> impl Iterator<Item = [u8; TAG]> + '_ {
    let is_inside = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    text.split(move |byte| !is_inside(byte)).filter_map(|word| word.try_into().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_merged_is_named_by_whole_ids_only() {
        let id = "0123456789abcdef".repeat(4);
        let names = [
            format!("GITHEAD_{}", &id[..40]),
            format!("GITHEAD_{id}"),
            "GITHEAD_--all".to_owned(),
            "X".to_owned(),
        ];
        let environment = Environment::new(names.map(|name| (name.into(), "side".into())));
        assert_eq!(merged(&environment).collect::<Vec<_>>(), [&id[..40], &id]);
    }

    #[test]
    fn where_git_refuses_everything_was_there_and_outside_of_git_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = std::env::var_os("PATH").unwrap_or_default();
        let ceiling = folder.path().parent().expect("a parent").as_os_str().to_owned();
        let variables = [("PATH", path), ("GIT_CEILING_DIRECTORIES", ceiling)];
        let environment = Environment::new(variables.map(|(name, value)| (name.into(), value)));
        let file = folder.path().join("a.secret.yaml");
        let holds = || FilePast::of(Some(&file), &environment).holds(&[Tag([7; 16])]).expect("an answer");
        assert!(!holds());
        std::fs::write(folder.path().join(".git"), "no file of git").expect("a file");
        assert!(holds());
    }
}
