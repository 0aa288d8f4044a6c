//! `dekko verify`: whether files are as they were sealed, without showing a value.

use std::path::PathBuf;

use super::context::Context;
use super::inspect::shown;
use super::options::Typed;
use super::source::Source;
use super::ui::Status;
use crate::error::{Class, Error, Result};

/// Check that files are as they were sealed, values and all, without showing one
///
/// One line for each file. The status is that of the worst file.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The files; '-' is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Refuse files that are for another scope than SCOPE
    #[arg(long, value_name = "SCOPE")]
    require_scope: Option<String>,
    #[command(flatten)]
    typed: Typed,
}

const EXAMPLES: &str = "\
Examples:
  dekko verify secrets/*.yaml
  git ls-files -z 'secrets/*' | xargs -0 dekko verify --require-scope prod --";

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
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
        Error::Conflict { .. } => "in a merge conflict",
        Error::NoIdentity { .. } => "not verified, no identity",
        Error::Scope { .. } => "for another scope",
        Error::Service { .. } => "not verified, a key service failed",
        _ => "not verified",
    };
    verdict.to_owned()
}
