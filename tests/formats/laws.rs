//! The laws that every format keeps.

use dekko::document::{Cover, Document, Field, Gaps, Kind, Leaf, NodeId, Span, Step, Style, Value, splice};
use dekko::error::{Class, Error};
use dekko::format::{Format, line_break, parse};

/// A text of the alphabet of tokens.
pub const TOKEN: &str = "enc1.Ab-_09.Zz";

/// Parses as commands do: size, UTF-8, line breaks first.
pub fn read(format: &dyn Format, text: &str) -> Result<Document, Error> {
    parse(format, text.as_bytes().to_vec())
}

/// The walk over `document` with no token in it, as bytes.
pub fn walk(document: &Document) -> Vec<u8> {
    let mut out = Vec::new();
    Gaps::new(document, Cover::All).step(|_| false, &mut out);
    out
}

/// The walk with every leaf a token: the structure, without any content.
pub fn shape(document: &Document) -> Vec<u8> {
    let mut out = Vec::new();
    let mut gap = Vec::new();
    let mut gaps = Gaps::new(document, Cover::All);
    while let Some(leaf) = gaps.step(|_| true, &mut gap) {
        out.extend_from_slice(&gap);
        if let Some(leaf) = leaf {
            let leaf = document.leaf(leaf);
            out.push(0xFF);
            out.push(u8::from(leaf.style == Style::Comment));
            document.encode_path(leaf.node, &mut out);
        }
    }
    out
}

