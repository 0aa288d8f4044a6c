//! Shares between machines: who wants to open a file asks for them, members of its group give theirs.
//!
//! A request and an answer are short texts. A request names the file, its data key and the split of it, and whom answers are
//! encrypted for. It holds no wrap: a member takes the share out of a copy of the file of his own, so that a request alone
//! cannot have another file's share opened. An answer repeats all of it, encrypted.

mod answer;
mod lines;

use sha2::{Digest, Sha256};

use crate::crypto::{Commit, FileId, Random, to_base64url};
use crate::document::escape;
use crate::envelope::WrappedKey;
use crate::error::{Class, Error, Result};
use crate::provider::threshold::Group;
use crate::provider::{recipient, recipient_of};

use super::EncryptedFile;
use lines::Lines;

pub use answer::{Answer, give};

/// The first line of a request.
const FIRST: &str = "dekko share request 1";

/// The longest name of a file in a request, in characters.
const LONGEST_NAME: usize = 500;

/// Somebody's wish for shares of a file's data key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What the one who asks calls the file; safe to show, and nothing else.
    pub name: String,
    /// The file.
    pub file_id: FileId,
    /// Its data key.
    pub commit: Commit,
    /// The group, with its members.
    pub group: String,
    /// The name of the wrap that holds the shares: SHA-256.
    pub split: [u8; 32],
    /// Whom answers are encrypted for: `age:age1…`.
    pub asker: String,
    nonce: [u8; 16],
}

/// The wraps of `file` that are split among a group; the group with its members, and the wrap.
pub fn groups(file: &EncryptedFile) -> Vec<(String, &WrappedKey)> {
    let all = file.envelope().recipients.iter().map(|wrapped| (recipient_of(wrapped), wrapped));
    all.filter(|(recipient, _)| Group::of(recipient).is_some()).collect()
}

/// The name of a wrap.
fn split_of(wrapped: &WrappedKey) -> [u8; 32] {
    Sha256::digest(&wrapped.wrap).into()
}

impl Request {
    /// A request of `asker` (an age recipient) for shares of `wrapped`, which `group` has in `file`, called `name`.
    ///
    /// # Errors
    /// [`Error::Recipient`]; what `random` says.
    pub fn new(
        file: &EncryptedFile,
        (group, wrapped): (&str, &WrappedKey),
        name: &str,
        asker: &str,
        random: &mut dyn Random,
    ) -> Result<Self> {
        let mut nonce = [0; 16];
        random.fill(&mut nonce)?;
        let envelope = file.envelope();
        Ok(Self {
            name: name_of(name),
            file_id: envelope.file_id,
            commit: envelope.commit,
            group: group.to_owned(),
            split: split_of(wrapped),
            asker: asker_of(asker)?,
            nonce,
        })
    }

    /// Reads a request; line ends and blank lines around it do not matter.
    ///
    /// # Errors
    /// `syntax` for what is none.
    pub fn parse(text: &str) -> Result<Self> {
        Self::read(text).ok_or_else(|| {
            Error::refused(Class::Syntax, None, "it is no request for shares, or one of a newer dekko")
        })
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = Lines::of(text, FIRST)?;
        let request = Self {
            name: lines
                .next("name")
                .filter(|name| escape(name) == *name && name.chars().count() <= LONGEST_NAME)?
                .to_owned(),
            file_id: FileId(lines.bytes("id")?),
            commit: Commit(lines.bytes("dek")?),
            group: lines.next("group").filter(|group| Group::of(group).is_some())?.to_owned(),
            split: lines.bytes("split")?,
            asker: lines.next("for").filter(|rid| asker_of(rid).is_ok_and(|known| known == *rid))?.to_owned(),
            nonce: lines.bytes("nonce")?,
        };
        lines.is_over().then_some(request)
    }

    /// The text to send.
    pub fn text(&self) -> String {
        let fields = [
            ("name", self.name.clone()),
            ("id", to_base64url(&self.file_id.0)),
            ("dek", to_base64url(&self.commit.0)),
            ("group", self.group.clone()),
            ("split", to_base64url(&self.split)),
            ("for", self.asker.clone()),
            ("nonce", to_base64url(&self.nonce)),
        ];
        lines::written(FIRST, &fields)
    }

    /// The request's name in answers: SHA-256 of its text.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.text()).into()
    }

    /// 20 digits that two people can compare by voice: whoever changes anything in the request changes them.
    pub fn number(&self) -> String {
        let digits: String = self.digest().iter().take(10).map(|byte| format!("{byte:02x}")).collect();
        let quads: Vec<_> = (0..5).filter_map(|at| digits.get(4 * at..4 * at + 4)).collect();
        quads.join("-")
    }

    /// The wrap that the request is about, in a copy of the file of one's own.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when it is about another file, data key, group or split.
    pub fn wrap_in<'f>(&self, file: &'f EncryptedFile) -> Result<&'f WrappedKey> {
        let found = find(file, &self.file_id, &self.commit, &self.split, "the request")?;
        if recipient_of(found) != self.group {
            let what = "the request names other members of the group than the file".to_owned();
            return Err(Error::Mismatch { what });
        }
        Ok(found)
    }
}

/// The wrap called `split` in `file`, when that is the file and data key meant; `what` speaks of it.
fn find<'f>(
    file: &'f EncryptedFile,
    file_id: &FileId,
    commit: &Commit,
    split: &[u8; 32],
    what: &str,
) -> Result<&'f WrappedKey> {
    let envelope = file.envelope();
    let mismatch = |why: &str| Error::Mismatch { what: format!("{what} is about {why}") };
    if envelope.file_id != *file_id {
        return Err(mismatch("another file"));
    }
    if envelope.commit != *commit {
        return Err(mismatch("another data key of the file: one of both is from before a rotation"));
    }
    let found = envelope.recipients.iter().find(|wrapped| split_of(wrapped) == *split);
    found.ok_or_else(|| {
        mismatch("another split of the data key: one of both is from before a change of the group")
    })
}

/// `name` as a request can hold it.
fn name_of(name: &str) -> String {
    let name: String = escape(name).chars().take(LONGEST_NAME).collect();
    let name = name.trim();
    if name.is_empty() { "?".to_owned() } else { name.to_owned() }
}

/// The rid of `text`, when shares can be sent to it.
fn asker_of(text: &str) -> Result<String> {
    let rid = recipient(text)?;
    if rid.starts_with("age:age1") {
        return Ok(rid);
    }
    let reason = "shares are sent to 'age1…' only".to_owned();
    Err(Error::Recipient { recipient: escape(&rid), reason })
}

#[cfg(test)]
mod tests;
