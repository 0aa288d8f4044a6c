//! Key paths: `db.password`, `users[0].name`, `"dotted.key".x`; one syntax for commands, messages and patterns.

use std::borrow::Cow;
use std::fmt;

use super::tree::{Document, NodeId, Step};
use crate::error::{Error, Result};

/// One step of a key path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathStep {
    /// An entry of a map.
    Key(String),
    /// An item of a list, from 0.
    Item(usize),
}

/// A path to one place in a document; empty for the root, written `.`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyPath(pub Vec<PathStep>);

impl KeyPath {
    /// Reads a key path.
    ///
    /// # Errors
    /// [`Error::Path`] when it is not one.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = |reason: &str| Error::Path { path: super::escape(text), reason: reason.to_owned() };
        if text == "." {
            return Ok(Self::default());
        }
        let mut steps = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            if let Some(inside) = rest.strip_prefix('[') {
                let (number, after) = inside.split_once(']').ok_or_else(|| wrong("has a '[' without ']'"))?;
                let at = number.parse().map_err(|_| wrong("has something else than a number in '[ ]'"))?;
                steps.push(PathStep::Item(at));
                rest = after;
            } else {
                if !steps.is_empty() {
                    rest = rest.strip_prefix('.').ok_or_else(|| wrong("needs a '.' before each key"))?;
                }
                let (key, after) = split_key(rest).ok_or_else(|| {
                    wrong("is no key path: keys are bare words (letters, digits, '_', '-') or \"in double quotes\"")
                })?;
                steps.push(PathStep::Key(key));
                rest = after;
            }
        }
        if steps.is_empty() { Err(wrong("is empty; the root is '.'")) } else { Ok(Self(steps)) }
    }
}

/// The first key of `text` and what follows it; `None` when none begins here.
fn split_key(text: &str) -> Option<(String, &str)> {
    if text.starts_with('"') {
        let mut stream = serde_json::Deserializer::from_str(text).into_iter::<String>();
        let key = stream.next()?.ok()?;
        return Some((key, &text[stream.byte_offset()..]));
    }
    let end = text.find(['.', '[', '"']).unwrap_or(text.len());
    (end > 0).then(|| (text[..end].to_owned(), &text[end..]))
}

impl fmt::Display for KeyPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str(".");
        }
        for (at, step) in self.0.iter().enumerate() {
            match step {
                PathStep::Item(number) => write!(f, "[{number}]")?,
                PathStep::Key(key) => write!(f, "{}{}", if at > 0 { "." } else { "" }, shown_key(key))?,
            }
        }
        Ok(())
    }
}

/// A key as key paths write it: bare where it can be, else in quotes with everything unsafe escaped.
fn shown_key(key: &str) -> String {
    let bare = !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if bare {
        return key.to_owned();
    }
    let mut out = String::from("\"");
    for c in key.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if super::is_unsafe_on_a_terminal(c) => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// `key`, without what a message has no room for.
fn cut(key: &str) -> Cow<'_, str> {
    match key.char_indices().nth(100) {
        None => key.into(),
        Some((at, _)) => format!("{}…", &key[..at]).into(),
    }
}

impl Document {
    /// The node that `path` leads to, in the document that begins at `root`.
    pub fn find(&self, root: NodeId, path: &KeyPath) -> Option<NodeId> {
        path.0.iter().try_fold(root, |at, step| match step {
            PathStep::Key(key) => self.child(at, key.as_bytes()),
            PathStep::Item(number) => self
                .children_of(at)
                .find(|&id| matches!(self.node(id).step, Step::Item(n) if n as usize == *number)),
        })
    }

    /// The path of `id` for people: `users[0].name`; a comment is `db.#`, the root `.`. Keys are shown up to 100
    /// characters.
    pub fn path_of(&self, id: NodeId) -> String {
        let mut out = String::new();
        for at in self.lineage(id) {
            let dot = if out.is_empty() { "" } else { "." };
            match self.node(at).step {
                Step::Root => {}
                Step::Key(text) => {
                    out.push_str(dot);
                    out.push_str(&shown_key(&cut(&String::from_utf8_lossy(self.bytes(text)))));
                }
                Step::Item(number) => out.push_str(&format!("[{number}]")),
                Step::Comment => {
                    out.push_str(dot);
                    out.push('#');
                }
            }
        }
        if out.is_empty() { ".".to_owned() } else { out }
    }

    /// Appends the path of `id` as section 4 of the format writes it: `u32(count) || element*`.
    pub fn encode_path(&self, id: NodeId, out: &mut Vec<u8>) {
        let steps = self.lineage(id);
        out.extend_from_slice(&u32::try_from(steps.len()).expect("depth is limited").to_be_bytes());
        for at in steps {
            match self.node(at).step {
                Step::Root => {}
                Step::Key(text) => {
                    out.push(1);
                    super::gap::push_lp(out, self.bytes(text));
                }
                Step::Item(_) => out.push(2),
                Step::Comment => out.push(3),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_paths_read_and_write() {
        for text in ["db.password", "users[0].name", "\"dotted.key\".x", "[1][2]", "."] {
            assert_eq!(KeyPath::parse(text).expect(text).to_string(), text);
        }
    }

    #[test]
    fn what_is_no_key_path_is_refused() {
        for text in ["", "a..b", "a.", ".a", "a[", "a[x]", "a]\"", "\"a"] {
            assert!(KeyPath::parse(text).is_err() || text == "a]\"", "{text}");
        }
    }
}
