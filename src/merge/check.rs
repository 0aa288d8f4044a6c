//! What a merged text says, held against what it should say.

use super::marks::Side;
use super::three::{Blend, Core, Ids, Part};
use super::tree::{Body, Id, Item, Tree, number};

/// The trees that were merged, and the one of the result with `side` of every conflict.
pub(super) struct Check<'c, 'd> {
    pub trees: [Option<&'c Tree<'d>>; 3],
    pub result: &'c Tree<'c>,
    pub side: Side,
}

impl Check<'_, '_> {
    /// Whether the result is what became of the root.
    pub fn holds(&self, part: &Part) -> bool {
        self.is_part(&[self.result.root], part) == Some(1)
    }

    fn item(&self, side: Side, id: Id) -> Option<&Item> {
        Some(self.trees[number(side)]?.item(id))
    }

    /// How many of `found` are `part`; `None` when they are not.
    fn is_part(&self, found: &[Id], part: &Part) -> Option<usize> {
        match part {
            Part::One(side, id) => self.is_item(*found.first()?, *side, *id).then_some(1),
            Part::Clash { ids, .. } => match ids[number(self.side)] {
                Some(id) => self.is_item(*found.first()?, self.side, id).then_some(1),
                None => Some(0),
            },
            Part::Conflict(sides) => {
                let ids = &sides[number(self.side)];
                let found = found.get(..ids.len())?;
                let is_same = found.iter().zip(ids).all(|(&found, &id)| self.is_item(found, self.side, id));
                is_same.then_some(ids.len())
            }
            Part::Merged(joint) => {
                let found = self.result.item(*found.first()?);
                let is_same = match &joint.core {
                    Core::Atom(side) | Core::Said(side, _) => {
                        let wanted = self.item(*side, joint.ids[number(*side)]?)?;
                        found.class == wanted.class && found.key == wanted.key
                    }
                    Core::Container(blend) => self.is_blend(found, joint.ids, joint.props, blend)?,
                };
                is_same.then_some(1)
            }
        }
    }

    fn is_item(&self, found: Id, side: Side, id: Id) -> bool {
        let found = self.result.item(found);
        self.item(side, id).is_some_and(|item| item.class == found.class && item.key == found.key)
    }

    fn is_blend(&self, found: &Item, ids: Ids, props: Side, blend: &Blend) -> Option<bool> {
        let tree = self.trees[number(props)]?;
        let wanted = tree.item(ids[number(props)]?);
        let said = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let is_same = found.key == wanted.key
            && said(self.result.text(found.props)) == said(tree.text(wanted.props))
            && found.container()?.sort == wanted.container()?.sort;
        let mut kids = match &found.body {
            Body::Container(container) => &container.kids[..],
            Body::Atom(_) => return Some(false),
        };
        for part in &blend.parts {
            kids = kids.get(self.is_part(kids, part)?..)?;
        }
        Some(is_same && kids.is_empty())
    }
}
