//! Values that the present does not have under their names any more: what stands in their place, and where they went.

use std::collections::{HashMap, HashSet};

use super::collect::Exposure;
use super::judge::{Doubt, Entry, Exposed, Known, Present};
use super::prints::{Print, Prints};

/// Everything lost that stood at one place.
pub(super) struct Pool {
    pub entries: Vec<Entry>,
    /// Their ciphertexts, the newest first.
    pub ciphers: Vec<usize>,
    /// What they say, and why that is not all that they say; asked for once.
    said: Option<(HashSet<Print>, Option<Doubt>)>,
    /// What is to be said of all of them; asked for once.
    pub known: Option<Known>,
}

impl Pool {
    /// Whether one of them says `print`, or why that cannot be told.
    pub fn says(&mut self, print: &Print, prints: &mut Prints<'_, '_, '_>) -> Result<bool, Doubt> {
        let ciphers = &self.ciphers;
        let (said, doubt) = self.said.get_or_insert_with(|| {
            let (mut said, mut doubt) = (HashSet::new(), None);
            for &cipher in ciphers {
                match prints.of(cipher) {
                    Ok(print) => {
                        said.insert(print);
                    }
                    Err(why) => doubt = Some(why),
                }
            }
            (said, doubt)
        });
        match doubt {
            _ if said.contains(print) => Ok(true),
            Some(doubt) => Err(*doubt),
            None => Ok(false),
        }
    }
}

/// The lost values by where they were.
pub(super) struct Lost {
    pub entries: HashSet<Entry>,
    pub pools: Vec<Pool>,
    in_file: HashMap<(crate::crypto::FileId, Vec<u8>), usize>,
    at_path: HashMap<(u32, Vec<u8>), usize>,
}

impl Lost {
    /// Those of `exposed` that are not `there`.
    pub fn new(exposure: &Exposure, exposed: &Exposed, there: &HashSet<Entry>) -> Self {
        let mut lost = Self {
            entries: HashSet::new(),
            pools: Vec::new(),
            in_file: HashMap::new(),
            at_path: HashMap::new(),
        };
        for (entry, ciphers) in exposed.iter().filter(|(entry, _)| !there.contains(entry)) {
            lost.entries.insert(*entry);
            let places = ciphers.iter().filter_map(|&number| exposure.ciphers.get(number)?.place.as_ref());
            let paths: HashSet<&[u8]> = places.map(|place| &*place.path).collect();
            for path in paths {
                let pools = &mut lost.pools;
                put(
                    pools,
                    lost.in_file.entry((entry.0, path.to_vec())).or_insert(usize::MAX),
                    *entry,
                    ciphers,
                );
                for file in exposure.paths_of(ciphers) {
                    put(
                        pools,
                        lost.at_path.entry((file, path.to_vec())).or_insert(usize::MAX),
                        *entry,
                        ciphers,
                    );
                }
            }
        }
        for pool in &mut lost.pools {
            pool.ciphers.sort_by_key(|&number| std::cmp::Reverse((exposure.first(number), number)));
        }
        lost
    }

    /// The numbers of the pools of those that stood where `value` stands now: in its file, and at the path of its file.
    pub fn at(&self, exposure: &Exposure, value: &Present) -> Vec<usize> {
        let cipher = exposure.ciphers.get(value.cipher);
        let Some(place) = cipher.and_then(|cipher| cipher.place.as_ref()) else { return Vec::new() };
        let own = exposure.entry(value.cipher);
        let in_file = own.and_then(|(file, _)| self.in_file.get(&(file, place.path.to_vec())));
        let at_path = self.at_path.get(&(value.at.file, place.path.to_vec()));
        in_file.into_iter().chain(at_path).copied().collect()
    }
}

/// Puts `entry` into the pool of number `number`, which is a new one when it is no number yet.
fn put(pools: &mut Vec<Pool>, number: &mut usize, entry: Entry, ciphers: &[usize]) {
    if *number == usize::MAX {
        *number = pools.len();
        pools.push(Pool { entries: Vec::new(), ciphers: Vec::new(), said: None, known: None });
    }
    if let Some(pool) = pools.get_mut(*number) {
        pool.entries.push(entry);
        pool.ciphers.extend(ciphers);
    }
}

/// The values of the present that nobody is known to know, by the last step of their key path.
pub(super) struct Moved<'p> {
    by_name: HashMap<Vec<u8>, Vec<&'p Present>>,
    /// Of the names that were asked for, what they say.
    said: HashMap<Vec<u8>, HashMap<Print, &'p Present>>,
}

impl<'p> Moved<'p> {
    pub fn new(exposure: &Exposure, strange: &[&'p Present]) -> Self {
        let mut by_name: HashMap<Vec<u8>, Vec<&'p Present>> = HashMap::new();
        for value in strange {
            let place = exposure.ciphers.get(value.cipher).and_then(|cipher| cipher.place.as_ref());
            if let Some(place) = place {
                by_name.entry(last_step(&place.path).to_vec()).or_default().push(value);
            }
        }
        Self { by_name, said: HashMap::new() }
    }

    /// The value of the present, of the same name, that says what one of `candidates` said.
    pub fn find(
        &mut self,
        exposure: &Exposure,
        candidates: &[usize],
        prints: &mut Prints<'_, '_, '_>,
    ) -> Option<&'p Present> {
        let place = exposure.ciphers.get(*candidates.first()?)?.place.as_ref()?;
        let name = last_step(&place.path);
        let values = self.by_name.get(name)?;
        let said = self.said.entry(name.to_vec()).or_insert_with(|| {
            let printed = values.iter().filter_map(|value| Some((prints.of(value.cipher).ok()?, *value)));
            printed.collect()
        });
        candidates.iter().find_map(|&number| said.get(&prints.of(number).ok()?).copied())
    }
}

/// Whether several values of one document can have the encoded key path of `value`: items of lists, comments.
pub(super) fn is_shared(exposure: &Exposure, value: &Present) -> bool {
    let place = exposure.ciphers.get(value.cipher).and_then(|cipher| cipher.place.as_ref());
    place.is_some_and(|place| steps(&place.path).any(|step| step.first() != Some(&1)))
}

/// The last element of an encoded key path.
fn last_step(path: &[u8]) -> &[u8] {
    steps(path).last().unwrap_or_default()
}

/// The elements of an encoded key path (section 4 of the format); what cannot be read counts as one.
fn steps(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = path.get(4..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (&code, after) = rest.split_first()?;
        let length = match (code, after.split_first_chunk()) {
            (1, Some((length, _))) => 5 + u32::from_be_bytes(*length) as usize,
            (1, None) => rest.len(),
            _ => 1,
        };
        let (step, after) = rest.split_at(length.min(rest.len()));
        rest = after;
        Some(step)
    })
}

#[cfg(test)]
mod tests {
    use super::last_step;

    #[test]
    fn the_last_step_of_a_path_is_its_last_element() {
        let path = [0, 0, 0, 3, 1, 0, 0, 0, 2, b'd', b'b', 2, 1, 0, 0, 0, 1, b'x'];
        assert_eq!(last_step(&path), [1, 0, 0, 0, 1, b'x']);
        assert_eq!(last_step(&[0, 0, 0, 2, 1, 0, 0, 0, 1, b'x', 2]), [2]);
        assert_eq!(last_step(&[0, 0, 0, 0]), [] as [u8; 0]);
        assert_eq!(last_step(&[0, 0, 0, 1, 1, 0, 0]), [1, 0, 0]);
    }
}
