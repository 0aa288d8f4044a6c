//! The names of what one side changed in an entry that the other took out.

use super::marks::Side;
use super::order::Numbers;
use super::three::{Ids, Merge};
use super::tree::{Id, Sort, number};

impl Merge<'_, '_> {
    /// Names what `side` changed in an item that the other side took out.
    pub(super) fn name_changes(&mut self, ids: Ids, side: Side) {
        let before = self.paths.len();
        let mut open = vec![(ids[number(side)], ids[number(Side::Base)])];
        while let Some((id, base)) = open.pop() {
            let found = self.changed_kids(side, id, base);
            match found {
                Some(kids) => open.extend(kids),
                None => {
                    let (at, id) = if id.is_some() { (side, id) } else { (Side::Base, base) };
                    let path = self.tree(at).zip(id).map(|(tree, id)| tree.path(id));
                    self.paths.extend(path);
                }
            }
        }
        self.paths[before..].reverse();
    }

    /// The entries in which two maps differ; `None` when they are no maps.
    fn changed_kids(
        &self,
        side: Side,
        id: Option<Id>,
        base: Option<Id>,
    ) -> Option<Vec<(Option<Id>, Option<Id>)>> {
        let (tree, old) = (self.tree(side)?, self.tree(Side::Base)?);
        let (new_kids, old_kids) = (tree.item(id?).container()?, old.item(base?).container()?);
        if new_kids.sort != Sort::Map || old_kids.sort != Sort::Map {
            return None;
        }
        let mut numbers = Numbers::default();
        let mut pairs: Vec<(Option<Id>, Option<Id>)> = Vec::new();
        for &kid in &new_kids.kids {
            numbers.of(&tree.item(kid).key);
            pairs.push((Some(kid), None));
        }
        for &kid in &old_kids.kids {
            let at = numbers.of(&old.item(kid).key);
            match pairs.get_mut(at) {
                Some(pair) => pair.1 = Some(kid),
                None => pairs.push((None, Some(kid))),
            }
        }
        let is_changed = |(id, base): &(Option<Id>, Option<Id>)| {
            id.map(|id| tree.item(id).class) != base.map(|id| old.item(id).class)
        };
        pairs.retain(is_changed);
        (!pairs.is_empty()).then_some(pairs)
    }
}
