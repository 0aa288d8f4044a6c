//! The vectors of the file format (`fixtures/format-vectors`): equal bytes where a writer is deterministic, the right
//! class where a reader refuses.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use dekko::crypto::{DataKey, FileId, Random};
use dekko::document::Cover;
use dekko::envelope::WrappedKey;
use dekko::environment::Environment;
use dekko::error::{Error, Result};
use dekko::file::{EncryptedFile, FileType, Recipe, Rotation, seal};
use dekko::policy::Policy;
use dekko::provider::{NoPrompt, Session};
use serde_json::Value;
use sha3::Shake256;
use sha3::digest::{ExtendableOutput, Update, XofReader};

/// The random bytes of a vector: SHAKE256 of its seed.
struct Seeded(Box<dyn XofReader>);

impl Seeded {
    fn new(seed: &str) -> Self {
        let mut hash = Shake256::default();
        hash.update(seed.as_bytes());
        Self(Box::new(hash.finalize_xof()))
    }
}

impl Random for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        self.0.read(bytes);
        Ok(())
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/format-vectors")
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).expect("fixture")).expect("JSON")
}

fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_else(|| panic!("no text '{field}'"))
}

fn key(hex: &str) -> DataKey {
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
    let bytes: Vec<u8> = (0..hex.len()).step_by(2).map(byte).collect();
    DataKey::new(bytes.try_into().expect("32 bytes"))
}

fn file_type(name: &str) -> FileType {
    FileType::named(name).unwrap_or_else(|| panic!("no format '{name}'"))
}

fn wraps(value: &Value) -> Vec<WrappedKey> {
    let lines = value["recipients"].as_array().expect("recipients");
    lines
        .iter()
        .map(|line| WrappedKey::parse(line.as_str().expect("text")).expect("a recipient line"))
        .collect()
}

fn recipe(info: &Value) -> Recipe {
    Recipe {
        policy: Policy::read(text(info, "policy")).expect("policy"),
        cover: if text(info, "cover") == "all" { Cover::All } else { Cover::Encrypted },
        scope: Some(text(info, "scope").to_owned()).filter(|scope| !scope.is_empty()),
        rotated: text(info, "rotated").to_owned(),
    }
}

/// One folder under `files/`, and its only extension.
struct Case {
    name: String,
    folder: PathBuf,
    extension: String,
    info: Value,
}

impl Case {
    fn all() -> Vec<Self> {
        let entries = fs::read_dir(folder().join("files")).expect("files");
        let mut folders: Vec<_> = entries.map(|entry| entry.expect("entry").path()).collect();
        folders.sort();
        folders.into_iter().map(Self::new).collect()
    }

    fn new(folder: PathBuf) -> Self {
        let mut entries = fs::read_dir(&folder).expect("case").map(|entry| entry.expect("entry").path());
        let sealed =
            entries.find(|path| path.file_stem().is_some_and(|stem| stem == "sealed")).expect("sealed");
        Self {
            name: folder.file_name().expect("name").to_string_lossy().into_owned(),
            extension: sealed.extension().expect("extension").to_string_lossy().into_owned(),
            info: json(&folder.join("info.json")),
            folder,
        }
    }

    fn read(&self, stem: &str) -> Option<Vec<u8>> {
        fs::read(self.folder.join(format!("{stem}.{}", self.extension))).ok()
    }

    fn sealed(&self) -> Vec<u8> {
        self.read("sealed").expect("sealed")
    }

    fn plain(&self) -> Vec<u8> {
        self.read("plain").unwrap_or_else(|| {
            let plain = &self.info["plain"];
            let mut bytes =
                vec![0; usize::try_from(plain["length"].as_u64().expect("length")).expect("small")];
            Seeded::new(text(plain, "shake256")).0.read(&mut bytes);
            bytes
        })
    }

    fn file_type(&self) -> FileType {
        file_type(text(&self.info, "format"))
    }

    fn edits(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.info["edits"].as_object().into_iter().flatten()
    }
}

fn opened(file_type: FileType, bytes: Vec<u8>, key: DataKey) -> Result<Vec<u8>> {
    EncryptedFile::read(file_type, bytes)?.open(key)?.plain()
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(&bytes[..bytes.len().min(6000)]).into_owned()
}

fn session() -> Session {
    Session::new(Environment::default(), &[folder().join("identity.txt")], Arc::new(NoPrompt))
}

/// Opens a file by whichever identity of the vectors serves.
fn opened_by_identity(file_type: FileType, bytes: Vec<u8>, session: &Session) -> Result<Vec<u8>> {
    let file = EncryptedFile::read(file_type, bytes)?;
    let key = file.unwrap(session)?;
    file.open(key)?.plain()
}

fn class_of(found: Result<Vec<u8>>) -> String {
    match found {
        Ok(_) => "accepted".to_owned(),
        Err(Error::NotEncrypted) => "metadata".to_owned(),
        Err(Error::NoIdentity { .. }) => "identity".to_owned(),
        Err(error) => error.class().map_or_else(|| error.to_string(), |class| class.name().to_owned()),
    }
}

