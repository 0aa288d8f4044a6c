//! Comments in the line of an item whose shape the sides do not share.

use crate::document::Span;

use super::marks::Side;
use super::three::{Ids, Merge};
use super::tree::{Item, Layout, number};
use super::words::{Words, plain};

impl Merge<'_, '_> {
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
