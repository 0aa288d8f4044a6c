//! INI: sections, keys, and values that may go on over deeper indented lines (section 8 of the format).

mod change;
mod scan;
mod text;

use super::lines::{self, BlockLines, Line};
use super::{Format, Grammar};
use crate::document::{Builder, Document, Event, Field, Kind, Leaf, NodeId, Span, Step, Style, Value};
use crate::error::{Class, Error, Result};

/// The INI format: `.ini` and `.cfg`. Not `.properties` (backslashes continue lines, `!` begins comments, keys may do without a
/// sign) nor `.conf` (anything). Values are decoded as Python's `configparser` does without interpolation: quotes, escapes and
/// inline comments are text.
pub struct Ini;

/// Its metadata lines: `;dekko field = value`.
const BLOCK: BlockLines = BlockLines { prefix: ";dekko ", sign: " = " };

impl Format for Ini {
    fn name(&self) -> &'static str {
        "ini"
    }

    fn grammar(&self) -> Grammar {
        Grammar::Ini
    }

    fn code(&self) -> u8 {
        5
    }

    fn claims(&self, name: &str) -> bool {
        [".ini", ".cfg"].iter().any(|extension| name.ends_with(extension))
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
        let mut section = root;
        while at < end {
            let text = &builder.document().source().as_bytes()[..end];
            let line = Line::at(text, at);
            at = line.next;
            match text[line.text..line.end].first() {
                None => {}
                Some(&sign) if scan::is_comment_sign(sign) => {
                    comment(&mut builder, section, Span::new(line.text, line.end))?;
                }
                Some(b'[') => {
                    let header = scan::header(text, line).map_err(|refusal| refused(&builder, &refusal))?;
                    let name = builder.source_text(header.name);
                    section = builder.entry(root, name, header.name)?;
                    builder.set(section, Kind::Map, Span::new(line.next, line.next));
                    builder.event(Event::Header { list: false, node: section });
                    if let Some(span) = header.comment {
                        comment(&mut builder, section, span)?;
                    }
                }
                Some(_) => {
                    let entry = scan::entry(text, line).map_err(|refusal| refused(&builder, &refusal))?;
                    at = entry.next;
                    let key = builder.source_text(entry.key);
                    let node = builder.entry(section, key, entry.key)?;
                    builder.event(Event::Key { text: key, plain: false });
                    let content = builder.source_text(entry.value);
                    builder.leaf_at(node, entry.value, content, Style::Plain);
                    builder.extend(section, entry.value.end as usize);
                }
            }
        }
        if let Some(block) = block {
            builder.set_block(Span::new(block.start, whole), block.start, block.fields);
        }
        Ok(builder.finish())
    }

    fn token_text(&self, document: &Document, leaf: &Leaf, token: &str) -> String {
        if leaf.style == Style::Comment {
            format!("{} {token}", comment_sign(document, leaf))
        } else {
            token.to_owned()
        }
    }

    fn attach(&self, body: &Document, fields: &[Field]) -> String {
        BLOCK.attach(body, fields)
    }

    fn value(&self, document: &Document, leaf: &Leaf) -> Result<Value> {
        Ok(Value::String(match leaf.style {
            Style::Comment => String::from_utf8_lossy(document.bytes(leaf.content)).into_owned(),
            _ => text::decode(document.src(leaf.span)),
        }))
    }

    fn scalar(&self, document: &Document, leaf: &Leaf, value: &Value) -> Result<String> {
        let refuse = |reason: &str| change::unsayable(document.path_of(leaf.node), reason);
        let value = lines::scalar_text(value).ok_or_else(|| refuse(change::NO_SCALAR))?;
        if leaf.style == Style::Comment {
            return lines::comment_text(comment_sign(document, leaf), value)
                .ok_or_else(|| refuse("is a comment; it has one line, without blanks around it"));
        }
        let key = document.node(leaf.node).key.start as usize;
        let indent = &document.source()[lines::line_start(document.source(), key)..key];
        change::encoded(value, indent, document.source()).map_err(refuse)
    }

    fn insert(
        &self,
        document: &Document,
        parent: NodeId,
        key: Option<&str>,
        value: &Value,
    ) -> Result<String> {
        change::insert(document, parent, key, value)
    }

    fn remove(&self, document: &Document, node: NodeId) -> Result<String> {
        change::remove(document, node)
    }

    fn write(&self, value: &Value) -> Result<String> {
        change::write(value)
    }
}

fn refused(builder: &Builder, refusal: &scan::Refusal) -> Error {
    builder.refuse(Class::Syntax, refusal.at, refusal.what)
}

fn comment(builder: &mut Builder, section: NodeId, span: Span) -> Result<()> {
    let text = builder.document().source().as_bytes();
    let content = lines::trim_span(text, span.start as usize + 1, span.end as usize);
    let content = builder.source_text(content);
    builder.comment(section, span, content)
}

fn comment_sign(document: &Document, leaf: &Leaf) -> char {
    if document.src(leaf.span).starts_with(';') { ';' } else { '#' }
}
