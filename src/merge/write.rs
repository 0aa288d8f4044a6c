//! The merged slots as a text: one text for each side that could be taken.

mod flow;

use crate::document::Span;
use crate::format::Grammar;

use super::marks::Side;
use super::three::{Blend, Core, Ids, Joint, Part};
use super::tree::{Body, Container, Id, Item, Layout, SIDES, Sort, Tree, number};
use super::words::Words;

/// A text in slots: the same slots for every side, so that they can be laid side by side.
pub(super) struct Written {
    pub text: String,
    /// Where each slot begins.
    starts: Vec<usize>,
}

impl Written {
    pub fn slots(&self) -> impl Iterator<Item = &str> {
        let ends = self.starts.iter().skip(1).copied().chain([self.text.len()]);
        self.starts.iter().zip(ends).map(|(&start, end)| self.text.get(start..end).unwrap_or_default())
    }
}

/// Where the entries of a container stand: how far they are indented in each version, and in the result.
#[derive(Clone)]
struct Place<'m> {
    from: [&'m str; 3],
    to: String,
}

/// What is written where.
struct Writer<'m, 'd> {
    trees: [Option<&'m Tree<'d>>; 3],
    grammar: Grammar,
    /// Which side of every conflict is taken.
    side: Side,
    line_break: &'static str,
    out: String,
    starts: Vec<usize>,
    /// Whether the next entry stands in the line of the head.
    is_compact: bool,
}

/// How a text is written.
pub(super) struct Target {
    /// How its texts are laid out.
    pub grammar: Grammar,
    pub line_break: &'static str,
    /// Whether the text ends in a line break; `None` to leave it as it comes.
    pub has_last_break: Option<bool>,
}

