//! The three-way merge of lines (diff3), as `git merge-file` does it.

use std::collections::HashMap;

use imara_diff::{Algorithm, Diff, InternedInput, Token};

use super::marks::{Conflict, Piece, Side};

/// A change against the base: these lines of it became those of a side.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub base: std::ops::Range<usize>,
    pub side: std::ops::Range<usize>,
}

/// How many pairs of lines two texts may have to be compared as a whole: the comparison costs that much where few lines
/// are different ones and many changed. Two texts of 11,000 lines have as many.
const PAIRS: usize = 1 << 27;

/// What changed from `base` to `side`, in order.
pub(super) fn changes<T: Eq + std::hash::Hash + Default>(
    base: impl Iterator<Item = T>,
    side: impl Iterator<Item = T>,
) -> Vec<Change> {
    let mut input = InternedInput::default();
    input.update_before(base);
    input.update_after(side);
    if input.before.len().saturating_mul(input.after.len()) > PAIRS {
        let numbers = |tokens: &[Token]| -> Vec<u32> { tokens.iter().map(|token| token.0).collect() };
        return anchored(&numbers(&input.before), &numbers(&input.after));
    }
    let mut diff = Diff::compute(Algorithm::Myers, &input);
    diff.postprocess_no_heuristic(&input);
    let range = |range: std::ops::Range<u32>| range.start as usize..range.end as usize;
    diff.hunks().map(|hunk| Change { base: range(hunk.before), side: range(hunk.after) }).collect()
}

/// [`changes`] of large texts: compared piece by piece between lines that each has once, in the same order. A piece that
/// is still too large counts as one change.
fn anchored(base: &[u32], side: &[u32]) -> Vec<Change> {
    let mut found = Vec::new();
    let mut from = (0, 0);
    let ends = anchors(base, side).into_iter().chain([(base.len(), side.len())]);
    for (b, s) in ends {
        let (old, new) = (&base[from.0..b], &side[from.1..s]);
        let before = old.iter().zip(new).take_while(|(old, new)| old == new).count();
        let (old, new) = (&old[before..], &new[before..]);
        let after = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
        let (old, new) = (&old[..old.len() - after], &new[..new.len() - after]);
        let start = (from.0 + before, from.1 + before);
        if old.len().saturating_mul(new.len()) > PAIRS {
            let (base, side) = (start.0..start.0 + old.len(), start.1..start.1 + new.len());
            found.push(Change { base, side });
        } else {
            let shifted = |range: std::ops::Range<usize>, by: usize| range.start + by..range.end + by;
            let within = changes(old.iter().copied(), new.iter().copied()).into_iter();
            found.extend(within.map(|Change { base, side }| Change {
                base: shifted(base, start.0),
                side: shifted(side, start.1),
            }));
        }
        from = (b, s);
    }
    found
}

/// The places of the longest row of lines that stand once in either text, in the same order.
fn anchors(base: &[u32], side: &[u32]) -> Vec<(usize, usize)> {
    // Where a line stands; nowhere when it does so twice.
    let once = |lines: &[u32]| {
        let mut places: HashMap<u32, Option<usize>> = HashMap::with_capacity(lines.len());
        for (at, &line) in lines.iter().enumerate() {
            places.entry(line).and_modify(|place| *place = None).or_insert(Some(at));
        }
        places
    };
    let (in_base, in_side) = (once(base), once(side));
    let place = |places: &HashMap<u32, Option<usize>>, line| places.get(line).copied().flatten();
    let pairs = base.iter().filter_map(|line| Some((place(&in_base, line)?, place(&in_side, line)?)));
    // Patience sorting: the last pair of the best row of each length, and for each pair the one before it.
    let mut rows: Vec<((usize, usize), Option<usize>)> = Vec::new();
    let mut last: Vec<usize> = Vec::new();
    for pair in pairs {
        let length = last.partition_point(|&row| rows[row].0.1 < pair.1);
        rows.push((pair, length.checked_sub(1).map(|at| last[at])));
        match last.get_mut(length) {
            Some(row) => *row = rows.len() - 1,
            None => last.push(rows.len() - 1),
        }
    }
    let mut row = Vec::new();
    let mut at = last.last().copied();
    while let Some((pair, before)) = at.map(|at| rows[at]) {
        row.push(pair);
        at = before;
    }
    row.reverse();
    row
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

/// The lines that are other in `new` than in `old`, in order, without their ends: with [`Side::Base`] those of `old`, with
/// [`Side::Ours`] those of `new`.
pub fn changed_lines<'t>(old: &'t str, new: &'t str) -> Vec<(Side, &'t str)> {
    let (b, o): (Vec<&str>, Vec<&str>) =
        (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let found = changes(b.iter().copied(), o.iter().copied());
    let lines = found.into_iter().flat_map(|change| {
        let old = b[change.base].iter().map(|line| (Side::Base, *line));
        old.chain(o[change.side].iter().map(|line| (Side::Ours, *line))).collect::<Vec<_>>()
    });
    lines.map(|(side, line)| (side, line.strip_suffix('\n').unwrap_or(line))).collect()
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
    use crate::merge::marks::taken;

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
    fn large_texts_are_compared_between_lines_that_stand_once() {
        // Every second line is the same; 9 at a distance of each other are changed, moved and taken out.
        let line = |n: usize| if n.is_multiple_of(2) { "same\n".to_owned() } else { format!("{n}\n") };
        let base: Vec<String> = (0..30_000).map(line).collect();
        let mut side = base.clone();
        side[1_001] = "other\n".to_owned();
        side.swap(15_001, 15_003);
        side.remove(20_001);
        side.insert(29_000, "new\n".to_owned());
        let (base, side) = (base.concat(), side.concat());
        let pieces = lines(&base, &side, &base);
        assert_eq!(pieces, [Piece::Text(side.clone())]);
        let number = changed_lines(&base, &side).len();
        assert!((7..=9).contains(&number), "{number}");
    }

    #[test]
    fn large_texts_with_little_in_common_are_one_conflict() {
        // Knuth's MMIX generator; its high bits are random enough.
        let text = |mut seed: u64| -> String {
            let mut line = || {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                ["a\n", "b\n", "c\n"][(seed >> 33) as usize % 3]
            };
            (0..20_000).map(|_| line()).collect()
        };
        let (base, ours, theirs) = (text(1), text(2), text(3));
        let pieces = lines(&base, &ours, &theirs);
        assert!(pieces.iter().filter(|piece| matches!(piece, Piece::Conflict(_))).count() == 1);
        assert_eq!((taken(&pieces, Side::Ours), taken(&pieces, Side::Theirs)), (ours, theirs));
    }

    #[test]
    fn the_sides_of_a_conflict_are_the_sides() {
        let (base, ours, theirs) = ("1\n2\n3\n4\n5\n6\n", "1\nx\n3\n4\ny\n6\n", "1\nz\n3\n4\n5\nw\n6\n");
        let pieces = lines(base, ours, theirs);
        assert_eq!(taken(&pieces, Side::Ours), ours);
        assert_eq!(pieces.iter().filter(|piece| matches!(piece, Piece::Conflict(_))).count(), 2);
    }
}
