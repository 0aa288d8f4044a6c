//! Which of the values that someone could decrypt are still in use.

use std::collections::{HashMap, HashSet};

use super::collect::{Exposure, Through};
use super::lost::{self, Lost, Moved};
use super::prints::Prints;
use super::sound::Sound;
use crate::crypto::{Commit, FileId, TokenId};
use crate::error::Result;
use crate::file::{DataKeys, EncryptedFile};

/// What became of a value that someone could decrypt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// They can decrypt it as it is now: they are a recipient of the file.
    Recipient,
    /// They can decrypt it as it is now: its data key was theirs once.
    SameKey,
    /// It was only encrypted anew: it is what they could decrypt.
    Same,
    /// It was encrypted anew; whether it is another one cannot be told.
    Unclear(Doubt),
    /// The file is not encrypted any more, and the value stands in it as plain text.
    Plain,
    /// It is another one.
    Changed,
    /// It is not there any more.
    Gone,
}

/// Why it cannot be told whether a value is another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// A data key could not be opened.
    NoKey,
    /// A ciphertext does not open under its data key, or stands in a file that cannot be read.
    Altered,
    /// The file is not encrypted any more: the value may stand in it in plain text.
    Plain,
    /// The file is not as it was sealed, or cannot be read as it is.
    File,
}

impl State {
    /// Whether the value counts as still in use: what cannot be told does.
    pub fn is_in_use(self) -> bool {
        !matches!(self, Self::Changed | Self::Gone)
    }
}

/// A value that someone could decrypt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The number of the path of its file: as it is now, or was last.
    pub file: u32,
    /// Its key path, safe to show.
    pub path: String,
    /// Where it was known, when that is not where it is now.
    pub known_at: Option<Place>,
    /// What became of it.
    pub state: State,
    /// How they could decrypt it.
    pub through: Through,
    /// The first commit with a ciphertext that they could decrypt.
    pub since: u32,
    /// The first commit with the last such ciphertext.
    pub last: u32,
    /// The first commit with the ciphertext that is there now.
    pub now: Option<u32>,
}

/// A value's place in a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The number of the path of the file.
    pub file: u32,
    /// The key path, safe to show.
    pub path: String,
}

/// What came of it.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    /// The values that they could decrypt: those of the present in its order, then those that are gone.
    pub known: Vec<Known>,
    /// The data keys that could not be opened, and why; safe to show.
    pub unopened: Vec<(Commit, String)>,
    /// How many heads of versions do not verify: what they say of recipients may be forged.
    pub forged: usize,
    /// The numbers of the paths of files of the present that cannot be read or are not as they were sealed, among those that
    /// a known value would be gone from.
    pub altered: Vec<u32>,
}

/// Where contents are read a second time: binary files, which are not kept, and files that are not encrypted any more.
pub trait Source {
    /// Gives each of the versions of these numbers to `take`.
    ///
    /// # Errors
    /// When they cannot be read.
    fn versions(&mut self, numbers: &[u32], take: &mut dyn FnMut(u32, EncryptedFile)) -> Result<()>;

    /// The name (no folders) and the content that the file at the path of number `path` has now; `None` when it is too large.
    ///
    /// # Errors
    /// When it cannot be read.
    fn plain(&mut self, path: u32) -> Result<Option<(String, Vec<u8>)>>;
}

/// The name of a value through renames, edits and rotations.
pub(super) type Entry = (FileId, TokenId);

/// A value of the present.
pub(super) struct Present {
    pub at: Place,
    pub cipher: usize,
    pub is_recipient: bool,
}

/// What they could decrypt: the ciphertexts of each value, the newest first.
pub(super) type Exposed = HashMap<Entry, Vec<usize>>;

