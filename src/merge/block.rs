//! Slots of YAML: a stream of documents, block collections in them.

use crate::document::{Kind, NodeId, Span, Step};

use super::flow;
use super::tree::{Body, Container, Id, Item, Layout, Scan, Shape, Sort, is_trivia};

/// The whole stream.
pub(super) fn stream(scan: &mut Scan<'_>) -> Option<Id> {
    let roots: Vec<NodeId> = scan.document.roots().collect();
    let mut kids = Vec::new();
    let mut start = 0;
    for (at, &root) in roots.iter().enumerate() {
        let (id, end) = document(scan, root, start)?;
        let next = if at + 1 < roots.len() { next_document(scan, end)? } else { scan.source.len() };
        close(scan, id, next)?;
        kids.push(id);
        start = next;
    }
    let empty = Span::new(0, 0);
    let end = Span::new(scan.source.len(), scan.source.len());
    let stream = Container {
        sort: Sort::Stream,
        layout: Layout::Block,
        open: empty,
        foot: end,
        kids,
        indent: String::new(),
        is_compact: false,
        has_last_comma: false,
    };
    Some(scan.push(Item {
        node: None,
        leaf: None,
        key: Vec::new(),
        lead: empty,
        head: empty,
        props: empty,
        value: empty,
        tail: end,
        is_section: false,
        body: Body::Container(stream),
        class: 0,
    }))
}

/// Where the document behind byte `at` begins: at its directives or its `---`.
fn next_document(scan: &Scan<'_>, at: usize) -> Option<usize> {
    let mut at = if at == scan.line_start(at) { at } else { scan.next_line(at) };
    while at < scan.source.len() {
        let line = &scan.source[at..scan.next_line(at)];
        let begins = line.strip_prefix("---").is_some_and(|rest| rest.trim_start().len() < rest.len());
        if begins || line == "---" || line.starts_with('%') {
            return Some(at);
        }
        if !is_trivia(line) && !line.starts_with("...") {
            return None;
        }
        at = scan.next_line(at);
    }
    None
}

/// Gives the document `id` all up to byte `end`.
fn close(scan: &mut Scan<'_>, id: Id, end: usize) -> Option<()> {
    let item = scan.items.get_mut(id)?;
    let end = u32::try_from(end).ok()?;
    match &mut item.body {
        Body::Container(container) if container.layout == Layout::Block => {
            container.foot.end = end;
            let place = Span { start: end, end };
            item.tail = place;
        }
        Body::Atom(Shape::Nothing) if item.value.is_empty() => {
            item.lead.end = end;
            let place = Span { start: end, end };
            (item.head, item.props, item.value, item.tail) = (place, place, place, place);
        }
        _ => item.tail.end = end,
    }
    Some(())
}

/// The document of root `node`, whose text begins at byte `start`; and a byte behind its content.
fn document(scan: &mut Scan<'_>, node: NodeId, start: usize) -> Option<(Id, usize)> {
    let at = scan.document.node(node);
    let props = scan.props[node.index()];
    let mark = scan.source[start..].starts_with('\u{feff}').then_some('\u{feff}'.len_utf8());
    let (lead, start) = (Span::new(start, start + mark.unwrap_or(0)), start + mark.unwrap_or(0));
    let place = Span::new(start, start);
    let is_block = matches!(at.kind, Kind::Map | Kind::List) && !has_brackets(scan, node);
    if is_block {
        let (head, from) = match props {
            Some(props) => (Span::new(start, props.start as usize), props.end as usize),
            None => (place, start),
        };
        let props = props.unwrap_or(place);
        let (mut container, end) = block(scan, node, from, props.is_empty())?;
        if let Some(&first) = container.kids.first() {
            let lead = scan.items[first].lead;
            let kept = scan.without_header(lead);
            container.open.end = kept.start;
            scan.items[first].lead = kept;
        }
        let item = Item {
            node: Some(node),
            leaf: None,
            key: Vec::new(),
            lead,
            head,
            props,
            value: place,
            tail: place,
            is_section: false,
            body: Body::Container(container),
            class: 0,
        };
        return Some((scan.push(item), end));
    }
    if at.kind == Kind::Empty && props.is_none() {
        let item = atom(scan, node, lead, place, place, place, Shape::Nothing);
        // A border, a directive or comments at most: `close` takes them.
        let mut end = start;
        while end < scan.source.len() {
            let line = &scan.source[end..scan.next_line(end)];
            let is_border = end == start && line.starts_with("---");
            if !is_trivia(line) && !line.starts_with('%') && !is_border && !line.starts_with("---") {
                break;
            }
            if line.starts_with("---") && end > start && !scan.source[start..end].contains('%') {
                break;
            }
            end = scan.next_line(end);
            if line.starts_with("---") {
                break;
            }
        }
        return Some((scan.push(item), end));
    }
    let (item, end) = valued(scan, node, lead, start, Ends::Anywhere)?;
    Some((scan.push(item), end))
}

