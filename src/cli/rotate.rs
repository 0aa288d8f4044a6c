//! `dekko rotate`: a new data key.

use std::path::{Path, PathBuf};

use super::context::{Context, Opened};
use super::options::Typed;
use super::readers::{Reader, list};
use super::recipe::now;
use super::ui::Status;
use crate::crypto::{DataKey, SystemRandom};
use crate::document::escape;
use crate::error::Result;
use crate::file::Rotation;
use crate::fs::Readers;

/// Give files new data keys
///
/// Every value is encrypted anew, for the same recipients: those in the file, verified, not those in dekko.toml. The
/// values themselves stay: whoever knew them still knows them.
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

impl Args {
    /// Runs the command. Each file is replaced whole or not at all; one that fails does not keep the others.
    pub fn run(self, context: &Context) -> Result<Status> {
        let done = context.each(&self.files, |file| self.rotate(context, file));
        Ok(done.map_or_else(|status| status, |_| Status::DONE))
    }

    fn rotate(&self, context: &Context, file: &Path) -> Result<()> {
        let opened = context.open_to_change(file, self.typed.file_type)?;
        let config = context.config_for(&opened.content.source)?;
        let readers = Reader::of_file(opened.file.file().envelope(), config.as_ref());
        let bytes = rotated(context, &opened, &readers).map_err(|error| error.in_file(file))?;
        context.replace(&opened.content, &bytes, Readers::AsBefore)?;
        let name = escape(&file.to_string_lossy());
        context.ui.note(&format!("'{name}' has a new data key, for {}", list(&readers)));
        Ok(())
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
