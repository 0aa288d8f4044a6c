//! Two versions of an encrypted file that went separate ways become one again.
//!
//! The merge itself runs over the plain texts in memory ([`crate::merge`]). What comes out of it is encrypted before it
//! is given out: sealed when nothing is in conflict, else as ciphertext between marks, under metadata that are valid and
//! an `end` that never is, so that nobody takes it for a finished file.

mod keyless;
mod marked;
mod metadata;

use super::compose::{Composition, Parents, Past};
use super::encrypt::Draft;
use super::{EncryptedFile, FileType, OpenFile};
use crate::crypto::{Commit, Eof, Keys, Random, Tag};
use crate::envelope::Envelope;
use crate::error::{Error, Result};
use crate::format::{self, Format};
use crate::merge::marks::{Marks, Piece, Side};
use crate::merge::{self, Lists, Merged, Version};
use crate::policy::Policy;
use metadata::{Agreed, Ancestor};

use keyless::Body;

pub use keyless::{Keyless, keyless};
pub use metadata::{Terms, WrapOne};

/// One version of a file that is merged.
pub enum Input {
    /// There is none.
    Absent,
    /// A text that is not encrypted.
    Plain(Vec<u8>),
    /// A verified file.
    Open(Box<OpenFile>),
    /// An encrypted file that nothing here opens; it can only be the ancestor.
    Locked(Vec<u8>),
}

/// The three versions.
pub struct Inputs {
    /// The common ancestor.
    pub base: Input,
    /// Our version.
    pub ours: Input,
    /// The other version.
    pub theirs: Input,
}

/// Something that the person who merges should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A side gives access.
    Adds {
        /// The recipient.
        rid: String,
        /// The side.
        side: Side,
    },
    /// A side takes access away.
    Removes {
        /// The recipient.
        rid: String,
        /// The side.
        side: Side,
    },
    /// Theirs gives access to someone whom the configuration of ours does not name; it was not given.
    NotAllowed {
        /// The recipient.
        rid: String,
    },
    /// A side has another version of a group than the one that stays; that one was left out.
    OtherGroup {
        /// The group that was left out, with its members.
        rid: String,
        /// The side.
        side: Side,
    },
    /// The data key could not be wrapped for someone who should have access.
    NotWrapped {
        /// The recipient.
        rid: String,
        /// Why not.
        reason: String,
    },
    /// The file has a new data key, because someone who has the old one lost access.
    NewKey,
    /// A value stands in plain text in the history of a side.
    Plaintext {
        /// Its key path.
        path: String,
        /// The side.
        side: Side,
    },
    /// A side holds the file decrypted.
    Decrypted {
        /// The side.
        side: Side,
    },
    /// Only a side gives access, and whether the other took it away cannot be told: it was not given.
    Unclear {
        /// The recipient.
        rid: String,
        /// The side that gives it.
        side: Side,
    },
    /// The versions could only be merged line by line.
    ByLines,
}

/// The conflict that the slots do not show: one side is encrypted, the other was decrypted.
const STATE: &str = "(encryption state)";
/// The conflict when nothing but lines could be compared.
const LINES: &str = "(lines)";

/// A merge, its texts still plain.
pub struct Merge {
    format: &'static dyn Format,
    agreed: Agreed,
    inputs: Inputs,
    pieces: Vec<Piece>,
    paths: Vec<String>,
    notices: Vec<Notice>,
    /// Whether the pieces come from a comparison of lines only.
    is_by_lines: bool,
    lineage: Lineage,
}

/// Which versions the merged file is drawn on top of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lineage {
    /// Both sides.
    Both,
    /// Ours alone: theirs is a version from before, which `git revert` brings back.
    Ours,
}

