//! Every text of every suite comes back from encryption to the byte, or is refused by name and place.

use std::collections::BTreeMap;

use dekko::document::Cover;
use dekko::error::{Class, Error};
use dekko::file::Recipe;
use dekko::format::{self, FORMATS, Format};

use crate::sealed::{decrypted, open, recipe, report, sealed, tokens};
use crate::texts::{self, LAYOUTS, Verdict, laid_out};

fn recipes() -> Vec<Recipe> {
    [
        ("encrypt **", Cover::All),
        ("encrypt **; comments", Cover::All),
        ("encrypt **", Cover::Encrypted),
        ("encrypt **; plain *a,**.a*,**[*]", Cover::All),
        ("encrypt **[*],**.a,b,key*; plain *z; comments", Cover::Encrypted),
    ]
    .map(|(policy, cover)| recipe(policy, cover))
    .to_vec()
}

/// What became of the texts of one format.
#[derive(Default)]
struct Count {
    texts: usize,
    round_trips: usize,
    tokens: usize,
    /// Names of refused texts, by what they are refused for.
    refused: BTreeMap<String, Vec<String>>,
    wrong: Vec<String>,
}

impl Count {
    /// Seals `text` and opens it again, unless the format and the recipe do not go together.
    fn round_trip(&mut self, format: &dyn Format, shown: &str, text: &[u8], recipe: &Recipe) {
        if recipe.policy.has_comments() && !format.has_secret_comments() {
            return;
        }
        let shown = format!("{} {shown} under '{}'", format.name(), recipe.policy.text());
        let bytes = match sealed(format.name(), text, recipe) {
            Ok(bytes) => bytes,
            Err(error) if is_named(&error, recipe) => return,
            Err(error) => return self.wrong.push(format!("{shown}: {error}")),
        };
        match decrypted(format.name(), &bytes) {
            Ok(found) if found == text => self.round_trips += 1,
            Ok(_) => self.wrong.push(format!("{shown}: other bytes")),
            Err(error) => self.wrong.push(format!("{shown}: {error}")),
        }
        self.tokens += tokens(&bytes).len();
    }

    fn refuse(&mut self, name: &str, error: &Error) {
        let Error::Refused { class, at, what } = error else {
            return self.wrong.push(format!("{name}: {error}"));
        };
        if at.is_none() || class.is_altered() {
            self.wrong.push(format!("{name}: no place, or another class: {error}"));
        }
        let what = what.split('\'').step_by(2).collect::<Vec<_>>().join("'…'");
        self.refused.entry(format!("{}: {what}", class.name())).or_default().push(name.to_owned());
    }
}

/// What a recipe does not go together with: anchors under `cover: encrypted`, plain values that look like tokens.
fn is_named(error: &Error, recipe: &Recipe) -> bool {
    match error.class() {
        Some(Class::Syntax) => recipe.cover == Cover::Encrypted && error.to_string().contains("anchors"),
        Some(Class::Token) => error.to_string().contains("looks like an encrypted value"),
        _ => false,
    }
}

fn tried(format: &dyn Format) -> Count {
    let recipes = recipes();
    let mut count = Count::default();
    for (number, text) in texts::of(format.name()).into_iter().enumerate() {
        count.texts += 1;
        match (format::parse(format, text.bytes.clone()), text.verdict) {
            (Ok(document), _) if document.block.is_some() => {
                count.wrong.push(format!("{}: a block", text.name))
            }
            // `]` at the column of its key: Python, Ruby and JavaScript read that one, too.
            (Ok(_), Verdict::Invalid) if text.name != "9C9N" => {
                count.wrong.push(format!("{} is read", text.name))
            }
            (Err(error), _) => {
                count.refuse(&text.name, &error);
                continue;
            }
            (Ok(_), _) => {}
        }
        for recipe in &recipes {
            count.round_trip(format, &text.name, &text.bytes, recipe);
        }
        for (at, &layout) in LAYOUTS.iter().enumerate() {
            let Some(bytes) = laid_out(&text.bytes, layout) else { continue };
            let shown = format!("{} as {layout:?}", text.name);
            for recipe in [&recipes[(number + at) % recipes.len()], &recipes[0]] {
                count.round_trip(format, &shown, &bytes, recipe);
            }
        }
    }
    count
}

