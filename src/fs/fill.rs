//! Scratch files that another program made for us.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use crate::error::{Error, Result};

/// Fills the scratch file at `path`, which another program made, waits for and throws away when we fail (git's `%A`); so
/// there is no second copy and no waiting for the disk. Only ciphertext belongs in it.
///
/// # Errors
/// [`Error::Io`], in the file; its content is not to be used then.
pub fn fill(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || {
        let mut file = OpenOptions::new().write(true).truncate(true).open(path)?;
        file.write_all(bytes)
    };
    write().map_err(|source| Error::Io { action: "write", source }.in_file(path))
}
