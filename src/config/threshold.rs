//! Threshold groups: `vault-door = { threshold = 2, of = ["alice", "bob", "carol"] }` in `[recipients]`.

use std::collections::{BTreeMap, BTreeSet};

use crate::document::escape;
use crate::error::Result;
use crate::provider;
use crate::provider::threshold::{Group, MOST_DEEP, MOST_SHARES};

use super::people;
use super::section::{Section, Word, wrong};

/// The keys that a group knows.
const KEYS: &[&str] = &["threshold", "of"];

/// A group as it is written.
pub(super) struct Threshold {
    needed: usize,
    of: Vec<Word>,
    line: Option<usize>,
}

impl Threshold {
    /// Reads the group called `name`.
    pub(super) fn read(name: &Word, section: Section<'_>) -> Result<Self> {
        let section = section.of_keys(KEYS)?;
        let shown = escape(&name.text);
        if !name.text.is_ascii() {
            let what = format!("'{shown}' names a threshold group, and stands in files: it must be ASCII");
            return Err(wrong(name.line, what));
        }
        let missing = |key: &str| wrong(name.line, format!("the threshold group '{shown}' needs '{key}'"));
        let (needed, line) = section.integer("threshold")?.ok_or_else(|| missing("threshold"))?;
        let of = section.list("of")?.ok_or_else(|| missing("of"))?;
        match usize::try_from(needed) {
            Ok(needed) if needed >= 2 && needed <= of.len() => Ok(Self { needed, of, line: name.line }),
            _ => {
                let what =
                    format!("'threshold' of '{shown}' must be 2 to {}, the number of its members", of.len());
                Err(wrong(line, what))
            }
        }
    }
}

/// The texts of `groups`, with the members that their names stand for; `known` are the other recipients.
pub(super) fn texts(
    groups: &BTreeMap<String, Threshold>,
    known: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>> {
    let text = |name: &String| {
        let mut opening = Opening { groups, known, way: Vec::new(), seen: BTreeSet::new() };
        Ok((name.clone(), opening.open(name)?.unwrap_or_default()))
    };
    groups.keys().map(text).collect()
}

/// A group on the way to its text.
struct Opening<'a> {
    groups: &'a BTreeMap<String, Threshold>,
    known: &'a BTreeMap<String, String>,
    /// The groups from the outermost to the one that is opened.
    way: Vec<&'a str>,
    /// Whoever has a share already.
    seen: BTreeSet<String>,
}

impl<'a> Opening<'a> {
    /// The text of the group called `name`; `None` when there is none. It goes no deeper than groups may, and meets nobody twice.
    fn open(&mut self, name: &str) -> Result<Option<String>> {
        let Some((name, group)) = self.groups.get_key_value(name) else { return Ok(None) };
        self.way.push(name);
        let mut members = Vec::with_capacity(group.of.len());
        for word in &group.of {
            if self.way.contains(&word.text.as_str()) {
                let what = format!("the threshold group '{}' holds itself by way of '{name}'", word.text);
                return Err(wrong(word.line, what));
            }
            if self.way.len() == MOST_DEEP && self.groups.contains_key(&word.text) {
                let what =
                    format!("threshold groups may be {MOST_DEEP} deep; '{}' would be deeper", word.text);
                return Err(wrong(word.line, what));
            }
            let member = match self.open(&word.text)? {
                Some(text) => text,
                None => self.leaf(word, name)?,
            };
            members.push(member);
        }
        self.way.pop();
        Ok(Some(Group::text(name, group.needed, &members)))
    }

    /// The recipient that `word` stands for in the group called `name`.
    fn leaf(&mut self, word: &Word, name: &str) -> Result<String> {
        let text = match self.known.get(&word.text) {
            Some(text) => text.clone(),
            None => people::recipient(word)?,
        };
        let shown = escape(&word.text);
        if provider::threshold::name_of(&text).is_some() {
            let what = format!("give the group in '{name}' a name in [recipients] of its own");
            return Err(wrong(word.line, what));
        }
        let text = match provider::recipient(&text) {
            Ok(text) => text,
            // Another build may know its provider; what it is called in files is what is written here.
            Err(_) if !text.contains(char::is_whitespace) => text,
            Err(error) => return Err(wrong(word.line, error.to_string())),
        };
        if !self.seen.insert(text.clone()) {
            let what = format!(
                "'{shown}' has a share already in the threshold group '{}'",
                self.way.first().unwrap_or(&name)
            );
            return Err(wrong(word.line, what));
        }
        if self.seen.len() > MOST_SHARES {
            let line = self.groups.get(name).and_then(|group| group.line);
            return Err(wrong(line, format!("a threshold group has at most {MOST_SHARES} shares")));
        }
        Ok(text)
    }
}
