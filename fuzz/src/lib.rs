//! The laws that the fuzz targets assert, and the fixed keys they work with.

pub mod formats;
pub mod merge;
pub mod parts;

use dekko::crypto::{DataKey, FileId, Random};
use dekko::document::Cover;
use dekko::envelope::WrappedKey;
use dekko::error::Result;
use dekko::file::{FileType, Recipe, seal};
use dekko::policy::Policy;

/// The formats of encrypted files, by the first byte of an input of several formats.
pub const TYPES: &[&str] = &["yaml", "json", "jsonc", "toml", "dotenv", "ini", "binary"];

/// Policies worth meeting: all, some, all but some, with and without comments.
const POLICIES: &[&str] = &[
    "encrypt **",
    "encrypt **; comments",
    "encrypt *",
    "encrypt **.a,**[*]; plain b.**",
    "encrypt **; plain **[*].*,*d",
];

/// Bytes that look random and are the same in every run, so that a finding can be repeated.
pub struct Counted(u64);

impl Random for Counted {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (self.0 >> 56) as u8;
        }
        Ok(())
    }
}

pub fn random() -> Counted {
    Counted(7)
}

pub fn key() -> DataKey {
    DataKey::new([7; 32])
}

/// A recipe that depends on `text`, so that one reader meets every policy under both covers.
pub fn recipe(text: &[u8]) -> Recipe {
    let sum = text.iter().fold(text.len(), |sum, &byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let policy = POLICIES[sum % POLICIES.len()];
    let cover = if sum / POLICIES.len() % 3 == 0 { Cover::Encrypted } else { Cover::All };
    Recipe {
        policy: Policy::read(policy).expect("canonical"),
        cover,
        scope: None,
        rotated: "2026-01-02T03:04:05Z".to_owned(),
    }
}

/// `plain` sealed under the fixed key.
///
/// # Errors
/// What [`seal`] says.
pub fn sealed(file_type: FileType, plain: &[u8], recipe: &Recipe) -> Result<Vec<u8>> {
    let mut wrap = |_: &FileId, _: &DataKey| Ok(vec![WrappedKey::new("x-fuzz:one", vec![1]).expect("valid")]);
    seal(file_type, plain.to_vec(), recipe, key(), &mut wrap, &mut random()).map(|sealed| sealed.bytes)
}
