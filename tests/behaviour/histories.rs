//! The histories of the format's vectors: exactly the findings that they name.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use dekko::crypto::{DataKey, Keys};
use dekko::file::{EncryptedFile, FileType};
use dekko::git::replay::{Cause, Change, Finding, History, PathId, Slot, VersionId, Versions};
use dekko::git::{At, Graph};
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/format-vectors/histories")
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_else(|| panic!("no text '{field}'"))
}

fn list<'v>(value: &'v Value, field: &str) -> &'v [Value] {
    value[field].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn data_key(hex: &Value) -> DataKey {
    let hex = hex.as_str().expect("hex");
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
    let bytes: Vec<u8> = (0..hex.len()).step_by(2).map(byte).collect();
    DataKey::new(bytes.try_into().expect("32 bytes"))
}

/// A history as the vectors give it, or the commits that it lacks.
struct Told {
    name: String,
    json: Value,
}

impl Told {
    fn all() -> Vec<Self> {
        let entries = fs::read_dir(folder()).expect("histories");
        let mut names: Vec<_> =
            entries.map(|entry| entry.expect("entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        let read = |name: String| {
            let json = fs::read(folder().join(&name).join("history.json")).expect("history");
            Self { name, json: serde_json::from_slice(&json).expect("JSON") }
        };
        names.into_iter().map(read).collect()
    }

    fn numbers(&self) -> BTreeMap<&str, At> {
        let ids = list(&self.json, "commits").iter().map(|commit| text(commit, "id"));
        ids.zip((0..).map(At)).collect()
    }

    /// The parents that are not there.
    fn missing(&self) -> Vec<&str> {
        let numbers = self.numbers();
        let parents = list(&self.json, "commits").iter().flat_map(|commit| list(commit, "parents"));
        parents.filter_map(Value::as_str).filter(|id| !numbers.contains_key(id)).collect()
    }

    /// What is found: commit, path, finding, and why.
    fn findings(&self) -> Vec<(String, String, String, BTreeSet<String>)> {
        let commits = list(&self.json, "commits");
        let numbers = self.numbers();
        let parents = |commit| list(commit, "parents").iter().map(|id| numbers[id.as_str().expect("id")]);
        let graph = Graph::new(commits.iter().map(|commit| parents(commit).collect()).collect());
        let graph = graph.expect("parents come first");
        let files = |commit: &Value| -> BTreeMap<String, String> {
            let files = commit["files"].as_object().expect("files");
            files.iter().map(|(path, file)| (path.clone(), file.as_str().expect("file").to_owned())).collect()
        };
        let paths: Vec<String> = commits
            .iter()
            .flat_map(|commit| files(commit).into_keys())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let (mut versions, mut known, mut encrypted) = (Versions::new(), BTreeMap::new(), Vec::new());
        let mut history = History::new(&graph);
        for (at, commit) in graph.commits().zip(commits) {
            let files = files(commit);
            for (number, path) in (0..).zip(&paths) {
                let version = files.get(path).map(|file| {
                    *known.entry(file.clone()).or_insert_with(|| {
                        let bytes = fs::read(folder().join(&self.name).join(file)).expect("version");
                        let format = FileType::of_encrypted(path, &bytes);
                        let file = EncryptedFile::read(format, bytes).expect("a version can be read");
                        let id = versions.push(&file);
                        encrypted.push(file);
                        id
                    })
                });
                history.set(at, Change { path: PathId(number), version });
            }
        }
        let mut vouches = |old: VersionId, new: VersionId| {
            let (old, new) = (&encrypted[old.0 as usize], &encrypted[new.0 as usize]);
            let key = list(&self.json, "deks").iter().map(data_key).find(|key| old.fits(key))?;
            let keys = Keys::derive(&key, &old.envelope().file_id);
            Some(new.envelope().succession()?.holds(&keys, &new.envelope().commit))
        };
        let found = history.findings(&versions, &mut vouches);
        let said = |finding: Finding| {
            let commit = text(&commits[finding.commit.index()], "id").to_owned();
            let path = paths[finding.path.0 as usize].clone();
            let causes = finding.causes.iter().map(why).collect();
            (commit, path, finding.kind.name().to_owned(), causes)
        };
        let mut found: Vec<_> = found.into_iter().map(said).collect();
        found.sort();
        found
    }
}

/// A cause in the words of the vectors.
fn why(cause: &Cause) -> String {
    let slot = |slot: &Slot| match slot {
        Slot::Value(id) => format!("V {id}"),
        Slot::Link(id) => format!("link {id}"),
        Slot::End => "end".to_owned(),
        Slot::Head => "head".to_owned(),
    };
    match cause {
        Cause::Returned { slot: of, .. } => format!("1: {}", slot(of)),
        Cause::TookBase { slot: of, .. } | Cause::RolledBack { slot: of, .. } => format!("2: {}", slot(of)),
        Cause::NoSuccession { .. } => "prev names no key of a parent".to_owned(),
        Cause::WrongSuccession { .. } => "the HMAC of prev".to_owned(),
        Cause::Order { .. } => "order of ids".to_owned(),
        Cause::CopyOf { .. } => "same id and dek".to_owned(),
    }
}

#[test]
fn every_history_has_exactly_the_findings_that_are_published() {
    let (mut wrong, mut tried, mut refused, mut count) = (Vec::new(), 0, 0, 0);
    for told in Told::all() {
        tried += 1;
        let missing: Vec<&str> = told.missing();
        if !missing.is_empty() {
            refused += 1;
            let expected: Vec<&str> =
                list(&told.json["refused"], "missing").iter().filter_map(Value::as_str).collect();
            if missing != expected || !told.json["findings"].is_null() {
                wrong.push(format!("{}: {missing:?} are missing", told.name));
            }
            continue;
        }
        let expected = list(&told.json, "findings").iter().map(|finding| {
            let because =
                list(finding, "because").iter().filter_map(Value::as_str).map(str::to_owned).collect();
            let field = |name| text(finding, name).to_owned();
            (field("commit"), field("path"), field("finding"), because)
        });
        let mut expected: Vec<_> = expected.collect();
        expected.sort();
        count += expected.len();
        let found = told.findings();
        if found != expected {
            wrong.push(format!("{}:\n  found    {found:?}\n  expected {expected:?}", told.name));
        }
    }
    assert!(wrong.is_empty(), "{} of {tried}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(tried >= 34 && refused >= 1 && count >= 20, "{tried} histories, {count} findings");
    println!("{tried} histories, {refused} refused, {count} findings, all as published");
}
