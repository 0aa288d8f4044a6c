//! Entries put into and taken out of TOML text.

use super::value::{self, Quotes, key};
use super::walk::{Form, Statement, walk};
use crate::document::{Document, Kind, Leaf, NodeId, PathStep, Span, Step, Style, Value, splice};
use crate::error::{Error, Result};
use crate::format::line_break;
use crate::format::members::{Changes, Comments, Members, Spot, indentation, path_below};

/// A document and its statements.
pub(super) struct Editor<'d> {
    document: &'d Document,
    statements: Vec<Statement>,
    members: Members<'d>,
}

impl<'d> Editor<'d> {
    /// Looks at `document` once more for its statements; its nodes keep their numbers.
    ///
    /// # Errors
    /// None for a document that was parsed.
    pub fn new(document: &'d Document) -> Result<Self> {
        let source = document.source();
        let (_, statements) = walk(source.to_owned())?;
        let members =
            Members { source, comments: Comments::Hash, line_break: line_break(source), space: " " };
        Ok(Self { document, statements, members })
    }

    /// The text with `value` as the last entry or item of `parent`.
    pub fn insert(&self, parent: NodeId, name: Option<&str>, value: &Value) -> Result<String> {
        let base = self.document.path_of(parent);
        let unsayable = |reason: &str| Error::Unsayable { path: base.clone(), reason: reason.to_owned() };
        let node = self.document.node(parent);
        match (node.kind, name) {
            (Kind::Map, Some(name)) => {
                let path = path_below(&base, &[PathStep::Key(name.to_owned())]);
                if self.document.child(parent, name.as_bytes()).is_some() {
                    return Err(Error::Unsayable { path, reason: "is there already".to_owned() });
                }
                if node.step == Step::Root && name == "dekko" {
                    let reason = "is the name of the metadata".to_owned();
                    return Err(Error::Unsayable { path, reason });
                }
                let text = value::text(value, &path, Quotes::Basic)?;
                Ok(self.insert_entry(parent, name, &text))
            }
            (Kind::List, None) => {
                let items = self.document.children_of(parent).filter(|&id| !self.is_comment(id)).count();
                let path = path_below(&base, &[PathStep::Item(items)]);
                if !self.is_array_of_tables(parent) {
                    return Ok(self.insert_inline(parent, &value::text(value, &path, Quotes::Basic)?));
                }
                let Value::Map(entries) = value else {
                    let reason = "is no map, as the items of an array of tables are".to_owned();
                    return Err(Error::Unsayable { path, reason });
                };
                self.insert_table(parent, &path, entries)
            }
            (Kind::Map, None) => Err(unsayable("is a table: its entries need a key")),
            (Kind::List, Some(_)) => Err(unsayable("is an array: its items have no key")),
            _ => Err(unsayable("is neither a table nor an array")),
        }
    }

    fn insert_entry(&self, parent: NodeId, name: &str, text: &str) -> String {
        let entry = format!("{} = {text}", key(name));
        if self.is_inline(parent) {
            return self.insert_inline(parent, &entry);
        }
        let is_here = |statement: &&Statement| statement.table == parent && statement.form != Form::Inline;
        if let Some(last) = self.statements.iter().rfind(is_here) {
            return self.insert_line(last.span, &entry);
        }
        // A table that dotted keys make, or headers of tables in it.
        let makes = |statement: &&Statement| statement.form != Form::Header && self.makes(statement, parent);
        if let Some(last) = self.statements.iter().rfind(makes) {
            let entry = format!("{}.{entry}", self.keys_below(parent, last.table));
            return match last.form {
                Form::Inline => self.insert_inline(last.table, &entry),
                _ => self.insert_line(last.span, &entry),
            };
        }
        let nl = self.members.line_break;
        let below = |statement: &&Statement| {
            statement.form == Form::Header && (self.is_root(parent) || self.is_below(statement.node, parent))
        };
        let Some(first) = self.statements.iter().find(below) else {
            return self.insert_before_block(&entry);
        };
        let at = self.line_start(first.span.start as usize);
        let header = match self.is_root(parent) {
            true => String::new(),
            false => format!("[{}]{nl}", self.header_of(parent)),
        };
        self.apply(vec![(Span::new(at, at), format!("{header}{entry}{nl}{nl}"))])
    }

