//! Doing it: each file opened and verified, changed, and replaced whole.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::plan::read;
use super::workers::each;
use super::{Key, Plan, Planned, Rids, Step, Stop, Target, Task, Unanswered};
use crate::crypto::{DataKey, FileId, SystemRandom};
use crate::document::Style;
use crate::envelope::WrappedKey;
use crate::error::{Error, Result};
use crate::file::{DataKeys, EncryptedFile, OpenFile, Rotation};
use crate::fs::{self, Expected, Readers};
use crate::provider::{self, Session, Wrap, recipient_of};

/// What is done about files that state that they need nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unchanged {
    /// They are opened and verified all the same.
    Verified,
    /// Those that one of these can read are; the others are believed.
    VerifiedOf(Rids),
    /// They are believed: no identity and no service is asked for them.
    Believed,
}

/// What a run works with.
pub struct Run<'a> {
    /// What is to be done.
    pub task: &'a Task,
    /// The identities of the user, for all files.
    pub session: &'a Session,
    /// Who may be added: whom the user named himself, or said yes to.
    pub allowed: &'a Rids,
    /// What is done about files that state that they need nothing.
    pub unchanged: Unchanged,
    /// The moment, as files write it.
    pub now: &'a (dyn Fn() -> String + Sync),
    /// How many files are worked on at a time.
    pub jobs: NonZeroUsize,
    /// Ends the run between two files.
    pub stop: &'a Stop,
}

/// A file that was replaced.
pub struct Done {
    /// What became of it.
    pub step: Step,
    /// The paths of the values that whoever was removed knows; `.` is the whole of a binary file.
    pub known: Vec<String>,
}

/// What came of one file; `None` when it had to stay as it is.
pub type Outcome = Result<Option<Done>>;

