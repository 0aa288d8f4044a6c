//! `dekko rewrap`: recipients as the rules say, or as named.

use std::path::PathBuf;

use super::bulk::{Errand, RunOptions, Wish};
use super::context::Context;
use super::ui::Status;
use crate::error::Result;

/// Bring the recipients of files to the rules of dekko.toml
///
/// Who is named there and cannot read a file is added: its data key stays, and no value changes. Who can read it and is not
/// named is removed: the file gets a new data key, and the paths of the values that they know are printed. With --add and
/// --remove, these people come and leave whatever the rules say.
///
/// With --policy, files get the policy, cover and scope of their rules, too, under a new data key that the old one vouches
/// for: values that the rule encrypts become tokens, and those that it leaves plain are shown first, and asked for.
///
/// With --stale, wraps that were made under an old version of a key are made anew: found without decrypting anything, and
/// re-encrypted by the service itself where it can. The data key is needed all the same, to seal the file.
///
/// Recipients that come from dekko.toml and that you have not said yes to in this repository are shown, and asked for.
/// A file that cannot be changed stays as it is, the others are done; --continue goes on, also after a crash.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The encrypted files
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Add RECIPIENT, and leave the others: age1…, 'ssh-ed25519 AAAA…', or a name or group of dekko.toml
    #[arg(long, value_name = "RECIPIENT")]
    add: Vec<String>,
    /// Remove RECIPIENT, and leave the others
    #[arg(long, value_name = "RECIPIENT")]
    remove: Vec<String>,
    /// Bring policy, cover and scope to the rules, too
    #[arg(long, conflicts_with_all = ["add", "remove", "stale"])]
    policy: bool,
    /// Make wraps anew that were made under an old version of a service's key, and change nothing else
    #[arg(long, conflicts_with_all = ["add", "remove"])]
    stale: bool,
    #[command(flatten)]
    options: RunOptions,
}

const EXAMPLES: &str = "\
Examples:
  dekko rewrap --all --plan
  dekko rewrap --all
  dekko rewrap --continue
  dekko rewrap --policy db.secret.yaml
  dekko rewrap --stale --all
  dekko rewrap --add carol --remove bob secrets/*.yaml";

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let wish = match (&self.add[..], &self.remove[..]) {
            ([], []) if self.stale => Wish::Stale,
            ([], []) if self.policy => Wish::Rule,
            ([], []) => Wish::Policy,
            (add, remove) => Wish::Change { add, remove },
        };
        Errand { command: "rewrap", files: &self.files, wish, options: &self.options }.run(context)
    }
}
