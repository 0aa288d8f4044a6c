//! The hooks that keep what is not encrypted out of commits and pushes: set where nobody else's hook stands, removed
//! without a trace.
//!
//! git 2.54 and newer take hooks from the configuration, beside those of others; before that a hook is a file, and there
//! is one of each kind. The tools that manage such files write over each other, so a file is only written where there is
//! none and no such tool is in use; elsewhere people are told the line to add (GIT 3d of the design).

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use super::command::Git;
use crate::error::{Error, Result};

/// The hooks in which a check runs.
pub const HOOKS: [Hook; 3] = [Hook::PreCommit, Hook::PreMergeCommit, Hook::PrePush];

/// The first version of git that takes hooks from its configuration.
const CONFIGURED: (u32, u32) = (2, 54);

/// A hook in which a check runs (githooks(5)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hook {
    /// Before a commit, also one that ends a conflict.
    PreCommit,
    /// Before the commit of a merge without conflicts.
    PreMergeCommit,
    /// Before a push.
    PrePush,
}

/// Whether a check runs in a hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It does, as git's configuration says.
    Configured,
    /// It does: this file is dekko's.
    Own(PathBuf),
    /// It does: this file is another's, and calls dekko.
    Called(PathBuf),
    /// It does not: this file is another's.
    Foreign(PathBuf),
    /// It does not: hooks are looked for in this folder, which is not only this repository's.
    Elsewhere(PathBuf),
    /// It does not: there is no hook. This tool writes the hooks here.
    Managed(Manager),
    /// It does not: there is no hook.
    Absent,
}

/// A tool that writes the hooks of a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manager {
    /// The framework of `.pre-commit-config.yaml`.
    PreCommit,
    /// lefthook.
    Lefthook,
    /// husky.
    Husky,
}

impl Hook {
    /// Its name, and that of its file.
    pub fn name(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::PreMergeCommit => "pre-merge-commit",
            Self::PrePush => "pre-push",
        }
    }

    /// The line that runs the check in a hook that is a shell script.
    pub fn line(self) -> &'static str {
        match self {
            Self::PreCommit | Self::PreMergeCommit => "dekko check --staged",
            Self::PrePush => "dekko check --pushed=\"$1\"",
        }
    }

    /// The hook's whole file. Without dekko it fails: a check that does not run has found nothing.
    fn script(self) -> String {
        let (name, line) = (self.name(), self.line());
        format!(
            "#!/bin/sh\n\
             # Written by 'dekko git hooks install', removed by 'dekko git hooks uninstall'.\n\
             command -v dekko >/dev/null 2>&1 || {{\n  \
             echo >&2 \"dekko: error: {name} checks that secrets are encrypted, and 'dekko' is not on PATH\"\n  \
             echo >&2 \"dekko: hint: install dekko, or remove this hook: rm '$0'\"\n  \
             exit 2\n\
             }}\n\
             exec {line}\n"
        )
    }

    /// The name of its section in git's configuration; both kinds of commits share one.
    fn section(self) -> &'static str {
        match self {
            Self::PreCommit | Self::PreMergeCommit => "hook.dekko-check",
            Self::PrePush => "hook.dekko-check-push",
        }
    }

    /// What git runs, as a shell reads it; git adds the hook's arguments.
    fn command(self) -> String {
        let line = self.line();
        format!(
            "f() {{ command -v dekko >/dev/null 2>&1 || {{ echo >&2 \"dekko: error: this hook checks that secrets are \
             encrypted, and 'dekko' is not on PATH\"; exit 2; }}; exec {line}; }}; f"
        )
    }
}

impl State {
    /// Whether a check runs.
    pub fn is_active(&self) -> bool {
        matches!(self, Self::Configured | Self::Own(_) | Self::Called(_))
    }
}

impl Manager {
    /// The tool's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::PreCommit => "pre-commit",
            Self::Lefthook => "lefthook",
            Self::Husky => "husky",
        }
    }

    /// The tool in use in the work tree `top`, by its files.
    pub fn of(top: &Path) -> Option<Self> {
        let has = |name: &str| fs::symlink_metadata(top.join(name)).is_ok();
        let lefthook = ["lefthook", ".lefthook"]
            .iter()
            .any(|name| ["yml", "yaml", "toml", "json"].iter().any(|kind| has(&format!("{name}.{kind}"))));
        match () {
            () if has(".pre-commit-config.yaml") || has(".pre-commit-config.yml") => Some(Self::PreCommit),
            () if lefthook => Some(Self::Lefthook),
            () if has(".husky") => Some(Self::Husky),
            () => None,
        }
    }

    /// What to add to the tool's own files, and to which.
    pub fn lines(self) -> &'static str {
        match self {
            Self::PreCommit => {
                "add to .pre-commit-config.yaml, then run 'pre-commit install -t pre-commit -t pre-merge-commit -t \
                 pre-push':\n\
                 repos:\n  - repo: local\n    hooks:\n      - id: dekko-check\n        name: dekko check\n        \
                 entry: dekko check --staged\n        language: system\n        pass_filenames: false\n        \
                 always_run: true\n        stages: [pre-commit, pre-merge-commit]\n      - id: dekko-check-push\n        \
                 name: dekko check (push)\n        \
                 entry: sh -c 'exec dekko check --range \"${PRE_COMMIT_FROM_REF:+$PRE_COMMIT_FROM_REF..}${PRE_COMMIT_TO_REF:-HEAD}\"'\n        \
                 language: system\n        pass_filenames: false\n        always_run: true\n        stages: [pre-push]"
            }
            Self::Lefthook => {
                "add to lefthook.yml, then run 'lefthook install':\n\
                 pre-commit:\n  commands:\n    dekko-check:\n      run: dekko check --staged\n\
                 pre-merge-commit:\n  commands:\n    dekko-check:\n      run: dekko check --staged\n\
                 pre-push:\n  commands:\n    dekko-check:\n      run: dekko check --pushed={1}\n      use_stdin: true"
            }
            Self::Husky => {
                "add the line 'dekko check --staged' to .husky/pre-commit and .husky/pre-merge-commit, and the line \
                 'dekko check --pushed=\"$1\"' to .husky/pre-push"
            }
        }
    }
}

