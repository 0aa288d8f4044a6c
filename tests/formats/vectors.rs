//! The format's test vectors, as far as a parser alone can tell.

use std::path::{Path, PathBuf};

use dekko::document::Document;
use dekko::format::{Format, named, parse};

use crate::chain::Chain;

const ROOT: &str = "fixtures/format-vectors";

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_str(&read(path)).expect("fixtures are JSON")
}

fn parsed(format: &dyn Format, path: &Path) -> Document {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    parse(format, bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Each sealed file of the vectors, with its format and data key.
fn sealed() -> Vec<(&'static dyn Format, PathBuf, String)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(format!("{ROOT}/files")).expect("fixtures") {
        let folder = entry.expect("fixtures").path();
        let info = json(&folder.join("info.json"));
        let text = |value: &serde_json::Value| value.as_str().expect("a text").to_owned();
        let Some(format) = named(&text(&info["format"])) else { continue };
        let extension = if format.name() == "dotenv" { "env" } else { format.name() };
        all.push((format, folder.join(format!("sealed.{extension}")), text(&info["dek"])));
        for (edit, how) in info["edits"].as_object().expect("a map") {
            let dek = how.get("new_dek").unwrap_or(&info["dek"]);
            all.push((format, folder.join(format!("edits/{edit}.{extension}")), text(dek)));
        }
    }
    assert!(all.len() > 30, "{}", all.len());
    all
}

#[test]
fn links_of_every_sealed_file_hold_over_the_events() {
    for (format, path, dek) in sealed() {
        let document = parsed(format, &path);
        Chain::of(format, &document, &dek).verify(&path.display().to_string());
    }
}

#[test]
fn blocks_are_written_byte_for_byte() {
    for (format, path, _) in sealed() {
        let document = parsed(format, &path);
        let body = parse(format, document.body().into_bytes()).expect("a body is a text");
        let block = document.block.as_ref().expect("sealed files have a block");
        assert_eq!(format.attach(&body, &block.fields), document.source(), "{}", path.display());
    }
}

#[test]
fn what_a_parser_can_refuse_is_refused_with_its_class() {
    let mut refused = 0;
    let list = json(Path::new(&format!("{ROOT}/negative.json")));
    for case in list.as_array().expect("a list") {
        let text = |name: &str| case[name].as_str().unwrap_or_default();
        let Some(format) = named(text("format")) else { continue };
        if !["json", "jsonc", "toml", "dotenv", "ini"].contains(&format.name()) {
            continue;
        }
        let bytes = std::fs::read(format!("{ROOT}/{}", text("file"))).expect("fixtures");
        match parse(format, bytes) {
            Err(error) => {
                assert_eq!(error.class().map(|class| class.name()), Some(text("class")), "{case}");
                refused += 1;
            }
            Ok(_) => assert!(!["syntax"].contains(&text("class")), "{case}"),
        }
    }
    assert!(refused >= 20, "{refused}");
}

#[test]
fn what_must_be_accepted_is_read_and_its_links_hold() {
    let list = json(Path::new(&format!("{ROOT}/accept.json")));
    for case in list.as_array().expect("a list") {
        let text = |name: &str| case[name].as_str().unwrap_or_default();
        let Some(format) = named(text("format")) else { continue };
        if !["json", "jsonc", "toml", "dotenv", "ini"].contains(&format.name()) {
            continue;
        }
        let document = parsed(format, Path::new(&format!("{ROOT}/{}", text("file"))));
        if case["dek"].is_string() {
            Chain::of(format, &document, text("dek")).verify(text("file"));
        }
    }
}
