//! Single values as TOML text, and back.

use toml_parser::decoder::ScalarKind;
use toml_parser::{ParseError, Raw, Span as Part};

use crate::document::{PathStep, Value};
use crate::error::{Error, Result};
use crate::format::members::path_below;

/// The quotes around a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    Basic,
    Literal,
    BasicLines,
    LiteralLines,
}

impl Quotes {
    /// Those of the scalar `src`; basic ones where it has none.
    pub fn of(src: &str) -> Self {
        match src {
            _ if src.starts_with("\"\"\"") => Self::BasicLines,
            _ if src.starts_with("'''") => Self::LiteralLines,
            _ if src.starts_with('\'') => Self::Literal,
            _ => Self::Basic,
        }
    }

    /// `text` in these quotes where they can hold it, else in basic ones.
    pub fn around(self, text: &str) -> String {
        let is_plain = |c: char| c == '\t' || !c.is_ascii_control();
        match self {
            Self::Literal if text.chars().all(|c| c != '\'' && is_plain(c)) => format!("'{text}'"),
            Self::LiteralLines
                if text.contains('\n')
                    && !text.contains("''")
                    && !text.ends_with('\'')
                    && text.chars().all(|c| c == '\n' || is_plain(c)) =>
            {
                format!("'''\n{text}'''")
            }
            Self::BasicLines | Self::LiteralLines if text.contains('\n') => lines(text),
            _ => basic(text),
        }
    }
}

/// The value of a scalar that is no string.
pub(super) fn read(src: &str) -> Value {
    let mut decoded = String::new();
    let mut errors: Option<ParseError> = None;
    let raw = Raw::new_unchecked(src, None, Part::new_unchecked(0, src.len()));
    let kind = raw.decode_scalar(&mut decoded, &mut errors);
    match kind {
        ScalarKind::Boolean(value) => Value::Bool(value),
        ScalarKind::Integer(radix) => match i64::from_str_radix(&decoded, radix.value()) {
            Ok(number) => Value::Number(number.to_string()),
            Err(_) => Value::Special(src.to_owned(), "number"),
        },
        ScalarKind::Float => {
            let text = decoded.strip_prefix('+').unwrap_or(&decoded);
            match text.trim_start_matches('-') {
                "inf" => Value::Special(src.to_owned(), "infinity"),
                "nan" => Value::Special(src.to_owned(), "not-a-number"),
                _ => Value::Number(text.to_owned()),
            }
        }
        ScalarKind::DateTime => Value::Special(src.to_owned(), "date or time"),
        ScalarKind::String => Value::String(decoded),
    }
}

/// `value` on one line: lists as arrays, maps as inline tables. `base` is its path, in messages; strings of the top in
/// `quotes`.
///
/// # Errors
/// [`Error::Unsayable`] naming the path of what TOML cannot say.
pub(super) fn text(value: &Value, base: &str, quotes: Quotes) -> Result<String> {
    let mut writer = Writer { base, steps: Vec::new(), out: String::new() };
    match value {
        Value::String(text) => writer.out = quotes.around(text),
        other => writer.value(other)?,
    }
    Ok(writer.out)
}

struct Writer<'w> {
    base: &'w str,
    steps: Vec<PathStep>,
    out: String,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value) -> Result<()> {
        match value {
            Value::Null => return Err(self.unsayable("is null, which TOML cannot say".to_owned())),
            Value::Bool(truth) => self.out.push_str(if *truth { "true" } else { "false" }),
            Value::Number(text) if is_scalar(text) => self.out.push_str(text),
            Value::Number(_) => return Err(self.unsayable("is a number that TOML cannot say".to_owned())),
            Value::Special(text, name) => {
                let said = match text.to_ascii_lowercase().as_str() {
                    ".inf" | "+.inf" => "inf",
                    "-.inf" => "-inf",
                    ".nan" => "nan",
                    _ => text,
                };
                if !is_scalar(said) {
                    return Err(self.unsayable(format!("cannot be said in TOML ({name})")));
                }
                self.out.push_str(said);
            }
            Value::String(text) => self.out.push_str(&basic(text)),
            Value::List(items) => {
                self.out.push('[');
                for (at, item) in items.iter().enumerate() {
                    self.out.push_str(if at > 0 { ", " } else { "" });
                    self.below(PathStep::Item(at), item)?;
                }
                self.out.push(']');
            }
            Value::Map(entries) if entries.is_empty() => self.out.push_str("{}"),
            Value::Map(entries) => {
                for (at, (name, value)) in entries.iter().enumerate() {
                    self.out.push_str(if at > 0 { ", " } else { "{ " });
                    self.out.push_str(&key(name));
                    self.out.push_str(" = ");
                    self.below(PathStep::Key(name.clone()), value)?;
                }
                self.out.push_str(" }");
            }
        }
        Ok(())
    }

    fn below(&mut self, step: PathStep, value: &Value) -> Result<()> {
        self.steps.push(step);
        self.value(value)?;
        self.steps.pop();
        Ok(())
    }

    fn unsayable(&self, reason: String) -> Error {
        Error::Unsayable { path: path_below(self.base, &self.steps), reason }
    }
}

