//! How diffs are to look: `DEKKO_DIFF`, else `dekko.diff` in git's configuration.
//!
//! `git log -p` asks for it some hundred times, and starting git for it would cost as much as the whole conversion. So
//! the files that git reads are looked through here for that one key, and git itself is asked where they do not settle it:
//! the key stands in an included file, in the system's, in one of the work tree or on git's command line, or is written
//! with quotes or escapes.

use std::collections::VecDeque;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::command::Git;
use crate::document::escape;
use crate::environment::Environment;
use crate::error::{Error, Result};

/// No configuration that is looked through is larger, in bytes; git is asked then.
const LARGEST: u64 = 1 << 20;

/// No more files of configuration are looked through.
const MOST_FILES: usize = 64;

/// How a diff shows secrets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DiffMode {
    /// On a terminal their values with a key, labels without; elsewhere the file as it is.
    #[default]
    Auto,
    /// Their values.
    Plain,
    /// Labels.
    Masked,
    /// The file as it is.
    Raw,
}

impl DiffMode {
    /// The mode called `name`; git's configuration is not strict about upper case, either.
    pub fn named(name: &str) -> Option<Self> {
        [("auto", Self::Auto), ("plain", Self::Plain), ("masked", Self::Masked), ("raw", Self::Raw)]
            .into_iter()
            .find_map(|(known, mode)| name.trim().eq_ignore_ascii_case(known).then_some(mode))
    }
}

/// The mode that holds in `folder`.
///
/// # Errors
/// [`Error::Usage`] for a mode that does not exist; [`Error::Git`] when git must be asked and cannot answer.
pub fn diff_mode(environment: &Environment, folder: &Path) -> Result<DiffMode> {
    let (name, value) = match environment.text("DEKKO_DIFF") {
        Some(value) => ("DEKKO_DIFF", Some(value.to_owned())),
        None => match Lookup::new(environment, folder).run() {
            Answer::Settled(value) => ("dekko.diff", value),
            Answer::AskGit => ("dekko.diff", asked(environment, folder)?),
        },
    };
    let Some(value) = value else { return Ok(DiffMode::Auto) };
    DiffMode::named(&value).ok_or_else(|| {
        let what = format!("'{}' in {name} is none of auto, plain, masked, raw", escape(&value));
        Error::Usage { what }
    })
}

/// What git itself says of `dekko.diff`, where the files looked through here settle on something else; inner `None` is
/// no value. That is a configuration in a place that nobody told us of.
///
/// # Errors
/// [`Error::Git`].
pub(super) fn overlooked(environment: &Environment, folder: &Path) -> Result<Option<Option<String>>> {
    match Lookup::new(environment, folder).run() {
        Answer::AskGit => Ok(None),
        Answer::Settled(value) => {
            let known = asked(environment, folder)?;
            Ok((known != value).then_some(known))
        }
    }
}

/// What git says of the key.
fn asked(environment: &Environment, folder: &Path) -> Result<Option<String>> {
    Git::new(folder, environment)?.answer("say what 'dekko.diff' is", ["config", "--get", "dekko.diff"])
}

/// What the files say of the key.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    Settled(Option<String>),
    AskGit,
}

/// A look through git's configuration.
struct Lookup<'a> {
    environment: &'a Environment,
    folder: &'a Path,
    included: VecDeque<PathBuf>,
}

impl<'a> Lookup<'a> {
    fn new(environment: &'a Environment, folder: &'a Path) -> Self {
        Self { environment, folder, included: VecDeque::new() }
    }

    fn run(mut self) -> Answer {
        self.settled().map_or(Answer::AskGit, Answer::Settled)
    }

    /// The value that the files settle on; outer `None` when git must be asked.
    fn settled(&mut self) -> Option<Option<String>> {
        if cfg!(windows) || self.has_command_line() {
            return None;
        }
        for path in self.of_system() {
            if self.look(&path)?.is_some() {
                return None;
            }
        }
        let mut value = None;
        for path in self.of_user() {
            value = self.look(&path)?.or(value);
        }
        if let Some((own, shared)) = self.of_repository() {
            value = self.look(&shared)?.or(value);
            if self.look(&own)?.is_some() {
                return None;
            }
        }
        // Whether an included file counts, and in which order, is for git to say; mostly it says nothing of dekko.
        for _ in 0..MOST_FILES {
            let Some(path) = self.included.pop_front() else { return Some(value) };
            if self.look(&path)?.is_some() {
                return None;
            }
        }
        None
    }

    /// Whether git's own command line or environment may set the key.
    fn has_command_line(&self) -> bool {
        let may_hold = |text: &str| {
            let text = text.to_ascii_lowercase();
            text.contains("dekko.diff") || text.contains("include")
        };
        self.environment.text("GIT_CONFIG_PARAMETERS").is_some_and(may_hold)
            || self.environment.var("GIT_COMMON_DIR").is_some()
            || (self.environment.var("GIT_CONFIG_COUNT").is_some()
                && self.environment.all().any(|(name, value)| {
                    name.starts_with("GIT_CONFIG_KEY_") && value.to_str().is_none_or(may_hold)
                }))
    }

