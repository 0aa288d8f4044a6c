//! From an open file and an edited text to a new encrypted file, in which nothing changes that was not edited.

use super::compose::{Composition, NoPast, Parents, Past};
use super::encrypt::Draft;
use super::{Body, OpenFile, binary};
use crate::crypto::{Random, Token};
use crate::error::Result;

impl OpenFile {
    /// The encrypted file that holds `edited` instead of this one's text: same data key, policy, scope and recipients.
    /// A leaf whose path and text are as before keeps its ciphertext; without any change the bytes are as before.
    ///
    /// # Errors
    /// As [`super::seal`]; nothing is given out then.
    pub fn edit(&self, edited: Vec<u8>, random: &mut dyn Random) -> Result<Vec<u8>> {
        self.edit_after(edited, &NoPast, random)
    }

    /// As [`OpenFile::edit`], where older versions are at hand: a change that only undoes an earlier one is drawn anew.
    ///
    /// # Errors
    /// As [`OpenFile::edit`]; what `past` says.
    pub fn edit_after(&self, edited: Vec<u8>, past: &dyn Past, random: &mut dyn Random) -> Result<Vec<u8>> {
        if self.plain()? == edited {
            return self.unchanged();
        }
        let Body::Text { format, .. } = &self.file.body else {
            return binary::edit(self, edited, random);
        };
        let draft = Draft::new(*format, edited, &self.file.policy, self.file.envelope.cover)?;
        let composition = Composition {
            envelope: self.file.envelope.clone(),
            key: &self.key,
            keys: &self.keys,
            origins: &[self],
            parents: Parents::Known(&[self]),
            base: None,
            past,
        };
        composition.seal(draft, random)
    }

    /// The paths of values in `edited` that look encrypted already, and would be encrypted again.
    ///
    /// # Errors
    /// As [`OpenFile::edit`].
    pub fn look_alikes(&self, edited: &[u8]) -> Result<Vec<String>> {
        let Body::Text { format, .. } = &self.file.body else { return Ok(Vec::new()) };
        if !edited.windows(Token::SIGN.len()).any(Token::is_claimed_by) {
            return Ok(Vec::new());
        }
        let draft = Draft::new(*format, edited.to_vec(), &self.file.policy, self.file.envelope.cover)?;
        Ok(draft.look_alikes)
    }

    /// The bytes of this file as they were read.
    fn unchanged(&self) -> Result<Vec<u8>> {
        Ok(match &self.file.body {
            Body::Text { document, .. } => document.source().as_bytes().to_vec(),
            Body::Binary { payload } => binary::written(&self.file.envelope, payload),
        })
    }
}
