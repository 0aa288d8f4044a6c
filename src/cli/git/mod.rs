//! `dekko git …`: what git calls, and what sets git up to call it.

mod merge_driver;
mod notices;

use clap::Subcommand;

use super::context::Context;
use super::ui::Status;
use crate::error::Result;

/// Work with git: set it up, and what it calls then
#[derive(clap::Args)]
#[command(arg_required_else_help = true)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    MergeDriver(merge_driver::Args),
}

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        match self.command {
            Command::MergeDriver(args) => Ok(args.run(context)),
        }
    }
}

/// The exit status of a command line that cannot be read, where git, and nobody else, acts on it.
pub(super) fn usage_status(arguments: &[std::ffi::OsString]) -> Option<u8> {
    let words = arguments.iter().skip(1).filter_map(|word| word.to_str());
    let mut words = words.skip_while(|word| *word != "git").skip(1);
    (words.next() == Some("merge-driver")).then_some(merge_driver::FAILED)
}
