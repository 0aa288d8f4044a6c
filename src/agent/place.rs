//! Where the agent listens.

use std::fs::{DirBuilder, File, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::fs::is_own;

/// The folder of the socket: `dekko` in `$XDG_RUNTIME_DIR`, else `dekko-agent-UID` in the folder for temporary files;
/// closed to all others.
pub(super) struct Place {
    folder: PathBuf,
    /// The folder in `$XDG_RUNTIME_DIR`, where that is open to others and so does not count.
    refused: Option<PathBuf>,
}

impl Place {
    /// The folder that `environment` says.
    pub fn of(environment: &Environment) -> Self {
        let runtime = environment.path("XDG_RUNTIME_DIR").filter(|path| path.is_absolute());
        let (runtime, refused) = match runtime {
            Some(path) if is_own(&path) => (Some(path.join("dekko")), None),
            other => (None, other.map(|path| path.join("dekko"))),
        };
        let elsewhere = || {
            let temporary = environment.path("TMPDIR").filter(|path| path.is_absolute());
            let user = rustix::process::geteuid().as_raw();
            temporary.unwrap_or_else(|| PathBuf::from("/tmp")).join(format!("dekko-agent-{user}"))
        };
        Self { folder: runtime.unwrap_or_else(elsewhere), refused }
    }

    /// The folder in which an agent may be listening that nobody talks to, since the folder is open to others.
    pub fn exposed(&self) -> Option<&Path> {
        let has_socket = |folder: &Path| folder.join("agent.sock").symlink_metadata().is_ok();
        let folder = Some(&*self.folder).filter(|folder| !is_own(folder) && has_socket(folder));
        folder.or_else(|| self.refused.as_deref().filter(|folder| has_socket(folder)))
    }

    /// The socket.
    pub fn socket(&self) -> PathBuf {
        self.folder.join("agent.sock")
    }

    /// Whether the folder is this user's, and closed to all others; nobody else can have put a socket into it then.
    pub fn is_safe(&self) -> bool {
        is_own(&self.folder)
    }

    /// Makes the folder, and locks it: there is one agent at a time. `None` when there is one.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be made, or is somebody else's.
    pub fn lock(&self) -> Result<Option<File>> {
        let failed = |source| Error::Io { action: "lock the agent's folder", source }.in_file(&self.folder);
        match DirBuilder::new().mode(0o700).create(&self.folder) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(failed(error)),
            _ => {}
        }
        if !self.is_safe() {
            return Err(failed(std::io::Error::other("it is not this user's, or open to others")));
        }
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false).mode(0o600);
        let lock = options.open(self.folder.join("agent.lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(lock)),
            Err(std::fs::TryLockError::WouldBlock) => Ok(None),
            Err(std::fs::TryLockError::Error(error)) => Err(failed(error)),
        }
    }
}

/// Whether the process at the other end of `stream` runs under this user (`SO_PEERCRED` of unix(7)). Where the system does
/// not say, the folder, which is closed to all others, has to be enough.
pub(super) fn is_same_user(stream: &UnixStream) -> bool {
    #[cfg(target_os = "linux")]
    {
        let peer = rustix::net::sockopt::socket_peercred(stream);
        peer.is_ok_and(|peer| peer.uid == rustix::process::geteuid())
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = stream;
        true
    }
}
