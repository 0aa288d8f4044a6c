//! Replacing a file whole or not at all.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

#[cfg(unix)]
use super::folder::{Folder, Found, Lock};
#[cfg(not(unix))]
use super::folder_portable::{Folder, Found, Lock};

/// What is at the path before it is replaced.
#[derive(Clone, Copy, Debug)]
pub enum Expected<'a> {
    /// A file with exactly these bytes: those the new ones were made from.
    Bytes(&'a [u8]),
    /// Nothing.
    Absent,
}

/// Who may read the file afterwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readers {
    /// Whoever could read the old file; of a new file, whoever the umask allows (0644). For ciphertext.
    AsBefore,
    /// Its owner alone (0600), whatever the old file's mode. For plaintext.
    Owner,
}

/// The steps of a replacement, each of which can fail; tests let each of them fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Open,
    Lock,
    Reread,
    Sweep,
    Create,
    Write,
    Chmod,
    SyncFile,
    Rename,
    SyncFolder,
}

/// Puts `new` in the place of the file at `path`, which holds `expected`; after a crash it holds either, whole.
///
/// A symbolic link is followed and stays; `within`, when given, is the folder that the file itself must lie in. The
/// mode stays (the owner, too, where the system allows it); extended attributes do not. Other dekko processes are kept
/// out of the folder by a lock while this one compares and renames. When this returns, the file is on the disk.
///
/// # Errors
///
/// [`Error::ChangedMeanwhile`], [`Error::HardLinks`], [`Error::Outside`], [`Error::NoFolder`] or [`Error::Io`], each in
/// the file. The file is as it was and no temporary file is left, except when only the last step failed (`cannot sync the folder …`): then
/// the file is the new one, but may be the old one again after a loss of power.
pub fn replace(
    path: &Path,
    expected: &Expected<'_>,
    new: &[u8],
    readers: Readers,
    within: Option<&Path>,
) -> Result<()> {
    Target::find(path, within)
        .and_then(|target| target.replace(expected, new, readers))
        .map_err(|error| error.in_file(path))
}

/// Writes a new file at `path` that only its owner can read (0600), whole or not at all; for plaintext.
///
/// # Errors
///
/// [`Error::Io`] in the file; also when there is something at `path` already. Nothing is left then.
pub fn write_new_private(path: &Path, bytes: &[u8]) -> Result<()> {
    match replace(path, &Expected::Absent, bytes, Readers::Owner, None) {
        Err(error) if matches!(error.bare(), Error::ChangedMeanwhile) => {
            let source = io::Error::new(io::ErrorKind::AlreadyExists, "the file exists already");
            Err(Error::Io { action: "write", source }.in_file(path))
        }
        other => other,
    }
}

/// Checks that [`replace`] could write at `path`, before any work is done for it.
///
/// # Errors
///
/// As [`replace`]; nothing is written.
pub fn check_writable(path: &Path, within: Option<&Path>) -> Result<()> {
    let check = || {
        let target = Target::find(path, within)?;
        Folder::check_writable(&target.folder, &target.name)
            .map_err(|source| Error::Io { action: "write here", source })?;
        #[cfg(unix)]
        if fs::symlink_metadata(target.folder.join(&target.name)).is_ok_and(|file| {
            use std::os::unix::fs::MetadataExt;
            file.is_file() && file.nlink() > 1
        }) {
            return Err(Error::HardLinks);
        }
        Ok(())
    };
    check().map_err(|error: Error| error.in_file(path))
}

/// The file itself, links resolved.
struct Target {
    folder: PathBuf,
    name: OsString,
}

