//! Values in the place of others, and new entries: every text is parsed again before it is given out.

use super::Yaml;
use super::metadata::unsayable;
use super::place::{column_of, entries, has_brackets, is_flow, line_end, look_of, next_line, place_of};
use super::text::{Place, texts};
use super::write::Writer;
use crate::document::{Document, Kind, Leaf, NodeId, Span, Step, Style, Value, splice};
use crate::error::Result;
use crate::format::{Format, line_break, value_at};

/// The scalar text that says `value` in the place of `leaf`.
pub(super) fn scalar(document: &Document, leaf: &Leaf, value: &Value) -> Result<String> {
    if leaf.style == Style::Comment {
        return comment(document, leaf, value);
    }
    let place = place_of(document, leaf.node);
    let found = texts(value, look_of(document, leaf), place, line_break(document.source()));
    let mut wanted = found.into_iter().filter(|text| says(document, leaf, text, value));
    wanted.next().ok_or_else(|| {
        unsayable(
            document.path_of(leaf.node),
            "cannot hold that value (a tag, or the text around it, is in the way)",
        )
    })
}

/// The comment that says `value`.
fn comment(document: &Document, leaf: &Leaf, value: &Value) -> Result<String> {
    match value {
        Value::String(text) if !text.chars().any(char::is_control) => Ok(format!("# {}", text.trim())),
        _ => Err(unsayable(document.path_of(leaf.node), "is a comment and holds one line of text")),
    }
}

/// Whether `text` in the place of `leaf` is read as `value` there, and changes nothing else.
fn says(document: &Document, leaf: &Leaf, text: &str, value: &Value) -> bool {
    let Kind::Leaf(id) = document.node(leaf.node).kind else { return false };
    let Ok(parsed) = Yaml.parse(splice(document.source(), [(leaf.span, text)])) else { return false };
    let is_alike = parsed.events().len() == document.events().len()
        && parsed.leaves().len() == document.leaves().len()
        && unchanged(document, &parsed) + 1 >= document.leaves().len();
    let new = parsed.leaves().get(id.index());
    is_alike && new.is_some_and(|leaf| Yaml.value(&parsed, leaf).is_ok_and(|found| found == *value))
}

/// How many leaves at the start and the end of both documents are alike; no more than the shorter one has.
pub(super) fn unchanged(old: &Document, new: &Document) -> usize {
    let is_same = |(a, b): &(&Leaf, &Leaf)| old.bytes(a.content) == new.bytes(b.content);
    let before = old.leaves().iter().zip(new.leaves()).take_while(is_same).count();
    let after = old.leaves().iter().rev().zip(new.leaves().iter().rev()).take_while(is_same).count();
    (before + after).min(old.leaves().len()).min(new.leaves().len())
}

/// The text of `document` with one more entry or item, or an empty node filled.
pub(super) fn insert(
    document: &Document,
    parent: NodeId,
    key: Option<&str>,
    value: &Value,
) -> Result<String> {
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
    let texts =
        edits.into_iter().map(|(at, text)| splice(document.source(), [(Span::new(at, at), text.as_str())]));
    let mut wanted = texts.filter(|text| holds(document, text, parent, key, value));
    wanted
        .next()
        .ok_or_else(|| unsayable(document.path_of(parent), "has no place for that in the text as it is"))
}

