//! Where identities come from, in the order in which they are looked for.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use zeroize::Zeroizing;

use super::identities::{Contents, Identity, Key, LARGEST, Locked, unlock};
use crate::document::escape;
use crate::environment::Environment;
use crate::error::Attempt;
use crate::provider::search::deadline;
use crate::provider::waiting::output_of;
use crate::provider::{Session, attempt};

/// All sources of a session.
pub(in crate::provider) struct Keyring(Vec<Source>);

/// A place that may hold identities.
pub(super) struct Source {
    /// What messages call it.
    pub(super) name: String,
    origin: Origin,
    /// Looked at only for files that have an SSH recipient.
    pub(super) ssh_only: bool,
    /// Named by `--identity`, for this run.
    is_of_option: bool,
    contents: OnceLock<Option<Contents>>,
    unlocked: OnceLock<Vec<Result<Vec<Identity>, String>>>,
}

enum Origin {
    /// A variable that holds identities itself.
    Text(&'static str),
    /// A variable that holds a command which prints identities.
    Command(&'static str),
    /// A file that somebody named.
    Named(PathBuf),
    /// A file that need not be there.
    Usual(PathBuf),
}

impl Keyring {
    /// The sources: `--identity`, dekko's variables and file, those of sops, then the user's SSH keys.
    pub(in crate::provider) fn new(environment: &Environment, identity_files: &[PathBuf]) -> Self {
        let mut sources: Vec<_> = identity_files
            .iter()
            .map(|path| Source::new(format!("--identity {}", show(path)), Origin::Named(path.clone())))
            .map(|source| Source { is_of_option: true, ..source })
            .collect();
        let text = |name| environment.var(name).map(|_| Source::new(name.to_owned(), Origin::Text(name)));
        let named = |name| {
            let path = environment.path(name)?;
            Some(Source::new(format!("{name} {}", show(&path)), Origin::Named(path)))
        };
        let usual = |path: Option<PathBuf>| {
            let path = path?;
            Some(Source::new(show(&path), Origin::Usual(path)))
        };
        sources.extend(text("DEKKO_AGE_KEY"));
        sources.extend(named("DEKKO_AGE_KEY_FILE"));
        let command = "DEKKO_AGE_KEY_CMD";
        sources.extend(
            environment.var(command).map(|_| Source::new(command.to_owned(), Origin::Command(command))),
        );
        sources.extend(usual(environment.config_home("dekko").map(|folder| folder.join("keys.txt"))));
        sources.extend(text("SOPS_AGE_KEY"));
        sources.extend(named("SOPS_AGE_KEY_FILE"));
        sources
            .extend(usual(environment.config_home("sops").map(|folder| folder.join("age").join("keys.txt"))));
        for name in ["id_ed25519", "id_rsa"] {
            let source = usual(environment.home().map(|home| home.join(".ssh").join(name)));
            sources.extend(source.map(|source| Source { ssh_only: true, ..source }));
        }
        Self(sources)
    }

    /// The sources for a file, which has SSH recipients or not.
    pub(super) fn sources(&self, has_ssh: bool) -> impl Iterator<Item = &Source> {
        self.0.iter().filter(move |source| has_ssh || !source.ssh_only)
    }
}

impl Source {
    fn new(name: String, origin: Origin) -> Self {
        Self {
            name,
            origin,
            ssh_only: false,
            is_of_option: false,
            contents: OnceLock::new(),
            unlocked: OnceLock::new(),
        }
    }

    /// What the source holds; `None` when there is no such file and nobody said there is.
    pub(super) fn contents(&self, session: &Session) -> Option<&Contents> {
        self.contents.get_or_init(|| self.load(session)).as_ref()
    }

    /// The identities behind passphrases, asked for once; one result for each of [`Contents::locked`].
    pub(super) fn unlocked(&self, session: &Session) -> &[Result<Vec<Identity>, String>] {
        self.unlocked.get_or_init(|| {
            let locked = self.contents(session).map_or(&[][..], |contents| &contents.locked);
            locked.iter().map(|locked| unlock(locked, &self.name, session.prompt().as_ref())).collect()
        })
    }

    fn load(&self, session: &Session) -> Option<Contents> {
        let environment = session.environment();
        Some(match &self.origin {
            Origin::Text(name) => match environment.text(name) {
                Some(text) => Contents::read(Zeroizing::new(text.as_bytes().to_vec())),
                None => Contents::problem("it is not UTF-8 text"),
            },
            Origin::Command(name) => match environment.text(name) {
                Some(command) => run(command, session),
                None => Contents::problem("it is not UTF-8 text"),
            },
            Origin::Named(path) => read(path).unwrap_or_else(|error| unreadable(&error)),
            Origin::Usual(path) => match read(path) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => return None,
                other => other.unwrap_or_else(|error| unreadable(&error)),
            },
        })
    }
}

fn unreadable(error: &std::io::Error) -> Contents {
    Contents::problem(format!("cannot read it: {error}"))
}

fn read(path: &Path) -> std::io::Result<Contents> {
    let file = File::open(path)?;
    // A pipe is fine here: a shell gives one for the output of a command.
    let expected = file.metadata().map_or(0, |metadata| metadata.len()).min(LARGEST);
    let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(expected).unwrap_or(0) + 4096));
    file.take(LARGEST + 1).read_to_end(&mut bytes)?;
    Ok(read_bounded(bytes))
}

