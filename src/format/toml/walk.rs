//! From TOML text to a document: the grammar's events in source order, the paths by the logical tree.

use toml_parser::decoder::Encoding;
use toml_parser::parser::{Event as Part, EventKind};
use toml_parser::{Raw, Source};

use super::statements::{self, Slip};
use super::tree::{Key, Tree};
use crate::document::{Builder, Document, Event, Kind, NodeId, Span, Step, Style, Text};
use crate::error::{Class, Error, Result};
use crate::format::fields::{Fields, Flaw, Found};

const BYTE_ORDER_MARK: &str = "\u{feff}";
const BLOCK: &str = "dekko";

/// What a statement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `[t]` or `[[t]]`.
    Header,
    /// `key = value` on lines of its own.
    Line,
    /// `key = value` in an inline table.
    Inline,
}

/// One header or `key = value` of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Statement {
    /// What it is.
    pub form: Form,
    /// The table that a header opens; the node of the whole key that an entry gives a value.
    pub node: NodeId,
    /// The table under whose header it stands, a header's own; the inline table it stands in.
    pub table: NodeId,
    /// From its first to its last byte, comment and line break not included.
    pub span: Span,
}

/// An open array or inline table.
struct Open {
    node: NodeId,
    items: u32,
    is_list: bool,
    /// The entry whose value it is; an item has none.
    entry: Option<usize>,
}

/// The block while it is read; everything behind its header belongs to it.
struct Block {
    start: usize,
    at: usize,
    fields: Fields,
}

pub(super) struct Walk {
    tree: Tree,
    /// The table under whose header the walk is.
    table: NodeId,
    open: Vec<Open>,
    keys: Vec<Key>,
    /// Where the statement at hand begins, and what it is.
    begin: usize,
    header: Option<Header>,
    value: Option<(NodeId, usize)>,
    statements: Vec<Statement>,
    block: Option<Block>,
    flaw: Option<Flaw>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Header {
    Table,
    Item,
}

/// Reads `source`: the document, and its statements in source order.
pub(super) fn walk(source: String) -> Result<(Document, Vec<Statement>)> {
    let parts = match statements::events(&source) {
        Ok(parts) => parts,
        Err(slip) => return Err(refused(&Builder::new(source, 1), &slip)),
    };
    let mut walk = Walk::new(source)?;
    for part in parts {
        walk.part(part)?;
    }
    if let Err(slip) = statements::check(walk.tree.builder.document().source()) {
        return Err(refused(&walk.tree.builder, &slip));
    }
    walk.finish()
}

fn refused(builder: &Builder, slip: &Slip) -> Error {
    let class = if slip.is_limit { Class::Limit } else { Class::Syntax };
    builder.refuse(class, slip.at, slip.what)
}

impl Walk {
    fn new(source: String) -> Result<Self> {
        let tree = Tree::new(source)?;
        Ok(Self {
            table: tree.root,
            tree,
            open: Vec::new(),
            keys: Vec::new(),
            begin: 0,
            header: None,
            value: None,
            statements: Vec::new(),
            block: None,
            flaw: None,
        })
    }

    fn finish(self) -> Result<(Document, Vec<Statement>)> {
        let Self { tree: Tree { mut builder, .. }, statements, block, flaw, .. } = self;
        let end = builder.document().source().len();
        let flaw = match (flaw, block) {
            (None, None) => return Ok((builder.finish(), statements)),
            (Some(flaw), _) => flaw,
            (None, Some(Block { start, at, fields })) => match fields.finish() {
                Ok(fields) => {
                    builder.set_block(Span::new(start, end), at, fields);
                    return Ok((builder.finish(), statements));
                }
                Err(flaw) => flaw,
            },
        };
        Err(builder.refuse(Class::Metadata, flaw.at, flaw.what))
    }

