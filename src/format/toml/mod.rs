//! TOML 1.1, read with `toml_parser` and checked with `toml_edit`.

mod edit;
mod statements;
mod tree;
mod value;
mod walk;
mod write;

use super::{Format, Grammar, line_break};
use crate::document::{Document, Field, Leaf, NodeId, Style, Value};
use crate::error::{Error, Result};
use edit::Editor;
use value::{Quotes, basic};

/// TOML 1.1.
pub struct Toml;

impl Format for Toml {
    fn name(&self) -> &'static str {
        "toml"
    }

    fn grammar(&self) -> Grammar {
        Grammar::Toml
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
        let bytes = document.bytes(leaf.content);
        match leaf.style {
            Style::Plain => Ok(value::read(document.src(leaf.span))),
            _ => Ok(Value::String(String::from_utf8_lossy(bytes).into_owned())),
        }
    }

    fn scalar(&self, document: &Document, leaf: &Leaf, value: &Value) -> Result<String> {
        let unsayable =
            |reason: &str| Error::Unsayable { path: document.path_of(leaf.node), reason: reason.to_owned() };
        match value {
            Value::List(_) | Value::Map(_) => {
                Err(unsayable("is a single value, in whose place no container can stand"))
            }
            Value::String(text) if leaf.style == Style::Comment => {
                if text.chars().any(|c| c.is_ascii_control() && c != '\t') {
                    return Err(unsayable("is a comment, which is one line without control characters"));
                }
                Ok(format!("# {text}").trim_end().to_owned())
            }
            _ if leaf.style == Style::Comment => Err(unsayable("is a comment, which is a text")),
            _ => value::text(value, &document.path_of(leaf.node), Quotes::of(document.src(leaf.span))),
        }
    }

    fn insert(
        &self,
        document: &Document,
        parent: NodeId,
        key: Option<&str>,
        value: &Value,
    ) -> Result<String> {
        Editor::new(document)?.insert(parent, key, value)
    }

    fn remove(&self, document: &Document, node: NodeId) -> Result<String> {
        Editor::new(document)?.remove(node)
    }

    fn write(&self, value: &Value) -> Result<String> {
        write::document(value)
    }
}
