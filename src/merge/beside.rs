//! Comments in the line of an item whose shape the sides do not share.

use crate::document::{Span, Value};

use super::marks::Side;
use super::three::{Ids, Merge, Part};
use super::tree::{Item, Layout, SIDES, number};
use super::words::{Room, Words, plain, words};

impl Merge<'_, '_> {
    /// The comments inside values that say the same, where they differ: some formats have the comment behind a value in
    /// its text.
    pub fn inline(&self, ids: Ids) -> Option<Words> {
        let comments = SIDES.map(|side| self.comment(ids, side).unwrap_or_default());
        (comments[0] != comments[1]).then(|| words(comments.each_ref().map(|text| &text[..]), Room::OneLine))
    }

    /// The comment in the text of a value: what stays of it when it says something without a blank.
    fn comment(&self, ids: Ids, side: Side) -> Option<String> {
        let (tree, item) = (self.tree(side)?, self.get(ids, side)?);
        let leaf = tree.document.leaf(item.leaf?);
        let text = self.format.scalar(tree.document, leaf, &Value::String("x".to_owned())).ok()?;
        let (_, comment) = text.split_once(" #").or_else(|| text.split_once("\t#"))?;
        Some(comment.lines().next()?.trim().to_owned())
    }

    /// A conflict over nothing but the comment in a value's text.
    pub fn torn(&mut self, ids: Ids) -> Part {
        self.paths.push(format!("#comment beside {}", self.path(ids)));
        Part::Clash { lead: self.lead(ids), ids }
    }

    /// `lead` with the comment that the other side than `kept` wrote beside its item, whose shape has no place for it in
    /// the result; `None` where it cannot stand above the item.
    pub fn lifted(&self, ids: Ids, kept: Side, lead: Words) -> Option<Words> {
        let other = if kept == Side::Ours { Side::Theirs } else { Side::Ours };
        let is_new = |[ours, theirs, base]: [&str; 3]| {
            let [kept, lost] = if kept == Side::Ours { [ours, theirs] } else { [theirs, ours] };
            !lost.is_empty() && lost != kept && lost != base
        };
        let inner = |item: &Item| match item.container() {
            Some(container) if container.layout == Layout::Flow => container.open,
            _ => Span::default(),
        };
        let notes = self.slots(ids, inner).map(|text| text.trim_start_matches(['[', '{']).trim());
        if is_new(notes) {
            return None;
        }
        let texts = self.slots(ids, beside).map(str::trim);
        if !is_new(texts) {
            return Some(lead);
        }
        let lost = plain(texts[number(other)]);
        let is_comment = |line: &str| line.is_empty() || line.starts_with(['#', ';']);
        let above = match &lead {
            Words::Of(side) => plain(self.slots(ids, |item| item.lead)[number(*side)]),
            Words::Lines(lines) => lines.clone(),
            Words::Torn => return None,
        };
        lost.lines().all(is_comment).then(|| Words::Lines(format!("{above}{lost}\n")))
    }
}

/// The rest of the line of an item's head, or what stands behind its value.
pub(super) fn beside(item: &Item) -> Span {
    match item.container() {
        Some(container) if container.layout == Layout::Block => container.open,
        _ => item.tail,
    }
}
