//! A plain text with its paths: single values are looked up, set and removed in it.

use super::FileType;
use crate::document::{
    Document, KeyPath, Kind, NodeId, PathStep, Span, Step, Value, escape, nearest, position, splice,
};
use crate::error::{Error, Position, Result};
use crate::format::{self, Format};

/// A plain text of a format whose values have paths.
///
/// Nothing is mutated: what changes a value gives the new text, in which all else is as it was, to the byte.
pub struct PlainFile {
    format: &'static dyn Format,
    document: Document,
}

/// Which documents of a YAML stream a path is looked up in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Within {
    /// All of them; one must have it, and only one.
    Any,
    /// This one, numbered from 1.
    Document(usize),
}

impl PlainFile {
    /// Parses `bytes` as `file_type`.
    ///
    /// # Errors
    /// [`Error::Usage`] for a binary file, which has no paths; `syntax` and `limit` for what the format refuses.
    pub fn parse(file_type: FileType, bytes: Vec<u8>) -> Result<Self> {
        let FileType::Text(format) = file_type else {
            let what = "a binary file is one value without paths; 'dekko decrypt' gives it out".to_owned();
            return Err(Error::Usage { what });
        };
        let document = format::parse(format, bytes)?;
        Ok(Self { format, document })
    }

    /// The text in `document`, which `format` parsed.
    pub(super) fn of(format: &'static dyn Format, document: Document) -> Self {
        Self { format, document }
    }

