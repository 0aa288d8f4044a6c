//! Where things stand: flow or block, columns, lines.

use super::comments::column;
use super::text::{Look, Place};
use crate::document::{Document, Kind, Leaf, NodeId, Step};

/// Whether `container` is a flow collection, or a pair inside one.
pub(super) fn is_flow(document: &Document, container: NodeId) -> bool {
    let mut at = container;
    while !has_brackets(document, at) {
        if document.node(at).step == Step::Root {
            return false;
        }
        at = document.node(at).parent;
    }
    true
}

/// Whether `container` stands in brackets of its own: neither a block collection nor a pair in a list (`[a: b]`).
pub(super) fn has_brackets(document: &Document, container: NodeId) -> bool {
    let node = document.node(container);
    let first = document.source().as_bytes().get(node.value.start as usize);
    match (node.kind, first) {
        (Kind::List, Some(b'[')) => true,
        // Others may begin with a key that is a flow collection.
        (Kind::Map, Some(b'{')) => entries(document, container)
            .next()
            .is_none_or(|id| document.node(id).key.start > node.value.start),
        _ => false,
    }
}

/// The entries or items of `container`, comments left out.
pub(super) fn entries(document: &Document, container: NodeId) -> impl Iterator<Item = NodeId> + '_ {
    document.children_of(container).filter(|&id| document.node(id).step != Step::Comment)
}

/// The column of the entries of a block collection.
pub(super) fn column_of(document: &Document, container: NodeId) -> usize {
    column(document.source(), document.node(container).value.start as usize)
}

/// Where a scalar at `node` stands.
pub(super) fn place_of(document: &Document, node: NodeId) -> Place {
    let at = document.node(node);
    if at.step == Step::Root {
        Place::Block(2)
    } else if is_flow(document, at.parent) {
        Place::Flow
    } else {
        Place::Block(column_of(document, at.parent) + 2)
    }
}

/// What a leaf looks like.
pub(super) fn look_of(document: &Document, leaf: &Leaf) -> Look {
    match document.source().as_bytes().get(leaf.span.start as usize) {
        Some(b'"') => Look::Double,
        Some(b'\'') => Look::Single,
        Some(b'|' | b'>') => Look::Literal,
        _ => Look::Plain,
    }
}

/// The end of the line that byte `at` stands in, its break left out.
pub(super) fn line_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).unwrap_or("");
    let line = rest.split('\n').next().unwrap_or("");
    at + line.strip_suffix('\r').unwrap_or(line).len()
}

/// The start of the line that byte `at` stands in.
pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |at| at + 1)
}

/// The byte behind the line break that follows byte `at`, or the end of the text.
pub(super) fn next_line(text: &str, at: usize) -> usize {
    text[at..].find('\n').map_or(text.len(), |found| at + found + 1)
}
