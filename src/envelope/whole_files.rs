//! The published files, as far as this floor and those below can read them: binary files to their last byte, of dotenv and
//! INI files the block.

use serde_json::Value;

use super::*;
use crate::crypto::vectors::{Stream, array, file, json, list, number, text};
use crate::crypto::{DataKey, Random, open_payload, seal_payload};

const BINARY: [&str; 5] = ["binary-1", "binary-200k", "binary-64k", "binary-64k1", "binary-empty"];
const LINES: [(&str, &str); 4] =
    [("dotenv", "env"), ("dotenv-comments", "env"), ("ini", "ini"), ("ini-comments", "ini")];

fn field(name: &str, value: &str) -> Field {
    Field { name: name.to_owned(), value: value.to_owned() }
}

/// The fields and the payload of a binary file.
fn split(mut bytes: &[u8]) -> Option<(Vec<Field>, &[u8])> {
    let mut fields = Vec::new();
    for number in 0.. {
        let end = bytes.iter().position(|&byte| byte == b'\n')?;
        let line = std::str::from_utf8(&bytes[..end]).ok()?;
        bytes = &bytes[end + 1..];
        match line {
            "dekko-binary-v1" if number == 0 => {}
            _ if number == 0 => return None,
            "" => break,
            _ => {
                let (name, value) = line.split_once('=')?;
                fields.push(field(name, value));
            }
        }
    }
    Some((fields, bytes))
}

/// The text of a binary file, or the class of section 10.
fn opened(bytes: &[u8], data_key: &DataKey) -> Result<Vec<u8>> {
    let refused = |class| Error::refused(class, None, "");
    let (fields, payload) = split(bytes).ok_or_else(|| refused(Class::Metadata))?;
    let envelope = Envelope::read(&fields, None, Layout::Binary)?;
    let keys = Keys::derive(data_key, &envelope.file_id);
    if !keys.commit().matches(&envelope.commit) {
        return Err(refused(Class::Dek));
    }
    if !envelope.has_valid_head(&keys) {
        return Err(refused(Class::Head));
    }
    open_payload(&keys, &envelope.epoch, envelope.scope_text(), payload).map_err(|_| refused(Class::Value))
}

fn data_key(hex: &Value) -> DataKey {
    DataKey::new(array(hex))
}

fn plain(name: &str, info: &Value) -> Vec<u8> {
    let plain = &info["plain"];
    if plain.is_null() {
        return file(&format!("files/{name}/plain.bin"));
    }
    let mut text_of = vec![0; usize::try_from(number(&plain["length"])).expect("small")];
    Stream::new(text(&plain["shake256"])).fill(&mut text_of).expect("endless");
    text_of
}

fn recipients(info: &Value) -> Vec<WrappedKey> {
    let mut recipients: Vec<_> = list(info, "recipients")
        .iter()
        .map(|line| WrappedKey::parse(text(line)).expect("canonical"))
        .collect();
    recipients.sort_by(|one, other| one.rid.cmp(&other.rid));
    recipients
}

#[test]
fn binary_files_open_and_are_written_again_to_the_byte() {
    for name in BINARY {
        let info = json(&format!("files/{name}/info.json"));
        let (key, plain) = (data_key(&info["dek"]), plain(name, &info));
        let sealed = file(&format!("files/{name}/sealed.bin"));
        assert_eq!(opened(&sealed, &key).expect(name), plain);

        let random = &mut Stream::new(text(&info["seed"]));
        let file_id = FileId::generate(random).expect("endless");
        let epoch = Epoch::generate(random).expect("endless");
        let keys = Keys::derive(&key, &file_id);
        let scope = text(&info["scope"]);
        let mut envelope = Envelope {
            end: Tag([0; 16]),
            eof: Eof::Kept,
            file_id,
            commit: keys.commit(),
            epoch,
            cover: Cover::All,
            policy: text(&info["policy"]).to_owned(),
            scope: (!scope.is_empty()).then(|| scope.to_owned()),
            rotated: text(&info["rotated"]).to_owned(),
            prev: None,
            head: [0; 32],
            recipients: recipients(&info),
        };
        envelope.head = envelope.head_tag(&keys);
        let mut written = b"dekko-binary-v1\n".to_vec();
        for Field { name, value } in envelope.fields(Layout::Binary) {
            written.extend_from_slice(format!("{name}={value}\n").as_bytes());
        }
        written.push(b'\n');
        written.extend_from_slice(&seal_payload(&keys, &epoch, scope, &plain));
        assert!(written == sealed, "{name}");
    }
}

