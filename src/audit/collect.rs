//! What someone could ever decrypt, gathered from all versions of all files: each ciphertext is kept once.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::rc::Rc;

use crate::crypto::{Commit, Eof, FileId, Tag, Token, TokenId};
use crate::document::{Document, Leaf, Step};
use crate::envelope::{Envelope, WrappedKey};
use crate::file::{EncryptedFile, FileType};
use crate::format::Format;
use crate::provider::recipient_of;
use crate::provider::threshold::{Group, rid_of};

/// How someone could get at a data key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Through {
    /// Alone.
    Own,
    /// As one of a group that needs several of its members.
    Group {
        /// The group as files call it: `threshold:2-of-3:name`.
        rid: String,
        /// How many of its members it takes.
        needed: usize,
    },
}

/// A data key that some version is encrypted under.
pub(super) struct UsedKey {
    pub commit: Commit,
    /// The file that it belongs to; unknown when only broken versions name it.
    pub file: Option<FileId>,
    /// The metadata of its versions, each once.
    pub envelopes: Vec<Envelope>,
    /// How who is asked for could get at it.
    pub held: Option<Through>,
}

/// A value as it was encrypted once.
pub(super) struct Cipher {
    /// The number of its data key.
    pub key: usize,
    pub id: TokenId,
    pub value: Rc<[u8]>,
    /// Where it stands; unknown as long as only broken versions hold it.
    pub place: Option<Place>,
    /// The first commit that has it.
    pub first: u32,
}

/// Where a value stands in its file.
#[derive(Clone)]
pub(super) struct Place {
    /// The encoded key path.
    pub path: Rc<[u8]>,
    /// The key path for people.
    pub shown: Rc<str>,
    /// The format of the text; `None` for a binary file, which is one value.
    pub format: Option<&'static dyn Format>,
    /// A version that has it.
    pub version: u32,
}

/// A version of a file: which ciphertexts it holds.
pub(super) struct Version {
    /// The number of its data key; `None` for a broken version.
    pub key: Option<usize>,
    pub ciphers: Vec<usize>,
    /// Key paths for people that are not those of the ciphertext, since items of lists move.
    pub moved: Vec<(usize, Rc<str>)>,
    /// Whether the data key is wrapped for who is asked for.
    pub is_recipient: bool,
    /// Whether a ciphertext in it is known to stand at another key path, which it was encrypted for.
    pub is_torn: bool,
    /// The first commit that has it.
    pub first: u32,
}

/// What someone could ever decrypt.
#[derive(Default)]
pub struct Exposure {
    who: HashSet<String>,
    pub(super) keys: Vec<UsedKey>,
    key_numbers: HashMap<Commit, usize>,
    pub(super) ciphers: Vec<Cipher>,
    cipher_numbers: HashMap<(usize, Rc<[u8]>), usize>,
    pub(super) versions: HashMap<u32, Version>,
    /// Where each file ever lay, and where it was last.
    pub(super) places: HashMap<FileId, (BTreeSet<u32>, u32)>,
}

impl Exposure {
    /// Of whoever has one of the recipients `who`, named as files name them.
    pub fn new(who: impl IntoIterator<Item = String>) -> Self {
        Self { who: who.into_iter().collect(), ..Self::default() }
    }

    /// Takes in the version of number `version`.
    pub fn take_file(&mut self, version: u32, file: &EncryptedFile) {
        let envelope = file.envelope();
        let held = self.held(&envelope.recipients);
        let key = self.key(envelope.commit, Some(envelope.file_id), held.clone());
        if let Some(used) = self.keys.get_mut(key) {
            // What follows the last value is not in the head, and changes often.
            let envelope = Envelope { end: Tag([0; 16]), eof: Eof::Kept, ..envelope.clone() };
            if used.envelopes.iter().rev().all(|known| *known != envelope) {
                used.envelopes.push(envelope);
            }
        }
        let mut taken = Version {
            key: Some(key),
            ciphers: Vec::with_capacity(file.secrets()),
            moved: Vec::new(),
            is_recipient: held.is_some(),
            is_torn: false,
            first: u32::MAX,
        };
        let Some(document) = file.document() else {
            // The epoch is drawn anew at every write of the payload.
            let place = || Place { path: Rc::from([0; 4]), shown: Rc::from("."), format: None, version };
            let cipher = self.cipher(key, TokenId([0; 6]), &envelope.epoch.0, Some(&place));
            taken.ciphers.push(cipher);
            self.versions.insert(version, taken);
            return;
        };
        let format = match file.file_type() {
            FileType::Text(format) => Some(format),
            FileType::Binary => None,
        };
        for (leaf, token) in document.leaves().iter().zip(file.tokens()) {
            let Some(token) = token else { continue };
            let place = || Place {
                path: encoded(document, leaf),
                shown: document.path_of(leaf.node).into(),
                format,
                version,
            };
            let number = self.cipher(key, token.id(), &token.value, Some(&place));
            taken.ciphers.push(number);
            let sealed = self.ciphers.get(number).and_then(|cipher| cipher.place.as_ref());
            taken.is_torn |= sealed.is_some_and(|sealed| sealed.path != encoded(document, leaf));
            if is_numbered(document, leaf) {
                let shown: Rc<str> = document.path_of(leaf.node).into();
                let known = self.ciphers.get(number).and_then(|cipher| cipher.place.as_ref());
                if known.is_none_or(|known| known.shown != shown) {
                    taken.moved.push((number, shown));
                }
            }
        }
        self.versions.insert(version, taken);
    }

