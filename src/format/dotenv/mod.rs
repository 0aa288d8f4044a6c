//! dotenv (`.env`): one entry a logical line (section 8 of the format).

mod scan;
mod text;

use super::lines::{self, BlockLines, Expected, Line};
use super::{Format, Grammar, line_break};
use crate::document::{
    Builder, Document, Event, Field, KeyPath, Kind, Leaf, NodeId, PathStep, Span, Step, Style, Value,
};
use crate::error::{Class, Error, Result};

/// The dotenv format. Its readers agree on little, so a value covers everything behind `=`, comment included; when it is
/// decoded: text behind ` #` is a comment; `'…'` and `` `…` `` are literal; `"…"` knows `\n \r \t \" \\ \$` and `` \` ``; a
/// backslash before a line break joins lines; nothing is interpolated.
pub struct Dotenv;

/// Its metadata lines: `#dekko field=value`.
const BLOCK: BlockLines = BlockLines { prefix: "#dekko ", sign: "=" };

/// Extensions behind `.env.` that belong to other formats.
const FOREIGN: &[&str] = &["json", "jsonc", "yaml", "yml", "toml", "ini", "cfg"];

impl Format for Dotenv {
    fn name(&self) -> &'static str {
        "dotenv"
    }

    fn grammar(&self) -> Grammar {
        Grammar::Dotenv
    }

    fn code(&self) -> u8 {
        4
    }

    fn claims(&self, name: &str) -> bool {
        match name.strip_prefix(".env.") {
            Some(rest) => {
                let extension = rest.rsplit('.').next().unwrap_or(rest);
                !FOREIGN.contains(&extension)
            }
            None => name.ends_with(".env"),
        }
    }

    fn takes_quoted_tokens(&self) -> bool {
        false
    }

    fn parse(&self, source: String) -> Result<Document> {
        let block = BLOCK.find(&source)?;
        let (whole, mut at) = (source.len(), lines::first_line(&source));
        let end = block.as_ref().map_or(whole, |block| block.start);
        let mut builder = Builder::new(source, 1);
        let root = builder.node(None, Step::Root, Span::new(at, at), Kind::Map)?;
        builder.set(root, Kind::Map, Span::new(at, end));
        if at > 0 {
            builder.event(Event::ByteOrderMark);
        }
        while at < end {
            let text = &builder.document().source().as_bytes()[..end];
            let line = Line::at(text, at);
            at = line.next;
            match text[line.text..line.end].first() {
                None => {}
                Some(b'#') => {
                    let content = lines::trim_span(text, line.text + 1, line.end);
                    let content = builder.source_text(content);
                    builder.comment(root, Span::new(line.text, line.end), content)?;
                }
                Some(_) => {
                    let entry = scan::entry(text, line)
                        .map_err(|refusal| builder.refuse(Class::Syntax, refusal.at, refusal.what))?;
                    at = entry.next;
                    add(&mut builder, root, &entry)?;
                }
            }
        }
        if let Some(block) = block {
            builder.set_block(Span::new(block.start, whole), block.start, block.fields);
        }
        Ok(builder.finish())
    }

    fn token_text(&self, _: &Document, leaf: &Leaf, token: &str) -> String {
        if leaf.style == Style::Comment { format!("# {token}") } else { token.to_owned() }
    }

    fn attach(&self, body: &Document, fields: &[Field]) -> String {
        BLOCK.attach(body, fields)
    }

    fn value(&self, document: &Document, leaf: &Leaf) -> Result<Value> {
        if leaf.style == Style::Comment {
            return Ok(Value::String(String::from_utf8_lossy(document.bytes(leaf.content)).into_owned()));
        }
        text::decode(document.src(leaf.span)).map(Value::String).ok_or_else(|| {
            unsayable(
                document.path_of(leaf.node),
                "has text behind its closing quote, which no two readers take alike",
            )
        })
    }

    fn scalar(&self, document: &Document, leaf: &Leaf, value: &Value) -> Result<String> {
        let path = || document.path_of(leaf.node);
        let value = lines::scalar_text(value).ok_or_else(|| unsayable(path(), NO_SCALAR))?;
        if leaf.style == Style::Comment {
            return lines::comment_text('#', value)
                .ok_or_else(|| unsayable(path(), "is a comment; it has one line, without blanks around it"));
        }
        text::encode(value, document.src(leaf.span), line_break(document.source()))
            .ok_or_else(|| unsayable(path(), NUL))
    }

    fn insert(
        &self,
        document: &Document,
        parent: NodeId,
        key: Option<&str>,
        value: &Value,
    ) -> Result<String> {
        let Some(key) = key.filter(|_| matches!(document.node(parent).kind, Kind::Map)) else {
            return Err(unsayable(document.path_of(parent), "is no map; dotenv holds entries by key only"));
        };
        let end = document.block.as_ref().map_or(document.source().len(), |block| block.span.start as usize);
        let entry = Around::of_the_last(document).entry(key, value, line_break(document.source()))?;
        let text = lines::insert_lines(document.source(), end, &entry);
        let expected = Expected { before: Some(document), leaves: document.leaves().len() + 1 };
        lines::rechecked(self, text, &expected, || key_path(key))
    }

    fn remove(&self, document: &Document, node: NodeId) -> Result<String> {
        let path = || document.path_of(node);
        let Kind::Leaf(leaf) = document.node(node).kind else {
            return Err(unsayable(path(), "is the whole file"));
        };
        let span = document.leaf(leaf).span;
        let text =
            lines::remove_lines(document.source(), document.node(node).key.start as usize, span.end as usize);
        let expected = Expected { before: Some(document), leaves: document.leaves().len() - 1 };
        lines::rechecked(self, text, &expected, path)
    }

    fn write(&self, value: &Value) -> Result<String> {
        let Value::Map(entries) = value else {
            return Err(unsayable(".".to_owned(), "is no map; dotenv holds entries by key only"));
        };
        let mut out = String::new();
        for (key, value) in entries {
            out.push_str(&Around::plain().entry(key, value, "\n")?);
            out.push('\n');
        }
        let expected = Expected { before: None, leaves: entries.len() };
        lines::rechecked(self, out, &expected, || ".".to_owned())
    }
}

