//! Other recipients under the same data key, or a new data key: the values stay.

use super::encrypt::{Draft, Indents, encrypt_leaf, finish, reopened, sorted};
use super::links::Paths;
use super::{Body, FileType, OpenFile, Wrap, binary};
use crate::crypto::{DataKey, Epoch, Keys, Random, Succession};
use crate::envelope::{Envelope, Layout, WrappedKey};
use crate::error::Result;
use crate::format;

/// A new data key for a file, and the moment it was made.
pub struct Rotation {
    /// The new key.
    pub key: DataKey,
    /// RFC 3339 in UTC with seconds.
    pub rotated: String,
}

impl OpenFile {
    /// The file with its data key wrapped for `recipients` and no one else; only recipients and head change.
    ///
    /// # Errors
    /// `limit` for too many recipients; [`crate::error::Error::Internal`] when the result does not open again.
    pub fn rewrap(&self, recipients: Vec<WrappedKey>) -> Result<Vec<u8>> {
        let mut envelope = self.file.envelope.clone();
        envelope.recipients = sorted(recipients)?;
        envelope.head = envelope.head_tag(&self.keys);
        let plain = self.plain()?;
        let bytes = match &self.file.body {
            Body::Binary { payload } => binary::written(&envelope, payload),
            Body::Text { format, document, .. } => {
                let body = format::parse(*format, document.body().into_bytes())?;
                format.attach(&body, &envelope.fields(Layout::Text)).into_bytes()
            }
        };
        reopened(self.file.file_type(), bytes, self.key.copy(), &plain)
    }

    /// The file under a new data key, wrapped by `wrap`: all ciphertexts, links and the epoch are new, ids stay, and
    /// `prev` names the key before.
    ///
    /// # Errors
    /// As [`OpenFile::rewrap`]; what `wrap` refuses.
    pub fn rotate(&self, rotation: Rotation, wrap: Wrap<'_>, random: &mut dyn Random) -> Result<Vec<u8>> {
        let Rotation { key, rotated } = rotation;
        let old = &self.file.envelope;
        let keys = Keys::derive(&key, &old.file_id);
        let epoch = Epoch::generate(random)?;
        let prev = Succession::new(&self.keys, &keys.commit()).to_string();
        let mut envelope =
            Envelope { commit: keys.commit(), epoch, rotated, prev: Some(prev), ..old.clone() };
        envelope.recipients = sorted(wrap(&old.file_id, &key)?)?;
        let plain = self.plain()?;
        let Body::Text { format, tokens: old_tokens, .. } = &self.file.body else {
            return binary::sealed(envelope, &keys, key, plain);
        };
        let format = *format;
        let draft = Draft::new(format, plain.clone(), &self.file.policy, old.cover)?;
        let mut paths = Paths::default();
        let mut indents = Indents::default();
        let mut tokens = Vec::with_capacity(old_tokens.len());
        for (leaf, token) in draft.document.leaves().iter().zip(old_tokens) {
            tokens.push(match token {
                None => None,
                Some(token) => {
                    let (path, _) = paths.of(&draft.document, leaf);
                    let indent = indents.of(format, &draft.document, leaf)?;
                    Some(encrypt_leaf(&keys, random, token.id(), &draft.document, leaf, indent, path)?)
                }
            });
        }
        let body = draft.body(&tokens)?;
        let bytes = finish(format, body, tokens, envelope, &keys)?;
        reopened(FileType::Text(format), bytes, key, &plain)
    }
}
