//! Which leaf of a new text is which leaf of the old one (section 9 of the format, "Edit").

use std::collections::{HashMap, VecDeque};

use imara_diff::{Algorithm, Diff, InternedInput};

/// A leaf as matching sees it.
pub struct Entry<'t> {
    /// Its path as the format encodes it.
    pub path: Vec<u8>,
    /// Where the last element begins in `path`; before it stands the container's path.
    pub last: usize,
    /// Whether the path leads through a list, or is a comment's: then it does not name one leaf.
    pub is_listed: bool,
    /// Whether the leaf is a comment.
    pub is_comment: bool,
    /// Its text in the source.
    pub src: &'t str,
}

impl Entry<'_> {
    fn is_same_text(&self, other: &Self) -> bool {
        self.is_comment == other.is_comment && self.src == other.src
    }

    fn container(&self) -> &[u8] {
        self.path.get(4..self.last).unwrap_or_default()
    }
}

/// What became of a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Match {
    /// The old leaf of this number, path and text as they were.
    Same(usize),
    /// The old leaf of this number with another text, or, its text as it was, under another key at the same place.
    Changed(usize),
    /// No leaf of the old text.
    New,
}

/// For each of `new`, the one of `old` that it continues; no old leaf is given twice. Both are in document order.
///
/// Leaves whose path names them are matched by path. The others by the longest common subsequence over path and text,
/// and between two matches those of one path in order, never crossing. What is left over keeps its identity when only
/// its key changed at the same place.
pub fn match_leaves(old: &[Entry<'_>], new: &[Entry<'_>]) -> Vec<Match> {
    let mut matches = vec![Match::New; new.len()];
    let (old_listed, new_listed) = listed(old, new);
    let mut by_path: HashMap<&[u8], usize> = HashMap::new();
    for (at, entry) in old.iter().enumerate() {
        if !old_listed[at] {
            by_path.insert(&entry.path, at);
        }
    }
    for (at, entry) in new.iter().enumerate() {
        if let (false, Some(&from)) = (new_listed[at], by_path.get(&entry.path[..])) {
            let same = old[from].is_same_text(entry);
            matches[at] = if same { Match::Same(from) } else { Match::Changed(from) };
        }
    }
    match_listed(old, new, &numbers(&old_listed), &numbers(&new_listed), &mut matches);
    match_renamed(old, new, &mut matches);
    matches
}

/// Which leaves of both texts are not named by their path.
fn listed(old: &[Entry<'_>], new: &[Entry<'_>]) -> (Vec<bool>, Vec<bool>) {
    let mut twice: HashMap<&[u8], bool> = HashMap::new();
    for entries in [old, new] {
        let mut seen: HashMap<&[u8], ()> = HashMap::new();
        for entry in entries.iter().filter(|entry| !entry.is_listed) {
            let is_repeated = seen.insert(&entry.path, ()).is_some();
            *twice.entry(&entry.path).or_default() |= is_repeated;
        }
    }
    let flag = |entry: &Entry<'_>| entry.is_listed || twice.get(&entry.path[..]).is_some_and(|&twice| twice);
    (old.iter().map(flag).collect(), new.iter().map(flag).collect())
}

fn numbers(flags: &[bool]) -> Vec<usize> {
    (0..flags.len()).filter(|&at| flags[at]).collect()
}

