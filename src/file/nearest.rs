//! Which names come nearest to one that was mistyped.

/// How many names a message takes.
const SHOWN: usize = 6;
/// Longer names are compared by their beginnings.
const COMPARED: usize = 64;

/// The names of `names` that are nearest to `wanted`, best first; at most six.
pub(super) fn nearest(wanted: &str, names: impl Iterator<Item = String>) -> Vec<String> {
    let mut ranked: Vec<_> = names.map(|name| (distance(wanted, &name), name)).collect();
    ranked.sort_by_key(|(distance, _)| *distance);
    ranked.into_iter().take(SHOWN).map(|(_, name)| name).collect()
}

/// The number of letters to insert, remove or replace (Levenshtein), without regard to case.
fn distance(a: &str, b: &str) -> usize {
    let letters =
        |text: &str| -> Vec<char> { text.chars().take(COMPARED).flat_map(char::to_lowercase).collect() };
    let (a, b) = (letters(a), letters(b));
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (at, x) in a.iter().enumerate() {
        let mut next = vec![at + 1];
        for (to, y) in b.iter().enumerate() {
            let change = row[to] + usize::from(x != y);
            next.push(change.min(row[to + 1] + 1).min(next[to] + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_comes_first() {
        let names = ["user", "Password", "host"].map(str::to_owned);
        assert_eq!(nearest("pasword", names.into_iter()), ["Password", "user", "host"]);
    }

    #[test]
    fn a_message_takes_six_names() {
        assert_eq!(nearest("x", (0..100).map(|n| n.to_string())).len(), 6);
    }
}
