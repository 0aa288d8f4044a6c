//! Files that do not verify as a whole, looked at token by token: with the marks of a conflict in them, or not sealed
//! since they were merged.
//!
//! A value that opens is what a holder of the key once sealed for this path of this file. Nothing else of such a file
//! is authenticated: neither its plain parts nor which of its values stand beside each other.

use std::collections::BTreeMap;

use super::decrypt::{Places, opened};
use super::masked::{of_token, place, shown};
use super::{Body, DataKeys, EncryptedFile, read};
use crate::crypto::{Keys, Label, Token};
use crate::document::{Document, LeafId, Span};
use crate::envelope::{Envelope, Layout};
use crate::error::{Error, Result};
use crate::format::{self, Format};
use crate::merge::marks::{Conflict, Marked, Piece, Side, part, taken};
use crate::policy::Policy;

/// A text that may hold conflicts: its pieces, and each version of it that can be read.
pub struct Loose {
    /// `None` for a text without marks.
    marked: Option<Marked>,
    pieces: Vec<Piece>,
    versions: Vec<Version>,
}

/// One version of the text: what is left when one side of every conflict is taken.
pub struct Version {
    side: Side,
    /// Read without looking at which key its tokens belong to, nor at their ids.
    file: EncryptedFile,
    /// By leaf; `None` where there is no token, or it was not opened.
    values: Vec<Option<Opened>>,
    /// The keys of this version's metadata, once they were unwrapped.
    keys: Option<Keys>,
    /// Where the part of each piece begins in the text.
    starts: Vec<usize>,
}

/// A token that was opened.
struct Opened {
    text: String,
    label: Label,
}

/// What stands in the place of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Its value where it could be opened, else its label.
    Values,
    /// A label: of the value where it could be opened, else of the ciphertext.
    Labels,
}

impl Loose {
    /// Reads `bytes`, a text of `format` with or without marks.
    ///
    /// # Errors
    /// What is wrong with our version when no version can be read: [`Error::NotEncrypted`], `syntax`, `limit`,
    /// `metadata`, `version`.
    pub fn read(format: &'static dyn Format, bytes: Vec<u8>) -> Result<Self> {
        let marked = std::str::from_utf8(&bytes).ok().and_then(Marked::read);
        let Some(marked) = marked else {
            let version = Version::read(format, Side::Ours, bytes, vec![0])?;
            let pieces = vec![Piece::Text(version.source().to_owned())];
            return Ok(Self { marked: None, pieces, versions: vec![version] });
        };
        let pieces = marked.pieces.clone();
        let has_base =
            pieces.iter().any(|piece| matches!(piece, Piece::Conflict(Conflict { base: Some(_), .. })));
        let (mut versions, mut first) = (Vec::new(), None);
        for side in [Side::Ours, Side::Theirs, Side::Base] {
            if side == Side::Base && !has_base {
                continue;
            }
            let starts = starts(&pieces, side);
            match Version::read(format, side, taken(&pieces, side).into_bytes(), starts) {
                Ok(version) => versions.push(version),
                Err(error) => first = first.or(Some(error)),
            }
        }
        if versions.is_empty() {
            return Err(first.unwrap_or(Error::NotEncrypted));
        }
        Ok(Self { marked: Some(marked), pieces, versions })
    }

    /// Unwraps the data keys that the versions name and opens every token that one of them opens.
    ///
    /// # Errors
    /// As [`DataKeys::of`], when not one data key could be unwrapped; then nothing is opened.
    pub fn unlock(&mut self, keys: &DataKeys<'_>) -> Result<()> {
        let mut first = None;
        for version in &mut self.versions {
            match keys.of(&version.file) {
                Ok(key) => version.keys = Some(Keys::derive(&key, &version.file.envelope.file_id)),
                Err(error) => first = first.or(Some(error)),
            }
        }
        let known: Vec<&Keys> = self.versions.iter().filter_map(|version| version.keys.as_ref()).collect();
        if let (true, Some(error)) = (known.is_empty(), first) {
            return Err(error);
        }
        let values: Vec<_> = self.versions.iter().map(|version| version.open_all(&known)).collect();
        for (version, values) in self.versions.iter_mut().zip(values) {
            version.values = values;
        }
        Ok(())
    }

