//! A repository in which git itself starts dekko: hooks, filters, pushes.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Command;

use crate::desk::{Desk, Ended, MARKER, Run};

/// A desk with a repository in its folder, an identity, a committed `dekko.toml`, and dekko on `PATH`.
pub struct Workshop {
    pub desk: Desk,
}

impl Workshop {
    /// A repository whose `dekko.toml` encrypts `secrets/**` and is committed.
    pub fn new() -> Self {
        let this = Self { desk: Desk::bare() };
        this.desk.dekko(["init"]).ok();
        this.git(["init", "-q", "-b", "main"]).ok();
        this.git(["config", "user.name", "a"]).ok();
        this.git(["config", "user.email", "a@example.org"]).ok();
        this.rules(&this.desk.recipient(), "paths = [\"secrets/**\"]\nrecipients = [\"me\"]");
        this.commit("rules");
        this
    }

    /// Writes a `dekko.toml` with `me` and one rule of these lines.
    pub fn rules(&self, recipient: &str, rule: &str) {
        let text = format!("version = 1\n[recipients]\nme = \"{recipient}\"\n[[rules]]\n{rule}\n");
        self.desk.write("dekko.toml", text);
    }

    /// git at the desk, with dekko on `PATH`.
    pub fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = self.desk.program("git");
        command.args(arguments).env("PATH", path_with_dekko());
        command
    }

    /// Runs git.
    pub fn git<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Run {
        self.desk.run(self.command(arguments), b"")
    }

    /// Runs git in the folder `folder` of the desk.
    pub fn git_in<S: AsRef<OsStr>>(&self, folder: &str, arguments: impl IntoIterator<Item = S>) -> Run {
        let mut command = self.command(arguments);
        command.current_dir(self.desk.path(folder));
        self.desk.run(command, b"")
    }

    /// Stages everything and commits it, hooks aside; gives the commit.
    pub fn commit(&self, message: &str) -> String {
        self.git(["add", "-A"]).ok();
        self.git(["commit", "-q", "--no-verify", "--allow-empty", "-m", message]).ok();
        self.head()
    }

    /// The commit that is checked out.
    pub fn head(&self) -> String {
        self.git(["rev-parse", "HEAD"]).ok().out().trim().to_owned()
    }

    /// Writes an encrypted file.
    pub fn sealed(&self, name: &str, text: &str) {
        self.desk.write(name, text);
        self.desk.dekko(["encrypt", "-q", "--", name]).ok();
    }

    /// What `dekko check` with `arguments` finds: the names of rules, with the path before each.
    pub fn found(&self, arguments: &[&str]) -> Vec<String> {
        let ended = self.check(arguments);
        let json: serde_json::Value = serde_json::from_str(&ended.out()).expect("JSON");
        let findings = json["findings"].as_array().expect("a list").iter().map(|finding| {
            let text = |key: &str| finding[key].as_str().expect(key).to_owned();
            format!("{} {}", text("path"), text("rule"))
        });
        findings.collect()
    }

    fn check(&self, arguments: &[&str]) -> Ended {
        let arguments = ["check", "--format", "json"].iter().chain(arguments);
        let run = self.desk.run(self.desk.command(arguments), b"");
        let ended = run.either(&[0, 1]);
        assert!(!ended.out().contains(MARKER), "the report names a secret: {}", ended.out());
        ended
    }
}

/// `PATH` with the folder of the dekko that is tested at its front.
pub fn path_with_dekko() -> std::ffi::OsString {
    let bin = Path::new(env!("CARGO_BIN_EXE_dekko")).parent().expect("a folder").to_owned();
    let rest = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths([bin].into_iter().chain(std::env::split_paths(&rest))).expect("a PATH")
}
