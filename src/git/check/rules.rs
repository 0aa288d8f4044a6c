//! What the rules of `dekko.toml` demand of a path: the nearest configuration above it, in the work tree, in the index or
//! in a commit. Configurations are others' data: what cannot be read is an error, never "no rule".

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{Config, NAME, Rule};
use crate::document::Cover;
use crate::error::{Error, Result};
use crate::git::changes::{Change, Entry};
use crate::policy::Policy;
use crate::provider;

use super::finding::shown;

/// What a rule wants of a file.
#[derive(Clone)]
pub(in crate::git) struct Demand {
    /// The rule's name in messages: `rule 2 of 'dekko.toml'`.
    pub place: String,
    pub policy: Policy,
    /// The policy for formats whose comments cannot be encrypted.
    pub policy_without_comments: Policy,
    pub cover: Cover,
    pub scope: Option<String>,
    /// Who may read the file, as files call them.
    pub readers: HashSet<String>,
    /// What the configuration calls recipients, by the names that files use.
    pub names: Arc<HashMap<String, String>>,
    /// Whether the rule names the file only where upper and lower case are the same.
    pub is_by_case: bool,
}

/// What is asked about.
#[derive(Clone, Copy)]
pub(super) struct Asked<'p> {
    pub path: &'p [u8],
    /// Whether it is a regular file; a link or a submodule can stand for a whole folder of them.
    pub is_file: bool,
}

impl<'p> Asked<'p> {
    /// What `entry` is.
    pub fn of(entry: &'p Entry) -> Self {
        Self { path: &entry.path, is_file: entry.is_file() }
    }

    /// What `change` leaves at its path; what is gone was a file, as far as rules go.
    pub fn after(change: &'p Change) -> Self {
        Self { path: &change.path, is_file: change.new.as_ref().is_none_or(Entry::is_file) }
    }
}

/// A configuration and where it lies.
struct Loaded {
    config: Config,
    /// The folder with a `/` at its end; empty for the top.
    folder: Vec<u8>,
    demands: Vec<Arc<Demand>>,
    /// The same, for files that the rules name but for upper and lower case.
    by_case: Vec<Arc<Demand>>,
}

/// Gives the content of the configuration at a path, when there is one.
pub(super) type Read<'r> = &'r mut dyn FnMut(&[u8]) -> Result<Option<Vec<u8>>>;

/// What came of reading a configuration, once for all places where the same bytes lie.
type Reading = std::result::Result<Arc<Loaded>, Arc<Error>>;

/// What configurations came out of which bytes: a commit after the other has the same.
#[derive(Default)]
pub(super) struct Configurations {
    /// By folder and content.
    loaded: HashMap<(Vec<u8>, Vec<u8>), Reading>,
}

/// A configuration that cannot be used.
#[derive(Clone, Debug)]
pub(super) struct Broken {
    /// The path of the `dekko.toml`.
    pub path: Vec<u8>,
    pub error: Arc<Error>,
}

impl Broken {
    /// The failure, for who cannot go on without the rules.
    pub fn into_error(self) -> Error {
        let path = PathBuf::from(String::from_utf8_lossy(&self.path).into_owned());
        let error = match self.error.bare() {
            Error::Config { line, what } => Error::Config { line: *line, what: what.clone() },
            other => Error::Config { line: None, what: other.to_string() },
        };
        error.in_file(path)
    }
}

/// The rules of one tree: the work tree, the index or a commit.
#[derive(Default)]
pub(super) struct Rules {
    /// By folder, the configuration that lies in it.
    folders: HashMap<Vec<u8>, Option<std::result::Result<Arc<Loaded>, Broken>>>,
}

