//! What every command works with: messages, environment, identities, and files opened with them.

use std::cell::{Cell, OnceCell};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::options::Globals;
use super::readers::Reader;
use super::source::{Content, Source};
use super::terminal::Terminal;
use super::ui::{Status, Ui};
use crate::agent;
use crate::config::Config;
use crate::config::user::UserConfig;
use crate::document::escape;
use crate::environment::Environment;
use crate::error::{Attempt, Error, Result};
use crate::file::{EncryptedFile, FileType, OpenFile};
use crate::fs::{self, Expected, Readers};
use crate::git::history::FilePast;
use crate::provider::{self, Session};

/// One run of dekko.
pub(super) struct Context {
    /// Where messages go.
    pub ui: Ui,
    /// The variables of the process.
    pub environment: Environment,
    identities: Vec<PathBuf>,
    /// How long services and plugins may take for one file.
    patience: Duration,
    session: OnceCell<Session>,
    /// Whether identity files that are of no use were spoken of.
    has_warned: Cell<bool>,
}

/// A file that was read, opened and verified.
pub(super) struct Opened {
    /// Where it is from, and its bytes as they were read: what a replacement must still find.
    pub content: Content,
    /// The file, verified.
    pub file: OpenFile,
}

impl Context {
    /// The run with these options and this environment.
    pub fn new(globals: Globals, environment: Environment) -> Self {
        let ui = Ui::new(&globals, &environment);
        let (identities, patience) = (globals.identities, globals.timeout);
        Self { ui, environment, identities, patience, session: OnceCell::new(), has_warned: Cell::new(false) }
    }

    /// The files of identities that `--identity` names.
    pub fn identities(&self) -> &[PathBuf] {
        &self.identities
    }

    /// The identities of the user, looked for once.
    ///
    /// # Errors
    /// [`Error::Config`] or [`Error::Io`] when the user's own configuration cannot be used.
    pub fn session(&self) -> Result<&Session> {
        if let Some(session) = self.session.get() {
            return Ok(session);
        }
        // A killed dekko may have left plain text; whoever decrypts next removes it.
        fs::sweep(&self.environment);
        let user = UserConfig::load(&self.environment)?;
        let prompt = Arc::new(Terminal::new(&self.environment));
        let store = agent::store(&self.environment, &self.identities, user.agent());
        let session = Session::new(self.environment.clone(), &self.identities, prompt)
            .with_plugins(user.plugins)
            .with_keys(user.keys)
            .with_patience(self.patience)
            .with_store(store);
        Ok(self.session.get_or_init(|| session))
    }

    /// Reads and verifies the encrypted file at `source`.
    ///
    /// # Errors
    /// As [`EncryptedFile::read`] and [`Context::unlock`], in the file.
    pub fn open(&self, source: Source, wanted: Option<FileType>) -> Result<Opened> {
        let content = source.read()?.not_empty()?;
        let file = content.encrypted(wanted)?;
        let file = self.unlock(file, &content)?;
        Ok(Opened { content, file })
    }

    /// Opens `file`, which was read from `content`, with whichever identity here fits.
    ///
    /// # Errors
    /// [`Error::NoIdentity`] with the names that people know the recipients by; as [`EncryptedFile::open`].
    pub fn unlock(&self, file: EncryptedFile, content: &Content) -> Result<OpenFile> {
        let session = self.session()?;
        let key = file.unwrap(session);
        if key.is_ok() {
            self.warn_of_useless_identities(session);
        }
        key.and_then(|key| file.open(key)).map_err(|error| match error {
            Error::NoIdentity { recipients, attempts } => {
                self.ui.know_own(self.own_recipients(session));
                let config = self.config_for(&content.source).ok().flatten();
                let named = |rid: String| Reader::of(rid, config.as_ref()).to_string();
                Error::NoIdentity { recipients: recipients.into_iter().map(named).collect(), attempts }
                    .in_file(content.source.name())
            }
            error => content.explained(error),
        })
    }

    /// The recipients of the user, as people write them; nobody is asked for a passphrase.
    fn own_recipients(&self, session: &Session) -> Vec<String> {
        let listed = provider::identities(session).into_iter().flat_map(|source| source.recipients);
        listed.filter(|rid| provider::recipient(rid).is_ok()).map(|rid| Reader::of(rid, None).key()).collect()
    }

    /// Warns, once, of identity files that are of no use.
    pub fn warn_of_useless_identities(&self, session: &Session) {
        if !self.has_warned.replace(true) {
            for Attempt { source, reason, .. } in provider::useless_identities(session) {
                self.ui.warn(&format!("{source} is of no use: {reason}"));
            }
        }
    }

    /// The configuration that holds for the file at `source`: `dekko.toml` upward from it; for standard input none.
    ///
    /// # Errors
    /// [`Error::Config`] or [`Error::Io`], in the configuration.
    pub fn config_for(&self, source: &Source) -> Result<Option<Config>> {
        source.path().map_or(Ok(None), Config::find)
    }

