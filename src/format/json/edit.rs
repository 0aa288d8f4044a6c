//! Entries put into and taken out of JSON text.

use super::write::{self, Layout};
use crate::document::{Document, Kind, NodeId, PathStep, Span, Step, Value, splice};
use crate::error::{Error, Result};
use crate::format::line_break;
use crate::format::members::{Changes, Comments, Members, Spot, indentation, path_below};

fn members(source: &str) -> Members<'_> {
    let is_tight = !source.contains(": ") && !source.contains(", ");
    let space = if is_tight { "" } else { " " };
    Members { source, comments: Comments::Slashes, line_break: line_break(source), space }
}

/// Where an entry stands, its key included.
fn entry_span(document: &Document, node: NodeId) -> Span {
    let node = document.node(node);
    if let Step::Key(_) = node.step {
        Span { start: node.key.start, end: node.value.end }
    } else {
        node.value
    }
}

fn apply(source: &str, changes: &Changes) -> String {
    splice(source, changes.iter().map(|(span, text)| (*span, &text[..])))
}

/// The text with `value` as the last entry of `parent`, but before the metadata.
pub(super) fn insert(
    document: &Document,
    parent: NodeId,
    key: Option<&str>,
    value: &Value,
) -> Result<String> {
    let base = document.path_of(parent);
    let unsayable = |reason: &str| Error::Unsayable { path: base.clone(), reason: reason.to_owned() };
    let step = match (document.node(parent).kind, key) {
        (Kind::Map, Some(key)) if document.child(parent, key.as_bytes()).is_some() => {
            return Err(Error::Unsayable {
                path: path_below(&base, &[PathStep::Key(key.to_owned())]),
                reason: "is there already".to_owned(),
            });
        }
        (Kind::Map, Some("dekko")) if document.node(parent).step == Step::Root => {
            return Err(unsayable("cannot have an entry 'dekko': that is the name of the metadata"));
        }
        (Kind::Map, Some(key)) => PathStep::Key(key.to_owned()),
        (Kind::List, None) => PathStep::Item(document.children_of(parent).count()),
        (Kind::Map, None) => return Err(unsayable("is an object: its entries need a key")),
        (Kind::List, Some(_)) => return Err(unsayable("is an array: its items have no key")),
        _ => return Err(unsayable("is neither an object nor an array")),
    };
    let path = path_below(&base, std::slice::from_ref(&step));
    let source = document.source();
    let members = members(source);
    let unit = unit(document);
    let entry = |spot: &Spot| -> Result<String> {
        let layout = match spot {
            Spot::Line(_) => Layout::Lines { line_break: members.line_break, unit: &unit },
            Spot::Inline if members.space.is_empty() => Layout::Tight,
            Spot::Inline => Layout::Spaced,
        };
        let indent = if let Spot::Line(indent) = spot { indent } else { "" };
        let value = write::text(value, &path, layout, indent)?;
        Ok(match &step {
            PathStep::Key(key) => format!("{}{}{value}", write::quoted(key), layout.colon()),
            PathStep::Item(_) => value,
        })
    };
    let container = document.node(parent).value;
    if let Some(last) = document.children_of(parent).last() {
        let last = entry_span(document, last);
        let spot = members.spot(container, last);
        return Ok(apply(source, &members.append(&spot, last, &entry(&spot)?)));
    }
    let outer = indentation(source, container.start as usize);
    let is_root = document.node(parent).step == Step::Root;
    if let (Some(block), true) = (&document.block, is_root) {
        let spot = Spot::Line(unit.clone());
        let text = format!("{}{unit}{},", members.line_break, entry(&spot)?);
        let at = block.span.start as usize;
        return Ok(apply(source, &vec![(Span::new(at, at), text)]));
    }
    let spot = if members.space.is_empty() && !is_root && !source.trim_end().contains('\n') {
        Spot::Inline
    } else {
        Spot::Line(format!("{outer}{unit}"))
    };
    Ok(apply(source, &members.fill(container, &spot, outer, "", &entry(&spot)?)))
}

/// One level of indentation: that of the root's first entry, or two spaces.
fn unit(document: &Document) -> String {
    let root = document.roots().next();
    let first = root.and_then(|root| document.children_of(root).next());
    let indent =
        first.map_or("", |node| indentation(document.source(), entry_span(document, node).start as usize));
    if indent.is_empty() { "  ".to_owned() } else { indent.to_owned() }
}

/// The text without the entry `node`.
pub(super) fn remove(document: &Document, node: NodeId) -> Result<String> {
    let here = document.node(node);
    if here.step == Step::Root {
        let reason = "is the whole document and cannot be removed".to_owned();
        return Err(Error::Unsayable { path: document.path_of(node), reason });
    }
    let previous = document.children_of(here.parent).take_while(|&other| other != node).last();
    let previous = previous.map(|previous| entry_span(document, previous));
    let source = document.source();
    Ok(apply(source, &members(source).remove(entry_span(document, node), previous)))
}
