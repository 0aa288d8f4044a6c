//! Plaintext on its way to an editor: a folder that only its owner can look into, in memory where there is such a place.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::path::{Component, Path, PathBuf};

use crate::environment::Environment;
use crate::error::{Error, Result};

/// Where a private folder lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In memory (tmpfs, ramfs): gone with the power.
    Tmpfs,
    /// Perhaps on a disk: what was written may outlive its removal there.
    Disk,
}

/// A folder for plaintext (0700), removed with all it holds when it is dropped.
///
/// What kills the process outright leaves it; [`sweep`] removes it then.
#[derive(Debug)]
pub struct PrivateDir {
    path: PathBuf,
    /// Locked as long as the process lives, also for those who see other process numbers than we do.
    #[cfg(unix)]
    _lock: fs::File,
}

impl PrivateDir {
    /// A new folder in `$XDG_RUNTIME_DIR`, else `/dev/shm`, else the folder for temporary files.
    ///
    /// The first two count only when they lie in memory, the first only when nobody else can look into it.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] when no folder can be made; nothing is left then.
    pub fn new(environment: &Environment) -> Result<(Self, Place)> {
        let refuse = |source| Error::Io { action: "make a private folder", source };
        let places = places(environment);
        let mut outcome = Err(io::Error::other("there is no folder for temporary files"));
        for (base, place) in places {
            outcome = Self::create(&base).map(|private| (private, place));
            if outcome.is_ok() {
                break;
            }
        }
        outcome.map_err(refuse)
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a new file `name` (0600) into the folder.
    ///
    /// # Errors
    ///
    /// [`Error::Io`] in the file; also when `name` is not the bare name of a file, or taken.
    pub fn file(&self, name: &str, bytes: &[u8]) -> Result<PathBuf> {
        let path = self.path.join(name);
        let write = || {
            let mut components = Path::new(name).components();
            if !matches!((components.next(), components.next()), (Some(Component::Normal(_)), None)) {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not the name of a file"));
            }
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            {
                use std::os::unix::fs::OpenOptionsExt;
                options.mode(0o600);
            }
            options.open(&path)?.write_all(bytes)
        };
        write().map_err(|source| Error::Io { action: "write a private file", source }.in_file(&path))?;
        Ok(path)
    }

    /// Lets the folder lie with all it holds; its new path, as [`keep`] has it.
    ///
    /// # Errors
    ///
    /// What the rename meets; the folder then lies under its old name.
    pub fn keep(self) -> io::Result<PathBuf> {
        // Never dropped: that would remove the folder.
        let this = std::mem::ManuallyDrop::new(self);
        keep(&this.path)
    }

    fn create(base: &Path) -> io::Result<Self> {
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(|_| io::Error::other("no random bytes from the system"))?;
        let name = format!("dekko-{}-{:016x}", std::process::id(), u64::from_be_bytes(random));
        let path = base.join(name);
        let mut builder = DirBuilder::new();
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt;
            builder.mode(0o700);
        }
        builder.create(&path)?;
        #[cfg(unix)]
        match unix::open_own(&path).and_then(|folder| unix::settle(&folder).map(|()| folder)) {
            Ok(_lock) => Ok(Self { path, _lock }),
            Err(error) => {
                let _ = fs::remove_dir(&path);
                Err(error)
            }
        }
        #[cfg(not(unix))]
        Ok(Self { path })
    }
}

impl Drop for PrivateDir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Gives the private folder at `path` a name that no [`sweep`] takes; its new path.
///
/// # Errors
///
/// What the rename meets; the folder then lies under its old name.
pub fn keep(path: &Path) -> io::Result<PathBuf> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let random = name.rsplit('-').next().unwrap_or_default();
    let kept = path.with_file_name(format!("dekko-kept-{random}"));
    fs::rename(path, &kept)?;
    Ok(kept)
}

/// Removes private folders of this user that a killed dekko left behind; how many there were.
///
/// A folder is left alone while its process lives, under whatever number. Links are not followed.
pub fn sweep(environment: &Environment) -> usize {
    #[cfg(unix)]
    {
        places(environment).iter().map(|(base, _)| unix::sweep(base)).sum()
    }
    #[cfg(not(unix))]
    {
        let _ = environment;
        0
    }
}

