//! What stands in brackets, with its commas.

use crate::merge::marks::Side;
use crate::merge::three::{Blend, Ids, Joint, Part};
use crate::merge::tree::{Container, Id, Item, Layout, SIDES, number};
use crate::merge::words::Words;

use super::{Place, Writer};

/// Where an entry stands among those in brackets.
struct Row<'g> {
    at: usize,
    count: usize,
    gaps: &'g [String; 2],
    /// The first entry of each version.
    firsts: [Option<Id>; 3],
    donor: Side,
    has_last_comma: bool,
}

impl<'m, 'd> Writer<'m, 'd> {
    /// A merged container in brackets.
    pub(super) fn flow(
        &mut self,
        ids: Ids,
        blend: &Blend,
        container: &Container,
        place: &Place<'m>,
        inner: &Place<'m>,
    ) {
        let gaps = self.gaps(ids, blend.donor);
        let open = |item: &Item| item.container().map(|container| container.open).unwrap_or_default();
        self.words(&blend.open, ids, &open, place, false);
        let count = self.count(&blend.parts);
        let firsts = SIDES.map(|side| self.get(ids, side)?.1.container()?.kids.first().copied());
        let (gaps, donor, has_last_comma) = (&gaps, blend.donor, container.has_last_comma);
        let mut at = 0;
        for part in &blend.parts {
            self.slot();
            let mut row = Row { at, count, gaps, firsts, donor, has_last_comma };
            match part {
                Part::One(side, id) => self.flow_item(*side, *id, inner, &row, None),
                Part::Clash { lead, ids } => {
                    if let Some(id) = ids[number(self.side)] {
                        self.flow_item(self.side, id, inner, &row, Some((lead, *ids)));
                    }
                }
                Part::Conflict(sides) => {
                    for (number, &id) in sides[number(self.side)].iter().enumerate() {
                        row.at = at + number;
                        self.flow_item(self.side, id, inner, &row, None);
                    }
                }
                Part::Merged(joint) => self.flow_joint(joint, inner, &row),
            }
            self.slot();
            at += self.count_of(part);
        }
        self.flow_foot(ids, blend, container, place, count);
    }

    /// What stands behind the last entry: comments as they were merged, else as the donor of the layout has it.
    fn flow_foot(&mut self, ids: Ids, blend: &Blend, container: &Container, place: &Place<'m>, count: usize) {
        let Some((tree, _)) = self.get(ids, blend.donor) else { return };
        let side = match blend.foot {
            Words::Of(side) => side,
            Words::Torn | Words::Lines(_) => self.side,
        };
        let foot = |item: &Item| item.container().map(|container| container.foot).unwrap_or_default();
        let chosen = self.get(ids, side).map(|(tree, item)| tree.text(foot(item)).trim()).unwrap_or_default();
        let usual = tree.text(container.foot);
        let has_comments = chosen.len() > 1;
        if has_comments || (count > 0 && side == blend.donor) {
            return self.words(&blend.foot, ids, &foot, place, false);
        }
        self.slot();
        if count > 0 {
            let blanks = &usual[..usual.len() - usual.trim_start().len()];
            self.break_line(blanks, place);
        }
        self.out.push_str(chosen);
        self.slot();
    }

    /// What stands before the first entry, and before a later one, where nothing else is known.
    fn gaps(&self, ids: Ids, donor: Side) -> [String; 2] {
        let gap = |side: Side, at: usize| {
            let (tree, item) = self.get(ids, side)?;
            let container = item.container().filter(|container| container.layout == Layout::Flow)?;
            let text = tree.text(tree.item(*container.kids.get(at)?).lead);
            let last = text.rfind('\n').map_or(text, |at| {
                let start = if text[..at].ends_with('\r') { at - 1 } else { at };
                &text[start..]
            });
            last.trim().is_empty().then(|| last.replace("\r\n", "\n"))
        };
        let first = gap(donor, 0).unwrap_or_default();
        let is_broken = first.contains('\n');
        let mut sides = [donor].into_iter().chain(SIDES);
        let next = sides.find_map(|side| gap(side, 1).filter(|gap| gap.contains('\n') == is_broken));
        let is_tight = || {
            let (tree, item) = self.get(ids, donor)?;
            let kid = tree.item(*item.container()?.kids.first()?);
            Some(tree.text(kid.head).ends_with(':'))
        };
        let next = next.unwrap_or_else(|| match is_broken {
            true => first.clone(),
            false if is_tight() == Some(true) => String::new(),
            false => " ".to_owned(),
        });
        [first, next]
    }

    /// What stands before an entry: comments as they are, else as its neighbours have it.
    fn gap(&mut self, side: Side, id: Id, place: &Place<'m>, row: &Row<'_>) {
        let Some(tree) = self.tree(side) else { return };
        let item = tree.item(id);
        let is_first = row.firsts[number(side)] == Some(id);
        let text = tree.text(item.lead);
        let usual = &row.gaps[usize::from(row.at > 0)];
        let is_own = text.contains('\n') || (is_first == (row.at == 0) && side == row.donor);
        let is_alike = text.contains('\n') == usual.contains('\n');
        if !text.trim().is_empty() || (is_own && is_alike) {
            self.text(side, item.lead, place, false);
        } else {
            self.break_line(usual, place);
        }
    }

    fn break_line(&mut self, gap: &str, place: &Place<'m>) {
        if gap.contains('\n') {
            self.out.push_str(self.line_break);
            self.out.push_str(&place.to);
        } else {
            self.out.push_str(gap);
        }
    }

    /// An entry in brackets as one side has it; its lead may be merged.
    fn flow_item(
        &mut self,
        side: Side,
        id: Id,
        place: &Place<'m>,
        row: &Row<'_>,
        lead: Option<(&Words, Ids)>,
    ) {
        let Some(tree) = self.tree(side) else { return };
        let item = tree.item(id);
        match lead {
            Some((words, ids)) => self.flow_lead(words, ids, place, row),
            None => self.gap(side, id, place, row),
        }
        self.slot_in_conflict(lead.is_some());
        self.text(side, item.head, place, false);
        self.inside(side, item, place);
        self.comma(row);
        self.text(side, item.tail, place, false);
    }

    fn slot_in_conflict(&mut self, is_clash: bool) {
        if is_clash {
            self.slot();
        }
    }

    fn comma(&mut self, row: &Row<'_>) {
        self.out.push_str(if row.at + 1 < row.count || row.has_last_comma { "," } else { "" });
    }

    fn flow_lead(&mut self, words: &Words, ids: Ids, place: &Place<'m>, row: &Row<'_>) {
        let side = match words {
            Words::Of(side) => *side,
            Words::Torn => self.side,
            Words::Lines(text) => {
                for (at, line) in text.split('\n').enumerate() {
                    self.out.push_str(if at > 0 { self.line_break } else { "" });
                    self.out.push_str(if at > 0 { &place.to } else { "" });
                    self.out.push_str(line);
                }
                return;
            }
        };
        let Some(id) = ids[number(side)] else { return };
        self.gap(side, id, place, row);
    }

    /// A merged entry in brackets.
    fn flow_joint(&mut self, joint: &Joint, place: &Place<'m>, row: &Row<'_>) {
        self.flow_lead(&joint.lead, joint.ids, place, row);
        self.slot();
        if let Some((_, item)) = self.get(joint.ids, joint.head) {
            self.text(joint.head, item.head, place, false);
        }
        self.core(joint, place);
        self.slot();
        self.comma(row);
        self.words(&joint.tail, joint.ids, &|item| item.tail, place, false);
    }
}
