//! From bytes to a file whose grammar is checked: everything a reader can do without a key.

use std::collections::HashSet;

use super::{Body, EncryptedFile, FileType, binary};
use crate::crypto::{Eof, Token};
use crate::document::{Block, Document, Leaf, Style, position};
use crate::envelope::{Envelope, Layout};
use crate::error::{Class, Error, Result};
use crate::format::{self, Format};
use crate::policy::Policy;

impl EncryptedFile {
    /// Reads an encrypted file and checks what needs no key: syntax, metadata, tokens, in this order.
    ///
    /// # Errors
    /// [`Error::NotEncrypted`] when there is no metadata; `syntax`, `limit`, `metadata`, `version`, `token`, `foreign`.
    pub fn read(file_type: FileType, bytes: Vec<u8>) -> Result<Self> {
        match file_type {
            FileType::Text(format) => Self::read_text(format, bytes),
            FileType::Binary => {
                let (envelope, payload) = binary::read(bytes)?;
                let policy = Policy::read(&envelope.policy)?;
                Ok(Self { envelope, policy, body: Body::Binary { payload } })
            }
        }
    }

    fn read_text(format: &'static dyn Format, bytes: Vec<u8>) -> Result<Self> {
        let document = format::parse(format, bytes)?;
        let Some(block) = &document.block else { return Err(Error::NotEncrypted) };
        let envelope = Envelope::read(&block.fields, Some(block.at), Layout::Text)?;
        let policy = Policy::read(&envelope.policy).map_err(|error| placed(error, block))?;
        check_block(format, &document, block, &envelope, &policy)?;
        let tokens = read_tokens(format, &document, &envelope)?;
        Ok(Self { envelope, policy, body: Body::Text { format, document, tokens } })
    }
}

/// `error` at the place of `block`, when it has no place of its own.
fn placed(error: Error, block: &Block) -> Error {
    match error {
        Error::Refused { class, at: None, what } => Error::Refused { class, at: Some(block.at), what },
        other => other,
    }
}

/// What a format refuses of the metadata (section 8).
fn check_block(
    format: &dyn Format,
    document: &Document,
    block: &Block,
    envelope: &Envelope,
    policy: &Policy,
) -> Result<()> {
    let refuse = |what: &str| Err(Error::refused(Class::Metadata, Some(block.at), what));
    if policy.has_comments() && !format.has_secret_comments() {
        return refuse("the policy encrypts comments, which this format cannot");
    }
    if envelope.eof == Eof::Added && !format.needs_line_end() {
        return refuse("'eof' does not belong in this format");
    }
    if envelope.eof == Eof::Added && !ends_in_line_break(document, block) {
        return refuse("'eof' says that a line break was added, and there is none");
    }
    Ok(())
}

fn ends_in_line_break(document: &Document, block: &Block) -> bool {
    let before = &document.source()[..block.span.start as usize];
    let after = &document.source()[block.span.end as usize..];
    if after.is_empty() { before.ends_with('\n') } else { after.ends_with('\n') }
}

/// The tokens by leaf, comments included whatever the policy says of them: first every token's grammar, then that all are this file's, then that no id stands twice.
fn read_tokens(format: &dyn Format, document: &Document, envelope: &Envelope) -> Result<Vec<Option<Token>>> {
    let source = document.source().as_bytes();
    let refuse = |class, leaf: &Leaf, what: &str| {
        let shown = document.path_of(leaf.node);
        Err(Error::refused(
            class,
            Some(position(source, leaf.span.start as usize)),
            format!("'{shown}' {what}"),
        ))
    };
    let mut tokens = Vec::with_capacity(document.leaves().len());
    for leaf in document.leaves() {
        if !looks_like_token(document, leaf) {
            tokens.push(None);
            continue;
        }
        match token(format, document, leaf) {
            Some(token) => tokens.push(Some(token)),
            None => return refuse(Class::Token, leaf, "begins like a token and is none"),
        }
    }
    let of_token =
        || tokens.iter().zip(document.leaves()).filter_map(|(token, leaf)| Some((token.as_ref()?, leaf)));
    for (token, leaf) in of_token() {
        if Some(&token.kid()) != envelope.commit.0.first_chunk() {
            return refuse(Class::Foreign, leaf, "holds a token of another data key");
        }
    }
    let mut seen = HashSet::with_capacity(tokens.len());
    for (token, leaf) in of_token() {
        if !seen.insert(token.id()) {
            return refuse(Class::Token, leaf, "holds a token whose id stands in the file already");
        }
    }
    Ok(tokens)
}

/// Whether the content of `leaf` begins as a token does, so that it must be one in a sealed file.
pub(super) fn looks_like_token(document: &Document, leaf: &Leaf) -> bool {
    let content = document.bytes(leaf.content);
    let content =
        if leaf.style == Style::Interpolated { content.get(1..).unwrap_or_default() } else { content };
    Token::is_claimed_by(content)
}

/// The token that `leaf` holds.
pub(super) fn token(format: &dyn Format, document: &Document, leaf: &Leaf) -> Option<Token> {
    let is_quoted = matches!(leaf.style, Style::Quoted | Style::Interpolated);
    if is_quoted && !format.takes_quoted_tokens() {
        return None;
    }
    Token::parse(std::str::from_utf8(document.bytes(leaf.content)).ok()?)
}
