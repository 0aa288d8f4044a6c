//! Entries and sections that come and go.

use super::super::line_break;
use super::super::lines::{self, Expected, Line};
use super::{Ini, text};
use crate::document::{
    Document, KeyPath, Kind, Leaf, Node, NodeId, PathStep, Span, Step, Style, Value, splice,
};
use crate::error::{Error, Result};

pub(super) const NO_SCALAR: &str = "is a list, a map or null; an INI entry holds a text only";
const NO_MAP: &str = "is no map; INI holds entries by key only";

pub(super) fn unsayable(path: String, reason: &str) -> Error {
    Error::Unsayable { path, reason: reason.to_owned() }
}

fn key_path(keys: &[&str]) -> String {
    KeyPath(keys.iter().map(|&key| PathStep::Key(key.to_owned())).collect()).to_string()
}

/// The text of `value` behind a key that is indented by `indent`, in a file of `source`'s line breaks.
pub(super) fn encoded(value: &str, indent: &str, source: &str) -> std::result::Result<String, &'static str> {
    text::encode(value, &format!("{indent}  "), line_break(source))
}

/// The line of an entry, without its line break; `keys` is its path, for messages.
fn entry(keys: &[&str], value: &Value, indent: &str, sign: &str, source: &str) -> Result<String> {
    let key = keys.last().copied().unwrap_or_default();
    let refuse = |reason: &str| unsayable(key_path(keys), reason);
    let is_key = !key.is_empty() && key.trim() == key && !key.contains(['=', ':', '\n', '\r']);
    if !is_key || key.starts_with(['[', '#', ';', '\u{feff}']) {
        return Err(refuse(
            "is no INI key: no '=', ':' or line break; no blanks around; no '[', '#', ';' first",
        ));
    }
    let value = lines::scalar_text(value).ok_or_else(|| refuse(NO_SCALAR))?;
    let value = encoded(value, indent, source).map_err(refuse)?;
    let sign = if value.is_empty() || value.starts_with(['\n', '\r']) { sign.trim_end() } else { sign };
    Ok(format!("{indent}{key}{sign}{value}"))
}

/// The lines of a section, without the last line break.
fn section(name: &str, entries: &[(String, Value)], sign: &str, source: &str) -> Result<String> {
    if name.contains([']', '\n', '\r']) {
        return Err(unsayable(key_path(&[name]), "is no INI section: no ']' or line break"));
    }
    let mut out = format!("[{name}]");
    for (key, value) in entries {
        out.push_str(line_break(source));
        out.push_str(&entry(&[name, key], value, "", sign, source)?);
    }
    Ok(out)
}

pub(super) fn insert(
    document: &Document,
    parent: NodeId,
    key: Option<&str>,
    value: &Value,
) -> Result<String> {
    let node = document.node(parent);
    let Some(key) = key.filter(|_| matches!(node.kind, Kind::Map)) else {
        return Err(unsayable(document.path_of(parent), NO_MAP));
    };
    let source = document.source();
    let is_root = node.step == Step::Root;
    let last = last_entry(document, |leaf| document.node(leaf.node).parent == parent);
    let sign = sign(document, last.or_else(|| last_entry(document, |_| true)));
    let (at, added, count) = match value {
        Value::Map(entries) if is_root => {
            let end = document.block.as_ref().map_or(source.len(), |block| block.span.start as usize);
            let blank = if end > lines::first_line(source) { line_break(source) } else { "" };
            let added = format!("{blank}{}", section(key, entries, &sign, source)?);
            (end, added, entries.len())
        }
        _ => {
            let name = String::from_utf8_lossy(match node.step {
                Step::Key(text) => document.bytes(text),
                _ => &[],
            });
            let keys = if is_root { vec![key] } else { vec![&*name, key] };
            let (at, indent) = place(document, node, last);
            (at, entry(&keys, value, indent, &sign, source)?, 1)
        }
    };
    let text = lines::insert_lines(source, at, &added);
    let expected = Expected { before: Some(document), leaves: document.leaves().len() + count };
    lines::rechecked(&Ini, text, &expected, || key_path(&[key]))
}

