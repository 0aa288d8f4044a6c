//! The merge driver on the published cases: encrypted as they say, started as git starts it, in all variants.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::{Path, PathBuf};

use dekko::crypto::{DataKey, FileId, SystemRandom};
use dekko::document::{Cover, Style};
use dekko::envelope::WrappedKey;
use dekko::environment::Environment;
use dekko::file::{EncryptedFile, FileType, OpenFile, Rotation, seal};
use dekko::git::VIEW;
use dekko::merge::marks::{Marked, Side, taken};
use dekko::provider::{self, Session};
use serde_json::Value as Json;

use crate::desk::Desk;
use crate::meaning;
use crate::sealed::{file_type, recipe, report};

/// One case of `fixtures/merge-cases`.
struct Case {
    name: String,
    about: Json,
    folder: PathBuf,
    extension: String,
}

/// Who is who in the cases.
struct People {
    session: Session,
    rids: BTreeMap<&'static str, String>,
}

/// One of the three versions: its plain text, and its file.
#[derive(Clone)]
struct Version {
    plain: Vec<u8>,
    file: Vec<u8>,
    /// The number of its data key; `None` where it is not encrypted.
    key: Option<u8>,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/merge-cases");
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("the cases") {
        let folder = entry.expect("a case").path();
        let Ok(about) = std::fs::read(folder.join("case.json")) else { continue };
        let about: Json = serde_json::from_slice(&about).expect("JSON");
        let extension = about["format"].as_str().expect("a format").to_owned();
        let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
        cases.push(Case { name, about, folder, extension });
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(cases.len() >= 38, "the cases were not found");
    cases
}

impl Case {
    fn text(&self, which: &str) -> Vec<u8> {
        std::fs::read(self.folder.join(format!("{which}.{}", self.extension))).expect("a text")
    }

    fn format(&self) -> FileType {
        file_type(self.format_name())
    }

    fn format_name(&self) -> &str {
        if self.extension == "env" { "dotenv" } else { &self.extension }
    }

    fn paths(&self) -> BTreeSet<String> {
        let paths = self.about["conflict_paths"].as_array().expect("a list");
        paths.iter().map(|path| path.as_str().expect("a path").to_owned()).collect()
    }

    fn is_clean(&self) -> bool {
        self.about["exit"] == 0
    }

    /// The number of the data key and the recipients of a version; `None` when it is not encrypted.
    fn crypto(&self, which: &str) -> Option<(u8, Vec<String>)> {
        let crypto = self.about.get("crypto").and_then(|crypto| crypto.get(which));
        let Some(crypto) = crypto else { return Some((1, vec!["alice".to_owned(), "bob".to_owned()])) };
        let key = crypto["dek"].as_str()?.trim_start_matches('K').parse().expect("a number");
        let names = crypto["recipients"].as_array().expect("a list");
        Some((key, names.iter().map(|name| name.as_str().expect("a name").to_owned()).collect()))
    }
}

impl People {
    fn new(desk: &Desk) -> Self {
        let mut rids = BTreeMap::from([("alice", desk.recipient())]);
        for name in ["bob", "carol"] {
            rids.insert(name, desk.keygen(name));
        }
        rids.values_mut().for_each(|text| *text = format!("age:{text}"));
        let session = Session::new(Environment::default(), &[], std::sync::Arc::new(provider::NoPrompt));
        Self { session, rids }
    }