    /// A text without statements, perhaps with a block.
    fn insert_before_block(&self, entry: &str) -> String {
        let (source, nl) = (self.document.source(), self.members.line_break);
        let at = self.document.block.as_ref().map_or(source.len(), |block| block.span.start as usize);
        let before = &source[..at];
        let gap = if matches!(before, "" | "\u{feff}") || before.ends_with('\n') { "" } else { nl };
        self.apply(vec![(Span::new(at, at), format!("{gap}{entry}{nl}"))])
    }

    /// Puts `entry` on the line behind the statement at `last`, indented like it.
    fn insert_line(&self, last: Span, entry: &str) -> String {
        let source = self.document.source();
        let indent = indentation(source, last.start as usize);
        let nl = self.members.line_break;
        let end = self.line_end(last.end as usize);
        let text = if source[..end].ends_with('\n') {
            format!("{indent}{entry}{nl}")
        } else {
            format!("{nl}{indent}{entry}")
        };
        self.apply(vec![(Span::new(end, end), text)])
    }

    /// Puts `entry` into an inline table or an array.
    fn insert_inline(&self, parent: NodeId, entry: &str) -> String {
        let container = self.document.node(parent).value;
        let last = match self.document.node(parent).kind {
            Kind::List => {
                let items = self.document.children_of(parent).filter(|&id| !self.is_comment(id));
                items.last().map(|id| self.document.node(id).value)
            }
            _ => self.statements.iter().rfind(|statement| statement.table == parent).map(|last| last.span),
        };
        let Some(last) = last else {
            let outer = indentation(self.document.source(), container.start as usize);
            let pad = if self.document.node(parent).kind == Kind::Map { " " } else { "" };
            return self.apply(self.members.fill(container, &Spot::Inline, outer, pad, entry));
        };
        let spot = self.members.spot(container, last);
        self.apply(self.members.append(&spot, last, entry))
    }

    /// Puts a table behind the last one of the array of tables `list`.
    fn insert_table(&self, list: NodeId, path: &str, entries: &[(String, Value)]) -> Result<String> {
        let nl = self.members.line_break;
        let mut text = format!("{nl}[[{}]]{nl}", self.header_of(list));
        for (name, value) in entries {
            let path = path_below(path, &[PathStep::Key(name.clone())]);
            text.push_str(&format!("{} = {}{nl}", key(name), value::text(value, &path, Quotes::Basic)?));
        }
        let there = self.statements.iter().filter(|statement| self.is_below(statement.node, list));
        let last = there.map(|statement| statement.span.end).max().unwrap_or(0);
        let end = self.line_end(last as usize);
        if !self.document.source()[..end].ends_with('\n') {
            text = format!("{nl}{}", text.trim_end_matches(['\r', '\n']));
        }
        Ok(self.apply(vec![(Span::new(end, end), text)]))
    }

    /// The text without `node`.
    pub fn remove(&self, node: NodeId) -> Result<String> {
        let here = self.document.node(node);
        if let Kind::Leaf(leaf) = here.kind
            && self.is_comment(node)
        {
            return Ok(self.remove_comment(self.document.leaf(leaf)));
        }
        if here.step == Step::Root {
            let reason = "is the whole document and cannot be removed".to_owned();
            return Err(Error::Unsayable { path: self.document.path_of(node), reason });
        }
        if matches!(here.step, Step::Item(_)) && !self.is_header(node) {
            let before = self.document.children_of(here.parent).take_while(|&other| other != node);
            let previous = before.filter(|&id| !self.is_comment(id)).last();
            let previous = previous.map(|id| self.document.node(id).value);
            return Ok(self.apply(self.members.remove(here.value, previous)));
        }
        Ok(self.remove_statements(node))
    }

    /// Takes out every section and entry of `node`; entries of an inline table that follow one another go as one.
    fn remove_statements(&self, node: NodeId) -> String {
        let mut changes = Changes::new();
        let mut run: Option<(usize, Span)> = None;
        for (at, statement) in self.statements.iter().enumerate() {
            let is_gone = match statement.form {
                Form::Header => self.is_below(statement.node, node),
                Form::Line | Form::Inline => self.makes(statement, node),
            };
            match (statement.form, is_gone, &mut run) {
                (Form::Header, true, _) => changes.push(self.section(at)),
                (Form::Line, true, _) => changes.push(self.lines(statement.span)),
                (Form::Inline, true, Some((_, span))) => span.end = statement.span.end,
                (Form::Inline, true, None) => run = Some((at, statement.span)),
                (_, false, Some((first, span))) if self.statements[*first].table == statement.table => {
                    changes.extend(self.remove_inline(*first, *span));
                    run = None;
                }
                (_, false, _) => {}
            }
        }
        if let Some((first, span)) = run {
            changes.extend(self.remove_inline(first, span));
        }
        changes.sort_by_key(|(span, _)| span.start);
        self.apply(changes)
    }

