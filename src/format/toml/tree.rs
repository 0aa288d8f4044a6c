//! The logical tree of a TOML text: what headers and dotted keys lead to.

use std::collections::HashMap;

use crate::document::{Builder, Event, Kind, Limits, NodeId, Span, Step};
use crate::error::{Class, Error, Result};

/// A key as written, and what it says.
pub(super) struct Key {
    pub span: Span,
    pub text: String,
}

/// The tree so far.
pub(super) struct Tree {
    pub builder: Builder,
    pub root: NodeId,
    /// The items so far, and the last one, of each array of tables.
    items: HashMap<NodeId, (u32, NodeId)>,
}

impl Tree {
    /// The tree of `source`, of which nothing but the root is known.
    pub fn new(source: String) -> Result<Self> {
        let has_mark = source.starts_with('\u{feff}');
        let mut builder = Builder::new(source, 1);
        if has_mark {
            builder.event(Event::ByteOrderMark);
        }
        let root = builder.node(None, Step::Root, Span::default(), Kind::Map)?;
        Ok(Self { builder, root, items: HashMap::new() })
    }

    /// The table that `[… key]` opens in `parent`; its header is at `span`.
    pub fn table_named(&mut self, parent: NodeId, key: &Key, span: Span) -> Result<NodeId> {
        let node = match self.builder.document().child(parent, key.text.as_bytes()) {
            Some(node) if self.builder.document().node(node).kind == Kind::Map => node,
            // Refused as a duplicate.
            _ => self.child(parent, key)?,
        };
        self.builder.set(node, Kind::Map, span);
        Ok(node)
    }

    /// The item that `[[… key]]` opens in `parent`; its header is at `span`.
    pub fn table_item(&mut self, parent: NodeId, key: &Key, span: Span) -> Result<NodeId> {
        let known = self.builder.document().child(parent, key.text.as_bytes());
        let list = match known {
            Some(node) if self.items.contains_key(&node) => node,
            // Refused as a duplicate where there is one.
            _ => self.child(parent, key)?,
        };
        let number = self.items.get(&list).map_or(0, |&(count, _)| count);
        if number == 0 {
            self.builder.set(list, Kind::List, span);
        }
        let place = Span { start: span.start, end: span.start };
        let item = self.builder.node(Some(list), Step::Item(number), place, Kind::Map)?;
        self.builder.set(item, Kind::Map, span);
        self.builder.extend(list, span.end as usize);
        self.items.insert(list, (number + 1, item));
        Ok(item)
    }

    /// The table `key` in `parent`, or the last item of the array of tables of that name.
    pub fn descend(&mut self, parent: NodeId, key: &Key) -> Result<NodeId> {
        let Some(node) = self.builder.document().child(parent, key.text.as_bytes()) else {
            let node = self.child(parent, key)?;
            self.builder.set(node, Kind::Map, Span::new(key.span.start as usize, key.span.start as usize));
            return Ok(node);
        };
        match self.builder.document().node(node).kind {
            Kind::Map => Ok(node),
            Kind::List => match self.items.get(&node) {
                Some(&(_, item)) => Ok(item),
                None => Err(self.syntax(key.span.start as usize, "a key below an array")),
            },
            _ => Err(self.syntax(key.span.start as usize, "a key below a value that is no table")),
        }
    }

    /// A new entry of `parent`; refused when there is one of that name.
    pub fn child(&mut self, parent: NodeId, key: &Key) -> Result<NodeId> {
        let text = self.builder.text(key.span, key.text.as_bytes());
        self.builder.entry(parent, text, key.span)
    }

    /// The event of a key.
    pub fn key_event(&mut self, key: &Key) {
        let text = self.builder.text(key.span, key.text.as_bytes());
        self.builder.event(Event::Key { text, plain: false });
    }

    /// Refuses `node` where containers lie too deep in one another.
    pub fn check_depth(&self, node: NodeId) -> Result<()> {
        let document = self.builder.document();
        if document.lineage(node).len() < Limits::DEPTH {
            return Ok(());
        }
        let what = format!("nested deeper than {} levels", Limits::DEPTH);
        Err(self.builder.refuse(Class::Limit, document.node(node).key.start as usize, what))
    }

    /// A refusal of the text at byte `at`.
    pub fn syntax(&self, at: usize, what: &'static str) -> Error {
        self.builder.refuse(Class::Syntax, at, what)
    }
}
