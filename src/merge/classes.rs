//! What items say, as numbers: two items have one number when they say the same.

use std::collections::HashMap;

use crate::document::{Style, Value, push_lp};
use crate::format::Format;

use super::tree::{Body, Id, Sort, Tree};

/// The numbers given so far.
#[derive(Default)]
pub(super) struct Classes {
    numbers: HashMap<Vec<u8>, u32>,
    /// Texts of the sources that are values nobody opened.
    opaque: HashMap<String, Vec<u8>>,
}

impl Classes {
    /// Numbers all items of `tree`. A map's entries count in any order.
    pub fn number(&mut self, format: &dyn Format, tree: &mut Tree<'_>) {
        for (leaf, bytes) in tree.document.leaves().iter().zip(tree.opaque) {
            if let (Some(bytes), true) = (bytes, leaf.style != Style::Comment) {
                self.opaque.insert(tree.document.src(leaf.span).to_owned(), bytes.clone());
            }
        }
        // Items are pushed behind what they hold.
        for id in 0..tree.items.len() {
            let key = self.describe(format, tree, id);
            let next = u32::try_from(self.numbers.len()).unwrap_or(u32::MAX);
            tree.items[id].class = *self.numbers.entry(key).or_insert(next);
        }
    }

    /// Whether nobody opened the value of `id`.
    pub fn is_opaque(&self, tree: &Tree<'_>, id: Id) -> bool {
        let leaf = tree.item(id).leaf;
        leaf.is_some_and(|leaf| self.opaque.contains_key(tree.text(tree.document.leaf(leaf).span)))
    }

    fn describe(&self, format: &dyn Format, tree: &Tree<'_>, id: Id) -> Vec<u8> {
        let item = tree.item(id);
        let mut out = Vec::new();
        let props = tree.text(item.props);
        push_lp(&mut out, props.split_whitespace().collect::<Vec<_>>().join(" ").as_bytes());
        match &item.body {
            Body::Container(container) => {
                out.push(match container.sort {
                    Sort::Map => b'm',
                    Sort::List => b'l',
                    Sort::Stream => b's',
                });
                let kid = |&kid: &Id| (&tree.item(kid).key[..], tree.item(kid).class);
                let mut kids: Vec<_> = container.kids.iter().map(kid).collect();
                if container.sort == Sort::Map {
                    kids.sort_unstable();
                }
                for (key, class) in kids {
                    push_lp(&mut out, key);
                    out.extend_from_slice(&class.to_be_bytes());
                }
            }
            Body::Atom(_) => match item.leaf {
                None if tree.text(item.value) == props => out.push(b'0'),
                None => {
                    out.push(b't');
                    out.extend_from_slice(tree.text(item.value).replace("\r\n", "\n").as_bytes());
                }
                Some(id) => {
                    let leaf = tree.document.leaf(id);
                    let src = tree.text(leaf.span);
                    match (self.opaque.get(src), format.value(tree.document, leaf)) {
                        (Some(bytes), _) => {
                            out.push(b'o');
                            out.extend_from_slice(bytes);
                        }
                        (None, Ok(value)) => describe_value(&value, src, &mut out),
                        (None, Err(_)) => {
                            out.push(b'r');
                            out.extend_from_slice(plain(src).as_bytes());
                        }
                    }
                }
            },
        }
        out
    }
}

/// `text` with LF line breaks and without the indentation of its lines.
fn plain(text: &str) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
    lines.join("\n")
}

/// A scalar's type and content; a line break in the source is LF.
fn describe_value(value: &Value, src: &str, out: &mut Vec<u8>) {
    let (sign, text) = match value {
        Value::Null => (b'0', ""),
        Value::Bool(true) => (b'b', "true"),
        Value::Bool(false) => (b'b', "false"),
        Value::Number(text) => (b'n', &text[..]),
        Value::Special(text, _) => (b'x', &text[..]),
        Value::String(text) => (b'"', &text[..]),
        Value::List(_) | Value::Map(_) => (b'?', ""),
    };
    out.push(sign);
    if src.contains('\r') {
        out.extend_from_slice(text.replace("\r\n", "\n").as_bytes());
    } else {
        out.extend_from_slice(text.as_bytes());
    }
}
