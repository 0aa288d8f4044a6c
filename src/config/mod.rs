//! `dekko.toml`: whom the files of a repository are encrypted for, and which of their values.
//!
//! Data only: it names no command, plugin, endpoint or path outside its folder, and an unknown key is an error with
//! its line. `docs/dekko.schema.json` says the same to editors.

mod accepted;
mod find;
mod glob;
mod keys;
mod people;
mod rule;
mod section;
mod template;
mod threshold;
pub mod user;

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

use people::People;
use section::{Section, wrong};

pub use accepted::{Accepted, Welcome};
pub use find::NAME;
pub use glob::Glob;
pub use people::Named;
pub use rule::{Comments, Rule, preset};
pub use template::TEMPLATE;

/// The keys at the top of the file.
const KEYS: &[&str] = &["version", "recipients", "groups", "rules"];

/// A configuration that was read whole and holds together: every name in it is known.
#[derive(Clone, Debug)]
pub struct Config {
    folder: PathBuf,
    people: People,
    rules: Vec<Rule>,
}

impl Config {
    /// The nearest configuration for `file`: in its folder or one above, up to the first that holds a `.git`, or the
    /// root of the file system. Symbolic links in `file` are followed first; neither the file nor its folder need exist.
    ///
    /// # Errors
    /// [`Error::Config`] when what is found cannot be used or is no regular file, [`Error::Io`] when it cannot be read.
    pub fn find(file: &Path) -> Result<Option<Self>> {
        let file = find::real(file)?;
        find::nearest(&file)?.map(|(text, folder)| Self::parse(&text, &folder)).transpose()
    }

    /// The configuration in `text`, whose patterns count from `folder`.
    ///
    /// # Errors
    /// [`Error::Config`] with the line, in the file `folder/dekko.toml`.
    pub fn parse(text: &str, folder: &Path) -> Result<Self> {
        Self::read(text, folder).map_err(|error| error.in_file(folder.join(NAME)))
    }

    /// As [`Config::parse`], from the bytes that git holds.
    ///
    /// # Errors
    /// As [`Config::parse`]; also for what is larger than 64 KiB or no UTF-8.
    pub fn parse_bytes(bytes: Vec<u8>, folder: &Path) -> Result<Self> {
        let text = find::decoded(bytes).map_err(|error| error.in_file(folder.join(NAME)))?;
        Self::parse(&text, folder)
    }

    fn read(text: &str, folder: &Path) -> Result<Self> {
        let (document, lines) = section::parse(text)?;
        let root = Section::root(&document, &lines);
        match root.integer("version")? {
            Some((1, _)) => {}
            Some((_, line)) => return Err(wrong(line, "'version' must be 1: this dekko knows no other")),
            None => return Err(wrong(None, "'version = 1' is missing")),
        }
        let root = root.of_keys(KEYS)?;
        let recipients = root.table("recipients", "[recipients]")?;
        let people = People::read(recipients, root.table("groups", "[groups]")?)?;
        let mut rules = Vec::new();
        for section in root.tables("rules", "[[rules]]")? {
            let line = section.line();
            let read = rule::read(section)?;
            read.recipients.iter().try_for_each(|word| people.check(word))?;
            if people.resolve(read.rule.recipients.iter().map(String::as_str)).is_err() {
                return Err(wrong(line, "the recipients of this rule are more than 128"));
            }
            rules.push(read.rule);
        }
        Ok(Self { folder: folder.to_owned(), people, rules })
    }

    /// The folder that `dekko.toml` lies in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The path of the configuration itself.
    pub fn path(&self) -> PathBuf {
        self.folder.join(NAME)
    }

    /// The rules, in order.
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The first rule that `file` falls under, and its number from 1. Symbolic links in `file` are followed first.
    ///
    /// # Errors
    /// [`Error::Outside`] when the file is not below the configuration's folder.
    pub fn rule_for(&self, file: &Path) -> Result<Option<(usize, &Rule)>> {
        let real = find::real(file)?;
        let below = real.strip_prefix(&self.folder).map_err(|_| Error::Outside.in_file(file))?;
        let path = below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/");
        Ok(self.rule_at(&path))
    }

    /// The first rule that the file at `path` falls under, and its number from 1; the path counts from the
    /// configuration's folder, with `/` between its parts, and nothing is looked up in the file system.
    pub fn rule_at(&self, path: &str) -> Option<(usize, &Rule)> {
        let meant = |rule: &Rule| rule.paths.iter().any(|glob| glob.matches(path));
        self.rules.iter().enumerate().find(|(_, rule)| meant(rule)).map(|(at, rule)| (at + 1, rule))
    }

    /// The first rule that names the file at `path` but for upper and lower case, and its number from 1; `path` is as for
    /// [`Config::rule_at`].
    pub fn rule_at_any_case(&self, path: &str) -> Option<(usize, &Rule)> {
        let meant = |rule: &Rule| rule.paths.iter().any(|glob| glob.matches_any_case(path));
        self.rules.iter().enumerate().find(|(_, rule)| meant(rule)).map(|(at, rule)| (at + 1, rule))
    }

    /// The number, from 1, of the first rule that names `path` as a folder of files that are meant; `path` is as for
    /// [`Config::rule_at`].
    pub fn rule_of_folder(&self, path: &str) -> Option<usize> {
        let named = |rule: &Rule| rule.paths.iter().any(|glob| glob.names_folder(path));
        self.rules.iter().position(named).map(|at| at + 1)
    }

    /// The recipients of `rule`: groups opened, names looked up, each once, in the order of their first mention.
    ///
    /// # Errors
    /// [`Error::Recipient`] when the rule is not one of this configuration and names someone unknown.
    pub fn recipients(&self, rule: &Rule) -> Result<Vec<Named>> {
        self.people.resolve(rule.recipients.iter().map(String::as_str))
    }

    /// What a user's word stands for: a recipient's name, a group's, or a recipient itself.
    ///
    /// # Errors
    /// [`Error::Recipient`] when it is none of these.
    pub fn resolve(&self, name_or_text: &str) -> Result<Vec<Named>> {
        self.people.resolve([name_or_text])
    }

    /// The name of the recipient that a file calls `rid` (`age:age1…`).
    pub fn name_of(&self, rid: &str) -> Option<&str> {
        self.people.name_of(rid)
    }

    /// Every named recipient and its text, in the order of names.
    pub fn named(&self) -> impl Iterator<Item = (&str, &str)> {
        self.people.named()
    }
}

/// Whether the file at `path` is one that git or dekko reads as it is, so that it cannot be encrypted.
pub fn is_exempt(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default();
    [".gitattributes", ".gitignore", ".gitmodules", NAME].iter().any(|known| name == *known)
}

#[cfg(test)]
mod tests;
