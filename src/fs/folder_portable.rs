//! The steps of a replacement with the standard library alone, for systems without the calls that `folder.rs` uses.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A folder, by its path.
pub(super) struct Folder(PathBuf);

/// Whether a lock was taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    /// No other dekko writes in this folder now.
    #[allow(dead_code, reason = "only systems with folder locks hold one")]
    Held,
    /// The system cannot say.
    Unsupported,
}

/// A file as it was found.
pub(super) struct Found {
    pub(super) bytes: Vec<u8>,
    permissions: Permissions,
}

impl Found {
    /// How many names the file has, as far as the standard library can tell.
    pub(super) fn names(&self) -> u64 {
        1
    }
}

impl Folder {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        if fs::metadata(path)?.is_dir() {
            Ok(Self(path.to_owned()))
        } else {
            Err(io::Error::new(io::ErrorKind::NotADirectory, "it is not a folder"))
        }
    }

    pub(super) fn check_writable(path: &Path, name: &OsStr) -> io::Result<()> {
        let folder = Self::open(path)?;
        match fs::metadata(folder.0.join(name)) {
            Ok(file) if file.permissions().readonly() => {
                Err(io::Error::new(io::ErrorKind::PermissionDenied, "the file is read-only"))
            }
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    pub(super) fn lock(&self) -> io::Result<Lock> {
        Ok(Lock::Unsupported)
    }

    pub(super) fn read(&self, name: &OsStr, limit: u64) -> io::Result<Option<Found>> {
        let file = match File::open(self.0.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
        }
        let mut bytes = Vec::new();
        file.take(limit).read_to_end(&mut bytes)?;
        Ok(Some(Found { bytes, permissions: metadata.permissions() }))
    }

    pub(super) fn create(&self, name: &OsStr, _private: bool) -> io::Result<File> {
        OpenOptions::new().write(true).create_new(true).open(self.0.join(name))
    }

    pub(super) fn create_unnamed(&self) -> io::Result<Option<File>> {
        Ok(None)
    }

    pub(super) fn link(&self, _: &File, _: &OsStr) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) fn copy_mode(file: &File, old: &Found) -> io::Result<()> {
        file.set_permissions(old.permissions.clone())
    }

    pub(super) fn make_private(_file: &File) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        fs::rename(self.0.join(from), self.0.join(to))
    }

    pub(super) fn rename_new(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        if fs::symlink_metadata(self.0.join(to)).is_ok() {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.rename(from, to)
    }

    pub(super) fn remove(&self, name: &OsStr) -> io::Result<()> {
        fs::remove_file(self.0.join(name))
    }

    pub(super) fn sync(&self) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn names(&self) -> io::Result<Vec<OsString>> {
        fs::read_dir(&self.0)?.map(|entry| Ok(entry?.file_name())).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::{Folder, Lock};

    #[test]
    fn the_portable_steps_make_read_and_rename_a_file() {
        let desk = tempfile::tempdir().unwrap();
        Folder::check_writable(desk.path(), "new".as_ref()).unwrap();
        let folder = Folder::open(desk.path()).unwrap();
        assert!(folder.lock().unwrap() == Lock::Unsupported);
        assert!(folder.read("new".as_ref(), 10).unwrap().is_none());
        assert!(folder.create_unnamed().unwrap().is_none());
        let mut file = folder.create("old".as_ref(), true).unwrap();
        assert!(folder.link(&file, "link".as_ref()).is_err());
        assert!(folder.create("old".as_ref(), true).is_err());
        file.write_all(b"text").unwrap();
        folder.rename_new("old".as_ref(), "new".as_ref()).unwrap();
        let found = folder.read("new".as_ref(), 10).unwrap().unwrap();
        assert_eq!((found.bytes.as_slice(), found.names()), (b"text".as_slice(), 1));
        Folder::copy_mode(&file, &found).unwrap();
        Folder::make_private(&file).unwrap();
        folder.create("other".as_ref(), false).unwrap();
        assert!(folder.rename_new("other".as_ref(), "new".as_ref()).is_err());
        folder.rename("other".as_ref(), "new".as_ref()).unwrap();
        assert_eq!(folder.names().unwrap(), ["new"]);
        folder.remove("new".as_ref()).unwrap();
        folder.sync().unwrap();
        assert!(folder.names().unwrap().is_empty());
    }
}