/// The text of `part`, the root, with `side` of every conflict.
pub(super) fn write(trees: [Option<&Tree<'_>>; 3], part: &Part, side: Side, target: &Target) -> Written {
    let Target { grammar, line_break, has_last_break } = *target;
    let (out, starts) = (String::new(), Vec::new());
    let mut writer = Writer { trees, grammar, side, line_break, out, starts, is_compact: false };
    let place = Place { from: [""; 3], to: String::new() };
    writer.block_part(part, &place);
    writer.slot();
    match has_last_break {
        Some(true) if !writer.out.is_empty() && !writer.out.ends_with('\n') => {
            writer.out.push_str(line_break)
        }
        Some(false) if writer.out.ends_with('\n') => {
            writer.out.pop();
            if writer.out.ends_with('\r') {
                writer.out.pop();
            }
        }
        _ => {}
    }
    let length = writer.out.len();
    writer.starts.iter_mut().for_each(|start| *start = (*start).min(length));
    Written { text: writer.out, starts: writer.starts }
}

/// Whether the slots of `tree` are its text.
pub(super) fn is_whole(tree: &Tree<'_>, grammar: Grammar) -> bool {
    let target = Target { grammar, line_break: tree.line_break, has_last_break: None };
    let written = write([Some(tree), None, None], &Part::One(Side::Ours, tree.root), Side::Ours, &target);
    written.text == tree.document.source()
}

impl<'m, 'd> Writer<'m, 'd> {
    fn slot(&mut self) {
        self.starts.push(self.out.len());
    }

    fn tree(&self, side: Side) -> Option<&'m Tree<'d>> {
        self.trees[number(side)]
    }

    fn get(&self, ids: Ids, side: Side) -> Option<(&'m Tree<'d>, &'m Item)> {
        let tree = self.tree(side)?;
        Some((tree, tree.item(ids[number(side)]?)))
    }

    fn ensure_line(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') && self.out != "\u{feff}" {
            self.out.push_str(self.line_break);
        }
    }

    /// A slot of `side`, its lines moved to their new indentation.
    fn text(&mut self, side: Side, span: Span, place: &Place<'m>, is_line_start: bool) {
        let Some(tree) = self.tree(side) else { return };
        let (text, from) = (tree.text(span), place.from[number(side)]);
        let is_same_break = tree.line_break == self.line_break;
        if (from == place.to && is_same_break) || (!text.contains('\n') && !is_line_start) {
            self.out.push_str(text);
            return;
        }
        for (at, line) in text.split_inclusive('\n').enumerate() {
            let (content, is_ended) = match line.strip_suffix('\n') {
                Some(content) => (content, true),
                None => (line, false),
            };
            let is_moved = (at > 0 || is_line_start) && (!content.trim().is_empty() || !is_ended);
            match content.strip_prefix(from).filter(|_| is_moved) {
                Some(rest) => {
                    self.out.push_str(&place.to);
                    self.out.push_str(if is_ended && !is_same_break {
                        rest.trim_end_matches('\r')
                    } else {
                        rest
                    });
                }
                None => {
                    let is_cut = is_ended && !is_same_break;
                    self.out.push_str(if is_cut { content.trim_end_matches('\r') } else { content });
                }
            }
            if is_ended {
                self.out.push_str(if is_same_break { "\n" } else { self.line_break });
            }
        }
    }

    /// An atom's text; where indentation is text, it is not moved.
    fn value(&mut self, side: Side, span: Span, place: &Place<'m>) {
        if matches!(self.grammar, Grammar::Yaml | Grammar::Ini) {
            self.text(side, span, place, false);
        } else {
            self.text(side, span, &Place { from: [""; 3], to: String::new() }, false);
        }
    }

    /// A slot of whole lines.
    fn lines(&mut self, side: Side, span: Span, place: &Place<'m>) {
        if span.is_empty() {
            return;
        }
        self.break_compact();
        self.ensure_line();
        self.text(side, span, place, true);
    }

    fn break_compact(&mut self) {
        if std::mem::take(&mut self.is_compact) {
            let length = self.out.trim_end_matches([' ', '\t']).len();
            self.out.truncate(length);
            self.ensure_line();
        }
    }

    /// A merged slot; `span` finds it in an item.
    fn words(
        &mut self,
        words: &Words,
        ids: Ids,
        span: &dyn Fn(&Item) -> Span,
        place: &Place<'m>,
        is_lines: bool,
    ) {
        self.slot();
        let side = match words {
            Words::Of(side) => *side,
            Words::Torn => self.side,
            Words::Lines(text) => {
                self.break_compact();
                self.ensure_line();
                for line in text.lines() {
                    if !line.is_empty() {
                        self.out.push_str(&place.to);
                    }
                    self.out.push_str(line);
                    self.out.push_str(self.line_break);
                }
                self.slot();
                return;
            }
        };
        if let Some((_, item)) = self.get(ids, side) {
            if is_lines {
                self.lines(side, span(item), place);
            } else {
                self.text(side, span(item), place, false);
            }
        }
        self.slot();
    }

    /// The start of an entry's own line.
    fn begin(&mut self, place: &Place<'m>) {
        if !std::mem::take(&mut self.is_compact) {
            self.ensure_line();
            self.out.push_str(&place.to);
        }
    }

    fn block_part(&mut self, part: &Part, place: &Place<'m>) {
        self.slot();
        match part {
            Part::One(side, id) => self.block_item(*side, *id, place, true),
            Part::Clash { lead, ids } => {
                self.words(lead, *ids, &|item| item.lead, place, true);
                if let Some(id) = ids[number(self.side)] {
                    self.block_item(self.side, id, place, false);
                }
                self.slot();
            }
            Part::Conflict(sides) => {
                for &id in &sides[number(self.side)] {
                    self.block_item(self.side, id, place, true);
                }
                self.slot();
            }
            Part::Merged(joint) => self.block_joint(joint, place),
        }
    }

    /// An item as one side has it.
    fn block_item(&mut self, side: Side, id: Id, place: &Place<'m>, with_lead: bool) {
        let Some(tree) = self.tree(side) else { return };
        let item = tree.item(id);
        if with_lead {
            self.lines(side, item.lead, place);
        }
        if !is_bare(item) {
            self.begin(place);
        }
        self.text(side, item.head, place, false);
        self.inside(side, item, place);
        self.text(side, item.tail, place, false);
    }

    /// What stands behind the head of an item.
    fn inside(&mut self, side: Side, item: &'m Item, place: &Place<'m>) {
        let Some(tree) = self.tree(side) else { return };
        match &item.body {
            Body::Atom(_) => self.value(side, item.value, place),
            Body::Container(container) => {
                self.text(side, item.props, place, false);
                let mut inner = Place { from: [""; 3], to: String::new() };
                let indent = &container.indent;
                inner.from[number(side)] = indent;
                inner.to = below(place, side, indent);
                if container.layout == Layout::Flow {
                    self.text(side, container.open, place, false);
                    let count = container.kids.len();
                    for (at, &kid) in container.kids.iter().enumerate() {
                        let kid = tree.item(kid);
                        self.text(side, kid.lead, &inner, false);
                        self.text(side, kid.head, &inner, false);
                        self.inside(side, kid, &inner);
                        self.out.push_str(if at + 1 < count || container.has_last_comma { "," } else { "" });
                        self.text(side, kid.tail, &inner, false);
                    }
                    self.text(side, container.foot, place, false);
                } else {
                    self.open(side, container, place, is_bare(item));
                    self.is_compact = container.is_compact;
                    for &kid in &container.kids {
                        self.block_item(side, kid, &inner, true);
                    }
                    self.is_compact = false;
                    self.lines(side, container.foot, &inner);
                }
            }
        }
    }

    fn open(&mut self, side: Side, container: &Container, place: &Place<'m>, is_root: bool) {
        if is_root {
            self.lines(side, container.open, place);
        } else {
            self.text(side, container.open, place, false);
        }
    }

    fn block_joint(&mut self, joint: &Joint, place: &Place<'m>) {
        let ids = joint.ids;
        self.words(&joint.lead, ids, &|item| item.lead, place, true);
        let Some((_, item)) = self.get(ids, joint.head) else { return };
        if !is_bare(item) {
            self.begin(place);
        }
        self.text(joint.head, item.head, place, false);
        self.core(joint, place);
        self.words(&joint.tail, ids, &|item| item.tail, place, false);
    }

    fn core(&mut self, joint: &Joint, place: &Place<'m>) {
        let ids = joint.ids;
        match &joint.core {
            Core::Atom(side) => {
                if let Some((_, item)) = self.get(ids, *side) {
                    self.inside(*side, item, place);
                }
            }
            Core::Said(_, text) => self.out.push_str(text),
            Core::Container(blend) => {
                if let Some((_, item)) = self.get(ids, joint.props) {
                    self.text(joint.props, item.props, place, false);
                }
                self.blend(ids, blend, place);
            }
        }
    }

    fn blend(&mut self, ids: Ids, blend: &Blend, place: &Place<'m>) {
        let Some((_, item)) = self.get(ids, blend.donor) else { return };
        let Some(container) = item.container() else { return };
        let indents = SIDES.map(|side| {
            let (_, item) = self.get(ids, side)?;
            Some(&item.container()?.indent[..])
        });
        let to = below(place, blend.donor, &container.indent);
        let inner = Place { from: indents.map(Option::unwrap_or_default), to };
        if container.layout == Layout::Flow {
            return self.flow(ids, blend, container, place, &inner);
        }
        let is_empty =
            self.count(&blend.parts) == 0 && self.grammar == Grammar::Yaml && container.sort != Sort::Stream;
        let is_root = is_bare(item);
        let empty = if container.sort == Sort::List { "[]" } else { "{}" };
        if is_empty && !is_root {
            self.out.push(' ');
            self.out.push_str(empty);
        }
        let open = |item: &Item| item.container().map(|container| container.open).unwrap_or_default();
        if is_empty && container.is_compact {
            // As many slots as with entries.
            self.slot();
            self.slot();
        } else {
            self.words(&blend.open, ids, &open, place, is_root);
        }
        if is_empty && is_root {
            self.ensure_line();
            self.out.push_str(empty);
        }
        if is_empty {
            self.ensure_line();
        }
        self.is_compact = container.is_compact && !is_empty;
        for part in &blend.parts {
            self.block_part(part, &inner);
        }
        self.is_compact = false;
        let foot = |item: &Item| item.container().map(|container| container.foot).unwrap_or_default();
        self.words(&blend.foot, ids, &foot, &inner, true);
    }

    /// How many entries `parts` have on this side.
    fn count(&self, parts: &[Part]) -> usize {
        parts.iter().map(|part| self.count_of(part)).sum()
    }

    fn count_of(&self, part: &Part) -> usize {
        match part {
            Part::One(..) | Part::Merged(_) => 1,
            Part::Clash { ids, .. } => usize::from(ids[number(self.side)].is_some()),
            Part::Conflict(sides) => sides[number(self.side)].len(),
        }
    }
}

/// Whether an item has no line of its own: a stream, a document, the root.
fn is_bare(item: &Item) -> bool {
    item.head.is_empty() && item.container().is_some()
}

/// The indentation of entries that are indented by `indent` in `side`, below `place`.
fn below(place: &Place<'_>, side: Side, indent: &str) -> String {
    match indent.strip_prefix(place.from[number(side)]) {
        Some(rest) => format!("{}{rest}", place.to),
        None => indent.to_owned(),
    }
}
