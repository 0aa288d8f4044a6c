//! From JSON text to a document: one pass, one stack, no recursion.

use super::Dialect;
use super::lexer::{self, Quoted, Slip};
use super::lookahead::is_block_item;
use crate::document::{Builder, Container, Document, Event, Room, Span, Style, Text};
use crate::error::{Class, Error, Result};
use crate::format::fields::{Fields, Flaw, Found};
use crate::format::members::indentation;

const BYTE_ORDER_MARK: &str = "\u{feff}";
/// The name of the metadata.
pub(super) const BLOCK: &[u8] = b"dekko";

/// What may stand next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Value,
    FirstItem,
    FirstKey,
    Key,
    CommaOrEnd,
}

/// The metadata block: a member of the root object, or an item of the root array.
struct Block {
    /// Where the text that a reader cuts out begins.
    start: usize,
    /// Where the member or item begins.
    at: usize,
    /// The byte after it; `None` while it is read.
    end: Option<usize>,
    /// How many containers are open inside the object of the fields, itself included.
    depth: usize,
    fields: Fields,
}

/// A walk through one text.
pub(super) struct Walk {
    builder: Builder,
    dialect: Dialect,
    at: usize,
    open: Vec<Container>,
    root: Container,
    /// Where the member or item of the root begins that is being read.
    begin: usize,
    /// Where the last complete one begins; `None` while there is none.
    last: Option<usize>,
    /// The byte after it, or after the root's bracket.
    tail: usize,
    /// A comment since `tail`.
    comment: Option<usize>,
    block: Option<Block>,
}

impl Walk {
    /// A walk from the start of `source`.
    pub fn new(source: String, dialect: Dialect) -> Self {
        Self {
            builder: Builder::new(source, 0),
            dialect,
            at: 0,
            open: Vec::new(),
            root: Container::Map,
            begin: 0,
            last: None,
            tail: 0,
            comment: None,
            block: None,
        }
    }

    /// Reads the whole text.
    pub fn run(mut self) -> Result<Document> {
        if self.builder.document().source().starts_with(BYTE_ORDER_MARK) {
            self.builder.event(Event::ByteOrderMark);
            self.at = BYTE_ORDER_MARK.len();
        }
        self.skip()?;
        let root = self.at;
        let mut next = Next::Value;
        if matches!(self.peek(), Some(b'{' | b'[')) {
            while next != Next::CommaOrEnd || !self.open.is_empty() {
                next = self.step(next)?;
            }
        } else {
            self.scalar_root()?;
        }
        self.skip()?;
        if self.peek().is_some() {
            return Err(self.syntax(self.at, "text after the end of the document"));
        }
        if self.builder.document().nodes().is_empty() {
            return Err(self.syntax(root, "a single value; dekko needs an object or an array at the root"));
        }
        self.finish()
    }

    /// Passes a root that is no container, so that it is refused by name only where it is valid JSON.
    fn scalar_root(&mut self) -> Result<()> {
        if self.peek() == Some(b'"') { self.string().map(drop) } else { self.plain().map(drop) }
    }

    fn finish(mut self) -> Result<Document> {
        let Some(block) = self.block else {
            let source = self.builder.document().source();
            let room = Room::Entry {
                at: self.tail,
                indent: self.last.map_or("", |at| indentation(source, at)).to_owned(),
                first: self.last.is_none(),
                item: self.root == Container::List,
            };
            self.builder.set_room(room);
            return Ok(self.builder.finish());
        };
        match block.fields.finish() {
            Ok(fields) => {
                let span = Span::new(block.start, block.end.unwrap_or(block.start));
                self.builder.set_block(span, block.at, fields);
                Ok(self.builder.finish())
            }
            Err(Flaw { at, what }) => Err(self.builder.refuse(Class::Metadata, at, what)),
        }
    }

