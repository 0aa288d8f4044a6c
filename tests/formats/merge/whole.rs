//! The slots of a text are the text.

use std::fs;
use std::path::{Path, PathBuf};

use dekko::document::Document;
use dekko::format::{self, Format};
use dekko::merge::{Version, is_whole};
use serde_json::Value;

use crate::laws;

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// Every valid text of the fixtures that holds no metadata, with its name.
pub fn texts() -> Vec<(String, &'static dyn Format, String)> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let mut found = Vec::new();
    files(&fixtures, &mut found);
    found.sort();
    let mut texts = Vec::new();
    for path in found {
        let name = path.strip_prefix(&fixtures).unwrap().to_string_lossy().into_owned();
        let Some(format) = format::of(path.file_name().unwrap().to_str().unwrap()) else { continue };
        let Ok(text) = fs::read_to_string(&path) else { continue };
        texts.push((name, format, text));
    }
    let suite = fs::read_to_string(fixtures.join("yaml-test-suite/cases.json")).unwrap();
    let suite: Value = serde_json::from_str(&suite).unwrap();
    let yaml = format::named("yaml").unwrap();
    for (number, case) in suite.as_array().unwrap().iter().enumerate() {
        if let Some(text) = case["yaml"].as_str() {
            texts.push((format!("yaml-test-suite #{number}"), yaml, text.to_owned()));
        }
    }
    texts
        .retain(|(_, format, text)| laws::read(*format, text).is_ok_and(|document| document.block.is_none()));
    texts
}

pub fn holds(format: &dyn Format, document: &Document) -> bool {
    is_whole(format, &Version { document, opaque: &[] })
}

#[test]
fn the_slots_of_the_fixtures_are_their_texts() {
    let mut lost = Vec::new();
    let texts = texts();
    for (name, format, text) in &texts {
        let document = laws::read(*format, text).unwrap();
        if !holds(*format, &document) {
            if std::env::var("SHOW").is_ok() {
                println!("--- {name}\n{text}");
            }
            lost.push(name.as_str());
        }
    }
    println!("{} of {} texts are held: not {lost:?}", texts.len() - lost.len(), texts.len());
    assert!(texts.len() > 300, "{}", texts.len());
    assert!(lost.len() * 20 < texts.len(), "{lost:?}");
}
