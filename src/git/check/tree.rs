//! Every tracked file, as it lies in the work tree.

use std::collections::HashSet;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::copies::Copies;
use super::file::{Demands, Examined, examine, is_exempt};
use super::rules::{Asked, Configurations, Demand, Rules};
use super::{Checker, Report, by_entry, in_disguise, name_of};
use crate::config::NAME;
use crate::error::{Error, Result};
use crate::fs;
use crate::git::changes::{Entry, Place, entries_of};
use crate::git::command::path_of;
use crate::git::history::is_candidate;
use crate::git::objects::Objects;
use crate::git::selected::{Attributes, marked};

/// A file that must be looked at.
struct Selected {
    entry: Entry,
    demands: Demands,
}

pub(super) fn check(checker: &Checker) -> Result<Report> {
    let entries = listed(checker)?;
    let mut report = Report::default();
    report.findings.extend(entries.iter().filter_map(|entry| in_disguise(&entry.path, None)));
    let mut selected = select(checker, entries)?;
    selected.iter_mut().for_each(|file| as_it_lies(checker, &mut file.entry));
    report.findings.extend(selected.iter().filter_map(|file| by_entry(&file.entry, None)));
    selected.retain(|file| file.entry.is_file());
    let examined = examine_all(checker, &selected)?;
    for (file, examined) in selected.iter().zip(&examined) {
        report.add(&file.entry.path, None, examined);
    }
    let files = selected.iter().zip(&examined);
    let files =
        files.filter_map(|(file, examined)| Some((&file.entry.path[..], examined.identity.as_ref()?)));
    report.findings.extend(Copies::among(files)?);
    Ok(report)
}

pub(super) fn is_idle(checker: &Checker) -> Result<bool> {
    Ok(select(checker, listed(checker)?)?.is_empty())
}

/// Makes a link of `entry` where one lies in the work tree.
fn as_it_lies(checker: &Checker, entry: &mut Entry) {
    let path = checker.top.as_ref().map(|top| top.join(path_of(&entry.path)));
    let found = path.and_then(|path| std::fs::symlink_metadata(path).ok());
    if entry.is_file() && found.is_some_and(|found| found.is_symlink()) {
        "120000".clone_into(&mut entry.mode);
    }
}

/// A file that git tracks, as it lies in the work tree, and what the rules say of it.
pub struct Tracked<'t> {
    /// Its path from the top.
    pub path: &'t [u8],
    /// Its content.
    pub bytes: Vec<u8>,
    /// The rule that names it, for messages: `rule 2 of 'dekko.toml'`.
    pub rule: Option<&'t str>,
    /// Who may read it as the rule says, by the names that files use.
    pub readers: Option<&'t HashSet<String>>,
}

