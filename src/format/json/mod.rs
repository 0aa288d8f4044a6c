//! JSON (RFC 8259), and JSON with comments and trailing commas.

mod lexer;
mod walk;

use super::{Format, line_break};
use crate::document::{Document, Field, Leaf, NodeId, Room, Value};
use crate::error::Result;
use walk::Walk;

/// How strict a reader is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// RFC 8259 and nothing else.
    Strict,
    /// `//` and `/* */` comments and trailing commas, too.
    Relaxed,
}

/// The two JSON formats: one code, two grammars.
pub struct Json {
    dialect: Dialect,
}

/// `.json`.
pub static STRICT: Json = Json { dialect: Dialect::Strict };

/// `.jsonc`.
pub static RELAXED: Json = Json { dialect: Dialect::Relaxed };

impl Format for Json {
    fn name(&self) -> &'static str {
        match self.dialect {
            Dialect::Strict => "json",
            Dialect::Relaxed => "jsonc",
        }
    }

    fn code(&self) -> u8 {
        2
    }

    fn claims(&self, name: &str) -> bool {
        match self.dialect {
            Dialect::Strict => name.ends_with(".json"),
            Dialect::Relaxed => name.ends_with(".jsonc"),
        }
    }

    fn has_secret_comments(&self) -> bool {
        false
    }

    fn needs_line_end(&self) -> bool {
        false
    }

    fn parse(&self, source: String) -> Result<Document> {
        Walk::new(source, self.dialect).run()
    }

    fn token_text(&self, _document: &Document, _leaf: &Leaf, token: &str) -> String {
        format!("\"{token}\"")
    }

    fn attach(&self, body: &Document, fields: &[Field]) -> String {
        attach(body, fields)
    }

    fn value(&self, document: &Document, leaf: &Leaf) -> Result<Value> {
        let _ = (document, leaf);
        Err(crate::error::Error::Unsayable {
            path: ".".to_owned(),
            reason: "cannot be written yet".to_owned(),
        })
    }

    fn scalar(&self, document: &Document, leaf: &Leaf, value: &Value) -> Result<String> {
        let _ = (document, leaf, value);
        Err(crate::error::Error::Unsayable {
            path: ".".to_owned(),
            reason: "cannot be written yet".to_owned(),
        })
    }

    fn insert(
        &self,
        document: &Document,
        parent: NodeId,
        key: Option<&str>,
        value: &Value,
    ) -> Result<String> {
        let _ = (document, parent, key, value);
        Err(crate::error::Error::Unsayable {
            path: ".".to_owned(),
            reason: "cannot be written yet".to_owned(),
        })
    }

    fn remove(&self, document: &Document, node: NodeId) -> Result<String> {
        let _ = (document, node);
        Err(crate::error::Error::Unsayable {
            path: ".".to_owned(),
            reason: "cannot be written yet".to_owned(),
        })
    }

    fn write(&self, value: &Value) -> Result<String> {
        let _ = value;
        Err(crate::error::Error::Unsayable {
            path: ".".to_owned(),
            reason: "cannot be written yet".to_owned(),
        })
    }
}

/// The text of `body` with a block of `fields`, one field a line.
fn attach(body: &Document, fields: &[Field]) -> String {
    let source = body.source();
    let Room::Entry { at, indent, first, item } = &body.room else { return source.to_owned() };
    let nl = line_break(source);
    let unit = if indent.is_empty() { "  " } else { indent };
    // The object of the fields, whose braces stand at the indentation of the root's entries.
    let inner = if indent.is_empty() { unit.to_owned() } else { indent.repeat(2) };
    let mut out = String::with_capacity(source.len() + 1024);
    out.push_str(&source[..*at]);
    if !first {
        out.push(',');
    }
    out.push_str(&format!("{nl}{indent}{}\"dekko\": {{", if *item { "{" } else { "" }));
    let mut comma = "";
    for field in fields.iter().filter(|field| field.name != "recipient") {
        out.push_str(&format!("{comma}{nl}{inner}\"{}\": {}", field.name, quoted(&field.value)));
        comma = ",";
    }
    out.push_str(&format!("{comma}{nl}{inner}\"recipients\": ["));
    comma = "";
    for field in fields.iter().filter(|field| field.name == "recipient") {
        out.push_str(&format!("{comma}{nl}{inner}{unit}{}", quoted(&field.value)));
        comma = ",";
    }
    out.push_str(&format!("{nl}{inner}]{nl}{indent}}}{}", if *item { "}" } else { "" }));
    out.push_str(&source[*at..]);
    out
}

/// `text` as a JSON string: quotes, backslashes and controls escaped, all else as it is.
fn quoted(text: &str) -> String {
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
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
