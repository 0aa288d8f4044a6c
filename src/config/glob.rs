//! The file patterns of a rule: as in a `.gitignore` beside `dekko.toml`, with `/` between folders on every system.
//!
//! Stricter than git where git's reading would surprise: no exceptions (`!`; put an earlier rule instead), no `\`, no
//! `{a,b}`, nothing that leads out of the folder.

use std::sync::OnceLock;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

use crate::error::Result;

use super::section::{Word, wrong};

/// The most characters of a pattern.
const LONGEST: usize = 1024;

/// A file pattern, compiled.
#[derive(Clone, Debug)]
pub struct Glob {
    text: String,
    set: GlobSet,
    /// The same for names in whatever case, once it was asked for; `None` when it is too large to compile.
    any_case: OnceLock<Option<GlobSet>>,
    /// What the folders are called that the files meant lie in, as far as the pattern names them; as above.
    folders: OnceLock<Option<GlobSet>>,
}

impl Glob {
    /// Reads the pattern `word`.
    pub(super) fn read(word: &Word) -> Result<Self> {
        let refuse = |why: &str| {
            wrong(word.line, format!("path pattern '{}' {why}", crate::document::escape(&word.text)))
        };
        if let Some(why) = fault(&word.text) {
            return Err(refuse(why));
        }
        let set = compile(&meanings(&word.text), Case::AsWritten)
            .map_err(|error| refuse(&format!("cannot be used: {}", error.kind())))?;
        Ok(Self { text: word.text.clone(), set, any_case: OnceLock::new(), folders: OnceLock::new() })
    }

    /// The pattern as it stands in the configuration.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The pattern without shorthands, as `.gitattributes` takes it when it stands in the configuration's folder: one of
    /// them matches where this pattern does.
    pub fn meanings(&self) -> Vec<String> {
        meanings(&self.text)
    }

    /// Whether the file at `path`, given from the configuration's folder with `/` between its parts, is meant.
    pub fn matches(&self, path: &str) -> bool {
        self.set.is_match(path)
    }

    /// As [`Glob::matches`] on a system that does not tell `A` from `a` in names.
    pub fn matches_any_case(&self, path: &str) -> bool {
        let set = self.any_case.get_or_init(|| compile(&self.meanings(), Case::Any).ok());
        set.as_ref().is_some_and(|set| set.is_match(path))
    }

    /// Whether the pattern names `path` as a folder of files that are meant: of `secrets/**` that is `secrets`.
    pub fn names_folder(&self, path: &str) -> bool {
        let set = self.folders.get_or_init(|| compile(&folders(&self.meanings()), Case::Any).ok());
        set.as_ref().is_some_and(|set| set.is_match(path))
    }
}

impl PartialEq for Glob {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Glob {}

/// Why `text` is no pattern of ours.
fn fault(text: &str) -> Option<&'static str> {
    if text.trim() != text || text.trim_matches('/').is_empty() {
        return Some("is empty, or begins or ends with a space");
    }
    if text.chars().count() > LONGEST {
        return Some("is longer than 1024 characters");
    }
    if text.contains('\\') {
        return Some("has a '\\': folders are separated by '/' on every system");
    }
    if text.starts_with('!') {
        return Some("begins with '!': there are no exceptions, an earlier rule wins instead");
    }
    if text.contains(['{', '}']) {
        return Some("has braces: write one pattern for each");
    }
    let mut letters = text.chars();
    if letters.next().is_some_and(|c| c.is_ascii_alphabetic()) && letters.next() == Some(':') {
        return Some("names a drive: patterns count from the folder of 'dekko.toml'");
    }
    let inner = text.strip_prefix('/').unwrap_or(text);
    let inner = inner.strip_suffix('/').unwrap_or(inner);
    inner.split('/').find_map(|part| match part {
        "" => Some("has '//' in it"),
        "." | ".." => Some("has a '.' or '..' as a folder: patterns count from the folder of 'dekko.toml'"),
        "**" => None,
        _ if part.contains("**") => Some("has '**' beside other characters: it stands for whole folders"),
        _ => None,
    })
}

/// The patterns without git's shorthands: one without a `/` holds at any depth, one that ends in `/` is a folder, a
/// folder means everything below it.
fn meanings(text: &str) -> Vec<String> {
    let folder_only = text.ends_with('/');
    let body = text.trim_end_matches('/');
    let anchored = body.contains('/');
    let body = body.trim_start_matches('/');
    let full = if anchored { body.to_owned() } else { format!("**/{body}") };
    let below = format!("{full}/**");
    match (folder_only, full.ends_with("**")) {
        (_, true) => vec![full],
        (true, false) => vec![below],
        (false, false) => vec![full, below],
    }
}

