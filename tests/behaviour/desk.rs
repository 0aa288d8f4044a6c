//! A person at a desk: a folder to work in, a home, and the program; nothing of the machine's own environment.

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// What no message may ever hold. Values in tests that are secret contain it.
pub const MARKER: &str = "hunter2";

/// A desk, gone with all that lies on it when it is dropped.
pub struct Desk {
    folder: TempDir,
}

/// What came of a command; nothing of it can be looked at before it is said how it ended.
#[must_use = "assert how it ended with .ok(), .fails(status) or .ends(status)"]
pub struct Run(Ended);

/// A command that ended as it should.
pub struct Ended {
    shown: String,
    status: i32,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Desk {
    /// A desk without an identity and without configuration.
    pub fn bare() -> Self {
        let desk = Self { folder: tempfile::tempdir().expect("a folder") };
        for folder in ["work", "home", "tmp", "run"] {
            fs::create_dir(desk.folder.path().join(folder)).expect("a folder");
        }
        desk
    }

    /// A desk with an identity and a `dekko.toml` that encrypts `secrets/**`, `*.secret.*` and `.env` for it.
    pub fn new() -> Self {
        let desk = Self::bare();
        desk.dekko(["init"]).ok();
        desk
    }

    /// The folder that commands run in.
    pub fn work(&self) -> PathBuf {
        self.folder.path().join("work")
    }

    /// The home directory.
    pub fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// The path of `name` in the folder that commands run in.
    pub fn path(&self, name: &str) -> PathBuf {
        self.work().join(name)
    }

    /// Writes a file, and the folders it lies in.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, content).expect(name);
    }

    /// The content of a file as text.
    pub fn read(&self, name: &str) -> String {
        String::from_utf8(self.bytes(name)).expect("UTF-8")
    }

    /// The content of a file.
    pub fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).expect(name)
    }

    /// The recipient of the identity that `init` made.
    pub fn recipient(&self) -> String {
        recipient_in(&self.home().join(".config/dekko/keys.txt"))
    }

    /// Makes another identity in the file `name`, and gives its recipient.
    pub fn keygen(&self, name: &str) -> String {
        self.dekko(["keygen", "-o", name]).ok();
        recipient_in(&self.path(name))
    }

    /// The program with `arguments`, ready to be changed and given to [`Desk::run`].
    pub fn command<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Command {
        let mut command = self.program(env!("CARGO_BIN_EXE_dekko"));
        command.args(arguments);
        command
    }

    /// Another program at this desk.
    pub fn program(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.work()).env_clear();
        let folder = |name: &str| self.folder.path().join(name);
        command.env("HOME", folder("home")).env("USERPROFILE", folder("home"));
        command.env("XDG_CONFIG_HOME", folder("home").join(".config"));
        command.env("APPDATA", folder("home").join(".config"));
        command.env("XDG_RUNTIME_DIR", folder("run")).env("TMPDIR", folder("tmp"));
        command.env("TMP", folder("tmp")).env("TEMP", folder("tmp"));
        command.env("GIT_CONFIG_GLOBAL", folder("none")).env("GIT_CONFIG_SYSTEM", folder("none"));
        command.env("DEKKO_NO_PROMPT", "1").env("LC_ALL", "C");
        for name in ["PATH", "SYSTEMROOT"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
    }

    /// Runs dekko with nothing on standard input.
    pub fn dekko<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>) -> Run {
        self.run(self.command(arguments), b"")
    }

    /// Runs dekko with `input` on standard input.
    pub fn dekko_with<S: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = S>, input: &[u8]) -> Run {
        self.run(self.command(arguments), input)
    }

    /// Runs `command` with `input` on standard input.
    pub fn run(&self, mut command: Command, input: &[u8]) -> Run {
        let arguments: Vec<_> = command.get_args().map(|argument| argument.to_string_lossy()).collect();
        let shown = format!("dekko {}", arguments.join(" "));
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = pipes.spawn().expect("dekko runs");
        let mut stdin = child.stdin.take().expect("a pipe");
        let input = input.to_vec();
        // A program that does not read its input closes the pipe.
        let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
        let Output { status, stdout, stderr } = child.wait_with_output().expect("dekko ends");
        writer.join().expect("a writer");
        let stderr = String::from_utf8(stderr).expect("messages are UTF-8");
        assert!(!stderr.contains(MARKER), "{shown} names a secret: {stderr}");
        Run(Ended { shown, status: status.code().unwrap_or(-1), stdout, stderr })
    }
}

impl Run {
    /// How it ended, whatever that is.
    pub fn status(&self) -> i32 {
        self.0.status
    }

    /// It succeeded.
    pub fn ok(self) -> Ended {
        self.ends(0)
    }

    /// It failed with `status`, and wrote no data.
    pub fn fails(self, status: i32) -> Ended {
        let ended = self.ends(status);
        assert_eq!(ended.out(), "", "{} wrote data all the same", ended.shown);
        ended
    }

    /// It ended with `status`.
    pub fn ends(self, status: i32) -> Ended {
        self.either(&[status])
    }

    /// It ended with one of `statuses`.
    pub fn either(self, statuses: &[i32]) -> Ended {
        let ended = self.0;
        let shown = &ended.shown;
        assert!(
            statuses.contains(&ended.status),
            "{shown}: {} is none of {statuses:?}\n{}{}",
            ended.status,
            ended.out(),
            ended.stderr
        );
        ended
    }
}

impl Ended {
    /// The status that it ended with.
    #[cfg(unix)]
    pub fn status(&self) -> i32 {
        self.status
    }

    /// Standard output as text.
    pub fn out(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// It said `text` on standard error.
    pub fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "{} does not say '{text}' but\n{}", self.shown, self.stderr);
        self
    }

    /// It did not say `text` on standard error.
    pub fn does_not_say(self, text: &str) -> Self {
        assert!(!self.stderr.contains(text), "{} says '{text}':\n{}", self.shown, self.stderr);
        self
    }
}

fn recipient_in(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("an identity");
    let line = text.lines().find_map(|line| line.strip_prefix("# public key: "));
    line.expect("a public key").to_owned()
}
