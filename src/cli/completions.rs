//! `dekko completions`: what a shell needs to complete dekko's commands.

use clap::CommandFactory;
use clap_complete::Shell;

use super::Cli;
use super::context::Context;
use super::ui::Status;
use crate::error::Result;

/// Write the completions for a shell to standard output
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// bash, elvish, fish, powershell or zsh
    #[arg(value_enum, hide_possible_values = true)]
    shell: Shell,
}

const EXAMPLES: &str = "\
Examples:
  dekko completions bash > ~/.local/share/bash-completion/completions/dekko
  dekko completions zsh > ~/.zfunc/_dekko
  dekko completions fish > ~/.config/fish/completions/dekko.fish
  dekko completions powershell >> $PROFILE
  dekko completions elvish >> ~/.config/elvish/rc.elv";

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "dekko", &mut script);
        context.ui.data(&script)?;
        Ok(Status::DONE)
    }
}
