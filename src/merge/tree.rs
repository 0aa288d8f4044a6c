//! The slot tree: every byte of a text in one slot of one item, so that slots can be merged one by one.

use crate::document::{Document, Event, Kind, LeafId, NodeId, Span, Step, Style, push_lp};
use crate::format::{Format, Grammar, line_break};

use super::marks::Side;
use super::{Version, block, flow, sections};

/// The number of an item in its tree.
pub(super) type Id = usize;

/// How an atom stands in its lines: slots around atoms of different shapes do not fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// No text at all.
    Nothing,
    /// A text on the line of its head.
    Inline,
    /// A text over several lines, or on the line after its head.
    Lines,
}

/// What kind of container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sort {
    /// Entries by key.
    Map,
    /// Items in order.
    List,
    /// The documents of a stream.
    Stream,
}

/// How a container is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Entries are whole lines.
    Block,
    /// Entries stand in brackets, with commas between them.
    Flow,
}

/// A container, with the slots between its brackets or lines.
#[derive(Debug)]
pub(super) struct Container {
    pub sort: Sort,
    pub layout: Layout,
    /// Block: the rest of the line of the head, and what stands above the first entry's own lines. Flow: the bracket and
    /// the comment behind it.
    pub open: Span,
    /// Block: comments and blank lines behind the last entry. Flow: what follows the last entry, with the bracket.
    pub foot: Span,
    pub kids: Vec<Id>,
    /// What stands before each entry in its lines.
    pub indent: String,
    /// Whether the first entry stands in the line of the head (`- a: 1`).
    pub is_compact: bool,
    /// Whether a comma stands behind the last entry.
    pub has_last_comma: bool,
}

/// What an item holds.
#[derive(Debug)]
pub(super) enum Body {
    Atom(Shape),
    Container(Container),
}

/// An entry, item, section or document.
#[derive(Debug)]
pub(super) struct Item {
    /// Where it stands in the document, for messages; a text that the tree does not look into has none.
    pub node: Option<NodeId>,
    pub leaf: Option<LeafId>,
    /// Its key, encoded; empty in a list.
    pub key: Vec<u8>,
    /// Comments and blank lines above it (in flow: all between the comma and the item).
    pub lead: Span,
    /// Its key and the sign behind it, without the container's indentation.
    pub head: Span,
    /// Tag and anchor.
    pub props: Span,
    /// An atom's text, tag and anchor included; empty for a container.
    pub value: Span,
    /// The rest of its last line (in flow: a comment behind the comma).
    pub tail: Span,
    /// Whether it begins with a header: it stands below all entries of its container that do not.
    pub is_section: bool,
    pub body: Body,
    /// What it says, as a number: equal in all versions where the same is said.
    pub class: u32,
}

impl Item {
    pub fn container(&self) -> Option<&Container> {
        match &self.body {
            Body::Container(container) => Some(container),
            Body::Atom(_) => None,
        }
    }
}

/// A version as slots.
pub(super) struct Tree<'d> {
    pub document: &'d Document,
    pub opaque: &'d [Option<Vec<u8>>],
    pub items: Vec<Item>,
    pub root: Id,
    pub line_break: &'static str,
}

impl<'d> Tree<'d> {
    /// The tree of `version`; `None` where it cannot hold the text.
    pub fn of(format: &dyn Format, version: &Version<'d>) -> Option<Self> {
        let document = version.document;
        let mut scan = Scan::new(format, document);
        let root = match format.grammar() {
            Grammar::Yaml => block::stream(&mut scan),
            Grammar::Json | Grammar::Jsonc => flow::root(&mut scan),
            Grammar::Toml | Grammar::Dotenv | Grammar::Ini => sections::root(&mut scan),
        }?;
        Some(Self {
            document,
            opaque: version.opaque,
            items: scan.items,
            root,
            line_break: line_break(document.source()),
        })
    }

    pub fn text(&self, span: Span) -> &'d str {
        self.document.source().get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    pub fn item(&self, id: Id) -> &Item {
        &self.items[id]
    }

    /// The path of an item, for people.
    pub fn path(&self, id: Id) -> String {
        self.items[id].node.map_or_else(|| ".".to_owned(), |node| self.document.path_of(node))
    }
}

/// What the builders share: the document with what they need of it at hand, and the items so far.
pub(super) struct Scan<'d> {
    pub document: &'d Document,
    pub source: &'d str,
    pub grammar: Grammar,
    /// The entries and items of each node, comments left out.
    pub kids: Vec<Vec<NodeId>>,
    /// Where the last comment of each node begins.
    pub last_comment: Vec<Option<usize>>,
    /// Tag and anchor of each node.
    pub props: Vec<Option<Span>>,
    pub items: Vec<Item>,
}

