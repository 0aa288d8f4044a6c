//! The YAML test suite.

use std::fs;

use dekko::document::{Document, Event};
use dekko::error::Class;
use dekko::format::{self, yaml::Yaml};

use super::law;

struct Case {
    id: String,
    yaml: String,
    /// The events it means; `None` for a text to refuse.
    tree: Option<String>,
}

fn cases() -> Vec<Case> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/yaml-test-suite/cases.json");
    let json: serde_json::Value = serde_json::from_slice(&fs::read(path).expect("the suite")).expect("JSON");
    let text = |case: &serde_json::Value, name: &str| case[name].as_str().map(str::to_owned);
    let read = |case: &serde_json::Value| Case {
        id: text(case, "id").expect("id"),
        yaml: text(case, "yaml").expect("yaml"),
        tree: text(case, "tree"),
    };
    json.as_array().expect("a list").iter().map(read).collect()
}

/// The lines of the suite's tree, less what dekko has no events for (styles, resolved tags, anchors, borders); `None`
/// when a key is a collection.
fn wanted(tree: &str) -> Option<Vec<String>> {
    let mut open: Vec<(bool, bool)> = Vec::new();
    let mut out = Vec::new();
    for line in tree.lines().map(str::trim_start) {
        let is_key = matches!(open.last(), Some((true, true)));
        let is_end = line.starts_with('-');
        if !is_end && let Some((true, at_key)) = open.last_mut() {
            *at_key = !*at_key;
        }
        match line.get(..4)? {
            "+MAP" | "+SEQ" if is_key => return None,
            "+MAP" => open.push((true, true)),
            "+SEQ" => open.push((false, false)),
            "-MAP" | "-SEQ" => drop(open.pop()),
            "=VAL" => {
                let mut rest = &line[5..];
                while rest.starts_with(['&', '<']) {
                    rest = rest.split_once(' ').map_or("", |(_, rest)| rest);
                }
                let value = rest.get(1..).unwrap_or_default();
                out.push(format!("{} {value}", if is_key { "key" } else { "val" }));
                continue;
            }
            "=ALI" => {
                out.push(format!("{} {}", if is_key { "key" } else { "ali" }, &line[5..]));
                continue;
            }
            _ => continue,
        }
        out.push(line[..4].to_owned());
    }
    Some(out)
}

fn found(document: &Document) -> Vec<String> {
    let text = |text| {
        let text = String::from_utf8_lossy(document.bytes(text)).into_owned();
        let text = text.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t");
        text.replace('\r', "\\r").replace('\u{8}', "\\b")
    };
    let shown = |event: &Event| match *event {
        Event::MapStart => Some("+MAP".to_owned()),
        Event::MapEnd => Some("-MAP".to_owned()),
        Event::ListStart => Some("+SEQ".to_owned()),
        Event::ListEnd => Some("-SEQ".to_owned()),
        Event::Key { text: t, .. } => Some(format!("key {}", text(t))),
        Event::Alias(t) => Some(format!("ali *{}", text(t))),
        Event::Empty => Some("val ".to_owned()),
        Event::Leaf(leaf) => {
            let leaf = document.leaf(leaf);
            let is_comment = leaf.style == dekko::document::Style::Comment;
            (!is_comment).then(|| format!("val {}", text(leaf.content)))
        }
        _ => None,
    };
    document.events().iter().filter_map(shown).collect()
}

#[test]
fn every_valid_document_parses_as_the_suite_says_or_is_refused_for_duplicate_keys() {
    let (mut parsed, mut compared) = (0, 0);
    let mut refused = Vec::new();
    for case in cases() {
        let Some(tree) = &case.tree else { continue };
        match format::parse(&Yaml, case.yaml.clone().into_bytes()) {
            Ok(document) => {
                parsed += 1;
                if let Some(wanted) = wanted(tree) {
                    assert_eq!(found(&document), wanted, "{}:\n{}", case.id, case.yaml);
                    compared += 1;
                }
                assert_eq!(law::broken(&document), None, "{}:\n{}", case.id, case.yaml);
            }
            Err(error) => {
                assert_eq!(error.class(), Some(Class::Syntax), "{}: {error}", case.id);
                assert!(error.to_string().contains("duplicate key"), "{}: {error}", case.id);
                refused.push(case.id);
            }
        }
    }
    // The others have collections as keys; 2JQS has two empty keys.
    assert_eq!((parsed, compared, refused), (307, 292, vec!["2JQS".to_owned()]));
}

#[test]
fn every_invalid_document_is_refused() {
    let mut taken = Vec::new();
    let mut seen = 0;
    for case in cases().into_iter().filter(|case| case.tree.is_none()) {
        seen += 1;
        if format::parse(&Yaml, case.yaml.into_bytes()).is_ok() {
            taken.push(case.id);
        }
    }
    // Python, Ruby and JavaScript read that one, too: `]` at the column of its key.
    assert_eq!((seen, taken), (94, vec!["9C9N".to_owned()]));
}
