//! Which recipients the user has accepted for a repository: those of the user's own identities, and those said yes to.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::context::{Context, repository_of};
use super::readers::Reader;
use crate::config::{Accepted, Config};
use crate::document::escape;
use crate::error::{Error, Result};
use crate::provider::{self, identities};

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

/// Whether one of `words` names `reader` by the key itself, or by an alias of it: what that means is the service's word, and not
/// that of the configuration, unless that has a name for the key.
pub(super) fn is_typed(reader: &Reader, words: &[String]) -> bool {
    let is_key = |word: &str| provider::recipient(word).is_ok_and(|rid| rid == reader.rid);
    let is_meant = |word: &str| provider::is_alias(word) && reader.name.is_none();
    words.iter().any(|word| is_key(word) || is_meant(word))
}

/// Nothing, when the user has said yes to `readers`, whom `config` would let read the file at `path`, or says it now.
///
/// # Errors
/// [`Error::Unconfirmed`] otherwise; as [`Context::session`].
pub(super) fn admit(
    context: &Context,
    path: &Path,
    config: Option<&Config>,
    mut readers: Vec<Reader>,
    is_yes: bool,
) -> Result<()> {
    let roots = root(path, config).into_iter().collect();
    let rids = readers.iter().map(|reader| reader.rid.clone()).collect();
    let strangers = strangers(context, &roots, rids)?;
    readers.retain(|reader| strangers.contains(&reader.rid));
    let recipients = readers.iter().map(Reader::to_string).collect();
    let what = format!("'{}'", escape(&path.to_string_lossy()));
    let newcomers: Vec<_> = readers.into_iter().map(|reader| (reader, what.clone())).collect();
    if newcomers.is_empty() || ask(context, &roots, &newcomers, is_yes)? == Some(true) {
        return Ok(());
    }
    Err(Error::Unconfirmed { recipients })
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
