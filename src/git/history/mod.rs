//! The history of encrypted files: what returned to an earlier state, who changed which value when.

mod blame;
mod complete;
mod contents;
mod follow;
mod log;
mod past;
mod people;
mod say;
mod verify;
mod whole;

use std::path::Path;

use super::command::Git;
use crate::document::escape;
use crate::error::{Error, Result};

pub use blame::{Blamed, blame};
pub use contents::Content;
pub use contents::is_candidate;
pub use follow::{Step, follow, side};
pub use log::Place;
pub use past::FilePast;
pub use people::Commit;
pub use say::Said;
pub use verify::{FileReport, Found, Note, Report, Task, Unopened, short_dek, verify};
pub use whole::{Sighting, Whole, tip};

/// The path of `file` from the top `top` of its repository, in bytes and with `/` between its parts. The file need not
/// exist; links on the way to it are followed.
///
/// # Errors
/// [`Error::Outside`] when it lies elsewhere, [`Error::Io`] when its folder cannot be found.
pub fn path_in_repository(top: &Path, file: &Path) -> Result<Vec<u8>> {
    let failed = |source| Error::Io { action: "find", source }.in_file(file);
    let real = match std::fs::canonicalize(file) {
        Ok(real) => real,
        Err(_) => {
            let absolute = std::path::absolute(file).map_err(failed)?;
            let mut missing = Vec::new();
            let mut there = absolute.as_path();
            loop {
                if let Ok(real) = std::fs::canonicalize(there) {
                    break missing.iter().rev().fold(real, |path, name| path.join(name));
                }
                match (there.file_name(), there.parent()) {
                    (Some(name), Some(folder)) => {
                        missing.push(name);
                        there = folder;
                    }
                    _ => return Err(Error::Outside.in_file(file)),
                }
            }
        }
    };
    let top = std::fs::canonicalize(top).map_err(failed)?;
    let below = real.strip_prefix(&top).map_err(|_| Error::Outside.in_file(file))?;
    let parts: Vec<&[u8]> = below.iter().map(|part| part.as_encoded_bytes()).collect();
    Ok(parts.join(&b'/'))
}

/// The whole id of the commit that people call `name`.
///
/// # Errors
/// [`Error::Usage`] when there is none.
pub fn commit_named(git: &Git, name: &str) -> Result<String> {
    let unknown = || Error::Usage { what: format!("'{}' is no commit here", escape(name)) };
    if name.starts_with('-') {
        return Err(unknown());
    }
    let arguments = ["rev-parse", "--verify", "-q", &format!("{name}^{{commit}}")];
    let found = git.answer("look up a commit", arguments).map_err(|_| unknown())?;
    found.ok_or_else(unknown)
}
