//! Speaking with a program that may never listen, nor end what it says, nor end itself: all within a time.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ExitStatus};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

/// All that `output` gives, `limit` bytes at most; `None` when it does not end within `patience`.
fn read_all(
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

/// What `child` prints, `limit` bytes at most, and how it ended; `None` when that is not over by `deadline`: it is ended then.
pub(super) fn output_of(
    mut child: Child,
    limit: u64,
    deadline: Instant,
) -> Option<io::Result<(ExitStatus, Zeroizing<Vec<u8>>)>> {
    let left = deadline.saturating_duration_since(Instant::now());
    let output = child.stdout.take().and_then(|output| read_all(output, limit, left));
    let ended = output.and_then(|output| Some((ended_before(&mut child, deadline)?, output)));
    if ended.is_none() {
        // What it says later is nobody's.
        let _ = child.kill();
        let _ = child.wait();
    }
    ended.map(|(status, output)| Ok((status?, output?)))
}

/// How `child` ended; `None` when it did not by then.
pub(super) fn ended_before(child: &mut Child, deadline: Instant) -> Option<io::Result<ExitStatus>> {
    loop {
        if let Some(ended) = child.try_wait().transpose() {
            return Some(ended);
        }
        if Instant::now() >= deadline {
            return None;
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// The input of a program.
pub(super) struct Input {
    texts: Sender<Zeroizing<Vec<u8>>>,
    outcomes: Receiver<io::Result<()>>,
}

impl Input {
    /// Writes to `input`, which is closed with this.
    pub(super) fn of(mut input: impl Write + Send + 'static) -> Self {
        let (texts, jobs) = channel::<Zeroizing<Vec<u8>>>();
        let (done, outcomes) = channel();
        thread::spawn(move || {
            for text in jobs {
                if done.send(input.write_all(&text).and_then(|()| input.flush())).is_err() {
                    break;
                }
            }
        });
        Self { texts, outcomes }
    }

    /// Writes `text`; `None` when the program does not take it by then. Without a deadline that can take for ever.
    pub(super) fn write_before(
        &mut self,
        text: Zeroizing<Vec<u8>>,
        deadline: Option<Instant>,
    ) -> Option<io::Result<()>> {
        let gone = || Err(io::ErrorKind::BrokenPipe.into());
        if self.texts.send(text).is_err() {
            return Some(gone());
        }
        let Some(deadline) = deadline else {
            return Some(self.outcomes.recv().unwrap_or_else(|_| gone()));
        };
        match self.outcomes.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(outcome) => Some(outcome),
            Err(RecvTimeoutError::Disconnected) => Some(gone()),
            Err(RecvTimeoutError::Timeout) => None,
        }
    }
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

#[cfg(test)]
mod tests {
    use std::io::{Read, pipe};
    use std::time::{Duration, Instant};

    use zeroize::Zeroizing;

    use super::Input;

    #[test]
    fn a_program_that_does_not_listen_is_not_waited_for_and_one_that_does_hears_all() {
        let (mut reader, writer) = pipe().unwrap();
        let mut input = Input::of(writer);
        let soon = || Some(Instant::now() + Duration::from_millis(50));
        let text = |length| Zeroizing::new(vec![b'x'; length]);
        assert!(input.write_before(text(10), soon()).unwrap().is_ok());
        assert!(input.write_before(text(4 << 20), soon()).is_none());
        drop(input);
        let mut heard = Vec::new();
        reader.read_to_end(&mut heard).unwrap();
        assert_eq!(heard.len(), 10 + (4 << 20));
        let (reader, writer) = pipe().unwrap();
        let mut input = Input::of(writer);
        drop(reader);
        assert!(input.write_before(text(10), None).unwrap().is_err());
    }
}
