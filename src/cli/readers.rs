//! Recipients with the names that people know them by.

use std::fmt;
use std::path::Path;

use super::context::Context;
use crate::config::{Config, Named};
use crate::crypto::{DataKey, FileId};
use crate::document::escape;
use crate::envelope::{Envelope, WrappedKey};
use crate::error::{Error, Result};
use crate::provider::threshold::{Group, rid_of};
use crate::provider::{self, recipient_of};

/// The longest recipient that is shown whole; ssh-rsa keys are longer.
const SHOWN: usize = 120;

/// Someone who can read a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reader {
    /// The name in `dekko.toml`.
    pub name: Option<String>,
    /// The recipient: `age:age1…`, of a group with its members.
    pub rid: String,
    /// The members of a group.
    pub members: Vec<Reader>,
}

impl Reader {
    /// For `--json`: `name` (null when nobody gave one) and `recipient`; of a group also `threshold`, how many it takes,
    /// and its `members`.
    pub fn as_json(&self) -> serde_json::Value {
        let mut json = serde_json::json!({ "name": self.name, "recipient": rid_of(&self.rid) });
        if let (Some(group), Some(object)) = (Group::of(&self.rid), json.as_object_mut()) {
            object.insert("threshold".to_owned(), group.needed.into());
            object.insert("members".to_owned(), self.members.iter().map(Self::as_json).collect());
        }
        json
    }

    /// The recipient `rid`, of a group with its members.
    pub fn of(rid: impl Into<String>, config: Option<&Config>) -> Self {
        Self::called(None, rid.into(), config)
    }

    // Groups stand in groups at most four deep.
    fn called(name: Option<String>, rid: String, config: Option<&Config>) -> Self {
        let members = Group::of(&rid).map(|group| group.members).unwrap_or_default();
        let members = members.into_iter().map(|member| Self::of(member, config)).collect();
        Self { name: name.or_else(|| name_of(&rid, config)), rid, members }
    }

    /// The recipients that `envelope` states, by name; those without one last, in the order of the file.
    pub fn of_file(envelope: &Envelope, config: Option<&Config>) -> Vec<Self> {
        let recipients = envelope.recipients.iter();
        let mut readers: Vec<_> = recipients.map(|known| Self::of(recipient_of(known), config)).collect();
        readers.sort_by(|a, b| (a.name.is_none(), &a.name).cmp(&(b.name.is_none(), &b.name)));
        readers
    }

    /// The recipients that `words` stand for: names and groups of `config`, or recipients themselves; each once.
    ///
    /// # Errors
    /// [`Error::Recipient`] for what is neither.
    pub fn named(words: &[String], config: Option<&Config>) -> Result<Vec<Self>> {
        let nobody = Config::parse("version = 1\n", Path::new("."))?;
        let config = config.unwrap_or(&nobody);
        let mut readers = Vec::new();
        for word in words {
            for named in config.resolve(word)? {
                push_new(&mut readers, Self::read(named, config)?);
            }
        }
        Ok(readers)
    }

    /// The recipients in `named`, which `config` gave.
    ///
    /// # Errors
    /// [`Error::Recipient`] for one that no provider knows.
    pub fn all(named: Vec<Named>, config: &Config) -> Result<Vec<Self>> {
        let mut readers = Vec::new();
        for named in named {
            push_new(&mut readers, Self::read(named, config)?);
        }
        Ok(readers)
    }

    fn read(named: Named, config: &Config) -> Result<Self> {
        let rid = provider::recipient(&named.text)?;
        Ok(Self::called(named.name, rid, Some(config)))
    }

    /// The recipient as people write it, without `age:`; long keys with their middle left out.
    pub fn key(&self) -> String {
        if let Some(members) = self.of_members() {
            return format!("{} ({members})", escape(rid_of(&self.rid)));
        }
        let text = self.text();
        if text.len() <= SHOWN || !text.is_ascii() {
            return escape(&text);
        }
        let (start, end) =
            (text.get(..40).unwrap_or_default(), text.get(text.len() - 40..).unwrap_or_default());
        escape(&format!("{start}…{end}"))
    }

