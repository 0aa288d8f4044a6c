//! The tokenizer: sections, and entries with their continuation lines, as spans.

use super::super::lines::{Line, trim_span};
use crate::document::Span;

/// Why a text is refused, and at which byte.
pub(super) struct Refusal {
    pub(super) at: usize,
    pub(super) what: &'static str,
}

/// What a line of a comment or a section's header begins with.
pub(super) fn is_comment_sign(byte: u8) -> bool {
    byte == b'#' || byte == b';'
}

/// A section's header.
pub(super) struct Header {
    /// Its name: what stands between `[` and the first `]`, blanks included.
    pub(super) name: Span,
    /// The comment behind it.
    pub(super) comment: Option<Span>,
}

/// The header of `text` on `line`, whose first byte is `[`.
pub(super) fn header(text: &[u8], line: Line) -> Result<Header, Refusal> {
    let start = line.text + 1;
    let inside = text.get(start..line.end).unwrap_or_default();
    let Some(len) = inside.iter().position(|&b| b == b']') else {
        return Err(Refusal { at: line.text, what: "a section without ']'" });
    };
    let name = Span::new(start, start + len);
    let behind = Line { start: start + len + 1, ..line }.after_blanks(text);
    match text.get(behind.text).filter(|_| behind.text < line.end) {
        None => Ok(Header { name, comment: None }),
        Some(&sign) if is_comment_sign(sign) => {
            Ok(Header { name, comment: Some(Span::new(behind.text, line.end)) })
        }
        Some(_) => Err(Refusal { at: behind.text, what: "a text behind a section's ']'" }),
    }
}

/// One entry, with its continuation lines.
pub(super) struct Entry {
    /// The key, blanks around it aside.
    pub(super) key: Span,
    /// The value, trimmed; directly behind the sign when its first line is empty.
    pub(super) value: Span,
    /// The first byte of the next line.
    pub(super) next: usize,
}

/// The entry of `text` that begins on `line`. Indentation is the number of blanks, a tab counts as one.
pub(super) fn entry(text: &[u8], line: Line) -> Result<Entry, Refusal> {
    let inside = text.get(line.text..line.end).unwrap_or_default();
    let Some(len) = inside.iter().position(|&b| b == b'=' || b == b':') else {
        return Err(Refusal { at: line.text, what: "a key without '=' or ':'" });
    };
    if len == 0 {
        return Err(Refusal { at: line.text, what: "a value without a key" });
    }
    let sign = line.text + len;
    let first = trim_span(text, sign + 1, line.end);
    let (mut end, mut next) = (first.end as usize, line.next);
    let mut at = line.next;
    while at < text.len() {
        let later = Line::at(text, at);
        at = later.next;
        match text.get(later.text).filter(|_| later.text < later.end) {
            None => {}
            Some(&sign) if is_comment_sign(sign) => {}
            Some(_) if later.indent() > line.indent() => {
                end = trim_span(text, later.text, later.end).end as usize;
                next = later.next;
            }
            Some(_) => break,
        }
    }
    let key = trim_span(text, line.text, sign);
    Ok(Entry { key, value: Span::new(first.start as usize, end), next })
}
