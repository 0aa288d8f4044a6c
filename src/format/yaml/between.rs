//! What stands between nodes: comments, directives, the borders of documents.

use super::comments::{Comment, Owner, column, is_inside, owner};
use super::scan::Scan;
use crate::document::{Event, NodeId, Room, Span};
use crate::error::Result;

impl Scan<'_> {
    pub(super) fn comment(&mut self, span: Span) -> Result<()> {
        if (span.start as usize) < self.end {
            // One in a block scalar's header belongs to the scalar; there is none inside other scalars.
            return if self.in_block { Ok(()) } else { Err(self.refuse(span, "a comment inside a scalar")) };
        }
        if self.directives.is_some() {
            self.directives_until(span.start as usize);
            self.directives = Some(span.end as usize);
        }
        self.seek = self.seek.max(span.end as usize);
        self.comments.push(Comment { span, column: column(self.text, span.start as usize) });
        if self.directives.is_some() { self.settle_comments(self.text.len()) } else { Ok(()) }
    }

    /// Gives the comments that start before `until`, where a node comes, to the containers they belong to.
    pub(super) fn settle_comments(&mut self, until: usize) -> Result<()> {
        self.give_comments(until, None)
    }

    /// The same; directly before a block collection at byte and column `next` the deeper ones belong to that.
    pub(super) fn give_comments(&mut self, until: usize, next: Option<(usize, usize)>) -> Result<()> {
        let ready = self.comments.partition_point(|comment| (comment.span.start as usize) < until);
        let mut later = self.comments.split_off(ready);
        std::mem::swap(&mut later, &mut self.comments);
        if self.key.is_some() {
            // More of a key that is a collection follows: the comments are inside its text.
            return Ok(());
        }
        for comment in later {
            let owner = match next {
                Some((at, start)) if is_inside(&self.open, start, comment.column) => {
                    let is_key = self.open.last().is_some_and(|frame| frame.at_key);
                    if is_key { Owner::Key } else { Owner::Node(self.ahead(at)?) }
                }
                _ => owner(&self.open, comment.column),
            };
            let node = match owner {
                Owner::Key => continue,
                Owner::Node(node) => node,
                Owner::Root => self.root_at(comment.span.start as usize)?,
            };
            let content = content(self.text, comment.span);
            let content = self.builder.source_text(content);
            self.builder.comment(node, comment.span, content)?;
        }
        Ok(())
    }

    /// A block collection in a key ends: the comments that are not inside it come behind the key.
    pub(super) fn drop_comments_in_key(&mut self) {
        let Self { comments, open, .. } = self;
        comments.retain(|comment| owner(open, comment.column) != Owner::Key);
    }

    fn ahead(&mut self, at: usize) -> Result<NodeId> {
        if self.open.is_empty() { self.root_at(at) } else { self.builder.ahead(at) }
    }

    pub(super) fn root_at(&mut self, at: usize) -> Result<NodeId> {
        match self.root {
            Some(root) => Ok(root),
            None => {
                let root = self.builder.ahead(at)?;
                self.root = Some(root);
                Ok(root)
            }
        }
    }

    /// The directives between where the last search ended and `until`.
    fn directives_until(&mut self, until: usize) {
        let Some(from) = self.directives else { return };
        let mut at = from;
        for line in self.text[from..until.max(from)].split_inclusive('\n') {
            let start = at + if line.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
            let is_line_start = at == 0 || self.text[..at].ends_with('\n');
            at += line.len();
            let directive = self.text[start..at].trim_ascii_end();
            if is_line_start && directive.starts_with('%') {
                let text = self.builder.source_text(Span::new(start, start + directive.len()));
                self.builder.event(Event::Directive(text));
                self.has_directive = true;
            }
        }
    }

    pub(super) fn document_start(&mut self, explicit: bool, span: Span) -> Result<()> {
        if explicit {
            self.directives_until(span.start as usize);
            self.seek = self.seek.max(span.end as usize);
        }
        self.settle_comments(span.start as usize)?;
        self.directives = None;
        self.last.mark = self.builder.mark();
        self.last.has_directive = std::mem::take(&mut self.has_directive);
        self.last.start = explicit.then_some(span.start as usize);
        self.builder.event(Event::DocumentStart);
        if self.documents > 0 {
            self.root = None;
        }
        self.documents += 1;
        Ok(())
    }

    pub(super) fn document_end(&mut self, span: Span) -> Result<()> {
        self.settle_comments(self.text.len())?;
        self.builder.event(Event::DocumentEnd);
        let is_closed = !span.is_empty();
        if is_closed {
            self.seek = self.seek.max(span.end as usize);
            self.directives = Some(span.end as usize);
        }
        if self.documents == 1 && is_closed {
            self.room = Room::Document;
        }
        Ok(())
    }
}

/// What follows the sign, blanks aside.
fn content(text: &str, span: Span) -> Span {
    let after = &text[span.range()][1..];
    let inside = after.trim_matches([' ', '\t']);
    let start = span.start as usize + 1 + (after.len() - after.trim_start_matches([' ', '\t']).len());
    Span::new(start, start + inside.len())
}
