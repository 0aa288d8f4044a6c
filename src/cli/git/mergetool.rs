//! `dekko git mergetool`: what 'git mergetool' runs for a file in conflict.

use std::path::{Path, PathBuf};

use super::super::context::Context;
use super::super::source::Source;
use super::super::ui::Status;
use super::super::unfinished::{Decisions, merged};
use crate::error::Result;
use crate::file::DataKeys;
use crate::fs::Readers;
use crate::git::{Stages, around, is_revert};

/// Finish a conflict that git hands over; 'git mergetool' calls it as 'dekko git install' sets it up
#[derive(clap::Args)]
#[command(after_help = "Examples:\n  git mergetool --tool=dekko secrets/app.yaml")]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    decisions: Decisions,
    /// The version that both come from; empty or absent when there is none
    base: PathBuf,
    /// Our version
    local: PathBuf,
    /// The other version
    remote: PathBuf,
    /// The file in conflict, which becomes the result
    merged: PathBuf,
}

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let content = Source::File(self.merged.clone()).read()?;
        let read = |path: &Path| match path.try_exists() {
            Ok(true) => Source::File(path.to_owned()).read().map(|content| Some(content.bytes)),
            _ => Ok(None),
        };
        let is_revert = match around(&self.merged, &context.environment) {
            Some((git, _)) => is_revert(&git)?,
            None => false,
        };
        let (base, ours, theirs) = (read(&self.base)?, read(&self.local)?, read(&self.remote)?);
        let stages = Stages { base, ours, theirs, is_revert };
        let work = || {
            let format = stages.format(&content.source.file_name())?;
            let keys = DataKeys::new(context.session()?);
            let unfinished = merged(context, format, stages, &keys)?;
            let choices = self.decisions.choices(context, &self.merged, &unfinished)?;
            unfinished.seal(unfinished.text(&choices).into_bytes(), &content.past(context))
        };
        let bytes = work().map_err(|error| error.in_file(&self.merged))?;
        context.replace(&content, &bytes, Readers::AsBefore)?;
        Ok(Status::DONE)
    }
}
