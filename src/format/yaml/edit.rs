//! Values in the place of others, and new entries: every text is parsed again before it is given out.

use super::metadata::unsayable;
use super::place::{column_of, entries, is_flow, line_end, look_of, next_line, place_of};
use super::text::{Place, texts};
use super::write::Writer;
use super::Yaml;
use crate::document::{Document, Kind, Leaf, LeafId, NodeId, Span, Step, Value, splice};
use crate::error::Result;
use crate::format::{Format, line_break, value_at};

/// The scalar text that says `value` in the place of `leaf`.
pub(super) fn scalar(document: &Document, leaf: &Leaf, value: &Value) -> Result<String> {
    let place = place_of(document, leaf.node);
    let found = texts(value, look_of(document, leaf), place, line_break(document.source()));
    let mut wanted = found.into_iter().filter(|text| says(document, leaf, text, value));
    wanted.next().ok_or_else(|| {
        unsayable(document.path_of(leaf.node), "cannot hold that value (a tag, or the text around it, is in the way)")
    })
}

/// Whether `text` in the place of `leaf` is read as `value` there, and changes nothing else.
fn says(document: &Document, leaf: &Leaf, text: &str, value: &Value) -> bool {
    let Kind::Leaf(id) = document.node(leaf.node).kind else { return false };
    let Ok(parsed) = Yaml.parse(splice(document.source(), [(leaf.span, text)])) else { return false };
    let same = |id: LeafId| parsed.leaves().get(id.index());
    let is_alike = parsed.events().len() == document.events().len() && parsed.nodes().len() == document.nodes().len();
    is_alike && same(id).is_some_and(|leaf| Yaml.value(&parsed, leaf).is_ok_and(|found| found == *value))
}

/// The text of `document` with one more entry or item, or an empty node filled.
pub(super) fn insert(document: &Document, parent: NodeId, key: Option<&str>, value: &Value) -> Result<String> {
    let wrapped;
    let (key, value) = match (document.node(parent).kind, key) {
        (Kind::Empty, Some(key)) => {
            wrapped = Value::Map(vec![(key.to_owned(), value.clone())]);
            (None, &wrapped)
        }
        (_, key) => (key, value),
    };
    let edits = match document.node(parent).kind {
        Kind::Empty => filled(document, parent, value)?,
        Kind::Map | Kind::List if is_flow(document, parent) => flow_entry(document, parent, key, value)?,
        Kind::Map | Kind::List => block_entry(document, parent, key, value)?,
        Kind::Leaf(_) | Kind::Alias => Vec::new(),
    };
    let texts = edits.into_iter().map(|(at, text)| splice(document.source(), [(Span::new(at, at), text.as_str())]));
    let mut wanted = texts.filter(|text| holds(document, text, parent, key, value));
    wanted.next().ok_or_else(|| unsayable(document.path_of(parent), "has no place for that in the text as it is"))
}

/// Whether `text` is `document` with `value` in its place, all else as it was.
fn holds(document: &Document, text: &str, parent: NodeId, key: Option<&str>, value: &Value) -> bool {
    let Ok(parsed) = Yaml.parse(text.to_owned()) else { return false };
    let is_filled = document.node(parent).kind == Kind::Empty;
    let added = count(value) - usize::from(is_filled);
    if parsed.nodes().len() != document.nodes().len() + added || parsed.nodes().len() <= parent.index() {
        return false;
    }
    let found = match key {
        _ if is_filled => Some(parent),
        Some(key) => parsed.child(parent, key.as_bytes()),
        None => entries(&parsed, parent).last(),
    };
    found.is_some_and(|node| value_at(&Yaml, &parsed, node).is_ok_and(|found| found == *value))
}

/// How many nodes a value takes.
fn count(value: &Value) -> usize {
    1 + match value {
        Value::List(items) => items.iter().map(count).sum(),
        Value::Map(entries) => entries.iter().map(|(_, value)| count(value)).sum(),
        _ => 0,
    }
}

