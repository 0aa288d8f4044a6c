//! The hunt for an identity that opens a wrap: cheap tries first, those that ask somebody last.

use std::io::Read;
use std::iter;
use std::time::{Duration, Instant};

use age::DecryptError;
use age_core::format::{FileKey, Stanza};
use zeroize::Zeroizing;

use super::identities::{Identity, Key, Locked};
use super::keyring::Source;
use super::plugin::{Plugin, PluginIdentity};
use crate::error::Attempt;
use crate::provider::{Offer, Payload, Search, Session, Verdict, Wrap, attempt};

/// The longest payload that anybody asks for is a letter with shares.
pub(super) const LONGEST_PAYLOAD: u64 = 16 * 1024;

/// A wrap is for one recipient: one stanza, a random one beside it, and some room for a plugin's.
const MOST_STANZAS: usize = 16;

/// How long keys are tried at least, and a plugin is waited for, when others took all of the time.
const LEAST: Duration = Duration::from_secs(1);

/// Whether an identity claims to be the one that a wrap is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Claim {
    Named,
    Unnamed,
}

/// One search for whatever opens some wraps.
pub(super) struct Hunt<'a, 'o> {
    wraps: &'a [Wrap<'a>],
    session: &'a Session,
    search: &'a Search<'a>,
    offer: &'a mut Offer<'o>,
    opened: Vec<bool>,
    attempts: Vec<Attempt>,
    /// Until when keys are tried, whatever else took all of the time.
    least: Instant,
    over: bool,
}

