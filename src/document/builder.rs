//! How a format's parser makes a document.

use std::hash::{BuildHasher, Hasher};

use hashbrown::{DefaultHashBuilder, HashTable};

use super::event::Event;
use super::span::{Span, position};
use super::tree::{Block, Document, Field, Kind, Leaf, LeafId, Node, NodeId, Room, Step, Style, Text};
use crate::error::{Class, Error, Result};

/// What a reader takes at most (section 10 of the format).
pub struct Limits;

impl Limits {
    /// Bytes of a text.
    pub const TEXT: usize = 64 << 20;
    /// Bytes of a key.
    pub const KEY: usize = 64 << 10;
    /// Containers inside one another, the root included.
    pub const DEPTH: usize = 128;
    /// Nodes of a document.
    pub const NODES: usize = 1_000_000;
}

/// The two kinds of containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// Entries by key.
    Map,
    /// Items in order.
    List,
}

/// The hash under which an entry is found in [`Document::child`]. Seeded per process, so that a hostile file cannot
/// choose keys that collide.
pub(super) fn child_hash(parent: NodeId, key: &[u8]) -> u64 {
    static SEED: std::sync::LazyLock<DefaultHashBuilder> =
        std::sync::LazyLock::new(DefaultHashBuilder::default);
    let mut hasher = SEED.build_hasher();
    hasher.write_u32(parent.0);
    hasher.write(key);
    hasher.finish()
}

struct Open {
    node: NodeId,
    kind: Container,
    items: u32,
}

/// Collects what a parser finds, in document order, and keeps paths, limits and duplicate keys in view.
pub struct Builder {
    document: Document,
    open: Vec<Open>,
    pending: Option<NodeId>,
    ahead: Option<NodeId>,
}

/// A moment in the making of a document, to go back to.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    nodes: usize,
    leaves: usize,
    events: usize,
}

impl Mark {
    /// How many events there were then.
    pub fn events(self) -> usize {
        self.events
    }
}

impl Builder {
    /// A builder over `source`, whose walk begins at `depth`: 0, or 1 where the root has no events of its own.
    pub fn new(source: String, depth: u32) -> Self {
        let document = Document {
            source,
            decoded: Vec::new(),
            nodes: Vec::new(),
            leaves: Vec::new(),
            events: Vec::new(),
            children: HashTable::new(),
            depth,
            block: None,
            room: Room::Lines,
        };
        Self { document, open: Vec::new(), pending: None, ahead: None }
    }

    /// The document so far: its source, and everything that was added.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The finished document.
    pub fn finish(self) -> Document {
        self.document
    }

    /// A refusal at byte `at` of the source.
    pub fn refuse(&self, class: Class, at: usize, what: impl Into<String>) -> Error {
        Error::refused(class, Some(position(self.document.source.as_bytes(), at)), what)
    }

    /// `decoded` as a text: where it equals the source at `span`, or stands in it one byte further in on each side
    /// (quotes), it is taken from there.
    pub fn text(&mut self, span: Span, decoded: &[u8]) -> Text {
        let source = self.document.source.as_bytes();
        let (start, end) = (span.start as usize, span.end as usize);
        for inset in [0, 1] {
            if end >= start + 2 * inset && &source[start + inset..end - inset] == decoded {
                return Text { span: Span::new(start + inset, end - inset), decoded: false };
            }
        }
        let start = self.document.decoded.len();
        self.document.decoded.extend_from_slice(decoded);
        Text { span: Span::new(start, start + decoded.len()), decoded: true }
    }

    /// The source text of `span` as it is.
    pub fn source_text(&self, span: Span) -> Text {
        Text { span, decoded: false }
    }

    /// Adds an event that has no node of its own: byte order mark, directive, document borders, tag, anchor.
    pub fn event(&mut self, event: Event) {
        self.document.events.push(event);
    }

