//! A key that was renamed on one side and changed on the other: one conflict.

use super::marks::Side;
use super::three::{Ids, Part};
use super::tree::number;

/// A key that a side put in the place of one that it took out and the other side changed belongs to that conflict.
pub(super) fn join_renamed(parts: Vec<(Part, Ids)>) -> Vec<Part> {
    let lost = |part: &(Part, Ids)| match (&part.0, part.1) {
        (Part::Conflict(_), [None, Some(_), Some(_)]) => Some(Side::Ours),
        (Part::Conflict(_), [Some(_), None, Some(_)]) => Some(Side::Theirs),
        _ => None,
    };
    let added = |part: &(Part, Ids)| match part.0 {
        Part::One(side, _) => Some(side),
        _ => None,
    };
    let mut joined: Vec<(Part, Ids)> = Vec::with_capacity(parts.len());
    for part in parts {
        match joined.pop() {
            None => joined.push(part),
            Some(last) => match (lost(&last), added(&last), lost(&part), added(&part)) {
                (_, Some(side), Some(gone), _) if side == gone => joined.push(united(part, last, side)),
                (Some(gone), _, _, Some(side)) if side == gone => joined.push(united(last, part, side)),
                _ => joined.extend([last, part]),
            },
        }
    }
    joined.into_iter().map(|(part, _)| part).collect()
}

/// The conflict with the item that stands in its place; one is enough.
fn united(conflict: (Part, Ids), added: (Part, Ids), side: Side) -> (Part, Ids) {
    match (conflict.0, added.0) {
        (Part::Conflict(mut sides), Part::One(_, id)) => {
            sides[number(side)].push(id);
            (Part::Conflict(sides), [None; 3])
        }
        (part, _) => (part, conflict.1),
    }
}