impl Exposure {
    /// Compares what they could decrypt with the files of the present, `now`: numbers of paths and versions, `None` for what
    /// is no encrypted file. Values are compared as far as `keys` open them.
    ///
    /// # Errors
    /// What `source` says, and the random generator.
    pub fn judge(
        &self,
        now: &[(u32, Option<u32>)],
        keys: &DataKeys<'_>,
        source: &mut dyn Source,
    ) -> Result<Judgement> {
        let exposed = self.exposed();
        let present = self.present(now);
        let mut prints = Prints::new(self, keys)?;
        let wanted = exposed.values().flatten().chain(present.iter().map(|value| &value.cipher));
        prints.read_binaries(&wanted.copied().collect::<Vec<_>>(), source)?;
        let own: Vec<Option<Entry>> = present.iter().map(|value| self.entry(value.cipher)).collect();
        let there: HashSet<Entry> = own.iter().flatten().copied().collect();
        let mut missing = Lost::new(self, &exposed, &there);
        let mut sound = Sound::new(now, keys);
        let (mut known, mut strange, mut found) = (Vec::new(), Vec::new(), HashSet::new());
        for (value, own) in present.iter().zip(own) {
            let own = own.and_then(|entry| exposed.get(&entry));
            let pools = missing.at(self, value);
            match own.is_none() && pools.is_empty() {
                true => strange.push(value),
                false => {
                    let mut judged = self.judged(value, own, &pools, &mut missing, &mut prints);
                    if !judged.state.is_in_use() && sound.is_altered(self, value.at.file, source)? {
                        judged.state = State::Unclear(Doubt::File);
                    }
                    known.push(judged);
                }
            }
            // Other items of a list stand at the same path, and are not in its place.
            if own.is_none() || !lost::is_shared(self, value) {
                found.extend(pools);
            }
        }
        let plain = now.iter().filter(|(_, version)| version.is_none()).map(|(path, _)| *path).collect();
        let found = found.into_iter().filter_map(|pool: usize| missing.pools.get(pool));
        let found: HashSet<Entry> = found.flat_map(|pool| &pool.entries).copied().collect();
        let mut rest: Vec<_> = missing.entries.difference(&found).collect();
        rest.sort_by_key(|entry| exposed[*entry].iter().min());
        let mut moved = Moved::new(self, &strange);
        for entry in rest {
            let mut lost = self.missing(&exposed[entry], &plain, &mut moved, &mut prints, source)?;
            for file in self.paths_of(&exposed[entry]) {
                if lost.state == State::Gone && sound.is_altered(self, file, source)? {
                    lost = Known { file, state: State::Unclear(Doubt::File), ..lost };
                }
            }
            known.push(lost);
        }
        let (unopened, forged, altered) = (prints.unopened(), prints.forged, sound.altered());
        Ok(Judgement { known, unopened, forged, altered })
    }

    fn exposed(&self) -> Exposed {
        let mut exposed = Exposed::new();
        for (number, cipher) in self.ciphers.iter().enumerate() {
            let is_held = self.keys.get(cipher.key).is_some_and(|key| key.held.is_some());
            if let Some(entry) = self.entry(number).filter(|_| is_held) {
                exposed.entry(entry).or_default().push(number);
            }
        }
        for ciphers in exposed.values_mut() {
            ciphers.sort_by_key(|&number| std::cmp::Reverse((self.first(number), number)));
        }
        exposed
    }

    pub(super) fn entry(&self, number: usize) -> Option<Entry> {
        let cipher = self.ciphers.get(number)?;
        Some((self.keys.get(cipher.key)?.file.unwrap_or(NOBODY.0), cipher.id))
    }

    pub(super) fn first(&self, number: usize) -> u32 {
        self.ciphers.get(number).map_or(0, |cipher| cipher.first)
    }

    /// Every value of the present.
    fn present(&self, now: &[(u32, Option<u32>)]) -> Vec<Present> {
        let mut present = Vec::new();
        for &(file, version) in now {
            let Some(version) = version.and_then(|version| self.versions.get(&version)) else { continue };
            let moved: HashMap<usize, &str> =
                version.moved.iter().map(|(cipher, shown)| (*cipher, &**shown)).collect();
            for &cipher in &version.ciphers {
                let path = moved.get(&cipher).map_or_else(|| self.shown(cipher), |&shown| shown.to_owned());
                present.push(Present {
                    at: Place { file, path },
                    cipher,
                    is_recipient: version.is_recipient,
                });
            }
        }
        present
    }

    /// The key path of a ciphertext for people.
    fn shown(&self, number: usize) -> String {
        let Some(cipher) = self.ciphers.get(number) else { return String::new() };
        cipher
            .place
            .as_ref()
            .map_or_else(|| format!("the value {}", cipher.id), |place| place.shown.to_string())
    }

