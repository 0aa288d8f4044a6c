//! `dekko keygen`: a new age identity.

use std::path::PathBuf;

use zeroize::Zeroizing;

use super::context::Context;
use super::output::{Output, Overwrite};
use super::recipe::now;
use super::ui::Status;
use crate::error::Result;
use crate::fs::write_new_private;
use crate::provider::{Generated, generate};

/// Make a new age identity
///
/// Writes the secret key to standard output, or to OUT, which only you can read. Its recipient, the public key that
/// others encrypt for, stands in a comment there and is said on standard error.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Write to the new file OUT; nothing is written over
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
}

const EXAMPLES: &str = "\
Examples:
  dekko keygen -o ~/.config/dekko/keys.txt
  dekko keygen | age -p -a > key.age       protected by a passphrase";

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let generated = generate();
        match self.output.map(|path| Output::of(&path, Overwrite::Refused)) {
            Some(Output::File(path, _)) => write_new_private(&path, text(&generated).as_bytes())?,
            _ => context.ui.data(text(&generated).as_bytes())?,
        }
        context.ui.note(&format!("public key: {}", generated.recipient));
        Ok(Status::DONE)
    }
}

/// The file of an identity, as age's own `age-keygen` writes it.
pub(super) fn text(generated: &Generated) -> Zeroizing<String> {
    let (recipient, identity) = (&generated.recipient, generated.identity.as_str());
    Zeroizing::new(format!("# created: {}\n# public key: {recipient}\n{identity}\n", now()))
}