/// Where a private folder may be made, best first.
fn places(environment: &Environment) -> Vec<(PathBuf, Place)> {
    let mut places = Vec::new();
    #[cfg(target_os = "linux")]
    {
        let runtime = environment.path("XDG_RUNTIME_DIR").filter(|path| unix::is_own(path));
        for base in runtime.into_iter().chain([PathBuf::from("/dev/shm")]) {
            if base.is_absolute() && unix::is_in_memory(&base) {
                places.push((base, Place::Tmpfs));
            }
        }
    }
    let temporary = ["TMPDIR", "TEMP", "TMP"]
        .iter()
        .filter(|name| cfg!(windows) || **name == "TMPDIR")
        .find_map(|name| environment.path(name))
        .or_else(|| cfg!(unix).then(|| PathBuf::from("/tmp")));
    if let Some(base) = temporary.filter(|base| base.is_absolute()) {
        #[cfg(target_os = "linux")]
        let place = if unix::is_in_memory(&base) { Place::Tmpfs } else { Place::Disk };
        #[cfg(not(target_os = "linux"))]
        let place = Place::Disk;
        places.push((base, place));
    }
    places
}

#[cfg(unix)]
pub use unix::is_own;

#[cfg(unix)]
mod unix {
    use std::fs::{self, File};
    use std::io;
    use std::os::unix::fs::MetadataExt;
    use std::path::Path;

    use rustix::fs::{FlockOperation, Mode, OFlags};
    use rustix::io::Errno;
    use rustix::process::{Pid, geteuid};

    /// Whether the folder is this user's and closed to all others.
    pub fn is_own(path: &Path) -> bool {
        fs::symlink_metadata(path).is_ok_and(|folder| {
            folder.is_dir() && folder.uid() == geteuid().as_raw() && folder.mode() & 0o077 == 0
        })
    }

    /// Whether the folder lies on a file system in memory (`TMPFS_MAGIC`, `RAMFS_MAGIC` of statfs(2)).
    #[cfg(target_os = "linux")]
    pub(super) fn is_in_memory(path: &Path) -> bool {
        rustix::fs::statfs(path)
            .is_ok_and(|fs| matches!(fs.f_type as u64 & 0xffff_ffff, 0x0102_1994 | 0x8584_58f6))
    }

