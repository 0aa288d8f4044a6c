//! The files of a work tree, as git lists them.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::changes::{Place, entries_of};
use super::command::{Git, path_of};
use super::selected::{Attributes, marked};
use crate::environment::Environment;
use crate::error::Result;

/// A file of the work tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its path from the top.
    pub path: PathBuf,
    /// Whether it is in the index; else it is new, and not ignored.
    pub is_tracked: bool,
    /// Whether an attribute gives it to dekko.
    pub is_marked: bool,
}

/// The regular files of the work tree with the top `top`, in the order of their paths: tracked ones, and those that are new and
/// not ignored. Files of submodules are their own repositories'.
///
/// # Errors
/// [`crate::error::Error::Git`] and [`crate::error::Error::Io`].
pub fn listed(top: &Path, environment: &Environment) -> Result<Vec<Listed>> {
    let git = Git::new(top, environment)?;
    let tracked = entries_of(&git, Place::Index)?.into_iter().filter(|entry| entry.is_file());
    let tracked: Vec<Vec<u8>> = tracked.map(|entry| entry.path).collect();
    let others = git.output("list the files", ["ls-files", "-z", "--others", "--exclude-standard"])?;
    let others = others.split(|&byte| byte == 0).filter(|path| !path.is_empty() && !path.ends_with(b"/"));
    let mut all: Vec<(&[u8], bool)> = tracked.iter().map(|path| (path.as_slice(), true)).collect();
    all.extend(others.map(|path| (path, false)));
    all.sort_unstable();
    let paths: Vec<&[u8]> = all.iter().map(|(path, _)| *path).collect();
    let marked: HashSet<Vec<u8>> = marked(&git, environment, Attributes::WorkTree, &paths)?;
    let listed = all.into_iter().map(|(path, is_tracked)| Listed {
        path: path_of(path),
        is_tracked,
        is_marked: marked.contains(path),
    });
    Ok(listed.collect())
}