/// Matches the leaves `old_at` and `new_at` by their common subsequence, then by position between two matches.
fn match_listed(
    old: &[Entry<'_>],
    new: &[Entry<'_>],
    old_at: &[usize],
    new_at: &[usize],
    matches: &mut [Match],
) {
    let mut input: InternedInput<(&[u8], bool, &str)> = InternedInput::default();
    input.update_before(old_at.iter().map(|&at| (&old[at].path[..], old[at].is_comment, old[at].src)));
    input.update_after(new_at.iter().map(|&at| (&new[at].path[..], new[at].is_comment, new[at].src)));
    let diff = Diff::compute(Algorithm::Myers, &input);
    let (mut before, mut after) = (0, 0);
    for hunk in diff.hunks() {
        let (start_old, end_old) = (hunk.before.start as usize, hunk.before.end as usize);
        let (start_new, end_new) = (hunk.after.start as usize, hunk.after.end as usize);
        for (&from, &to) in old_at[before..start_old].iter().zip(&new_at[after..start_new]) {
            matches[to] = Match::Same(from);
        }
        match_by_position(old, new, &old_at[start_old..end_old], &new_at[start_new..end_new], matches);
        (before, after) = (end_old, end_new);
    }
    for (&from, &to) in old_at[before..].iter().zip(&new_at[after..]) {
        matches[to] = Match::Same(from);
    }
}

/// Pairs leaves of one path in order; a pair never crosses one before it.
fn match_by_position(
    old: &[Entry<'_>],
    new: &[Entry<'_>],
    old_at: &[usize],
    new_at: &[usize],
    matches: &mut [Match],
) {
    let mut waiting: HashMap<&[u8], VecDeque<usize>> = HashMap::new();
    for &at in old_at {
        waiting.entry(&old[at].path).or_default().push_back(at);
    }
    let mut last = None;
    for &to in new_at {
        let Some(queue) = waiting.get_mut(&new[to].path[..]) else { continue };
        while queue.front().is_some_and(|&from| Some(from) <= last) {
            queue.pop_front();
        }
        if let Some(from) = queue.pop_front() {
            matches[to] = Match::Changed(from);
            last = Some(from);
        }
    }
}

/// Lets a leaf that is new keep the identity of the one that stood at its place under another key.
fn match_renamed(old: &[Entry<'_>], new: &[Entry<'_>], matches: &mut [Match]) {
    let mut is_taken = vec![false; old.len()];
    for found in matches.iter() {
        if let Match::Same(from) | Match::Changed(from) = *found {
            is_taken[from] = true;
        }
    }
    let mut next = Some(0);
    for to in 0..new.len() {
        next = match matches[to] {
            Match::Same(from) | Match::Changed(from) => Some(from + 1),
            Match::New => next.filter(|&from| {
                let fits = |entry: &Entry<'_>| {
                    !is_taken[from]
                        && entry.container() == new[to].container()
                        && entry.is_same_text(&new[to])
                };
                old.get(from).is_some_and(fits)
            }),
        };
        if let (Match::New, Some(from)) = (matches[to], next) {
            matches[to] = Match::Changed(from);
            is_taken[from] = true;
            next = Some(from + 1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry<'t>(path: &str, src: &'t str) -> Entry<'t> {
        let is_listed = path.contains('[');
        let last = path.rfind('.').map_or(4, |at| at + 4);
        Entry { path: format!("0000{path}").into_bytes(), last, is_listed, is_comment: false, src }
    }

    fn run(old: &[(&str, &'static str)], new: &[(&str, &'static str)]) -> Vec<Match> {
        let entries = |list: &[(&str, &'static str)]| -> Vec<Entry<'static>> {
            list.iter().map(|(path, src)| entry(path, src)).collect()
        };
        match_leaves(&entries(old), &entries(new))
    }

    #[test]
    fn named_leaves_are_matched_in_any_order() {
        let found = run(&[("a", "1"), ("b", "2")], &[("b", "2"), ("a", "x")]);
        assert_eq!(found, [Match::Same(1), Match::Changed(0)]);
    }

    #[test]
    fn an_item_put_in_front_leaves_the_others_alone() {
        let found = run(&[("l[]", "1"), ("l[]", "2")], &[("l[]", "0"), ("l[]", "1"), ("l[]", "2")]);
        assert_eq!(found, [Match::New, Match::Same(0), Match::Same(1)]);
    }

    #[test]
    fn items_between_two_matches_are_paired_in_order() {
        let found =
            run(&[("l[]", "1"), ("l[]", "2"), ("l[]", "3")], &[("l[]", "1"), ("l[]", "x"), ("l[]", "3")]);
        assert_eq!(found, [Match::Same(0), Match::Changed(1), Match::Same(2)]);
    }

    #[test]
    fn a_renamed_entry_keeps_its_identity() {
        let found =
            run(&[("m.a", "1"), ("m.b", "2"), ("m.c", "3")], &[("m.a", "1"), ("m.x", "2"), ("m.c", "3")]);
        assert_eq!(found, [Match::Same(0), Match::Changed(1), Match::Same(2)]);
    }

    #[test]
    fn a_new_value_is_new() {
        assert_eq!(run(&[("m.a", "1")], &[("m.a", "1"), ("m.b", "2")]), [Match::Same(0), Match::New]);
    }
}
