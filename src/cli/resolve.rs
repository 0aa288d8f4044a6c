//! `dekko resolve`: a file that a merge left in conflict, finished and sealed.

use std::path::PathBuf;

use super::context::Context;
use super::edit;
use super::hints::shell_word;
use super::ui::Status;
use super::unfinished::{Decisions, agreed_to_text, load};
use super::vouched::Agreement;
use super::whole;
use crate::error::Result;
use crate::fs::Readers;

/// Finish a merge that left a file in conflict
///
/// On disk both sides of a conflict are ciphertext. On a terminal each conflict is shown with both values and asked about;
/// elsewhere, say what to take. The file is sealed and ready for 'git add' afterwards; until everything is decided, it
/// stays as it is.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES, override_usage = "dekko resolve [OPTIONS] <FILE>")]
pub(super) struct Args {
    /// The file
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    decisions: Decisions,
    /// Open the decrypted text with its marks in your editor
    #[arg(long, conflicts_with_all = ["ours", "theirs", "union"])]
    edit: bool,
    /// Merge the versions in git's index again, without what was changed in the file since
    #[arg(long)]
    anew: bool,
}

const EXAMPLES: &str = "\
Examples:
  dekko resolve secrets/app.yaml
  dekko resolve secrets/app.yaml --theirs
  dekko resolve secrets/app.yaml --ours db.password --theirs cache
  dekko resolve secrets/app.yaml --edit
  dekko resolve secrets/cert.p12 --theirs     a file that is encrypted as a whole has two sides and no paths";

impl Args {
    /// Runs the command.
    pub fn run(mut self, context: &Context) -> Result<Status> {
        let file = self.decisions.file(self.file.take())?;
        if self.edit {
            return edit::conflict(context, file, self.anew, Agreement::of(self.decisions.yes));
        }
        if let Some(status) = whole::resolve(context, &file, &self.decisions)? {
            return Ok(status);
        }
        let (content, unfinished) = load(context, &file, self.anew)?;
        let seal = || {
            let choices = self.decisions.choices(context, &file, &unfinished)?;
            let text = unfinished.text(&choices).into_bytes();
            let agreement = Agreement::of(self.decisions.yes);
            agreed_to_text(context, &file, &unfinished, &text, agreement)?;
            unfinished.seal(text, &content.past(context))
        };
        let bytes = seal().map_err(|error| error.in_file(&file))?;
        context.replace(&content, &bytes, Readers::AsBefore)?;
        context.ui.note(&format!("{} is sealed; go on with: git add {}", content.source, shell_word(&file)));
        Ok(Status::DONE)
    }
}
