//! Letters: short texts for one recipient, as age files in text form that can be sent by mail.

use std::io::{Read, Write};

use age::DecryptError;
use age::armor::{ArmoredReader, ArmoredWriter, Format};

use super::Age;
use super::hunt::{Hunt, LONGEST_PAYLOAD, open};
use super::identities::Key;
use crate::crypto::FileId;
use crate::error::{Class, Error, Result};
use crate::provider::{Payload, Provider, Search, Session, Verdict, Wrap, unusable};

/// The largest letter, in bytes.
pub const LARGEST_LETTER: u64 = 64 * 1024;

/// A letter is of no file.
const NO_FILE: FileId = FileId([0; 16]);

/// How a letter begins.
const BEGIN: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE-----";

/// `text`, at most 16 KiB, encrypted for the age recipient `rid` (`age:age1…`) alone.
///
/// # Errors
/// [`Error::Recipient`] for one of another kind, SSH keys among them; [`Error::Service`] when a plugin fails.
pub fn seal_letter(rid: &str, text: &[u8], session: &Session) -> Result<String> {
    let rest = rid.strip_prefix("age:").filter(|rest| rest.starts_with("age1"));
    let rest = rest.ok_or_else(|| unusable(rid, "shares are sent to 'age1…' only"))?;
    if text.len() as u64 > LONGEST_PAYLOAD {
        return Err(Error::refused(Class::Limit, None, "more shares than one letter holds"));
    }
    let file = Age.wrap(rest, &NO_FILE, text, session)?;
    let failed = |_| Error::Internal { what: "age cannot write text".to_owned() };
    let mut writer = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor).map_err(failed)?;
    writer.write_all(&file).map_err(failed)?;
    let text = writer.finish().map_err(failed)?;
    String::from_utf8(text).map_err(|_| Error::Internal { what: "age wrote no text".to_owned() })
}

/// The text of `letter`, which is for an identity of `session`.
///
/// # Errors
/// `syntax` for what is no age file in text form; [`Error::NoIdentity`] when it is for somebody else;
/// [`Error::Mismatch`] when it was changed on its way.
pub fn open_letter(letter: &[u8], session: &Session) -> Result<Payload> {
    let letter = letter.trim_ascii();
    let syntax = || Error::refused(Class::Syntax, None, "it is no age file in text form, or not all of it");
    if !letter.starts_with(BEGIN) || letter.len() as u64 > LARGEST_LETTER {
        return Err(syntax());
    }
    let mut file = Vec::new();
    ArmoredReader::new(letter).take(LARGEST_LETTER).read_to_end(&mut file).map_err(|_| syntax())?;
    let mut is_damaged = false;
    for source in session.keyring().sources(false) {
        let identities = source.contents(session).map_or(&[][..], |contents| &contents.open);
        for identity in identities {
            let Key::Own(key) = &identity.key else { continue };
            match open(&file, key.as_ref()) {
                Ok(text) => return Ok(text),
                Err(DecryptError::NoMatchingKeys) => {}
                Err(DecryptError::InvalidHeader | DecryptError::UnknownFormat) => return Err(syntax()),
                Err(_) => is_damaged = true,
            }
        }
    }
    if is_damaged {
        let what = "it is for you, and was changed on its way: ask for it again".to_owned();
        return Err(Error::Mismatch { what });
    }
    // What asks somebody comes last: plugins and passphrases.
    let mut text = None;
    let wraps = [Wrap { rid: "age:", bytes: &file }];
    let attempts = Hunt::new(&wraps, &Search::new(&NO_FILE, session), &mut |_, payload| {
        text = Some(payload);
        Verdict::Enough
    })
    .run();
    text.ok_or(Error::NoIdentity {
        recipients: vec!["somebody else, or a key that is not here".to_owned()],
        attempts,
    })
}
