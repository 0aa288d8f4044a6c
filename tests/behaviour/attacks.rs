//! What someone without the key can do to a file, attack by attack: each is refused, and with the class that says why.

use dekko::crypto::DataKey;
use dekko::document::Cover;
use dekko::file::{Recipe, Rotation};

use crate::sealed::{Counted, decrypted, open, recipe, recipient, sealed, sealed_with, tokens, verdict};

/// The same little file in five formats: a plain name, a plain number, two plain neighbours, a secret, a list of
/// secrets, an entry `inner.s`.
fn plain(format: &str) -> &'static str {
    match format {
        "yaml" => {
            "name: ab\nnumber: 12\nleft: ab\nright: cd\nsecret: one\nlist:\n  - x\n  - x\n  - y\ninner:\n  s: |\n    two\n    three\n  t: 1\nlast: z\n"
        }
        "json" => {
            "{\n  \"name\": \"ab\",\n  \"number\": 12,\n  \"left\": \"ab\",\n  \"right\": \"cd\",\n  \"secret\": \"one\",\n  \"list\": [\n    \"x\",\n    \"x\",\n    \"y\"\n  ],\n  \"inner\": {\n    \"s\": \"two\",\n    \"t\": 1\n  },\n  \"last\": \"z\"\n}\n"
        }
        "toml" => {
            "name = \"ab\"\nnumber = 12\nleft = \"ab\"\nright = \"cd\"\nsecret = \"one\"\nlist = [\n  \"x\",\n  \"x\",\n  \"y\"\n]\n[inner]\ns = \"two\"\nt = 1\n[end]\nlast = \"z\"\n"
        }
        "dotenv" => "NAME=ab\nNUMBER=12\nLEFT=ab\nRIGHT=cd\nSECRET=one\nS=two\nT=1\nLAST='z'\n",
        "ini" => {
            "name = ab\nnumber = 12\nleft = ab\nright = cd\nsecret = one\n[inner]\ns = two\n  three\nt = 1\n[end]\nlast = z\n"
        }
        other => panic!("no file for '{other}'"),
    }
}

fn how(format: &str, cover: Cover) -> Recipe {
    let policy = match format {
        "dotenv" => "encrypt SECRET,S",
        _ => "encrypt secret,list[*],inner.s",
    };
    Recipe { scope: Some("prod".to_owned()), ..recipe(policy, cover) }
}

fn target(format: &str, cover: Cover) -> String {
    let bytes = sealed(format, plain(format).as_bytes(), &how(format, cover)).expect("seals");
    String::from_utf8(bytes).expect("text")
}

/// `text` with `from` replaced once, which must be there.
fn replaced(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "nothing to attack: {from:?} in\n{text}");
    text.replacen(from, to, 1)
}

