//! What a run of dekko has at hand to unwrap with: the environment, identities, plugins, and perhaps a person.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use super::age::Keyring;
#[cfg(feature = "service")]
use super::service::Memory;
use super::settings::{KeySettings, Network};
use crate::crypto::{Commit, DataKey};
use crate::environment::Environment;

/// Speaks to the person at the terminal, if there is one; the texts it is given are safe to show.
pub trait Prompt: Send + Sync {
    /// Whether there is a person who can answer.
    fn is_present(&self) -> bool;

    /// Shows a message and goes on.
    fn tell(&self, message: &str);

    /// Asks for a passphrase without showing what is typed; `None` when nobody answers.
    fn passphrase(&self, question: &str) -> Option<Zeroizing<String>>;

    /// Asks for a line of text; `None` when nobody answers.
    fn line(&self, question: &str) -> Option<String>;

    /// Asks to choose `yes` or `no` (when there is none, the question is only to be confirmed); `None` when nobody
    /// answers.
    fn confirm(&self, question: &str, yes: &str, no: Option<&str>) -> Option<bool>;
}

/// Nobody is there.
#[derive(Clone, Copy, Debug)]
pub struct NoPrompt;

impl Prompt for NoPrompt {
    fn is_present(&self) -> bool {
        false
    }

    fn tell(&self, _: &str) {}

    fn passphrase(&self, _: &str) -> Option<Zeroizing<String>> {
        None
    }

    fn line(&self, _: &str) -> Option<String> {
        None
    }

    fn confirm(&self, _: &str, _: &str, _: Option<&str>) -> Option<bool> {
        None
    }
}

/// Keeps unwrapped data keys beyond one run, by the name that files call them by.
pub trait KeyStore: Send + Sync {
    /// The key called `commit`, when it is kept. It has to be held against the file before it is believed.
    fn find(&self, commit: &Commit) -> Option<DataKey>;

    /// Keeps `key`, which is called `commit`.
    fn keep(&self, commit: &Commit, key: &DataKey);
}

/// The identities of one run; each source is looked at once, when it is first needed.
///
/// It can be shared by threads that unwrap many files.
pub struct Session {
    environment: Environment,
    prompt: Arc<dyn Prompt>,
    patience: Duration,
    plugins: Vec<String>,
    keyring: Keyring,
    keys: Vec<KeySettings>,
    network: Network,
    #[cfg(feature = "service")]
    memory: Memory,
    store: Option<Box<dyn KeyStore>>,
}

impl Session {
    /// A session that takes identities from `environment` and from `identity_files`, those first.
    pub fn new(environment: Environment, identity_files: &[PathBuf], prompt: Arc<dyn Prompt>) -> Self {
        let keyring = Keyring::new(&environment, identity_files);
        let allowed = environment.text("DEKKO_AGE_PLUGINS").unwrap_or_default();
        let plugins = allowed.split(',').map(str::trim).filter(|name| !name.is_empty());
        let plugins = plugins.map(str::to_owned).collect();
        Self {
            environment,
            prompt,
            patience: Duration::from_secs(30),
            plugins,
            keyring,
            keys: Vec::new(),
            network: Network::Allowed,
            store: None,
            #[cfg(feature = "service")]
            memory: Memory::default(),
        }
    }

    /// Has keys of services treated as the user says; the first of `keys` that is for one holds.
    #[must_use]
    pub fn with_keys(mut self, keys: Vec<KeySettings>) -> Self {
        self.keys = keys;
        self
    }

    /// Sets whether key services may be asked.
    #[must_use]
    pub fn with_network(mut self, network: Network) -> Self {
        self.network = network;
        self
    }

    /// Allows the age plugins `names`, too, beside those in `DEKKO_AGE_PLUGINS`.
    #[must_use]
    pub fn with_plugins(mut self, names: impl IntoIterator<Item = String>) -> Self {
        self.plugins.extend(names);
        self
    }

    /// Looks for data keys in `store`, if any, before anything is unwrapped, and leaves what was unwrapped there.
    #[must_use]
    pub fn with_store(mut self, store: Option<Box<dyn KeyStore>>) -> Self {
        self.store = store;
        self
    }

    /// Where data keys are kept beyond this run.
    pub fn store(&self) -> Option<&dyn KeyStore> {
        self.store.as_deref()
    }

    /// Sets how long unwrapping may take (30 seconds unless set); a plugin may take longer when a person is there.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The environment that identities are looked for in.
    pub fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The person, or nobody.
    pub fn prompt(&self) -> &Arc<dyn Prompt> {
        &self.prompt
    }

    /// How long a step that waits for others may take.
    pub fn patience(&self) -> Duration {
        self.patience
    }

    /// Whether key services may be asked.
    pub fn network(&self) -> Network {
        self.network
    }

    /// What the user says of keys of services.
    pub fn keys(&self) -> &[KeySettings] {
        &self.keys
    }

    /// What the user says of the key `rid`.
    #[cfg(feature = "service")]
    pub(super) fn settings_for(&self, rid: &str) -> Option<&KeySettings> {
        self.keys.iter().find(|settings| settings.are_for(rid))
    }

    #[cfg(feature = "service")]
    pub(super) fn memory(&self) -> &Memory {
        &self.memory
    }

    pub(super) fn allows_plugin(&self, name: &str) -> bool {
        self.plugins.iter().any(|allowed| allowed == name)
    }

    pub(super) fn keyring(&self) -> &Keyring {
        &self.keyring
    }
}
