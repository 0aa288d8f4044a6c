//! What would become of each file, found without any key.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use super::workers::each;
use super::{Rids, Step, Stop, Target, Task};
use crate::crypto::{Commit, Token};
use crate::error::{Error, Result};
use crate::file::{EncryptedFile, FileType};
use crate::fs;
use crate::merge::marks::Marked;
use crate::provider::Session;

/// A file as it was found.
pub struct Found {
    /// Its data key's name.
    pub commit: Commit,
    /// What the task means for it, as far as what it states of itself is true.
    pub step: Step,
}

/// A file, and what would become of it.
pub struct Planned {
    /// The file.
    pub target: Target,
    /// What would become of it, or why nothing can.
    pub found: Result<Found>,
}

impl Planned {
    /// Whether the file would change.
    pub fn is_change(&self) -> bool {
        self.found.as_ref().is_ok_and(|found| !found.step.is_nothing())
    }

    /// Whether nothing is to be done with it.
    pub fn is_nothing(&self) -> bool {
        self.found.as_ref().is_ok_and(|found| found.step.is_nothing())
    }
}

/// Every file of a run, and what would become of it.
pub struct Plan {
    /// The files, in the order in which they were given.
    pub files: Vec<Planned>,
    /// Encrypted files that no rule names, where rules are followed; they stay as they are.
    pub unruled: Vec<PathBuf>,
}

/// What was found of a file.
enum Look {
    /// It is a part of the plan.
    Taken(Box<Result<Found>>),
    /// It is encrypted, and no rule names it.
    Unruled,
    /// It is no encrypted file, and need not be one.
    Plain,
}

impl Plan {
    /// How many files each recipient would be able to read that could not before.
    pub fn newcomers(&self) -> BTreeMap<String, usize> {
        let mut count = BTreeMap::new();
        for found in self.files.iter().filter_map(|planned| planned.found.as_ref().ok()) {
            for rid in &found.step.added {
                *count.entry(rid.clone()).or_default() += 1;
            }
        }
        count
    }

    /// Everyone who reads one of the files now or would, or leaves one.
    pub fn readers(&self) -> Rids {
        let steps = self.files.iter().filter_map(|planned| planned.found.as_ref().ok());
        steps.flat_map(|found| found.step.readers.union(&found.step.removed).cloned()).collect()
    }

    /// The files to work on, those with one data key together: it is unwrapped once for all of them.
    pub(super) fn groups(&self, is_wanted: impl Fn(&Planned) -> bool) -> Vec<Vec<(usize, &Planned)>> {
        let mut groups: Vec<Vec<(usize, &Planned)>> = Vec::new();
        let mut known: HashMap<Commit, usize> = HashMap::new();
        for (at, planned) in self.files.iter().enumerate().filter(|(_, planned)| is_wanted(planned)) {
            let Ok(found) = &planned.found else { continue };
            let group = *known.entry(found.commit).or_insert(groups.len());
            match groups.get_mut(group) {
                Some(group) => group.push((at, planned)),
                None => groups.push(vec![(at, planned)]),
            }
        }
        groups
    }
}

/// Reads `targets` and says what `task` would make of each. What a file states of its recipients is not verified yet.
/// No identity of `session` is used.
pub fn plan(task: &Task, targets: Vec<Target>, session: &Session, jobs: NonZeroUsize) -> Plan {
    let looks = each(jobs, &targets, &Stop::default(), |target| look(task, target, session), |_| {});
    let mut plan = Plan { files: Vec::with_capacity(targets.len()), unruled: Vec::new() };
    for (target, look) in targets.into_iter().zip(looks) {
        match look {
            Some(Look::Taken(found)) => plan.files.push(Planned { target, found: *found }),
            Some(Look::Unruled) => plan.unruled.push(target.path),
            // Nothing stops this: there is a result for every target.
            Some(Look::Plain) | None => {}
        }
    }
    plan
}

fn look(task: &Task, target: &Target, session: &Session) -> Look {
    let (bytes, file) = match opened(target) {
        Ok(found) => found,
        Err(error) => return Look::Taken(Box::new(Err(error))),
    };
    match file {
        Err(error) if target.is_optional && is_foreign(&error, &bytes) => Look::Plain,
        Err(error) => Look::Taken(Box::new(Err(error))),
        Ok(_)
            if matches!(task, Task::Policy | Task::Rule) && target.named.is_none() && target.is_optional =>
        {
            Look::Unruled
        }
        Ok(file) => {
            let (commit, step) = (file.envelope().commit, task.judge(&file, target, session));
            let found = step.map(|step| Found { commit, step });
            Look::Taken(Box::new(found.map_err(|error| error.in_file(&target.path))))
        }
    }
}

/// Whether `bytes`, which were refused with `error`, were never an encrypted file.
fn is_foreign(error: &Error, bytes: &[u8]) -> bool {
    matches!(error.bare(), Error::NotEncrypted)
        || (error.status() == 3 && Token::find_all(&String::from_utf8_lossy(bytes)).next().is_none())
}

/// The bytes of `target` and the encrypted file in them.
///
/// # Errors
/// As [`fs::read`] and [`EncryptedFile::read`], in the file; [`Error::Conflict`] where git left its marks.
pub(super) fn read(target: &Target) -> Result<(Vec<u8>, EncryptedFile)> {
    let (bytes, file) = opened(target)?;
    Ok((bytes, file?))
}

/// The bytes of `target`, and what they are.
fn opened(target: &Target) -> Result<(Vec<u8>, Result<EncryptedFile>)> {
    let bytes = fs::read(&target.path, fs::FILE_LIMIT)?;
    let name = target.path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    let file_type = target.file_type.unwrap_or_else(|| FileType::of_encrypted(&name, &bytes));
    let file = EncryptedFile::read(file_type, bytes.clone());
    let file = file.map_err(|error| explained(error, &bytes, &target.path));
    Ok((bytes, file))
}

/// `error` of the file at `path`, or the merge conflict that it comes from.
fn explained(error: Error, bytes: &[u8], path: &Path) -> Error {
    let is_about_text = matches!(error, Error::Refused { .. } | Error::NotEncrypted);
    let conflict = is_about_text.then(|| Marked::read(&String::from_utf8_lossy(bytes))).flatten();
    conflict.map_or(error, |marked| Error::Conflict { line: marked.line }).in_file(path)
}
