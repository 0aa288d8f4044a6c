//! What a file is made of, one reader at a time.

use std::path::Path;

use dekko::config::Config;
use dekko::crypto::{FileId, Keys, Token, open};
use dekko::document::{Field, KeyPath};
use dekko::envelope::{Envelope, Layout, WrappedKey};
use dekko::format;
use dekko::policy::Policy;
use dekko::provider;

use crate::key;

/// Lines `name=value`; the first byte says for which layout.
pub fn envelope(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let layout = if text.starts_with('b') { Layout::Binary } else { Layout::Text };
    let lines = text.lines().skip(1).filter_map(|line| line.split_once('='));
    let fields: Vec<Field> =
        lines.map(|(name, value)| Field { name: name.to_owned(), value: value.to_owned() }).collect();
    if let Ok(envelope) = Envelope::read(&fields, None, layout) {
        assert_eq!(envelope.fields(layout), fields);
        let keys = Keys::derive(&key(), &envelope.file_id);
        assert!(!envelope.has_valid_head(&keys) || envelope.head == envelope.head_tag(&keys));
    }
}

/// A token, or a recipient's line.
pub fn token(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Some(token) = Token::parse(text) {
        assert_eq!(token.to_string(), text);
        let keys = Keys::derive(&key(), &FileId([0; 16]));
        assert!(open(&keys, &token.value, b"\0\0\0\0").is_err(), "nobody sealed it");
    }
    if let Some(line) = WrappedKey::parse(text) {
        assert_eq!(line.to_string(), text);
    }
}

/// A canonical policy, or patterns of users by line.
pub fn policy(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Ok(policy) = Policy::read(text) {
        assert_eq!(policy.text(), text);
        judge(&policy);
    }
    let patterns: Vec<String> = text.lines().map(str::to_owned).collect();
    let (encrypt, plain) = patterns.split_at(patterns.len().div_ceil(2));
    if let Ok(policy) = Policy::new(encrypt, plain, text.len() % 2 == 0) {
        assert_eq!(Policy::read(policy.text()).expect("canonical"), policy);
        judge(&policy);
    }
}

/// All at once or one by one: the answers are the same.
fn judge(policy: &Policy) {
    let text = "a: {b: [1, {c: 2}], d: 3}\n\"\": 4\n\"x.y\": [[5], 6]\n# c\nlong-name_1: {a: {a: {b: 7}}}\n";
    let document = format::parse(&format::yaml::Yaml, text.into()).expect("valid");
    let mut matcher = policy.matcher(&document);
    for leaf in document.leaves().iter().rev().chain(document.leaves()) {
        assert_eq!(matcher.is_secret(leaf.node), policy.is_secret(&document, leaf.node));
        assert_eq!(policy.reason(&document, leaf.node).is_secret(), policy.is_secret(&document, leaf.node));
    }
}

/// A key path.
pub fn key_path(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    if let Ok(path) = KeyPath::parse(text) {
        assert_eq!(KeyPath::parse(&path.to_string()).expect("shown as it is read"), path);
    }
}

/// A `dekko.toml`.
pub fn config(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let folder = Path::new("/nowhere");
    let Ok(config) = Config::parse(text, folder) else { return };
    for rule in config.rules() {
        drop(config.recipients(rule));
        if let Ok(policy) = rule.policy() {
            assert_eq!(Policy::read(policy.text()).expect("canonical"), policy);
        }
    }
    for path in ["a.yaml", "secrets/prod/x.env", "deep/er/and/deeper/file.json", "ü.ini"] {
        drop(config.rule_for(&folder.join(path)));
    }
}

/// A recipient as a user writes it.
pub fn recipient(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    match provider::recipient(text) {
        Ok(rid) => {
            assert!(dekko::envelope::is_rid(&rid), "{rid}");
            assert_eq!(provider::recipient(&rid).expect("its own name"), rid);
        }
        Err(error) => assert!(!error.to_string().contains("SECRET-KEY-1"), "{error}"),
    }
}

/// What git says to a filter: whatever it is, an answer is packet lines, and no more is stored than came.
pub fn packets(input: &[u8]) {
    let mut output = Vec::new();
    let mut stored = 0;
    let mut clean = |path: &[u8], content: Vec<u8>| {
        stored += content.len();
        (path != b"no").then_some(content)
    };
    let served = dekko::git::filter::serve(input, &mut output, &mut clean);
    assert!(stored <= input.len());
    let mut rest = &output[..];
    while let Some((digits, after)) = rest.split_at_checked(4) {
        let digits = std::str::from_utf8(digits).expect("digits");
        let length = usize::from_str_radix(digits, 16).expect("digits").max(4);
        rest = after.get(length - 4..).expect("whole packets");
    }
    assert!(rest.is_empty());
    if let Err(error) = served {
        assert!(!error.to_string().is_empty());
    }
}
