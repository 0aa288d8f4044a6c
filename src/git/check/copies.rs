//! Files that share data key and file id: values could be exchanged between them, and nobody would see it.

use std::collections::{BTreeSet, HashMap};

use super::file::Identity;
use super::finding::{Defect, Finding, shown};
use crate::error::Result;

/// Data key and file id.
pub(super) type Key = ([u8; 16], [u8; 32]);

/// What is the same in a file and its copy.
pub(super) fn key(identity: &Identity) -> Key {
    (identity.file_id.0, identity.dek.0)
}

/// Where files lie, by data key and file id.
#[derive(Default)]
pub(super) struct Copies(HashMap<Key, BTreeSet<Vec<u8>>>);

impl Copies {
    /// Adds a file.
    pub fn add(&mut self, key: Key, path: &[u8]) {
        self.0.entry(key).or_default().insert(path.to_vec());
    }

    /// What is to be said of the file at `path`, which `commit` brings: nothing, unless there is another one like it that
    /// `is_original` says the file is a copy of.
    pub fn finding(
        &self,
        key: &Key,
        path: &[u8],
        commit: Option<&str>,
        mut is_original: impl FnMut(&[u8]) -> Result<bool>,
    ) -> Result<Option<Finding>> {
        for other in self.0.get(key).into_iter().flatten().filter(|other| *other != path) {
            if is_original(other)? {
                let what = format!("shares its data key and file id with '{}'", shown(other));
                let commit = commit.map(str::to_owned);
                return Ok(Some(Finding {
                    defect: Defect::Copy,
                    path: path.to_vec(),
                    commit,
                    at: None,
                    what,
                }));
            }
        }
        Ok(None)
    }

    /// What is to be said of `files`, all there is: of those that are alike, all but the first by path are copies.
    pub fn among<'f>(files: impl Iterator<Item = (&'f [u8], &'f Identity)>) -> Result<Vec<Finding>> {
        let files: Vec<(&[u8], Key)> = files.map(|(path, identity)| (path, key(identity))).collect();
        let mut copies = Self::default();
        files.iter().for_each(|(path, key)| copies.add(*key, path));
        let found =
            files.iter().map(|(path, key)| copies.finding(key, path, None, |other| Ok(other < *path)));
        found.filter_map(Result::transpose).collect()
    }
}
