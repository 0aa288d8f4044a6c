//! `dekko git hooks`: checks before commits and pushes.

use std::path::Path;

use clap::Subcommand;

use crate::cli::check::say_idle;
use crate::cli::context::Context;
use crate::cli::ui::Status;
use crate::config::{Config, NAME};
use crate::document::escape;
use crate::error::Result;
use crate::git::Git;
use crate::git::check::Checker;
use crate::git::hooks::{Hook, State, hooks, install_hooks, uninstall_hooks};

/// Check before every commit and push that secrets are encrypted
///
/// The hooks pre-commit and pre-merge-commit run 'dekko check --staged', pre-push runs it for every commit that is new to
/// the remote. git 2.54 and newer take them from the repository's configuration; before that they are files, written only
/// where there are none. Where another hook or tool stands, nothing is touched, and what to add is said.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(in crate::cli) struct Args {
    #[command(subcommand)]
    action: Action,
}

const EXAMPLES: &str = "\
Examples:
  dekko git hooks install
  dekko git hooks status";

#[derive(Subcommand)]
enum Action {
    /// Set the hooks; safe to run twice
    Install,
    /// Remove what 'install' has set, and nothing else
    Uninstall,
    /// Say in which hooks the check runs; the status is 1 when one lacks it
    Status,
}

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let git = Git::new(Path::new("."), &context.environment)?;
        match self.action {
            Action::Uninstall => {
                uninstall_hooks(&git)?;
                Ok(Status::DONE)
            }
            Action::Install => {
                let status = conclude(context, &install_hooks(&git)?);
                // A broken dekko.toml is for the hooks to complain of.
                if Config::find(Path::new(NAME)).is_ok_and(|config| config.is_none())
                    && Checker::new(Path::new("."), &context.environment)?.is_idle().unwrap_or(false)
                {
                    say_idle(context)?;
                }
                Ok(status)
            }
            Action::Status => {
                let found = hooks(&git)?;
                let lines = found.iter().map(|(hook, state)| format!("{}: {}\n", hook.name(), said(state)));
                context.ui.content(lines.collect::<String>().as_bytes())?;
                Ok(conclude(context, &found))
            }
        }
    }
}

/// Says what is still to be done.
pub(in crate::cli) fn conclude(context: &Context, found: &[(Hook, State)]) -> Status {
    let mut managers = Vec::new();
    for (hook, state) in found.iter().filter(|(_, state)| !state.is_active()) {
        let (name, line) = (hook.name(), hook.line());
        context.ui.warn(&format!("{name} does not check anything: {}", said(state)));
        match state {
            State::Managed(manager) if managers.contains(manager) => {}
            State::Managed(manager) => {
                managers.push(*manager);
                manager.lines().lines().for_each(|line| context.ui.hint(line));
            }
            State::Foreign(path) | State::Elsewhere(path) => {
                context.ui.hint(&format!("add to '{}': {line}", escape(&path.to_string_lossy())));
            }
            _ => context.ui.hint("set it: dekko git hooks install"),
        }
    }
    if found.iter().all(|(_, state)| state.is_active()) { Status::DONE } else { Status::NO }
}

fn said(state: &State) -> String {
    let shown = |path: &Path| escape(&path.to_string_lossy());
    match state {
        State::Configured => "checks, by git's configuration".to_owned(),
        State::Own(path) => format!("checks, by '{}'", shown(path)),
        State::Called(path) => format!("checks, called by '{}'", shown(path)),
        State::Foreign(path) => format!("'{}' is another's hook", shown(path)),
        State::Elsewhere(_) => "core.hooksPath names a folder that others may share".to_owned(),
        State::Managed(manager) => format!("{} writes the hooks here", manager.name()),
        State::Absent => "there is no hook".to_owned(),
    }
}
