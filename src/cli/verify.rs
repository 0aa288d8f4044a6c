//! `dekko verify`: whether files are as they were sealed, without showing a value.

use std::path::PathBuf;

use super::context::Context;
use super::inspect::shown;
use super::options::Typed;
use super::source::Source;
use super::ui::Status;
use super::verify_history::{self, Look};
use crate::error::{Class, Error, Result};

/// Check that files are as they were sealed, values and all, without showing one
///
/// One line for each file. The status is that of the worst file.
///
/// With --history, the versions in git are looked at, too, the index and the work tree included: whether something
/// returned to an earlier state, or came under an unrelated key. That needs no key; with one, the tags of every version are
/// checked that it opens. A history that is not all there (a shallow or partial clone) is refused with status 7; a
/// finding is status 5.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The files; '-' is standard input
    #[arg(required_unless_present_any = ["all", "history"], value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Look at all versions in git: was anything put back to an earlier state?
    #[arg(long)]
    history: bool,
    /// With --history: all encrypted files of the repository, those that are gone included; so it is without FILE
    #[arg(long, requires = "history", conflicts_with = "files")]
    all: bool,
    /// With --history: do not tell again what is in COMMIT or before it
    #[arg(long, value_name = "COMMIT", requires = "history")]
    since: Option<String>,
    /// With --history: write JSON
    #[arg(long, requires = "history")]
    json: bool,
    /// Refuse files that are for another scope than SCOPE
    #[arg(long, value_name = "SCOPE", conflicts_with = "history")]
    require_scope: Option<String>,
    #[command(flatten)]
    typed: Typed,
}

const EXAMPLES: &str = "\
Examples:
  dekko verify secrets/*.yaml
  dekko verify --history secrets/app.yaml
  dekko verify --history
  dekko verify --history --since v1.4
  git ls-files -z 'secrets/*' | xargs -0 dekko verify --require-scope prod --";

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        if self.history {
            let look = Look { files: &self.files, since: self.since.as_deref(), is_json: self.json };
            return verify_history::run(context, &look);
        }
        let mut status = Status::DONE;
        for file in &self.files {
            let source = Source::of(file);
            let name = shown(&source);
            let verdict = match self.verify(context, source) {
                Ok(1) => "ok, 1 value".to_owned(),
                Ok(count) => format!("ok, {count} values"),
                Err(error) => {
                    status = status.or_worse(Status(context.ui.fail(&error)));
                    verdict(&error)
                }
            };
            context.ui.content(format!("{name}: {verdict}\n").as_bytes())?;
        }
        Ok(status)
    }

    /// Verifies the file at `source`, and counts its values.
    fn verify(&self, context: &Context, source: Source) -> Result<usize> {
        let opened = context.open(source, self.typed.file_type)?;
        opened.file.plain().map_err(|error| opened.content.explained(error))?;
        self.require_scope.iter().try_for_each(|scope| opened.require_scope(scope))?;
        Ok(opened.file.file().secrets())
    }
}

/// What is wrong, in a word or two; the error itself says more.
fn verdict(error: &Error) -> String {
    let verdict = match error.bare() {
        Error::Refused { class, .. } if class.is_altered() => return format!("altered ({})", class.name()),
        Error::Refused { class: Class::Version, .. } => "of another version",
        Error::Refused { class, .. } => return format!("not readable ({})", class.name()),
        Error::NotEncrypted => "not encrypted",
        Error::Empty => "empty",
        Error::Conflict { .. } => "in a merge conflict",
        Error::NoIdentity { .. } => "not verified, no identity",
        Error::Scope { .. } => "for another scope",
        Error::Service { .. } => "not verified, a key service failed",
        _ => "not verified",
    };
    verdict.to_owned()
}
