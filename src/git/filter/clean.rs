//! What is stored for a file of the work tree.

use std::collections::HashMap;
use std::path::PathBuf;

use super::memory::{FOLDER, Memory};
use crate::config::{Config, Rule};
use crate::crypto::{DataKey, FileId, SystemRandom};
use crate::error::{Class, Error, Result};
use crate::file::{DataKeys, EncryptedFile, FileType, Recipe, seal, sides_of_wholes};
use crate::git::check::{Defect, Demands, demands_of, examine, is_exempt};
use crate::git::command::path_of;
use crate::git::history::FilePast;
use crate::git::{Git, Objects};
use crate::merge::marks::{Conflict, Marked, Piece, Side, taken};
use crate::provider::{self, Session, recipient_of};

/// What is stored, and how it came about.
pub struct Cleaned {
    /// The bytes to store.
    pub bytes: Vec<u8>,
    /// What was done.
    pub done: Done,
}

/// What was done to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Done {
    /// Nothing: it is stored as it is, or as it was stored before.
    Nothing,
    /// It holds a conflict between two encrypted versions, from this line on, and is stored as it is.
    Conflict {
        /// The line of the first mark, from 1.
        line: usize,
    },
    /// It was encrypted under the data key of the version that git had.
    Edited {
        /// Who can read it, as the file calls them.
        readers: Vec<String>,
    },
    /// It was encrypted under a new data key, for those whom a rule of `dekko.toml` names.
    Sealed {
        /// Who can read it, as the file calls them.
        readers: Vec<String>,
    },
}

/// Encrypts on the way into the repository what a rule names.
pub struct Cleaner<'s> {
    git: Git,
    top: PathBuf,
    objects: Option<Objects>,
    keys: DataKeys<'s>,
    wrapping: &'s Session,
    now: String,
    memory: Memory,
    /// What was sealed in this run, by path and plain text: git may ask twice.
    sealed: HashMap<(Vec<u8>, Vec<u8>), Vec<u8>>,
}

impl<'s> Cleaner<'s> {
    /// For the work tree that `git` is in. Data keys are unwrapped with the identities of `unwrapping`, which should have
    /// nobody to ask; `wrapping` wraps them. `now` is the moment, as files write it.
    ///
    /// # Errors
    /// [`Error::Git`] outside of a work tree.
    pub fn new(git: &Git, unwrapping: &'s Session, wrapping: &'s Session, now: String) -> Result<Self> {
        let top = git.top()?.ok_or_else(|| Error::Git {
            action: "find the work tree",
            reason: "the filter runs in a work tree only".to_owned(),
        })?;
        let git = git.within(&top);
        let memory = Memory::new(memory_folder(&git)?);
        let keys = DataKeys::new(unwrapping);
        Ok(Self { git, top, objects: None, keys, wrapping, now, memory, sealed: HashMap::new() })
    }

    /// What is stored for the file at `path`, from the top of the work tree, with the content `bytes`.
    ///
    /// # Errors
    /// When it holds plain text that cannot be encrypted, or should be and is not: nothing may be stored then.
    pub fn clean(&mut self, path: &[u8], bytes: Vec<u8>) -> Result<Cleaned> {
        let own = self.top.join(path_of(path));
        let name = own.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if bytes.is_empty() || is_exempt(&name) {
            return Ok(Cleaned { bytes, done: Done::Nothing });
        }
        if let Some(line) = conflict(&name, &bytes)? {
            return Ok(Cleaned { bytes, done: Done::Conflict { line } });
        }
        let config = Config::find(&own)?;
        let rule = match &config {
            Some(config) => config.rule_for(&own)?.map(|(number, rule)| (config, number, rule)),
            None => None,
        };
        let demands = match rule {
            Some((config, number, rule)) => demands_of(config, rule, number)?,
            None => Demands::default(),
        };
        if is_plain(&name, &bytes, &demands)? {
            let rule = rule.map(|(config, _, rule)| (config, rule));
            let cleaned = self.encrypted(path, &name, bytes, rule)?;
            return match is_plain(&name, &cleaned.bytes, &demands)? {
                false => Ok(cleaned),
                true => Err(Error::Internal { what: "what was encrypted is plain".to_owned() }),
            };
        }
        Ok(Cleaned { bytes, done: Done::Nothing })
    }

    /// Encrypts the plain `bytes`: as an edit of the version that git has, else anew.
    fn encrypted(
        &mut self,
        path: &[u8],
        name: &str,
        bytes: Vec<u8>,
        rule: Option<(&Config, &Rule)>,
    ) -> Result<Cleaned> {
        for place in [":0:", "HEAD:"] {
            let Some(stored) = self.stored(place, path)? else { continue };
            let read =
                |bytes: &Vec<u8>| EncryptedFile::read(FileType::of_encrypted(name, bytes), bytes.clone());
            let Ok(file) = read(&stored) else { continue };
            if self.memory.knows(path, &bytes, &stored) {
                return Ok(Cleaned { bytes: stored, done: Done::Nothing });
            }
            let readers = readers_of(&file);
            let past = FilePast::within(Some(&self.git), &self.top.join(path_of(path)));
            let edited = self.keys.open(file)?.edit_after(bytes, &past, &mut SystemRandom)?;
            let done = if edited == stored { Done::Nothing } else { Done::Edited { readers } };
            return Ok(Cleaned { bytes: edited, done });
        }
        let key = (path.to_vec(), bytes);
        if let Some(sealed) = self.sealed.get(&key) {
            return Ok(Cleaned { bytes: sealed.clone(), done: Done::Nothing });
        }
        let (config, rule) = rule.ok_or(Error::NoRule)?;
        let sealed = self.seal(name, key.1.clone(), config, rule)?;
        let file = EncryptedFile::read(FileType::of_encrypted(name, &sealed), sealed.clone())?;
        if self.keys.of(&file).is_err() {
            self.memory.keep(path, &key.1, &sealed)?;
        }
        self.sealed.insert(key, sealed.clone());
        Ok(Cleaned { bytes: sealed, done: Done::Sealed { readers: readers_of(&file) } })
    }

