//! `dekko git`: what git runs, and what prepares git for it.

mod textconv;

use std::ffi::OsString;

use clap::Subcommand;

use super::context::Context;
use super::ui::Status;
use crate::environment::Environment;
use crate::error::Result;

/// Work with git: readable diffs, merges value by value
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Textconv(textconv::Args),
}

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        match self.command {
            Command::Textconv(args) => args.run(context),
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

/// Whether `arguments` are meant for a command whose failure git takes for its own: it ends with 0 whatever happens.
pub(super) fn never_fails(arguments: &[OsString]) -> bool {
    arguments.windows(2).any(|pair| matches!(pair, [git, command] if git == "git" && command == "textconv"))
}
