//! The published test vectors, for the unit tests of floors 2 and 3.

use serde_json::Value;
use sha3::Shake256;
use sha3::digest::{ExtendableOutput, Update, XofReader};

use super::data_key::{DataKey, FileId, Keys};
use super::random::Random;
use crate::document::{Builder, Document, Kind, NodeId, Span, Step};
use crate::error::Result;

/// The bytes of one of the published files.
pub(crate) fn file(path: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/format-vectors/");
    std::fs::read(format!("{folder}{path}")).expect(path)
}

/// The content of one of the published JSON files.
pub(crate) fn json(path: &str) -> Value {
    serde_json::from_slice(&file(path)).expect(path)
}

/// All of `primitives.json`.
pub(crate) fn primitives() -> Value {
    json("primitives.json")
}

/// The members of the list `name`, of which there is at least one.
pub(crate) fn list<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    let list = value[name].as_array().expect(name);
    assert!(!list.is_empty(), "{name}");
    list
}

/// A text.
pub(crate) fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// A number.
pub(crate) fn number(value: &Value) -> u64 {
    value.as_u64().expect("a number")
}

/// Bytes in hex.
pub(crate) fn bytes(value: &Value) -> Vec<u8> {
    let text = text(value);
    assert!(text.len().is_multiple_of(2));
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hex")).collect()
}

/// Exactly `N` bytes in hex.
pub(crate) fn array<const N: usize>(value: &Value) -> [u8; N] {
    bytes(value).try_into().expect("exact length")
}

/// The keys of `dek` and `file_id`.
pub(crate) fn keys(value: &Value) -> Keys {
    Keys::derive(&DataKey::new(array(&value["dek"])), &FileId(array(&value["file_id"])))
}

/// The encoding of a path in the vectors' notation: hex for keys, 2 for items, 3 for comments.
pub(crate) fn path(value: &Value) -> Vec<u8> {
    let steps = value.as_array().expect("a path");
    let mut out = u32::try_from(steps.len()).expect("short").to_be_bytes().to_vec();
    for step in steps {
        match step.as_u64() {
            Some(code) => out.push(u8::try_from(code).expect("2 or 3")),
            None => {
                out.push(1);
                crate::document::push_lp(&mut out, &bytes(step));
            }
        }
    }
    out
}

/// The random source of the published files: SHAKE256 of a seed.
pub(crate) struct Stream(<Shake256 as ExtendableOutput>::Reader);

impl Stream {
    pub(crate) fn new(seed: &str) -> Self {
        let mut hash = Shake256::default();
        hash.update(seed.as_bytes());
        Self(hash.finalize_xof())
    }
}

impl Random for Stream {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        self.0.read(bytes);
        Ok(())
    }
}

/// A random source that gives these bytes and then fails the test.
pub(crate) struct Given(pub(crate) Vec<u8>);

impl Random for Given {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        let rest = self.0.split_off(bytes.len());
        bytes.copy_from_slice(&self.0);
        self.0 = rest;
        Ok(())
    }
}

/// A document that holds a root and nothing else.
pub(crate) fn empty_document() -> (Builder, NodeId) {
    let mut builder = Builder::new(String::new(), 0);
    let root = builder.node(None, Step::Root, Span::default(), Kind::Map).expect("room");
    (builder, root)
}

/// Adds a node below `parent`; the vectors' notation: bytes for a key, `Err(2)` for an item, `Err(3)` for a comment.
pub(crate) fn add_node(
    builder: &mut Builder,
    parent: NodeId,
    step: std::result::Result<&[u8], u64>,
) -> NodeId {
    let step = match step {
        Ok(key) => Step::Key(builder.text(Span::default(), key)),
        Err(2) => Step::Item(0),
        Err(_) => Step::Comment,
    };
    builder.node(Some(parent), step, Span::default(), Kind::Map).expect("room")
}

/// A document with one node at this path, and that node.
pub(crate) fn document(path: &Value) -> (Document, NodeId) {
    let (mut builder, mut at) = empty_document();
    for step in path.as_array().expect("a path") {
        at = match step.as_u64() {
            Some(code) => add_node(&mut builder, at, Err(code)),
            None => add_node(&mut builder, at, Ok(&bytes(step))),
        };
    }
    (builder.finish(), at)
}

#[test]
fn paths_encode_as_published() {
    for case in list(&primitives(), "paths") {
        let (document, node) = document(&case["path"]);
        let mut encoded = Vec::new();
        document.encode_path(node, &mut encoded);
        assert_eq!(encoded, bytes(&case["encoded"]), "{case}");
        assert_eq!(path(&case["path"]), encoded, "{case}");
    }
}
