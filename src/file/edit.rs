//! From an open file and an edited text to a new encrypted file, in which nothing changes that was not edited.

use super::decrypt::indentation;
use super::encrypt::{Draft, Ids, Indents, encrypt_leaf, finish, reopened};
use super::links::Paths;
use super::{Body, FileType, OpenFile, binary};
use crate::crypto::{Epoch, Random, Token};
use crate::document::{Cover, Document, Entry, Match, Style, Version, is_same_order, match_leaves};
use crate::error::Result;

impl OpenFile {
    /// The encrypted file that holds `edited` instead of this one's text: same data key, policy, scope and recipients.
    /// A leaf whose path and text are as before keeps its ciphertext; without any change the bytes are as before.
    ///
    /// # Errors
    /// As [`super::seal`]; nothing is given out then.
    pub fn edit(&self, edited: Vec<u8>, random: &mut dyn Random) -> Result<Vec<u8>> {
        if self.plain()? == edited {
            return self.unchanged();
        }
        let Body::Text { format, document: old, tokens: old_tokens } = &self.file.body else {
            return binary::edit(self, edited, random);
        };
        let format = *format;
        let draft = Draft::new(format, edited, &self.file.policy, self.file.envelope.cover)?;
        let matches = {
            let old_sources = self.texts()?.iter().map(Option::as_deref);
            let old_entries = entries(old, old_sources);
            let new_entries = entries(&draft.document, std::iter::repeat(None));
            match_leaves(&old_entries, &new_entries)
        };
        let mut ids = Ids::default();
        old_tokens.iter().flatten().for_each(|token| ids.keep(&token.id()));
        let mut paths = Paths::default();
        let mut indents = Indents::default();
        let mut tokens = Vec::with_capacity(matches.len());
        for ((leaf, &is_secret), found) in draft.document.leaves().iter().zip(&draft.secret).zip(matches) {
            if !is_secret {
                tokens.push(None);
                continue;
            }
            let (path, _) = paths.of(&draft.document, leaf);
            let indent = indents.of(format, &draft.document, leaf)?;
            // What stands on several lines is restored by its line's indentation, and is the same only under that.
            let is_kept = |from: usize| {
                indent.is_none()
                    || !format.is_indented()
                    || indent.map(usize::from) == Some(indentation(old.source(), old.leaves()[from].span))
            };
            let id = match found {
                Match::Same(from) | Match::Changed(from) => match (&old_tokens[from], found) {
                    (Some(token), Match::Same(_)) if is_kept(from) => {
                        tokens.push(Some(token.clone()));
                        continue;
                    }
                    (Some(token), _) => token.id(),
                    (None, _) => ids.draw(random)?,
                },
                Match::New => ids.draw(random)?,
            };
            tokens.push(Some(encrypt_leaf(&self.keys, random, id, &draft.document, leaf, indent, path)?));
        }
        let body = draft.body(&tokens)?;
        let mut envelope = self.file.envelope.clone();
        envelope.eof = draft.eof;
        // A large file is held several times over here; the plain document is done with.
        let edited = draft.into_plain();
        if !keeps_order(old, old_tokens, &body, &tokens, envelope.cover) {
            envelope.epoch = Epoch::generate(random)?;
        }
        let bytes = finish(format, body, tokens, envelope, &self.keys)?;
        reopened(FileType::Text(format), bytes, self.key.copy(), &edited)
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

fn keeps_order(
    old: &Document,
    old_tokens: &[Option<Token>],
    new: &Document,
    new_tokens: &[Option<Token>],
    cover: Cover,
) -> bool {
    let ids = |tokens: &[Option<Token>]| -> Vec<Option<[u8; 6]>> {
        tokens.iter().map(|token| token.as_ref().map(|token| token.id().0)).collect()
    };
    let (old_ids, new_ids) = (ids(old_tokens), ids(new_tokens));
    let old = Version { document: old, ids: &old_ids };
    let new = Version { document: new, ids: &new_ids };
    is_same_order(&old, &new, cover)
}

/// The leaves of `document` as matching sees them; `sources` are the plain texts of its tokens.
fn entries<'t>(document: &'t Document, sources: impl Iterator<Item = Option<&'t str>>) -> Vec<Entry<'t>> {
    let mut paths = Paths::default();
    let mut entries = Vec::with_capacity(document.leaves().len());
    for (leaf, source) in document.leaves().iter().zip(sources) {
        let (path, container) = paths.of(document, leaf);
        let is_comment = leaf.style == Style::Comment;
        entries.push(Entry {
            path: path.to_vec(),
            last: container.len(),
            is_listed: is_comment || document.is_in_list(leaf.node),
            is_comment,
            src: source.unwrap_or_else(|| document.src(leaf.span)),
        });
    }
    entries
}
