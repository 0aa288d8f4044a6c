//! Who can read what, by file, by recipient, and for programs.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};

use super::super::readers::Reader;
use crate::audit::{Access, Proof};
use crate::config::Config;
use crate::document::escape;
use crate::error::Error;
use crate::provider::threshold::Group;

/// A file that was looked at.
pub(super) struct Listed {
    pub path: PathBuf,
    /// The rule that names it.
    pub rule: Option<String>,
    pub found: Found,
    /// What gives its recipients their names.
    pub config: Option<Arc<Config>>,
}

/// What a file is.
pub(super) enum Found {
    /// An encrypted file.
    Encrypted(Access),
    /// No encrypted file, although a rule names it.
    Plain,
    /// Something that cannot be read.
    Broken(Error),
}

/// The files that were looked at.
#[derive(Default)]
pub(super) struct Report {
    pub files: Vec<Listed>,
}

/// How a recipient stands to the rule of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    /// As it should be, or there is no rule.
    Fits,
    /// The rule does not name it.
    Extra,
    /// The rule names it, and it cannot read the file.
    Missing,
}

impl Mark {
    fn sign(self) -> char {
        match self {
            Self::Fits => ' ',
            Self::Extra => '+',
            Self::Missing => '-',
        }
    }

    /// What is to be said of it, where `rule` is the rule.
    fn words(self, rule: Option<&str>) -> String {
        let rule = rule.unwrap_or_default();
        match self {
            Self::Fits => String::new(),
            Self::Extra => format!("  not in {rule}"),
            Self::Missing => format!("  in {rule}, and cannot read it"),
        }
    }
}

impl Report {
    /// Who can read each encrypted file.
    pub fn accesses(&self) -> impl Iterator<Item = &Access> {
        self.files.iter().filter_map(|listed| match &listed.found {
            Found::Encrypted(access) => Some(access),
            _ => None,
        })
    }

    /// How many files are not as their rules say.
    pub fn differing(&self) -> usize {
        let differs = |listed: &&Listed| match &listed.found {
            Found::Encrypted(access) => {
                !access.missing.is_empty() || access.readers.iter().any(|reader| reader.is_extra)
            }
            Found::Plain => listed.rule.is_some(),
            Found::Broken(_) => false,
        };
        self.files.iter().filter(differs).count()
    }

    /// For people, a part for each file.
    pub fn by_file(&self) -> String {
        let mut text = String::new();
        for listed in &self.files {
            text.push_str(&format!("{}{}\n", listed.shown(), listed.state()));
            let rows: Vec<_> = listed.rows().collect();
            let names: Vec<String> = rows.iter().map(|row| row.name()).collect();
            let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).min(40);
            for (row, name) in rows.iter().zip(names) {
                let words = row.mark.words(listed.rule.as_deref());
                text.push_str(&format!("  {} {name:width$}  {}{words}\n", row.mark.sign(), row.key(listed)));
            }
        }
        text
    }

    /// For people, a part for each recipient; members of groups have a part of their own.
    pub fn by_recipient(&self) -> String {
        let mut text = String::new();
        for ((_, name, key), files) in self.recipients() {
            let name = if name == "-" { key } else { format!("{name}  {key}") };
            text.push_str(&format!("{name}\n"));
            for (listed, row, through) in files {
                let words = row.mark.words(listed.rule.as_deref());
                let through = through.map_or_else(String::new, |group| format!("  with others of {group}"));
                let state = listed.state();
                text.push_str(&format!("  {} {}{through}{words}{state}\n", row.mark.sign(), listed.shown()));
            }
        }
        let rest = self.files.iter().filter(|listed| !matches!(listed.found, Found::Encrypted(_)));
        text.extend(rest.map(|listed| format!("{}{}\n", listed.shown(), listed.state())));
        text
    }

    /// Every recipient with its files, those with names first.
    fn recipients(&self) -> BTreeMap<(bool, String, String), Vec<Reads<'_>>> {
        let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for listed in &self.files {
            for row in listed.rows() {
                let group = row.group.as_ref().map(|group| (row.name(), group.members.clone()));
                let key = (row.reader.name.is_none() && group.is_none(), row.name(), row.key(listed));
                let mark = row.mark;
                all.entry(key).or_default().push((listed, row, None));
                let (name, members) = group.unwrap_or_default();
                for member in members {
                    let member = Row { reader: listed.reader(&member), group: None, mark };
                    let key = (member.reader.name.is_none(), member.name(), member.key(listed));
                    all.entry(key).or_default().push((listed, member, Some(name.clone())));
                }
            }
        }
        all
    }

    /// For programs.
    pub fn as_json(&self) -> Value {
        let files: Vec<Value> = self.files.iter().map(Listed::as_json).collect();
        json!({ "files": files })
    }
}