/// One line of an attack table: formats, what is replaced by what, the class under `cover: all`, the one under
/// `cover: encrypted` (`accepted` where that cover leaves it free).
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const ROWS: &[Row] = &[
    // What is plain.
    ("a plain key renamed", "yaml", "name: ab", "nome: ab", "link", "accepted"),
    ("a plain key renamed", "json", "\"name\"", "\"nome\"", "link", "accepted"),
    ("a plain key renamed", "toml", "name = ", "nome = ", "link", "accepted"),
    ("a plain key renamed", "dotenv", "NAME=", "NOME=", "link", "accepted"),
    ("a plain key renamed", "ini", "name = ", "nome = ", "link", "accepted"),
    ("a plain value changed", "yaml", "name: ab", "name: ac", "link", "accepted"),
    ("a plain value changed", "json", "\"name\": \"ab\"", "\"name\": \"ac\"", "link", "accepted"),
    ("a plain value changed", "toml", "name = \"ab\"", "name = \"ac\"", "link", "accepted"),
    ("a plain value changed", "dotenv", "NAME=ab", "NAME=ac", "link", "accepted"),
    ("a plain value changed", "ini", "name = ab", "name = ac", "link", "accepted"),
    ("a number made a string of the same text", "yaml", "number: 12", "number: \"12\"", "link", "accepted"),
    ("a number made a string of the same text", "json", "12", "\"12\"", "link", "accepted"),
    ("a number made a string of the same text", "toml", "12", "\"12\"", "link", "accepted"),
    ("a number made a string of the same text", "dotenv", "=12", "='12'", "link", "accepted"),
    ("a word in quotes where names are expanded", "dotenv", "'z'", "\"z\"", "end", "accepted"),
    ("a string made plain", "yaml", "left: ab", "left: ~", "link", "accepted"),
    ("a string made null", "json", "\"left\": \"ab\"", "\"left\": null", "link", "accepted"),
    (
        "bytes shifted between neighbours",
        "yaml",
        "left: ab\nright: cd",
        "left: a\nright: bcd",
        "link",
        "accepted",
    ),
    (
        "bytes shifted between neighbours",
        "json",
        "\"left\": \"ab\",\n  \"right\": \"cd\"",
        "\"left\": \"a\",\n  \"right\": \"bcd\"",
        "link",
        "accepted",
    ),
    (
        "bytes shifted between neighbours",
        "toml",
        "left = \"ab\"\nright = \"cd\"",
        "left = \"a\"\nright = \"bcd\"",
        "link",
        "accepted",
    ),
    (
        "bytes shifted between neighbours",
        "dotenv",
        "LEFT=ab\nRIGHT=cd",
        "LEFT=a\nRIGHT=bcd",
        "link",
        "accepted",
    ),
    (
        "bytes shifted between neighbours",
        "ini",
        "left = ab\nright = cd",
        "left = a\nright = bcd",
        "link",
        "accepted",
    ),
    ("bytes shifted from key to value", "yaml", "left: ab", "lef: tab", "link", "accepted"),
    ("neighbours swapped", "yaml", "left: ab\nright: cd", "right: cd\nleft: ab", "link", "accepted"),
    ("neighbours swapped", "dotenv", "LEFT=ab\nRIGHT=cd", "RIGHT=cd\nLEFT=ab", "link", "accepted"),
    ("neighbours swapped", "ini", "left = ab\nright = cd", "right = cd\nleft = ab", "link", "accepted"),
    ("a plain entry dropped", "yaml", "left: ab\n", "", "link", "accepted"),
    ("a plain entry dropped", "json", "\"left\": \"ab\",", "", "link", "accepted"),
    ("a plain entry dropped", "toml", "left = \"ab\"\n", "", "link", "accepted"),
    ("a plain entry dropped", "dotenv", "LEFT=ab\n", "", "link", "accepted"),
    ("a plain entry dropped", "ini", "left = ab\n", "", "link", "accepted"),
    ("a plain entry behind the last secret dropped", "yaml", "last: z\n", "", "end", "accepted"),
    ("a plain entry behind the last secret dropped", "json", ",\n  \"last\": \"z\"", "", "end", "accepted"),
    ("a plain entry behind the last secret dropped", "ini", "last = z\n", "", "end", "accepted"),
    ("null added", "yaml", "last: z", "new: null\nlast: z", "end", "accepted"),
    ("an empty text added", "yaml", "last: z", "new: \"\"\nlast: z", "end", "accepted"),
    ("an empty map added", "yaml", "last: z", "new: {}\nlast: z", "end", "accepted"),
    ("an empty list added", "yaml", "last: z", "new: []\nlast: z", "end", "accepted"),
    ("an empty node added", "yaml", "last: z", "new:\nlast: z", "end", "accepted"),
    ("null added", "json", "\"last\"", "\"new\": null, \"last\"", "end", "accepted"),
    ("an empty text added", "json", "\"last\"", "\"new\": \"\", \"last\"", "end", "accepted"),
    ("an empty map added", "json", "\"last\"", "\"new\": {}, \"last\"", "end", "accepted"),
    ("an empty list added", "json", "\"last\"", "\"new\": [], \"last\"", "end", "accepted"),
    ("an empty list added", "toml", "t = 1", "t = 1\nnew = []", "end", "accepted"),
    ("an empty map added", "toml", "t = 1", "t = 1\nnew = {}", "end", "accepted"),
    ("an empty table added", "toml", "[end]", "[new]\n[end]", "end", "accepted"),
    ("an empty section added", "ini", "[end]", "[new]\n[end]", "end", "accepted"),
    ("an empty value added", "dotenv", "LAST", "NEW=\nLAST", "end", "accepted"),
    ("an empty value added", "ini", "last", "new =\nlast", "end", "accepted"),
    ("an item added to a list of secrets", "yaml", "list:\n", "list:\n  - new\n", "link", "policy"),
    ("an item added to a list of secrets", "json", "\"list\": [", "\"list\": [\"new\",", "link", "policy"),
    ("an item added to a list of secrets", "toml", "list = [", "list = [\"new\",", "link", "policy"),
    // An empty node satisfies every policy, so that cover leaves it free like everything plain.
    ("an empty node added to a list of secrets", "yaml", "list:\n", "list:\n  -\n", "link", "accepted"),
    ("export added", "dotenv", "NAME", "export NAME", "link", "accepted"),
    ("export added before a secret", "dotenv", "SECRET", "export SECRET", "link", "accepted"),
    ("a tag added", "yaml", "name: ", "name: !!binary ", "link", "accepted"),
    ("a tag added to a secret", "yaml", "secret: ", "secret: !!binary ", "link", "link"),
    ("an anchor added", "yaml", "name: ", "name: &a ", "link", "syntax"),
    (
        "an anchor and an alias added",
        "yaml",
        "left: ab\nright: cd",
        "left: &a ab\nright: *a",
        "link",
        "syntax",
    ),
    // What is secret.
    ("a secret key renamed", "yaml", "secret: ", "socret: ", "link", "link"),
    ("a secret key renamed", "json", "\"secret\"", "\"socret\"", "link", "link"),
    ("a secret key renamed", "toml", "secret = ", "socret = ", "link", "link"),
    ("a secret key renamed", "dotenv", "SECRET=", "SOCRET=", "link", "link"),
    ("a secret key renamed", "ini", "secret = ", "socret = ", "link", "link"),
    ("a container renamed", "yaml", "inner:", "onner:", "link", "link"),
    ("a container renamed", "json", "\"inner\"", "\"onner\"", "link", "link"),
    ("a container renamed", "toml", "[inner]", "[onner]", "link", "link"),
    ("a container renamed", "ini", "[inner]", "[onner]", "link", "link"),
    ("a secret moved into another container", "yaml", "inner:", "inner:\n  deep: 1\nouter:", "link", "link"),
    ("a table split", "toml", "[inner]", "[inner.deep]\n[outer]", "link", "link"),
    ("a table made an array of tables", "toml", "[inner]", "[[inner]]", "link", "link"),
    ("a section split", "ini", "[inner]", "[inner]\n[outer]", "link", "link"),
    ("a list joined under one key more", "yaml", "list:\n", "list:\n  k:\n", "link", "link"),
    ("a list made a map", "json", "\"list\": [", "\"list\": {\"a\": [", "syntax", "syntax"),
    ("a joined path that looks alike", "yaml", "inner:\n  s:", "inner.s:", "syntax", "syntax"),
    ("a joined path that looks alike", "toml", "[inner]", "\"inner.x\" = 1\n[inner]", "link", "accepted"),
    ("text behind a token", "yaml", "\nlist:", " x\nlist:", "token", "token"),
    ("blanks behind a token", "dotenv", "\nS=", "  \nS=", "token", "token"),
    ("a comment behind a token", "dotenv", "\nS=", " # c\nS=", "token", "token"),
    ("a comment behind a token", "ini", "\n[inner]", " ; c\n[inner]", "token", "token"),
    ("a continuation behind a token", "ini", "\n[inner]", "\n  more\n[inner]", "token", "token"),
    (
        "a comment below the token of a block scalar",
        "yaml",
        "\n  t: 1",
        "\n    # more\n  t: 1",
        "token",
        "token",
    ),
    (
        "a deep comment below the token of a block scalar",
        "yaml",
        "\n  t: 1",
        "\n      # more\n  t: 1",
        "token",
        "token",
    ),
    (
        "a blank line below the token of a block scalar",
        "yaml",
        "\n  t: 1",
        "\n\n  t: 1",
        "accepted",
        "accepted",
    ),
    (
        "a comment at the column of the key below it",
        "yaml",
        "\n  t: 1",
        "\n  # more\n  t: 1",
        "accepted",
        "accepted",
    ),
    (
        "a comment below the token of a continued value",
        "ini",
        "\nt = 1",
        "\n  # more\nt = 1",
        "accepted",
        "accepted",
    ),
    // The stream and the text.
    ("a document in front", "yaml", "name:", "x: 1\n---\nname:", "metadata", "metadata"),
    ("an empty document in front", "yaml", "name:", "---\n---\nname:", "metadata", "metadata"),
    ("documents split", "yaml", "left:", "---\nleft:", "metadata", "metadata"),
    ("a directive in front", "yaml", "name:", "%YAML 1.1\n---\nname:", "link", "accepted"),
    ("a tag directive in front", "yaml", "name:", "%TAG ! tag:x,2000:\n---\nname:", "link", "accepted"),
    ("a byte order mark in front", "yaml", "name:", "\u{feff}name:", "link", "accepted"),
    ("a byte order mark in front", "json", "{\n", "\u{feff}{\n", "link", "accepted"),
    ("a byte order mark in front", "toml", "name", "\u{feff}name", "link", "accepted"),
    ("a byte order mark in front", "dotenv", "NAME", "\u{feff}NAME", "link", "accepted"),
    ("a byte order mark in front", "ini", "name", "\u{feff}name", "link", "accepted"),
    ("a key in quotes that was plain", "yaml", "name:", "\"name\":", "link", "accepted"),
    ("a merge key in quotes", "yaml", "left: ab", "\"<<\": ab", "link", "accepted"),
    ("a merge key added", "yaml", "left: ab", "<<: {secret: one}", "link", "accepted"),
    // The metadata.
    ("the policy weakened", "yaml", "inner.s\"", "inner.x\"", "head", "head"),
    ("the policy weakened", "json", "inner.s\"", "inner.x\"", "head", "head"),
    ("the policy weakened", "toml", "inner.s\"", "inner.x\"", "head", "head"),
    ("the policy weakened", "dotenv", "SECRET,S\n", "SECRET,T\n", "head", "head"),
    ("the policy weakened", "ini", "inner.s\n", "inner.x\n", "head", "head"),
    ("the policy not canonical", "yaml", "\"encrypt secret", "\"encrypt  secret", "metadata", "metadata"),
    ("the scope changed", "yaml", "\"prod\"", "\"test\"", "head", "head"),
    ("the scope changed", "json", "\"prod\"", "\"test\"", "head", "head"),
    ("the scope changed", "toml", "\"prod\"", "\"test\"", "head", "head"),
    ("the scope changed", "dotenv", "scope=prod", "scope=test", "head", "head"),
    ("the scope changed", "ini", "scope = prod", "scope = test", "head", "head"),
    ("the scope dropped", "yaml", "  scope: \"prod\"\n", "", "head", "head"),
    ("the version changed", "yaml", "  v: 1", "  v: 2", "version", "version"),
    ("the version changed", "json", "\"v\": \"1\"", "\"v\": \"2\"", "version", "version"),
    ("the version changed", "toml", "v = \"1\"", "v = \"2\"", "version", "version"),
    ("the version changed", "dotenv", "v=1", "v=2", "version", "version"),
    ("the version changed", "ini", ";dekko v = 1", ";dekko v = 2", "version", "version"),
    ("the date changed", "yaml", "2026-01-02", "2027-01-02", "head", "head"),
    ("the date changed", "json", "2026-01-02", "2027-01-02", "head", "head"),
    ("the date changed", "toml", "2026-01-02", "2027-01-02", "head", "head"),
    ("the date changed", "dotenv", "2026-01-02", "2027-01-02", "head", "head"),
    ("the date changed", "ini", "2026-01-02", "2027-01-02", "head", "head"),
    ("a date that is none", "yaml", "2026-01-02", "2026-02-30", "metadata", "metadata"),
    ("a recipient replaced", "yaml", "x-test:alice", "x-test:aline", "head", "head"),
    ("a recipient replaced", "json", "x-test:alice", "x-test:aline", "head", "head"),
    ("a recipient replaced", "toml", "x-test:alice", "x-test:aline", "head", "head"),
    ("a recipient replaced", "dotenv", "x-test:alice", "x-test:aline", "head", "head"),
    ("a recipient replaced", "ini", "x-test:alice", "x-test:aline", "head", "head"),
    ("an unknown field", "yaml", "  v: 1\n", "  v: 1\n  x: 1\n", "metadata", "metadata"),
    ("an unknown field", "json", "\"v\": \"1\",", "\"v\": \"1\", \"x\": \"1\",", "metadata", "metadata"),
    ("an unknown field", "toml", "v = \"1\"\n", "v = \"1\"\nx = \"1\"\n", "metadata", "metadata"),
    ("an unknown field", "dotenv", "#dekko v=1\n", "#dekko v=1\n#dekko x=1\n", "metadata", "metadata"),
    ("an unknown field", "ini", ";dekko v = 1\n", ";dekko v = 1\n;dekko x = 1\n", "metadata", "metadata"),
    ("a comment in the block", "yaml", "  v: 1\n", "  v: 1 # c\n", "metadata", "metadata"),
    ("a comment in the block", "toml", "v = \"1\"\n", "v = \"1\" # c\n", "metadata", "metadata"),
    ("a comment in the block", "dotenv", "#dekko v=1\n", "#dekko v=1\n# c\n", "metadata", "metadata"),
    ("a comment in the block", "ini", ";dekko v = 1\n", ";dekko v = 1\n; c\n", "metadata", "metadata"),
    ("a tag in the block", "yaml", "  v: 1\n", "  v: !!int 1\n", "metadata", "metadata"),
    ("an anchor in the block", "yaml", "  v: 1\n", "  v: &a 1\n", "metadata", "metadata"),
    ("a second key dekko", "yaml", "dekko:\n", "dekko: {}\ndekko:\n", "syntax", "syntax"),
];

