//! Policies against the published vectors, a slow matcher, and the spelling of users.

use proptest::prelude::{Just, Strategy, any, prop_assert_eq, proptest};
use proptest::{collection, prop_oneof};

use super::pattern::Step;
use super::*;
use crate::crypto::vectors::{add_node, document, empty_document, list, primitives, text};

fn policy(text: &str) -> Policy {
    Policy::read(text).expect(text)
}

fn user(patterns: &[&str]) -> Result<Policy> {
    let patterns: Vec<String> = patterns.iter().map(|&it| it.to_owned()).collect();
    Policy::new(&patterns, &[], false)
}

#[test]
fn leaves_are_secret_as_published() {
    for case in list(&primitives(), "policy") {
        let policy = policy(text(&case["policy"]));
        for pair in list(case, "secret") {
            let (document, node) = document(&pair[0]);
            let secret = pair[1].as_bool().expect("yes or no");
            assert_eq!(policy.is_secret(&document, node), secret, "{} {}", policy.text(), pair[0]);
        }
    }
}

#[test]
fn texts_are_refused_and_accepted_as_published() {
    let vectors = primitives();
    for text in list(&vectors, "policy_refused").iter().map(text) {
        let error = Policy::read(text).expect_err(text);
        assert_eq!(error.class(), Some(Class::Metadata), "{text}");
    }
    for text in list(&vectors, "policy_accepted").iter().map(text) {
        assert_eq!(policy(text).text(), text);
    }
}

#[test]
fn other_texts_are_refused_too() {
    for text in [
        "encrypt a;plain b",
        "encrypt a; plain b; plain c",
        "encrypt a; encrypt b",
        "encrypt a; comments; comments",
        "encrypt a; Comments",
        "encrypt a ; comments",
        "encrypt a\\u0062",
        "encrypt \"\\u00E9\"",
        "encrypt \"\\u000a\"",
        "encrypt \"\\/ \"",
        "encrypt \" \\u007g\"",
        "encrypt \" \\u+041\"",
        "encrypt \" \\u00",
        "encrypt \"a b\\",
        "encrypt \"a\tb\"",
        "encrypt \"\x7f\"",
        "encrypt \"a b\"c",
        "encrypt a\"b c\"",
        "encrypt **a",
        "encrypt *a*",
        "encrypt a**",
        "encrypt a.*b*",
        "encrypt [*]a",
        "encrypt [*]*",
        "encrypt [**]",
        "encrypt [ ]",
        "encrypt a[*",
        "encrypt a.",
        "encrypt \u{e9}*",
    ] {
        assert!(Policy::read(text).is_err(), "{text}");
    }
    for text in [
        "encrypt \"\\u007f\"",
        "encrypt \"\\ud800\"",
        "encrypt \"\\ud83d\\ude00\"",
        "encrypt \"\"",
        "encrypt \"a*\"",
    ] {
        assert_eq!(policy(text).text(), text);
    }
}

#[test]
fn a_policy_beyond_all_measure_is_refused() {
    let long = format!("encrypt {}", "a".repeat(MAX_POLICY));
    assert_eq!(Policy::read(&long).expect_err("too long").class(), Some(Class::Limit));
    assert!(user(&[&long[8..]]).is_err());
}

#[test]
fn the_spelling_of_users_becomes_canonical() {
    for (written, canonical) in [
        ("db.password", "db.password"),
        ("\"db\".password", "db.password"),
        ("users[*].name", "users[*].name"),
        ("\"dotted.key\".x", "\"dotted.key\".x"),
        ("caf\u{e9}.x", "\"caf\\u00e9\".x"),
        ("\"caf\u{e9}\"", "\"caf\\u00e9\""),
        ("\"caf\\u00E9\"", "\"caf\\u00e9\""),
        ("\"\u{1f600}\"", "\"\\ud83d\\ude00\""),
        ("\"a\\/b\"", "\"a/b\""),
        ("\"a\\u0020b\"", "\"a b\""),
        ("\"\\u0061\"", "a"),
        ("\"*\"", "\"*\""),
        ("\"**\".x", "\"**\".x"),
        ("\"\\u0000\"", "\"\\u0000\""),
        ("**.*_key", "**.*_key"),
        ("db_*", "db_*"),
    ] {
        let policy = user(&[written]).expect(written);
        assert_eq!(policy.text(), format!("encrypt {canonical}"));
    }
    let both = Policy::new(&["b".into(), "a".into(), "b".into()], &["\"c\"".into()], true).expect("patterns");
    assert_eq!(both.text(), "encrypt b,a,b; plain c; comments");
}

