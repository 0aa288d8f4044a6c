//! Which files differ between two states of a repository; a file that was renamed is known by its id.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use super::side::{Found, Opener};
use crate::crypto::FileId;
use crate::error::Result;
use crate::fs;
use crate::git::changes::{Record, Records};
use crate::git::command::{Git, path_of};
use crate::git::objects::Objects;

/// A state of the files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A commit, or a tree, by its id.
    Commit(String),
    /// What is ready to be committed.
    Index,
    /// The files as they lie in the work tree.
    WorkTree,
}

/// A file before and after.
pub struct Pair {
    /// Its path before; that after when it is new.
    pub old_path: Vec<u8>,
    /// Its path after; that before when it is gone.
    pub new_path: Vec<u8>,
    /// What it was.
    pub old: Found,
    /// What it is.
    pub new: Found,
}

/// One side of a file that differs.
struct Half {
    path: Vec<u8>,
    found: Found,
}

impl Half {
    fn id(&self) -> Option<FileId> {
        match &self.found {
            Found::File(side) => Some(side.file().envelope().file_id),
            _ => None,
        }
    }
}

/// The encrypted files that differ between the commit `from` and `to`; with `paths`, those at one of these, before or
/// after, or below one that is a folder.
///
/// # Errors
/// [`crate::error::Error::Git`]; as [`fs::read`] for the work tree.
pub fn pairs(
    git: &Git,
    top: Option<&Path>,
    from: &str,
    to: &Target,
    paths: &[Vec<u8>],
    opener: &Opener<'_, '_>,
) -> Result<Vec<Pair>> {
    let format = ["-r", "--raw", "-z", "--no-renames", "--no-relative", "--no-abbrev"];
    let (command, rest): (&str, Vec<&str>) = match to {
        Target::Commit(to) => ("diff-tree", vec![from, to]),
        Target::Index => ("diff-index", vec!["--cached", from]),
        Target::WorkTree => ("diff-index", vec![from]),
    };
    let format = format.iter().copied().filter(|word| command == "diff-tree" || *word != "-r");
    let arguments = [command].into_iter().chain(format).chain(rest).chain(["--"]);
    let output = git.output("compare", arguments)?;
    let mut records = Records(&output[..]);
    let mut objects = Objects::open(git)?;
    let mut seen = HashSet::new();
    let (mut pairs, mut gone, mut new) = (Vec::new(), Vec::new(), Vec::new());
    while let Some(record) = records.next()? {
        let Record::Change(change) = record else { continue };
        // An unmerged file is listed twice: as such, and as it lies in the work tree.
        if !seen.insert((change.path.clone(), change.is_unmerged)) {
            continue;
        }
        let path = change.path;
        let mut object = |id: Option<String>| -> Result<Option<Vec<u8>>> {
            let Some(id) = id else { return Ok(None) };
            Ok(objects.find(id)?.map(|object| object.bytes))
        };
        let before = object(change.old.content())?;
        let is_file = change.new.is_file();
        let after = match (to, change.new.content()) {
            (Target::WorkTree, None) if is_file => {
                let file = top.map(|top| top.join(path_of(&path)));
                file.map(|file: PathBuf| fs::read(&file, fs::FILE_LIMIT)).transpose()?
            }
            (_, id) => object(id)?,
        };
        if before == after {
            continue;
        }
        let before = Half { found: opener.look(&path, before), path: path.clone() };
        let after = Half { found: opener.look(&path, after), path };
        match (&before.found, &after.found) {
            (Found::Absent, _) => new.push(after),
            (_, Found::Absent) => gone.push(before),
            _ => pairs.push(pair(before, after)),
        }
    }
    for after in new {
        let id = after.id();
        let at = gone.iter().position(|before| id.is_some() && before.id() == id);
        let before = match at {
            Some(at) => gone.swap_remove(at),
            None => Half { path: after.path.clone(), found: Found::Absent },
        };
        pairs.push(pair(before, after));
    }
    pairs.extend(gone.into_iter().map(|before| {
        let after = Half { path: before.path.clone(), found: Found::Absent };
        pair(before, after)
    }));
    let is_at = |path: &[u8]| {
        paths.is_empty()
            || paths.iter().any(|meant| {
                meant.is_empty()
                    || path.strip_prefix(&meant[..]).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
            })
    };
    pairs.retain(|pair| {
        let is_ours = |found: &Found| matches!(found, Found::File(_) | Found::Broken(_));
        (is_ours(&pair.old) || is_ours(&pair.new)) && (is_at(&pair.old_path) || is_at(&pair.new_path))
    });
    pairs.sort_by(|a, b| a.new_path.cmp(&b.new_path));
    Ok(pairs)
}

fn pair(old: Half, new: Half) -> Pair {
    Pair { old_path: old.path, new_path: new.path, old: old.found, new: new.found }
}
