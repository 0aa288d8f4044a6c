//! Recipients with the names that people know them by.

use std::fmt;
use std::path::Path;

use super::context::Context;
use crate::config::{Config, Named};
use crate::crypto::{DataKey, FileId};
use crate::document::escape;
use crate::envelope::{Envelope, WrappedKey};
use crate::error::{Error, Result};
use crate::provider;

/// The longest recipient that is shown whole; ssh-rsa keys are longer.
const SHOWN: usize = 120;

/// Someone who can read a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reader {
    /// The name in `dekko.toml`.
    pub name: Option<String>,
    /// How a file calls the recipient: `age:age1…`.
    pub rid: String,
}

impl Reader {
    /// For `--json`: `name` (null when nobody gave one) and `recipient`.
    pub fn as_json(&self) -> serde_json::Value {
        serde_json::json!({ "name": self.name, "recipient": self.rid })
    }

    /// The recipient that a file calls `rid`.
    pub fn of(rid: impl Into<String>, config: Option<&Config>) -> Self {
        let rid = rid.into();
        Self { name: name_of(&rid, config), rid }
    }

    /// The recipients that `envelope` states, by name; those without one last, in the order of the file.
    pub fn of_file(envelope: &Envelope, config: Option<&Config>) -> Vec<Self> {
        let recipients = envelope.recipients.iter();
        let mut readers: Vec<_> = recipients.map(|known| Self::of(&known.rid, config)).collect();
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
        let name = named.name.or_else(|| name_of(&rid, Some(config)));
        Ok(Self { name, rid })
    }

    /// The recipient as people write it, without `age:`; long keys with their middle left out.
    pub fn key(&self) -> String {
        let text = self.rid.strip_prefix("age:").unwrap_or(&self.rid);
        let text = text.replacen("ssh-ed25519:", "ssh-ed25519 ", 1).replacen("ssh-rsa:", "ssh-rsa ", 1);
        if text.len() <= SHOWN || !text.is_ascii() {
            return escape(&text);
        }
        let (start, end) =
            (text.get(..40).unwrap_or_default(), text.get(text.len() - 40..).unwrap_or_default());
        escape(&format!("{start}…{end}"))
    }
}

impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{} ({})", escape(name), self.key()),
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
            WrappedKey::new(&reader.rid, bytes).ok_or_else(|| Error::Recipient {
                recipient: reader.key(),
                reason: "a file cannot hold its name or its wrap".to_owned(),
            })
        };
        readers.iter().zip(wraps).map(wrapped).collect()
    }
}
