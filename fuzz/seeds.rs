//! Writes a first corpus for each target below the folder `FUZZ_SEEDS`: the fixtures, and what is made of them.
//!
//! A fuzz target itself, to be run once: the coverage that everything here is built with needs libFuzzer around it.
#![no_main]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Once;

use dekko::file::{EncryptedFile, FileType};
use dekko_fuzz::{TYPES, recipe, sealed};

/// Larger fixtures make a fuzzer slow and teach it nothing.
const LARGEST: usize = 8 << 10;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files(&path, found);
        } else {
            found.push(path);
        }
    }
}

struct Corpus(PathBuf);

impl Corpus {
    fn add(&self, target: &str, seed: &[u8]) {
        if seed.len() > LARGEST {
            return;
        }
        let folder = self.0.join(target);
        fs::create_dir_all(&folder).expect("a folder");
        let number = fs::read_dir(&folder).expect("a folder").count();
        fs::write(folder.join(format!("{number:05}")), seed).expect("a seed");
    }

    fn text(&self, number: usize, name: &str, text: &[u8]) {
        self.add(name, text);
        let Some(file_type) = FileType::named(name) else { return };
        let Ok(bytes) = sealed(file_type, text, &recipe(text)) else { return };
        let shorter = &text[..text.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1)];
        let kind = u8::try_from(number).expect("few");
        self.add("merge", &[&[kind], text, &[0xFF], shorter, &[0xFF], text].concat());
        let number = u8::try_from(number).expect("few");
        self.add("sealed", &[&[number], &bytes[..]].concat());
        self.add("edit", &[&[number], text, &[0xFF], &text[text.len() / 3..]].concat());
        self.add("edit", &[&[number], text, &[0xFF], text].concat());
        let Ok(file) = EncryptedFile::read(file_type, bytes) else { return };
        let layout =
            if name == "binary" { dekko::envelope::Layout::Binary } else { dekko::envelope::Layout::Text };
        let fields = file.envelope().fields(layout);
        let lines: String = fields.iter().map(|field| format!("{}={}\n", field.name, field.value)).collect();
        self.add("envelope", format!("{}\n{lines}", if name == "binary" { "b" } else { "t" }).as_bytes());
        if let Some(document) = file.document() {
            for leaf in document.leaves().iter().take(2) {
                self.add("token", document.bytes(leaf.content));
            }
        }
    }
}

impl Corpus {
    /// The merge cases: base, ours and theirs.
    fn cases(&self, folder: &Path) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let folder = entry.expect("an entry").path();
            for (number, name) in TYPES.iter().enumerate() {
                let extension = if *name == "dotenv" { "env" } else { *name };
                let read = |stem: &str| fs::read(folder.join(format!("{stem}.{extension}")));
                let (Ok(base), Ok(ours), Ok(theirs)) = (read("base"), read("ours"), read("theirs")) else {
                    continue;
                };
                let number = u8::try_from(number).expect("few");
                self.add("merge", &[&[number], &base[..], &[0xFF], &ours, &[0xFF], &theirs].concat());
            }
        }
    }
}

static WRITTEN: Once = Once::new();

libfuzzer_sys::fuzz_target!(|_input: &[u8]| WRITTEN.call_once(write));

fn write() {
    let target = std::env::var_os("FUZZ_SEEDS").expect("a folder in FUZZ_SEEDS");
    let corpus = Corpus(PathBuf::from(target));
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures");
    let mut found = Vec::new();
    for folder in ["parser-cases", "format-vectors"] {
        files(&fixtures.join(folder), &mut found);
    }
    found.sort();
    for path in found {
        let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
        let name = if extension == "env" { "dotenv" } else { extension };
        let Some(number) = TYPES.iter().position(|known| *known == name) else { continue };
        corpus.text(number, name, &fs::read(&path).expect("a fixture"));
    }
    corpus.cases(&fixtures.join("merge-cases"));
    corpus.text(6, "binary", b"some bytes");
    for policy in
        ["encrypt **", "encrypt a.*,b[*].\"c d\"; plain *x,y*; comments", "**\na.b\n[*]\n*.\"\\u00fc\""]
    {
        corpus.add("policy", policy.as_bytes());
    }
    for path in [".", "a.b[0].c", "\"x.y\".z", "[1][2]", "\"\\ud83d\\ude00\".a-b_c"] {
        corpus.add("key_path", path.as_bytes());
    }
    let rules = "[[rules]]\npaths = [\"secrets/**\", \"*.env\"]\nrecipients = [\"team\"]\nplain = [\"a.*\"]\ncover = \"all\"\n";
    let alice = "age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs3290gq";
    corpus.add(
        "config",
        format!("version = 1\n[recipients]\nalice = \"{alice}\"\n[groups]\nteam = [\"alice\"]\n{rules}")
            .as_bytes(),
    );
    for recipient in [
        alice,
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHsKLqeplhpW+uObz5dvMgjz1OxfM/XXUB+VHtZ6isGN",
        "age:age1yubikey1qqqq",
    ] {
        corpus.add("recipient", recipient.as_bytes());
    }
    let greeting = "0016git-filter-client\n000eversion=2\n00000015capability=clean\n0016capability=smudge\n0000";
    let asked = "0012command=clean\n000fpathname=x\n0000000btext: 10000";
    corpus.add("packets", greeting.as_bytes());
    corpus.add("packets", format!("{greeting}{asked}{asked}").as_bytes());
}
