//! The lines of `.gitattributes` by which git knows the files that the rules of `dekko.toml` select.

use std::path::PathBuf;

use crate::config::{Config, Glob};
use crate::error::{Error, Result};
use crate::fs::{self, Expected, Readers};

/// The attributes of an encrypted file.
const ATTRIBUTES: &str = "diff=dekko merge=dekko";

/// What stands before the first lines of ours in a file.
const COMMENT: &str = "# Encrypted with dekko: diffs that people can read, merges value by value.";

/// No file of attributes is larger for git, in bytes (gitattributes(5)).
const LARGEST: u64 = 100 << 20;

/// The lines that the rules of a configuration ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The file that they belong in: beside `dekko.toml`, so that both mean the same paths.
    pub path: PathBuf,
    /// The lines, each once, in the order of the rules.
    pub lines: Vec<String>,
    /// Patterns that `.gitattributes` has no way to write.
    pub unsayable: Vec<String>,
}

impl Wanted {
    /// What `config` asks for.
    pub fn of(config: &Config) -> Self {
        let mut wanted =
            Self { path: config.folder().join(".gitattributes"), lines: Vec::new(), unsayable: Vec::new() };
        for glob in config.rules().iter().flat_map(|rule| &rule.paths) {
            match patterns(glob) {
                None => wanted.unsayable.push(glob.text().to_owned()),
                Some(patterns) => {
                    for pattern in patterns {
                        let line = format!("{pattern} {ATTRIBUTES}");
                        if !wanted.lines.contains(&line) {
                            wanted.lines.push(line);
                        }
                    }
                }
            }
        }
        wanted
    }

    /// Those of the lines that the file lacks; lines count as they are written, with any blanks between the words.
    ///
    /// # Errors
    /// [`Error::Io`] when the file is there and cannot be read.
    pub fn missing(&self) -> Result<Vec<&str>> {
        let text = self.text()?.unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let there: Vec<_> = text.lines().map(words).collect();
        Ok(self.lines.iter().map(String::as_str).filter(|line| !there.contains(&words(line))).collect())
    }

    /// Adds the lines that are missing to the end of the file, where they win over others, and gives them.
    ///
    /// # Errors
    /// As [`Wanted::missing`] and [`fs::replace`].
    pub fn write(&self) -> Result<Vec<&str>> {
        let missing = self.missing()?;
        if missing.is_empty() {
            return Ok(missing);
        }
        let old = self.text()?;
        let mut new = old.clone().unwrap_or_default();
        if !new.is_empty() && !new.ends_with(b"\n") {
            new.push(b'\n');
        }
        if !String::from_utf8_lossy(&new).lines().any(|line| line.trim() == COMMENT) {
            new.extend_from_slice(COMMENT.as_bytes());
            new.push(b'\n');
        }
        for line in &missing {
            new.extend_from_slice(line.as_bytes());
            new.push(b'\n');
        }
        let expected = old.as_ref().map_or(Expected::Absent, |old| Expected::Bytes(old));
        fs::replace(&self.path, &expected, &new, Readers::AsBefore, self.path.parent())?;
        Ok(missing)
    }

    fn text(&self) -> Result<Option<Vec<u8>>> {
        match fs::read(&self.path, LARGEST) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) => match error.bare() {
                Error::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => Ok(None),
                _ => Err(error.in_file(&self.path)),
            },
        }
    }
}

/// `glob` as git's patterns for files; `None` when they cannot say it. There a pattern means no folder: neither `a/` nor
/// `a` holds for what is in `a`.
fn patterns(glob: &Glob) -> Option<Vec<String>> {
    let text = glob.text();
    let body = text.trim_end_matches('/');
    let is_anchored = body.contains('/');
    let body = body.trim_start_matches('/');
    let full = if is_anchored { format!("/{body}") } else { body.to_owned() };
    let below = if is_anchored { format!("{full}/**") } else { format!("**/{body}/**") };
    let last = body.rsplit('/').next().unwrap_or(body);
    let patterns = if full.ends_with("**") {
        vec![full]
    } else if text.ends_with('/') {
        vec![below]
    } else if last.contains(['.', '*', '?', '[']) {
        // Names of files by their look; a folder of that name is doctor's to find.
        vec![full]
    } else {
        vec![full, below]
    };
    patterns.into_iter().map(|pattern| word(&pattern)).collect()
}

/// `pattern` as one word of a line; in quotes where it could be taken for something else.
fn word(pattern: &str) -> Option<String> {
    if pattern.starts_with("[attr]") {
        return None;
    }
    let is_odd = |c: char| c.is_whitespace() || c.is_control() || c == '"';
    if !pattern.contains(is_odd) && !pattern.starts_with(['#', '!']) {
        return Some(pattern.to_owned());
    }
    let mut quoted = String::from("\"");
    for byte in pattern.bytes() {
        match byte {
            b'"' | b'\\' => quoted.extend(['\\', char::from(byte)]),
            b' '..=b'~' => quoted.push(char::from(byte)),
            other => quoted.push_str(&format!("\\{other:03o}")),
        }
    }
    quoted.push('"');
    Some(quoted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(folder: &std::path::Path, patterns: &str) -> Config {
        let text = format!(
            "version = 1\n[[rules]]\npaths = [{patterns}]\nrecipients = [\"{}\"]\n",
            crate::provider::generate().recipient
        );
        Config::parse(&text, folder).expect("a configuration")
    }

    #[test]
    fn patterns_become_those_of_git() {
        let list = r#""secrets/**", "*.secret.*", ".env", "vault", "/top.yaml", "a/b", "x/", "**", "my f*", "[attr]", "**/a""#;
        let wanted = Wanted::of(&config(std::path::Path::new("/repo"), list));
        let patterns: Vec<_> = wanted
            .lines
            .iter()
            .map(|line| line.strip_suffix(" diff=dekko merge=dekko").expect("ours"))
            .collect();
        assert_eq!(
            patterns,
            [
                "/secrets/**",
                "*.secret.*",
                ".env",
                "vault",
                "**/vault/**",
                "/top.yaml",
                "/a/b",
                "/a/b/**",
                "**/x/**",
                "**",
                "\"my f*\"",
                "/**/a",
                "/**/a/**"
            ]
        );
        assert_eq!(wanted.unsayable, ["[attr]"]);
    }

    #[test]
    fn lines_are_added_once_and_others_stay() {
        let folder = tempfile::tempdir().expect("a folder");
        let wanted = Wanted::of(&config(folder.path(), r#""*.a", "*.b""#));
        std::fs::write(&wanted.path, "*.png binary\n*.a  diff=dekko\tmerge=dekko").expect("writes");
        assert_eq!(wanted.write().expect("writes"), ["*.b diff=dekko merge=dekko"]);
        let text = std::fs::read_to_string(&wanted.path).expect("reads");
        assert!(text.starts_with("*.png binary\n*.a  diff=dekko\tmerge=dekko\n# Enc"), "{text}");
        assert!(text.ends_with("\n*.b diff=dekko merge=dekko\n"), "{text}");
        assert!(wanted.write().expect("writes").is_empty());
        assert_eq!(std::fs::read_to_string(&wanted.path).expect("reads"), text);
    }
}
