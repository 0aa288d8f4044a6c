//! The same values in YAML and JSON: one map.
#![allow(dead_code, reason = "each bench takes its part")]

use std::fmt::Write;
use std::time::Instant;

use dekko::crypto::{self, DataKey, FileId, Keys, Previous, Random, SystemRandom, Token};
use dekko::document::Cover;
use dekko::envelope::WrappedKey;
use dekko::file::{EncryptedFile, FileType, Recipe, seal};
use dekko::policy::Policy;

/// A text of `values` values.
pub struct Input {
    format: &'static str,
    values: usize,
    /// The text.
    pub text: String,
}

impl Input {
    /// The text in `format`.
    pub fn new(format: &str, values: usize) -> Self {
        match format {
            "yaml" => Self { format: "yaml", values, text: yaml(values) },
            _ => Self { format: "json", values, text: json(values) },
        }
    }

    /// The key path of a value in the middle.
    pub fn path(&self) -> String {
        format!("key_{}", self.values / 2)
    }

    /// The same as sops writes it.
    pub fn sops_path(&self) -> String {
        format!("[\"key_{}\"]", self.values / 2)
    }

    /// Encrypts it for nobody.
    pub fn sealed(&self) -> (EncryptedFile, Vec<u8>) {
        let file_type = FileType::named(self.format).expect("a format");
        let policy = Policy::read("encrypt **").expect("a policy");
        let rotated = "2026-11-21T10:00:00Z".to_owned();
        let recipe = Recipe { policy, cover: Cover::All, scope: None, rotated };
        let mut wrap =
            |_: &FileId, _: &DataKey| Ok(vec![WrappedKey::parse("age:nobody YQ").expect("a wrap")]);
        let key = DataKey::new([7; 32]);
        let text = self.text.clone().into_bytes();
        let sealed = seal(file_type, text, &recipe, key, &mut wrap, &mut SystemRandom).expect("seals");
        let file = EncryptedFile::read(file_type, sealed.bytes.clone()).expect("reads");
        (file, sealed.bytes)
    }

    /// Milliseconds that no reader can go below: one parse, and for each value one decryption and two tags.
    pub fn floor(&self) -> f64 {
        let (file, bytes) = self.sealed();
        let FileType::Text(format) = file.file_type() else { return 0.0 };
        let keys = Keys::derive(&DataKey::new([7; 32]), &file.envelope().file_id);
        let link = keys.link_key(format.code(), Cover::All, &file.envelope().epoch, "encrypt **", "");
        let mut random = SystemRandom;
        let mut id = [0; 6];
        random.fill(&mut id).expect("random");
        let path = [0, 0, 0, 1, 1, 0, 0, 0, 5, b'k', b'e', b'y', b'_', b'5'];
        let source = "\"value-1000-5-abcdefgh\"";
        let value = crypto::seal(
            &keys,
            &mut random,
            crypto::TokenId(id),
            crypto::LeafKind::Scalar,
            None,
            source,
            &path,
        );
        let token = Token { value: value.expect("seals").into(), link: crypto::Tag([0; 16]) };
        let start = Instant::now();
        format.parse(String::from_utf8(bytes).expect("text")).expect("parses");
        for _ in 0..self.values {
            crypto::open(&keys, &token.value, &path).expect("opens");
            link.link(&Previous::None, &token.value, &path, &[0x0C]);
            link.link(&Previous::None, &token.value, &path, &[0x0C]);
        }
        start.elapsed().as_secs_f64() * 1000.0
    }
}

fn yaml(values: usize) -> String {
    let mut text = String::new();
    for value in 0..values {
        writeln!(text, "key_{value}: value-{value}-abcdefgh").expect("memory");
    }
    text
}

fn json(values: usize) -> String {
    let mut text = String::from("{\n");
    for value in 0..values {
        let comma = if value + 1 == values { "" } else { "," };
        writeln!(text, "  \"key_{value}\": \"value-{value}-abcdefgh\"{comma}").expect("memory");
    }
    text.push_str("}\n");
    text
}
