//! What dekko remembers for the user about one folder, outside of it: nobody who writes to a repository has a say in it.

use std::fs::{self, DirBuilder, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::read::read;
use super::replace::{Expected, Readers, replace};
use crate::environment::Environment;
use crate::error::{Error, Result};

/// The largest file of the kind, in bytes: a record of a hundred thousand long paths.
const LIMIT: u64 = 64 << 20;

/// The place for what is remembered about one folder.
#[derive(Clone, Debug)]
pub struct State {
    folder: PathBuf,
}

/// Keeps other processes out until it is dropped.
#[derive(Debug)]
pub struct StateLock(#[expect(dead_code, reason = "the lock lives as long as the open file")] Option<File>);

impl State {
    /// The place for `about`, whose real path names it; `None` where the user has no folder for such things.
    pub fn of(environment: &Environment, about: &Path) -> Option<Self> {
        let real = fs::canonicalize(about).ok()?;
        let name = Sha256::digest(real.as_os_str().as_encoded_bytes());
        let name: String = name.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        Some(Self { folder: environment.state_home("dekko")?.join(name) })
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What was written under `name`; `None` when nothing was.
    ///
    /// # Errors
    /// As [`fn@read`], but for a file that is not there; [`Error::Io`] where others can write to the folder, and for a link.
    pub fn read(&self, name: &str) -> Result<Option<Vec<u8>>> {
        self.check(name)?;
        match read(&self.folder.join(name), LIMIT) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if is_absent(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Writes `new` under `name`, where `old` was read; whole or not at all, and for the user alone to read.
    ///
    /// # Errors
    /// As [`replace`] and [`State::read`]; [`Error::ChangedMeanwhile`] when `old` is not there any more.
    pub fn write(&self, name: &str, old: Option<&[u8]>, new: &[u8]) -> Result<()> {
        self.make()?;
        self.check(name)?;
        let expected = old.map_or(Expected::Absent, Expected::Bytes);
        replace(&self.folder.join(name), &expected, new, Readers::Owner, None)
    }

    /// Removes what is under `name`, if there is something.
    ///
    /// # Errors
    /// [`Error::Io`], in the file.
    pub fn remove(&self, name: &str) -> Result<()> {
        let path = self.folder.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(Error::Io { action: "remove", source: error }.in_file(path))
            }
            _ => Ok(()),
        }
    }

    /// The lock `name`, or `None` when another process has it. It is free again when that process is gone, however it ends.
    ///
    /// # Errors
    /// [`Error::Io`], in the file.
    pub fn lock(&self, name: &str) -> Result<Option<StateLock>> {
        self.make()?;
        self.check(name)?;
        let path = self.folder.join(name);
        let io = |action| {
            let path = path.clone();
            move |source| Error::Io { action, source }.in_file(path)
        };
        let file = File::options().create(true).append(true).open(&path).map_err(io("open"))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(StateLock(Some(file)))),
            Err(TryLockError::WouldBlock) => Ok(None),
            // Some network file systems have no locks; that a file is as it was is compared before each is replaced.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                Ok(Some(StateLock(None)))
            }
            Err(TryLockError::Error(error)) => Err(io("lock")(error)),
        }
    }

    fn make(&self) -> Result<()> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        let make = |source| Error::Io { action: "make the folder", source }.in_file(&self.folder);
        builder.create(&self.folder).map_err(make)
    }

    /// Refuses a folder that others have a hand in, and a link in the place of the file `name`: what is there would be theirs.
    fn check(&self, name: &str) -> Result<()> {
        let refuse = |path: &Path, why: &'static str| {
            Err(Error::Io { action: "trust", source: io::Error::other(why) }.in_file(path))
        };
        #[cfg(unix)]
        {
            let above = self.folder.parent().filter(|above| is_open(above));
            if let Some(above) = above {
                return refuse(above, "the folder is not this user's, or others can write to it");
            }
            if self.folder.symlink_metadata().is_ok() && !super::is_own(&self.folder) {
                return refuse(&self.folder, "the folder is not this user's, or open to others");
            }
        }
        let path = self.folder.join(name);
        match path.symlink_metadata() {
            Ok(found) if found.is_symlink() => refuse(&path, "it is a link"),
            _ => Ok(()),
        }
    }
}

/// Whether others can replace what is in `folder`.
#[cfg(unix)]
fn is_open(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;

    let user = rustix::process::geteuid().as_raw();
    fs::metadata(folder).is_ok_and(|found| found.uid() != user || found.mode() & 0o022 != 0)
}

fn is_absent(error: &Error) -> bool {
    matches!(error.bare(), Error::Io { source, .. } if source.kind() == io::ErrorKind::NotFound)
}

#[cfg(test)]
mod tests {
    use super::State;
    use crate::environment::Environment;

    fn environment(home: &std::path::Path) -> Environment {
        let names = ["XDG_STATE_HOME", "LOCALAPPDATA"];
        Environment::new(names.map(|name| (name.into(), home.into())))
    }

    #[test]
    fn what_is_written_is_read_again_and_by_its_owner_alone() {
        let desk = tempfile::tempdir().unwrap();
        let state = State::of(&environment(desk.path()), desk.path()).unwrap();
        assert_eq!(state.read("a").unwrap(), None);
        state.write("a", None, b"1").unwrap();
        assert!(state.write("a", None, b"2").is_err(), "another was first");
        state.write("a", Some(b"1"), b"2").unwrap();
        assert_eq!(state.read("a").unwrap().as_deref(), Some(&b"2"[..]));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(state.folder()), mode(&state.folder().join("a"))), (0o700, 0o600));
        }
        state.remove("a").unwrap();
        state.remove("a").unwrap();
        assert_eq!(state.read("a").unwrap(), None);
    }

    #[cfg(unix)]
    #[test]
    fn what_others_have_a_hand_in_is_neither_read_nor_written() {
        use std::os::unix::fs::PermissionsExt;

        let desk = tempfile::tempdir().unwrap();
        let state = State::of(&environment(desk.path()), desk.path()).unwrap();
        state.write("a", None, b"1").unwrap();
        std::os::unix::fs::symlink(state.folder().join("a"), state.folder().join("link")).unwrap();
        assert!(state.read("link").is_err() && state.lock("link").is_err());
        assert!(state.write("link", Some(b"1"), b"2").is_err());
        let open = |folder: &std::path::Path, mode| {
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(mode)).unwrap();
        };
        for (folder, mode) in [(state.folder(), 0o777), (state.folder().parent().unwrap(), 0o770)] {
            open(folder, mode);
            assert!(state.read("a").is_err() && state.write("a", Some(b"1"), b"2").is_err(), "{mode:o}");
            assert!(state.lock("l").is_err());
            open(folder, 0o700);
        }
        assert_eq!(state.read("a").unwrap().as_deref(), Some(&b"1"[..]));
    }

    #[test]
    fn a_lock_is_held_by_one_at_a_time() {
        let desk = tempfile::tempdir().unwrap();
        let state = State::of(&environment(desk.path()), desk.path()).unwrap();
        let held = state.lock("l").unwrap().unwrap();
        assert!(state.lock("l").unwrap().is_none());
        drop(held);
        assert!(state.lock("l").unwrap().is_some());
    }
}
