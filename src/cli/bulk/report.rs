//! What a run would do and what it did, for people and programs.

use std::collections::BTreeMap;

use super::super::context::Context;
use super::super::readers::{Reader, list};
use super::super::ui::Status;
use super::consent::Newcomers;
use super::stop::INTERRUPTED;
use super::{Errand, Wish, advice, json};
use crate::config::Config;
use crate::document::escape;
use crate::error::{Error, Result};
use crate::rotation::{Done, Key, Outcome, Plan, Planned, Rids, Step, Task};

/// The most failures of one run whose hints are shown, too.
const HINTED: usize = 3;

/// The most files that are named in one line.
const NAMED: usize = 3;

/// A run, as it is told of.
pub(super) struct Report<'r> {
    pub(super) errand: &'r Errand<'r>,
    pub(super) context: &'r Context,
    /// The configuration that gives recipients their names.
    pub(super) config: Option<&'r Config>,
    pub(super) task: &'r Task,
}

impl Report<'_> {
    /// The readers that files call `rids`, by name; those without one last.
    pub(super) fn readers(&self, rids: &Rids) -> Vec<Reader> {
        let mut readers: Vec<_> = rids.iter().map(|rid| self.reader(rid)).collect();
        readers.sort_by(|a, b| (a.name.is_none(), &a.name).cmp(&(b.name.is_none(), &b.name)));
        readers
    }

    /// Warns of encrypted files that no rule names, where rules are followed.
    pub(super) fn unruled(&self, plan: &Plan) {
        let names: Vec<_> = plan.unruled.iter().take(NAMED).map(|path| quoted(path)).collect();
        if names.is_empty() {
            return;
        }
        let more = if plan.unruled.len() > NAMED { ", …" } else { "" };
        self.context.ui.warn(&format!(
            "no rule of dekko.toml names {}, which stay as they are: {}{more}",
            counted(plan.unruled.len()),
            names.join(", ")
        ));
    }

    /// Shows what would be done, and whether that is anything.
    pub(super) fn plan(&self, plan: &Plan, newcomers: &Newcomers<'_>) -> Result<Status> {
        let strangers = newcomers.strangers()?;
        let changes = plan.files.iter().filter(|planned| planned.is_change()).count();
        if self.errand.options.json {
            self.context.ui.json(&json::plan(self, plan, &strangers))?;
        } else {
            let lines = plan.files.iter().filter(|planned| planned.is_change());
            let lines = lines.filter_map(|planned| Some((planned, planned.found.as_ref().ok()?)));
            let text: String = lines
                .map(|(planned, found)| format!("{}: {}\n", shown(planned), self.said(&found.step)))
                .collect();
            self.context.ui.content(text.as_bytes())?;
        }
        let mut status = if changes > 0 { Status::NO } else { Status::DONE };
        let failures = plan.files.iter().filter_map(|planned| planned.found.as_ref().err());
        for error in failures {
            self.context.ui.error(error);
            status = Status(error.status()).or_worse(status);
        }
        let steps = plan.files.iter().filter_map(|one| Some((one, &one.found.as_ref().ok()?.step)));
        status = self.unanswered(steps).or_worse(status);
        if !strangers.is_empty() {
            let who = list(&self.readers(&strangers));
            self.context.ui.note(&format!("dekko.toml names {who}: you have not said yes to that yet"));
        }
        advice::is_off(self, plan);
        let whole = counted(plan.files.len());
        self.context.ui.note(&match changes {
            0 => format!("of {whole}, none would change"),
            _ => format!("of {whole}, {changes} would change"),
        });
        Ok(status)
    }

    /// What a step is, in words.
    fn said(&self, step: &Step) -> String {
        let mut parts = Vec::new();
        if !step.added.is_empty() {
            parts.push(format!("add {}", list(&self.readers(&step.added))));
        }
        if !step.removed.is_empty() {
            parts.push(format!("remove {}", list(&self.readers(&step.removed))));
        }
        if !step.renewed.is_empty() {
            parts.push(format!("renew {}", list(&self.readers(&step.renewed))));
        }
        if let Some(terms) = &step.terms {
            parts.push(format!("policy {}", escape(terms.policy.text())));
        }
        if !step.opened.is_empty() {
            parts.push(format!("make plain {}", step.opened.join(", ")));
        }
        if step.key == Key::New {
            parts.push("new data key".to_owned());
        }
        parts.join("; ")
    }

    /// Asks whether those who leave are to leave, where somebody is removed by name; whether the answer is yes.
    pub(super) fn is_farewell_said(&self, plan: &Plan, is_yes: bool) -> Result<bool> {
        let Wish::Change { remove, .. } = self.errand.wish else { return Ok(true) };
        let steps = plan.files.iter().filter_map(|planned| planned.found.as_ref().ok());
        let leaving: Vec<&Step> =
            steps.map(|found| &found.step).filter(|step| !step.removed.is_empty()).collect();
        if remove.is_empty() || leaving.is_empty() || is_yes {
            return Ok(true);
        }
        let who: Rids = leaving.iter().flat_map(|step| step.removed.iter().cloned()).collect();
        let who = list(&self.readers(&who));
        let question = match &plan.files[..] {
            [only] => format!("remove {who} from {}, and give it a new data key?", quoted(&only.target.path)),
            _ => format!("remove {who} from {}, and give each a new data key?", counted(leaving.len())),
        };
        let prompt = self.context.session()?.prompt();
        prompt.confirm(&question, "yes", Some("no")).ok_or_else(|| {
            let what = "nobody is there to say yes; --yes removes without asking".to_owned();
            Error::Usage { what }
        })
    }

    /// Asks whether values may stand plain that are encrypted now, because rules say so; whether the answer is yes.
    pub(super) fn is_opening_said(&self, plan: &Plan, is_yes: bool) -> Result<bool> {
        let steps = plan.files.iter().filter_map(|planned| Some((planned, planned.found.as_ref().ok()?)));
        let opened: Vec<_> = steps.filter(|(_, found)| !found.step.opened.is_empty()).collect();
        if opened.is_empty() {
            return Ok(true);
        }
        self.context.ui.disclose("by the rules of dekko.toml these will stand there in plain text:");
        for (planned, found) in opened {
            for path in &found.step.opened {
                self.context.ui.disclose(&format!("  {}: {path}", shown(planned)));
            }
        }
        if is_yes {
            return Ok(true);
        }
        let question = "may everybody read these who can read the repository?";
        self.context.session()?.prompt().confirm(question, "yes", Some("no")).ok_or_else(|| {
            let what = "nobody is there to say yes; --yes makes them plain without asking".to_owned();
            Error::Usage { what }
        })
    }

    /// What is said of a file when it is done.
    pub(super) fn line(&self, planned: &Planned, outcome: &Outcome) -> Option<String> {
        let Ok(Some(Done { step, .. })) = outcome else { return None };
        let name = quoted(&planned.target.path);
        Some(match step.key {
            Key::Kept if step.added.is_empty() => {
                format!("{name} has new wraps, for {}", list(&self.readers(&step.renewed)))
            }
            Key::Kept => format!("can read {name} now: {}", list(&self.readers(&step.added))),
            Key::New => format!("{name} has a new data key, for {}", list(&self.readers(&step.readers))),
        })
    }

    /// Tells what came of the run; its status, and whether nothing is left to do.
    pub(super) fn result(&self, plan: &Plan, outcomes: Vec<Option<Outcome>>) -> Result<(Status, bool)> {
        let ended = Ended::of(plan, outcomes);
        if self.errand.options.json {
            self.context.ui.json(&json::result(self, &ended))?;
        }
        let ui = &self.context.ui;
        let mut status = Status::DONE;
        let failed: Vec<_> = ended.files.iter().filter_map(|(_, end)| end.error()).collect();
        for error in &failed {
            let error = self.with_names(error);
            match failed.len() {
                1..=HINTED => ui.error(error.as_ref().unwrap_or_else(|error| error)),
                _ => ui.found(&error.map_or_else(ToString::to_string, |error| error.to_string())),
            }
        }
        for error in &failed {
            status = status.or_worse(Status(error.status()));
        }
        status = self.unanswered(ended.steps()).or_worse(status);
        advice::after(self, &ended)?;
        advice::is_off(self, plan);
        let left = ended.count(|end| matches!(end, End::Left));
        if plan.files.len() > 1 {
            let changed = ended.count(|end| matches!(end, End::Changed(_)));
            let same = ended.count(|end| matches!(end, End::Same));
            let mut text = format!("of {}, {changed} changed", counted(plan.files.len()));
            for (count, what) in
                [(same, "needed nothing"), (failed.len(), "could not be changed"), (left, "are left")]
            {
                if count > 0 {
                    text.push_str(&format!(", {count} {what}"));
                }
            }
            if failed.is_empty() && left == 0 { ui.note(&text) } else { ui.found(&text) }
        }
        let is_finished = failed.is_empty() && left == 0;
        Ok((if left > 0 { Status(INTERRUPTED) } else { status }, is_finished))
    }

    /// Tells whose wraps stay as they are because their service could not be asked; the status that comes of it.
    fn unanswered<'s>(&self, steps: impl Iterator<Item = (&'s Planned, &'s Step)>) -> Status {
        let mut told: BTreeMap<(&str, &str), (&Planned, usize)> = BTreeMap::new();
        let mut status = Status::DONE;
        for (planned, step) in steps {
            for one in &step.unanswered {
                status = status.or_worse(Status(one.status));
                told.entry((&one.recipient, &one.reason)).or_insert((planned, 0)).1 += 1;
            }
        }
        for ((recipient, reason), (planned, count)) in told {
            let of = if count == 1 { quoted(&planned.target.path) } else { counted(count) };
            let who = self.reader(recipient);
            self.context.ui.found(&format!("the wrap of {of} for {who} stays as it is: {reason}"));
        }
        status
    }

    /// `error` with the names that people know recipients by, where it lists them; else the error itself.
    fn with_names<'e>(&self, error: &'e Error) -> std::result::Result<Error, &'e Error> {
        let (Error::NoIdentity { recipients, attempts }, Error::InFile { path, .. }) = (error.bare(), error)
        else {
            return Err(error);
        };
        let recipients = recipients.iter().map(|rid| self.reader(rid).to_string()).collect();
        Ok(Error::NoIdentity { recipients, attempts: attempts.clone() }.in_file(path))
    }
}

