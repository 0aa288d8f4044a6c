//! What a person vouches for who seals a text that was not merged from verified versions alone.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::context::Context;
use super::hints::shell_word;
use crate::document::{Document, Style, escape};
use crate::envelope::Envelope;
use crate::error::{Error, Result};
use crate::file::OpenFile;
use crate::format::{self, Format};

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

/// Shows by key path, and by recipient, what differs in `subject` from the verified `versions` that it comes from, and
/// asks.
///
/// # Errors
/// [`Error::Usage`] when nobody agrees.
pub(super) fn vouched(
    context: &Context,
    subject: &Subject<'_>,
    versions: &[OpenFile],
    agreement: Agreement,
) -> Result<()> {
    let Subject { name, format, .. } = *subject;
    let new = Values::of(&format::parse(format, subject.plain.to_vec())?);
    if versions.is_empty() {
        context
            .ui
            .disclose("no verified version that it comes from is at hand: all of it is vouched for anew");
    }
    for (number, version) in versions.iter().enumerate() {
        let readers = Rids::of(version.file().envelope());
        let old = Values::of(&format::parse(format, version.plain()?)?);
        context.ui.disclose(if number == 0 { "against our version:" } else { "against the other version:" });
        for line in new.against(&old).into_iter().chain(Rids::of(subject.envelope).against(&readers)) {
            context.ui.disclose(&format!("  {line}"));
        }
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

/// Who has access.
struct Rids<'a>(BTreeSet<&'a str>);

impl<'a> Rids<'a> {
    fn of(envelope: &'a Envelope) -> Self {
        Self(envelope.recipients.iter().map(|wrapped| wrapped.rid.as_str()).collect())
    }

    /// Who has access and had none in `old`, and the other way round.
    fn against(&self, old: &Self) -> Vec<String> {
        let named = |sign: char, rid: &&str| format!("{sign} recipient {}", escape(rid));
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
