//! Opening wraps of several services at a time: the likely ones first, the others when those take long.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use super::memory::id_of;
use super::{Call, Failure, Outcome, Pending, Service, Stored, guarded, run};
use crate::document::escape;
use crate::error::Attempt;
use crate::provider::settings::Network;
use crate::provider::{Offer, Payload, Search, Verdict, Wrap, provider_of};

/// How long the likeliest service is alone before another is asked as well.
const HEAD_START: Duration = Duration::from_millis(500);
/// The most calls under way for one file, unless more payloads are needed.
const AT_ONCE: usize = 4;
/// The most calls under way in any case.
const MOST: usize = 16;

/// A wrap that may be opened, and whom to ask.
struct Candidate<'a> {
    index: usize,
    service: &'static dyn Service,
    call: Call<'a>,
    stored: Stored<'a>,
    chance: Chance,
}

/// How likely it is that a service opens a wrap; the likeliest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Chance {
    /// Its place answered well in this run.
    Served,
    /// The user's configuration names the key.
    Named,
    /// The environment holds credentials of the kind.
    Credentials,
    /// Nothing speaks for it.
    Unknown,
}

/// Opens what it can of `wraps`, all of services, and offers each payload as it comes; why others were not opened.
pub(in crate::provider) fn unwrap(
    wraps: &[Wrap<'_>],
    search: &Search<'_>,
    offer: &mut Offer<'_>,
) -> Vec<Attempt> {
    let Search { file, session, .. } = *search;
    let mut attempts = Vec::new();
    let mut candidates = Vec::new();
    for (index, wrap) in wraps.iter().enumerate() {
        match Candidate::new(index, wrap, search) {
            Ok(candidate) => candidates.push(candidate),
            Err(failure) => attempts.push(failed(wrap.rid, failure)),
        }
    }
    candidates.sort_by_key(|candidate| candidate.chance);
    let mut race = Race {
        waiting: candidates.iter().collect(),
        running: Vec::new(),
        due: search.needed.max(1),
        at_once: search.needed.clamp(AT_ONCE, MOST),
    };
    let mut served = 0;
    while !race.is_over() {
        let (index, outcome) = match run(race.next()) {
            Ok(Some(finished)) => finished,
            Ok(None) => break,
            Err(failure) => {
                attempts.extend(wraps.iter().map(|wrap| failed(wrap.rid, failure.clone())));
                break;
            }
        };
        match outcome {
            Ok(payload) => {
                if offer(index, payload) == Verdict::Enough {
                    break;
                }
                // Those that are still needed are under way.
                served += 1;
                race.due += usize::from(served >= search.needed);
            }
            Err(failure) => {
                race.due += 1;
                if let Some(wrap) = wraps.get(index) {
                    session.memory().in_vain(id_of(wrap, file), failure.clone());
                    attempts.push(failed(wrap.rid, failure));
                }
            }
        }
    }
    attempts
}

fn failed(rid: &str, failure: Failure) -> Attempt {
    Attempt { source: escape(rid), reason: failure.reason, cause: failure.cause }
}

impl<'a> Candidate<'a> {
    fn new(index: usize, wrap: &Wrap<'a>, search: &Search<'a>) -> Outcome<Self> {
        let Search { file, session, .. } = *search;
        let (name, rest) = wrap.rid.split_once(':').unwrap_or((wrap.rid, ""));
        let service = provider_of(name).and_then(|provider| provider.as_service());
        let service = service.ok_or_else(|| Failure::refused("this build of dekko has no such service"))?;
        if !service.canonical(rest).is_ok_and(|canonical| canonical == rest) {
            return Err(Failure::refused("it does not name a key as dekko writes it"));
        }
        let stored = Stored::of(wrap.bytes)?;
        if session.network() == Network::Silent {
            return Err(Failure::refused(
                "key services are not asked here: '[diff] network' in dekko/config.toml allows it",
            ));
        }
        if let Some(failure) = session.memory().vain(&id_of(wrap, file)) {
            return Err(failure);
        }
        let deadline = search.deadline().into();
        let call = Call { deadline, ..Call::new(name, rest, file, session) };
        let chance = if session.memory().has_served(&service.place(rest)) {
            Chance::Served
        } else if call.settings.is_some() {
            Chance::Named
        } else if service.has_credentials(rest, session) {
            Chance::Credentials
        } else {
            Chance::Unknown
        };
        Ok(Self { index, service, call, stored, chance })
    }

    fn start(&'a self) -> Pending<'a, Payload> {
        let opening = self.service.unwrap(&self.call, self.stored);
        Box::pin(guarded(self.service, &self.call, opening))
    }
}

/// Calls under way, and those that may still be made.
struct Race<'a> {
    waiting: VecDeque<&'a Candidate<'a>>,
    running: Vec<(usize, Pending<'a, Payload>)>,
    /// How many of them are to be made at once.
    due: usize,
    /// How many may be under way.
    at_once: usize,
}

impl Race<'_> {
    fn is_over(&self) -> bool {
        self.waiting.is_empty() && self.running.is_empty()
    }

    /// The next call that ended, by the index of its wrap; `None` when none is left.
    async fn next(&mut self) -> Option<(usize, Outcome<Payload>)> {
        loop {
            while self.due > 0
                && self.running.len() < self.at_once
                && let Some(candidate) = self.waiting.pop_front()
            {
                self.due -= 1;
                self.running.push((candidate.index, candidate.start()));
            }
            if self.running.is_empty() {
                return None;
            }
            let mut head_start = pin!(tokio::time::sleep(HEAD_START));
            let may_start = self.running.len() < self.at_once && !self.waiting.is_empty();
            let ended = poll_fn(|context| {
                for (at, (index, call)) in self.running.iter_mut().enumerate() {
                    if let Poll::Ready(outcome) = call.as_mut().poll(context) {
                        return Poll::Ready(Some((at, *index, outcome)));
                    }
                }
                match head_start.as_mut().poll(context) {
                    Poll::Ready(()) if may_start => Poll::Ready(None),
                    _ => Poll::Pending,
                }
            });
            if let Some((at, index, outcome)) = ended.await {
                drop(self.running.swap_remove(at));
                return Some((index, outcome));
            }
            self.due = self.due.max(1);
        }
    }
}
