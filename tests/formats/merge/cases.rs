//! The cases of `fixtures/merge-cases`, in plaintext.

use std::fs;
use std::path::{Path, PathBuf};

use dekko::format::line_break;
use dekko::merge::Lists;
use serde_json::Value;

use super::{Texts, assert_sides_parse, marked, named, run};
use crate::laws;

struct Case {
    name: String,
    format: &'static dyn dekko::format::Format,
    base: String,
    ours: String,
    theirs: String,
    expected: String,
    paths: Vec<String>,
}

/// All cases but those whose point is the state of the encryption.
fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/merge-cases");
    let mut folders: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    let cases = folders.into_iter().filter_map(|folder| {
        let name = folder.file_name().unwrap().to_str().unwrap().to_owned();
        let case: Value =
            serde_json::from_str(&fs::read_to_string(folder.join("case.json")).unwrap()).unwrap();
        let extension = case["format"].as_str().unwrap();
        let read = |stem: &str| fs::read_to_string(folder.join(format!("{stem}.{extension}"))).unwrap();
        let paths: Vec<String> = case["conflict_paths"]
            .as_array()
            .unwrap()
            .iter()
            .map(|path| path.as_str().unwrap().to_owned())
            .collect();
        if paths.iter().any(|path| path.starts_with('(')) {
            return None;
        }
        Some(Case {
            name,
            format: named(&format!("x.{extension}")),
            base: read("base"),
            ours: read("ours"),
            theirs: read("theirs"),
            expected: read("expected"),
            paths,
        })
    });
    let cases: Vec<Case> = cases.collect();
    assert!(cases.len() >= 37, "{} cases", cases.len());
    cases
}

#[test]
fn the_cases_merge_as_expected() {
    let mut wrong = Vec::new();
    for case in cases() {
        let texts = Texts { base: Some(&case.base), ours: &case.ours, theirs: &case.theirs };
        let Some(merged) = run(case.format, &texts, Lists::Ordered) else {
            wrong.push(format!("{}: none", case.name));
            continue;
        };
        assert_sides_parse(case.format, &merged);
        let text = marked(&merged, line_break(&case.ours));
        if text != case.expected || merged.paths != case.paths {
            wrong.push(format!("{}: {:?}\n{text}\n-- not\n{}", case.name, merged.paths, case.expected));
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_cases_say_the_same_with_the_sides_swapped() {
    for case in cases() {
        let texts = Texts { base: Some(&case.base), ours: &case.theirs, theirs: &case.ours };
        let merged = run(case.format, &texts, Lists::Ordered).expect(&case.name);
        assert_sides_parse(case.format, &merged);
        assert_eq!(merged.paths, case.paths, "{}", case.name);
        if !case.paths.is_empty() {
            continue;
        }
        let said = |text: &str| {
            let document =
                laws::read(case.format, text).unwrap_or_else(|e| panic!("{}: {e}\n{text}", case.name));
            let mut leaves: Vec<(String, String)> = document
                .leaves()
                .iter()
                .map(|leaf| (document.path_of(leaf.node), document.src(leaf.span).to_owned()))
                .collect();
            leaves.sort();
            leaves
        };
        let (mut got, mut wanted) = (said(&marked(&merged, "\n")), said(&case.expected));
        if case.name.starts_with("34") {
            // Both sides add an item: the one that is ours comes first.
            let texts = |leaves: Vec<(String, String)>| -> Vec<(String, String)> {
                let mut all: Vec<_> = leaves.into_iter().map(|(_, src)| (String::new(), src)).collect();
                all.sort();
                all
            };
            (got, wanted) = (texts(got), texts(wanted));
        }
        assert_eq!(got, wanted, "{}", case.name);
    }
}
