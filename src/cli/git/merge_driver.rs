//! `dekko git merge-driver`: the merge of one file, called by git.

use std::path::{Path, PathBuf};

use super::super::context::Context;
use super::super::recipe::now;
use super::super::ui::Status;
use super::notices::report;
use crate::document::escape;
use crate::error::Result;
use crate::file::DataKeys;
use crate::fs::vacate;
use crate::git::textconv::session;
use crate::git::{Git, Report, Request, merge_driver};
use crate::merge::Lists;
use crate::merge::marks::Marks;
use crate::provider;

/// The status that tells git that the merge as a whole failed. Up to 128 it would take the file as it is for a conflict,
/// with theirs lost (gitattributes(5); git's ll-merge.c).
pub(super) const FAILED: u8 = 129;

/// Merge one file value by value; git calls it as 'dekko git install' sets it up
///
/// The result takes the place of OURS. With DEKKO_MERGE=text in the environment texts are merged as git would.
#[derive(clap::Args)]
#[command(
    after_help = "Exit status: 0 merged, 1 conflicts (ciphertext between marks), 129 or more: nothing was merged"
)]
pub(super) struct Args {
    /// How many signs the marks of a conflict have
    #[arg(long, value_name = "N", default_value_t = 7)]
    marker_size: usize,
    /// What is written behind the mark of the ancestor
    #[arg(long, value_name = "TEXT", default_value = "")]
    base_label: String,
    /// What is written behind the mark of ours
    #[arg(long, value_name = "TEXT", default_value = "")]
    ours_label: String,
    /// What is written behind the mark of theirs
    #[arg(long, value_name = "TEXT", default_value = "")]
    theirs_label: String,
    /// The path of the result; it is neither read nor written
    #[arg(long, value_name = "PATH", default_value = "")]
    path: String,
    /// The version that both come from; empty when there is none
    base: PathBuf,
    /// Our version, which becomes the result
    ours: PathBuf,
    /// The other version
    theirs: PathBuf,
}

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Status {
        let path = escape(&self.path);
        match self.merge(context) {
            Ok(found) => {
                report(context, &path, &found);
                if found.conflicts.is_empty() { Status::DONE } else { Status::NO }
            }
            Err(error) => {
                vacate(&self.ours);
                context.ui.error(&error.in_file(self.path));
                Status(FAILED)
            }
        }
    }

    fn merge(&self, context: &Context) -> Result<Report> {
        // Nobody is asked and no program of the file's choice runs: the other branch is anyone's.
        let session = session(&context.environment, context.identities())?;
        let keys = DataKeys::new(&session);
        let git = Git::new(Path::new("."), &context.environment).ok();
        // git before 2.44 leaves its placeholders where a label should be.
        let label = |text: &str, placeholder: &str, name: &str| {
            if text == placeholder { name.to_owned() } else { text.to_owned() }
        };
        let request = Request {
            base: self.base.clone(),
            ours: self.ours.clone(),
            theirs: self.theirs.clone(),
            path: self.path.clone(),
            marks: Marks {
                size: self.marker_size.clamp(1, 1000),
                with_base: false,
                ours: label(&self.ours_label, "%X", "ours"),
                base: label(&self.base_label, "%S", "base"),
                theirs: label(&self.theirs_label, "%Y", "theirs"),
            },
            as_text: context.environment.text("DEKKO_MERGE") == Some("text"),
            now: now(),
            lists: Lists::Ordered,
        };
        let wrap = &mut |rid: &str, file: &_, key: &_| provider::wrap(rid, file, key, &session);
        merge_driver(&request, git.as_ref(), &keys, wrap)
    }
}