fn read_bounded(bytes: Zeroizing<Vec<u8>>) -> Contents {
    if bytes.len() as u64 > LARGEST {
        return Contents::problem(format!("it is larger than {LARGEST} bytes"));
    }
    Contents::read(bytes)
}

/// Runs the user's own command through the shell, as `SOPS_AGE_KEY_CMD` does; what it prints are identities.
fn run(command: &str, session: &Session) -> Contents {
    let mut shell = shell(command, session.environment());
    shell.env_clear().envs(session.environment().all());
    shell.stdin(Stdio::null()).stdout(Stdio::piped());
    let child = match shell.spawn() {
        Ok(child) => child,
        Err(error) => return Contents::problem(format!("cannot run it: {error}")),
    };
    // A person may have to unlock something first.
    let factor = if session.prompt().is_present() { 10 } else { 1 };
    match output_of(child, LARGEST + 1, deadline(session, factor)) {
        None => Contents::problem("it did not end in time"),
        Some(Ok((status, bytes))) if status.success() => read_bounded(bytes),
        Some(Ok((status, _))) => Contents::problem(format!("it failed ({status})")),
        Some(Err(_)) => Contents::problem("cannot read what it prints"),
    }
}

#[cfg(not(windows))]
fn shell(command: &str, _: &Environment) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(command);
    shell
}

#[cfg(windows)]
fn shell(command: &str, environment: &Environment) -> Command {
    use std::os::windows::process::CommandExt;

    let system = environment.path("SystemRoot").unwrap_or_else(|| PathBuf::from(r"C:\Windows"));
    let mut shell = Command::new(system.join("System32").join("cmd.exe"));
    shell.arg("/C").raw_arg(command);
    shell
}

/// The name of a file, for messages; a key that somebody gave in the place of one is not shown.
fn show(path: &Path) -> String {
    let name = path.to_string_lossy();
    let upper = name.to_ascii_uppercase();
    if ["AGE-SECRET-KEY-", "AGE-PLUGIN-", "PRIVATE KEY"].iter().any(|mark| upper.contains(mark)) {
        return "(a key where the name of a file is wanted; not shown)".to_owned();
    }
    format!("'{}'", escape(&name))
}

/// What stands behind a recipient whose identity has to be unlocked first.
const LOCKED: &str = " (needs a passphrase)";

/// A source of identities, for a person to see; never a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Where it is: a variable, a file.
    pub source: String,
    /// Whether there is something.
    pub found: bool,
    /// The recipients whose wraps it opens; in words where they cannot be known.
    pub recipients: Vec<String>,
    /// What is wrong with it.
    pub problems: Vec<String>,
}

impl Listed {
    /// The recipients, without words behind them, and whether each needs a passphrase.
    pub fn keys(&self) -> impl Iterator<Item = (&str, bool)> {
        self.recipients
            .iter()
            .map(|text| text.strip_suffix(LOCKED).map_or((text.as_str(), false), |rid| (rid, true)))
    }
}

/// Every source that `session` looks for identities in, in that order, and what it holds.
///
/// Nobody is asked for a passphrase; a command in `DEKKO_AGE_KEY_CMD` is run.
pub fn identities(session: &Session) -> Vec<Listed> {
    let list = |source: &Source| {
        let Some(contents) = source.contents(session) else {
            return Listed {
                source: source.name.clone(),
                found: false,
                recipients: vec![],
                problems: vec![],
            };
        };
        let open = contents.open.iter().map(|identity| match (&identity.public, &identity.key) {
            (Some(rest), _) => format!("age:{rest}"),
            (None, Key::Plugin { name, .. }) => format!("whatever age-plugin-{name} opens"),
            (None, Key::Own(_)) => "unknown".to_owned(),
        });
        let locked = contents.locked.iter().map(|locked| match locked {
            Locked::Ssh(rest, _) => format!("age:{rest}{LOCKED}"),
            Locked::File(_) => format!("unknown{LOCKED}"),
        });
        Listed {
            source: source.name.clone(),
            found: true,
            recipients: open.chain(locked).collect(),
            problems: contents.problems.clone(),
        }
    };
    session.keyring().sources(true).map(list).collect()
}

/// What is wrong with the identity files that `session` was given itself (`--identity`): those that cannot be read, and
/// those that hold no identity. They are read for it.
pub fn useless_identities(session: &Session) -> Vec<Attempt> {
    let of_option = session.keyring().0.iter().filter(|source| source.is_of_option);
    let useless = of_option.filter(|source| {
        let contents = source.contents(session);
        contents.is_none_or(|contents| contents.open.is_empty() && contents.locked.is_empty())
    });
    useless.filter_map(|source| source.attempts().into_iter().next()).collect()
}

impl Source {
    /// What is wrong with the source, for a message; nothing when it was never looked at.
    pub(super) fn attempts(&self) -> Vec<Attempt> {
        let problems =
            self.contents.get().and_then(Option::as_ref).map(|contents| contents.problems.as_slice());
        let locked = self.unlocked.get().into_iter().flatten().filter_map(|outcome| outcome.as_ref().err());
        let reasons = problems.unwrap_or_default().iter().chain(locked);
        reasons.map(|reason| attempt(&self.name, reason.clone())).collect()
    }
}
