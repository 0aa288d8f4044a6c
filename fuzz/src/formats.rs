//! Texts, plain and encrypted.

use dekko::crypto::Token;
use dekko::document::{Style, splice};
use dekko::error::{Class, Error};
use dekko::file::{EncryptedFile, FileType};
use dekko::format;

use crate::{TYPES, key, random, recipe, sealed as seal};

/// What a check of dekko on its own output found, is found here; everything else is a refusal.
fn refused(error: &Error, what: &str) {
    assert!(!matches!(error, Error::Internal { .. }), "{what}: {error}");
}

/// A text that parses: its leaves stand in order, tokens can stand for them, and it comes back from encryption.
pub fn round_trip(name: &str, text: &[u8]) {
    let format = format::named(name).expect("a format");
    let document = match format::parse(format, text.to_vec()) {
        Ok(document) => document,
        Err(Error::Refused { class, at, .. }) => {
            assert!(matches!(class, Class::Syntax | Class::Limit | Class::Metadata | Class::Version));
            assert!(class == Class::Limit || at.is_some(), "no place");
            return;
        }
        Err(error) => panic!("{error}"),
    };
    let mut end = 0;
    for leaf in document.leaves() {
        assert!(end <= leaf.span.start && leaf.span.start <= leaf.span.end, "leaves lie in order");
        end = leaf.span.end;
    }
    let file_type = FileType::named(name).expect("a format");
    if document.block.is_some() {
        let read = EncryptedFile::read(file_type, text.to_vec());
        drop(read.and_then(|file| file.open(key())).and_then(|file| file.plain()));
        return;
    }
    let token = Token { value: vec![0; 81].into(), link: dekko::crypto::Tag([0; 16]) }.to_string();
    let secret = |style| format.has_secret_comments() || style != Style::Comment;
    let texts: Vec<_> = document
        .leaves()
        .iter()
        .filter(|leaf| secret(leaf.style))
        .map(|leaf| (leaf.span, format.token_text(&document, leaf, &token)))
        .collect();
    let spliced = splice(document.source(), texts.iter().map(|(span, text)| (*span, text.as_str())));
    let again = format::parse(format, spliced.into_bytes()).expect("tokens stand for leaves");
    assert_eq!(again.leaves().len(), document.leaves().len());
    assert_eq!(again.events().len(), document.events().len());
    match seal(file_type, text, &recipe(text)) {
        // The writer has opened its own output and compared it.
        Ok(bytes) => {
            let file = EncryptedFile::read(file_type, bytes).and_then(|file| file.open(key()));
            assert_eq!(file.expect("opens").plain().expect("opens"), text);
        }
        Err(error) => refused(&error, "seal"),
    }
}

/// Two texts, parted by a byte that is never UTF-8; the first byte names the format.
pub fn edit(input: &[u8]) {
    let Some((&first, texts)) = input.split_first() else { return };
    let Some(at) = texts.iter().position(|&byte| byte == 0xFF) else { return };
    let (old, new) = (&texts[..at], &texts[at + 1..]);
    let file_type = FileType::named(TYPES[usize::from(first) % TYPES.len()]).expect("a format");
    let Ok(bytes) = seal(file_type, old, &recipe(old)) else { return };
    let open = |bytes| EncryptedFile::read(file_type, bytes).and_then(|file| file.open(key()));
    let file = open(bytes.clone()).expect("what was sealed opens");
    match file.edit(new.to_vec(), &mut random()) {
        Ok(edited) => {
            assert_eq!(edited == bytes, old == new, "the bytes change exactly when the text does");
            assert_eq!(open(edited).expect("opens").plain().expect("opens"), new);
        }
        Err(error) => refused(&error, "edit"),
    }
}

/// An encrypted file behind a byte that names its format.
pub fn sealed(input: &[u8]) {
    let Some((&first, bytes)) = input.split_first() else { return };
    let file_type = FileType::named(TYPES[usize::from(first) % TYPES.len()]).expect("a format");
    let Ok(file) = EncryptedFile::read(file_type, bytes.to_vec()) else { return };
    let Ok(file) = file.open(key()) else { return };
    let Ok(plain) = file.plain() else { return };
    assert_eq!(file.edit(plain, &mut random()).expect("nothing changes"), bytes);
}
