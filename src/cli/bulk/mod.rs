//! Commands over one file or all of them: previewed, confirmed, in parallel, resumable.

mod advice;
mod consent;
mod files;
mod json;
mod progress;
mod report;
mod stop;
mod task;

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use super::context::Context;
use super::options::Typed;
use super::recipe::now;
use super::ui::Status;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::file::FileType;
use crate::fs::State;
use crate::provider::{Session, identities};
use crate::rotation::{
    Entry, Outcome, Plan, Planned, Record, Rids, Run, Selection, Target, Task, Unchanged, plan,
};

use files::{Chosen, Place};
use progress::Progress;
use report::Report;
use stop::Interrupts;

/// The name of the lock that keeps other runs out.
const LOCK: &str = "run.lock";

/// How a run over files is done.
#[derive(clap::Args)]
pub(super) struct RunOptions {
    /// Every encrypted file of the repository: what a rule of dekko.toml or the attribute merge=dekko, diff=dekko or
    /// filter=dekko names, and whatever else git tracks that is encrypted, wherever in it you are
    #[arg(long)]
    pub all: bool,
    /// Show what would change in each file, and change nothing; needs no key. The status is 1 when anything would change
    #[arg(long)]
    pub plan: bool,
    /// Go on with the run that was interrupted, or that could not do all files
    #[arg(long = "continue")]
    pub go_on: bool,
    /// Work on N files at a time; on as many as there are processors, unless said
    #[arg(short, long, value_name = "N")]
    jobs: Option<NonZeroUsize>,
    /// Do not ask: let everybody read whom dekko.toml names
    #[arg(short, long)]
    pub yes: bool,
    /// Write JSON: the plan, or what was done
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub typed: Typed,
}

/// What a command asks for.
pub(super) struct Errand<'a> {
    /// The command, as people type it.
    pub command: &'static str,
    /// The files that were named.
    pub files: &'a [PathBuf],
    /// What is to be done with them.
    pub wish: Wish<'a>,
    /// How.
    pub options: &'a RunOptions,
}

/// What is to be done, as the user says it.
#[derive(Clone, Copy)]
pub(super) enum Wish<'a> {
    /// The recipients that the rules say.
    Policy,
    /// All that the rules say.
    Rule,
    /// These people come, and those leave.
    Change {
        /// Recipients, names, groups.
        add: &'a [String],
        /// The same.
        remove: &'a [String],
    },
    /// New data keys.
    Rotate,
    /// New wraps where those are old.
    Stale,
}

/// A run, before anything was looked at.
struct Begun {
    task: Task,
    targets: Vec<Target>,
    /// The rids that the user typed or, in a run that is continued, said yes to.
    allowed: Rids,
    /// How the files are read.
    file_type: Option<FileType>,
    /// What it goes on with.
    record: Option<Record>,
}

