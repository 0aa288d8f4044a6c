//! No error says anything of a value: every way to fail is tried on texts whose values all hold a marker.

use std::sync::Arc;

use dekko::config::Config;
use dekko::crypto::DataKey;
use dekko::document::{Cover, KeyPath};
use dekko::environment::Environment;
use dekko::error::Error;
use dekko::file::EncryptedFile;
use dekko::format::{self, FORMATS};
use dekko::policy::Policy;
use dekko::provider::{self, NoPrompt, Session};

use crate::sealed::{Counted, decrypted, file_type, open, recipe, report, sealed, tokens};
use crate::texts;

/// What stands in every value here, and nowhere else.
const MARKER: &str = "Zx9Marker";

/// The errors that were seen, and those that said too much.
#[derive(Default)]
struct Said {
    errors: usize,
    wrong: Vec<String>,
}

impl Said {
    fn hear<T>(&mut self, shown: &str, result: Result<T, Error>) {
        if let Err(error) = result {
            self.errors += 1;
            let said = format!("{error}\n{error:?}\n{error:#?}");
            if said.to_lowercase().contains(&MARKER.to_lowercase()) {
                self.wrong.push(format!("{shown}: {error}"));
            }
        }
    }

    fn done(self, what: &str, least: usize) {
        report(&format!("{what}: {} errors, {} with a part of a value", self.errors, self.wrong.len()));
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        assert!(self.errors >= least, "only {}", self.errors);
    }
}

fn plain(format: &str) -> String {
    let text = match format {
        "yaml" => {
            "a: M1\nb: 'M2'\nc: \"M3\"\nd: |\n  M4\n  M4b\ne: [M5, {f: M6}]\n# M7\ng: &x !t M8\nh: >-\n  M9\n"
        }
        "json" | "jsonc" => {
            "{\n  \"a\": \"M1\",\n  \"b\": [\"M2\", {\"c\": \"M3\"}],\n  \"d\": \"M4\\n\"\n}\n"
        }
        "toml" => {
            "a = \"M1\"\nb = 'M2'\nc = '''\nM3\n'''\n[d]\ne = [\"M4\", {f = \"M5\"}]\n# M6\ng = \"\"\"M7\"\"\"\n"
        }
        "dotenv" => "A=M1\nB='M2'\nC=\"M3\n M3b\"\n# M4\nexport D=M5 # M6\nE=`M7`\n",
        _ => "a = M1\n[s]\nb = M2\n  M3\n; M4\nc: M5\n",
    };
    text.replace('M', MARKER)
}

#[test]
fn no_syntax_error_repeats_the_text_it_is_in() {
    let mut said = Said::default();
    for format in FORMATS {
        let text = plain(format.name());
        let mut hear = |changed: &str| {
            let shown = format!("{}: {changed:?}", format.name());
            said.hear(&shown, format::parse(*format, changed.as_bytes().to_vec()));
        };
        hear(&text);
        for at in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
            hear(&text[..at]);
            for extra in [
                "\"", "'", "[", "{", "}", ":", "\n", "\t", "\\", "`", "=", "#", "&", "*", "%", "@", "\0",
                "\r", "\u{85}", "---", "dekko: ",
            ] {
                hear(&format!("{}{extra}{}", &text[..at], &text[at..]));
            }
        }
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        for from in 0..lines.len() {
            for to in 0..lines.len() {
                let mut moved = lines.clone();
                moved.insert(to, lines[from]);
                hear(&moved.concat());
            }
        }
    }
    said.done("syntax", 5_000);
}

