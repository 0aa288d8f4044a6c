//! The data-key agent: a process of the user's own that keeps unwrapped data keys for a while, so that a command that git
//! starts two hundred times asks a key service once.
//!
//! It is opt-in. Keys lie in its memory only, locked and out of reach of other processes where the system can do that, and
//! are forgotten after a time. Whoever asks for a key must run under the same user; what comes back is believed only when
//! it is the key that a file's `dek` names (FORMAT, `COMMIT`).

mod client;
mod messages;
#[cfg(unix)]
mod place;
#[cfg(unix)]
mod server;
#[cfg(unix)]
mod start;
#[cfg(unix)]
mod vault;

use std::path::PathBuf;
use std::time::Duration;

use crate::environment::Environment;
use crate::provider::KeyStore;

pub use client::{Client, State};
#[cfg(unix)]
pub use server::{Life, serve};
#[cfg(unix)]
pub use start::start;

/// Where the commands of this user keep data keys: with the agent, started for `on_demand` when there is none; nowhere
/// when `DEKKO_NO_AGENT` is set, and for `identities` that were named, which are to open a file by themselves.
pub fn store(
    environment: &Environment,
    identities: &[PathBuf],
    on_demand: Option<Duration>,
) -> Option<Box<dyn KeyStore>> {
    if !identities.is_empty() || environment.var("DEKKO_NO_AGENT").is_some() {
        return None;
    }
    let client = Client::new(environment);
    Some(Box::new(match on_demand {
        Some(ttl) => client.on_demand(environment, ttl),
        None => client,
    }))
}