impl Target {
    fn find(path: &Path, within: Option<&Path>) -> Result<Self> {
        let refuse = |source| Error::Io { action: "find the file", source };
        let target = match fs::symlink_metadata(path) {
            Ok(_) => fs::canonicalize(path).map_err(refuse)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let name = path.file_name().ok_or(error).map_err(refuse)?;
                let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
                let folder = folder.unwrap_or(Path::new("."));
                let refuse_folder = |error: io::Error| match error.kind() {
                    io::ErrorKind::NotFound => Error::NoFolder { folder: folder.to_owned() },
                    _ => refuse(error),
                };
                fs::canonicalize(folder).map_err(refuse_folder)?.join(name)
            }
            Err(error) => return Err(refuse(error)),
        };
        if let Some(root) = within
            && !target.starts_with(fs::canonicalize(root).map_err(refuse)?)
        {
            return Err(Error::Outside);
        }
        match (target.parent(), target.file_name()) {
            (Some(folder), Some(name)) => Ok(Self { folder: folder.to_owned(), name: name.to_owned() }),
            _ => Err(refuse(io::ErrorKind::IsADirectory.into())),
        }
    }

    fn replace(&self, expected: &Expected<'_>, new: &[u8], readers: Readers) -> Result<()> {
        let folder = at(Step::Open, || Folder::open(&self.folder))?;
        let lock = at(Step::Lock, || folder.lock())?;
        let old = self.reread(&folder, expected)?;
        if lock == Lock::Held {
            // Under the lock nobody else writes here, so what looks like a temporary file was left by a crash.
            at(Step::Sweep, || remove_stale(&folder, &self.name))?;
        }
        let temporary = temporary_name(&self.name)?;
        let written = self.write(&folder, &temporary, old.as_ref(), new, readers);
        if let Err(error) = written {
            let _ = folder.remove(&temporary);
            return Err(error);
        }
        at(Step::SyncFolder, || folder.sync())
    }

    fn reread(&self, folder: &Folder, expected: &Expected<'_>) -> Result<Option<Found>> {
        let limit = match expected {
            Expected::Bytes(bytes) => bytes.len() as u64 + 1,
            Expected::Absent => 0,
        };
        let old = at(Step::Reread, || folder.read(&self.name, limit))?;
        match (&old, expected) {
            (Some(old), _) if old.names() > 1 => Err(Error::HardLinks),
            (Some(found), Expected::Bytes(bytes)) if found.bytes == *bytes => Ok(old),
            (None, Expected::Absent) => Ok(old),
            _ => Err(Error::ChangedMeanwhile),
        }
    }

    /// Writes the temporary file and renames it; the caller removes it when this fails.
    fn write(
        &self,
        folder: &Folder,
        temporary: &OsStr,
        old: Option<&Found>,
        new: &[u8],
        readers: Readers,
    ) -> Result<()> {
        let private = old.is_some() || readers == Readers::Owner;
        // Plain text has no name before it is whole: a signal may end dekko at any moment.
        let unnamed = match readers {
            Readers::Owner => at(Step::Create, || folder.create_unnamed())?,
            Readers::AsBefore => None,
        };
        let is_unnamed = unnamed.is_some();
        let mut file = match unnamed {
            Some(file) => file,
            None => at(Step::Create, || folder.create(temporary, private))?,
        };
        at(Step::Write, || file.write_all(new))?;
        at(Step::Chmod, || settle_mode(&file, old, readers))?;
        at(Step::SyncFile, || file.sync_all())?;
        at(Step::Rename, || match (old, is_unnamed) {
            (None, true) => folder.link(&file, &self.name),
            (None, false) => folder.rename_new(temporary, &self.name),
            (Some(_), true) => {
                folder.link(&file, temporary).and_then(|()| folder.rename(temporary, &self.name))
            }
            (Some(_), false) => folder.rename(temporary, &self.name),
        })
    }
}

fn settle_mode(file: &File, old: Option<&Found>, readers: Readers) -> io::Result<()> {
    match (readers, old) {
        (Readers::Owner, _) => Folder::make_private(file),
        (Readers::AsBefore, Some(old)) => Folder::copy_mode(file, old),
        (Readers::AsBefore, None) => Ok(()),
    }
}

/// Takes a step, or fails in its name.
fn at<T>(step: Step, take: impl FnOnce() -> io::Result<T>) -> Result<T> {
    #[cfg(test)]
    let take = || tests::fault(step).and_then(|()| take());
    take().map_err(|source| {
        let action = match step {
            Step::Open => "open the folder",
            Step::Lock => "lock the folder",
            Step::Reread => "read the file again",
            Step::Sweep => "remove what an earlier run left",
            Step::Create | Step::Write | Step::Chmod | Step::SyncFile => "write a temporary file beside it",
            Step::Rename => "replace the file",
            Step::SyncFolder => "sync the folder after replacing the file",
        };
        Error::Io { action, source }
    })
}

/// `.<name>.<16 hex>.tmp`; a name that would grow too long is left out.
fn temporary_name(name: &OsStr) -> Result<OsString> {
    let mut random = [0; 8];
    getrandom::fill(&mut random).map_err(|_| Error::Io {
        action: "write a temporary file beside it",
        source: io::Error::other("no random bytes from the system"),
    })?;
    let mut temporary = temporary_prefix(name);
    temporary.push(format!("{:016x}.tmp", u64::from_be_bytes(random)));
    Ok(temporary)
}

fn temporary_prefix(name: &OsStr) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(if name.len() <= 200 { name } else { OsStr::new("dekko") });
    prefix.push(".");
    prefix
}

fn remove_stale(folder: &Folder, name: &OsStr) -> io::Result<()> {
    let prefix = temporary_prefix(name);
    for name in folder.names()? {
        let random = name
            .as_encoded_bytes()
            .strip_prefix(prefix.as_encoded_bytes())
            .and_then(|rest| rest.strip_suffix(b".tmp"));
        if random.is_some_and(|hex| hex.len() == 16 && hex.iter().all(u8::is_ascii_hexdigit)) {
            folder.remove(&name)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
