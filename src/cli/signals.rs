//! Signals while plaintext lies in a private folder: none of them may leave it there.

use std::ffi::OsStr;
use std::path::Path;
use std::process::ExitStatus;

use crate::error::{Error, Result};

/// Keeps watch over a private folder as long as it lives.
///
/// `SIGINT` and `SIGQUIT` go to the editor alone while it is in front (they come from its keyboard), `SIGTERM` and
/// `SIGHUP` remove the folder and end dekko with 128 plus their number. When it holds what the user wrote and no editor is
/// in front, every one of them keeps it, says where, and ends dekko. Where there are no such signals, nothing.
pub struct Watch(#[cfg(unix)] unix::Watch);

impl Watch {
    /// A watch over `folder`.
    ///
    /// # Errors
    /// [`Error::Io`] when the system refuses handlers.
    pub fn over(folder: &Path) -> Result<Self> {
        #[cfg(unix)]
        {
            let watch = unix::Watch::over(folder);
            Ok(Self(watch.map_err(|source| Error::Io { action: "watch for signals", source })?))
        }
        #[cfg(not(unix))]
        {
            let _ = folder;
            Ok::<_, Error>(Self())
        }
    }

    /// The process `editor` is in front now.
    pub fn in_front(&self, editor: u32) {
        #[cfg(unix)]
        self.0.in_front(editor);
        #[cfg(not(unix))]
        let _ = editor;
    }

    /// From now on the folder holds what the user wrote, in the file `name`; or no longer, without one.
    pub fn holds_edit(&self, name: Option<&OsStr>) {
        #[cfg(unix)]
        self.0.holds_edit(name);
        #[cfg(not(unix))]
        let _ = name;
    }

    /// The editor ended as `status` says, and dekko is in front again; unless a signal is ending both of them, which
    /// this does not return from.
    pub fn back(&self, status: Option<ExitStatus>) {
        #[cfg(unix)]
        self.0.back(status);
        #[cfg(not(unix))]
        let _ = status;
    }
}

#[cfg(unix)]
mod unix {
    use std::ffi::{OsStr, OsString};
    use std::io::{self, Write};
    use std::os::unix::process::ExitStatusExt;
    use std::path::Path;
    use std::process::ExitStatus;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
    use std::sync::{Arc, Mutex, PoisonError};
    use std::thread;
    use std::time::Duration;

    use rustix::process::{Pid, Signal, kill_process};
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::iterator::{Handle, Signals};
    use signal_hook::low_level::exit;

    use crate::cli::hints::shell_word;
    use crate::fs;

    pub(super) struct Watch {
        editor: Arc<AtomicU32>,
        is_leaving: Arc<AtomicBool>,
        /// The name of the file that the user wrote.
        edit: Arc<Mutex<Option<OsString>>>,
        handle: Handle,
    }

    impl Watch {
        pub(super) fn over(folder: &Path) -> io::Result<Self> {
            let mut signals = Signals::new([SIGINT, SIGQUIT, SIGTERM, SIGHUP])?;
            let handle = signals.handle();
            let editor = Arc::new(AtomicU32::new(0));
            let is_leaving = Arc::new(AtomicBool::new(false));
            let edit = Arc::new(Mutex::new(None));
            let (front, leaving, folder) = (Arc::clone(&editor), Arc::clone(&is_leaving), folder.to_owned());
            let written = Arc::clone(&edit);
            thread::spawn(move || {
                for signal in signals.forever() {
                    let editor = front.load(Ordering::SeqCst);
                    if editor != 0 && matches!(signal, SIGINT | SIGQUIT) {
                        continue;
                    }
                    leaving.store(true, Ordering::SeqCst);
                    let edit: Option<OsString> =
                        written.lock().unwrap_or_else(PoisonError::into_inner).take();
                    match edit {
                        Some(name) if editor == 0 => keep(&folder, &name, signal),
                        _ => leave(&folder, editor, signal),
                    }
                }
            });
            Ok(Self { editor, is_leaving, edit, handle })
        }

        pub(super) fn in_front(&self, editor: u32) {
            self.editor.store(editor, Ordering::SeqCst);
        }

        pub(super) fn holds_edit(&self, name: Option<&OsStr>) {
            *self.edit.lock().unwrap_or_else(PoisonError::into_inner) = name.map(OsStr::to_owned);
        }

        pub(super) fn back(&self, status: Option<ExitStatus>) {
            // A signal to the whole group may have reached the editor first.
            if status.and_then(|status| status.signal()).is_some() {
                thread::sleep(Duration::from_millis(200));
            }
            while self.is_leaving.load(Ordering::SeqCst) {
                thread::park();
            }
            self.editor.store(0, Ordering::SeqCst);
        }
    }

    impl Drop for Watch {
        fn drop(&mut self) {
            self.handle.close();
        }
    }

    /// Keeps `folder` for the file `name` in it that the user wrote, and ends dekko.
    fn keep(folder: &Path, name: &OsStr, signal: i32) -> ! {
        let kept = match fs::keep(folder) {
            Ok(kept) => kept,
            Err(error) if error.kind() == io::ErrorKind::NotFound => exit(128 + signal),
            // Better in a place that the next dekko removes than lost at once.
            Err(_) => folder.to_owned(),
        };
        let kept = shell_word(&kept.join(name));
        let _ = writeln!(io::stderr(), "\ndekko: warning: your text is kept, unencrypted, in {kept}");
        exit(128 + signal)
    }

    /// Removes `folder`, ends the editor, and ends dekko.
    fn leave(folder: &Path, editor: u32, signal: i32) -> ! {
        let _ = std::fs::remove_dir_all(folder);
        let editor = i32::try_from(editor).ok().and_then(Pid::from_raw);
        if let Some(editor) = editor {
            let _ = kill_process(editor, if signal == SIGHUP { Signal::HUP } else { Signal::TERM });
            // An editor may write the file once more before it goes.
            for _ in 0..20 {
                thread::sleep(Duration::from_millis(5));
                let _ = std::fs::remove_dir_all(folder);
            }
        }
        exit(128 + signal)
    }
}