impl Merge {
    /// Merges `inputs`, at least one of whose sides is encrypted.
    ///
    /// # Errors
    /// `dek` when theirs has a data key that does not follow from the one before; `syntax` when a side cannot be parsed; `value` and `token` when one does not decrypt; [`Error::Usage`] for binary
    /// files, and when neither side is encrypted.
    pub fn new(inputs: Inputs, lists: Lists, terms: &mut Terms<'_>, random: &mut dyn Random) -> Result<Self> {
        let (ours, theirs) = (inputs.ours.open(), inputs.theirs.open());
        let was_encrypted = matches!(inputs.base, Input::Open(_) | Input::Locked(_));
        let mut agreed = match (ours, theirs) {
            (Some(ours), Some(theirs)) => {
                let ancestor = match &inputs.base {
                    Input::Open(base) => Ancestor::Open(base),
                    Input::Locked(bytes) => Ancestor::Locked(named_key(ours, bytes)?),
                    Input::Absent | Input::Plain(_) => Ancestor::None,
                };
                Agreed::upon(&ancestor, ours, theirs, terms, random)?
            }
            (Some(only), None) | (None, Some(only)) => Agreed::of(only),
            (None, None) => return Err(Error::Usage { what: "neither side is encrypted".to_owned() }),
        };
        let one = ours.or(theirs).expect("one side is open");
        let FileType::Text(format) = one.file.file_type() else {
            return Err(Error::Usage { what: "a binary file is one value".to_owned() });
        };
        let mut notices = std::mem::take(&mut agreed.notices);
        for (side, input) in [(Side::Ours, &inputs.ours), (Side::Theirs, &inputs.theirs)] {
            if input.open().is_none() && was_encrypted {
                agreed.conflicts.push(STATE.to_owned());
                notices.push(Notice::Decrypted { side });
            }
        }
        let texts =
            Texts { base: inputs.base.text()?, ours: inputs.ours.text()?, theirs: inputs.theirs.text()? };
        let found = merged(format, &inputs.base, &texts, lists)?;
        let is_by_lines = found.is_none();
        let Merged { pieces, paths } = found.unwrap_or_else(|| {
            notices.push(Notice::ByLines);
            let utf8 = |text: &Option<Vec<u8>>| {
                String::from_utf8_lossy(text.as_deref().unwrap_or_default()).into_owned()
            };
            let pieces = merge::lines(&utf8(&texts.base), &utf8(&texts.ours), &utf8(&texts.theirs));
            Merged { pieces, paths: vec![LINES.to_owned()] }
        });
        let mut all_paths = std::mem::take(&mut agreed.conflicts);
        all_paths.extend(paths);
        Ok(Self {
            format,
            agreed,
            inputs,
            pieces,
            paths: all_paths,
            notices,
            is_by_lines,
            lineage: Lineage::Both,
        })
    }

    /// The same merge, drawn on top of what `lineage` says.
    #[must_use]
    pub fn upon(self, lineage: Lineage) -> Self {
        Self { lineage, ..self }
    }

    /// What is in conflict: key paths, `#…` for comments, `(…)` for the file as a whole. Empty when the merge is clean.
    pub fn conflicts(&self) -> &[String] {
        &self.paths
    }

    /// What the person who merges should know.
    pub fn notices(&self) -> &[Notice] {
        &self.notices
    }

    /// The metadata that the merged file will have, tags aside.
    pub fn envelope(&self) -> &Envelope {
        &self.agreed.envelope
    }

