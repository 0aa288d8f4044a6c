//! Single rules: what stands where after a merge.

use dekko::document::{Document, Style};
use dekko::merge::marks::{Side, taken};
use dekko::merge::{Lists, Merged, Version, merge};

use super::{Texts, assert_sides_parse, marked, named, run};
use crate::laws;

fn merged(name: &str, base: &str, ours: &str, theirs: &str) -> (String, Vec<String>) {
    let format = named(name);
    let texts = Texts { base: Some(base), ours, theirs };
    let merged =
        run(format, &texts, Lists::Ordered).unwrap_or_else(|| panic!("none\n{base}\n{ours}\n{theirs}"));
    assert_sides_parse(format, &merged);
    (marked(&merged, "\n"), merged.paths)
}

/// Merges, and holds the text against `wanted`, without conflicts.
fn is(name: &str, base: &str, ours: &str, theirs: &str, wanted: &str) {
    let (text, paths) = merged(name, base, ours, theirs);
    assert_eq!(text, wanted, "{paths:?}");
    assert!(paths.is_empty(), "{paths:?}");
}

/// Merges, and holds the text with its conflicts against `wanted`.
fn conflicts(name: &str, base: &str, ours: &str, theirs: &str, wanted: &str, in_paths: &[&str]) {
    let (text, paths) = merged(name, base, ours, theirs);
    assert_eq!(text, wanted, "{paths:?}");
    assert_eq!(paths, in_paths);
}

#[test]
fn documents_of_a_stream_are_merged_by_their_number() {
    is(
        "x.yaml",
        "a: 1\n---\nb: 1\n",
        "a: 2\n---\nb: 1\n",
        "a: 1\n---\nb: 1\nc: 1\n---\nd: 1\n",
        "a: 2\n---\nb: 1\nc: 1\n---\nd: 1\n",
    );
}

#[test]
fn documents_with_a_name_are_merged_by_it() {
    is(
        "x.yaml",
        "kind: A\nname: a\nx: 1\n---\nkind: A\nname: b\nx: 1\n",
        "kind: A\nname: a\nx: 1\n---\nkind: A\nname: b\nx: 2\n",
        "kind: A\nname: c\n---\nkind: A\nname: a\nx: 3\n---\nkind: A\nname: b\nx: 1\n",
        "kind: A\nname: c\n---\nkind: A\nname: a\nx: 3\n---\nkind: A\nname: b\nx: 2\n",
    );
}

#[test]
fn anchors_and_tags_are_part_of_what_is_said() {
    is(
        "x.yaml",
        "a: &x 1\nb: *x\nc: !t {d: 1}\n",
        "a: &x 2\nb: *x\nc: !t {d: 1}\n",
        "a: &x 1\nb: *x\nc: !t {d: 1, e: 2}\n",
        "a: &x 2\nb: *x\nc: !t {d: 1, e: 2}\n",
    );
    let base = "a: !t\n  b: 1\n";
    conflicts(
        "x.yaml",
        base,
        "a: !u\n  b: 1\n",
        "a: !v\n  b: 1\n",
        "<<<<<<< ours\na: !u\n  b: 1\n=======\na: !v\n  b: 1\n>>>>>>> theirs\n",
        &["a"],
    );
}

#[test]
fn what_is_left_of_a_map_is_a_map() {
    is("x.yaml", "e:\n  a: 1\n  b: 1\nf: 1\n", "e:\n  a: 1\nf: 1\n", "e:\n  b: 1\nf: 1\n", "e: {}\nf: 1\n");
    is("x.yaml", "e:\n- 1\n- 2\n", "e:\n- 1\n", "e:\n- 2\n", "e: []\n");
    is("x.yaml", "a: 1\nb: 1\n", "a: 1\n", "b: 1\n", "{}\n");
    is("x.yaml", "- a: 1\n  b: 1\n", "- a: 1\n", "- b: 1\n", "- {}\n");
    is("x.json", "{\n  \"a\": 1,\n  \"b\": 1\n}\n", "{\n  \"a\": 1\n}\n", "{\n  \"b\": 1\n}\n", "{}\n");
}

#[test]
fn empty_brackets_become_the_lines_that_one_side_made_of_them() {
    is("x.yaml", "e: {}\nf: 1\n", "e: {}\nf: 2\n", "e:\n  a: 1\nf: 1\n", "e:\n  a: 1\nf: 2\n");
    is("x.yaml", "e: {}\n", "e:\n  b: 1\n", "e:\n  a: 1\n", "e:\n  b: 1\n  a: 1\n");
    is("x.yaml", "e:\n", "e:\n  b: 1\n", "e:\n  a: 1\n", "e:\n  b: 1\n  a: 1\n");
    is("x.json", "{\"a\":{}}", "{\"a\":{\"b\":1}}", "{\"a\":{\"c\":1}}", "{\"a\":{\"b\":1,\"c\":1}}");
}

