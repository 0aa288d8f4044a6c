//! Random histories of edits, merges and settled conflicts, in memory: whatever honest people do, no ciphertext and no tag comes
//! back, and nobody finds another order under one epoch (section 11 of the format, rules 1, 2 and 4, in a few lines of their own).

use std::collections::{BTreeSet, HashMap, HashSet};

use dekko::crypto::{DataKey, FileId, Tag};
use dekko::document::Cover;
use dekko::error::Result;
use dekko::file::merge::{Input, Inputs, Merge, Terms};
use dekko::file::{EncryptedFile, OpenFile, Past, Rotation};
use dekko::merge::Lists;
use dekko::merge::marks::{Side, taken};

use crate::sealed::{Counted, file_type, recipe, recipient, report, sealed_with};

/// What a version says: entries of the root, and items of its list.
#[derive(Clone, Debug)]
pub struct Text {
    entries: Vec<(String, u32)>,
    items: Vec<(u32, u32)>,
}

pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }
}

impl Text {
    /// Where every history here begins.
    pub fn first() -> Self {
        Self {
            entries: ["k0", "p0", "k1", "k2", "p1", "k3"].map(|key| (key.to_owned(), 0)).to_vec(),
            items: vec![(0, 0), (1, 0), (2, 1)],
        }
    }

    fn written(&self) -> String {
        let mut out = String::new();
        for (at, (key, value)) in self.entries.iter().enumerate() {
            out.push_str(&format!("{key}: v{value}\n"));
            if at == 2 {
                out.push_str(if self.items.is_empty() { "list: []\n" } else { "list:\n" });
                for (name, value) in &self.items {
                    out.push_str(&format!("  - pname: n{name}\n    secret: v{value}\n"));
                }
            }
        }
        out
    }

    /// A small change; few values and keys, so that things are undone and done twice.
    pub fn change(&mut self, chance: &mut Chance) {
        let count = self.entries.len();
        let at = chance.below(count);
        let value = chance.below(4) as u32;
        match chance.below(9) {
            0..=2 => self.entries[at].1 = value,
            3 | 4 => {
                let key = format!("{}{}", if chance.below(3) == 0 { "p" } else { "k" }, chance.below(9));
                match self.entries.iter().position(|(known, _)| *known == key) {
                    Some(known) if count > 4 => drop(self.entries.remove(known)),
                    Some(_) => {}
                    None => self.entries.insert(at, (key, value)),
                }
            }
            5 => {
                let entry = self.entries.remove(at);
                let to = chance.below(count);
                self.entries.insert(to, entry);
            }
            6 if !self.items.is_empty() => {
                let item = chance.below(self.items.len());
                self.items[item].1 = value;
            }
            7 if !self.items.is_empty() => {
                let item = chance.below(self.items.len());
                let item = self.items.remove(item);
                if chance.below(2) == 0 {
                    let to = chance.below(self.items.len() + 1);
                    self.items.insert(to, item);
                }
            }
            _ => {
                let to = chance.below(self.items.len() + 1);
                self.items.insert(to, (chance.below(4) as u32, value));
            }
        }
    }
}

/// A version: its file, what it comes from, and its tags.
pub struct Version {
    pub bytes: Vec<u8>,
    pub key: [u8; 32],
    pub parents: Vec<usize>,
    tags: HashSet<Tag>,
}

/// All that stands in a version: (what it belongs to, its bytes).
type Parts = HashMap<(char, Vec<u8>), Vec<u8>>;

fn parts(file: &OpenFile) -> Parts {
    let tokens = file.file().tokens().iter().flatten();
    let values = tokens.clone().map(|token| (('v', token.id().0.to_vec()), token.value.to_vec()));
    let links = tokens.map(|token| (('l', token.id().0.to_vec()), token.link.0.to_vec()));
    let envelope = file.file().envelope();
    let end = (('e', Vec::new()), envelope.end.0.to_vec());
    let head = (('h', Vec::new()), format!("{:?}", envelope.head).into_bytes());
    values.chain(links).chain([end, head]).collect()
}

struct Tags(HashSet<Tag>);

impl Past for Tags {
    fn holds(&self, tags: &[Tag]) -> Result<bool> {
        Ok(tags.iter().any(|tag| self.0.contains(tag)))
    }
}

pub struct History {
    pub versions: Vec<Version>,
    pub chance: Chance,
    random: Counted,
    keys: u8,
    /// Whether each version is held against the rules as this file knows them.
    is_checked: bool,
}

fn opened(bytes: &[u8], key: [u8; 32]) -> OpenFile {
    let file = EncryptedFile::read(file_type("yaml"), bytes.to_vec()).expect("reads");
    file.open(DataKey::new(key)).expect("verifies")
}

