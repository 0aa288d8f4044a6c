//! Slots of what stands in brackets: JSON, flow collections of YAML, arrays and inline tables of TOML.

use crate::document::{Kind, NodeId, Span, Step};
use crate::format::Grammar;

use super::block::has_brackets;
use super::tree::{Body, Container, Id, Item, Layout, Scan, Shape, Sort};

/// The whole of a JSON text.
pub(super) fn root(scan: &mut Scan<'_>) -> Option<Id> {
    let node = scan.document.roots().next()?;
    let value = scan.document.node(node).value;
    let container = container(scan, node, None)?;
    let place = Span { start: value.start, end: value.start };
    let item = Item {
        node: Some(node),
        leaf: None,
        key: Vec::new(),
        lead: Span { start: 0, end: value.start },
        head: place,
        props: place,
        value: place,
        tail: Span::new(value.end as usize, scan.source.len()),
        is_section: false,
        body: Body::Container(container),
        class: 0,
    };
    Some(scan.push(item))
}

/// An entry in brackets: its key, and the node of its value.
struct Kid {
    key: Vec<u8>,
    node: NodeId,
}

/// The collection in brackets at `node`, whose line begins with the blanks `line` where that is known; `None` where it is
/// laid out as slots cannot hold it.
pub(super) fn container(scan: &mut Scan<'_>, node: NodeId, line: Option<Span>) -> Option<Container> {
    let at = *scan.document.node(node);
    // Looked for once: a text in one line has many collections in it.
    let line = line.unwrap_or_else(|| {
        let line = scan.line_start(at.value.start as usize);
        blanks(scan, line)
    });
    let mark = scan.items.len();
    let found = entries(scan, node, at.value, line);
    if found.is_none() {
        scan.items.truncate(mark);
    }
    let (open, foot, kids, has_last_comma) = found?;
    let first = kids.first().map(|&kid| scan.items[kid].lead);
    let indent = match first {
        Some(lead) => {
            let start = scan.src(lead).rfind('\n').map(|at| lead.start as usize + at + 1);
            start.map(|start| Span::new(start, lead.end as usize))
        }
        None => None,
    };
    let indent = indent.unwrap_or(line);
    Some(Container {
        sort: if at.kind == Kind::Map { Sort::Map } else { Sort::List },
        layout: Layout::Flow,
        open,
        foot,
        kids,
        indent: scan.src(indent).to_owned(),
        is_compact: false,
        has_last_comma,
    })
}

/// The blanks from byte `at`.
fn blanks(scan: &Scan<'_>, at: usize) -> Span {
    let rest = scan.source.as_bytes().get(at..).unwrap_or_default();
    let count = rest.iter().take_while(|&&b| b == b' ' || b == b'\t').count();
    Span::new(at, at + count)
}

type Found = (Span, Span, Vec<Id>, bool);

/// The entries of the collection at `value`, whose line begins with the blanks `line`.
fn entries(scan: &mut Scan<'_>, node: NodeId, value: Span, mut line: Span) -> Option<Found> {
    let mut kids = Vec::new();
    collect(scan, node, &mut Vec::new(), &mut kids);
    if scan.grammar == Grammar::Toml {
        kids.sort_by_key(|kid| scan.document.node(kid.node).key.start);
    }
    let start = value.start as usize + 1;
    let end = value.end as usize;
    let mut at = tail_end(scan, start).unwrap_or(start);
    let open = Span::new(value.start as usize, at);
    let (mut found, mut has_last_comma) = (Vec::with_capacity(kids.len()), false);
    let count = kids.len();
    for (number, kid) in kids.into_iter().enumerate() {
        let begin = skip(scan, at);
        let lead = Span::new(at, begin);
        if let Some(last) = scan.src(lead).rfind('\n') {
            line = blanks(scan, at + last + 1);
        }
        let (mut item, behind) = entry(scan, kid, lead, begin, line)?;
        let comma = skip(scan, behind);
        if scan.byte(comma) == Some(b',') && comma < end {
            if comma != behind {
                return None;
            }
            has_last_comma = number + 1 == count;
            at = tail_end(scan, comma + 1).unwrap_or(comma + 1);
            item.tail = Span::new(comma + 1, at);
        } else if number + 1 < count {
            return None;
        } else {
            at = tail_end(scan, behind).unwrap_or(behind);
            item.tail = Span::new(behind, at);
        }
        found.push(scan.push(item));
    }
    (at < end && skip(scan, at) + 1 == end).then(|| (open, Span::new(at, end), found, has_last_comma))
}

