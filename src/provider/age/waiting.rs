//! Reading from a program that may never end what it says, within a time.

use std::io::{self, BufRead, BufReader, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

/// All that `output` gives, `limit` bytes at most; `None` when it does not end within `patience`.
pub(super) fn read_all(
    output: impl Read + Send + 'static,
    limit: u64,
    patience: Duration,
) -> Option<io::Result<Zeroizing<Vec<u8>>>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Zeroizing::new(Vec::with_capacity(64 << 10));
        let outcome = output.take(limit).read_to_end(&mut bytes).map(|_| bytes);
        // Nobody waits any more when this fails.
        let _ = sender.send(outcome);
    });
    receiver.recv_timeout(patience).ok()
}

/// The lines of a program's output.
pub(super) struct Lines(Receiver<Zeroizing<Vec<u8>>>);

impl Lines {
    /// The lines of `output`, `limit` bytes at most.
    pub(super) fn of(output: impl Read + Send + 'static, limit: u64) -> Self {
        let (sender, receiver) = sync_channel(16);
        thread::spawn(move || {
            let mut output = BufReader::new(output.take(limit));
            loop {
                let mut line = Zeroizing::new(Vec::with_capacity(1 << 10));
                // A line without its line feed is the end, or over the limit.
                if output.read_until(b'\n', &mut line).is_err() || line.pop() != Some(b'\n') {
                    break;
                }
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self(receiver)
    }

    /// The next line; `None` at the end.
    pub(super) fn next(&mut self) -> Option<Zeroizing<Vec<u8>>> {
        self.0.recv().ok()
    }

    /// The next line (`Some(None)` at the end), or `None` when there is none by then.
    pub(super) fn next_before(&mut self, deadline: Instant) -> Option<Option<Zeroizing<Vec<u8>>>> {
        match self.0.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(line) => Some(Some(line)),
            Err(RecvTimeoutError::Disconnected) => Some(None),
            Err(RecvTimeoutError::Timeout) => None,
        }
    }
}
