//! Merges without a driver, as a forge does them: what plain `git merge` makes of every pair of edits, in every format.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use dekko::crypto::{DataKey, FileId, SystemRandom};
use dekko::document::Cover;
use dekko::envelope::WrappedKey;
use dekko::file::{EncryptedFile, OpenFile, Recipe, Rotation, seal};

use crate::generated;
use crate::meaning;
use crate::sealed::{file_type, recipe, recipient, report};
use crate::team::{Member, Setup};

const FORMATS: [(&str, &str); 5] =
    [("yaml", "yaml"), ("json", "json"), ("toml", "toml"), ("dotenv", "env"), ("ini", "ini")];

/// Keys and values in order. Those that begin with `p` stay plain.
type Entries = Vec<(String, String)>;

/// The version that both branches come from.
fn base() -> Entries {
    let keys = (1..=6)
        .map(|n| format!("k{n:02}"))
        .chain((1..=5).map(|n| format!("p{n}")))
        .chain((7..=18).map(|n| format!("k{n:02}")));
    keys.map(|key| (key.clone(), format!("hunter2-{key}"))).collect()
}

/// What a branch does.
enum Edit {
    /// To the text.
    Text(fn(&mut Entries)),
    /// To who can read it.
    Readers(&'static [&'static str]),
    /// A new data key for these.
    Rotate(&'static [&'static str]),
    /// The file is encrypted anew by this policy and scope: there is no other way to change them.
    Anew(&'static str, Option<&'static str>),
}

fn at(entries: &Entries, key: &str) -> usize {
    entries.iter().position(|(name, _)| name == key).expect(key)
}

fn set(entries: &mut Entries, key: &str, value: &str) {
    let at = at(entries, key);
    entries[at].1 = format!("hunter2-{value}");
}

fn add(entries: &mut Entries, after: &str, key: &str, value: &str) {
    let at = at(entries, after) + 1;
    entries.insert(at, (key.to_owned(), format!("hunter2-{value}")));
}

fn remove(entries: &mut Entries, key: &str) {
    let at = at(entries, key);
    entries.remove(at);
}

fn shift(entries: &mut Entries, key: &str, after: &str) {
    let at = at(entries, key);
    let entry = entries.remove(at);
    let to = self::at(entries, after) + 1;
    entries.insert(to, entry);
}

const POLICY: &str = "encrypt **; plain p*";

/// The edits of the table. `k07` is the next token after the plain entries `p1` to `p5`.
const EDITS: [(&str, Edit); 28] = [
    ("value of k03", Edit::Text(|e| set(e, "k03", "one"))),
    ("value of k03, another", Edit::Text(|e| set(e, "k03", "two"))),
    ("value of its neighbour k04", Edit::Text(|e| set(e, "k04", "three"))),
    ("value of k07, the next token after p1…p5", Edit::Text(|e| set(e, "k07", "four"))),
    ("value of k10", Edit::Text(|e| set(e, "k10", "five"))),
    ("value of the last, k18", Edit::Text(|e| set(e, "k18", "six"))),
    ("plain p2", Edit::Text(|e| set(e, "p2", "seven"))),
    ("plain p4", Edit::Text(|e| set(e, "p4", "eight"))),
    ("add n1 after k08", Edit::Text(|e| add(e, "k08", "n1", "nine"))),
    ("add n2 after k08", Edit::Text(|e| add(e, "k08", "n2", "ten"))),
    ("add n3 after k13", Edit::Text(|e| add(e, "k13", "n3", "eleven"))),
    ("add n1, another value, after k15", Edit::Text(|e| add(e, "k15", "n1", "twelve"))),
    ("add n4 at the end", Edit::Text(|e| add(e, "k18", "n4", "thirteen"))),
    ("add plain p6 after p2", Edit::Text(|e| add(e, "p2", "p6", "fourteen"))),
    ("add plain p7 after k14", Edit::Text(|e| add(e, "k14", "p7", "fifteen"))),
    ("remove k09", Edit::Text(|e| remove(e, "k09"))),
    ("remove k03", Edit::Text(|e| remove(e, "k03"))),
    ("remove plain p4", Edit::Text(|e| remove(e, "p4"))),
    (
        "rename k11 in place",
        Edit::Text(|e| {
            let at = at(e, "k11");
            e[at].0 = "r11".to_owned();
        }),
    ),
    (
        "rename plain p4 in place",
        Edit::Text(|e| {
            let at = at(e, "p4");
            e[at].0 = "p8".to_owned();
        }),
    ),
    ("move k12 behind k01", Edit::Text(|e| shift(e, "k12", "k01"))),
    ("move k16 behind k17", Edit::Text(|e| shift(e, "k16", "k17"))),
    ("recipients: add carol", Edit::Readers(&["alice", "bob", "carol"])),
    ("recipients: add dave", Edit::Readers(&["alice", "bob", "dave"])),
    ("recipients: remove bob, rotated", Edit::Rotate(&["alice"])),
    ("rotate", Edit::Rotate(&["alice", "bob"])),
    ("policy, encrypted anew", Edit::Anew("encrypt **; plain p*,k03", None)),
    ("scope, encrypted anew", Edit::Anew(POLICY, Some("prod"))),
];

