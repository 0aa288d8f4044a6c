//! What the line formats (dotenv, INI) share: physical lines, and the metadata block as comment lines at the end.

use super::{Format, line_break};
use crate::document::{Document, Field, Leaf, Span, Style, Value, position};
use crate::error::{Class, Error, Result};

/// The byte order mark, U+FEFF in UTF-8.
pub(super) const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Where the first line of `source` begins: behind a byte order mark.
pub(super) fn first_line(source: &str) -> usize {
    if source.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 }
}

/// Whether `byte` is a blank: space or tab.
pub(super) fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// `text` without blanks around it.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// `[start, end)` of `text` without the blanks around it; empty at `start` when there is nothing else.
pub(super) fn trim_span(text: &[u8], start: usize, end: usize) -> Span {
    let inside = text.get(start..end).unwrap_or_default();
    match inside.iter().position(|&b| !is_blank(b)) {
        None => Span::new(start, start),
        Some(first) => {
            let last = inside.iter().rposition(|&b| !is_blank(b)).unwrap_or(first);
            Span::new(start + first, start + last + 1)
        }
    }
}

/// Where the blanks from `at` on end.
pub(super) fn skip_blanks(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default();
    at + rest.iter().position(|&b| !is_blank(b)).unwrap_or(rest.len())
}

/// One physical line.
#[derive(Clone, Copy)]
pub(super) struct Line {
    /// Its first byte.
    pub(super) start: usize,
    /// Its first byte that is no blank; `end` when there is none.
    pub(super) text: usize,
    /// Before its line break (LF or CR LF).
    pub(super) end: usize,
    /// The first byte of the next line.
    pub(super) next: usize,
}

impl Line {
    /// The line of `text` that begins at `start`.
    pub(super) fn at(text: &[u8], start: usize) -> Self {
        let rest = text.get(start..).unwrap_or_default();
        let (end, next) = match rest.iter().position(|&b| b == b'\n') {
            None => (text.len(), text.len()),
            Some(at) if at > 0 && rest[at - 1] == b'\r' => (start + at - 1, start + at + 1),
            Some(at) => (start + at, start + at + 1),
        };
        Self { start, text: skip_blanks(text, start).min(end), end, next }
    }

    /// The line with `text` sought anew from `start` on.
    pub(super) fn after_blanks(self, text: &[u8]) -> Self {
        Self { text: skip_blanks(text, self.start).min(self.end), ..self }
    }

    /// Its number of blanks before the text.
    pub(super) fn indent(self) -> usize {
        self.text - self.start
    }
}

/// Where the line begins that holds byte `at`, byte order mark aside.
pub(super) fn line_start(source: &str, at: usize) -> usize {
    let before = source.as_bytes().get(..at).unwrap_or_default();
    before.iter().rposition(|&b| b == b'\n').map_or(first_line(source).min(at), |at| at + 1)
}

/// `source` with `lines` (no line break at their end) as lines of their own before byte `at`, where a line begins or the
/// text ends.
pub(super) fn insert_lines(source: &str, at: usize, lines: &str) -> String {
    let (before, after) = source.split_at(at);
    let eol = line_break(source);
    if before.is_empty() || before.ends_with('\n') || before == BYTE_ORDER_MARK {
        format!("{before}{lines}{eol}{after}")
    } else {
        format!("{before}{eol}{lines}{after}")
    }
}

/// `source` without its lines from the one that holds byte `first` to the one that holds `last`.
pub(super) fn remove_lines(source: &str, first: usize, last: usize) -> String {
    let end = Line::at(source.as_bytes(), last).next;
    format!("{}{}", &source[..line_start(source, first)], &source[end..])
}

/// How a format writes a metadata line: `prefix name sign value`.
pub(super) struct BlockLines {
    /// What a metadata line begins with.
    pub(super) prefix: &'static str,
    /// What stands between name and value.
    pub(super) sign: &'static str,
}

/// A metadata block that was found: the last lines of the text, from `start` to its end.
pub(super) struct Found {
    /// The first byte of its first line.
    pub(super) start: usize,
    /// Its fields in order.
    pub(super) fields: Vec<Field>,
}