    /// Takes in the version of number `version`, a text that holds parts of files and cannot be read as one: of the file
    /// `file_id`, under the data keys `deks`, as far as it says.
    pub fn take_broken(&mut self, version: u32, text: &str, file_id: Option<FileId>, deks: &[Commit]) {
        let held = self.held_in(text);
        let keys: Vec<usize> = deks.iter().map(|&dek| self.key(dek, file_id, held.clone())).collect();
        let mut taken = Version {
            key: None,
            ciphers: Vec::new(),
            moved: Vec::new(),
            is_recipient: held.is_some(),
            is_torn: false,
            first: u32::MAX,
        };
        for (_, token) in Token::find_all(text) {
            let is_own =
                |key: &&usize| self.keys.get(**key).is_some_and(|key| key.commit.0.starts_with(&token.kid()));
            if let Some(&key) = keys.iter().find(is_own) {
                taken.ciphers.push(self.cipher(key, token.id(), &token.value, None));
            }
        }
        self.versions.insert(version, taken);
    }

    /// The version of number `version` lies at the path of number `path` in `commit`. To be said in the order of the commits.
    pub fn seen(&mut self, version: u32, commit: u32, path: u32) {
        let Some(version) = self.versions.get_mut(&version) else { return };
        if version.first == u32::MAX {
            version.first = commit;
            for &cipher in &version.ciphers {
                if let Some(cipher) = self.ciphers.get_mut(cipher) {
                    cipher.first = cipher.first.min(commit);
                }
            }
        }
        let file = version.key.and_then(|key| self.keys.get(key)).and_then(|key| key.file);
        if let Some(file) = file {
            let (all, last) = self.places.entry(file).or_default();
            all.insert(path);
            *last = path;
        }
    }

    /// Whether any file was ever encrypted for who is asked for.
    pub fn is_any(&self) -> bool {
        self.keys.iter().any(|key| key.held.is_some())
    }

    /// How who is asked for could use `recipients`: alone, before in a group.
    fn held(&self, recipients: &[WrappedKey]) -> Option<Through> {
        recipients.iter().filter_map(|wrapped| self.through(wrapped)).min()
    }

    fn through(&self, wrapped: &WrappedKey) -> Option<Through> {
        let group = || {
            let needed = Group::of(&recipient_of(wrapped)).map_or(0, |group| group.needed);
            Through::Group { rid: wrapped.rid.clone(), needed }
        };
        self.reach(&recipient_of(wrapped)).map(|is_alone| if is_alone { Through::Own } else { group() })
    }

    /// Whether who is asked for is `recipient` (`Some(true)`), or one of several in it who must come together; a member may
    /// be a group again.
    fn reach(&self, recipient: &str) -> Option<bool> {
        if self.who.contains(recipient) || self.who.contains(rid_of(recipient)) {
            return Some(true);
        }
        let group = Group::of(recipient)?;
        let reached: Vec<bool> = group.members.iter().filter_map(|member| self.reach(member)).collect();
        let alone = reached.iter().filter(|is_alone| **is_alone).count();
        (!reached.is_empty()).then_some(alone >= group.needed)
    }

    /// As [`Exposure::held`], of the lines of a text that cannot be read.
    fn held_in(&self, text: &str) -> Option<Through> {
        let lines = text.lines().filter_map(|line| {
            let line = line.trim_end_matches(|c: char| c.is_whitespace() || "\"',".contains(c));
            let (front, wrap) = line.rsplit_once(' ')?;
            // What stands before the name: an indentation, quotes, the name of a field.
            let begins =
                front.rfind(|c: char| c.is_whitespace() || "\"'=".contains(c)).map_or(0, |at| at + 1);
            WrappedKey::parse(&format!("{} {wrap}", front.get(begins..)?))
        });
        lines.filter_map(|wrapped| self.through(&wrapped)).min()
    }

    /// The number of the data key `commit`.
    fn key(&mut self, commit: Commit, file: Option<FileId>, held: Option<Through>) -> usize {
        let number = *self.key_numbers.entry(commit).or_insert_with(|| {
            self.keys.push(UsedKey { commit, file, envelopes: Vec::new(), held: None });
            self.keys.len() - 1
        });
        if let Some(key) = self.keys.get_mut(number) {
            key.file = key.file.or(file);
            key.held = match (key.held.take(), held) {
                (Some(one), Some(other)) => Some(one.min(other)),
                (one, other) => one.or(other),
            };
        }
        number
    }

    /// The number of the ciphertext `value` under the data key of number `key`.
    fn cipher(&mut self, key: usize, id: TokenId, value: &[u8], place: Option<&dyn Fn() -> Place>) -> usize {
        let value: Rc<[u8]> = value.into();
        let next = self.ciphers.len();
        let number = *self.cipher_numbers.entry((key, Rc::clone(&value))).or_insert(next);
        if number == next {
            self.ciphers.push(Cipher { key, id, value, place: None, first: u32::MAX });
        }
        if let (Some(cipher), Some(place)) = (self.ciphers.get_mut(number), place)
            && cipher.place.is_none()
        {
            cipher.place = Some(place());
        }
        number
    }
}

fn encoded(document: &Document, leaf: &Leaf) -> Rc<[u8]> {
    let mut path = Vec::new();
    document.encode_path(leaf.node, &mut path);
    path.into()
}

/// Whether the path of `leaf` for people has numbers in it that its encoded path has not.
fn is_numbered(document: &Document, leaf: &Leaf) -> bool {
    let node = document.node(leaf.node);
    if node.step == Step::Comment { document.is_in_list(node.parent) } else { document.is_in_list(leaf.node) }
}
