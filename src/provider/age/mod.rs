//! `age`: files of age (c2sp.org/age), one for each recipient, whose payload is the data key.

mod identities;
mod keyring;
mod letter;
mod hunt;
mod plugin;
mod recipients;
mod ssh;
#[cfg(test)]
mod tests;

use std::io::Write;
use std::iter;

use age::secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::{Offer, Provider, Search, Session, Wrap, unusable};
use crate::crypto::FileId;
use crate::error::{Attempt, Error, Result};

pub(super) use keyring::Keyring;
pub use keyring::{Listed, identities, useless_identities};
pub use letter::{LARGEST_LETTER, open_letter, seal_letter};
use recipients::Recipient;

/// The provider of age recipients: native, SSH keys, plugins.
pub struct Age;

impl Provider for Age {
    fn name(&self) -> &'static str {
        "age"
    }

    fn recipient(&self, rest: &str) -> Result<String> {
        Ok(Recipient::read(rest)?.rest())
    }

    fn wrap(&self, rest: &str, _: &FileId, payload: &[u8], session: &Session) -> Result<Vec<u8>> {
        match Recipient::read(rest)? {
            Recipient::X25519(recipient) => encrypt(&recipient, payload),
            Recipient::Ssh(_, recipient) => encrypt(&*recipient, payload),
            Recipient::Tag(recipient) => encrypt(&recipient, payload),
            Recipient::Plugin { name, text } => {
                let plugin = plugin::Plugin::find(&name, session, session.patience())
                    .map_err(|reason| unusable(rest, &reason))?;
                let recipient = plugin::PluginRecipient::new(plugin, text);
                encrypt(&recipient, payload).map_err(|error| match recipient.failure() {
                    Some(reason) => Error::Service { service: format!("age-plugin-{name}"), reason },
                    None => error,
                })
            }
        }
        .map_err(|error| match error {
            Error::Internal { what } => unusable(rest, &what),
            other => other,
        })
    }

    fn unwrap(&self, wraps: &[Wrap<'_>], search: &Search<'_>, offer: &mut Offer<'_>) -> Vec<Attempt> {
        hunt::Hunt::new(wraps, search, offer).run()
    }
}

/// A new identity and its recipient.
pub struct Generated {
    /// The line to keep: `AGE-SECRET-KEY-1…`; wiped when dropped.
    pub identity: Zeroizing<String>,
    /// The public side: `age1…`.
    pub recipient: String,
}

/// Makes a new native identity (X25519), from the system's random bytes.
pub fn generate() -> Generated {
    let identity = age::x25519::Identity::generate();
    Generated {
        identity: Zeroizing::new(identity.to_string().expose_secret().to_owned()),
        recipient: identity.to_public().to_string(),
    }
}

/// One complete binary age file for `recipient` alone.
fn encrypt(recipient: &dyn age::Recipient, payload: &[u8]) -> Result<Vec<u8>> {
    // The crate's messages speak of recipients only, but they are its own words in the user's language: ours instead.
    let failed = |_| Error::Internal { what: "age cannot encrypt for it".to_owned() };
    let encryptor = age::Encryptor::with_recipients(iter::once(recipient)).map_err(|_| failed(()))?;
    let mut file = Vec::new();
    let mut writer = encryptor.wrap_output(&mut file).map_err(|_| failed(()))?;
    writer.write_all(payload).and_then(|()| writer.finish()).map_err(|_| failed(()))?;
    Ok(file)
}