/// The entries of a container; in TOML dotted keys count as one.
fn collect(scan: &Scan<'_>, node: NodeId, path: &mut Vec<u8>, kids: &mut Vec<Kid>) {
    for &kid in &scan.kids[node.index()] {
        let length = path.len();
        scan.push_key(kid, path);
        if scan.grammar == Grammar::Toml && is_dotted(scan, kid) {
            collect(scan, kid, path, kids);
        } else {
            kids.push(Kid { key: path.clone(), node: kid });
        }
        path.truncate(length);
    }
}

/// Whether `node` is a table that only a dotted key names.
pub(super) fn is_dotted(scan: &Scan<'_>, node: NodeId) -> bool {
    let at = scan.document.node(node);
    at.kind == Kind::Map && matches!(at.step, Step::Key(_)) && at.value.start == at.key.start
}

fn entry(scan: &mut Scan<'_>, kid: Kid, lead: Span, begin: usize, line: Span) -> Option<(Item, usize)> {
    let Kid { key, node } = kid;
    let at = *scan.document.node(node);
    let props = scan.props[node.index()];
    if scan.byte(begin) == Some(b'?') {
        return None;
    }
    let (value, leaf) = match at.kind {
        Kind::Leaf(leaf) => (scan.document.leaf(leaf).span, Some(leaf)),
        Kind::Alias => (at.value, None),
        Kind::Empty => {
            let key_end = at.key.end as usize;
            let sign = skip(scan, key_end);
            let is_signed = scan.byte(sign) == Some(b':');
            let end = if is_signed { sign + 1 } else { key_end };
            (props.unwrap_or(Span::new(end, end)), None)
        }
        Kind::Map | Kind::List if !has_brackets(scan, node) => return None,
        Kind::Map | Kind::List => (at.value, None),
    };
    let start = props.map_or(value.start, |props| props.start);
    let place = Span { start, end: start };
    let mut item = Item {
        node: Some(node),
        leaf,
        key,
        lead,
        head: Span::new(begin.min(start as usize), start as usize),
        props: props.unwrap_or(place),
        value: Span { start, end: value.end },
        tail: place,
        is_section: false,
        body: Body::Atom(if value.is_empty() { Shape::Nothing } else { Shape::Inline }),
        class: 0,
    };
    if begin > start as usize {
        return None;
    }
    if let (Kind::Map | Kind::List, true) = (at.kind, scan.grammar != Grammar::Toml || leaf.is_none())
        && let Some(container) = container(scan, node, Some(line))
    {
        item.props = Span { start, end: container.open.start };
        item.value = Span { start: container.open.start, end: container.open.start };
        item.body = Body::Container(container);
    }
    Some((item, value.end as usize))
}

/// The first byte from `at` that is neither white space nor in a comment.
fn skip(scan: &Scan<'_>, mut at: usize) -> usize {
    loop {
        let next = match scan.byte(at) {
            Some(b' ' | b'\t' | b'\r' | b'\n') => at + 1,
            _ => comment_end(scan, at),
        };
        if next == at {
            return at;
        }
        at = next;
    }
}

/// The byte behind the comment at `at`; a line comment ends before its line break.
fn comment_end(scan: &Scan<'_>, at: usize) -> usize {
    let Some(rest) = scan.source.as_bytes().get(at..) else { return at };
    let line = || {
        let end = rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len());
        let end = if end > 0 && rest[end - 1] == b'\r' { end - 1 } else { end };
        at + end
    };
    match scan.grammar {
        Grammar::Jsonc if rest.starts_with(b"//") => line(),
        Grammar::Jsonc if rest.starts_with(b"/*") => {
            let close = rest.windows(2).skip(2).position(|pair| pair == b"*/");
            close.map_or(scan.source.len(), |close| at + close + 4)
        }
        Grammar::Yaml | Grammar::Toml if rest.starts_with(b"#") => line(),
        _ => at,
    }
}

/// Where the comment behind byte `at` in its line ends; `None` when there is none, or something follows it.
fn tail_end(scan: &Scan<'_>, at: usize) -> Option<usize> {
    let blanks = scan.source.as_bytes().get(at..)?.iter().take_while(|&&b| b == b' ' || b == b'\t').count();
    let end = comment_end(scan, at + blanks);
    let is_comment = end > at + blanks && !scan.source.get(at..end)?.contains('\n');
    (is_comment && matches!(scan.byte(end), Some(b'\r' | b'\n'))).then_some(end)
}
