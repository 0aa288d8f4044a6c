//! JSON (RFC 8259), and JSON with comments and trailing commas.

mod edit;
mod lexer;
mod lookahead;
mod walk;
mod write;

use super::{Format, Grammar, line_break};
use crate::document::{Document, Field, Leaf, NodeId, Room, Style, Value};
use crate::error::{Error, Result};
use walk::Walk;
use write::{Layout, quoted};

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

    fn grammar(&self) -> Grammar {
        match self.dialect {
            Dialect::Strict => Grammar::Json,
            Dialect::Relaxed => Grammar::Jsonc,
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
        let src = document.src(leaf.span);
        Ok(match src {
            "null" => Value::Null,
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            _ if leaf.style == Style::Plain => Value::Number(src.to_owned()),
            _ => {
                let bytes = document.bytes(leaf.content).to_vec();
                Value::String(String::from_utf8(bytes).map_err(|_| Error::Unsayable {
                    path: document.path_of(leaf.node),
                    reason: "holds a lone surrogate, which is no character".to_owned(),
                })?)
            }
        })
    }

    fn scalar(&self, document: &Document, leaf: &Leaf, value: &Value) -> Result<String> {
        let path = document.path_of(leaf.node);
        if let Value::List(_) | Value::Map(_) = value {
            let reason = "is a single value, in whose place no container can stand".to_owned();
            return Err(Error::Unsayable { path, reason });
        }
        write::text(value, &path, Layout::Spaced, "")
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
        edit::remove(document, node)
    }

    fn write(&self, value: &Value) -> Result<String> {
        let unsayable = |reason: &str| Error::Unsayable { path: ".".to_owned(), reason: reason.to_owned() };
        match value {
            Value::Map(entries) if entries.iter().any(|(key, _)| key == "dekko") => {
                return Err(unsayable("has an entry 'dekko', which is the name of the metadata"));
            }
            Value::List(items) if items.iter().any(is_block) => {
                return Err(unsayable("has an item with the one entry 'dekko', which the metadata has"));
            }
            Value::Map(_) | Value::List(_) => {}
            _ => return Err(unsayable("is a single value; a JSON file needs an object or an array")),
        }
        let mut text = write::text(value, ".", Layout::Lines { line_break: "\n", unit: "  " }, "")?;
        text.push('\n');
        Ok(text)
    }
}

/// Whether an item of a root array would be taken for the metadata.
fn is_block(item: &Value) -> bool {
    matches!(item, Value::Map(entries) if matches!(&entries[..], [(key, _)] if key == "dekko"))
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
