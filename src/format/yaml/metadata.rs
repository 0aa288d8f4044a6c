//! The metadata block: the last key `dekko` of the root, or a final document that holds nothing else.

use crate::document::{Builder, Document, Event, Field, Kind, Mark, NodeId, Room, Span, Step, Style};
use crate::error::{Class, Error, Result};

/// The key of the block.
pub(super) const NAME: &str = "dekko";

const LIST: &str = "recipients";

/// What each line of `recipients` is called as a field.
const ITEM: &str = "recipient";

/// A root that has the key `dekko`, at the moment before that key.
#[derive(Clone, Copy, Debug)]
pub(super) struct Holder {
    pub(super) mark: Mark,
    /// Where the entry before it ends.
    pub(super) before: usize,
    /// Where the key, or its first property, stands.
    pub(super) at: usize,
    pub(super) node: NodeId,
}

/// The last document of the stream, at the moment before it starts.
#[derive(Clone, Copy, Debug)]
pub(super) struct Last {
    pub(super) mark: Mark,
    /// Its `---`, when it has one.
    pub(super) start: Option<usize>,
    pub(super) has_directive: bool,
}

/// Cuts the metadata block out of a stream of `documents` documents, or refuses one that is not in its place; `room` is
/// the place that the first document would have for one.
pub(super) fn settle(
    builder: &mut Builder,
    holder: Option<Holder>,
    last: Last,
    documents: usize,
    room: Room,
) -> Result<()> {
    let Some(holder) = holder else {
        if documents <= 1 {
            builder.drop_borders();
        }
        builder.set_room(if documents == 1 { room } else { Room::Document });
        return Ok(());
    };
    let document = builder.document();
    let refuse = |what: &str| builder.refuse(Class::Metadata, holder.at, what);
    let root = document.node(holder.node).parent;
    let end = document.node(holder.node).value.end as usize;
    if !document.source()[end..].bytes().all(|b| b.is_ascii_whitespace()) {
        return Err(refuse("something follows the key 'dekko'; the metadata block is the end of the file"));
    }
    let is_alone =
        !document.children_of(root).any(|id| id != holder.node && document.node(id).step != Step::Comment);
    let takes_entry = matches!(room, Room::Entry { .. });
    let (mark, at) = match (is_alone, last.start) {
        (true, None) => return Err(refuse("a metadata block that is alone in its document needs '---'")),
        (true, Some(_)) if last.has_directive => return Err(refuse("a directive before the metadata block")),
        (true, Some(_)) if documents == 2 && takes_entry => {
            return Err(refuse("the metadata block belongs into the root mapping, as its last key"));
        }
        (true, Some(at)) => (last.mark, at),
        (false, _) if documents == 1 && takes_entry => {
            (holder.mark, line_start(document.source(), holder.at))
        }
        (false, _) => return Err(refuse("the key 'dekko' at the root is the metadata block's name")),
    };
    let fields = fields(document, holder.node, mark).map_err(refuse)?;
    let length = document.source().len();
    cut(builder, holder, root, mark, is_alone, documents);
    builder.set_block(Span::new(at, length), holder.at, fields);
    let left = documents - usize::from(is_alone);
    builder.set_room(match room {
        Room::Entry { indent, first, item, .. } if left == 1 => Room::Entry { at, indent, first, item },
        _ => Room::Document,
    });
    if left <= 1 {
        builder.drop_borders();
    }
    Ok(())
}

/// Forgets the block's nodes and events; in the root it was the last entry of, only that root's end follows it.
fn cut(builder: &mut Builder, holder: Holder, root: NodeId, mark: Mark, is_alone: bool, documents: usize) {
    builder.rewind(mark);
    if !is_alone {
        builder.shorten(root, holder.before);
        builder.event(Event::MapEnd);
        builder.event(Event::DocumentEnd);
    } else if documents == 1 {
        if builder.document().nodes().is_empty() {
            // Limits are not passed by the first node.
            let _ = builder.ahead(0);
        } else {
            builder.set(root, Kind::Empty, Span::new(0, 0));
        }
    }
}

/// The fields below `node`, or why they are none.
fn fields(document: &Document, node: NodeId, mark: Mark) -> std::result::Result<Vec<Field>, &'static str> {
    if document.node(node).kind != Kind::Map {
        return Err("the key 'dekko' holds no metadata block");
    }
    let text = |id: NodeId| match document.node(id).kind {
        Kind::Leaf(leaf) => {
            Some(String::from_utf8_lossy(document.bytes(document.leaf(leaf).content)).into_owned())
        }
        _ => None,
    };
    if let Some(version) = document.child(node, b"v").and_then(text)
        && version != "1"
    {
        // Another layout may hold whatever it wants.
        return Ok(vec![Field { name: "v".to_owned(), value: version }]);
    }
    let is_foreign = |event: &Event| match event {
        Event::Tag(_) | Event::Anchor(_) | Event::Alias(_) => true,
        Event::Leaf(leaf) => document.leaf(*leaf).style == Style::Comment,
        _ => false,
    };
    if document.events()[mark.events()..].iter().any(is_foreign) {
        return Err("the metadata block holds a comment, tag, anchor or alias");
    }
    let mut fields = Vec::new();
    for id in document.children_of(node) {
        let Step::Key(name) = document.node(id).step else { continue };
        let name = String::from_utf8_lossy(document.bytes(name)).into_owned();
        match (name.as_str(), document.node(id).kind) {
            (LIST, Kind::List) => {
                for item in document.children_of(id) {
                    let value = text(item).ok_or("a recipient of the metadata block is no text")?;
                    fields.push(Field { name: ITEM.to_owned(), value });
                }
            }
            (LIST, _) => return Err("the recipients of the metadata block are no list"),
            (ITEM, _) => return Err("the metadata block has an unknown field"),
            (_, Kind::Leaf(_)) => fields.push(Field { value: text(id).unwrap_or_default(), name }),
            _ => return Err("a field of the metadata block is no text"),
        }
    }
    Ok(fields)
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |at| at + 1)
}

/// The whole text of `body` with a block of `fields`.
pub(super) fn attach(body: &Document, fields: &[Field]) -> String {
    let source = body.source();
    let line_break = super::super::line_break(source);
    let mut out = String::with_capacity(source.len() + 4096);
    out.push_str(source);
    let indent = match &body.room {
        Room::Entry { indent, .. } => indent.as_str(),
        _ => {
            out.push_str("---");
            out.push_str(line_break);
            ""
        }
    };
    let mut line = |depth: usize, parts: &[&str]| {
        out.push_str(indent);
        out.extend(std::iter::repeat_n(' ', depth));
        out.extend(parts.iter().copied());
        out.push_str(line_break);
    };
    line(0, &[NAME, ":"]);
    let mut in_list = false;
    for field in fields {
        match field.name.as_str() {
            ITEM => {
                if !in_list {
                    line(2, &[LIST, ":"]);
                    in_list = true;
                }
                line(4, &["- ", &field.value]);
            }
            name @ ("policy" | "scope") => line(2, &[name, ": ", &quoted(&field.value)]),
            name => line(2, &[name, ": ", &field.value]),
        }
    }
    out
}

/// `text` in double quotes with the escapes of JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A refusal that names what cannot be said.
pub(super) fn unsayable(path: String, reason: impl Into<String>) -> Error {
    Error::Unsayable { path, reason: reason.into() }
}
