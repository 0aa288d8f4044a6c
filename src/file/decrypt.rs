//! From a verified file to its plain text.

use super::links::Paths;
use super::{Body, FileType, OpenFile, PlainFile, Texts};
use crate::crypto::{self, Eof, Keys, LeafKind, OpenError, Plain, Token, open_payload};
use crate::document::{Document, Event, KeyPath, Leaf, LeafId, Span, Style, position, splice};
use crate::error::{Class, Error, Result};
use crate::format::Format;

impl OpenFile {
    /// The plain text, to the byte as it was sealed.
    ///
    /// # Errors
    /// `value` or `token` when a value does not open, or would not lie in the text as it lay when it was sealed.
    pub fn plain(&self) -> Result<Vec<u8>> {
        match &self.file.body {
            Body::Binary { payload } => self.payload(payload),
            Body::Text { format, document, .. } => {
                let texts = self.texts()?;
                let restored = verify_restored(*format, document, texts, restore(document, texts))?;
                Ok(ended(restored.into_source(), self.file.envelope.eof).into_bytes())
            }
        }
    }

    /// The plain text with its paths.
    ///
    /// # Errors
    /// As [`OpenFile::plain`]; [`Error::Usage`] for a binary file, which has no paths.
    pub fn plain_file(&self) -> Result<PlainFile> {
        let Body::Text { format, document, .. } = &self.file.body else {
            return PlainFile::parse(FileType::Binary, Vec::new());
        };
        Ok(PlainFile::of(*format, self.restored(*format, document, self.texts()?)?))
    }

    /// The text with its paths, in which only what is at `path` and below is decrypted; the rest stays tokens.
    ///
    /// # Errors
    /// As [`OpenFile::plain_file`].
    pub fn plain_file_at(&self, path: &KeyPath) -> Result<PlainFile> {
        let Body::Text { format, document, .. } = &self.file.body else {
            return PlainFile::parse(FileType::Binary, Vec::new());
        };
        let meant: Vec<_> = document.roots().filter_map(|root| document.find(root, path)).collect();
        let texts = self.texts_of(&|leaf| document.is_below(leaf.node, &meant))?;
        Ok(PlainFile::of(*format, self.restored(*format, document, &texts)?))
    }

    fn restored(
        &self,
        format: &dyn Format,
        document: &Document,
        texts: &[Option<String>],
    ) -> Result<Document> {
        let restored = verify_restored(format, document, texts, restore(document, texts))?;
        match self.file.envelope.eof {
            Eof::Kept => Ok(restored),
            Eof::Added => format.parse(ended(restored.into_source(), Eof::Added)),
        }
    }

    pub(super) fn payload(&self, payload: &[u8]) -> Result<Vec<u8>> {
        let envelope = &self.file.envelope;
        open_payload(&self.keys, &envelope.epoch, envelope.scope_text(), payload)
            .map_err(|_| Error::refused(Class::Value, None, "the content is not as it was sealed"))
    }

    /// The source text of each leaf as it stands in the plain text, by leaf; `None` where the leaf is no token. They are
    /// decrypted once.
    pub(super) fn texts(&self) -> Result<&[Option<String>]> {
        if let Some(texts) = self.texts.get() {
            return Ok(texts);
        }
        let texts = self.texts_of(&|_| true)?;
        Ok(self.texts.get_or_init(|| texts))
    }

    /// As [`OpenFile::texts`], of the leaves that are wanted.
    fn texts_of(&self, is_wanted: &dyn Fn(&Leaf) -> bool) -> Result<Texts> {
        let Body::Text { format, document, tokens } = &self.file.body else { return Ok(Vec::new()) };
        let mut places = Places::default();
        let mut texts = Vec::with_capacity(tokens.len());
        for (leaf, token) in document.leaves().iter().zip(tokens) {
            texts.push(match token.as_ref().filter(|_| is_wanted(leaf)) {
                None => None,
                Some(token) => Some(opened(&self.keys, *format, document, leaf, token, &mut places)?),
            });
        }
        Ok(texts)
    }