pub(super) fn each(checker: &Checker, take: &mut dyn FnMut(Tracked<'_>) -> Result<()>) -> Result<()> {
    let mut entries = listed(checker)?;
    entries.retain(Entry::is_file);
    let (entries, demands) = ruled(checker, entries)?;
    let mut objects = None;
    for (entry, demand) in entries.iter().zip(&demands) {
        let bytes = content(checker, entry, &mut objects)?;
        if demand.is_none() && !is_candidate(&bytes) {
            continue;
        }
        let (rule, readers) =
            (demand.as_ref().map(|rule| &*rule.place), demand.as_ref().map(|rule| &rule.readers));
        take(Tracked { path: &entry.path, bytes, rule, readers })?;
    }
    Ok(())
}

/// The entries of the index; in a bare repository those of the commit `HEAD`.
fn listed(checker: &Checker) -> Result<Vec<Entry>> {
    match &checker.top {
        Some(_) => entries_of(&checker.git, Place::Index),
        None => entries_of(&checker.git, Place::Tree("HEAD")),
    }
}

/// Those of `entries` that a rule or an attribute names, with what their rules want.
fn select(checker: &Checker, entries: Vec<Entry>) -> Result<Vec<Selected>> {
    let (entries, demands) = ruled(checker, entries)?;
    let unruled: Vec<&[u8]> = entries
        .iter()
        .zip(&demands)
        .filter(|(_, demand)| demand.is_none())
        .map(|(entry, _)| &*entry.path)
        .collect();
    let source = if checker.top.is_some() { Attributes::WorkTree } else { Attributes::Tree("HEAD") };
    let marked = marked(&checker.git, &checker.environment, source, &unruled)?;
    let selected = entries.into_iter().zip(demands).filter_map(|(entry, demand)| match demand {
        Some(rule) => Some(Selected {
            entry,
            demands: Demands { rules: vec![rule.clone()], readers: Some(rule), readers_note: "" },
        }),
        None if marked.contains(&entry.path) => Some(Selected { entry, demands: Demands::default() }),
        None => None,
    });
    Ok(selected.collect())
}

/// What the rules want of each of several files; `None` where none names it.
type Demanded = Vec<Option<Arc<Demand>>>;

/// Those of `entries` that can be encrypted, and what the rules want of each.
fn ruled(checker: &Checker, mut entries: Vec<Entry>) -> Result<(Vec<Entry>, Demanded)> {
    let folders: HashSet<Vec<u8>> =
        entries.iter().filter(|entry| name_of(&entry.path) == NAME).map(|entry| entry.path.clone()).collect();
    entries.retain(|entry| !is_exempt(&name_of(&entry.path)));
    let (mut rules, mut known) = (Rules::default(), Configurations::default());
    let mut objects = None;
    let mut read = |path: &[u8]| match &checker.top {
        Some(top) => configuration(&top.join(path_of(path))),
        None if !folders.contains(path) => Ok(None),
        None => {
            let objects: &mut Objects = match &mut objects {
                Some(objects) => objects,
                none => none.insert(Objects::open(&checker.git)?),
            };
            Ok(objects.find([b"HEAD:", path].concat())?.map(|object| object.bytes))
        }
    };
    let mut demands = Vec::with_capacity(entries.len());
    for entry in &entries {
        let demand = rules.demand(&mut known, &mut read, Asked::of(entry))?;
        demands.push(demand.map_err(super::rules::Broken::into_error)?);
    }
    Ok((entries, demands))
}

/// The content of the `dekko.toml` at `path`, when there is one.
pub(super) fn configuration(path: &Path) -> Result<Option<Vec<u8>>> {
    match std::fs::symlink_metadata(path) {
        Err(_) => Ok(None),
        Ok(found) if found.is_file() => fs::read(path, 1 << 20).map(Some),
        Ok(_) => {
            let what = "is not a regular file: dekko follows no link to its configuration".to_owned();
            Err(Error::Config { line: None, what }.in_file(path))
        }
    }
}

/// Looks at all files, several at a time.
fn examine_all(checker: &Checker, selected: &[Selected]) -> Result<Vec<Examined>> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<(usize, Result<Examined>)>> = Mutex::new(Vec::with_capacity(selected.len()));
    let count =
        std::thread::available_parallelism().map_or(1, usize::from).min(selected.len().div_ceil(16)).max(1);
    let work = || {
        let mut objects = None;
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = selected.get(at) else { return };
            let bytes = content(checker, &file.entry, &mut objects);
            let name = name_of(&file.entry.path);
            let examined = bytes.map(|bytes| examine(&name, bytes, &file.demands));
            if let Ok(mut results) = results.lock() {
                results.push((at, examined));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..count {
            scope.spawn(work);
        }
        work();
    });
    let mut results = results.into_inner().unwrap_or_default();
    results.sort_by_key(|(at, _)| *at);
    if results.len() != selected.len() {
        return Err(Error::Internal { what: "not every file was looked at".to_owned() });
    }
    results.into_iter().map(|(_, examined)| examined).collect()
}

/// The content of `entry` in the work tree; where it is not there (sparse checkouts, a bare repository), in git.
fn content(checker: &Checker, entry: &Entry, objects: &mut Option<Objects>) -> Result<Vec<u8>> {
    if let Some(top) = &checker.top {
        let path = top.join(path_of(&entry.path));
        if std::fs::symlink_metadata(&path).is_ok_and(|found| found.is_file()) {
            return fs::read(&path, fs::FILE_LIMIT);
        }
    }
    let objects = match objects {
        Some(objects) => objects,
        none => none.insert(Objects::open(&checker.git)?),
    };
    contents(objects, &entry.id)
}

/// The content of the object `id`.
pub(super) fn contents(objects: &mut Objects, id: &str) -> Result<Vec<u8>> {
    let object = objects.find(id)?;
    object.map(|object| object.bytes).ok_or_else(|| Error::Git {
        action: "give out a file",
        reason: format!("the object {id} is not here; a partial clone may lack it"),
    })
}
