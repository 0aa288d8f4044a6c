//! Files encrypted as a whole (section 8, "Binary"): a header of metadata lines, an empty line, the payload.

use sha2::{Digest, Sha256};

use super::encrypt::{Sealed, new_envelope, reopened, sorted};
use super::{FileType, OpenFile, Recipe, Wrap};
use crate::crypto::{DataKey, Eof, Epoch, FileId, Keys, Random, seal_payload};
use crate::document::{Cover, Field};
use crate::envelope::{Envelope, Layout};
use crate::error::{Class, Error, Position, Result};

/// The first line of every encrypted binary file.
const MAGIC: &[u8] = b"dekko-binary-v1\n";
/// No header is longer: 128 recipients of 8 KiB in base64, and their names.
const HEADER: usize = 2 << 20;
/// No header has more lines: 128 recipients and the fields before them.
const LINES: usize = 150;

/// Whether `bytes` begin as an encrypted binary file does.
pub(super) fn is_header(bytes: &[u8]) -> bool {
    bytes.starts_with(MAGIC)
}

/// What stands around the sides of a conflict between two encrypted binary files. The whole is no encrypted file, so that
/// nothing takes it for one before somebody has chosen a side.
const MARKS: [&[u8]; 3] = [b"<<<<<<< ours\n", b"\n=======\n", b"\n>>>>>>> theirs\n"];

/// Both versions of a binary file that is in conflict, between marks; `theirs` is empty where it is not encrypted.
pub fn conflict(ours: &[u8], theirs: &[u8]) -> Vec<u8> {
    let [first, between, last] = MARKS;
    [first, ours, between, theirs, last].concat()
}

/// Whether `bytes` begin as [`conflict`] writes them.
pub(super) fn is_conflict(bytes: &[u8]) -> bool {
    bytes.strip_prefix(MARKS[0]).is_some_and(is_header)
}

/// The sides of the conflict in `bytes`, ours first, neither of them verified; `None` when it is none. Where an end is
/// taken for a mark, what is cut off there does not verify.
pub fn sides(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let [first, between, last] = MARKS;
    let both = bytes.strip_prefix(first).filter(|ours| is_header(ours))?.strip_suffix(last)?;
    let at = both.windows(between.len()).enumerate().find_map(|(at, window)| {
        let rest = both.get(at + between.len()..)?;
        (window == between && (rest.is_empty() || is_header(rest))).then_some(at)
    })?;
    Some((both.get(..at)?, both.get(at + between.len()..)?))
}

/// What can be shown of the encrypted binary file in `bytes`, or of a conflict between two, without a key: the metadata,
/// not verified, and a fingerprint of what follows; `None` for everything else.
pub fn header(bytes: &[u8]) -> Option<(String, [u8; 32])> {
    let end = match is_conflict(bytes) {
        true => MARKS[0].len() - 1,
        false if !is_header(bytes) => return None,
        false => {
            bytes.iter().take(HEADER).zip(bytes.iter().skip(1)).position(|pair| pair == (&b'\n', &b'\n'))?
        }
    };
    let (header, rest) = bytes.split_at_checked(end)?;
    Some((String::from_utf8_lossy(header).into_owned(), Sha256::digest(rest).into()))
}

/// The metadata and payload of an encrypted binary file.
pub(super) fn read(bytes: Vec<u8>) -> Result<(Envelope, Vec<u8>)> {
    if is_conflict(&bytes) {
        return Err(Error::Conflict { line: 1 });
    }
    if !is_header(&bytes) {
        return Err(Error::NotEncrypted);
    }
    let refuse = |line, what: &str| Error::refused(Class::Metadata, Some(Position { line, column: 1 }), what);
    let mut fields = Vec::new();
    let mut at = MAGIC.len();
    let mut line = 2;
    loop {
        let rest = &bytes[at..];
        let end = rest.iter().take(HEADER.saturating_sub(at)).position(|&b| b == b'\n');
        // One recipient too many is told apart from a header that has no end.
        let end = end.filter(|_| fields.len() < LINES);
        let end = end.ok_or_else(|| refuse(line, "the header has no end"))?;
        at += end + 1;
        if end == 0 {
            break;
        }
        let text = std::str::from_utf8(&rest[..end]).map_err(|_| refuse(line, "the header is not UTF-8"))?;
        let (name, value) = text.split_once('=').ok_or_else(|| refuse(line, "a header line without '='"))?;
        fields.push(Field { name: name.to_owned(), value: value.to_owned() });
        line += 1;
    }
    let envelope = Envelope::read(&fields, Some(Position { line: 2, column: 1 }), Layout::Binary)?;
    let mut bytes = bytes;
    bytes.drain(..at);
    Ok((envelope, bytes))
}

