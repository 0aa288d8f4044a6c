//! Which files of the present are as they were sealed: what one that was altered lacks may be in use all the same.

use std::collections::HashMap;

use super::collect::Exposure;
use super::judge::Source;
use crate::error::Result;
use crate::file::DataKeys;

/// The files of the present; each is verified when it is first asked for.
pub(super) struct Sound<'k, 's> {
    keys: &'k DataKeys<'s>,
    /// The versions by path.
    now: HashMap<u32, u32>,
    altered: HashMap<u32, bool>,
}

impl<'k, 's> Sound<'k, 's> {
    /// Of the files in `now`, verified as far as `keys` open them.
    pub fn new(now: &[(u32, Option<u32>)], keys: &'k DataKeys<'s>) -> Self {
        let now = now.iter().filter_map(|(path, version)| Some((*path, (*version)?))).collect();
        Self { keys, now, altered: HashMap::new() }
    }

    /// Whether the file that lies at the path of number `path` cannot be read, or is not as it was sealed. Where no key opens
    /// it, whether a value in it stands in another place than it did.
    ///
    /// # Errors
    /// What `source` says.
    pub fn is_altered(&mut self, exposure: &Exposure, path: u32, source: &mut dyn Source) -> Result<bool> {
        if let Some(known) = self.altered.get(&path) {
            return Ok(*known);
        }
        let Some(&number) = self.now.get(&path) else { return Ok(false) };
        let Some(version) = exposure.versions.get(&number) else { return Ok(false) };
        let mut is_altered = version.key.is_none();
        if !is_altered {
            source.versions(&[number], &mut |_, file| {
                is_altered = match self.keys.open(file) {
                    Ok(_) => false,
                    Err(error) => error.status() == 5 || version.is_torn,
                };
            })?;
        }
        self.altered.insert(path, is_altered);
        Ok(is_altered)
    }

    /// The numbers of the paths of those that are.
    pub fn altered(&self) -> Vec<u32> {
        let mut altered: Vec<u32> =
            self.altered.iter().filter(|(_, is_altered)| **is_altered).map(|(path, _)| *path).collect();
        altered.sort_unstable();
        altered
    }
}
