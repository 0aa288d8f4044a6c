//! Whether a history is all there. What is not there cannot be checked, and what is unchecked counts as refused.

use std::collections::HashSet;

use super::log::Place;
use crate::error::{Error, Result};
use crate::git::command::{Git, path_of};
use crate::git::objects::Objects;

/// How many commits a message names.
const NAMED: usize = 3;

/// Refuses a history that ends before its beginning.
///
/// # Errors
/// [`Error::Git`], which names the first commits that are missing.
pub(super) fn check_shallow(git: &Git, places: &[Place]) -> Result<()> {
    let is_shallow = git.answer("look for missing commits", ["rev-parse", "--is-shallow-repository"])?;
    if is_shallow.as_deref() != Some("true") {
        return Ok(());
    }
    let path = git.answer("look for missing commits", ["rev-parse", "--git-path", "shallow"])?;
    let path = git.folder().join(path_of(path.unwrap_or_default().as_bytes()));
    let text = std::fs::read_to_string(&path)
        .map_err(|source| Error::Io { action: "read", source }.in_file(path))?;
    let present: HashSet<&str> = places
        .iter()
        .filter_map(|place| if let Place::Commit(id) = place { Some(id.as_str()) } else { None })
        .collect();
    let mut objects = Objects::open(git)?;
    let mut missing = Vec::new();
    for edge in text.lines().filter(|line| present.contains(line)) {
        let commit = objects.find(edge)?.map(|object| object.bytes).unwrap_or_default();
        let commit = String::from_utf8_lossy(&commit);
        let parents = commit.lines().take_while(|line| !line.is_empty());
        let parents = parents.filter_map(|line| line.strip_prefix("parent "));
        for parent in parents.filter(|parent| !present.contains(parent)) {
            missing.push(format!("{} (a parent of {})", short(parent), short(edge)));
        }
    }
    missing.sort();
    missing.dedup();
    if missing.is_empty() {
        return Ok(());
    }
    let reason = format!(
        "the clone is shallow: {} missing, and all before: {}; git fetch --unshallow gets them",
        counted(missing.len(), "commit is", "commits are"),
        first(&missing)
    );
    Err(Error::Git { action: "tell the whole history", reason })
}

/// The objects of `tips` that a partial clone lacks; empty for any other clone.
///
/// # Errors
/// [`Error::Git`] when git cannot say.
pub(super) fn missing(git: &Git, tips: &[String]) -> Result<HashSet<String>> {
    let pattern = r"^(extensions\.partialclone|remote\..*\.(promisor|partialclonefilter))$";
    let partial = git.answer("read its configuration", ["config", "--get-regexp", pattern])?;
    if partial.is_none() || tips.is_empty() {
        return Ok(HashSet::new());
    }
    let arguments = ["rev-list", "--objects", "--missing=print"];
    let listed =
        git.output("list what is missing", arguments.into_iter().chain(tips.iter().map(String::as_str)))?;
    let listed = String::from_utf8_lossy(&listed);
    Ok(listed.lines().filter_map(|line| line.strip_prefix('?')).map(str::to_owned).collect())
}

/// `error` of a git that may have stumbled over what is `missing`.
pub(super) fn explained(error: Error, missing: &HashSet<String>) -> Error {
    if missing.is_empty() {
        return error;
    }
    let reason = format!(
        "the clone is partial: {} missing; a clone without --filter has them",
        counted(missing.len(), "object is", "objects are")
    );
    Error::Git { action: "tell the whole history", reason }
}

/// The refusal of a history that lacks the contents of files in `commits`, each written `PATH in COMMIT`.
pub(super) fn lacks_contents(commits: &[String]) -> Error {
    let reason = format!(
        "{} missing: {}; a clone without --filter has them",
        counted(commits.len(), "version is", "versions are"),
        first(commits)
    );
    Error::Git { action: "tell the whole history", reason: format!("the clone is partial: {reason}") }
}

/// The first of `names`, and how many more there are.
fn first(names: &[String]) -> String {
    let shown = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > NAMED { format!("{shown} and {} more", names.len() - NAMED) } else { shown }
}

fn counted(count: usize, one: &str, more: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}

/// A commit's id as people read it.
pub(super) fn short(id: &str) -> &str {
    id.get(..10).unwrap_or(id)
}
