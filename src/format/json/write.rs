//! Values as JSON text.

use super::lexer;
use crate::document::{PathStep, Value};
use crate::error::{Error, Result};
use crate::format::members::path_below;

/// How containers are laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout<'l> {
    /// An entry a line, each level indented by `unit`.
    Lines {
        /// The line break.
        line_break: &'l str,
        /// One level of indentation.
        unit: &'l str,
    },
    /// On one line, a blank after commas and colons.
    Spaced,
    /// On one line, no blanks.
    Tight,
}

impl Layout<'_> {
    /// What stands between a key and its value.
    pub fn colon(self) -> &'static str {
        if self == Layout::Tight { ":" } else { ": " }
    }
}

/// Writes values; `base` is the path they are written for, in messages.
pub(super) struct Writer<'w> {
    base: &'w str,
    layout: Layout<'w>,
    steps: Vec<PathStep>,
    out: String,
}

/// `value` as it stands on a line indented by `indent`.
///
/// # Errors
/// [`Error::Unsayable`] naming the path of what JSON cannot say.
pub(super) fn text(value: &Value, base: &str, layout: Layout<'_>, indent: &str) -> Result<String> {
    let mut writer = Writer { base, layout, steps: Vec::new(), out: String::new() };
    writer.value(value, indent)?;
    Ok(writer.out)
}

impl Writer<'_> {
    fn value(&mut self, value: &Value, indent: &str) -> Result<()> {
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(true) => self.out.push_str("true"),
            Value::Bool(false) => self.out.push_str("false"),
            Value::Number(text) => {
                if lexer::number(text.as_bytes(), 0).ok() != Some(text.len()) {
                    return Err(self.unsayable("is a number that JSON cannot write".to_owned()));
                }
                self.out.push_str(text);
            }
            Value::Special(_, name) => {
                return Err(self.unsayable(format!("cannot be said in JSON ({name})")));
            }
            Value::String(text) => self.out.push_str(&quoted(text)),
            Value::List(items) => {
                let steps = (0..items.len()).map(PathStep::Item);
                self.container(['[', ']'], indent, steps.zip(items))?;
            }
            Value::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| (PathStep::Key(key.clone()), value));
                self.container(['{', '}'], indent, entries)?;
            }
        }
        Ok(())
    }

    fn container<'v>(
        &mut self,
        [open, close]: [char; 2],
        indent: &str,
        entries: impl ExactSizeIterator<Item = (PathStep, &'v Value)>,
    ) -> Result<()> {
        self.out.push(open);
        let is_empty = entries.len() == 0;
        let inner = match self.layout {
            Layout::Lines { unit, .. } => format!("{indent}{unit}"),
            _ => String::new(),
        };
        for (at, (step, value)) in entries.enumerate() {
            if at > 0 {
                self.out.push(',');
            }
            match self.layout {
                Layout::Lines { line_break, .. } => self.out.extend([line_break, &inner]),
                Layout::Spaced if at > 0 => self.out.push(' '),
                _ => {}
            }
            if let PathStep::Key(key) = &step {
                self.out.push_str(&quoted(key));
                self.out.push_str(self.layout.colon());
            }
            self.steps.push(step);
            self.value(value, &inner)?;
            self.steps.pop();
        }
        if let (Layout::Lines { line_break, .. }, false) = (self.layout, is_empty) {
            self.out.extend([line_break, indent]);
        }
        self.out.push(close);
        Ok(())
    }

    fn unsayable(&self, reason: String) -> Error {
        Error::Unsayable { path: path_below(self.base, &self.steps), reason }
    }
}

/// `text` as a JSON string: quotes, backslashes and controls escaped, all else as it is.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
