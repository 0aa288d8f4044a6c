//! Where the result of a command goes: standard output, or a file that is written whole or not at all.

use std::io;
use std::path::{Path, PathBuf};

use super::context::{Context, repository_of};
use super::source::{Content, Source};
use crate::error::{Error, Result};
use crate::fs::{self, Expected, Readers};

/// Where a result goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Output {
    /// To standard output.
    Stdout,
    /// Into the place of the file that was read.
    InPlace,
    /// To a file; an existing one only when that is allowed.
    File(PathBuf, Overwrite),
}

/// Whether an existing file may be written over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Overwrite {
    /// It is replaced, as long as it holds these bytes: those it had before the work began.
    Of(Vec<u8>),
    /// It is an error.
    Refused,
}

impl Overwrite {
    /// The file at `path` may be written over as it is now; to be asked before anything is read that the result is made
    /// from. What appears later where nothing is now may not.
    ///
    /// # Errors
    /// As [`Source::read`].
    pub fn of(path: &Path) -> Result<Self> {
        match Source::of(path) {
            source @ Source::File(_) if path.symlink_metadata().is_ok() => Ok(Self::Of(source.read()?.bytes)),
            _ => Ok(Self::Refused),
        }
    }
}

impl Output {
    /// What the user means by `-o path`: `-` is standard output.
    pub fn of(path: &Path, overwrite: Overwrite) -> Self {
        match Source::of(path) {
            Source::Stdin => Self::Stdout,
            Source::File(path) => Self::File(path, overwrite),
        }
    }

    /// The file that is written, when `source` is what is read.
    pub fn path<'a>(&'a self, source: &'a Source) -> Option<&'a Path> {
        match self {
            Self::Stdout => None,
            Self::InPlace => source.path(),
            Self::File(path, _) => Some(path),
        }
    }

    /// Refuses a file that cannot be written, before any work is done for it.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::HardLinks`] or [`Error::Outside`], in the file.
    pub fn check(&self, source: &Source) -> Result<()> {
        match self {
            Self::File(path, Overwrite::Refused) if path.symlink_metadata().is_ok() => {
                Err(taken().in_file(path))
            }
            _ => match self.path(source) {
                Some(path) => fs::check_writable(path, repository_of(path).as_deref()),
                None => Ok(()),
            },
        }
    }

    /// Writes `bytes`, which were made from `content`: to a terminal without what it could act on, to a file for
    /// `readers`.
    ///
    /// # Errors
    /// As [`fs::replace`]; [`Error::Io`] when there is a file already that must not be written over.
    pub fn write(&self, context: &Context, content: &Content, bytes: &[u8], readers: Readers) -> Result<()> {
        let (path, overwrite) = match self {
            Self::Stdout => return context.ui.content(bytes),
            Self::InPlace => return context.replace(content, bytes, readers),
            Self::File(path, overwrite) => (path, overwrite),
        };
        let within = repository_of(path);
        match overwrite {
            Overwrite::Of(old) => fs::replace(path, &Expected::Bytes(old), bytes, readers, within.as_deref()),
            Overwrite::Refused if path.symlink_metadata().is_ok() => Err(taken().in_file(path)),
            Overwrite::Refused => {
                match fs::replace(path, &Expected::Absent, bytes, readers, within.as_deref()) {
                    Err(error) if matches!(error.bare(), Error::ChangedMeanwhile) => {
                        Err(taken().in_file(path))
                    }
                    other => other,
                }
            }
        }
    }
}

/// The refusal to write over a file.
fn taken() -> Error {
    let source = io::Error::new(io::ErrorKind::AlreadyExists, "the file exists already");
    Error::Io { action: "write", source }
}