/// Where a new entry of a block collection may go, and what then: behind the line of the last one, or, when that ends
/// later than its text (an explicit key without value), behind one of the next.
fn block_entry(document: &Document, parent: NodeId, key: Option<&str>, value: &Value) -> Result<Vec<(usize, String)>> {
    let source = document.source();
    let column = column_of(document, parent);
    let line_break = line_break(source);
    let mut writer = Writer::new(line_break);
    match key {
        Some(key) => writer.entry(key, value, column)?,
        None => writer.item(value, column, entries(document, parent).count())?,
    }
    let entry = writer.finish();
    let text = format!("{line_break}{}{entry}", " ".repeat(column));
    Ok(line_ends(source, document.node(parent).value.end as usize).map(|at| (at, text.clone())).collect())
}

/// The ends of the line of byte `at` and of some lines behind it.
fn line_ends(source: &str, at: usize) -> impl Iterator<Item = usize> + '_ {
    let lines = std::iter::successors(Some(at), |&at| {
        let next = next_line(source, at);
        (next < source.len()).then_some(next)
    });
    lines.take(4).map(|at| line_end(source, at))
}

/// Where a new entry of a flow collection may go: behind the last one, or before the closing bracket.
fn flow_entry(document: &Document, parent: NodeId, key: Option<&str>, value: &Value) -> Result<Vec<(usize, String)>> {
    let mut writer = Writer::new("\n");
    match key {
        Some(key) => writer.flow_entry(key, value)?,
        None => writer.inline(value, Place::Flow)?,
    }
    let entry = writer.finish();
    let span = document.node(parent).value;
    let (start, end) = (span.start as usize + 1, (span.end as usize).saturating_sub(1));
    Ok(match entries(document, parent).last() {
        None => vec![(start, entry)],
        Some(last) => {
            let last = document.node(last);
            let behind = last.value.end.max(last.key.end) as usize;
            let comma = format!(", {entry}");
            vec![(behind, comma.clone()), (end, comma), (end, entry)]
        }
    })
}

/// Where the value of an empty node may go.
fn filled(document: &Document, node: NodeId, value: &Value) -> Result<Vec<(usize, String)>> {
    let source = document.source();
    let at = document.node(node);
    let empty = at.value.start as usize;
    let mut edits = Vec::new();
    if at.step == Step::Root {
        let line_break = line_break(source);
        let mut writer = Writer::new(line_break);
        writer.document(value)?;
        let lines = writer.finish();
        let end = document.block.as_ref().map_or(source.len(), |block| block.span.start as usize);
        let is_ended = source[..end].is_empty() || source[..end].ends_with('\n');
        edits.push((end, if is_ended { lines.clone() } else { format!("{line_break}{lines}") }));
        let behind = format!("{line_break}{}", lines.trim_end_matches(['\r', '\n']));
        edits.extend(line_ends(source, empty).map(|at| (at, behind.clone())));
        return Ok(edits);
    }
    // An empty value is named at the end of its key; its place is behind the colon.
    let rest = &source[empty..];
    let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let has_colon = matches!(at.step, Step::Key(_)) && rest[blanks..].starts_with(':');
    let behind = if has_colon { empty + blanks + 1 } else { empty };
    let mut inline = Writer::new(line_break(source));
    if is_flow(document, at.parent) {
        inline.inline(value, Place::Flow)?;
        let text = inline.finish();
        return Ok(vec![(behind, format!(" {text}")), (behind, format!(": {text}")), (behind, text)]);
    }
    let column = column_of(document, at.parent);
    let mut below = Writer::new(line_break(source));
    below.below(value, column)?;
    let below = below.finish();
    if matches!(at.step, Step::Item(_)) && matches!(value, Value::Map(_) | Value::List(_)) {
        let mut item = Writer::new(line_break(source));
        item.item(value, column, 0)?;
        edits.push((behind, item.finish()[1..].to_owned()));
    }
    edits.push((behind, below.clone()));
    edits.push((line_end(source, behind), below));
    inline.inline(value, Place::Flow)?;
    edits.push((behind, format!(" {}", inline.finish())));
    Ok(edits)
}