impl<'d> Scan<'d> {
    fn new(format: &dyn Format, document: &'d Document) -> Self {
        let count = document.nodes().len();
        let mut scan = Self {
            document,
            source: document.source(),
            grammar: format.grammar(),
            kids: vec![Vec::new(); count],
            last_comment: vec![None; count],
            props: vec![None; count],
            items: Vec::new(),
        };
        for id in document.node_ids() {
            let node = document.node(id);
            match (node.step, node.kind) {
                (Step::Key(_) | Step::Item(_), _) => scan.kids[node.parent.index()].push(id),
                (Step::Comment, Kind::Leaf(leaf)) => {
                    let at = document.leaf(leaf).span.start as usize;
                    let last = &mut scan.last_comment[node.parent.index()];
                    *last = Some(last.map_or(at, |last| last.max(at)));
                }
                _ => {}
            }
        }
        if scan.grammar == Grammar::Yaml {
            scan.find_props();
        }
        scan
    }

    /// Tags and anchors stand before the event of their node; nodes have their events in the order of their numbers.
    fn find_props(&mut self) {
        let document = self.document;
        let mut nodes = document.node_ids().filter(|&id| document.node(id).step != Step::Comment);
        let mut props: Option<Span> = None;
        for event in document.events() {
            match *event {
                Event::Tag(text) | Event::Anchor(text) => {
                    let Some(mut span) = document.place_of(text) else { continue };
                    if let Event::Anchor(_) = event {
                        span.start = span.start.saturating_sub(1);
                    }
                    props = Some(props.map_or(span, |first| Span { start: first.start, end: span.end }));
                }
                Event::MapStart | Event::ListStart | Event::Alias(_) | Event::Empty => {
                    if let Some(node) = nodes.next() {
                        self.props[node.index()] = props.take();
                    }
                }
                Event::Leaf(leaf) if document.leaf(leaf).style != Style::Comment => {
                    if let Some(node) = nodes.next() {
                        self.props[node.index()] = props.take();
                    }
                }
                Event::Key { .. } => props = None,
                _ => {}
            }
        }
    }

    /// The text of `span`; none where that is no place of the text, which the comparison with the whole text finds.
    pub fn src(&self, span: Span) -> &'d str {
        self.source.get(span.start as usize..span.end as usize).unwrap_or_default()
    }

    pub fn push(&mut self, item: Item) -> Id {
        self.items.push(item);
        self.items.len() - 1
    }

    pub fn byte(&self, at: usize) -> Option<u8> {
        self.source.as_bytes().get(at).copied()
    }

    /// The key of the last step to `node`, encoded.
    pub fn key(&self, node: NodeId) -> Vec<u8> {
        let mut key = Vec::new();
        self.push_key(node, &mut key);
        key
    }

    pub fn push_key(&self, node: NodeId, key: &mut Vec<u8>) {
        if let Step::Key(text) = self.document.node(node).step {
            push_lp(key, self.document.bytes(text));
        }
    }

    /// The rest of the line of byte `end`, when it holds a comment at most.
    pub fn rest_of_line(&self, end: usize) -> Option<Span> {
        let next = self.next_line(end);
        let rest = self.source.get(end..next)?;
        is_trivia(rest).then(|| Span::new(end, next))
    }

    /// The byte behind the line break that follows byte `at`.
    pub fn next_line(&self, at: usize) -> usize {
        let rest = self.source.as_bytes().get(at..).unwrap_or_default();
        rest.iter().position(|&b| b == b'\n').map_or(self.source.len(), |found| at + found + 1)
    }

    /// Where the line of byte `at` begins, byte order mark aside.
    pub fn line_start(&self, at: usize) -> usize {
        let before = self.source.as_bytes().get(..at).unwrap_or_default();
        let mark = if self.source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        before.iter().rposition(|&b| b == b'\n').map_or(mark.min(at), |at| at + 1)
    }

    /// The first line from byte `at`, where a line begins, that holds more than blanks and a comment.
    pub fn skip_trivia(&self, mut at: usize) -> usize {
        while at < self.source.len() {
            let next = self.next_line(at);
            if !self.source.get(at..next).is_some_and(is_trivia) {
                break;
            }
            at = next;
        }
        at
    }

    /// `lead` less what stands up to its last blank line, and where it begins now: the comment at the top of a file is
    /// not its first entry's.
    pub fn without_header(&self, lead: Span) -> Span {
        let text = self.src(lead);
        let (mut at, mut start) = (0, 0);
        for line in text.split_inclusive('\n') {
            at += line.len();
            if line.trim().is_empty() {
                start = at;
            }
        }
        Span::new(lead.start as usize + start, lead.end as usize)
    }
}

/// Whether `line` holds nothing but blanks and a comment.
pub(super) fn is_trivia(line: &str) -> bool {
    let text = line.trim_start_matches([' ', '\t']);
    text.trim_end_matches(['\r', '\n']).is_empty() || text.starts_with(['#', ';'])
}

/// The index of a side in arrays of three.
pub(super) fn number(side: Side) -> usize {
    match side {
        Side::Ours => 0,
        Side::Theirs => 1,
        Side::Base => 2,
    }
}

/// The sides in the order of arrays of three.
pub(super) const SIDES: [Side; 3] = [Side::Ours, Side::Theirs, Side::Base];