#[test]
fn no_error_about_an_invalid_text_of_the_suites_repeats_a_line_of_it() {
    let (mut tried, mut wrong) = (0, Vec::new());
    for format in FORMATS {
        for text in texts::of(format.name()) {
            // A marker in place of every word of five letters or more that is no keyword.
            let Ok(source) = String::from_utf8(text.bytes) else { continue };
            let marked: String = source
                .split_inclusive(|c: char| !c.is_ascii_lowercase())
                .map(|word| {
                    if word.len() > 5 && !word.starts_with("false") {
                        word.replacen(|c: char| c.is_ascii_lowercase(), MARKER, 1)
                    } else {
                        word.to_owned()
                    }
                })
                .collect();
            if let Err(error) = format::parse(*format, marked.clone().into_bytes()) {
                tried += 1;
                // Names of keys may be said: they are not secret.
                let what = error.to_string();
                let is_key = what.contains("duplicate")
                    || what.contains("twice")
                    || what.contains("repeated")
                    || what.contains('\'');
                if what.contains(MARKER) && !is_key {
                    wrong.push(format!("{} {}: {what}", format.name(), text.name));
                }
            }
        }
    }
    report(&format!("{tried} invalid texts"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(tried > 800, "{tried}");
}

#[test]
fn no_error_about_an_encrypted_file_says_anything_of_its_values() {
    let mut said = Said::default();
    for format in FORMATS.iter().map(|format| format.name()) {
        let is_commented = !format.starts_with("json");
        let policies = ["encrypt **", "encrypt a,b,A,B", "encrypt **; comments"];
        for policy in policies.iter().take(if is_commented { 3 } else { 2 }) {
            let recipe = recipe(policy, Cover::All);
            let bytes = sealed(format, plain(format).as_bytes(), &recipe).expect("seals");
            let text = String::from_utf8(bytes.clone()).expect("text");
            let found = tokens(&bytes);
            for (at, token) in found.iter().enumerate() {
                for other in &found[at + 1..] {
                    let swapped = text.replace(token, "\0").replace(other, token).replace('\0', other);
                    said.hear(format, decrypted(format, swapped.as_bytes()));
                }
                for changed in
                    ["", "x", &token[..token.len() - 1], &format!("{token}x"), "- x\n  : y", "\"", "|\n  x"]
                {
                    said.hear(format, decrypted(format, text.replace(token.as_str(), changed).as_bytes()));
                }
            }
            let lines: Vec<&str> = text.split_inclusive('\n').collect();
            for at in 0..lines.len() {
                let mut fewer = lines.clone();
                fewer.remove(at);
                said.hear(format, decrypted(format, fewer.concat().as_bytes()));
                for extra in ["# x\n", "    # x\n", "  x\n", "x: 1\n", "X=1\n", "[x]\n", "---\n"] {
                    let mut more = lines.clone();
                    more.insert(at, extra);
                    said.hear(format, decrypted(format, more.concat().as_bytes()));
                }
            }
            let read = || EncryptedFile::read(file_type(format), bytes.clone()).expect("reads");
            said.hear(format, read().open(DataKey::new([1; 32])).map(drop));
            let file = open(format, &bytes).expect("opens");
            // Edits that cannot be: broken syntax, a value that looks like a token, a block of its own.
            for at in (0..plain(format).len()).step_by(3) {
                let broken = format!("{}\"{{[\n\t{}", &plain(format)[..at], &plain(format)[at..]);
                said.hear(format, file.edit(broken.into_bytes(), &mut Counted(3)));
            }
            said.hear(format, file.edit(text.clone().into_bytes(), &mut Counted(3)));
            said.hear(format, sealed(format, text.as_bytes(), &recipe));
            let session = Session::new(Environment::default(), &[], Arc::new(NoPrompt));
            said.hear(format, read().unwrap(&session));
        }
        let look_alike = plain(format).replace(MARKER, &format!("enc1.{MARKER}"));
        said.hear(format, sealed(format, look_alike.as_bytes(), &recipe("encrypt zzz", Cover::All)));
        if format == "yaml" {
            said.hear(
                format,
                sealed(format, plain(format).as_bytes(), &recipe("encrypt **", Cover::Encrypted)),
            );
        }
    }
    said.done("encrypted files", 1_500);
}

#[test]
fn no_error_about_an_identity_repeats_it() {
    let mut said = Said::default();
    let key =
        format!("AGE-SECRET-KEY-1{}QQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQQ", MARKER.to_uppercase());
    let bytes = sealed("yaml", b"a: 1\n", &recipe("encrypt **", Cover::All)).expect("seals");
    // A wrap of the one provider that looks at identities.
    let alice = provider::generate();
    let rid = provider::recipient(&alice.recipient).expect("a recipient");
    let nobody = Session::new(Environment::default(), &[], Arc::new(NoPrompt));
    let file = EncryptedFile::read(file_type("yaml"), bytes).expect("reads");
    let wrap =
        provider::wrap(&rid, &file.envelope().file_id, &DataKey::new([7; 32]), &nobody).expect("wraps");
    let line = dekko::envelope::WrappedKey::new(rid, wrap).expect("a recipient");
    let bytes = file.open(DataKey::new([7; 32])).and_then(|file| file.rewrap(vec![line])).expect("rewraps");
    let folder = tempfile::tempdir().expect("a folder");
    let armored = format!("-----BEGIN AGE ENCRYPTED FILE-----\n{MARKER}\n-----END AGE ENCRYPTED FILE-----\n");
    let ssh = format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{MARKER}\n-----END OPENSSH PRIVATE KEY-----\n");
    for (number, text) in [
        key.clone(),
        key.to_lowercase(),
        key[..40].to_owned(),
        format!("# c\n\n{MARKER}\n"),
        format!("age1{MARKER}"),
        format!("AGE-PLUGIN-{MARKER}-1QQQQ"),
        format!("AGE-SECRET-KEY-PQ-1{MARKER}"),
        format!("age-encryption.org/v1\n-> scrypt {MARKER} 18\n{MARKER}\n--- {MARKER}\n"),
        armored,
        ssh,
        format!("\u{feff}{MARKER}\u{0}"),
    ]
    .iter()
    .enumerate()
    {
        let path = folder.path().join(number.to_string());
        std::fs::write(&path, text).expect("writes");
        let variables = |name: &str, value: &str| Environment::new([(name.into(), value.into())]);
        let path_text = path.to_string_lossy().into_owned();
        for (environment, files) in [
            (Environment::default(), vec![path.clone()]),
            (variables("DEKKO_AGE_KEY", text), vec![]),
            (variables("DEKKO_AGE_KEY_FILE", &path_text), vec![]),
            (variables("SOPS_AGE_KEY", text), vec![]),
            (variables("SOPS_AGE_KEY_FILE", &path_text), vec![]),
        ] {
            let session = Session::new(environment, &files, Arc::new(NoPrompt));
            let read = EncryptedFile::read(file_type("yaml"), bytes.clone()).expect("reads");
            said.hear(&format!("identity {number}"), read.unwrap(&session));
        }
    }
    // An identity given for a recipient.
    for text in [key.clone(), format!("age:{key}"), key.to_lowercase(), format!("AGE-PLUGIN-{MARKER}-1Q")] {
        said.hear("recipient", provider::recipient(&text));
        let config = format!("version = 1\n[recipients]\nalice = \"{text}\"\n");
        said.hear("configuration", Config::parse(&config, folder.path()));
    }
    said.done("identities", 55);
}

/// Patterns and paths are the user's own words and may be said again; what they stand for may not.
#[test]
fn no_error_about_a_path_says_what_stands_there() {
    let mut said = Said::default();
    for format in FORMATS {
        let text = plain(format.name());
        let Ok(document) = format::parse(*format, text.into_bytes()) else { continue };
        for leaf in document.leaves() {
            for value in [
                dekko::document::Value::Null,
                dekko::document::Value::List(vec![]),
                dekko::document::Value::String(format!("{MARKER}\0\r")),
                dekko::document::Value::Map(vec![(
                    String::new(),
                    dekko::document::Value::String(MARKER.to_owned()),
                )]),
            ] {
                said.hear(format.name(), format.scalar(&document, leaf, &value));
                said.hear(format.name(), format.insert(&document, leaf.node, Some("x y"), &value));
                said.hear(format.name(), format.insert(&document, leaf.node, None, &value));
                said.hear(format.name(), format.write(&value));
            }
        }
    }
    said.hear("path", KeyPath::parse("a..b").map(drop));
    said.hear("policy", Policy::new(&["a..b".to_owned()], &[], false).map(drop));
    said.done("values that cannot be said", 100);
}
