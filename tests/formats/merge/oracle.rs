//! What a merge should say, by the rules alone: over values, without texts.

use std::cell::Cell;

use dekko::document::Value;

thread_local! {
    /// Whether a list was met whose items changed in a way that these rules do not decide.
    pub static UNCLEAR: Cell<bool> = const { Cell::new(false) };
}

/// The merged value, or `None` in a conflict. `None` in an argument is absent.
pub enum Outcome {
    Is(Option<Value>),
    Conflict,
}

use Outcome::{Conflict, Is};

fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Map(a), Value::Map(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, value)| get(b, key).is_some_and(|other| is_same(value, other)))
        }
        (Value::List(a), Value::List(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b)),
        _ => a == b,
    }
}

/// Whether two values say the same; entries, and items with names, in any order.
pub fn is_alike(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Map(a), Value::Map(b)) => {
            a.len() == b.len()
                && a.iter().all(|(key, value)| get(b, key).is_some_and(|other| is_alike(value, other)))
        }
        (Value::List(left), Value::List(right)) => match (by_name(left), by_name(right)) {
            (Some(a), Some(b)) if !a.is_empty() => is_alike(&Value::Map(a), &Value::Map(b)),
            _ => left.len() == right.len() && left.iter().zip(right).all(|(a, b)| is_alike(a, b)),
        },
        _ => a == b,
    }
}

fn get<'v>(entries: &'v [(String, Value)], key: &str) -> Option<&'v Value> {
    entries.iter().find(|(name, _)| name == key).map(|(_, value)| value)
}

fn is_option_same(a: Option<&Value>, b: Option<&Value>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => is_same(a, b),
        _ => false,
    }
}

pub fn merged(b: Option<&Value>, o: Option<&Value>, t: Option<&Value>) -> Outcome {
    match (o, t) {
        (Some(Value::Map(o)), Some(Value::Map(t))) => {
            let none = Vec::new();
            let b = if let Some(Value::Map(b)) = b { b } else { &none };
            return maps(b, o, t).map_or(Conflict, |entries| Is(Some(Value::Map(entries))));
        }
        (Some(Value::List(o)), Some(Value::List(t))) => {
            let none = Vec::new();
            let b = if let Some(Value::List(b)) = b { b } else { &none };
            return lists(b, o, t).map_or(Conflict, |items| Is(Some(Value::List(items))));
        }
        _ => {}
    }
    if is_option_same(o, t) || is_option_same(t, b) {
        Is(o.cloned())
    } else if is_option_same(o, b) {
        Is(t.cloned())
    } else {
        Conflict
    }
}

type Entries = Vec<(String, Value)>;

fn maps(b: &Entries, o: &Entries, t: &Entries) -> Option<Entries> {
    let mut keys: Vec<&String> = Vec::new();
    for (key, _) in o.iter().chain(t).chain(b) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let mut found = Vec::new();
    for key in keys {
        match merged(get(b, key), get(o, key), get(t, key)) {
            Conflict => return None,
            Is(Some(value)) => found.push((key.clone(), value)),
            Is(None) => {}
        }
    }
    Some(found)
}

/// The items under their names, when each has one of its own.
fn by_name(items: &[Value]) -> Option<Entries> {
    ["name", "id", "key"].iter().find_map(|name| names(items, name))
}

fn names(items: &[Value], name: &str) -> Option<Entries> {
    let mut found: Entries = Vec::new();
    for item in items {
        let Value::Map(entries) = item else { return None };
        let Value::String(text) = get(entries, name)? else { return None };
        if get(&found, text).is_some() {
            return None;
        }
        found.push((text.clone(), item.clone()));
    }
    Some(found)
}

fn lists(b: &[Value], o: &[Value], t: &[Value]) -> Option<Vec<Value>> {
    if !(b.is_empty() && o.is_empty() && t.is_empty()) {
        for name in ["name", "id", "key"] {
            if let (Some(b), Some(o), Some(t)) = (names(b, name), names(o, name), names(t, name)) {
                return maps(&b, &o, &t).map(|entries| entries.into_iter().map(|(_, item)| item).collect());
            }
        }
    }
    let (ours, theirs) = (Script::of(b, o), Script::of(b, t));
    let mut found = Vec::new();
    for at in 0..=b.len() {
        match (&ours.put[at], &theirs.put[at]) {
            (a, c) if c.is_empty() => found.extend(a.iter().cloned()),
            (a, c) if a.is_empty() => found.extend(c.iter().cloned()),
            (a, c) if is_same(&Value::List(a.clone()), &Value::List(c.clone())) => {
                found.extend(a.iter().cloned())
            }
            _ => return None,
        }
        if at == b.len() {
            break;
        }
        match (&ours.kept[at], &theirs.kept[at]) {
            (Fate::Kept, Fate::Kept) => found.push(b[at].clone()),
            (Fate::Gone, Fate::Gone) => {}
            (Fate::Gone, Fate::Kept) | (Fate::Kept, Fate::Gone) => {}
            (Fate::Is(value), Fate::Kept) | (Fate::Kept, Fate::Is(value)) => found.push(value.clone()),
            (Fate::Is(o), Fate::Is(t)) => match merged(Some(&b[at]), Some(o), Some(t)) {
                Is(value) => found.extend(value),
                Conflict => return None,
            },
            (Fate::Is(_), Fate::Gone) | (Fate::Gone, Fate::Is(_)) => return None,
        }
    }
    Some(found)
}

enum Fate {
    Kept,
    Gone,
    Is(Value),
}

/// What a side did with each item, and what it put before each.
struct Script {
    kept: Vec<Fate>,
    put: Vec<Vec<Value>>,
}

impl Script {
    /// By the longest common subsequence; where one item left and one came, the one became the other.
    fn of(b: &[Value], s: &[Value]) -> Self {
        let (n, m) = (b.len(), s.len());
        let twice = |items: &[Value]| {
            (1..items.len()).any(|at| items[..at].iter().any(|other| is_same(other, &items[at])))
        };
        if twice(b) || twice(s) {
            UNCLEAR.set(true);
        }
        let mut length = vec![vec![0usize; m + 1]; n + 1];
        for i in (0..n).rev() {
            for j in (0..m).rev() {
                length[i][j] = if is_same(&b[i], &s[j]) {
                    length[i + 1][j + 1] + 1
                } else {
                    length[i + 1][j].max(length[i][j + 1])
                };
            }
        }
        let mut script = Self { kept: (0..n).map(|_| Fate::Gone).collect(), put: vec![Vec::new(); n + 1] };
        let (mut i, mut j) = (0, 0);
        while i < n || j < m {
            if i < n && j < m && is_same(&b[i], &s[j]) {
                script.kept[i] = Fate::Kept;
                (i, j) = (i + 1, j + 1);
                continue;
            }
            let (from, at) = (i, j);
            while i < n || j < m {
                if i < n && j < m && is_same(&b[i], &s[j]) {
                    break;
                }
                if j < m && (i == n || length[i][j + 1] >= length[i + 1][j]) {
                    j += 1;
                } else {
                    i += 1;
                }
            }
            if i - from == j - at {
                for k in 0..i - from {
                    script.kept[from + k] = Fate::Is(s[at + k].clone());
                }
            } else {
                if i > from && j > at {
                    UNCLEAR.set(true);
                }
                // Where exactly the new ones stand among the old is not known: before them.
                script.put[from].extend(s[at..j].iter().cloned());
            }
        }
        script
    }
}
