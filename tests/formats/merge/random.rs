//! Random merges against the rules.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use dekko::document::{Leaf, Style, Value};
use dekko::format::{self, Format, value_at};
use dekko::merge::Lists;
use dekko::merge::marks::{Piece, Side, taken};

use super::model::{Comments, Dice, Entry, Model, Node, SHAPES, edit, model};
use super::oracle::{Outcome, UNCLEAR, is_alike, merged};
use super::texts::text;
use super::{Texts, assert_sides_parse, run};
use crate::laws;

/// What `text` says; a line break in it counts as LF.
fn value(format: &dyn Format, text: &str) -> Value {
    let document = laws::read(format, &text.replace("\r\n", "\n")).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let root = document.roots().next().expect("a root");
    value_at(format, &document, root).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// What `git merge-file` makes of the texts, when it sees no conflict.
fn by_git(folder: &std::path::Path, texts: &Texts<'_>) -> Option<String> {
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    write("o", texts.ours);
    write("b", texts.base.unwrap_or_default());
    write("t", texts.theirs);
    let output =
        Command::new("git").args(["merge-file", "-p", "o", "b", "t"]).current_dir(folder).output().ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).ok()).flatten()
}

/// The comments of `text`; each is a word that stands nowhere else.
fn comments(format: &dyn Format, text: &str) -> BTreeSet<String> {
    let document = laws::read(format, text).unwrap();
    let comments = document.leaves().iter().filter(|leaf| leaf.style == Style::Comment);
    let said = |leaf: &Leaf| String::from_utf8_lossy(document.bytes(leaf.content)).into_owned();
    if format.has_secret_comments() {
        return comments.map(said).collect();
    }
    text.lines().filter_map(|line| line.split_once("// ")).map(|(_, said)| said.trim().to_owned()).collect()
}

/// Where each comment of `entries` belongs: the keys that lead to its entry, or to the list of its item.
fn owners(entries: &[Entry], path: &[&str], found: &mut BTreeMap<String, Vec<Vec<String>>>) {
    for entry in entries {
        let inner: Vec<&str> = path.iter().copied().chain([&entry.key[..]]).collect();
        let mut note = |entry: &Entry| {
            for said in entry.above.iter().chain(&entry.beside) {
                let path = inner.iter().map(|&key| key.to_owned()).collect();
                found.entry(said.clone()).or_default().push(path);
            }
        };
        note(entry);
        match &entry.node {
            Node::Map(kids) => owners(kids, &inner, found),
            // Entries in items have no comments in these models.
            Node::List(items) => items.iter().for_each(note),
            _ => {}
        }
    }
}

/// The comments of `side` that must be in the result and are not: what they are about is there, and the other version
/// did not take them out. A comment that stands twice in a version is left out, as nobody knows which one is gone.
fn lost_comments(format: &dyn Format, model: &Model, [base, side, other, result]: [&str; 4]) -> Vec<String> {
    let said = value(format, result);
    let is_there = |path: &[String]| {
        let inner = |value: &Value, key: &String| match value {
            Value::Map(entries) => {
                entries.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone())
            }
            _ => None,
        };
        path.iter().try_fold(said.clone(), |value, key| inner(&value, key)).is_some()
    };
    let [base, side, other, result] = [base, side, other, result].map(|text| comments(format, text));
    let mut found = BTreeMap::new();
    owners(&model.root, &[], &mut found);
    let is_lost = |said: &String, paths: &[Vec<String>]| {
        let is_taken_out = base.contains(said) && !other.contains(said);
        side.contains(said)
            && !result.contains(said)
            && !is_taken_out
            && matches!(paths, [path] if is_there(path))
    };
    found.into_iter().filter(|(said, paths)| is_lost(said, paths)).map(|(said, _)| said).collect()
}

#[derive(Default, Debug)]
struct Count {
    clean: usize,
    conflict: usize,
    comments: usize,
    lost: usize,
    none: usize,
    unclear: usize,
    git: usize,
    git_equal: usize,
}