    fn wrap(&self, names: &[String], file: &FileId, key: &DataKey) -> Vec<WrappedKey> {
        let wrapped = names.iter().map(|name| {
            let rid = self.rids[name.as_str()].clone();
            let wrap = provider::wrap(&rid, file, key, &self.session).expect("a wrap");
            WrappedKey::new(rid, wrap).expect("a recipient")
        });
        wrapped.collect()
    }
}

fn key(number: u8) -> DataKey {
    DataKey::new([number; 32])
}

fn open(file_type: FileType, bytes: &[u8], number: u8) -> OpenFile {
    EncryptedFile::read(file_type, bytes.to_vec()).expect("a file").open(key(number)).expect("it verifies")
}

fn rotated(open: &OpenFile, number: u8, names: &[String], people: &People) -> Vec<u8> {
    let rotation = Rotation { key: key(number), rotated: "2026-02-03T04:05:06Z".to_owned() };
    open.rotate(rotation, &mut |file, key| Ok(people.wrap(names, file, key)), &mut SystemRandom)
        .expect("rotates")
}

/// The version `which` of `case`, drawn on top of `base` as an edit would be.
fn version(case: &Case, which: &str, base: Option<&Version>, people: &People) -> Version {
    let plain = case.text(which);
    let Some((number, names)) = case.crypto(which) else {
        return Version { file: plain.clone(), plain, key: None };
    };
    let format = case.format();
    let old = base.filter(|base| base.key.is_some());
    let file = match old {
        None => {
            let recipe = recipe("encrypt **", Cover::All);
            let wrap = &mut |file: &FileId, key: &DataKey| Ok(people.wrap(&names, file, key));
            seal(format, plain.clone(), &recipe, key(number), wrap, &mut SystemRandom).expect("seals").bytes
        }
        Some(base) => {
            let was = base.key.expect("encrypted");
            let opened = open(format, &base.file, was);
            let bytes = if was == number {
                let id = opened.file().envelope().file_id;
                let is_same = opened.file().envelope().recipients.len() == names.len();
                if is_same {
                    base.file.clone()
                } else {
                    opened.rewrap(people.wrap(&names, &id, &key(number))).expect("rewraps")
                }
            } else {
                rotated(&opened, number, &names, people)
            };
            open(format, &bytes, number).edit(plain.clone(), &mut SystemRandom).expect("edits")
        }
    };
    Version { plain, file, key: Some(number) }
}

/// `version` with other ciphertexts under the same data key.
fn with_fresh_nonces(case: &Case, version: &Version) -> Version {
    let Some(number) = version.key else { return version.clone() };
    let format = case.format();
    let empty: &[u8] = match case.extension.as_str() {
        "json" => b"{}\n",
        _ => b"",
    };
    let emptied = open(format, &version.file, number).edit(empty.to_vec(), &mut SystemRandom).expect("edits");
    let file = open(format, &emptied, number).edit(version.plain.clone(), &mut SystemRandom).expect("edits");
    Version { file, ..version.clone() }
}

/// What the driver made of it.
struct Outcome {
    status: i32,
    stderr: String,
    bytes: Vec<u8>,
}

fn drive(desk: &Desk, name: &str, base: &[u8], ours: &[u8], theirs: &[u8]) -> Outcome {
    for (file, bytes) in [(".merge_file_a", base), (".merge_file_b", ours), (".merge_file_c", theirs)] {
        desk.write(file, bytes);
    }
    let path = format!("--path={name}");
    let arguments = [
        "git",
        "merge-driver",
        "--marker-size=7",
        "--base-label=base",
        "--ours-label=ours",
        "--theirs-label=theirs",
        &path,
        "--",
        ".merge_file_a",
        ".merge_file_b",
        ".merge_file_c",
    ];
    let output = desk.command(arguments).output().expect("the driver runs");
    assert!(output.stdout.is_empty(), "{name}: the driver prints");
    Outcome {
        status: output.status.code().unwrap_or(-1),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        bytes: desk.bytes(".merge_file_b"),
    }
}

/// What a person sees of the result: the decrypted text, or the text with marks and without the comments of the view.
fn view(desk: &Desk, name: &str, bytes: &[u8], is_clean: bool) -> Vec<u8> {
    desk.write(name, bytes);
    if is_clean {
        return desk.dekko(["decrypt", name]).ok().stdout;
    }
    let mut command = desk.command(["git", "textconv", "--", name]);
    let output = command.env("DEKKO_DIFF", "plain").output().expect("textconv runs");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let sign = if name.ends_with(".json") { "//" } else { "#" };
    let is_view = |line: &&str| line.starts_with(&format!("{sign} {VIEW}"));
    assert!(text.lines().any(|line| is_view(&line)), "{name} is shown raw: {text}");
    text.split_inclusive('\n').filter(|line| !is_view(line)).collect::<String>().into_bytes()
}

/// The values of a plain text that are long enough to be searched for.
fn markers(case: &Case, version: &Version) -> HashSet<String> {
    let format = dekko::format::named(case.format_name()).expect("a format");
    let document = dekko::format::parse(format, version.plain.clone()).expect("it parses");
    let leaves = document.leaves().iter().filter(|leaf| leaf.style != Style::Comment);
    let values = leaves.map(|leaf| String::from_utf8_lossy(document.bytes(leaf.content)).trim().to_owned());
    // The labels of the sides, and a field of the metadata, are values in some cases.
    let others = ["ours", "theirs", "rotated"];
    values.filter(|value| value.len() >= 4 && !others.contains(&value.as_str())).collect()
}

/// Plain text and ciphertext by path, where the path names one value.
fn values(case: &Case, bytes: &[u8], number: u8) -> BTreeMap<String, (String, Vec<u8>)> {
    let file = open(case.format(), bytes, number);
    let plain = file.plain_file().expect("plain");
    let mut found = BTreeMap::new();
    let mut twice = HashSet::new();
    let document = file.file().document().expect("a text");
    for ((leaf, token), old) in
        plain.document().leaves().iter().zip(file.file().tokens()).zip(document.leaves())
    {
        let path = document.path_of(old.node);
        let Some(token) = token else { continue };
        let value = (plain.document().src(leaf.span).to_owned(), token.value.to_vec());
        if found.insert(path.clone(), value).is_some() {
            twice.insert(path);
        }
    }
    found.retain(|path, _| !twice.contains(path) && !path.contains('['));
    found
}

/// What `bytes` says, in no order.
fn meaning_of(case: &Case, bytes: &[u8]) -> BTreeSet<(String, String)> {
    meaning::of(case.format_name(), bytes).expect("it reads").into_iter().collect()
}

struct Trial<'a> {
    case: &'a Case,
    desk: &'a Desk,
    variant: &'a str,
    is_swapped: bool,
}

