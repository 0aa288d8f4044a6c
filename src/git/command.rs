//! Starting git: found in an absolute entry of `PATH`, never through a shell, no hook and no monitor of the repository
//! run on our behalf, no secret of ours in its environment.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::document::escape;
use crate::environment::{Environment, IDENTITIES};
use crate::error::{Error, Result};

/// What every call begins with: programs that a repository's configuration could name do not run, a bare repository that
/// was committed as a folder of files is not taken for the one that it lies in, and no lock of the index is taken for a mere
/// look (git-config(1), git(1)).
const ALWAYS: &[&str] = &[
    "--no-optional-locks",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "safe.bareRepository=explicit",
];

/// Nothing is fetched on our behalf: the address of a remote can be a program (gitremote-helpers(7)).
const OFFLINE: &[(&str, &str)] = &[("GIT_NO_LAZY_FETCH", "1"), ("GIT_ALLOW_PROTOCOL", "none")];

/// What keeps git to the objects as they were written and as they are here: no replacement refs and no grafts are
/// followed, nothing that a partial clone left out is fetched (git(1)).
const AS_WRITTEN: &[(&str, &str)] = &[("GIT_NO_REPLACE_OBJECTS", "1"), ("GIT_GRAFT_FILE", "/dev/null")];

/// git, started in one folder.
#[derive(Clone)]
pub struct Git {
    program: PathBuf,
    folder: PathBuf,
    environment: Environment,
    variables: &'static [(&'static str, &'static str)],
}

impl Git {
    /// git in `folder`; the variables that git itself sets for hooks and drivers (`GIT_DIR`, `GIT_INDEX_FILE`, …) are
    /// passed on.
    ///
    /// # Errors
    /// [`Error::Git`] when there is no git in an absolute entry of `PATH`.
    pub fn new(folder: &Path, environment: &Environment) -> Result<Self> {
        let program = environment.program("git").ok_or_else(|| Error::Git {
            action: "be started",
            reason: "there is no 'git' in an absolute entry of PATH".to_owned(),
        })?;
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        Ok(Self { program, folder: folder.to_owned(), environment: environment.clone(), variables: &[] })
    }

    /// The folder that git is started in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The variables that git is started with, but for those that hold identities.
    pub(super) fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The same git in another folder.
    #[must_use]
    pub fn within(&self, folder: &Path) -> Self {
        Self { folder: folder.to_owned(), ..self.clone() }
    }

    /// The same git, for reading a history as it was written: replacement refs and grafts are not followed, and nothing
    /// is fetched that a partial clone left out.
    #[must_use]
    pub fn as_written(&self) -> Self {
        Self { variables: AS_WRITTEN, ..self.clone() }
    }

    /// A command that starts git with `arguments`; standard input is empty.
    pub fn command(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        let mut command = self.bare();
        command.args(ALWAYS).args(arguments);
        command
    }

    /// A command that starts git in its folder, with its variables, and without a single argument yet.
    fn bare(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(&self.folder).stdin(Stdio::null());
        command.env_clear().envs(self.environment.all().filter(|(name, _)| !IDENTITIES.contains(name)));
        command.envs(OFFLINE.iter().chain(self.variables).copied());
        command
    }

