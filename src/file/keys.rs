//! The data keys of one run: each is unwrapped once, however many versions of a file it opens.

use std::cell::RefCell;
use std::collections::HashMap;

use super::open::{fits, unwrap};
use super::{EncryptedFile, OpenFile};
use crate::crypto::{Commit, DataKey};
use crate::envelope::{Envelope, WrappedKey};
use crate::error::{Attempt, Error, Result};
use crate::provider::{Session, recipient_of};

/// Data keys by the commitment that names them, and which wraps were tried in vain.
pub struct DataKeys<'s> {
    session: &'s Session,
    known: RefCell<HashMap<Commit, DataKey>>,
    vain: RefCell<HashMap<Commit, Vec<Vain>>>,
}

/// Wraps of one file that nothing here opens.
struct Vain {
    wraps: Vec<WrappedKey>,
    attempts: Vec<Attempt>,
}

impl<'s> DataKeys<'s> {
    /// No keys yet; they will be unwrapped with the identities of `session`.
    pub fn new(session: &'s Session) -> Self {
        Self { session, known: RefCell::default(), vain: RefCell::default() }
    }

    /// The data key of `file`, unwrapped at most once for all files that name the same.
    ///
    /// # Errors
    /// As [`EncryptedFile::unwrap`].
    pub fn of(&self, file: &EncryptedFile) -> Result<DataKey> {
        self.of_envelope(&file.envelope)
    }

    /// As [`DataKeys::of`], for the file with the metadata `envelope`.
    ///
    /// # Errors
    /// As [`EncryptedFile::unwrap`].
    pub fn of_envelope(&self, envelope: &Envelope) -> Result<DataKey> {
        let commit = envelope.commit;
        if let Some(key) = self.known.borrow().get(&commit)
            && fits(envelope, key)
        {
            return Ok(key.copy());
        }
        let wraps = &envelope.recipients;
        if let Some(vain) =
            self.vain.borrow().get(&commit).and_then(|all| all.iter().find(|one| one.wraps == *wraps))
        {
            let recipients = wraps.iter().map(recipient_of).collect();
            return Err(Error::NoIdentity { recipients, attempts: vain.attempts.clone() });
        }
        match unwrap(envelope, self.session) {
            Ok(key) => {
                self.known.borrow_mut().insert(commit, key.copy());
                Ok(key)
            }
            Err(Error::NoIdentity { recipients, attempts }) => {
                let vain = Vain { wraps: wraps.clone(), attempts: attempts.clone() };
                self.vain.borrow_mut().entry(commit).or_default().push(vain);
                Err(Error::NoIdentity { recipients, attempts })
            }
            Err(error) => Err(error),
        }
    }

    /// `file`, verified under its data key.
    ///
    /// # Errors
    /// As [`DataKeys::of`] and [`EncryptedFile::open`].
    pub fn open(&self, file: EncryptedFile) -> Result<OpenFile> {
        let key = self.of(&file)?;
        file.open(key)
    }

    /// The data key that `commit` names, when it was unwrapped already.
    pub fn known(&self, commit: &Commit) -> Option<DataKey> {
        self.known.borrow().get(commit).map(DataKey::copy)
    }
}
