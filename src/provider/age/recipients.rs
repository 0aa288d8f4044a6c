//! Age recipients: what a user writes, what a rid holds.

use age_core::primitives::bech32_decode;

use super::plugin;
use super::ssh;
use crate::error::Result;
use crate::provider::unusable;

/// Whom an age file is for.
pub(super) enum Recipient {
    /// `age1…`
    X25519(age::x25519::Recipient),
    /// `age1tag1…`: a P-256 key in hardware, which a plugin decrypts with.
    Tag(age::tag::Recipient),
    /// `ssh-ed25519` or `ssh-rsa`; with the rest of its rid.
    Ssh(String, Box<age::ssh::Recipient>),
    /// `age1name1…`: whatever `age-plugin-name` makes of it.
    Plugin { name: String, text: String },
}

impl Recipient {
    /// Reads `age1…`, `ssh-ed25519 BASE64 comment`, or the rest of a rid (`ssh-ed25519:BASE64`).
    pub(super) fn read(text: &str) -> Result<Self> {
        let text = text.trim();
        if text.starts_with("ssh-") || text.starts_with("ecdsa-") || text.starts_with("sk-") {
            let (rest, recipient) = ssh::read_recipient(text).map_err(|reason| unusable(text, &reason))?;
            return Ok(Self::Ssh(rest, Box::new(recipient)));
        }
        let lower = text.to_ascii_lowercase();
        if lower.starts_with("age-secret-key-") || lower.starts_with("age-plugin-") {
            let reason = "it is an identity, which stays secret; its public side is needed here";
            return Err(unusable(text, reason));
        }
        // Bech32 may be written in upper case throughout.
        let text = if text.bytes().any(|byte| byte.is_ascii_lowercase()) { text } else { &lower };
        if !text.starts_with("age1") {
            let reason = "it is neither 'age1…' nor a public key of SSH";
            return Err(unusable(text, reason));
        }
        let prefix = bech32_decode(
            text,
            |_| "it has a typing error, or is not complete",
            |_| Ok(()),
            |prefix, _| Ok(prefix.as_str().to_owned()),
        )
        .map_err(|reason| unusable(text, reason))?;
        let damaged = |_| unusable(text, "it does not hold a public key");
        match prefix.as_str() {
            "age" => text.parse().map(Self::X25519).map_err(damaged),
            "age1tag" => text.parse().map(Self::Tag).map_err(damaged),
            _ => match prefix.strip_prefix("age1").filter(|name| plugin::is_name(name)) {
                Some(name) => Ok(Self::Plugin { name: name.to_owned(), text: text.to_owned() }),
                None => Err(unusable(text, "it is not a recipient of age")),
            },
        }
    }

    /// What stands behind `age:` in its rid.
    pub(super) fn rest(&self) -> String {
        match self {
            Self::X25519(recipient) => recipient.to_string(),
            Self::Tag(recipient) => recipient.to_string(),
            Self::Ssh(rest, _) => rest.clone(),
            Self::Plugin { text, .. } => text.clone(),
        }
    }
}