#[test]
fn edited_binary_files_open_and_a_rotation_vouches() {
    let mut rotations = 0;
    for name in BINARY {
        let info = json(&format!("files/{name}/info.json"));
        for (edit, how) in info["edits"].as_object().expect("edits") {
            let rotated = text(&how["how"]) == "rotate";
            let new = data_key(if rotated { &how["new_dek"] } else { &info["dek"] });
            let bytes = file(&format!("files/{name}/edits/{edit}.bin"));
            let expected = match text(&how["how"]) {
                "edit" => file(&format!("files/{name}/edits/{edit}.plain.bin")),
                _ => plain(name, &info),
            };
            assert_eq!(opened(&bytes, &new).expect(edit), expected, "{name} {edit}");
            let (fields, _) = split(&bytes).expect("it opened");
            let envelope = Envelope::read(&fields, None, Layout::Binary).expect("it opened");
            assert_eq!(envelope.prev.is_some(), rotated);
            if let Some(succession) = envelope.succession() {
                let old = Keys::derive(&data_key(&info["dek"]), &envelope.file_id);
                assert!(succession.holds(&old, &envelope.commit));
                assert_eq!(
                    Succession::new(&old, &envelope.commit).to_string(),
                    envelope.prev.expect("it has one")
                );
                rotations += 1;
            }
        }
    }
    assert!(rotations > 0);
}

#[test]
fn binary_files_are_refused_with_their_class() {
    let cases = json("negative.json");
    let mut count = 0;
    for case in cases.as_array().expect("a list").iter().filter(|case| case["format"] == "binary") {
        let error =
            opened(&file(text(&case["file"])), &data_key(&case["dek"])).expect_err(text(&case["file"]));
        assert_eq!(error.class().expect("a refusal").name(), text(&case["class"]), "{case}");
        count += 1;
    }
    assert!(count >= 30, "{count}");
}

/// The fields in the last run of `#dekko field=value` or `;dekko field = value` lines.
fn lines(text: &str) -> Vec<Field> {
    let lines = text.lines().filter_map(|line| {
        if let Some(rest) = line.strip_prefix("#dekko ") {
            return rest.split_once('=');
        }
        line.strip_prefix(";dekko ")?.split_once(" = ")
    });
    lines.map(|(name, value)| field(name, value)).collect()
}

#[test]
fn blocks_of_lines_have_the_published_heads() {
    for (name, ext) in LINES {
        let info = json(&format!("files/{name}/info.json"));
        let sealed = String::from_utf8(file(&format!("files/{name}/sealed.{ext}"))).expect("a text");
        let fields = lines(&sealed);
        let envelope = Envelope::read(&fields, None, Layout::Text).expect(name);
        let keys = Keys::derive(&data_key(&info["dek"]), &envelope.file_id);
        assert!(keys.commit().matches(&envelope.commit) && envelope.has_valid_head(&keys), "{name}");
        assert_eq!(envelope.fields(Layout::Text), fields);
        assert_eq!(envelope.policy, text(&info["policy"]));
        assert_eq!(envelope.recipients, recipients(&info));
    }
}

#[test]
fn blocks_of_lines_are_refused_where_the_fields_are_wrong() {
    let of_the_format = ["no metadata", "text after", "entry after", "line break in", "policy not canonical"];
    let cases = json("negative.json");
    let mut count = 0;
    for case in cases.as_array().expect("a list") {
        let is_of_lines = case["format"] == "dotenv" || case["format"] == "ini";
        let what = text(&case["what"]);
        if !is_of_lines || of_the_format.iter().any(|other| what.starts_with(other)) {
            continue;
        }
        let Ok(source) = String::from_utf8(file(text(&case["file"]))) else { continue };
        let class = Envelope::read(&lines(&source), None, Layout::Text).err().map(|error| error.class());
        let expected = text(&case["class"]);
        if ["metadata", "version"].contains(&expected) {
            assert_eq!(class.flatten().map(Class::name), Some(expected), "{case}");
            count += 1;
        } else if !["syntax", "limit"].contains(&expected) {
            assert_eq!(class, None, "{case}");
        }
    }
    assert!(count >= 8, "{count}");
}