    /// Every place where the system's configuration may be: which one this git reads, it alone knows.
    fn of_system(&self) -> Vec<PathBuf> {
        if self.environment.var("GIT_CONFIG_NOSYSTEM").is_some() {
            return Vec::new();
        }
        if let Some(path) = self.environment.path("GIT_CONFIG_SYSTEM") {
            return vec![path];
        }
        let mut paths = vec![PathBuf::from("/etc/gitconfig")];
        // git puts the folder of its own programs first in PATH of what it starts.
        let programs = self.environment.program_folders().into_iter().next();
        let prefix = programs.filter(|folder| folder.ends_with("git-core")).and_then(|folder| {
            let prefix = folder.parent()?.parent()?;
            Some(prefix.to_owned())
        });
        if let Some(prefix) = prefix.filter(|prefix| prefix != Path::new("/usr")) {
            paths.push(prefix.join("etc/gitconfig"));
            paths.push(prefix.join("share/git-core/gitconfig"));
            let cellar = prefix.ancestors().find(|folder| folder.ends_with("Cellar"));
            paths.extend(cellar.and_then(Path::parent).map(|brew| brew.join("etc/gitconfig")));
        }
        paths
    }

    fn of_user(&self) -> Vec<PathBuf> {
        if let Some(path) = self.environment.path("GIT_CONFIG_GLOBAL") {
            return vec![path];
        }
        let home = self.environment.path("HOME");
        let xdg = self.environment.path("XDG_CONFIG_HOME").or_else(|| Some(home.clone()?.join(".config")));
        xdg.map(|folder| folder.join("git/config"))
            .into_iter()
            .chain(home.map(|home| home.join(".gitconfig")))
            .collect()
    }

    /// The configuration of this work tree alone, and that of the repository.
    fn of_repository(&self) -> Option<(PathBuf, PathBuf)> {
        let own = match self.environment.path("GIT_DIR") {
            Some(path) => self.folder.join(path),
            None => std::path::absolute(self.folder).ok()?.ancestors().find_map(git_folder)?,
        };
        let common = match text(&own.join("commondir")) {
            Ok(Some(path)) => own.join(path.trim_end_matches(['\n', '\r'])),
            _ => own.clone(),
        };
        Some((own.join("config.worktree"), common.join("config")))
    }

    /// The key in the file at `path` (inner `None`: not there), which is noted for its includes; outer `None` when that
    /// cannot be told.
    fn look(&mut self, path: &Path) -> Option<Option<String>> {
        let Some(text) = text(path).ok()? else { return Some(None) };
        let found = scan(&text)?;
        for include in found.includes {
            let include = match include.strip_prefix("~/") {
                Some(rest) => self.environment.path("HOME")?.join(rest),
                None if include.starts_with(['~', '%']) => return None,
                None => path.parent()?.join(include),
            };
            self.included.push_back(include);
        }
        Some(found.value)
    }
}

/// The folder of the repository whose work tree begins at `top`.
fn git_folder(top: &Path) -> Option<PathBuf> {
    let path = top.join(".git");
    if path.is_dir() {
        return Some(path);
    }
    let text = text(&path).ok()??;
    Some(top.join(text.strip_prefix("gitdir: ")?.trim_end_matches(['\n', '\r'])))
}

/// The text of the file at `path`; `None` when there is none.
///
/// # Errors
/// When it is too large or not UTF-8.
fn text(path: &Path) -> std::result::Result<Option<String>, ()> {
    let Ok(file) = File::open(path) else { return Ok(None) };
    let mut text = String::new();
    match file.take(LARGEST + 1).read_to_string(&mut text) {
        Ok(_) if text.len() as u64 <= LARGEST => Ok(Some(text)),
        _ => Err(()),
    }
}

/// What one file says.
#[derive(Debug, Default, PartialEq, Eq)]
struct Found {
    value: Option<String>,
    includes: Vec<String>,
}