    /// Adds a node by hand (TOML and INI, whose tables are not met in nesting order).
    ///
    /// # Errors
    /// `limit` when there are too many.
    pub fn node(&mut self, parent: Option<NodeId>, step: Step, key: Span, kind: Kind) -> Result<NodeId> {
        let count = self.document.nodes.len();
        if count >= Limits::NODES {
            let what = format!("more than {} values", Limits::NODES);
            return Err(self.refuse(Class::Limit, key.start as usize, what));
        }
        let id = NodeId(u32::try_from(count).expect("at most a million nodes"));
        let value = Span { start: key.end, end: key.end };
        self.document.nodes.push(Node { parent: parent.unwrap_or(id), step, key, value, kind });
        if let (Some(parent), Step::Key(text)) = (parent, step) {
            let document = &self.document;
            let hash = child_hash(parent, document.bytes(text));
            let Document { children, nodes, source, decoded, .. } = &mut self.document;
            children.insert_unique(hash, id, |&other| {
                let node = &nodes[other.index()];
                let bytes = match node.step {
                    Step::Key(text) if text.decoded => &decoded[text.span.range()],
                    Step::Key(text) => &source.as_bytes()[text.span.range()],
                    _ => &[],
                };
                child_hash(node.parent, bytes)
            });
        }
        Ok(id)
    }

    /// What stands at `node`, and where.
    pub fn set(&mut self, node: NodeId, kind: Kind, value: Span) {
        let node = &mut self.document.nodes[node.index()];
        node.kind = kind;
        node.value = value;
    }

    /// Extends the value span of `node` to byte `end`.
    pub fn extend(&mut self, node: NodeId, end: usize) {
        let node = &mut self.document.nodes[node.index()];
        node.value = Span::new(node.value.start as usize, end.max(node.value.end as usize));
    }

    /// Adds the entry of key `path` (decoded) to the map `parent`.
    ///
    /// # Errors
    /// `syntax` when the map has that key already.
    pub fn entry(&mut self, parent: NodeId, path: Text, key: Span) -> Result<NodeId> {
        let bytes = self.document.bytes(path);
        if bytes.len() > Limits::KEY {
            let what = format!("a key is longer than {} KiB", Limits::KEY >> 10);
            return Err(self.refuse(Class::Limit, key.start as usize, what));
        }
        if let Some(first) = self.document.child(parent, bytes) {
            let line =
                position(self.document.source.as_bytes(), self.document.node(first).key.start as usize).line;
            let shown = self.document.path_of(first);
            let what = format!("duplicate key '{shown}', first on line {line}");
            return Err(self.refuse(Class::Syntax, key.start as usize, what));
        }
        self.node(Some(parent), Step::Key(path), key, Kind::Empty)
    }

    /// Adds a leaf at `node`, and its event.
    pub fn leaf_at(&mut self, node: NodeId, span: Span, content: Text, style: Style) -> LeafId {
        let id = LeafId(u32::try_from(self.document.leaves.len()).expect("no more leaves than nodes"));
        self.document.leaves.push(Leaf { span, node, content, style });
        self.set(node, Kind::Leaf(id), span);
        self.document.events.push(Event::Leaf(id));
        id
    }

    /// The node that the next value in nesting order gets: the pending key's, a new item, or a new root.
    fn place(&mut self, at: usize) -> Result<NodeId> {
        if let Some(node) = self.ahead.take() {
            return Ok(node);
        }
        let key = Span::new(at, at);
        match self.open.last_mut() {
            None => self.node(None, Step::Root, key, Kind::Empty),
            Some(open) if open.kind == Container::List => {
                let (parent, item) = (open.node, open.items);
                open.items += 1;
                self.node(Some(parent), Step::Item(item), key, Kind::Empty)
            }
            Some(_) => {
                self.pending.take().ok_or_else(|| self.refuse(Class::Syntax, at, "a value without a key"))
            }
        }
    }

    /// The node of the next value, before that is met: comments in front of a YAML collection belong to it.
    ///
    /// # Errors
    /// `limit`.
    pub fn ahead(&mut self, at: usize) -> Result<NodeId> {
        let node = self.place(at)?;
        self.ahead = Some(node);
        Ok(node)
    }

    /// This moment.
    pub fn mark(&self) -> Mark {
        let Document { nodes, leaves, events, .. } = &self.document;
        Mark { nodes: nodes.len(), leaves: leaves.len(), events: events.len() }
    }

    /// Forgets what was added since `mark`: a metadata block. All containers opened since are closed.
    pub fn rewind(&mut self, mark: Mark) {
        let document = &mut self.document;
        for at in mark.nodes..document.nodes.len() {
            let id = NodeId(u32::try_from(at).expect("at most a million nodes"));
            let node = document.nodes[at];
            if let Step::Key(text) = node.step {
                let hash = child_hash(node.parent, document.bytes(text));
                if let Ok(found) = document.children.find_entry(hash, |&other| other == id) {
                    found.remove();
                }
            }
        }
        document.nodes.truncate(mark.nodes);
        document.leaves.truncate(mark.leaves);
        document.events.truncate(mark.events);
    }