    /// The format of the text.
    pub fn format(&self) -> &'static dyn Format {
        self.format
    }

    /// The text as a document.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The place that `path` leads to.
    ///
    /// # Errors
    /// [`Error::Path`] when no document has it (then with the names of the keys that come nearest), or several have.
    pub fn find(&self, path: &KeyPath, within: Within) -> Result<NodeId> {
        match self.found(path, within)? {
            Some(node) => Ok(node),
            None => Err(self.missing(path, within)),
        }
    }

    /// As [`PlainFile::find`], but `None` when no document has the path.
    ///
    /// # Errors
    /// [`Error::Path`] when several documents have it, or there is no such document.
    pub fn found(&self, path: &KeyPath, within: Within) -> Result<Option<NodeId>> {
        let wrong = |reason: String| Error::Path { path: path.to_string(), reason };
        let mut found = None;
        for (number, root) in self.roots(path, within)? {
            let Some(node) = self.document.find(root, path) else { continue };
            if let Some((first, _)) = found {
                let reason = format!(
                    "is in several documents of the file ({first}, {number}, …); '--document {first}' takes the first"
                );
                return Err(wrong(reason));
            }
            found = Some((number, node));
        }
        Ok(found.map(|(_, node)| node))
    }

    /// The decoded value at `node`, with all it holds.
    ///
    /// # Errors
    /// [`Error::Unsayable`] for an alias, and for a text that is not Unicode.
    pub fn value(&self, node: NodeId) -> Result<Value> {
        format::value_at(self.format, &self.document, node)
    }

    /// The text at `node` as it is written: a scalar with its quotes, a flow collection with its brackets.
    pub fn source(&self, node: NodeId) -> &str {
        self.document.src(self.document.node(node).value)
    }

    /// Where the value at `node` stands.
    pub fn position(&self, node: NodeId) -> Position {
        let node = self.document.node(node);
        let at = if node.key.is_empty() { node.value.start } else { node.key.start };
        position(self.document.source().as_bytes(), at as usize)
    }

    /// The text with `value` at `path`. A scalar takes the place of the scalar there, in its style where that can say
    /// it. What is missing on the way is created in the deepest container that exists; an item behind the last
    /// extends a list by one. What is or becomes a map or list is replaced in its place where the format allows it, else
    /// only as an entry of a map: the old one is removed, the new one becomes the map's last entry. With the value there already, the text is as it was.
    ///
    /// # Errors
    /// [`Error::Path`] when the path leads through something that is no container, an alias, or beyond the end of a
    /// list; [`Error::Unsayable`] when the format cannot say the value there; [`Error::Internal`] when the new text
    /// would not read as asked.
    pub fn set(&self, path: &KeyPath, within: Within, value: &Value) -> Result<String> {
        let text = match self.found(path, within)? {
            Some(node) => self.replaced(path, node, value)?,
            None => self.created(path, within, value)?,
        };
        let Some(text) = text else { return Ok(self.document.source().to_owned()) };
        let check = |text: String| {
            let new = Self { format: self.format, document: self.format.parse(text).ok()? };
            let node = new.found(path, within).ok()??;
            let written = new.value(node).ok()?;
            is_same_value(&written, value).then(|| new.document.into_source())
        };
        check(text).ok_or_else(|| Error::Internal { what: format!("'{path}' would not read as it was set") })
    }

    /// The text without the entry or item at `path`: its lines, and nothing else.
    ///
    /// # Errors
    /// As [`PlainFile::find`]; [`Error::Unsayable`] when nothing valid would be left.
    pub fn unset(&self, path: &KeyPath, within: Within) -> Result<String> {
        if path.0.is_empty() {
            let reason = "is the whole document, which cannot be removed".to_owned();
            return Err(Error::Path { path: path.to_string(), reason });
        }
        self.format.remove(&self.document, self.find(path, within)?)
    }

    /// The text with `value` instead of what is at `node`; `None` when that is the value already.
    fn replaced(&self, path: &KeyPath, node: NodeId, value: &Value) -> Result<Option<String>> {
        let kind = self.document.node(node).kind;
        if kind == Kind::Alias {
            let reason = "is an alias; what it stands for is set at its anchor".to_owned();
            return Err(Error::Path { path: path.to_string(), reason });
        }
        if self.value(node).is_ok_and(|old| old == *value) {
            return Ok(None);
        }
        let text = match (kind, value) {
            (Kind::Empty, _) => self.format.insert(&self.document, node, None, value)?,
            (Kind::Leaf(leaf), scalar) if !is_container(scalar) => {
                let leaf = self.document.leaf(leaf);
                let text = self.format.scalar(&self.document, leaf, value)?;
                splice(self.document.source(), [(leaf.span, text.as_str())])
            }
            _ => match self.refilled(path, node, value) {
                Some(text) => text,
                None => self.exchanged(path, node, value)?,
            },
        };
        Ok(Some(text))
    }

    /// The text with `value` in the place of what is at `node`, where the format knows empty nodes (YAML) and the old
    /// value stands on one line.
    fn refilled(&self, path: &KeyPath, node: NodeId, value: &Value) -> Option<String> {
        let source = self.document.source();
        let span = self.document.node(node).value;
        let before = source.get(..span.start as usize)?.trim_end_matches(' ').len();
        if self.source(node).contains('\n') {
            return None;
        }
        let emptied = splice(source, [(Span::new(before, span.end as usize), "")]);
        let emptied = Self { format: self.format, document: self.format.parse(emptied).ok()? };
        let within = Within::Document(self.number_of(node));
        let place = emptied.found(path, within).ok()??;
        let is_empty = emptied.document.node(place).kind == Kind::Empty;
        let text = is_empty.then(|| emptied.format.insert(&emptied.document, place, None, value))?.ok()?;
        let new = Self { format: self.format, document: self.format.parse(text).ok()? };
        let written = new.value(new.found(path, within).ok()??).ok()?;
        is_same_value(&written, value).then(|| new.document.into_source())
    }

    /// The number of the document, from 1, that `node` lies in.
    fn number_of(&self, node: NodeId) -> usize {
        let root = self.document.lineage(node).first().map_or(node, |&top| self.document.node(top).parent);
        self.document.roots().position(|found| found == root).map_or(1, |at| at + 1)
    }

    /// The text without what is at `node`, an entry of a map, and with `value` as the map's last entry.
    fn exchanged(&self, path: &KeyPath, node: NodeId, value: &Value) -> Result<String> {
        let Some((PathStep::Key(key), above)) = path.0.split_last() else {
            let reason = "is a map, list or item of a list, which only 'dekko edit' can replace as a whole";
            return Err(Error::Path { path: path.to_string(), reason: reason.to_owned() });
        };
        let number = self.number_of(node);
        let rest = self.format.remove(&self.document, node)?;
        let rest = Self { format: self.format, document: self.format.parse(rest)? };
        let above = KeyPath(above.to_vec());
        let parent = rest.find(&above, Within::Document(number))?;
        let (key, place) = match rest.document.node(parent).kind {
            Kind::Map => (Some(key.as_str()), value.clone()),
            _ => (None, Value::Map(vec![(key.clone(), value.clone())])),
        };
        self.format.insert(&rest.document, parent, key, &place)
    }

    /// The text with everything that `path` still lacks.
    fn created(&self, path: &KeyPath, within: Within, value: &Value) -> Result<Option<String>> {
        let (parent, depth) = self.deepest(path, within)?;
        let wrong = |reason: String| Error::Path { path: path.to_string(), reason };
        let Some((step, below)) = path.0.get(depth..).and_then(<[PathStep]>::split_first) else {
            return Err(self.missing(path, within));
        };
        let value = nested(below, value).map_err(wrong)?;
        let document = &self.document;
        let shown = || document.path_of(parent);
        let text = match (document.node(parent).kind, step) {
            (Kind::Map, PathStep::Key(key)) => self.format.insert(document, parent, Some(key), &value)?,
            (Kind::List, PathStep::Item(number)) => {
                let count = document.children_of(parent).filter(|&id| self.is_item(id)).count();
                if *number != count {
                    return Err(wrong(format!(
                        "is beyond the end of '{}'; its next item is [{count}]",
                        shown()
                    )));
                }
                self.format.insert(document, parent, None, &value)?
            }
            (Kind::Empty, _) => {
                let whole = nested(std::slice::from_ref(step), &value).map_err(wrong)?;
                self.format.insert(document, parent, None, &whole)?
            }
            (kind, _) => return Err(wrong(format!("cannot be: '{}' is {}", shown(), described(kind)))),
        };
        Ok(Some(text))
    }

    fn is_item(&self, node: NodeId) -> bool {
        matches!(self.document.node(node).step, Step::Item(_))
    }

    /// The deepest place on the way to `path` that exists, and how many steps lead there; in the one document that
    /// gets deepest.
    fn deepest(&self, path: &KeyPath, within: Within) -> Result<(NodeId, usize)> {
        let mut best: Option<(NodeId, usize)> = None;
        let mut is_tied = false;
        for (_, root) in self.roots(path, within)? {
            let (mut at, mut depth) = (root, 0);
            while let Some(step) = path.0.get(depth)
                && let Some(next) = self.document.find(at, &KeyPath(vec![step.clone()]))
            {
                (at, depth) = (next, depth + 1);
            }
            match best {
                Some((_, reached)) if reached > depth => {}
                Some((_, reached)) if reached == depth => is_tied = true,
                _ => (best, is_tied) = (Some((at, depth)), false),
            }
        }
        let wrong = |reason: &str| Error::Path { path: path.to_string(), reason: reason.to_owned() };
        match best {
            Some(_) if is_tied => {
                Err(wrong("could be in several documents of the file; '--document N' says which"))
            }
            Some(found) => Ok(found),
            None => Err(wrong("has no place in a text without content")),
        }
    }

    /// The roots that `within` means, with their numbers.
    fn roots(&self, path: &KeyPath, within: Within) -> Result<Vec<(usize, NodeId)>> {
        let roots: Vec<_> = (1..).zip(self.document.roots()).collect();
        let Within::Document(wanted) = within else { return Ok(roots) };
        let count = roots.len();
        let chosen: Vec<_> = roots.into_iter().filter(|(number, _)| *number == wanted).collect();
        if chosen.is_empty() {
            let reason = format!("cannot be in document {wanted}: the file has {count}");
            return Err(Error::Path { path: path.to_string(), reason });
        }
        Ok(chosen)
    }

    /// Why nothing is at `path`: how far it leads, and which keys there come nearest.
    fn missing(&self, path: &KeyPath, within: Within) -> Error {
        let wrong = |reason: String| Error::Path { path: path.to_string(), reason };
        let roots = self.roots(path, within).unwrap_or_default();
        let reached = roots.iter().map(|&(_, root)| {
            let depth = (0..path.0.len())
                .rev()
                .find(|&depth| self.document.find(root, &KeyPath(path.0[..depth].to_vec())).is_some());
            (depth.unwrap_or(0), root)
        });
        let Some((depth, root)) = reached.max_by_key(|&(depth, _)| depth) else {
            return wrong("does not exist: the text has no content".to_owned());
        };
        let above = KeyPath(path.0.get(..depth).unwrap_or_default().to_vec());
        let Some(at) = self.document.find(root, &above) else { return wrong("does not exist".to_owned()) };
        let place = if depth == 0 { "the file".to_owned() } else { format!("'{above}'") };
        let kind = self.document.node(at).kind;
        match (kind, path.0.get(depth)) {
            (Kind::Map, Some(PathStep::Key(key))) => {
                let keys = self.document.children_of(at).filter_map(|id| match self.document.node(id).step {
                    Step::Key(text) => Some(String::from_utf8_lossy(self.document.bytes(text)).into_owned()),
                    _ => None,
                });
                match nearest(key, keys) {
                    keys if keys.is_empty() => wrong(format!("does not exist; {place} is empty")),
                    keys => {
                        let keys: Vec<_> = keys.iter().map(|key| format!("'{}'", escape(key))).collect();
                        wrong(format!("does not exist; {place} has {}", keys.join(", ")))
                    }
                }
            }
            (Kind::List, Some(PathStep::Item(_))) => {
                let count = self.document.children_of(at).filter(|&id| self.is_item(id)).count();
                wrong(format!("does not exist; {place} has {count} items, the first is [0]"))
            }
            _ => wrong(format!("does not exist; {place} is {}", described(kind))),
        }
    }
}