    /// The versions that can be read, ours first; at least one.
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }

    /// The version of `side`, when it can be read.
    pub fn version(&self, side: Side) -> Option<&Version> {
        self.versions.iter().find(|version| version.side == side)
    }

    /// The text with its marks, as it was read; `None` when it has none.
    pub fn marked(&self) -> Option<&Marked> {
        self.marked.as_ref()
    }

    /// The text without its metadata, marks kept, tokens replaced. A conflict that lay in the metadata alone is gone.
    pub fn text(&self, shown: Shown) -> String {
        self.text_with(|version, leaf| version.replacement(leaf, shown))
    }

    /// As [`Loose::text`], with what `replacement` says of each token: where in its leaf, and what. It is asked for the
    /// version that opened the token, or the first that holds it.
    fn text_with(&self, mut replacement: impl FnMut(&Version, LeafId) -> (Span, String)) -> String {
        let mut parts = self.parts();
        let mut changed = |at: usize, side: Option<Side>, text: &str| {
            let edits = std::mem::take(&mut parts[at][slot(side)]);
            let mut out = String::with_capacity(text.len());
            let mut done = 0;
            for (start, edit) in edits {
                let (start, end, new) = match edit {
                    Edit::Cut { end } => (start, end, String::new()),
                    Edit::Token { version, leaf, shift } => {
                        let (span, new) = replacement(&self.versions[version], leaf);
                        (span.start as usize - shift, span.end as usize - shift, new)
                    }
                };
                if start >= done && end <= text.len() {
                    out.push_str(&text[done..start]);
                    out.push_str(&new);
                    done = end;
                }
            }
            out.push_str(&text[done..]);
            if side.is_some_and(|side| self.version(side).is_none()) { masked_by_sight(&out) } else { out }
        };
        let mut change = |at: usize, piece: &Piece| match piece {
            Piece::Text(text) => Some(Piece::Text(changed(at, None, text))),
            Piece::Conflict(conflict) => {
                let Conflict { base, ours, theirs } = conflict;
                let conflict = Conflict {
                    base: base.as_ref().map(|base| changed(at, Some(Side::Base), base)),
                    ours: changed(at, Some(Side::Ours), ours),
                    theirs: changed(at, Some(Side::Theirs), theirs),
                };
                let is_gone = conflict.base.as_deref().unwrap_or_default().is_empty()
                    && conflict.ours.is_empty()
                    && conflict.theirs.is_empty();
                (!is_gone).then_some(Piece::Conflict(conflict))
            }
        };
        match &self.marked {
            Some(marked) => {
                let shown = marked.map(change);
                shown.write(&shown.pieces)
            }
            None => {
                let pieces: Vec<_> =
                    self.pieces.iter().enumerate().filter_map(|(at, piece)| change(at, piece)).collect();
                taken(&pieces, Side::Ours)
            }
        }
    }

    /// What is to be changed in each part of each piece, by place.
    fn parts(&self) -> Vec<[BTreeMap<usize, Edit>; 4]> {
        let mut parts: Vec<[BTreeMap<usize, Edit>; 4]> = Vec::new();
        parts.resize_with(self.pieces.len(), Default::default);
        for (number, version) in self.versions.iter().enumerate() {
            let slot_of = |at: usize| match self.pieces[at] {
                Piece::Text(_) => slot(None),
                Piece::Conflict(_) => slot(Some(version.side)),
            };
            for (leaf, token) in version.document().leaf_ids().zip(version.file.tokens()) {
                if token.is_none() {
                    continue;
                }
                let start = version.document().leaf(leaf).span.start as usize;
                let at = version.piece_at(start);
                let shift = version.starts[at];
                let edits = &mut parts[at][slot_of(at)];
                let is_better = version.value(leaf).is_some()
                    && matches!(edits.get(&(start - shift)), Some(Edit::Token { version, leaf, .. })
                        if self.versions[*version].value(*leaf).is_none());
                if is_better || !edits.contains_key(&(start - shift)) {
                    edits.insert(start - shift, Edit::Token { version: number, leaf, shift });
                }
            }
            let Some(block) = &version.document().block else { continue };
            let (from, mut to) = (block.span.start as usize, block.span.end as usize);
            for at in version.piece_at(from)..self.pieces.len() {
                let shift = version.starts[at];
                let end = shift + part(&self.pieces[at], version.side).len();
                if shift >= to {
                    break;
                }
                let mut last = to.min(end);
                // A block that begins on the last line of a conflict (JSON): that line stays a line, and the one that the
                // block ends on goes instead.
                if matches!(self.pieces[at], Piece::Conflict(_)) && from > shift && to > end {
                    let ending = |text: &str| match text {
                        text if text.ends_with("\r\n") => 2,
                        text => usize::from(text.ends_with('\n')),
                    };
                    last = end - ending(part(&self.pieces[at], version.side));
                    let rest = &version.source()[to..];
                    to += rest.find('\n').filter(|at| rest[..*at].trim().is_empty()).map_or(0, |at| at + 1);
                }
                // What all versions share is cut as the first version says.
                if slot_of(at) == slot(None) && number > 0 {
                    continue;
                }
                let cut = Edit::Cut { end: last - shift };
                parts[at][slot_of(at)].insert(from.max(shift) - shift, cut);
            }
        }
        parts
    }
}

/// A change in a part of a piece.
enum Edit {
    /// A piece of the metadata, up to `end`.
    Cut { end: usize },
    /// The token of a leaf in a version, whose spans count from `shift` bytes before the part.
    Token { version: usize, leaf: LeafId, shift: usize },
}

