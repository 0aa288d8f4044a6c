//! What fuzzing and the suites have found, so that it stays mended.

use dekko::document::Cover;

use crate::sealed::{Counted, decrypted, open, recipe, sealed, tokens, verdict};
use crate::workshop::Workshop;

fn comes_back(format: &str, text: &str, policy: &str) -> Vec<u8> {
    let bytes = sealed(format, text.as_bytes(), &recipe(policy, Cover::All))
        .unwrap_or_else(|error| panic!("{text:?}: {error}"));
    assert_eq!(String::from_utf8_lossy(&decrypted(format, &bytes).expect("opens")), text);
    bytes
}

/// `text` edited to `to` with every value secret.
fn edited(text: &str, to: &str) -> (Vec<u8>, Vec<u8>) {
    let bytes = comes_back("yaml", text, "encrypt **");
    let edited = open("yaml", &bytes).expect("opens").edit(to.into(), &mut Counted(2));
    let edited = edited.unwrap_or_else(|error| panic!("{to:?}: {error}"));
    assert_eq!(String::from_utf8_lossy(&decrypted("yaml", &edited).expect("opens")), to);
    (bytes, edited)
}

#[test]
fn a_plain_block_scalar_at_the_end_needs_no_line_break() {
    for text in [
        "k: |\n  text",
        "k: >\n  text\n  more",
        "a: 1\r\nk: |+\r\n  text",
        "- |\n text\n\n  ",
        "a: 1\nk: >-\n  x\n",
    ] {
        comes_back("yaml", text, "encrypt a");
        comes_back("yaml", text, "encrypt **");
    }
}

#[test]
fn a_value_that_starts_where_one_of_several_lines_ends_keeps_its_indentation() {
    for text in [
        "[\"a\n b\", \"c\n   d\"]\n",
        "x:\n  - [\"a\n      b\", 'c\n   d', e\n f, \"g\n  h\"]\n",
        "{a: \"1\n   2\", b: {c: \"3\n     4\", d: '5\n 6'}}\n",
    ] {
        comes_back("yaml", text, "encrypt **");
        comes_back("yaml", text, "encrypt **; comments");
        comes_back("yaml", text, "encrypt **; plain *[*],b.c");
    }
}

#[test]
fn a_value_whose_line_alone_was_indented_is_sealed_anew() {
    let (old, new) = edited("a:\n  b: \"x\n      y\"\n", "a:\n    b: \"x\n      y\"\n");
    assert_ne!(tokens(&old), tokens(&new));
    // As a whole it moves with its line: other text, other token.
    edited("a:\n  b: |\n    x\n    y\n", "a:\n    b: |\n      x\n      y\n");
    edited("a:\n  b: [\"x\n    y\", \"z\n  v\"]\n", "a:\n  b: [\"x\n    y\", 1, \"z\n  v\"]\n");
    edited("a: [\"x\n    y\", \"z\n  v\"]\n", "a:\n   [\"x\n    y\",\n     \"z\n  v\"]\n");
}

#[test]
fn a_carriage_return_at_the_very_end_is_refused_and_not_made_a_line_end() {
    for (format, text) in [("yaml", "a: 1\r"), ("toml", "a = 1\r"), ("dotenv", "A=1\r"), ("ini", "a = 1\r")] {
        let found = sealed(format, text.as_bytes(), &recipe("encrypt **", Cover::All));
        assert_eq!(verdict(&found), "syntax", "{format}");
    }
}

#[test]
fn a_configuration_is_found_in_a_folder_of_any_name() {
    for folder in ["a\nb", "1:x"] {
        let workshop = Workshop::new();
        let text = std::fs::read_to_string(workshop.desk.path("dekko.toml")).expect("rules");
        workshop.desk.write(&format!("{folder}/dekko.toml"), text.replace("secrets/**", "*.yaml"));
        workshop.desk.write(&format!("{folder}/x.yaml"), "a: hunter2\n");
        workshop.git(["add", "-A"]).ok();
        assert_eq!(workshop.found(&["--staged"]).len(), 1, "{folder}");
        workshop.commit("plain");
        assert_eq!(workshop.found(&["--range", "HEAD~1..HEAD"]).len(), 1, "{folder}");
    }
}

#[test]
fn a_list_of_missing_commits_that_cannot_be_read_is_no_empty_list() {
    let workshop = Workshop::new();
    std::fs::create_dir(workshop.desk.path(".git/shallow")).expect("a folder");
    assert_ne!(workshop.desk.dekko(["check", "--range", "HEAD"]).status(), 0);
}

#[test]
fn many_new_copies_are_told_from_their_originals_in_little_time() {
    let workshop = Workshop::new();
    workshop.sealed("secrets/m.yaml", "a: hunter2\n");
    workshop.commit("sealed");
    let sealed = workshop.desk.read("secrets/m.yaml");
    for at in 0..600 {
        workshop.desk.write(&format!("secrets/{at:04}.yaml"), &sealed);
    }
    workshop.git(["add", "-A"]).ok();
    let start = std::time::Instant::now();
    let found = workshop.found(&["--staged"]);
    assert_eq!(found.len(), 600, "each is a copy, the first of the one that was there");
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}
