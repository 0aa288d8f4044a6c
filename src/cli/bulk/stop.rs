//! Ctrl-C during a run: it ends between two files, so that what was begun is finished.

use crate::error::Result;
use crate::rotation::Stop;

/// The status of a program that an interrupt ended: 128 and the number of SIGINT.
pub(super) const INTERRUPTED: u8 = 130;

/// Signals that end the run between two files; a second one ends it at once.
pub(super) struct Interrupts {
    stop: Stop,
    #[cfg(unix)]
    handlers: Vec<signal_hook::SigId>,
}

impl Interrupts {
    /// From now on, for a run that changes `count` files; for one file the system's way will do.
    ///
    /// # Errors
    /// [`crate::error::Error::Io`] when the system refuses handlers.
    pub(super) fn watch(count: usize) -> Result<Self> {
        let stop = Stop::default();
        #[cfg(unix)]
        {
            use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
            use signal_hook::flag::{register, register_conditional_shutdown};

            use crate::error::Error;

            let io = |source| Error::Io { action: "watch for signals", source };
            let mut handlers = Vec::new();
            for signal in [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|_| count > 1) {
                let flag = || std::sync::Arc::clone(&stop.0);
                // In this order: the first signal only sets what makes the second one end the program.
                handlers.push(register_conditional_shutdown(signal, 128 + signal, flag()).map_err(io)?);
                handlers.push(register(signal, flag()).map_err(io)?);
            }
            Ok(Self { stop, handlers })
        }
        #[cfg(not(unix))]
        {
            let _ = count;
            Ok(Self { stop })
        }
    }

    /// What the run looks at.
    pub(super) fn stop(&self) -> &Stop {
        &self.stop
    }
}

#[cfg(unix)]
impl Drop for Interrupts {
    fn drop(&mut self) {
        for handler in &self.handlers {
            signal_hook::low_level::unregister(*handler);
        }
    }
}
