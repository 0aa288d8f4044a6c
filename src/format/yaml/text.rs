//! Scalars as text.

use super::scalar::resolve;
use crate::document::Value;

/// What a scalar looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Without quotes.
    Plain,
    /// In single quotes.
    Single,
    /// In double quotes.
    Double,
    /// As a literal block.
    Literal,
}

/// Where a scalar stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In a block collection; further lines are indented by so many spaces.
    Block(usize),
    /// In a flow collection, or as a key.
    Flow,
}

/// The texts that can say the scalar `value` at `place`, the one most like `look` first; none when it is a collection or
/// what YAML has no scalar for.
pub(super) fn texts(value: &Value, look: Look, place: Place, line_break: &str) -> Vec<String> {
    match value {
        Value::Null => vec!["null".to_owned()],
        Value::Bool(truth) => vec![truth.to_string()],
        Value::Number(number) => vec![number.clone()],
        Value::Special(text, _) => special(text).into_iter().collect(),
        Value::String(text) => strings(text, look, place, line_break),
        Value::List(_) | Value::Map(_) => Vec::new(),
    }
}

/// The numbers that are none in JSON, as YAML or TOML write them, and integers too large for most.
fn special(text: &str) -> Option<String> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let sign = if text.starts_with('-') { "-" } else { "" };
    match unsigned.trim_start_matches('.').to_ascii_lowercase().as_str() {
        "inf" => Some(format!("{sign}.inf")),
        "nan" => Some(".nan".to_owned()),
        _ => matches!(resolve(text), Some(Value::Special(..))).then(|| text.to_owned()),
    }
}

fn strings(text: &str, look: Look, place: Place, line_break: &str) -> Vec<String> {
    let mut found = Vec::new();
    let literal = || match place {
        Place::Block(indent) => literal(text, indent, line_break),
        Place::Flow => None,
    };
    match look {
        Look::Plain => {
            found.extend(is_plain(text, place).then(|| text.to_owned()));
            found.extend(text.contains('\n').then(literal).flatten());
        }
        Look::Single => found.extend(single(text)),
        Look::Double => {}
        Look::Literal => found.extend(literal()),
    }
    found.push(double(text));
    found
}

/// Whether every reader takes `text` without quotes, and for a text: YAML 1.1 knows more words than 1.2.
fn is_plain(text: &str, place: Place) -> bool {
    let Some(first) = text.chars().next() else { return false };
    let is_safe = |c: char| {
        is_printable(c) && c != '\n' && c != '\t' && !(place == Place::Flow && ",[]{}:?".contains(c))
    };
    let begins_well = first.is_ascii_alphanumeric() || "_/.+-$(<;=^\\".contains(first) || !first.is_ascii();
    let looks_like_a_number = (first.is_ascii_digit() || "+-.".contains(first))
        && text.bytes().all(|b| b.is_ascii_hexdigit() || b"+-._:xXoOtTzZ ,".contains(&b));
    let is_word = matches!(
        text.to_ascii_lowercase().as_str(),
        "y" | "n"
            | "yes"
            | "no"
            | "on"
            | "off"
            | "true"
            | "false"
            | "null"
            | ".inf"
            | "-.inf"
            | "+.inf"
            | ".nan"
    );
    let begins_badly = ["<<", "- ", "---", "...", "enc1."].iter().any(|start| text.starts_with(start))
        || matches!(text, "-" | "=" | ".");
    let ends_badly = text.ends_with([' ', ':']) || text.contains(": ") || text.contains(" #");
    let is_other = looks_like_a_number || is_word || resolve(text).is_some();
    begins_well && !begins_badly && !ends_badly && !is_other && text.chars().all(is_safe)
}

/// Whether `c` may stand in a text as it is (YAML 1.2.2, rule `c-printable`, less line breaks of old and the byte order
/// mark).
fn is_printable(c: char) -> bool {
    match c {
        '\n' | '\t' => true,
        '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => false,
        c => !c.is_control(),
    }
}

fn single(text: &str) -> Option<String> {
    let fits = text.chars().all(|c| is_printable(c) && c != '\n' && c != '\t');
    fits.then(|| format!("'{}'", text.replace('\'', "''")))
}

/// `text` in double quotes; every text can be said so.
fn double(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_printable(c) => out.push(c),
            c if u32::from(c) < 0x100 => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            c => out.push_str(&format!("\\u{:04x}", u32::from(c))),
        }
    }
    out.push('"');
    out
}

/// `text` as a literal block, its lines indented by `indent`; `None` when it has characters that need escapes.
fn literal(text: &str, indent: usize, line_break: &str) -> Option<String> {
    if text.is_empty() || !text.chars().all(is_printable) {
        return None;
    }
    let (content, chomping) = match text.strip_suffix('\n') {
        None => (text, "-"),
        Some(rest) if rest.is_empty() || rest.ends_with('\n') => (rest, "+"),
        Some(rest) => (rest, ""),
    };
    let begins_blank =
        content.split('\n').find(|line| !line.is_empty()).is_none_or(|line| line.starts_with([' ', '\t']));
    // The digit is relative to the collection's column, which the lines are indented from by two.
    let digit = if begins_blank { "2" } else { "" };
    let mut out = format!("|{digit}{chomping}");
    for line in content.split('\n') {
        out.push_str(line_break);
        if !line.is_empty() {
            out.extend(std::iter::repeat_n(' ', indent));
            out.push_str(line);
        }
    }
    Some(out)
}

/// A key as text.
pub(super) fn key(text: &str) -> String {
    if is_plain(text, Place::Flow) { text.to_owned() } else { double(text) }
}
