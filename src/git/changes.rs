//! What changed, as git's plumbing says it: between the last commit and the index, and in commits.

use std::collections::HashMap;
use std::io::BufRead;

use super::command::{Git, broken};
use super::commits::Commit;
use crate::error::{Error, Result};

/// What asks git for the raw changes of the commits on its standard input, against each parent.
pub(super) const DIFF_TREE: [&str; 10] = [
    "diff-tree",
    "--stdin",
    "-r",
    "-m",
    "--root",
    "--raw",
    "-z",
    "--no-renames",
    "--no-relative",
    "--no-abbrev",
];

/// A file in the index or in a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its mode: `100644`, `100755`, `120000` (a link), `160000` (a submodule).
    pub mode: String,
    /// The id of its content.
    pub id: String,
    /// Its path from the top of the repository.
    pub path: Vec<u8>,
}

impl Entry {
    /// Whether it is a regular file.
    pub fn is_file(&self) -> bool {
        is_file(&self.mode)
    }
}

/// Where files are listed from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'t> {
    /// The index; of a path in conflict, one of its versions.
    Index,
    /// The commit or tree of this id.
    Tree(&'t str),
}

/// A path whose content is another than before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What is there now; `None` when it is gone.
    pub new: Option<Entry>,
    /// What was there before, in each parent where something else was.
    pub old: Vec<Option<Entry>>,
    /// The path, from the top of the repository.
    pub path: Vec<u8>,
}

/// All files of `place`, in the order of their paths.
///
/// # Errors
/// [`Error::Git`].
pub fn entries_of(git: &Git, place: Place<'_>) -> Result<Vec<Entry>> {
    let output = match place {
        Place::Index => git.output("list the index", ["ls-files", "-s", "-z", "--full-name"])?,
        Place::Tree(tree) => git.output("list a tree", ["ls-tree", "-r", "-z", "--full-tree", tree])?,
    };
    let mut entries: Vec<Entry> = Vec::new();
    for line in output.split(|&byte| byte == 0).filter(|line| !line.is_empty()) {
        let at = line.iter().position(|&byte| byte == b'\t').ok_or_else(odd)?;
        let (head, path) = (String::from_utf8_lossy(&line[..at]), line[at + 1..].to_vec());
        let mut words = head.split(' ');
        let mode = words.next().unwrap_or_default();
        // `mode id stage` of the index, `mode kind id` of a tree.
        let id = match place {
            Place::Index => words.next(),
            Place::Tree(_) => words.nth(1),
        };
        let id = id.ok_or_else(odd)?.to_owned();
        if entries.last().is_none_or(|last| last.path != path) {
            entries.push(Entry { mode: mode.to_owned(), id, path });
        }
    }
    Ok(entries)
}

/// What the next commit would change against the commit or tree `base`.
///
/// # Errors
/// [`Error::Git`].
pub fn staged(git: &Git, base: &str) -> Result<Vec<Change>> {
    let arguments = ["diff-index", "--cached", "-r", "--raw", "-z", "--no-renames", "--no-abbrev"];
    let output =
        git.output("compare the index", arguments.into_iter().chain(["--diff-filter=ACDMRT", base]))?;
    let mut changes = Vec::new();
    let mut records = Records(&output[..]);
    while let Some(record) = records.next()? {
        if let Record::Change(found) = record {
            changes.push(found.change());
        }
    }
    Ok(changes)
}

/// What each of `commits` changes against any of its parents, in their order.
///
/// # Errors
/// [`Error::Git`].
pub fn of_commits(git: &Git, commits: &[Commit]) -> Result<Vec<Vec<Change>>> {
    let input: String = commits.iter().flat_map(|commit| [commit.id.as_str(), "\n"]).collect();
    let output = git.fed("compare commits", DIFF_TREE, input.as_bytes())?;
    let numbers: HashMap<&str, usize> =
        commits.iter().map(|commit| commit.id.as_str()).zip(0..commits.len()).collect();
    let mut all: Vec<Vec<Change>> = vec![Vec::new(); commits.len()];
    // Of a merge git lists the changes against one parent after the other.
    let mut places: HashMap<(usize, Vec<u8>), usize> = HashMap::new();
    let mut at = None;
    let mut records = Records(&output[..]);
    while let Some(record) = records.next()? {
        let change = match record {
            Record::Commit(id) => {
                at = Some(*numbers.get(id.as_str()).ok_or_else(odd)?);
                continue;
            }
            Record::Change(found) => found.change(),
        };
        let at = at.ok_or_else(odd)?;
        let changes = all.get_mut(at).ok_or_else(odd)?;
        if commits.get(at).is_some_and(|commit| commit.parents.len() > 1) {
            let place = *places.entry((at, change.path.clone())).or_insert(changes.len());
            if let Some(known) = changes.get_mut(place) {
                known.old.extend(change.old);
                continue;
            }
        }
        changes.push(change);
    }
    Ok(all)
}

