//! Reading a file whole: regular files only, no larger than a limit.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use crate::error::{Class, Error, Result};

/// The largest text that dekko takes, in bytes (64 MiB, section 10 of the format).
pub const TEXT_LIMIT: u64 = 64 << 20;

/// The largest file that dekko takes, in bytes (1 GiB): files that are encrypted as a whole; texts have their own, lower limit.
pub const FILE_LIMIT: u64 = 1 << 30;

/// The content of the regular file at `path`, at most `limit` bytes of it.
///
/// A symbolic link is followed. A FIFO, a device, a socket or a directory is refused without waiting for it.
///
/// # Errors
///
/// [`Error::Io`] with the action `read`, or [`Error::Refused`] of class `limit`, each in the file.
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>> {
    read_bounded(path, limit).map_err(|error| error.in_file(path))
}

fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let refuse = |source| Error::Io { action: "read", source };
    // Looked at before it is opened, because opening a device may already do something to it; and again afterwards,
    // because it may be another file by then.
    check_regular(&std::fs::metadata(path).map_err(refuse)?).map_err(refuse)?;
    let file = open_without_waiting(path).map_err(refuse)?;
    let metadata = file.metadata().map_err(refuse)?;
    check_regular(&metadata).map_err(refuse)?;
    let too_large = || Error::refused(Class::Limit, None, format!("the file has more than {limit} bytes"));
    if metadata.len() > limit {
        return Err(too_large());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0).saturating_add(1));
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(refuse)?;
    // The file may have grown since its length was asked for.
    if bytes.len() as u64 > limit {
        return Err(too_large());
    }
    Ok(bytes)
}

fn check_regular(metadata: &Metadata) -> io::Result<()> {
    let kind = metadata.file_type();
    if kind.is_file() {
        Ok(())
    } else if kind.is_dir() {
        Err(io::Error::new(io::ErrorKind::IsADirectory, "it is a directory"))
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a pipe, socket or device, not a regular file"))
    }
}

#[cfg(unix)]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    use rustix::fs::{Mode, OFlags, open};

    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    Ok(File::from(open(path, flags, Mode::empty())?))
}

#[cfg(not(unix))]
fn open_without_waiting(path: &Path) -> io::Result<File> {
    File::open(path)
}

#[cfg(test)]
mod tests {
    use super::{TEXT_LIMIT, read};
    use crate::error::{Class, Error};

    #[test]
    fn a_regular_file_is_read_whole_also_through_a_link() {
        let desk = tempfile::tempdir().unwrap();
        let path = desk.path().join("a.yaml");
        std::fs::write(&path, "k: v\n").unwrap();
        assert_eq!(read(&path, TEXT_LIMIT).unwrap(), b"k: v\n");
        #[cfg(unix)]
        {
            let link = desk.path().join("link");
            std::os::unix::fs::symlink("a.yaml", &link).unwrap();
            assert_eq!(read(&link, TEXT_LIMIT).unwrap(), b"k: v\n");
        }
    }

    #[test]
    fn a_file_over_the_limit_is_refused_and_one_at_the_limit_is_not() {
        let desk = tempfile::tempdir().unwrap();
        let path = desk.path().join("a");
        std::fs::write(&path, [7; 100]).unwrap();
        assert_eq!(read(&path, 100).unwrap().len(), 100);
        let error = read(&path, 99).unwrap_err();
        assert_eq!(error.class(), Some(Class::Limit));
        assert!(matches!(error, Error::InFile { path: named, .. } if named == path));
    }

    #[test]
    fn a_missing_file_and_a_directory_are_refused_by_name() {
        let desk = tempfile::tempdir().unwrap();
        let error = read(&desk.path().join("absent"), 10).unwrap_err();
        assert_eq!(error.status(), 7);
        let error = read(desk.path(), 10).unwrap_err().to_string();
        assert!(error.ends_with("cannot read: it is a directory"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_fifo_and_a_device_are_refused_without_waiting() {
        let desk = tempfile::tempdir().unwrap();
        let fifo = desk.path().join("fifo");
        assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
        assert!(read(&fifo, 10).unwrap_err().to_string().contains("not a regular file"));
        assert!(read("/dev/zero".as_ref(), 10).unwrap_err().to_string().contains("not a regular file"));
        // What the second look is for: even when opened, a FIFO does not hang.
        assert!(!super::open_without_waiting(&fifo).unwrap().metadata().unwrap().is_file());
    }
}
