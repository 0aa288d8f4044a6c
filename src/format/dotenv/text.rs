//! Values as dotenv texts. The readers of this format agree on little; dekko reads, and writes what most read alike:
//!
//! - unquoted: up to a `#` behind a blank, blanks around it aside; a backslash before a line break and the break are
//!   nothing; `\`, `$` and quotes inside it are themselves;
//! - `'…'` and `` `…` ``: as written;
//! - `"…"`: `\n \r \t \" \\ \$` and `` \` `` are escapes, another backslash is itself;
//! - CR LF inside a value is LF; nothing is interpolated; text behind a closing quote that is no comment has no value.

use super::super::lines::{is_blank, trim};
use super::scan::{closing_quote, is_quote};

/// A `src` taken apart: the blanks before the value, its text with its quotes, the inline comment with blanks before it.
struct Parts<'s> {
    lead: &'s str,
    core: &'s str,
    tail: &'s str,
}

/// `None` when something else than a comment follows a closing quote.
fn parts(src: &str) -> Option<Parts<'_>> {
    let begin = src.len() - src.trim_start_matches([' ', '\t']).len();
    let rest = &src[begin..];
    if rest.bytes().next().is_some_and(is_quote) {
        let close = begin + closing_quote(rest)? + 1;
        let tail = &src[close..];
        let behind = trim(tail);
        let is_comment = behind.starts_with('#') && tail.bytes().next().is_some_and(is_blank);
        let tail = if behind.is_empty() { "" } else { tail };
        return (behind.is_empty() || is_comment).then(|| Parts {
            lead: &src[..begin],
            core: &src[begin..close],
            tail,
        });
    }
    let bytes = src.as_bytes();
    let comment = bytes.windows(2).position(|pair| is_blank(pair[0]) && pair[1] == b'#');
    let end = comment.map_or(src.len(), |at| at + 1);
    let core = trim(&src[..end]);
    let begin = if core.is_empty() { 0 } else { begin };
    let tail = if comment.is_some() { &src[begin + core.len()..] } else { "" };
    Some(Parts { lead: &src[..begin], core, tail })
}

/// The decoded value of `src`; `None` when something else than a comment follows a closing quote.
pub(super) fn decode(src: &str) -> Option<String> {
    let core = parts(src)?.core;
    let inside = || core[1..core.len() - 1].replace("\r\n", "\n");
    match core.bytes().next() {
        Some(b'"') => Some(unescape(&inside())),
        Some(b'\'' | b'`') => Some(inside()),
        _ => {
            let joined = core.replace("\\\r\n", "").replace("\\\n", "");
            let comment = joined.as_bytes().windows(2).position(|pair| is_blank(pair[0]) && pair[1] == b'#');
            Some(trim(&joined[..comment.unwrap_or(joined.len())]).to_owned())
        }
    }
}

fn unescape(inside: &str) -> String {
    let mut out = String::with_capacity(inside.len());
    let mut chars = inside.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some(c @ ('"' | '\\' | '$' | '`')) => out.push(c),
            Some(c) => out.extend(['\\', c]),
            None => out.push('\\'),
        }
    }
    out
}

/// The text that says `value` in the place of `src`, in its quotes where they can say it, before its inline comment; line
/// breaks as `eol`. `None` for a text with NUL, which no environment holds.
pub(super) fn encode(value: &str, src: &str, eol: &str) -> Option<String> {
    if value.contains('\0') {
        return None;
    }
    let Parts { lead, core, tail } = parts(src).unwrap_or(Parts { lead: "", core: "", tail: "" });
    let is_broken_up = value.contains('\r') || has_block_line(value);
    let fits = |quote: char| !is_broken_up && !value.contains(quote);
    let between = |quote: char| format!("{quote}{}{quote}", value.replace('\n', eol));
    let text = match core.chars().next() {
        Some('"') if fits('"') && !value.contains(['\\', '$', '`']) => between('"'),
        Some('`') if fits('`') => between('`'),
        Some('\'') if fits('\'') => between('\''),
        _ if value.bytes().all(is_bare) => value.to_owned(),
        _ if fits('\'') => between('\''),
        _ => escaped(value, if is_broken_up { "\\n" } else { eol }),
    };
    Some(format!("{lead}{text}{tail}"))
}

/// Whether `byte` is itself, unquoted, for every reader that was measured.
fn is_bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-./:@%+,=".contains(&byte)
}

/// Whether a line of `value` but the first would look like metadata.
fn has_block_line(value: &str) -> bool {
    value.split('\n').skip(1).any(|line| line.starts_with(super::BLOCK.prefix))
}

fn escaped(value: &str, eol: &str) -> String {
    let mut out = String::from("\"");
    for c in value.chars() {
        match c {
            '\n' => out.push_str(eol),
            '\r' => out.push_str("\\r"),
            // Backticks and `$`: a shell that sources the file would run what they hold.
            '"' | '\\' | '$' | '`' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
