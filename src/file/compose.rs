//! A new version of a file out of versions that went before: what did not change keeps its ciphertext, and the chain is
//! drawn so that no part of an older version fits into it (section 9 of the format).

use std::collections::{HashMap, HashSet};

use super::decrypt::indentation;
use super::encrypt::{Draft, Ids, Indents, draw, encrypt_leaf, reopened, written};
use super::links::Paths;
use super::{Body, FileType, OpenFile};
use crate::crypto::{DataKey, Epoch, Keys, Random, Tag, Token, TokenId};
use crate::document::{Document, Entry, Leaf, Match, Style, Version, is_same_order, match_leaves};
use crate::envelope::Envelope;
use crate::error::Result;

/// What older versions of a file hold, where their history is at hand.
pub trait Past {
    /// Whether an older version holds one of `tags` as a link or as its end.
    ///
    /// # Errors
    /// When the history cannot be read.
    fn holds(&self, tags: &[Tag]) -> Result<bool>;
}

/// No history is at hand.
#[derive(Clone, Copy, Debug)]
pub struct NoPast;

impl Past for NoPast {
    fn holds(&self, _: &[Tag]) -> Result<bool> {
        Ok(false)
    }
}

/// A new version, before it has tokens.
pub(super) struct Composition<'a> {
    /// Its metadata; epoch, `eof`, `end` and `head` are still to be found.
    pub envelope: Envelope,
    /// Its data key.
    pub key: &'a DataKey,
    /// What is derived from it for this file.
    pub keys: &'a Keys,
    /// Whose values and ids are kept, the first before the others.
    pub origins: &'a [&'a OpenFile],
    /// The versions that the order rule is held against; when one is missing, the epoch is new.
    pub parents: Parents<'a>,
    /// Where a merge began: what a parent changed since must not come back.
    pub base: Option<&'a OpenFile>,
    /// The versions before those.
    pub past: &'a dyn Past,
}

/// The versions that a new one is drawn on top of.
#[derive(Clone, Copy)]
pub(super) enum Parents<'a> {
    /// All of them.
    Known(&'a [&'a OpenFile]),
    /// Not all of them are at hand.
    Missing,
}