/// Looks `text` through (git-config(1), "Syntax"); `None` where it is written in a way that is left to git.
fn scan(text: &str) -> Option<Found> {
    let mut found = Found::default();
    let has = |word: &str| {
        text.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
    };
    if !has("[dekko") && !has("[include") {
        return Some(found);
    }
    let mut section = String::new();
    let mut is_continued = false;
    for line in text.lines() {
        let line = line.trim();
        let ends_open = (line.len() - line.trim_end_matches('\\').len()) % 2 == 1;
        if ends_open && line.contains(['#', ';']) {
            return None;
        }
        if std::mem::replace(&mut is_continued, ends_open) {
            continue;
        }
        let mut rest = line;
        if let Some(header) = line.strip_prefix('[') {
            let end = header.find(['"', ']'])?;
            let (name, behind) = header.split_at(end);
            section = name.trim().to_ascii_lowercase();
            rest = match behind.strip_prefix(']') {
                Some(rest) => rest.trim_start(),
                // The name of a subsection: sections with one hold nothing for us but the conditions of includes.
                None => {
                    section.push('"');
                    let from = behind.rfind(']')?;
                    if behind.matches(']').count() > 1 {
                        return None;
                    }
                    behind[from + 1..].trim_start()
                }
            };
        }
        let key = rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap_or_default();
        let is_value = section == "dekko" && key.eq_ignore_ascii_case("diff");
        let is_include =
            matches!(section.as_str(), "include" | "includeif\"") && key.eq_ignore_ascii_case("path");
        if !is_value && !is_include {
            continue;
        }
        let value = rest[key.len()..].trim_start().strip_prefix('=')?.trim();
        let value = value.split(['#', ';']).next().unwrap_or_default().trim();
        let bare = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
        if bare.is_empty() || bare.contains(['"', '\\']) {
            return None;
        }
        if is_value {
            found.value = Some(bare.to_owned());
        } else {
            found.includes.push(bare.to_owned());
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<String> {
        scan(text).expect("settled").value
    }

    #[test]
    fn the_key_is_found_as_git_finds_it() {
        for (text, wanted) in [
            ("", None),
            ("[dekko]\n\tdiff = plain\n", Some("plain")),
            ("[DEKKO] Diff=raw ; why\n", Some("raw")),
            ("[dekko]\ndiff = plain\ndiff = masked # no\n", Some("masked")),
            ("[dekko]\ndiff = \"plain\"\r\n", Some("plain")),
            ("[dekko \"x\"]\ndiff = plain\n", None),
            ("[diff \"dekko\"]\ndiff = plain\n[dekko]\n# diff = raw\n", None),
            ("[a]\nb = [dekko] \\\n[dekko]\ndiff = plain\n", None),
            ("[dekko]\nx = \"a\\\"b\"\ndiff = plain\n[y]\ndiff = raw", Some("plain")),
            ("[dekko]\ndiffs = plain\n", None),
        ] {
            assert_eq!(value(text).as_deref(), wanted, "{text:?}");
        }
    }

    #[test]
    fn what_is_written_oddly_is_left_to_git() {
        for text in [
            "[dekko]\ndiff\n",
            "[dekko]\ndiff = pl\\\nain\n",
            "[dekko]\ndiff = pl\"a\"in\n",
            "[dekko]\ndiff =\n",
            "[a]\nb = c # \\\n[dekko]\ndiff = plain\n",
            "[dekko\n",
        ] {
            assert_eq!(scan(text), None, "{text:?}");
        }
    }

    #[test]
    fn includes_are_noted_whatever_their_condition() {
        let text =
            "[include]\npath = ~/a\n[includeIf \"gitdir:~/work/\"]\n\tpath = work.inc\n[core]\npath = b\n";
        assert_eq!(scan(text).expect("settled").includes, ["~/a", "work.inc"]);
    }

    #[cfg(unix)]
    #[test]
    fn the_nearest_file_wins_and_an_included_mention_is_left_to_git() {
        let home = tempfile::tempdir().expect("a folder");
        let top = home.path().join("top");
        std::fs::create_dir_all(top.join(".git")).expect("a folder");
        let write = |name: &str, text: &str| std::fs::write(home.path().join(name), text).expect("writes");
        let system = home.path().join("none").into();
        let environment =
            Environment::new([("HOME".into(), home.path().into()), ("GIT_CONFIG_SYSTEM".into(), system)]);
        let look = || Lookup::new(&environment, &top.join("sub")).run();
        let settled = |value: Option<&str>| Answer::Settled(value.map(str::to_owned));
        assert_eq!(look(), settled(None));
        write(".gitconfig", "[include]\npath = more\n[dekko]\ndiff = plain\n");
        assert_eq!(look(), settled(Some("plain")));
        write("top/.git/config", "[dekko]\ndiff = masked\n");
        assert_eq!(look(), settled(Some("masked")));
        write("more", "[user]\nname = x\n");
        assert_eq!(look(), settled(Some("masked")));
        write("more", "[dekko]\ndiff = raw\n");
        assert_eq!(look(), Answer::AskGit);
        write("more", "[include]\npath = more\n");
        assert_eq!(look(), Answer::AskGit);
        write(".gitconfig", "");
        write("top/.git/config.worktree", "[dekko]\ndiff = raw\n");
        assert_eq!(look(), Answer::AskGit);
    }

    #[test]
    fn the_environment_wins_and_unknown_modes_are_errors() {
        let of = |value: &str| {
            let environment = Environment::new([("DEKKO_DIFF".into(), value.into())]);
            diff_mode(&environment, Path::new("."))
        };
        assert_eq!(of("Plain").expect("known"), DiffMode::Plain);
        assert!(of("clear").is_err());
    }
}
