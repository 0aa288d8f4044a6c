//! Random edits of odd texts: nothing panics, and what is accepted keeps the law or is seen not to.

use std::fs;
use std::path::Path;

use dekko::document::{Document, Value};
use dekko::format::{self, Format, yaml::Yaml};

use super::law;

/// Indicators and texts that change what stands around them.
const PIECES: &[&str] = &[
    " ",
    "\n",
    "\t",
    "- ",
    ": ",
    "? ",
    "#",
    " # c\n",
    "|",
    "|+\n",
    ">-\n",
    "|2\n",
    "  ",
    "[",
    "]",
    "{",
    "}",
    ",",
    "&a ",
    "*a",
    "!!str ",
    "!t ",
    "'",
    "\"",
    "---\n",
    "...\n",
    "%YAML 1.2\n",
    "\u{feff}",
    "\r\n",
    "a: b\n",
    "- x\n",
    "dekko:\n  v: 1\n",
    "\u{85}",
    "\u{2028}",
    "~",
    "<<: ",
    "\\",
    "@",
    "é",
];

/// xorshift64*, seeded: the same mutants on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(number).expect("31 bits") % limit.max(1)
    }
}

fn seeds() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut texts: Vec<String> = Vec::new();
    let mut paths: Vec<_> =
        fs::read_dir(root.join("parser-cases/yaml")).expect("cases").flatten().map(|e| e.path()).collect();
    paths.sort();
    texts.extend(
        paths.iter().filter_map(|path| fs::read_to_string(path).ok()).filter(|text| text.len() < 2000),
    );
    let suite = fs::read(root.join("yaml-test-suite/cases.json")).expect("the suite");
    let suite: serde_json::Value = serde_json::from_slice(&suite).expect("JSON");
    texts.extend(
        suite.as_array().expect("a list").iter().filter_map(|case| case["yaml"].as_str().map(str::to_owned)),
    );
    texts
}

fn mutant(seeds: &[String], dice: &mut Dice) -> String {
    let mut text: Vec<char> = seeds[dice.below(seeds.len())].chars().collect();
    for _ in 0..=dice.below(5) {
        let at = dice.below(text.len() + 1);
        let end = (at + dice.below(8)).min(text.len());
        let piece: Vec<char> = match dice.below(4) {
            0 => Vec::new(),
            1 | 2 => PIECES[dice.below(PIECES.len())].chars().collect(),
            _ => {
                let other: Vec<char> = seeds[dice.below(seeds.len())].chars().collect();
                let from = dice.below(other.len() + 1);
                other[from..(from + dice.below(30)).min(other.len())].to_vec()
            }
        };
        let cut = if dice.below(2) == 0 { at } else { end };
        text.splice(at..cut, piece);
    }
    text.into_iter().collect()
}

fn rounds() -> usize {
    std::env::var("DEKKO_MUTANTS").ok().and_then(|n| n.parse().ok()).unwrap_or(6000)
}

#[test]
fn mutants_never_panic_and_hardly_ever_break_the_law() {
    let seeds = seeds();
    let mut dice = Dice(0x0D1C_E5EE_D123_4567);
    let (mut accepted, mut broken) = (0, Vec::new());
    for _ in 0..rounds() {
        let text = mutant(&seeds, &mut dice);
        let Ok(document) = format::parse(&Yaml, text.clone().into_bytes()) else { continue };
        accepted += 1;
        broken.extend(law::broken(&document).map(|why| format!("{text:?}\n{why}")));
    }
    assert!(accepted * 4 > rounds(), "only {accepted} mutants are YAML");
    // What breaks it is seen by whoever seals: sealing parses again and compares.
    let shown = broken.join("\n\n");
    assert!(broken.len() * 1000 <= accepted, "{} of {accepted} break the law:\n{shown}", broken.len());
}

#[test]
fn edits_of_mutants_never_panic_and_give_valid_texts() {
    let seeds = seeds();
    let mut dice = Dice(0x00DD_5EED_0000_0001);
    let values = [
        Value::String("x".to_owned()),
        Value::String("l\n m\n\n".to_owned()),
        Value::List(vec![Value::Map(vec![("k".to_owned(), Value::Null)])]),
        Value::Map(vec![]),
    ];
    let (mut tried, mut done) = (0, 0);
    for _ in 0..rounds() / 4 {
        let text = mutant(&seeds, &mut dice);
        let Ok(document) = format::parse(&Yaml, text.into_bytes()) else { continue };
        let ids: Vec<_> = document.node_ids().collect();
        let node = ids[dice.below(ids.len())];
        let value = &values[dice.below(values.len())];
        let check = |text: Result<String, dekko::error::Error>| -> usize {
            text.is_ok_and(|text| Yaml.parse(text).map(|d: Document| d.nodes().len()).expect("valid") > 0)
                .into()
        };
        tried += 3;
        done += check(Yaml.remove(&document, node));
        done += check(Yaml.insert(&document, node, None, value))
            + check(Yaml.insert(&document, node, Some("new key"), value));
        if let Some(leaf) = document.leaves().get(dice.below(document.leaves().len())) {
            tried += 1;
            done += usize::from(Yaml.scalar(&document, leaf, &values[dice.below(2)]).is_ok());
        }
    }
    assert!(done * 4 > tried, "only {done} of {tried} edits were possible");
}
