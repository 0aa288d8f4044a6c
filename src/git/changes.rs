//! What changed, as git's plumbing says it: between the last commit and the index, and in commits.

use super::command::Git;
use crate::error::{Error, Result};

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
        self.mode.starts_with("100")
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
    /// What was there before, in each parent.
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
    read(&output, |_| Ok(()), |change| changes.push(change))?;
    Ok(changes)
}

/// What each of `commits` changes against its parents, in their order: of a merge, what is as in none of its parents.
///
/// # Errors
/// [`Error::Git`].
pub fn of_commits(git: &Git, commits: &[String]) -> Result<Vec<Vec<Change>>> {
    let arguments = [
        "diff-tree",
        "--stdin",
        "--root",
        "-r",
        "-c",
        "-z",
        "--raw",
        "--no-renames",
        "--no-abbrev",
        "--always",
    ];
    let input: String = commits.iter().flat_map(|commit| [commit.as_str(), "\n"]).collect();
    let output = git.fed("compare commits", arguments, input.as_bytes())?;
    let mut all: Vec<Vec<Change>> = vec![Vec::new(); commits.len()];
    let mut seen = 0;
    let at = std::cell::Cell::new(0);
    read(
        &output,
        |id| {
            // What changes nothing may be left out.
            let rest = commits.get(seen..).unwrap_or_default();
            let found = rest.iter().position(|commit| commit.as_bytes() == id).ok_or_else(odd)?;
            at.set(seen + found);
            seen += found + 1;
            Ok(())
        },
        |change| {
            if let Some(changes) = all.get_mut(at.get()) {
                changes.push(change);
            }
        },
    )?;
    Ok(all)
}

/// Reads raw lines (git-diff-tree(1), "raw output format", `-z`, also the one for merges).
fn read(
    output: &[u8],
    mut commit: impl FnMut(&[u8]) -> Result<()>,
    mut change: impl FnMut(Change),
) -> Result<()> {
    let mut fields = output.split(|&byte| byte == 0);
    while let Some(field) = fields.next() {
        let parents = field.iter().take_while(|&&byte| byte == b':').count();
        if parents == 0 {
            if !field.is_empty() {
                commit(field)?;
            }
            continue;
        }
        let path = fields.next().ok_or_else(odd)?;
        let head = String::from_utf8_lossy(&field[parents..]);
        let words: Vec<&str> = head.split(' ').collect();
        let entry = |at: usize| -> Result<Option<Entry>> {
            let mode = words.get(at).ok_or_else(odd)?;
            let id = words.get(parents + 1 + at).ok_or_else(odd)?;
            let is_there = *mode != "000000";
            let entry = || Entry { mode: (*mode).to_owned(), id: (*id).to_owned(), path: path.to_vec() };
            Ok(is_there.then(entry))
        };
        let old = (0..parents).map(entry).collect::<Result<_>>()?;
        change(Change { new: entry(parents)?, old, path: path.to_vec() });
    }
    Ok(())
}

fn odd() -> Error {
    Error::Git { action: "say what changed", reason: "its answer cannot be read".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_lines_of_commits_and_merges_are_read() {
        let (a, b, c) = ("a".repeat(40), "b".repeat(40), "c".repeat(40));
        let zero = "0".repeat(40);
        let text = format!(
            "{a}\0:000000 100644 {zero} {b} A\0:x\ny\0{b}\0::100644 000000 100755 {a} {zero} {c} MA\0m\0\
             :100644 000000 {a} {zero} D\0gone\0"
        );
        let mut commits = Vec::new();
        let mut changes = Vec::new();
        read(
            text.as_bytes(),
            |id| {
                commits.push(id.to_vec());
                Ok(())
            },
            |change| changes.push(change),
        )
        .unwrap();
        assert_eq!(commits, [a.as_bytes(), b.as_bytes()]);
        assert_eq!(changes[0].path, b":x\ny");
        assert_eq!(changes[0].old, [None]);
        assert_eq!(changes[1].old.iter().map(Option::is_some).collect::<Vec<_>>(), [true, false]);
        assert_eq!(
            changes[1].new.as_ref().map(|new| (new.mode.as_str(), new.id.as_str())),
            Some(("100755", &*c))
        );
        assert_eq!(changes[2].new, None);
    }

    #[test]
    fn what_git_never_says_is_refused() {
        for text in [":100644\0x\0", ":100644 100644 a b M", "\0:"] {
            let read = read(text.as_bytes(), |_| Ok(()), |_| ());
            assert!(matches!(read, Err(Error::Git { .. })), "{text}");
        }
    }
}
