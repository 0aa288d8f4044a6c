//! Which paths the repository's attributes give to dekko: `merge=dekko`, `diff=dekko` or `filter=dekko`
//! (gitattributes(5)), asked of git.

use std::collections::HashSet;

use super::changes::{Place, entries_of};
use super::command::Git;
use crate::environment::Environment;
use crate::error::Result;
use crate::fs::PrivateDir;

/// The attributes that give a path to dekko.
const NAMES: [&str; 3] = ["merge", "diff", "filter"];

/// The value that they have then.
const VALUE: &[u8] = b"dekko";

/// Where attributes are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attributes<'t> {
    /// The files of the work tree.
    WorkTree,
    /// The index.
    Index,
    /// The commit or tree of this id.
    Tree(&'t str),
}

/// Those of `paths` (from the top of the repository) that an attribute in `source` gives to dekko. `git` runs at the
/// top of the work tree, or in a bare repository.
///
/// # Errors
/// [`crate::error::Error::Git`] and [`crate::error::Error::Io`].
pub fn marked(
    git: &Git,
    environment: &Environment,
    source: Attributes<'_>,
    paths: &[&[u8]],
) -> Result<HashSet<Vec<u8>>> {
    match source {
        _ if paths.is_empty() => Ok(HashSet::new()),
        Attributes::WorkTree => ask(git, &["check-attr", "-z", "--stdin"], paths),
        Attributes::Index => ask(git, &["check-attr", "--cached", "-z", "--stdin"], paths),
        Attributes::Tree(tree) => {
            // No git before 2.41 reads attributes from a tree; every git reads them from an index.
            let (folder, _) = PrivateDir::new(environment)?;
            let index = folder.path().join("index");
            let own = environment.with("GIT_INDEX_FILE", index.as_os_str());
            let git = Git::new(git.folder(), &own)?;
            let mut entries = entries_of(&git, Place::Tree(tree))?;
            entries.retain(|entry| is_attributes(&entry.path));
            let lines = entries.iter().flat_map(|entry| {
                let head = format!("{} {} 0\t", entry.mode, entry.id);
                [head.as_bytes(), &entry.path, b"\0"].concat()
            });
            let lines: Vec<u8> = lines.collect();
            git.fed("read the attributes of a tree", ["update-index", "-z", "--index-info"], &lines)?;
            ask(&git, &["check-attr", "--cached", "-z", "--stdin"], paths)
        }
    }
}

/// Whether `path` is a file of attributes.
pub fn is_attributes(path: &[u8]) -> bool {
    path == b".gitattributes" || path.ends_with(b"/.gitattributes")
}

fn ask(git: &Git, command: &[&str], paths: &[&[u8]]) -> Result<HashSet<Vec<u8>>> {
    let input: Vec<u8> = paths.iter().flat_map(|path| path.iter().copied().chain([0])).collect();
    // Where names in another case are the same names, git reads patterns so, too.
    let arguments = ["-c", "core.ignoreCase=true"].iter().chain(command).copied().chain(NAMES);
    let arguments: Vec<&str> = arguments.collect();
    let output = git.fed("tell the attributes", &arguments, &input)?;
    let mut fields = output.split(|&byte| byte == 0);
    let mut found = HashSet::new();
    while let (Some(path), Some(_), Some(value)) = (fields.next(), fields.next(), fields.next()) {
        if value == VALUE {
            found.insert(path.to_vec());
        }
    }
    Ok(found)
}
