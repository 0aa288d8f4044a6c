//! Who `dekko.toml` names: `[recipients]`, threshold groups among them, and `[groups]`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use crate::document::{escape, nearest, similar};
use crate::envelope::MAX_RECIPIENTS;
use crate::error::{Error, Result};
use crate::provider;

use super::section::{Section, Word, wrong};
use super::threshold::{self, Threshold};

/// A recipient and the name that the configuration gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name in `[recipients]`, when it was asked for by one.
    pub name: Option<String>,
    /// The recipient as written: `age1…`, `ssh-ed25519 AAAA…`; a threshold group with its members.
    pub text: String,
}

/// The names of a configuration and what they stand for.
#[derive(Clone, Debug, Default)]
pub(super) struct People {
    recipients: BTreeMap<String, String>,
    groups: BTreeMap<String, Vec<Word>>,
    /// The names by what files call the recipients; made when the first is asked for.
    names: OnceLock<BTreeMap<String, String>>,
}

impl People {
    /// Reads both tables; every name in a group is known afterwards, and no group holds itself.
    pub(super) fn read(recipients: Option<Section>, groups: Option<Section>) -> Result<Self> {
        let mut people = Self::default();
        let mut thresholds = BTreeMap::new();
        for name in recipients.iter().flat_map(Section::keys) {
            check_name(&name)?;
            let section = recipients.as_ref();
            let table =
                section.map(|section| section.table_within(&name.text, "a threshold group")).transpose()?;
            if let Some(table) = table.flatten() {
                thresholds.insert(name.text.clone(), Threshold::read(&name, table)?);
                continue;
            }
            let word = section.map(|section| section.text(&name.text)).transpose()?.flatten();
            if let Some(word) = word {
                let text = recipient(&word)?;
                people.recipients.insert(name.text, text);
            }
        }
        let texts = threshold::texts(&thresholds, &people.recipients)?;
        people.recipients.extend(texts);
        for name in groups.iter().flat_map(Section::keys) {
            check_name(&name)?;
            if people.recipients.contains_key(&name.text) {
                let what = format!("'{}' is a recipient already, and cannot be a group", name.text);
                return Err(wrong(name.line, what));
            }
            let members = groups.as_ref().map(|section| section.list(&name.text)).transpose()?.flatten();
            people.groups.insert(name.text, members.unwrap_or_default());
        }
        people.check_groups()?;
        Ok(people)
    }

    /// Refuses groups with unknown members, and groups that hold themselves.
    fn check_groups(&self) -> Result<()> {
        for member in self.groups.values().flatten() {
            self.check(member)?;
        }
        let mut done = BTreeSet::new();
        for name in self.groups.keys() {
            // The way from `name` down: each group on it, with the members not yet looked at.
            let mut way: Vec<(&str, std::slice::Iter<Word>)> = Vec::new();
            let mut on_way = BTreeSet::new();
            let mut next = Some(name.as_str());
            loop {
                let group = next.take().and_then(|name| self.groups.get_key_value(name));
                if let Some((name, members)) = group
                    && done.insert(name.as_str())
                {
                    on_way.insert(name.as_str());
                    way.push((name, members.iter()));
                }
                let Some((group, members)) = way.last_mut() else { break };
                match members.next() {
                    Some(member) if on_way.contains(member.text.as_str()) => {
                        let what =
                            format!("group '{group}' holds itself by way of '{}'", escape(&member.text));
                        return Err(wrong(member.line, what));
                    }
                    Some(member) => next = Some(&member.text),
                    None => {
                        on_way.remove(*group);
                        way.pop();
                    }
                }
            }
        }
        Ok(())
    }

    /// Refuses a `word` that is neither a name here nor a recipient.
    pub(super) fn check(&self, word: &Word) -> Result<()> {
        if self.recipients.contains_key(&word.text) || self.groups.contains_key(&word.text) {
            return Ok(());
        }
        recipient(word).map(|_| ())
    }

