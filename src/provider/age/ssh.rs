//! SSH keys as recipients and identities of age.

use age::ssh::{Identity, ParseRecipientKeyError, Recipient, UnsupportedKey};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// Reads `ssh-ed25519 BASE64 comment` or `ssh-ed25519:BASE64`; with the latter form of it.
///
/// # Errors
///
/// What is wrong with it, in words.
pub(super) fn read_recipient(text: &str) -> Result<(String, Recipient), String> {
    let (kind, after) = text.split_once([' ', '\t', ':']).ok_or("the key itself is missing")?;
    if !matches!(kind, "ssh-ed25519" | "ssh-rsa") {
        return Err("age takes SSH keys of the kinds ssh-ed25519 and ssh-rsa only".to_owned());
    }
    let encoded = after.split_ascii_whitespace().next().ok_or("the key itself is missing")?;
    let damaged = || "the key has a typing error, or is not complete".to_owned();
    let blob = BASE64_STANDARD.decode(encoded).map_err(|_| damaged())?;
    if !is_public_key(kind, &blob) {
        return Err(damaged());
    }
    // Encoded anew, so that one key has one rid.
    let encoded = BASE64_STANDARD.encode(&blob);
    match format!("{kind} {encoded}").parse() {
        Ok(recipient) => Ok((format!("{kind}:{encoded}"), recipient)),
        Err(ParseRecipientKeyError::RsaModulusTooLarge) => {
            Err("RSA keys over 4096 bits are not taken".to_owned())
        }
        Err(ParseRecipientKeyError::RsaModulusTooSmall) => {
            Err("RSA keys under 2048 bits are not taken".to_owned())
        }
        Err(_) => Err(damaged()),
    }
}

/// Whether `blob` is a public key of `kind`, to the last byte (RFC 4253 section 6.6, RFC 8709 section 4).
///
/// The parser of the age crate stops at the end of the key it wants, and panics at a number of zeros only.
fn is_public_key(kind: &str, blob: &[u8]) -> bool {
    let mut left = blob;
    let mut next = || {
        let (length, rest) = left.split_first_chunk::<4>()?;
        let (field, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
        left = rest;
        Some(field)
    };
    let named = next() == Some(kind.as_bytes());
    let sound = match kind {
        "ssh-ed25519" => next().is_some_and(|key| key.len() == 32),
        _ => next().is_some_and(is_positive) && next().is_some_and(is_positive),
    };
    named && sound && left.is_empty()
}

/// Whether `number` is a positive number in its shortest form (`mpint`, RFC 4251 section 5).
fn is_positive(number: &[u8]) -> bool {
    match number {
        [0, second, ..] => *second >= 0x80,
        [first, ..] => *first > 0 && *first < 0x80,
        [] => false,
    }
}

/// An SSH private key, and the rest of its rid.
pub(super) enum Private {
    Open(String, Box<Identity>),
    Locked(String, Box<age::ssh::EncryptedKey>),
}

/// Whether `text` is the file of an SSH private key.
pub(super) fn is_private_key(text: &str) -> bool {
    text.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----")
        || text.starts_with("-----BEGIN RSA PRIVATE KEY-----")
}

/// Reads the file of an SSH private key.
///
/// # Errors
///
/// What is wrong with it, in words; nothing of the file.
pub(super) fn read_private(text: &str) -> Result<Private, String> {
    let identity = Identity::from_buffer(text.as_bytes(), None)
        .map_err(|_| "it is damaged, or not a private key of SSH that age knows")?;
    if let Identity::Unsupported(kind) = &identity {
        return Err(match kind {
            UnsupportedKey::EncryptedPem => {
                "its old form of encryption is not taken; 'ssh-keygen -p -o' gives it a new one".to_owned()
            }
            UnsupportedKey::EncryptedSsh(_) => "it is encrypted with a cipher that is not taken".to_owned(),
            UnsupportedKey::Hardware(_) => "it lies in a security key, which age cannot use".to_owned(),
            UnsupportedKey::Type(_) => "age takes ssh-ed25519 and ssh-rsa keys only".to_owned(),
        });
    }
    let public = Recipient::try_from(identity.clone()).map_err(|_| "age cannot use this kind of key")?;
    let rest = public.to_string().replacen(' ', ":", 1);
    Ok(match identity {
        Identity::Encrypted(key) => Private::Locked(rest, Box::new(key)),
        other => Private::Open(rest, Box::new(other)),
    })
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::prelude::BASE64_STANDARD;

    use super::read_recipient;

    fn blob(fields: &[&[u8]]) -> String {
        let mut blob = Vec::new();
        for field in fields {
            blob.extend_from_slice(&u32::try_from(field.len()).unwrap().to_be_bytes());
            blob.extend_from_slice(field);
        }
        BASE64_STANDARD.encode(blob)
    }

    #[test]
    fn numbers_that_would_crash_the_parser_are_refused_before_it() {
        let modulus = [&[0, 0x81][..], &[7; 255]].concat();
        for (exponent, modulus) in [
            (&[1, 0, 1][..], &[0, 0, 0][..]),
            (&[0, 0], &modulus),
            (&[0], &modulus),
            (&[], &modulus),
            (&[0x81], &modulus),
            (&[1, 0, 1], &[]),
            (&[1, 0, 1], &[0; 257]),
            (&[1, 0, 1], &[&[0, 0][..], &modulus].concat()),
        ] {
            let key = blob(&[b"ssh-rsa", exponent, modulus]);
            assert!(read_recipient(&format!("ssh-rsa {key}")).is_err(), "{exponent:?}");
        }
        assert!(read_recipient(&format!("ssh-rsa {}", blob(&[b"ssh-rsa", &[1, 0, 1], &modulus]))).is_ok());
    }

    #[test]
    fn keys_too_short_too_long_or_of_another_kind_are_refused_and_told_apart() {
        let rsa = |bytes: usize| {
            let modulus = [&[0, 0x81][..], &vec![7; bytes - 1]].concat();
            read_recipient(&format!("ssh-rsa {}", blob(&[b"ssh-rsa", &[1, 0, 1], &modulus])))
        };
        assert!(rsa(128).err().unwrap().contains("under 2048"));
        assert!(rsa(256).is_ok() && rsa(512).is_ok());
        assert!(rsa(1024).err().unwrap().contains("over 4096"));
        for text in [
            format!("ssh-ed25519 {}", blob(&[b"ssh-rsa", &[9; 32]])),
            format!("ssh-ed25519 {}", blob(&[b"ssh-ed25519", &[9; 31]])),
            format!("ssh-ed25519 {}", blob(&[b"ssh-ed25519", &[9; 32], b""])),
            "ssh-ed25519".to_owned(),
            "ssh-ed25519 ".to_owned(),
            "ssh-ed25519 !!!".to_owned(),
            "sk-ssh-ed25519@openssh.com AAAA".to_owned(),
        ] {
            assert!(read_recipient(&text).is_err(), "{text}");
        }
    }
}
