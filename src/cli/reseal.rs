//! `dekko reseal`: a file that was put together by hand or merged by lines, sealed again.

use std::path::PathBuf;

use super::context::Context;
use super::options::Typed;
use super::source::{Content, Source};
use super::ui::Status;
use super::vouched::{Agreement, vouched};
use crate::crypto::SystemRandom;
use crate::error::{Error, Result};
use crate::file::{DataKeys, EncryptedFile, FileType, OpenFile, Reseal};
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
        if let FileType::Text(format) = file_type {
            let versions = known.as_deref().unwrap_or_default();
            vouched(context, content.source.name(), format, &plain, versions, Agreement::of(self.yes))?;
        }
        let known: Option<Vec<_>> = known.as_ref().map(|known| known.iter().collect());
        let reseal = Reseal { origins: &[&file], parents: known.as_deref(), past: &content.past(context) };
        reseal.seal(plain, &mut SystemRandom).map(Some)
    }
}
