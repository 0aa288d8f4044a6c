//! What becomes of each slot.

use crate::document::{Span, Value};
use crate::format::Format;

use super::Lists;
use super::beside::beside;
use super::classes::Classes;
use super::list;
use super::marks::Side;
use super::order::{Numbers, Orders, order};
use super::renamed::join_renamed;
use super::style;
use super::tree::{Body, Container, Id, Item, Layout, SIDES, Shape, Sort, Tree, number};
use super::words::{Room, Words, layout, words};

/// An item in each version: ours, theirs, base.
pub(super) type Ids = [Option<Id>; 3];

/// What becomes of an item.
pub(super) enum Part {
    /// It stays as one side has it.
    One(Side, Id),
    /// Both sides have it and do not agree; what stands above it is merged.
    Clash { lead: Words, ids: Ids },
    /// Both sides have other items here, or one of them has none.
    Conflict([Vec<Id>; 3]),
    /// Its slots are merged.
    Merged(Box<Joint>),
}

/// An item that both sides have, merged.
pub(super) struct Joint {
    pub ids: Ids,
    pub lead: Words,
    pub head: Side,
    pub props: Side,
    pub tail: Words,
    pub core: Core,
}

/// Its value.
pub(super) enum Core {
    /// As one side writes it.
    Atom(Side),
    /// The value of the side in the style of the other.
    Said(Side, String),
    /// A container, merged.
    Container(Blend),
}

/// A container that both sides have, merged.
pub(super) struct Blend {
    /// Whose layout it has.
    pub donor: Side,
    pub open: Words,
    pub foot: Words,
    pub parts: Vec<Part>,
}

/// The merge of three trees.
pub(super) struct Merge<'m, 'd> {
    pub format: &'m dyn Format,
    pub trees: [Option<&'m Tree<'d>>; 3],
    pub classes: &'m Classes,
    pub lists: Lists,
    pub paths: Vec<String>,
}

impl<'m, 'd> Merge<'m, 'd> {
    pub fn tree(&self, side: Side) -> Option<&'m Tree<'d>> {
        self.trees[number(side)]
    }