/// The folders that patterns name on their way: their beginnings that end in more than wildcards.
fn folders(meanings: &[String]) -> Vec<String> {
    let is_name = |part: &&str| part.contains(|c| !matches!(c, '*' | '?'));
    let mut folders = Vec::new();
    for meaning in meanings {
        let ends = meaning.match_indices('/').filter_map(|(at, _)| meaning.get(..at));
        folders.extend(
            ends.filter(|folder| folder.rsplit('/').next().as_ref().is_some_and(is_name)).map(str::to_owned),
        );
    }
    folders
}

/// Whether names in another case are meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Case {
    AsWritten,
    Any,
}

fn compile(meanings: &[String], case: Case) -> std::result::Result<GlobSet, globset::Error> {
    let mut set = GlobSetBuilder::new();
    for meaning in meanings {
        set.add(
            GlobBuilder::new(meaning)
                .literal_separator(true)
                .backslash_escape(false)
                .case_insensitive(case == Case::Any)
                .build()?,
        );
    }
    set.build()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Glob> {
        Glob::read(&Word { text: text.to_owned(), line: Some(7) })
    }

    #[test]
    fn patterns_match_as_git_would() {
        let cases: &[(&str, &[&str], &[&str])] = &[
            ("*.env", &["a.env", "x/y/a.env", "a.env/b", ".env"], &["a.envx", "env"]),
            ("/top.yaml", &["top.yaml"], &["x/top.yaml"]),
            (
                "secrets/prod/**",
                &["secrets/prod/a", "secrets/prod/b/c"],
                &["secrets/prod", "x/secrets/prod/a"],
            ),
            ("**/*.prod.env", &["a.prod.env", "x/y/a.prod.env"], &["a.env"]),
            ("secrets/", &["secrets/a", "x/secrets/b/c"], &["secrets"]),
            ("secrets/*", &["secrets/a", "secrets/b/c"], &["a"]),
            ("a/**/z", &["a/z", "a/b/c/z"], &["b/z"]),
            ("**", &["a", "a/b"], &[]),
            ("file?.[jy]*", &["file1.json", "d/file2.yaml"], &["file10.json", "file/.json"]),
            ("[*].txt", &["*.txt"], &["a.txt"]),
        ];
        for (pattern, yes, no) in cases {
            let glob = read(pattern).unwrap();
            for path in *yes {
                assert!(glob.matches(path), "'{pattern}' should match '{path}'");
            }
            for path in *no {
                assert!(!glob.matches(path), "'{pattern}' should not match '{path}'");
            }
        }
    }

    #[test]
    fn folders_on_the_way_and_names_in_another_case_are_known() {
        for (pattern, yes, no) in [
            ("secrets/**", &["secrets", "Secrets"][..], &["x", "x/secrets", "secrets/a"][..]),
            ("secrets/", &["secrets", "x/secrets"], &["x"]),
            ("a/*/b/*.yaml", &["a", "a/x/b"], &["x", "a/x"]),
            ("*.env", &[], &["x", "a.b"]),
            ("**", &[], &["x"]),
        ] {
            let glob = read(pattern).unwrap();
            assert!(yes.iter().all(|path| glob.names_folder(path)), "{pattern}");
            assert!(!no.iter().any(|path| glob.names_folder(path)), "{pattern}");
        }
        let glob = read("secrets/*.yaml").unwrap();
        assert!(glob.matches_any_case("Secrets/App.YAML") && !glob.matches("Secrets/App.YAML"));
    }

    #[test]
    fn the_longest_pattern_compiles_and_a_longer_one_is_refused() {
        assert!(read(&"?".repeat(1024)).is_ok());
        assert!(read(&"[a-\u{10ffff}]".repeat(204)).is_ok());
        assert!(read(&"*".repeat(1025)).is_err());
    }

    #[test]
    fn what_leads_out_or_would_surprise_is_refused_with_its_line() {
        for text in [
            "", " ", "/", "../x", "a/../b", "./a", "a//b", "C:/x", "a\\b", "!a", "a**b", "*.{a,b}", "[a",
            "a ", "//a",
        ] {
            let error = read(text).expect_err(text).to_string();
            assert!(error.starts_with("line 7: path pattern '"), "{error}");
        }
    }
}
