//! How recipients are named, and what is refused as the name of one.

use super::{Provider, Session, provider_of, threshold};
use crate::document::escape;
use crate::envelope::MAX_RID;
use crate::error::{Error, Result};

/// The canonical rid for a recipient as a user writes it: `age1…`, an SSH public key line, or a rid; of a group with its
/// members behind it (`threshold:2-of-2:name [ age:age1… age:age1… ]`; [`threshold::rid_of`] is without them).
///
/// # Errors
///
/// [`Error::Recipient`]; a text that may be a secret by mistake is not repeated in it.
pub fn recipient(text: &str) -> Result<String> {
    named(text, |provider, rest| provider.recipient(rest))
}

/// The same, where a service may be asked for the key that an alias means now: a file names the key itself.
///
/// # Errors
///
/// [`Error::Recipient`] or [`Error::Service`].
pub fn resolve(text: &str, session: &Session) -> Result<String> {
    named(text, |provider, rest| provider.resolve(rest, session))
}

/// Whether `text` names a key by an alias, which only its service can read ([`resolve`]).
pub fn is_alias(text: &str) -> bool {
    text.trim().starts_with("aws-kms:") && text.contains(":alias/")
}

fn named(text: &str, canonical: impl FnOnce(&dyn Provider, &str) -> Result<String>) -> Result<String> {
    let text = text.trim();
    let (provider, rest) = match text.split_once(':') {
        Some((name, rest)) if is_provider_name(name) => (name, rest),
        _ => ("age", text),
    };
    let Some(provider) = provider_of(provider) else {
        return Err(unusable(text, "this build of dekko has no provider of that name"));
    };
    let rid = format!("{}:{}", provider.name(), canonical(provider, rest)?);
    if threshold::rid_of(&rid).len() > MAX_RID {
        let reason = format!("it is longer than the {MAX_RID} bytes that a file has room for");
        return Err(unusable(text, &reason));
    }
    Ok(rid)
}

pub(super) fn is_provider_name(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !name.is_empty() && name.bytes().all(plain)
}

/// The refusal of a recipient; its text stands in it only when it begins like one, since it may be a secret.
pub(super) fn unusable(text: &str, reason: &str) -> Error {
    let upper = text.to_ascii_uppercase();
    let secret = ["SECRET", "PRIVATE", "PLUGIN-"].iter().any(|word| upper.contains(word));
    let known = BEGINNINGS.iter().any(|beginning| text.starts_with(beginning));
    let mut shown = escape(&text.chars().take(100).collect::<String>());
    if shown.len() < text.len() {
        shown.push('…');
    }
    let recipient = if known && !secret { shown } else { "(not shown)".to_owned() };
    Error::Recipient { recipient, reason: reason.to_owned() }
}

/// How recipients begin, those of all providers that the format knows (section 7).
const BEGINNINGS: [&str; 10] = [
    "age1",
    "age:age1",
    "age:ssh-",
    "ssh-",
    "ecdsa-",
    "aws-kms:",
    "gcp-kms:",
    "azure-key-vault:",
    "vault-transit:",
    "threshold:",
];
