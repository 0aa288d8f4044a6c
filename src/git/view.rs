//! What people see of an encrypted file in a diff: its text with values or labels in it, the metadata as comments.

use crate::crypto::to_base64url;
use crate::document::{escape, is_unsafe_on_a_terminal};
use crate::envelope::Envelope;
use crate::error::{Error, Result};
use crate::file::loose::{Loose, Shown};
use crate::file::{DataKeys, EncryptedFile, FileType, header_of_whole};
use crate::format::{self, Grammar};
use crate::merge::marks::Side;
use crate::provider::recipient_of;

/// What every line about the metadata begins with in a view, behind the comment sign and a space.
pub const VIEW: &str = "dekko: ";

/// What is to stand in the place of secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Their values; without a key that is an error.
    Values,
    /// Labels.
    Labels,
    /// Their values where a key is at hand, else labels.
    ValuesOrLabels,
}

/// The view of `bytes`, the content of a file called `name` (no folders); `None` when it is not encrypted, and is to be
/// shown as it is. Controls of terminals are shown as escapes, wherever in the file they stand.
///
/// # Errors
/// As [`EncryptedFile::read`], [`DataKeys::of`] and [`crate::file::OpenFile::plain`]; a file that was altered has no view.
pub fn view(name: &str, bytes: &[u8], keys: &DataKeys<'_>, wanted: Wanted) -> Result<Option<String>> {
    if !holds(bytes, b"dekko") {
        return Ok(None);
    }
    let file_type = FileType::of_encrypted(name, bytes);
    match (EncryptedFile::read(file_type, bytes.to_vec()), file_type) {
        (Ok(file), FileType::Text(format)) if file.is_unsealed() => {
            loose(Loose::read(format, bytes.to_vec())?, file_type, keys, wanted).map(Some)
        }
        (Ok(file), _) => sealed(file, keys, wanted).map(Some),
        (Err(Error::NotEncrypted), _) => Ok(None),
        (Err(_), _) if !holds(bytes, b"enc1.") && format::sniff(bytes).is_none() => Ok(None),
        (Err(error), FileType::Text(format)) => match Loose::read(format, bytes.to_vec()) {
            Ok(file) if file.marked().is_some() => loose(file, file_type, keys, wanted).map(Some),
            _ => Err(error),
        },
        (Err(error), FileType::Binary) => Err(error),
    }
}

/// What stands for `bytes` where they would be shown as they are, and are an encrypted binary file or a conflict between
/// two: the metadata as text, and a fingerprint that changes with the payload. `None` for everything else.
pub fn raw(bytes: &[u8]) -> Option<String> {
    let (header, print) = header_of_whole(bytes)?;
    Some(format!("{}\n\n<encrypted, {}>\n", safe(&header), to_base64url(&print)))
}

/// Whether `word` stands in `bytes`.
fn holds(bytes: &[u8], word: &[u8]) -> bool {
    let Some((first, _)) = word.split_first() else { return true };
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| byte == first) {
        rest = &rest[at..];
        if rest.starts_with(word) {
            return true;
        }
        rest = &rest[1..];
    }
    false
}

/// The view of a file that verifies, or of which nobody here can tell.
fn sealed(file: EncryptedFile, keys: &DataKeys<'_>, wanted: Wanted) -> Result<String> {
    let file_type = file.file_type();
    let notes = notes(file.envelope(), file_type);
    match keys.of(&file) {
        Err(Error::NoIdentity { .. }) if wanted != Wanted::Values => {
            Ok(written(&file.masked(), "not verified: no key here", file_type, &notes))
        }
        Err(error) => Err(error),
        Ok(key) => {
            let open = file.open(key)?;
            let text = match (wanted, file_type) {
                (Wanted::Labels, _) => open.masked()?,
                (_, FileType::Text(_)) => String::from_utf8_lossy(&open.plain()?).into_owned(),
                (_, FileType::Binary) => match String::from_utf8(open.plain()?) {
                    Ok(text) if !text.contains('\0') => text,
                    _ => format!("<binary>\n{}", open.masked()?),
                },
            };
            Ok(written(&text, "sealed", file_type, &notes))
        }
    }
}