    /// The source text of one leaf as it stands in the plain text, decrypting nothing else.
    ///
    /// # Errors
    /// As [`OpenFile::plain`].
    pub fn leaf_source(&self, id: LeafId) -> Result<String> {
        let Body::Text { format, document, tokens } = &self.file.body else {
            return Err(Error::Internal { what: "a binary file has no leaves".to_owned() });
        };
        let leaf = document.leaf(id);
        match &tokens[id.index()] {
            None => Ok(document.src(leaf.span).to_owned()),
            Some(token) => opened(&self.keys, *format, document, leaf, token, &mut Places::default()),
        }
    }
}

/// The source text that `token`, the token of `leaf`, stands for, as it stands in the plain text.
///
/// # Errors
/// `value` when it does not open under `keys` there; `token` when what was sealed is not what a writer makes.
pub(super) fn opened(
    keys: &Keys,
    format: &dyn Format,
    document: &Document,
    leaf: &Leaf,
    token: &Token,
    places: &mut Places,
) -> Result<String> {
    let refuse = |class, what: &str| {
        let at = position(document.source().as_bytes(), leaf.span.start as usize);
        Error::refused(class, Some(at), format!("'{}' {what}", document.path_of(leaf.node)))
    };
    let (path, _) = places.paths.of(document, leaf);
    let plain = crypto::open(keys, &token.value, path).map_err(|error| match error {
        OpenError::Value => refuse(Class::Value, "is not as it was sealed"),
        OpenError::Token => refuse(Class::Token, "holds a value that no writer makes"),
    })?;
    if (plain.kind == LeafKind::Comment) != (leaf.style == Style::Comment) {
        return Err(refuse(Class::Token, "holds a comment for a value, or the other way round"));
    }
    let Plain { indent, src, .. } = plain;
    match indent {
        Some(from) if format.is_indented() => {
            let to = places.indentation(document.source(), leaf.span);
            reindent(&src, usize::from(from), to)
                .ok_or_else(|| refuse(Class::Token, "holds lines that do not fit this indentation"))
        }
        _ => Ok(src),
    }
}

/// Where the leaves of a document lie, asked for in document order: what neighbours share is found once.
#[derive(Default)]
pub(super) struct Places {
    pub(super) paths: Paths,
    seen: usize,
    indentation: Option<usize>,
}

impl Places {
    /// The number of spaces at the start of the line on which `span` begins.
    fn indentation(&mut self, source: &str, span: Span) -> usize {
        let start = span.start as usize;
        let is_same_line =
            !source.as_bytes()[self.seen.min(start)..start].contains(&b'\n') && self.seen <= start;
        let indentation = match self.indentation.filter(|_| is_same_line) {
            Some(known) => known,
            None => indentation(source, span),
        };
        (self.seen, self.indentation) = (start, Some(indentation));
        indentation
    }
}

/// The body with its tokens replaced; it still ends in the line break that the writer may have added, as it did when its
/// events were taken: a plain block scalar of YAML reads otherwise without it.
fn restore(document: &Document, texts: &[Option<String>]) -> String {
    let changes =
        document.leaves().iter().zip(texts).filter_map(|(leaf, text)| Some((leaf.span, text.as_deref()?)));
    let cut = document.block.as_ref().map(|block| (block.span, ""));
    splice(document.source(), changes.chain(cut))
}

/// `text` without the line break that the writer added.
pub(super) fn ended(mut text: String, eof: Eof) -> String {
    if eof == Eof::Added {
        text.pop();
        if text.ends_with('\r') {
            text.pop();
        }
    }
    text
}