    /// The recipient as people write it.
    fn text(&self) -> String {
        let text = self.rid.strip_prefix("age:").unwrap_or(&self.rid);
        text.replacen("ssh-ed25519:", "ssh-ed25519 ", 1).replacen("ssh-rsa:", "ssh-rsa ", 1)
    }

    /// The name, and the whole key, to be compared letter by letter; of a group how many of whom it takes.
    pub fn in_full(&self) -> String {
        let key = self.of_members().unwrap_or_else(|| escape(&self.text()));
        match &self.name {
            Some(name) => format!("{} ({key})", escape(name)),
            None if self.members.is_empty() => key,
            None => format!("{} ({key})", escape(rid_of(&self.rid))),
        }
    }

    /// Everybody in a group, however deep in it, with how deep: 0 for its own members.
    pub fn everybody(&self) -> Vec<(usize, &Self)> {
        let mut all = Vec::new();
        for member in &self.members {
            all.push((0, member));
            all.extend(member.everybody().into_iter().map(|(depth, reader)| (depth + 1, reader)));
        }
        all
    }

    /// A line for each member of a group, with its whole key; those of groups in it below theirs.
    pub fn lines(&self) -> Vec<String> {
        let line = |(depth, reader): (usize, &Self)| format!("{}{}", "  ".repeat(depth), reader.in_full());
        self.everybody().into_iter().map(line).collect()
    }

    /// Of a group, how many of whom it takes: `2 of 3: alice, bob, carol`.
    fn of_members(&self) -> Option<String> {
        let needed = Group::of(&self.rid)?.needed;
        let shown = |member: &Self| match (&member.name, member.of_members()) {
            (Some(name), Some(members)) => format!("{} ({members})", escape(name)),
            (Some(name), None) => escape(name),
            (None, _) => member.key(),
        };
        let members: Vec<_> = self.members.iter().map(shown).collect();
        Some(format!("{needed} of {}: {}", members.len(), members.join(", ")))
    }
}

impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => {
                write!(f, "{} ({})", escape(name), self.of_members().unwrap_or_else(|| self.key()))
            }
            None => f.write_str(&self.key()),
        }
    }
}

fn push_new(readers: &mut Vec<Reader>, reader: Reader) {
    if readers.iter().all(|known| known.rid != reader.rid) {
        readers.push(reader);
    }
}

/// The name that `config` gives to `rid`; the canonical form of a recipient may differ from how it is written there.
fn name_of(rid: &str, config: Option<&Config>) -> Option<String> {
    let config = config?;
    let is_meant = |text: &str| provider::recipient(text).is_ok_and(|known| known == rid);
    let found = config.name_of(rid);
    let found = found.or_else(|| config.named().find(|(_, text)| is_meant(text)).map(|(name, _)| name));
    found.map(str::to_owned)
}

/// `readers` in one line.
pub(super) fn list(readers: &[Reader]) -> String {
    readers.iter().map(Reader::to_string).collect::<Vec<_>>().join(", ")
}

impl Context {
    /// `words`, with the key in the place of each alias that a service must be asked for: files name keys alone.
    ///
    /// # Errors
    /// As [`provider::resolve`].
    pub fn without_aliases(&self, words: &[String]) -> Result<Vec<String>> {
        let key = |word: &String| match provider::is_alias(word) {
            true => provider::resolve(word, self.session()?),
            false => Ok(word.clone()),
        };
        words.iter().map(key).collect()
    }

    /// The data key of a file, wrapped for each of `readers`.
    ///
    /// # Errors
    /// As [`provider::wrap`].
    pub fn wrap(&self, readers: &[Reader], file: &FileId, key: &DataKey) -> Result<Vec<WrappedKey>> {
        let rids: Vec<&str> = readers.iter().map(|reader| reader.rid.as_str()).collect();
        let wraps = provider::wrap_all(&rids, file, key, self.session()?)?;
        let wrapped = |(reader, bytes): (&Reader, Vec<u8>)| {
            WrappedKey::new(rid_of(&reader.rid), bytes).ok_or_else(|| Error::Recipient {
                recipient: reader.key(),
                reason: "a file cannot hold its name or its wrap".to_owned(),
            })
        };
        readers.iter().zip(wraps).map(wrapped).collect()
    }
}
