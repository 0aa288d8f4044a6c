//! One table of a configuration, read strictly: an unknown key or a value of another kind is an error with its line.

use std::ops::Range;

use toml_edit::{Document, Item, TableLike, Value};

use crate::document::escape;
use crate::error::{Error, Result};

/// The most bytes a configuration may have: 64 KiB.
pub(super) const LIMIT: usize = 64 * 1024;

/// A failure of the configuration at `line` (from 1).
pub(super) fn wrong(line: Option<usize>, what: impl Into<String>) -> Error {
    Error::Config { line, what: what.into() }
}

/// A text that stands in the configuration, and its line (from 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) line: Option<usize>,
}

/// The lines of a text, for spans to be found in.
pub(super) struct Lines(Vec<usize>);

impl Lines {
    fn new(text: &str) -> Self {
        Self(text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n').map(|(at, _)| at).collect())
    }

    /// The line (from 1) on which `span` starts.
    fn of(&self, span: Option<Range<usize>>) -> Option<usize> {
        span.map(|span| self.0.partition_point(|&end| end < span.start) + 1)
    }
}

/// Parses `text` as TOML.
///
/// # Errors
/// [`Error::Config`] when it is larger than 64 KiB or no TOML. The parser's message is one of its fixed sentences: it
/// names what it expected and quotes nothing of the text.
pub(super) fn parse(text: &str) -> Result<(Document<&str>, Lines)> {
    if text.len() > LIMIT {
        return Err(wrong(None, "is larger than 64 KiB"));
    }
    let lines = Lines::new(text);
    match Document::parse(text) {
        Ok(document) => Ok((document, lines)),
        Err(error) => Err(wrong(lines.of(error.span()), format!("is not valid TOML: {}", error.message()))),
    }
}

/// A table whose keys are all known.
pub(super) struct Section<'t> {
    table: &'t dyn TableLike,
    lines: &'t Lines,
    name: &'static str,
    line: Option<usize>,
}

impl<'t> Section<'t> {
    /// The table of `document` that holds everything.
    pub(super) fn root(document: &'t Document<&str>, lines: &'t Lines) -> Self {
        Self { table: document.as_table(), lines, name: "the top of the file", line: None }
    }

    /// This table, in which no keys but `known` may stand.
    ///
    /// # Errors
    /// [`Error::Config`] with the line of the first other key.
    pub(super) fn of_keys(self, known: &[&str]) -> Result<Self> {
        let unknown = self.table.iter().find(|(key, _)| !known.contains(key));
        match unknown {
            None => Ok(self),
            Some((key, item)) => Err(wrong(
                self.line_of(key, item),
                format!("unknown key '{}' in {}; known are {}", escape(key), self.name, known.join(", ")),
            )),
        }
    }

    /// The line on which the table starts.
    pub(super) fn line(&self) -> Option<usize> {
        self.line
    }

    fn line_of(&self, key: &str, item: &Item) -> Option<usize> {
        self.lines.of(self.table.key(key).and_then(toml_edit::Key::span).or_else(|| item.span()))
    }

    /// The integer at `key`, and its line.
    pub(super) fn integer(&self, key: &str) -> Result<Option<(i64, Option<usize>)>> {
        let Some(item) = self.table.get(key) else { return Ok(None) };
        let line = self.line_of(key, item);
        match item.as_integer() {
            Some(number) => Ok(Some((number, line))),
            None => Err(wrong(line, format!("'{key}' must be a whole number"))),
        }
    }

    /// Whether the switch at `key` is on.
    pub(super) fn flag(&self, key: &str) -> Result<Option<bool>> {
        let Some(item) = self.table.get(key) else { return Ok(None) };
        match item.as_bool() {
            Some(value) => Ok(Some(value)),
            None => Err(wrong(self.line_of(key, item), format!("'{key}' must be true or false"))),
        }
    }

    /// The text at `key`.
    pub(super) fn text(&self, key: &str) -> Result<Option<Word>> {
        let Some(item) = self.table.get(key) else { return Ok(None) };
        let line = self.line_of(key, item);
        match item.as_str() {
            Some(text) => Ok(Some(Word { text: text.to_owned(), line })),
            None => Err(wrong(line, format!("'{}' must be a text in quotes", escape(key)))),
        }
    }

    /// The list of texts at `key`; never an empty one.
    pub(super) fn list(&self, key: &str) -> Result<Option<Vec<Word>>> {
        let Some(item) = self.table.get(key) else { return Ok(None) };
        let line = self.line_of(key, item);
        let shape = || wrong(line, format!("'{}' must be a list of texts: [\"…\"]", escape(key)));
        let array = item.as_array().ok_or_else(shape)?;
        if array.is_empty() {
            return Err(wrong(line, format!("'{}' is empty", escape(key))));
        }
        let word = |value: &Value| {
            let text = value.as_str().ok_or_else(shape)?.to_owned();
            Ok(Word { text, line: self.lines.of(value.span()).or(line) })
        };
        array.iter().map(word).collect::<Result<_>>().map(Some)
    }

    /// What the text at `key` stands for in `choices`.
    pub(super) fn choice<T: Copy>(&self, key: &str, choices: &[(&str, T)]) -> Result<Option<T>> {
        let Some(word) = self.text(key)? else { return Ok(None) };
        let chosen = choices.iter().find(|(name, _)| *name == word.text);
        let Some((_, value)) = chosen else {
            let names: Vec<String> = choices.iter().map(|(name, _)| format!("\"{name}\"")).collect();
            return Err(wrong(word.line, format!("'{key}' must be {}", names.join(" or "))));
        };
        Ok(Some(*value))
    }

    /// The table at `key`.
    pub(super) fn table(&self, key: &str, name: &'static str) -> Result<Option<Section<'t>>> {
        let Some(item) = self.table.get(key) else { return Ok(None) };
        let line = self.line_of(key, item);
        match item.as_table_like() {
            Some(table) => Ok(Some(Section { table, lines: self.lines, name, line })),
            None => Err(wrong(line, format!("'{key}' must be a table: [{key}]"))),
        }
    }

    /// The table at `key` when there is one and not something else.
    pub(super) fn table_within(&self, key: &str, name: &'static str) -> Result<Option<Section<'t>>> {
        let is_table = self.table.get(key).is_some_and(|item| item.as_table_like().is_some());
        if is_table { self.table(key, name) } else { Ok(None) }
    }

    /// The tables at `key`, in order: `[[key]]` or a list of inline tables.
    pub(super) fn tables(&self, key: &str, name: &'static str) -> Result<Vec<Section<'t>>> {
        let Some(item) = self.table.get(key) else { return Ok(Vec::new()) };
        let line = self.line_of(key, item);
        let section = |table: &'t dyn TableLike, span| Section {
            table,
            lines: self.lines,
            name,
            line: self.lines.of(span).or(line),
        };
        if let Some(tables) = item.as_array_of_tables() {
            return Ok(tables.iter().map(|table| section(table, table.span())).collect());
        }
        let shape = || wrong(line, format!("'{key}' must be tables: [[{key}]]"));
        let each = |value: &'t Value| {
            let table = value.as_inline_table().ok_or_else(shape)?;
            Ok(section(table, table.span()))
        };
        item.as_array().ok_or_else(shape)?.iter().map(each).collect()
    }

    /// Every key of the table and its line, in order.
    pub(super) fn keys(&self) -> impl Iterator<Item = Word> + '_ {
        self.table.iter().map(|(key, item)| Word { text: key.to_owned(), line: self.line_of(key, item) })
    }
}
