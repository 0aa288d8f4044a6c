//! Slots of TOML, INI and dotenv: entries a line, headers between them.

use std::collections::HashSet;

use crate::document::{Kind, NodeId, Span, Step};
use crate::format::Grammar;

use super::block::has_brackets;
use super::flow;
use super::tree::{Body, Container, Id, Item, Layout, Scan, Shape, Sort};

/// An entry or a header, in the order of the text.
#[derive(Clone, Copy)]
struct Line {
    at: usize,
    node: NodeId,
    is_header: bool,
}

/// The lines of a text, and how far they were read.
struct Reader<'s, 'd> {
    scan: &'s mut Scan<'d>,
    lines: Vec<Line>,
    /// The nodes above each line's node, from the root's child down.
    next: usize,
    cursor: usize,
    /// Arrays of tables that were met.
    lists: HashSet<NodeId>,
}

/// The whole text.
pub(super) fn root(scan: &mut Scan<'_>) -> Option<Id> {
    let node = scan.document.roots().next()?;
    let lines = lines(scan);
    let mut reader = Reader { scan, lines, next: 0, cursor: 0, lists: HashSet::new() };
    let mut kids = Vec::new();
    reader.entries(0, &mut kids)?;
    reader.sections(0, &|_| true, &mut kids)?;
    let (cursor, scan) = (reader.cursor, reader.scan);
    let mut open = Span::new(0, 0);
    if let Some(&first) = kids.first() {
        let lead = scan.items[first].lead;
        let kept = scan.without_header(lead);
        if lead.start == 0 {
            open.end = kept.start;
            scan.items[first].lead = kept;
        }
    }
    let end = scan.source.len();
    let container = container(Sort::Map, open, Span::new(cursor, end), kids);
    Some(scan.push(item(Some(node), Vec::new(), Span::new(0, 0), Span::new(0, 0), end, container)))
}

fn container(sort: Sort, open: Span, foot: Span, kids: Vec<Id>) -> Container {
    let indent = String::new();
    let layout = Layout::Block;
    Container { sort, layout, open, foot, kids, indent, is_compact: false, has_last_comma: false }
}

fn item(
    node: Option<NodeId>,
    key: Vec<u8>,
    lead: Span,
    head: Span,
    end: usize,
    container: Container,
) -> Item {
    let place = Span { start: head.end, end: head.end };
    Item {
        node,
        leaf: None,
        key,
        lead,
        head,
        props: place,
        value: place,
        tail: Span::new(end, end),
        is_section: true,
        body: Body::Container(container),
        class: 0,
    }
}

/// The entries on lines of their own, and the headers.
fn lines(scan: &Scan<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    for id in scan.document.node_ids() {
        let node = scan.document.node(id);
        let (value, key) = (node.value.start as usize, node.key.start as usize);
        let is_header = match (node.kind, node.step) {
            (Kind::Leaf(_), Step::Key(_)) => false,
            (Kind::Map, Step::Key(_)) if scan.grammar == Grammar::Ini => true,
            (Kind::Map, Step::Item(_)) if scan.byte(value) == Some(b'[') => true,
            (Kind::Map, Step::Key(_)) if scan.byte(value) == Some(b'[') => true,
            (Kind::Map | Kind::List, Step::Key(_)) if node.value.start >= node.key.end => false,
            _ => continue,
        };
        let at = if is_header && scan.grammar == Grammar::Toml { value } else { key };
        lines.push(Line { at, node: id, is_header });
    }
    lines.sort_by_key(|line| line.at);
    // What stands inside an inline value has no line of its own.
    let mut end = 0;
    lines.retain(|line| {
        let is_outside = line.at >= end;
        if is_outside && !line.is_header {
            end = scan.document.node(line.node).value.end as usize;
        }
        is_outside
    });
    lines
}

impl Reader<'_, '_> {
    /// The entries up to the next header; their keys begin behind `depth` steps.
    fn entries(&mut self, depth: usize, kids: &mut Vec<Id>) -> Option<()> {
        while let Some(&Line { node, is_header: false, at }) = self.lines.get(self.next) {
            self.next += 1;
            let start = self.scan.line_start(at);
            if start < self.cursor {
                return None;
            }
            let lead = Span::new(self.cursor, start);
            let mut item = self.entry(node, lead, start)?;
            item.key = self.key(node, depth);
            self.cursor = item.tail.end as usize;
            kids.push(self.scan.push(item));
        }
        Some(())
    }

    fn key(&self, node: NodeId, depth: usize) -> Vec<u8> {
        let mut key = Vec::new();
        for &step in self.scan.document.lineage(node).iter().skip(depth) {
            self.scan.push_key(step, &mut key);
        }
        key
    }

    fn entry(&mut self, node: NodeId, lead: Span, start: usize) -> Option<Item> {
        let at = *self.scan.document.node(node);
        let (value, leaf) = match at.kind {
            Kind::Leaf(leaf) => (self.scan.document.leaf(leaf).span, Some(leaf)),
            _ => (at.value, None),
        };
        let place = Span { start: value.start, end: value.start };
        let shape = match self.scan.src(value) {
            "" => Shape::Nothing,
            text if text.contains('\n') => Shape::Lines,
            _ => Shape::Inline,
        };
        let tail = self.scan.rest_of_line(value.end as usize)?;
        let mut item = Item {
            node: Some(node),
            leaf,
            key: Vec::new(),
            lead,
            head: Span::new(start, value.start as usize),
            props: place,
            value,
            tail,
            is_section: false,
            // dotenv and INI: `A=` and `A=x` are of one kind.
            body: Body::Atom(if shape == Shape::Nothing { Shape::Inline } else { shape }),
            class: 0,
        };
        if leaf.is_none()
            && has_brackets(self.scan, node)
            && let Some(container) = flow::container(self.scan, node, None)
        {
            item.value = place;
            item.body = Body::Container(container);
        }
        Some(item)
    }