impl Trial<'_> {
    fn run(&self, base: &Version, ours: &Version, theirs: &Version) -> Outcome {
        let case = self.case;
        let shown = format!("{} ({})", case.name, self.variant);
        let name = format!("app.{}", case.extension);
        let found = drive(self.desk, &name, &base.file, &ours.file, &theirs.file);
        let wanted = i32::from(!case.is_clean());
        assert_eq!(
            found.status,
            wanted,
            "{shown}: {}\n{}",
            found.stderr,
            String::from_utf8_lossy(&found.bytes)
        );
        for path in case.paths() {
            assert!(found.stderr.contains(&path), "{shown} does not name {path}: {}", found.stderr);
        }
        let expected = case.text("expected");
        let seen = view(self.desk, &name, &found.bytes, case.is_clean());
        if !self.is_swapped {
            assert_eq!(
                String::from_utf8_lossy(&seen),
                String::from_utf8_lossy(&expected),
                "{shown}: {}",
                found.stderr
            );
        } else if case.is_clean() {
            assert_eq!(meaning_of(case, &seen), meaning_of(case, &expected), "{shown}");
        }
        let text = String::from_utf8_lossy(&found.bytes);
        let keys = String::from_utf8_lossy(&expected).into_owned();
        for secret in [base, ours, theirs].into_iter().flat_map(|version| markers(case, version)) {
            assert!(!found.stderr.contains(&secret), "{shown} says '{secret}'");
            // A word that is a key or a comment, too, proves nothing.
            let is_elsewhere = keys.contains(&format!("{secret}:")) || keys.contains(&format!("# {secret}"));
            assert!(is_elsewhere || !text.contains(&secret), "{shown} writes '{secret}'");
        }
        let is_readable = |text: &str| EncryptedFile::read(case.format(), text.as_bytes().to_vec());
        match Marked::read(&text) {
            Some(marked) => {
                for side in [Side::Ours, Side::Theirs] {
                    let settled = taken(&marked.pieces, side);
                    assert!(is_readable(&settled).is_ok(), "{shown}: {side:?} does not read:\n{settled}");
                }
                self.desk.dekko(["verify", &name]).ends(3);
            }
            None if case.is_clean() => {
                self.desk.dekko(["verify", &name]).ok();
            }
            None => {
                self.desk.dekko(["verify", &name]).ends(5).says("dekko reseal");
            }
        }
        found
    }
}

