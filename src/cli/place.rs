//! One value of an encrypted file: where it is, and the file opened around it.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use super::context::{Context, Opened, repository_of};
use super::options::Typed;
use super::source::Source;
use crate::document::KeyPath;
use crate::error::{Error, Result};
use crate::file::{FileType, PlainFile, Within};
use crate::fs;

/// A place in a file, as commands for single values take it.
#[derive(clap::Args)]
pub(super) struct Place {
    /// The encrypted file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Where in it: db.password, users[0].name, '"dotted.key".x'; '.' is everything
    #[arg(value_name = "PATH")]
    pub path: String,
    /// Look in the Nth YAML document only, counted from 1
    #[arg(long, value_name = "N")]
    pub document: Option<NonZeroUsize>,
    #[command(flatten)]
    pub typed: Typed,
}

/// An open file and its plain text.
pub(super) struct Found {
    /// The file.
    pub opened: Opened,
    /// Its plain text.
    pub plain: PlainFile,
    /// The path that was asked for.
    pub path: KeyPath,
    /// The documents to look in.
    pub within: Within,
}

impl Place {
    /// Opens the file, to read only.
    ///
    /// # Errors
    /// As [`Context::open`]; [`Error::Path`] when the path is none, before anything is asked of anybody.
    pub fn open(&self, context: &Context) -> Result<Found> {
        let path = KeyPath::parse(&self.path)?;
        let opened = context.open(Source::of(&self.file), self.typed.file_type)?;
        let plain = opened.file.plain_file_at(&path);
        self.found(opened, plain, path)
    }

    /// Opens the file, to replace it.
    ///
    /// # Errors
    /// As [`Place::open`] and [`Context::open_to_change`].
    pub fn open_to_change(&self, context: &Context) -> Result<Found> {
        let path = KeyPath::parse(&self.path)?;
        let opened = context.open_to_change(&self.file, self.typed.file_type)?;
        let plain = opened.file.plain_file();
        self.found(opened, plain, path)
    }

    /// The place in `opened`, which is this file.
    ///
    /// # Errors
    /// As [`Place::open`].
    pub fn found_in(&self, opened: Opened) -> Result<Found> {
        let path = KeyPath::parse(&self.path)?;
        let plain = opened.file.plain_file();
        self.found(opened, plain, path)
    }

    fn found(&self, opened: Opened, plain: Result<PlainFile>, path: KeyPath) -> Result<Found> {
        let plain = plain.map_err(|error| error.in_file(&self.file))?;
        let within = self.document.map_or(Within::Any, |number| Within::Document(number.get()));
        Ok(Found { opened, plain, path, within })
    }
}

impl Context {
    /// Reads and verifies the encrypted file at `path`, which can be replaced: that is known before any identity is
    /// asked.
    ///
    /// # Errors
    /// As [`Context::open`] and [`fs::check_writable`]; [`Error::Usage`] for standard input.
    pub fn open_to_change(&self, path: &Path, wanted: Option<FileType>) -> Result<Opened> {
        let Source::File(path) = Source::of(path) else {
            let what = "standard input cannot be changed in place; name a file".to_owned();
            return Err(Error::Usage { what });
        };
        let content = Source::File(path.clone()).read()?.not_empty()?;
        fs::check_writable(&path, repository_of(&path).as_deref())?;
        let file = self.unlock(content.encrypted(wanted)?, &content)?;
        Ok(Opened { content, file })
    }
}
