//! `dekko git attributes`: the lines of .gitattributes for the rules of dekko.toml.

use std::path::{Path, PathBuf};

use crate::cli::context::{Context, repository_of};
use crate::cli::ui::Status;
use crate::config::{Config, NAME};
use crate::document::escape;
use crate::error::{Error, Result};
use crate::git::Attributes;

/// Write the lines of .gitattributes for the rules of dekko.toml
///
/// They go to the end of the .gitattributes beside dekko.toml; lines that are there already, and your own, stay as they
/// are. 'dekko init' does the same. Commit the file: it is what makes git use dekko for these files.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Args {
    /// A folder that the rules hold for
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Write nothing; the status is 1 when lines are missing
    #[arg(long)]
    check: bool,
}

const EXAMPLES: &str = "\
Examples:
  dekko git attributes
  dekko git attributes --check";

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let Some(config) = Config::find(&self.folder.join(NAME))? else {
            let what = "there is no dekko.toml here or above; 'dekko init' writes one";
            return Err(Error::Usage { what: what.to_owned() });
        };
        let attributes = Attributes::of(&config);
        complain(context, &attributes);
        if self.check {
            let missing = attributes.missing()?;
            let text: String = missing.iter().map(|line| format!("{line}\n")).collect();
            context.ui.content(text.as_bytes())?;
            return Ok(if missing.is_empty() { Status::DONE } else { Status::NO });
        }
        let written = attributes.write()?.len();
        let name = shown(&attributes.path);
        match written {
            0 => context.ui.note(&format!("{name} has all lines already")),
            1 => context.ui.note(&format!("added a line to {name}; commit it")),
            _ => context.ui.note(&format!("added {written} lines to {name}; commit it")),
        }
        Ok(Status::DONE)
    }
}

/// Writes the lines for the configuration at `path`, when it lies in a git repository.
pub(in crate::cli) fn prepare(context: &Context, path: &Path) -> Result<()> {
    if repository_of(path).is_none() {
        return Ok(());
    }
    let Some(config) = Config::find(path)? else { return Ok(()) };
    let attributes = Attributes::of(&config);
    complain(context, &attributes);
    if !attributes.write()?.is_empty() {
        context.ui.note(&format!("named its files in {}, for git; commit it, too", shown(&attributes.path)));
        context.ui.hint("readable diffs and merges, once on this machine: dekko git install");
    }
    Ok(())
}

fn complain(context: &Context, attributes: &Attributes) {
    for pattern in &attributes.unsayable {
        context.ui.warn(&format!(
            "the path pattern '{}' cannot be said in .gitattributes: name its files there yourself",
            escape(pattern)
        ));
    }
}

/// The path as seen from here, where that is shorter.
fn shown(path: &Path) -> String {
    let here = std::env::current_dir().and_then(|folder| folder.canonicalize()).unwrap_or_default();
    format!("'{}'", escape(&path.strip_prefix(here).unwrap_or(path).to_string_lossy()))
}