/// The view of a file that holds conflicts, or was not sealed since it was merged.
fn loose(mut file: Loose, file_type: FileType, keys: &DataKeys<'_>, wanted: Wanted) -> Result<String> {
    let unlocked = match file.unlock(keys) {
        Err(Error::NoIdentity { .. }) if wanted != Wanted::Values => false,
        Err(error) => return Err(error),
        Ok(()) => true,
    };
    let shown = if wanted == Wanted::Labels { Shown::Labels } else { Shown::Values };
    let text = file.text(shown);
    let mut state = match file.marked() {
        Some(_) => "not sealed: conflicts are unresolved (dekko resolve)".to_owned(),
        None => "not sealed since it was merged (dekko reseal)".to_owned(),
    };
    if !unlocked {
        state.push_str("; no key here");
    }
    if file.versions().iter().any(|version| version.has_valid_head() == Some(false)) {
        state.push_str("; the metadata are not as they were sealed");
    }
    let side = |side| file.version(side).map(|version| notes(version.envelope(), file_type));
    let notes = match (side(Side::Ours), side(Side::Theirs)) {
        (Some(ours), Some(theirs)) => of_both(&ours, &theirs),
        (ours, theirs) => ours.or(theirs).unwrap_or_default(),
    };
    Ok(written(&text, &state, file_type, &notes))
}

/// What the metadata say, a line each; the recipients in the order of the file, which is sorted.
fn notes(envelope: &Envelope, file_type: FileType) -> Vec<String> {
    let mut notes = Vec::with_capacity(5 + envelope.recipients.len());
    let dek = to_base64url(&envelope.commit.0);
    notes.push(format!("data key {} of {}", dek.get(..8).unwrap_or(&dek), envelope.rotated));
    notes.extend(envelope.scope.as_ref().map(|scope| format!("scope {scope}")));
    if let FileType::Text(_) = file_type {
        let cover = if envelope.cover == crate::document::Cover::All { "all" } else { "encrypted" };
        notes.push(format!("policy {}; cover {cover}", envelope.policy));
    }
    notes.extend(envelope.recipients.iter().map(|wrapped| format!("recipient {}", recipient_of(wrapped))));
    notes
}

/// The notes of both sides: those that only one has say whose they are.
fn of_both(ours: &[String], theirs: &[String]) -> Vec<String> {
    let mut all = Vec::with_capacity(ours.len() + theirs.len());
    let mut rest = theirs.iter().peekable();
    for note in ours {
        if !theirs.contains(note) {
            all.push(format!("{note} (ours)"));
            continue;
        }
        all.extend(rest.by_ref().take_while(|other| *other != note).map(|other| format!("{other} (theirs)")));
        all.push(note.clone());
    }
    all.extend(rest.map(|other| format!("{other} (theirs)")));
    all
}

/// `text`, safe to show, with `state` and `notes` as comments behind it.
fn written(text: &str, state: &str, file_type: FileType, notes: &[String]) -> String {
    let sign = match file_type {
        FileType::Text(format) if format.grammar().is_json() => "//",
        FileType::Text(format) if format.grammar() == Grammar::Ini => ";",
        FileType::Text(_) | FileType::Binary => "#",
    };
    let line_break = format::line_break(text);
    let mut out = safe(text);
    let is_open = !text.is_empty() && !text.ends_with('\n');
    if is_open {
        out.push_str(line_break);
    }
    let end = is_open.then_some("the text ends without a line break");
    for note in [state].into_iter().chain(end).chain(notes.iter().map(String::as_str)) {
        out.push_str(sign);
        out.push(' ');
        out.push_str(VIEW);
        out.push_str(&escape(note));
        out.push_str(line_break);
    }
    out
}

/// `text` with escapes for what a terminal could act on; line breaks and tabs stay.
fn safe(text: &str) -> String {
    let is_harmless = |byte: u8| matches!(byte, b'\n' | b'\t' | b' '..=b'~');
    if text.bytes().all(is_harmless) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\r' if rest.peek() == Some(&'\n') => out.push(c),
            c if is_unsafe_on_a_terminal(c) => out.push_str(&escape(c.encode_utf8(&mut [0; 4]))),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_could_act_on_is_escaped_and_line_breaks_stay() {
        assert_eq!(safe("a\r\n\tb\x1b[2J\r\u{202e}é\u{9b}"), "a\r\n\tb\\x1b[2J\\r\\u{202e}é\\x9b");
    }

    #[test]
    fn a_word_is_found_wherever_it_stands() {
        for (text, is_there) in
            [("dekko", true), ("ddekko", true), ("dedekko", true), ("dekk", false), ("", false)]
        {
            assert_eq!(holds(text.as_bytes(), b"dekko"), is_there, "{text}");
        }
    }

    #[test]
    fn the_notes_of_both_sides_say_whose_they_are() {
        let list = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let both = of_both(&list("key-a alice bob dave"), &list("key-b alice carol dave"));
        let said = ["key-a (ours)", "key-b (theirs)", "alice", "bob (ours)", "carol (theirs)", "dave"];
        assert_eq!(both, said);
    }
}