fn text(format: &str, entries: &Entries) -> String {
    let mut out = String::new();
    for (at, (key, value)) in entries.iter().enumerate() {
        match format {
            "yaml" => writeln!(out, "{key}: {value}"),
            "json" => {
                let comma = if at + 1 < entries.len() { "," } else { "" };
                writeln!(out, "  \"{key}\": \"{value}\"{comma}")
            }
            "toml" => writeln!(out, "{key} = \"{value}\""),
            "dotenv" => writeln!(out, "{key}={value}"),
            _ => writeln!(out, "{key} = {value}"),
        }
        .expect("a text");
    }
    if format == "json" { format!("{{\n{out}}}\n") } else { out }
}

fn wraps(names: &[&str]) -> Vec<WrappedKey> {
    names.iter().map(|name| recipient(name)).collect()
}

fn sealed(format: &str, entries: &Entries, recipe: &Recipe, key: u8) -> Vec<u8> {
    let wrap = &mut |_: &FileId, _: &DataKey| Ok(wraps(&["alice", "bob"]));
    let plain = text(format, entries).into_bytes();
    seal(file_type(format), plain, recipe, DataKey::new([key; 32]), wrap, &mut SystemRandom)
        .expect("seals")
        .bytes
}

/// The file, when it verifies, values and all.
fn verified(format: &str, bytes: &[u8], keys: &[u8]) -> Option<OpenFile> {
    let read = || EncryptedFile::read(file_type(format), bytes.to_vec()).ok();
    let number = keys
        .iter()
        .copied()
        .find(|&number| read().is_some_and(|file| file.fits(&DataKey::new([number; 32]))))?;
    let file = read()?.open(DataKey::new([number; 32])).ok()?;
    file.plain().ok()?;
    Some(file)
}

fn edited(format: &str, old: &[u8], edit: &Edit, key: u8) -> Vec<u8> {
    let open = verified(format, old, &[1]).expect("the base verifies");
    match edit {
        Edit::Text(change) => {
            let mut entries = base();
            change(&mut entries);
            open.edit(text(format, &entries).into_bytes(), &mut SystemRandom).expect("edits")
        }
        Edit::Readers(names) => open.rewrap(wraps(names)).expect("rewraps"),
        Edit::Rotate(names) => {
            let rotation =
                Rotation { key: DataKey::new([key; 32]), rotated: "2026-02-03T04:05:06Z".to_owned() };
            open.rotate(rotation, &mut |_, _| Ok(wraps(names)), &mut SystemRandom).expect("rotates")
        }
        Edit::Anew(policy, scope) => {
            let recipe = Recipe { scope: scope.map(str::to_owned), ..recipe(policy, Cover::All) };
            sealed(format, &base(), &recipe, key)
        }
    }
}

/// All that a version says.
#[derive(Debug, PartialEq, Eq)]
struct State {
    order: Vec<String>,
    values: BTreeMap<String, String>,
    readers: BTreeSet<String>,
    /// Data key, file, policy and scope.
    fields: [String; 4],
}

fn state(format: &str, file: &OpenFile) -> State {
    let said = meaning::of(format, &file.plain().expect("values")).expect("it parses");
    let envelope = file.file().envelope();
    State {
        order: said.iter().map(|(path, _)| path.clone()).collect(),
        values: said.into_iter().collect(),
        readers: envelope.recipients.iter().map(|wrapped| wrapped.rid.clone()).collect(),
        fields: [
            format!("{:?}", envelope.commit),
            format!("{:?}", envelope.file_id),
            envelope.policy.clone(),
            format!("{:?}", envelope.scope),
        ],
    }
}

