//! YAML 1.2, block and flow, streams included; granit-parser parses.

mod block_scalar;
mod comments;
mod metadata;
mod scan;

use crate::document::{Document, Field, Leaf, NodeId, Style, Value};
use crate::error::Result;

use super::Format;

/// The YAML adapter.
pub struct Yaml;

impl Format for Yaml {
    fn name(&self) -> &'static str {
        "yaml"
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

    fn value(&self, _document: &Document, _leaf: &Leaf) -> Result<Value> {
        Ok(Value::Null)
    }

    fn scalar(&self, _document: &Document, _leaf: &Leaf, _value: &Value) -> Result<String> {
        Err(metadata::unsayable(String::new(), ""))
    }

    fn insert(&self, _d: &Document, _parent: NodeId, _key: Option<&str>, _value: &Value) -> Result<String> {
        Err(metadata::unsayable(String::new(), ""))
    }

    fn remove(&self, _document: &Document, _node: NodeId) -> Result<String> {
        Err(metadata::unsayable(String::new(), ""))
    }

    fn write(&self, _value: &Value) -> Result<String> {
        Err(metadata::unsayable(String::new(), ""))
    }
}
