//! `dekko git guard`: encrypting on `git add`.

use std::path::Path;

use clap::Subcommand;

use crate::cli::context::Context;
use crate::cli::ui::Status;
use crate::error::Result;
use crate::git::Git;
use crate::git::guard::{Guard, guard, switch_off, switch_on};

/// Encrypt on 'git add' what a rule of dekko.toml names, in this repository
///
/// 'on' sets a filter in the repository's own configuration and in .git/info/attributes: whatever stages a file that a
/// rule names stages it encrypted, or fails. The work tree stays as it is, and nothing is ever decrypted on checkout. Run
/// it again when the rules change.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    action: Action,
}

const EXAMPLES: &str = "\
Examples:
  dekko git guard on
  dekko git guard status
  dekko git guard off";

#[derive(Subcommand)]
enum Action {
    /// Switch it on, for the files that the rules name now
    On,
    /// Switch it off, and leave nothing of it
    Off,
    /// Say whether it is on; the status is 1 when it is not, or not for what the rules name
    Status,
}

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let git = Git::new(Path::new("."), &context.environment)?;
        match self.action {
            Action::On => switch_on(&git)?,
            Action::Off => switch_off(&git)?,
            Action::Status => {
                let state = guard(&git)?;
                let (line, status) = match state {
                    Guard::On => ("on\n", Status::DONE),
                    Guard::Off => ("off\n", Status::NO),
                    Guard::Stale => ("on, and not for what the rules name now\n", Status::NO),
                };
                context.ui.data(line.as_bytes())?;
                if state == Guard::Stale {
                    context.ui.hint("bring it up to date: dekko git guard on");
                }
                return Ok(status);
            }
        }
        Ok(Status::DONE)
    }
}
