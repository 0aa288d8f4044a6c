//! What all key services share: a runtime that is started when the first is asked, one HTTP client, time limits, and
//! the memory of a run.

mod address;
mod failure;
mod files;
mod http;
mod memory;
mod race;
mod retry;
mod together;

use std::future::Future;
use std::pin::Pin;
use std::sync::OnceLock;

use tokio::runtime::{Builder, Handle, Runtime};
use tokio::time::Instant;

use super::search::deadline;
use super::settings::{KeySettings, Network};
use super::{Offer, Payload, Provider, Search, Session, Staleness, Wrap, is_open, unusable};
use crate::crypto::FileId;
use crate::document::escape;
use crate::error::{Attempt, Cause, Error, Result};

pub(super) use address::address;
pub(super) use failure::{Failure, Reach, code, words};
pub(super) use files::small_file;
pub(super) use http::{Ask, CONNECT, Http, LONGEST_ANSWER, Reply, TRY};
pub(super) use memory::Memory;
pub(super) use race::unwrap;
pub(super) use retry::is_passing;
pub(super) use together::wrap_all;

/// What comes of a call in time, or not.
pub(super) type Outcome<T> = std::result::Result<T, Failure>;
/// A call that is under way.
pub(super) type Pending<'a, T> = Pin<Box<dyn Future<Output = Outcome<T>> + Send + 'a>>;

/// A key service. Nothing is asked of it before one of the futures is polled.
pub(super) trait Service: Sync {
    /// The part of a rid before its first colon.
    fn service(&self) -> &'static str;

    /// The canonical rest of a rid; asks nobody.
    fn canonical(&self, rest: &str) -> Result<String>;

    /// What keys share that cannot be reached together: an account's region, a host.
    fn place(&self, rest: &str) -> String;

    /// Whether the environment holds what it takes to ask.
    fn has_credentials(&self, rest: &str, session: &Session) -> bool;

    /// The wrap of `payload`: `LP(key version) || bytes`.
    fn wrap<'a>(&'a self, call: &'a Call<'a>, payload: &'a [u8]) -> Pending<'a, Vec<u8>>;

    /// The canonical rest of the rid that `call` names in another way; `None` when it names a key itself.
    fn resolve<'a>(&'a self, _: &'a Call<'a>) -> Option<Pending<'a, String>> {
        None
    }

    /// What `stored` holds.
    fn unwrap<'a>(&'a self, call: &'a Call<'a>, stored: Stored<'a>) -> Pending<'a, Payload>;

    /// Whether `stored` was made under an older version of the key than the current one.
    fn staleness<'a>(&'a self, call: &'a Call<'a>, stored: Stored<'a>) -> Pending<'a, Staleness>;

    /// `stored`, made anew by the service under the current version; `None` when it knows no such call.
    fn rewrap<'a>(&'a self, _: &'a Call<'a>, _: Stored<'a>) -> Pending<'a, Option<Vec<u8>>> {
        Box::pin(async { Ok(None) })
    }
}

/// One thing to ask of a service, about one recipient of one file.
pub(super) struct Call<'a> {
    /// The recipient, behind `provider:`.
    pub(super) rest: &'a str,
    /// The file that the wrap is bound to.
    pub(super) file: &'a FileId,
    /// Where credentials and clients are.
    pub(super) session: &'a Session,
    /// What the user says of the key.
    pub(super) settings: Option<&'a KeySettings>,
    /// When there must be an answer.
    pub(super) deadline: Instant,
}

impl<'a> Call<'a> {
    fn new(service: &str, rest: &'a str, file: &'a FileId, session: &'a Session) -> Self {
        let settings = session.settings_for(&format!("{service}:{rest}"));
        Self { rest, file, session, settings, deadline: deadline(session, 1).into() }
    }

    /// What the wrap is bound to where a service can bind it: `dekko:file=` and the file's id in hexadecimal.
    pub(super) fn binding(&self) -> String {
        format!("{BINDING}={}", self.file_hex())
    }