impl Errand<'_> {
    /// Runs the command.
    pub fn run(&self, context: &Context) -> Result<Status> {
        self.check()?;
        let place = Place::find()?;
        let mut selection = Selection::default();
        let state = State::of(&context.environment, place.root());
        // Held to the end: another run would take this one's record for its own.
        let _lock = self.lock(state.as_ref())?;
        let begun = match self.options.go_on {
            true => self.resumed(context, &place, state.as_ref(), &mut selection)?,
            false => self.begun(context, &place, &mut selection)?,
        };
        let Some(Begun { task, targets, mut allowed, file_type, record }) = begun else {
            return Ok(Status::DONE);
        };
        let config = self.config(&place, &targets, &mut selection)?;
        let mut plan = plan(&task, targets, context.session()?, self.jobs());
        if let Some(record) = &record {
            plan = record.left(plan, |path| place.absolute(path));
        }
        let report = Report { errand: self, context, config: config.as_deref(), task: &task };
        report.unruled(&plan);
        if record.is_none() {
            self.check_leaving(&task, &plan)?;
        }
        let is_yes = self.options.yes;
        let newcomers = consent::Newcomers::of(context, &report, &plan, &allowed, &mut selection)?;
        if self.options.plan {
            return report.plan(&plan, &newcomers);
        }
        if !newcomers.welcome(is_yes, &mut allowed)?
            || !report.is_farewell_said(&plan, is_yes)?
            || !report.is_opening_said(&plan, is_yes)?
        {
            context.ui.note("nothing was changed");
            return Ok(Status::NO);
        }
        newcomers.refuse(&mut plan, &allowed);
        newcomers.forget(&plan, &mut selection)?;
        let files = self.entries(&place, &plan);
        let is_worth_it = files.len() > 1 || record.is_some();
        let recorded = is_worth_it && {
            let (command, file_type) = (self.command.to_owned(), file_type.map(|of| of.name().to_owned()));
            let new = Record { command, task: task.clone(), file_type, allowed: allowed.clone(), files };
            save(context, state.as_ref(), &new, record.as_ref())
        };
        let outcomes = self.apply(context, &report, &plan, &allowed)?;
        let (status, is_finished) = report.result(&plan, outcomes)?;
        if let Some(state) = state.as_ref().filter(|_| is_finished && (recorded || record.is_some())) {
            Record::forget(state)?;
        } else if recorded {
            let is_unconfirmed = |planned: &Planned| {
                planned.found.as_ref().is_err_and(|error| matches!(error.bare(), Error::Unconfirmed { .. }))
            };
            let hint = match plan.files.iter().any(is_unconfirmed) {
                true => format!(
                    "to go on, when you know that these keys are theirs: dekko {} --continue --yes",
                    self.command
                ),
                false => format!("to go on: dekko {} --continue", self.command),
            };
            context.ui.hint(&hint);
        }
        Ok(status)
    }

    /// Does what the plan says.
    fn apply(
        &self,
        context: &Context,
        report: &Report<'_>,
        plan: &Plan,
        allowed: &Rids,
    ) -> Result<Vec<Option<Outcome>>> {
        let session = context.session()?;
        let interrupts = Interrupts::watch(plan.files.iter().filter(|planned| planned.is_change()).count())?;
        let mut progress = Progress::of(context, plan);
        let run = Run {
            task: report.task,
            session,
            allowed,
            unchanged: self.unchanged(session, report.task, plan),
            now: &now,
            jobs: self.jobs(),
            stop: interrupts.stop(),
        };
        let outcomes = run.apply(plan, |planned: &Planned, outcome: &Outcome| {
            if planned.is_change() {
                progress.tell(|| report.line(planned, outcome));
            }
        });
        progress.end();
        context.warn_of_useless_identities(session);
        Ok(outcomes)
    }

    /// What is done about files that state that they need nothing. With very many files, each may cost a call of a key service;
    /// but whoever leaves may have taken themselves out of some, to keep their data key.
    fn unchanged(&self, session: &Session, task: &Task, plan: &Plan) -> Unchanged {
        let is_farewell = match task {
            Task::Policy | Task::Rule => true,
            Task::Change { remove, .. } => !remove.is_empty(),
            Task::Rotate | Task::Stale => false,
        };
        match (self.is_sweeping(), is_farewell) {
            (false, _) => Unchanged::Verified,
            (true, false) => Unchanged::Believed,
            (true, true) => {
                let is_asked = plan.files.iter().any(Planned::is_change);
                let sources = identities(session);
                let own = sources.iter().flat_map(|source| source.keys());
                let own = own.filter(|(rid, is_locked)| rid.starts_with("age:") && (is_asked || !is_locked));
                Unchanged::VerifiedOf(own.map(|(rid, _)| rid.to_owned()).collect())
            }
        }
    }

    fn jobs(&self) -> NonZeroUsize {
        let processors = || std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        self.options.jobs.unwrap_or_else(processors)
    }

    /// Whether the files are not named one by one.
    fn is_sweeping(&self) -> bool {
        self.options.all || self.options.go_on
    }

    /// Refuses what does not go together.
    fn check(&self) -> Result<()> {
        let is_changed = matches!(self.wish, Wish::Change { add, remove } if !(add.is_empty() && remove.is_empty()))
            || matches!(self.wish, Wish::Stale | Wish::Rule);
        let what = if self.options.go_on
            && (self.options.all
                || !self.files.is_empty()
                || is_changed
                || self.options.typed.file_type.is_some())
        {
            "--continue does what was begun: name no files, recipients or types with it"
        } else if self.options.all && !self.files.is_empty() {
            "--all is every file: name none with it"
        } else if !self.options.all && !self.options.go_on && self.files.is_empty() {
            "no file is named; --all takes every encrypted file of the repository"
        } else {
            return Ok(());
        };
        Err(Error::Usage { what: what.to_owned() })
    }

    /// Keeps other runs over many files out.
    fn lock(&self, state: Option<&State>) -> Result<Option<crate::fs::StateLock>> {
        let is_many = self.is_sweeping() || self.files.len() > 1;
        let Some(state) = state.filter(|_| is_many && !self.options.plan) else { return Ok(None) };
        match state.lock(LOCK) {
            Ok(Some(lock)) => Ok(Some(lock)),
            Ok(None) => {
                let what = "another dekko is changing files of this repository; nothing was done".to_owned();
                Err(Error::Busy { what })
            }
            // Without a place for locks, that files are as they were is compared all the same.
            Err(_) => Ok(None),
        }
    }

    /// What is to be done with which files.
    fn begun(&self, context: &Context, place: &Place, selection: &mut Selection) -> Result<Option<Begun>> {
        let chosen = match self.options.all {
            true => Chosen::all(context, place, selection)?,
            false => Chosen::named(self.files, self.options.typed.file_type, selection)?,
        };
        if chosen.absent > 0 {
            let what = format!("{} files that git tracks are not here and stay as they are", chosen.absent);
            context.ui.warn(&what);
        }
        let (task, allowed) = self.task(context, place, &chosen.targets, selection)?;
        let file_type = self.options.typed.file_type;
        Ok(Some(Begun { task, targets: chosen.targets, allowed, file_type, record: None }))
    }

    /// What an unfinished run was to do, with the files that it was about.
    fn resumed(
        &self,
        context: &Context,
        place: &Place,
        state: Option<&State>,
        selection: &mut Selection,
    ) -> Result<Option<Begun>> {
        let Some(record) = state.map(Record::load).transpose()?.flatten() else {
            context.ui.note("there is no unfinished run here: nothing is left to do");
            return Ok(None);
        };
        if record.command != self.command {
            let what = format!("the unfinished run is another: dekko {} --continue", record.command);
            return Err(Error::Usage { what });
        }
        let file_type = record.file_type.as_deref().and_then(FileType::named);
        let (here, gone): (Vec<_>, Vec<_>) =
            record.files.iter().partition(|entry| entry.path.symlink_metadata().is_ok());
        for entry in gone {
            context.ui.warn(&format!("'{}' is gone since the run began", place.shown(&entry.path)));
        }
        let files: Vec<PathBuf> = here.iter().map(|entry| place.relative(&entry.path)).collect();
        let targets = Chosen::named(&files, file_type, selection)?.targets;
        let (task, allowed) = (record.task.clone(), record.allowed.clone());
        Ok(Some(Begun { task, targets, allowed, file_type, record: Some(record) }))
    }

    /// The configurations that names are looked up in: that of the folder one is in, or of the files.
    fn configs(
        &self,
        place: &Place,
        targets: &[Target],
        selection: &mut Selection,
    ) -> Result<Vec<Option<std::sync::Arc<Config>>>> {
        let mut all: Vec<Option<std::sync::Arc<Config>>> = Vec::new();
        let paths: Vec<&Path> = match self.options.all {
            true => Vec::new(),
            false => targets.iter().map(|target| target.path.as_path()).collect(),
        };
        for path in paths {
            let config = selection.config(path)?;
            let folder =
                |config: &Option<std::sync::Arc<Config>>| config.as_ref().map(|config| config.path());
            if all.iter().all(|known| folder(known) != folder(&config)) {
                all.push(config);
            }
        }
        if all.is_empty() {
            all.push(selection.config(&place.here())?);
        }
        Ok(all)
    }

    /// The configuration that gives recipients their names in what is shown.
    fn config(
        &self,
        place: &Place,
        targets: &[Target],
        selection: &mut Selection,
    ) -> Result<Option<std::sync::Arc<Config>>> {
        let first = targets.first().map(|target| target.path.clone());
        selection.config(&first.unwrap_or_else(|| place.here()))
    }

    /// The files of `plan` that something is to be done with.
    fn entries(&self, place: &Place, plan: &Plan) -> Vec<Entry> {
        let files = plan.files.iter().filter(|planned| !planned.is_nothing());
        let entry = |planned: &Planned| Entry {
            path: place.absolute(&planned.target.path),
            commit: planned.found.as_ref().ok().map(|found| found.commit),
        };
        files.map(entry).collect()
    }
}

/// Keeps `record`, of a run that goes on with `begun` or is a new one; whether that succeeded.
fn save(context: &Context, state: Option<&State>, record: &Record, begun: Option<&Record>) -> bool {
    let is_covered = |old: &Record| {
        let files: HashSet<_> = record.files.iter().map(|entry| &entry.path).collect();
        (&old.command, &old.task) == (&record.command, &record.task)
            && old.files.iter().all(|entry| files.contains(&entry.path))
    };
    if let Some(Ok(Some(old))) = state.map(Record::load)
        && begun.is_none()
        && !is_covered(&old)
    {
        context.ui.warn(&format!("the unfinished run 'dekko {}' is given up for this one", old.command));
    }
    let saved = match state {
        Some(state) => record.save(state),
        None => Err(Error::Usage { what: "the user has no folder for its record".to_owned() }),
    };
    if let Err(error) = &saved {
        context.ui.warn(&format!("this run could not be continued if it were interrupted: {error}"));
    }
    saved.is_ok()
}
