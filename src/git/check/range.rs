//! What each commit of a range brings: every version, not only the last, under the rules of the base.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::file::{Demands, Examined, Identity, examine, identity, is_exempt};
use super::rules::{Broken, Configurations, Demand, Rules};
use super::staged::is_same_file;
use super::tree::contents;
use super::{Checker, Defect, Finding, Report, copy_of, name_of, reordered};
use crate::error::Result;
use crate::git::changes::{Change, Entry, Place, entries_of, of_commits};
use crate::git::commits::Range;
use crate::git::objects::Objects;
use crate::git::selected::{Attributes, is_attributes, marked};

/// Data key and file id.
type Key = ([u8; 16], [u8; 32]);

pub(super) fn check(checker: &Checker, range: &Range) -> Result<Report> {
    let mut report = Report::default();
    let Some(tip) = range.tip.as_deref().filter(|_| !range.commits.is_empty()) else { return Ok(report) };
    let changes = of_commits(&checker.git, &range.commits)?;
    let mut walk = Walk {
        checker,
        range,
        objects: Objects::open(&checker.git)?,
        known: Configurations::default(),
        base_rules: Rules::default(),
        tip_rules: Rules::default(),
        broken: HashSet::new(),
        identities: HashMap::new(),
        examined: HashMap::new(),
    };
    let by_attribute = walk.by_attribute(&changes, tip)?;
    let mut places: HashMap<Key, BTreeSet<Vec<u8>>> = HashMap::new();
    let mut newcomers = Vec::new();
    for (commit, changes) in range.commits.iter().zip(&changes) {
        let mut own_rules = Rules::default();
        let (mut now, mut gone) = (Vec::new(), Vec::new());
        for change in changes.iter().filter(|change| !is_exempt(&name_of(&change.path))) {
            let demands = walk.demands(commit, tip, &mut own_rules, &change.path, &mut report)?;
            let demands = match demands {
                Some(demands) => demands,
                None if by_attribute.contains(&change.path) => Demands::default(),
                None => continue,
            };
            let Some(new) = change.new.as_ref().filter(|new| new.is_file()) else {
                gone.push(change);
                continue;
            };
            let examined = walk.examine(new, &demands)?;
            report.add(&change.path, Some(commit), &examined);
            now.extend(examined.identity.clone().map(|identity| (change, identity)));
        }
        for (change, identity) in now {
            let mut is_new = true;
            for old in change.old.iter().flatten() {
                let Some(old) = walk.identity(old)? else { continue };
                is_new &= !is_same_file(&old, &identity);
                report.findings.extend(reordered(&change.path, Some(commit), &old, &identity));
            }
            for old in gone.iter().flat_map(|gone| gone.old.iter().flatten()) {
                let Some(old) = walk.identity(old)?.filter(|old| is_new && is_same_file(old, &identity))
                else {
                    continue;
                };
                report.findings.extend(reordered(&change.path, Some(commit), &old, &identity));
            }
            let key = (identity.file_id.0, identity.dek.0);
            places.entry(key).or_default().insert(change.path.clone());
            if is_new {
                newcomers.push((commit, change.path.clone(), key));
            }
        }
    }
    if !newcomers.is_empty() {
        walk.copies(tip, &by_attribute, places, &newcomers, &mut report)?;
    }
    Ok(report)
}

/// A range under way.
struct Walk<'c> {
    checker: &'c Checker,
    range: &'c Range,
    objects: Objects,
    known: Configurations,
    base_rules: Rules,
    tip_rules: Rules,
    /// The broken configurations that were spoken of.
    broken: HashSet<(Vec<u8>, String)>,
    /// What files are, by content and name.
    identities: HashMap<(String, String), Option<Arc<Identity>>>,
    /// What was found, by content, name and rules.
    examined: HashMap<(String, String, Vec<*const Demand>), Arc<Examined>>,
}

