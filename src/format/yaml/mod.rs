//! YAML 1.2, block and flow, streams included; granit-parser parses.

mod between;
mod block_scalar;
mod comments;
mod edit;
mod metadata;
mod place;
mod refusal;
mod remove;
mod scalar;
mod scan;
mod text;
mod write;

use crate::document::{Document, Field, Leaf, NodeId, Style, Value};
use crate::error::Result;

use super::{Format, Grammar};

/// The YAML adapter.
pub struct Yaml;

impl Format for Yaml {
    fn name(&self) -> &'static str {
        "yaml"
    }

    fn grammar(&self) -> Grammar {
        Grammar::Yaml
    }

    fn code(&self) -> u8 {
        1
    }

    fn claims(&self, name: &str) -> bool {
        name.ends_with(".yaml") || name.ends_with(".yml")
    }

    fn is_indented(&self) -> bool {
        true
    }

    fn parse(&self, source: String) -> Result<Document> {
        scan::scan(source)
    }

    fn token_text(&self, document: &Document, leaf: &Leaf, token: &str) -> String {
        if leaf.style == Style::Comment {
            return format!("# {token}");
        }
        let before = &document.source()[..leaf.span.start as usize];
        let is_free = before.bytes().next_back().is_none_or(|b| b.is_ascii_whitespace());
        if is_free { token.to_owned() } else { format!("\"{token}\"") }
    }

    fn attach(&self, body: &Document, fields: &[Field]) -> String {
        metadata::attach(body, fields)
    }

    fn value(&self, document: &Document, leaf: &Leaf) -> Result<Value> {
        if leaf.style == Style::Comment {
            return Ok(Value::String(String::from_utf8_lossy(document.bytes(leaf.content)).into_owned()));
        }
        scalar::value(document, leaf)
    }

    fn scalar(&self, document: &Document, leaf: &Leaf, value: &Value) -> Result<String> {
        edit::scalar(document, leaf, value)
    }

    fn insert(
        &self,
        document: &Document,
        parent: NodeId,
        key: Option<&str>,
        value: &Value,
    ) -> Result<String> {
        edit::insert(document, parent, key, value)
    }

    fn remove(&self, document: &Document, node: NodeId) -> Result<String> {
        remove::remove(document, node)
    }

    fn write(&self, value: &Value) -> Result<String> {
        let mut writer = write::Writer::new("\n");
        writer.document(value)?;
        Ok(writer.finish())
    }
}
