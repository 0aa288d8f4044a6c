//! From the parser's events to a document.

use granit_parser::{Event as Met, Parser, ScalarStyle, Span as Place, StrInput, StructureStyle};

use super::block_scalar::{first_of, span};
use super::comments::{Comment, Frame, column};
use super::metadata::{self, Holder, Last};
use super::refusal::refused;
use crate::document::{Builder, Container, Document, Event, Limits, NodeId, Room, Span, Style, Text};
use crate::error::{Class, Error, Result};

/// A node's tag and anchor, in front of it.
#[derive(Clone, Copy, Default)]
struct Properties {
    tag: Option<Span>,
    anchor: Option<Span>,
}

/// A key that is a collection: its text stays as it is.
pub(super) struct Key {
    start: usize,
    outer: usize,
}

/// What is known of the stream so far.
pub(super) struct Scan<'s> {
    pub(super) text: &'s str,
    parser: Parser<'s, StrInput<'s>>,
    pub(super) builder: Builder,
    pub(super) open: Vec<Frame>,
    pub(super) key: Option<Key>,
    pub(super) comments: Vec<Comment>,
    /// The root that comments outside all containers belong to.
    pub(super) root: Option<NodeId>,
    /// Where the last scalar, alias or flow collection ended; whether that was a block scalar.
    pub(super) end: usize,
    pub(super) in_block: bool,
    /// The same for the one before.
    before: usize,
    /// Where to look for the next indicator.
    pub(super) seek: usize,
    /// Where to look for directives, between documents.
    pub(super) directives: Option<usize>,
    /// Whether there was one since the last document.
    pub(super) has_directive: bool,
    pub(super) documents: usize,
    pub(super) last: Last,
    holder: Option<Holder>,
    pub(super) room: Room,
}

/// Parses a whole stream.
pub(super) fn scan(source: String) -> Result<Document> {
    // The parser borrows the text while the builder, which owns it, changes.
    let text = source.clone();
    let mut options = granit_parser::options! {
        emit_anchor_events: true,
        max_buffered_comment_events: usize::MAX,
        max_directive_bytes: usize::MAX,
        max_reserved_directive_params: usize::MAX,
    };
    options.set_emit_comments(true);
    let mut builder = Builder::new(source, 0);
    if text.starts_with('\u{feff}') {
        builder.event(Event::ByteOrderMark);
    }
    let scan = Scan {
        text: &text,
        parser: Parser::new_from_str_with_options(&text, options),
        last: Last { mark: builder.mark(), start: None, has_directive: false },
        builder,
        open: Vec::new(),
        key: None,
        comments: Vec::new(),
        root: None,
        end: 0,
        in_block: false,
        before: 0,
        seek: 0,
        directives: Some(0),
        has_directive: false,
        documents: 0,
        holder: None,
        room: Room::Document,
    };
    scan.run()
}

impl<'s> Scan<'s> {
    fn run(mut self) -> Result<Document> {
        while let Some((event, place)) = self.next()? {
            match event {
                Met::Comment(..) => self.comment(bytes(&place))?,
                Met::DocumentStart(explicit, _) => self.document_start(explicit, bytes(&place))?,
                Met::DocumentEnd => self.document_end(bytes(&place))?,
                Met::Scalar(value, style, anchor, _) => {
                    let properties = self.properties(&place, anchor)?;
                    self.scalar(&value, style, properties, bytes(&place))?;
                }
                Met::Alias(_) => self.alias(bytes(&place))?,
                Met::SequenceStart(style, anchor, _) => {
                    let properties = self.properties(&place, anchor)?;
                    self.open(Container::List, style, properties, bytes(&place))?;
                }
                Met::MappingStart(style, anchor, _) => {
                    let properties = self.properties(&place, anchor)?;
                    self.open(Container::Map, style, properties, bytes(&place))?;
                }
                Met::SequenceEnd | Met::MappingEnd => self.close(bytes(&place))?,
                _ => {}
            }
        }
        self.settle_comments(self.text.len())?;
        if self.root.is_none() && self.builder.document().nodes().is_empty() {
            self.builder.ahead(0)?;
        }
        metadata::settle(&mut self.builder, self.holder, self.last, self.documents, self.room)?;
        Ok(self.builder.finish())
    }

