//! Entries and items taken out.

use super::Yaml;
use super::block_scalar::first_of;
use super::edit::insert;
use super::metadata::unsayable;
use super::place::{entries, is_flow, line_end, line_start, next_line};
use crate::document::{Document, Kind, NodeId, Span, Step, Value, splice};
use crate::error::Result;
use crate::format::Format;

/// The text of `document` without `node`: its lines, or its part of a flow collection and one comma. An emptied
/// collection stays as `{}` or `[]`.
pub(super) fn remove(document: &Document, node: NodeId) -> Result<String> {
    let at = document.node(node);
    let parent = at.parent;
    let siblings: Vec<NodeId> = entries(document, parent).collect();
    let place = siblings.iter().position(|&id| id == node);
    let (spans, is_only) = match (at.step, place) {
        (Step::Comment, _) => (vec![comment(document, at.value)], false),
        (_, Some(place)) if is_flow(document, parent) => (flow(document, &siblings, place), false),
        (_, Some(place)) => (block(document, &siblings, place), siblings.len() == 1),
        (_, None) => (Vec::new(), false),
    };
    let empty = match document.node(parent).kind {
        Kind::List => Value::List(Vec::new()),
        _ => Value::Map(Vec::new()),
    };
    let gone = size(document, node);
    let wanted = spans.into_iter().find_map(|span| {
        let text = splice(document.source(), [(span, "")]);
        let parsed = Yaml.parse(text.clone()).ok()?;
        if parsed.nodes().len() + gone != document.nodes().len() {
            return None;
        }
        if is_only {
            return insert(&parsed, parent, None, &empty).ok();
        }
        (document.node(parent).kind == parsed.node(parent).kind).then_some(text)
    });
    wanted.ok_or_else(|| unsayable(document.path_of(node), "cannot be taken out of the text as it is"))
}

/// How many nodes stand at and below `node`.
fn size(document: &Document, node: NodeId) -> usize {
    let mut inside = vec![false; document.nodes().len()];
    let mut count = 0;
    for (at, found) in document.nodes().iter().enumerate().skip(node.index()) {
        let is_below = at != found.parent.index() && inside[found.parent.index()];
        inside[at] = at == node.index() || is_below;
        count += usize::from(inside[at]);
    }
    count
}

fn comment(document: &Document, span: Span) -> Span {
    let source = document.source();
    let (start, end) = (span.start as usize, span.end as usize);
    let line = line_start(source, start);
    let before = source[line..start].trim_end_matches([' ', '\t']);
    if before.is_empty() { Span::new(line, next_line(source, end)) } else { Span::new(line + before.len(), end) }
}

/// The lines of a block entry; of one that shares its first line with what holds it, up to the next entry.
fn block(document: &Document, siblings: &[NodeId], place: usize) -> Vec<Span> {
    let source = document.source();
    let start = start(document, siblings, place);
    let node = document.node(siblings[place]);
    let end = (node.value.end.max(node.key.end) as usize).max(start);
    let line = line_start(source, start);
    let is_own_line = source[line..start].trim_matches([' ', '\u{feff}']).is_empty();
    if !is_own_line && place + 1 < siblings.len() {
        return vec![Span::new(start, self::start(document, siblings, place + 1))];
    }
    let from = if is_own_line { start - source[line..start].trim_start_matches('\u{feff}').len() } else { start };
    let mut spans = Vec::new();
    let mut at = end;
    for _ in 0..4 {
        let to = if is_own_line { next_line(source, at) } else { line_end(source, at) };
        spans.push(Span::new(from, to));
        at = next_line(source, at);
    }
    spans
}

/// Where a block entry begins: its dash, its first property, its `?`, or its key.
fn start(document: &Document, siblings: &[NodeId], place: usize) -> usize {
    let node = document.node(siblings[place]);
    let first = document.node(node.parent).value.start as usize;
    let Some(before) = place.checked_sub(1).map(|before| document.node(siblings[before])) else { return first };
    let source = document.source();
    if matches!(node.step, Step::Item(_)) {
        let from = before.value.end as usize;
        return first_of(source.as_bytes(), from, b"-").unwrap_or(first);
    }
    let line = line_start(source, node.key.start as usize);
    line + source[line..].len() - source[line..].trim_start_matches(' ').len()
}

/// A flow entry and a comma, the one behind it or else the one before.
fn flow(document: &Document, siblings: &[NodeId], place: usize) -> Vec<Span> {
    let source = document.source();
    let node = document.node(siblings[place]);
    let parent = document.node(node.parent).value;
    let end_of = |id: NodeId| document.node(id).value.end.max(document.node(id).key.end) as usize;
    let comma = place.checked_sub(1).and_then(|before| first_of(source.as_bytes(), end_of(siblings[before]), b","));
    let opened = comma.map_or(parent.start as usize + 1, |comma| comma + 1);
    let start = opened + (source[opened..].len() - source[opened..].trim_start().len());
    let end = end_of(siblings[place]).max(start);
    let Some(next) = first_of(source.as_bytes(), end, b",]}") else { return Vec::new() };
    if source.as_bytes()[next] == b',' {
        let behind = &source[next + 1..];
        let blanks = behind.len() - behind.trim_start_matches([' ', '\t']).len();
        return vec![Span::new(start, next + 1 + blanks), Span::new(start, next + 1)];
    }
    let from = comma.unwrap_or(start);
    let colon = source[end..].trim_start().strip_prefix(':').map(|rest| source.len() - rest.len());
    let last = colon.filter(|&colon| colon <= next).unwrap_or(end);
    vec![Span::new(from, last), Span::new(from, next)]
}
