//! The files of a folder, where no git can say which there are.

use std::fs::{read_dir, symlink_metadata};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Every regular file below `folder`, sorted: no link is followed, and no other repository is entered.
///
/// # Errors
/// [`Error::Io`], in the folder that cannot be listed.
pub fn below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let failed = |source| Error::Io { action: "list", source }.in_file(&folder);
        for entry in read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let (path, kind) = (entry.path(), entry.file_type().map_err(failed)?);
            let is_own = || entry.file_name() != ".git" && symlink_metadata(path.join(".git")).is_err();
            if kind.is_file() {
                files.push(path);
            } else if kind.is_dir() && is_own() {
                folders.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}