fn sweep(pairs: usize, seed: u64, with_git: bool) {
    let folder = tempfile::tempdir().unwrap();
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    let mut wrong: Vec<String> = Vec::new();
    for number in 0..pairs {
        let shape = SHAPES[number % SHAPES.len()];
        let format = format::named(shape.name).unwrap();
        let mut dice = Dice(seed.wrapping_add(number as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        dice.roll(9);
        let base = model(&mut dice, shape);
        let mut sides = [Comments::Change, Comments::Stay];
        if dice.is(2) {
            sides.reverse();
        }
        let ours = edit(&mut dice, shape, &base, sides[0]);
        if dice.is(5) {
            sides = [Comments::Change; 2];
        }
        let theirs = edit(&mut dice, shape, &base, sides[1]);
        let [b, o, t] = [&base, &ours, &theirs].map(|model| text(model, shape.name));
        let texts = Texts { base: Some(&b), ours: &o, theirs: &t };
        let count = counts.entry(shape.name).or_default();
        let shown = |what: &str, result: &str| {
            format!(
                "{what} (pair {number}, {})\n--- base\n{b}\n--- ours\n{o}\n--- theirs\n{t}\n--- result\n{result}",
                shape.name
            )
        };
        UNCLEAR.set(false);
        let [vb, vo, vt] = [&b, &o, &t].map(|text| value(format, text));
        let wanted = merged(Some(&vb), Some(&vo), Some(&vt));
        if UNCLEAR.get() {
            count.unclear += 1;
            continue;
        }
        let Some(result) = run(format, &texts, Lists::Ordered) else {
            count.none += 1;
            wrong.push(shown("none", ""));
            continue;
        };
        let data = result.paths.iter().filter(|path| !path.starts_with('#')).count();
        assert_sides_parse(format, &result);
        match wanted {
            Outcome::Conflict => {
                count.conflict += 1;
                if data == 0 {
                    wrong.push(shown("no conflict", &taken(&result.pieces, Side::Ours)));
                }
            }
            Outcome::Is(wanted) if data == 0 => {
                count.clean += 1;
                count.comments += usize::from(!result.paths.is_empty());
                for (side, model, [own, other]) in
                    [(Side::Ours, &ours, [&o, &t]), (Side::Theirs, &theirs, [&t, &o])]
                {
                    let text = taken(&result.pieces, side);
                    for lost in lost_comments(format, model, [&b, own, other, &text]) {
                        count.lost += 1;
                        wrong.push(shown(&format!("lost '{lost}'"), &text));
                    }
                    if !wanted.as_ref().is_some_and(|wanted| is_alike(wanted, &value(format, &text))) {
                        wrong.push(shown("other values", &text));
                    }
                }
                if with_git
                    && let Some(plain) = by_git(folder.path(), &texts)
                    && laws::read(format, &plain).is_ok()
                    && wanted.as_ref().is_some_and(|wanted| is_alike(wanted, &value(format, &plain)))
                {
                    count.git += 1;
                    let is_equal = matches!(&result.pieces[..], [Piece::Text(text)] if *text == plain);
                    count.git_equal += usize::from(is_equal);
                    if !is_equal && std::env::var_os("SHOW_GIT").is_some() {
                        println!(
                            "{}\n--- git\n{plain}",
                            shown("unlike git", &taken(&result.pieces, Side::Ours))
                        );
                    }
                }
            }
            Outcome::Is(_) => {
                let text = super::marked(&result, "\n");
                wrong.push(shown(&format!("a conflict in {:?}", result.paths), &text));
            }
        }
    }
    for (name, count) in &counts {
        println!("{name}: {count:?}");
    }
    let shown: Vec<&String> = wrong.iter().take(6).collect();
    let text: String = shown.iter().map(|text| format!("{text}\n==========\n")).collect();
    assert!(wrong.is_empty(), "{} of {pairs} wrong\n{text}", wrong.len());
}

#[test]
fn random_merges_say_what_the_rules_say() {
    sweep(1_000, 1, true);
}

#[test]
#[ignore = "many more random merges"]
fn many_random_merges_say_what_the_rules_say() {
    sweep(20_000, 77, false);
}