#[test]
fn arrays_of_tables_are_lists() {
    let base = "[[s]]\nname = \"a\"\nport = 1\n\n[[s]]\nname = \"b\"\nport = 1\n\n[s.sub]\nx = 1\n";
    is(
        "x.toml",
        base,
        &base.replacen("port = 1", "port = 2", 1),
        &format!("{}\n[[s]]\nname = \"c\"\n", base.replace("x = 1", "x = 2")),
        "[[s]]\nname = \"a\"\nport = 2\n\n[[s]]\nname = \"b\"\nport = 1\n\n[s.sub]\nx = 2\n\n[[s]]\nname = \"c\"\n",
    );
}

#[test]
fn inline_tables_and_dotted_keys_are_merged_inside() {
    is(
        "x.toml",
        "a = { b = 1, c.d = 1 }\nx.y = 1\nx.z = 1\nl = [\n  1, # one\n  2,\n]\n",
        "a = { b = 2, c.d = 1 }\nx.y = 2\nx.z = 1\nl = [\n  1, # one\n  2,\n  3,\n]\n",
        "a = { b = 1, c.d = 2 }\nx.y = 1\nx.z = 2\nl = [\n  1, # eins\n  2,\n]\n",
        "a = { b = 2, c.d = 2 }\nx.y = 2\nx.z = 2\nl = [\n  1, # eins\n  2,\n  3,\n]\n",
    );
}

#[test]
fn a_new_entry_takes_the_layout_of_its_neighbours() {
    is(
        "x.yaml",
        "a:\n  b: 1\n",
        "a:\n    b: 1\n",
        "a:\n  b: 1\n  c:\n    - d: |\n        x\n        y\n",
        "a:\n    b: 1\n    c:\n      - d: |\n          x\n          y\n",
    );
    is(
        "x.json",
        "{\"a\": 1}",
        "{\n  \"a\": 1\n}\n",
        "{\"a\": 1, \"b\": 2}",
        "{\n  \"a\": 1,\n  \"b\": 2\n}\n",
    );
    is("x.json", "[1, 2]", "[2]", "[1, 2, 3]", "[2, 3]");
    is("x.yaml", "a: [1, 2]\n", "a: [1, 2, 3]\n", "a: [2]\n", "a: [2, 3]\n");
}

#[test]
fn the_comment_at_the_top_stays() {
    is(
        "x.yaml",
        "# licence\n\n# about a\na: 1\nb: 1\n",
        "# licence\n\nb: 1\n",
        "# licence\n\n# about a\na: 1\nb: 2\n",
        "# licence\n\nb: 2\n",
    );
}

#[test]
fn a_comment_behind_a_dotenv_value_is_no_value() {
    is("x.env", "A=1 # one\nB=1\n", "A=1 # eins\nB=1\n", "A=2 # one\nB=1\n", "A=2 # eins\nB=1\n");
}

#[test]
fn both_sides_put_items_at_one_place() {
    let (base, ours, theirs) = ("l:\n- a\n", "l:\n- a\n- b\n", "l:\n- a\n- c\n");
    conflicts(
        "x.yaml",
        base,
        ours,
        theirs,
        "l:\n- a\n<<<<<<< ours\n- b\n=======\n- c\n>>>>>>> theirs\n",
        &["l"],
    );
    let texts = Texts { base: Some(base), ours, theirs };
    let union = run(named("x.yaml"), &texts, Lists::Union).expect("a merge");
    assert_eq!(marked(&union, "\n"), "l:\n- a\n- b\n- c\n");
}

#[test]
fn items_that_both_sides_changed_are_merged_inside_or_in_conflict() {
    is(
        "x.yaml",
        "l:\n- a: 1\n  b: 1\n- c: 1\n",
        "l:\n- a: 2\n  b: 1\n- c: 1\n",
        "l:\n- a: 1\n  b: 2\n- c: 1\n",
        "l:\n- a: 2\n  b: 2\n- c: 1\n",
    );
    conflicts(
        "x.yaml",
        "l:\n- x\n- y\n",
        "l:\n- x1\n- y\n",
        "l:\n- x2\n- y2\n",
        "l:\n<<<<<<< ours\n- x1\n=======\n- x2\n>>>>>>> theirs\n- y2\n",
        &["l[0]"],
    );
}

#[test]
fn without_a_base_all_is_new() {
    let texts = Texts { base: None, ours: "# c\na: 1\nb: 1\n", theirs: "a: 1\nb: 2\nc: 3\n" };
    let found = run(named("x.yaml"), &texts, Lists::Ordered).expect("a merge");
    let wanted = "# c\na: 1\n<<<<<<< ours\nb: 1\n=======\nb: 2\n>>>>>>> theirs\nc: 3\n";
    assert_eq!((marked(&found, "\n"), found.paths), (wanted.to_owned(), vec!["b".to_owned()]));
    let texts = Texts { base: Some(""), ..texts };
    let found = run(named("x.yaml"), &texts, Lists::Ordered).expect("a merge");
    assert_eq!(marked(&found, "\n"), wanted);
}

