//! `dekko unset`: one entry of an encrypted file, removed.

use super::context::Context;
use super::place::{Found, Place};
use super::ui::Status;
use crate::crypto::SystemRandom;
use crate::error::{Error, Result};
use crate::fs::Readers;

/// Remove one entry: its lines and nothing else
///
/// A map or list that holds something is removed with --recursive only.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    place: Place,
    /// Remove a map or list with everything in it
    #[arg(long)]
    recursive: bool,
}

const EXAMPLES: &str = "\
Examples:
  dekko unset secrets/app.yaml db.old_password
  dekko unset secrets/app.yaml 'users[2].name'
  dekko unset --recursive secrets/app.yaml old";

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let Found { opened, plain, path, within } = self.place.open_to_change(context)?;
        let node = plain.found(&path, within).map_err(|error| error.in_file(&self.place.file))?;
        let contents = node.filter(|_| !path.0.is_empty()).and_then(|node| plain.contents(node));
        if let Some(contents) = contents.as_ref().filter(|_| !self.recursive) {
            let what =
                format!("'{path}' is {contents}; to remove it with all that is in it, say --recursive");
            return Err(Error::Usage { what }.in_file(&self.place.file));
        }
        let text = plain.unset(&path, within);
        let past = opened.content.past(context);
        let new = text.and_then(|text| opened.file.edit_after(text.into_bytes(), &past, &mut SystemRandom));
        context.replace(
            &opened.content,
            &new.map_err(|error| error.in_file(&self.place.file))?,
            Readers::AsBefore,
        )?;
        if let Some(contents) = contents {
            context.ui.note(&format!("removed '{path}', {contents}"));
        }
        Ok(Status::DONE)
    }
}
