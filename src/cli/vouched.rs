//! What a person vouches for who seals a text that was not merged from verified versions alone.

use std::collections::BTreeMap;
use std::path::Path;

use super::context::Context;
use super::hints::shell_word;
use crate::document::{Document, Style, escape};
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

/// Shows by key path what differs in `plain`, the text of the file `name`, from the verified `versions` that it comes from, and
/// asks.
///
/// # Errors
/// [`Error::Usage`] when nobody agrees.
pub(super) fn vouched(
    context: &Context,
    name: &Path,
    format: &'static dyn Format,
    plain: &[u8],
    versions: &[OpenFile],
    agreement: Agreement,
) -> Result<()> {
    let new = Values::of(&format::parse(format, plain.to_vec())?);
    if versions.is_empty() {
        context
            .ui
            .disclose("no verified version that it comes from is at hand: all of it is vouched for anew");
    }
    for (number, version) in versions.iter().enumerate() {
        let old = Values::of(&format::parse(format, version.plain()?)?);
        context.ui.disclose(if number == 0 { "against our version:" } else { "against the other version:" });
        for line in new.against(&old) {
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