#[test]
fn in_json_a_conflict_takes_the_comma_with_it() {
    conflicts(
        "x.json",
        "{\n  \"a\": 1,\n  \"b\": 1\n}\n",
        "{\n  \"a\": 1\n}\n",
        "{\n  \"a\": 1,\n  \"b\": 2\n}\n",
        "{\n<<<<<<< ours\n  \"a\": 1\n=======\n  \"a\": 1,\n  \"b\": 2\n>>>>>>> theirs\n}\n",
        &["b"],
    );
    conflicts(
        "x.json",
        "{\"a\":1,\"b\":1}",
        "{\"a\":2,\"b\":2}",
        "{\"a\":1,\"b\":3}",
        "<<<<<<< ours\n{\"a\":2,\"b\":2}\n=======\n{\"a\":2,\"b\":3}\n>>>>>>> theirs\n",
        &["b"],
    );
}

/// Merges texts in which the values that begin with `enc` are opaque.
fn opaque(base: &str, ours: &str, theirs: &str) -> Merged {
    let format = named("x.yaml");
    let documents = [base, ours, theirs].map(|text| laws::read(format, text).unwrap());
    let flags = |document: &Document| -> Vec<Option<Vec<u8>>> {
        let leaf = |leaf: &dekko::document::Leaf| {
            let bytes = document.bytes(leaf.content);
            (leaf.style != Style::Comment && bytes.starts_with(b"enc")).then(|| bytes.to_vec())
        };
        document.leaves().iter().map(leaf).collect()
    };
    let flags = documents.each_ref().map(flags);
    let version = |at: usize| Version { document: &documents[at], opaque: &flags[at] };
    merge(format, Some(&version(0)), &version(1), &version(2), Lists::Ordered).expect("a merge")
}

#[test]
fn opaque_values_are_moved_as_they_are() {
    let found = opaque("a: enc1\nb: enc2\n", "a: enc3\nb: enc2\nx: 1\n", "a: enc1\nb: 'enc4'\n");
    assert_eq!(marked(&found, "\n"), "a: enc3\nb: 'enc4'\nx: 1\n");
    let found = opaque("a: enc1\nb: 1\n", "a: enc2\nb: 1\n", "a: enc3\nb: 2\n");
    assert_eq!(found.paths, ["a"]);
    assert_eq!(taken(&found.pieces, Side::Theirs), "a: enc3\nb: 2\n");
    // Names that nobody can read name no items.
    let list = |value: &str| format!("l:\n- name: enc1\n  v: {value}\n- name: enc2\n  v: 1\n");
    let found = opaque(&list("1"), &list("2"), &format!("{}- name: enc3\n", list("1")));
    assert_eq!(marked(&found, "\n"), format!("{}- name: enc3\n", list("2")));
}

#[test]
fn an_equal_or_unchanged_side_gives_the_other_to_the_byte() {
    let (a, b) = ("a:  1\r\n# x", "b: [1,\n 2]\n\n");
    for (base, ours, theirs, wanted) in [(a, b, b, b), (a, a, b, b), (a, b, a, b)] {
        is("x.yaml", base, ours, theirs, wanted);
    }
}

#[test]
fn what_cannot_be_merged_slot_by_slot_is_left_to_lines() {
    let texts = Texts { base: Some("? a\n: 1\n"), ours: "? a\n: 2\n", theirs: "? b\n: 1\n" };
    assert_eq!(run(named("x.yaml"), &texts, Lists::Ordered), None);
}

#[test]
fn a_comment_beside_a_head_stays_when_the_other_side_changes_the_shape() {
    let with_comment = "a: # new\n  b: 1\n";
    is("x.yaml", "a:\n  b: 1\n", with_comment, "a: 2\n", "# new\na: 2\n");
    is("x.yaml", "a:\n  b: 1\n", "a: 2\n", with_comment, "# new\na: 2\n");
    is("x.yaml", "a: {}\n", "a: {} # new\n", "a:\n  b: 1\n", "# new\na:\n  b: 1\n");
    // A comment that was there goes with the line of the side that changed it.
    is("x.yaml", "a: # old\n  b: 1\n", "a: # old\n  b: 1\n", "a: 2\nc: 1\n", "a: 2\nc: 1\n");
    is("x.yaml", "c: 1\na: # old\n  b: 1\n", "c: 2\na: # old\n  b: 1\n", "c: 1\na: 2\n", "c: 2\na: 2\n");
    conflicts(
        "x.yaml",
        "a: [\n  1\n]\n",
        "a: [ # new\n  1\n]\n",
        "a: 2\n",
        "<<<<<<< ours\na: [ # new\n  1\n]\n=======\na: 2\n>>>>>>> theirs\n",
        &["a"],
    );
}

#[test]
fn comments_behind_one_dotenv_value_are_merged() {
    is(".env", "A=1 # old\n", "A='1' # old\n", "A=1 # new\n", "A=1 # new\n");
    is(".env", "A=1\n", "A=1\nB=2\n", "A=1 # new\n", "A=1 # new\nB=2\n");
    conflicts(
        ".env",
        "A=1 # old\n",
        "A=1 # ours\n",
        "A=1 # theirs\n",
        "<<<<<<< ours\nA=1 # ours\n=======\nA=1 # theirs\n>>>>>>> theirs\n",
        &["#comment beside A"],
    );
}