    /// Takes out `span`, which begins with the statement number `first`, from its inline table.
    fn remove_inline(&self, first: usize, span: Span) -> Changes {
        let table = self.statements[first].table;
        let previous = self.statements[..first].iter().rfind(|other| other.table == table);
        self.members.remove(span, previous.map(|other| other.span))
    }

    /// The lines from the header number `at` to its last entry, and the blank lines behind.
    fn section(&self, at: usize) -> (Span, String) {
        let statements = self.statements[at + 1..].iter().take_while(|other| other.form != Form::Header);
        let header = self.statements[at].span;
        let last = statements.map(|other| other.span.end).max().unwrap_or(header.end);
        let mut end = self.line_end(last as usize);
        let source = self.document.source();
        while source[end..].lines().next().is_some_and(|line| line.trim().is_empty()) {
            let next = self.line_end(end);
            if next == end {
                break;
            }
            end = next;
        }
        (Span::new(self.line_start(header.start as usize), end), String::new())
    }

    fn lines(&self, span: Span) -> (Span, String) {
        let (start, end) = (span.start as usize, span.end as usize);
        (Span::new(self.line_start(start), self.line_end(end)), String::new())
    }

    fn remove_comment(&self, leaf: &Leaf) -> String {
        if self.members.own_line(leaf.span.start as usize).is_some() || leaf.span.start == 0 {
            return self.apply(vec![self.lines(leaf.span)]);
        }
        let before = &self.document.source()[..leaf.span.start as usize];
        let start = before.trim_end_matches([' ', '\t']).len();
        self.apply(vec![(Span::new(start, leaf.span.end as usize), String::new())])
    }

    fn apply(&self, changes: Changes) -> String {
        splice(self.document.source(), changes.iter().map(|(span, text)| (*span, &text[..])))
    }

    /// The start of the line of byte `at`, a byte order mark left alone.
    fn line_start(&self, at: usize) -> usize {
        let source = self.document.source();
        let mark = if source.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        source[..at].rfind('\n').map_or(mark, |n| n + 1)
    }

    /// The byte after the line break of the line of byte `at`.
    fn line_end(&self, at: usize) -> usize {
        let source = self.document.source();
        source[at..].find('\n').map_or(source.len(), |n| at + n + 1)
    }

    fn is_root(&self, node: NodeId) -> bool {
        self.document.node(node).step == Step::Root
    }

    fn is_comment(&self, node: NodeId) -> bool {
        matches!(self.document.node(node).kind, Kind::Leaf(leaf) if self.document.leaf(leaf).style == Style::Comment)
    }

    fn is_header(&self, node: NodeId) -> bool {
        self.statements.iter().any(|statement| statement.form == Form::Header && statement.node == node)
    }

    fn is_array_of_tables(&self, list: NodeId) -> bool {
        self.document.children_of(list).next().is_some_and(|item| self.is_header(item))
    }

    /// Whether `node` is an inline table.
    fn is_inline(&self, node: NodeId) -> bool {
        self.document.src(self.document.node(node).value).starts_with('{')
    }

    /// Whether `node` is `above`, or lies in it.
    fn is_below(&self, node: NodeId, above: NodeId) -> bool {
        self.document.lineage(node).contains(&above)
    }

    /// Whether the key of an entry leads to `node` or through it.
    fn makes(&self, statement: &Statement, node: NodeId) -> bool {
        self.is_below(statement.node, node) && !self.is_below(statement.table, node)
    }

    /// The dotted key that leads from the table `from` to `node`.
    fn keys_below(&self, node: NodeId, from: NodeId) -> String {
        let above = self.document.lineage(from);
        let keys = self.document.lineage(node).into_iter().filter(|id| !above.contains(id));
        self.joined(keys)
    }

    /// The dotted key of `node` in a header.
    fn header_of(&self, node: NodeId) -> String {
        self.joined(self.document.lineage(node).into_iter())
    }

    fn joined(&self, nodes: impl Iterator<Item = NodeId>) -> String {
        let names = nodes.filter_map(|id| match self.document.node(id).step {
            Step::Key(text) => Some(key(&String::from_utf8_lossy(self.document.bytes(text)))),
            _ => None,
        });
        names.collect::<Vec<_>>().join(".")
    }
}