    /// Does `work` for each of `items` and reports every failure; the results, when there was none.
    ///
    /// # Errors
    /// The worst status of the failures.
    pub fn each<I, T>(
        &self,
        items: impl IntoIterator<Item = I>,
        mut work: impl FnMut(I) -> Result<T>,
    ) -> std::result::Result<Vec<T>, Status> {
        let mut results = Vec::new();
        let mut status = Status::DONE;
        for item in items {
            match work(item) {
                Ok(result) => results.push(result),
                Err(error) => status = status.or_worse(Status(self.ui.fail(&error))),
            }
        }
        if status == Status::DONE { Ok(results) } else { Err(status) }
    }

    /// Warns of values of the file at `source` that looked encrypted, and were encrypted again.
    pub fn warn_of_look_alikes(&self, source: &Source, paths: &[String]) {
        for path in paths {
            self.ui.warn(&format!("'{path}' of {source} looked encrypted already, and was encrypted again"));
        }
    }

    /// Puts `new` in the place of the file that `content` was read from, if it still is as it was then. Nothing is
    /// written when nothing changed.
    ///
    /// # Errors
    /// As [`fs::replace`]; [`Error::Outside`] when a link leads out of the repository.
    pub fn replace(&self, content: &Content, new: &[u8], readers: Readers) -> Result<()> {
        let Some(path) = content.source.path() else {
            return Err(Error::Usage {
                what: "standard input cannot be written back to; say -o FILE".to_owned(),
            });
        };
        if content.bytes == new {
            return Ok(());
        }
        fs::replace(path, &Expected::Bytes(&content.bytes), new, readers, repository_of(path).as_deref())
    }
}

impl Content {
    /// What git has of the file's earlier versions, so that an edit notices when it undoes a change.
    pub fn past(&self, context: &Context) -> FilePast {
        FilePast::of(self.source.path(), &context.environment)
    }
}

impl Opened {
    /// Refuses a file that is not for `scope`.
    ///
    /// # Errors
    /// [`Error::Scope`], in the file.
    pub fn require_scope(&self, scope: &str) -> Result<()> {
        let found = self.file.file().envelope().scope.clone();
        if found.as_deref() == Some(scope) {
            return Ok(());
        }
        let error = Error::Scope { required: escape(scope), found };
        Err(error.in_file(self.content.source.name()))
    }
}

/// The top of the git repository that `path` lies in: the first folder upward that holds a `.git`, by the path as it is
/// written, else by the real one. So a link to a folder elsewhere leads out of the repository, and not into nothing.
///
/// As for the system, `..` goes up from the folder that a link leads to; after a link that leads out of a repository, it
/// is that repository still.
pub(super) fn repository_of(path: &Path) -> Option<PathBuf> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut written = PathBuf::new();
    for component in std::path::absolute(folder).ok()?.components() {
        if component != Component::ParentDir {
            written.push(component);
            continue;
        }
        if let Ok(real) = std::fs::canonicalize(&written) {
            if let Some(top) = top_of(&written)
                && !std::fs::canonicalize(&top).is_ok_and(|top| real.starts_with(top))
            {
                return Some(top);
            }
            written = real;
        }
        written.pop();
    }
    top_of(&written).or_else(|| top_of(&std::fs::canonicalize(folder).ok()?))
}

/// The first folder that holds a `.git`, upward from `folder`.
fn top_of(folder: &Path) -> Option<PathBuf> {
    let mut folders = folder.ancestors();
    folders.find(|folder| std::fs::symlink_metadata(folder.join(".git")).is_ok()).map(Path::to_owned)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs::{canonicalize, create_dir_all};
    use std::os::unix::fs::symlink;

    use super::repository_of;

    #[test]
    fn a_path_is_in_the_repository_that_it_leads_to_or_links_out_of() {
        let desk = tempfile::tempdir().unwrap();
        let desk = canonicalize(desk.path()).unwrap();
        for folder in ["repo/.git", "repo/sub", "other/deep", "third/.git", "third/sub"] {
            create_dir_all(desk.join(folder)).unwrap();
        }
        symlink(desk.join("other/deep"), desk.join("repo/link")).unwrap();
        symlink(desk.join("repo/sub"), desk.join("repo/own")).unwrap();
        symlink(desk.join("third/sub"), desk.join("other/in")).unwrap();
        for (path, top) in [
            ("repo/x", Some("repo")),
            ("repo/sub/../x", Some("repo")),
            ("repo/sub/../../other/x", None),
            ("repo/../third/sub/x", Some("third")),
            ("other/x", None),
            // Links inside a repository that lead out of it, and one that does not.
            ("repo/link/x", Some("repo")),
            ("repo/link/../x", Some("repo")),
            ("repo/own/../x", Some("repo")),
            // A link into one.
            ("other/in/x", Some("third")),
            ("other/in/../x", Some("third")),
            ("other/in/../../x", None),
            ("repo/absent/x", Some("repo")),
            ("repo/absent/../../x", None),
        ] {
            assert_eq!(repository_of(&desk.join(path)), top.map(|top| desk.join(top)), "{path}");
        }
    }
}
