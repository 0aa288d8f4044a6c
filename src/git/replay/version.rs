//! A version of an encrypted file as the replay rule sees it: what has a tag, by numbers.

use std::collections::HashMap;

use super::Slot;
use super::scan;
use crate::crypto::{Commit, Epoch, FileId, Succession, Tag, Token, TokenId};
use crate::file::EncryptedFile;

/// A version by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VersionId(pub u32);

/// The number of a text that has a tag: equal texts have equal numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Mark(u32);

/// A token of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub id: u32,
    pub value: Mark,
    pub link: Mark,
}

/// A version of a file, reduced to what the rules compare.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Version {
    /// The name of the file; `None` when the version cannot be read and does not say it.
    pub file_id: Option<FileId>,
    /// The names of its data key: one, but for a version that cannot be read.
    pub deks: Vec<Commit>,
    /// The epoch; `None` in a version that cannot be read.
    pub epoch: Option<Epoch>,
    /// What `prev` says.
    pub prev: Option<Succession>,
    /// Whether the version is an encrypted file; otherwise it only holds parts of one (a merge conflict, for instance).
    pub is_whole: bool,
    pub(super) head: Option<Mark>,
    /// The name of the data key, of a version that can be read; goes back only where a rotation does.
    pub(super) key: Option<Mark>,
    pub(super) end: Option<Mark>,
    /// What names the payload of a binary file; no tag.
    payload: Option<Mark>,
    pub(super) entries: Vec<Entry>,
    /// The marks of all of them, sorted.
    pub(super) marks: Vec<Mark>,
}

impl Version {
    /// Whether anything in it has the tag `mark`.
    pub(super) fn has(&self, mark: Mark) -> bool {
        self.marks.binary_search(&mark).is_ok()
    }
}

/// All versions of a history; texts that are equal are kept once.
#[derive(Default)]
pub struct Versions {
    all: Vec<Version>,
    marks: HashMap<Box<[u8]>, Mark>,
    ids: HashMap<TokenId, u32>,
    named: Vec<TokenId>,
    opaque: Option<VersionId>,
}

impl Versions {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The version of number `id`.
    pub fn version(&self, id: VersionId) -> &Version {
        &self.all[id.0 as usize]
    }

    /// Takes in a version of a file.
    pub fn push(&mut self, file: &EncryptedFile) -> VersionId {
        let envelope = file.envelope();
        let mut version = Version {
            file_id: Some(envelope.file_id),
            deks: vec![envelope.commit],
            epoch: Some(envelope.epoch),
            prev: envelope.succession(),
            is_whole: true,
            ..Version::default()
        };
        self.fill(&mut version, file.tokens().iter().flatten(), [envelope.head], [envelope.end]);
        version.key = Some(self.mark(6, &envelope.commit.0));
        version.marks.extend(version.key);
        version.marks.sort_unstable();
        if file.document().is_none() {
            // Drawn anew at every write of the payload.
            version.payload = Some(self.mark(5, &envelope.epoch.0));
        }
        self.keep(version)
    }

    /// Takes in what can be told of a text that holds parts of an encrypted file and cannot be read as one; `None` when
    /// it holds none.
    pub fn push_broken(&mut self, text: &str) -> Option<VersionId> {
        let parts = scan::parts(text);
        if parts.tokens.is_empty() && parts.heads.is_empty() {
            return None;
        }
        let mut version =
            Version { file_id: parts.file_ids.first().copied(), deks: parts.deks, ..Version::default() };
        self.fill(&mut version, &parts.tokens, parts.heads, parts.ends);
        (version.head, version.end) = (None, None);
        Some(self.keep(version))
    }

    /// A version of which nothing can be told: the path is taken, by something that is no encrypted file.
    pub fn push_opaque(&mut self) -> VersionId {
        let known = self.opaque.unwrap_or_else(|| self.keep(Version::default()));
        *self.opaque.insert(known)
    }

    /// All versions, in the order in which they were taken in.
    pub(super) fn iter(&self) -> impl Iterator<Item = (VersionId, &Version)> {
        (0..).map(VersionId).zip(&self.all)
    }

    /// What stands at each token of the version `id`, by numbers that are equal where the ciphertexts are. The payload of a
    /// binary file stands at the token id of zeros.
    pub(in crate::git) fn values(&self, id: VersionId) -> HashMap<TokenId, u32> {
        let version = self.version(id);
        let entries = version.entries.iter().map(|entry| (self.token_id(entry.id), entry.value.0));
        let whole = version.payload.map(|mark| (TokenId([0; 6]), mark.0));
        entries.chain(whole).collect()
    }

    fn keep(&mut self, version: Version) -> VersionId {
        self.all.push(version);
        VersionId(u32::try_from(self.all.len() - 1).expect("fewer versions than bytes"))
    }

    fn fill<'t>(
        &mut self,
        version: &mut Version,
        tokens: impl IntoIterator<Item = &'t Token>,
        heads: impl IntoIterator<Item = [u8; 32]>,
        ends: impl IntoIterator<Item = Tag>,
    ) {
        for token in tokens {
            let entry = Entry {
                id: self.id(token.id()),
                value: self.mark(1, &token.value),
                link: self.mark(2, &token.link.0),
            };
            version.marks.extend([entry.value, entry.link]);
            version.entries.push(entry);
        }
        for head in heads {
            version.head = Some(self.mark(3, &head));
            version.marks.extend(version.head);
        }
        // Zeros say that the file is not sealed (or is a binary one): they are no tag.
        for end in ends.into_iter().filter(|end| end.0 != [0; 16]) {
            version.end = Some(self.mark(4, &end.0));
            version.marks.extend(version.end);
        }
        version.marks.sort_unstable();
        version.marks.dedup();
    }

    fn mark(&mut self, kind: u8, text: &[u8]) -> Mark {
        let next = Mark(u32::try_from(self.marks.len()).expect("fewer tags than bytes"));
        let key: Vec<u8> = std::iter::once(kind).chain(text.iter().copied()).collect();
        *self.marks.entry(key.into()).or_insert(next)
    }

    fn id(&mut self, id: TokenId) -> u32 {
        *self.ids.entry(id).or_insert_with(|| {
            self.named.push(id);
            u32::try_from(self.named.len() - 1).expect("fewer tokens than bytes")
        })
    }

    pub(super) fn token_id(&self, id: u32) -> TokenId {
        self.named[id as usize]
    }

    /// The slots of `version` and what stands there.
    pub(super) fn slots<'v>(&'v self, version: &'v Version) -> impl Iterator<Item = (Slot, Mark)> + 'v {
        let entries = version.entries.iter().flat_map(|entry| {
            let id = self.token_id(entry.id);
            [(Slot::Value(id), entry.value), (Slot::Link(id), entry.link)]
        });
        let end = version.end.map(|mark| (Slot::End, mark));
        entries.chain(end).chain(version.head.map(|mark| (Slot::Head, mark)))
    }
}