/// Where a value may end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    /// Nothing but a comment follows in its line.
    Line,
    /// The rest is the caller's.
    Anywhere,
}

fn atom(_: &Scan<'_>, node: NodeId, lead: Span, head: Span, value: Span, tail: Span, shape: Shape) -> Item {
    Item {
        node: Some(node),
        leaf: None,
        key: Vec::new(),
        lead,
        head,
        props: Span { start: value.start, end: value.start },
        value,
        tail,
        is_section: false,
        body: Body::Atom(shape),
        class: 0,
    }
}

/// Whether the collection stands in brackets of its own.
pub(super) fn has_brackets(scan: &Scan<'_>, node: NodeId) -> bool {
    let at = scan.document.node(node);
    let first = scan.byte(at.value.start as usize);
    match (at.kind, first) {
        (Kind::List, Some(b'[')) => true,
        (Kind::Map, Some(b'{')) => scan.kids[node.index()]
            .first()
            .is_none_or(|&kid| scan.document.node(kid).key.start > at.value.start),
        _ => false,
    }
}

/// The value at `node` that is no block collection, behind a head that begins at byte `start`.
fn valued(scan: &mut Scan<'_>, node: NodeId, lead: Span, start: usize, ends: Ends) -> Option<(Item, usize)> {
    let at = *scan.document.node(node);
    let props = scan.props[node.index()];
    let (value, leaf) = match at.kind {
        Kind::Leaf(leaf) => (scan.document.leaf(leaf).span, Some(leaf)),
        Kind::Alias => (at.value, None),
        Kind::Empty => match props {
            Some(props) => (props, None),
            None => (Span::new(start, start), None),
        },
        Kind::Map | Kind::List => (at.value, None),
    };
    let value = match props {
        Some(props) => Span { start: props.start, end: value.end.max(props.end) },
        None => value,
    };
    let end = value.end as usize;
    let tail = match ends {
        Ends::Line => scan.rest_of_line(end)?,
        Ends::Anywhere => Span::new(end, end),
    };
    let head = Span::new(start.min(value.start as usize), value.start as usize);
    let is_broken = scan.src(head).contains('\n') && ends == Ends::Line;
    let shape = match scan.byte(value.start as usize) {
        _ if value.is_empty() => Shape::Nothing,
        _ if is_broken || scan.src(value).contains('\n') => Shape::Lines,
        Some(b'|' | b'>') => Shape::Lines,
        _ if at.kind == Kind::Empty => Shape::Nothing,
        _ => Shape::Inline,
    };
    let mut item = atom(scan, node, lead, head, value, tail, shape);
    item.leaf = leaf;
    if let Some(props) = props {
        item.props = props;
    }
    if let Kind::Map | Kind::List = at.kind
        && let Some(container) = flow::container(scan, node, None)
    {
        item.body = Body::Container(container);
        let props = props.unwrap_or(Span { start: value.start, end: value.start });
        item.value = Span { start: props.end, end: props.end };
        item.props = props;
        let open = item.container()?.open.start;
        if open > props.end {
            // Blanks between the properties and the bracket are the head's, when nothing else is there.
            item.props.end = open;
            item.value = Span { start: open, end: open };
        }
    }
    Some((item, tail.end as usize))
}

