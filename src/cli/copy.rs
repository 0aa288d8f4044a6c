//! A decrypted copy for an editor: private, in memory where there is such a place, and gone afterwards.

use std::path::{Path, PathBuf};

use super::context::Context;
use super::signals::Watch;
use crate::document::escape;
use crate::error::{Error, Result};
use crate::fs::{self, Place, PrivateDir};

/// The copy; removed when it is dropped or a signal ends dekko.
pub(super) struct PrivateCopy {
    path: PathBuf,
    // Before the folder: a watch must not outlive what it watches.
    watch: Watch,
    folder: PrivateDir,
    /// The most bytes that it may hold.
    limit: u64,
}

impl PrivateCopy {
    /// A copy of the file at `original` with the text `bytes`, under the same name; `limit` bytes at most are read of it
    /// later.
    ///
    /// # Errors
    /// [`Error::Io`] when no private place can be made.
    pub fn new(context: &Context, original: &Path, bytes: &[u8], limit: u64) -> Result<Self> {
        let (folder, place) = PrivateDir::new(&context.environment)?;
        let watch = Watch::over(folder.path())?;
        if place == Place::Disk {
            let shown = escape(&folder.path().to_string_lossy());
            context.ui.warn(&format!(
                "there is no place in memory for the decrypted copy; it may lie on a disk, in '{shown}'"
            ));
        }
        let name = original.file_name().map_or_else(|| "text".into(), |name| name.to_string_lossy());
        let path = folder.file(&name, bytes)?;
        Ok(Self { path, watch, folder, limit })
    }

    /// Where it lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The watch that ends the editor with dekko.
    pub fn watch(&self) -> &Watch {
        &self.watch
    }

    /// What stands in it now.
    ///
    /// # Errors
    /// [`Error::Io`] when the editor removed it.
    pub fn text(&self) -> Result<Vec<u8>> {
        fs::read(&self.path, self.limit)
    }

    /// From now on it holds what the user wrote: a signal while no editor is in front keeps it.
    pub fn is_edited(&self) {
        self.watch.holds_edit(self.path.file_name());
    }

    /// Whether it is there: editors can remove it.
    pub fn exists(&self) -> bool {
        self.path.symlink_metadata().is_ok()
    }

    /// Lets it lie, where no sweep takes it; the new path.
    ///
    /// # Errors
    /// [`Error::Io`] in the file, when it cannot be renamed; it stays where it is then, until the next sweep.
    pub fn keep(self) -> Result<PathBuf> {
        let Self { path, watch, folder, .. } = self;
        watch.holds_edit(None);
        let name = path.file_name().map(ToOwned::to_owned).unwrap_or_default();
        let kept = folder.keep().map_err(|source| {
            Error::Io { action: "give the kept text a lasting name", source }.in_file(&path)
        });
        drop(watch);
        Ok(kept?.join(name))
    }
}
