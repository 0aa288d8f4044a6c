//! The document: source, events, and the tree of paths over them.

use super::builder::child_hash;
use super::event::Event;
use super::span::Span;
use crate::error::Position;

/// A text that lies in the source, or, where decoding changed it, in the document's own store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    pub(super) span: Span,
    pub(super) decoded: bool,
}

/// The number of a node in its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(super) u32);

/// The number of a leaf in its document, in document order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LeafId(pub(super) u32);

impl NodeId {
    /// As an index into [`Document::nodes`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl LeafId {
    /// As an index into [`Document::leaves`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The last step of a node's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The root of a document: the empty path.
    Root,
    /// An entry of a map.
    Key(Text),
    /// An item of a list, numbered from 0; the number is for people, the format leaves it out.
    Item(u32),
    /// A comment in its container.
    Comment,
}

/// What stands at a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A map, table or section.
    Map,
    /// A list or an array of tables.
    List,
    /// A scalar or a comment.
    Leaf(LeafId),
    /// A YAML node without text.
    Empty,
    /// A YAML alias.
    Alias,
}

/// One place in the document that a path leads to.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    /// The container it lies in; a root is its own parent.
    pub parent: NodeId,
    /// The last step of its path.
    pub step: Step,
    /// Where its key stands in the source, quotes included; empty where there is none.
    pub key: Span,
    /// Where its value stands: a scalar's or flow collection's text; for block collections, tables and sections from
    /// their first to their last entry, as far as the format's parser says; an empty node's place.
    pub value: Span,
    /// What stands there.
    pub kind: Kind,
}

/// How a scalar is written, as far as the format authenticates it (codes 03, 04 and 0B of section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Unquoted YAML and dotenv, JSON literals and numbers, TOML non-strings, every INI value.
    Plain,
    /// Quoted or block scalars; dotenv in single quotes.
    Quoted,
    /// dotenv in double quotes or backticks; the content begins with the opening quote.
    Interpolated,
    /// A comment; the content is what follows the sign, blanks aside.
    Comment,
}

/// A scalar in value position, or a comment.
#[derive(Clone, Copy, Debug)]
pub struct Leaf {
    /// Its text in the source: `src` of section 4.
    pub span: Span,
    /// The node it stands at.
    pub node: NodeId,
    /// Its decoded content (a comment's: after the sign, without blanks around).
    pub content: Text,
    /// How it is written.
    pub style: Style,
}

/// One field of the metadata block, as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name; each line of `recipients` is a field of the name `recipient`.
    pub name: String,
    /// Its content, quotes undone.
    pub value: String,
}

/// The metadata block of a document.
#[derive(Clone, Debug)]
pub struct Block {
    /// What a reader cuts out to get the body.
    pub span: Span,
    /// Where the block's name or first field stands, for messages.
    pub at: Position,
    /// The fields in the order they stand in.
    pub fields: Vec<Field>,
}

/// Where a metadata block can be attached to a document that has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Room {
    /// As the last entry of the root map or list: at byte `at`, entries indented by `indent`. `first` when the root is
    /// empty, `item` when it is a list.
    Entry {
        /// The byte before which the block goes.
        at: usize,
        /// The white space before each entry of the root.
        indent: String,
        /// Whether the root has no entry yet.
        first: bool,
        /// Whether the root is a list.
        item: bool,
    },
    /// As a document of its own at the end of the stream (YAML).
    Document,
    /// As lines at the end of the text.
    Lines,
}

/// A parsed text: spans, paths and events over a source that nobody re-serialises.
#[derive(Debug)]
pub struct Document {
    pub(super) source: String,
    pub(super) decoded: Vec<u8>,
    pub(super) nodes: Vec<Node>,
    pub(super) leaves: Vec<Leaf>,
    pub(super) events: Vec<Event>,
    pub(super) children: hashbrown::HashTable<NodeId>,
    /// The depth the walk begins at: 0 where the root has events of its own, 1 in dotenv, INI and TOML.
    pub(super) depth: u32,
    /// The metadata block, cut out of events and nodes; `None` in a plain text.
    pub block: Option<Block>,
    /// Where a block can be attached.
    pub room: Room,
}

impl Document {
    /// The whole text, block included.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The whole text, given back.
    pub fn into_source(self) -> String {
        self.source
    }

