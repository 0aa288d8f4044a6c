//! `dekko git filter`: what git runs on `git add` where the guard is on.

use std::io::{self, BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::context::Context;
use crate::cli::hints::shell_word;
use crate::cli::readers::{Reader, list};
use crate::cli::recipe::now;
use crate::cli::ui::Status;
use crate::config::Config;
use crate::config::user::UserConfig;
use crate::document::escape;
use crate::error::{Error, Result};
use crate::git::Git;
use crate::git::filter::{Cleaner, Done, serve};
use crate::provider::{NoPrompt, Session};

/// Encrypt on 'git add': what git runs where 'dekko git guard' is on
///
/// Speaks the protocol of long-running filters (gitattributes, version 2) on standard input and output.
#[derive(clap::Args)]
pub(in crate::cli) struct Args {}

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let git = Git::new(Path::new("."), &context.environment)?;
        // git runs this for a mere status: nobody is asked, and no plugin waits for a touch.
        let environment = context.environment.with("DEKKO_AGE_PLUGINS", "");
        let session = |environment| Session::new(environment, context.identities(), Arc::new(NoPrompt));
        let user = UserConfig::load(&context.environment)?;
        let unwrapping = session(environment).with_keys(user.keys.clone()).with_network(user.network());
        let wrapping = session(context.environment.clone()).with_plugins(user.plugins).with_keys(user.keys);
        let mut cleaner = Cleaner::new(&git, &unwrapping, &wrapping, now())?;
        let mut clean = |path: &[u8], bytes: Vec<u8>| {
            let shown = PathBuf::from(String::from_utf8_lossy(path).into_owned());
            match cleaner.clean(path, bytes) {
                Ok(cleaned) => {
                    report(context, &shown, &cleaned.done);
                    Some(cleaned.bytes)
                }
                Err(error) => {
                    refuse(context, error.in_file(shown));
                    None
                }
            }
        };
        let (input, output) = (BufReader::new(io::stdin().lock()), BufWriter::new(io::stdout().lock()));
        serve(input, output, &mut clean)?;
        Ok(Status::DONE)
    }
}

/// Says what was stored instead of the file at `path`.
fn report(context: &Context, path: &Path, done: &Done) {
    let shown = escape(&path.to_string_lossy());
    let readers = |rids: &[String]| {
        let config = Config::find(path).ok().flatten();
        list(&rids.iter().map(|rid| Reader::of(rid.as_str(), config.as_ref())).collect::<Vec<_>>())
    };
    let ui = &context.ui;
    match done {
        Done::Nothing => return,
        Done::Conflict { line } => {
            ui.warn(&format!("'{shown}': line {line}: an unresolved merge conflict begins here"));
            return ui.hint(&format!("finish it: dekko resolve {}", shell_word(path)));
        }
        Done::Edited { readers: rids } => {
            ui.note(&format!("staged '{shown}' encrypted, under its data key, for {}", readers(rids)));
        }
        // The recipients come from a file that others write to: also who wants no notes is told.
        Done::Sealed { readers: rids } => {
            ui.disclose(&format!("staged '{shown}' encrypted, as a new file, for {}", readers(rids)));
        }
    }
    let word = shell_word(path);
    ui.hint(&format!("the work tree still holds it in plain text; to have it as staged: rm {word} && git checkout -- {word}"));
}

/// Says why the file cannot be stored.
fn refuse(context: &Context, error: Error) {
    context.ui.error(&error);
    context.ui.note("it was not staged: git add stores no plain text of it while 'dekko git guard' is on");
}
