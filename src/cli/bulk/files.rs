//! Which files a run is about, and how they are called from here.

use std::env::current_dir;
use std::fs;
use std::path::{Component, Path, PathBuf};

use super::super::context::{Context, repository_of};
use super::super::source::Source;
use crate::config::{Config, NAME, is_exempt};
use crate::document::escape;
use crate::error::{Error, Result};
use crate::file::FileType;
use crate::fs::below;
use crate::git::{self, history::is_candidate};
use crate::rotation::{Selection, Target};

/// Where the user is.
pub(super) struct Place {
    /// The folder that the program runs in, its real path.
    here: PathBuf,
    /// The top of the repository, or the folder of `dekko.toml`; the folder itself where there is neither.
    root: PathBuf,
    /// Whether `root` is the top of a repository.
    is_repository: bool,
}

/// The files of a run.
pub(super) struct Chosen {
    pub(super) targets: Vec<Target>,
    /// How many files of `--all` are not in the work tree.
    pub(super) absent: usize,
}

impl Place {
    /// Where the program runs.
    pub(super) fn find() -> Result<Self> {
        let io = |source| Error::Io { action: "find the current folder", source };
        let here = fs::canonicalize(current_dir().map_err(io)?).map_err(io)?;
        let top = repository_of(&here.join(NAME));
        let is_repository = top.is_some();
        let root = match top {
            Some(top) => top,
            None => Config::find(&here.join(NAME))?.map_or(here.clone(), |config| config.folder().to_owned()),
        };
        Ok(Self { here, root, is_repository })
    }

    /// What the run is about: see [`Place`].
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// A path in the folder that one is in, to find its configuration by.
    pub(super) fn here(&self) -> PathBuf {
        self.here.join(NAME)
    }

    /// `path` from the root of the file system.
    pub(super) fn absolute(&self, path: &Path) -> PathBuf {
        let whole = self.here.join(path);
        let mut found = PathBuf::new();
        // The folder that this starts from is a real path, and what `relative` made leads up no further than it.
        for component in whole.components() {
            match component {
                Component::CurDir => {}
                Component::ParentDir if fs::symlink_metadata(&found).is_ok_and(|folder| folder.is_dir()) => {
                    found.pop();
                }
                other => found.push(other),
            }
        }
        found
    }

    /// The absolute `path` as it is called from the folder that one is in.
    pub(super) fn relative(&self, path: &Path) -> PathBuf {
        let common = self.here.components().zip(path.components()).take_while(|(a, b)| a == b).count();
        if common <= 1 {
            return path.to_owned();
        }
        let up = self.here.components().skip(common).map(|_| Component::ParentDir);
        up.chain(path.components().skip(common)).collect()
    }

    /// [`Place::relative`] for a message.
    pub(super) fn shown(&self, path: &Path) -> String {
        escape(&self.relative(path).to_string_lossy())
    }
}

impl Chosen {
    /// The files at `paths`, each once.
    pub(super) fn named(
        paths: &[PathBuf],
        file_type: Option<FileType>,
        selection: &mut Selection,
    ) -> Result<Self> {
        let mut targets = Vec::with_capacity(paths.len());
        for source in Source::distinct(paths) {
            let Source::File(path) = source else {
                let what = "standard input cannot be changed in place; name a file".to_owned();
                return Err(Error::Usage { what });
            };
            let (within, (named, wanted)) = (repository_of(&path), selection.named(&path)?.unzip());
            targets.push(Target { path, file_type, within, is_optional: false, named, wanted });
        }
        Ok(Self { targets, absent: 0 })
    }

    /// Every encrypted file of the repository, or of the tree below `dekko.toml`: what a rule names, and what an attribute
    /// gives to dekko, and whatever else git tracks that is encrypted. What git tracks and a rule names must be encrypted; all
    /// else is passed over where it is not.
    pub(super) fn all(context: &Context, place: &Place, selection: &mut Selection) -> Result<Self> {
        let listed = if place.is_repository {
            git::listed(place.root(), &context.environment)?
        } else {
            if !place.root().join(NAME).exists() {
                let what =
                    "there is no dekko.toml and no git repository here that would say which files are meant";
                return Err(Error::Usage { what: what.to_owned() });
            }
            let all = below(place.root())?.into_iter();
            let listed = |path| git::Listed { path, is_tracked: true, is_marked: false };
            all.map(listed).collect()
        };
        let mut chosen = Self { targets: Vec::new(), absent: 0 };
        for git::Listed { path, is_tracked, is_marked } in listed {
            let whole = place.root().join(&path);
            if is_exempt(&path) {
                continue;
            }
            let found = fs::symlink_metadata(&whole).ok();
            let Some(found) = found else {
                chosen.absent += usize::from(is_marked);
                continue;
            };
            if !found.is_file() || found.len() == 0 {
                continue;
            }
            let path = place.relative(&whole);
            let (named, wanted) = selection.named(&path)?.unzip();
            if named.is_some() || is_marked || (is_tracked && is_suspect(&path)) {
                let is_optional = !is_tracked || named.is_none();
                let within = Some(place.root().to_owned());
                chosen.targets.push(Target { path, file_type: None, within, is_optional, named, wanted });
            }
        }
        Ok(chosen)
    }
}

/// Whether the file at `path` may be an encrypted one, by its content. What cannot be read, or is larger than such files are, is
/// none.
fn is_suspect(path: &Path) -> bool {
    crate::fs::read(path, crate::fs::FILE_LIMIT).is_ok_and(|bytes| is_candidate(&bytes))
}
