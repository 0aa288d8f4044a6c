//! Blocks against the published heads, and every way a block can be wrong.

use proptest::prelude::{Just, prop_assert_eq, prop_oneof, proptest};
use serde_json::Value;

use super::*;
use crate::crypto::vectors::{array, bytes, keys, list, primitives, text};

fn field(name: &str, value: &str) -> Field {
    Field { name: name.to_owned(), value: value.to_owned() }
}

fn published(case: &Value) -> Vec<Field> {
    let mut fields = Vec::new();
    for pair in list(case, "fields") {
        match text(&pair[0]) {
            "recipients" => {
                let lines = pair[1].as_array().expect("lines");
                fields.extend(lines.iter().map(|line| field("recipient", text(line))));
            }
            name => fields.push(field(name, text(&pair[1]))),
        }
    }
    fields
}

/// A block with every field that a text's can have.
fn full() -> Vec<Field> {
    let vectors = primitives();
    let mut fields = published(&list(&vectors, "heads")[2]);
    fields.insert(1, field("eof", "newline"));
    let rotated = fields.iter().position(|field| field.name == "rotated").expect("it is there");
    fields.insert(rotated, field("scope", "prod"));
    fields
}

fn class(fields: &[Field], layout: Layout) -> Option<Class> {
    Envelope::read(fields, None, layout).err().map(|error| error.class().expect("a refusal"))
}

/// The class for the full block with the content of one field changed.
fn class_with(name: &str, value: &str) -> Option<Class> {
    let mut fields = full();
    fields.iter_mut().find(|field| field.name == name).expect(name).value = value.to_owned();
    class(&fields, Layout::Text)
}

#[test]
fn heads_are_as_published() {
    let vectors = primitives();
    let keys = keys(&list(&vectors, "keys")[1]);
    for case in list(&vectors, "heads") {
        // The vectors give K_head itself; it is the one of these keys.
        assert_eq!(case["k_head"], vectors["keys"][1]["k_head"]);
        let fields = published(case);
        let mut envelope = Envelope::read(&fields, None, Layout::Text).expect("published");
        assert_eq!(envelope.head_tag(&keys)[..], bytes(&case["head"]));
        assert!(envelope.has_valid_head(&keys));
        assert_eq!(envelope.fields(Layout::Text), fields);
        assert_eq!(envelope.file_id, FileId(array(&case["file_id"])));
        assert_eq!(envelope.commit, Commit(array(&case["commit"])));
        assert_eq!(envelope.epoch, Epoch(array(&case["epoch"])));
        assert_eq!(envelope.scope_text(), text(&case["scope"]));
        assert_eq!(envelope.succession().map(|it| it.to_string()).unwrap_or_default(), text(&case["prev"]));
        for (own, pair) in envelope.recipients.iter().zip(list(case, "recipients")) {
            assert_eq!((own.rid.as_str(), &own.wrap), (text(&pair[0]), &bytes(&pair[1])));
        }
        envelope.recipients[0].wrap[0] ^= 1;
        assert!(!envelope.has_valid_head(&keys));
    }
}

