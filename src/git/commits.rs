//! Which commits are meant: ranges, and what a push brings.

use std::collections::HashSet;

use super::command::Git;
use crate::document::escape;
use crate::error::{Error, Result};

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub id: String,
    /// The ids of those it was made on; of a merge the one that it was made on first.
    pub parents: Vec<String>,
}

/// New commits, and those that what they change is measured by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Range {
    /// The new commits, parents before children.
    pub commits: Vec<Commit>,
    /// The commit whose rules hold; `None` when the commits begin from nothing.
    pub base: Option<String>,
    /// Another whose rules hold, too: the last one of the default branch, which has none of the new ones.
    pub default: Option<String>,
    /// The commits among the new ones that may ask for less than those before them.
    pub accepted: HashSet<String>,
    /// The last commit.
    pub tip: Option<String>,
}

/// One line that git gives a hook about a ref that moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// What the ref points to on the receiving side; `None` when it is new there.
    pub old: Option<String>,
    /// What it is to point to; `None` when it is deleted.
    pub new: Option<String>,
    /// The name of the ref on the receiving side.
    pub name: String,
}

impl Range {
    /// The commits of `text`: `A..B`, or `B` alone for everything that leads to it. An `A` of zeros only, as forges give
    /// it for a new branch, counts as none.
    ///
    /// # Errors
    /// [`Error::Usage`] for what is no range; [`Error::Git`] when a commit is not here or the history is not complete.
    pub fn parse(git: &Git, text: &str) -> Result<Self> {
        let wrong = |why: &str| Error::Usage { what: format!("'{}' {why}", escape(text)) };
        if text.contains("...") {
            return Err(wrong("is no range of the form A..B: it has three dots"));
        }
        let (old, new) = text.split_once("..").map_or((None, text), |(old, new)| (Some(old), new));
        if old == Some("") || new.is_empty() || new.contains("..") {
            return Err(wrong("is no range of the form A..B"));
        }
        let old = old.filter(|old| !is_zero(old)).map(|old| required(git, old)).transpose()?;
        let new = required(git, new)?;
        let excluded: Vec<String> = old.iter().map(|old| format!("^{old}")).collect();
        Self::of(git, &new, &excluded, old)
    }

    /// The commits that lead to `new` and not to what `excluded` names (arguments of git-rev-list(1)), under `base`.
    ///
    /// # Errors
    /// [`Error::Git`]; also when the history is not complete.
    pub fn of(git: &Git, new: &str, excluded: &[String], base: Option<String>) -> Result<Self> {
        let mut arguments = vec!["rev-list", "--topo-order", "--reverse", "--parents", new];
        arguments.extend(excluded.iter().map(String::as_str));
        let output = git.output("list the commits", arguments)?;
        let commits = String::from_utf8_lossy(&output).lines().map(commit).collect::<Vec<_>>();
        refuse_shallow(git, &commits)?;
        let range = Self { commits, base, tip: Some(new.to_owned()), ..Self::default() };
        range.accepting(git, ACCEPTED, &configured(git)?)
    }

    /// The same without what the default branch has, under the rules of its last commit `default`, too (a name, or an id).
    /// When it has all of the new commits it cannot judge them, and nothing changes.
    ///
    /// # Errors
    /// [`Error::Git`]; also when there is no such commit.
    pub fn under(mut self, git: &Git, default: &str) -> Result<Self> {
        let default = required(git, default)?;
        let Some(tip) = self.tip.as_deref().filter(|_| self.base.as_ref() != Some(&default)) else {
            return Ok(self);
        };
        let is_ancestor = ["merge-base", "--is-ancestor", tip, &default];
        if git.answer("compare commits", is_ancestor)?.is_some() {
            return Ok(self);
        }
        let mut arguments = vec!["rev-list".to_owned(), default.clone()];
        arguments.extend(self.base.iter().map(|base| format!("^{base}")));
        let output = git.output("list the commits", arguments)?;
        let text = String::from_utf8_lossy(&output);
        let known: HashSet<&str> = text.lines().collect();
        self.commits.retain(|commit| !known.contains(commit.id.as_str()));
        self.default = Some(default);
        Ok(self)
    }

    fn judged(self, git: &Git, default: Option<String>) -> Result<Self> {
        match default {
            Some(default) => self.under(git, &default),
            None => Ok(self),
        }
    }

