//! Recipients wrap a file's data key, identities unwrap it: one provider for each kind of them.
//!
//! A recipient is named by its *rid*, `provider:rest` (section 7 of the format). [`PROVIDERS`] is the table of those
//! that this build knows; a wrap of another is kept and passed over. Of a group ([`threshold`]), its members follow the rid
//! wherever a recipient is meant; the file has them in the wrap.

mod age;
#[cfg(feature = "aws")]
mod aws;
#[cfg(feature = "azure")]
mod azure;
#[cfg(feature = "gcp")]
mod gcp;
mod names;
mod search;
#[cfg(feature = "service")]
#[cfg_attr(
    not(all(feature = "aws", feature = "azure", feature = "gcp", feature = "vault")),
    allow(dead_code, unused_imports, reason = "not every service needs all that they share")
)]
mod service;
mod session;
mod settings;
pub mod threshold;
mod waiting;
#[cfg(feature = "vault")]
mod vault;

use std::collections::VecDeque;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::crypto::{DataKey, FileId};
use crate::document::escape;
use crate::envelope::{MAX_WRAP, WrappedKey};
use crate::error::{Attempt, Cause, Class, Error, Result};

pub use age::{
    Generated, LARGEST_LETTER, Listed, generate, identities, open_letter, seal_letter, useless_identities,
};
pub use names::{is_alias, recipient, resolve};
pub use search::Search;
pub use session::{KeyStore, NoPrompt, Prompt, Session};
pub use settings::{KeySettings, Login, Network};

use names::unusable;
use search::Others;

/// Every provider of this build; those that need nothing but this machine come first, what is made of others last.
pub static PROVIDERS: &[&dyn Provider] = &[
    &age::Age,
    #[cfg(feature = "vault")]
    &vault::Vault,
    #[cfg(feature = "aws")]
    &aws::Aws,
    #[cfg(feature = "gcp")]
    &gcp::Gcp,
    #[cfg(feature = "azure")]
    &azure::Azure,
    &threshold::Threshold,
];

/// A data key, or a share of one, as it comes out of a wrap; wiped when dropped.
pub struct Payload(Zeroizing<Vec<u8>>);

impl Payload {
    /// What came out of a wrap.
    pub fn new(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }

    /// The bytes.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    fn copy(&self) -> Self {
        Self(self.0.clone())
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// A wrapped data key as a file stores it.
#[derive(Clone, Copy, Debug)]
pub struct Wrap<'a> {
    /// The recipient, `provider:rest`.
    pub rid: &'a str,
    /// What the provider made of the data key.
    pub bytes: &'a [u8],
}

impl<'a> Wrap<'a> {
    /// The part of the rid behind `provider:`, when it is one of `provider`'s.
    pub fn rest(&self, provider: &str) -> Option<&'a str> {
        self.rid.strip_prefix(provider)?.strip_prefix(':')
    }
}

impl<'a> From<&'a WrappedKey> for Wrap<'a> {
    fn from(wrapped: &'a WrappedKey) -> Self {
        Self { rid: &wrapped.rid, bytes: &wrapped.wrap }
    }
}

/// What becomes of a payload that was offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It serves: look no further.
    Enough,
    /// It does not, or not alone: go on with the other wraps.
    More,
}

/// Takes the payload of the wrap at an index, and says whether to go on.
pub type Offer<'a> = dyn FnMut(usize, Payload) -> Verdict + 'a;

/// A key service, or age: makes wraps for its recipients and opens those that an identity here can open.
pub trait Provider: Sync {
    /// The part of a rid before its first colon.
    fn name(&self) -> &'static str;

    /// The canonical rest of the rid for `rest`, which came behind `name:` or without it.
    ///
    /// # Errors
    ///
    /// [`Error::Recipient`]; nothing is asked of anybody.
    fn recipient(&self, rest: &str) -> Result<String>;

    /// The canonical rest of the rid for `rest`, which may name a key by an alias that its service is asked for.
    ///
    /// # Errors
    ///
    /// [`Error::Recipient`] or [`Error::Service`].
    fn resolve(&self, rest: &str, _: &Session) -> Result<String> {
        self.recipient(rest)
    }

    /// Wraps `payload` for the recipient `rest`; services that can bind it to `file`.
    ///
    /// # Errors
    ///
    /// [`Error::Recipient`] or [`Error::Service`].
    fn wrap(&self, rest: &str, file: &FileId, payload: &[u8], session: &Session) -> Result<Vec<u8>>;