impl<'a, 'o> Hunt<'a, 'o> {
    pub(super) fn new(wraps: &'a [Wrap<'a>], search: &'a Search<'a>, offer: &'a mut Offer<'o>) -> Self {
        Self {
            wraps,
            session: search.session,
            search,
            offer,
            opened: vec![false; wraps.len()],
            attempts: Vec::new(),
            least: Instant::now() + LEAST,
            over: false,
        }
    }

    /// Searches until the offers are enough or everything was tried; what went wrong.
    pub(super) fn run(mut self) -> Vec<Attempt> {
        let has_ssh = self.wraps.iter().any(|wrap| rest(wrap).starts_with("ssh-"));
        let sources: Vec<_> = self.session.keyring().sources(has_ssh).collect();
        for claim in [Claim::Named, Claim::Unnamed] {
            for source in &sources {
                // Files are read and commands run once in a run.
                let contents = self.search.uncounted(|| source.contents(self.session));
                let open = contents.map_or(&[][..], |contents| &contents.open);
                self.try_all(open, claim);
                if self.over {
                    return self.attempts;
                }
            }
        }
        for source in &sources {
            self.ask_plugins(source);
        }
        for source in &sources {
            self.ask_for_passphrases(source);
        }
        if !self.over {
            self.attempts.extend(sources.iter().flat_map(|source| source.attempts()));
            self.mention_agent(has_ssh, &sources);
        }
        self.attempts
    }

    /// Tries the keys among `identities` on the wraps that are for them, or on all others.
    fn try_all(&mut self, identities: &[Identity], claim: Claim) {
        for identity in identities {
            let Key::Own(key) = &identity.key else { continue };
            for index in 0..self.wraps.len() {
                let named = self.wraps.get(index).map(rest) == identity.public.as_deref();
                if named == (claim == Claim::Named) {
                    self.attempt(index, key.as_ref(), claim);
                }
            }
        }
    }

    /// Tries `key` on the wrap at `index`, unless that is open or the search is over.
    fn attempt(&mut self, index: usize, key: &dyn age::Identity, claim: Claim) {
        let Some(wrap) =
            self.wraps.get(index).filter(|_| !self.over && self.opened.get(index) == Some(&false))
        else {
            return;
        };
        if Instant::now() >= self.search.deadline().max(self.least) {
            let seconds = self.session.patience().as_secs();
            self.attempts
                .push(attempt("age", format!("trying the identities took more than {seconds} seconds")));
            self.over = true;
            return;
        }
        match open(wrap.bytes, key) {
            Ok(payload) => {
                if let Some(opened) = self.opened.get_mut(index) {
                    *opened = true;
                }
                self.over = (self.offer)(index, payload) == Verdict::Enough;
            }
            Err(DecryptError::NoMatchingKeys) if claim == Claim::Named => {
                self.attempts.push(attempt(wrap.rid, "its wrap is for another key than its name says"));
            }
            Err(_) if claim == Claim::Named => {
                self.attempts.push(attempt(wrap.rid, "its wrap is damaged"));
            }
            Err(_) => {}
        }
    }

    /// Lets the plugins of a source's identities try: first on recipients of their own, then on the others, which may
    /// well be for a key that the plugin keeps.
    fn ask_plugins(&mut self, source: &Source) {
        let open = source.contents(self.session).map_or(&[][..], |contents| &contents.open);
        for identity in open {
            let Key::Plugin { name, text } = &identity.key else { continue };
            if self.over {
                return;
            }
            let plugin = match Plugin::find(name, self.session, self.search.left().max(LEAST)) {
                Ok(plugin) => plugin,
                Err(reason) => {
                    self.attempts.push(attempt(&source.name, reason));
                    continue;
                }
            };
            let key = PluginIdentity::new(plugin, text);
            let search = self.search;
            let own = format!("age1{name}1");
            for named in [true, false] {
                for index in 0..self.wraps.len() {
                    let is_own = self.wraps.get(index).is_some_and(|wrap| rest(wrap).starts_with(&own));
                    // What went wrong once goes wrong again: nobody wants to be asked for each wrap.
                    if is_own == named && key.failure().is_none() {
                        match self.session.prompt().is_present() {
                            true => search.uncounted(|| self.attempt(index, &key, Claim::Unnamed)),
                            false => self.attempt(index, &key, Claim::Unnamed),
                        }
                        self.least = Instant::now() + LEAST;
                    }
                }
            }
            self.attempts.extend(key.failure().map(|reason| attempt(&format!("age-plugin-{name}"), reason)));
        }
    }

    /// Opens what is behind passphrases; of SSH keys only those that a wrap is for.
    fn ask_for_passphrases(&mut self, source: &Source) {
        let locked = source.contents(self.session).map_or(&[][..], |contents| &contents.locked);
        let wanted = locked.iter().any(|locked| match locked {
            Locked::File(_) => true,
            Locked::Ssh(public, _) => self.wraps.iter().any(|wrap| rest(wrap) == public),
        });
        if self.over || !wanted {
            return;
        }
        let unlocked = self.search.uncounted(|| source.unlocked(self.session));
        self.least = Instant::now() + LEAST;
        for claim in [Claim::Named, Claim::Unnamed] {
            for identities in unlocked.iter().flatten() {
                self.try_all(identities, claim);
            }
        }
    }

    /// Says why an SSH agent does not help, where somebody may count on it.
    fn mention_agent(&mut self, has_ssh: bool, sources: &[&Source]) {
        let mut ssh = sources.iter().filter(|source| source.ssh_only);
        let has_key = ssh.any(|source| source.contents(self.session).is_some());
        if has_ssh && !has_key && self.session.environment().var("SSH_AUTH_SOCK").is_some() {
            let reason = "an SSH agent can only sign; age needs the file of the private key ('--identity')";
            self.attempts.push(attempt("SSH_AUTH_SOCK", reason));
        }
    }
}

fn rest<'a>(wrap: &Wrap<'a>) -> &'a str {
    wrap.rest("age").unwrap_or("")
}

/// The payload of a binary age file.
pub(super) fn open(file: &[u8], key: &dyn age::Identity) -> Result<Payload, DecryptError> {
    let reader =
        age::Decryptor::new_buffered(file)?.decrypt(iter::once(&Bounded(key) as &dyn age::Identity))?;
    // Room for all of it at once, so that growing leaves no copy behind.
    let mut payload = Zeroizing::new(Vec::with_capacity(LONGEST_PAYLOAD as usize + 64));
    reader.take(LONGEST_PAYLOAD + 1).read_to_end(&mut payload).map_err(DecryptError::Io)?;
    Ok(Payload::new(payload))
}

/// An identity that does not work its way through a header made to be slow.
struct Bounded<'a>(&'a dyn age::Identity);

impl age::Identity for Bounded<'_> {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        self.0.unwrap_stanza(stanza)
    }

    fn unwrap_stanzas(&self, stanzas: &[Stanza]) -> Option<Result<FileKey, DecryptError>> {
        if stanzas.len() > MOST_STANZAS {
            return Some(Err(DecryptError::InvalidHeader));
        }
        self.0.unwrap_stanzas(stanzas)
    }
}
