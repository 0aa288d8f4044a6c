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
}

impl PrivateCopy {
    /// A copy of the file at `original` with the text `bytes`, under the same name.
    ///
    /// # Errors
    /// [`Error::Io`] when no private place can be made.
    pub fn new(context: &Context, original: &Path, bytes: &[u8]) -> Result<Self> {
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
        Ok(Self { path, watch, folder })
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
        fs::read(&self.path, fs::TEXT_LIMIT)
    }

    /// Lets it lie, where no sweep takes it; the new path.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be renamed; it stays where it is then.
    pub fn keep(self) -> Result<PathBuf> {
        let Self { path, watch, folder } = self;
        let name = path.file_name().map(ToOwned::to_owned).unwrap_or_default();
        let kept = folder.keep().map_err(|source| Error::Io { action: "keep the text", source });
        drop(watch);
        Ok(kept?.join(name))
    }
}