    fn part(&mut self, part: Part) -> Result<()> {
        let span = Span::new(part.span().start(), part.span().end());
        let at = span.start as usize;
        match part.kind() {
            EventKind::StdTableOpen | EventKind::ArrayTableOpen => {
                let is_list = part.kind() == EventKind::ArrayTableOpen;
                self.begin = at;
                self.header = Some(if is_list { Header::Item } else { Header::Table });
                Ok(())
            }
            EventKind::StdTableClose | EventKind::ArrayTableClose => self.header_closed(span.end as usize),
            EventKind::SimpleKey => {
                if self.keys.is_empty() && self.header.is_none() && self.open.is_empty() {
                    self.begin = at;
                }
                let text = self.decoded_key(part)?;
                self.keys.push(Key { span, text });
                Ok(())
            }
            EventKind::KeyValSep => self.entry(),
            EventKind::ArrayOpen => self.container(at, true),
            EventKind::InlineTableOpen => self.container(at, false),
            EventKind::ArrayClose | EventKind::InlineTableClose => self.close(span),
            EventKind::Scalar => self.scalar(part, span),
            EventKind::Comment => self.comment(span),
            EventKind::Error => Err(self.tree.syntax(at, "text that does not belong here")),
            EventKind::KeySep | EventKind::ValueSep | EventKind::Whitespace | EventKind::Newline => Ok(()),
        }
    }

    fn header_closed(&mut self, end: usize) -> Result<()> {
        let keys = std::mem::take(&mut self.keys);
        let header = self.header.take();
        let Some((last, parents)) = keys.split_last() else {
            return Err(self.tree.syntax(self.begin, "a table header that is not valid"));
        };
        if let Some(block) = &mut self.block {
            block.fields.flaw(self.begin, "the metadata is not the last table");
            return Ok(());
        }
        if keys[0].text == BLOCK {
            if keys.len() == 1 && header == Some(Header::Table) {
                let source = self.tree.builder.document().source();
                let mark = if source.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
                let start = source[..self.begin].rfind('\n').map_or(mark, |n| n + 1);
                let block = Block { start, at: self.begin, fields: Fields::default() };
                self.block = Some(block);
            } else {
                self.flaw
                    .get_or_insert(Flaw { at: self.begin, what: "a 'dekko' table that is not the metadata" });
                self.block = Some(Block { start: 0, at: self.begin, fields: Fields::default() });
            }
            return Ok(());
        }
        let mut node = self.tree.root;
        for key in parents {
            node = self.tree.descend(node, key)?;
        }
        let list = header == Some(Header::Item);
        let span = Span::new(self.begin, end);
        node = if list {
            self.tree.table_item(node, last, span)?
        } else {
            self.tree.table_named(node, last, span)?
        };
        self.tree.check_depth(node)?;
        self.table = node;
        self.statements.push(Statement { form: Form::Header, node, table: node, span });
        self.tree.builder.event(Event::Header { list, node });
        Ok(())
    }

    /// `key =`, perhaps dotted: the events, and the node that waits for its value.
    fn entry(&mut self) -> Result<()> {
        let keys = std::mem::take(&mut self.keys);
        let at = keys.first().map_or(self.begin, |key| key.span.start as usize);
        if let Some(block) = &mut self.block {
            if let [key] = &keys[..] {
                if self.open.is_empty() {
                    block.fields.take(Found::Key(&key.text), key.span.start as usize);
                }
            } else {
                block.fields.flaw(at, "a dotted key in the metadata");
            }
            return Ok(());
        }
        let Some((last, parents)) = keys.split_last() else {
            return Err(self.tree.syntax(at, "a value without a key"));
        };
        let (form, table) = match self.open.last() {
            Some(open) => (Form::Inline, open.node),
            None => (Form::Line, self.table),
        };
        let mut node = table;
        if node == self.tree.root && keys[0].text == BLOCK {
            self.flaw.get_or_insert(Flaw { at, what: "a 'dekko' key that is not the metadata" });
        }
        for key in parents {
            node = self.tree.descend(node, key)?;
            self.tree.key_event(key);
        }
        node = self.tree.child(node, last)?;
        self.tree.check_depth(node)?;
        self.tree.key_event(last);
        self.value = Some((node, self.statements.len()));
        self.statements.push(Statement { form, node, table, span: Span::new(at, at) });
        Ok(())
    }

    /// The node of the value that begins at byte `at`, and its entry: the waiting key's, or a new item's.
    fn place(&mut self, at: usize) -> Result<(NodeId, Option<usize>)> {
        if let Some((node, entry)) = self.value.take() {
            return Ok((node, Some(entry)));
        }
        let Some(open) = self.open.last_mut().filter(|open| open.is_list) else {
            return Err(self.tree.syntax(at, "a value without a key"));
        };
        let (parent, number) = (open.node, open.items);
        open.items += 1;
        let node =
            self.tree.builder.node(Some(parent), Step::Item(number), Span::new(at, at), Kind::Empty)?;
        Ok((node, None))
    }