    /// Opens a folder that must be this user's, and no link to one.
    pub(super) fn open_own(path: &Path) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let folder = File::from(rustix::fs::open(path, flags, Mode::empty())?);
        if folder.metadata()?.uid() == geteuid().as_raw() {
            Ok(folder)
        } else {
            Err(io::ErrorKind::PermissionDenied.into())
        }
    }

    /// Mode 0700 whatever the umask, and the lock that says that somebody lives here.
    pub(super) fn settle(folder: &File) -> io::Result<()> {
        rustix::fs::fchmod(folder, Mode::from_raw_mode(0o700))?;
        match rustix::fs::flock(folder, FlockOperation::NonBlockingLockExclusive) {
            Err(Errno::WOULDBLOCK) => Err(io::ErrorKind::WouldBlock.into()),
            // Without locks the process number has to do.
            _ => Ok(()),
        }
    }

    pub(super) fn sweep(base: &Path) -> usize {
        let Ok(entries) = fs::read_dir(base) else { return 0 };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let dead = names.filter(|name| pid_of(name).is_some_and(is_dead));
        dead.filter(|name| remove(&base.join(name)).is_ok()).count()
    }

    fn pid_of(name: &str) -> Option<Pid> {
        let (pid, random) = name.strip_prefix("dekko-")?.split_once('-')?;
        let plain = pid.bytes().all(|byte| byte.is_ascii_digit());
        let hex = random.len() == 16 && random.bytes().all(|byte| byte.is_ascii_hexdigit());
        Pid::from_raw(pid.parse().ok().filter(|pid| plain && hex && *pid > 0)?)
    }

    fn is_dead(pid: Pid) -> bool {
        rustix::process::test_kill_process(pid) == Err(Errno::SRCH)
    }

    fn remove(path: &Path) -> io::Result<()> {
        let folder = open_own(path)?;
        rustix::fs::flock(&folder, FlockOperation::NonBlockingLockExclusive)?;
        // Of a link that took the folder's place since, this removes the link alone.
        fs::remove_dir_all(path)
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;
    use std::fs;
    use std::path::Path;

    use super::{Place, PrivateDir, sweep};
    use crate::environment::Environment;

    fn environment(variables: &[(&str, &Path)]) -> Environment {
        Environment::new(
            variables.iter().map(|(name, path)| (OsString::from(name), path.as_os_str().to_owned())),
        )
    }

    #[test]
    fn a_private_folder_takes_files_and_goes_with_all_it_holds() {
        let desk = tempfile::tempdir().unwrap();
        let (private, _) =
            PrivateDir::new(&environment(&[("TMPDIR", desk.path()), ("TEMP", desk.path())])).unwrap();
        let path = private.file("app.yaml", b"secret").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"secret");
        assert!(private.file("app.yaml", b"").is_err());
        for name in ["", ".", "..", "a/b", "/etc/x", "../x"] {
            assert!(private.file(name, b"").is_err(), "{name}");
        }
        fs::write(private.path().join("app.yaml~"), "what an editor left").unwrap();
        let folder = private.path().to_owned();
        drop(private);
        assert!(!folder.exists());
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_look_into_it() {
        use std::os::unix::fs::PermissionsExt;
        let desk = tempfile::tempdir().unwrap();
        let (private, _) = PrivateDir::new(&environment(&[("TMPDIR", desk.path())])).unwrap();
        let file = private.file("a", b"secret").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
        assert_eq!((mode(private.path()), mode(&file)), (0o700, 0o600));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_folder_on_a_disk_is_called_so_and_a_runtime_folder_open_to_others_is_passed_over() {
        use std::os::unix::fs::PermissionsExt;
        if !super::unix::is_in_memory("/dev/shm".as_ref()) {
            return;
        }
        let runtime = tempfile::tempdir_in("/dev/shm").unwrap();
        let environment = environment(&[("XDG_RUNTIME_DIR", runtime.path())]);
        fs::set_permissions(runtime.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let (private, place) = PrivateDir::new(&environment).unwrap();
        assert_eq!((private.path().parent(), place), (Some(runtime.path()), Place::Tmpfs));
        fs::set_permissions(runtime.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let (private, place) = PrivateDir::new(&environment).unwrap();
        assert_eq!((private.path().parent(), place), (Some(Path::new("/dev/shm")), Place::Tmpfs));
        assert!(!super::unix::is_in_memory("/proc".as_ref()));
    }

    #[cfg(unix)]
    #[test]
    fn the_sweep_takes_what_the_dead_left_and_nothing_else() {
        use std::os::unix::fs::symlink;
        let desk = tempfile::tempdir().unwrap();
        let environment = environment(&[("TMPDIR", desk.path())]);
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let dead = child.id();
        child.wait().unwrap();
        let living = PrivateDir::create(desk.path()).unwrap();
        let stale = desk.path().join(format!("dekko-{dead}-0123456789abcdef"));
        fs::create_dir_all(stale.join("deep")).unwrap();
        let precious = desk.path().join("precious");
        fs::create_dir(&precious).unwrap();
        symlink(&precious, stale.join("link")).unwrap();
        let link = desk.path().join(format!("dekko-{dead}-0123456789abcde0"));
        symlink(&precious, &link).unwrap();
        // A process of another number space: its lock speaks for it.
        let foreign = desk.path().join(format!("dekko-{dead}-0123456789abcde1"));
        fs::create_dir(&foreign).unwrap();
        let lock = super::unix::open_own(&foreign).unwrap();
        super::unix::settle(&lock).unwrap();
        for other in
            ["dekko-1", "dekko-x-0123456789abcdef", "dekko--1-0123456789abcdef", "dekko-0-0123456789abcdef"]
        {
            fs::create_dir(desk.path().join(other)).unwrap();
        }
        let before = fs::read_dir(desk.path()).unwrap().count();
        assert!(sweep(&environment) >= 1);
        assert_eq!(fs::read_dir(desk.path()).unwrap().count(), before - 1);
        assert!(!stale.exists() && precious.exists() && link.is_symlink() && foreign.exists());
        assert!(living.path().exists());
    }
}