/// One of three things said, by the three-way rule; `Err` when both sides changed it in different ways.
fn three_way<T: PartialEq>(base: T, ours: T, theirs: T) -> Result<T, ()> {
    match () {
        () if ours == theirs || theirs == base => Ok(ours),
        () if ours == base => Ok(theirs),
        () => Err(()),
    }
}

/// Whether `found` is the true three-way merge.
fn is_true_merge(base: &State, ours: &State, theirs: &State, found: &State) -> bool {
    let value = |state: &State, key: &String| state.values.get(key).cloned();
    let keys: BTreeSet<&String> =
        [base, ours, theirs, found].iter().flat_map(|state| state.values.keys()).collect();
    let has_values = keys.into_iter().all(|key| {
        three_way(value(base, key), value(ours, key), value(theirs, key)) == Ok(value(found, key))
    });
    let has_readers =
        base.readers.union(&ours.readers).chain(&theirs.readers).chain(&found.readers).all(|rid| {
            let in_side = |state: &State| state.readers.contains(rid);
            three_way(in_side(base), in_side(ours), in_side(theirs)) == Ok(in_side(found))
        });
    let has_fields = (0..4).all(|at| {
        let field = |state: &State| state.fields[at].clone();
        three_way(field(base), field(ours), field(theirs)) == Ok(field(found))
    });
    let among = |order: &[String], others: &State| -> Vec<String> {
        order.iter().filter(|key| others.values.contains_key(*key)).cloned().collect()
    };
    let is_moved = |side: &State| among(&side.order, base) != among(&base.order, side);
    let has_order_of = |side: &State| among(&found.order, side) == among(&side.order, found);
    let has_order = (is_moved(theirs) || has_order_of(ours)) && (is_moved(ours) || has_order_of(theirs));
    has_values && has_readers && has_fields && has_order
}

/// What came of a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Merged,
    Conflict,
    Refused,
}

impl Verdict {
    fn sign(self) -> &'static str {
        match self {
            Self::Merged => "✓",
            Self::Conflict => "·",
            Self::Refused => "✗",
        }
    }
}

fn name(format: usize, ours: usize, theirs: usize) -> String {
    format!("{ours:02}-{theirs:02}.secret.{}", FORMATS[format].1)
}

/// The first number of the data keys that a side makes.
const SIDES: [u8; 2] = [50, 150];

