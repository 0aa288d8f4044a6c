//! The version of a file that the last commit has, or that others have.

use std::path::Path;

use super::command::Git;
use super::history::path_in_repository;
use super::objects::Objects;
use crate::environment::Environment;
use crate::error::Result;

/// The content of `file` in the commit `HEAD`; `None` outside of a work tree, and where that commit has no such file.
///
/// # Errors
/// [`crate::error::Error::Git`], [`crate::error::Error::Io`].
pub fn last_version(file: &Path, environment: &Environment) -> Result<Option<Vec<u8>>> {
    version(file, &["HEAD"], environment)
}

/// The content of `file` in the branch that is pulled from and pushed to; where there is no such branch, in `HEAD`.
///
/// # Errors
/// As [`last_version`].
pub fn published_version(file: &Path, environment: &Environment) -> Result<Option<Vec<u8>>> {
    version(file, &["@{upstream}", "HEAD"], environment)
}

/// The content of `file` in the first of `commits` that there is.
fn version(file: &Path, commits: &[&str], environment: &Environment) -> Result<Option<Vec<u8>>> {
    let Some(folder) = file.parent() else { return Ok(None) };
    let git = Git::new(folder, environment)?.as_written();
    let Some(top) = git.top()? else { return Ok(None) };
    let path = path_in_repository(&top, file)?;
    let mut objects = Objects::open(&git.within(&top))?;
    for commit in commits {
        if objects.find(commit)?.is_some() {
            let found = objects.find([commit.as_bytes(), b":", &path[..]].concat())?;
            return Ok(found.filter(|object| object.kind == "blob").map(|object| object.bytes));
        }
    }
    Ok(None)
}
