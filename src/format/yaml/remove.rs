//! Entries and items taken out.

use super::Yaml;
use super::block_scalar::first_of;
use super::edit::{insert, unchanged};
use super::metadata::unsayable;
use super::place::{entries, has_brackets, is_flow, line_end, line_start, next_line};
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
    let (cuts, is_only) = match (at.step, place) {
        (Step::Comment, _) => (vec![vec![comment(document, at.value)]], false),
        (_, Some(place)) if is_flow(document, parent) => (flow(document, &siblings, place), false),
        (_, Some(place)) => (block(document, &siblings, place), siblings.len() == 1),
        (_, None) => (Vec::new(), false),
    };
    let empty = match document.node(parent).kind {
        Kind::List => Value::List(Vec::new()),
        _ => Value::Map(Vec::new()),
    };
    let gone = size(document, node);
    let wanted = cuts.into_iter().find_map(|cut| {
        let text = splice(document.source(), cut.into_iter().map(|span| (span, "")));
        let parsed = Yaml.parse(text.clone()).ok()?;
        let is_alike =
            count(&parsed) + gone == count(document) && unchanged(document, &parsed) == parsed.leaves().len();
        if !is_alike {
            return None;
        }
        if is_only {
            return insert(&parsed, parent, None, &empty).ok();
        }
        (document.node(parent).kind == parsed.node(parent).kind).then_some(text)
    });
    wanted.ok_or_else(|| unsayable(document.path_of(node), "cannot be taken out of the text as it is"))
}

/// How many nodes there are; comments, which go with the lines they stand on, left out.
fn count(document: &Document) -> usize {
    document.nodes().iter().filter(|node| node.step != Step::Comment).count()
}

/// How many of those stand at and below `node`.
fn size(document: &Document, node: NodeId) -> usize {
    let mut inside = vec![false; document.nodes().len()];
    let mut count = 0;
    for (at, found) in document.nodes().iter().enumerate().skip(node.index()) {
        let is_below = at != found.parent.index() && inside[found.parent.index()];
        inside[at] = at == node.index() || is_below;
        count += usize::from(inside[at] && found.step != Step::Comment);
    }
    count
}

fn comment(document: &Document, span: Span) -> Span {
    let source = document.source();
    let (start, end) = (span.start as usize, span.end as usize);
    let line = line_start(source, start);
    let before = source[line..start].trim_end_matches([' ', '\t']);
    if before.is_empty() {
        Span::new(line, next_line(source, end))
    } else {
        Span::new(line + before.len(), end)
    }
}

/// The lines of a block entry; of one that shares its first line with what holds it, up to the next entry.
fn block(document: &Document, siblings: &[NodeId], place: usize) -> Vec<Vec<Span>> {
    let source = document.source();
    let start = start(document, siblings, place);
    let node = document.node(siblings[place]);
    let end = (node.value.end.max(node.key.end) as usize).max(start);
    let line = line_start(source, start);
    let is_own_line = source[line..start].trim_matches([' ', '\u{feff}']).is_empty();
    if !is_own_line && place + 1 < siblings.len() {
        return vec![vec![Span::new(start, self::start(document, siblings, place + 1))]];
    }
    let from =
        if is_own_line { start - source[line..start].trim_start_matches('\u{feff}').len() } else { start };
    let mut spans = Vec::new();
    let mut at = end;
    for _ in 0..4 {
        let to = if is_own_line { next_line(source, at) } else { line_end(source, at) };
        spans.push(vec![Span::new(from, to)]);
        at = next_line(source, at);
    }
    spans
}

/// Where a block entry begins: its dash, its first property, its `?`, or its key.
fn start(document: &Document, siblings: &[NodeId], place: usize) -> usize {
    let node = document.node(siblings[place]);
    let first = document.node(node.parent).value.start as usize;
    let Some(before) = place.checked_sub(1).map(|before| document.node(siblings[before])) else {
        return first;
    };
    let source = document.source();
    if matches!(node.step, Step::Item(_)) {
        let from = before.value.end as usize;
        return first_of(source.as_bytes(), from, b"-").unwrap_or(first);
    }
    let line = line_start(source, node.key.start as usize);
    line + source[line..].len() - source[line..].trim_start_matches(' ').len()
}

/// A flow entry and a comma, the one behind it or else the one before.
fn flow(document: &Document, siblings: &[NodeId], place: usize) -> Vec<Vec<Span>> {
    let source = document.source();
    let node = document.node(siblings[place]);
    if !has_brackets(document, node.parent) {
        return Vec::new();
    }
    let parent = document.node(node.parent).value;
    let end_of = |id: NodeId| document.node(id).value.end.max(document.node(id).key.end) as usize;
    let comma =
        place.checked_sub(1).and_then(|before| first_of(source.as_bytes(), end_of(siblings[before]), b","));
    let opened = comma.map_or(parent.start as usize + 1, |comma| comma + 1);
    let start = past_comments(source, opened);
    let end = end_of(siblings[place]).max(start);
    let Some(next) = first_of(source.as_bytes(), end, b",]}") else { return Vec::new() };
    if source.as_bytes()[next] == b',' {
        let behind = &source[next + 1..];
        let blanks = behind.len() - behind.trim_start_matches([' ', '\t']).len();
        return vec![vec![Span::new(start, next + 1 + blanks)], vec![Span::new(start, next + 1)]];
    }
    let colon = source[end..].trim_start().strip_prefix(':').map(|rest| source.len() - rest.len());
    let last = colon.filter(|&colon| colon <= next).unwrap_or(end);
    let Some(comma) = comma else { return vec![vec![Span::new(start, last)], vec![Span::new(start, next)]] };
    if source[comma + 1..start].trim().is_empty() {
        return vec![vec![Span::new(comma, last)], vec![Span::new(comma, next)]];
    }
    // A comment that stands between is not the entry's.
    let from = source[..start].trim_end().len();
    vec![vec![Span::new(comma, comma + 1), Span::new(from, last)]]
}