/// Fields as an envelope writes them, one with quotes in it.
pub fn fields() -> Vec<Field> {
    let field = |name: &str, value: &str| Field { name: name.to_owned(), value: value.to_owned() };
    vec![
        field("end", "_7OCCHm-gZUKmxBFBtZbQQ"),
        field("v", "1"),
        field("policy", r#"encrypt **."a\nb\\c",x"#),
        field("head", "abc"),
        field("recipient", "age:age1a AAAA"),
        field("recipient", "age:age1b BBBB"),
    ]
}

/// Every leaf replaced by a token: the same structure with the tokens as leaves; their texts put back: the same bytes.
pub fn tokens_stand_for_leaves(format: &dyn Format, text: &str) {
    let plain = read(format, text).unwrap_or_else(|error| panic!("{error}: {text:?}"));
    let mut end = 0;
    for leaf in plain.leaves() {
        assert!(leaf.span.start >= end, "leaves lie in order: {text:?}");
        end = leaf.span.end;
    }
    let secret = |leaf: &&Leaf| format.has_secret_comments() || leaf.style != Style::Comment;
    let tokens: Vec<(Span, String)> = plain
        .leaves()
        .iter()
        .filter(secret)
        .map(|leaf| (leaf.span, format.token_text(&plain, leaf, TOKEN)))
        .collect();
    let sealed = splice(plain.source(), tokens.iter().map(|(span, text)| (*span, &text[..])));
    let again = read(format, &sealed).unwrap_or_else(|error| panic!("{error}: {sealed:?} of {text:?}"));
    assert_eq!(shape(&plain), shape(&again), "{text:?}");
    assert_eq!(plain.leaves().len(), again.leaves().len());
    for leaf in again.leaves() {
        assert_eq!(again.bytes(leaf.content), TOKEN.as_bytes(), "{sealed:?}");
    }
    let sources = plain.leaves().iter().map(|leaf| plain.src(leaf.span));
    let restored = splice(again.source(), again.leaves().iter().map(|leaf| leaf.span).zip(sources));
    assert_eq!(restored, text);
}

/// A block that is attached is read with its fields, and its body is what it was attached to.
pub fn blocks_come_off_again(format: &dyn Format, text: &str) {
    let mut text = text.to_owned();
    if format.needs_line_end() && !text.is_empty() && !text.ends_with('\n') {
        text.push_str(line_break(&text));
    }
    let body = read(format, &text).unwrap_or_else(|error| panic!("{error}: {text:?}"));
    if body.block.is_some() {
        return;
    }
    let whole = format.attach(&body, &fields());
    let again = read(format, &whole).unwrap_or_else(|error| panic!("{error}: {whole:?}"));
    let block = again.block.as_ref().unwrap_or_else(|| panic!("no block: {whole:?}"));
    assert_eq!(block.fields, fields());
    assert_eq!(again.body(), text);
    assert_eq!(walk(&again), walk(&body), "the block is no part of the walk: {whole:?}");
    assert_eq!(again.nodes().len(), body.nodes().len());
}

/// All laws that hold for a text, when it is one.
pub fn all(format: &dyn Format, text: &str) {
    tokens_stand_for_leaves(format, text);
    blocks_come_off_again(format, text);
    entries_go_alone(format, text);
    // dotenv and INI cannot hold the nested entry; their own tests put entries in.
    if !matches!(format.name(), "dotenv" | "ini") {
        entries_come_in(format, text);
    }
}

/// A new entry stands at its place, and nothing else changes, with and without a block.
pub fn entries_come_in(format: &dyn Format, text: &str) {
    let document = read(format, text).unwrap_or_else(|error| panic!("{error}: {text:?}"));
    if document.nodes().len() > 60 {
        return;
    }
    let value = Value::Map(vec![("x y".to_owned(), Value::List(vec![Value::Bool(true)]))]);
    for id in below(&document) {
        let key = match document.node(id).kind {
            Kind::Map => Some("new \"key"),
            Kind::List => None,
            _ => continue,
        };
        let path = document.path_of(id);
        let more = format.insert(&document, id, key, &value);
        let more = more.unwrap_or_else(|error| panic!("{error}: {path} of {text:?}"));
        let after =
            read(format, &more).unwrap_or_else(|error| panic!("{error}: {path} of {text:?} gives {more:?}"));
        let mut place = Vec::new();
        let new = after.leaves().iter().filter(|leaf| {
            let lineage = after.lineage(leaf.node);
            lineage.len() > 2 && {
                let key = after.node(lineage[lineage.len() - 2]);
                matches!(key.step, Step::Key(text) if after.bytes(text) == b"x y")
            }
        });
        let new: Vec<&Leaf> = new.collect();
        assert_eq!(new.len(), 1, "{path} of {text:?} gives {more:?}");
        after.encode_path(new[0].node, &mut place);
        let mut before = leaves(&document, None);
        before.push((place, "true".to_owned()));
        let mut left = leaves(&after, None);
        before.sort();
        left.sort();
        assert_eq!(before, left, "{path} of {text:?} gives {more:?}");
        if document.block.is_none() && (!format.needs_line_end() || text.ends_with('\n')) {
            let sealed = read(format, &format.attach(&document, &fields())).expect("law of blocks");
            let more = format.insert(&sealed, id, key, &value).expect("as above");
            let again = read(format, &more).unwrap_or_else(|error| panic!("{error}: {path} gives {more:?}"));
            assert_eq!(again.block.as_ref().map(|block| &block.fields[..]), Some(&fields()[..]), "{more:?}");
            assert_eq!(leaves(&again, None).len(), left.len(), "{more:?}");
        }
    }
}

/// A removed entry takes nothing with it, as far as the walk tells.
pub fn entries_go_alone(format: &dyn Format, text: &str) {
    let document = read(format, text).unwrap_or_else(|error| panic!("{error}: {text:?}"));
    if document.nodes().len() > 60 {
        return;
    }
    for id in below(&document) {
        let is_comment =
            matches!(document.node(id).kind, Kind::Leaf(leaf) if document.leaf(leaf).style == Style::Comment);
        if document.node(id).step == Step::Root || is_comment {
            continue;
        }
        let path = document.path_of(id);
        let Ok(less) = format.remove(&document, id) else { continue };
        let after = read(format, &less)
            .unwrap_or_else(|error| panic!("{error}: {path} from {text:?} gives {less:?}"));
        let (mut before, mut left) = (leaves(&document, Some(id)), leaves(&after, None));
        before.sort();
        left.sort();
        assert_eq!(before, left, "{path} from {text:?} gives {less:?}");
    }
}

/// Every node of a document with one root.
fn below(document: &Document) -> Vec<NodeId> {
    let mut all: Vec<NodeId> = document.roots().collect();
    let mut at = 0;
    while let Some(&id) = all.get(at) {
        all.extend(document.children_of(id));
        at += 1;
    }
    all
}

/// Paths (items without their numbers) and texts of all leaves, less those below `without`.
fn leaves(document: &Document, without: Option<NodeId>) -> Vec<(Vec<u8>, String)> {
    let kept = |leaf: &&Leaf| {
        without.is_none_or(|gone| leaf.node != gone && !document.lineage(leaf.node).contains(&gone))
    };
    let plain = document.leaves().iter().filter(|leaf| leaf.style != Style::Comment).filter(kept);
    plain
        .map(|leaf| {
            let mut path = Vec::new();
            document.encode_path(leaf.node, &mut path);
            (path, document.src(leaf.span).to_owned())
        })
        .collect()
}

/// The class of a refusal, by name; `accepted` for a text that is read.
pub fn verdict(format: &dyn Format, bytes: &[u8]) -> &'static str {
    match parse(format, bytes.to_vec()) {
        Ok(_) => "accepted",
        Err(error) => error.class().map_or("other", Class::name),
    }
}
