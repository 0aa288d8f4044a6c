//! Keyless checks for hooks and continuous integration: whether what is in the repository is encrypted as `dekko.toml`
//! and the files themselves say. Nothing here needs a key, and nothing that is found shows a value.

mod copies;
mod file;
mod finding;
mod keys;
mod payload;
mod range;
mod report;
mod rules;
mod samples;
mod staged;
mod tree;
mod weaker;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::changes::Entry;
use super::command::{Git, path_of};
use super::commits::Range;
use crate::config::{Config, Rule};
use crate::environment::Environment;
use crate::error::Result;

use copies::Copies;
use file::Identity;
use rules::{demand, names};

pub(in crate::git) use file::{Demands, examine, is_exempt};
pub use finding::{Defect, Finding, Report};
pub use report::{as_json, as_sarif, as_text};
pub use samples::self_test;
pub use tree::Tracked;

/// A repository to check.
pub struct Checker {
    git: Git,
    environment: Environment,
    /// The top of the work tree; `None` in a bare repository.
    top: Option<PathBuf>,
}

impl Checker {
    /// The repository that `folder` lies in. References that replace objects (git-replace(1)) are not followed: what is
    /// pushed is what is checked.
    ///
    /// # Errors
    /// [`crate::error::Error::Git`] outside of any repository.
    pub fn new(folder: &Path, environment: &Environment) -> Result<Self> {
        let environment = environment.with("GIT_NO_REPLACE_OBJECTS", "1");
        let git = Git::new(folder, &environment)?.as_written();
        let top = git.top()?;
        let git = match &top {
            Some(top) => git.within(top),
            None => {
                git.output("find the repository", ["rev-parse", "--git-dir"])?;
                git
            }
        };
        Ok(Self { git, environment, top })
    }

    /// git at the top of the repository.
    pub fn git(&self) -> &Git {
        &self.git
    }

    /// Checks every file that git tracks, as it lies in the work tree; in a bare repository as in the commit `HEAD`.
    ///
    /// # Errors
    /// [`crate::error::Error::Git`], [`crate::error::Error::Io`]; [`crate::error::Error::Config`] when a `dekko.toml` cannot be used.
    pub fn all(&self) -> Result<Report> {
        tree::check(self)
    }

