//! What a value says, however it is written: `'a'`, `"a"` and `a` are one password.

use zeroize::Zeroizing;

use crate::crypto::{LeafKind, Plain};
use crate::document::{Document, Kind, Style, Value};
use crate::file::reindent;
use crate::format::Format;

/// What `plain`, a value of a text in `format`, says, without white space around it. Where it cannot be told, its text in
/// the source.
pub(super) fn decoded(format: &dyn Format, plain: &Plain) -> Zeroizing<String> {
    let value = match plain.kind {
        LeafKind::Comment => None,
        LeafKind::Scalar => scalar(format, plain),
    };
    let text = value.unwrap_or_else(|| Zeroizing::new(plain.src.clone()));
    Zeroizing::new(text.trim().to_owned())
}

/// The decoded scalar, read in the place of the only value of a text.
fn scalar(format: &dyn Format, plain: &Plain) -> Option<Zeroizing<String>> {
    let from = usize::from(plain.indent.unwrap_or_default());
    let src = if format.is_indented() { reindent(&plain.src, from, 0)? } else { plain.src.clone() };
    let src = Zeroizing::new(src);
    let text = match format.name() {
        name if name.starts_with("json") => format!("{{\"k\":{}}}\n", *src),
        "yaml" => format!("k: {}\n", *src),
        "ini" => format!("[s]\nk = {}\n", *src),
        "dotenv" => format!("K={}\n", *src),
        _ => format!("k = {}\n", *src),
    };
    let document = format.parse(text).ok()?;
    let leaf = document.nodes().iter().find_map(|node| match node.kind {
        Kind::Leaf(leaf) => Some(leaf),
        _ => None,
    });
    said(format.value(&document, document.leaf(leaf?)).ok()?)
}

/// What each value of `document`, a plain text in `format`, says, as [`decoded`] tells it.
pub(super) fn all_said(format: &dyn Format, document: &Document) -> Vec<Zeroizing<String>> {
    let leaves = document.leaves().iter();
    let texts = leaves.map(|leaf| {
        let value = match leaf.style {
            Style::Comment => None,
            _ => format.value(document, leaf).ok().and_then(said),
        };
        let text = value.unwrap_or_else(|| Zeroizing::new(document.src(leaf.span).to_owned()));
        Zeroizing::new(text.trim().to_owned())
    });
    texts.collect()
}

/// A single value as a program takes it.
fn said(value: Value) -> Option<Zeroizing<String>> {
    match value {
        Value::String(text) | Value::Number(text) | Value::Special(text, _) => Some(Zeroizing::new(text)),
        Value::Bool(truth) => Some(Zeroizing::new(truth.to_string())),
        Value::Null => Some(Zeroizing::new("null".to_owned())),
        Value::List(_) | Value::Map(_) => None,
    }
}