/// Whether each hook runs a check, in the repository that `git` is in.
///
/// # Errors
/// [`Error::Git`] outside of a repository.
pub fn hooks(git: &Git) -> Result<Vec<(Hook, State)>> {
    let place = Folder::of(git)?;
    HOOKS.into_iter().map(|hook| Ok((hook, place.state(git, hook)?))).collect()
}

/// Sets the hooks where that is possible; safe to repeat. What each came to.
///
/// # Errors
/// [`Error::Git`] and [`Error::Io`].
pub fn install_hooks(git: &Git) -> Result<Vec<(Hook, State)>> {
    let place = Folder::of(git)?;
    for hook in HOOKS {
        match place.state(git, hook)? {
            State::Configured | State::Called(_) => {}
            _ if place.is_configurable => place.configure(git, hook)?,
            State::Absent => write_new(&place.path_of(hook), &hook.script())?,
            _ => {}
        }
    }
    hooks(git)
}

/// Removes what [`install_hooks`] set, and nothing else.
///
/// # Errors
/// [`Error::Git`] and [`Error::Io`].
pub fn uninstall_hooks(git: &Git) -> Result<Vec<(Hook, State)>> {
    let place = Folder::of(git)?;
    for hook in HOOKS {
        if let State::Own(path) = place.file_state(hook) {
            fs::remove_file(&path)
                .map_err(|source| Error::Io { action: "remove the hook", source }.in_file(&path))?;
        }
        if is_configured(git, hook, Some("--local"))? {
            git.output(
                "change its configuration",
                ["config", "--local", "--remove-section", hook.section()],
            )?;
        }
    }
    hooks(git)
}

/// Where the hooks of a repository are.
struct Folder {
    path: PathBuf,
    /// Whether the user's configuration names it.
    is_named: bool,
    /// Whether git takes hooks from its configuration.
    is_configurable: bool,
    manager: Option<Manager>,
}

impl Folder {
    fn of(git: &Git) -> Result<Self> {
        let top = git.top()?;
        let git = top.as_ref().map_or_else(|| git.clone(), |top| git.within(top));
        let (path, is_named) = git.hooks_folder()?;
        let is_configurable = git.version()? >= Some(CONFIGURED);
        Ok(Self { path, is_named, is_configurable, manager: top.as_deref().and_then(Manager::of) })
    }

    fn path_of(&self, hook: Hook) -> PathBuf {
        self.path.join(hook.name())
    }

    fn state(&self, git: &Git, hook: Hook) -> Result<State> {
        if self.is_configurable && is_configured(git, hook, None)? {
            return Ok(State::Configured);
        }
        Ok(self.file_state(hook))
    }

    fn file_state(&self, hook: Hook) -> State {
        let path = self.path_of(hook);
        match (fs::symlink_metadata(&path).is_ok(), fs::read(&path)) {
            (true, Ok(text)) if text == hook.script().as_bytes() => State::Own(path),
            (true, Ok(text)) if String::from_utf8_lossy(&text).contains("dekko check") => State::Called(path),
            (true, _) => State::Foreign(path),
            (false, _) => match self.manager {
                Some(manager) => State::Managed(manager),
                None if self.is_named => State::Elsewhere(path),
                None => State::Absent,
            },
        }
    }

    fn configure(&self, git: &Git, hook: Hook) -> Result<()> {
        let set = |words: &[&str]| {
            let arguments = ["config", "--local"].iter().chain(words);
            git.output("change its configuration", arguments).map(|_| ())
        };
        let key = |name: &str| format!("{}.{name}", hook.section());
        set(&["--replace-all", &key("command"), &hook.command()])?;
        // The two kinds of commits share the section.
        let value = format!("^{}$", hook.name());
        set(&["--replace-all", &key("event"), hook.name(), &value])?;
        if let State::Own(path) = self.file_state(hook) {
            fs::remove_file(&path)
                .map_err(|source| Error::Io { action: "remove the hook", source }.in_file(path))?;
        }
        Ok(())
    }
}

/// Whether git's configuration, or that of `scope`, has the hook, as this dekko or the user sets it.
fn is_configured(git: &Git, hook: Hook, scope: Option<&str>) -> Result<bool> {
    let key = format!("{}.event", hook.section());
    let arguments = ["config"].into_iter().chain(scope).chain(["--get-all", key.as_str()]);
    let events = git.answer("read its configuration", arguments)?;
    Ok(events.is_some_and(|events| events.lines().any(|event| event == hook.name())))
}

/// Writes a program that is not there yet.
fn write_new(path: &Path, text: &str) -> Result<()> {
    let wrong = |source| Error::Io { action: "write the hook", source }.in_file(path);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(wrong)?;
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o755);
    }
    options.open(path).and_then(|mut file| file.write_all(text.as_bytes())).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_git_of_which_nothing_is_known_counts_as_old() {
        assert!(Some((3, 0)) >= Some(CONFIGURED));
        assert!(None < Some(CONFIGURED));
    }
}