    /// What became of a value that they could decrypt and that `value` is, or took the place of: `own` are its ciphertexts,
    /// `pools` those that stood in its place; there is one at least.
    fn judged(
        &self,
        value: &Present,
        own: Option<&Vec<usize>>,
        pools: &[usize],
        lost: &mut Lost,
        prints: &mut Prints<'_, '_, '_>,
    ) -> Known {
        let key = self.ciphers.get(value.cipher).and_then(|cipher| self.keys.get(cipher.key));
        let state = match key {
            _ if value.is_recipient => State::Recipient,
            Some(key) if key.held.is_some() => State::SameKey,
            _ => compared(value.cipher, own, pools, lost, prints),
        };
        let mut old: Option<Known> = own.map(|ciphers| self.known(ciphers, state));
        for &pool in pools {
            let Some(pool) = lost.pools.get_mut(pool) else { continue };
            let all = pool.known.get_or_insert_with(|| self.known(&pool.ciphers, state));
            old = Some(match old {
                None => all.clone(),
                Some(old) => Known {
                    through: old.through.clone().min(all.through.clone()),
                    since: old.since.min(all.since),
                    last: old.last.max(all.last),
                    ..old
                },
            });
        }
        let old = old.unwrap_or_else(|| self.known(&[], state));
        let path = |number: Option<&usize>| Some(&self.ciphers.get(*number?)?.place.as_ref()?.path);
        let newest = own.and_then(|ciphers| ciphers.first());
        let is_moved = newest.is_some() && path(newest) != path(Some(&value.cipher));
        Known {
            file: value.at.file,
            path: value.at.path.clone(),
            known_at: is_moved.then_some(Place { file: old.file, path: old.path }),
            state,
            now: Some(self.first(value.cipher)),
            through: old.through,
            since: old.since,
            last: old.last,
        }
    }

    /// What became of a value that the present has nowhere under its name, nor in its place.
    fn missing(
        &self,
        candidates: &[usize],
        plain: &HashSet<u32>,
        moved: &mut Moved<'_>,
        prints: &mut Prints<'_, '_, '_>,
        source: &mut dyn Source,
    ) -> Result<Known> {
        let gone = self.known(candidates, State::Gone);
        let mut doubtful = None;
        for file in self.paths_of(candidates).into_iter().filter(|path| plain.contains(path)) {
            match prints.in_plain(file, candidates, source)? {
                Some(true) => return Ok(Known { file, state: State::Plain, ..gone }),
                Some(false) => {}
                None => doubtful = Some(file),
            }
        }
        if let Some(file) = doubtful {
            return Ok(Known { file, state: State::Unclear(Doubt::Plain), ..gone });
        }
        Ok(match moved.find(self, candidates, prints) {
            None => gone,
            Some(value) => Known {
                known_at: Some(Place { file: gone.file, path: gone.path.clone() }),
                file: value.at.file,
                path: value.at.path.clone(),
                state: State::Same,
                now: Some(self.first(value.cipher)),
                ..gone
            },
        })
    }

    /// What is to be said of `candidates`, the newest first.
    fn known(&self, candidates: &[usize], state: State) -> Known {
        let held = candidates.iter().filter_map(|&number| {
            let cipher = self.ciphers.get(number)?;
            self.keys.get(cipher.key)?.held.clone()
        });
        let newest = candidates.first().copied().unwrap_or_default();
        let commits = || candidates.iter().map(|&number| self.first(number));
        let file = self.entry(newest).and_then(|(file, _)| self.places.get(&file));
        Known {
            file: file.map_or(0, |(_, last)| *last),
            path: self.shown(newest),
            known_at: None,
            state,
            through: held.min().unwrap_or(Through::Own),
            since: commits().min().unwrap_or_default(),
            last: commits().max().unwrap_or_default(),
            now: None,
        }
    }

    /// The paths at which the file of `candidates` ever lay.
    pub(super) fn paths_of(&self, candidates: &[usize]) -> Vec<u32> {
        let file = candidates.first().and_then(|&number| self.entry(number));
        let places = file.and_then(|(file, _)| self.places.get(&file));
        places.map(|(all, _)| all.iter().copied().collect()).unwrap_or_default()
    }
}

/// The entry of a ciphertext that is none of ours.
const NOBODY: Entry = (FileId([0; 16]), TokenId([0; 6]));

/// Whether the ciphertext of number `now` says what one of those in `own` and in `pools` said.
fn compared(
    now: usize,
    own: Option<&Vec<usize>>,
    pools: &[usize],
    lost: &mut Lost,
    prints: &mut Prints<'_, '_, '_>,
) -> State {
    let print = match prints.of(now) {
        Ok(print) => print,
        Err(doubt) => return State::Unclear(doubt),
    };
    let mut doubt = None;
    for &candidate in own.into_iter().flatten() {
        match prints.of(candidate) {
            Ok(old) if old == print => return State::Same,
            Ok(_) => {}
            Err(why) => doubt = Some(why),
        }
    }
    for &pool in pools {
        match lost.pools.get_mut(pool).map(|pool| pool.says(&print, prints)) {
            Some(Ok(true)) => return State::Same,
            Some(Err(why)) => doubt = Some(why),
            _ => {}
        }
    }
    doubt.map_or(State::Changed, State::Unclear)
}
