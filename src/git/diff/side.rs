//! One side of a comparison, opened where a key is at hand.

use std::cell::RefCell;
use std::collections::BTreeMap;

use crate::crypto::Token;
use crate::document::escape;
use crate::error::Result;
use crate::file::{DataKeys, EncryptedFile, FileType, OpenFile};
use crate::git::history::{is_candidate, short_dek};
use crate::merge::marks::Marked;

/// What lies at a path.
pub enum Found {
    /// Nothing.
    Absent,
    /// An encrypted file.
    File(Side),
    /// Something that is no encrypted file.
    Plain,
    /// Parts of an encrypted file, and why it cannot be read; safe to show.
    Broken(String),
}

/// A version of an encrypted file.
pub enum Side {
    /// Verified under its data key.
    Open(Box<OpenFile>),
    /// Not verified.
    Shut(Box<EncryptedFile>, Shut),
}

/// Why a version is not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shut {
    /// Its data key is not at hand.
    NoKey,
    /// It is not as it was sealed; how that shows, safe to show.
    Altered(String),
}

impl Side {
    /// The file.
    pub fn file(&self) -> &EncryptedFile {
        match self {
            Self::Open(open) => open.file(),
            Self::Shut(file, _) => file,
        }
    }

    /// The file with its key.
    pub fn open(&self) -> Option<&OpenFile> {
        match self {
            Self::Open(open) => Some(open),
            Self::Shut(..) => None,
        }
    }
}

/// Opens versions with the data keys of one run, and counts what stays shut.
pub struct Opener<'k, 's> {
    keys: Option<&'k DataKeys<'s>>,
    unopened: RefCell<BTreeMap<String, usize>>,
}

impl<'k, 's> Opener<'k, 's> {
    /// An opener with `keys`; without any, every version stays shut.
    pub fn new(keys: Option<&'k DataKeys<'s>>) -> Self {
        Self { keys, unopened: RefCell::default() }
    }

    /// What `bytes` are, which lie at `path`.
    pub fn look(&self, path: &[u8], bytes: Option<Vec<u8>>) -> Found {
        let Some(bytes) = bytes else { return Found::Absent };
        if !is_candidate(&bytes) {
            return Found::Plain;
        }
        match read(path, &bytes) {
            Ok(file) => self.open(path, file, &bytes),
            Err(error) => {
                let text = String::from_utf8_lossy(&bytes);
                if Marked::read(&text).is_some() {
                    Found::Broken("holds an unresolved merge conflict".to_owned())
                } else if text.contains(Token::SIGN) {
                    Found::Broken(format!("cannot be read: {}", escape(&error.to_string())))
                } else {
                    Found::Plain
                }
            }
        }
    }

    fn open(&self, path: &[u8], file: EncryptedFile, bytes: &[u8]) -> Found {
        let key = self.keys.and_then(|keys| keys.of(&file).ok());
        let Some(key) = key else {
            let dek = short_dek(&file.envelope().commit);
            *self.unopened.borrow_mut().entry(dek).or_default() += 1;
            return Found::File(Side::Shut(Box::new(file), Shut::NoKey));
        };
        match file.open(key) {
            Ok(open) => Found::File(Side::Open(Box::new(open))),
            Err(error) => match read(path, bytes) {
                Ok(file) => {
                    Found::File(Side::Shut(Box::new(file), Shut::Altered(escape(&error.to_string()))))
                }
                Err(error) => Found::Broken(format!("cannot be read: {}", escape(&error.to_string()))),
            },
        }
    }

    /// The data keys that could not be opened (first characters of `dek`), and how many versions that left shut.
    pub fn unopened(&self) -> Vec<(String, usize)> {
        self.unopened.borrow().iter().map(|(dek, versions)| (dek.clone(), *versions)).collect()
    }
}

fn read(path: &[u8], bytes: &[u8]) -> Result<EncryptedFile> {
    let name = path.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
    EncryptedFile::read(FileType::of_encrypted(&String::from_utf8_lossy(name), bytes), bytes.to_vec())
}