    /// Runs git with `arguments` to its end, whatever its status.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be started.
    pub fn run(&self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Result<Output> {
        self.command(arguments).output().map_err(|source| Error::Io { action: "start git", source })
    }

    /// What git prints for `arguments`; `action` says what is asked, for the message.
    ///
    /// # Errors
    /// [`Error::Git`] when it ends with another status than 0.
    pub fn output(
        &self,
        action: &'static str,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Result<Vec<u8>> {
        let output = self.run(arguments)?;
        if output.status.success() { Ok(output.stdout) } else { Err(failure(action, &output)) }
    }

    /// As [`Git::output`], with `input` on its standard input.
    ///
    /// # Errors
    /// [`Error::Git`] when it ends with another status than 0.
    pub fn fed(
        &self,
        action: &'static str,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
        input: &[u8],
    ) -> Result<Vec<u8>> {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|source| Error::Io { action: "start git", source })?;
        let stdin = child.stdin.take();
        // git answers while it reads: whoever only writes would wait for ever.
        let output = std::thread::scope(|scope| {
            scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(input)));
            child.wait_with_output()
        });
        let output = output.map_err(broken)?;
        if output.status.success() { Ok(output.stdout) } else { Err(failure(action, &output)) }
    }

    /// The first two numbers of its version; `None` when it says none.
    ///
    /// # Errors
    /// [`Error::Git`].
    pub fn version(&self) -> Result<Option<(u32, u32)>> {
        let said = self.output("say its version", ["version"])?;
        Ok(version_in(&String::from_utf8_lossy(&said)))
    }

    /// As [`Git::output`], as text without its last line break; `None` when git ends with status 1 and prints nothing,
    /// its way to say that there is none (`config --get`, `rev-parse --verify -q`).
    ///
    /// # Errors
    /// [`Error::Git`].
    pub fn answer(
        &self,
        action: &'static str,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Result<Option<String>> {
        let output = self.run(arguments)?;
        match output.status.code() {
            Some(0) => {
                let text = String::from_utf8_lossy(&output.stdout);
                Ok(Some(text.strip_suffix('\n').unwrap_or(&text).to_owned()))
            }
            Some(1) if output.stdout.is_empty() => Ok(None),
            _ => Err(failure(action, &output)),
        }
    }

    /// The folder that git runs hooks from, and whether the user's own configuration (`core.hooksPath`) says so.
    ///
    /// # Errors
    /// [`Error::Git`] outside of a repository.
    pub fn hooks_folder(&self) -> Result<(PathBuf, bool)> {
        // Asked without what every other call begins with: that says that there are no hooks.
        let ask = |arguments: &[&str]| {
            let output = self.bare().args(arguments).output();
            output.map_err(|source| Error::Io { action: "start git", source })
        };
        let output = ask(&["rev-parse", "--git-path", "hooks"])?;
        if !output.status.success() {
            return Err(failure("find its hooks", &output));
        }
        let folder = self.folder.join(path_of(output.stdout.strip_suffix(b"\n").unwrap_or_default()));
        let set = ask(&["config", "--get", "core.hooksPath"])?;
        Ok((folder, set.status.success()))
    }

    /// The top of the work tree; `None` outside of one.
    ///
    /// # Errors
    /// [`Error::Io`] when git cannot be started.
    pub fn top(&self) -> Result<Option<PathBuf>> {
        let output = self.run(["rev-parse", "--show-toplevel"])?;
        Ok(output.status.success().then(|| path_of(output.stdout.strip_suffix(b"\n").unwrap_or_default())))
    }
}

/// The first two numbers of what `git version` prints.
fn version_in(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.strip_prefix("git version ")?.split(['.', ' ', '-', '\n']);
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// What git said against `action`.
pub(super) fn failure(action: &'static str, output: &Output) -> Error {
    let said = String::from_utf8_lossy(&output.stderr);
    let first = said.lines().map(str::trim).find(|line| !line.is_empty());
    let reason = match first {
        Some(line) => escape(line.trim_start_matches("fatal: ").trim_start_matches("error: ")),
        None => format!("it ended with {}", output.status),
    };
    Error::Git { action, reason }
}

/// The path that git printed as `bytes`.
#[cfg(unix)]
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;

    PathBuf::from(OsStr::from_bytes(bytes))
}

/// The path that git printed as `bytes`.
#[cfg(not(unix))]
pub(super) fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

/// A failure to speak with a git that runs.
pub(super) fn broken(source: io::Error) -> Error {
    Error::Io { action: "speak with git", source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_git_are_read() {
        assert_eq!(version_in("git version 2.39.5 (Apple Git-154)\n"), Some((2, 39)));
        assert_eq!(version_in("git version 2.54.0.rc1\n"), Some((2, 54)));
        assert_eq!(version_in("git version 3.0-rc0\n"), Some((3, 0)));
        assert_eq!(version_in("git version x"), None);
    }

    #[test]
    fn no_identity_reaches_git() {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let environment = Environment::new([("PATH".into(), path)]).with("GIT_DIR", "x");
        let names = ["DEKKO_AGE_KEY", "DEKKO_AGE_KEY_CMD", "SOPS_AGE_KEY", "SOPS_AGE_KEY_CMD"];
        let environment = names.iter().fold(environment, |all, name| all.with(name, "key"));
        let command = Git::new(Path::new("."), &environment).expect("git").command(["version"]);
        let given: Vec<_> =
            command.get_envs().filter(|(_, value)| value.is_some()).map(|(name, _)| name).collect();
        assert_eq!(given, ["GIT_ALLOW_PROTOCOL", "GIT_DIR", "GIT_NO_LAZY_FETCH", "PATH"]);
    }
}