#[test]
fn every_attack_on_a_text_is_refused_with_its_class() {
    let mut wrong = Vec::new();
    for (name, format, from, to, all, encrypted) in ROWS {
        for (cover, expected) in [(Cover::All, all), (Cover::Encrypted, encrypted)] {
            let text = target(format, cover);
            let found = decrypted(format, replaced(&text, from, to).as_bytes());
            if verdict(&found) != *expected {
                let said = found
                    .map_or_else(|e| e.to_string(), |plain| String::from_utf8_lossy(&plain).into_owned());
                wrong.push(format!("{format}: {name} ({cover:?}): {said:?} instead of {expected}"));
            }
        }
    }
    println!("{} attacks by replacing text", 2 * ROWS.len());
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// The five formats with texts to attack, under both covers.
fn targets() -> impl Iterator<Item = (&'static str, Cover, String)> {
    ["yaml", "json", "toml", "dotenv", "ini"]
        .into_iter()
        .flat_map(|format| [Cover::All, Cover::Encrypted].map(|cover| (format, cover, target(format, cover))))
}

/// The line of the metadata field `name`, with its line break.
fn field_line<'t>(text: &'t str, name: &str) -> &'t str {
    let block = text.rfind("dekko end").or_else(|| text.rfind("dekko")).expect("a block");
    let start = text[..block].rfind('\n').map_or(0, |at| at + 1);
    let is_field = |line: &&str| {
        let line = line.trim_start().trim_start_matches("#dekko ").trim_start_matches(";dekko ");
        let line = line.trim_start_matches('"');
        line.strip_prefix(name).is_some_and(|rest| rest.starts_with([':', '=', ' ', '"']))
    };
    text[start..].split_inclusive('\n').find(is_field).unwrap_or_else(|| panic!("no '{name}' in\n{text}"))
}