    /// Ends the value span of `node` at byte `end` again, after a block was cut out of it.
    pub fn shorten(&mut self, node: NodeId, end: usize) {
        let node = &mut self.document.nodes[node.index()];
        node.value = Span::new(node.value.start as usize, end.max(node.value.start as usize));
    }

    /// Leaves out the borders of a YAML stream's only document.
    pub fn drop_borders(&mut self) {
        self.document.events.retain(|event| !matches!(event, Event::DocumentStart | Event::DocumentEnd));
    }

    /// A key in the innermost open map: `event` is the text that the format authenticates, `path` the one in paths.
    ///
    /// # Errors
    /// `syntax` when the map has that key already; `limit`.
    pub fn key(&mut self, event: Text, path: Text, key: Span, plain: bool) -> Result<NodeId> {
        let parent = self.innermost().expect("keys come inside a map");
        let node = self.entry(parent, path, key)?;
        self.document.events.push(Event::Key { text: event, plain });
        self.pending = Some(node);
        Ok(node)
    }

    /// A container opens at byte `at`.
    ///
    /// # Errors
    /// `limit` when it is nested too deeply, or there are too many nodes.
    pub fn open(&mut self, kind: Container, at: usize) -> Result<NodeId> {
        if self.open.len() >= Limits::DEPTH {
            let what = format!("nested deeper than {} levels", Limits::DEPTH);
            return Err(self.refuse(Class::Limit, at, what));
        }
        let node = self.place(at)?;
        let (event, shown) = match kind {
            Container::Map => (Event::MapStart, Kind::Map),
            Container::List => (Event::ListStart, Kind::List),
        };
        self.set(node, shown, Span::new(at, at));
        self.document.events.push(event);
        self.open.push(Open { node, kind, items: 0 });
        Ok(node)
    }

    /// The innermost container closes; its last byte is before `end`.
    pub fn close(&mut self, end: usize) {
        let open = self.open.pop().expect("closes follow opens");
        self.extend(open.node, end);
        self.document.events.push(match open.kind {
            Container::Map => Event::MapEnd,
            Container::List => Event::ListEnd,
        });
    }

    /// A scalar in nesting order.
    ///
    /// # Errors
    /// `limit`.
    pub fn leaf(&mut self, span: Span, content: Text, style: Style) -> Result<LeafId> {
        let node = self.place(span.start as usize)?;
        Ok(self.leaf_at(node, span, content, style))
    }

    /// An empty YAML node at byte `at`.
    ///
    /// # Errors
    /// `limit`.
    pub fn empty(&mut self, at: usize) -> Result<()> {
        let node = self.place(at)?;
        self.set(node, Kind::Empty, Span::new(at, at));
        self.document.events.push(Event::Empty);
        Ok(())
    }

    /// A YAML alias of name `name`.
    ///
    /// # Errors
    /// `limit`.
    pub fn alias(&mut self, name: Text, span: Span) -> Result<()> {
        let node = self.place(span.start as usize)?;
        self.set(node, Kind::Alias, span);
        self.document.events.push(Event::Alias(name));
        Ok(())
    }

    /// A comment that belongs to `container`; `content` is what follows the sign, blanks aside.
    ///
    /// # Errors
    /// `limit`.
    pub fn comment(&mut self, container: NodeId, span: Span, content: Text) -> Result<()> {
        let at = Span::new(span.start as usize, span.start as usize);
        let node = self.node(Some(container), Step::Comment, at, Kind::Empty)?;
        self.leaf_at(node, span, content, Style::Comment);
        Ok(())
    }

    /// The innermost open container.
    pub fn innermost(&self) -> Option<NodeId> {
        self.open.last().map(|open| open.node)
    }

    /// Where a block can be attached.
    pub fn set_room(&mut self, room: Room) {
        self.document.room = room;
    }

    /// A metadata block was found at `span`; `at` is the byte that messages name.
    pub fn set_block(&mut self, span: Span, at: usize, fields: Vec<Field>) {
        let at = position(self.document.source.as_bytes(), at);
        self.document.block = Some(Block { span, at, fields });
    }
}
