//! Scratch files that another program made for us.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use crate::error::{Error, Result};

/// How git names the files that it makes for a merge driver (git's ll-merge.c).
const SCRATCH: &str = ".merge_file_";

/// Fills the scratch file at `path`, which another program waits for and throws away when we fail (git's `%A`); so there is
/// no second copy and no waiting for the disk. Only ciphertext belongs in it. One of git's is gone when it cannot be filled.
///
/// # Errors
/// [`Error::Io`], in the file; its content is not to be used then.
pub fn fill(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).truncate(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| file.write_all(bytes));
    written.map_err(|source| {
        vacate(path);
        Error::Io { action: "write", source }.in_file(path)
    })
}

/// Removes the file at `path` when it is a scratch file of git's. Before 2.42, git takes whatever a merge driver dies of for a
/// mere conflict, and our version in the file for its result: theirs would be lost without a word. Without the file, the merge
/// as a whole fails.
pub fn vacate(path: &Path) {
    let is_scratch =
        path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(SCRATCH.as_bytes()));
    if is_scratch {
        let _ = std::fs::remove_file(path);
    }
}
