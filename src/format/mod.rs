//! The formats dekko knows, one adapter for each parser: nothing outside this module knows which crate parses.

pub mod dotenv;
mod fields;
pub mod ini;
pub mod json;
mod lines;
mod members;
pub mod toml;
mod values;
pub mod yaml;

use crate::document::{Document, Field, Leaf, Limits, NodeId, Value, position};
use crate::error::{Class, Error, Result};

pub use values::value_at;

/// The ways in which texts are laid out: where entries stand, and what begins a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grammar {
    /// Entries by indentation, several documents, comments after `#`.
    Yaml,
    /// Entries in brackets, no comments.
    Json,
    /// Entries in brackets, comments after `//` and between `/*` and `*/`.
    Jsonc,
    /// Lines of entries below headers, values over several lines, comments after `#`.
    Toml,
    /// Lines of entries, comments after `#`.
    Dotenv,
    /// Lines of entries below headers, continued by indentation, comments after `;` and `#`.
    Ini,
}

impl Grammar {
    /// Whether its texts are brackets within brackets, in which lines mean nothing.
    pub fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::Jsonc)
    }
}

/// A file format: finds scalars, writes tokens and values in their place, attaches the metadata block.
///
/// Laws, which a test holds for every line of [`FORMATS`]: a parsed document's leaves lie in order and do not overlap;
/// replacing every leaf by a token text parses to the same events with those tokens as leaves; the body of an attached
/// text is the text it was attached to.
pub trait Format: Sync {
    /// Its name in messages, options and the configuration.
    fn name(&self) -> &'static str;

    /// What its texts look like, for those who work on their lines.
    fn grammar(&self) -> Grammar;

    /// Its byte in the derivation of the link key (section 3 of the format).
    fn code(&self) -> u8;

    /// Whether the file name `name` (no folders) belongs to it.
    fn claims(&self, name: &str) -> bool;

    /// Whether comments can be encrypted.
    fn has_secret_comments(&self) -> bool {
        true
    }

    /// Whether a text must end in a line break before a block is attached (`eof`).
    fn needs_line_end(&self) -> bool {
        true
    }

    /// Whether the lines of a multi-line leaf follow its indentation (YAML).
    fn is_indented(&self) -> bool {
        false
    }

    /// Whether a token may stand in quotes; in dotenv and INI a token in quotes is none.
    fn takes_quoted_tokens(&self) -> bool {
        true
    }

    /// Parses a text strictly, with or without a metadata block.
    ///
    /// # Errors
    /// `syntax`, `metadata` or `limit`, with the place.
    fn parse(&self, source: String) -> Result<Document>;

    /// The text that stands for `token` (or any text of its alphabet) in the place of `leaf`: with quotes where the
    /// format needs them, with the sign where the leaf is a comment.
    fn token_text(&self, document: &Document, leaf: &Leaf, token: &str) -> String;

    /// The whole text of `body`, which has no block and ends as [`Format::needs_line_end`] says, with a block of
    /// `fields`, in canonical layout.
    fn attach(&self, body: &Document, fields: &[Field]) -> String;

    /// The decoded value of a scalar.
    ///
    /// # Errors
    /// [`Error::Unsayable`] where it has none (a lone surrogate).
    fn value(&self, document: &Document, leaf: &Leaf) -> Result<Value>;

    /// The scalar text that says `value` in the place of `leaf`, in its style where that can say it.
    ///
    /// # Errors
    /// [`Error::Unsayable`] when the format cannot say it there; the path is the leaf's.
    fn scalar(&self, document: &Document, leaf: &Leaf, value: &Value) -> Result<String>;

    /// The text of `document` with `value` as the entry `key` of the map `parent`, or, without a key, as the last item of
    /// the list `parent`; also in the place of an empty node (`parent` itself, no key). All other lines stay as they are.
    ///
    /// # Errors
    /// [`Error::Unsayable`] when the format has no such place.
    fn insert(&self, document: &Document, parent: NodeId, key: Option<&str>, value: &Value)
    -> Result<String>;

    /// The text of `document` without the entry or item `node`: its lines, and nothing else.
    ///
    /// # Errors
    /// [`Error::Unsayable`] when nothing valid would be left.
    fn remove(&self, document: &Document, node: NodeId) -> Result<String>;

    /// A whole text that says `value`, for conversion.
    ///
    /// # Errors
    /// [`Error::Unsayable`] naming the path of what the format cannot say.
    fn write(&self, value: &Value) -> Result<String>;
}

/// Every format, in the order in which file names are tried.
pub static FORMATS: &[&dyn Format] =
    &[&yaml::Yaml, &json::STRICT, &json::RELAXED, &toml::Toml, &dotenv::Dotenv, &ini::Ini];

/// The format whose file names `name` belongs to; `None` means the whole file is encrypted.
pub fn of(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.claims(name))
}

/// The format called `name`.
pub fn named(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}

/// The format whose metadata block `bytes` hold, for encrypted files whose name no format claims.
pub fn sniff(bytes: &[u8]) -> Option<&'static dyn Format> {
    let text = std::str::from_utf8(bytes).ok()?;
    let name = text.lines().rev().find_map(|line| match line.trim_start() {
        line if line.starts_with("#dekko end=") => Some("dotenv"),
        line if line.starts_with(";dekko end = ") => Some("ini"),
        line if line.starts_with("[dekko]") => Some("toml"),
        line if line.starts_with("dekko:") => Some("yaml"),
        line if line.starts_with("\"dekko\":") || line.starts_with("{\"dekko\":") => Some("json"),
        _ => None,
    });
    named(name?)
}

/// Parses `bytes` as `format`, after the checks that all formats share: size, UTF-8, no lone CR.
///
/// # Errors
/// `limit` or `syntax`; what the format refuses.
pub fn parse(format: &dyn Format, bytes: Vec<u8>) -> Result<Document> {
    if bytes.len() > Limits::TEXT {
        let what = format!("the text is larger than {} MiB", Limits::TEXT >> 20);
        return Err(Error::refused(Class::Limit, None, what));
    }
    let source = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let what = match error.as_bytes() {
            [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => "the text is UTF-16; dekko reads UTF-8",
            _ => "the text is not UTF-8",
        };
        Error::refused(Class::Syntax, Some(position(error.as_bytes(), at)), what)
    })?;
    if let Some(at) = lone_cr(source.as_bytes()) {
        let at = Some(position(source.as_bytes(), at));
        return Err(Error::refused(Class::Syntax, at, "a carriage return without a line feed"));
    }
    format.parse(source)
}

/// Where a CR stands that no LF follows.
fn lone_cr(text: &[u8]) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = text[from..].iter().position(|&b| b == b'\r') {
        let at = from + at;
        if text.get(at + 1) != Some(&b'\n') {
            return Some(at);
        }
        from = at + 2;
    }
    None
}

/// The line break of the first line of `text`; LF when it has none.
pub fn line_break(text: &str) -> &'static str {
    match text.find('\n') {
        Some(at) if text[..at].ends_with('\r') => "\r\n",
        _ => "\n",
    }
}
