//! `dekko rotate`: a new data key.

use std::path::{Path, PathBuf};

use super::context::{Context, Opened};
use super::options::Typed;
use super::readers::{Reader, list};
use super::recipe::now;
use super::source::{Content, Source};
use super::ui::Status;
use crate::crypto::{DataKey, SystemRandom};
use crate::error::Result;
use crate::file::Rotation;
use crate::fs::Readers;

/// Give files new data keys
///
/// Every value is encrypted anew, for the same recipients: those in the file, verified, not those in dekko.toml. The
/// values themselves stay: whoever knew them still knows them. Several files are all sealed before the first is written.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The encrypted files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    typed: Typed,
}

const EXAMPLES: &str = "\
Examples:
  dekko rotate secrets/app.yaml
  dekko rotate secrets/*.yaml";

/// A file that is not written yet.
struct Ready {
    content: Content,
    bytes: Vec<u8>,
    /// What was done, for people.
    done: String,
}

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let sources = Source::distinct(&self.files);
        let ready = match context.each(sources, |source| self.seal(context, &source)) {
            Ok(ready) => ready,
            Err(status) => {
                if self.files.len() > 1 {
                    context.ui.note("nothing was written");
                }
                return Ok(status);
            }
        };
        let written = context.each(ready, |file| {
            context.replace(&file.content, &file.bytes, Readers::AsBefore)?;
            context.ui.note(&file.done);
            Ok(())
        });
        Ok(written.err().unwrap_or(Status::DONE))
    }

    /// Seals `file` under a new data key, and writes nothing.
    fn seal(&self, context: &Context, source: &Source) -> Result<Ready> {
        let file = source.path().unwrap_or(Path::new("-"));
        let opened = context.open_to_change(file, self.typed.file_type)?;
        let config = context.config_for(&opened.content.source)?;
        let readers = Reader::of_file(opened.file.file().envelope(), config.as_ref());
        let bytes = rotated(context, &opened, &readers).map_err(|error| error.in_file(file))?;
        let done = format!("{} has a new data key, for {}", opened.content.source, list(&readers));
        Ok(Ready { content: opened.content, bytes, done })
    }
}

/// The bytes of `opened` under a new data key for `readers`.
///
/// # Errors
/// As [`Context::wrap`] and [`crate::file::OpenFile::rotate`].
pub(super) fn rotated(context: &Context, opened: &Opened, readers: &[Reader]) -> Result<Vec<u8>> {
    let random = &mut SystemRandom;
    let rotation = Rotation { key: DataKey::generate(random)?, rotated: now() };
    opened.file.rotate(rotation, &mut |file, key| context.wrap(readers, file, key), random)
}
