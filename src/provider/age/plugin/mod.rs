//! Plugins of age (c2sp.org/age-plugin): programs `age-plugin-NAME` that wrap and unwrap for keys of their own kind.
//!
//! A file names recipients, so a file could name programs. Hence the rules: the user allows each plugin by name; it is
//! looked for in the absolute entries of PATH only; it starts with few variables, in no folder of the repository; when
//! nobody is there to answer it, it gets only so much time. The client in the age crate keeps none of these, so this one
//! is ours.

mod client;
mod message;

use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use age::{DecryptError, EncryptError};
use age_core::format::{FileKey, Stanza};
use age_core::primitives::bech32_decode;
use zeroize::Zeroizing;

use crate::environment::Environment;
use crate::provider::{Prompt, Session};

/// The variables that a plugin gets: where it finds its files, its display and its locale; no keys of anybody.
const VARIABLES: [&str; 22] = [
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "TERM",
    "TZ",
    "TMPDIR",
    "DISPLAY",
    "WAYLAND_DISPLAY",
    "XAUTHORITY",
    "DBUS_SESSION_BUS_ADDRESS",
    "GNUPGHOME",
    "GPG_TTY",
    "SystemRoot",
    "SystemDrive",
    "USERPROFILE",
    "APPDATA",
    "LOCALAPPDATA",
    "ProgramData",
    "TEMP",
    "TMP",
    "PATHEXT",
];

/// Beginnings of names of further variables that a plugin gets.
const PREFIXES: [&str; 3] = ["LC_", "XDG_", "AGE_"];

/// Whether `name` can be part of the name of a plugin's program, and of no other.
pub(super) fn is_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+-._".contains(&byte);
    !name.is_empty() && name.len() <= 64 && name.bytes().all(plain)
}

/// Reads `AGE-PLUGIN-NAME-1…`: the plugin's name in lower case, and the text as it is.
pub(super) fn read_identity(line: &str) -> Result<(String, Zeroizing<String>), &'static str> {
    let prefix = bech32_decode(
        line,
        |_| "is an identity of a plugin with a typing error, or not complete",
        |_| Ok(()),
        |prefix, _| Ok(prefix.as_str().to_ascii_lowercase()),
    )?;
    match prefix
        .strip_prefix("age-plugin-")
        .and_then(|name| name.strip_suffix('-'))
        .filter(|name| is_name(name))
    {
        Some(name) => Ok((name.to_owned(), Zeroizing::new(line.to_owned()))),
        None => Err("is an identity of a plugin, but not a name that one can have"),
    }
}

/// A plugin that the user allows and that is installed.
#[derive(Clone)]
pub(super) struct Plugin {
    program: String,
    path: PathBuf,
    variables: Vec<(String, OsString)>,
    /// `None` when somebody is there, who can stop it.
    patience: Option<Duration>,
    prompt: Arc<dyn Prompt>,
}

impl Plugin {
    /// The plugin `name`, which has `patience` where nobody is there.
    ///
    /// # Errors
    ///
    /// Why it cannot be used, in words.
    pub(super) fn find(name: &str, session: &Session, patience: Duration) -> Result<Self, String> {
        if !is_name(name) {
            return Err("no plugin can have that name".to_owned());
        }
        let program = format!("age-plugin-{name}");
        if !session.allows_plugin(name) {
            return Err(format!(
                "the plugin {program} is not allowed to run; 'DEKKO_AGE_PLUGINS={name}' allows it"
            ));
        }
        let environment = session.environment();
        let path = environment
            .program(&program)
            .ok_or_else(|| format!("the plugin {program} is not installed (in an absolute entry of PATH)"))?;
        let patience = (!session.prompt().is_present()).then_some(patience);
        let variables = variables(environment, &environment.program_folders());
        Ok(Self { program, path, variables, patience, prompt: Arc::clone(session.prompt()) })
    }
}

fn variables(environment: &Environment, folders: &[PathBuf]) -> Vec<(String, OsString)> {
    let wanted =
        |name: &str| VARIABLES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    let kept = environment.all().filter(|(name, _)| wanted(name));
    let mut variables: Vec<_> = kept.map(|(name, value)| (name.to_owned(), value.clone())).collect();
    variables.extend(std::env::join_paths(folders).ok().map(|path| ("PATH".to_owned(), path)));
    variables
}

/// Why a plugin failed, kept here because the traits of the age crate have no room for it.
#[derive(Default)]
struct Failure(Mutex<Option<String>>);

impl Failure {
    fn keep(&self, reason: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
    }

    fn reason(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// An identity that a plugin serves.
pub(super) struct PluginIdentity<'a> {
    plugin: Plugin,
    text: &'a Zeroizing<String>,
    failure: Failure,
}

impl<'a> PluginIdentity<'a> {
    pub(super) fn new(plugin: Plugin, text: &'a Zeroizing<String>) -> Self {
        Self { plugin, text, failure: Failure::default() }
    }

    /// Why the plugin failed, when it did.
    pub(super) fn failure(&self) -> Option<String> {
        self.failure.reason()
    }
}

impl age::Identity for PluginIdentity<'_> {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        self.unwrap_stanzas(std::slice::from_ref(stanza))
    }

    fn unwrap_stanzas(&self, stanzas: &[Stanza]) -> Option<Result<FileKey, DecryptError>> {
        match client::unwrap(&self.plugin, self.text, stanzas) {
            Ok(file_key) => file_key.map(Ok),
            Err(reason) => {
                self.failure.keep(reason);
                Some(Err(DecryptError::DecryptionFailed))
            }
        }
    }
}

/// A recipient that a plugin serves.
pub(super) struct PluginRecipient {
    plugin: Plugin,
    text: String,
    failure: Failure,
}

impl PluginRecipient {
    pub(super) fn new(plugin: Plugin, text: String) -> Self {
        Self { plugin, text, failure: Failure::default() }
    }

    /// Why the plugin failed, when it did.
    pub(super) fn failure(&self) -> Option<String> {
        self.failure.reason()
    }
}

impl age::Recipient for PluginRecipient {
    fn wrap_file_key(
        &self,
        file_key: &FileKey,
    ) -> Result<(Vec<Stanza>, std::collections::HashSet<String>), EncryptError> {
        // Labels say which recipients may stand side by side in one age file; ours has one alone.
        client::wrap(&self.plugin, &self.text, file_key).map(|stanzas| (stanzas, Default::default())).map_err(
            |reason| {
                self.failure.keep(reason);
                EncryptError::Io(std::io::Error::other("the plugin failed"))
            },
        )
    }
}

#[cfg(test)]
mod tests;