impl Composition<'_> {
    /// The file that holds `plain`.
    ///
    /// # Errors
    /// As [`super::seal`]; nothing is given out then.
    pub(super) fn seal(mut self, draft: Draft, random: &mut dyn Random) -> Result<Vec<u8>> {
        let format = draft.format;
        let mut tokens = self.matched(&draft, &self.stale(), random)?;
        let mut body = draft.body(&tokens)?;
        self.envelope.eof = draft.eof;
        // A large file is held several times over here; the plain document is done with.
        let plain = draft.into_plain();
        let kept = self.kept_epoch(&body, &tokens);
        self.envelope.epoch = match kept {
            Some(epoch) => epoch,
            None => Epoch::generate(random)?,
        };
        draw(format, &mut body, &mut tokens, &mut self.envelope, self.keys)?;
        if kept.is_some() && (self.goes_back(&tokens) || self.is_undone(&tokens)?) {
            self.envelope.epoch = Epoch::generate(random)?;
            draw(format, &mut body, &mut tokens, &mut self.envelope, self.keys)?;
        }
        let bytes = written(format, &body, &mut self.envelope, self.keys);
        drop((body, tokens));
        reopened(FileType::Text(format), bytes, self.key.copy(), &plain)
    }

    /// The tokens of `draft` by leaf: a leaf whose path and text are those of an origin's keeps its ciphertext, one that
    /// changed keeps its id. Links are as they were, or zeros.
    pub(super) fn tokens(&self, draft: &Draft, random: &mut dyn Random) -> Result<Vec<Option<Token>>> {
        self.matched(draft, &HashSet::new(), random)
    }

    /// [`Composition::tokens`], where the `stale` ciphertexts are encrypted anew.
    fn matched(
        &self,
        draft: &Draft,
        stale: &HashSet<&[u8]>,
        random: &mut dyn Random,
    ) -> Result<Vec<Option<Token>>> {
        let leaves = draft.document.leaves();
        let new_entries = entries(&draft.document, std::iter::repeat(None));
        let mut matches = Vec::with_capacity(self.origins.len());
        let mut ids = Ids::default();
        for origin in self.origins {
            let Body::Text { document, tokens, .. } = &origin.file.body else { continue };
            tokens.iter().flatten().for_each(|token| ids.keep(&token.id()));
            let old_entries = entries(document, origin.texts()?.iter().map(Option::as_deref));
            matches.push(Origin {
                file: origin,
                document,
                tokens,
                matches: match_leaves(&old_entries, &new_entries),
            });
        }
        drop(new_entries);
        let mut indents = Indents::default();
        let mut indent_of = Vec::with_capacity(leaves.len());
        for (leaf, &is_secret) in leaves.iter().zip(&draft.secret) {
            let indent = is_secret.then(|| indents.of(draft.format, &draft.document, leaf)).transpose()?;
            indent_of.push(indent.flatten());
        }
        let mut used = HashSet::new();
        let mut kept: Vec<Option<Token>> = vec![None; leaves.len()];
        for (at, &is_secret) in draft.secret.iter().enumerate() {
            let found = matches.iter().filter(|_| is_secret).find_map(|origin| {
                let value = origin.value(at, indent_of[at], draft, self.keys);
                value.filter(|token| !used.contains(&token.id()) && !stale.contains(name_of(token)))
            });
            kept[at] = found.inspect(|token| {
                used.insert(token.id());
            });
        }
        let mut paths = Paths::default();
        for (at, (leaf, &is_secret)) in leaves.iter().zip(&draft.secret).enumerate() {
            if !is_secret || kept[at].is_some() {
                continue;
            }
            let old = matches.iter().find_map(|origin| {
                origin
                    .token(at)
                    .filter(|token| origin.is_same_file(&self.envelope) && !used.contains(&token.id()))
            });
            let id = match old {
                Some(token) => token.id(),
                None => ids.draw(random)?,
            };
            used.insert(id);
            let (path, _) = paths.of(&draft.document, leaf);
            kept[at] = Some(encrypt_leaf(self.keys, random, id, &draft.document, leaf, indent_of[at], path)?);
        }
        Ok(kept)
    }

    /// The ciphertexts that must not come back as they were (section 11 of the format): those of no parent, and those of the
    /// base that a parent changed or removed. A value that returns to such a state is encrypted anew.
    fn stale(&self) -> HashSet<&[u8]> {
        let Parents::Known(parents) = self.parents else { return HashSet::new() };
        let by_parent: Vec<_> = parents.iter().map(|parent| names_of(&[parent])).collect();
        let in_base = names_of(self.base.as_slice());
        let is_stale = |name: &&[u8]| {
            let count = by_parent.iter().filter(|names| names.contains(name)).count();
            count == 0 || (count < by_parent.len() && in_base.contains(name))
        };
        names_of(self.origins).into_iter().filter(is_stale).collect()
    }

    /// Whether a link or the end is that of the base though a parent changed it.
    fn goes_back(&self, tokens: &[Option<Token>]) -> bool {
        let (Some(base), Parents::Known(parents)) = (self.base, self.parents) else { return false };
        let links = |file: &OpenFile| -> HashMap<TokenId, Tag> {
            file.file.tokens().iter().flatten().map(|token| (token.id(), token.link)).collect()
        };
        let (in_base, by_parent) = (links(base), parents.iter().map(|parent| links(parent)));
        let by_parent: Vec<_> = by_parent.collect();
        let is_old = |token: &Token| {
            in_base.get(&token.id()) == Some(&token.link)
                && by_parent.iter().any(|links| links.get(&token.id()) != Some(&token.link))
        };
        let end = self.envelope.end;
        let is_old_end =
            base.file.envelope.end == end && parents.iter().any(|parent| parent.file.envelope.end != end);
        is_old_end || tokens.iter().flatten().any(is_old)
    }

    /// The epoch of the parents, when they have the same one under the same data key and what they share with the new
    /// version stands in the same order in it.
    fn kept_epoch(&self, body: &Document, tokens: &[Option<Token>]) -> Option<Epoch> {
        let Parents::Known(parents) = self.parents else { return None };
        let epoch = parents.first()?.file.envelope.epoch;
        let new_ids = token_ids(tokens);
        let is_kept = parents.iter().all(|parent| {
            let envelope = &parent.file.envelope;
            let Body::Text { document, tokens: old_tokens, .. } = &parent.file.body else { return false };
            let old_ids = token_ids(old_tokens);
            envelope.epoch == epoch
                && envelope.commit == self.envelope.commit
                && is_same_order(
                    &Version { document, ids: &old_ids },
                    &Version { document: body, ids: &new_ids },
                    self.envelope.cover,
                )
        });
        // A token that was taken over, and that no parent has: where it stood is not known.
        let known = ids_of(parents);
        let taken = ids_of(self.origins);
        let is_known = |id: &TokenId| known.contains(id) || !taken.contains(id);
        (is_kept && tokens.iter().flatten().all(|token| is_known(&token.id()))).then_some(epoch)
    }

    /// Whether a tag of the new version that no parent has stands in a version before them.
    fn is_undone(&self, tokens: &[Option<Token>]) -> Result<bool> {
        let Parents::Known(parents) = self.parents else { return Ok(false) };
        let mut known: HashSet<Tag> = HashSet::new();
        let mut values = HashSet::new();
        for parent in parents {
            known.insert(parent.file.envelope.end);
            for token in parent.file.tokens().iter().flatten() {
                known.insert(token.link);
                values.insert(name_of(token));
            }
        }
        // The link of a new ciphertext is as new as that is.
        let links =
            tokens.iter().flatten().filter(|token| values.contains(name_of(token))).map(|token| token.link);
        let tags: Vec<_> = links.chain([self.envelope.end]).filter(|tag| !known.contains(tag)).collect();
        if tags.is_empty() { Ok(false) } else { self.past.holds(&tags) }
    }
}

