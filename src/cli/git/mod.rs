//! `dekko git`: what git runs, and what prepares git for it.

mod filter;
mod guard;
mod hooks;
mod merge_driver;
mod notices;
mod textconv;

use std::ffi::OsString;

use clap::Subcommand;

use super::context::Context;
use super::ui::Status;
use crate::environment::Environment;
use crate::error::Result;

/// Work with git: readable diffs, merges value by value
#[derive(clap::Args)]
#[command(arg_required_else_help = true)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Textconv(textconv::Args),
    MergeDriver(merge_driver::Args),
    Hooks(hooks::Args),
    Guard(guard::Args),
    Filter(filter::Args),
}

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        match self.command {
            Command::Textconv(args) => args.run(context),
            Command::MergeDriver(args) => Ok(args.run(context)),
            Command::Hooks(args) => args.run(context),
            Command::Guard(args) => args.run(context),
            Command::Filter(args) => args.run(context),
        }
    }
}

/// The status of a command that git runs some hundred times: started without the tree of commands when `arguments` (the
/// program's own name first) are exactly those that git gives.
pub(super) fn quick(arguments: &[OsString], environment: &Environment) -> Option<u8> {
    match arguments {
        [_, git, command, dashes, file] if git == "git" && command == "textconv" && dashes == "--" => {
            textconv::show(file.as_ref(), &[], environment);
            Some(Status::DONE.0)
        }
        _ => None,
    }
}

/// The exit status of a command line that cannot be read, where nobody but git acts on it: 0 where it would stop at
/// anything else, a failure of the whole merge where it would take anything less for a conflict.
pub(super) fn usage_status(arguments: &[OsString]) -> Option<u8> {
    let command = arguments.windows(2).find(|pair| pair[0] == "git")?[1].to_str()?;
    match command {
        "textconv" => Some(Status::DONE.0),
        "merge-driver" => Some(merge_driver::FAILED),
        _ => None,
    }
}