    /// Gives `take` every tracked file that a rule names or that is encrypted, as it lies in the work tree; in a bare
    /// repository as in the commit `HEAD`.
    ///
    /// # Errors
    /// As [`Checker::all`]; what `take` says.
    pub fn each(&self, take: &mut dyn FnMut(Tracked<'_>) -> Result<()>) -> Result<()> {
        tree::each(self, take)
    }

    /// Whether nothing is checked here: neither a rule nor an attribute names any file that git tracks.
    ///
    /// # Errors
    /// As [`Checker::all`].
    pub fn is_idle(&self) -> Result<bool> {
        tree::is_idle(self)
    }

    /// Checks what the next commit would bring: the index, the one that `GIT_INDEX_FILE` names.
    ///
    /// # Errors
    /// As [`Checker::all`].
    pub fn staged(&self) -> Result<Report> {
        staged::check(self)
    }

    /// Checks what each commit of `range` brings, under the rules of its base and its own.
    ///
    /// # Errors
    /// As [`Checker::all`], for the `dekko.toml` of the base; a broken one in the range is a finding.
    pub fn range(&self, range: &Range) -> Result<Report> {
        range::check(self, range)
    }
}

/// Checks `files`, contents by their names; every one of them must be encrypted, whether a rule names it or not. With
/// `config` the first of each pair is looked up in it.
///
/// # Errors
/// [`crate::error::Error::Config`] and [`crate::error::Error::Io`] when the `dekko.toml` of a file cannot be used.
pub fn named(files: Vec<(PathBuf, Vec<u8>, Option<Config>)>) -> Result<Report> {
    let mut report = Report::default();
    let mut known = Vec::new();
    for (path, bytes, config) in files {
        let mut demands = Demands::default();
        if let Some(config) = config
            && let Some((number, rule)) = config.rule_for(&path)?
        {
            demands = demands_of(&config, rule, number)?;
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let bytes_of_path = bytes_of(&path);
        let is_empty = bytes.is_empty();
        let examined = examine(&name, bytes, &demands);
        report.add(&bytes_of_path, None, &examined);
        if is_empty {
            let what = "is not encrypted: it is empty";
            report.findings.push(of_entry(Defect::NotEncrypted, &bytes_of_path, None, what));
        }
        known.extend(examined.identity.map(|identity| (bytes_of_path, identity)));
    }
    report.findings.extend(Copies::among(known.iter().map(|(path, identity)| (&path[..], identity)))?);
    Ok(report)
}

/// What `rule`, the one of this number in `config`, wants of a file.
pub(in crate::git) fn demands_of(config: &Config, rule: &Rule, number: usize) -> Result<Demands> {
    let rule = Arc::new(demand(config, rule, number, crate::config::NAME, &names(config))?);
    Ok(Demands { rules: vec![rule.clone()], readers: Some(rule), readers_note: "" })
}

impl Report {
    /// Adds what is wrong with one file.
    fn add(&mut self, path: &[u8], commit: Option<&str>, examined: &file::Examined) {
        self.checked += 1;
        self.findings.extend(examined.faults.iter().map(|(defect, at, what)| Finding {
            defect: *defect,
            path: path.to_vec(),
            commit: commit.map(str::to_owned),
            at: *at,
            what: what.clone(),
        }));
    }
}

/// What is to be said of what stands at `path`, which must be encrypted, by its kind and name alone.
fn by_entry(entry: &Entry, commit: Option<&str>) -> Option<Finding> {
    let what = match entry.mode.as_str() {
        "100644" | "100755" | "100664" => return None,
        "120000" => "is a link: what it leads to is not looked at",
        "160000" => "is a submodule: what it holds is not looked at",
        _ => "is of a kind that git does not write",
    };
    Some(of_entry(Defect::NotAFile, &entry.path, commit, what))
}

/// What is to be said of `path` when some systems take it for a file that says what must be encrypted.
fn in_disguise(path: &[u8], commit: Option<&str>) -> Option<Finding> {
    let name = name_of(path);
    let meant =
        [crate::config::NAME, ".gitattributes"].into_iter().find(|meant| name.eq_ignore_ascii_case(meant));
    let meant = meant.filter(|meant| name != *meant)?;
    let what = format!("is a '{meant}' where upper and lower case are the same, and is not read as one here");
    Some(of_entry(Defect::Configuration, path, commit, &what))
}

fn of_entry(defect: Defect, path: &[u8], commit: Option<&str>, what: &str) -> Finding {
    let (path, commit) = (path.to_vec(), commit.map(str::to_owned));
    Finding { defect, path, commit, at: None, what: what.to_owned() }
}

/// What is to be said of a file that was `old` before: its tokens in another order, and no new epoch.
fn reordered(path: &[u8], commit: Option<&str>, old: &Identity, new: &Identity) -> Option<Finding> {
    if old.epoch != new.epoch || old.ids == new.ids {
        return None;
    }
    let before: HashMap<_, _> = old.ids.iter().zip(0usize..).collect();
    let places = new.ids.iter().filter_map(|id| before.get(id));
    if places.is_sorted() {
        return None;
    }
    let what = "its encrypted values stand in another order than before, under the same epoch".to_owned();
    let commit = commit.map(str::to_owned);
    Some(Finding { defect: Defect::Order, path: path.to_vec(), commit, at: None, what })
}

/// The last part of `path`.
fn name_of(path: &[u8]) -> std::borrow::Cow<'_, str> {
    String::from_utf8_lossy(path.rsplit(|&byte| byte == b'/').next().unwrap_or(path))
}

#[cfg(unix)]
fn bytes_of(path: &Path) -> Vec<u8> {
    use std::os::unix::ffi::OsStrExt;

    path.as_os_str().as_bytes().to_vec()
}

#[cfg(not(unix))]
fn bytes_of(path: &Path) -> Vec<u8> {
    path.to_string_lossy().replace('\\', "/").into_bytes()
}