    pub fn get(&self, ids: Ids, side: Side) -> Option<&'m Item> {
        Some(self.tree(side)?.item(ids[number(side)]?))
    }

    pub fn class(&self, ids: Ids, side: Side) -> Option<u32> {
        self.get(ids, side).map(|item| item.class)
    }

    /// A slot in each version; empty where the item is not there.
    pub fn slots(&self, ids: Ids, slot: impl Fn(&Item) -> Span) -> [&'d str; 3] {
        SIDES.map(|side| match (self.tree(side), self.get(ids, side)) {
            (Some(tree), Some(item)) => tree.text(slot(item)),
            _ => "",
        })
    }

    pub fn path(&self, ids: Ids) -> String {
        let mut sides = SIDES.into_iter();
        sides
            .find_map(|side| Some(self.tree(side)?.path(ids[number(side)]?)))
            .unwrap_or_else(|| ".".to_owned())
    }

    /// An item of one key, or of one place; `None` when it goes.
    pub fn item(&mut self, ids: Ids) -> Option<Part> {
        let [ours, theirs, base] = ids;
        match (ours, theirs) {
            (Some(_), Some(_)) => Some(self.both(ids)),
            (None, None) => None,
            (Some(id), None) if base.is_none() => Some(Part::One(Side::Ours, id)),
            (None, Some(id)) if base.is_none() => Some(Part::One(Side::Theirs, id)),
            (Some(_), None) => self.gone(ids, Side::Ours),
            (None, Some(_)) => self.gone(ids, Side::Theirs),
        }
    }

    /// An item that one side took out while `other` has it.
    fn gone(&mut self, ids: Ids, other: Side) -> Option<Part> {
        if self.class(ids, other) == self.class(ids, Side::Base) {
            return None;
        }
        self.name_changes(ids, other);
        Some(Part::Conflict(ids.map(|id| id.into_iter().collect())))
    }

    pub fn clash(&mut self, ids: Ids) -> Part {
        self.paths.push(self.path(ids));
        Part::Clash { lead: self.lead(ids), ids }
    }

    pub fn lead(&mut self, ids: Ids) -> Words {
        let lead = words(self.slots(ids, |item| item.lead), Room::Lines);
        if lead == Words::Torn {
            self.paths.push(format!("#comment above {}", self.path(ids)));
        }
        lead
    }

    fn one_line(&mut self, ids: Ids, slot: impl Fn(&Item) -> Span) -> Words {
        let found = words(self.slots(ids, slot), Room::OneLine);
        if found == Words::Torn {
            self.paths.push(format!("#comment beside {}", self.path(ids)));
        }
        found
    }

    /// An item that both sides have.
    pub fn both(&mut self, ids: Ids) -> Part {
        let (Some(ours), Some(theirs)) = (self.get(ids, Side::Ours), self.get(ids, Side::Theirs)) else {
            return Part::Conflict(ids.map(|id| id.into_iter().collect()));
        };
        if let (Some(o), Some(t)) = (ours.container(), theirs.container())
            && o.sort == t.sort
            && (o.layout == t.layout || o.kids.is_empty() || t.kids.is_empty())
        {
            return self.containers(ids, [o, t]);
        }
        let [o, t, b] = SIDES.map(|side| self.class(ids, side));
        if o != t && o != b && t != b {
            return self.clash(ids);
        }
        self.atoms(ids, [ours, theirs])
    }

    /// Values of which one counts, in the style that counts.
    fn atoms(&mut self, ids: Ids, [ours, theirs]: [&'m Item; 2]) -> Part {
        let [o, t, b] = SIDES.map(|side| self.class(ids, side));
        let value = if o == b && o != t { Side::Theirs } else { Side::Ours };
        let raw = self.slots(ids, |item| item.value);
        let has_base = ids[number(Side::Base)].is_some();
        let style = if has_base { layout(raw) } else { Side::Ours };
        let shape = |item: &Item| match item.body {
            Body::Atom(shape) => Some(shape),
            Body::Container(_) => None,
        };
        let both_inline = shape(ours) == Some(Shape::Inline) && shape(theirs) == Some(Shape::Inline);
        let is_alike = shape(ours).is_some() && shape(ours) == shape(theirs);
        let mut side = if o == t { style } else { value };
        if !is_alike {
            return self.whole(ids, side);
        }
        if o == t && raw[0] != raw[1] {
            match self.inline(ids) {
                Some(Words::Of(said)) => side = said,
                Some(_) => return self.torn(ids),
                None => {}
            }
        }
        let mut core = Core::Atom(side);
        // A style that only the other side changed.
        let other = if value == Side::Ours { Side::Theirs } else { Side::Ours };
        if o != t && both_inline && has_base && raw[number(other)] != raw[2] {
            core = self.restyled(ids, value, other).unwrap_or(core);
        }
        let lead = self.lead(ids);
        let tail = self.one_line(ids, |item| item.tail);
        let head = layout(self.slots(ids, |item| item.head));
        Part::Merged(Box::new(Joint { ids, lead, head, props: side, tail, core }))
    }

    /// The value of `side` in the style of `other`.
    pub fn restyled(&self, ids: Ids, side: Side, other: Side) -> Option<Core> {
        let (tree, styled) = (self.tree(side)?, self.tree(other)?);
        let (id, style) = (ids[number(side)]?, ids[number(other)]?);
        if self.classes.is_opaque(tree, id) || self.classes.is_opaque(styled, style) {
            return None;
        }
        let (item, like) = (tree.item(id), styled.item(style));
        if !item.props.is_empty() || !like.props.is_empty() {
            return None;
        }
        let value = self.value(tree, item)?;
        let text = style::restyled(self.format, styled.text(like.value), &value)?;
        Some(Core::Said(side, text))
    }

    fn value(&self, tree: &Tree<'_>, item: &Item) -> Option<Value> {
        self.format.value(tree.document, tree.document.leaf(item.leaf?)).ok()
    }

    /// An item whose lines are one side's, as the shapes differ. A comment that the other side changed goes above it.
    fn whole(&mut self, ids: Ids, side: Side) -> Part {
        let lead = self.lead(ids);
        let core = Core::Atom(side);
        let (lead, tail) = if self.slots(ids, beside).iter().any(|text| text.ends_with('\n')) {
            let Some(lead) = self.lifted(ids, side, lead) else { return self.clash(ids) };
            (lead, Words::Of(side))
        } else {
            // In brackets, where a comment fits behind any value.
            (lead, self.one_line(ids, |item| item.tail))
        };
        Part::Merged(Box::new(Joint { ids, lead, head: side, props: side, tail, core }))
    }

    /// Maps, lists or streams on both sides.
    fn containers(&mut self, ids: Ids, [ours, theirs]: [&'m Container; 2]) -> Part {
        let props = self.slots(ids, |item| item.props);
        let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let [o, t, b] = props.map(plain);
        if o != t && o != b && t != b {
            return self.clash(ids);
        }
        let props = if o == b && o != t { Side::Theirs } else { Side::Ours };
        let base = self
            .get(ids, Side::Base)
            .and_then(Item::container)
            .filter(|container| container.sort == ours.sort);
        let mut lead = self.lead(ids);
        let donor = self.donor([Some(ours), Some(theirs), base]);
        let is_alike = ours.layout == theirs.layout;
        if !is_alike {
            let Some(lifted) = self.lifted(ids, donor, lead) else { return self.clash(ids) };
            lead = lifted;
        }
        let parts = match ours.sort {
            Sort::Map => self.keyed(kids([Some(ours), Some(theirs), base]), None),
            Sort::Stream => list::stream(self, kids([Some(ours), Some(theirs), base])),
            Sort::List => list::list(self, ids, kids([Some(ours), Some(theirs), base])),
        };
        let inner = |slot: fn(&Container) -> Span| {
            let slot = move |item: &Item| item.container().map(slot).unwrap_or_default();
            self.slots(ids, slot)
        };
        let (opens, feet) = (inner(|c| c.open), inner(|c| c.foot));
        let is_block = ours.layout == Layout::Block;
        let (mut open, mut foot) = (Words::Of(donor), Words::Of(donor));
        if is_alike {
            let is_root = self.get(ids, Side::Ours).is_some_and(|item| item.head.is_empty());
            open = words(opens, if is_block && is_root { Room::Lines } else { Room::OneLine });
            foot = words(feet, if is_block { Room::Lines } else { Room::OneLine });
        }
        for (slot, place) in [(&open, "above the first entry of"), (&foot, "below the last entry of")] {
            if *slot == Words::Torn {
                self.paths.push(format!("#comment {place} {}", self.path(ids)));
            }
        }
        let (head, tail) = if is_alike {
            (layout(self.slots(ids, |item| item.head)), self.one_line(ids, |item| item.tail))
        } else {
            (donor, Words::Of(donor))
        };
        let core = Core::Container(Blend { donor, open, foot, parts });
        Part::Merged(Box::new(Joint { ids, lead, head, props, tail, core }))
    }

    /// Whose layout a container has: that of the side that changed it, ours when both did.
    fn donor(&self, containers: [Option<&'m Container>; 3]) -> Side {
        let [ours, theirs, base] = containers;
        let is_empty = |c: Option<&Container>| c.is_none_or(|c| c.kids.is_empty());
        if is_empty(ours) != is_empty(theirs) {
            return if is_empty(ours) { Side::Theirs } else { Side::Ours };
        }
        let look = |side: Side, container: Option<&'m Container>| {
            let (tree, container) = (self.tree(side)?, container?);
            let gaps = |at: usize| -> &str {
                container.kids.get(at).map_or("", |&kid| match container.layout {
                    Layout::Flow => tree.text(tree.item(kid).lead).rsplit('\n').next().unwrap_or_default(),
                    Layout::Block => "",
                })
            };
            let breaks =
                container.kids.first().is_some_and(|&kid| tree.text(tree.item(kid).lead).contains('\n'));
            let flags =
                (container.is_compact, container.has_last_comma, breaks && container.layout == Layout::Flow);
            Some((&container.indent[..], gaps(0), gaps(1), flags))
        };
        let (o, t, b) = (look(Side::Ours, ours), look(Side::Theirs, theirs), look(Side::Base, base));
        if o == b && o != t { Side::Theirs } else { Side::Ours }
    }

    /// Entries stand above sections; what is an entry on one side and a section on the other, between them.
    fn rank(&self, part: &Part) -> usize {
        let is_section = |side: Side, id: Id| self.tree(side).is_some_and(|tree| tree.item(id).is_section);
        let (mut sections, mut all) = (0, 0);
        let mut count = |side: Side, id: Option<Id>| {
            all += usize::from(id.is_some());
            sections += usize::from(id.is_some_and(|id| is_section(side, id)));
        };
        match part {
            Part::One(side, id) => count(*side, Some(*id)),
            Part::Merged(joint) => count(joint.head, joint.ids[number(joint.head)]),
            Part::Clash { ids, .. } => SIDES.into_iter().for_each(|side| count(side, ids[number(side)])),
            Part::Conflict(sides) => {
                let all =
                    SIDES.into_iter().flat_map(|side| sides[number(side)].iter().map(move |&id| (side, id)));
                all.for_each(|(side, id)| count(side, Some(id)));
            }
        }
        usize::from(sections > 0) + usize::from(sections == all)
    }

    /// Entries by key, in the order that both sides make; `keys` for lists whose items have a name.
    pub fn keyed(&mut self, kids: [&'m [Id]; 3], keys: Option<&[Vec<Vec<u8>>; 3]>) -> Vec<Part> {
        let mut numbers = Numbers::default();
        let mut found: Vec<Ids> = Vec::new();
        let mut orders: [Vec<usize>; 3] = Default::default();
        for side in SIDES {
            let (at, Some(tree)) = (number(side), self.tree(side)) else { continue };
            for (place, &id) in kids[at].iter().enumerate() {
                let key = match keys {
                    Some(keys) => keys[at].get(place).map(|key| &key[..]),
                    None => None,
                };
                let number = numbers.of(key.unwrap_or(&tree.item(id).key));
                if number == found.len() {
                    found.push([None; 3]);
                }
                found[number][at] = Some(id);
                orders[at].push(number);
            }
        }
        // In the order of ours, then of theirs, so that paths come in an order that people understand.
        let mut parts: Vec<Option<Part>> = found.iter().map(|&ids| self.item(ids)).collect();
        let [ours, theirs, base] = &orders;
        let wanted = order(&Orders { ours, theirs, base, count: numbers.count() }, &|key| {
            parts.get(key).is_some_and(Option::is_some)
        });
        let mut ordered: Vec<(Part, Ids)> = Vec::with_capacity(wanted.len());
        for key in wanted {
            if let Some(part) = parts.get_mut(key).and_then(Option::take) {
                ordered.push((part, found[key]));
            }
        }
        ordered.sort_by_key(|(part, _)| self.rank(part));
        join_renamed(ordered)
    }
}

fn kids(containers: [Option<&Container>; 3]) -> [&[Id]; 3] {
    containers.map(|container| container.map_or(&[][..], |container| &container.kids))
}