/// Values that did not change keep the ciphertext of the side that they are from.
fn keeps_ciphertexts(case: &Case, found: &Outcome, ours: &Version, theirs: &Version) -> usize {
    let sides = [ours, theirs];
    let commit = EncryptedFile::read(case.format(), found.bytes.clone()).expect("a file").envelope().commit;
    let number = sides.into_iter().filter_map(|side| side.key).find(|&number| {
        let file = EncryptedFile::read(case.format(), found.bytes.clone()).expect("a file");
        file.envelope().commit == commit && file.fits(&key(number))
    });
    let Some(number) = number else { return 0 };
    let merged = values(case, &found.bytes, number);
    let mut count = 0;
    for (path, (plain, value)) in &merged {
        for side in sides {
            if side.key != Some(number) {
                continue;
            }
            let own = values(case, &side.file, number);
            if let Some((own_plain, own_value)) = own.get(path).filter(|(own_plain, _)| own_plain == plain) {
                assert_eq!(own_plain, plain);
                assert_eq!(own_value, value, "{}: '{path}' has another ciphertext", case.name);
                count += 1;
                break;
            }
        }
    }
    count
}

/// Runs `case` in all variants: how often the driver ran, and how many ciphertexts were kept.
fn try_case(case: &Case, desk: &Desk, people: &People) -> (usize, usize) {
    let base = version(case, "base", None, people);
    let ours = version(case, "ours", Some(&base), people);
    let theirs = version(case, "theirs", Some(&base), people);
    let trial = |variant: &'static str, is_swapped| Trial { case, desk, variant, is_swapped };
    let found = trial("as published", false).run(&base, &ours, &theirs);
    let kept = if case.is_clean() { keeps_ciphertexts(case, &found, &ours, &theirs) } else { 0 };
    let mut runs = 6;
    let fresh = with_fresh_nonces(case, &theirs);
    trial("a: theirs with fresh nonces", false).run(&base, &ours, &fresh);
    if let (Some(number), Some((_, names))) = (ours.key, case.crypto("ours")) {
        let file = rotated(&open(case.format(), &ours.file, number), 9, &names, people);
        let other = Version { file, key: Some(9), ..ours.clone() };
        trial("b: ours under another key", false).run(&base, &other, &theirs);
        runs += 1;
    }
    trial("c: swapped", true).run(&base, &theirs, &ours);
    for (a, b, c, result) in
        [(&base, &ours, &ours, &ours), (&base, &base, &theirs, &theirs), (&base, &ours, &base, &ours)]
    {
        let found = drive(desk, "app", &a.file, &b.file, &c.file);
        assert_eq!(found.status, 0, "{}", case.name);
        assert!(found.bytes == result.file, "{}: one side alone is not that side", case.name);
    }
    (runs, kept)
}

#[test]
fn the_merge_cases_come_out_as_published_in_every_variant() {
    let desk = Desk::new();
    let people = People::new(&desk);
    let (mut runs, mut kept, mut failed) = (0, 0, Vec::new());
    for case in cases() {
        let tried =
            std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| try_case(&case, &desk, &people)));
        match tried {
            Ok((count, same)) => (runs, kept) = (runs + count, kept + same),
            Err(_) => failed.push(case.name),
        }
    }
    report(&format!("merge cases: {runs} runs of the driver, {kept} ciphertexts kept"));
    assert!(failed.is_empty(), "{} cases failed: {failed:?}", failed.len());
}