    /// The text without the metadata block.
    pub fn body(&self) -> String {
        match &self.block {
            None => self.source.clone(),
            Some(block) => {
                let mut body = String::with_capacity(self.source.len() - block.span.len());
                body.push_str(&self.source[..block.span.start as usize]);
                body.push_str(&self.source[block.span.end as usize..]);
                body
            }
        }
    }

    /// The bytes of `text`: UTF-8, or WTF-8 where a JSON string holds lone surrogates.
    pub fn bytes(&self, text: Text) -> &[u8] {
        let store = if text.decoded { &self.decoded[..] } else { self.source.as_bytes() };
        &store[text.span.range()]
    }

    /// Where `text` stands in the source; `None` when decoding changed it.
    pub fn place_of(&self, text: Text) -> Option<Span> {
        (!text.decoded).then_some(text.span)
    }

    /// Writes `text` over as many bytes of the source from byte `at`. Spans stay as they are, so `text` must read as the
    /// same scalar did: it is for tokens whose link was drawn after they were placed.
    pub fn overwrite(&mut self, at: usize, text: &str) {
        self.source.replace_range(at..at + text.len(), text);
    }

    /// Whether the path of `id` leads through a list.
    pub fn is_in_list(&self, id: NodeId) -> bool {
        let mut at = id;
        loop {
            let node = self.node(at);
            match node.step {
                Step::Item(_) => return true,
                Step::Root => return false,
                Step::Key(_) | Step::Comment => at = node.parent,
            }
        }
    }

    /// The source text of `span`.
    pub fn src(&self, span: Span) -> &str {
        &self.source[span.range()]
    }

    /// Whether `id` is one of `nodes`, or lies in one of them.
    pub fn is_below(&self, id: NodeId, nodes: &[NodeId]) -> bool {
        let mut at = id;
        loop {
            let node = self.node(at);
            if nodes.contains(&at) || node.step == Step::Root {
                return nodes.contains(&at);
            }
            at = node.parent;
        }
    }

    /// All nodes; parents before children.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The numbers of all nodes, in order.
    pub fn node_ids(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0u32..).take(self.nodes.len()).map(NodeId)
    }

    /// The numbers of all leaves, in order.
    pub fn leaf_ids(&self) -> impl Iterator<Item = LeafId> + use<> {
        (0u32..).take(self.leaves.len()).map(LeafId)
    }

    /// The node of number `id`.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// All leaves in document order, comments included.
    pub fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    /// The leaf of number `id`.
    pub fn leaf(&self, id: LeafId) -> &Leaf {
        &self.leaves[id.index()]
    }

    /// All events in document order.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The roots, one for each YAML document, else one.
    pub fn roots(&self) -> impl Iterator<Item = NodeId> + '_ {
        (0u32..).map(NodeId).zip(&self.nodes).filter(|(_, n)| n.step == Step::Root).map(|(id, _)| id)
    }

    /// The children of `parent` in the order they were first met.
    pub fn children_of(&self, parent: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let first = parent.index() + 1;
        self.nodes[first.min(self.nodes.len())..]
            .iter()
            .zip(first..)
            .filter(move |(n, _)| n.parent == parent && n.step != Step::Root)
            .map(|(_, at)| NodeId(u32::try_from(at).expect("at most a million nodes")))
    }

    /// The entry of key `key` (decoded bytes) in the map `parent`.
    pub fn child(&self, parent: NodeId, key: &[u8]) -> Option<NodeId> {
        self.children.find(child_hash(parent, key), |&id| self.is_child(id, parent, key)).copied()
    }

    pub(super) fn is_child(&self, id: NodeId, parent: NodeId, key: &[u8]) -> bool {
        let node = self.node(id);
        node.parent == parent && matches!(node.step, Step::Key(text) if self.bytes(text) == key)
    }

    /// The depth at which the walk begins (section 5): 0, or 1 where the root has no events of its own.
    pub fn initial_depth(&self) -> u32 {
        self.depth
    }

    /// The nodes from the root's child to `id`; empty for a root.
    pub fn lineage(&self, id: NodeId) -> Vec<NodeId> {
        let mut steps = Vec::new();
        let mut at = id;
        while self.node(at).step != Step::Root {
            steps.push(at);
            at = self.node(at).parent;
        }
        steps.reverse();
        steps
    }
}
