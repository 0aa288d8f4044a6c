//! Identity files, read line by line, so that an error names its line and never its text.

use std::io::Read;

use age::secrecy::SecretString;
use zeroize::Zeroizing;

use super::plugin;
use super::ssh::{self, Private};
use crate::provider::Prompt;

/// The largest file of identities, in bytes.
pub(super) const LARGEST: u64 = 1 << 20;

/// How often a passphrase may be mistyped.
const TRIES: usize = 3;

/// An identity that can be tried.
pub(super) struct Identity {
    /// The rest of the rid of its recipient; of a plugin's identity it is unknown.
    pub(super) public: Option<String>,
    pub(super) key: Key,
}

/// What opens a wrap.
pub(super) enum Key {
    /// A native or SSH key.
    Own(Box<dyn age::Identity + Send + Sync>),
    /// `AGE-PLUGIN-NAME-1…`: the plugin's name (lower case) and the text for it.
    Plugin { name: String, text: Zeroizing<String> },
}

/// Identities behind a passphrase.
pub(super) enum Locked {
    /// An age file that holds identities.
    File(Zeroizing<Vec<u8>>),
    /// An SSH key, with the rest of the rid of its recipient.
    Ssh(String, Box<age::ssh::EncryptedKey>),
}

/// What a source holds.
#[derive(Default)]
pub(super) struct Contents {
    pub(super) open: Vec<Identity>,
    pub(super) locked: Vec<Locked>,
    /// What is wrong with the source, in words; nothing of its text.
    pub(super) problems: Vec<String>,
}

impl Contents {
    /// Reads what a source holds: lines of identities, an SSH key, or an age file with a passphrase.
    pub(super) fn read(bytes: Zeroizing<Vec<u8>>) -> Self {
        if bytes.starts_with(b"age-encryption.org/v1\n") || is_armored(&bytes) {
            return Self { locked: vec![Locked::File(bytes)], ..Self::default() };
        }
        let Ok(text) = std::str::from_utf8(&bytes) else {
            return Self::problem("it is not UTF-8 text");
        };
        let text = text.trim_start_matches('\u{feff}');
        if ssh::is_private_key(text) {
            return match ssh::read_private(text) {
                Ok(Private::Open(rest, key)) => {
                    let open = vec![Identity { public: Some(rest), key: Key::Own(key) }];
                    Self { open, ..Self::default() }
                }
                Ok(Private::Locked(rest, key)) => {
                    Self { locked: vec![Locked::Ssh(rest, key)], ..Self::default() }
                }
                Err(problem) => Self::problem(problem),
            };
        }
        Self::read_lines(text)
    }

    /// What is wrong with a source of which nothing can be used.
    pub(super) fn problem(problem: impl Into<String>) -> Self {
        Self { problems: vec![problem.into()], ..Self::default() }
    }

    fn read_lines(text: &str) -> Self {
        let mut contents = Self::default();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match read_line(line) {
                Ok(identity) => contents.open.push(identity),
                Err(problem) => contents.problems.push(format!("line {number} {problem}")),
            }
        }
        if contents.open.is_empty() && contents.problems.is_empty() {
            contents.problems.push("it holds no identity".to_owned());
        }
        contents
    }
}

fn read_line(line: &str) -> Result<Identity, &'static str> {
    let begins =
        |prefix: &str| line.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix));
    if begins("AGE-SECRET-KEY-PQ-") {
        return Err("is a post-quantum identity, which only the plugin age-plugin-pq can use: \
                    install it, and let it turn the line into 'AGE-PLUGIN-PQ-1…'");
    }
    if begins("AGE-PLUGIN-") {
        let (name, text) = plugin::read_identity(line)?;
        return Ok(Identity { public: None, key: Key::Plugin { name, text } });
    }
    match line.parse::<age::x25519::Identity>() {
        Ok(identity) => {
            Ok(Identity { public: Some(identity.to_public().to_string()), key: Key::Own(Box::new(identity)) })
        }
        Err(_) if begins("AGE-SECRET-KEY-") => Err("is an identity with a typing error, or not complete"),
        Err(_) if begins("age1") || begins("ssh-") => Err("is a recipient, which is public, not an identity"),
        Err(_) => Err("is not an identity of age"),
    }
}

fn is_armored(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"-----BEGIN AGE ENCRYPTED FILE-----")
}

/// Asks for the passphrase of `source` and opens it.
///
/// # Errors
///
/// Why not, in words.
pub(super) fn unlock(locked: &Locked, source: &str, prompt: &dyn Prompt) -> Result<Vec<Identity>, String> {
    if !prompt.is_present() {
        return Err("it needs a passphrase, and there is no terminal to ask for it".to_owned());
    }
    for attempt in 0..TRIES {
        if attempt > 0 {
            prompt.tell("that is not the passphrase");
        }
        let Some(passphrase) = prompt.passphrase(&format!("passphrase of {source}")) else {
            return Err("its passphrase was not given".to_owned());
        };
        let passphrase = SecretString::from(passphrase.as_str());
        match locked {
            Locked::Ssh(rest, key) => {
                if let Ok(key) = key.decrypt(passphrase) {
                    let key = Key::Own(Box::new(age::ssh::Identity::from(key)));
                    return Ok(vec![Identity { public: Some(rest.clone()), key }]);
                }
            }
            Locked::File(bytes) => {
                if let Some(text) = decrypt_file(bytes, passphrase)? {
                    let contents = Contents::read(text);
                    return match contents.problems.into_iter().next() {
                        Some(problem) if contents.open.is_empty() => Err(format!("inside it: {problem}")),
                        _ => Ok(contents.open),
                    };
                }
            }
        }
    }
    Err("its passphrase is another one".to_owned())
}

/// The text in an age file with a passphrase; `None` when it is another passphrase.
fn decrypt_file(bytes: &[u8], passphrase: SecretString) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
    let damaged = |_| "it is a damaged file of age".to_owned();
    let decryptor = age::Decryptor::new(age::armor::ArmoredReader::new(bytes)).map_err(|_| damaged(()))?;
    if !decryptor.is_scrypt() {
        return Err("it is an age file for a key; identities can be behind a passphrase only".to_owned());
    }
    let identity = age::scrypt::Identity::new(passphrase);
    match decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity)) {
        Ok(reader) => {
            // Room for all of it at once, so that growing leaves no copy behind.
            let mut text = Zeroizing::new(Vec::with_capacity(bytes.len()));
            reader.take(LARGEST).read_to_end(&mut text).map_err(|_| damaged(()))?;
            Ok(Some(text))
        }
        Err(age::DecryptError::ExcessiveWork { .. }) => {
            Err("its passphrase was made too costly to check on this machine".to_owned())
        }
        Err(age::DecryptError::InvalidHeader | age::DecryptError::InvalidMac) => Err(damaged(())),
        Err(_) => Ok(None),
    }
}