const NO_SCALAR: &str = "is a list, a map or null; dotenv holds texts only";
const NUL: &str = "holds a NUL character; no environment variable can";

fn unsayable(path: String, reason: &str) -> Error {
    Error::Unsayable { path, reason: reason.to_owned() }
}

fn key_path(key: &str) -> String {
    KeyPath(vec![PathStep::Key(key.to_owned())]).to_string()
}

fn add(builder: &mut Builder, root: NodeId, entry: &scan::Entry) -> Result<()> {
    let path = builder.source_text(entry.key);
    let node = builder.entry(root, path, entry.key)?;
    if let Some(export) = entry.export {
        builder.event(Event::Tag(builder.source_text(export)));
    }
    let text = builder.source_text(Span::new(entry.key.start as usize, entry.sign));
    builder.event(Event::Key { text, plain: false });
    let content = builder.source_text(entry.content);
    builder.leaf_at(node, entry.value, content, entry.style);
    Ok(())
}

/// How an entry is written around its key.
struct Around {
    export: &'static str,
    sign: String,
}

impl Around {
    fn plain() -> Self {
        Self { export: "", sign: "=".to_owned() }
    }

    /// As the last entry of `document` has it.
    fn of_the_last(document: &Document) -> Self {
        let last = document.leaves().iter().rev().find(|leaf| leaf.style != Style::Comment);
        let Some(leaf) = last else { return Self::plain() };
        let (key, source) = (document.node(leaf.node).key, document.source());
        let line = lines::line_start(source, key.start as usize);
        let before = lines::trim(&source[line..key.start as usize]);
        let export = if before.is_empty() { "" } else { "export " };
        let mut sign = source[key.end as usize..leaf.span.start as usize].to_owned();
        let src = document.src(leaf.span);
        if !lines::trim(src).is_empty() {
            sign.extend(src.chars().take_while(|&c| c == ' ' || c == '\t'));
        }
        Self { export, sign }
    }

    /// The line of the entry `key`, without its line break.
    fn entry(&self, key: &str, value: &Value, eol: &str) -> Result<String> {
        if !scan::is_key(key) {
            let what = "is no dotenv key: letters, digits, '_', '.' and '-', no digit first";
            return Err(unsayable(key_path(key), what));
        }
        let value = lines::scalar_text(value).ok_or_else(|| unsayable(key_path(key), NO_SCALAR))?;
        let text = text::encode(value, "", eol).ok_or_else(|| unsayable(key_path(key), NUL))?;
        Ok(format!("{}{key}{}{text}", self.export, self.sign))
    }
}
