//! What a run remembers of services: clients, what did not answer, what was refused; never a data key.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sha2::{Digest, Sha256};
use tokio::sync::OnceCell;

use super::{Failure, Http, Outcome, Reach};
use crate::crypto::FileId;
use crate::provider::Wrap;

/// So many calls in a row that were not answered make a place one that is not asked again.
const ENOUGH: u32 = 3;

/// The memory of a session.
#[derive(Default)]
pub(in crate::provider) struct Memory {
    http: Mutex<HashMap<String, Http>>,
    places: Mutex<HashMap<String, Place>>,
    vain: Mutex<HashMap<[u8; 32], Failure>>,
    facts: Mutex<HashMap<String, Arc<OnceCell<String>>>>,
    #[cfg(feature = "aws")]
    pub(in crate::provider) aws: crate::provider::aws::Clients,
    #[cfg(feature = "gcp")]
    pub(in crate::provider) gcp: crate::provider::gcp::Tokens,
    #[cfg(feature = "azure")]
    pub(in crate::provider) azure: crate::provider::azure::Tokens,
    #[cfg(feature = "vault")]
    pub(in crate::provider) vault: crate::provider::vault::Tokens,
}

/// How it went with a place.
#[derive(Default)]
struct Place {
    has_served: bool,
    silent: u32,
    last: Option<Failure>,
}

/// A wrap of a certain file.
pub(super) type WrapId = [u8; 32];

impl Memory {
    /// The client that is remembered under `name`, made when it is first asked for.
    pub(in crate::provider) fn http(
        &self,
        name: &str,
        make: impl FnOnce() -> Outcome<Http>,
    ) -> Outcome<Http> {
        let mut known = locked(&self.http);
        if let Some(http) = known.get(name) {
            return Ok(http.clone());
        }
        let http = make()?;
        known.insert(name.to_owned(), http.clone());
        Ok(http)
    }

    /// The fact `name` (the current version of a key), found out once in a run.
    pub(in crate::provider) async fn fact(
        &self,
        name: &str,
        find: impl Future<Output = Outcome<String>>,
    ) -> Outcome<String> {
        let cell = Arc::clone(locked(&self.facts).entry(name.to_owned()).or_default());
        cell.get_or_try_init(|| find).await.cloned()
    }

    /// Why `place` is not asked any more.
    pub(super) fn given_up(&self, place: &str) -> Option<Failure> {
        let places = locked(&self.places);
        let place = places.get(place)?;
        let last = place.last.clone()?;
        match last.reach {
            Reach::Run => Some(last),
            _ if place.silent >= ENOUGH => {
                let reason = format!(
                    "not asked again, after {ENOUGH} calls in a row without an answer: {}",
                    last.reason
                );
                Some(Failure { reason, ..last })
            }
            _ => None,
        }
    }

    /// Remembers how a call to `place` went.
    pub(super) fn heard(&self, place: &str, failure: Option<&Failure>) {
        let mut places = locked(&self.places);
        let place = places.entry(place.to_owned()).or_default();
        match failure {
            Some(failure) if failure.reach == Reach::Wrap => place.silent = 0,
            Some(failure) => {
                place.silent += 1;
                place.last = Some(failure.clone());
            }
            None => {
                place.silent = 0;
                place.has_served = true;
            }
        }
    }

    /// Whether a call to `place` went well in this run.
    pub(super) fn has_served(&self, place: &str) -> bool {
        locked(&self.places).get(place).is_some_and(|place| place.has_served)
    }

    /// Why `wrap` could not be opened before.
    pub(super) fn vain(&self, wrap: &WrapId) -> Option<Failure> {
        locked(&self.vain).get(wrap).cloned()
    }

    /// Remembers that `wrap` could not be opened.
    pub(super) fn in_vain(&self, wrap: WrapId, failure: Failure) {
        locked(&self.vain).insert(wrap, failure);
    }
}

/// The name under which `wrap` of `file` is remembered.
pub(super) fn id_of(wrap: &Wrap<'_>, file: &FileId) -> WrapId {
    let length = |bytes: &[u8]| u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes();
    let mut hash = Sha256::new();
    hash.update(file.0);
    for part in [wrap.rid.as_bytes(), wrap.bytes] {
        hash.update(length(part));
        hash.update(part);
    }
    hash.finalize().into()
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What a thread that broke off leaves behind is whole: nothing is changed in two steps.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_given_up_after_three_silences_in_a_row_or_without_credentials() {
        let memory = Memory::default();
        let silent = Failure::unreachable("x");
        for failure in [Some(&silent), Some(&silent), None, Some(&silent), Some(&silent)] {
            memory.heard("a", failure);
            assert_eq!(memory.given_up("a"), None);
        }
        memory.heard("a", Some(&silent));
        assert!(memory.given_up("a").unwrap().reason.contains("3 calls in a row"));
        assert!(memory.has_served("a") && !memory.has_served("b"));
        memory.heard("b", Some(&Failure::no_credentials("none")));
        assert_eq!(memory.given_up("b").unwrap().reason, "none");
        memory.heard("c", Some(&Failure::refused("no")));
        assert_eq!(memory.given_up("c"), None);
    }
}
