//! The three-way merge of lines (diff3), as `git merge-file` does it.

use imara_diff::{Algorithm, Diff, InternedInput};

use super::marks::{Conflict, Piece};

/// A change against the base: these lines of it became those of a side.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub base: std::ops::Range<usize>,
    pub side: std::ops::Range<usize>,
}

/// What changed from `base` to `side`, in order.
pub(super) fn changes<T: Eq + std::hash::Hash + Default>(
    base: impl Iterator<Item = T>,
    side: impl Iterator<Item = T>,
) -> Vec<Change> {
    let mut input = InternedInput::default();
    input.update_before(base);
    input.update_after(side);
    let mut diff = Diff::compute(Algorithm::Myers, &input);
    diff.postprocess_no_heuristic(&input);
    let range = |range: std::ops::Range<u32>| range.start as usize..range.end as usize;
    diff.hunks().map(|hunk| Change { base: range(hunk.before), side: range(hunk.after) }).collect()
}

/// Where the three texts differ: ranges of the base, our and their version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Region {
    pub base: std::ops::Range<usize>,
    pub ours: std::ops::Range<usize>,
    pub theirs: std::ops::Range<usize>,
}

/// Puts changes of both sides together that `touch`: given are the end of the region so far and the start of a change.
pub(super) fn regions(
    ours: &[Change],
    theirs: &[Change],
    mut touch: impl FnMut(&Region, &Change) -> bool,
) -> Vec<Region> {
    let mut found: Vec<Region> = Vec::new();
    let (mut o, mut t) = (0, 0);
    // How far each side's lines are from the base's behind the changes so far.
    let (mut shift_o, mut shift_t) = (0isize, 0isize);
    while o < ours.len() || t < theirs.len() {
        let is_ours = match (ours.get(o), theirs.get(t)) {
            (Some(a), Some(b)) => (a.base.start, a.base.end) <= (b.base.start, b.base.end),
            (a, _) => a.is_some(),
        };
        let change = if is_ours { &ours[o] } else { &theirs[t] };
        let begins = match found.last() {
            Some(last) => !touch(last, change),
            None => true,
        };
        if begins {
            let at = change.base.start;
            let (o, t) = (at.saturating_add_signed(shift_o), at.saturating_add_signed(shift_t));
            found.push(Region { base: at..at, ours: o..o, theirs: t..t });
        }
        let shift = change.side.end.cast_signed() - change.base.end.cast_signed();
        if is_ours {
            shift_o = shift;
            o += 1;
        } else {
            shift_t = shift;
            t += 1;
        }
        if let Some(last) = found.last_mut() {
            last.base.end = last.base.end.max(change.base.end);
            last.ours.end = last.base.end.saturating_add_signed(shift_o);
            last.theirs.end = last.base.end.saturating_add_signed(shift_t);
        }
    }
    found
}

/// Line-wise three-way merge of texts, for the fallback: changes that overlap or touch conflict, unless both sides made the
/// same; a conflict holds no lines at its borders that both sides have. Every conflict has the base's lines.
pub fn lines(base: &str, ours: &str, theirs: &str) -> Vec<Piece> {
    let split = |text| -> Vec<&str> { str::split_inclusive(text, '\n').collect() };
    let (b, o, t) = (split(base), split(ours), split(theirs));
    let from_ours = changes(b.iter().copied(), o.iter().copied());
    let from_theirs = changes(b.iter().copied(), t.iter().copied());
    let found = regions(&from_ours, &from_theirs, |last, change| change.base.start <= last.base.end);
    let mut pieces = Vec::new();
    let mut at = 0;
    for region in found {
        push(&mut pieces, &b[at..region.base.start].concat());
        at = region.base.end;
        let (mut o, mut t) = (&o[region.ours], &t[region.theirs]);
        let b = &b[region.base];
        if o == t || t == b {
            push(&mut pieces, &o.concat());
        } else if o == b {
            push(&mut pieces, &t.concat());
        } else {
            let before = o.iter().zip(t).take_while(|(o, t)| o == t).count();
            push(&mut pieces, &o[..before].concat());
            (o, t) = (&o[before..], &t[before..]);
            let after = o.iter().rev().zip(t.iter().rev()).take_while(|(o, t)| o == t).count();
            let (o, rest) = o.split_at(o.len() - after);
            let t = &t[..t.len() - after];
            pieces.push(Piece::Conflict(Conflict {
                base: Some(b.concat()),
                ours: o.concat(),
                theirs: t.concat(),
            }));
            push(&mut pieces, &rest.concat());
        }
    }
    push(&mut pieces, &b[at..].concat());
    pieces
}

/// Appends a text to what was agreed on so far.
pub(super) fn push(pieces: &mut Vec<Piece>, text: &str) {
    if text.is_empty() {
        return;
    }
    match pieces.last_mut() {
        Some(Piece::Text(last)) => last.push_str(text),
        _ => pieces.push(Piece::Text(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merge::marks::{Side, taken};

    #[test]
    fn changes_apart_are_both_taken() {
        let pieces = lines("a\nb\nc\nd\n", "A\nb\nc\nd\n", "a\nb\nc\nD\ne");
        assert_eq!(pieces, [Piece::Text("A\nb\nc\nD\ne".to_owned())]);
    }

    #[test]
    fn changes_that_touch_conflict() {
        let pieces = lines("a\nb\n", "A\nb\n", "a\nB\n");
        let conflict = Conflict {
            base: Some("a\nb\n".to_owned()),
            ours: "A\nb\n".to_owned(),
            theirs: "a\nB\n".to_owned(),
        };
        assert_eq!(pieces, [Piece::Conflict(conflict)]);
    }

    #[test]
    fn the_same_change_is_none() {
        assert_eq!(lines("a\n", "b\n", "b\n"), [Piece::Text("b\n".to_owned())]);
        assert_eq!(lines("", "", ""), []);
    }

    #[test]
    fn the_sides_of_a_conflict_are_the_sides() {
        let (base, ours, theirs) = ("1\n2\n3\n4\n5\n6\n", "1\nx\n3\n4\ny\n6\n", "1\nz\n3\n4\n5\nw\n6\n");
        let pieces = lines(base, ours, theirs);
        assert_eq!(taken(&pieces, Side::Ours), ours);
        assert_eq!(pieces.iter().filter(|piece| matches!(piece, Piece::Conflict(_))).count(), 2);
    }
}
