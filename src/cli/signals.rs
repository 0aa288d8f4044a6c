//! Signals while plaintext lies in a private folder: none of them may leave it there.

use std::path::Path;
use std::process::ExitStatus;

use crate::error::{Error, Result};

/// Keeps watch over a private folder as long as it lives.
///
/// `SIGINT` and `SIGQUIT` go to the editor alone while it is in front (they come from its keyboard), `SIGTERM` and
/// `SIGHUP` remove the folder and end dekko with 128 plus their number. Where there are no such signals, nothing.
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
    use std::io;
    use std::os::unix::process::ExitStatusExt;
    use std::path::Path;
    use std::process::ExitStatus;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
    use std::thread;
    use std::time::Duration;

    use rustix::process::{Pid, Signal, kill_process};
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::iterator::{Handle, Signals};
    use signal_hook::low_level::exit;

    pub(super) struct Watch {
        editor: Arc<AtomicU32>,
        is_leaving: Arc<AtomicBool>,
        handle: Handle,
    }

    impl Watch {
        pub(super) fn over(folder: &Path) -> io::Result<Self> {
            let mut signals = Signals::new([SIGINT, SIGQUIT, SIGTERM, SIGHUP])?;
            let handle = signals.handle();
            let editor = Arc::new(AtomicU32::new(0));
            let is_leaving = Arc::new(AtomicBool::new(false));
            let (front, leaving, folder) = (Arc::clone(&editor), Arc::clone(&is_leaving), folder.to_owned());
            thread::spawn(move || {
                for signal in signals.forever() {
                    let editor = front.load(Ordering::SeqCst);
                    if editor != 0 && matches!(signal, SIGINT | SIGQUIT) {
                        continue;
                    }
                    leaving.store(true, Ordering::SeqCst);
                    leave(&folder, editor, signal);
                }
            });
            Ok(Self { editor, is_leaving, handle })
        }

        pub(super) fn in_front(&self, editor: u32) {
            self.editor.store(editor, Ordering::SeqCst);
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
