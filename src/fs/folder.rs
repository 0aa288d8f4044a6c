//! A folder held open: every step of a replacement is taken relative to it, so that it cannot be exchanged meanwhile.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read};
#[cfg(target_os = "linux")]
use std::os::fd::AsRawFd;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rustix::fs::{AtFlags, CWD, FileType, FlockOperation, Gid, Mode, OFlags, RenameFlags, Stat, Uid};
use rustix::io::Errno;

/// How long another dekko may hold the folder before this one gives up.
const PATIENCE: Duration = Duration::from_secs(10);

/// A folder, open, and locked after [`Folder::lock`] until it is dropped.
pub(super) struct Folder(OwnedFd);

/// Whether a lock was taken; some network file systems have none for folders.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    /// No other dekko writes in this folder now.
    Held,
    /// The file system cannot say.
    Unsupported,
}

/// A file as it was found.
pub(super) struct Found {
    pub(super) bytes: Vec<u8>,
    stat: Stat,
}

impl Found {
    /// How many names (hard links) the file has.
    pub(super) fn names(&self) -> u64 {
        // The width of `st_nlink` differs between systems.
        #[allow(clippy::unnecessary_cast, clippy::useless_conversion)]
        {
            self.stat.st_nlink as u64
        }
    }
}

impl Folder {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self(rustix::fs::openat(CWD, path, flags, Mode::empty())?))
    }

    /// Whether files can be made in the folder at `path`, and the file at `name` in it, if there is one, written.
    pub(super) fn check_writable(path: &Path, name: &OsStr) -> io::Result<()> {
        let folder = Self::open(path)?;
        let may = |access| rustix::fs::accessat(&folder.0, ".", access, AtFlags::EACCESS);
        may(rustix::fs::Access::WRITE_OK | rustix::fs::Access::EXEC_OK)?;
        match rustix::fs::accessat(&folder.0, name, rustix::fs::Access::WRITE_OK, AtFlags::EACCESS) {
            Err(Errno::NOENT) => Ok(()),
            other => Ok(other?),
        }
    }

    pub(super) fn lock(&self) -> io::Result<Lock> {
        let start = Instant::now();
        loop {
            match rustix::fs::flock(&self.0, FlockOperation::NonBlockingLockExclusive) {
                Ok(()) => return Ok(Lock::Held),
                Err(Errno::INTR) => {}
                Err(Errno::WOULDBLOCK) if start.elapsed() < PATIENCE => sleep(Duration::from_millis(10)),
                Err(Errno::WOULDBLOCK) => {
                    return Err(io::Error::new(io::ErrorKind::WouldBlock, "another dekko holds the folder"));
                }
                Err(Errno::BADF | Errno::NOLCK | Errno::OPNOTSUPP | Errno::NOSYS) => {
                    return Ok(Lock::Unsupported);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The regular file `name`, up to `limit` bytes of it; `None` when there is nothing of that name.
    pub(super) fn read(&self, name: &OsStr, limit: u64) -> io::Result<Option<Found>> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
        let file = match rustix::fs::openat(&self.0, name, flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(Errno::NOENT) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let stat = rustix::fs::fstat(&file)?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
        }
        let mut bytes = Vec::new();
        file.take(limit).read_to_end(&mut bytes)?;
        Ok(Some(Found { bytes, stat }))
    }

    /// A new file, for nobody else to read when `private`, else as the umask has it.
    pub(super) fn create(&self, name: &OsStr, private: bool) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = Mode::from_raw_mode(if private { 0o600 } else { 0o644 });
        Ok(File::from(rustix::fs::openat(&self.0, name, flags, mode)?))
    }

    /// A new file without a name, for nobody else to read: it is gone with the process. `None` where the file system
    /// has no such files, or where it could not be given a name afterwards.
    #[cfg(target_os = "linux")]
    pub(super) fn create_unnamed(&self) -> io::Result<Option<File>> {
        let flags = OFlags::WRONLY | OFlags::TMPFILE | OFlags::CLOEXEC;
        let file = match rustix::fs::openat(&self.0, ".", flags, Mode::from_raw_mode(0o600)) {
            Ok(file) => File::from(file),
            Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL | Errno::NOENT) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let (own, seen) = (rustix::fs::fstat(&file)?, rustix::fs::stat(descriptor(&file)));
        let is_reachable = seen.is_ok_and(|seen| (seen.st_dev, seen.st_ino) == (own.st_dev, own.st_ino));
        Ok(is_reachable.then_some(file))
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn create_unnamed(&self) -> io::Result<Option<File>> {
        Ok(None)
    }

    /// Gives the unnamed `file` the name `name`, which nothing bears.
    #[cfg(target_os = "linux")]
    pub(super) fn link(&self, file: &File, name: &OsStr) -> io::Result<()> {
        // By way of /proc, because naming a descriptor itself needs a capability (open(2), O_TMPFILE).
        Ok(rustix::fs::linkat(CWD, descriptor(file), &self.0, name, AtFlags::SYMLINK_FOLLOW)?)
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn link(&self, _: &File, _: &OsStr) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    /// Gives `file` the owner (where that is allowed) and the mode of `old`.
    pub(super) fn copy_mode(file: &File, old: &Found) -> io::Result<()> {
        let now = rustix::fs::fstat(file)?;
        if (now.st_uid, now.st_gid) != (old.stat.st_uid, old.stat.st_gid) {
            // Only root can give a file away; anybody else's copy stays their own, as with every editor.
            let (owner, group) = (Uid::from_raw(old.stat.st_uid), Gid::from_raw(old.stat.st_gid));
            let _ = rustix::fs::fchown(file, Some(owner), Some(group));
        }
        Ok(rustix::fs::fchmod(file, Mode::from_raw_mode(old.stat.st_mode & 0o7777))?)
    }

    /// Makes `file` readable for its owner alone, whatever the umask took away.
    pub(super) fn make_private(file: &File) -> io::Result<()> {
        Ok(rustix::fs::fchmod(file, Mode::from_raw_mode(0o600))?)
    }

    /// Puts `from` in the place of `to`.
    pub(super) fn rename(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.0, from, &self.0, to)?)
    }

    /// Gives `from` the name `to`, which nothing bears.
    pub(super) fn rename_new(&self, from: &OsStr, to: &OsStr) -> io::Result<()> {
        match rustix::fs::renameat_with(&self.0, from, &self.0, to, RenameFlags::NOREPLACE) {
            // A file system without that flag: the lock and the look just before have to do.
            Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => self.rename(from, to),
            other => Ok(other?),
        }
    }

    pub(super) fn remove(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.0, name, AtFlags::empty())?)
    }

    pub(super) fn sync(&self) -> io::Result<()> {
        match rustix::fs::fsync(&self.0) {
            // File systems that cannot do it for a folder say so like this; there is nothing more to do then.
            Err(Errno::INVAL | Errno::OPNOTSUPP) => Ok(()),
            other => Ok(other?),
        }
    }

    /// The names in the folder that are not folders themselves.
    pub(super) fn names(&self) -> io::Result<Vec<OsString>> {
        let mut names = Vec::new();
        for entry in rustix::fs::Dir::read_from(&self.0)? {
            let entry = entry?;
            if entry.file_type() != FileType::Directory {
                names.push(OsStr::from_bytes(entry.file_name().to_bytes()).to_owned());
            }
        }
        Ok(names)
    }
}

/// The link to the open `file` in the system's folder of its process.
#[cfg(target_os = "linux")]
fn descriptor(file: &File) -> String {
    format!("/proc/self/fd/{}", file.as_raw_fd())
}
