//! A desk with a git repository on it: what a change looks like to those who review it.

use std::process::Command;

use crate::desk::Desk;

/// A file of each text format, with `hunter2-old` in one value and values before and after it.
pub const FIVE: [(&str, &str); 5] = [
    ("a.secret.yaml", "# top\ndb:\n  user: app\n  password: hunter2-old # why\n  host: h\nlast: x\n"),
    (
        "b.secret.json",
        "{\n  \"db\": {\n    \"user\": \"app\",\n    \"password\": \"hunter2-old\",\n    \"host\": \"h\"\n  },\n  \
         \"last\": \"x\"\n}\n",
    ),
    ("c.secret.toml", "top = 1\n[db]\nuser = \"app\"\npassword = \"hunter2-old\" # why\nhost = \"h\"\n"),
    ("d.secret.env", "# top\nUSER=app\nexport PASSWORD=\"hunter2-old\"\nHOST=h\n"),
    ("e.secret.ini", "; top\n[db]\nuser = app\npassword = hunter2-old\nhost = h\n"),
];

/// The desk and its repository.
pub struct Repository {
    pub desk: Desk,
}

impl Repository {
    /// An empty repository with a configuration that encrypts `*.secret.*`.
    pub fn new() -> Self {
        let this = Self { desk: Desk::new() };
        this.git(&["init", "--quiet"]);
        this
    }

    /// Writes `text` to the file `name`, encrypts and commits it.
    pub fn commit(&self, name: &str, text: &str) {
        self.desk.write(name, text);
        self.desk.dekko(["encrypt", name]).ok();
        self.record(name);
    }

    /// Commits the file `name` as it is.
    pub fn record(&self, name: &str) {
        self.git(&["add", name]);
        self.git(&["-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "-m", "change"]);
    }

    /// How many lines of the file `name` were added and removed since the last commit, as git counts them.
    pub fn changed_lines(&self, name: &str) -> (usize, usize) {
        let counts = self.git(&["diff", "--numstat", "--", name]);
        let mut counts = counts.split_whitespace().take(2).map(|count| count.parse().expect("a text file"));
        (counts.next().unwrap_or(0), counts.next().unwrap_or(0))
    }

    /// The plain text of the file `name`.
    pub fn decrypted(&self, name: &str) -> String {
        self.desk.dekko(["decrypt", name]).ok().out()
    }

    /// What git prints for `arguments`.
    pub fn git(&self, arguments: &[&str]) -> String {
        let mut command = Command::new("git");
        command.args(arguments).current_dir(self.desk.work()).env("HOME", self.desk.home());
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
        let output = command.output().expect("git runs");
        assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    }
}
