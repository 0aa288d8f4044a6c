//! `dekko reseal`: a file that was put together by hand or merged by lines, sealed again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::context::Context;
use super::hints::shell_word;
use super::options::Typed;
use super::source::{Content, Source};
use super::ui::Status;
use crate::crypto::SystemRandom;
use crate::document::{Document, Style};
use crate::error::{Error, Result};
use crate::file::{DataKeys, EncryptedFile, FileType, NoPast, OpenFile, Reseal, UnsealedFile};
use crate::format;
use crate::fs::Readers;
use crate::git::{around, parents};
use crate::merge::marks::Marked;

/// Seal a file that was merged by hand or line by line
///
/// Every encrypted value must open where it stands; one that was moved to another key does not, and has to be set anew.
/// What differs from the versions that the file comes from, or from the last commit, is shown, and you are asked. Metadata
/// must be as they were sealed: recipients are not taken from a file that does not hold.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Seal without asking
    #[arg(short, long)]
    yes: bool,
    #[command(flatten)]
    typed: Typed,
}

const EXAMPLES: &str = "\
Examples:
  dekko reseal secrets/app.yaml
  dekko reseal --yes secrets/*.yaml";

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let sources = Source::distinct(&self.files);
        let done = context.each(sources, |source| self.reseal(context, source));
        Ok(done.err().unwrap_or(Status::DONE))
    }

    fn reseal(&self, context: &Context, source: Source) -> Result<()> {
        let content = source.read()?;
        let name = content.source.name().to_owned();
        let sealed = self.sealed(context, &content).map_err(|error| error.in_file(&name))?;
        match sealed {
            None => context.ui.note(&format!("{} is sealed as it is", content.source)),
            Some(bytes) => {
                context.replace(&content, &bytes, Readers::AsBefore)?;
                context.ui.note(&format!("{} is sealed", content.source));
            }
        }
        Ok(())
    }

    /// The sealed file; `None` when it is that already.
    fn sealed(&self, context: &Context, content: &Content) -> Result<Option<Vec<u8>>> {
        if let Some(marked) = Marked::read(&String::from_utf8_lossy(&content.bytes)) {
            return Err(Error::Conflict { line: marked.line });
        }
        let found = FileType::of_encrypted(&content.source.file_name(), &content.bytes);
        let file_type = self.typed.file_type.unwrap_or(found);
        let keys = DataKeys::new(context.session()?);
        let read = || EncryptedFile::read(file_type, content.bytes.clone());
        let key = keys.of(&read()?)?;
        let is_sound = |file: OpenFile| file.plain().map(|_| ());
        if read()?.open(key.copy()).and_then(is_sound).is_ok() {
            return Ok(None);
        }
        let file = read()?.open_unsealed(key)?;
        let plain = file.plain()?;
        let known = match content.source.path().and_then(|path| around(path, &context.environment)) {
            Some((git, name)) => parents(&git, file_type, &name, &keys)?,
            None => None,
        };
        self.agreed(context, content.source.name(), &file, &plain, known.as_deref())?;
        let known: Option<Vec<_>> = known.as_ref().map(|known| known.iter().collect());
        let reseal = Reseal { origins: &[&file], parents: known.as_deref(), past: &NoPast };
        reseal.seal(plain, &mut SystemRandom).map(Some)
    }

    /// Shows what the person who seals `file` vouches for, and asks.
    fn agreed(
        &self,
        context: &Context,
        name: &Path,
        file: &UnsealedFile,
        plain: &[u8],
        known: Option<&[OpenFile]>,
    ) -> Result<()> {
        let FileType::Text(format) = file.file().file_type() else { return Ok(()) };
        let new = leaves(&format::parse(format, plain.to_vec())?);
        match known.unwrap_or_default() {
            [] => context
                .ui
                .disclose("no version that it comes from is at hand: everything in it is vouched for anew"),
            versions => {
                for (number, version) in versions.iter().enumerate() {
                    let old = leaves(&format::parse(format, version.plain()?)?);
                    let which = if number == 0 { "ours" } else { "the other version" };
                    context.ui.disclose(&format!("against {which}:"));
                    for line in differences(&old, &new) {
                        context.ui.disclose(&format!("  {line}"));
                    }
                }
            }
        }
        if self.yes {
            return Ok(());
        }
        let question = format!("seal '{}' as it is?", crate::document::escape(&name.to_string_lossy()));
        match context.session()?.prompt().confirm(&question, "yes", Some("no")) {
            Some(true) => Ok(()),
            _ => {
                let what =
                    format!("nobody agreed; look at it, then: dekko reseal --yes {}", shell_word(name));
                Err(Error::Usage { what })
            }
        }
    }
}

/// The text of each value by its key path; several of one path in order.
fn leaves(document: &Document) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for leaf in document.leaves().iter().filter(|leaf| leaf.style != Style::Comment) {
        found.entry(document.path_of(leaf.node)).or_default().push(document.src(leaf.span).to_owned());
    }
    found
}

/// What is in `new` and not in `old`, by key path; no values.
fn differences(old: &BTreeMap<String, Vec<String>>, new: &BTreeMap<String, Vec<String>>) -> Vec<String> {
    let mut lines = Vec::new();
    for (path, values) in new {
        match old.get(path) {
            None => lines.push(format!("+ {path}")),
            Some(before) if before != values => lines.push(format!("~ {path}  changed")),
            Some(_) => {}
        }
    }
    lines.extend(old.keys().filter(|path| !new.contains_key(*path)).map(|path| format!("- {path}")));
    if lines.is_empty() {
        lines.push("no value differs".to_owned());
    }
    lines
}