/// How many texts, round trips and tokens there must be, so that nothing passes by being skipped.
fn least(format: &str) -> [usize; 3] {
    match format {
        "yaml" => [460, 4_200, 10_000],
        "json" => [330, 600, 600],
        "jsonc" => [110, 480, 550],
        "toml" => [700, 2_800, 10_000],
        "dotenv" => [66, 600, 600],
        "ini" => [37, 390, 350],
        other => panic!("no texts for '{other}'"),
    }
}

/// Valid texts that are refused all the same: by name, and none other.
fn refused_although_valid(format: &str) -> &'static [&'static str] {
    match format {
        "yaml" => &["duplicate key"],
        "json" | "jsonc" => &["duplicate key", "a single value"],
        _ => &[],
    }
}

#[test]
fn every_text_of_every_format_comes_back_to_the_byte() {
    let mut wrong = Vec::new();
    let counts: Vec<(&str, Count)> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            FORMATS.iter().map(|format| (format.name(), scope.spawn(|| tried(*format)))).collect();
        threads.into_iter().map(|(name, thread)| (name, thread.join().expect("no panic"))).collect()
    });
    for (name, count) in counts {
        let refused: usize = count.refused.values().map(Vec::len).sum();
        report(&format!(
            "{name}: {} texts, {refused} of them refused, {} round trips with {} tokens",
            count.texts, count.round_trips, count.tokens
        ));
        let found = [count.texts, count.round_trips, count.tokens];
        if found.iter().zip(least(name)).any(|(&found, least)| found < least) {
            wrong.push(format!("{name}: only {found:?}"));
        }
        let texts = texts::of(name);
        let valid = |name: &str| texts.iter().any(|t| t.name == name && t.verdict == Verdict::Valid);
        for (what, names) in &count.refused {
            let is_known = refused_although_valid(name).iter().any(|known| what.contains(known));
            let unknown: Vec<_> = names.iter().filter(|name| !is_known && valid(name)).collect();
            if !unknown.is_empty() {
                wrong.push(format!("{name}: valid, and refused: {what}: {unknown:?}"));
            }
        }
        wrong.extend(count.wrong);
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn any_bytes_come_back_from_a_binary_file() {
    let recipe = recipe("encrypt **", Cover::All);
    let mut texts: Vec<Vec<u8>> = [0, 1, 31, 65_535, 65_536, 65_537, 200_000]
        .map(|length: usize| (0..length).map(|at| (at * 7 % 251) as u8).collect())
        .to_vec();
    texts.extend(FORMATS.iter().flat_map(|format| texts::of(format.name())).map(|text| text.bytes));
    for text in &texts {
        let bytes = sealed("binary", text, &recipe).expect("any bytes");
        assert_eq!(&decrypted("binary", &bytes).expect("opens"), text);
    }
    report(&format!("binary: {} contents", texts.len()));
    assert!(texts.len() > 1500);
}

/// The refused files of our own collection, format by format.
#[test]
fn the_files_that_are_refused_are_these() {
    let mut refused = Vec::new();
    for format in FORMATS {
        for text in texts::of(format.name()).iter().filter(|text| text.verdict == Verdict::Open) {
            if text.name.starts_with("i_") {
                continue;
            }
            if let Err(error) = format::parse(*format, text.bytes.clone()) {
                let class = error.class().expect("refused").name();
                refused.push(format!("{} {} {class}", format.name(), text.name));
            }
        }
    }
    let expected = include_str!("refused.txt");
    assert_eq!(refused.join("\n"), expected.trim_end());
}

/// `count` entries in each format, the value of each made by `value`.
fn many(format: &str, count: usize, value: impl Fn(usize) -> String) -> String {
    let entry = |at: usize| {
        let value = value(at);
        match format {
            "yaml" => format!("key{at}: \"{value}\"\n"),
            "json" | "jsonc" => format!("{}\n  \"key{at}\": \"{value}\"", if at == 0 { "" } else { "," }),
            "toml" => format!("key{at} = \"{value}\"\n"),
            "dotenv" => format!("KEY{at}='{value}'\n"),
            _ => format!("key{at} = {value}\n"),
        }
    };
    let entries: String = (0..count).map(entry).collect();
    match format {
        "json" | "jsonc" => format!("{{{entries}\n}}\n"),
        "ini" => format!("[section]\n{entries}"),
        _ => entries,
    }
}

/// Calls `check` with each format's name, all at the same time.
fn in_every_format(check: impl Fn(&'static str) + Sync) {
    std::thread::scope(|scope| {
        for format in FORMATS {
            scope.spawn(|| check(format.name()));
        }
    });
}

fn comes_back(format: &str, text: &str, recipe: &Recipe) -> Vec<u8> {
    let bytes = sealed(format, text.as_bytes(), recipe).unwrap_or_else(|error| panic!("{format}: {error}"));
    assert!(decrypted(format, &bytes).expect("opens") == text.as_bytes(), "{format}");
    bytes
}

#[test]
fn large_values_come_back() {
    let recipe = recipe("encrypt **", Cover::All);
    in_every_format(|format| {
        for length in [6 << 10, 5 << 20] {
            let text = many(format, 2, |at| "secret-ü-".repeat(length / 10 * (1 - at) + 1));
            assert_eq!(tokens(&comes_back(format, &text, &recipe)).len(), 2);
        }
    });
    let pem = format!("-----BEGIN KEY-----\n{}-----END KEY-----\n", "A0b1C2d3E4f5G6h7I8j9\n".repeat(270_000));
    let indented = pem.replace('\n', "\n    ");
    comes_back("yaml", &format!("key: |\n    {}\nnext: 1\n", indented.trim_end()), &recipe);
    comes_back("toml", &format!("key = '''\n{pem}'''\nnext = 1\n"), &recipe);
    comes_back("dotenv", &format!("KEY='{pem}'\nNEXT=1\n"), &recipe);
    comes_back("ini", &format!("[s]\nkey = {}\nnext = 1\n", indented.trim_end()), &recipe);
    comes_back("json", &format!("{{\"key\": {}}}", serde_json::Value::from(pem.as_str())), &recipe);
}

#[test]
fn fifty_thousand_values_are_sealed_and_opened() {
    let recipe = recipe("encrypt **", Cover::All);
    in_every_format(|format| {
        let text = many(format, 50_000, |at| format!("value {at}"));
        let bytes = sealed(format, text.as_bytes(), &recipe).unwrap_or_else(|e| panic!("{format}: {e}"));
        let file = open(format, &bytes).expect("opens");
        assert_eq!(file.file().secrets(), 50_000, "{format}");
    });
}

#[test]
fn nesting_is_read_to_the_limit_and_refused_behind_it() {
    let recipe = recipe("encrypt **", Cover::All);
    let flow = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
    let block = |depth: usize| {
        let lines = (0..depth).map(|at| format!("{}k:\n", " ".repeat(at)));
        lines.collect::<String>().trim_end().to_owned() + " 1\n"
    };
    // The root of TOML is one container that has no brackets.
    for (format, make, deepest) in [
        ("yaml", &flow as &dyn Fn(usize) -> String, 127),
        ("yaml", &block, 127),
        ("json", &flow, 127),
        ("jsonc", &flow, 127),
        ("toml", &|depth| format!("a = {}\n", flow(depth)), 79),
    ] {
        comes_back(format, &make(deepest), &recipe);
        let error = sealed(format, make(200).as_bytes(), &recipe).expect_err("too deep");
        assert_eq!(error.class(), Some(Class::Limit), "{format}: {error}");
    }
}

#[test]
fn keys_with_dots_colons_spaces_and_emoji_come_back() {
    for (format, text) in [
        (
            "yaml",
            "a.b: 1\n'c: d': 2\n\"e\\nf\": 3\n🦀 😀: 4\n? [x, y]\n: 5\n\"\": 6\nü: {a.b: 7, 'x y': 8}\n",
        ),
        (
            "json",
            "{\"a.b\": 1, \"c: d\": 2, \"e\\nf\": 3, \"🦀 😀\": 4, \"\": {\"\\u0000\": [5]}, \"[0]\": 6, \"*\": 7}",
        ),
        (
            "toml",
            "\"a.b\" = 1\n'c: d' = 2\n\"e\\nf\" = 3\n\"🦀 😀\" = 4\n\"\" = 5\n[\"x y\".'[0]']\n\"*\" = 6\n",
        ),
        ("dotenv", "a.b=1\n_=2\nA-B.c=3\n"),
        ("ini", "a.b = 1\nc d = 2\n🦀 😀 = 3\n[x:y.z]\n* = 4\n[[0]\nk = 5\n[ä \"ö\"]\nk: 6\n"),
    ] {
        for policy in ["encrypt **", "encrypt \"a.b\",\"x y\".**,\"\",\"\\ud83e\\udd80 \\ud83d\\ude00\""] {
            let bytes = comes_back(format, text, &recipe(policy, Cover::All));
            assert!(!tokens(&bytes).is_empty(), "{format} {policy}");
            comes_back(format, text, &recipe(policy, Cover::Encrypted));
        }
    }
}