    /// The recipients that `asked` stands for, groups opened, each once, in the order of their first mention.
    ///
    /// # Errors
    /// [`Error::Recipient`] for what is neither a name nor a recipient; [`Error::Config`] when there are more than 128.
    pub(super) fn resolve<'a>(&'a self, asked: impl IntoIterator<Item = &'a str>) -> Result<Vec<Named>> {
        let mut found: Vec<Named> = Vec::new();
        let (mut seen, mut ids) = (BTreeSet::new(), BTreeSet::new());
        let mut rest: Vec<&str> = asked.into_iter().collect();
        rest.reverse();
        while let Some(word) = rest.pop() {
            if !seen.insert(word) {
                continue;
            }
            if let Some(members) = self.groups.get(word) {
                rest.extend(members.iter().rev().map(|member| member.text.as_str()));
                continue;
            }
            let named = match self.recipients.get(word) {
                Some(text) => Named { name: Some(word.to_owned()), text: text.clone() },
                None => {
                    Named { name: None, text: unnamed(word).map_err(|error| self.with_names(error, word))? }
                }
            };
            if ids.insert(id(&named.text)) {
                found.push(named);
            }
            if found.len() > MAX_RECIPIENTS {
                return Err(wrong(None, format!("more than {MAX_RECIPIENTS} recipients")));
            }
        }
        Ok(found)
    }

    /// `error`, which refuses `word`, with the names that it may have been meant for.
    fn with_names(&self, error: Error, word: &str) -> Error {
        let Error::Recipient { recipient, reason } = error else { return error };
        let names = || self.recipients.keys().chain(self.groups.keys()).cloned();
        let quoted = |names: Vec<String>| {
            names.iter().map(|name| format!("'{}'", escape(name))).collect::<Vec<_>>().join(", ")
        };
        let said = match (similar(word, names()), nearest(word, names())) {
            _ if fault(word).is_some() => String::new(),
            (_, known) if known.is_empty() => String::new(),
            (close, known) if close.is_empty() => format!("; known are {}", quoted(known)),
            (close, _) => format!("; did you mean {}?", quoted(close)),
        };
        Error::Recipient { recipient, reason: reason + &said }
    }

    /// The name of the recipient that files call `rid`; of several names the first in their order.
    pub(super) fn name_of(&self, rid: &str) -> Option<&str> {
        let names = self.names.get_or_init(|| {
            let by_id = self.recipients.iter().rev().map(|(name, text)| (id(text), name.clone()));
            by_id.collect()
        });
        names.get(rid).map(String::as_str)
    }

    /// Every recipient with a name, in the order of names.
    pub(super) fn named(&self) -> impl Iterator<Item = (&str, &str)> {
        self.recipients.iter().map(|(name, text)| (name.as_str(), text.as_str()))
    }
}

/// A recipient without a name, given by its text.
fn unnamed(text: &str) -> Result<String> {
    let refuse = |reason: &str| Error::Recipient { recipient: shown(text), reason: reason.to_owned() };
    match fault(text) {
        None if looks_like_recipient(text.trim()) => Ok(text.trim().to_owned()),
        None => Err(refuse("is neither a recipient nor a name in 'dekko.toml'")),
        Some(why) => Err(refuse(why)),
    }
}

/// The recipient in `word`; whether a provider knows it is for the provider to say.
pub(super) fn recipient(word: &Word) -> Result<String> {
    if let Some(why) = fault(&word.text) {
        return Err(wrong(word.line, format!("a recipient here {why}")));
    }
    let text = word.text.trim();
    if looks_like_recipient(text) {
        return Ok(text.to_owned());
    }
    Err(wrong(word.line, format!("'{}' is neither a recipient nor a known name", escape(text))))
}

/// Why `text` must not be shown nor used.
fn fault(text: &str) -> Option<&'static str> {
    let upper = text.to_ascii_uppercase();
    if upper.contains("AGE-SECRET-KEY-") || upper.contains("AGE-PLUGIN-") || upper.contains("PRIVATE KEY") {
        return Some(
            "is a secret key: take it out and use its public side; if it was ever shared, replace it",
        );
    }
    if text.chars().any(char::is_control) || text.len() > 8192 {
        return Some("is longer than 8 KiB or has control characters in it");
    }
    None
}

/// `text` for a message: nothing of what could be a secret key.
fn shown(text: &str) -> String {
    if fault(text).is_some() { "[not shown]".to_owned() } else { escape(text) }
}

/// Whether `text` can only be a recipient: no name looks like it.
fn looks_like_recipient(text: &str) -> bool {
    text.starts_with("age1") || text.starts_with("ssh-") || text.contains(':')
}

/// Refuses names that could be taken for a recipient, or do something to a terminal.
fn check_name(name: &Word) -> Result<()> {
    let text = name.text.as_str();
    let plain = text.chars().all(|c| c.is_alphanumeric() || "._@+-".contains(c));
    if !text.is_empty() && text.len() <= 64 && plain && !looks_like_recipient(text) {
        return Ok(());
    }
    let what = "cannot be a name: names are letters, digits and '._@+-', at most 64, and do not look like recipients";
    Err(wrong(name.line, format!("'{}' {what}", shown(text))))
}

/// What files call the recipient `text`; the text itself when no provider here knows it.
fn id(text: &str) -> String {
    provider::recipient(text).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_key_is_refused_and_not_shown() {
        let people = People::default();
        let error = people.resolve(["age-secret-key-1QQQQ"]).expect_err("a secret key").to_string();
        assert!(error.contains("secret key") && !error.contains("QQQQ"), "{error}");
    }
}