    fn next(&mut self) -> Result<Option<(Met<'s>, Place)>> {
        self.parser.next().transpose().map_err(|error| refused(self.text, &error))
    }

    /// The properties of the node at `place`; its anchor, if it has one, is the parser's next event.
    fn properties(&mut self, place: &Place, anchor: usize) -> Result<Properties> {
        let tag = place.tag_span().map(|tag| bytes(&tag));
        let mut properties = Properties { tag, anchor: None };
        if anchor != 0
            && let Some((Met::Anchor(..), place)) = self.next()?
        {
            properties.anchor = Some(bytes(&place));
        }
        for span in [properties.tag, properties.anchor].into_iter().flatten() {
            self.seek = self.seek.max(span.end as usize);
        }
        Ok(properties)
    }

    fn put(&mut self, properties: Properties) {
        if let Some(tag) = properties.tag {
            let text = self.builder.source_text(tag);
            self.builder.event(Event::Tag(text));
        }
        if let Some(anchor) = properties.anchor {
            let name = Span::new(anchor.start as usize + 1, anchor.end as usize);
            let text = self.builder.source_text(name);
            self.builder.event(Event::Anchor(text));
        }
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, properties: Properties, span: Span) -> Result<()> {
        if style == ScalarStyle::Plain && span.is_empty() {
            self.settle_comments(span.start as usize)?;
            return self.empty(properties, span);
        }
        let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
        let span = if is_block { self.block_span(value, span) } else { span };
        self.settle_comments(span.start as usize)?;
        let plain = style == ScalarStyle::Plain;
        // At the end of a text without a final line break the parser adds one.
        let is_last = span.end as usize == self.text.len();
        let added =
            is_block && is_last && self.text.rsplit('\n').next().is_some_and(|l| !l.trim_start().is_empty());
        let value = if added { value.strip_suffix('\n').unwrap_or(value) } else { value };
        self.advance(span.end as usize, is_block);
        if self.is_in_key() {
            return Ok(());
        }
        let content = self.builder.text(span, value.as_bytes());
        if self.at_key() {
            return self.put_key(content, span, plain, properties);
        }
        self.value_follows(span.start as usize)?;
        self.put(properties);
        self.builder.leaf(span, content, if plain { Style::Plain } else { Style::Quoted })?;
        Ok(())
    }

    fn block_span(&self, value: &str, place: Span) -> Span {
        span(self.text, self.seek, place.range(), value)
    }

    fn empty(&mut self, properties: Properties, span: Span) -> Result<()> {
        self.end = last_indicator(self.text, self.end, span.start as usize);
        if self.is_in_key() {
            return Ok(());
        }
        if self.at_key() {
            let text = self.builder.source_text(span);
            return self.put_key(text, span, true, properties);
        }
        self.value_follows(span.start as usize)?;
        self.put(properties);
        self.builder.empty(span.start as usize)
    }

    fn alias(&mut self, span: Span) -> Result<()> {
        self.settle_comments(span.start as usize)?;
        self.advance(span.end as usize, false);
        if self.is_in_key() {
            return Ok(());
        }
        if self.at_key() {
            let text = self.builder.source_text(span);
            return self.put_key(text, span, true, Properties::default());
        }
        self.value_follows(span.start as usize)?;
        let name = self.builder.source_text(Span::new(span.start as usize + 1, span.end as usize));
        self.builder.alias(name, span)
    }

    fn open(&mut self, kind: Container, style: StructureStyle, own: Properties, span: Span) -> Result<()> {
        let is_flow = style == StructureStyle::Flow;
        let start = if is_flow { span.start as usize } else { self.block_start(kind, span.start as usize) };
        let column = if is_flow { 0 } else { column(self.text, start) };
        self.give_comments(start, (!is_flow).then_some((start, column)))?;
        let is_map = kind == Container::Map;
        let mut frame = Frame { node: None, column, is_flow, at_key: is_map, is_map };
        if is_flow {
            self.advance(span.end as usize, false);
        } else if !is_map {
            self.seek = self.seek.max(start + 1);
        }
        if self.open.len() > 2 * Limits::DEPTH {
            return Err(self.builder.refuse(Class::Limit, start, "nested too deeply"));
        }
        if self.is_in_key() {
            self.open.push(frame);
            return Ok(());
        }
        if self.at_key() {
            self.put(own);
            self.key = Some(Key { start, outer: self.open.len() });
            self.open.push(frame);
            return Ok(());
        }
        self.value_follows(start)?;
        self.put(own);
        let node = self.builder.open(kind, start)?;
        if self.open.is_empty() && self.documents == 1 && is_map && !is_flow {
            let indent = " ".repeat(column);
            self.room = Room::Entry { at: self.text.len(), indent, first: false, item: false };
        }
        frame.node = Some(node);
        self.open.push(frame);
        Ok(())
    }

