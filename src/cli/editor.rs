//! The user's editor: found, told to leave no traces, run in front.

use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use crate::document::escape;
use crate::environment::{Environment, IDENTITIES};
use crate::error::{Error, Result};

use super::signals::Watch;

/// What an editor is told so that it leaves no copy of the text behind, and how.
struct Known {
    /// What the program may be called.
    names: &'static [&'static str],
    /// Its options.
    options: &'static [&'static str],
    /// How it is told the line to begin at.
    line: Line,
    /// What dekko cannot keep it from.
    warning: Option<&'static str>,
}

/// How an editor takes a line number.
#[derive(Clone, Copy)]
enum Line {
    /// `+12 file`
    Plus,
    /// `-g file:12`
    Goto,
    /// `file:12`
    Colon,
}

const HISTORY: &str = "it may keep a copy of each save in its local history; exclude '**/dekko-*/**' there";

const KNOWN: &[Known] = &[
    Known {
        names: &["vim", "nvim", "gvim", "vimx", "vim.basic", "vim.tiny", "vim.nox", "vim.gtk3"],
        options: &[
            "-n",
            "-i",
            "NONE",
            "--cmd",
            "set nomodeline",
            "-c",
            "set noswapfile nobackup nowritebackup noundofile",
        ],
        line: Line::Plus,
        warning: None,
    },
    // Without its own configuration, which can ask for backups and a log of what was searched for.
    Known { names: &["nano"], options: &["--ignorercfiles"], line: Line::Plus, warning: None },
    Known {
        names: &["emacs"],
        options: &[
            "--eval",
            "(setq make-backup-files nil auto-save-default nil auto-save-list-file-prefix nil create-lockfiles nil)",
        ],
        line: Line::Plus,
        warning: None,
    },
    Known {
        names: &["micro"],
        options: &["-backup", "false", "-savehistory", "false", "-saveundo", "false"],
        line: Line::Plus,
        warning: None,
    },
    Known {
        names: &["code", "code-insiders", "codium", "vscodium", "cursor", "windsurf"],
        options: &["--wait"],
        line: Line::Goto,
        warning: Some(HISTORY),
    },
    Known { names: &["zed", "zeditor"], options: &["--wait"], line: Line::Colon, warning: Some(HISTORY) },
    Known { names: &["subl"], options: &["--wait"], line: Line::Colon, warning: Some(HISTORY) },
    Known { names: &["hx", "helix"], options: &[], line: Line::Colon, warning: None },
    Known {
        names: &["idea", "pycharm", "webstorm", "goland", "clion", "rustrover", "phpstorm", "rubymine"],
        options: &["--wait"],
        line: Line::Colon,
        warning: Some(HISTORY),
    },
];

/// What fails when the editor that `VISUAL` names cannot be run.
pub(super) const RUN_VISUAL: &str = "run the editor that VISUAL names";
/// What fails when the editor that `EDITOR` names cannot be run.
pub(super) const RUN_EDITOR: &str = "run the editor that EDITOR names";
/// What fails when the editor that dekko takes without these variables cannot be run.
pub(super) const RUN_DEFAULT: &str = "run the editor";

/// The editor of a user.
pub struct Editor {
    command: String,
    /// What fails when it cannot be run; names the variable that it is from.
    action: &'static str,
    /// Program and arguments, when the command is no more than that; else a shell reads it.
    words: Option<Vec<String>>,
    known: Option<&'static Known>,
}

impl Editor {
    /// The editor that `VISUAL` names, else `EDITOR`, else `vi` (on Windows `notepad`).
    pub fn of(environment: &Environment) -> Self {
        let default = if cfg!(windows) { "notepad" } else { "vi" };
        let (command, action) = [("VISUAL", RUN_VISUAL), ("EDITOR", RUN_EDITOR)]
            .iter()
            .filter_map(|(name, action)| Some((environment.text(name)?, *action)))
            .find(|(command, _)| !command.trim().is_empty())
            .unwrap_or((default, RUN_DEFAULT));
        let words = words(command);
        let program = match &words {
            Some(words) => words.first().cloned().unwrap_or_default(),
            None => first_word(command),
        };
        Self { command: command.to_owned(), action, words, known: known(&program, environment) }
    }

    /// The command, for messages.
    pub fn command(&self) -> &str {
        &self.command
    }

