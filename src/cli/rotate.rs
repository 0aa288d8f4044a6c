//! `dekko rotate`: a new data key.

use std::path::PathBuf;

use super::bulk::{Errand, RunOptions, Wish};
use super::context::Context;
use super::ui::Status;
use crate::error::Result;

/// Give files new data keys
///
/// Every value is encrypted anew, for the same recipients: those in the file, verified, not those in dekko.toml. The
/// values themselves stay: whoever knew them still knows them. A file that cannot be changed stays as it is, the others are
/// done; --continue goes on with what is left, also after a crash, and gives no file a second new key.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The encrypted files
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    options: RunOptions,
}

const EXAMPLES: &str = "\
Examples:
  dekko rotate secrets/app.yaml
  dekko rotate --all
  dekko rotate --continue";

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let errand =
            Errand { command: "rotate", files: &self.files, wish: Wish::Rotate, options: &self.options };
        errand.run(context)
    }
}
