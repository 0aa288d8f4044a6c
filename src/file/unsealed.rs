//! Files whose chain is not drawn, or not any more: merged by lines, or by hand. Metadata and single values are
//! authentic in them, how they stand together is not.

use super::compose::{Composition, Parents, Past};
use super::encrypt::Draft;
use super::{Body, EncryptedFile, OpenFile};
use crate::crypto::{DataKey, Random};
use crate::error::{Error, Result};

/// A file whose metadata verified under its data key, and whose links nobody looked at.
pub struct UnsealedFile(pub(super) OpenFile);

/// What a person made of one or several unsealed files, about to be sealed again.
pub struct Reseal<'a> {
    /// Whose metadata, values and ids are kept; the first one's before the others'.
    pub origins: &'a [&'a UnsealedFile],
    /// The verified versions that the text came from; `None` when one of them is not at hand.
    pub parents: Option<&'a [&'a OpenFile]>,
    /// The versions before those.
    pub past: &'a dyn Past,
}

impl EncryptedFile {
    /// Opens the file under `key` without its chain: that it is the key, the metadata, and each value when it is asked for.
    ///
    /// # Errors
    /// `dek`, `head`; [`Error::Usage`] for a binary file, which has no chain.
    pub fn open_unsealed(self, key: DataKey) -> Result<UnsealedFile> {
        if matches!(self.body, Body::Binary { .. }) {
            return Err(Error::Usage {
                what: "a binary file cannot be put together again by hand".to_owned(),
            });
        }
        self.keyed(key).map(UnsealedFile)
    }
}

impl UnsealedFile {
    /// The file.
    pub fn file(&self) -> &EncryptedFile {
        &self.0.file
    }

    /// The text with every value opened by itself.
    ///
    /// # Errors
    /// `value` or `token` when one does not open where it stands: it was sealed for another place, and must be set anew.
    pub fn plain(&self) -> Result<Vec<u8>> {
        self.0.plain()
    }
}

impl Reseal<'_> {
    /// The sealed file that holds `plain`. Values that stand in an origin keep their ciphertext; the epoch is new unless
    /// all parents are known and the order rule holds against them.
    ///
    /// # Errors
    /// As [`super::seal`].
    pub fn seal(&self, plain: Vec<u8>, random: &mut dyn Random) -> Result<Vec<u8>> {
        let first = self.origins.first().map(|origin| &origin.0);
        let first = first.ok_or_else(|| Error::Internal { what: "nothing to seal".to_owned() })?;
        let Body::Text { format, .. } = &first.file.body else {
            return Err(Error::Internal { what: "a binary file was opened without a chain".to_owned() });
        };
        let origins: Vec<_> = self.origins.iter().map(|origin| &origin.0).collect();
        let draft = Draft::new(*format, plain, &first.file.policy, first.file.envelope.cover)?;
        let composition = Composition {
            envelope: first.file.envelope.clone(),
            key: &first.key,
            keys: &first.keys,
            origins: &origins,
            parents: self.parents.map_or(Parents::Missing, Parents::Known),
            base: None,
            past: self.past,
        };
        composition.seal(draft, random)
    }
}