#[test]
fn a_wrong_pattern_is_named_with_what_is_wrong() {
    for (written, word) in [
        ("", "without a name"),
        ("a..b", "without a name"),
        ("a.", "without a name"),
        (".", "without a name"),
        (" a", "without a name"),
        ("a b", "double quotes"),
        ("a/b", "double quotes"),
        ("a\"b\"", "double quotes"),
        ("a[*]b", "double quotes"),
        ("a,b", "','"),
        ("a[0]", "'[*]'"),
        ("a.[*]", "without a name"),
        ("a*b", "whole steps"),
        ("***", "whole steps"),
        ("\u{e9}*", "whole steps"),
        ("\"a", "without its end"),
        ("\"\\x\"", "without its end"),
    ] {
        let message = user(&["fine", written]).expect_err(written).to_string();
        assert!(message.contains(&format!("'{written}'")) && message.contains(word), "{message}");
    }
    assert!(user(&["a\x1b"]).expect_err("refused").to_string().contains("a\\x1b"));
    for not_json in ["\"a\tb\"", "\"\\u+041\"", "\"\\u00e\"", "\"\\u00\u{e9}9\""] {
        assert!(user(&[not_json]).is_err(), "{not_json}");
    }
    assert!(user(&[]).is_err());
}

#[test]
fn keys_are_compared_by_bytes_even_where_they_are_no_text() {
    let secret = |text: &str, key: &[u8]| {
        let (mut builder, root) = empty_document();
        let node = add_node(&mut builder, root, Ok(key));
        policy(text).is_secret(&builder.finish(), node)
    };
    assert!(secret("encrypt \"\\ud800\"", b"\xED\xA0\x80"));
    assert!(secret("encrypt \"\\udfff\"", b"\xED\xBF\xBF"));
    assert!(secret("encrypt \"\\ud83d\\ude00\"", "\u{1f600}".as_bytes()));
    assert!(secret("encrypt \"\\u00e9\"", "\u{e9}".as_bytes()));
    assert!(!secret("encrypt \"\\u00e9\"", "e\u{301}".as_bytes()));
    assert!(secret("encrypt db_*", b"db_"));
    assert!(secret("encrypt *_key", b"_key"));
    assert!(!secret("encrypt db_*", b"db"));
}

#[test]
fn the_reason_names_the_first_pattern_that_decides() {
    let policy = policy("encrypt x.y,**.secret,**; plain *.host,**.host; comments");
    let reason = |steps: &[&[u8]]| {
        let (mut builder, mut at) = empty_document();
        for step in steps {
            at = add_node(&mut builder, at, Ok(step));
        }
        policy.reason(&builder.finish(), at)
    };
    assert_eq!(reason(&[b"a", b"secret"]), Reason::Encrypted { by: "**.secret" });
    assert_eq!(reason(&[b"x", b"y"]), Reason::Encrypted { by: "x.y" });
    assert_eq!(reason(&[b"a"]), Reason::Encrypted { by: "**" });
    assert_eq!(reason(&[b"a", b"host"]), Reason::Excepted { by: "*.host" });
    assert_eq!(reason(&[b"a", b"b", b"host"]), Reason::Excepted { by: "**.host" });
    let (mut builder, root) = empty_document();
    let comment = add_node(&mut builder, root, Err(3));
    let document = builder.finish();
    assert_eq!(policy.reason(&document, comment), Reason::SecretComment);
    assert_eq!(user(&["a"]).expect("a pattern").reason(&document, comment), Reason::PlainComment);
    assert_eq!(user(&["a"]).expect("a pattern").reason(&document, root), Reason::Unmatched);
}

