//! Other recipients under the same data key, or a new data key: the values stay.

use super::encrypt::{Draft, Ids, Indents, encrypt_leaf, finish, reopened, sorted};
use super::links::Paths;
use super::{Body, FileType, OpenFile, Wrap, binary};
use crate::crypto::{DataKey, Epoch, Keys, Random, Succession};
use crate::document::Cover;
use crate::envelope::{Envelope, Layout, WrappedKey};
use crate::error::{Error, Result};
use crate::format;
use crate::policy::Policy;

/// A new data key for a file, and the moment it was made.
pub struct Rotation {
    /// The new key.
    pub key: DataKey,
    /// RFC 3339 in UTC with seconds.
    pub rotated: String,
}

/// What a file says of itself beside its recipients: it changes with the data key only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Which values are secret.
    pub policy: Policy,
    /// Which plain parts the tags cover.
    pub cover: Cover,
    /// What the file is for.
    pub scope: Option<String>,
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
        let own = &self.file.envelope;
        let (policy, cover, scope) = (self.file.policy.clone(), own.cover, own.scope.clone());
        self.rotate_under(rotation, &Terms { policy, cover, scope }, wrap, random)
    }

    /// As [`OpenFile::rotate`], under other `terms`: what is secret by them becomes a token with an id of its own, and what is
    /// not stands plain. A file that is encrypted as a whole takes the scope alone from them.
    ///
    /// # Errors
    /// As [`OpenFile::rotate`]; [`Error::Usage`] where comments cannot be encrypted; as [`super::seal`] for what cannot stand
    /// plain.
    pub fn rotate_under(
        &self,
        rotation: Rotation,
        terms: &Terms,
        wrap: Wrap<'_>,
        random: &mut dyn Random,
    ) -> Result<Vec<u8>> {
        let Rotation { key, rotated } = rotation;
        let old = &self.file.envelope;
        let keys = Keys::derive(&key, &old.file_id);
        let epoch = Epoch::generate(random)?;
        let prev = Succession::new(&self.keys, &keys.commit()).to_string();
        let scope = terms.scope.clone();
        let mut envelope =
            Envelope { commit: keys.commit(), epoch, rotated, scope, prev: Some(prev), ..old.clone() };
        envelope.recipients = sorted(wrap(&old.file_id, &key)?)?;
        let plain = self.plain()?;
        let Body::Text { format, tokens: old_tokens, .. } = &self.file.body else {
            return binary::sealed(envelope, &keys, key, plain);
        };
        let format = *format;
        if terms.policy.has_comments() && !format.has_secret_comments() {
            return Err(Error::Usage { what: format!("comments cannot be encrypted in {}", format.name()) });
        }
        (envelope.policy, envelope.cover) = (terms.policy.text().to_owned(), terms.cover);
        let draft = Draft::new(format, plain.clone(), &terms.policy, terms.cover)?;
        let mut ids = Ids::default();
        old_tokens.iter().flatten().for_each(|token| ids.keep(&token.id()));
        let mut paths = Paths::default();
        let mut indents = Indents::default();
        let mut tokens = Vec::with_capacity(old_tokens.len());
        for ((leaf, token), &is_secret) in draft.document.leaves().iter().zip(old_tokens).zip(&draft.secret) {
            tokens.push(match is_secret {
                false => None,
                true => {
                    let id = token.as_ref().map_or_else(|| ids.draw(random), |token| Ok(token.id()))?;
                    let (path, _) = paths.of(&draft.document, leaf);
                    let indent = indents.of(format, &draft.document, leaf)?;
                    Some(encrypt_leaf(&keys, random, id, &draft.document, leaf, indent, path)?)
                }
            });
        }
        let body = draft.body(&tokens)?;
        let bytes = finish(format, body, tokens, envelope, &keys)?;
        reopened(FileType::Text(format), bytes, key, &plain)
    }
}