    /// What this editor does with texts that dekko cannot keep it from.
    pub fn warning(&self) -> Option<&'static str> {
        self.known.and_then(|known| known.warning)
    }

    /// Runs the editor on `file`, at `line` when it can, until it ends.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be started.
    pub fn run(&self, file: &Path, line: Option<usize>, watch: &Watch) -> Result<ExitStatus> {
        let mut command = self.spawnable();
        if let Some(known) = self.known {
            let is_given = |option: &&str| self.command.split_whitespace().any(|word| word == *option);
            command.args(known.options.iter().filter(|option| **option != "--wait" || !is_given(option)));
        }
        let placed = |line: usize| format!("{}:{line}", file.display());
        match (self.known.map(|known| known.line), line) {
            (Some(Line::Plus), Some(line)) => command.arg(format!("+{line}")).arg(file),
            (Some(Line::Goto), Some(line)) => command.arg("-g").arg(placed(line)),
            (Some(Line::Colon), Some(line)) => command.arg(placed(line)),
            _ => command.arg(file),
        };
        // Keys are no business of an editor and its plugins.
        IDENTITIES.iter().for_each(|name| {
            command.env_remove(name);
        });
        let refuse = |error: io::Error| {
            let what = format!("'{}': {error}", escape(&self.command));
            Error::Io { action: self.action, source: io::Error::new(error.kind(), what) }
        };
        let mut child = command.spawn().map_err(refuse)?;
        watch.in_front(child.id());
        let status = child.wait().map_err(refuse);
        watch.back(status.as_ref().ok().copied());
        let status = status?;
        // What a shell ends with when there is no such program, or none that can be run (POSIX).
        if self.words.is_none() && matches!(status.code(), Some(126 | 127)) {
            return Err(refuse(io::Error::other("the shell cannot run it")));
        }
        Ok(status)
    }

    fn spawnable(&self) -> Command {
        match self.words.as_deref() {
            Some([program, arguments @ ..]) => {
                let mut command = Command::new(program);
                command.args(arguments);
                command
            }
            _ => {
                // As git does: the variable is the user's own shell line, the file is its last argument.
                let mut command = Command::new("sh");
                command.arg("-c").arg(format!("{} \"$@\"", self.command)).arg("dekko");
                command
            }
        }
    }
}

/// `command` split into words, when no shell is needed for it.
fn words(command: &str) -> Option<Vec<String>> {
    let command = command.trim();
    if Path::new(command).is_absolute() && Path::new(command).is_file() {
        return Some(vec![command.to_owned()]);
    }
    if cfg!(windows) {
        return Some(split_quoted(command, &['"']));
    }
    let is_bare = |c: char| c.is_alphanumeric() || " \t_./+:,@%-=".contains(c);
    let words: Vec<_> = command.split_whitespace().map(str::to_owned).collect();
    let is_plain = command.chars().all(is_bare) && words.first().is_some_and(|word| !word.contains('='));
    is_plain.then_some(words)
}

/// Words between blanks; each of `quotes` keeps blanks together up to the next of its kind.
fn split_quoted(command: &str, quotes: &[char]) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut open = None;
    for c in command.chars() {
        match c {
            c if open == Some(c) => open = None,
            c if open.is_none() && quotes.contains(&c) => open = Some(c),
            c if c.is_whitespace() && open.is_none() => words.push(String::new()),
            c => words.iter_mut().next_back().expect("there is always a word").push(c),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// The program in a shell line: its first word that sets no variable.
fn first_word(command: &str) -> String {
    split_quoted(command, &['"', '\'']).into_iter().find(|word| !word.contains('=')).unwrap_or_default()
}

/// What is known of `program`; `vi` is whatever stands behind that name.
fn known(program: &str, environment: &Environment) -> Option<&'static Known> {
    let named = |path: &Path| {
        let name = path.file_name()?.to_str()?;
        let name = name.strip_suffix(".exe").or_else(|| name.strip_suffix(".cmd")).unwrap_or(name);
        KNOWN.iter().find(|known| known.names.contains(&name))
    };
    named(Path::new(program)).or_else(|| named(&on_path(program, environment)?.canonicalize().ok()?))
}

/// The file that `program` means.
fn on_path(program: &str, environment: &Environment) -> Option<PathBuf> {
    if program.contains('/') {
        return Some(PathBuf::from(program));
    }
    let folders = environment.var("PATH")?;
    std::env::split_paths(folders).map(|folder| folder.join(program)).find(|path| path.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn editor(variables: &[(&str, &str)]) -> Editor {
        let variables = variables.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        Editor::of(&Environment::new(variables))
    }

    #[test]
    fn visual_comes_before_editor_and_an_empty_one_counts_for_nothing() {
        assert_eq!(editor(&[("VISUAL", "nano"), ("EDITOR", "vim")]).command(), "nano");
        assert_eq!(editor(&[("VISUAL", " "), ("EDITOR", "vim")]).command(), "vim");
        assert_eq!(editor(&[]).command(), if cfg!(windows) { "notepad" } else { "vi" });
    }

    #[test]
    fn a_plain_command_needs_no_shell() {
        assert_eq!(words("code --wait"), Some(vec!["code".to_owned(), "--wait".to_owned()]));
        if cfg!(unix) {
            for line in ["FOO=1 vim", "vim; true", "'my editor'", "vim $X"] {
                assert_eq!(words(line), None, "{line}");
            }
        }
    }

    #[test]
    fn known_editors_are_told_to_leave_no_traces() {
        let vim = editor(&[("EDITOR", "/usr/local/bin/nvim -u NONE")]);
        assert!(vim.known.is_some_and(|known| known.options.contains(&"-n")));
        assert!(vim.warning().is_none());
        assert!(editor(&[("EDITOR", "code")]).warning().is_some());
        assert!(editor(&[("EDITOR", "FOO='a b' vim")]).known.is_some());
        assert!(editor(&[("EDITOR", "sh edit.sh")]).known.is_none());
    }

    #[cfg(unix)]
    #[test]
    fn vi_is_what_stands_behind_its_name() {
        let bin = tempfile::tempdir().unwrap();
        std::fs::write(bin.path().join("vim.tiny"), "").unwrap();
        std::os::unix::fs::symlink("vim.tiny", bin.path().join("vi")).unwrap();
        let path = bin.path().to_str().unwrap();
        assert!(editor(&[("EDITOR", "vi"), ("PATH", path)]).known.is_some());
        assert!(editor(&[("EDITOR", "vi"), ("PATH", "/nowhere")]).known.is_none());
    }
}