/// Which of a piece's parts is meant: that of a side, or the text that all versions share.
fn slot(side: Option<Side>) -> usize {
    match side {
        None => 0,
        Some(Side::Ours) => 1,
        Some(Side::Theirs) => 2,
        Some(Side::Base) => 3,
    }
}

/// Where the part of each of `pieces` begins when `side` is taken.
fn starts(pieces: &[Piece], side: Side) -> Vec<usize> {
    let mut at = 0;
    let mut starts = Vec::with_capacity(pieces.len());
    for piece in pieces {
        starts.push(at);
        at += part(piece, side).len();
    }
    starts
}

impl Version {
    /// Reads the text of one version: its syntax and metadata are checked, its tokens need not be its own.
    fn read(format: &'static dyn Format, side: Side, bytes: Vec<u8>, starts: Vec<usize>) -> Result<Self> {
        let document = format::parse(format, bytes)?;
        let block = document.block.as_ref().ok_or(Error::NotEncrypted)?;
        let envelope = Envelope::read(&block.fields, Some(block.at), Layout::Text)?;
        let policy = Policy::read(&envelope.policy)?;
        let tokens = document.leaves().iter().map(|leaf| read::token(format, &document, leaf)).collect();
        let file = EncryptedFile { envelope, policy, body: Body::Text { format, document, tokens } };
        Ok(Self { side, file, values: Vec::new(), keys: None, starts })
    }

    /// The side that is taken of every conflict.
    pub fn side(&self) -> Side {
        self.side
    }

    /// The document, tokens in it.
    pub fn document(&self) -> &Document {
        self.file.document().expect("a version is a text")
    }

    fn source(&self) -> &str {
        self.document().source()
    }

    /// The metadata as this version states them.
    pub fn envelope(&self) -> &Envelope {
        &self.file.envelope
    }

    /// The version as a file, whose tokens may be another's, or stand in it twice.
    pub fn file(&self) -> &EncryptedFile {
        &self.file
    }

    /// Whether the metadata are as they were sealed; `None` when their data key was not unwrapped.
    pub fn has_valid_head(&self) -> Option<bool> {
        self.keys.as_ref().map(|keys| self.file.envelope.has_valid_head(keys))
    }

    /// The source text of the value at `leaf`, when it is a token and was opened.
    pub fn value(&self, leaf: LeafId) -> Option<&str> {
        self.opened(leaf).map(|opened| opened.text.as_str())
    }

    /// The label of the token at `leaf`: of its value when it was opened, else of its ciphertext.
    pub fn label(&self, leaf: LeafId) -> Option<Label> {
        let token = self.file.tokens().get(leaf.index())?.as_ref()?;
        Some(self.opened(leaf).map_or_else(|| of_token(token), |opened| opened.label))
    }

    /// How many tokens there are, and how many of them were opened.
    pub fn count(&self) -> (usize, usize) {
        (self.file.secrets(), self.values.iter().flatten().count())
    }

    fn opened(&self, leaf: LeafId) -> Option<&Opened> {
        self.values.get(leaf.index())?.as_ref()
    }

    /// What stands in the place of the token at `leaf`.
    fn replacement(&self, leaf: LeafId, how: Shown) -> (Span, String) {
        let at = self.document().leaf(leaf);
        match (self.opened(leaf), how, self.label(leaf)) {
            (Some(opened), Shown::Values, _) => (at.span, opened.text.clone()),
            (_, _, Some(label)) => (place(self.document(), at), shown(label)),
            (_, _, None) => (at.span, self.document().src(at.span).to_owned()),
        }
    }

    fn piece_at(&self, at: usize) -> usize {
        self.starts.partition_point(|&start| start <= at).saturating_sub(1)
    }

    /// Opens every token with whichever of `known` fits it.
    fn open_all(&self, known: &[&Keys]) -> Vec<Option<Opened>> {
        let Body::Text { format, document, tokens } = &self.file.body else { return Vec::new() };
        let mut places = Places::default();
        let mut open = |leaf, token: &Token| {
            let fitting =
                self.keys.iter().chain(known.iter().copied()).filter(|keys| keys.kid() == token.kid());
            fitting.into_iter().find_map(|keys| {
                let text = opened(keys, *format, document, leaf, token, &mut places).ok()?;
                let (path, _) = places.paths.of(document, leaf);
                let label = Label::of_text(keys, token.id(), path, text.as_bytes());
                Some(Opened { text, label })
            })
        };
        document.leaves().iter().zip(tokens).map(|(leaf, token)| open(leaf, token.as_ref()?)).collect()
    }
}

/// `text`, which cannot be parsed, with a label for everything in it that is a token by its look.
fn masked_by_sight(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for (at, token) in Token::find_all(text) {
        out.push_str(&text[end..at.start]);
        out.push_str(&shown(of_token(&token)));
        end = at.end;
    }
    out.push_str(&text[end..]);
    out
}