/// Collects what differs, so that one run shows all of it.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn compare(&mut self, what: &str, found: Result<Vec<u8>>, expected: &[u8]) {
        match found {
            Ok(found) if found == expected => {}
            Ok(found) => {
                let (found, expected) = (shown(&found), shown(expected));
                self.0.push(format!("{what}: other bytes\n{found}\n--- expected\n{expected}"));
            }
            Err(error) => self.0.push(format!("{what}: {error}")),
        }
    }

    fn done(self, tried: usize, least: usize) {
        assert!(self.0.is_empty(), "{} of {tried} differ:\n{}", self.0.len(), self.0.join("\n"));
        assert!(tried >= least, "only {tried} vectors were found");
    }
}

#[test]
fn every_sealed_file_and_every_edit_opens_to_its_plain_text() {
    let (mut differences, mut tried) = (Differences::default(), 0);
    for case in Case::all() {
        let plain = case.plain();
        let dek = text(&case.info, "dek");
        differences.compare(&case.name, opened(case.file_type(), case.sealed(), key(dek)), &plain);
        tried += 1;
        for (edit, info) in case.edits() {
            let plain = case.read(&format!("edits/{edit}.plain")).unwrap_or_else(|| plain.clone());
            let dek = info["new_dek"].as_str().unwrap_or(dek);
            let bytes = case.read(&format!("edits/{edit}")).expect("edit");
            let found = opened(case.file_type(), bytes, key(dek));
            differences.compare(&format!("{} {edit}", case.name), found, &plain);
            tried += 1;
        }
    }
    differences.done(tried, 100);
}

#[test]
fn sealing_with_the_seed_gives_the_same_bytes() {
    let (mut differences, mut tried) = (Differences::default(), 0);
    for case in Case::all() {
        let recipients = wraps(&case.info);
        let mut wrap = |_: &FileId, _: &DataKey| Ok(recipients.clone());
        let mut random = Seeded::new(text(&case.info, "seed"));
        let dek = key(text(&case.info, "dek"));
        let sealed = seal(case.file_type(), case.plain(), &recipe(&case.info), dek, &mut wrap, &mut random);
        differences.compare(&case.name, sealed.map(|sealed| sealed.bytes), &case.sealed());
        tried += 1;
    }
    differences.done(tried, 22);
}

#[test]
fn editing_with_the_seed_gives_the_same_bytes() {
    let (mut differences, mut tried) = (Differences::default(), 0);
    for case in Case::all() {
        let open =
            || EncryptedFile::read(case.file_type(), case.sealed())?.open(key(text(&case.info, "dek")));
        for (edit, info) in case.edits() {
            let expected = case.read(&format!("edits/{edit}")).expect("edit");
            let found = open().and_then(|file| match text(info, "how") {
                "edit" => {
                    let plain = case.read(&format!("edits/{edit}.plain")).expect("plain");
                    file.edit(plain, &mut Seeded::new(text(info, "seed")))
                }
                "rewrap" => file.rewrap(wraps(info)),
                "rotate" => {
                    let key = key(text(info, "new_dek"));
                    let rotation = Rotation { key, rotated: text(info, "rotated").to_owned() };
                    let mut wrap = |_: &FileId, _: &DataKey| Ok(wraps(info));
                    file.rotate(rotation, &mut wrap, &mut Seeded::new(text(info, "seed")))
                }
                other => panic!("unknown edit '{other}'"),
            });
            differences.compare(&format!("{} {edit}", case.name), found, &expected);
            tried += 1;
        }
    }
    differences.done(tried, 80);
}

fn listed(name: &str) -> Vec<Value> {
    json(&folder().join(name)).as_array().expect("list").clone()
}

#[test]
fn every_file_opens_by_the_identities_it_was_wrapped_for() {
    let (mut differences, mut tried) = (Differences::default(), 0);
    let session = session();
    for case in Case::all() {
        let lines = wraps(&case.info);
        if !lines.iter().any(|line| line.rid.starts_with("age:") || line.rid.starts_with("threshold:")) {
            continue;
        }
        differences.compare(
            &case.name,
            opened_by_identity(case.file_type(), case.sealed(), &session),
            &case.plain(),
        );
        tried += 1;
    }
    differences.done(tried, 20);
}

/// What a vector says, by its data key or by the identities.
fn result_of(vector: &Value, session: &Session) -> Result<Vec<u8>> {
    let bytes = fs::read(folder().join(text(vector, "file"))).expect("vector");
    let file_type = file_type(text(vector, "format"));
    match vector["dek"].as_str() {
        Some(dek) => opened(file_type, bytes, key(dek)),
        None => opened_by_identity(file_type, bytes, session),
    }
}

#[test]
fn every_negative_file_is_refused_with_its_class() {
    let (mut differences, mut tried) = (Differences::default(), 0);
    let session = session();
    for vector in listed("negative.json") {
        let (found, class) = (class_of(result_of(&vector, &session)), text(&vector, "class"));
        if found != class {
            differences.0.push(format!("{}: {found} instead of {class}", text(&vector, "file")));
        }
        tried += 1;
    }
    differences.done(tried, 268);
}

#[test]
fn every_accepted_file_gives_its_plain_text() {
    let (mut differences, mut tried) = (Differences::default(), 0);
    let session = session();
    for vector in listed("accept.json") {
        let plain = fs::read(folder().join(text(&vector, "plain"))).expect("plain");
        differences.compare(text(&vector, "file"), result_of(&vector, &session), &plain);
        tried += 1;
    }
    differences.done(tried, 26);
}