/// Every pair in every format, merged by one `git merge`: the verdicts by (ours, theirs), one for each format.
fn verdicts() -> BTreeMap<(usize, usize), Vec<Verdict>> {
    let member = Member::alone(Setup::Nothing);
    let mut command = member.desk.program("sh");
    command.args(["-c", "command -v dekko"]);
    assert!(!command.output().expect("sh runs").status.success(), "dekko is on PATH");
    let pairs: Vec<(usize, usize, usize)> = (0..FORMATS.len())
        .flat_map(|format| (0..EDITS.len()).map(move |ours| (format, ours)))
        .flat_map(|(format, ours)| (0..EDITS.len()).map(move |theirs| (format, ours, theirs)))
        .collect();
    let bases = FORMATS.map(|(format, _)| sealed(format, &base(), &recipe(POLICY, Cover::All), 1));
    // Each side's own file: what two people make of the same edit is not the same ciphertext.
    let sides = SIDES.map(|key| {
        FORMATS
            .iter()
            .zip(&bases)
            .map(|((format, _), base)| {
                let files = EDITS.iter().enumerate();
                files.map(|(at, (_, edit))| edited(format, base, edit, key + at as u8)).collect::<Vec<_>>()
            })
            .collect::<Vec<_>>()
    });
    let write = |file: &dyn Fn(usize, usize, usize) -> Vec<u8>, subject: &str| {
        for &(format, ours, theirs) in &pairs {
            member.desk.write(&name(format, ours, theirs), file(format, ours, theirs));
        }
        member.record(subject);
    };
    write(&|format, _, _| bases[format].clone(), "base");
    member.git(["branch", "side"]).ok();
    write(&|format, ours, _| sides[0][format][ours].clone(), "ours");
    member.git(["checkout", "--quiet", "side"]).ok();
    write(&|format, _, theirs| sides[1][format][theirs].clone(), "theirs");
    member.git(["checkout", "--quiet", "main"]).ok();
    member.git(["merge", "--quiet", "--no-edit", "side"]).ends(1);
    let unmerged = member.git(["diff", "--name-only", "--diff-filter=U"]).ok();
    let unmerged: BTreeSet<&str> = unmerged.lines().collect();
    let keys = |ours: usize, theirs: usize| [1, SIDES[0] + ours as u8, SIDES[1] + theirs as u8];
    let said = |format: usize, bytes: &[u8], key: u8| {
        let kind = FORMATS[format].0;
        state(kind, &verified(kind, bytes, &[1, key]).expect("a side verifies"))
    };
    let said_by_bases: Vec<_> = (0..FORMATS.len()).map(|format| said(format, &bases[format], 1)).collect();
    let said_by = [0, 1].map(|side| {
        let of = |format: usize, at: usize| said(format, &sides[side][format][at], SIDES[side] + at as u8);
        (0..FORMATS.len())
            .map(|format| (0..EDITS.len()).map(|at| of(format, at)).collect::<Vec<_>>())
            .collect::<Vec<_>>()
    });
    let mut found: BTreeMap<(usize, usize), Vec<Verdict>> = BTreeMap::new();
    for (format, ours, theirs) in pairs {
        let name = name(format, ours, theirs);
        let kind = FORMATS[format].0;
        let verdict = if unmerged.contains(name.as_str()) {
            Verdict::Conflict
        } else {
            match verified(kind, &member.desk.bytes(&name), &keys(ours, theirs)) {
                None => Verdict::Refused,
                Some(file) => {
                    let merged = state(kind, &file);
                    let [by_ours, by_theirs] = [&said_by[0][format][ours], &said_by[1][format][theirs]];
                    let is_true = is_true_merge(&said_by_bases[format], by_ours, by_theirs, &merged);
                    let (by_us, by_them) = (EDITS[ours].0, EDITS[theirs].0);
                    assert!(is_true, "{kind}: '{by_us}' and '{by_them}' merge to\n{merged:?}");
                    Verdict::Merged
                }
            }
        };
        found.entry((ours, theirs)).or_default().push(verdict);
    }
    found
}

/// The table as it stands in `docs/merging.md`.
fn table(verdicts: &BTreeMap<(usize, usize), Vec<Verdict>>) -> String {
    let mut out = String::from("| | |");
    for at in 1..=EDITS.len() {
        let _ = write!(out, " {at} |");
    }
    out.push_str("\n|--:|---|");
    out.push_str(&"---|".repeat(EDITS.len()));
    out.push('\n');
    let mut notes = Vec::new();
    for (ours, (label, _)) in EDITS.iter().enumerate() {
        let _ = write!(out, "| {} | {label} |", ours + 1);
        for theirs in 0..EDITS.len() {
            let all = &verdicts[&(ours, theirs)];
            let first = all[0];
            let mut sign = first.sign().to_owned();
            let others: Vec<_> = all.iter().zip(FORMATS).filter(|(other, _)| **other != first).collect();
            if !others.is_empty() {
                sign.push('*');
                let others = others.iter().map(|(verdict, (name, _))| format!("{name} {}", verdict.sign()));
                notes.push(format!("{}/{}: {}", ours + 1, theirs + 1, others.collect::<Vec<_>>().join(", ")));
            }
            let _ = write!(out, " {sign} |");
        }
        out.push('\n');
    }
    if !notes.is_empty() {
        let _ = write!(out, "\n`*` not the same in all formats: {}.\n", notes.join("; "));
    }
    out
}

#[test]
fn a_merge_without_a_driver_is_the_true_one_or_conflicts_or_is_refused() {
    let verdicts = verdicts();
    let count = |wanted| verdicts.values().flatten().filter(|verdict| **verdict == wanted).count();
    report(&format!(
        "plain git merge: {} pairs, {} merged and verify, {} conflict, {} are refused, none is wrong",
        verdicts.values().map(Vec::len).sum::<usize>(),
        count(Verdict::Merged),
        count(Verdict::Conflict),
        count(Verdict::Refused),
    ));
    for ((ours, theirs), found) in &verdicts {
        let back = &verdicts[&(*theirs, *ours)];
        assert_eq!(found, back, "'{}' and '{}' depend on who merges", EDITS[*ours].0, EDITS[*theirs].0);
    }
    let table = table(&verdicts);
    report(&table);
    generated::check_part("docs/merging.md", "driverless", &table);
}
