//! Checking everything that a data key can check, before anything is given out (section 10).

use std::sync::OnceLock;

use super::links;
use super::{Body, EncryptedFile, OpenFile};
use crate::crypto::{DataKey, Keys, Token};
use crate::document::{Cover, Document, Event, Style, position};
use crate::envelope::Envelope;
use crate::error::{Class, Error, Result};
use crate::format::Format;
use crate::policy::Policy;
use crate::provider::{self, Session, Wrap};

/// As [`EncryptedFile::unwrap`], of the file with the metadata `envelope`.
///
/// # Errors
/// As [`EncryptedFile::unwrap`].
pub(super) fn unwrap(envelope: &Envelope, session: &Session) -> Result<DataKey> {
    let commit = &envelope.commit;
    if let Some(key) = session.store().and_then(|store| store.find(commit))
        && fits(envelope, &key)
    {
        return Ok(key);
    }
    let wraps: Vec<_> = envelope.recipients.iter().map(Wrap::from).collect();
    let key = provider::unwrap(&wraps, &envelope.file_id, session, &|key| fits(envelope, key))?;
    if let Some(store) = session.store() {
        store.keep(commit, &key);
    }
    Ok(key)
}

/// Whether `key` is the data key that `envelope` names.
pub(super) fn fits(envelope: &Envelope, key: &DataKey) -> bool {
    Keys::derive(key, &envelope.file_id).commit().matches(&envelope.commit)
}

impl EncryptedFile {
    /// The data key: the one that the session's store keeps, else unwrapped by whichever identity of `session` can, local
    /// ones first. The wraps are as the file states them; the key is the one that the file names.
    ///
    /// # Errors
    /// [`Error::NoIdentity`] when nothing opens; `dek` when only other keys came out.
    pub fn unwrap(&self, session: &Session) -> Result<DataKey> {
        unwrap(&self.envelope, session)
    }

    /// Whether `key` is the data key that the file names.
    pub fn fits(&self, key: &DataKey) -> bool {
        fits(&self.envelope, key)
    }

    /// Verifies the file under `key`: that it is the key, the metadata, every link, the end, the policy; in this order.
    /// Values are decrypted, and so authenticated, when they are asked for.
    ///
    /// # Errors
    /// `dek`, `head`, `syntax`, `link`, `end`, `policy`, for a binary file `value`; nothing is given out then.
    pub fn open(self, key: DataKey) -> Result<OpenFile> {
        let open = self.keyed(key)?;
        if let Body::Text { format, document, tokens } = &open.file.body {
            let file = &open.file;
            verify_text(*format, document, tokens, &file.envelope, &file.policy, &open.keys)?;
        }
        Ok(open)
    }

    /// The file with `key`, which it names, and under which its metadata hold; nothing else was looked at.
    ///
    /// # Errors
    /// `dek`, `head`.
    pub(super) fn keyed(self, key: DataKey) -> Result<OpenFile> {
        let keys = Keys::derive(&key, &self.envelope.file_id);
        if !keys.commit().matches(&self.envelope.commit) {
            return Err(Error::refused(Class::Dek, None, "the data key is not the one that the file names"));
        }
        if !self.envelope.has_valid_head(&keys) {
            let at = self.document().and_then(|document| document.block.as_ref()).map(|block| block.at);
            return Err(Error::refused(Class::Head, at, "the metadata are not as they were sealed"));
        }
        Ok(OpenFile { file: self, key, keys, texts: OnceLock::new() })
    }
}

fn verify_text(
    format: &dyn Format,
    document: &Document,
    tokens: &[Option<Token>],
    envelope: &Envelope,
    policy: &Policy,
    keys: &Keys,
) -> Result<()> {
    if envelope.cover == Cover::Encrypted {
        refuse_anchors(document)?;
    }
    let scope = envelope.scope_text();
    let key = keys.link_key(format.code(), envelope.cover, &envelope.epoch, &envelope.policy, scope);
    // A wrong link ends the walk: what one costs grows with its path, and a stranger chooses how many there are.
    let end = links::draw(document, tokens, &key, envelope.cover, envelope.eof, |leaf, link| {
        let is_genuine = tokens[leaf.index()].as_ref().is_some_and(|token| link.matches(&token.link));
        if is_genuine {
            return Ok(());
        }
        let leaf = document.leaf(leaf);
        let at = position(document.source().as_bytes(), leaf.span.start as usize);
        let what = format!(
            "'{}' or what stands between it and the value before it is not as it was sealed",
            document.path_of(leaf.node)
        );
        Err(Error::refused(Class::Link, Some(at), what))
    })?;
    if !end.matches(&envelope.end) {
        let at = document.block.as_ref().map(|block| block.at);
        let what = "what stands after the last encrypted value is not as it was sealed";
        return Err(Error::refused(Class::End, at, what));
    }
    verify_policy(document, tokens, policy)
}

/// Refuses anchors and aliases, which `cover: encrypted` cannot authenticate.
pub(super) fn refuse_anchors(document: &Document) -> Result<()> {
    let found = document.events().iter().find_map(|event| match event {
        Event::Anchor(name) | Event::Alias(name) => Some(*name),
        _ => None,
    });
    match found {
        None => Ok(()),
        Some(name) => {
            let at = document
                .place_of(name)
                .map(|span| position(document.source().as_bytes(), span.start as usize));
            let what = "anchors and aliases cannot stand in a file with 'cover: encrypted'";
            Err(Error::refused(Class::Syntax, at, what))
        }
    }
}

/// The policy both ways: every secret leaf is a token, every token a secret leaf.
fn verify_policy(document: &Document, tokens: &[Option<Token>], policy: &Policy) -> Result<()> {
    let mut matcher = policy.matcher(document);
    for (leaf, token) in document.leaves().iter().zip(tokens) {
        let is_secret = match leaf.style {
            Style::Comment => policy.has_comments(),
            _ => matcher.is_secret(leaf.node),
        };
        if is_secret != token.is_some() {
            let what =
                if is_secret { "is plain, and must be encrypted" } else { "is encrypted, and must be plain" };
            let at = position(document.source().as_bytes(), leaf.span.start as usize);
            let what = format!("'{}' {what}", document.path_of(leaf.node));
            return Err(Error::refused(Class::Policy, Some(at), what));
        }
    }
    Ok(())
}
