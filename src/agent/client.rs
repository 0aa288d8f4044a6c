//! The side of those who ask.

#[cfg(unix)]
use std::io::{Read, Write};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::sync::Mutex;
use std::time::Duration;

#[cfg(unix)]
use zeroize::Zeroizing;

use super::messages::{ANSWER, Report, Request};
#[cfg(unix)]
use super::place::{Place, is_same_user};
#[cfg(unix)]
use super::server::Life;
#[cfg(unix)]
use super::start::start;
use crate::crypto::{Commit, DataKey};
use crate::environment::Environment;
use crate::provider::KeyStore;

/// How long the agent may take for an answer; a command goes on without it then.
#[cfg(unix)]
const PATIENCE: Duration = Duration::from_millis(500);

/// How an agent is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    /// The process.
    pub pid: u32,
    /// How many data keys it keeps.
    pub keys: u32,
    /// How long it keeps a key.
    pub ttl: Duration,
    /// Whether its keys are kept out of the swap.
    pub is_locked: bool,
}

/// A line to the agent of this user, opened when it is first needed; where there is none, nothing is kept and nothing
/// found.
pub struct Client {
    #[cfg(unix)]
    place: Place,
    /// What to start one with; taken by the first who needs it.
    #[cfg(unix)]
    on_demand: Mutex<Option<(Environment, Duration)>>,
    line: Mutex<Line>,
}

enum Line {
    /// Nobody has called yet.
    Closed,
    #[cfg(unix)]
    Open(UnixStream),
    /// There is no agent, or none that answers.
    Dead,
}

impl Client {
    /// A client of the agent that `environment` leads to.
    pub fn new(environment: &Environment) -> Self {
        #[cfg(unix)]
        {
            Self {
                place: Place::of(environment),
                on_demand: Mutex::new(None),
                line: Mutex::new(Line::Closed),
            }
        }
        #[cfg(not(unix))]
        {
            let _ = environment;
            Self { line: Mutex::new(Line::Dead) }
        }
    }

    /// The folder in which an agent may be running that nobody talks to, since the folder is open to others.
    pub fn exposed(&self) -> Option<&std::path::Path> {
        #[cfg(unix)]
        return self.place.exposed();
        #[cfg(not(unix))]
        None
    }

    /// The same client, which starts an agent when there is a key to be kept and nobody to keep it; it keeps keys for
    /// `ttl`, and ends when it is not used any more.
    #[must_use]
    pub fn on_demand(self, environment: &Environment, ttl: Duration) -> Self {
        #[cfg(unix)]
        {
            Self { on_demand: Mutex::new(Some((environment.clone(), ttl))), ..self }
        }
        #[cfg(not(unix))]
        {
            let _ = (environment, ttl);
            self
        }
    }

    /// How the agent is; `None` when there is none.
    pub fn state(&self) -> Option<State> {
        let report = Report::read(&*self.ask(&Request::Status)?)?;
        let Report { pid, keys, ttl, is_locked } = report;
        Some(State { pid, keys, ttl: Duration::from_secs(ttl), is_locked })
    }

    /// Has all keys forgotten; whether there was an agent to do it.
    pub fn forget(&self) -> bool {
        self.ask(&Request::Forget).is_some()
    }

    /// Ends the agent; whether there was one.
    pub fn stop(&self) -> bool {
        self.ask(&Request::Stop).is_some()
    }

    /// What the agent answers; `None` for no, and when it does not answer.
    fn ask(&self, request: &Request) -> Option<Answer> {
        let mut line = self.line.lock().ok()?;
        let answer = self.call(&mut line, request);
        match answer {
            Ok(answer) => answer,
            Err(()) => {
                *line = Line::Dead;
                None
            }
        }
    }

    #[cfg(unix)]
    fn call(&self, line: &mut Line, request: &Request) -> std::result::Result<Option<Answer>, ()> {
        if matches!(line, Line::Closed) {
            *line = Line::Open(self.open().ok_or(())?);
        }
        let Line::Open(stream) = line else { return Err(()) };
        stream.write_all(&request.bytes()[..]).map_err(drop)?;
        let mut bytes = Zeroizing::new([0; ANSWER]);
        stream.read_exact(&mut bytes[..]).map_err(drop)?;
        let (verdict, rest) = bytes.split_first_chunk::<1>().ok_or(())?;
        let rest = rest.first_chunk::<32>().ok_or(())?;
        Ok((verdict == &[1]).then(|| Zeroizing::new(*rest)))
    }

    #[cfg(not(unix))]
    fn call(&self, _: &mut Line, _: &Request) -> std::result::Result<Option<Answer>, ()> {
        Err(())
    }

    #[cfg(unix)]
    fn open(&self) -> Option<UnixStream> {
        if !self.place.is_safe() {
            return None;
        }
        let stream = UnixStream::connect(self.place.socket()).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        stream.set_write_timeout(Some(PATIENCE)).ok()?;
        is_same_user(&stream).then_some(stream)
    }
}

type Answer = zeroize::Zeroizing<[u8; 32]>;

impl KeyStore for Client {
    fn find(&self, commit: &Commit) -> Option<DataKey> {
        self.ask(&Request::Find(*commit)).map(|key| DataKey::new(*key))
    }

    fn keep(&self, commit: &Commit, key: &DataKey) {
        let is_kept = self.ask(&Request::Keep(*commit, key.copy())).is_some();
        #[cfg(unix)]
        if !is_kept
            && let Some((environment, ttl)) = self.on_demand.lock().ok().and_then(|mut demand| demand.take())
            && start(&environment, ttl, Life::WhileUsed).is_ok()
            && let Ok(mut line) = self.line.lock()
        {
            *line = Line::Closed;
            drop(line);
            self.ask(&Request::Keep(*commit, key.copy()));
        }
        #[cfg(not(unix))]
        let _ = is_kept;
    }
}
