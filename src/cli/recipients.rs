//! `dekko recipients`.

use super::context::Context;
use super::ui::Status;
use crate::error::{Error, Result};

/// Not built yet
#[derive(clap::Args)]
pub(super) struct Args {}

impl Args {
    /// Runs the command.
    pub fn run(self, _: &Context) -> Result<Status> {
        Err(Error::Usage { what: "not built yet".to_owned() })
    }
}
