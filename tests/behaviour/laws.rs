//! What edits keep, over random texts of every format.

use std::collections::HashMap;

use dekko::crypto::{DataKey, FileId, Token};
use dekko::document::Cover;
use dekko::error::{Class, Error};
use dekko::file::{EncryptedFile, OpenFile, Recipe, Rotation};
use proptest::prelude::{ProptestConfig, any, proptest};
use proptest::test_runner::TestCaseError;

use crate::sealed::{Counted, file_type, open, recipe, recipient, sealed, tokens};
use crate::trees::{Choices, Node, Tree, Value};

const FORMATS: &[&str] = &["yaml", "json", "jsonc", "toml", "dotenv", "ini"];

/// As many cases as `PROPTEST_CASES` says, or enough for every commit.
fn config() -> ProptestConfig {
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => default,
        None => ProptestConfig { cases: 250, ..default },
    }
}

fn recipes(format: &str, choices: &mut Choices<'_>) -> Recipe {
    let has_comments = !format.starts_with("json");
    let all = if has_comments { "encrypt **; comments" } else { "encrypt **" };
    let some = if has_comments {
        "encrypt **.s_*.**,**[*]; plain **.*1; comments"
    } else {
        "encrypt **.s_*.**,**[*]"
    };
    match choices.below(5) {
        0 => recipe("encrypt **", Cover::All),
        1 => recipe("encrypt **", Cover::Encrypted),
        2 => recipe(all, Cover::All),
        3 => recipe(some, Cover::All),
        _ => recipe(some, Cover::Encrypted),
    }
}

/// A tree that the format and the recipe take, sealed and opened.
struct Case {
    format: &'static str,
    tree: Tree,
    plain: String,
    bytes: Vec<u8>,
    file: OpenFile,
}

impl Case {
    fn new(choices: &mut Choices<'_>) -> Self {
        let format = FORMATS[choices.below(FORMATS.len())];
        let recipe = recipes(format, choices);
        let tree = Tree::new(format, choices);
        let plain = tree.text_in(format);
        let bytes = sealed(format, plain.as_bytes(), &recipe)
            .unwrap_or_else(|error| panic!("{format}: {error}\n{plain}"));
        let file = open(format, &bytes).expect("opens");
        Self { format, tree, plain, bytes, file }
    }

    fn edit(&self, text: &str) -> Vec<u8> {
        let edited = self.file.edit(text.as_bytes().to_vec(), &mut Counted(5));
        edited.unwrap_or_else(|error| panic!("{}: {error}\n{}\n=====\n{text}", self.format, self.plain))
    }

    fn field(&self, bytes: &[u8], name: &str) -> String {
        let file = EncryptedFile::read(file_type(self.format), bytes.to_vec()).expect("reads");
        let fields = file.envelope().fields(dekko::envelope::Layout::Text);
        fields.into_iter().find(|field| field.name == name).map(|field| field.value).unwrap_or_default()
    }
}

/// Changes the tree at a place: whether its text says something else is for the caller to see.
fn edit(tree: &mut Tree, format: &'static str, choices: &mut Choices<'_>) {
    let kind = choices.below(7);
    let text = tree.text(choices);
    let node = tree.node(format, if format == "dotenv" { 1 } else { 2 }, choices);
    let entries = below(&mut tree.entries, choices);
    let at = choices.below(entries.len().max(1));
    if entries.is_empty() {
        return entries.push(node);
    }
    match kind {
        0 | 1 => entries[at].value = Value::Scalar(text),
        2 => drop(entries.remove(at)),
        3 => entries.insert(at, node),
        4 => entries[at].key = node.key,
        5 => entries[at].layout = node.layout,
        _ => {
            let other = choices.below(entries.len());
            entries.swap(at, other);
        }
    }
}

/// These entries, or those of a container somewhere below them.
fn below<'t>(entries: &'t mut Vec<Node>, choices: &mut Choices<'_>) -> &'t mut Vec<Node> {
    let at = choices.below(entries.len().max(1));
    let is_filled = |node: &Node| match &node.value {
        Value::Map(inside) | Value::List(inside) => !inside.is_empty(),
        Value::Scalar(_) => false,
    };
    if choices.below(2) == 0 || !entries.get(at).is_some_and(is_filled) {
        return entries;
    }
    match &mut entries[at].value {
        Value::Map(inside) | Value::List(inside) => below(inside, choices),
        Value::Scalar(_) => unreachable!("it is filled"),
    }
}

