//! Commits that let the rules ask for less: afterwards nobody would look at what they no longer name.

use std::collections::{HashMap, HashSet};

use super::file::is_exempt;
use super::range::Walk;
use super::rules::{Asked, Demand};
use super::{Checker, Defect, Report, name_of, of_entry};
use crate::config::NAME;
use crate::document::Cover;
use crate::error::Result;
use crate::git::changes::{Change, Entry, Place, entries_of};
use crate::git::commits::{Commit, Range};
use crate::git::selected::{Attributes, is_attributes, marked};

/// The contents of files that rules and attributes stand in, by path.
type Sources = HashMap<Vec<u8>, String>;

/// The ids of an empty content, by SHA-1 and by SHA-256: it holds nothing to encrypt.
const EMPTY: [&str; 2] = [
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
];

/// What is known of a range's rules.
pub(super) struct Weaker<'c> {
    checker: &'c Checker,
    range: &'c Range,
    /// Those of the default branch, else of the base: to take them over brings nothing new.
    judge: Option<Sources>,
    /// The paths that a commit of the range was found, or accepted, to ask less of.
    settled: HashSet<Vec<u8>>,
}

impl<'c> Weaker<'c> {
    pub fn new(checker: &'c Checker, range: &'c Range) -> Self {
        Self { checker, range, judge: None, settled: HashSet::new() }
    }

    /// Finds the files of `commit` of which its rules or attributes ask for less than those of one of its parents.
    pub fn check(
        &mut self,
        walk: &mut Walk<'_>,
        commit: &Commit,
        changes: &[Change],
        report: &mut Report,
    ) -> Result<()> {
        let changed = changes.iter().map(|change| &change.path[..]).filter(|path| is_source(path));
        let changed: Vec<&[u8]> = changed.collect();
        if changed.is_empty() || commit.parents.is_empty() {
            return Ok(());
        }
        let folders: Vec<&[u8]> = changed.iter().map(|path| folder_of(path)).collect();
        let mut entries = entries_of(&self.checker.git, Place::Tree(&commit.id))?;
        let own = sources(&entries);
        let is_new = |change: &&Change| {
            change.old.len() >= commit.parents.len() && change.old.iter().all(Option::is_none)
        };
        let new: HashSet<&[u8]> = changes.iter().filter(is_new).map(|change| &change.path[..]).collect();
        entries.retain(|entry| {
            folders.iter().any(|folder| entry.path.starts_with(folder))
                && !is_exempt(&name_of(&entry.path))
                && !EMPTY.contains(&&*entry.id)
                && !new.contains(&entry.path[..])
        });
        let mut lost: Vec<(&Entry, String)> = Vec::new();
        let mut unruled = Vec::new();
        for entry in &entries {
            let after = match walk.rule(&commit.id, Asked::of(entry))? {
                Ok(after) => after,
                Err(_) => {
                    walk.usable_rule(&commit.id, Asked::of(entry), report)?;
                    continue;
                }
            };
            let mut is_ruled = after.is_some();
            for parent in &commit.parents {
                let Ok(Some(before)) = walk.rule(parent, Asked::of(entry))? else { continue };
                is_ruled = true;
                if let Some(what) = less(&before, after.as_deref()) {
                    lost.push((entry, what));
                }
            }
            if !is_ruled {
                unruled.push(entry);
            }
        }
        if changed.iter().any(|path| is_attributes(path)) {
            let paths: Vec<&[u8]> = unruled.iter().map(|entry| &entry.path[..]).collect();
            let marked =
                |tree| marked(&self.checker.git, &self.checker.environment, Attributes::Tree(tree), &paths);
            let now = marked(&commit.id)?;
            for parent in &commit.parents {
                let before = marked(parent)?;
                let is_lost = |entry: &&&Entry| before.contains(&entry.path) && !now.contains(&entry.path);
                let what = "was given to dekko by an attribute, and is no more".to_owned();
                lost.extend(unruled.iter().filter(is_lost).map(|entry| (*entry, what.clone())));
            }
        }
        // Of several parents the first that asked for more is named.
        let mut named = HashSet::new();
        for (entry, what) in lost {
            if !named.insert(&entry.path) || self.is_carried(&own, &entry.path)? {
                continue;
            }
            let is_first = self.settled.insert(entry.path.clone());
            let is_merge = commit.parents.len() > 1;
            if (is_first || !is_merge) && !self.range.accepted.contains(&commit.id) {
                report.findings.push(of_entry(Defect::Rules, &entry.path, Some(&commit.id), &what));
            }
        }
        Ok(())
    }

    /// Whether the rules that `own` holds for `path` are those of the default branch, or of the base where that is not
    /// known.
    fn is_carried(&mut self, own: &Sources, path: &[u8]) -> Result<bool> {
        let judge = match &mut self.judge {
            Some(judge) => judge,
            none => {
                let tree = self.range.default.as_deref().or(self.range.base.as_deref());
                let entries =
                    tree.map(|tree| entries_of(&self.checker.git, Place::Tree(tree))).transpose()?;
                none.insert(entries.map(|entries| sources(&entries)).unwrap_or_default())
            }
        };
        let mut folder = path;
        while !folder.is_empty() {
            folder = folder_of(folder.strip_suffix(b"/").unwrap_or(folder));
            for name in [NAME, ".gitattributes"] {
                let source = [folder, name.as_bytes()].concat();
                if own.get(&source) != judge.get(&source) {
                    return Ok(false);
                }
            }
        }
        Ok(true)
    }
}

/// In which way `after` asks for less than `before`.
fn less(before: &Demand, after: Option<&Demand>) -> Option<String> {
    let place = &before.place;
    let Some(after) = after else { return Some(format!("was named by {place}, and no rule names it now")) };
    let is_cover_less = before.cover == Cover::All && after.cover == Cover::Encrypted;
    let is_scope_lost = before.scope.is_some() && before.scope != after.scope;
    let what = if !after.policy.includes(&before.policy) {
        "may leave plain what was encrypted by"
    } else if is_cover_less {
        "has its tags cover less than"
    } else if is_scope_lost {
        "is not for the scope of"
    } else {
        return None;
    };
    let now = &after.place;
    Some(match now == place {
        true => format!("is named by {now}, which now {what} the rule as it was"),
        false => format!("is named by {now}, which {what} {place} as it was"),
    })
}

/// The folder that `path` lies in, with a `/` at its end; empty for the top.
fn folder_of(path: &[u8]) -> &[u8] {
    let end = path.iter().rposition(|&byte| byte == b'/').map_or(0, |at| at + 1);
    path.get(..end).unwrap_or_default()
}

/// Whether rules or attributes stand in the file at `path`.
fn is_source(path: &[u8]) -> bool {
    is_attributes(path) || name_of(path) == NAME
}

fn sources(entries: &[Entry]) -> Sources {
    let sources = entries.iter().filter(|entry| is_source(&entry.path));
    sources.map(|entry| (entry.path.clone(), entry.id.clone())).collect()
}
