//! `dekko git textconv`: an encrypted file as people can read it, for git's diffs.

use std::ffi::OsStr;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::cli::context::Context;
use crate::cli::ui::Status;
use crate::document::escape;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::fs;
use crate::git::raw;
use crate::git::textconv::{Onlooker, converted};

/// Show an encrypted file as people can read it: what git runs for 'git diff', 'log -p', 'show' and 'blame'
///
/// 'dekko.diff' in git's configuration, or DEKKO_DIFF, says how: 'plain' shows values, 'masked' a label for each, 'raw'
/// the file as it is; 'auto' is plain on a terminal with a key, masked there without, raw elsewhere. The metadata follow
/// as comments. The status is always 0, and what cannot be shown is shown as it is: git would show nothing at all.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct Args {
    /// The file
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  git diff secrets/app.yaml
  DEKKO_DIFF=masked git log -p secrets/app.yaml
  git config --global dekko.diff masked
  dekko git textconv -- secrets/app.yaml";

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        show(&self.file, context.identities(), &context.environment);
        Ok(Status::DONE)
    }
}

/// Writes what stands for the file at `path`, or the file itself; says in one line why it is the latter.
pub(super) fn show(path: &Path, identities: &[PathBuf], environment: &Environment) {
    let bytes = match fs::read(path, u64::MAX) {
        Ok(bytes) => Arc::new(bytes),
        Err(error) => return complain(path, error.bare()),
    };
    show_input_in_a_panic(Arc::clone(&bytes));
    let onlooker = if io::stdin().is_terminal() { Onlooker::Person } else { Onlooker::Program };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match converted(&name, &bytes, Path::new("."), environment, identities, onlooker) {
        Ok(Some(text)) => write(text.as_bytes()),
        Ok(None) => write_raw(&bytes),
        Err(error) => {
            complain(path, &error);
            write_raw(&bytes);
        }
    }
}

/// A defect of ours must not end git's whole log: whatever panics, the input is shown. The program is built to abort in a
/// panic, so that this is the last moment to do it.
#[expect(clippy::exit, reason = "the status of the process is all that is left to decide")]
fn show_input_in_a_panic(bytes: Arc<Vec<u8>>) {
    std::panic::set_hook(Box::new(move |panic| {
        let place = panic.location().map(|place| format!(" ({}:{})", place.file(), place.line()));
        let place = place.unwrap_or_default();
        let _ = writeln!(io::stderr(), "dekko: error: a defect of dekko{place}; please report it");
        write(&bytes);
        std::process::exit(0);
    }));
}

/// Writes `bytes` as they are, but of what is no text a label: git would print every byte of it.
fn write_raw(bytes: &[u8]) {
    match raw(bytes) {
        Some(text) => write(text.as_bytes()),
        None => write(bytes),
    }
}

/// When nobody reads it there is nobody left to tell.
fn write(bytes: &[u8]) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(bytes).and_then(|()| out.flush());
}

fn complain(path: &Path, error: &Error) {
    let name = path.file_name().unwrap_or(OsStr::new("-")).to_string_lossy();
    let line =
        format!("dekko: warning: '{}' is shown as it is: {}\n", escape(&name), escape(&error.to_string()));
    let _ = io::stderr().lock().write_all(line.as_bytes());
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    /// Says to the test below, started again as a process of its own, that it is to panic.
    const CHILD: &str = "DEKKO_TEST_PANIC";

    #[test]
    fn a_defect_shows_the_input_and_ends_with_0() {
        if std::env::var_os(CHILD).is_some() {
            show_input_in_a_panic(Arc::new(b"the input\n".to_vec()));
            std::thread::spawn(|| panic!("hunter2")).join().expect("never reached");
        }
        let mut again = std::process::Command::new(std::env::current_exe().expect("this program"));
        again.args([
            "--exact",
            "cli::git::textconv::tests::a_defect_shows_the_input_and_ends_with_0",
            "--nocapture",
        ]);
        let output = again.env(CHILD, "1").output().expect("it runs");
        assert_eq!(output.status.code(), Some(0));
        assert!(output.stdout.ends_with(b"the input\n"), "{}", String::from_utf8_lossy(&output.stdout));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(
            said.contains("dekko: error: a defect of dekko (src/cli/git/textconv.rs:")
                && !said.contains("hunter2")
        );
    }
}
