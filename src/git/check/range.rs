//! What each commit of a range brings: every version, not only the last, under the rules of the base.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::copies::{Copies, Key, key};
use super::file::{Demands, Examined, Identity, examine, identity, is_exempt};
use super::rules::{Asked, Broken, Configurations, Demand, Rules};
use super::staged::is_same_file;
use super::tree::contents;
use super::weaker::Weaker;
use super::{Checker, Defect, Finding, Report, by_entry, in_disguise, name_of, reordered};
use crate::error::Result;
use crate::git::changes::{Change, Entry, Place, entries_of, of_commits};
use crate::git::commits::{Commit, Range};
use crate::git::objects::Objects;
use crate::git::selected::{Attributes, is_attributes, marked};

pub(super) fn check(checker: &Checker, range: &Range) -> Result<Report> {
    let mut report = Report::default();
    let Some(tip) = range.tip.as_deref().filter(|_| !range.commits.is_empty()) else { return Ok(report) };
    let changes = of_commits(&checker.git, &range.commits)?;
    let mut walk = Walk::new(checker, range, tip)?;
    walk.mark(&changes)?;
    let mut weaker = Weaker::new(checker, range);
    for (commit, changes) in range.commits.iter().zip(&changes) {
        weaker.check(&mut walk, commit, changes, &mut report)?;
        walk.commit(commit, changes, &mut report)?;
    }
    walk.copies(&mut report)?;
    Ok(report)
}

/// A range under way.
pub(super) struct Walk<'c> {
    checker: &'c Checker,
    range: &'c Range,
    tip: &'c str,
    objects: Objects,
    known: Configurations,
    /// The rules of each commit that was asked.
    rules: HashMap<String, Rules>,
    /// What the default branch has, by path.
    default: HashMap<Vec<u8>, Entry>,
    /// The changed paths that attributes of the base give to dekko.
    by_base: HashSet<Vec<u8>>,
    /// Those that attributes of the others do.
    by_others: HashSet<Vec<u8>>,
    /// The broken configurations that were spoken of.
    broken: HashSet<(Vec<u8>, String)>,
    /// What files are, by content and name.
    identities: HashMap<(String, String), Option<Arc<Identity>>>,
    /// What was found, by content, name and rules.
    examined: HashMap<(String, String, Vec<*const Demand>), Arc<Examined>>,
    /// What was judged, by path, content and rules.
    judged: HashSet<(Vec<u8>, String, Vec<*const Demand>)>,
    copies: Copies,
    newcomers: Vec<(&'c str, Vec<u8>, Key)>,
}

impl<'c> Walk<'c> {
    fn new(checker: &'c Checker, range: &'c Range, tip: &'c str) -> Result<Self> {
        let default = match &range.default {
            Some(default) => entries_of(&checker.git, Place::Tree(default))?,
            None => Vec::new(),
        };
        Ok(Self {
            checker,
            range,
            tip,
            objects: Objects::open(&checker.git)?,
            known: Configurations::default(),
            rules: HashMap::new(),
            default: default.into_iter().map(|entry| (entry.path.clone(), entry)).collect(),
            by_base: HashSet::new(),
            by_others: HashSet::new(),
            broken: HashSet::new(),
            identities: HashMap::new(),
            examined: HashMap::new(),
            judged: HashSet::new(),
            copies: Copies::default(),
            newcomers: Vec::new(),
        })
    }

    /// Finds the changed paths that the attributes of the base, of the default branch, of the tip or of a commit that
    /// changes attributes give to dekko.
    fn mark(&mut self, changes: &[Vec<Change>]) -> Result<()> {
        let paths: BTreeSet<&[u8]> = changes.iter().flatten().map(|change| change.path.as_slice()).collect();
        let paths: Vec<&[u8]> = paths.into_iter().collect();
        let marked =
            |tree| marked(&self.checker.git, &self.checker.environment, Attributes::Tree(tree), &paths);
        let mut found = marked(self.tip)?;
        if let Some(default) = &self.range.default {
            found.extend(marked(default)?);
        }
        for (commit, changes) in self.range.commits.iter().zip(changes) {
            if changes.iter().any(|change| is_attributes(&change.path)) && commit.id != self.tip {
                found.extend(marked(&commit.id)?);
            }
        }
        if let Some(base) = &self.range.base {
            self.by_base = marked(base)?;
        }
        self.by_others = found;
        Ok(())
    }

