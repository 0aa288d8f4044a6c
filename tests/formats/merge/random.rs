//! Random merges against the rules.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use dekko::document::{Leaf, Style, Value};
use dekko::format::{self, Format, value_at};
use dekko::merge::Lists;
use dekko::merge::marks::{Piece, Side, taken};

use super::model::{Comments, Dice, SHAPES, edit, model};
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

/// A comment that a side added and the result has nowhere, while the entry that it stands above or beside is there.
fn lost_comment(format: &dyn Format, [base, side, result]: [&str; 3]) -> Option<String> {
    let base_text = base;
    let [base, known, result_comments] = [base, side, result].map(|text| comments(format, text));
    let mut lost = known.into_iter().filter(|said| !base.contains(said) && !result_comments.contains(said));
    lost.find(|said| {
        let mut lines = side.lines().skip_while(|line| !line.ends_with(said.as_str()));
        let is_entry =
            |line: &&str| !line.trim_start().starts_with(['#', ';', '/']) && !line.trim().is_empty();
        let head = |line: &str| line.find([':', '=']).map(|sign| line[..=sign].trim().to_owned());
        let head = |line: &str| head(line).filter(|head| !head.starts_with('-'));
        lines.find(is_entry).and_then(head).is_some_and(|wanted| {
            [base_text, side, result]
                .iter()
                .all(|text| text.lines().any(|line| head(line).as_ref() == Some(&wanted)))
        })
    })
}

#[derive(Default, Debug)]
struct Count {
    clean: usize,
    conflict: usize,
    comments: usize,
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
                for (side, texts) in [(Side::Ours, &o), (Side::Theirs, &t)] {
                    let text = taken(&result.pieces, side);
                    if let Some(lost) = lost_comment(format, [&b, texts, &text]) {
                        wrong.push(shown(&format!("lost '{lost}'"), &text));
                    }
                    let text = taken(&result.pieces, side);
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