    /// Where a block collection's first entry or item begins: a list at its key's column has its `-` there, which the
    /// parser does not name.
    fn block_start(&self, kind: Container, named: usize) -> usize {
        let is_value = self.open.last().is_some_and(|holder| holder.is_map && !holder.is_flow);
        if kind == Container::List && is_value {
            first_of(&self.text.as_bytes()[..named], self.seek, b"-").unwrap_or(named)
        } else {
            named
        }
    }

    fn close(&mut self, span: Span) -> Result<()> {
        if self.key.is_some() && !span.is_empty() {
            self.settle_comments(span.start as usize)?;
        } else if self.key.is_some() {
            self.drop_comments_in_key();
        } else {
            self.settle_comments(self.text.len())?;
        }
        let Some(frame) = self.open.pop() else { return Ok(()) };
        if frame.is_flow {
            self.advance(span.end as usize, false);
        }
        if let Some(key) = &self.key {
            if key.outer == self.open.len() {
                let span = Span::new(key.start, self.end.max(key.start));
                self.key = None;
                let text = self.builder.source_text(span);
                self.put_key(text, span, true, Properties::default())?;
            }
            return Ok(());
        }
        self.builder.close(self.end);
        Ok(())
    }

    fn is_in_key(&self) -> bool {
        self.key.is_some()
    }

    fn at_key(&self) -> bool {
        self.open.last().is_some_and(|frame| frame.at_key)
    }

    fn put_key(&mut self, text: Text, span: Span, plain: bool, own: Properties) -> Result<()> {
        if self.open.len() == 1 && self.builder.document().bytes(text) == metadata::NAME.as_bytes() {
            let start = [own.tag, own.anchor].into_iter().flatten().fold(span.start, |at, s| at.min(s.start));
            let mark = self.builder.mark();
            self.put(own);
            let node = self.builder.key(text, text, span, plain)?;
            self.holder.get_or_insert(Holder { mark, before: self.before, at: start as usize, node });
        } else {
            self.put(own);
            self.builder.key(text, text, span, plain)?;
        }
        if let Some(frame) = self.open.last_mut() {
            frame.at_key = false;
        }
        Ok(())
    }

    /// A value comes at `at`: the map that holds it waits for a key then, and a root has its node.
    fn value_follows(&mut self, at: usize) -> Result<()> {
        match self.open.last_mut() {
            Some(frame) => frame.at_key = frame.is_map,
            None => {
                self.root_at(at)?;
            }
        }
        Ok(())
    }

    fn advance(&mut self, end: usize, in_block: bool) {
        self.before = self.end;
        self.end = self.end.max(end);
        self.seek = self.seek.max(end);
        self.in_block = in_block;
    }

    pub(super) fn refuse(&self, span: Span, what: &str) -> Error {
        self.builder.refuse(Class::Syntax, span.start as usize, what)
    }
}

fn bytes(place: &Place) -> Span {
    let range = place.byte_range().unwrap_or_default();
    Span::new(range.start, range.end.max(range.start))
}

/// The end of the last byte between `from` and `until` that is neither white space nor a comment's: the indicators and
/// properties of an empty node.
fn last_indicator(text: &str, from: usize, until: usize) -> usize {
    let between = text.as_bytes().get(from..until).unwrap_or_default();
    let (mut end, mut in_comment, mut after_blank) = (from, false, false);
    for (at, byte) in between.iter().enumerate() {
        in_comment = (in_comment && *byte != b'\n') || (*byte == b'#' && after_blank);
        after_blank = byte.is_ascii_whitespace();
        if !in_comment && !after_blank {
            end = from + at + 1;
        }
    }
    end
}
