//! What a person vouches for who seals a text that was not merged from verified versions alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::context::Context;
use super::hints::shell_word;
use crate::document::{Document, Style, escape};
use crate::envelope::Envelope;
use crate::error::{Error, Result};
use crate::file::outline;
use crate::format::{self, Format};
use crate::git::Known;
use crate::merge::changed_lines;
use crate::merge::marks::Side;
use crate::provider::recipient_of;

/// Whether the person agreed beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Agreement {
    /// With `--yes`.
    Given,
    /// Not yet.
    Asked,
}

impl Agreement {
    /// What the option `--yes` says.
    pub fn of(yes: bool) -> Self {
        if yes { Self::Given } else { Self::Asked }
    }
}

/// What is to be sealed.
pub(super) struct Subject<'a> {
    /// The name of the file.
    pub name: &'a Path,
    /// Its format.
    pub format: &'static dyn Format,
    /// The metadata that it will have.
    pub envelope: &'a Envelope,
    /// Its plain text.
    pub plain: &'a [u8],
}

/// Shows what differs in `subject` from the verified versions that it comes from: values by key path, recipients, and
/// every line of the text beside the values; and asks.
///
/// # Errors
/// [`Error::Usage`] when nobody agrees.
pub(super) fn vouched(
    context: &Context,
    subject: &Subject<'_>,
    known: &Known,
    agreement: Agreement,
) -> Result<()> {
    let Subject { name, format, envelope, .. } = *subject;
    let new = Values::of(&format::parse(format, subject.plain.to_vec())?);
    let text = outline(format, subject.plain.to_vec(), envelope)?;
    let disclose = |heading: &str, lines: Vec<String>| {
        context.ui.disclose(heading);
        lines.iter().for_each(|line| context.ui.disclose(&format!("  {line}")));
    };
    if known.versions.is_empty() {
        let heading = "no verified version that it comes from is at hand: all of it is vouched for anew";
        disclose(heading, text_lines("", &text));
    }
    for (number, version) in known.versions.iter().enumerate() {
        let before = version.file().envelope();
        let plain = version.plain()?;
        let heading = match (number, &known.older) {
            (_, Some(commit)) => format!(
                "no newer version holds and opens; against the one in commit {}:",
                commit.get(..10).unwrap_or(commit)
            ),
            (0, None) => "against our version:".to_owned(),
            _ => "against the other version:".to_owned(),
        };
        let mut lines = new.against(&Values::of(&format::parse(format, plain.clone())?));
        lines.extend(Rids::of(envelope).against(&Rids::of(before)));
        lines.extend(text_lines(&outline(format, plain, before)?, &text));
        disclose(&heading, lines);
    }
    if agreement == Agreement::Given {
        return Ok(());
    }
    let question = format!("seal '{}' as it is?", escape(&name.to_string_lossy()));
    match context.session()?.prompt().confirm(&question, "yes", Some("no")) {
        Some(true) => Ok(()),
        _ => {
            let word = shell_word(name);
            let what = format!("nobody agreed, nothing was written; look at {word}, then say --yes");
            Err(Error::Usage { what })
        }
    }
}

/// The lines in which the texts `old` and `new` differ, values left out.
fn text_lines(old: &str, new: &str) -> Vec<String> {
    let lines = changed_lines(old, new).into_iter();
    lines
        .map(|(side, line)| format!("{} text {}", if side == Side::Ours { '+' } else { '-' }, escape(line)))
        .collect()
}

/// Who has access.
struct Rids(BTreeSet<String>);

impl Rids {
    fn of(envelope: &Envelope) -> Self {
        Self(envelope.recipients.iter().map(recipient_of).collect())
    }

    /// Who has access and had none in `old`, and the other way round.
    fn against(&self, old: &Self) -> Vec<String> {
        let named = |sign: char, rid: &String| format!("{sign} recipient {}", escape(rid));
        let new = self.0.difference(&old.0).map(|rid| named('+', rid));
        new.chain(old.0.difference(&self.0).map(|rid| named('-', rid))).collect()
    }
}

/// The text of each value by its key path; several of one path in order.
struct Values(BTreeMap<String, Vec<String>>);

impl Values {
    fn of(document: &Document) -> Self {
        let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for leaf in document.leaves().iter().filter(|leaf| leaf.style != Style::Comment) {
            found.entry(document.path_of(leaf.node)).or_default().push(document.src(leaf.span).to_owned());
        }
        Self(found)
    }

    /// What is other than in `old`, by key path; no values.
    fn against(&self, old: &Self) -> Vec<String> {
        let mut lines = Vec::new();
        for (path, values) in &self.0 {
            match old.0.get(path) {
                None => lines.push(format!("+ {path}")),
                Some(before) if before != values => lines.push(format!("~ {path}  changed")),
                Some(_) => {}
            }
        }
        let gone = old.0.keys().filter(|path| !self.0.contains_key(*path));
        lines.extend(gone.map(|path| format!("- {path}")));
        if lines.is_empty() {
            lines.push("no value differs".to_owned());
        }
        lines
    }
}