    /// The file's id in lower-case hexadecimal.
    pub(super) fn file_hex(&self) -> String {
        self.file.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Whether to take the credentials that served the last time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Freshness {
    /// Yes.
    Kept,
    /// No: what they gave was refused.
    New,
}

/// The name under which the file is bound.
pub(super) const BINDING: &str = "dekko:file";

/// What a call is about that is about no file.
const NO_FILE: FileId = FileId([0; 16]);

/// A wrap of a service: `LP(key version) || bytes`.
#[derive(Clone, Copy)]
pub(super) struct Stored<'a> {
    /// The version of the key that it was made under; may be empty.
    pub(super) version: &'a str,
    /// What the service made.
    pub(super) bytes: &'a [u8],
}

impl<'a> Stored<'a> {
    pub(super) fn of(wrap: &'a [u8]) -> Outcome<Self> {
        let read = || {
            let (length, rest) = wrap.split_first_chunk::<4>()?;
            let (version, bytes) =
                rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
            let version = std::str::from_utf8(version).ok()?;
            let is_plain = version.len() <= 256 && version.bytes().all(|byte| byte.is_ascii_graphic());
            (is_plain && !bytes.is_empty()).then_some(Self { version, bytes })
        };
        read().ok_or_else(|| Failure::refused("its wrap is not one of this kind"))
    }

    /// The wrap, as a file holds it.
    pub(super) fn wrap(version: &str, bytes: &[u8]) -> Vec<u8> {
        let length = u32::try_from(version.len()).unwrap_or(0);
        let version = if length == 0 { "" } else { version };
        [&length.to_be_bytes(), version.as_bytes(), bytes].concat()
    }
}

impl<S: Service> Provider for S {
    fn name(&self) -> &'static str {
        self.service()
    }

    fn recipient(&self, rest: &str) -> Result<String> {
        self.canonical(rest)
    }

    fn resolve(&self, rest: &str, session: &Session) -> Result<String> {
        let call = Call::new(self.service(), rest, &NO_FILE, session);
        match Service::resolve(self, &call) {
            Some(pending) => self.canonical(&settle(self, &call, pending)?),
            None => self.canonical(rest),
        }
    }

    fn wrap(&self, rest: &str, file: &FileId, payload: &[u8], session: &Session) -> Result<Vec<u8>> {
        let call = call(self, rest, file, session)?;
        settle(self, &call, wrapped(self, &call, payload))
    }

    fn unwrap(&self, wraps: &[Wrap<'_>], search: &Search<'_>, offer: &mut Offer<'_>) -> Vec<Attempt> {
        unwrap(wraps, search, offer)
    }

    fn staleness(&self, wrap: &Wrap<'_>, file: &FileId, session: &Session) -> Result<Staleness> {
        let call = call(self, wrap.rest(self.service()).unwrap_or(""), file, session)?;
        let Ok(stored) = Stored::of(wrap.bytes) else { return Ok(Staleness::Unknown) };
        let asked = run(guarded(self, &call, Service::staleness(self, &call, stored)));
        match asked.and_then(|outcome| outcome) {
            // Whoever may open wraps need not be one who may ask about versions.
            Err(Failure { cause: Cause::Lacking, reach: Reach::Wrap, .. }) => Ok(Staleness::Unknown),
            outcome => outcome.map_err(|failure| refused(self, &call, failure)),
        }
    }

    fn rewrap(&self, wrap: &Wrap<'_>, file: &FileId, session: &Session) -> Result<Option<Vec<u8>>> {
        let call = call(self, wrap.rest(self.service()).unwrap_or(""), file, session)?;
        let stored = Stored::of(wrap.bytes).map_err(|failure| refused(self, &call, failure))?;
        settle(self, &call, Service::rewrap(self, &call, stored))
    }

    fn is_service(&self) -> bool {
        true
    }

    #[allow(private_interfaces, reason = "what a service is, is known in here alone")]
    fn as_service(&self) -> Option<&dyn Service> {
        Some(self)
    }
}

/// What is to be asked of `service` about the recipient `rest`; one that was not read by us is not asked for.
fn call<'a>(
    service: &dyn Service,
    rest: &'a str,
    file: &'a FileId,
    session: &'a Session,
) -> Result<Call<'a>> {
    let name = service.service();
    if service.canonical(rest)? != rest {
        return Err(unusable(&format!("{name}:{rest}"), "it is not written as dekko writes it"));
    }
    Ok(Call::new(name, rest, file, session))
}

/// The wrap that `service` makes of `payload`, unless the payload can be read in it.
fn wrapped<'a>(service: &'a dyn Service, call: &'a Call<'a>, payload: &'a [u8]) -> Pending<'a, Vec<u8>> {
    Box::pin(async move {
        let wrap = service.wrap(call, payload).await?;
        // What a faulty service gives back as it came would stand in the file for everybody.
        if is_open(&wrap, payload) {
            Err(Failure::nonsense("gave back what it was to encrypt"))
        } else {
            Ok(wrap)
        }
    })
}

/// Waits for `pending`, within the session's patience.
fn settle<T: Send>(service: &dyn Service, call: &Call<'_>, pending: Pending<'_, T>) -> Result<T> {
    let outcome = run(guarded(service, call, pending)).and_then(|outcome| outcome);
    outcome.map_err(|failure| refused(service, call, failure))
}

