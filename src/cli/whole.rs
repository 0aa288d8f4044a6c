//! A conflict of a file that is encrypted as a whole: one of its sides is taken, as it is.

use std::collections::BTreeSet;
use std::path::Path;

use super::context::Context;
use super::hints::shell_word;
use super::readers::{Reader, list};
use super::source::{Content, Source};
use super::ui::Status;
use super::unfinished::Decisions;
use super::vouched::Agreement;
use crate::error::{Error, Result};
use crate::file::{DataKeys, EncryptedFile, FileType, sides_of_wholes};
use crate::fs::Readers;
use crate::git::{around, stages};
use crate::merge::marks::Side;
use crate::provider::recipient_of;

/// The versions in conflict.
struct Sides {
    ours: Vec<u8>,
    theirs: Vec<u8>,
}

/// Takes the side that `decisions` name, or the person at the terminal; `None` when the file at `path` is not one that is
/// encrypted as a whole and in conflict.
///
/// # Errors
/// [`Error::Usage`] when nothing says which side, or nobody agrees to other readers; as [`DataKeys::open`] for a side
/// that does not verify.
pub(super) fn resolve(context: &Context, path: &Path, decisions: &Decisions) -> Result<Option<Status>> {
    let content = Source::of(path).read()?;
    let Some(sides) = sides(context, path, &content)? else { return Ok(None) };
    let bytes = taken(context, path, decisions, sides).map_err(|error| error.in_file(path))?;
    context.replace(&content, &bytes, Readers::AsBefore)?;
    context.ui.note(&format!("{} is sealed; go on with: git add {}", content.source, shell_word(path)));
    Ok(Some(Status::DONE))
}

/// The versions in git's index, else those between the marks.
fn sides(context: &Context, path: &Path, content: &Content) -> Result<Option<Sides>> {
    let marked = sides_of_wholes(&content.bytes);
    let stages = match around(path, &context.environment) {
        Some((git, name)) => stages(&git, &name)?,
        None => None,
    };
    if let Some(stages) = stages
        && let (Some(ours), Some(theirs)) = (stages.ours, stages.theirs)
    {
        let is_whole = |bytes: &Vec<u8>| EncryptedFile::read(FileType::Binary, bytes.clone()).is_ok();
        let is_meant = marked.is_some() || (is_whole(&ours) && is_whole(&theirs));
        return Ok(is_meant.then_some(Sides { ours, theirs }));
    }
    Ok(marked.map(|(ours, theirs)| Sides { ours: ours.to_vec(), theirs: theirs.to_vec() }))
}

/// The bytes of the side that is wanted, verified.
fn taken(context: &Context, path: &Path, decisions: &Decisions, sides: Sides) -> Result<Vec<u8>> {
    let side = match decisions.side()? {
        Some(side) => side,
        None => asked(context, path)?,
    };
    let (wanted, other) = match side {
        Side::Theirs => (sides.theirs, sides.ours),
        _ => (sides.ours, sides.theirs),
    };
    let keys = DataKeys::new(context.session()?);
    let file = EncryptedFile::read(FileType::Binary, wanted.clone()).map_err(|error| match error {
        Error::NotEncrypted => {
            let word = shell_word(path);
            let what = format!(
                "that side is not encrypted; take it (git checkout --theirs -- {word}, or --ours), then: dekko encrypt {word}"
            );
            Error::Usage { what }
        }
        error => error,
    })?;
    if let Ok(other) = EncryptedFile::read(FileType::Binary, other) {
        agreed(context, path, &file, &other, Agreement::of(decisions.yes))?;
    }
    keys.open(file)?.plain()?;
    Ok(wanted)
}

/// The side that the person at the terminal wants.
fn asked(context: &Context, path: &Path) -> Result<Side> {
    let prompt = context.session()?.prompt();
    while prompt.is_present() {
        let question = "the file is encrypted as a whole; take (o)urs or (t)heirs? Enter leaves it";
        match prompt.line(question).as_deref().and_then(|answer| answer.trim().chars().next()) {
            Some('o' | 'O') => return Ok(Side::Ours),
            Some('t' | 'T') => return Ok(Side::Theirs),
            Some(_) => prompt.tell("that is none of o and t"),
            None => break,
        }
    }
    let word = shell_word(path);
    let what = format!("nothing was written; take one side: dekko resolve {word} --ours, or --theirs");
    Err(Error::Usage { what })
}

/// Says who can read `file`, where that are not those who can read `other`, and asks.
fn agreed(
    context: &Context,
    path: &Path,
    file: &EncryptedFile,
    other: &EncryptedFile,
    agreement: Agreement,
) -> Result<()> {
    let rids = |file: &EncryptedFile| -> BTreeSet<String> {
        file.envelope().recipients.iter().map(recipient_of).collect()
    };
    if rids(file) == rids(other) {
        return Ok(());
    }
    let config = context.config_for(&Source::of(path))?;
    let readers = |file: &EncryptedFile| list(&Reader::of_file(file.envelope(), config.as_ref()));
    context.ui.disclose(&format!(
        "this side is encrypted for {}; the other for {}",
        readers(file),
        readers(other)
    ));
    if agreement == Agreement::Given {
        return Ok(());
    }
    match context.session()?.prompt().confirm("take it with its readers?", "yes", Some("no")) {
        Some(true) => Ok(()),
        _ => Err(Error::Usage {
            what: "its readers must be agreed to (dekko resolve --yes); nothing was written".to_owned(),
        }),
    }
}
