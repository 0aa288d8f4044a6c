//! What fuzzing and the suites have found, so that it stays mended.

use dekko::document::Cover;

use crate::sealed::{Counted, decrypted, open, recipe, sealed, tokens, verdict};

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
