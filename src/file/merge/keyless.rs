//! Merging without a data key: only what both sides already drew may be taken.

use super::marked;
use crate::crypto::Token;
use crate::document::Document;
use crate::envelope::{Envelope, Layout};
use crate::error::Result;
use crate::file::{EncryptedFile, FileType};
use crate::format::{self, Format};
use crate::merge::marks::{Marks, Piece};
use crate::merge::{self, Lists, Version};

/// What came of a merge without a data key.
pub struct Keyless {
    /// The text; with marks where there are conflicts.
    pub bytes: Vec<u8>,
    /// What is in conflict, or has to be sealed by someone with a key; empty when the text is finished.
    pub conflicts: Vec<String>,
}

/// What has to be done by someone with a key though no value is in conflict.
const SEAL: &str = "(seal)";
const METADATA: &str = "(metadata)";

/// Merges the encrypted files by their ciphertexts. The result is finished only when the plain line merge of both sides
/// has no conflict, both have one data key and epoch, and it says the same as the slot-wise merge; it is what git would have made.
///
/// # Errors
/// [`crate::error::Error::Internal`] when a file that was read cannot be read again.
pub fn keyless(
    format: &'static dyn Format,
    base: Option<&EncryptedFile>,
    ours: &EncryptedFile,
    theirs: &EncryptedFile,
    marks: &Marks,
) -> Result<Keyless> {
    let source = |file: &EncryptedFile| {
        file.document().map(|document| document.source().to_owned()).unwrap_or_default()
    };
    let texts = [base.map(source).unwrap_or_default(), source(ours), source(theirs)];
    let by_lines = merge::lines(&texts[0], &texts[1], &texts[2]);
    let base_body = base.map(|file| Body::of(format, file)).transpose()?;
    let (our_body, their_body) = (Body::of(format, ours)?, Body::of(format, theirs)?);
    let base_version = base_body.as_ref().map(Body::version);
    let merged = merge::merge(
        format,
        base_version.as_ref(),
        &our_body.version(),
        &their_body.version(),
        Lists::Ordered,
    );
    let Some(merged) = merged else {
        let bytes = marks.write(&by_lines, format::line_break(&texts[1])).into_bytes();
        return Ok(Keyless { bytes, conflicts: vec![super::LINES.to_owned()] });
    };
    let whole = |pieces: &[Piece]| match pieces {
        [] => Some(String::new()),
        [Piece::Text(text)] => Some(text.clone()),
        _ => None,
    };
    let is_same_key = ours.envelope().commit == theirs.envelope().commit
        && ours.envelope().epoch == theirs.envelope().epoch;
    if let (Some(line_text), Some(slot_text), true) = (whole(&by_lines), whole(&merged.pieces), is_same_key)
        && let Ok(file) = EncryptedFile::read(FileType::Text(format), line_text.clone().into_bytes())
        && let Some(document) = file.document()
        && unlinked(&document.body()) == unlinked(&slot_text)
    {
        return Ok(Keyless { bytes: line_text.into_bytes(), conflicts: Vec::new() });
    }
    let mut conflicts = merged.paths;
    let envelope = metadata(base, ours, theirs).unwrap_or_else(|| {
        conflicts.push(METADATA.to_owned());
        ours.envelope().clone()
    });
    if conflicts.is_empty() {
        conflicts.push(SEAL.to_owned());
    }
    let fields = Envelope { end: marked::WAITING, ..envelope }.fields(Layout::Text);
    let text = marked::attached(format, &merged.pieces, &fields, marks);
    let text = text.unwrap_or_else(|| marks.write(&by_lines, format::line_break(&texts[1])));
    Ok(Keyless { bytes: text.into_bytes(), conflicts })
}

/// The metadata of the side that changed them; `None` when both did.
fn metadata(base: Option<&EncryptedFile>, ours: &EncryptedFile, theirs: &EncryptedFile) -> Option<Envelope> {
    let (o, t) = (ours.envelope(), theirs.envelope());
    if o.head == t.head {
        return Some(o.clone());
    }
    let b = base?.envelope();
    if b.head == o.head {
        Some(t.clone())
    } else if b.head == t.head {
        Some(o.clone())
    } else {
        None
    }
}

/// A file without its block, and the ciphertexts in it.
pub(super) struct Body {
    document: Document,
    opaque: Vec<Option<Vec<u8>>>,
}

impl Body {
    /// The body of `file`.
    fn of(format: &'static dyn Format, file: &EncryptedFile) -> Result<Self> {
        let text = file.document().map(Document::body).unwrap_or_default();
        let document = format::parse(format, text.into_bytes())?;
        let values = file.tokens().iter().map(|token| token.as_ref().map(|token| token.value.to_vec()));
        Ok(Self { document, opaque: values.collect() })
    }

    /// The body of the encrypted file `bytes`.
    pub(super) fn read(format: &'static dyn Format, bytes: Vec<u8>) -> Result<Self> {
        Self::of(format, &EncryptedFile::read(FileType::Text(format), bytes)?)
    }

    /// As the merge sees it.
    pub(super) fn version(&self) -> Version<'_> {
        Version { document: &self.document, opaque: &self.opaque }
    }
}

/// `text` with the links of its tokens blotted out.
fn unlinked(text: &str) -> String {
    /// The link and the point before it.
    const LINK: usize = 1 + 22;
    let mut out = String::with_capacity(text.len());
    let mut end = 0;
    for (at, _) in Token::find_all(text) {
        out.push_str(&text[end..at.end - LINK]);
        end = at.end;
    }
    out.push_str(&text[end..]);
    out
}
