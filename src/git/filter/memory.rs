//! What was sealed for others only: whoever cannot open a file again must still get the same bytes for the same plain
//! text, or git would take the file for changed at every look.
//!
//! What is kept are digests under a random key of this repository (HMAC-SHA-256), in git's own folder: they say that a
//! plain text is the one a stored file was made of, to whoever has both.

use std::fs;
use std::path::{Path, PathBuf};

use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};

use crate::crypto::{Random, SystemRandom, to_base64url};
use crate::error::{Error, Result};
use crate::fs::write_new_private;

/// The folder, below git's own.
pub(in crate::git) const FOLDER: &str = "dekko-guard";

/// The digests in one folder.
pub(super) struct Memory {
    folder: PathBuf,
}

impl Memory {
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Notes that `plain` at `path` became `sealed`.
    ///
    /// # Errors
    /// [`Error::Io`].
    pub fn keep(&self, path: &[u8], plain: &[u8], sealed: &[u8]) -> Result<()> {
        let wrong = |source| Error::Io { action: "note what was encrypted", source }.in_file(&self.folder);
        fs::create_dir_all(&self.folder).map_err(wrong)?;
        let seed_path = self.folder.join("seed");
        if fs::symlink_metadata(&seed_path).is_err() {
            let mut seed = [0; 32];
            SystemRandom.fill(&mut seed)?;
            write_new_private(&seed_path, &seed)?;
        }
        let seed = fs::read(&seed_path).map_err(wrong)?;
        fs::write(self.name(&seed, path, plain), digest(sealed)).map_err(wrong)
    }

    /// Whether `plain` at `path` became `sealed` before.
    pub fn knows(&self, path: &[u8], plain: &[u8], sealed: &[u8]) -> bool {
        let Ok(seed) = fs::read(self.folder.join("seed")) else { return false };
        fs::read(self.name(&seed, path, plain)).is_ok_and(|known| known == digest(sealed).as_bytes())
    }

    fn name(&self, seed: &[u8], path: &[u8], plain: &[u8]) -> PathBuf {
        let mut mac = Hmac::<Sha256>::new_from_slice(seed).expect("HMAC takes a key of any length");
        mac.update(&(path.len() as u64).to_be_bytes());
        mac.update(path);
        mac.update(plain);
        self.folder.join(to_base64url(&mac.finalize().into_bytes()))
    }
}

fn digest(sealed: &[u8]) -> String {
    to_base64url(&Sha256::digest(sealed))
}

/// Removes what was noted in `folder`.
///
/// # Errors
/// [`Error::Io`].
pub(in crate::git) fn forget(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::Io { action: "remove", source }.in_file(folder))
        }
        _ => Ok(()),
    }
}
