//! JSON, strict and relaxed.

use dekko::format::{Format, json, parse};

use crate::laws;

fn suite() -> Vec<(String, String)> {
    let text = include_str!("../../fixtures/json-test-suite/parsing.json");
    let mut cases: Vec<(String, String)> = serde_json::from_str(text).expect("the fixture is JSON");
    cases.push(("n_structure_100000_opening_arrays.json".into(), "[".repeat(100_000)));
    cases.push(("n_structure_open_array_object.json".into(), "[{\"\":".repeat(50_000) + "\n"));
    cases
}

#[test]
fn the_test_suite_is_read_as_it_asks() {
    let mut counts = [0; 4];
    for (name, text) in suite() {
        let result = parse(&json::STRICT, text.clone().into_bytes());
        match (name.chars().next(), &result) {
            (Some('y'), Ok(_)) => {
                counts[0] += 1;
                laws::all(&json::STRICT, &text);
                laws::all(&json::RELAXED, &text);
            }
            (Some('y'), Err(error)) => {
                counts[1] += 1;
                let said = error.to_string();
                let named = said.contains("a single value") || said.contains("duplicate key");
                assert!(named, "{name}: {said}");
            }
            (Some('n'), Err(_)) => counts[2] += 1,
            (Some('n'), Ok(_)) => panic!("{name} is accepted"),
            (_, Ok(_)) => {
                counts[3] += 1;
                laws::all(&json::STRICT, &text);
            }
            (_, Err(_)) => {}
        }
    }
    assert_eq!([counts[0] + counts[1], counts[2]], [95, 188], "{counts:?}");
}

#[test]
fn nasty_files_keep_the_laws() {
    for (file, verdict) in [
        ("01-bom.json", "accepted"),
        ("02-dup-keys.json", "syntax"),
        ("03-big-numbers.json", "accepted"),
        ("04-escapes.json", "accepted"),
        ("05-lone-surrogate.json", "accepted"),
        ("06-scalar-root.json", "syntax"),
        ("07-comments.jsonc", "syntax"),
        ("08-json5.json5", "syntax"),
        ("09-ndjson.jsonl", "syntax"),
        ("10-crlf-tabs.json", "accepted"),
        ("11-no-newline.json", "accepted"),
        ("12-slashes-in-strings.json", "accepted"),
        ("13-empty.json", "syntax"),
        ("14-empty-containers.json", "accepted"),
        ("15-keys-odd.json", "accepted"),
        ("16-u2028.json", "accepted"),
        ("17-minified.json", "accepted"),
        ("18-enc-lookalike.json", "accepted"),
        ("19-control-char.json", "syntax"),
        ("20-trailing-comma.json", "syntax"),
        ("21-deep.json", "limit"),
    ] {
        let bytes = std::fs::read(format!("fixtures/parser-cases/json/{file}")).expect(file);
        assert_eq!(laws::verdict(&json::STRICT, &bytes), verdict, "{file}");
        let relaxed = laws::verdict(&json::RELAXED, &bytes);
        let is_relaxed = ["07-comments.jsonc", "20-trailing-comma.json"].contains(&file);
        assert_eq!(relaxed, if is_relaxed { "accepted" } else { verdict }, "{file}");
        if relaxed == "accepted" {
            let text = String::from_utf8(bytes).expect("accepted texts are UTF-8");
            laws::all(&json::RELAXED, &text);
        }
    }
}

#[test]
fn blocks_are_written_as_the_format_says() {
    let texts = [
        "{}",
        "[]",
        "{ }\n",
        "{\"a\":1}",
        "[1,2]\n",
        "{\n  \"a\": 1,\n  \"b\": {\n    \"c\": [1]\n  }\n}\n",
        "{\r\n\t\"a\": 1\r\n}\r\n",
        "[\n    1\n]",
        "\u{feff}{\"a\": 1}\n",
    ];
    for text in texts {
        laws::all(&json::STRICT, text);
        laws::all(&json::RELAXED, text);
    }
    let body = laws::read(&json::STRICT, "{\"a\":1}").expect("valid");
    let whole = json::STRICT.attach(&body, &laws::fields()[4..]);
    let block = "{\"a\":1,\n\"dekko\": {\n  \"recipients\": [\n    \"age:age1a AAAA\",\n    \"age:age1b BBBB\"\n  ]\n}}";
    assert_eq!(whole, block);
}

#[test]
fn comments_stay_where_a_block_comes_and_goes() {
    for text in [
        "{ // c\n}",
        "// a\n{\n  \"a\": 1, // c\n  /* d */\n}\n// e",
        "[1, // c\n]",
        "{\"a\": 1 /* c */, /* d */}",
    ] {
        laws::all(&json::RELAXED, text);
    }
}

#[test]
fn a_member_dekko_that_is_not_the_block_is_refused() {
    for (text, verdict) in [
        (r#"{"dekko": 1}"#, "metadata"),
        (r#"{"dekko": {"v": 1}}"#, "metadata"),
        (r#"{"dekko": {"v": {"a": "b"}}}"#, "metadata"),
        (r#"{"dekko": {"v": ["a"]}}"#, "metadata"),
        (r#"{"dekko": {"recipients": "a"}}"#, "metadata"),
        (r#"{"dekko": {"recipients": [["a"]]}}"#, "metadata"),
        (r#"{"dekko": {"recipient": "a"}}"#, "metadata"),
        (r#"{"dekko": {"v": "\ud800"}}"#, "metadata"),
        (r#"{"dekko": {"v": "1"}, "a": 1}"#, "metadata"),
        (r#"{"\u0064ekko": {"v": 1}}"#, "metadata"),
        (r#"[{"dekko": {"v": "1"}}, 1]"#, "metadata"),
        (r#"[{"dekko": 1}]"#, "metadata"),
        (r#"{"dekko": {"v": "1", "v": "1"}}"#, "syntax"),
        (r#"{"dekko": {"v": "1"}, "dekko": {}}"#, "syntax"),
        (r#"{"dekko": {"v": "1"}, "a": }"#, "syntax"),
        (r#"{"dekko": {"v": "1""#, "syntax"),
        (r#"{"dekko": {"v": "1"}}"#, "accepted"),
        (r#"[{"dekko": {"v": "1"}}]"#, "accepted"),
        (r#"{"a": {"dekko": 1}}"#, "accepted"),
        (r#"[{"dekko": 1, "a": 2}]"#, "accepted"),
    ] {
        assert_eq!(laws::verdict(&json::STRICT, text.as_bytes()), verdict, "{text}");
    }
    for text in [
        "{\"dekko\": {/* c */ \"v\": \"1\"}}",
        "{\"a\": 1, // c\n \"dekko\": {\"v\": \"1\"}}",
        "{\"a\": 1, \"dekko\": // c\n{\"v\": \"1\"}}",
    ] {
        assert_eq!(laws::verdict(&json::RELAXED, text.as_bytes()), "metadata", "{text}");
    }
}
