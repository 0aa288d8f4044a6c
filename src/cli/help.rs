//! `dekko help`: what `--help` shows, for those who ask first and name the command then.

use clap::Parser;

use super::Cli;
use super::context::Context;
use super::ui::Status;
use crate::error::{Error, Result};

/// Show what a command does; without one, all commands
///
/// The same as the command's own --help.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The command (recipients add)
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

const EXAMPLES: &str = "\
Examples:
  dekko help encrypt
  dekko help recipients add";

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let words = ["dekko".to_owned()].into_iter().chain(self.command).chain(["--help".to_owned()]);
        match Cli::try_parse_from(words) {
            Err(shown) => Ok(Status(context.ui.usage(&shown))),
            Ok(_) => Err(Error::Usage { what: "name a command; dekko help shows them all".to_owned() }),
        }
    }
}