    /// Opens what it can of `wraps`, all of this provider, and offers each payload, cheapest first, none twice.
    ///
    /// Returns why others could not be opened; that is of interest only when nothing else serves. A key service is given
    /// those of all services.
    fn unwrap(&self, wraps: &[Wrap<'_>], search: &Search<'_>, offer: &mut Offer<'_>) -> Vec<Attempt>;

    /// Whether `wrap` of `file` was made under an older version of its key than the current one; decrypts nothing.
    ///
    /// # Errors
    /// [`Error::Service`] when the service does not say.
    fn staleness(&self, _: &Wrap<'_>, _: &FileId, _: &Session) -> Result<Staleness> {
        Ok(Staleness::Unversioned)
    }

    /// `wrap` of `file`, made anew under the current version of its key without the data key leaving the service;
    /// `None` when the service has no such call.
    ///
    /// # Errors
    /// [`Error::Service`] when the service refuses or does not answer.
    fn rewrap(&self, _: &Wrap<'_>, _: &FileId, _: &Session) -> Result<Option<Vec<u8>>> {
        Ok(None)
    }

    /// Whether it is a key service. One of them opens the wraps of all others as well, to ask them at a time.
    fn is_service(&self) -> bool {
        false
    }

    /// The key service that this is, if it is one.
    #[cfg(feature = "service")]
    #[doc(hidden)]
    #[allow(private_interfaces, reason = "what a service is, is known in here alone")]
    fn as_service(&self) -> Option<&dyn service::Service> {
        None
    }
}

/// Whether a wrap should be made anew because its key has a newer version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Staleness {
    /// Keys of the kind have no versions.
    Unversioned,
    /// The wrap was made under the current version.
    Current,
    /// The key was rotated since.
    Stale,
    /// The wrap, or the service, does not say under which version it was made.
    Unknown,
}

/// Whether `wrap` of `file` should be made anew ([`Provider::staleness`]); a wrap of an unknown provider does not say.
///
/// # Errors
/// [`Error::Service`] or [`Error::Recipient`].
pub fn staleness(wrap: &Wrap<'_>, file: &FileId, session: &Session) -> Result<Staleness> {
    provider_of_rid(wrap.rid).map_or(Ok(Staleness::Unknown), |known| known.staleness(wrap, file, session))
}

/// `wrap` of `file`, made anew by its service ([`Provider::rewrap`]).
///
/// # Errors
/// [`Error::Service`] or [`Error::Recipient`].
pub fn rewrap(wrap: &Wrap<'_>, file: &FileId, session: &Session) -> Result<Option<Vec<u8>>> {
    provider_of_rid(wrap.rid).map_or(Ok(None), |known| known.rewrap(wrap, file, session))
}

/// `wrap` of `file`, made anew under the current version of its key: by the service itself where it can, else `key`
/// wrapped again, for a group by a new split.
///
/// # Errors
/// As [`wrap`]; [`Error::Service`] when the service makes something of it that shows the data key.
pub fn renewed(wrap: &Wrap<'_>, file: &FileId, key: &DataKey, session: &Session) -> Result<Vec<u8>> {
    let Some(bytes) = rewrap(wrap, file, session)? else {
        return self::wrap(&recipient_of(*wrap), file, key, session);
    };
    if is_open(&bytes, key.expose()) {
        let reason = "gave back in the open what it was to encrypt".to_owned();
        return Err(Error::Service { service: escape(wrap.rid), reason });
    }
    fitting(wrap.rid, bytes)
}

/// Whether `payload` can be read in `wrap`, as it is or in base64 behind its last colon, as Vault writes it.
fn is_open(wrap: &[u8], payload: &[u8]) -> bool {
    let encoded = wrap.rsplit(|byte| *byte == b':').next().unwrap_or_default();
    let decoded = Zeroizing::new(STANDARD.decode(encoded).unwrap_or_default());
    let holds = |bytes: &[u8]| bytes.windows(payload.len().max(1)).any(|part| part == payload);
    holds(wrap) || holds(&decoded)
}

/// The recipient of `wrap`, as [`recipient`] writes it: the rid, of a group with its members.
///
/// Two files have the same group when this is equal; the rid alone does not say who is in it. Of a wrap that cannot be read
/// it is the rid.
pub fn recipient_of<'a>(wrap: impl Into<Wrap<'a>>) -> String {
    let wrap = wrap.into();
    let group = wrap.rest("threshold").and_then(|_| threshold::members_of(&wrap));
    group.unwrap_or_else(|| wrap.rid.to_owned())
}

/// Wraps the data key of `file` for the recipient `rid`, a group with its members.
///
/// # Errors
///
/// [`Error::Recipient`] when the rid is none of a provider here; [`Error::Service`] when its service or plugin fails.
pub fn wrap(rid: &str, file: &FileId, key: &DataKey, session: &Session) -> Result<Vec<u8>> {
    let (name, rest) = rid.split_once(':').unwrap_or((rid, ""));
    let provider =
        provider_of(name).ok_or_else(|| unusable(rid, "this build of dekko has no provider of that name"))?;
    fitting(rid, provider.wrap(rest, file, key.expose(), session)?)
}