#[test]
fn metadata_fields_cannot_be_dropped_doubled_reordered_or_taken_from_elsewhere() {
    let mut tried = 0;
    for (format, cover, text) in targets() {
        let other = sealed_with(format, plain(format).as_bytes(), &how(format, cover), 77).expect("seals");
        let other = String::from_utf8(other).expect("text");
        for name in ["end", "v", "id", "dek", "epoch", "cover", "policy", "scope", "rotated", "head"] {
            let line = field_line(&text, name);
            for (what, changed, expected) in [
                ("dropped", text.replace(line, ""), ["metadata", "head", "syntax"].as_slice()),
                ("doubled", text.replace(line, &format!("{line}{line}")), &["metadata", "syntax"]),
                (
                    "of another file",
                    text.replace(line, field_line(&other, name)),
                    &["dek", "head", "link", "end", "foreign"],
                ),
            ] {
                tried += 1;
                let found = verdict(&decrypted(format, changed.as_bytes()));
                let is_same = changed == text;
                assert!(is_same || expected.contains(&found), "{format} {cover:?}: {name} {what}: {found}");
            }
        }
        for (a, b) in
            [("end", "id"), ("id", "dek"), ("epoch", "cover"), ("policy", "scope"), ("rotated", "head")]
        {
            let (one, two) = (field_line(&text, a).to_owned(), field_line(&text, b).to_owned());
            let swapped = text.replace(&one, "\0").replace(&two, &one).replace('\0', &two);
            tried += 1;
            let found = verdict(&decrypted(format, swapped.as_bytes()));
            assert_eq!(found, "metadata", "{format}: {a} and {b}");
        }
        let covers = match cover {
            Cover::All => ("all", "encrypted"),
            Cover::Encrypted => ("encrypted", "all"),
        };
        let line = field_line(&text, "cover");
        let changed = text.replace(line, &line.replace(covers.0, covers.1));
        assert_eq!(verdict(&decrypted(format, changed.as_bytes())), "head", "{format}: cover");
        tried += 1;
    }
    println!("{tried} attacks on metadata");
}