fn refused(service: &dyn Service, call: &Call<'_>, failure: Failure) -> Error {
    let service = escape(&format!("{}:{}", service.service(), call.rest));
    Error::Service { service, reason: failure.reason }
}

/// What `pending` gives, unless the place of `call` is known not to answer, or time is up.
async fn guarded<T>(service: &dyn Service, call: &Call<'_>, pending: Pending<'_, T>) -> Outcome<T> {
    if call.session.network() == Network::Silent {
        return Err(Failure::refused(
            "key services are not asked here (see [diff] network in dekko/config.toml)",
        ));
    }
    let place = service.place(call.rest);
    let memory = call.session.memory();
    if let Some(failure) = memory.given_up(&place) {
        return Err(failure);
    }
    let begun = Instant::now();
    let late = |_| {
        let tenths = (begun.elapsed().as_secs_f32() * 10.0).round() / 10.0;
        let reason = format!("there was no answer within {tenths} s; more time is had with --timeout");
        Err(Failure::unreachable(reason))
    };
    let outcome = tokio::time::timeout_at(call.deadline, pending).await.unwrap_or_else(late);
    memory.heard(&place, outcome.as_ref().err());
    outcome
}

#[cfg(test)]
thread_local! {
    /// How often this thread waited for the runtime.
    static RUNS: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// Waits for `work` on the process's only runtime, which starts with the first call.
fn run<T: Send>(work: impl Future<Output = T> + Send) -> Outcome<T> {
    static RUNTIME: OnceLock<std::io::Result<Runtime>> = OnceLock::new();
    #[cfg(test)]
    RUNS.with(|runs| runs.set(runs.get() + 1));
    let runtime = RUNTIME.get_or_init(|| Builder::new_current_thread().enable_io().enable_time().build());
    let runtime = runtime.as_ref().map_err(|error| {
        Failure::refused(format!("this machine gives no means to wait for a network: {error}"))
    })?;
    if Handle::try_current().is_err() {
        return Ok(runtime.block_on(work));
    }
    // Called from within somebody's asynchronous code: a thread that waits for itself would wait for ever.
    std::thread::scope(|scope| scope.spawn(|| runtime.block_on(work)).join())
        .map_err(|_| Failure::nonsense("the call broke off"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrap_is_read_as_it_was_made_and_nothing_else_is() {
        for version in ["", "7", "0123456789abcdef"] {
            let wrap = Stored::wrap(version, b"x");
            let stored = Stored::of(&wrap).unwrap();
            assert_eq!((stored.version, stored.bytes), (version, &b"x"[..]));
            assert!((0..wrap.len()).all(|end| Stored::of(&wrap[..end]).is_err()));
        }
        for wrap in [&b"\0\0\0\x01\nx"[..], b"\0\0\0\x01\xffx", b"\xff\xff\xff\xffx"] {
            assert!(Stored::of(wrap).is_err(), "{wrap:?}");
        }
    }

    #[test]
    fn where_no_service_is_asked_the_runtime_is_not_started() {
        let own = crate::provider::generate();
        let variables = [("DEKKO_AGE_KEY", own.identity.as_str()), ("HOME", "/nonexistent")];
        let variables = variables.map(|(name, value)| (name.into(), value.into()));
        let session = Session::new(
            crate::environment::Environment::new(variables),
            &[],
            std::sync::Arc::new(crate::provider::NoPrompt),
        );
        let (rid, key) = (format!("age:{}", own.recipient), crate::crypto::DataKey::new([42; 32]));
        let wraps = crate::provider::wrap_all(&[&rid], &NO_FILE, &key, &session).unwrap();
        let own = Wrap { rid: &rid, bytes: &wraps[0] };
        assert!(crate::provider::unwrap(&[own], &NO_FILE, &session, &|_| true).is_ok());
        // Nor where there is nothing that could be asked for.
        let broken = Wrap { rid: "vault-transit:https://h/transit/keys/k", bytes: b"" };
        assert_eq!(unwrap(&[broken], &Search::new(&NO_FILE, &session), &mut |_, _| panic!()).len(), 1);
        assert_eq!(RUNS.with(std::cell::Cell::get), 0);
    }

    #[test]
    fn within_asynchronous_code_the_call_waits_on_a_thread_of_its_own() {
        let runtime = Builder::new_current_thread().build().unwrap();
        assert_eq!(runtime.block_on(async { run(async { 7 }) }), Ok(7));
        assert_eq!(run(async { 7 }), Ok(7));
    }
}