/// A file that somebody reads: as what, and in which group.
type Reads<'r> = (&'r Listed, Row, Option<String>);

/// A recipient of a file, or one that is missing there.
struct Row {
    reader: Reader,
    group: Option<Group>,
    mark: Mark,
}

impl Row {
    /// The name in `dekko.toml`; of a group the one in the file.
    fn name(&self) -> String {
        match (&self.reader.name, &self.group) {
            (Some(name), _) => escape(name),
            (None, Some(group)) => escape(&group.name),
            (None, None) => "-".to_owned(),
        }
    }

    /// The recipient as people write it.
    fn key(&self, listed: &Listed) -> String {
        let Some(group) = &self.group else { return self.reader.key() };
        let members = group.members.iter().map(|rid| listed.reader(rid));
        let names = members.map(|reader| reader.name.as_deref().map_or_else(|| reader.key(), escape));
        format!("any {} of: {}", group.needed, names.collect::<Vec<_>>().join(", "))
    }

    fn as_json(&self, listed: &Listed) -> Value {
        let mut value = self.reader.as_json();
        if let Some(object) = value.as_object_mut() {
            object.insert("extra".to_owned(), (self.mark == Mark::Extra).into());
            let group = self.group.as_ref().map(|group| {
                let members: Vec<Value> =
                    group.members.iter().map(|rid| listed.reader(rid).as_json()).collect();
                json!({ "needed": group.needed, "members": members })
            });
            object.insert("group".to_owned(), group.into());
        }
        value
    }
}

impl Listed {
    fn shown(&self) -> String {
        escape(&self.path.to_string_lossy())
    }

    fn reader(&self, rid: &str) -> Reader {
        Reader::of(rid, self.config.as_deref())
    }

    /// What is to be said of the file as a whole.
    fn state(&self) -> String {
        let rule = self.rule.as_deref().unwrap_or_default();
        match &self.found {
            Found::Encrypted(access) => {
                let proof = match access.proof {
                    Proof::Verified => "",
                    Proof::NoKey => "  (not verified)",
                    Proof::Forged => "  (altered: not to be believed)",
                };
                let rule = if self.rule.is_none() { "  (no rule names it)" } else { "" };
                format!("{proof}{rule}")
            }
            Found::Plain if self.rule.is_none() => "  (not encrypted)".to_owned(),
            Found::Plain => format!("  (not encrypted, and {rule} names it: everybody can read it)"),
            Found::Broken(error) => format!("  (cannot be read: {})", escape(&error.bare().to_string())),
        }
    }

    /// The recipients, by name, then those without one; then those that are missing. Members of a group follow it.
    fn rows(&self) -> impl Iterator<Item = Row> {
        let Found::Encrypted(access) = &self.found else { return Vec::new().into_iter() };
        let mut rows: Vec<Row> = Vec::with_capacity(access.readers.len());
        for reader in &access.readers {
            let mark = if reader.is_extra { Mark::Extra } else { Mark::Fits };
            rows.push(Row { reader: self.reader(&reader.rid), group: reader.group.clone(), mark });
        }
        let missing = access.missing.iter();
        rows.extend(missing.map(|rid| Row { reader: self.reader(rid), group: None, mark: Mark::Missing }));
        rows.sort_by(|a, b| {
            let key = |row: &Row| (row.mark == Mark::Missing, row.reader.name.is_none());
            (key(a), &a.reader.name).cmp(&(key(b), &b.reader.name))
        });
        rows.into_iter()
    }

    fn as_json(&self) -> Value {
        let (state, proof) = match &self.found {
            Found::Encrypted(access) => ("encrypted", Some(access.proof)),
            Found::Plain => ("plain", None),
            Found::Broken(_) => ("broken", None),
        };
        let verified = match proof {
            None => Value::Null,
            Some(Proof::Verified) => true.into(),
            Some(Proof::NoKey | Proof::Forged) => false.into(),
        };
        let rows: Vec<Row> = self.rows().collect();
        let (missing, there): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.mark == Mark::Missing);
        json!({
            "path": self.path.to_string_lossy(), "state": state, "verified": verified,
            "altered": proof == Some(Proof::Forged), "rule": self.rule,
            "recipients": there.iter().map(|row| row.as_json(self)).collect::<Vec<_>>(),
            "missing": missing.iter().map(|row| row.reader.as_json()).collect::<Vec<_>>(),
            "extra": there.iter().any(|row| row.mark == Mark::Extra),
        })
    }
}
