//! Which names come nearest to one that was mistyped.

/// How many names a message takes.
const SHOWN: usize = 6;
/// Longer names are compared by their beginnings.
const COMPARED: usize = 64;

/// The names of `names` that are nearest to `wanted`, best first; at most six.
pub fn nearest(wanted: &str, names: impl Iterator<Item = String>) -> Vec<String> {
    let mut ranked: Vec<_> = names.map(|name| (distance(wanted, &name), name)).collect();
    ranked.sort_by_key(|(distance, _)| *distance);
    ranked.into_iter().take(SHOWN).map(|(_, name)| name).collect()
}

/// The names of `names` that `wanted` can be a slip of the finger for, best first; at most six. Names that differ in
/// nothing but digits are none.
pub fn similar(wanted: &str, names: impl Iterator<Item = String>) -> Vec<String> {
    let letters = |text: &str| text.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
    let is_similar = |name: &String| {
        3 * distance(wanted, name) <= wanted.chars().take(COMPARED).count()
            && letters(name) != letters(wanted)
    };
    nearest(wanted, names.filter(is_similar))
}

/// The number of letters to insert, remove, replace, or swap with their neighbours, without regard to case (optimal
/// string alignment).
fn distance(a: &str, b: &str) -> usize {
    let letters =
        |text: &str| -> Vec<char> { text.chars().take(COMPARED).flat_map(char::to_lowercase).collect() };
    let (a, b) = (letters(a), letters(b));
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut before: Vec<usize> = Vec::new();
    for (at, x) in a.iter().enumerate() {
        let mut next = vec![at + 1];
        for (to, y) in b.iter().enumerate() {
            let change = row[to] + usize::from(x != y);
            let mut least = change.min(row[to + 1] + 1).min(next[to] + 1);
            let is_swapped = at > 0 && to > 0 && a[at - 1] == *y && b[to - 1] == *x;
            if let Some(swapped) = before.get(to.wrapping_sub(1)).filter(|_| is_swapped) {
                least = least.min(swapped + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
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
    fn a_slip_of_the_finger_is_told_from_another_name() {
        let found = |wanted| similar(wanted, ["bob", "password", "key1"].map(str::to_owned).into_iter());
        assert_eq!(found("bbo"), ["bob"]);
        assert_eq!(found("passwrd"), ["password"]);
        for other in ["alice", "key2", "x", ""] {
            assert_eq!(found(other), [""; 0], "{other}");
        }
    }

    #[test]
    fn a_message_takes_six_names() {
        assert_eq!(nearest("x", (0..100).map(|n| n.to_string())).len(), 6);
    }
}