    /// Reads on by one token, and says what may follow it.
    fn step(&mut self, next: Next) -> Result<Next> {
        self.skip()?;
        let Some(byte) = self.peek() else {
            return Err(self.syntax(self.at, "the text ends before the document does"));
        };
        let wanted = match (next, byte, self.open.last()) {
            (Next::FirstItem, b']', _) | (Next::FirstKey, b'}', _) => return Ok(self.close()),
            (Next::Value | Next::FirstItem, ..) => return self.value(byte),
            (Next::FirstKey | Next::Key, b'"', _) => return self.key(),
            (Next::FirstKey | Next::Key, ..) => "a key in double quotes should be here",
            (Next::CommaOrEnd, b',', _) => return self.comma(),
            (Next::CommaOrEnd, b'}', Some(Container::Map)) => return Ok(self.close()),
            (Next::CommaOrEnd, b']', Some(Container::List)) => return Ok(self.close()),
            (Next::CommaOrEnd, _, Some(Container::Map)) => "a ',' or '}' should be here",
            (Next::CommaOrEnd, ..) => "a ',' or ']' should be here",
        };
        Err(self.syntax(self.at, wanted))
    }

    fn comma(&mut self) -> Result<Next> {
        let at = self.at;
        self.at += 1;
        self.skip()?;
        match (self.peek(), self.open.last()) {
            (Some(b'}' | b']'), _) if self.dialect == Dialect::Strict => {
                Err(self.syntax(at, "a trailing comma, which strict JSON has not"))
            }
            (Some(b'}' | b']'), _) => Ok(Next::CommaOrEnd),
            (_, Some(Container::Map)) => Ok(Next::Key),
            _ => Ok(Next::Value),
        }
    }

    fn key(&mut self) -> Result<Next> {
        let start = self.at;
        let token = self.string()?;
        let span = Span::new(start, self.at);
        self.skip()?;
        if self.peek() != Some(b':') {
            return Err(self.syntax(self.at, "a ':' should be here"));
        }
        self.at += 1;
        let depth = self.open.len();
        if depth == 1 {
            self.begin = start;
            if self.bytes(span, &token) == BLOCK {
                return self.begin_block(start, 2).map(|()| Next::Value);
            }
            self.refuse_behind_block(start);
        }
        if self.is_inside() {
            if self.block.as_ref().is_some_and(|block| block.depth == depth) {
                let name = String::from_utf8_lossy(self.bytes(span, &token)).into_owned();
                self.field(start, &name)?;
            }
        } else {
            let text = self.content(span, &token);
            self.builder.key(text, text, span, false)?;
        }
        Ok(Next::Value)
    }

    fn value(&mut self, byte: u8) -> Result<Next> {
        let start = self.at;
        if self.open.len() == 1 && self.root == Container::List {
            self.begin = start;
            self.refuse_behind_block(start);
            if byte == b'{' && !self.is_inside() && is_block_item(self.text(), start, self.dialect) {
                self.begin_block(start, 3)?;
            }
        }
        match byte {
            b'{' => return self.open(Container::Map),
            b'[' => return self.open(Container::List),
            b'"' => {
                let token = self.string()?;
                let span = Span::new(start, self.at);
                if self.is_inside() {
                    let text = String::from_utf8(self.bytes(span, &token).to_vec());
                    self.found(text.as_deref().map_or(Found::Other, Found::Text), start);
                } else {
                    let content = self.content(span, &token);
                    self.builder.leaf(span, content, Style::Quoted)?;
                }
            }
            _ => {
                let span = self.plain()?;
                if self.is_inside() {
                    self.found(Found::Other, start);
                } else {
                    let content = self.builder.source_text(span);
                    self.builder.leaf(span, content, Style::Plain)?;
                }
            }
        }
        self.ended();
        Ok(Next::CommaOrEnd)
    }

    fn open(&mut self, kind: Container) -> Result<Next> {
        let start = self.at;
        self.at += 1;
        if self.is_inside() {
            let depth = self.block.as_ref().map_or(0, |block| block.depth);
            if self.open.len() >= depth {
                self.found(if kind == Container::List { Found::List } else { Found::Other }, start);
            } else if kind == Container::List {
                self.found(Found::Other, start);
            }
        } else {
            self.builder.open(kind, start)?;
        }
        if self.open.is_empty() {
            (self.root, self.tail, self.comment) = (kind, self.at, None);
        }
        self.open.push(kind);
        Ok(if kind == Container::Map { Next::FirstKey } else { Next::FirstItem })
    }

