//! Which recipients the user has accepted for a repository: those of the user's own identities, and those said yes to.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::context::{Context, repository_of};
use super::readers::Reader;
use crate::config::{Accepted, Config, Welcome};
use crate::document::escape;
use crate::error::{Error, Result};
use crate::git::Git;
use crate::provider::{self, identities};
use crate::rotation::Rids;

/// What an answer holds for: the repository of `file`, else the folder of the configuration for it.
pub(super) fn root(file: &Path, config: Option<&Config>) -> Option<PathBuf> {
    repository_of(file).or_else(|| config.map(|config| config.folder().to_owned()))
}

/// What the user accepted for the repository at each of `roots`; nothing where another one lies there now.
fn accepted(context: &Context, roots: &BTreeSet<PathBuf>) -> Vec<Accepted> {
    let accepted = |root: &PathBuf| {
        let mut accepted = Accepted::of(&context.environment, root);
        if accepted.repository().is_some_and(|first| !holds(context, root, first)) {
            accepted.disregard();
        }
        accepted
    };
    roots.iter().map(accepted).collect()
}

/// Whether the repository at `root` has the commit `id`.
fn holds(context: &Context, root: &Path, id: &str) -> bool {
    let git = Git::new(root, &context.environment).map(|git| git.as_written());
    let found = git.and_then(|git| git.run(["cat-file", "-e", &format!("{id}^{{commit}}")]));
    id.bytes().all(|byte| byte.is_ascii_hexdigit()) && found.is_ok_and(|found| found.status.success())
}

/// The first commit of the repository at `root`; `None` where there is none yet, and outside of any repository.
fn first_commit(context: &Context, root: &Path) -> Option<String> {
    let git = Git::new(root, &context.environment).ok()?.as_written();
    let first = ["rev-list", "--max-parents=0", "--first-parent", "HEAD", "--"];
    let found = git.run(first).ok().filter(|found| found.status.success())?;
    let id = String::from_utf8(found.stdout).ok()?.lines().next()?.to_owned();
    Some(id)
}

/// Those of `readers` who are neither the user nor accepted, by the names that they have now, in each of `roots`.
///
/// # Errors
/// As [`Context::session`].
pub(super) fn strangers(
    context: &Context,
    roots: &BTreeSet<PathBuf>,
    mut readers: Vec<Reader>,
) -> Result<Vec<Reader>> {
    if readers.is_empty() {
        return Ok(readers);
    }
    let accepted = accepted(context, roots);
    for error in accepted.iter().filter_map(Accepted::trouble) {
        context.ui.warn(&format!("whom you said yes to before does not count: {error}"));
    }
    let is_accepted = |reader: &Reader| {
        accepted.iter().all(|accepted| accepted.has(&reader.rid, reader.name.as_deref()))
            && !accepted.is_empty()
    };
    readers.retain(|reader| !is_accepted(reader));
    if !readers.is_empty() {
        let own: Rids = identities(context.session()?)
            .iter()
            .flat_map(|source| source.keys())
            .map(|(rid, _)| rid.to_owned())
            .collect();
        readers.retain(|reader| !own.contains(&reader.rid));
    }
    Ok(readers)
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
    readers: Vec<Reader>,
    is_yes: bool,
) -> Result<()> {
    let roots = root(path, config).into_iter().collect();
    let readers = strangers(context, &roots, readers)?;
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
    let accepted = accepted(context, roots);
    for (reader, what) in newcomers {
        context.ui.disclose(&format!("  {}, to read {what}", reader.in_full()));
        let whole = std::iter::once((0, reader));
        for (depth, member) in whole.chain(reader.everybody().into_iter().map(|(depth, of)| (depth + 1, of)))
        {
            let indent = "  ".repeat(depth + 1);
            if depth > 0 {
                context.ui.disclose(&format!("{indent}{}", member.in_full()));
            }
            if let Some(other) = accepted.iter().find_map(|accepted| other_key(accepted, member)) {
                context.ui.disclose(&format!("{indent}  {other}"));
            }
        }
    }
    let question = "are these keys theirs, and may they read?";
    let answer = match is_yes {
        true => Some(true),
        false => context.session()?.prompt().confirm(question, "yes", Some("no")),
    };
    if answer == Some(true) {
        let mut welcome = Welcome::default();
        for (reader, _) in newcomers {
            welcome.recipients.insert(reader.rid.clone(), reader.name.clone());
            let all = reader.everybody().into_iter().map(|(_, member)| member).chain([reader]);
            let named = all.filter_map(|reader| Some((reader.name.clone()?, reader.rid.clone())));
            welcome.names.extend(named);
        }
        accept(context, roots, &welcome);
    }
    Ok(answer)
}

/// That `reader` has another key than who was accepted by the same name, or another name.
fn other_key(accepted: &Accepted, reader: &Reader) -> Option<String> {
    let name = reader.name.as_deref()?;
    if let Some(known) = accepted.known_as(name).filter(|known| *known != reader.rid) {
        let (known, name) = (Reader::of(known, None), escape(name));
        if !reader.members.is_empty() {
            return Some(format!("this is not the group that you said yes to as '{name}' before"));
        }
        let known = known.in_full();
        return Some(format!("this is not what you said yes to as '{name}' before: {known}"));
    }
    let known = accepted.name_of(&reader.rid).filter(|known| *known != name)?;
    Some(format!("you said yes to this as '{}' before", escape(known)))
}

/// Remembers that the user accepted `welcome` in each of `roots`. Where that is impossible, they are asked for again.
fn accept(context: &Context, roots: &BTreeSet<PathBuf>, welcome: &Welcome) {
    for (root, mut accepted) in roots.iter().zip(accepted(context, roots)) {
        let first = first_commit(context, root);
        if let Err(error) = accepted.accept(root, first.as_deref(), welcome) {
            context.ui.warn(&format!("this yes cannot be remembered: {error}"));
        }
    }
}

/// Forgets in each of `roots` that the user accepted those in `removed`, and groups with anybody in them who is in
/// `removed`, or was in a group there and is not in `staying`.
pub(super) fn withdraw(context: &Context, roots: &BTreeSet<PathBuf>, removed: &Rids, staying: &Rids) {
    let all = |rids: &Rids| -> Rids { rids.iter().flat_map(|rid| keys_of(&Reader::of(rid, None))).collect() };
    let mut gone: Rids = all(removed).difference(&all(staying)).cloned().collect();
    gone.extend(removed.iter().cloned());
    let is_gone = |rid: &str| {
        removed.contains(rid) || keys_of(&Reader::of(rid, None)).iter().any(|rid| gone.contains(rid))
    };
    for root in roots {
        if let Err(error) = Accepted::of(&context.environment, root).withdraw(root, is_gone) {
            context.ui.warn(&format!("that you said yes to who leaves cannot be forgotten: {error}"));
        }
    }
}

/// The keys in `reader`, which may be a group.
fn keys_of(reader: &Reader) -> Vec<String> {
    let members = reader.everybody().into_iter().map(|(_, member)| member);
    let keys = members.chain([reader]).filter(|reader| reader.members.is_empty());
    keys.map(|reader| reader.rid.clone()).collect()
}
