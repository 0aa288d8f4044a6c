//! The heart: a plain text becomes an encrypted file, and back, with nothing believed that was not verified.
//!
//! [`EncryptedFile`] is a file as it lies in git, its grammar checked; [`OpenFile`] the same with its data key, every
//! tag checked. Only an open file gives out values, and only it can be edited.

mod binary;
mod compose;
mod decrypt;
mod edit;
mod encrypt;
mod keys;
mod links;
pub mod loose;
mod masked;
pub mod merge;
mod open;
mod plain;
mod read;
mod rewrap;
pub mod share;
mod siblings;
mod unsealed;

use std::sync::OnceLock;

use crate::crypto::{DataKey, FileId, Keys, Token};
use crate::document::{Cover, Document};
use crate::envelope::{Envelope, WrappedKey};
use crate::error::Result;
use crate::format::Format;
use crate::policy::Policy;

pub use binary::{conflict as conflict_of_wholes, header as header_of_whole, sides as sides_of_wholes};
pub use compose::{NoPast, Past};
pub use decrypt::reindent;
pub use encrypt::{Sealed, seal};
pub use keys::DataKeys;
pub use masked::outline;
pub use plain::{PlainFile, Within};
pub use rewrap::{Rotation, Terms};
pub use unsealed::{Reseal, UnsealedFile};

/// How a file's content is read.
#[derive(Clone, Copy)]
pub enum FileType {
    /// As text of a format: values are encrypted one by one.
    Text(&'static dyn Format),
    /// As bytes: the whole file is encrypted.
    Binary,
}

impl FileType {
    /// The type's name in messages and options.
    pub fn name(self) -> &'static str {
        match self {
            Self::Text(format) => format.name(),
            Self::Binary => "binary",
        }
    }

    /// The type called `name`: a format's name, or `binary`.
    pub fn named(name: &str) -> Option<Self> {
        if name == "binary" { Some(Self::Binary) } else { crate::format::named(name).map(Self::Text) }
    }

    /// The type of an encrypted file: by its file name; where no format claims that, by what `bytes` hold.
    pub fn of_encrypted(name: &str, bytes: &[u8]) -> Self {
        if binary::is_header(bytes) || binary::is_conflict(bytes) {
            return Self::Binary;
        }
        crate::format::of(name).or_else(|| crate::format::sniff(bytes)).map_or(Self::Binary, Self::Text)
    }

    /// The type of a plain file by its file name (no folders).
    pub fn of_plain(name: &str) -> Self {
        crate::format::of(name).map_or(Self::Binary, Self::Text)
    }
}

impl PartialEq for FileType {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

/// What is secret in a file and how it is sealed; the part of the metadata that people choose.
#[derive(Clone)]
pub struct Recipe {
    /// Which values are secret.
    pub policy: Policy,
    /// Which plain parts are authenticated with them.
    pub cover: Cover,
    /// The scope, when there is one.
    pub scope: Option<String>,
    /// The moment the data key is made: RFC 3339 in UTC with seconds.
    pub rotated: String,
}

/// Wraps a data key for the recipients of a file.
pub type Wrap<'a> = &'a mut dyn FnMut(&FileId, &DataKey) -> Result<Vec<WrappedKey>>;

/// An encrypted file: its grammar is checked, its tags are not.
pub struct EncryptedFile {
    envelope: Envelope,
    policy: Policy,
    body: Body,
}

/// What stands beside the metadata.
#[expect(clippy::large_enum_variant, reason = "one lives per file")]
enum Body {
    Text {
        format: &'static dyn Format,
        document: Document,
        /// By leaf; `None` where it is plain.
        tokens: Vec<Option<Token>>,
    },
    Binary {
        payload: Vec<u8>,
    },
}

/// The source text of each leaf as it stands in the plain text, by leaf; `None` where the leaf is no token.
type Texts = Vec<Option<String>>;

/// An encrypted file with its data key: every tag and the policy are verified.
pub struct OpenFile {
    file: EncryptedFile,
    key: DataKey,
    keys: Keys,
    /// What [`OpenFile::texts`] found, once it was asked for.
    texts: OnceLock<Texts>,
}

impl EncryptedFile {
    /// The metadata as the file states them; not verified.
    pub fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// The policy as the file states it; not verified.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The type of the file.
    pub fn file_type(&self) -> FileType {
        match &self.body {
            Body::Text { format, .. } => FileType::Text(*format),
            Body::Binary { .. } => FileType::Binary,
        }
    }

    /// What stands behind the header of a binary file, not verified; `None` for a text.
    pub fn payload(&self) -> Option<&[u8]> {
        match &self.body {
            Body::Text { .. } => None,
            Body::Binary { payload } => Some(payload),
        }
    }

    /// The document with its tokens in it; `None` for a binary file.
    pub fn document(&self) -> Option<&Document> {
        match &self.body {
            Body::Text { document, .. } => Some(document),
            Body::Binary { .. } => None,
        }
    }

    /// The tokens by leaf of [`EncryptedFile::document`], `None` where a leaf is plain; none in a binary file.
    pub fn tokens(&self) -> &[Option<Token>] {
        match &self.body {
            Body::Text { tokens, .. } => tokens,
            Body::Binary { .. } => &[],
        }
    }

    /// How many values are encrypted; a binary file counts as one.
    pub fn secrets(&self) -> usize {
        match &self.body {
            Body::Text { tokens, .. } => tokens.iter().flatten().count(),
            Body::Binary { .. } => 1,
        }
    }
}

impl OpenFile {
    /// The verified file.
    pub fn file(&self) -> &EncryptedFile {
        &self.file
    }

    /// Its bytes, as they were read.
    pub fn into_bytes(self) -> Vec<u8> {
        match self.file.body {
            Body::Text { document, .. } => document.into_source().into_bytes(),
            Body::Binary { payload } => binary::written(&self.file.envelope, &payload),
        }
    }

    /// Its data key.
    pub fn key(&self) -> &DataKey {
        &self.key
    }
}
