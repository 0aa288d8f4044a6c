//! A file with labels in the place of its secrets: what changed, not what it is.

use super::decrypt::{Places, ended};
use super::encrypt::Draft;
use super::{Body, EncryptedFile, OpenFile};
use crate::crypto::{Label, Token, TokenId};
use crate::document::{Document, Leaf, Span, splice};
use crate::envelope::Envelope;
use crate::error::{Error, Result};
use crate::format::Format;
use crate::policy::Policy;

impl EncryptedFile {
    /// The text without the metadata, each token replaced by `<enc LABEL>` of its ciphertext; a binary file is one such
    /// label. Nothing of it is verified.
    pub fn masked(&self) -> String {
        match &self.body {
            Body::Binary { payload } => shown(Label::of_sealed(payload)) + "\n",
            Body::Text { document, tokens, .. } => {
                let labels = tokens.iter().map(|token| token.as_ref().map(of_token));
                ended(masked(document, labels), self.envelope.eof)
            }
        }
    }

    /// Whether it is a text that nobody has sealed since it was merged: its `end` is all zero, as the merge driver
    /// leaves it beside a conflict.
    pub fn is_unsealed(&self) -> bool {
        matches!(self.body, Body::Text { .. }) && self.envelope.end.0 == [0; 16]
    }
}

impl OpenFile {
    /// As [`EncryptedFile::masked`], with labels that depend on the values: one stays as it is when its value is
    /// encrypted again.
    ///
    /// # Errors
    /// As [`OpenFile::plain`].
    pub fn masked(&self) -> Result<String> {
        let (document, tokens) = match &self.file.body {
            Body::Binary { payload } => {
                let label = Label::of_text(&self.keys, TokenId([0; 6]), b"", &self.payload(payload)?);
                return Ok(shown(label) + "\n");
            }
            Body::Text { document, tokens, .. } => (document, tokens),
        };
        let mut places = Places::default();
        let mut labels = Vec::with_capacity(tokens.len());
        for ((leaf, token), text) in document.leaves().iter().zip(tokens).zip(self.texts()?) {
            labels.push(match (token, text) {
                (Some(token), Some(text)) => {
                    let (path, _) = places.paths.of(document, leaf);
                    Some(Label::of_text(&self.keys, token.id(), path, text.as_bytes()))
                }
                (None, _) => None,
                _ => return Err(Error::Internal { what: "a token without its text".to_owned() }),
            });
        }
        Ok(ended(masked(document, labels.into_iter()), self.file.envelope.eof))
    }
}

/// `plain` with `…` in the place of each value that is a secret under `envelope`'s policy: all that a person can see of
/// it but the values.
///
/// # Errors
/// As [`super::seal`] for what cannot be sealed.
pub fn outline(format: &'static dyn Format, plain: Vec<u8>, envelope: &Envelope) -> Result<String> {
    let draft = Draft::new(format, plain, &Policy::read(&envelope.policy)?, envelope.cover)?;
    let leaves = draft.document.leaves().iter().zip(&draft.secret);
    let secrets =
        leaves.filter(|(_, is_secret)| **is_secret).map(|(leaf, _)| (place(&draft.document, leaf), "…"));
    Ok(ended(splice(draft.document.source(), secrets), draft.eof))
}

/// The label of a token that is not opened.
pub(super) fn of_token(token: &Token) -> Label {
    Label::of_sealed(&token.value)
}

/// How a label stands in a text.
pub(super) fn shown(label: Label) -> String {
    format!("<enc {label}>")
}

/// Where the label of `leaf` goes: inside its quotes, behind its comment sign.
pub(super) fn place(document: &Document, leaf: &Leaf) -> Span {
    document.place_of(leaf.content).unwrap_or(leaf.span)
}

/// The body of `document` with the labels of its leaves.
fn masked(document: &Document, labels: impl Iterator<Item = Option<Label>>) -> String {
    let changes: Vec<_> = document
        .leaves()
        .iter()
        .zip(labels)
        .filter_map(|(leaf, label)| Some((place(document, leaf), shown(label?))))
        .collect();
    let cut = document.block.as_ref().map(|block| (block.span, ""));
    splice(document.source(), changes.iter().map(|(span, text)| (*span, text.as_str())).chain(cut))
}
