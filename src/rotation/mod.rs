//! Giving and taking access, and new data keys, for many files in one run: planned before anything is written, done in
//! parallel, each file replaced whole, and resumable after whatever ended the run.
//!
//! A run is a [`Task`] over [`Target`]s. [`plan`] reads the files and says what would become of each; it needs no key.
//! [`Run::apply`] opens and verifies a file, decides again by what is verified, and replaces it. A [`Record`] of the run
//! says what was to be done, and under which data keys the files were: so a run that was killed goes on where it was.

mod apply;
mod plan;
mod record;
mod selection;
mod step;
mod wanted;
mod workers;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use crate::file::FileType;

pub use apply::{Done, Outcome, Run, Unchanged};
pub use plan::{Found, Plan, Planned, plan};
pub use record::{Entry, Record};
pub use selection::Selection;
pub use step::{Key, Step, Task, Unanswered};
pub use wanted::Wanted;
pub use workers::Stop;

/// Recipients as files call them: `age:age1…`.
pub type Rids = BTreeSet<String>;

/// A file that is to be changed.
#[derive(Clone)]
pub struct Target {
    /// Where it is, as it is shown to people, too.
    pub path: PathBuf,
    /// How it is read, when not by its name and content.
    pub file_type: Option<FileType>,
    /// The folder that it must not lead out of.
    pub within: Option<PathBuf>,
    /// Whether it is passed over where it is no encrypted file, or has no rule to follow.
    pub is_optional: bool,
    /// Whom the rule for it names; `None` without a rule.
    pub named: Option<Arc<Rids>>,
    /// What that rule wants besides; `None` without a rule.
    pub wanted: Option<Arc<Wanted>>,
}
