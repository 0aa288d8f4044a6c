//! `dekko git`: what git runs, and what prepares git for it.

mod attributes;
mod doctor;
mod filter;
mod guard;
mod hooks;
mod install;
mod merge_driver;
mod mergetool;
mod notices;
mod textconv;

use std::ffi::OsString;

use clap::Subcommand;

pub(super) use attributes::prepare;
pub(super) use notices::said;

use super::context::Context;
use super::ui::Status;
use crate::environment::Environment;
use crate::error::Result;
use crate::fs::vacate;

/// Work with git: readable diffs, merges value by value
#[derive(clap::Args)]
#[command(arg_required_else_help = true, after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  dekko git install                     once for every machine
  git diff; git log -p; git merge       as ever";

#[derive(Subcommand)]
enum Command {
    Install(install::InstallArgs),
    Uninstall(install::UninstallArgs),
    Doctor(doctor::Args),
    Attributes(attributes::Args),
    Textconv(textconv::Args),
    MergeDriver(merge_driver::Args),
    Mergetool(mergetool::Args),
    Hooks(hooks::Args),
    Guard(guard::Args),
    Filter(filter::Args),
}

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        match self.command {
            Command::Install(args) => args.run(context),
            Command::Uninstall(args) => args.run(context),
            Command::Doctor(args) => args.run(context),
            Command::Attributes(args) => args.run(context),
            Command::Textconv(args) => args.run(context),
            Command::MergeDriver(args) => Ok(args.run(context)),
            Command::Mergetool(args) => args.run(context),
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
        "merge-driver" => {
            let files = arguments.iter().skip_while(|argument| *argument != "--");
            files.skip(2).take(1).for_each(|ours| vacate(ours.as_ref()));
            Some(merge_driver::FAILED)
        }
        _ => None,
    }
}
