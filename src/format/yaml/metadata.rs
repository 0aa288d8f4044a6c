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
    let is_alone =
        !document.children_of(root).any(|id| id != holder.node && document.node(id).step != Step::Comment);
    let end = document.node(if is_alone { root } else { holder.node }).value.end as usize;
    if !document.source()[end..].bytes().all(|b| b.is_ascii_whitespace()) {
        return Err(refuse("something follows the key 'dekko'; the metadata block is the end of the file"));
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Event;
    use crate::format::{Format, yaml::Yaml};

    const BLOCK: &str = "dekko:\n  end: E\n  v: 1\n  scope: \"a b\"\n  recipients:\n    - x y\n    - z w\n";

    fn pairs(document: &Document) -> Vec<(String, String)> {
        let fields = &document.block.as_ref().expect("a block").fields;
        fields.iter().map(|field| (field.name.clone(), field.value.clone())).collect()
    }

    fn wanted() -> Vec<(String, String)> {
        [("end", "E"), ("v", "1"), ("scope", "a b"), ("recipient", "x y"), ("recipient", "z w")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec()
    }

    #[test]
    fn a_block_is_attached_read_and_cut_out_again() {
        let bodies = [
            "a: 1\n",
            "\u{feff}a: 1\n",
            "  a: 1\n  b:\n  - 2\n",
            "# c\n---\na: |+\n  x\n\n",
            "a:\n",
            "? a\n",
            "- a\n",
            "{a: 1}\n",
            "x\n",
            "",
            "# only\n",
            "---\n",
            "a: 1\n...\n",
            "a: 1\n...\n# c\n",
            "%YAML 1.2\n---\na: 1\n---\n- b\n",
            "--- |\n x\n",
            "a: 1\n# last\n",
            "a: 1\r\nb: 2\r\n",
        ];
        for body in bodies {
            let plain = Yaml.parse(body.to_owned()).unwrap_or_else(|e| panic!("{e}\n{body}"));
            let fields = wanted().into_iter().map(|(name, value)| Field { name, value });
            let sealed = Yaml.attach(&plain, &fields.collect::<Vec<_>>());
            let document = Yaml.parse(sealed.clone()).unwrap_or_else(|e| panic!("{e}\n{sealed}"));
            assert_eq!(pairs(&document), wanted(), "{sealed}");
            assert_eq!(document.body(), body);
            assert_eq!(format!("{:?}", document.events()), format!("{:?}", plain.events()), "{sealed}");
            assert_eq!(format!("{:?}", document.nodes()), format!("{:?}", plain.nodes()), "{sealed}");
            assert_eq!(document.room, plain.room, "{sealed}");
            let root = document.roots().next().expect("a root");
            assert_eq!(document.child(root, NAME.as_bytes()), None);
            assert!(!sealed.replace("\r\n", "").contains('\n') || !body.contains('\r'));
        }
    }

    #[test]
    fn every_layout_that_gives_the_fields_is_read() {
        for text in [
            "a: 1\ndekko: {end: E, v: '1', scope: a b, recipients: [x y, \"z w\"]}\n\n \n",
            "a: 1\n'dekko':\n     end: >-\n       E\n     v: 1\n     scope: a\n      b\n     recipients:\n     - x y\n     - z w",
            "--- {dekko: {end: E, v: 1, scope: a b, recipients: [x y, z w]}}",
            "a: 1\n? dekko\n: end: E\n  v: 1\n  scope: a b\n  recipients: [x y, z w]\n",
        ] {
            let document = Yaml.parse(text.to_owned()).unwrap_or_else(|e| panic!("{e}\n{text}"));
            assert_eq!(pairs(&document), wanted(), "{text}");
        }
    }

    #[test]
    fn a_block_out_of_place_or_of_another_shape_is_refused() {
        let two = |start: &str| format!("{start}{BLOCK}");
        for text in [
            two(""),
            two("# c\n"),
            two("a: 1\n---\n"),
            two("a: 1\n---\nb: 1\n"),
            two("- a\n...\n%YAML 1.2\n---\n"),
            two("- a\n...\n%YAML 1.2\n# c\n---\n"),
            two("- a\n--- # c\n"),
            two("- a\n--- !t\n"),
            format!("a: 1\n{BLOCK}b: 2\n"),
            format!("a: 1\n{BLOCK}...\n"),
            format!("a: 1\n{BLOCK}# c\n"),
            format!("a: 1\n{BLOCK}---\nb: 1\n"),
            format!("a: 1\n{BLOCK}---\n{BLOCK}"),
            "a: 1\ndekko: &x\n  v: 1\n".to_owned(),
            "a: 1\n!t dekko:\n  v: 1\n".to_owned(),
            "a: &x 1\ndekko:\n  v: 1\n  end: *x\n".to_owned(),
            "a: 1\ndekko:\n  v: 1\n  # c\n  end: E\n".to_owned(),
            "a: 1\ndekko: x\n".to_owned(),
            "a: 1\ndekko:\n".to_owned(),
            "a: 1\ndekko: [v]\n".to_owned(),
            "a: 1\ndekko:\n  v: 1\n  end:\n".to_owned(),
            "a: 1\ndekko:\n  v: 1\n  end: [E]\n".to_owned(),
            "a: 1\ndekko:\n  v: 1\n  recipient: x\n".to_owned(),
            "a: 1\ndekko:\n  v: 1\n  recipients: x\n".to_owned(),
            "a: 1\ndekko:\n  v: 1\n  recipients: [[x]]\n".to_owned(),
            "{a: 1, dekko: {v: 1}}\n".to_owned(),
            "{dekko: {v: 1}}\n".to_owned(),
        ] {
            let error = Yaml.parse(text.clone()).expect_err(&text);
            assert_eq!(error.class(), Some(Class::Metadata), "{error}\n{text}");
        }
        let twice = format!("a: 1\n{BLOCK}{BLOCK}");
        assert_eq!(Yaml.parse(twice).expect_err("two").class(), Some(Class::Syntax));
    }

    #[test]
    fn another_version_may_hold_whatever_it_wants() {
        let document = Yaml.parse("a: 1\ndekko:\n  v: 2\n  x: [[1]]\n".to_owned()).expect("a block");
        assert_eq!(pairs(&document), [("v".to_owned(), "2".to_owned())]);
    }

    #[test]
    fn a_key_of_that_name_elsewhere_is_a_key_like_others() {
        let document = Yaml.parse("a:\n  dekko: 1\nb: [{dekko: 2}]\n".to_owned()).expect("no block");
        assert!(document.block.is_none());
        assert!(document.events().iter().all(|event| !matches!(event, Event::DocumentStart)));
    }
}