/// V by path, of leaves that their path names; with the source text.
fn values(file: &OpenFile) -> HashMap<String, (String, Option<String>)> {
    let document = file.file().document().expect("a text");
    let mut values = HashMap::new();
    for event in document.events() {
        let dekko::document::Event::Leaf(id) = *event else { continue };
        let leaf = document.leaf(id);
        let path = document.path_of(leaf.node);
        if document.is_in_list(leaf.node) || leaf.style == dekko::document::Style::Comment {
            continue;
        }
        let token = std::str::from_utf8(document.bytes(leaf.content)).ok().and_then(Token::parse);
        let value = token.map(|token| format!("{:?}", token.value));
        values.insert(path, (file.leaf_source(id).expect("opens"), value));
    }
    values
}

/// A scalar of the tree, chosen; `None` when there is none.
fn scalar<'t>(nodes: &'t mut [Node], choices: &mut Choices<'_>) -> Option<&'t mut Node> {
    let count = nodes.len();
    let at = choices.below(count.max(1));
    let node = nodes.get_mut(at)?;
    if matches!(node.value, Value::Scalar(_)) {
        return Some(node);
    }
    match &mut node.value {
        Value::List(inside) | Value::Map(inside) => scalar(inside, choices),
        Value::Scalar(_) => None,
    }
}

fn line_count_of_change(old: &[u8], new: &[u8]) -> (usize, usize) {
    let lines = |bytes: &[u8]| String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect::<Vec<_>>();
    let (old, new) = (lines(old), lines(new));
    (old.iter().zip(&new).filter(|(old, new)| old != new).count(), old.len().abs_diff(new.len()))
}