/// Whether `text` is one valid scalar that is no string.
fn is_scalar(text: &str) -> bool {
    use toml_edit::Value::{Boolean, Datetime, Float, Integer};
    let is_bare = !text.contains(['#', '\n', '\'', '"']) && text.trim() == text;
    is_bare && matches!(text.parse(), Ok(Integer(_) | Float(_) | Boolean(_) | Datetime(_)))
}

/// `name` as a key: bare where it can be.
pub(super) fn key(name: &str) -> String {
    let is_bare =
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if is_bare { name.to_owned() } else { basic(name) }
}

/// `text` as a basic string on one line.
pub(super) fn basic(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c => push_escaped(c, &mut out),
        }
    }
    out.push('"');
    out
}

/// `text` as a basic string over several lines.
fn lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    out.push_str("\"\"\"\n");
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\n' | '\t' => out.push(c),
            '"' if matches!(rest.peek(), None | Some('"')) => out.push_str("\\\""),
            '"' => out.push('"'),
            c => push_escaped(c, &mut out),
        }
    }
    out.push_str("\"\"\"");
    out
}

fn push_escaped(c: char, out: &mut String) {
    match c {
        '\\' => out.push_str("\\\\"),
        '\r' => out.push_str("\\r"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        c if c.is_ascii_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
        c => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Value {
        Value::Number(text.to_owned())
    }

    #[test]
    fn numbers_are_read_into_the_notation_of_json() {
        for (src, said) in [
            ("1_000", "1000"),
            ("+5", "5"),
            ("-0", "0"),
            ("0xFF_ff", "65535"),
            ("0o17", "15"),
            ("0b101", "5"),
            ("+1_0.5e+06", "10.5e+06"),
            ("-1E2", "-1E2"),
        ] {
            assert!(read(src) == number(said), "{src}");
        }
        assert!(read("-nan") == Value::Special("-nan".to_owned(), "not-a-number"));
        assert!(
            read("1979-05-27 07:32:00.5")
                == Value::Special("1979-05-27 07:32:00.5".to_owned(), "date or time")
        );
        assert!(read("true") == Value::Bool(true));
    }

    #[test]
    fn what_toml_cannot_say_names_its_path() {
        let value = Value::Map(vec![("a".to_owned(), Value::List(vec![number("1"), Value::Null]))]);
        let error = text(&value, "x.y", Quotes::Basic).expect_err("null");
        assert_eq!(error.to_string(), "'x.y.a[1]' is null, which TOML cannot say");
        for bad in ["9223372036854775808", "1e999", "x", "1 # c"] {
            assert!(text(&number(bad), ".", Quotes::Basic).is_err(), "{bad}");
        }
    }

    #[test]
    fn strings_keep_their_quotes_where_those_can_hold_them() {
        for (quotes, value, said) in [
            (Quotes::Literal, "a\\b", "'a\\b'"),
            (Quotes::Literal, "a'b", "\"a'b\""),
            (Quotes::LiteralLines, "a\nb", "'''\na\nb'''"),
            (Quotes::LiteralLines, "a\nb'", "\"\"\"\na\nb'\"\"\""),
            (Quotes::BasicLines, "a\n\"\"\"\\", "\"\"\"\na\n\\\"\\\"\"\\\\\"\"\""),
            (Quotes::BasicLines, "ab", "\"ab\""),
            (Quotes::Basic, "a\n\u{7f}\u{1}", "\"a\\n\\u007f\\u0001\""),
        ] {
            assert_eq!(quotes.around(value), said);
            let parsed: toml_edit::Value = said.parse().expect(said);
            assert_eq!(parsed.as_str(), Some(value));
        }
    }
}