    fn close(&mut self) -> Next {
        self.at += 1;
        let kind = self.open.pop();
        if !self.is_inside() {
            self.builder.close(self.at);
        } else if kind == Some(Container::List) {
            self.found(Found::ListEnd, self.at - 1);
        }
        self.ended();
        Next::CommaOrEnd
    }

    /// A value is complete: perhaps a member of the root, perhaps the block.
    fn ended(&mut self) {
        if self.open.len() != 1 {
            return;
        }
        match &mut self.block {
            Some(block) => {
                block.end.get_or_insert(self.at);
            }
            None => (self.last, self.tail, self.comment) = (Some(self.begin), self.at, None),
        }
    }

    fn is_inside(&self) -> bool {
        self.block.as_ref().is_some_and(|block| block.end.is_none())
    }

    fn begin_block(&mut self, at: usize, depth: usize) -> Result<()> {
        if self.block.is_some() {
            return Err(self.syntax(at, "duplicate key 'dekko'"));
        }
        let mut fields = Fields::default();
        if let Some(comment) = self.comment {
            fields.flaw(comment, "a comment between the last entry and the metadata");
        }
        self.block = Some(Block { start: self.tail, at, end: None, depth, fields });
        Ok(())
    }

    fn refuse_behind_block(&mut self, at: usize) {
        if let Some(Block { end: Some(_), fields, .. }) = &mut self.block {
            fields.flaw(at, "the metadata is not the last entry of the document");
        }
    }

    /// A field's name in the block, which has the rules of all keys.
    fn field(&mut self, at: usize, name: &str) -> Result<()> {
        if self.block.as_ref().is_some_and(|block| block.fields.has(name)) {
            return Err(self.syntax(at, "a duplicate key in the metadata"));
        }
        self.found(Found::Key(name), at);
        Ok(())
    }

    fn found(&mut self, found: Found<'_>, at: usize) {
        if let Some(block) = &mut self.block {
            block.fields.take(found, at);
        }
    }

    fn text(&self) -> &[u8] {
        self.builder.document().source().as_bytes()
    }

    fn peek(&self) -> Option<u8> {
        self.text().get(self.at).copied()
    }

    fn syntax(&self, at: usize, what: &'static str) -> Error {
        self.builder.refuse(Class::Syntax, at, what)
    }

    fn slip(&self, slip: Slip) -> Error {
        self.syntax(slip.at, slip.what)
    }

    /// Moves behind white space and comments.
    fn skip(&mut self) -> Result<()> {
        let mut comment = None;
        let end = lexer::skip(self.text(), self.at, self.dialect, &mut comment);
        self.at = end.map_err(|slip| self.slip(slip))?;
        if let Some(at) = comment {
            match &mut self.block {
                Some(block) if block.end.is_none() => {
                    block.fields.flaw(at, "a comment in the metadata");
                }
                _ => self.comment = Some(at),
            }
        }
        Ok(())
    }

    /// Moves behind the string that begins here.
    fn string(&mut self) -> Result<Quoted> {
        let token = lexer::string(self.text(), self.at).map_err(|slip| self.slip(slip))?;
        self.at = token.end;
        Ok(token)
    }

    /// Moves behind the number or literal that begins here.
    fn plain(&mut self) -> Result<Span> {
        let start = self.at;
        self.at = lexer::plain(self.text(), start).map_err(|slip| self.slip(slip))?;
        Ok(Span::new(start, self.at))
    }

    fn bytes<'t>(&'t self, span: Span, token: &'t Quoted) -> &'t [u8] {
        let inner = &self.text()[span.start as usize + 1..span.end as usize - 1];
        token.decoded.as_deref().unwrap_or(inner)
    }

    fn content(&mut self, span: Span, token: &Quoted) -> Text {
        match &token.decoded {
            Some(decoded) => self.builder.text(span, decoded),
            None => self.builder.source_text(Span::new(span.start as usize + 1, span.end as usize - 1)),
        }
    }
}
