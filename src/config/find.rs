//! Where `dekko.toml` is: upward from the file's own folder, no further than the top of the repository.

use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

use super::section::{LIMIT, wrong};

/// The name of the configuration.
pub const NAME: &str = "dekko.toml";

/// The real path of `file`, symbolic links followed; neither the file nor the folders it is to lie in need exist yet.
pub(super) fn real(file: &Path) -> Result<PathBuf> {
    let io = |source| Error::Io { action: "find", source }.in_file(file);
    let mut missing = Vec::new();
    let mut there = file;
    loop {
        let path = if there.as_os_str().is_empty() { Path::new(".") } else { there };
        match fs::canonicalize(path) {
            Ok(path) => return Ok(missing.iter().rev().fold(path, |path, name| path.join(name))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                match (there.file_name(), there.parent()) {
                    (Some(name), Some(folder)) => {
                        missing.push(name);
                        there = folder;
                    }
                    _ => return Err(io(error)),
                }
            }
            Err(error) => return Err(io(error)),
        }
    }
}

/// The text of the nearest configuration for the file at the real path `file`, and its folder.
pub(super) fn nearest(file: &Path) -> Result<Option<(String, PathBuf)>> {
    for folder in file.ancestors().skip(1) {
        let candidate = folder.join(NAME);
        if let Ok(found) = fs::symlink_metadata(&candidate) {
            if !found.is_file() {
                let what = "is not a regular file: dekko follows no link to its configuration";
                return Err(wrong(None, what).in_file(candidate));
            }
            let is_in_repository =
                folder.ancestors().any(|folder| fs::symlink_metadata(folder.join(".git")).is_ok());
            if !is_in_repository && is_foreign(&found) {
                let what = "belongs to another user and lies in no git repository: dekko does not follow it";
                return Err(wrong(None, what).in_file(candidate));
            }
            let text = text(&candidate).map_err(|error| error.in_file(&candidate))?;
            return Ok(Some((text, folder.to_owned())));
        }
        if fs::symlink_metadata(folder.join(".git")).is_ok() {
            break;
        }
    }
    Ok(None)
}

/// Whether the file is neither the user's nor root's: whoever may write to a folder above could choose the recipients.
#[cfg(unix)]
fn is_foreign(file: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    ![0, rustix::process::geteuid().as_raw()].contains(&file.uid())
}

#[cfg(not(unix))]
fn is_foreign(_: &Metadata) -> bool {
    false
}

/// The text of the configuration at `path`: at most 64 KiB of UTF-8.
pub(super) fn text(path: &Path) -> Result<String> {
    let read = |source| Error::Io { action: "read", source };
    let mut bytes = Vec::new();
    let limit = LIMIT as u64 + 1;
    File::open(path).map_err(read)?.take(limit).read_to_end(&mut bytes).map_err(read)?;
    decoded(bytes)
}

/// The text of a configuration in `bytes`: at most 64 KiB of UTF-8.
pub(super) fn decoded(bytes: Vec<u8>) -> Result<String> {
    if bytes.len() > LIMIT {
        return Err(wrong(None, "is larger than 64 KiB"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(valid).filter(|&&byte| byte == b'\n').count() + 1;
        wrong(Some(line), "is not UTF-8")
    })
}
