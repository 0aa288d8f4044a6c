//! What a run was to do, kept while it is unfinished: so it goes on after whatever ended it.
//!
//! The record is written once, before the first file is, and never again. A new data key shows in the file itself: one whose
//! data key is another than recorded was done. What is done to recipients can be seen there, too. So no moment of a run
//! leaves the record behind what is on the disk. It holds paths, recipients and names of data keys: nothing secret.

use std::collections::HashMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::{Plan, Rids, Task};
use crate::crypto::{Commit, from_base64url, from_base64url_array, to_base64url};
use crate::error::{Error, Result};
use crate::fs::State;

/// The name of the file.
const NAME: &str = "run.json";

/// A run that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The command, as people type it: `rotate`, `recipients add`.
    pub command: String,
    /// What is to be done.
    pub task: Task,
    /// The type that the files are read as, when one was said.
    pub file_type: Option<String>,
    /// Recipients that the user said yes to.
    pub allowed: Rids,
    /// The files.
    pub files: Vec<Entry>,
}

/// A file of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where it is, absolute.
    pub path: PathBuf,
    /// The name of its data key before the run; `None` when it could not be read then.
    pub commit: Option<Commit>,
}

impl Record {
    /// The record of the unfinished run in `state`, if there is one.
    ///
    /// # Errors
    /// As [`State::read`]; [`Error::Usage`] when it is none that this dekko can read.
    pub fn load(state: &State) -> Result<Option<Self>> {
        let Some(bytes) = state.read(NAME)? else { return Ok(None) };
        let value = serde_json::from_slice(&bytes).ok();
        let record = value.as_ref().and_then(read).ok_or_else(|| {
            let what = "the record of the unfinished run cannot be read; begin the run anew".to_owned();
            Error::Usage { what }.in_file(state.folder().join(NAME))
        });
        record.map(Some)
    }

    /// Keeps the record in `state`, in the place of any other.
    ///
    /// # Errors
    /// As [`State::write`].
    pub fn save(&self, state: &State) -> Result<()> {
        let old = state.read(NAME)?;
        state.write(NAME, old.as_deref(), format!("{:#}\n", write(self)).as_bytes())
    }

    /// Forgets the run.
    ///
    /// # Errors
    /// As [`State::remove`].
    pub fn forget(state: &State) -> Result<()> {
        state.remove(NAME)
    }

    /// The files of `plan` that this record's run has not done: `absolute` gives the paths of the record. Only new data keys
    /// need it, all else can be seen in the files.
    #[must_use]
    pub fn left(&self, mut plan: Plan, absolute: impl Fn(&Path) -> PathBuf) -> Plan {
        if self.task == Task::Rotate {
            let before: HashMap<&Path, Option<Commit>> =
                self.files.iter().map(|entry| (entry.path.as_path(), entry.commit)).collect();
            plan.files.retain(|planned| {
                match (&planned.found, before.get(&*absolute(&planned.target.path))) {
                    (Ok(found), Some(Some(commit))) => found.commit == *commit,
                    _ => true,
                }
            });
        }
        plan
    }
}

fn write(record: &Record) -> Value {
    let task = match &record.task {
        Task::Policy => json!("policy"),
        Task::Rule => json!("rule"),
        Task::Rotate => json!("rotate"),
        Task::Stale => json!("stale"),
        Task::Change { add, remove } => json!({ "add": add, "remove": remove }),
    };
    let file = |entry: &Entry| {
        let dek = entry.commit.map(|commit| to_base64url(&commit.0));
        match entry.path.to_str() {
            Some(path) => json!({ "path": path, "dek": dek }),
            None => json!({ "bytes": to_base64url(entry.path.as_os_str().as_encoded_bytes()), "dek": dek }),
        }
    };
    json!({
        "version": 1,
        "command": record.command,
        "task": task,
        "type": record.file_type,
        "allowed": record.allowed,
        "files": record.files.iter().map(file).collect::<Vec<_>>(),
    })
}

fn read(value: &Value) -> Option<Record> {
    if value.get("version")?.as_u64()? != 1 {
        return None;
    }
    let rids = |value: &Value| -> Option<Rids> {
        value.as_array()?.iter().map(|rid| rid.as_str().map(str::to_owned)).collect()
    };
    let task = match value.get("task")? {
        Value::String(name) if name == "policy" => Task::Policy,
        Value::String(name) if name == "rule" => Task::Rule,
        Value::String(name) if name == "rotate" => Task::Rotate,
        Value::String(name) if name == "stale" => Task::Stale,
        change => Task::Change { add: rids(change.get("add")?)?, remove: rids(change.get("remove")?)? },
    };
    let file = |value: &Value| {
        let path = match value.get("path").and_then(Value::as_str) {
            Some(path) => PathBuf::from(path),
            None => path_of(from_base64url(value.get("bytes")?.as_str()?)?)?,
        };
        let commit = match value.get("dek")? {
            Value::Null => None,
            dek => Some(Commit(from_base64url_array(dek.as_str()?)?)),
        };
        Some(Entry { path, commit })
    };
    Some(Record {
        command: value.get("command")?.as_str()?.to_owned(),
        task,
        file_type: value.get("type")?.as_str().map(str::to_owned),
        allowed: rids(value.get("allowed")?)?,
        files: value.get("files")?.as_array()?.iter().map(file).collect::<Option<_>>()?,
    })
}

#[cfg(unix)]
fn path_of(bytes: Vec<u8>) -> Option<PathBuf> {
    Some(<OsString as std::os::unix::ffi::OsStringExt>::from_vec(bytes).into())
}

#[cfg(not(unix))]
fn path_of(bytes: Vec<u8>) -> Option<PathBuf> {
    String::from_utf8(bytes).ok().map(|text| OsString::from(text).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(task: Task) -> Record {
        let set = |rid: &str| Rids::from([rid.to_owned()]);
        let files = vec![
            Entry { path: "/a b/-c".into(), commit: Some(Commit([7; 32])) },
            Entry { path: "/d".into(), commit: None },
        ];
        Record {
            command: "rotate".into(),
            task,
            file_type: Some("yaml".into()),
            allowed: set("age:a"),
            files,
        }
    }

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let change = Task::Change { add: Rids::from(["age:a".into()]), remove: Rids::new() };
        for task in [Task::Policy, Task::Rule, Task::Rotate, Task::Stale, change] {
            let record = record(task);
            assert_eq!(read(&write(&record)), Some(record));
        }
        #[cfg(unix)]
        {
            let mut record = record(Task::Rotate);
            record.files[0].path = path_of(b"/\xff\xfe\n".to_vec()).unwrap();
            assert_eq!(read(&write(&record)), Some(record));
        }
    }

    #[test]
    fn what_is_no_record_is_refused() {
        let good = write(&record(Task::Policy));
        for name in ["version", "command", "task", "type", "allowed", "files"] {
            let mut bad = good.clone();
            bad.as_object_mut().unwrap().remove(name);
            assert_eq!(read(&bad), None, "{name}");
        }
        assert_eq!(read(&json!([1])), None);
    }
}