impl Run<'_> {
    /// Does what `plan` says, and tells `told` of each file as it is done. The outcomes, in the order of the plan; `None`
    /// for a file that nothing was tried with: it needed nothing, its plan failed, or the run was stopped.
    pub fn apply(&self, plan: &Plan, mut told: impl FnMut(&Planned, &Outcome)) -> Vec<Option<Outcome>> {
        let groups = plan.groups(|planned| planned.is_change() || self.is_verified(planned));
        let folders = Folders::of(groups.iter().flatten().map(|(_, planned)| &planned.target));
        let work = |group: &Vec<(usize, &Planned)>| {
            let keys = DataKeys::new(self.session);
            let mut outcomes = Vec::with_capacity(group.len());
            for (at, planned) in group {
                if self.stop.is_set() {
                    break;
                }
                outcomes.push((*at, self.change(planned, &keys, &folders)));
            }
            outcomes
        };
        let results = each(self.jobs, &groups, self.stop, work, |outcomes| {
            for (at, outcome) in outcomes {
                if let Some(planned) = plan.files.get(*at) {
                    told(planned, outcome);
                }
            }
        });
        let mut all: Vec<Option<Outcome>> = plan.files.iter().map(|_| None).collect();
        for (at, outcome) in results.into_iter().flatten().flatten() {
            if let Some(place) = all.get_mut(at) {
                *place = Some(outcome);
            }
        }
        all
    }

    /// Whether `planned`, which needs nothing, is opened and verified all the same.
    fn is_verified(&self, planned: &Planned) -> bool {
        match &self.unchanged {
            Unchanged::Verified => true,
            Unchanged::VerifiedOf(own) => {
                planned.found.as_ref().is_ok_and(|found| !found.step.readers.is_disjoint(own))
            }
            Unchanged::Believed => false,
        }
    }

    /// Changes one file. It is read and judged anew: only what is verified counts.
    fn change(&self, planned: &Planned, keys: &DataKeys<'_>, folders: &Folders) -> Outcome {
        let target = &planned.target;
        // That it can be replaced is known before any identity or service is asked.
        if planned.is_change() {
            fs::check_writable(&target.path, target.within.as_deref())?;
        }
        let (old, file) = read(target)?;
        let made = self.made(file, target, keys).map_err(|error| error.in_file(&target.path))?;
        let Some((new, done)) = made else { return Ok(None) };
        folders.alone_in(&target.path, || {
            let expected = Expected::Bytes(&old);
            fs::replace(&target.path, &expected, &new, Readers::AsBefore, target.within.as_deref())
        })?;
        Ok(Some(done))
    }

    /// The new bytes of `file`, verified; `None` when it stays as it is.
    fn made(
        &self,
        file: EncryptedFile,
        target: &Target,
        keys: &DataKeys<'_>,
    ) -> Result<Option<(Vec<u8>, Done)>> {
        let open = keys.open(file)?;
        let envelope = open.file().envelope();
        let mut step = self.task.judge(open.file(), target, self.session)?;
        if step.is_nothing() {
            return Ok(None);
        }
        let strangers: Vec<_> = step.added.difference(self.allowed).cloned().collect();
        if !strangers.is_empty() {
            return Err(Error::Unconfirmed { recipients: strangers });
        }
        let bytes = match step.key {
            Key::Kept => {
                let mut recipients = envelope.recipients.clone();
                recipients.retain(|wrapped| !step.replaced.contains(&recipient_of(wrapped)));
                self.renew(&mut recipients, &mut step, &envelope.file_id, open.key())?;
                recipients.extend(self.wraps(&step.added, &envelope.file_id, open.key())?);
                open.rewrap(recipients)?
            }
            Key::New => {
                let random = &mut SystemRandom;
                let rotation = Rotation { key: DataKey::generate(random)?, rotated: (self.now)() };
                let wrap = &mut |file: &FileId, key: &DataKey| self.wraps(&step.readers, file, key);
                match &step.terms {
                    Some(terms) => open.rotate_under(rotation, terms, wrap, random)?,
                    None => open.rotate(rotation, wrap, random)?,
                }
            }
        };
        let known = if step.removed.is_empty() { Vec::new() } else { secrets(&open) };
        Ok(Some((bytes, Done { step, known })))
    }

    /// The data key `key` of `file`, wrapped for each of `readers`.
    fn wraps(&self, readers: &Rids, file: &FileId, key: &DataKey) -> Result<Vec<WrappedKey>> {
        let rids: Vec<&str> = readers.iter().map(String::as_str).collect();
        let wraps = provider::wrap_all(&rids, file, key, self.session)?;
        rids.iter().zip(wraps).map(|(rid, wrap)| provider::wrapped(rid, wrap)).collect()
    }

    /// Makes those of `recipients` anew that `step` names. One that fails keeps no other from it; it is noted in `step`.
    ///
    /// # Errors
    /// The first failure, when nothing could be made anew.
    fn renew(
        &self,
        recipients: &mut [WrappedKey],
        step: &mut Step,
        file: &FileId,
        key: &DataKey,
    ) -> Result<()> {
        let mut first = None;
        for old in recipients {
            let recipient = recipient_of(&*old);
            if !step.renewed.contains(&recipient) {
                continue;
            }
            let made = provider::renewed(&Wrap::from(&*old), file, key, self.session);
            match made.and_then(|bytes| provider::wrapped(&old.rid, bytes)) {
                Ok(new) => *old = new,
                Err(error) => {
                    step.renewed.remove(&recipient);
                    step.unanswered.push(Unanswered::of(recipient, &error));
                    first = first.or(Some(error));
                }
            }
        }
        match first {
            Some(error) if step.renewed.is_empty() => Err(error),
            _ => Ok(()),
        }
    }
}

/// The paths of the values of `open` that are secret.
fn secrets(open: &OpenFile) -> Vec<String> {
    let Some(document) = open.file().document() else { return vec![".".to_owned()] };
    let mut matcher = open.file().policy().matcher(document);
    let values = document.leaves().iter().filter(|leaf| leaf.style != Style::Comment);
    let secret = values.filter(|leaf| matcher.is_secret(leaf.node));
    secret.map(|leaf| document.path_of(leaf.node)).collect()
}

/// One worker at a time replaces a file in a folder: the folder's lock keeps all others waiting, and they would come back to
/// look only now and then.
struct Folders(HashMap<PathBuf, Mutex<()>>);

impl Folders {
    fn of<'t>(targets: impl Iterator<Item = &'t Target>) -> Self {
        Self(targets.map(|target| (folder_of(&target.path), Mutex::default())).collect())
    }

    fn alone_in<T>(&self, path: &Path, work: impl FnOnce() -> T) -> T {
        let lock = self.0.get(&folder_of(path));
        // What the lock guards is on the disk: it is whole whatever happened to another worker.
        let _held = lock.map(|lock| lock.lock().unwrap_or_else(PoisonError::into_inner));
        work()
    }
}

fn folder_of(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).to_owned()
}
