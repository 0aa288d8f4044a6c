//! Whom the repository's configuration would let in: shown, and asked for, once for each repository (SECURITY, R2).

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::super::context::Context;
use super::super::readers::Reader;
use super::super::trust;
use super::report::{Report, counted};
use crate::error::{Error, Result};
use crate::rotation::{Plan, Rids, Selection, Task};

/// The recipients of a plan that nobody has said yes to yet.
pub(super) struct Newcomers<'r> {
    context: &'r Context,
    report: &'r Report<'r>,
    /// How many files each would be able to read.
    counts: BTreeMap<String, usize>,
    /// The repositories of these files.
    roots: BTreeSet<PathBuf>,
}

impl<'r> Newcomers<'r> {
    /// The newcomers of `plan`; `allowed` gets those whom the user accepted before.
    pub(super) fn of(
        context: &'r Context,
        report: &'r Report<'r>,
        plan: &Plan,
        allowed: &Rids,
        selection: &mut Selection,
    ) -> Result<Self> {
        let mut counts = plan.newcomers();
        counts.retain(|rid, _| !allowed.contains(rid));
        let mut roots = BTreeSet::new();
        if !counts.is_empty() {
            for planned in &plan.files {
                let config = selection.config(&planned.target.path)?;
                roots.extend(trust::root(&planned.target.path, config.as_deref()));
            }
        }
        Ok(Self { context, report, counts, roots })
    }

    /// Those whom the user has not accepted before.
    pub(super) fn strangers(&self) -> Result<Rids> {
        let readers = self.counts.keys().map(|rid| self.report.reader(rid)).collect();
        let strangers = trust::strangers(self.context, &self.roots, readers)?;
        Ok(strangers.into_iter().map(|reader| reader.rid).collect())
    }

    /// Asks for them, and adds whoever is welcome to `allowed`; `false` when the answer is no. Where nobody can answer, they
    /// are not added.
    pub(super) fn welcome(&self, is_yes: bool, allowed: &mut Rids) -> Result<bool> {
        let strangers = self.strangers()?;
        let known = self.counts.keys().filter(|rid| !strangers.contains(*rid));
        allowed.extend(known.cloned());
        if strangers.is_empty() {
            return Ok(true);
        }
        let newcomer = |rid: &String| {
            let count = self.counts.get(rid).copied().unwrap_or_default();
            (self.report.reader(rid), counted(count))
        };
        let newcomers: Vec<_> = strangers.iter().map(newcomer).collect();
        let answer = trust::ask(self.context, &self.roots, &newcomers, is_yes)?;
        if answer == Some(true) {
            allowed.extend(strangers);
        }
        Ok(answer != Some(false))
    }

    /// Forgets, where somebody leaves a file of `plan`, that the user said yes to them: who comes back is asked for.
    pub(super) fn forget(&self, plan: &Plan, selection: &mut Selection) -> Result<()> {
        let mut leaving: BTreeMap<PathBuf, (Rids, Rids)> = BTreeMap::new();
        for planned in &plan.files {
            let Some(step) = planned.found.as_ref().ok().map(|found| &found.step) else { continue };
            let named = match self.report.task {
                Task::Change { remove, .. } => remove.clone(),
                _ => Rids::new(),
            };
            let removed: Rids = step.removed.union(&named).cloned().collect();
            if removed.is_empty() {
                continue;
            }
            let config = selection.config(&planned.target.path)?;
            if let Some(root) = trust::root(&planned.target.path, config.as_deref()) {
                let (gone, staying) = leaving.entry(root).or_default();
                gone.extend(removed);
                staying.extend(step.readers.iter().cloned());
            }
        }
        for (root, (removed, staying)) in leaving {
            let removed = removed.into_iter().filter(|rid| !self.counts.contains_key(rid)).collect();
            trust::withdraw(self.context, &BTreeSet::from([root]), &removed, &staying);
        }
        Ok(())
    }

    /// Takes from `plan` what would let in somebody who is not `allowed`.
    pub(super) fn refuse(&self, plan: &mut Plan, allowed: &Rids) {
        for planned in &mut plan.files {
            let Ok(found) = &planned.found else { continue };
            let strangers = found.step.added.difference(allowed);
            let recipients: Vec<String> = strangers.map(|rid| self.report.reader(rid).to_string()).collect();
            if !recipients.is_empty() {
                planned.found = Err(Error::Unconfirmed { recipients }.in_file(&planned.target.path));
            }
        }
    }
}

/// The reader `rid` by the name that `report` knows.
impl Report<'_> {
    pub(super) fn reader(&self, rid: &str) -> Reader {
        Reader::of(rid, self.config)
    }
}