/// Wraps the data key of `file` for each of `rids`, in their order: services are asked at a time, and only when all
/// others did their part.
///
/// # Errors
///
/// As [`wrap`], for the first that fails; when that is a service, others that failed stand in the same message.
pub fn wrap_all(rids: &[&str], file: &FileId, key: &DataKey, session: &Session) -> Result<Vec<Vec<u8>>> {
    let is_asked = |rid: &str| provider_of_rid(rid).is_some_and(Provider::is_service);
    let mut wraps = Vec::new();
    for rid in rids {
        wraps.push(if is_asked(rid) { Vec::new() } else { wrap(rid, file, key, session)? });
    }
    #[cfg(feature = "service")]
    {
        let asked: Vec<&str> = rids.iter().copied().filter(|rid| is_asked(rid)).collect();
        let places = wraps.iter_mut().zip(rids).filter(|(_, rid)| is_asked(rid));
        for ((place, rid), made) in places.zip(service::wrap_all(&asked, file, key.expose(), session)?) {
            *place = fitting(rid, made)?;
        }
    }
    Ok(wraps)
}

/// The wrap `bytes` for `recipient`, as a file holds it.
///
/// # Errors
///
/// [`Error::Recipient`] when it cannot.
pub fn wrapped(recipient: &str, bytes: Vec<u8>) -> Result<WrappedKey> {
    WrappedKey::new(threshold::rid_of(recipient), bytes).ok_or_else(|| Error::Recipient {
        recipient: recipient.to_owned(),
        reason: "a file cannot hold its name or its wrap".to_owned(),
    })
}

/// `wrap` for `rid`, when a file can hold it.
fn fitting(rid: &str, wrap: Vec<u8>) -> Result<Vec<u8>> {
    if wrap.len() <= MAX_WRAP {
        return Ok(wrap);
    }
    Err(unusable(rid, &format!("its wrap is longer than the {MAX_WRAP} bytes that a file has room for")))
}

/// The data key of `file`, from whichever of `wraps` an identity here opens; `fits` compares it with what the file
/// says of it (COMMIT).
///
/// A wrap that opens to another key, or to something else than a key, is passed over (section 10 of the format).
///
/// # Errors
///
/// [`Error::NoIdentity`] when nothing opens; [`Error::Refused`] of class `dek` when only other keys came out.
pub fn unwrap(
    wraps: &[Wrap<'_>],
    file: &FileId,
    session: &Session,
    fits: &dyn Fn(&DataKey) -> bool,
) -> Result<DataKey> {
    let mut attempts = Vec::new();
    let mut found = None;
    let mut misfit = false;
    let search = Search::new(file, session);
    let mut parts: VecDeque<_> = groups()
        .filter_map(|group| {
            let is_of = |wrap: &Wrap<'_>| group.iter().any(|one| wrap.rest(one.name()).is_some());
            let own: Vec<_> = wraps.iter().copied().filter(is_of).collect();
            group.first().filter(|_| !own.is_empty()).map(|provider| (provider, own))
        })
        .collect();
    while let Some((provider, own)) = parts.pop_front() {
        let mut odd = Vec::new();
        let offer: &mut Offer<'_> = &mut |index, payload| {
            match key_of(&payload) {
                Some(key) if fits(&key) => {
                    found = Some(key);
                    return Verdict::Enough;
                }
                Some(_) => misfit = true,
                None => odd.extend(own.get(index).map(|wrap| wrap.rid)),
            }
            Verdict::More
        };
        let others = Others::if_any(!parts.is_empty());
        attempts.extend(search.part(others, 1, |part| provider.unwrap(&own, part, offer)));
        if let Some(key) = found {
            return Ok(key);
        }
        attempts
            .extend(odd.into_iter().map(|rid| attempt(rid, "its wrap holds something else than a data key")));
    }
    if misfit {
        let what = "the unwrapped data key is not the one that the file names";
        return Err(Error::refused(Class::Dek, None, what));
    }
    let unknown = wraps.iter().filter(|wrap| provider_of_rid(wrap.rid).is_none());
    attempts
        .extend(unknown.map(|wrap| attempt(wrap.rid, "this build of dekko has no provider of that name")));
    // A source is looked at for wraps of its own and for shares, and would stand here twice.
    let mut distinct = Vec::new();
    for attempt in attempts {
        if !distinct.contains(&attempt) {
            distinct.push(attempt);
        }
    }
    Err(Error::NoIdentity {
        recipients: wraps.iter().map(|wrap| recipient_of(*wrap)).collect(),
        attempts: distinct,
    })
}

/// The providers in the order in which they are tried; key services together, since each of them asks for all.
fn groups() -> impl Iterator<Item = &'static [&'static dyn Provider]> {
    PROVIDERS.chunk_by(|a, b| a.is_service() && b.is_service())
}

fn key_of(payload: &Payload) -> Option<DataKey> {
    Some(DataKey::new(payload.expose().try_into().ok()?))
}

fn provider_of_rid(rid: &str) -> Option<&'static dyn Provider> {
    provider_of(rid.split(':').next().unwrap_or(""))
}

fn provider_of(name: &str) -> Option<&'static dyn Provider> {
    PROVIDERS.iter().copied().find(|provider| provider.name() == name)
}

fn attempt(source: &str, reason: impl Into<String>) -> Attempt {
    Attempt { source: escape(source), reason: reason.into(), cause: Cause::Lacking }
}

#[cfg(test)]
mod tests;
