//! What a command reads: a file by its name, or standard input.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ffi::OsStr;
use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::document::escape;
use crate::error::{Class, Error, Result};
use crate::file::{EncryptedFile, FileType};
use crate::fs;
use crate::merge::marks::Marked;

/// A file, or standard input (`-`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The file of this name, as the user typed it.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

/// A file and what it held when it was read.
pub(super) struct Content {
    /// Where it is from.
    pub source: Source,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Source {
    /// What the user means by `path`.
    pub fn of(path: &Path) -> Self {
        if path.as_os_str() == "-" { Self::Stdin } else { Self::File(path.to_owned()) }
    }

    /// What the user means by `paths`, each file once, by whatever path: of one named twice, the second reading would not find what the
    /// first has written.
    pub fn distinct(paths: &[PathBuf]) -> Vec<Self> {
        let mut sources: Vec<Self> = Vec::with_capacity(paths.len());
        let mut seen = HashSet::new();
        for source in paths.iter().map(|path| Self::of(path)) {
            let real =
                source.path().map(|path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned()));
            if seen.insert(real) {
                sources.push(source);
            }
        }
        sources
    }

    /// Its name in messages.
    pub fn name(&self) -> &Path {
        match self {
            Self::File(path) => path,
            Self::Stdin => Path::new("standard input"),
        }
    }

    /// The file, when it is one.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Stdin => None,
        }
    }

    /// The name of the file without folders, as far as it can be told in Unicode; empty for standard input.
    pub fn file_name(&self) -> Cow<'_, str> {
        self.path().and_then(Path::file_name).map(OsStr::to_string_lossy).unwrap_or_default()
    }

    /// Reads everything.
    ///
    /// # Errors
    /// [`Error::Io`] or `limit`, in the file.
    pub fn read(self) -> Result<Content> {
        let bytes = match &self {
            Self::File(path) => fs::read(path, fs::FILE_LIMIT)?,
            Self::Stdin => read_stdin().map_err(|error| error.in_file(self.name()))?,
        };
        Ok(Content { source: self, bytes })
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "'{}'", escape(&path.to_string_lossy())),
            Self::Stdin => f.write_str("standard input"),
        }
    }
}

fn read_stdin() -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut input = io::stdin().lock().take(fs::FILE_LIMIT + 1);
    input.read_to_end(&mut bytes).map_err(|source| Error::Io { action: "read", source })?;
    if bytes.len() as u64 > fs::FILE_LIMIT {
        return Err(Error::refused(Class::Limit, None, "it is larger than 1 GiB"));
    }
    Ok(bytes)
}

impl Content {
    /// This content, unless there is none.
    ///
    /// # Errors
    /// [`Error::Empty`], in the file.
    pub fn not_empty(self) -> Result<Self> {
        if self.bytes.is_empty() { Err(Error::Empty.in_file(self.source.name())) } else { Ok(self) }
    }

    /// The encrypted file in it, its grammar checked; a `wanted` type wins over what name and content say.
    ///
    /// # Errors
    /// [`Error::Conflict`] where git left its marks; else as [`EncryptedFile::read`], in the file.
    pub fn encrypted(&self, wanted: Option<FileType>) -> Result<EncryptedFile> {
        let found = || FileType::of_encrypted(&self.source.file_name(), &self.bytes);
        let file_type = wanted.unwrap_or_else(found);
        EncryptedFile::read(file_type, self.bytes.clone()).map_err(|error| self.explained(error))
    }

    /// The type of the plain file in it; a `wanted` type wins over what the name says.
    ///
    /// # Errors
    /// [`Error::Usage`] for standard input without a wanted type.
    pub fn plain_type(&self, wanted: Option<FileType>) -> Result<FileType> {
        match (wanted, &self.source) {
            (Some(file_type), _) => Ok(file_type),
            (None, Source::File(_)) => Ok(FileType::of_plain(&self.source.file_name())),
            (None, Source::Stdin) => Err(Error::Usage {
                what: "standard input has no name to tell its type by; say --type".to_owned(),
            }),
        }
    }

    /// `error` in this file, or the merge conflict that it comes from.
    pub fn explained(&self, error: Error) -> Error {
        let is_about_text = matches!(error, Error::Refused { .. } | Error::NotEncrypted);
        let conflict = conflict(&self.bytes).filter(|_| is_about_text);
        conflict.map_or(error, |line| Error::Conflict { line }).in_file(self.source.name())
    }
}

/// The line (from 1) on which the first merge conflict in `text` begins.
fn conflict(text: &[u8]) -> Option<usize> {
    Marked::read(&String::from_utf8_lossy(text)).map(|marked| marked.line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_merge_conflict_is_recognised_by_all_its_marks() {
        assert_eq!(conflict(b"a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> other\n"), Some(2));
        assert_eq!(conflict(b"<<<<<<< HEAD\nb: 1\n"), None);
        assert_eq!(conflict(b"a: '<<<<<<< '\n=======\n>>>>>>> \n"), None);
    }
}
