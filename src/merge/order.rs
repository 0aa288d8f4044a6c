//! In which order the keys of both sides stand.

use std::collections::HashMap;

/// The keys of a container in each version, as numbers below `count`; in the order of the text.
pub(super) struct Orders<'k> {
    pub ours: &'k [usize],
    pub theirs: &'k [usize],
    pub base: &'k [usize],
    pub count: usize,
}

/// The keys that `stays` in the order of the result: ours, or theirs when only they moved what all have; a key that only
/// the other side has comes behind the nearest one before it there, and behind what this side put at that place.
pub(super) fn order(orders: &Orders<'_>, stays: &dyn Fn(usize) -> bool) -> Vec<usize> {
    let Orders { ours, theirs, base, count } = *orders;
    let is_in = |keys: &[usize]| {
        let mut found = vec![false; count];
        keys.iter().for_each(|&key| found[key] = true);
        found
    };
    let (in_ours, in_theirs, in_base) = (is_in(ours), is_in(theirs), is_in(base));
    let common = |keys: &[usize]| -> Vec<usize> {
        keys.iter().copied().filter(|&key| in_ours[key] && in_theirs[key] && in_base[key]).collect()
    };
    let (o, t, b) = (common(ours), common(theirs), common(base));
    let is_swapped = o == b && t != b;
    let (main, other) = if is_swapped { (theirs, ours) } else { (ours, theirs) };
    let (in_main, in_other) = if is_swapped { (&in_theirs, &in_ours) } else { (&in_ours, &in_theirs) };
    // A list linked by number; `count` is its head.
    let head = count;
    let mut next: Vec<Option<usize>> = vec![None; count + 1];
    let mut is_there = vec![false; count];
    let mut last = head;
    for &key in main.iter().filter(|&&key| stays(key)) {
        next[last] = Some(key);
        is_there[key] = true;
        last = key;
    }
    let is_put = |key: usize| in_main[key] && !in_other[key] && !in_base[key];
    let mut before = head;
    for &key in other.iter().filter(|&&key| stays(key)) {
        if !is_there[key] {
            while let Some(behind) = next[before].filter(|&behind| is_put(behind)) {
                before = behind;
            }
            next[key] = next[before];
            next[before] = Some(key);
            is_there[key] = true;
        }
        before = key;
    }
    let mut found = Vec::with_capacity(count);
    let mut at = next[head];
    while let Some(key) = at {
        found.push(key);
        at = next[key];
    }
    found
}

/// Numbers for the keys of three versions.
#[derive(Default)]
pub(super) struct Numbers<'k> {
    numbers: HashMap<&'k [u8], usize>,
}

impl<'k> Numbers<'k> {
    pub fn of(&mut self, key: &'k [u8]) -> usize {
        let next = self.numbers.len();
        *self.numbers.entry(key).or_insert(next)
    }

    pub fn count(&self) -> usize {
        self.numbers.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(ours: &[usize], theirs: &[usize], base: &[usize], gone: &[usize]) -> Vec<usize> {
        order(&Orders { ours, theirs, base, count: 9 }, &|key| !gone.contains(&key))
    }

    #[test]
    fn a_new_key_comes_behind_the_one_before_it() {
        assert_eq!(run(&[1, 2, 3], &[1, 4, 2, 3], &[1, 2, 3], &[]), [1, 4, 2, 3]);
        assert_eq!(run(&[1, 5, 2], &[1, 4, 2], &[1, 2], &[]), [1, 5, 4, 2]);
        assert_eq!(run(&[5, 1], &[4, 1], &[1], &[]), [5, 4, 1]);
        assert_eq!(run(&[1], &[1, 2, 4], &[1, 2], &[2]), [1, 4]);
    }

    #[test]
    fn the_side_that_moved_keys_decides() {
        assert_eq!(run(&[3, 2, 1], &[1, 2, 4, 3], &[1, 2, 3], &[]), [3, 2, 4, 1]);
        assert_eq!(run(&[1, 2, 3, 4], &[3, 2, 1], &[1, 2, 3], &[]), [3, 4, 2, 1]);
    }
}