#[test]
fn a_replaced_key_or_file_shows() {
    for (format, cover, text) in targets() {
        // Sealed anew for the same public recipients, by someone who makes a data key of his own.
        let mut wrap = |_: &_, _: &DataKey| Ok(vec![recipient("alice"), recipient("bob")]);
        let forged = dekko::file::seal(
            crate::sealed::file_type(format),
            plain(format).into(),
            &how(format, cover),
            DataKey::new([66; 32]),
            &mut wrap,
            &mut Counted(3),
        );
        let forged = String::from_utf8(forged.expect("seals").bytes).expect("text");
        assert_eq!(verdict(&decrypted(format, forged.as_bytes())), "dek", "{format}");
        let token = &tokens(text.as_bytes())[0];
        let spliced = text.replace(token, &tokens(forged.as_bytes())[0]);
        assert_eq!(verdict(&decrypted(format, spliced.as_bytes())), "foreign", "{format}");
    }
}

#[test]
fn an_older_value_or_head_does_not_fit_a_newer_file() {
    for (format, cover, text) in targets() {
        let file = open(format, text.as_bytes()).expect("opens");
        // The same value in other surroundings: what stands in front of it has changed.
        if cover == Cover::All {
            let edited = plain(format).replacen("cd", "dc", 1).replacen("one", "eleven", 1);
            let edited = file.edit(edited.into_bytes(), &mut Counted(4)).expect("edits");
            let edited = String::from_utf8(edited).expect("text");
            let (old, new) = (&tokens(text.as_bytes())[0], &tokens(edited.as_bytes())[0]);
            assert_eq!(verdict(&decrypted(format, edited.replace(new, old).as_bytes())), "link", "{format}");
        }
        // Another order, another epoch: no token of before fits.
        let moved = format != "json" && format != "toml";
        if moved {
            let entries = plain(format);
            let (first, rest) = entries.split_once('\n').expect("lines");
            let (second, rest) = rest.split_once('\n').expect("lines");
            let reordered = format!("{second}\n{first}\n{rest}");
            let edited = file.edit(reordered.into_bytes(), &mut Counted(4)).expect("edits");
            let edited = String::from_utf8(edited).expect("text");
            let (old, new) = (&tokens(text.as_bytes())[0], &tokens(edited.as_bytes())[0]);
            let expected = if cover == Cover::All { "link" } else { "accepted" };
            assert_eq!(
                verdict(&decrypted(format, edited.replace(new, old).as_bytes())),
                expected,
                "{format}"
            );
        }
        // An older head names the recipients of before, and the file those of now.
        let fewer = String::from_utf8(file.rewrap(vec![recipient("alice")]).expect("rewraps")).expect("text");
        let old_head = fewer.replace(field_line(&fewer, "head"), field_line(&text, "head"));
        assert_eq!(verdict(&decrypted(format, old_head.as_bytes())), "head", "{format}");
        // After a rotation nothing of before is taken.
        let rotation = Rotation { key: DataKey::new([8; 32]), rotated: "2026-02-03T04:05:06Z".to_owned() };
        let mut wrap = |_: &_, _: &DataKey| Ok(vec![recipient("alice")]);
        let rotated = file.rotate(rotation, &mut wrap, &mut Counted(6)).expect("rotates");
        let rotated = String::from_utf8(rotated).expect("text");
        let (old, new) = (&tokens(text.as_bytes())[0], &tokens(rotated.as_bytes())[0]);
        assert_eq!(verdict(&decrypted(format, rotated.replace(new, old).as_bytes())), "foreign", "{format}");
    }
}

#[test]
fn equal_items_of_a_list_cannot_be_swapped_split_or_joined() {
    for (format, cover, text) in targets() {
        let found = tokens(text.as_bytes());
        if found.len() < 5 {
            continue;
        }
        let (one, two) = (&found[1], &found[2]);
        assert_ne!(one, two, "equal values look different");
        let swapped = text.replace(one, "\0").replace(two, one).replace('\0', two);
        assert_eq!(verdict(&decrypted(format, swapped.as_bytes())), "link", "{format} {cover:?}");
        let lost = text.lines().filter(|line| !line.contains(one.as_str())).map(|line| format!("{line}\n"));
        assert_eq!(
            verdict(&decrypted(format, lost.collect::<String>().as_bytes())),
            "link",
            "{format} {cover:?}"
        );
        let doubled = text.replace(two, one);
        assert_eq!(verdict(&decrypted(format, doubled.as_bytes())), "token", "{format} {cover:?}");
    }
}