/// Whether `text` is `document` with `value` in its place, all else as it was.
fn holds(document: &Document, text: &str, parent: NodeId, key: Option<&str>, value: &Value) -> bool {
    let Ok(parsed) = Yaml.parse(text.to_owned()) else { return false };
    let is_filled = document.node(parent).kind == Kind::Empty;
    let added = count(value) - usize::from(is_filled);
    let is_alike = parsed.nodes().len() == document.nodes().len() + added
        && parsed.nodes().len() > parent.index()
        && unchanged(document, &parsed) == document.leaves().len();
    if !is_alike {
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
fn block_entry(
    document: &Document,
    parent: NodeId,
    key: Option<&str>,
    value: &Value,
) -> Result<Vec<(usize, String)>> {
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
    let end = document.node(parent).value.end as usize;
    // An explicit key without value can be empty at the start of the next line.
    let end = end - usize::from(source[..end].ends_with('\n'));
    Ok(line_ends(source, end).map(|at| (at, text.clone())).collect())
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
fn flow_entry(
    document: &Document,
    parent: NodeId,
    key: Option<&str>,
    value: &Value,
) -> Result<Vec<(usize, String)>> {
    if !has_brackets(document, parent) {
        return Ok(Vec::new());
    }
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
    let end = line_end(source, behind);
    let is_free = source[behind..end].trim_matches([' ', '\t']).is_empty();
    let is_deep = below.starts_with(['\r', '\n']);
    if is_free && is_deep && matches!(at.step, Step::Item(_)) {
        let mut item = Writer::new(line_break(source));
        item.item(value, column, 0)?;
        edits.push((behind, item.finish()[1..].to_owned()));
    }
    edits.push((if is_deep { end } else { behind }, below.clone()));
    inline.inline(value, Place::Flow)?;
    edits.push((behind, format!(" {}", inline.finish())));
    if source[..behind].ends_with(' ') {
        for (_, text) in edits.iter_mut().filter(|(at, _)| *at == behind) {
            text.drain(..usize::from(text.starts_with(' ')));
        }
    }
    Ok(edits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::KeyPath;

    fn parse(text: &str) -> Document {
        Yaml.parse(text.to_owned()).unwrap_or_else(|e| panic!("{e}\n{text}"))
    }

    fn find(document: &Document, path: &str) -> NodeId {
        let root = document.roots().next().expect("a root");
        document.find(root, &KeyPath::parse(path).expect(path)).expect(path)
    }

    fn text(value: &str) -> Value {
        Value::String(value.to_owned())
    }

    fn map(key: &str, value: Value) -> Value {
        Value::Map(vec![(key.to_owned(), value)])
    }

    #[test]
    fn a_new_value_keeps_the_look_of_the_old_one() {
        for (old, path, value, new) in [
            ("a: x # c\n", "a", text("new"), "a: new # c\n"),
            ("a: x\n", "a", text("y: z"), "a: \"y: z\"\n"),
            ("a: 'x'\n", "a", text("it's"), "a: 'it''s'\n"),
            ("a: 'x'\n", "a", text("l\nm"), "a: \"l\\nm\"\n"),
            ("a: \"x\"\n", "a", text("y"), "a: \"y\"\n"),
            ("a: \"x\"\n", "a", Value::Number("5".to_owned()), "a: 5\n"),
            ("a: 5\n", "a", text("6"), "a: \"6\"\n"),
            ("a: &n !t x\n", "a", text("new"), "a: &n !t new\n"),
            ("a: [x, y]\n", "a[1]", text("p, q"), "a: [x, \"p, q\"]\n"),
            ("a:\n  - b: |\n      old\n  - z\n", "a[0].b", text("new\n"), "a:\n  - b: |\n      new\n  - z\n"),
            ("a: |\r\n  x\r\nb: 1\r\n", "a", text("y\nz"), "a: |-\r\n  y\r\n  z\r\nb: 1\r\n"),
            ("a: x\nb: y\n", "a", text("l\nm\n\n"), "a: |+\n  l\n  m\n\nb: y\n"),
            ("a: x # c\n", "a", text("l\nm"), "a: \"l\\nm\" # c\n"),
            ("a: x", "a", text("l\n"), "a: \"l\\n\""),
            ("- x\n", "[0]", text(" deep\n"), "- |2\n   deep\n"),
            ("{\"a\":\"x\"}", "a", Value::Null, "{\"a\":null}"),
        ] {
            let document = parse(old);
            let Kind::Leaf(leaf) = document.node(find(&document, path)).kind else {
                panic!("{path} is no leaf")
            };
            let leaf = document.leaf(leaf);
            let found = scalar(&document, leaf, &value).unwrap_or_else(|e| panic!("{e}\n{old}"));
            assert_eq!(splice(old, [(leaf.span, found.as_str())]), new);
        }
    }

    #[test]
    fn a_tag_that_speaks_against_a_value_is_an_error() {
        let document = parse("a: !!int 5\n");
        assert!(scalar(&document, &document.leaves()[0], &text("x")).is_err());
    }

    #[test]
    fn an_entry_is_added_behind_the_last_one() {
        let five = Value::Number("5".to_owned());
        for (old, path, key, value, new) in [
            ("a: 1\n", ".", Some("b"), text("x"), "a: 1\nb: x\n"),
            ("a: 1", ".", Some("b"), text("x"), "a: 1\nb: x"),
            ("a: 1\r\n", ".", Some("b"), map("c", five.clone()), "a: 1\r\nb:\r\n  c: 5\r\n"),
            (
                "a:\n  b: 1 # c\n\n# next\nd: 2\n",
                "a",
                Some("e"),
                five.clone(),
                "a:\n  b: 1 # c\n  e: 5\n\n# next\nd: 2\n",
            ),
            ("a:\n- x\nb: 1\n", "a", None, five.clone(), "a:\n- x\n- 5\nb: 1\n"),
            (
                "a:\n  - b: 1\n    c: 2\n",
                "a[0]",
                Some("d"),
                five.clone(),
                "a:\n  - b: 1\n    c: 2\n    d: 5\n",
            ),
            ("a:\n  - b: 1\n", "a", None, map("b", five.clone()), "a:\n  - b: 1\n  - b: 5\n"),
            ("a: |+\n  x\n\n", ".", Some("b"), five.clone(), "a: |+\n  x\n\nb: 5\n"),
            ("a: [1, 2] # c\n", "a", None, five.clone(), "a: [1, 2, 5] # c\n"),
            ("a: [1, 2,]\n", "a", None, five.clone(), "a: [1, 2, 5,]\n"),
            ("a: []\n", "a", None, five.clone(), "a: [5]\n"),
            ("a: {}\n", "a", Some("b c"), map("d", text("")), "a: {b c: {d: \"\"}}\n"),
            ("a: {\n  b: 1, # c\n}\n", "a", Some("e"), five.clone(), "a: {\n  b: 1, e: 5, # c\n}\n"),
            ("a: {b: }\n", "a", Some("e"), five.clone(), "a: {b: , e: 5}\n"),
            ("? a\n: b\n", ".", Some("no"), five.clone(), "? a\n: b\n\"no\": 5\n"),
            ("? a\n", ".", Some("b"), five.clone(), "? a\nb: 5\n"),
            ("a:\n", ".", Some("b"), five.clone(), "a:\nb: 5\n"),
            ("--- # x\na: 1\n...\n", ".", Some("b"), five.clone(), "--- # x\na: 1\nb: 5\n...\n"),
            ("\u{feff}a: 1\n", ".", Some("b"), five.clone(), "\u{feff}a: 1\nb: 5\n"),
            ("  a: 1\n", ".", Some("b"), five, "  a: 1\n  b: 5\n"),
        ] {
            let document = parse(old);
            let parent = find(&document, path);
            let found = insert(&document, parent, key, &value).unwrap_or_else(|e| panic!("{e}\n{old}"));
            assert_eq!(found, new);
        }
    }

    #[test]
    fn an_empty_node_is_filled() {
        let five = Value::Number("5".to_owned());
        for (old, path, key, value, new) in [
            ("a:\nb: 1\n", "a", None, five.clone(), "a: 5\nb: 1\n"),
            ("a: # c\n", "a", None, five.clone(), "a: 5 # c\n"),
            ("a: # c\n", "a", None, map("b", five.clone()), "a: # c\n  b: 5\n"),
            ("a: !t\n", "a", None, text("x"), "a: !t x\n"),
            ("a: # c\n", "a", None, text("x\ny"), "a: \"x\\ny\" # c\n"),
            ("- \n", "[0]", None, map("b", five.clone()), "- b: 5\n"),
            ("-\n- x\n", "[0]", None, five.clone(), "- 5\n- x\n"),
            ("{a, b: }\n", "a", None, five.clone(), "{a: 5, b: }\n"),
            ("{a, b: }\n", "b", None, five.clone(), "{a, b: 5 }\n"),
            ("", ".", Some("a"), five.clone(), "a: 5\n"),
            ("# c\n", ".", Some("a"), five.clone(), "# c\na: 5\n"),
            ("# c", ".", Some("a"), five.clone(), "# c\na: 5\n"),
            ("---\n", ".", Some("a"), five.clone(), "---\na: 5\n"),
            ("---\n...\n", ".", Some("a"), five.clone(), "---\na: 5\n...\n"),
            ("a:\n", "a", Some("b"), five, "a:\n  b: 5\n"),
        ] {
            let document = parse(old);
            let node = find(&document, path);
            let found = insert(&document, node, key, &value).unwrap_or_else(|e| panic!("{e}\n{old}"));
            assert_eq!(found, new);
        }
    }
}
