//! Sealing and opening in tests: a fixed key, random bytes that can be had again, recipes by their policy.

use dekko::crypto::{DataKey, FileId, Random};
use dekko::document::Cover;
use dekko::envelope::WrappedKey;
use dekko::error::{Error, Result};
use dekko::file::{EncryptedFile, FileType, OpenFile, Recipe, seal};
use dekko::policy::Policy;

/// Random bytes that depend on a number alone (a linear congruential generator: nothing here is secret).
pub struct Counted(pub u64);

impl Random for Counted {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (self.0 >> 56) as u8;
        }
        Ok(())
    }
}

/// The data key of every file here.
pub fn key() -> DataKey {
    DataKey::new([7; 32])
}

pub fn file_type(name: &str) -> FileType {
    FileType::named(name).unwrap_or_else(|| panic!("no format '{name}'"))
}

pub fn recipe(policy: &str, cover: Cover) -> Recipe {
    Recipe {
        policy: Policy::read(policy).expect("canonical"),
        cover,
        scope: None,
        rotated: "2026-01-02T03:04:05Z".to_owned(),
    }
}

/// A recipient's line whose wrap nobody can open.
pub fn recipient(name: &str) -> WrappedKey {
    WrappedKey::new(format!("x-test:{name}"), name.as_bytes().to_vec()).expect("a recipient")
}

/// `plain` sealed under [`key`], with the random bytes of `seed`.
pub fn sealed_with(name: &str, plain: &[u8], recipe: &Recipe, seed: u64) -> Result<Vec<u8>> {
    let mut wrap = |_: &FileId, _: &DataKey| Ok(vec![recipient("alice"), recipient("bob")]);
    seal(file_type(name), plain.to_vec(), recipe, key(), &mut wrap, &mut Counted(seed))
        .map(|sealed| sealed.bytes)
}

pub fn sealed(name: &str, plain: &[u8], recipe: &Recipe) -> Result<Vec<u8>> {
    sealed_with(name, plain, recipe, 1)
}

/// Everything a reader checks short of the values.
pub fn open(name: &str, bytes: &[u8]) -> Result<OpenFile> {
    EncryptedFile::read(file_type(name), bytes.to_vec())?.open(key())
}

/// What a reader gets to see of an encrypted file.
pub fn decrypted(name: &str, bytes: &[u8]) -> Result<Vec<u8>> {
    open(name, bytes)?.plain()
}

/// The class by which a reader refuses, `accepted` when it does not.
pub fn verdict(found: &Result<Vec<u8>>) -> &'static str {
    match found {
        Ok(_) => "accepted",
        Err(Error::NotEncrypted) => "not encrypted",
        Err(error) => error.class().map_or("other", |class| class.name()),
    }
}

/// The texts of all tokens in `bytes`, in the order they stand in.
pub fn tokens(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let is_of_token = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let starts = text.match_indices("enc1.").map(|(at, _)| &text[at..]);
    starts.map(|rest| rest.chars().take_while(|&c| is_of_token(c)).collect()).collect()
}

/// Prints a count, for whoever runs the tests with `--nocapture`.
#[expect(clippy::print_stdout, reason = "the counts are a result of these tests")]
pub fn report(line: &str) {
    println!("{line}");
}