#[test]
fn every_field_but_end_and_eof_is_in_the_head() {
    let keys = keys(&primitives()["keys"][1]);
    let read = || Envelope::read(&full(), None, Layout::Text).expect("it is canonical");
    let head = read().head_tag(&keys);
    type Change = (&'static str, fn(&mut Envelope));
    let changes: [Change; 9] = [
        ("id", |e| e.file_id.0[0] ^= 1),
        ("dek", |e| e.commit.0[0] ^= 1),
        ("epoch", |e| e.epoch.0[0] ^= 1),
        ("cover", |e| e.cover = Cover::Encrypted),
        ("policy", |e| e.policy.push_str("; comments")),
        ("scope", |e| e.scope = None),
        ("rotated", |e| e.rotated.replace_range(3..4, "7")),
        ("prev", |e| e.prev = None),
        ("recipients", |e| drop(e.recipients.pop())),
    ];
    for (name, change) in changes {
        let mut envelope = read();
        change(&mut envelope);
        assert_ne!(envelope.head_tag(&keys), head, "{name}");
    }
    let changed = Envelope { end: Tag([1; 16]), eof: Eof::Kept, ..read() };
    assert_eq!(changed.head_tag(&keys), head);
}

#[test]
fn the_full_block_reads_and_writes() {
    let envelope = Envelope::read(&full(), None, Layout::Text).expect("it is canonical");
    assert_eq!(envelope.fields(Layout::Text), full());
    assert_eq!((envelope.eof, envelope.scope.as_deref()), (Eof::Added, Some("prod")));
}

#[test]
fn a_field_missing_twice_or_elsewhere_is_refused() {
    let all = full();
    for at in 0..all.len() {
        let name = all[at].name.clone();
        let mut fields = all.clone();
        let removed = fields.remove(at);
        let optional = matches!(name.as_str(), "eof" | "scope" | "prev" | "recipient");
        assert_eq!(class(&fields, Layout::Text), (!optional).then_some(Class::Metadata), "{name} missing");
        for to in (0..=fields.len()).filter(|&to| to != at) {
            let mut fields = fields.clone();
            fields.insert(to, removed.clone());
            assert_eq!(class(&fields, Layout::Text), Some(Class::Metadata), "{name} at {to}");
        }
        let mut fields = all.clone();
        fields.insert(at, removed);
        assert_eq!(class(&fields, Layout::Text), Some(Class::Metadata), "{name} twice");
        let mut fields = all.clone();
        fields.insert(at, field("note", ""));
        assert_eq!(class(&fields, Layout::Text), Some(Class::Metadata), "another field before {name}");
    }
    for len in 0..all.len() - 1 {
        assert_eq!(class(&all[..len], Layout::Text), Some(Class::Metadata), "cut off after {len}");
    }
}

#[test]
fn a_field_that_is_not_canonical_is_refused() {
    let long = "x".repeat(129);
    for (name, value) in [
        ("end", "AAAAAAAAAAAAAAAAAAAAAB"),
        ("end", "AAAAAAAAAAAAAAAAAAAAA"),
        ("end", "AAAAAAAAAAAAAAAAAAAAAAAA"),
        ("eof", ""),
        ("eof", "Newline"),
        ("id", "AAECAwQFBgcICQoLDA0ODw=="),
        ("dek", "AAAA"),
        ("epoch", "ZXBvY2ghISF"),
        ("cover", "All"),
        ("cover", "none"),
        ("scope", ""),
        ("scope", " prod"),
        ("scope", "prod "),
        ("scope", "pr\u{f6}d"),
        ("scope", "a\tb"),
        ("scope", &long),
        ("rotated", "2026-02-30T00:00:00Z"),
        ("prev", ""),
        ("prev", "none"),
        ("head", ""),
        ("recipient", "age:age1abc"),
        ("recipient", "age:age1abc  d3JhcDE"),
    ] {
        assert_eq!(class_with(name, value), Some(Class::Metadata), "{name} {value}");
    }
    assert_eq!(class_with("scope", &long[1..]), None);
    assert_eq!(class_with("cover", "encrypted"), None);
}

#[test]
fn another_version_is_told_whatever_else_there_is() {
    for value in ["2", "", "01", "1 ", "one"] {
        assert_eq!(class_with("v", value), Some(Class::Version), "{value:?}");
        let fields = [field("new", "x"), field("v", value), field("v", "1")];
        assert_eq!(class(&fields, Layout::Text), Some(Class::Version), "{value:?}");
        assert_eq!(class(&fields, Layout::Binary), Some(Class::Version), "{value:?}");
    }
    assert_eq!(class(&[field("V", "2")], Layout::Text), Some(Class::Metadata));
}

#[test]
fn recipients_are_sorted_once_each_and_at_most_128() {
    let with = |recipients: &[String]| {
        let mut fields = full();
        fields.retain(|field| field.name != "recipient");
        fields.extend(recipients.iter().map(|rid| field("recipient", &format!("{rid} AA"))));
        class(&fields, Layout::Text)
    };
    let many = |count| (0..count).map(|n| format!("a:{n:03}")).collect::<Vec<_>>();
    assert_eq!(with(&[]), Some(Class::Metadata));
    assert_eq!(with(&many(128)), None);
    assert_eq!(with(&many(129)), Some(Class::Limit));
    assert_eq!(with(&["a:1".into(), "a:1".into()]), Some(Class::Metadata));
    assert_eq!(with(&["b:1".into(), "a:1".into()]), Some(Class::Metadata));
    // By bytes: '-' is before digits, upper case before lower.
    assert_eq!(with(&["a-b:1".into(), "a:B".into(), "a:a".into()]), None);
    assert_eq!(with(&["a:a".into(), "a:B".into()]), Some(Class::Metadata));
}

#[test]
fn a_binary_block_has_no_end_and_fixed_cover_and_policy() {
    let mut fields = full();
    assert_eq!(class(&fields, Layout::Binary), Some(Class::Metadata));
    fields.retain(|field| field.name != "end");
    assert_eq!(class(&fields, Layout::Binary), Some(Class::Metadata));
    fields.retain(|field| field.name != "eof");
    assert_eq!(class(&fields, Layout::Text), Some(Class::Metadata));
    let envelope = Envelope::read(&fields, None, Layout::Binary).expect("it is canonical");
    assert_eq!(envelope.fields(Layout::Binary), fields);
    for (name, value) in [("cover", "encrypted"), ("policy", "encrypt *")] {
        let mut fields = fields.clone();
        fields.iter_mut().find(|field| field.name == name).expect(name).value = value.to_owned();
        assert_eq!(class(&fields, Layout::Binary), Some(Class::Metadata), "{name}");
    }
}

#[test]
fn messages_name_the_field_and_the_place_but_no_content() {
    let at = Some(Position { line: 7, column: 3 });
    let mut fields = full();
    fields[0].value = "CONTENT".to_owned();
    let message = Envelope::read(&fields, at, Layout::Text).expect_err("refused").to_string();
    assert_eq!(message, "line 7, column 3: metadata error: the field 'end' is not one that dekko writes");
    fields[0] = field("e\x1bnd", "CONTENT");
    let message = Envelope::read(&fields, at, Layout::Text).expect_err("refused").to_string();
    assert_eq!(message, "line 7, column 3: metadata error: the field 'e\\x1bnd' stands where 'end' belongs");
}

proptest! {
    #[test]
    fn what_reads_is_what_is_written(
        at: proptest::sample::Index,
        value in "[ -~\u{e9}]{0,40}",
        name in "[a-z]{1,9}",
        layout in prop_oneof![Just(Layout::Text), Just(Layout::Binary)],
    ) {
        let mut changed = full();
        let at = at.index(changed.len());
        changed[at].value = value;
        let mut renamed = full();
        renamed[at].name = name;
        for fields in [changed, renamed] {
            if let Ok(envelope) = Envelope::read(&fields, None, layout) {
                prop_assert_eq!(envelope.fields(layout), fields);
            }
        }
    }
}
