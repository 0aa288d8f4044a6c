//! People who share a repository: a desk for each, real git, and what git leaves lying about.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::desk::{Desk, MARKER};

/// Whether git at a desk knows of dekko.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setup {
    /// dekko is on PATH and git's configuration names it.
    Driver,
    /// git's configuration names dekko, and it is not on PATH.
    ProgramMissing,
    /// Nothing: as on a forge.
    Nothing,
}

/// Somebody with a clone of the team's repository in the folder where commands run.
pub struct Member {
    pub desk: Desk,
    setup: Setup,
}

/// What came of a git command.
#[must_use = "assert how it ended with .ok() or .ends(status)"]
pub struct Done {
    shown: String,
    status: i32,
    out: String,
    err: String,
}

/// A git command that ended as it should.
pub struct Ended {
    shown: String,
    pub status: i32,
    pub out: String,
    pub err: String,
}

/// Several members, and the bare repository that they push to.
pub struct Team {
    origin: Desk,
    pub members: Vec<Member>,
}

/// The name of the file in most scenes.
pub const FILE: &str = "app.secret.yaml";

impl Member {
    /// Somebody with an identity, a `dekko.toml` and an empty repository with its attributes.
    pub fn alone(setup: Setup) -> Self {
        let member = Self::at(Desk::new(), setup);
        member.git(["init", "--quiet", "--initial-branch=main"]).ok();
        member.desk.write(".gitattributes", "*.secret.* diff=dekko merge=dekko\n");
        member.record("start");
        member
    }

    fn at(desk: Desk, setup: Setup) -> Self {
        let member = Self { desk, setup };
        for (name, value) in [("user.name", "a"), ("user.email", "a@b"), ("advice.detachedHead", "false")] {
            member.git(["config", "--global", name, value]).ok();
        }
        if setup != Setup::Nothing {
            let mut command = member.desk.command(["git", "install", "--quiet"]);
            member.prepare(&mut command);
            member.desk.run(command, b"").ok();
        }
        member
    }

    /// git with `arguments`, ready to be changed and given to [`Member::run`].
    pub fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = self.desk.program("git");
        command.args(arguments);
        self.prepare(&mut command);
        command
    }

    /// The environment that git has at this desk.
    pub fn prepare(&self, command: &mut Command) {
        command.env_remove("GIT_CONFIG_GLOBAL").env("GIT_CONFIG_NOSYSTEM", "1");
        command.env("GIT_EDITOR", "true").env("GIT_TERMINAL_PROMPT", "0");
        if self.setup == Setup::Driver {
            command.env("PATH", self.path_variable());
        }
    }

    /// PATH with dekko's folder before the others.
    pub fn path_variable(&self) -> OsString {
        let folder = Path::new(env!("CARGO_BIN_EXE_dekko")).parent().expect("a folder").to_owned();
        let others = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(folder).chain(std::env::split_paths(&others));
        std::env::join_paths(folders).expect("a PATH")
    }

    /// Runs `command`.
    pub fn run(&self, mut command: Command) -> Done {
        let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy()).collect();
        let shown = format!("git {}", arguments.join(" "));
        let output = command.stdin(Stdio::null()).output().expect("git runs");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(!err.contains(MARKER), "{shown} names a secret: {err}");
        Done { shown, status: output.status.code().unwrap_or(-1), out, err }
    }

    /// Runs git with `arguments`.
    pub fn git<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Done {
        self.run(self.command(arguments))
    }

    /// Commits everything that lies in the work tree.
    pub fn record(&self, subject: &str) {
        self.git(["add", "--all"]).ok();
        self.git(["commit", "--quiet", "--message", subject]).ok();
    }

    /// Writes `plain` to the new file `name` and encrypts it.
    pub fn create(&self, name: &str, plain: &str) {
        self.desk.write(name, plain);
        self.desk.dekko(["encrypt", "--yes", "--", name]).ok();
    }

    /// Makes the encrypted file `name` hold `plain`, as an edit.
    pub fn edit(&self, name: &str, plain: &str) {
        let new = self.desk.home().join("new");
        fs::write(&new, plain).expect("written");
        let mut command = self.desk.command(["edit", "--", name]);
        command.env("EDITOR", format!("cp '{}'", new.display()));
        self.desk.run(command, b"").ok();
        fs::remove_file(new).expect("removed");
    }

    /// [`Member::edit`], committed.
    pub fn change(&self, name: &str, plain: &str, subject: &str) {
        self.edit(name, plain);
        self.record(subject);
    }

    /// The plain text of `name`, which verifies.
    pub fn plain(&self, name: &str) -> String {
        self.desk.dekko(["verify", "--", name]).ok();
        self.desk.dekko(["decrypt", "--", name]).ok().out()
    }

    /// What `git diff` shows of `name` to somebody who wants to see values.
    pub fn diff(&self, name: &str) -> String {
        let mut command = self.command(["diff", "--", name]);
        command.env("DEKKO_DIFF", "plain");
        self.run(command).ok()
    }

    /// The object that `revision` names, as text.
    pub fn object(&self, revision: &str) -> String {
        self.git(["cat-file", "-p", revision]).ok()
    }

    /// Nothing that git or dekko left at this desk holds [`MARKER`]: no object of any repository, no file anywhere.
    pub fn keeps_secrets(&self) {
        let found = leaks(self, self.root());
        assert!(found.is_empty(), "a secret lies in:\n{}", found.join("\n"));
    }

    /// Nothing in the history was put back to an earlier state; everything is committed.
    pub fn has_honest_history(&self) {
        self.desk.dekko(["verify", "--history", "--all"]).ok();
    }

    /// The folder in which all of the desk lies.
    pub fn root(&self) -> PathBuf {
        self.desk.home().parent().expect("a folder").to_owned()
    }
}

