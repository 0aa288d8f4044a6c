//! TOML 1.1, read with `toml_parser` and checked with `toml_edit`.

mod statements;
mod walk;

use super::{Format, line_break};
use crate::document::{Document, Field, Leaf, NodeId, Style, Value};
use crate::error::Result;

/// TOML 1.1.
pub struct Toml;

impl Format for Toml {
    fn name(&self) -> &'static str {
        "toml"
    }

    fn code(&self) -> u8 {
        3
    }

    fn claims(&self, name: &str) -> bool {
        name.ends_with(".toml")
    }

    fn parse(&self, source: String) -> Result<Document> {
        walk::walk(source).map(|(document, _)| document)
    }

    fn token_text(&self, _document: &Document, leaf: &Leaf, token: &str) -> String {
        if leaf.style == Style::Comment { format!("# {token}") } else { format!("\"{token}\"") }
    }

    fn attach(&self, body: &Document, fields: &[Field]) -> String {
        let source = body.source();
        let nl = line_break(source);
        let mut out = format!("{source}[dekko]{nl}");
        for field in fields.iter().filter(|field| field.name != "recipient") {
            out.push_str(&format!("{} = {}{nl}", field.name, basic(&field.value)));
        }
        out.push_str(&format!("recipients = [{nl}"));
        for field in fields.iter().filter(|field| field.name == "recipient") {
            out.push_str(&format!("  {},{nl}", basic(&field.value)));
        }
        out.push_str(&format!("]{nl}"));
        out
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

/// `text` as a basic string on one line.
fn basic(text: &str) -> String {
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
            c if c < ' ' || c == '\u{7f}' => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