    /// The sections from here on that `belongs` takes; their keys begin behind `depth` steps.
    fn sections(
        &mut self,
        depth: usize,
        belongs: &dyn Fn(&[NodeId]) -> bool,
        kids: &mut Vec<Id>,
    ) -> Option<()> {
        while let Some(&Line { node, at, .. }) = self.lines.get(self.next) {
            let steps = self.scan.document.lineage(node);
            if !belongs(&steps) {
                break;
            }
            let list = (depth..steps.len()).find(|&at| self.scan.document.node(steps[at]).kind == Kind::List);
            let Some(list) = list else {
                let mut section = self.table(node, at, steps.len())?;
                section.key = self.key(node, depth);
                kids.push(self.scan.push(section));
                continue;
            };
            if !self.lists.insert(steps[list]) {
                return None;
            }
            let place = Span::new(self.cursor, self.cursor);
            let mut items = Vec::new();
            self.tables(steps[list], list, &mut items)?;
            let end = self.cursor;
            let group = container(Sort::List, place, Span::new(end, end), items);
            let mut group = item(Some(steps[list]), Vec::new(), place, place, end, group);
            for &step in &steps[depth..=list] {
                self.scan.push_key(step, &mut group.key);
            }
            kids.push(self.scan.push(group));
        }
        Some(())
    }

    /// The tables of the array `list`, which is step `depth` of their paths.
    fn tables(&mut self, list: NodeId, depth: usize, items: &mut Vec<Id>) -> Option<()> {
        while let Some(&Line { node, at, .. }) = self.lines.get(self.next) {
            let steps = self.scan.document.lineage(node);
            if steps.get(depth) != Some(&list) {
                break;
            }
            let table = *steps.get(depth + 1)?;
            if table != node {
                return None;
            }
            let item = self.table(node, at, steps.len())?;
            items.push(self.scan.push(item));
        }
        Some(())
    }

    /// The section whose header begins at byte `at`, with the tables in it that directly follow.
    fn table(&mut self, node: NodeId, at: usize, depth: usize) -> Option<Item> {
        let mut item = self.section(node, at, depth)?;
        let mut inner = Vec::new();
        self.sections(depth, &|steps| steps.get(depth - 1) == Some(&node), &mut inner)?;
        let end = u32::try_from(self.cursor).ok()?;
        item.tail = Span { start: end, end };
        if let (Body::Container(container), Some(&first)) = (&mut item.body, inner.first()) {
            // What stood behind its own entries stands before its first table now.
            self.scan.items[first].lead.start = container.foot.start;
            container.foot = Span { start: end, end };
            container.kids.append(&mut inner);
        }
        Some(item)
    }

    /// The section whose header begins at byte `at`, with its entries; `depth` steps lead to it.
    fn section(&mut self, node: NodeId, at: usize, depth: usize) -> Option<Item> {
        self.next += 1;
        let start = self.scan.line_start(at);
        if start < self.cursor {
            return None;
        }
        let lead = Span::new(self.cursor, start);
        // A header ends where its comment or its line does.
        let line = self.scan.next_line(at);
        let head = header_end(self.scan, at, line)?;
        self.cursor = line;
        let mut kids = Vec::new();
        self.entries(depth, &mut kids)?;
        let foot = self.foot();
        self.cursor = foot.end as usize;
        let section = container(Sort::Map, Span::new(head, line), foot, kids);
        Some(item(Some(node), Vec::new(), lead, Span::new(start, head), self.cursor, section))
    }

    /// The comment lines directly behind the last entry, when a blank line parts them from what follows.
    fn foot(&self) -> Span {
        let until = match self.lines.get(self.next) {
            Some(line) => self.scan.line_start(line.at),
            None => self.scan.source.len(),
        };
        let mut end = self.cursor;
        while end < until {
            let next = self.scan.next_line(end);
            if self.scan.source[end..next].trim().is_empty() {
                return Span::new(self.cursor, end);
            }
            end = next;
        }
        let is_last = self.next >= self.lines.len();
        Span::new(self.cursor, if is_last { end.max(self.cursor) } else { self.cursor })
    }
}

/// The end of the header that begins at byte `at` in a line that ends before byte `line`, blanks left out.
fn header_end(scan: &Scan<'_>, at: usize, line: usize) -> Option<usize> {
    let text = scan.source.get(at..line)?;
    let (mut quote, mut end) = (None, 0);
    let mut is_escaped = false;
    for (n, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (Some(b'"'), b'\\') if !is_escaped => {
                is_escaped = true;
                continue;
            }
            (Some(open), byte) if open == byte && !is_escaped => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') if scan.grammar == Grammar::Toml => quote = Some(byte),
            (None, b']') => {
                end = n + 1;
                if scan.grammar == Grammar::Ini {
                    break;
                }
            }
            (None, b'#') if scan.grammar == Grammar::Toml => break,
            _ => {}
        }
        is_escaped = false;
    }
    (end > 0).then_some(at + end)
}