    /// Looks at what `commit` changes.
    fn commit(&mut self, commit: &'c Commit, changes: &[Change], report: &mut Report) -> Result<()> {
        let (mut now, mut gone) = (Vec::new(), Vec::new());
        for change in changes.iter().filter(|change| !is_exempt(&name_of(&change.path))) {
            let is_own = change.old.len() >= commit.parents.len();
            if let Some(new) = change.new.as_ref().filter(|_| is_own) {
                report.findings.extend(in_disguise(&new.path, Some(&commit.id)));
            }
            let Some(demands) = self.demands(commit, change, report)? else { continue };
            let Some(new) = &change.new else {
                gone.push(change);
                continue;
            };
            let rules: Vec<*const Demand> = demands.rules.iter().map(Arc::as_ptr).collect();
            // A merge takes over what was judged where it was made.
            let is_judged =
                !self.judged.insert((new.path.clone(), new.id.clone(), rules)) && commit.parents.len() > 1;
            if !is_judged {
                report.findings.extend(by_entry(new, Some(&commit.id)));
            }
            if !new.is_file() {
                gone.push(change);
                continue;
            }
            let examined = self.examine(new, &demands)?;
            if !is_judged {
                report.add(&change.path, Some(&commit.id), &examined);
            }
            now.extend(examined.identity.clone().map(|identity| (change, identity)));
        }
        self.compare(commit, &now, &gone, report)
    }

    /// Compares the files of `now` with what was there before: at their paths, and at those of `gone`.
    fn compare(
        &mut self,
        commit: &'c Commit,
        now: &[(&Change, Identity)],
        gone: &[&Change],
        report: &mut Report,
    ) -> Result<()> {
        let mut newcomers = HashSet::new();
        for (change, identity) in now {
            let is_own = change.old.len() >= commit.parents.len();
            let mut is_new = false;
            for old in &change.old {
                let old = old.as_ref().map(|old| self.identity(old)).transpose()?.flatten();
                is_new |= old.as_ref().is_none_or(|old| !is_same_file(old, identity));
                let found = old.and_then(|old| reordered(&change.path, Some(&commit.id), &old, identity));
                // What a merge has from one of its parents was ordered there.
                report.findings.extend(found.filter(|_| is_own));
            }
            let key = key(identity);
            self.copies.add(key, &change.path);
            if is_new {
                newcomers.insert(key);
                self.newcomers.push((&commit.id, change.path.clone(), key));
            }
        }
        if newcomers.is_empty() {
            return Ok(());
        }
        let mut moved: HashMap<Key, Vec<Arc<Identity>>> = HashMap::new();
        for old in gone.iter().flat_map(|gone| gone.old.iter().flatten()) {
            if let Some(old) = self.identity(old)?.filter(|old| newcomers.contains(&key(old))) {
                moved.entry(key(&old)).or_default().push(old);
            }
        }
        for (change, identity) in now.iter().filter(|(change, _)| change.old.len() >= commit.parents.len()) {
            let is_moved = !change.old.iter().any(Option::is_some);
            for old in moved.get(&key(identity)).into_iter().flatten().filter(|_| is_moved) {
                report.findings.extend(reordered(&change.path, Some(&commit.id), old, identity));
            }
        }
        Ok(())
    }

    /// What must hold for what `change` leaves in `commit`; `None` for what nothing gives to dekko.
    ///
    /// The policies of the rules of the base, of the default branch and of the commit's own all hold. Who may read the file
    /// is for the default branch to say, and where that does not name it, for the base. A rule of the tip alone counts
    /// where none of them names the file.
    fn demands(&mut self, commit: &Commit, change: &Change, report: &mut Report) -> Result<Option<Demands>> {
        let asked = Asked::after(change);
        // What the default branch has, too, is there under its rules: an older base has no say in it.
        let is_there = change.new.as_ref().is_some_and(|new| self.default.get(&new.path) == Some(new));
        let (base, default) = (self.range.base.as_deref(), self.range.default.as_deref());
        let judges =
            [(default, " on the default branch"), (base.filter(|_| !is_there), " at the start of the range")];
        let mut rules: Vec<Arc<Demand>> = Vec::new();
        let mut readers_note = "";
        for (judge, note) in judges {
            let Some(judge) = judge else { continue };
            let Some(rule) = self.rule(judge, asked)?.map_err(Broken::into_error)? else { continue };
            if rules.is_empty() {
                readers_note = note;
            }
            if !rules.iter().any(|known| Arc::ptr_eq(known, &rule)) {
                rules.push(rule);
            }
        }
        let own = self.usable_rule(&commit.id, asked, report)?;
        if own.as_ref().is_some_and(|own| rules.first().is_none_or(|first| Arc::ptr_eq(first, own))) {
            readers_note = "";
        }
        rules.extend(own.filter(|own| !rules.iter().any(|known| Arc::ptr_eq(known, own))));
        if rules.is_empty() {
            rules.extend(self.usable_rule(self.tip, asked, report)?);
        }
        let is_marked =
            self.by_others.contains(&change.path) || !is_there && self.by_base.contains(&change.path);
        let readers = rules.first().cloned();
        Ok((readers.is_some() || is_marked).then_some(Demands { rules, readers, readers_note }))
    }

    /// What the rules of `commit` want of what was `asked` about.
    pub fn rule(
        &mut self,
        commit: &str,
        asked: Asked<'_>,
    ) -> Result<std::result::Result<Option<Arc<Demand>>, Broken>> {
        let objects = &mut self.objects;
        let mut read = |path: &[u8]| {
            let name = [commit.as_bytes(), b":", path].concat();
            Ok(objects.find(&name)?.filter(|object| object.kind == "blob").map(|object| object.bytes))
        };
        let rules = self.rules.entry(commit.to_owned()).or_default();
        rules.demand(&mut self.known, &mut read, asked)
    }

