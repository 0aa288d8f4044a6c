//! One search for what opens the wraps of a file: what it is about, and the one time limit that all providers share.

use std::cell::Cell;
use std::time::{Duration, Instant};

use super::Session;
use crate::crypto::FileId;

/// A time beyond what a clock can say is none that anybody waits for.
const LONGEST: Duration = Duration::from_secs(86_400);

/// One search for what opens wraps of a file.
pub struct Search<'a> {
    /// The file that the wraps are of.
    pub file: &'a FileId,
    /// The identities and credentials at hand.
    pub session: &'a Session,
    /// How many payloads it takes at least, 1 or more; of those that take long, so many may be asked for at a time.
    pub needed: usize,
    deadline: Cell<Instant>,
    paused: Cell<Duration>,
}

impl<'a> Search<'a> {
    /// A search that ends within the session's patience, for one payload.
    pub fn new(file: &'a FileId, session: &'a Session) -> Self {
        let deadline = Cell::new(deadline(session, 1));
        Self { file, session, needed: 1, deadline, paused: Cell::default() }
    }

    /// When everything must have ended that waits for no person.
    pub fn deadline(&self) -> Instant {
        self.deadline.get()
    }

    /// What is left of the time.
    pub fn left(&self) -> Duration {
        self.deadline.get().saturating_duration_since(Instant::now())
    }

    /// Does `work` without its time being counted: a person is asked, or something that is done once in a run.
    pub(super) fn uncounted<T>(&self, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let made = work();
        self.allow(start.elapsed());
        made
    }

    /// Does a part of the search: with half of the time that is left when `others` are to be asked after it, and for
    /// `needed` payloads.
    pub(super) fn part<T>(&self, others: Others, needed: usize, work: impl FnOnce(&Self) -> T) -> T {
        let left = self.left();
        let deadline = match others {
            Others::None => self.deadline.get(),
            Others::Follow => Instant::now() + left / 2,
        };
        let (deadline, paused) = (Cell::new(deadline), Cell::default());
        let part = Self { file: self.file, session: self.session, needed, deadline, paused };
        let made = work(&part);
        self.allow(part.paused.get());
        made
    }

    fn allow(&self, more: Duration) {
        self.paused.set(self.paused.get().saturating_add(more));
        let deadline = self.deadline.get();
        self.deadline.set(deadline.checked_add(more).unwrap_or(deadline));
    }
}

/// Whether a part of a search is its last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Others {
    /// It is.
    None,
    /// Others wait for it.
    Follow,
}

impl Others {
    /// Whether there are any.
    pub(super) fn if_any(are_any: bool) -> Self {
        if are_any { Self::Follow } else { Self::None }
    }
}

/// When what begins now must have ended, as far as `session` has patience, `factor` times.
pub(super) fn deadline(session: &Session, factor: u32) -> Instant {
    Instant::now() + session.patience().saturating_mul(factor).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::environment::Environment;
    use crate::provider::NoPrompt;

    #[test]
    fn parts_share_one_time_and_a_persons_is_not_counted() {
        let file = FileId([7; 16]);
        let session = Session::new(Environment::new([]), &[], Arc::new(NoPrompt));
        let session = session.with_patience(Duration::from_secs(100));
        let search = Search::new(&file, &session);
        let whole = search.deadline();
        search.part(Others::Follow, 2, |part| {
            assert!(part.left() <= Duration::from_secs(50) && part.left() > Duration::from_secs(45));
            assert_eq!(part.needed, 2);
        });
        search.part(Others::None, 1, |part| assert_eq!(part.deadline(), whole));
        assert_eq!(search.deadline(), whole);
        search.part(Others::Follow, 1, |part| {
            part.uncounted(|| std::thread::sleep(Duration::from_millis(20)));
        });
        assert!(search.deadline() >= whole + Duration::from_millis(20));
        let endless = session.with_patience(Duration::MAX);
        assert!(Search::new(&file, &endless).left() <= LONGEST);
    }
}