/// An older version, and what became of its leaves.
struct Origin<'a> {
    file: &'a OpenFile,
    document: &'a Document,
    tokens: &'a [Option<Token>],
    /// By leaf of the new version.
    matches: Vec<Match>,
}

impl Origin<'_> {
    fn is_same_file(&self, envelope: &Envelope) -> bool {
        self.file.file.envelope.file_id == envelope.file_id
    }

    /// The token that the new leaf `at` continues.
    fn token(&self, at: usize) -> Option<&Token> {
        match self.matches[at] {
            Match::Same(from) | Match::Changed(from) => self.tokens[from].as_ref(),
            Match::New => None,
        }
    }

    /// The token whose ciphertext the new leaf `at` can keep as it is.
    fn value(&self, at: usize, indent: Option<u16>, draft: &Draft, keys: &Keys) -> Option<Token> {
        let Match::Same(from) = self.matches[at] else { return None };
        let token = self.tokens[from].as_ref()?;
        let envelope = &self.file.file.envelope;
        // What stands on several lines is restored by its line's indentation, and is the same only under that.
        let is_in_place = || {
            indent.is_none()
                || !draft.format.is_indented()
                || indent.map(usize::from) == Some(indentation(self.document.source(), self.leaf(from).span))
        };
        (keys.commit() == envelope.commit && is_in_place()).then(|| token.clone())
    }

    fn leaf(&self, at: usize) -> &Leaf {
        &self.document.leaves()[at]
    }
}

/// Id and nonce of `token`: they name its ciphertext.
fn name_of(token: &Token) -> &[u8] {
    token.value.get(3..33).unwrap_or_default()
}

fn names_of<'f>(files: &[&'f OpenFile]) -> HashSet<&'f [u8]> {
    files.iter().flat_map(|file| file.file.tokens()).flatten().map(name_of).collect()
}

fn ids_of(files: &[&OpenFile]) -> HashSet<TokenId> {
    files.iter().flat_map(|file| file.file.tokens()).flatten().map(Token::id).collect()
}

fn token_ids(tokens: &[Option<Token>]) -> Vec<Option<[u8; 6]>> {
    tokens.iter().map(|token| token.as_ref().map(|token| token.id().0)).collect()
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
