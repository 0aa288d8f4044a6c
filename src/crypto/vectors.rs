//! The published test vectors, for the unit tests of floors 2 and 3.

use serde_json::Value;

use super::data_key::{DataKey, FileId, Keys};
use super::random::Random;
use crate::error::Result;

/// All of `primitives.json`.
pub(crate) fn primitives() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/format-vectors/primitives.json");
    let text = std::fs::read_to_string(path).expect(path);
    serde_json::from_str(&text).expect(path)
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
