//! `dekko unset`: one entry of an encrypted file, removed.

use super::context::Context;
use super::place::{Found, Place};
use super::ui::Status;
use crate::crypto::SystemRandom;
use crate::error::Result;
use crate::fs::Readers;

/// Remove one entry: its line and nothing else
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    place: Place,
}

const EXAMPLES: &str = "\
Examples:
  dekko unset secrets/app.yaml db.old_password
  dekko unset secrets/app.yaml 'users[2]'";

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let Found { opened, plain, path, within } = self.place.open_to_change(context)?;
        let text = plain.unset(&path, within);
        let past = opened.content.past(context);
        let new = text.and_then(|text| opened.file.edit_after(text.into_bytes(), &past, &mut SystemRandom));
        context.replace(
            &opened.content,
            &new.map_err(|error| error.in_file(&self.place.file))?,
            Readers::AsBefore,
        )?;
        Ok(Status::DONE)
    }
}
