//! `dekko verify --history`: what the replay check found, for people and programs.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::context::Context;
use super::hints::shell_word;
use super::ui::Status;
use crate::document::escape;
use crate::error::{Error, Result};
use crate::file::DataKeys;
use crate::git::Git;
use crate::git::history::{self, Commit, FileReport, Found, Report, Task};

/// How many details of one finding are shown.
const SHOWN: usize = 10;

/// What to look at.
pub(super) struct Look<'a> {
    /// The files; none when all are meant.
    pub files: &'a [PathBuf],
    /// Findings up to this commit are known.
    pub since: Option<&'a str>,
    /// Whether to write JSON.
    pub is_json: bool,
}

/// Looks at the history, and tells what is wrong with it.
///
/// # Errors
/// As [`history::verify`].
pub(super) fn run(context: &Context, look: &Look<'_>) -> Result<Status> {
    let (git, top) = repository(context, look.files.first().map(PathBuf::as_path))?;
    let files = look.files.iter().map(|file| path_of(top.as_deref(), file)).collect::<Result<Vec<_>>>()?;
    let files = (!files.is_empty()).then_some(files);
    let task = Task { files: files.as_deref(), since: look.since };
    let keys = DataKeys::new(context.session()?);
    let report = history::verify(&git, top.as_deref(), &task, Some(&keys))?;
    if let Some(files) = &files {
        for (path, file) in files.iter().zip(look.files) {
            if report.files.iter().all(|known| known.path != *path) {
                let what = "is an encrypted file in no commit".to_owned();
                return Err(Error::Path { path: escape(&file.to_string_lossy()), reason: what });
            }
        }
    }
    match look.is_json {
        true => context.ui.json(&as_json(&report))?,
        false => context.ui.content(as_text(&report).as_bytes())?,
    }
    warn_of_unopened(context, &report);
    let is_clean = report.files.iter().all(|file| file.findings.is_empty());
    Ok(if is_clean { Status::DONE } else { Status::ALTERED })
}

/// git in the folder of `file`, or in the current one, and the top of its work tree.
///
/// # Errors
/// [`Error::Git`] outside of a repository.
pub(super) fn repository(context: &Context, file: Option<&Path>) -> Result<(Git, Option<PathBuf>)> {
    let folder = file.and_then(|file| file.ancestors().skip(1).find(|folder| folder.is_dir()));
    let git = Git::new(folder.unwrap_or(Path::new(".")), &context.environment)?;
    let top = git.top()?;
    if top.is_none() {
        git.output("find a repository", ["rev-parse", "--git-dir"])?;
    }
    Ok((git, top))
}

/// The path of `file` from the top; in a bare repository it is that already.
///
/// # Errors
/// As [`history::path_in_repository`].
pub(super) fn path_of(top: Option<&Path>, file: &Path) -> Result<Vec<u8>> {
    match top {
        Some(top) => history::path_in_repository(top, file),
        None => Ok(file.as_os_str().as_encoded_bytes().to_vec()),
    }
}

fn warn_of_unopened(context: &Context, report: &Report) {
    let versions: usize = report.unopened.iter().map(|key| key.versions).sum();
    let names: Vec<&str> = report.unopened.iter().map(|key| key.dek.as_str()).collect();
    if names.is_empty() {
        return;
    }
    let what = match names.len() {
        1 => "1 data key".to_owned(),
        count => format!("{count} data keys"),
    };
    let shown = names.iter().take(SHOWN).copied().collect::<Vec<_>>().join(", ");
    let more = if names.len() > SHOWN { ", …" } else { "" };
    let versions = if versions == 1 { "1 version".to_owned() } else { format!("{versions} versions") };
    context.ui.warn(&format!(
        "{what} could not be opened: {shown}{more}; of {versions} only what tokens show was checked"
    ));
}

fn as_text(report: &Report) -> String {
    let mut text = String::new();
    for file in &report.files {
        let path = shown_path(&file.path);
        let versions =
            if file.versions == 1 { "1 version".to_owned() } else { format!("{} versions", file.versions) };
        let verdict = match file.findings.len() {
            0 => "ok".to_owned(),
            1 => "1 finding".to_owned(),
            count => format!("{count} findings"),
        };
        text.push_str(&format!("{path}: {verdict}, {versions}\n"));
        for found in &file.findings {
            text.push_str(&finding_text(found));
        }
        for note in &file.notes {
            text.push_str(&format!("  note: {}: {}\n", headline(&note.commit), note.what));
        }
        if file.findings.iter().any(|found| found.kind == "replay") {
            let word = shell_word(Path::new(&*String::from_utf8_lossy(&file.path)));
            text.push_str(&format!(
                "  a 'git revert' looks like this, too; to keep an earlier state: dekko reseal {word}\n"
            ));
        }
    }
    text
}

fn finding_text(found: &Found) -> String {
    let mut text = format!("  {} in {}\n", found.kind, headline(&found.commit));
    for said in found.details.iter().take(SHOWN) {
        text.push_str(&format!("    {}{}\n", said.says, dated(said.commits.first())));
    }
    if found.details.len() > SHOWN {
        text.push_str(&format!("    and {} more\n", found.details.len() - SHOWN));
    }
    text
}

/// When and by whom the commit on the other side was made.
fn dated(commit: Option<&Commit>) -> String {
    let moment = commit.and_then(|commit| Some((commit, commit.moment()?)));
    moment.map_or_else(String::new, |(commit, moment)| {
        format!(" ({}, {})", moment.get(..10).unwrap_or_default(), escape(&commit.author))
    })
}

/// A commit in a line: short id, day, author, subject.
pub(super) fn headline(commit: &Commit) -> String {
    match commit.moment() {
        None => commit.name().to_owned(),
        Some(moment) => {
            let day = moment.get(..10).unwrap_or_default();
            format!("{} ({day}, {}): {}", commit.name(), escape(&commit.author), escape(&commit.subject))
        }
    }
}

/// A path from git as people see it.
pub(super) fn shown_path(path: &[u8]) -> String {
    escape(&String::from_utf8_lossy(path))
}

fn as_json(report: &Report) -> Value {
    let files: Vec<Value> = report.files.iter().map(file_json).collect();
    let unopened: Vec<Value> = report
        .unopened
        .iter()
        .map(|key| json!({ "dek": key.dek, "versions": key.versions, "reason": key.reason }))
        .collect();
    json!({ "commits": report.commits, "files": files, "unopened": unopened })
}

fn file_json(file: &FileReport) -> Value {
    let findings: Vec<Value> = file
        .findings
        .iter()
        .map(|found| {
            let details: Vec<Value> = found
                .details
                .iter()
                .map(|said| {
                    let commits: Vec<Value> = said.commits.iter().map(commit_json).collect();
                    json!({ "path": said.path, "part": said.part, "says": said.says, "commits": commits })
                })
                .collect();
            json!({ "finding": found.kind, "commit": commit_json(&found.commit), "details": details })
        })
        .collect();
    let notes: Vec<Value> = file
        .notes
        .iter()
        .map(|note| json!({ "commit": commit_json(&note.commit), "note": note.what }))
        .collect();
    let path = String::from_utf8_lossy(&file.path);
    json!({ "path": path, "versions": file.versions, "findings": findings, "notes": notes })
}

/// A commit for programs: `id` is null for what is not yet one, and `place` says what it is.
pub(super) fn commit_json(commit: &Commit) -> Value {
    let place = if commit.id().is_some() { "commit" } else { commit.name() };
    json!({
        "id": commit.id(), "place": place, "author": commit.author, "date": commit.moment(),
        "subject": commit.subject,
    })
}
