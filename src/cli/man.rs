//! `dekko man`: the manual, as pages for man(1).

use std::path::PathBuf;

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::Cli;
use super::context::Context;
use super::output::{Output, Overwrite};
use super::source::{Content, Source};
use super::ui::Status;
use crate::error::{Error, Result};
use crate::fs::Readers;

/// Write the manual page to standard output, or the pages of all commands to a folder
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Write dekko.1 and a page for each command into the folder DIR
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  dekko man | man -l -
  dekko man --dir ~/.local/share/man/man1";

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let mut command = Cli::command();
        command.build();
        let Some(dir) = self.dir else {
            context.ui.data(&page(command)?)?;
            return Ok(Status::DONE);
        };
        for (name, command) in pages(command) {
            let path = dir.join(format!("{name}.1"));
            let output = Output::of(&path, Overwrite::of(&path)?);
            let nothing = Content { source: Source::Stdin, bytes: Vec::new() };
            output.write(context, &nothing, &page(command)?, Readers::AsBefore)?;
        }
        Ok(Status::DONE)
    }
}

/// The command and all below it, by the name of its page; depth is that of the tree of commands.
fn pages(command: Command) -> Vec<(String, Command)> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    let below: Vec<_> = command.get_subcommands().cloned().flat_map(pages).collect();
    let mut all = vec![(name, command)];
    all.extend(below);
    all
}

fn page(command: Command) -> Result<Vec<u8>> {
    let mut page = Vec::new();
    let name = command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned();
    let manual = Man::new(command).title(name);
    manual.render(&mut page).map_err(|source| Error::Io { action: "write the page", source })?;
    Ok(with_sections(&String::from_utf8_lossy(&page)).into_bytes())
}

/// `page` with sections of their own for what stands behind the options in `--help`, its lines kept.
fn with_sections(page: &str) -> String {
    let Some((before, extra)) = page.split_once(".SH EXTRA\n") else { return page.to_owned() };
    let (extra, after) = extra.split_once(".SH VERSION\n").unwrap_or((extra, ""));
    let extra = extra.replace("Examples:\n", ".SH EXAMPLES\n.nf\n");
    let extra = extra.replace("Environment:\n", ".fi\n.SH ENVIRONMENT\n.nf\n");
    let extra = extra.replace("Exit status:\n", ".fi\n.SH \"EXIT STATUS\"\n.nf\n");
    let version = if after.is_empty() { String::new() } else { format!(".SH VERSION\n{after}") };
    format!("{before}{extra}.fi\n{version}")
}
