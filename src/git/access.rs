//! Whom the configuration in our commit gives access to a file: what a branch that is merged says does not count.

use std::collections::BTreeSet;
use std::path::Path;

use super::command::Git;
use super::objects::Objects;
use crate::config::{Config, NAME};
use crate::error::Result;
use crate::provider;

/// The configuration in our commit, and the path below it of the file at `path`, which counts from the top.
pub(super) fn config(git: &Git, path: &str) -> Result<Option<(Config, String)>> {
    if !git.run(["rev-parse", "--git-dir"]).is_ok_and(|out| out.status.success()) {
        return Ok(None);
    }
    let mut objects = Objects::open(git)?;
    let path = Path::new(path);
    for folder in path.ancestors().skip(1) {
        let prefix = folder.to_string_lossy().replace('\\', "/");
        let name = if prefix.is_empty() { NAME.to_owned() } else { format!("{prefix}/{NAME}") };
        let Some(found) = objects.find(format!("HEAD:{name}"))? else { continue };
        let config = Config::parse_bytes(found.bytes, folder)?;
        let below = path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/");
        return Ok(Some((config, below)));
    }
    Ok(None)
}

/// The recipients that the configuration in our commit names for the file at `path`, which counts from the top; `None` when it
/// has no rule for it.
///
/// # Errors
/// [`crate::error::Error::Git`], and what is wrong with the configuration.
pub fn allowed_by_ours(git: &Git, path: &str) -> Result<Option<BTreeSet<String>>> {
    match config(git, path)? {
        Some((config, below)) => allowed(&config, &below),
        None => Ok(None),
    }
}

/// The recipients that `config` has for the file at `path` below it; `None` when it has no rule for it.
pub(super) fn allowed(config: &Config, path: &str) -> Result<Option<BTreeSet<String>>> {
    let Some((_, rule)) = config.rule_at(path) else { return Ok(None) };
    let rids = config.recipients(rule)?.into_iter().map(|named| provider::recipient(&named.text));
    rids.collect::<Result<_>>().map(Some)
}
