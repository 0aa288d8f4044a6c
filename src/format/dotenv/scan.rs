//! The tokenizer: logical lines of a dotenv text, as spans.

use super::super::lines::{Line, is_blank, skip_blanks};
use crate::document::{Span, Style};

/// Why a text is refused, and at which byte.
pub(super) struct Refusal {
    pub(super) at: usize,
    pub(super) what: &'static str,
}

/// One entry: a logical line.
pub(super) struct Entry {
    /// The word `export` before the key.
    pub(super) export: Option<Span>,
    /// The key.
    pub(super) key: Span,
    /// The byte of `=`.
    pub(super) sign: usize,
    /// From behind `=` to the end of the logical line.
    pub(super) value: Span,
    /// What of the value is authenticated where it stays plain, and how it is written.
    pub(super) content: Span,
    pub(super) style: Style,
    /// The first byte of the next line.
    pub(super) next: usize,
}

/// The entry of `text` that begins on `line`, which is neither blank nor a comment.
pub(super) fn entry(text: &[u8], line: Line) -> Result<Entry, Refusal> {
    let refusal = Refusal { at: line.text, what: "neither an entry (KEY=value) nor a '#' comment" };
    let Some(mut key) = word(text, line.text) else { return Err(refusal) };
    let mut export = None;
    let behind = key.end as usize;
    if &text[key.range()] == b"export"
        && text.get(behind).copied().is_some_and(is_blank)
        && let Some(second) = word(text, skip_blanks(text, behind))
    {
        export = Some(key);
        key = second;
    }
    let sign = skip_blanks(text, key.end as usize);
    if text.get(sign) != Some(&b'=') {
        return Err(refusal);
    }
    value(text, sign + 1).map(|(value, content, style, next)| Entry {
        export,
        key,
        sign,
        value,
        content,
        style,
        next,
    })
}

/// Whether `key` is a key as this format writes them: `[A-Za-z_][A-Za-z0-9_.-]*`.
pub(super) fn is_key(key: &str) -> bool {
    word(key.as_bytes(), 0).is_some_and(|span| span.len() == key.len())
}

fn word(text: &[u8], at: usize) -> Option<Span> {
    let rest = text.get(at..)?;
    let first = *rest.first()?;
    if !first.is_ascii_alphabetic() && first != b'_' {
        return None;
    }
    let is_inside = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    let len = rest.iter().position(|&b| !is_inside(b)).unwrap_or(rest.len());
    Some(Span::new(at, at + len))
}

/// The value that begins at `start`: its span, its content and style, and where the next line begins.
fn value(text: &[u8], start: usize) -> Result<(Span, Span, Style, usize), Refusal> {
    if text.get(start) == Some(&b'(') {
        return Err(Refusal { at: start, what: "an array; quote the value if it is a text" });
    }
    let open = skip_blanks(text, start);
    let mut calls = Calls::default();
    let quote = text.get(open).copied().filter(|&b| is_quote(b));
    let (rest, close) = match quote {
        None => (start, None),
        Some(_) => {
            let close = closing(text, open, &mut calls)?;
            (close + 1, Some(close))
        }
    };
    let line = rest_of_line(text, rest, calls)?;
    let value = Span::new(start, line.end);
    let is_alone = text[rest..line.end].iter().copied().all(is_blank);
    let (content, style) = match (quote, close) {
        (Some(b'\''), Some(close)) if is_alone => (Span::new(open + 1, close), Style::Quoted),
        (Some(_), Some(close)) if is_alone => (Span::new(open, close), Style::Interpolated),
        _ => (value, Style::Plain),
    };
    Ok((value, content, style, line.next))
}

/// Whether a value that begins with `byte` is quoted.
pub(super) fn is_quote(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b'`')
}

/// The byte of the quote that closes the one at `open`: only in double quotes a backslash takes the next byte's meaning.
fn closing(text: &[u8], open: usize, calls: &mut Calls) -> Result<usize, Refusal> {
    let quote = text.get(open).copied().unwrap_or(b'"');
    let is_double = quote == b'"';
    let mut is_escaped = false;
    for (at, &byte) in text.iter().enumerate().skip(open + 1) {
        if byte == quote && !is_escaped {
            return Ok(at);
        }
        if is_double {
            calls.meet(text, at, is_escaped)?;
            is_escaped = byte == b'\\' && !is_escaped;
        }
    }
    Err(Refusal { at: open, what: "a quote that is not closed" })
}

/// The quote that closes the one that `src` begins with; `None` when it has none.
pub(super) fn closing_quote(src: &str) -> Option<usize> {
    closing(src.as_bytes(), 0, &mut Calls::default()).ok()
}

/// The rest of the logical line from `at` on: it goes on where a line ends in an odd number of backslashes.
fn rest_of_line(text: &[u8], at: usize, mut calls: Calls) -> Result<Line, Refusal> {
    let mut line = Line::at(text, at);
    loop {
        let (mut is_escaped, mut is_comment) = (false, false);
        for (at, &byte) in text.iter().enumerate().take(line.end).skip(line.start) {
            is_comment |= byte == b'#' && at > 0 && is_blank(text[at - 1]);
            if !is_comment {
                calls.meet(text, at, is_escaped)?;
                if byte == b'<' && !is_escaped && is_heredoc(text, at) {
                    return Err(Refusal { at, what: "a heredoc; quote the value if it is a text" });
                }
            }
            is_escaped = byte == b'\\' && !is_escaped;
        }
        calls.end_line()?;
        if !is_escaped {
            return Ok(line);
        }
        if line.next >= text.len() {
            return Err(Refusal { at: line.end, what: "a line that goes on past the end of the text" });
        }
        line = Line::at(text, line.next);
    }
}

/// Whether `<<` at `at` begins a heredoc: `<<EOF`, `<<-EOF`, `<< 'EOF'`; not `<<<`, not a shift by a number.
fn is_heredoc(text: &[u8], at: usize) -> bool {
    if text.get(at + 1) != Some(&b'<') || (at > 0 && text[at - 1] == b'<') {
        return false;
    }
    let dash = usize::from(text.get(at + 2) == Some(&b'-'));
    let name = text.get(skip_blanks(text, at + 2 + dash));
    name.is_some_and(|&b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'\'' | b'"' | b'\\'))
}

/// Open `$(` of a shell's command substitutions: one that goes on over a line end moves the end of the value, for a shell.
#[derive(Default)]
struct Calls {
    depth: usize,
    first: usize,
}

impl Calls {
    fn meet(&mut self, text: &[u8], at: usize, is_escaped: bool) -> Result<(), Refusal> {
        match text[at] {
            b'$' if !is_escaped && self.depth == 0 && text.get(at + 1) == Some(&b'(') => self.first = at,
            b'(' if self.depth > 0 => self.depth += 1,
            b'(' if at > 0 && text[at - 1] == b'$' && self.first == at - 1 => self.depth = 1,
            b')' => self.depth = self.depth.saturating_sub(1),
            b'\n' => self.end_line()?,
            _ => {}
        }
        Ok(())
    }

    fn end_line(&self) -> Result<(), Refusal> {
        if self.depth > 0 {
            return Err(Refusal { at: self.first, what: "a '$(' that is not closed on its line" });
        }
        Ok(())
    }
}
