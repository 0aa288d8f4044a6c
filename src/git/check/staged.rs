//! What the next commit would bring.

use std::collections::{HashMap, HashSet};

use super::copies::{Copies, key};
use super::file::{Demands, Identity, examine, identity, is_exempt};
use super::rules::{Asked, Broken, Configurations, Rules};
use super::tree::contents;
use super::{Checker, Report, by_entry, in_disguise, name_of, reordered};
use crate::config::NAME;
use crate::error::Result;
use crate::git::changes::{Change, Place, entries_of, staged};
use crate::git::commits::found;
use crate::git::objects::Objects;
use crate::git::selected::{Attributes, is_attributes, marked};

pub(super) fn check(checker: &Checker) -> Result<Report> {
    let git = &checker.git;
    let head = found(git, "HEAD")?;
    let base = match &head {
        Some(head) => head.clone(),
        None => empty_tree(checker)?,
    };
    let changes = staged(git, &base)?;
    let mut objects = Objects::open(git)?;
    let mut index = Index::default();
    let selection = select(checker, &changes, head.as_deref(), &mut objects, &mut index)?;
    let mut report = Report::default();
    let (mut known, mut gone) = (Vec::new(), Vec::new());
    for (change, demands) in changes.iter().zip(selection) {
        report.findings.extend(change.new.as_ref().and_then(|new| in_disguise(&new.path, None)));
        let Some(demands) = demands else { continue };
        let name = name_of(&change.path);
        report.findings.extend(change.new.as_ref().and_then(|new| by_entry(new, None)));
        let Some(new) = change.new.as_ref().filter(|new| new.is_file()) else {
            gone.push(change);
            continue;
        };
        let examined = examine(&name, contents(&mut objects, &new.id)?, &demands);
        report.add(&change.path, None, &examined);
        known.extend(examined.identity.map(|identity| (change, identity)));
    }
    let mut deleted = HashMap::new();
    for change in gone {
        if let Some(old) = before(change, &mut objects)? {
            deleted.entry((old.file_id, old.dek)).or_insert(old);
        }
    }
    let mut newcomers = Vec::new();
    for (change, now) in &known {
        let old = before(change, &mut objects)?;
        let is_new = old.as_ref().is_none_or(|old| !is_same_file(old, now));
        let renamed = deleted.get(&(now.file_id, now.dek)).filter(|_| old.is_none());
        if let Some(old) = old.as_ref().or(renamed) {
            report.findings.extend(reordered(&change.path, None, old, now));
        }
        if is_new {
            newcomers.push((change.path.as_slice(), now));
        }
    }
    if !newcomers.is_empty() {
        copies(checker, &newcomers, &mut objects, &mut index, &mut report)?;
    }
    Ok(report)
}

/// The rules of the index.
#[derive(Default)]
struct Index {
    rules: Rules,
    known: Configurations,
    /// Whether the index has any `dekko.toml`: a new one may not be staged yet.
    is_configured: Option<bool>,
}

impl Index {
    fn demands(
        &mut self,
        checker: &Checker,
        objects: &mut Objects,
        asked: Asked<'_>,
    ) -> Result<Option<Demands>> {
        let is_configured = match self.is_configured {
            Some(is_configured) => is_configured,
            None => {
                let pattern = format!(":(top,glob)**/{NAME}");
                let listed =
                    checker.git.output("list the index", ["ls-files", "-z", "--", pattern.as_str()])?;
                *self.is_configured.insert(!listed.is_empty())
            }
        };
        let mut read = |path: &[u8]| match &checker.top {
            Some(top) if !is_configured => super::tree::configuration(&top.join(super::path_of(path))),
            _ => Ok(objects.find([b":0:", path].concat())?.map(|object| object.bytes)),
        };
        let demand = self.rules.demand(&mut self.known, &mut read, asked)?.map_err(Broken::into_error)?;
        Ok(demand.map(|rule| Demands { rules: vec![rule.clone()], readers: Some(rule), readers_note: "" }))
    }
}

/// What must hold for each of `changes`; `None` for what nothing gives to dekko.
fn select(
    checker: &Checker,
    changes: &[Change],
    head: Option<&str>,
    objects: &mut Objects,
    index: &mut Index,
) -> Result<Vec<Option<Demands>>> {
    let mut demands = Vec::with_capacity(changes.len());
    for change in changes {
        demands.push(match is_exempt(&name_of(&change.path)) {
            true => None,
            false => index.demands(checker, objects, Asked::after(change))?,
        });
    }
    let unruled: Vec<&[u8]> = changes
        .iter()
        .zip(&demands)
        .filter(|(change, demand)| demand.is_none() && !is_exempt(&name_of(&change.path)))
        .map(|(change, _)| change.path.as_slice())
        .collect();
    let marked = |source| marked(&checker.git, &checker.environment, source, &unruled);
    let mut by_attribute = marked(Attributes::Index)?;
    // The same commit may drop the attribute.
    if let Some(head) = head.filter(|_| changes.iter().any(|change| is_attributes(&change.path))) {
        by_attribute.extend(marked(Attributes::Tree(head))?);
    }
    for (change, demand) in changes.iter().zip(&mut demands) {
        if demand.is_none() && by_attribute.contains(&change.path) {
            *demand = Some(Demands::default());
        }
    }
    Ok(demands)
}

/// What the file was in the last commit.
fn before(change: &Change, objects: &mut Objects) -> Result<Option<Identity>> {
    let old = change.old.first().and_then(Option::as_ref).filter(|old| old.is_file());
    let Some(old) = old else { return Ok(None) };
    Ok(identity(&name_of(&change.path), contents(objects, &old.id)?))
}

pub(super) fn is_same_file(a: &Identity, b: &Identity) -> bool {
    (a.file_id, a.dek) == (b.file_id, b.dek)
}

/// Finds other files of the index that share data key and file id with `newcomers`.
fn copies(
    checker: &Checker,
    newcomers: &[(&[u8], &Identity)],
    objects: &mut Objects,
    index: &mut Index,
    report: &mut Report,
) -> Result<()> {
    let mut entries = entries_of(&checker.git, Place::Index)?;
    entries.retain(|entry| entry.is_file() && !is_exempt(&name_of(&entry.path)));
    let mut selected = Vec::new();
    let mut unruled = Vec::new();
    for entry in entries {
        match index.demands(checker, objects, Asked::of(&entry))? {
            Some(_) => selected.push(entry),
            None => unruled.push(entry),
        }
    }
    let paths: Vec<&[u8]> = unruled.iter().map(|entry| entry.path.as_slice()).collect();
    let marked = marked(&checker.git, &checker.environment, Attributes::Index, &paths)?;
    selected.extend(unruled.into_iter().filter(|entry| marked.contains(&entry.path)));
    let new: HashSet<&[u8]> = newcomers.iter().map(|(path, _)| *path).collect();
    let mut copies = Copies::default();
    for entry in &selected {
        if let Some(known) = identity(&name_of(&entry.path), contents(objects, &entry.id)?) {
            copies.add(key(&known), &entry.path);
        }
    }
    for (path, own) in newcomers {
        // Of two new ones, the later is the copy.
        let is_original = |other: &[u8]| Ok(other < *path || !new.contains(other));
        report.findings.extend(copies.finding(&key(own), path, None, is_original)?);
    }
    Ok(())
}

/// The id of the tree without files, which every repository knows.
fn empty_tree(checker: &Checker) -> Result<String> {
    let id = checker.git.output("name the empty tree", ["hash-object", "-t", "tree", "--stdin"])?;
    Ok(String::from_utf8_lossy(&id).trim_end().to_owned())
}
