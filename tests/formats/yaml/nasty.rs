//! Nasty files: what parsers stumble over.

use std::fs;
use std::path::Path;

use dekko::format::{self, yaml::Yaml};

use super::law;

#[test]
fn nasty_files_keep_the_law_or_are_refused() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/parser-cases/yaml");
    let mut refused = Vec::new();
    let mut seen = 0;
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("cases").map(|e| e.expect("an entry").path()).collect();
    paths.sort();
    for path in paths.iter().filter(|path| path.extension().is_some_and(|e| e == "yaml")) {
        seen += 1;
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        match format::parse(&Yaml, fs::read(path).expect("a case")) {
            Ok(document) => assert_eq!(law::broken(&document), None, "{name}"),
            Err(error) => {
                refused.push((name[..2].to_owned(), error.class().map_or("", |class| class.name())))
            }
        }
    }
    let refused: Vec<(&str, &str)> = refused.iter().map(|(name, class)| (name.as_str(), *class)).collect();
    // Duplicate keys, an empty key beside "", a lone CR, a key too long, too deep (41 to 43), an unknown alias.
    let wanted = [
        ("24", "syntax"),
        ("25", "syntax"),
        ("29", "syntax"),
        ("39", "syntax"),
        ("41", "limit"),
        ("42", "limit"),
        ("43", "limit"),
        ("47", "syntax"),
    ];
    assert_eq!((seen, refused), (60, wanted.to_vec()));
}