    /// As [`Walk::rule`]; a configuration that cannot be used is a finding, once.
    pub fn usable_rule(
        &mut self,
        commit: &str,
        asked: Asked<'_>,
        report: &mut Report,
    ) -> Result<Option<Arc<Demand>>> {
        Ok(self.rule(commit, asked)?.unwrap_or_else(|broken| {
            let (at, what) = match broken.error.bare() {
                crate::error::Error::Config { line, what } => {
                    (line.map(|line| crate::error::Position { line, column: 1 }), what.clone())
                }
                other => (None, other.to_string()),
            };
            if self.broken.insert((broken.path.clone(), what.clone())) {
                let (path, commit) = (broken.path, Some(commit.to_owned()));
                report.findings.push(Finding { defect: Defect::Configuration, path, commit, at, what });
            }
            None
        }))
    }

    fn examine(&mut self, entry: &Entry, demands: &Demands) -> Result<Arc<Examined>> {
        let rules = demands.rules.iter().map(Arc::as_ptr).collect();
        let key = (entry.id.clone(), name_of(&entry.path).into_owned(), rules);
        if let Some(examined) = self.examined.get(&key) {
            return Ok(examined.clone());
        }
        let bytes = contents(&mut self.objects, &entry.id)?;
        let examined = Arc::new(examine(&key.1, bytes, demands));
        self.identities.insert((key.0.clone(), key.1.clone()), examined.identity.clone().map(Arc::new));
        self.examined.insert(key, examined.clone());
        Ok(examined)
    }

    fn identity(&mut self, entry: &Entry) -> Result<Option<Arc<Identity>>> {
        if !entry.is_file() {
            return Ok(None);
        }
        let key = (entry.id.clone(), name_of(&entry.path).into_owned());
        if let Some(identity) = self.identities.get(&key) {
            return Ok(identity.clone());
        }
        // A content that is not here (a partial clone) is nothing to compare with.
        let object = self.objects.find(&entry.id)?;
        let found = object.and_then(|object| identity(&key.1, object.bytes)).map(Arc::new);
        self.identities.insert(key, found.clone());
        Ok(found)
    }

    /// Finds files that share data key and file id with a newcomer of the same commit's tree.
    fn copies(&mut self, report: &mut Report) -> Result<()> {
        if self.newcomers.is_empty() {
            return Ok(());
        }
        let trees = [Some(self.tip), self.range.base.as_deref()];
        for tree in trees.into_iter().flatten() {
            self.places(tree)?;
        }
        let newcomers = std::mem::take(&mut self.newcomers);
        let new: HashSet<(&str, &[u8])> =
            newcomers.iter().map(|(commit, path, _)| (*commit, &path[..])).collect();
        let mut said = HashSet::new();
        let copies = std::mem::take(&mut self.copies);
        // To look up one path after the other git reads a whole folder each time.
        let mut listed: Option<(&str, HashMap<Vec<u8>, Entry>)> = None;
        for (commit, path, own) in &newcomers {
            let is_original = |other: &[u8]| {
                // Of two new ones, the later is the copy.
                if new.contains(&(*commit, other)) && &path[..] < other {
                    return Ok(false);
                }
                let entries = match &mut listed {
                    Some((of, entries)) if of == commit => entries,
                    other => {
                        let entries = entries_of(&self.checker.git, Place::Tree(commit))?;
                        let by_path = entries.into_iter().map(|entry| (entry.path.clone(), entry)).collect();
                        &mut other.insert((commit, by_path)).1
                    }
                };
                let there = entries.get(other).map(|entry| self.identity(entry)).transpose()?.flatten();
                Ok(there.is_some_and(|there| key(&there) == *own))
            };
            let found = copies.finding(own, path, Some(commit), is_original)?;
            report.findings.extend(found.filter(|found| said.insert((path, found.what.clone()))));
        }
        Ok(())
    }

    /// Adds the files of `tree` that rules or attributes name to those that can be originals of copies.
    fn places(&mut self, tree: &str) -> Result<()> {
        let mut entries = entries_of(&self.checker.git, Place::Tree(tree))?;
        entries.retain(|entry| entry.is_file() && !is_exempt(&name_of(&entry.path)));
        let mut unruled = Vec::new();
        let mut selected = Vec::new();
        for entry in entries {
            match self.rule(self.tip, Asked::of(&entry))? {
                Ok(Some(_)) => selected.push(entry),
                _ => unruled.push(entry),
            }
        }
        let paths: Vec<&[u8]> = unruled.iter().map(|entry| &entry.path[..]).collect();
        let source = Attributes::Tree(tree);
        let marked = marked(&self.checker.git, &self.checker.environment, source, &paths)?;
        selected.extend(unruled.into_iter().filter(|entry| marked.contains(&entry.path)));
        for entry in selected {
            if let Some(known) = self.identity(&entry)? {
                self.copies.add(key(&known), &entry.path);
            }
        }
        Ok(())
    }
}
