//! Answers: shares on their way to the one who asked.

use zeroize::Zeroizing;

use super::lines::{self, Lines};
use super::{Request, find};
use crate::crypto::{Commit, DataKey, FileId, from_base64url, to_base64url};
use crate::envelope::is_rid;
use crate::error::{Class, Error, Result};
use crate::file::EncryptedFile;
use crate::provider::threshold::{Share, combine, shares};
use crate::provider::{Payload, Session, Wrap, open_letter, recipient_of, seal_letter};

/// The first line of an answer.
const FIRST: &str = "dekko share 1";

/// Shares that a member gives; nothing was compared with a file yet.
#[derive(Debug)]
pub struct Answer {
    /// The request that it answers: [`Request::digest`].
    pub request: [u8; 32],
    file_id: FileId,
    commit: Commit,
    split: [u8; 32],
    shares: Vec<Share>,
}

/// The answer to `request` with every share of `file` that an identity of `session` opens, encrypted for who asks, and whose
/// shares they are.
///
/// # Errors
/// [`Error::Mismatch`] as [`Request::wrap_in`]; [`Error::NoIdentity`] when there is no share to give.
pub fn give(request: &Request, file: &EncryptedFile, session: &Session) -> Result<(String, Vec<String>)> {
    let wrapped = request.wrap_in(file)?;
    let (shares, attempts) = shares(&Wrap::from(wrapped), &request.file_id, session);
    if shares.is_empty() {
        return Err(Error::NoIdentity { recipients: vec![recipient_of(wrapped)], attempts });
    }
    let mut text = Zeroizing::new(lines::written(
        FIRST,
        &[
            ("request", to_base64url(&request.digest())),
            ("id", to_base64url(&request.file_id.0)),
            ("dek", to_base64url(&request.commit.0)),
            ("split", to_base64url(&request.split)),
        ],
    ));
    // Room for all of it at once, so that growing leaves no copy behind.
    text.reserve(shares.iter().map(|share| share.rid.len() + 4 * share.place.len() + 80).sum());
    for share in &shares {
        let place: Vec<_> = share.place.iter().map(u8::to_string).collect();
        let bytes = Zeroizing::new(to_base64url(share.payload.expose()));
        let line =
            [["share: ", &place.join(".")].concat().as_str(), " ", &share.rid, " ", &bytes, "\n"].concat();
        text.push_str(&Zeroizing::new(line));
    }
    let letter = seal_letter(&request.asker, text.as_bytes(), session)?;
    Ok((letter, shares.into_iter().map(|share| share.rid).collect()))
}

impl Answer {
    /// Opens the answer in `letter`, which is encrypted for an identity of `session`.
    ///
    /// # Errors
    /// As [`open_letter`]; `syntax` for a letter about something else.
    pub fn open(letter: &[u8], session: &Session) -> Result<Self> {
        let text = open_letter(letter, session)?;
        let text = std::str::from_utf8(text.expose()).ok();
        text.and_then(Self::read).ok_or_else(|| {
            Error::refused(Class::Syntax, None, "there are no shares in it, or those of a newer dekko")
        })
    }

    fn read(text: &str) -> Option<Self> {
        let mut lines = Lines::of(text, FIRST)?;
        let mut answer = Self {
            request: lines.bytes("request")?,
            file_id: FileId(lines.bytes("id")?),
            commit: Commit(lines.bytes("dek")?),
            split: lines.bytes("split")?,
            shares: Vec::new(),
        };
        while !lines.is_over() {
            let mut words = lines.next("share")?.split(' ');
            let (place, rid, bytes) = (words.next()?, words.next()?, words.next()?);
            let place: Option<Vec<u8>> = place.split('.').map(|x| x.parse().ok()).collect();
            let (place, bytes) = (place?, Zeroizing::new(from_base64url(bytes)?));
            // Each group on the way to it makes a share one byte longer.
            if words.next().is_some() || !is_rid(rid) || bytes.len() != 32 + place.len() {
                return None;
            }
            answer.shares.push(Share { place, rid: rid.to_owned(), payload: Payload::new(bytes) });
        }
        (!answer.shares.is_empty()).then_some(answer)
    }

    /// Makes the first share a wrong one.
    #[cfg(test)]
    pub(super) fn spoil(&mut self) {
        let share = self.shares.first_mut().expect("a share");
        let mut bytes = Zeroizing::new(share.payload.expose().to_vec());
        bytes[0] ^= 1;
        share.payload = Payload::new(bytes);
    }

    /// Whether the answer is about `file` as it is.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when it is about another file, data key or split.
    pub fn check(&self, file: &EncryptedFile) -> Result<()> {
        find(file, &self.file_id, &self.commit, &self.split, "the share").map(|_| ())
    }
}

impl EncryptedFile {
    /// The data key from `answers`, and the share that an identity of `session` opens. It is the one that the file names.
    ///
    /// # Errors
    /// As [`Answer::check`]; [`Error::Mismatch`] for answers to several requests; [`Error::NoIdentity`] when shares are
    /// missing; `dek` when one of them is wrong.
    pub fn unwrap_with(&self, answers: Vec<Answer>, session: &Session) -> Result<DataKey> {
        let Some(first) = answers.first() else {
            return Err(Error::Usage { what: "no shares are given".to_owned() });
        };
        let wrapped = find(self, &first.file_id, &first.commit, &first.split, "the share")?;
        let request = first.request;
        let mut given = Vec::new();
        for answer in answers {
            answer.check(self)?;
            if answer.request != request {
                return Err(Error::Mismatch { what: "the shares answer different requests".to_owned() });
            }
            given.extend(answer.shares);
        }
        combine(&Wrap::from(wrapped), given, &self.envelope().file_id, session, &|key| self.fits(key))
    }
}