impl Walk<'_> {
    /// The changed paths that the attributes of the base, of the tip or of a commit that changes attributes give to
    /// dekko.
    fn by_attribute(&self, changes: &[Vec<Change>], tip: &str) -> Result<HashSet<Vec<u8>>> {
        let paths: BTreeSet<&[u8]> = changes.iter().flatten().map(|change| change.path.as_slice()).collect();
        let paths: Vec<&[u8]> = paths.into_iter().collect();
        let mut trees = vec![tip];
        trees.extend(self.range.base.as_deref());
        for (commit, changes) in self.range.commits.iter().zip(changes) {
            if changes.iter().any(|change| is_attributes(&change.path)) && commit != tip {
                trees.push(commit);
            }
        }
        let mut found = HashSet::new();
        for tree in trees {
            let source = Attributes::Tree(tree);
            found.extend(marked(&self.checker.git, &self.checker.environment, source, &paths)?);
        }
        Ok(found)
    }

    /// What must hold for the file at `path` in `commit`: the policies of the base's rule and of the commit's own, and
    /// the readers of the base's. A rule of the tip alone counts where neither names the file.
    fn demands(
        &mut self,
        commit: &str,
        tip: &str,
        own_rules: &mut Rules,
        path: &[u8],
        report: &mut Report,
    ) -> Result<Option<Demands>> {
        let base = match &self.range.base {
            Some(base) => rule(&mut self.base_rules, &mut self.known, &mut self.objects, base, path)?
                .map_err(Broken::into_error)?,
            None => None,
        };
        let own = rule(own_rules, &mut self.known, &mut self.objects, commit, path)?;
        let own = own.unwrap_or_else(|broken| self.broken(broken, commit, report));
        let mut rules: Vec<Arc<Demand>> = base.iter().cloned().collect();
        rules.extend(own.filter(|own| base.as_ref().is_none_or(|base| !Arc::ptr_eq(base, own))));
        if rules.is_empty() {
            let last = rule(&mut self.tip_rules, &mut self.known, &mut self.objects, tip, path)?;
            rules.extend(last.unwrap_or_else(|broken| self.broken(broken, tip, report)));
        }
        let readers = rules.first().cloned();
        let readers_note = match rules.len() {
            2 => " at the start of the range",
            _ => "",
        };
        Ok(readers.is_some().then_some(Demands { rules, readers, readers_note }))
    }

    /// Says once that a configuration of the range cannot be used.
    fn broken(&mut self, broken: Broken, commit: &str, report: &mut Report) -> Option<Arc<Demand>> {
        let (at, what) = match broken.error.bare() {
            crate::error::Error::Config { line, what } => {
                (line.map(|line| crate::error::Position { line, column: 1 }), what.clone())
            }
            other => (None, other.to_string()),
        };
        if self.broken.insert((broken.path.clone(), what.clone())) {
            let commit = Some(commit.to_owned());
            report.findings.push(Finding {
                defect: Defect::Configuration,
                path: broken.path,
                commit,
                at,
                what,
            });
        }
        None
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

    /// Finds files that share data key and file id with a newcomer of the same commit's tree. `places` are the paths of
    /// the range by identity.
    fn copies(
        &mut self,
        tip: &str,
        by_attribute: &HashSet<Vec<u8>>,
        mut places: HashMap<Key, BTreeSet<Vec<u8>>>,
        newcomers: &[(&String, Vec<u8>, Key)],
        report: &mut Report,
    ) -> Result<()> {
        let trees = [Some(tip), self.range.base.as_deref()];
        for tree in trees.into_iter().flatten() {
            for entry in entries_of(&self.checker.git, Place::Tree(tree))? {
                if !entry.is_file() || is_exempt(&name_of(&entry.path)) {
                    continue;
                }
                let by_rule =
                    rule(&mut self.tip_rules, &mut self.known, &mut self.objects, tip, &entry.path)?;
                if !matches!(by_rule, Ok(Some(_))) && !by_attribute.contains(&entry.path) {
                    continue;
                }
                if let Some(known) = self.identity(&entry)? {
                    places.entry((known.file_id.0, known.dek.0)).or_default().insert(entry.path);
                }
            }
        }
        let mut said = HashSet::new();
        for (commit, path, key) in newcomers {
            for other in places.get(key).into_iter().flatten().filter(|other| *other != path) {
                let is_both_new = newcomers.iter().any(|(c, p, k)| c == commit && p == other && k == key);
                if is_both_new && path < other {
                    continue;
                }
                let name = [commit.as_bytes(), b":", other].concat();
                let Some(object) = self.objects.find(&name)? else { continue };
                let there = identity(&name_of(other), object.bytes);
                let is_copy = there.is_some_and(|there| (there.file_id.0, there.dek.0) == *key);
                if is_copy && said.insert((path, other)) {
                    report.findings.push(copy_of(other, path, Some(commit)));
                }
            }
        }
        Ok(())
    }
}

/// What the rules of `commit` want of the file at `path`.
fn rule(
    rules: &mut Rules,
    known: &mut Configurations,
    objects: &mut Objects,
    commit: &str,
    path: &[u8],
) -> Result<std::result::Result<Option<Arc<Demand>>, Broken>> {
    let mut read = |path: &[u8]| {
        let name = [commit.as_bytes(), b":", path].concat();
        Ok(objects.find(&name)?.filter(|object| object.kind == "blob").map(|object| object.bytes))
    };
    rules.demand(known, &mut read, path)
}