/// A part of what git prints with `--raw -z`.
pub(super) enum Record {
    /// The changes of this commit follow.
    Commit(String),
    /// A change.
    Change(Found),
}

/// A change as git prints it.
pub(super) struct Found {
    pub path: Vec<u8>,
    pub old: Side,
    pub new: Side,
    /// Whether a merge left it in conflict.
    pub is_unmerged: bool,
}

/// What is at a path before or after.
pub(super) struct Side {
    mode: String,
    id: String,
}

impl Side {
    /// Whether it is a regular file: links and submodules hold no values.
    pub fn is_file(&self) -> bool {
        is_file(&self.mode)
    }

    /// The id of its content, when it is a regular file that is not only in the work tree.
    pub fn content(self) -> Option<String> {
        (self.is_file() && self.id.bytes().any(|byte| byte != b'0')).then_some(self.id)
    }

    fn entry(self, path: &[u8]) -> Option<Entry> {
        (self.mode != "000000").then(|| Entry { mode: self.mode, id: self.id, path: path.to_vec() })
    }
}

impl Found {
    fn change(self) -> Change {
        let Self { path, old, new, .. } = self;
        Change { new: new.entry(&path), old: vec![old.entry(&path)], path }
    }
}

/// Reads what git prints with `--raw -z` (git-diff-tree(1), "raw output format").
pub(super) struct Records<R>(pub R);

impl<R: BufRead> Records<R> {
    /// The next part; `None` at the end.
    pub fn next(&mut self) -> Result<Option<Record>> {
        let Some(head) = self.field()? else { return Ok(None) };
        let head = String::from_utf8(head).map_err(|_| odd())?;
        let Some(change) = head.strip_prefix(':') else {
            return Ok(Some(Record::Commit(head.trim().to_owned())));
        };
        let words: Vec<&str> = change.split(' ').collect();
        let [old_mode, new_mode, old, new, status] = words[..] else { return Err(odd()) };
        let path = self.field()?.ok_or_else(odd)?;
        let side = |mode: &str, id: &str| Side { mode: mode.to_owned(), id: id.to_owned() };
        Ok(Some(Record::Change(Found {
            path,
            old: side(old_mode, old),
            new: side(new_mode, new),
            is_unmerged: status.starts_with('U'),
        })))
    }

    fn field(&mut self) -> Result<Option<Vec<u8>>> {
        let mut field = Vec::new();
        self.0.read_until(0, &mut field).map_err(broken)?;
        Ok(field.pop().is_some().then_some(field))
    }
}

fn is_file(mode: &str) -> bool {
    mode.starts_with("100")
}

fn odd() -> Error {
    Error::Git { action: "say what changed", reason: "its answer cannot be read".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Result<Vec<Record>> {
        let mut records = Records(text.as_bytes());
        std::iter::from_fn(|| records.next().transpose()).collect()
    }

    #[test]
    fn raw_lines_are_read() {
        let (a, b) = ("a".repeat(40), "b".repeat(40));
        let zero = "0".repeat(40);
        let text = format!(
            "{a}\0:000000 100644 {zero} {b} A\0:x\ny\0:100644 120000 {a} {b} T\0m\0:100644 000000 {a} {zero} D\0gone\0"
        );
        let mut records = all(&text).unwrap().into_iter();
        assert!(matches!(records.next(), Some(Record::Commit(id)) if id == a));
        let changes: Vec<Change> = records
            .map(|record| match record {
                Record::Change(found) => found.change(),
                Record::Commit(id) => panic!("{id}"),
            })
            .collect();
        assert_eq!((&changes[0].path[..], &changes[0].old), (&b":x\ny"[..], &vec![None]));
        let new = changes[1].new.as_ref().unwrap();
        assert_eq!((new.mode.as_str(), new.is_file()), ("120000", false));
        assert_eq!((&changes[2].new, changes[2].old[0].is_some()), (&None, true));
    }

    #[test]
    fn what_git_never_says_is_refused() {
        for text in [":100644\0x\0", ":100644 100644 a b M\0", ":\0", "::100644 100644 100644 a b c MM\0x\0"]
        {
            assert!(matches!(all(text), Err(Error::Git { .. })), "{text}");
        }
    }
}