    /// The same with `commits` accepted, which `from` names: they may ask for less than those before them.
    ///
    /// # Errors
    /// [`Error::Usage`] for what is not the whole id of a commit: a name could come to mean another one.
    pub fn accepting(mut self, git: &Git, from: &str, commits: &[String]) -> Result<Self> {
        for commit in commits {
            if !is_id(commit) {
                let what = format!("{from} takes whole ids of commits, and '{}' is none", escape(commit));
                return Err(Error::Usage { what });
            }
            self.accepted.extend(found(git, commit)?);
        }
        Ok(self)
    }
}

/// The setting of git that names commits whose rules may be weaker.
const ACCEPTED: &str = "dekko.acceptRules";

/// What git's configuration accepts.
fn configured(git: &Git) -> Result<Vec<String>> {
    let said = git.answer("read its settings", ["config", "--get-all", ACCEPTED])?;
    Ok(said.unwrap_or_default().lines().map(str::to_owned).collect())
}

fn commit(line: &str) -> Commit {
    let mut ids = line.split(' ').map(str::to_owned);
    Commit { id: ids.next().unwrap_or_default(), parents: ids.collect() }
}

impl Update {
    /// A line that git gives to pre-receive: `old new ref` (githooks(5)).
    ///
    /// # Errors
    /// [`Error::Usage`] for any other line.
    pub fn received(line: &str) -> Result<Self> {
        match line.splitn(3, ' ').collect::<Vec<_>>()[..] {
            [old, new, name] if is_id(old) && is_id(new) => Ok(Self::of(old, new, name)),
            _ => Err(unread()),
        }
    }

    /// A line that git gives to pre-push: `local-ref local-id remote-ref remote-id` (githooks(5)).
    ///
    /// # Errors
    /// [`Error::Usage`] for any other line.
    pub fn pushed(line: &str) -> Result<Self> {
        // The local side may be written as an expression with blanks in it; the others never have any.
        match line.rsplitn(4, ' ').collect::<Vec<_>>()[..] {
            [old, name, new, _] if is_id(old) && is_id(new) => Ok(Self::of(old, new, name)),
            _ => Err(unread()),
        }
    }

    fn of(old: &str, new: &str, name: &str) -> Self {
        let id = |text: &str| (!is_zero(text)).then(|| text.to_owned());
        Self { old: id(old), new: id(new), name: name.to_owned() }
    }

    /// The commits that this push to `remote` (a name, or an address) brings it; empty for a deletion, and for what is no
    /// commit.
    ///
    /// # Errors
    /// As [`Range::of`].
    pub fn new_to_remote(&self, git: &Git, remote: &str) -> Result<Range> {
        let Some(new) = self.commit(git)? else { return Ok(Range::default()) };
        let old = self.old.as_deref().map(|old| found(git, old)).transpose()?.flatten();
        let mut excluded = vec!["--not".to_owned(), format!("--remotes={remote}")];
        excluded.extend(old.clone());
        let default = default_of(git, remote)?;
        let base = match old.or_else(|| default.clone()) {
            Some(base) => Some(base),
            None => boundary(git, &new, &excluded)?,
        };
        Range::of(git, &new, &excluded, base)?.judged(git, default)
    }

    /// The commits that this repository did not have before it was pushed to; empty for a deletion, and for what is no
    /// commit.
    ///
    /// # Errors
    /// As [`Range::of`].
    pub fn new_here(&self, git: &Git) -> Result<Range> {
        let Some(new) = self.commit(git)? else { return Ok(Range::default()) };
        let old = self.old.as_deref().map(|old| found(git, old)).transpose()?.flatten();
        let default = default_here(git)?;
        let base = old.or_else(|| default.clone());
        Range::of(git, &new, &["--not".to_owned(), "--all".to_owned()], base)?.judged(git, default)
    }

    fn commit(&self, git: &Git) -> Result<Option<String>> {
        self.new.as_deref().map_or(Ok(None), |new| found(git, new))
    }
}

/// The commit that `name` means; `None` when there is none.
///
/// # Errors
/// [`Error::Git`].
pub fn found(git: &Git, name: &str) -> Result<Option<String>> {
    if name.starts_with('-') || name.contains(['\0', '\n']) {
        return Ok(None);
    }
    let commit = format!("{name}^{{commit}}");
    let output = git.run(["rev-parse", "--verify", "--quiet", commit.as_str()])?;
    Ok(output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim_end().to_owned()))
}

fn required(git: &Git, name: &str) -> Result<String> {
    found(git, name)?.ok_or_else(|| Error::Git {
        action: "find a commit",
        reason: format!("there is no commit '{}' here; a shallow clone may lack it", escape(name)),
    })
}

