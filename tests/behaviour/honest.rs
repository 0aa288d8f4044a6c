//! Random histories of edits, merges and settled conflicts, in memory: whatever honest people do, no ciphertext and no tag comes
//! back, and nobody finds another order under one epoch (section 11 of the format, rules 1, 2 and 4, in a few lines of their own).

use std::collections::{BTreeSet, HashMap, HashSet};

use dekko::crypto::{DataKey, FileId, Tag};
use dekko::document::Cover;
use dekko::error::Result;
use dekko::file::merge::{Input, Inputs, Merge, Terms};
use dekko::file::{OpenFile, Past, Rotation};
use dekko::merge::Lists;
use dekko::merge::marks::{Side, taken};

use crate::sealed::{Counted, file_type, open, recipe, recipient, report, sealed_with};

/// What a version says: entries of the root, and items of its list.
#[derive(Clone, Debug)]
struct Text {
    entries: Vec<(String, u32)>,
    items: Vec<(u32, u32)>,
}

struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit.max(1)
    }
}

impl Text {
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
    fn change(&mut self, chance: &mut Chance) {
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
struct Version {
    bytes: Vec<u8>,
    key: u8,
    parents: Vec<usize>,
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

struct History {
    versions: Vec<Version>,
    random: Counted,
    chance: Chance,
    keys: u8,
}

impl History {
    fn open(&self, at: usize) -> OpenFile {
        let Version { bytes, key, .. } = &self.versions[at];
        let file = dekko::file::EncryptedFile::read(file_type("yaml"), bytes.clone()).expect("reads");
        file.open(DataKey::new([*key; 32])).expect("verifies")
    }

    fn ancestors(&self, at: usize) -> BTreeSet<usize> {
        let mut found = BTreeSet::from([at]);
        let mut open = vec![at];
        while let Some(next) = open.pop() {
            open.extend(self.versions[next].parents.iter().filter(|parent| found.insert(**parent)));
        }
        found
    }

    /// The tags that whoever works on top of `head` finds in git, those of `head` aside.
    fn past(&self, head: usize) -> Tags {
        let tags = |at: usize| {
            let file = self.open(at);
            let links: Vec<Tag> = file.file().tokens().iter().flatten().map(|token| token.link).collect();
            links.into_iter().chain([file.file().envelope().end]).collect::<HashSet<_>>()
        };
        let mut found: HashSet<Tag> = self.ancestors(head).into_iter().flat_map(tags).collect();
        for tag in tags(head) {
            found.remove(&tag);
        }
        Tags(found)
    }

    fn push(&mut self, bytes: Vec<u8>, key: u8, parents: Vec<usize>) -> usize {
        self.versions.push(Version { bytes, key, parents });
        let at = self.versions.len() - 1;
        self.check(at);
        at
    }

    /// Changes `text` a few times from `from` on, a version each.
    fn branch(&mut self, from: usize, text: &mut Text) -> usize {
        let mut at = from;
        for _ in 0..=self.chance.below(3) {
            text.change(&mut self.chance);
            let past = self.past(at);
            let edited = self.open(at).edit_after(text.written().into_bytes(), &past, &mut self.random);
            let key = self.versions[at].key;
            at = self.push(edited.expect("edits"), key, vec![at]);
        }
        if self.chance.below(12) == 0 {
            self.keys += 1;
            let rotation =
                Rotation { key: DataKey::new([self.keys; 32]), rotated: "2026-02-03T04:05:06Z".to_owned() };
            let wrap = &mut |_: &FileId, _: &DataKey| Ok(vec![recipient("alice"), recipient("bob")]);
            let rotated = self.open(at).rotate(rotation, wrap, &mut self.random).expect("rotates");
            at = self.push(rotated, self.keys, vec![at]);
        }
        at
    }

    /// The merge of two branches from `base`, conflicts settled somehow.
    fn merge(&mut self, base: usize, ours: usize, theirs: usize) -> (usize, bool) {
        let input = |at| Input::Open(Box::new(self.open(at)));
        let inputs = Inputs { base: input(base), ours: input(ours), theirs: input(theirs) };
        let wrap = &mut |_: &str, _: &FileId, _: &DataKey| Ok(b"wrap".to_vec());
        let mut terms = Terms { allowed: None, now: "2026-03-03T03:03:03Z".to_owned(), wrap };
        let past = self.past(ours);
        let mut merge = Merge::new(inputs, Lists::Ordered, &mut terms, &mut self.random).expect("merges");
        let is_clean = merge.conflicts().is_empty();
        let bytes = if is_clean {
            merge.sealed(&past, &mut self.random)
        } else {
            let side = [Side::Ours, Side::Theirs, Side::Base][self.chance.below(3)];
            let plain = taken(merge.pieces(), side).into_bytes();
            let settled = merge.sealed_with(plain, &past, &mut self.random);
            // Not every mixture is a text.
            settled.or_else(|_| {
                merge.sealed_with(self.open(ours).plain().expect("plain"), &past, &mut self.random)
            })
        };
        let bytes = bytes.expect("seals");
        let key = [ours, theirs].map(|at| self.versions[at].key).into_iter().find(|&number| {
            let file = dekko::file::EncryptedFile::read(file_type("yaml"), bytes.clone()).expect("reads");
            file.fits(&DataKey::new([number; 32]))
        });
        (self.push(bytes, key.expect("a key of one side"), vec![ours, theirs]), is_clean)
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
            let common = &self.ancestors(*ours) & &self.ancestors(*theirs);
            let bases: Vec<_> = common
                .iter()
                .filter(|&&one| {
                    !common.iter().any(|&other| other != one && self.ancestors(other).contains(&one))
                })
                .map(|&base| parts(&self.open(base)))
                .collect();
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
        let cover = if seed % 3 == 0 { Cover::Encrypted } else { Cover::All };
        let mut text = Text {
            entries: ["k0", "p0", "k1", "k2", "p1", "k3"].map(|key| (key.to_owned(), 0)).to_vec(),
            items: vec![(0, 0), (1, 0), (2, 1)],
        };
        let start = sealed_with(
            "yaml",
            text.written().as_bytes(),
            &recipe("encrypt **; plain p*,**.pname", cover),
            seed,
        )
        .expect("seals");
        assert!(open("yaml", &start).is_ok());
        let mut history = History {
            versions: Vec::new(),
            random: Counted(seed + 1000),
            chance: Chance(seed * 7919 + 1),
            keys: 7,
        };
        let mut head = history.push(start, 7, Vec::new());
        for _ in 0..4 {
            let (mut by_us, mut by_them) = (text.clone(), text.clone());
            let ours = history.branch(head, &mut by_us);
            let theirs = history.branch(head, &mut by_them);
            let (merged, is_clean) = history.merge(head, ours, theirs);
            (merges, clean) = (merges + 1, clean + usize::from(is_clean));
            // From here on with the text of ours, which is one more edit.
            text = by_us;
            let past = history.past(merged);
            let edited =
                history.open(merged).edit_after(text.written().into_bytes(), &past, &mut history.random);
            let key = history.versions[merged].key;
            head = history.push(edited.expect("edits"), key, vec![merged]);
        }
    }
    report(&format!("honest histories: {histories}, with {merges} merges, {clean} of them clean"));
    assert!(clean * 4 > merges, "too few clean merges to say anything: {clean} of {merges}");
}
