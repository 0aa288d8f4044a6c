//! One `[[rules]]` of `dekko.toml`: which files, who reads them, which of their values are secret.

use crate::document::{Cover, escape};
use crate::envelope::is_scope;
use crate::error::{Error, Result};
use crate::policy::Policy;

use super::glob::Glob;
use super::section::{Section, Word, wrong};

/// The keys that a rule knows.
pub(super) const KEYS: &[&str] =
    &["paths", "recipients", "encrypt", "plain", "cover", "comments", "scope", "preset"];
pub(super) const COVERS: &[(&str, Cover)] = &[("all", Cover::All), ("encrypted", Cover::Encrypted)];
pub(super) const COMMENTS: &[(&str, Comments)] =
    &[("plain", Comments::Plain), ("encrypted", Comments::Encrypted)];
pub(super) const PRESETS: &[(&str, &[&str])] = &[("kubernetes", &["data.**", "stringData.**"])];

/// What happens to the comments of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Comments {
    /// They stay readable, and free to change.
    #[default]
    Plain,
    /// They are encrypted as values are.
    Encrypted,
}

/// What holds for the files that a rule names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The line (from 1) on which the rule begins.
    pub line: Option<usize>,
    /// The files meant, relative to the folder of `dekko.toml`.
    pub paths: Vec<Glob>,
    /// Names of recipients and groups, or recipients themselves, as written; at least one.
    pub recipients: Vec<String>,
    /// Key-path patterns of what is secret; `**` unless the rule says otherwise.
    pub encrypt: Vec<String>,
    /// Key-path patterns of what stays plain all the same.
    pub plain: Vec<String>,
    /// Which plain parts the file's tags cover.
    pub cover: Cover,
    /// Whether comments are encrypted.
    pub comments: Comments,
    /// What the file is for (`prod`), 1 to 128 printable ASCII characters.
    pub scope: Option<String>,
}

impl Rule {
    /// The policy that the rule's patterns say.
    ///
    /// # Errors
    /// None for a rule that was read: its patterns were checked. [`Error::Usage`] for one put together otherwise.
    pub fn policy(&self) -> Result<Policy> {
        Policy::new(&self.encrypt, &self.plain, self.comments == Comments::Encrypted)
    }
}

/// A rule, and its recipients with the lines they stand on.
pub(super) struct Read {
    pub(super) rule: Rule,
    pub(super) recipients: Vec<Word>,
}

/// The patterns that the preset `name` stands for (`kubernetes`).
pub fn preset(name: &str) -> Option<Vec<String>> {
    let (_, patterns) = PRESETS.iter().find(|(known, _)| *known == name)?;
    Some(patterns.iter().map(|&pattern| pattern.to_owned()).collect())
}

/// Reads the rule in `section`.
pub(super) fn read(section: Section) -> Result<Read> {
    let section = section.of_keys(KEYS)?;
    let missing = |key: &str| wrong(section.line(), format!("a rule needs '{key}'"));
    let paths = section.list("paths")?.ok_or_else(|| missing("paths"))?;
    let recipients = section.list("recipients")?.ok_or_else(|| missing("recipients"))?;
    let texts = |words: Vec<Word>| words.into_iter().map(|word| word.text).collect::<Vec<_>>();
    let rule = Rule {
        line: section.line(),
        paths: paths.iter().map(Glob::read).collect::<Result<_>>()?,
        recipients: texts(recipients.clone()),
        encrypt: encrypt(&section)?,
        plain: section.list("plain")?.map(patterns).transpose()?.unwrap_or_default(),
        cover: section.choice("cover", COVERS)?.unwrap_or(Cover::All),
        comments: section.choice("comments", COMMENTS)?.unwrap_or_default(),
        scope: section.text("scope")?.map(scope).transpose()?,
    };
    rule.policy().map_err(|error| at(rule.line, error))?;
    Ok(Read { rule, recipients })
}

/// Key-path patterns that are known to compile.
fn patterns(words: Vec<Word>) -> Result<Vec<String>> {
    let check = |word: Word| {
        let alone = Policy::new(std::slice::from_ref(&word.text), &[], false);
        alone.map(|_| word.text).map_err(|error| at(word.line, error))
    };
    words.into_iter().map(check).collect()
}

/// The policy's `error` as one of the configuration, at `line`.
fn at(line: Option<usize>, error: Error) -> Error {
    match error {
        Error::Usage { what } => wrong(line, what),
        other => other,
    }
}

/// The `encrypt` patterns: as written, of the preset, or `**`.
fn encrypt(section: &Section) -> Result<Vec<String>> {
    let preset = section.choice("preset", PRESETS)?;
    match (section.list("encrypt")?, preset) {
        (Some(_), Some(_)) => {
            let line = section.text("preset")?.and_then(|word| word.line);
            Err(wrong(line, "'preset' and 'encrypt' exclude each other: the preset is a list of 'encrypt'"))
        }
        (Some(words), None) => patterns(words),
        (None, Some(preset)) => Ok(preset.iter().map(|&pattern| pattern.to_owned()).collect()),
        (None, None) => Ok(vec!["**".to_owned()]),
    }
}

/// The scope in `word`, in the form that a file's metadata can hold (section 7 of the format).
fn scope(word: Word) -> Result<String> {
    let text = word.text;
    if is_scope(&text) {
        return Ok(text);
    }
    let what = "must be 1 to 128 printable ASCII characters, without a space at either end";
    Err(wrong(word.line, format!("scope '{}' {what}", escape(&text))))
}