/// The last commit known of the default branch of `remote` (a name, or an address). The remote itself is not asked: where
/// `refs/remotes/…/HEAD` is not set, a branch of the name that git gives to first branches is taken for it; for an address,
/// that of `origin`.
fn default_of(git: &Git, remote: &str) -> Result<Option<String>> {
    let first = git.answer("read its settings", ["config", "--get", "init.defaultBranch"])?;
    let names = ["HEAD".to_owned()].into_iter().chain(first);
    let names: Vec<String> = names.chain(["main", "master"].map(str::to_owned)).collect();
    for remote in [remote, "origin"] {
        for name in &names {
            if let Some(commit) = found(git, &format!("refs/remotes/{remote}/{name}"))? {
                return Ok(Some(commit));
            }
        }
    }
    Ok(None)
}

/// The last commit of the default branch of this repository: of the one that `HEAD` names, which may not be there (a bare
/// repository keeps the name that git gave it first), else of the only one, or the one with a usual name. `None` where there is
/// no branch yet.
///
/// # Errors
/// [`Error::Git`] when nothing tells which of several it is: then anybody's branch could be its own judge.
fn default_here(git: &Git) -> Result<Option<String>> {
    if let Some(commit) = found(git, "HEAD")? {
        return Ok(Some(commit));
    }
    let listed = git.output("list the branches", ["for-each-ref", "--format=%(refname)", "refs/heads/"])?;
    let listed = String::from_utf8_lossy(&listed).into_owned();
    let branches: Vec<&str> = listed.lines().collect();
    let usual = ["refs/heads/main", "refs/heads/master", "refs/heads/trunk"];
    let known = match &branches[..] {
        [] => return Ok(None),
        [only] => Some(*only),
        several => usual.into_iter().find(|name| several.contains(name)),
    };
    let reason =
        "HEAD names a branch that is not there; say which it is: git symbolic-ref HEAD refs/heads/BRANCH";
    let known =
        known.ok_or_else(|| Error::Git { action: "find the default branch", reason: reason.to_owned() })?;
    found(git, known)
}

/// The newest commit that is left out and that the rest begins from.
fn boundary(git: &Git, new: &str, excluded: &[String]) -> Result<Option<String>> {
    let mut arguments = vec!["rev-list", "--boundary", "--topo-order", new];
    arguments.extend(excluded.iter().map(String::as_str));
    let output = git.output("list the commits", arguments)?;
    let text = String::from_utf8_lossy(&output);
    Ok(text.lines().find_map(|line| line.strip_prefix('-')).map(str::to_owned))
}

/// Refuses `commits` when the history ends at one of them only because the clone is shallow.
fn refuse_shallow(git: &Git, commits: &[Commit]) -> Result<()> {
    let path = git.output("find its files", ["rev-parse", "--git-path", "shallow"])?;
    let path = super::command::path_of(path.strip_suffix(b"\n").unwrap_or(&path));
    let path = git.folder().join(path);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(source) => return Err(Error::Io { action: "read", source }.in_file(path)),
    };
    let ends: HashSet<&str> = text.lines().collect();
    match commits.iter().filter(|commit| ends.contains(commit.id.as_str())).count() {
        0 => Ok(()),
        count => Err(Error::Git {
            action: "show the whole range",
            reason: format!("the clone is shallow: the parents of {count} of the commits are not here"),
        }),
    }
}

fn is_id(text: &str) -> bool {
    text.len() >= 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_zero(text: &str) -> bool {
    text.len() >= 40 && text.bytes().all(|byte| byte == b'0')
}

fn unread() -> Error {
    Error::Usage { what: "standard input is not what git gives to this hook".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_hooks_are_read() {
        let (a, b, zero) = ("a".repeat(40), "b".repeat(40), "0".repeat(40));
        let received = Update::received(&format!("{a} {b} refs/heads/x")).unwrap();
        let expected = Update { old: Some(a.clone()), new: Some(b.clone()), name: "refs/heads/x".to_owned() };
        assert_eq!(received, expected);
        assert_eq!(Update::pushed(&format!("HEAD~1 or so {b} refs/heads/x {a}")).unwrap(), expected);
        let deleted = Update::pushed(&format!("(delete) {zero} refs/heads/x {a}")).unwrap();
        assert_eq!(deleted.new, None);
        assert_eq!(Update::received(&format!("{zero} {a} refs/heads/x")).unwrap().old, None);
        for line in ["", "x y z", &format!("{a} {b}"), &format!("-{a} {b} c")] {
            assert!(Update::received(line).is_err() && Update::pushed(line).is_err(), "{line}");
        }
    }
}