/// `value` at the end of `steps`, which begin where nothing is yet.
fn nested(steps: &[PathStep], value: &Value) -> std::result::Result<Value, String> {
    steps.iter().rev().try_fold(value.clone(), |inner, step| match step {
        PathStep::Key(key) => Ok(Value::Map(vec![(key.clone(), inner)])),
        PathStep::Item(0) => Ok(Value::List(vec![inner])),
        PathStep::Item(_) => Err("is beyond the end of a new list; its first item is [0]".to_owned()),
    })
}

fn is_container(value: &Value) -> bool {
    matches!(value, Value::List(_) | Value::Map(_))
}

fn described(kind: Kind) -> &'static str {
    match kind {
        Kind::Map => "a map, whose entries have keys",
        Kind::List => "a list, whose items are numbered: [0]",
        Kind::Leaf(_) => "a single value",
        Kind::Empty => "empty",
        Kind::Alias => "an alias",
    }
}

/// Whether `written` says what was `asked`: numbers by their worth, as formats write them differently.
fn is_same_value(written: &Value, asked: &Value) -> bool {
    match (written, asked) {
        (Value::Number(a), Value::Number(b)) => a == b || a.parse::<f64>().ok() == b.parse::<f64>().ok(),
        (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same_value(a, b))
        }
        (Value::Map(a), Value::Map(b)) => {
            a.len() == b.len()
                && b.iter().all(|(key, b)| a.iter().any(|(other, a)| other == key && is_same_value(a, b)))
        }
        // What has no types (dotenv, INI) reads everything as text.
        (Value::String(text), Value::Number(number)) => text == number,
        (Value::String(text), Value::Bool(truth)) => *text == truth.to_string(),
        (Value::String(text), Value::Null) => text.is_empty(),
        (a, b) => a == b,
    }
}

#[cfg(test)]
mod tests;