/// What came of every file.
pub(super) struct Ended<'p> {
    pub(super) files: Vec<(&'p Planned, End<'p>)>,
}

/// What came of one file.
pub(super) enum End<'p> {
    /// It was replaced.
    Changed(Done),
    /// There was nothing to do.
    Same,
    /// It could not be planned.
    Unplanned(&'p Error),
    /// It could not be changed.
    Failed(Error),
    /// The run was stopped before it.
    Left,
}

impl<'p> Ended<'p> {
    fn of(plan: &'p Plan, outcomes: Vec<Option<Outcome>>) -> Self {
        let files = plan.files.iter().zip(outcomes).map(|(planned, outcome)| {
            let end = match (&planned.found, outcome) {
                (Err(error), _) => End::Unplanned(error),
                (Ok(_), Some(Ok(Some(done)))) => End::Changed(done),
                (Ok(_), Some(Err(error))) => End::Failed(error),
                (Ok(_), Some(Ok(None))) => End::Same,
                (Ok(found), None) if found.step.is_nothing() => End::Same,
                (Ok(_), None) => End::Left,
            };
            (planned, end)
        });
        Self { files: files.collect() }
    }

    fn count(&self, is_meant: impl Fn(&End<'_>) -> bool) -> usize {
        self.files.iter().filter(|(_, end)| is_meant(end)).count()
    }

    /// What became of the files, as far as that is known.
    pub(super) fn steps(&self) -> impl Iterator<Item = (&'p Planned, &Step)> {
        self.files.iter().filter_map(|(planned, end)| match end {
            End::Changed(done) => Some((*planned, &done.step)),
            End::Same => Some((*planned, &planned.found.as_ref().ok()?.step)),
            _ => None,
        })
    }

    /// The files that were changed.
    pub(super) fn changed(&self) -> impl Iterator<Item = (&'p Planned, &Done)> {
        self.files.iter().filter_map(|(planned, end)| match end {
            End::Changed(done) => Some((*planned, done)),
            _ => None,
        })
    }
}

impl End<'_> {
    /// Why the file is as it was, when it should not be.
    pub(super) fn error(&self) -> Option<&Error> {
        match self {
            Self::Unplanned(error) => Some(error),
            Self::Failed(error) => Some(error),
            _ => None,
        }
    }
}

/// `1 file`, `2 files`.
pub(super) fn counted(count: usize) -> String {
    if count == 1 { "1 file".to_owned() } else { format!("{count} files") }
}

/// The path of a file for a list.
pub(super) fn shown(planned: &Planned) -> String {
    escape(&planned.target.path.to_string_lossy())
}

fn quoted(path: &std::path::Path) -> String {
    format!("'{}'", escape(&path.to_string_lossy()))
}