/// The first byte at `at` or later that is neither white space nor a comment's.
fn past_comments(source: &str, at: usize) -> usize {
    let mut at = at;
    loop {
        at += source[at..].len() - source[at..].trim_start().len();
        if !source[at..].starts_with('#') {
            return at;
        }
        at = line_end(source, at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::KeyPath;

    #[test]
    fn an_entry_goes_with_its_lines_and_nothing_else() {
        for (old, path, new) in [
            ("a: 1\nb: 2\n", "a", "b: 2\n"),
            ("a: 1\nb: 2\n", "b", "a: 1\n"),
            ("a: 1\nb: 2", "b", "a: 1\n"),
            ("# h\na: 1 # c\n\n# n\nb: 2\n", "a", "# h\n\n# n\nb: 2\n"),
            ("a: |+\n  x\n\nb: 2\n", "a", "b: 2\n"),
            ("a:\n  b: 1\n  c:\n    - d\ne: 1\n", "a.c", "a:\n  b: 1\ne: 1\n"),
            ("a:\n- x\n- y\n", "a[0]", "a:\n- y\n"),
            ("a:\n- x\n- y # c\nb: 1\n", "a[1]", "a:\n- x\nb: 1\n"),
            ("- a: 1\n  b: 2\n- c\n", "[0].a", "- b: 2\n- c\n"),
            ("- a: 1\n  b: 2\n- c\n", "[0].b", "- a: 1\n- c\n"),
            ("- a: 1\n- c\n", "[0].a", "- {}\n- c\n"),
            ("- - x\n  - y\n", "[0][0]", "- - y\n"),
            ("- \n- x\n", "[0]", "- x\n"),
            ("- \n- x\n", "[1]", "- \n"),
            ("- - \n- x\n", "[1]", "- - \n"),
            ("a: # c\n  b: 1\nd: 2\n", "a.b", "a: {} # c\nd: 2\n"),
            ("a: &x !t\n  b: 1\n", "a.b", "a: &x !t {}\n"),
            ("a:\n- x\n", "a[0]", "a: []\n"),
            ("a: 1\n", "a", "{}\n"),
            ("\u{feff}a: 1\nb: 2\n", "a", "\u{feff}b: 2\n"),
            ("  a: 1\n  b: 2\n", "a", "  b: 2\n"),
            ("? a\n: b\nc: d\n", "a", "c: d\n"),
            ("c: d\n? a\n", "a", "c: d\n"),
            ("c: d\n? a\n:\ne: f\n", "a", "c: d\ne: f\n"),
            ("c: d\n&x !t a: b\ne: f\n", "a", "c: d\ne: f\n"),
            ("a: [x, y, z]\n", "a[1]", "a: [x, z]\n"),
            ("a: [x, y, z]\n", "a[2]", "a: [x, y]\n"),
            ("a: [x, y, z]\n", "a[0]", "a: [y, z]\n"),
            ("a: [ x ]\n", "a[0]", "a: [  ]\n"),
            ("a: [x,]\n", "a[0]", "a: []\n"),
            ("a: [\n  x, # c\n  y\n]\n", "a[1]", "a: [\n  x # c\n]\n"),
            ("{\"a\":\"b\",\"c\":{\"d\":1}}", "c", "{\"a\":\"b\"}"),
            ("{a: 1, b: }", "b", "{a: 1 }"),
            ("{a, b: 1}", "a", "{b: 1}"),
        ] {
            let document = Yaml.parse(old.to_owned()).expect(old);
            let root = document.roots().next().expect("a root");
            let node = document.find(root, &KeyPath::parse(path).expect(path)).expect(path);
            let found = remove(&document, node).unwrap_or_else(|e| panic!("{e}\n{old}"));
            assert_eq!(found, new, "{path} of\n{old}");
        }
    }

    #[test]
    fn a_comment_goes_with_its_line_when_it_has_one_of_its_own() {
        let document = Yaml.parse("# h\na: 1 # c\n".to_owned()).expect("YAML");
        let comment = |at: usize| document.leaves()[at].node;
        assert_eq!(remove(&document, comment(0)).expect("removable"), "a: 1 # c\n");
        assert_eq!(remove(&document, comment(2)).expect("removable"), "# h\na: 1\n");
    }

    #[test]
    fn what_others_need_stays() {
        let document = Yaml.parse("a: &x 1\nb: *x\n".to_owned()).expect("YAML");
        let root = document.roots().next().expect("a root");
        let node = document.child(root, b"a").expect("a");
        assert!(remove(&document, node).is_err());
        assert!(remove(&document, root).is_err());
    }
}