impl History {
    /// A history of one version.
    pub fn new(seed: u64, is_checked: bool) -> Self {
        let cover = if seed.is_multiple_of(3) { Cover::Encrypted } else { Cover::All };
        let recipe = recipe("encrypt **; plain p*,**.pname", cover);
        let start = sealed_with("yaml", Text::first().written().as_bytes(), &recipe, seed).expect("seals");
        let (random, chance) = (Counted(seed + 1000), Chance(seed * 7919 + 1));
        let mut history = Self { versions: Vec::new(), random, chance, keys: 7, is_checked };
        history.push(start, [7; 32], Vec::new());
        history
    }

    fn open(&self, at: usize) -> OpenFile {
        opened(&self.versions[at].bytes, self.versions[at].key)
    }

    pub fn ancestors(&self, at: usize) -> BTreeSet<usize> {
        let mut found = BTreeSet::from([at]);
        let mut open = vec![at];
        while let Some(next) = open.pop() {
            open.extend(self.versions[next].parents.iter().filter(|parent| found.insert(**parent)));
        }
        found
    }

    /// The tags that whoever works on top of `heads` finds in git: of each of them, those that it has no more.
    fn past(&self, heads: &[usize]) -> Tags {
        let mut found = HashSet::new();
        for &head in heads {
            let is_gone = |tag: &&Tag| !self.versions[head].tags.contains(tag);
            let tags = self.ancestors(head).into_iter().flat_map(|at| &self.versions[at].tags);
            found.extend(tags.filter(is_gone).copied());
        }
        Tags(found)
    }

    fn push(&mut self, bytes: Vec<u8>, key: [u8; 32], parents: Vec<usize>) -> usize {
        let file = opened(&bytes, key);
        let links = file.file().tokens().iter().flatten().map(|token| token.link);
        let tags = links.chain([file.file().envelope().end]).collect();
        self.versions.push(Version { bytes, key, parents, tags });
        let at = self.versions.len() - 1;
        if self.is_checked {
            self.check(at);
        }
        at
    }

    /// The version `from` with `text`.
    pub fn edit(&mut self, from: usize, text: &Text) -> usize {
        let past = self.past(&[from]);
        let edited = self.open(from).edit_after(text.written().into_bytes(), &past, &mut self.random);
        self.push(edited.expect("edits"), self.versions[from].key, vec![from])
    }

    /// The version `from` under a new key.
    pub fn rotate(&mut self, from: usize) -> usize {
        self.keys += 1;
        let rotation =
            Rotation { key: DataKey::new([self.keys; 32]), rotated: "2026-02-03T04:05:06Z".to_owned() };
        let wrap = &mut |_: &FileId, _: &DataKey| Ok(vec![recipient("alice"), recipient("bob")]);
        let rotated = self.open(from).rotate(rotation, wrap, &mut self.random).expect("rotates");
        self.push(rotated, [self.keys; 32], vec![from])
    }

    /// Changes `text` a few times from `from` on, a version each.
    fn branch(&mut self, from: usize, text: &mut Text) -> usize {
        let mut at = from;
        for _ in 0..=self.chance.below(3) {
            text.change(&mut self.chance);
            at = self.edit(at, text);
        }
        if self.chance.below(12) == 0 { self.rotate(at) } else { at }
    }

    /// The merge of two branches, conflicts settled somehow; `None` where one of them must be taken as a whole.
    pub fn merge(&mut self, ours: usize, theirs: usize) -> Option<(usize, bool)> {
        let bases = self.bases(ours, theirs);
        let (first, others) = bases.split_first().expect("a common ancestor");
        let mut base = (self.versions[*first].bytes.clone(), self.versions[*first].key);
        // git merges several bases first.
        for &other in others {
            let below = self.bases(*first, other).first().copied().expect("a common ancestor");
            let ours = (base.0.clone(), base.1, *first);
            let below = (self.versions[below].bytes.clone(), self.versions[below].key);
            let theirs = (self.versions[other].bytes.clone(), self.versions[other].key, other);
            let (bytes, key, _) = self.merged(&below, &ours, &theirs)?;
            base = (bytes, key);
        }
        let side = |at: usize| (self.versions[at].bytes.clone(), self.versions[at].key, at);
        let (bytes, key, is_clean) = self.merged(&base, &side(ours), &side(theirs))?;
        Some((self.push(bytes, key, vec![ours, theirs]), is_clean))
    }