    /// The merged text in parts, plain.
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The format of the text.
    pub fn format(&self) -> &'static dyn Format {
        self.format
    }

    /// The merged file, when nothing is in conflict: sealed, drawn on top of both sides. Values that were taken from a
    /// side that is not encrypted are named in the notices.
    ///
    /// # Errors
    /// As [`super::seal`].
    pub fn sealed(&mut self, past: &dyn Past, random: &mut dyn Random) -> Result<Vec<u8>> {
        let plain = crate::merge::marks::taken(&self.pieces, Side::Ours).into_bytes();
        let bytes = self.sealed_with(plain, past, random)?;
        self.notice_plaintext(&bytes)?;
        Ok(bytes)
    }

    /// The merged file that holds `plain`, which a person made of the conflict.
    ///
    /// # Errors
    /// As [`super::seal`].
    pub fn sealed_with(&self, plain: Vec<u8>, past: &dyn Past, random: &mut dyn Random) -> Result<Vec<u8>> {
        self.with_composition(past, |composition| {
            let draft = Draft::new(self.format, plain, &self.agreed.policy, composition.envelope.cover)?;
            composition.seal(draft, random)
        })
    }

    /// What lies on disk while the conflict lasts: ciphertext, marks around what is in conflict, and an `end` that no
    /// reader takes. Taking one side of all conflicts gives a text that reads as an encrypted file.
    ///
    /// # Errors
    /// As [`super::seal`].
    pub fn unsealed(&mut self, marks: &Marks, past: &dyn Past, random: &mut dyn Random) -> Result<Vec<u8>> {
        let is_whole = self.pieces.iter().all(|piece| matches!(piece, Piece::Text(_)));
        let bytes = if is_whole && !self.is_by_lines {
            let bytes = self.sealed(past, random)?;
            let file = EncryptedFile::read(FileType::Text(self.format), bytes)?;
            marked::without_end(&file)?
        } else {
            self.with_composition(past, |composition| marked::write(self, &composition, marks, random))?
        };
        Ok(bytes)
    }

    fn with_composition<T>(
        &self,
        past: &dyn Past,
        work: impl FnOnce(Composition<'_>) -> Result<T>,
    ) -> Result<T> {
        let keys = Keys::derive(&self.agreed.key, &self.agreed.envelope.file_id);
        let sides: Vec<_> =
            [&self.inputs.ours, &self.inputs.theirs].into_iter().filter_map(Input::open).collect();
        let origins: Vec<_> = sides.iter().copied().chain(self.inputs.base.open()).collect();
        let envelope = Envelope { eof: Eof::Kept, ..self.agreed.envelope.clone() };
        let parents = match (self.lineage, &self.inputs.ours) {
            (Lineage::Both, _) => &sides[..],
            (Lineage::Ours, Input::Open(_)) => &sides[..1],
            (Lineage::Ours, _) => &[],
        };
        let past = &Earlier { base: self.inputs.base.open(), past };
        work(Composition {
            envelope,
            key: &self.agreed.key,
            keys: &keys,
            origins: &origins,
            parents: Parents::Known(parents),
            base: self.inputs.base.open(),
            past,
        })
    }

    /// Names the values of the sealed `bytes` that come from a side that is not encrypted.
    fn notice_plaintext(&mut self, bytes: &[u8]) -> Result<()> {
        let inputs = [(Side::Ours, &self.inputs.ours), (Side::Theirs, &self.inputs.theirs)];
        let Some((side, _)) = inputs.iter().find(|(_, input)| input.open().is_none()) else { return Ok(()) };
        let Some(open) = inputs.iter().find_map(|(_, input)| input.open()) else { return Ok(()) };
        let file = EncryptedFile::read(FileType::Text(self.format), bytes.to_vec())?;
        let known: std::collections::HashSet<_> =
            open.file.tokens().iter().flatten().map(|token| token.value.clone()).collect();
        let Some(document) = file.document() else { return Ok(()) };
        for (leaf, token) in document.leaves().iter().zip(file.tokens()) {
            if token.as_ref().is_some_and(|token| !known.contains(&token.value)) {
                self.notices.push(Notice::Plaintext { path: document.path_of(leaf.node), side: *side });
            }
        }
        Ok(())
    }

    fn policy(&self) -> &Policy {
        &self.agreed.policy
    }
}

/// The data key that the encrypted file `bytes`, of the type of `like`, names.
fn named_key(like: &OpenFile, bytes: &[u8]) -> Result<Commit> {
    EncryptedFile::read(like.file.file_type(), bytes.to_vec()).map(|file| file.envelope.commit)
}

/// The common ancestor, and what came before it.
struct Earlier<'a> {
    base: Option<&'a OpenFile>,
    past: &'a dyn Past,
}

impl Past for Earlier<'_> {
    fn holds(&self, tags: &[Tag]) -> Result<bool> {
        let is_in_base = self.base.is_some_and(|base| {
            let links = base.file.tokens().iter().flatten().map(|token| token.link);
            links.chain([base.file.envelope.end]).any(|tag| tags.contains(&tag))
        });
        if is_in_base { Ok(true) } else { self.past.holds(tags) }
    }
}

/// The plain texts of the three versions.
struct Texts {
    base: Option<Vec<u8>>,
    ours: Option<Vec<u8>>,
    theirs: Option<Vec<u8>>,
}

/// The slot-wise merge of `texts`; `None` when there is none that holds.
fn merged(format: &'static dyn Format, base: &Input, texts: &Texts, lists: Lists) -> Result<Option<Merged>> {
    let parsed = |text: &Option<Vec<u8>>| format::parse(format, text.clone().unwrap_or_default());
    let locked = match base {
        Input::Locked(bytes) => Some(Body::read(format, bytes.clone())?),
        _ => None,
    };
    let base = match (&texts.base, &locked) {
        (Some(_), None) => Some(parsed(&texts.base)?),
        _ => None,
    };
    let (ours, theirs) = (parsed(&texts.ours)?, parsed(&texts.theirs)?);
    let version = |document| Version { document, opaque: &[] };
    let base = locked.as_ref().map(Body::version).or_else(|| base.as_ref().map(version));
    Ok(merge::merge(format, base.as_ref(), &version(&ours), &version(&theirs), lists))
}

impl Input {
    fn open(&self) -> Option<&OpenFile> {
        match self {
            Self::Open(file) => Some(file),
            _ => None,
        }
    }

    fn text(&self) -> Result<Option<Vec<u8>>> {
        match self {
            Self::Absent | Self::Locked(_) => Ok(None),
            Self::Plain(text) => Ok(Some(text.clone())),
            Self::Open(file) => file.plain().map(Some),
        }
    }
}