    fn container(&mut self, at: usize, is_list: bool) -> Result<()> {
        if let Some(block) = &mut self.block {
            let found = if is_list && self.open.is_empty() { Found::List } else { Found::Other };
            block.fields.take(found, at);
            self.open.push(Open { node: self.tree.root, items: 0, is_list, entry: None });
            return Ok(());
        }
        let (node, entry) = self.place(at)?;
        self.tree.check_depth(node)?;
        let (kind, event) =
            if is_list { (Kind::List, Event::ListStart) } else { (Kind::Map, Event::MapStart) };
        self.tree.builder.set(node, kind, Span::new(at, at));
        self.tree.builder.event(event);
        self.open.push(Open { node, items: 0, is_list, entry });
        Ok(())
    }

    fn close(&mut self, span: Span) -> Result<()> {
        let (at, end) = (span.start as usize, span.end as usize);
        let Some(open) = self.open.pop() else {
            return Err(self.tree.syntax(at, "a bracket that nothing opens"));
        };
        if let Some(block) = &mut self.block {
            block.fields.take(if open.is_list { Found::ListEnd } else { Found::Other }, at);
            return Ok(());
        }
        self.tree.builder.extend(open.node, end);
        self.tree.builder.event(if open.is_list { Event::ListEnd } else { Event::MapEnd });
        self.complete(open.entry, end);
        Ok(())
    }

    fn scalar(&mut self, part: Part, span: Span) -> Result<()> {
        let at = span.start as usize;
        let text = match part.encoding() {
            Some(_) => Some(self.decoded_string(part)?),
            None => None,
        };
        if let Some(block) = &mut self.block {
            block.fields.take(text.as_deref().map_or(Found::Other, Found::Text), at);
            return Ok(());
        }
        let (node, entry) = self.place(at)?;
        let (content, style) = match text {
            Some(text) => (self.tree.builder.text(span, text.as_bytes()), Style::Quoted),
            None => (self.tree.builder.source_text(span), Style::Plain),
        };
        self.tree.builder.leaf_at(node, span, content, style);
        self.complete(entry, span.end as usize);
        Ok(())
    }

    /// The value of `entry` ends before byte `end`.
    fn complete(&mut self, entry: Option<usize>, end: usize) {
        let Some(statement) = entry.and_then(|entry| self.statements.get_mut(entry)) else { return };
        statement.span = Span::new(statement.span.start as usize, end);
        if statement.form == Form::Line && statement.table != self.tree.root {
            self.tree.builder.extend(statement.table, end);
        }
    }

    fn comment(&mut self, span: Span) -> Result<()> {
        if let Some(block) = &mut self.block {
            block.fields.flaw(span.start as usize, "a comment in the metadata");
            return Ok(());
        }
        let container = self.open.last().map_or(self.table, |open| open.node);
        let content = self.comment_content(span);
        self.tree.builder.comment(container, span, content)
    }

    /// What follows the sign, blanks aside.
    fn comment_content(&self, span: Span) -> Text {
        let src = self.tree.builder.document().src(span);
        let after = src.strip_prefix('#').unwrap_or(src);
        let content = after.trim_start_matches([' ', '\t']);
        let start = span.end as usize - content.len();
        let content = content.trim_end_matches([' ', '\t']);
        self.tree.builder.source_text(Span::new(start, start + content.len()))
    }

    fn decoded_key(&self, part: Part) -> Result<String> {
        let mut errors = None;
        let mut text = String::new();
        self.raw(part)?.decode_key(&mut text, &mut errors);
        self.checked(part, text, errors.is_some())
    }

    fn decoded_string(&self, part: Part) -> Result<String> {
        let mut errors = None;
        let mut text = String::new();
        let _ = self.raw(part)?.decode_scalar(&mut text, &mut errors);
        self.checked(part, text, errors.is_some())
    }

    fn raw(&self, part: Part) -> Result<Raw<'_>> {
        let at = part.span().start();
        let raw = Source::new(self.tree.builder.document().source()).get(part);
        raw.ok_or_else(|| self.tree.syntax(at, "text that does not belong here"))
    }

    fn checked(&self, part: Part, text: String, is_wrong: bool) -> Result<String> {
        let what = match part.encoding() {
            Some(Encoding::BasicString) => "a string that is not valid",
            Some(Encoding::LiteralString) => "a literal string that is not valid",
            Some(_) => "a multi-line string that is not valid",
            None => "a key that is not valid",
        };
        if is_wrong { Err(self.tree.syntax(part.span().start(), what)) } else { Ok(text) }
    }
}