    fn merged(
        &mut self,
        base: &(Vec<u8>, [u8; 32]),
        ours: &(Vec<u8>, [u8; 32], usize),
        theirs: &(Vec<u8>, [u8; 32], usize),
    ) -> Option<(Vec<u8>, [u8; 32], bool)> {
        let input = |bytes: &[u8], key| Input::Open(Box::new(opened(bytes, key)));
        let inputs = Inputs {
            base: input(&base.0, base.1),
            ours: input(&ours.0, ours.1),
            theirs: input(&theirs.0, theirs.1),
        };
        let mut keys = vec![ours.1, theirs.1];
        let wrap = &mut |_: &str, _: &FileId, key: &DataKey| {
            keys.push(*key.expose());
            Ok(b"wrap".to_vec())
        };
        let mut terms = Terms { allowed: None, now: "2026-03-03T03:03:03Z".to_owned(), wrap };
        let past = self.past(&[ours.2, theirs.2]);
        let mut merge = Merge::new(inputs, Lists::Ordered, &mut terms, &mut self.random).ok()?;
        let is_clean = merge.conflicts().is_empty();
        let bytes = if is_clean {
            merge.sealed(&past, &mut self.random)
        } else {
            let side = [Side::Ours, Side::Theirs, Side::Base][self.chance.below(3)];
            let plain = taken(merge.pieces(), side).into_bytes();
            let settled = merge.sealed_with(plain, &past, &mut self.random);
            // Not every mixture is a text.
            settled.or_else(|_| {
                let plain = opened(&ours.0, ours.1).plain().expect("plain");
                merge.sealed_with(plain, &past, &mut self.random)
            })
        };
        let bytes = bytes.expect("seals");
        let key = keys.into_iter().find(|key| {
            let file = EncryptedFile::read(file_type("yaml"), bytes.clone()).expect("reads");
            file.fits(&DataKey::new(*key))
        });
        Some((bytes, key.expect("a key of one side, or a new one"), is_clean))
    }

    /// The best common ancestors.
    pub fn bases(&self, one: usize, other: usize) -> Vec<usize> {
        let common = &self.ancestors(one) & &self.ancestors(other);
        let is_best =
            |&one: &usize| !common.iter().any(|&other| other != one && self.ancestors(other).contains(&one));
        common.iter().copied().filter(is_best).collect()
    }

    /// Holds the rules against the version `at`.
    fn check(&self, at: usize) {
        let own = self.open(at);
        let found = parts(&own);
        let parents: Vec<usize> = self.versions[at].parents.clone();
        let by_parent: Vec<Parts> = parents.iter().map(|&parent| parts(&self.open(parent))).collect();
        let older: HashSet<Vec<u8>> = self
            .ancestors(at)
            .into_iter()
            .filter(|&older| older != at)
            .flat_map(|older| parts(&self.open(older)).into_values())
            .collect();
        for (place, bytes) in &found {
            let is_in_parent = by_parent.iter().any(|parts| parts.values().any(|other| other == bytes));
            assert!(is_in_parent || !older.contains(bytes), "{}: {place:?} came back", self.told(at));
        }
        if let ([ours, theirs], [o, t]) = (&parents[..], &by_parent[..]) {
            let bases = self.bases(*ours, *theirs).into_iter();
            let bases: Vec<_> = bases.map(|base| parts(&self.open(base))).collect();
            for (place, bytes) in &found {
                if bases.iter().all(|base| base.get(place) == Some(bytes)) {
                    let differs = |side: &Parts| side.get(place) != Some(bytes);
                    assert_eq!(differs(o), differs(t), "{}: {place:?} went back to the base", self.told(at));
                }
            }
        }
        let order = |file: &OpenFile| -> Vec<Vec<u8>> {
            file.file().tokens().iter().flatten().map(|token| token.id().0.to_vec()).collect()
        };
        for &parent in &parents {
            let other = self.open(parent);
            if other.file().envelope().epoch != own.file().envelope().epoch {
                continue;
            }
            let (new, old) = (order(&own), order(&other));
            let among = |ids: &[Vec<u8>], others: &[Vec<u8>]| -> Vec<Vec<u8>> {
                ids.iter().filter(|id| others.contains(id)).cloned().collect()
            };
            assert_eq!(among(&new, &old), among(&old, &new), "{}: another order", self.told(at));
        }
    }

    fn told(&self, at: usize) -> String {
        let text = |at: usize| String::from_utf8_lossy(&self.open(at).plain().expect("plain")).into_owned();
        let all = self.ancestors(at).into_iter();
        all.map(|at| format!("--- {at} from {:?}\n{}", self.versions[at].parents, text(at))).collect()
    }
}

#[test]
fn in_random_histories_of_honest_people_nothing_comes_back() {
    let histories = if cfg!(debug_assertions) { 30 } else { 1500 };
    let (mut merges, mut clean) = (0, 0);
    for seed in 0..histories {
        let mut text = Text::first();
        let mut history = History::new(seed, true);
        let mut head = 0;
        for _ in 0..4 {
            let (mut by_us, mut by_them) = (text.clone(), text.clone());
            let ours = history.branch(head, &mut by_us);
            let theirs = history.branch(head, &mut by_them);
            let (merged, is_clean) = history.merge(ours, theirs).expect("no rotation twice");
            (merges, clean) = (merges + 1, clean + usize::from(is_clean));
            // From here on with the text of ours, which is one more edit.
            text = by_us;
            head = history.edit(merged, &text);
        }
    }
    report(&format!("honest histories: {histories}, with {merges} merges, {clean} of them clean"));
    assert!(clean * 4 > merges, "too few clean merges to say anything: {clean} of {merges}");
}