fn last_entry(document: &Document, is_one: impl Fn(&Leaf) -> bool) -> Option<&Leaf> {
    document.leaves().iter().rev().find(|leaf| leaf.style != Style::Comment && is_one(leaf))
}

/// What stands between key and value in new entries: as in `neighbour`.
fn sign(document: &Document, neighbour: Option<&Leaf>) -> String {
    let Some(leaf) = neighbour else { return " = ".to_owned() };
    let key = document.node(leaf.node).key;
    let between = &document.source()[key.end as usize..leaf.span.start as usize];
    // An empty value stands directly behind its sign.
    let blank = if leaf.span.is_empty() && between.starts_with(' ') { " " } else { "" };
    format!("{between}{blank}")
}

/// Where a new entry of the section (or root) `node` goes, and the blanks before it: behind the `last` entry, else
/// behind the header, else at the start; never less indented than the header that follows, which would become a
/// continuation line of the entry.
fn place<'d>(document: &'d Document, node: &Node, last: Option<&Leaf>) -> (usize, &'d str) {
    let source = document.source();
    let blanks = |from: usize| {
        let line = Line::at(source.as_bytes(), from);
        &source[line.start..line.text]
    };
    if let Some(leaf) = last {
        let at = Line::at(source.as_bytes(), leaf.span.end as usize).next;
        return (at, blanks(lines::line_start(source, document.node(leaf.node).key.start as usize)));
    }
    let is_root = node.step == Step::Root;
    let at = if is_root {
        lines::first_line(source)
    } else {
        Line::at(source.as_bytes(), node.key.end as usize).next
    };
    let following = document.nodes().iter().find(|other| {
        matches!(other.kind, Kind::Map) && other.step != Step::Root && other.key.start as usize >= at
    });
    (at, following.map_or("", |other| blanks(lines::line_start(source, other.key.start as usize))))
}

pub(super) fn remove(document: &Document, node: NodeId) -> Result<String> {
    let path = || document.path_of(node);
    let source = document.source();
    let here = document.node(node);
    let (text, gone) = match here.kind {
        Kind::Leaf(leaf) => {
            let span = document.leaf(leaf).span;
            let line = lines::line_start(source, here.key.start as usize);
            let before = lines::trim(&source[line..span.start as usize]);
            let text = if here.step == Step::Comment && !before.is_empty() {
                // Behind a section's name: the line stays.
                let kept = line + source[line..span.start as usize].trim_end_matches([' ', '\t']).len();
                splice(source, [(Span::new(kept, span.end as usize), "")])
            } else {
                lines::remove_lines(source, here.key.start as usize, span.end as usize)
            };
            (text, 1)
        }
        _ if here.step == Step::Root => return Err(unsayable(path(), "is the whole file")),
        _ => {
            let first = here.key.start as usize;
            let last = if here.value.is_empty() { here.key.end } else { here.value.end } as usize;
            let cut = first..Line::at(source.as_bytes(), last).next;
            let begin = |leaf: &Leaf| document.node(leaf.node).key.start as usize;
            let gone = document.leaves().iter().filter(|leaf| cut.contains(&begin(leaf))).count();
            (lines::remove_lines(source, first, last), gone)
        }
    };
    let expected = Expected { before: Some(document), leaves: document.leaves().len() - gone };
    lines::rechecked(&Ini, text, &expected, path)
}

pub(super) fn write(value: &Value) -> Result<String> {
    let Value::Map(entries) = value else { return Err(unsayable(".".to_owned(), NO_MAP)) };
    let (mut out, mut count) = (String::new(), 0);
    // Entries of no section stand before all sections.
    for (key, value) in entries.iter().filter(|(_, value)| !matches!(value, Value::Map(_))) {
        out.push_str(&entry(&[key], value, "", " = ", "")?);
        out.push('\n');
        count += 1;
    }
    for (name, value) in entries {
        if let Value::Map(inside) = value {
            out.push_str(if out.is_empty() { "" } else { "\n" });
            out.push_str(&section(name, inside, " = ", "")?);
            out.push('\n');
            count += inside.len();
        }
    }
    let expected = Expected { before: None, leaves: count };
    lines::rechecked(&Ini, out, &expected, || ".".to_owned())
}