#[test]
fn many_deep_wildcards_take_no_longer_than_one() {
    let (mut builder, mut at) = empty_document();
    for _ in 0..127 {
        at = add_node(&mut builder, at, Ok(b"a"));
    }
    let document = builder.finish();
    let pattern = format!("{}.b", vec!["**.a"; 60].join("."));
    assert!(!user(&[&pattern]).expect("a pattern").is_secret(&document, at));
    assert!(user(&[&pattern.replace('b', "a")]).expect("a pattern").is_secret(&document, at));
}

/// Steps of paths: keys from a few, or an item.
fn path_step() -> impl Strategy<Value = Option<&'static str>> {
    prop_oneof![Just(None), Just(Some("a")), Just(Some("ab")), Just(Some("b")), Just(Some("b.c"))]
}

fn pattern() -> impl Strategy<Value = String> {
    let step = prop_oneof![
        Just("[*]"),
        Just("**"),
        Just("**"),
        Just("*"),
        Just("a"),
        Just("a*"),
        Just("*b"),
        Just("\"b.c\"")
    ];
    collection::vec(step, 1..6).prop_map(|steps| steps.join(".").replace(".[", "["))
}

/// The definition itself: what is tried is tried in turn.
fn matches_slowly(pattern: &[Step], path: &[Option<&str>]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, None) => true,
        (Some((Step::Deep, rest)), step) => {
            matches_slowly(rest, path) || step.is_some_and(|(_, below)| matches_slowly(pattern, below))
        }
        (Some((step, rest)), Some((&element, below))) => {
            let fits = match (step, element) {
                (Step::Item, None) | (Step::AnyKey, Some(_)) => true,
                (Step::Key(own), Some(key)) => own == key.as_bytes(),
                (Step::Prefix(own), Some(key)) => key.as_bytes().starts_with(own),
                (Step::Suffix(own), Some(key)) => key.as_bytes().ends_with(own),
                _ => false,
            };
            fits && matches_slowly(rest, below)
        }
        _ => false,
    }
}

proptest! {
    #[test]
    fn the_matcher_agrees_with_the_definition(
        encrypt in collection::vec(pattern(), 1..4),
        plain in collection::vec(pattern(), 0..3),
        paths in collection::vec(collection::vec(path_step(), 0..6), 1..12),
    ) {
        let policy = Policy::new(&encrypt, &plain, false).expect("patterns");
        let (mut builder, root) = empty_document();
        let mut nodes = Vec::new();
        for path in &paths {
            let mut at = root;
            for step in path {
                let known = step.and_then(|key| builder.document().child(at, key.as_bytes()));
                let step = step.map_or(Err(2), |key| Ok(key.as_bytes()));
                at = known.unwrap_or_else(|| add_node(&mut builder, at, step));
            }
            nodes.push(at);
        }
        let document = builder.finish();
        let mut matcher = policy.matcher(&document);
        for (path, node) in paths.iter().zip(nodes) {
            let any = |list: &[Pattern]| list.iter().any(|it| matches_slowly(&it.steps, path));
            let secret = any(&policy.encrypt) && !any(&policy.plain);
            prop_assert_eq!(matcher.is_secret(node), secret, "{} {:?}", policy.text(), path);
            prop_assert_eq!(policy.is_secret(&document, node), secret);
        }
    }

    #[test]
    fn canonical_text_reads_as_itself(
        patterns in collection::vec(pattern(), 1..4),
        key in any::<String>(),
        comments: bool,
    ) {
        let quoted = serde_json::to_string(&key).expect("a text is JSON");
        let policy = Policy::new(&patterns, &[quoted], comments).expect("patterns");
        let again = Policy::read(policy.text()).expect("canonical");
        prop_assert_eq!(again.text(), policy.text());
        prop_assert_eq!(&again.plain[0].steps, &vec![Step::Key(key.into_bytes())]);
        prop_assert_eq!(again.has_comments(), comments);
    }

    #[test]
    fn no_text_panics_and_what_reads_is_canonical(any: String, near in "encrypt [ab*.,;\"\\[\\] plain\\\\u0]{0,20}") {
        for text in [any, near] {
            if let Ok(policy) = Policy::read(&text) {
                prop_assert_eq!(policy.text(), text);
            }
        }
    }
}
