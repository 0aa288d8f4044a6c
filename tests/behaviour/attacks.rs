//! What someone without the key can do to a file, attack by attack: each is refused, and with the class that says why.

use dekko::crypto::DataKey;
use dekko::document::Cover;
use dekko::file::{Recipe, Rotation};

use crate::attack_table::ROWS;
use crate::sealed::{
    Counted, decrypted, open, recipe, recipient, report, sealed, sealed_with, tokens, verdict,
};

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
    report(&format!("{} attacks by replacing text", 2 * ROWS.len()));
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
    report(&format!("{tried} attacks on metadata"));
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

/// Paths do not number items: what keeps two of them apart is authenticated under both covers.
#[test]
fn items_that_hold_secrets_cannot_be_joined_or_split() {
    for (format, text, joined, split) in [
        (
            "yaml",
            "list:\n  - s: one\n  - t: two\n    u: three\nend: 1\n",
            ["\n  - t:", "\n    t:"],
            ["\n    u:", "\n  - u:"],
        ),
        (
            "json",
            "{\"list\": [\n{\"s\": \"one\"},\n{\"t\": \"two\",\n\"u\": \"three\"}]}\n",
            ["},\n{\"t\"", ",\n\"t\""],
            [",\n\"u\"", "},\n{\"u\""],
        ),
        (
            "toml",
            "[[list]]\ns = \"one\"\n[[list]]\nt = \"two\"\nu = \"three\"\n",
            ["[[list]]\nt", "t"],
            ["\nu = ", "\n[[list]]\nu = "],
        ),
    ] {
        for cover in [Cover::All, Cover::Encrypted] {
            let bytes =
                sealed(format, text.as_bytes(), &recipe("encrypt **.s,**.t,**.u", cover)).expect("seals");
            let sealed = String::from_utf8(bytes).expect("text");
            for [from, to] in [joined, split] {
                let found = decrypted(format, replaced(&sealed, from, to).as_bytes());
                assert_eq!(verdict(&found), "link", "{format} {cover:?}: {from:?} by {to:?}");
            }
        }
    }
}
