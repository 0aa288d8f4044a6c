//! `dekko git install` and `dekko git uninstall`: git's configuration for dekko.

use std::path::Path;

use super::hooks::conclude;
use crate::cli::context::Context;
use crate::cli::ui::Status;
use crate::error::{Error, Result};
use crate::git::Git;
use crate::git::hooks::install_hooks;
use crate::git::install::{Foreign, Scope, install, settings, uninstall};

/// Tell git of dekko: readable diffs, merges value by value, 'git dekko'
///
/// Once a machine is enough: where no .gitattributes names a file for it, nothing changes, and without dekko git goes
/// on with the encrypted text. It is safe to run twice; what you configured otherwise yourself is not replaced.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct InstallArgs {
    #[command(flatten)]
    scope: ScopeArgs,
    /// Name this dekko by its path, for programs that start git without your PATH; breaks when dekko moves
    #[arg(long)]
    absolute: bool,
    /// Set the hooks of this repository, too: 'dekko git hooks install'
    #[arg(long)]
    hooks: bool,
    /// Replace what is configured otherwise
    #[arg(long)]
    force: bool,
}

/// Take out of git's configuration what 'dekko git install' wrote
#[derive(clap::Args)]
#[command(after_help = UNINSTALL_EXAMPLES)]
pub(in crate::cli) struct UninstallArgs {
    #[command(flatten)]
    scope: ScopeArgs,
    /// Also what somebody else wrote at its place
    #[arg(long)]
    force: bool,
}

/// Whose configuration is meant.
#[derive(clap::Args)]
#[group(multiple = false)]
struct ScopeArgs {
    /// Yours, for all repositories (the default)
    #[arg(long)]
    global: bool,
    /// This repository's
    #[arg(long)]
    local: bool,
    /// This work tree's
    #[arg(long)]
    worktree: bool,
    /// The machine's
    #[arg(long)]
    system: bool,
}

const EXAMPLES: &str = "\
Examples:
  dekko git install
  dekko git install --local --hooks
  dekko git install --absolute          # for an editor that finds no dekko
  git dekko get secrets/app.yaml db.user";

const UNINSTALL_EXAMPLES: &str = "\
Examples:
  dekko git uninstall
  dekko git uninstall --local";

impl ScopeArgs {
    fn scope(&self) -> Scope {
        match self {
            Self { local: true, .. } => Scope::Local,
            Self { worktree: true, .. } => Scope::Worktree,
            Self { system: true, .. } => Scope::System,
            Self { .. } => Scope::Global,
        }
    }
}

fn foreign(is_forced: bool) -> Foreign {
    if is_forced { Foreign::Replaced } else { Foreign::Kept }
}

impl InstallArgs {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let git = Git::new(Path::new("."), &context.environment)?;
        let program = if self.absolute { own_path()? } else { "dekko".to_owned() };
        let scope = self.scope.scope();
        let changed = install(&git, scope, &settings(&program), foreign(self.force))?;
        let place = scope.option().trim_start_matches('-');
        match changed.len() {
            0 => context.ui.note(&format!("git's {place} configuration has it all already")),
            _ => context.ui.note(&format!("wrote to git's {place} configuration: {}", changed.join(", "))),
        }
        let status = if self.hooks { conclude(context, &install_hooks(&git)?) } else { Status::DONE };
        context.ui.hint("name the files of a repository in its .gitattributes: dekko git attributes");
        context.ui.hint("see whether all is well: dekko git doctor");
        Ok(status)
    }
}

impl UninstallArgs {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let git = Git::new(Path::new("."), &context.environment)?;
        let scope = self.scope.scope();
        let (gone, kept) = uninstall(&git, scope, foreign(self.force))?;
        let place = scope.option().trim_start_matches('-');
        match gone.len() {
            0 => context.ui.note(&format!("git's {place} configuration held nothing of dekko's")),
            _ => context.ui.note(&format!("removed from git's {place} configuration: {}", gone.join(", "))),
        }
        if !kept.is_empty() {
            context.ui.warn(&format!("not dekko's, and left as it is: {}", kept.join(", ")));
        }
        Ok(Status::DONE)
    }
}

/// The absolute path of this program.
fn own_path() -> Result<String> {
    let path = std::env::current_exe().map_err(|source| Error::Io { action: "find this program", source })?;
    path.into_os_string().into_string().map_err(|_| Error::Usage {
        what: "the path of this program is not UTF-8; git's configuration cannot hold it".to_owned(),
    })
}