/// Where [`MARKER`] stands in or below `folder`: files, names of files, and objects of the repositories there.
pub fn leaks(member: &Member, folder: PathBuf) -> Vec<String> {
    let marker = MARKER.as_bytes();
    let holds = |bytes: &[u8]| bytes.windows(marker.len()).any(|part| part == marker);
    let mut folders = vec![folder];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        if folder.join("objects").is_dir() && folder.join("HEAD").is_file() {
            let mut command = member.desk.program("git");
            command.arg("--git-dir").arg(&folder);
            command.args(["cat-file", "--batch-all-objects", "--batch"]);
            let output = command.output().expect("git runs");
            assert!(output.status.success() && !output.stdout.is_empty(), "{}", folder.display());
            if holds(&output.stdout) {
                found.push(format!("an object of {}", folder.display()));
            }
        }
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if holds(path.as_os_str().as_encoded_bytes()) {
                found.push(format!("the name of {}", path.display()));
            }
            match path.symlink_metadata() {
                Ok(about) if about.is_dir() => folders.push(path),
                Ok(about) if about.is_file() && fs::read(&path).is_ok_and(|bytes| holds(&bytes)) => {
                    found.push(path.display().to_string());
                }
                _ => {}
            }
        }
    }
    found
}

impl Done {
    /// It succeeded: what it printed.
    pub fn ok(self) -> String {
        self.ends(0).out
    }

    /// It ended with `status`.
    pub fn ends(self, status: i32) -> Ended {
        assert_eq!(self.status, status, "{}\n{}{}", self.shown, self.out, self.err);
        Ended { shown: self.shown, status, out: self.out, err: self.err }
    }

    /// How it ended, whatever that is.
    pub fn any(self) -> Ended {
        let status = self.status;
        self.ends(status)
    }
}

impl Ended {
    /// It said `text` on standard error.
    pub fn says(self, text: &str) -> Self {
        assert!(
            self.err.contains(text),
            "{} does not say '{text}' but\n{}{}",
            self.shown,
            self.out,
            self.err
        );
        self
    }
}

impl Team {
    /// A team of `names`, each named in `dekko.toml`; the first has pushed it.
    pub fn new(setup: Setup, names: &[&str]) -> Self {
        let mut desks: Vec<Desk> = names.iter().map(|_| Desk::new()).collect();
        let origin = Desk::bare();
        let rids: Vec<_> = desks.iter().map(Desk::recipient).collect();
        let people: String =
            names.iter().zip(&rids).map(|(name, rid)| format!("{name} = \"{rid}\"\n")).collect();
        let config = config(&people, names);
        let first = Member::at(desks.remove(0), setup);
        first
            .git([
                "init",
                "--quiet",
                "--bare",
                "--initial-branch=main",
                &origin.path("repo.git").to_string_lossy(),
            ])
            .ok();
        first.git(["init", "--quiet", "--initial-branch=main"]).ok();
        first.desk.write("dekko.toml", config);
        first.desk.write(".gitattributes", "*.secret.* diff=dekko merge=dekko\n");
        first.record("start");
        let url = origin.path("repo.git").to_string_lossy().into_owned();
        first.git(["remote", "add", "origin", &url]).ok();
        first.git(["push", "--quiet", "--set-upstream", "origin", "main"]).ok();
        let mut team = Self { origin, members: vec![first] };
        for desk in desks {
            let member = Member::at(desk, setup);
            fs::remove_file(member.desk.path("dekko.toml")).expect("removed");
            member.git(["clone", "--quiet", &url, "."]).ok();
            team.members.push(member);
        }
        team
    }

    /// Nothing that anybody of them left holds [`MARKER`].
    pub fn keeps_secrets(&self) {
        self.members.iter().for_each(Member::keeps_secrets);
        let found = leaks(&self.members[0], self.origin.work());
        assert!(found.is_empty(), "a secret lies in:\n{}", found.join("\n"));
    }
}

/// A `dekko.toml` whose rule encrypts `*.secret.*` for `names`, defined in the lines `people`.
pub fn config(people: &str, names: &[&str]) -> String {
    format!(
        "version = 1\n[recipients]\n{people}[[rules]]\npaths = [\"*.secret.*\"]\nrecipients = {names:?}\n"
    )
}