/// The block collection at `node`, whose head ends at byte `start`; and the byte behind it.
fn block(scan: &mut Scan<'_>, node: NodeId, start: usize, is_root: bool) -> Option<(Container, usize)> {
    let at = *scan.document.node(node);
    let first = at.value.start as usize;
    let line = scan.line_start(first);
    let is_compact = !scan.source.get(line..first)?.trim_matches([' ', '\t']).is_empty();
    let indent = first - line;
    let mut cursor = if is_compact {
        first
    } else if is_root {
        content_before(scan, start, line)
    } else {
        scan.rest_of_line(start)?.end as usize
    };
    let open = Span::new(start, cursor.max(start));
    let kids = std::mem::take(&mut scan.kids[node.index()]);
    let mut found = Vec::with_capacity(kids.len());
    for (number, &kid) in kids.iter().enumerate() {
        let (lead, begin) = if number == 0 && is_compact {
            (Span::new(cursor, cursor), first)
        } else {
            let line = scan.skip_trivia(cursor);
            let blanks = scan.source.get(line..line + indent)?;
            if !blanks.bytes().all(|b| b == b' ') {
                return None;
            }
            (Span::new(cursor, line), line + indent)
        };
        let (mut item, end) = entry(scan, kid, lead, begin)?;
        item.key = scan.key(kid);
        found.push(scan.push(item));
        cursor = end;
    }
    let end = match scan.last_comment[node.index()] {
        Some(last) if last >= cursor => scan.next_line(last),
        _ => cursor,
    };
    let container = Container {
        sort: if at.kind == Kind::Map { Sort::Map } else { Sort::List },
        layout: Layout::Block,
        open,
        foot: Span::new(cursor, end),
        kids: found,
        indent: if is_compact { " ".repeat(indent) } else { scan.source[line..first].to_owned() },
        is_compact,
        has_last_comma: false,
    };
    Some((container, end))
}

/// The end of the last line from byte `start` and before byte `line` that is more than a comment.
fn content_before(scan: &Scan<'_>, start: usize, line: usize) -> usize {
    let (mut at, mut end) = (start, start);
    while at < line {
        let next = scan.next_line(at);
        if !is_trivia(&scan.source[at..next]) {
            end = next;
        }
        at = next;
    }
    end
}

/// The entry or item `node` that begins at byte `begin`; and the byte behind its lines.
fn entry(scan: &mut Scan<'_>, node: NodeId, lead: Span, begin: usize) -> Option<(Item, usize)> {
    let at = *scan.document.node(node);
    let sign = match at.step {
        Step::Key(_) => {
            if scan.byte(begin) == Some(b'?') || (at.key.start as usize) < begin {
                return None;
            }
            let end = at.key.end as usize;
            let blanks = scan.source.get(end..)?.bytes().take_while(|&b| b == b' ' || b == b'\t').count();
            (scan.byte(end + blanks) == Some(b':')).then_some(end + blanks + 1)?
        }
        _ => (scan.byte(begin) == Some(b'-')).then_some(begin + 1)?,
    };
    if !matches!(at.kind, Kind::Map | Kind::List) || has_brackets(scan, node) {
        let from = if at.kind == Kind::Empty && scan.props[node.index()].is_none() { sign } else { begin };
        let (mut item, end) = valued(scan, node, lead, from, Ends::Line)?;
        item.head.start = u32::try_from(begin).ok()?;
        return Some((item, end));
    }
    let props = scan.props[node.index()];
    let head = Span::new(begin, props.map_or(sign, |props| props.start as usize));
    let from = props.map_or(sign, |props| props.end as usize);
    let mark = scan.items.len();
    let Some((mut container, mut end)) = block(scan, node, from, false) else {
        // What slots cannot hold (complex keys, for instance) is one text.
        scan.items.truncate(mark);
        let last = scan.last_comment[node.index()].unwrap_or_default();
        let end = scan.next_line(last.max(at.value.end as usize));
        let (head, tail) = (Span::new(begin, sign), Span::new(end, end));
        let item = atom(scan, node, lead, head, Span::new(sign, end), tail, Shape::Lines);
        return Some((item, end));
    };
    let column = begin - scan.line_start(begin);
    if at.kind == Kind::List && matches!(at.step, Step::Key(_)) && container.indent.len() == column {
        // Behind a list at its key's column, a comment is about what comes next.
        let last = scan.last_comment[node.index()];
        let of_parent = &mut scan.last_comment[at.parent.index()];
        *of_parent = (*of_parent).max(last);
        container.foot.end = container.foot.start;
        end = container.foot.start as usize;
    }
    let place = Span::new(end, end);
    let item = Item {
        node: Some(node),
        leaf: None,
        key: Vec::new(),
        lead,
        head,
        props: props.unwrap_or(Span { start: head.end, end: head.end }),
        value: Span { start: from as u32, end: from as u32 },
        tail: place,
        is_section: false,
        body: Body::Container(container),
        class: 0,
    };
    Some((item, end))
}
