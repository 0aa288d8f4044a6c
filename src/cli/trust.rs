//! Which recipients the user has accepted for a repository: those of the user's own identities, and those said yes to.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::context::{Context, repository_of};
use super::readers::Reader;
use crate::config::{Accepted, Config};
use crate::error::Result;
use crate::provider::identities;

/// What an answer holds for: the repository of `file`, else the folder of the configuration for it.
pub(super) fn root(file: &Path, config: Option<&Config>) -> Option<PathBuf> {
    repository_of(file).or_else(|| config.map(|config| config.folder().to_owned()))
}

/// Those of `rids` who are neither the user nor accepted in each of `roots`.
///
/// # Errors
/// As [`Context::session`].
pub(super) fn strangers(
    context: &Context,
    roots: &BTreeSet<PathBuf>,
    mut rids: BTreeSet<String>,
) -> Result<BTreeSet<String>> {
    if rids.is_empty() {
        return Ok(rids);
    }
    let accepted: Vec<_> = roots.iter().map(|root| Accepted::of(&context.environment, root)).collect();
    let is_accepted = |rid: &String| accepted.iter().all(|accepted| accepted.recipients().contains(rid));
    rids.retain(|rid| accepted.is_empty() || !is_accepted(rid));
    if !rids.is_empty() {
        for rid in identities(context.session()?).iter().flat_map(|source| &source.recipients) {
            rids.remove(rid.strip_suffix(" (needs a passphrase)").unwrap_or(rid));
        }
    }
    Ok(rids)
}

/// Shows `newcomers`, each with what it would read, and asks whether they may; `is_yes` says so already. `None` when nobody can
/// answer. A yes is remembered.
///
/// # Errors
/// As [`Context::session`].
pub(super) fn ask(
    context: &Context,
    roots: &BTreeSet<PathBuf>,
    newcomers: &[(Reader, String)],
    is_yes: bool,
) -> Result<Option<bool>> {
    context.ui.disclose("dekko.toml names these, and you have not said yes to them in this repository:");
    for (reader, what) in newcomers {
        context.ui.disclose(&format!("  {reader}, to read {what}"));
    }
    let question = "are these keys theirs, and may they read?";
    let answer = match is_yes {
        true => Some(true),
        false => context.session()?.prompt().confirm(question, "yes", Some("no")),
    };
    if answer == Some(true) {
        let rids = newcomers.iter().map(|(reader, _)| reader.rid.clone()).collect();
        accept(context, roots, &rids);
    }
    Ok(answer)
}

/// Remembers that the user accepted `rids` in each of `roots`. Where that is impossible, they are asked for again.
fn accept(context: &Context, roots: &BTreeSet<PathBuf>, rids: &BTreeSet<String>) {
    for root in roots {
        if let Err(error) = Accepted::of(&context.environment, root).accept(root, rids) {
            context.ui.warn(&format!("this yes cannot be remembered: {error}"));
        }
    }
}