/// The bytes of a binary file.
pub(super) fn written(envelope: &Envelope, payload: &[u8]) -> Vec<u8> {
    let mut bytes = MAGIC.to_vec();
    for field in envelope.fields(Layout::Binary) {
        bytes.extend_from_slice(field.name.as_bytes());
        bytes.push(b'=');
        bytes.extend_from_slice(field.value.as_bytes());
        bytes.push(b'\n');
    }
    bytes.push(b'\n');
    bytes.extend_from_slice(payload);
    bytes
}

/// Refuses what is encrypted already, or two such in conflict.
fn check_plain(plain: &[u8]) -> Result<()> {
    match () {
        () if is_header(plain) => Err(Error::AlreadyEncrypted),
        () if is_conflict(plain) => Err(Error::Conflict { line: 1 }),
        () => Ok(()),
    }
}

/// Encrypts `plain` as a whole.
pub(super) fn seal(
    plain: Vec<u8>,
    recipe: &Recipe,
    key: DataKey,
    wrap: Wrap<'_>,
    random: &mut dyn Random,
) -> Result<Sealed> {
    check_plain(&plain)?;
    let file_id = FileId::generate(random)?;
    let epoch = Epoch::generate(random)?;
    let keys = Keys::derive(&key, &file_id);
    let recipients = sorted(wrap(&file_id, &key)?)?;
    let mut envelope = new_envelope(recipe, &keys, file_id, epoch, Eof::Kept, recipients);
    envelope.cover = Cover::All;
    envelope.policy = "encrypt **".to_owned();
    Ok(Sealed { bytes: sealed(envelope, &keys, key, plain)?, look_alikes: Vec::new(), secrets: 1 })
}

/// `plain` under `envelope`, whose head is still to be drawn.
pub(super) fn sealed(mut envelope: Envelope, keys: &Keys, key: DataKey, plain: Vec<u8>) -> Result<Vec<u8>> {
    envelope.head = envelope.head_tag(keys);
    let payload = seal_payload(keys, &envelope.epoch, envelope.scope_text(), &plain);
    reopened(FileType::Binary, written(&envelope, &payload), key, &plain)
}

/// The file with other content: same data key, a new epoch.
pub(super) fn edit(file: &OpenFile, edited: Vec<u8>, random: &mut dyn Random) -> Result<Vec<u8>> {
    check_plain(&edited)?;
    let envelope = Envelope { epoch: Epoch::generate(random)?, ..file.file.envelope.clone() };
    sealed(envelope, &file.keys, file.key.copy(), edited)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sides_of_a_conflict_are_found_again_whatever_is_in_them() {
        let side = |payload: &[u8]| [MAGIC, b"a=b\n\n", payload].concat();
        for payload in [&b""[..], b"\n=======\n", b"\n>>>>>>> theirs\n\x00\xff", b"\n=======\n<<<<<<< ours\n"]
        {
            let (ours, theirs) = (side(payload), side(b"\n=======\n"));
            let bytes = conflict(&ours, &theirs);
            assert!(is_conflict(&bytes) && !is_header(&bytes));
            assert_eq!(sides(&bytes), Some((&ours[..], &theirs[..])));
            assert_eq!(sides(&conflict(&ours, b"")), Some((&ours[..], &b""[..])));
            assert!(matches!(read(bytes), Err(Error::Conflict { line: 1 })));
        }
        for other in [&b""[..], MARKS[0], b"<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n", &side(b"")] {
            assert_eq!(sides(other), None);
        }
    }

    #[test]
    fn a_header_is_shown_and_of_the_payload_a_fingerprint() {
        let file = [MAGIC, b"a=b\n\n\x00payload"].concat();
        let (shown, print) = header(&file).expect("a header");
        assert_eq!(shown, "dekko-binary-v1\na=b");
        let other = header(&[MAGIC, b"a=b\n\n\x00Payload"].concat()).expect("a header");
        assert_ne!(other.1, print);
        assert!(header(b"a").is_none() && header(MAGIC).is_none());
    }
}