/// The law behind each property: the choices are all it depends on, so that a failure shrinks.
fn holds(bytes: &[u8], law: fn(&mut Choices<'_>)) -> Result<(), TestCaseError> {
    law(&mut Choices(bytes.iter()));
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn an_edited_file_decrypts_to_the_edited_text(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        holds(&bytes, |choices| {
            let mut case = Case::new(choices);
            for _ in 0..=choices.below(4) {
                edit(&mut case.tree, case.format, choices);
            }
            let text = case.tree.text_in(case.format);
            let edited = case.edit(&text);
            let file = open(case.format, &edited).expect("opens");
            assert_eq!(String::from_utf8_lossy(&file.plain().expect("opens")), text);
            assert_eq!(case.field(&edited, "id"), case.field(&case.bytes, "id"));
            assert_eq!(case.field(&edited, "dek"), case.field(&case.bytes, "dek"));
            let (old, new) = (values(&case.file), values(&file));
            for (path, (source, token)) in &new {
                let Some((before, old_token)) = old.get(path) else { continue };
                // What stands on several lines may have come under another indentation.
                if !source.contains('\n') {
                    assert_eq!(before == source && old_token.is_some(), token.is_some() && token == old_token, "{path}");
                }
            }
        })?;
    }

    #[test]
    fn a_changed_value_changes_one_line(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        holds(&bytes, |choices| {
            let mut case = Case::new(choices);
            let fresh = "a-fresh-value";
            let Some(node) = scalar(&mut case.tree.entries, choices) else { return };
            // On one line in every style; its own style stays.
            if !matches!(&node.value, Value::Scalar(text) if !text.contains(['\n', ' ']) && !text.is_empty()) {
                return;
            }
            node.value = Value::Scalar(fresh.to_owned());
            let text = case.tree.text_in(case.format);
            if text.lines().count() != case.plain.lines().count() {
                return;
            }
            let edited = case.edit(&text);
            let secrets = tokens(&edited);
            let old = tokens(&case.bytes);
            assert_eq!(secrets.len(), old.len());
            let value = |token: &String| token.rsplit_once('.').expect("a token").0.to_owned();
            let changed = secrets.iter().zip(&old).filter(|(a, b)| value(a) != value(b)).count();
            let (lines, more) = line_count_of_change(&case.bytes, &edited);
            assert_eq!(more, 0);
            if changed == 1 {
                assert_eq!(lines, 1, "{}\n=====\n{}", String::from_utf8_lossy(&case.bytes), String::from_utf8_lossy(&edited));
            } else {
                // A plain value: its own line and the next link, or `end`; the same line where they share one.
                assert_eq!(changed, 0);
                assert!((1..=2).contains(&lines), "{lines}");
            }
            assert_eq!(case.field(&edited, "epoch"), case.field(&case.bytes, "epoch"));
        })?;
    }

    #[test]
    fn an_edit_without_a_change_gives_the_same_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        holds(&bytes, |choices| {
            let case = Case::new(choices);
            assert_eq!(case.edit(&case.plain), case.bytes);
        })?;
    }

    #[test]
    fn new_recipients_change_no_value_and_a_new_key_all_of_them(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        holds(&bytes, |choices| {
            let case = Case::new(choices);
            let rewrapped = case.file.rewrap(vec![recipient("carol"), recipient("alice")]).expect("rewraps");
            assert_eq!(tokens(&rewrapped), tokens(&case.bytes));
            let (changed, more) = line_count_of_change(&case.bytes, &rewrapped);
            assert!(changed <= 3 && more == 0, "head and recipients: {changed}");
            let rotation = Rotation { key: DataKey::new([9; 32]), rotated: "2026-02-03T04:05:06Z".to_owned() };
            let mut wrap = |_: &FileId, _: &DataKey| Ok(vec![recipient("carol")]);
            let rotated = case.file.rotate(rotation, &mut wrap, &mut Counted(8)).expect("rotates");
            let old: Vec<Token> = tokens(&case.bytes).iter().filter_map(|token| Token::parse(token)).collect();
            let new: Vec<Token> = tokens(&rotated).iter().filter_map(|token| Token::parse(token)).collect();
            assert_eq!(old.len(), new.len());
            for (old, new) in old.iter().zip(&new) {
                assert_eq!(old.id(), new.id());
                assert!(old.value[9..] != new.value[9..] && old.link != new.link && old.kid() != new.kid());
            }
            assert_eq!(case.field(&rotated, "id"), case.field(&case.bytes, "id"));
            assert!(case.field(&rotated, "prev").starts_with(&case.field(&case.bytes, "dek")));
            let refused = open(case.format, &rotated).err().expect("the old key does not fit");
            assert_eq!(refused.class(), Some(Class::Dek));
            let read = EncryptedFile::read(file_type(case.format), rotated).expect("reads");
            let plain = read.open(DataKey::new([9; 32])).and_then(|file| file.plain()).expect("the new one does");
            assert_eq!(String::from_utf8_lossy(&plain), case.plain);
        })?;
    }

    #[test]
    fn the_epoch_is_drawn_anew_when_the_order_changes_and_only_then(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        holds(&bytes, |choices| {
            let mut case = Case::new(choices);
            if case.tree.has_equal_values() {
                return;
            }
            let epoch = case.field(&case.bytes, "epoch");
            let count = case.tree.entries.len();
            let at = choices.below(count);
            let mut tree = case.tree.clone();
            tree.entries.swap(at, count - 1);
            let text = tree.text_in(case.format);
            let is_moved = text.trim_end() != case.plain.trim_end();
            if case.file.file().envelope().cover == Cover::All && is_moved {
                assert_ne!(case.field(&case.edit(&text), "epoch"), epoch, "{}\n=====\n{text}", case.plain);
            }
            let node = case.tree.node(case.format, 1, choices);
            let is_scalar = |node: &Node| matches!(node.value, Value::Scalar(_));
            match choices.below(3) {
                0 => case.tree.entries.insert(at, node),
                1 => drop(case.tree.entries.remove(at)),
                // A table that becomes a value would move in front of the tables, which is another order.
                _ if is_scalar(&case.tree.entries[at]) => case.tree.entries[at].value = node.value,
                _ => return,
            }
            let text = case.tree.text_in(case.format);
            assert_eq!(case.field(&case.edit(&text), "epoch"), epoch, "{}\n=====\n{text}", case.plain);
        })?;
    }

    #[test]
    fn another_key_opens_nothing(bytes in proptest::collection::vec(any::<u8>(), 0..100), key: [u8; 32]) {
        holds(&bytes, |choices| {
            let case = Case::new(choices);
            let file = EncryptedFile::read(file_type(case.format), case.bytes).expect("reads");
            assert!(!file.fits(&DataKey::new([1; 32])));
        })?;
        let case = Case::new(&mut Choices(bytes.iter()));
        let file = EncryptedFile::read(file_type(case.format), case.bytes).expect("reads");
        let error = file.open(DataKey::new(key)).err();
        assert!(key == [7; 32] || matches!(error, Some(Error::Refused { class: Class::Dek, .. })));
    }
}
