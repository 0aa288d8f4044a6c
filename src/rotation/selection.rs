//! Which rule holds for each of many files, and which files there are where no git can say.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Rids, Wanted};
use crate::config::Config;
use crate::error::Result;
use crate::provider;

/// Whom a rule names, and what it wants besides.
type Named = (Arc<Rids>, Arc<Wanted>);

/// The configurations of many files; each folder is looked at once, and each rule is read once.
#[derive(Default)]
pub struct Selection {
    configs: HashMap<PathBuf, Option<Arc<Config>>>,
    rules: HashMap<(PathBuf, usize), Named>,
}

impl Selection {
    /// The configuration for `file`.
    ///
    /// # Errors
    /// As [`Config::find`].
    pub fn config(&mut self, file: &Path) -> Result<Option<Arc<Config>>> {
        let folder = file.parent().unwrap_or(Path::new(""));
        // What a link leads to has a configuration of its own.
        let is_link = fs::symlink_metadata(file).is_ok_and(|found| found.is_symlink());
        if let Some(known) = self.configs.get(folder).filter(|_| !is_link) {
            return Ok(known.clone());
        }
        let found = Config::find(file)?.map(Arc::new);
        if !is_link {
            self.configs.insert(folder.to_owned(), found.clone());
        }
        Ok(found)
    }

    /// The recipients that the rule for `file` names, and what it wants besides; `None` when there is no rule for it.
    ///
    /// # Errors
    /// As [`Config::find`] and [`Config::rule_for`]; [`crate::error::Error::Recipient`] for one that no provider knows.
    pub fn named(&mut self, file: &Path) -> Result<Option<(Arc<Rids>, Arc<Wanted>)>> {
        let Some(config) = self.config(file)? else { return Ok(None) };
        let Some((number, rule)) = config.rule_for(file)? else { return Ok(None) };
        let place = (config.folder().to_owned(), number);
        if let Some(known) = self.rules.get(&place) {
            return Ok(Some(known.clone()));
        }
        let named = config.recipients(rule)?;
        let rids = named.iter().map(|named| provider::recipient(&named.text)).collect::<Result<Rids>>();
        let rids = Arc::new(rids.map_err(|error| error.in_file(config.path()))?);
        let found = (rids, Arc::new(Wanted::of(rule)?));
        self.rules.insert(place, found.clone());
        Ok(Some(found))
    }
}