    fn seal(&self, name: &str, bytes: Vec<u8>, config: &Config, rule: &Rule) -> Result<Vec<u8>> {
        let mut rids = Vec::new();
        for named in config.recipients(rule)? {
            let rid = provider::recipient(&named.text)?;
            if !rids.contains(&rid) {
                rids.push(rid);
            }
        }
        let wrap_all = &mut |file: &FileId, key: &DataKey| {
            let names: Vec<&str> = rids.iter().map(String::as_str).collect();
            let wraps = provider::wrap_all(&names, file, key, self.wrapping)?;
            names.iter().zip(wraps).map(|(rid, bytes)| provider::wrapped(rid, bytes)).collect()
        };
        let recipe = Recipe {
            policy: rule.policy()?,
            cover: rule.cover,
            scope: rule.scope.clone(),
            rotated: self.now.clone(),
        };
        let random = &mut SystemRandom;
        let key = DataKey::generate(random)?;
        Ok(seal(FileType::of_plain(name), bytes, &recipe, key, wrap_all, random)?.bytes)
    }

    /// The content that git has at `path`: in the index (`:0:`) or in a commit (`HEAD:`).
    fn stored(&mut self, place: &str, path: &[u8]) -> Result<Option<Vec<u8>>> {
        let objects = match &mut self.objects {
            Some(objects) => objects,
            none => none.insert(Objects::open(&self.git)?),
        };
        let found = objects.find([place.as_bytes(), path].concat())?;
        Ok(found.filter(|object| object.kind == "blob").map(|object| object.bytes))
    }
}

/// Where the guard of the repository that `git` is in keeps what it must remember.
pub(in crate::git) fn memory_folder(git: &Git) -> Result<PathBuf> {
    let folder = git.output("find its folder", ["rev-parse", "--git-common-dir"])?;
    Ok(git.folder().join(path_of(folder.strip_suffix(b"\n").unwrap_or(&folder))).join(FOLDER))
}

fn readers_of(file: &EncryptedFile) -> Vec<String> {
    file.envelope().recipients.iter().map(recipient_of).collect()
}

/// The line of a conflict in `bytes` whose versions are all encrypted.
///
/// git runs the filter for a mere `git diff`, too, and that has to work in a conflict: what is encrypted may pass, and
/// the hooks see to it that it is not committed like this.
///
/// # Errors
/// [`Error::Conflict`] when a version may hold plain text.
fn conflict(name: &str, bytes: &[u8]) -> Result<Option<usize>> {
    let FileType::Text(_) = FileType::of_encrypted(name, bytes) else {
        return Ok(sides_of_wholes(bytes).map(|_| 1));
    };
    let Some(marked) = std::str::from_utf8(bytes).ok().and_then(Marked::read) else { return Ok(None) };
    let has_base = |piece: &Piece| matches!(piece, Piece::Conflict(Conflict { base: Some(base), .. }) if !base.is_empty());
    let sides = [Side::Ours, Side::Theirs, Side::Base];
    let sides = &sides[..if marked.pieces.iter().any(has_base) { 3 } else { 2 }];
    let is_sealed = |side: &Side| {
        let text = taken(&marked.pieces, *side).into_bytes();
        matches!(is_plain(name, &text, &Demands::default()), Ok(false))
    };
    if sides.iter().all(is_sealed) {
        Ok(Some(marked.line))
    } else {
        Err(Error::Conflict { line: marked.line })
    }
}

/// Whether `bytes` are plain text as a whole, and not an encrypted file.
///
/// # Errors
/// [`Error::Refused`] for an encrypted file in which something stands plain, and for one that cannot be read.
fn is_plain(name: &str, bytes: &[u8], demands: &Demands) -> Result<bool> {
    let examined = examine(name, bytes.to_vec(), demands);
    for (defect, at, what) in examined.faults {
        let class = match defect {
            Defect::NotEncrypted => return Ok(true),
            Defect::PlainValue => Class::Policy,
            Defect::PrivateKey if examined.identity.is_some() => Class::Policy,
            Defect::Conflict => return Err(Error::Conflict { line: at.map_or(1, |at| at.line) }),
            Defect::Syntax => Class::Syntax,
            Defect::Metadata => Class::Metadata,
            Defect::Version => Class::Version,
            Defect::Limit => Class::Limit,
            Defect::Token => Class::Token,
            Defect::ForeignToken => Class::Foreign,
            // Who may read it, and in which order things stand, is for the hooks to say.
            _ => continue,
        };
        return Err(Error::refused(class, at, what));
    }
    Ok(false)
}