impl Rules {
    /// What the rules want of what was `asked` about; `None` when none names it. `read` gives the content of the
    /// configuration at a path, when there is one.
    pub fn demand(
        &mut self,
        known: &mut Configurations,
        read: Read<'_>,
        asked: Asked<'_>,
    ) -> Result<std::result::Result<Option<Arc<Demand>>, Broken>> {
        let path = asked.path;
        let mut end = path.len();
        loop {
            end = path[..end].iter().rposition(|&byte| byte == b'/').unwrap_or(0);
            let folder = if end == 0 { &[][..] } else { &path[..=end] };
            if !self.folders.contains_key(folder) {
                let own = [folder, NAME.as_bytes()].concat();
                let found = read(&own)?.map(|bytes| known.load(folder, bytes));
                self.folders.insert(folder.to_vec(), found);
            }
            match self.folders.get(folder) {
                Some(Some(Ok(loaded))) => {
                    let below = String::from_utf8_lossy(&path[loaded.folder.len()..]);
                    return Ok(Ok(loaded.demand(&below, asked.is_file)));
                }
                Some(Some(Err(broken))) => return Ok(Err(broken.clone())),
                _ if end == 0 => return Ok(Ok(None)),
                _ => {}
            }
        }
    }
}

impl Configurations {
    fn load(&mut self, folder: &[u8], bytes: Vec<u8>) -> std::result::Result<Arc<Loaded>, Broken> {
        let key = (folder.to_vec(), bytes);
        let loaded = match self.loaded.get(&key) {
            Some(loaded) => loaded.clone(),
            None => {
                let loaded = Loaded::read(folder, key.1.clone()).map(Arc::new).map_err(Arc::new);
                self.loaded.insert(key, loaded.clone());
                loaded
            }
        };
        loaded.map_err(|error| Broken { path: [folder, NAME.as_bytes()].concat(), error })
    }
}

impl Loaded {
    fn read(folder: &[u8], bytes: Vec<u8>) -> Result<Self> {
        let shown_folder = String::from_utf8_lossy(folder);
        let config = Config::parse_bytes(bytes, Path::new(shown_folder.as_ref()))?;
        let name = shown(&[folder, NAME.as_bytes()].concat());
        let numbered = config.rules().iter().zip(1..);
        let names = names(&config);
        let demands = numbered.map(|(rule, number)| demand(&config, rule, number, &name, &names));
        let demands = demands.collect::<Result<Vec<Demand>>>()?;
        let by_case = |demand: &Demand| Arc::new(Demand { is_by_case: true, ..demand.clone() });
        let by_case = demands.iter().map(by_case).collect();
        let demands = demands.into_iter().map(Arc::new).collect();
        Ok(Self { config, folder: folder.to_vec(), demands, by_case })
    }

    /// What is wanted of the file at `path`, from the folder of the configuration. Where upper and lower case are the
    /// same, a name in another case is that of a file that a rule names.
    fn demand(&self, path: &str, is_file: bool) -> Option<Arc<Demand>> {
        if let Some((number, _)) = self.config.rule_at(path) {
            return self.demands.get(number - 1).cloned();
        }
        if let Some((number, _)) = self.config.rule_at_any_case(path) {
            return self.by_case.get(number - 1).cloned();
        }
        let number = self.config.rule_of_folder(path).filter(|_| !is_file)?;
        self.demands.get(number - 1).cloned()
    }
}

/// What `config` calls recipients, by the names that files use.
pub(super) fn names(config: &Config) -> Arc<HashMap<String, String>> {
    let named = config.named().map(|(name, text)| {
        let rid = provider::recipient(text).unwrap_or_else(|_| text.to_owned());
        (rid, name.to_owned())
    });
    Arc::new(named.collect())
}

/// What `rule`, the one of this number in the configuration called `name`, wants; `names` are those of [`names`].
pub(super) fn demand(
    config: &Config,
    rule: &Rule,
    number: usize,
    name: &str,
    names: &Arc<HashMap<String, String>>,
) -> Result<Demand> {
    let readers = config.recipients(rule)?.into_iter();
    // One of a provider that this dekko does not know stands in files as it is written here.
    let readers = readers.map(|named| provider::recipient(&named.text).unwrap_or(named.text));
    Ok(Demand {
        place: format!("rule {number} of '{name}'"),
        policy: rule.policy()?,
        policy_without_comments: Policy::new(&rule.encrypt, &rule.plain, false)?,
        cover: rule.cover,
        scope: rule.scope.clone(),
        readers: readers.collect(),
        names: Arc::clone(names),
        is_by_case: false,
    })
}