impl BlockLines {
    /// The block of `source`, if it has one. Lines count as they stand: one inside a quoted or continued value is a
    /// metadata line, too, so that no value can swallow the block.
    ///
    /// # Errors
    /// `metadata` when a metadata line stands elsewhere than among the last lines, or is malformed; `version` when one is
    /// malformed in a block of another version.
    pub(super) fn find(&self, source: &str) -> Result<Option<Found>> {
        let text = source.as_bytes();
        let refuse = |class, at, what: String| Err(Error::refused(class, Some(position(text, at)), what));
        let (mut at, mut found, mut malformed) = (first_line(source), None::<Found>, None);
        while at < text.len() {
            let line = Line::at(text, at);
            if let Some(rest) = source[at..line.end].strip_prefix(self.prefix) {
                let found = found.get_or_insert(Found { start: at, fields: Vec::new() });
                match self.field(rest) {
                    Some(field) => found.fields.push(field),
                    None => malformed = malformed.or(Some(at)),
                }
            } else if let Some(found) = found {
                let what = format!("a line '{}…' with something else behind it", self.prefix);
                return refuse(Class::Metadata, found.start, what);
            }
            at = line.next;
        }
        if let (Some(at), Some(found)) = (malformed, &found) {
            let is_newer = found.fields.iter().any(|field| field.name == "v" && field.value != "1");
            let class = if is_newer { Class::Version } else { Class::Metadata };
            return refuse(class, at, format!("not a line '{}field{}value'", self.prefix, self.sign));
        }
        Ok(found)
    }

    fn field(&self, line: &str) -> Option<Field> {
        let (name, value) = line.split_once(self.sign)?;
        let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase());
        let is_value = !value.is_empty() && trim(value) == value;
        (is_name && is_value).then(|| Field { name: name.to_owned(), value: value.to_owned() })
    }

    /// The text of `body` with a block of `fields` behind it.
    pub(super) fn attach(&self, body: &Document, fields: &[Field]) -> String {
        let eol = line_break(body.source());
        let mut out = body.source().to_owned();
        for field in fields {
            for part in [self.prefix, &field.name, self.sign, &field.value, eol] {
                out.push_str(part);
            }
        }
        out
    }
}

/// The text of a scalar; `None` for null and containers, which these formats cannot say.
pub(super) fn scalar_text(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) | Value::Number(text) | Value::Special(text, _) => Some(text),
        Value::Bool(true) => Some("true"),
        Value::Bool(false) => Some("false"),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}

/// A comment of `text`; `None` when it has several lines or blanks around it.
pub(super) fn comment_text(sign: char, text: &str) -> Option<String> {
    (!text.contains(['\n', '\r']) && trim(text) == text).then(|| format!("{sign} {text}"))
}

/// What [`rechecked`] holds a changed text against.
pub(super) struct Expected<'d> {
    /// The document before the change, when there was one.
    pub(super) before: Option<&'d Document>,
    /// The number of leaves after it.
    pub(super) leaves: usize,
}

/// `text`, once it parses, has as many leaves as it should, and all leaves that were there before or are still there are
/// the same: a line that came or went must not change what the lines around it mean. `path` is for the message.
pub(super) fn rechecked(
    format: &dyn Format,
    text: String,
    expected: &Expected<'_>,
    path: impl Fn() -> String,
) -> Result<String> {
    let document = format.parse(text).ok().filter(|document| document.leaves().len() == expected.leaves);
    let is_same = |after: &Document| match expected.before {
        None => true,
        // A mark inside the text is part of a key; at its start it would vanish.
        Some(before) if first_line(before.source()) != first_line(after.source()) => false,
        Some(before) if before.leaves().len() < after.leaves().len() => is_part(before, after),
        Some(before) => is_part(after, before),
    };
    document.filter(is_same).map(Document::into_source).ok_or_else(|| Error::Unsayable {
        path: path(),
        reason: format!("cannot be changed there: the other lines would read otherwise as {}", format.name()),
    })
}

/// Whether the leaves of `part` are leaves of `whole`, with path and text, in this order. A comment behind a section that
/// went belongs to the one before: comments count by their text.
fn is_part(part: &Document, whole: &Document) -> bool {
    let leaves = |document: &Document| -> Vec<(Vec<u8>, String)> {
        let leaf = |leaf: &Leaf| {
            let mut path = Vec::new();
            if leaf.style != Style::Comment {
                document.encode_path(leaf.node, &mut path);
            }
            (path, document.src(leaf.span).to_owned())
        };
        document.leaves().iter().map(leaf).collect()
    };
    let mut rest = leaves(whole).into_iter();
    leaves(part).iter().all(|leaf| rest.any(|other| other == *leaf))
}
