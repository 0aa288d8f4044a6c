//! Texts with a few bytes changed: refused or read, never a panic; what is read keeps the laws.

use dekko::format::{Format, json, parse, toml::Toml};

use crate::laws;

/// A small generator (xorshift), so that every run sees the same texts.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (limit.max(1) as u64)).expect("below a usize")
    }
}

fn mutated(text: &[u8], pieces: &[&str], chance: &mut Chance) -> Vec<u8> {
    let mut out = text.to_vec();
    for _ in 0..=chance.below(4) {
        let at = chance.below(out.len() + 1);
        let to = (at + chance.below(6)).min(out.len());
        match chance.below(4) {
            0 => drop(out.drain(at..to)),
            1 => {
                let copy = out[at..to].to_vec();
                let place = chance.below(out.len() + 1);
                out.splice(place..place, copy);
            }
            _ => drop(out.splice(at..at, pieces[chance.below(pieces.len())].bytes())),
        }
    }
    out
}

/// Rounds over each text; `DEKKO_TEST_ROUNDS` asks for more.
fn rounds(usual: usize) -> usize {
    std::env::var("DEKKO_TEST_ROUNDS").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn run(format: &dyn Format, texts: &[String], pieces: &[&str], usual: usize, seed: u64) {
    let mut chance = Chance(seed);
    let mut accepted = 0;
    for _ in 0..rounds(usual) {
        for text in texts {
            let bytes = mutated(text.as_bytes(), pieces, &mut chance);
            if let (Ok(document), Ok(text)) = (parse(format, bytes.clone()), String::from_utf8(bytes)) {
                if document.block.is_none() {
                    laws::all(format, &text);
                }
                accepted += 1;
            }
        }
    }
    assert!(accepted > 10, "{accepted}");
}

fn texts(folder: &str) -> Vec<String> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("fixtures") {
        let path = entry.expect("fixtures").path();
        let text = if path.is_file() { std::fs::read_to_string(path).expect("fixtures") } else { continue };
        if text.len() < 2000 {
            all.push(text);
        }
    }
    all.sort();
    all
}

const JSON: &[&str] = &[
    "\"",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\\",
    "\n",
    "\r\n",
    " ",
    "//",
    "/*",
    "*/",
    "1",
    "-",
    "e",
    ".",
    "null",
    "\"dekko\"",
    "\"a\":",
    "\\ud800",
    "\u{feff}",
    "\u{e9}",
    ",\n",
    "[1]",
    "{\"dekko\":{}}",
    "\t",
];

const TOML: &[&str] = &[
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "=",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    ",",
    ".",
    "#",
    "\n",
    "\r\n",
    " ",
    "\\",
    "a",
    "a.b",
    "= 1",
    "\n[a]\n",
    "\n[[a]]\n",
    "dekko",
    "\u{feff}",
    "\u{e9}",
    "1979-05-27",
    "0x",
    "_",
    "inf",
    "{ a = 1 }",
];

#[test]
fn mutated_json_is_refused_or_keeps_the_laws() {
    let mut all = texts("fixtures/parser-cases/json");
    all.push("{ // a\n  \"a\": 1, // b\n  \"b\": [1, 2, /* c */ 3,], /* d */\n  \"c\": {}\n}\n".to_owned());
    run(&json::STRICT, &all, JSON, 60, 0x9E37_79B9_7F4A_7C15);
    run(&json::RELAXED, &all, JSON, 60, 0x2545_F491_4F6C_DD1D);
}

#[test]
fn mutated_toml_is_refused_or_keeps_the_laws() {
    let mut all = texts("fixtures/parser-cases/toml");
    all.extend(texts("fixtures/format-vectors/files/toml").into_iter().filter(|text| text.starts_with('#')));
    run(&Toml, &all, TOML, 40, 0x9E37_79B9_7F4A_7C15);
}
