//! A plain file whose last commit is encrypted: it is encrypted as an edit of that, so that its history stays one.

use super::context::{Context, Opened, repository_of};
use super::readers::list;
use super::recipe::Plan;
use super::source::{Content, Source};
use crate::error::Error;
use crate::file::{EncryptedFile, FileType};
use crate::git::last_version;
use crate::provider::recipient_of;

/// The version of the file `target` that git's last commit has, when it is encrypted.
pub(super) fn last(context: &Context, target: &Source) -> Option<(Content, EncryptedFile)> {
    let path = target.path().filter(|path| repository_of(path).is_some())?;
    // Where git cannot say, there is nothing to go on from.
    let bytes = last_version(path, &context.environment).ok().flatten()?;
    let content = Content { source: target.clone(), bytes };
    let file = content.encrypted(None).ok()?;
    Some((content, file))
}

/// What `last` gave, opened, when the new version may go on from it: it has this type, is for nobody whom `plan` does not name,
/// and an identity here opens it. Else a warning says why not.
pub(super) fn opened(
    context: &Context,
    (content, file): (Content, EncryptedFile),
    file_type: FileType,
    plan: &Plan,
) -> Option<Opened> {
    if file.file_type() != file_type {
        warn(context, &content.source, "it was of another type there");
        return None;
    }
    let config = context.config_for(&content.source).ok().flatten();
    let is_named = |rid: &String| plan.readers.iter().any(|reader| reader.rid == *rid);
    let mut others =
        file.envelope().recipients.iter().map(recipient_of).filter(|rid| !is_named(rid)).peekable();
    if others.peek().is_some() {
        let others: Vec<_> = others.map(|rid| super::readers::Reader::of(rid, config.as_ref())).collect();
        let why = format!("its rule does not name {}, who can read it there", list(&others));
        warn(context, &content.source, &why);
        return None;
    }
    match context.unlock(file, &content) {
        Ok(file) => Some(Opened { content, file }),
        Err(error) => {
            let why = match error.bare() {
                Error::NoIdentity { .. } => "no identity here opens it".to_owned(),
                other => other.to_string(),
            };
            warn(context, &content.source, &why);
            None
        }
    }
}

/// Warns that the file gets a data key that the one of its last commit does not vouch for.
pub(super) fn warn(context: &Context, source: &Source, why: &str) {
    context.ui.warn(&format!(
        "{source} is under a new data key, and not the one of its last commit ({why}): dekko verify --history will find that"
    ));
}
