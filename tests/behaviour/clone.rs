//! A desk with a repository whose git was told of dekko, as `dekko git install` does it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::desk::{Desk, MARKER};

/// The desk and its repository.
pub struct Clone {
    pub desk: Desk,
}

/// Whether git finds dekko.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    Dekko,
    NoDekko,
}

impl Clone {
    /// A repository with `dekko.toml` and `.gitattributes` committed, and git configured for the user.
    pub fn new() -> Self {
        let clone = Self { desk: Desk::bare() };
        clone.git(["init", "--quiet", "-b", "main"]);
        for (key, value) in [("user.name", "a"), ("user.email", "a@b"), ("commit.gpgsign", "false")] {
            clone.git(["config", "--global", key, value]);
        }
        clone.desk.dekko(["init"]).ok();
        clone.dekko(&["git", "install"]);
        clone.record("begin");
        clone
    }

    /// A command of git at the desk; with the folder of dekko first in PATH, or with nothing there but the system's.
    pub fn command<S: AsRef<std::ffi::OsStr>>(
        &self,
        arguments: impl IntoIterator<Item = S>,
        reach: Reach,
    ) -> Command {
        let mut command = self.desk.program("git");
        command.args(arguments).env("GIT_CONFIG_GLOBAL", self.desk.home().join(".gitconfig"));
        let own = Path::new(env!("CARGO_BIN_EXE_dekko")).parent().expect("a folder");
        let before = std::env::var_os("PATH").unwrap_or_default();
        let others = std::env::split_paths(&before).filter(|folder| !folder.join("dekko").exists());
        let with = (reach == Reach::Dekko).then(|| own.to_owned());
        command.env("PATH", std::env::join_paths(with.into_iter().chain(others)).expect("a path"));
        command.stdin(std::process::Stdio::null());
        command
    }

    /// What git prints; it must succeed.
    pub fn git<S: AsRef<std::ffi::OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> String {
        self.run(self.command(arguments, Reach::Dekko), 0)
    }

    /// What git prints with `DEKKO_DIFF=mode`; it must succeed.
    pub fn git_in<S: AsRef<std::ffi::OsStr>>(
        &self,
        mode: &str,
        arguments: impl IntoIterator<Item = S>,
    ) -> String {
        let mut command = self.command(arguments, Reach::Dekko);
        command.env("DEKKO_DIFF", mode);
        self.run(command, 0)
    }

    /// What `command` prints; it must end with `status`.
    pub fn run(&self, mut command: Command, status: i32) -> String {
        let Output { status: ended, stdout, stderr } = command.output().expect("git runs");
        let (out, said) = (String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
        assert_eq!(ended.code(), Some(status), "{command:?}\n{out}{said}");
        out.into_owned()
    }

    /// Runs dekko with the user's configuration of git; it must succeed.
    pub fn dekko(&self, arguments: &[&str]) -> String {
        let mut command = self.desk.command(arguments);
        command.env("GIT_CONFIG_GLOBAL", self.desk.home().join(".gitconfig"));
        self.desk.run(command, b"").ok().out()
    }

    /// Writes and encrypts the file `name`.
    pub fn seal(&self, name: &str, text: &str) {
        self.desk.write(name, text);
        self.dekko(&["encrypt", "--", name]);
    }

    /// Commits everything.
    pub fn record(&self, message: &str) {
        self.git(["add", "--all"]);
        self.git(["commit", "--quiet", "-m", message]);
    }

    /// Every place below the desk that holds the marker of secrets, the objects of the repository included.
    pub fn leaks(&self) -> Vec<String> {
        let mut found = Vec::new();
        let objects = self.command(["cat-file", "--batch-all-objects", "--batch"], Reach::Dekko).output();
        if holds_marker(&objects.expect("git runs").stdout) {
            found.push("an object of the repository".to_owned());
        }
        let mut folders = vec![self.desk.work().parent().expect("the desk").to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).expect("a folder") {
                let path: PathBuf = entry.expect("an entry").path();
                match path.is_dir() {
                    true => folders.push(path),
                    false if holds_marker(&std::fs::read(&path).unwrap_or_default()) => {
                        found.push(path.display().to_string());
                    }
                    false => {}
                }
            }
        }
        found
    }
}

fn holds_marker(bytes: &[u8]) -> bool {
    bytes.windows(MARKER.len()).any(|part| part == MARKER.as_bytes())
}