/// Parses the restored text again: the structure must be that of the sealed one, and every leaf must lie exactly where
/// its text was put, so that nothing around a token can become part of a value.
fn verify_restored(
    format: &dyn Format,
    sealed: &Document,
    texts: &[Option<String>],
    restored: String,
) -> Result<Document> {
    let plain = match format.parse(restored) {
        Ok(plain) if plain.block.is_none() => plain,
        _ => return Err(Error::refused(Class::Token, None, "the decrypted text is not valid in its format")),
    };
    let refuse = |leaf: Option<&Leaf>| {
        let at = leaf.map(|leaf| position(sealed.source().as_bytes(), leaf.span.start as usize));
        let shown = leaf.map_or_else(|| ".".to_owned(), |leaf| sealed.path_of(leaf.node));
        let what = format!("'{shown}' would run into the text around it");
        Err(Error::refused(Class::Token, at, what))
    };
    let mut shift = 0i64;
    for (at, leaf) in sealed.leaves().iter().enumerate() {
        let start = i64::from(leaf.span.start) + shift;
        let length = texts[at].as_ref().map_or(leaf.span.len(), String::len);
        shift += length as i64 - leaf.span.len() as i64;
        let fits = plain.leaves().get(at).is_some_and(|found| {
            i64::from(found.span.start) == start
                && found.span.len() == length
                && (found.style == Style::Comment) == (leaf.style == Style::Comment)
        });
        if !fits {
            return refuse(Some(leaf));
        }
    }
    if plain.leaves().len() != sealed.leaves().len() || !is_same_structure(sealed, texts, &plain) {
        return refuse(None);
    }
    Ok(plain)
}

/// Whether both documents have the same events, apart from the content of the leaves in `texts`.
fn is_same_structure(sealed: &Document, texts: &[Option<String>], plain: &Document) -> bool {
    let same = |a, b| sealed.bytes(a) == plain.bytes(b);
    let is_same = |pair: (&Event, &Event)| match pair {
        (Event::Leaf(a), Event::Leaf(b)) => {
            let (from, to) = (sealed.leaf(*a), plain.leaf(*b));
            a == b
                && (texts[a.index()].is_some() || (from.style == to.style && same(from.content, to.content)))
        }
        (Event::Key { text: a, plain: p }, Event::Key { text: b, plain: q }) => p == q && same(*a, *b),
        (Event::Tag(a), Event::Tag(b))
        | (Event::Anchor(a), Event::Anchor(b))
        | (Event::Alias(a), Event::Alias(b))
        | (Event::Directive(a), Event::Directive(b)) => same(*a, *b),
        (a, b) => a == b,
    };
    sealed.events().len() == plain.events().len() && sealed.events().iter().zip(plain.events()).all(is_same)
}

/// The number of spaces at the start of the line on which `span` begins.
pub(super) fn indentation(source: &str, span: Span) -> usize {
    let before = &source.as_bytes()[..span.start as usize];
    let line = before.iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
    source.as_bytes()[line..].iter().take_while(|&&b| b == b' ').count()
}

/// `src` with every line after the first that is not blank shifted from indentation `from` to `to`; `None` when a line
/// has too few spaces to remove.
pub fn reindent(src: &str, from: usize, to: usize) -> Option<String> {
    if from == to {
        return Some(src.to_owned());
    }
    let mut out = String::with_capacity(src.len());
    for (number, line) in src.split_inclusive('\n').enumerate() {
        let is_blank = line.bytes().all(|b| matches!(b, b' ' | b'\t' | b'\r' | b'\n'));
        if number == 0 || is_blank {
            out.push_str(line);
        } else if to >= from {
            out.extend(std::iter::repeat_n(' ', to - from));
            out.push_str(line);
        } else {
            let spaces = line.bytes().take_while(|&b| b == b' ').count();
            if spaces < from - to {
                return None;
            }
            out.push_str(&line[from - to..]);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_move_with_their_indentation() {
        assert_eq!(reindent("|\n  a\n\n  b", 0, 2).as_deref(), Some("|\n    a\n\n    b"));
        assert_eq!(reindent("|\n    a\n\n    b", 2, 0).as_deref(), Some("|\n  a\n\n  b"));
        assert_eq!(reindent("|\n a", 4, 0), None);
    }
}
