//! `dekko access`: who can read what now, and where that is not what the rules say.

use serde_json::Value;

use crate::desk::{Desk, Ended, MARKER};
use crate::repository::Repository;

const A: &str = "a.secret.yaml";
const B: &str = "sub/b.secret.json";

fn name(desk: &Desk, name: &str, recipient: &str) {
    let line = format!("[recipients]\n{name} = \"{recipient}\"\n");
    desk.write("dekko.toml", desk.read("dekko.toml").replacen("[recipients]\n", &line, 1));
}

/// Two files for me, one of which bob can read, too, and carol should.
fn repository() -> Repository {
    let repository = Repository::new();
    let desk = &repository.desk;
    let mut keys = Vec::new();
    for who in ["bob", "carol"] {
        let file = format!("{who}.txt");
        let recipient = desk.keygen(&file);
        std::fs::remove_file(desk.path(&file)).expect("an identity");
        name(desk, who, &recipient);
        keys.push(recipient);
    }
    desk.write(A, "x: hunter2\n");
    desk.write(B, "{\"x\": \"hunter2\"}\n");
    desk.dekko(["encrypt", A, B]).ok();
    desk.dekko(["recipients", "add", B, &keys[0]]).ok();
    let config = desk.read("dekko.toml").replace("team = [\"me\"]", "team = [\"me\", \"carol\"]");
    desk.write("dekko.toml", config);
    repository.git(&["add", "-A"]);
    repository
}

fn shown(ended: Ended) -> String {
    let out = ended.out();
    assert!(!out.contains(MARKER) && !out.contains('\u{1b}'), "{out}");
    out
}

fn json(desk: &Desk, arguments: &[&str]) -> Value {
    let arguments = [&["access", "--json"], arguments].concat();
    serde_json::from_str(&shown(desk.dekko(arguments).ok())).expect("JSON")
}

#[test]
fn files_tell_their_readers_and_what_differs_from_the_rules() {
    let repository = repository();
    let desk = &repository.desk;
    let out = shown(desk.dekko(["access"]).ok().says("2 files are not as the rules say"));
    let lines: Vec<&str> = out.lines().map(str::trim_end).collect();
    assert_eq!(lines.len(), 7, "{out}");
    assert_eq!(lines[0], A);
    assert!(lines[1].starts_with("    me     age1"), "{out}");
    assert!(
        lines[2].starts_with("  - carol  age1")
            && lines[2].ends_with("in rule 1 of 'dekko.toml', and cannot read it"),
        "{out}"
    );
    assert_eq!(lines[3], B);
    assert!(
        lines[4].starts_with("  + bob    age1") && lines[4].ends_with("  not in rule 1 of 'dekko.toml'"),
        "{out}"
    );
    assert!(lines[5].starts_with("    me     age1") && lines[6].starts_with("  - carol  age1"), "{out}");
    assert_eq!(out, desk.dekko(["access", "--all"]).ok().out());
    let report = json(desk, &[]);
    let (a, b) = (&report["files"][0], &report["files"][1]);
    assert_eq!(
        (&a["path"], &a["state"], &a["verified"], &a["extra"]),
        (&A.into(), &"encrypted".into(), &true.into(), &false.into())
    );
    assert_eq!(b["recipients"][0]["name"], "bob");
    assert_eq!(b["recipients"][0]["extra"], true);
    assert_eq!(b["missing"][0]["name"], "carol");
    // From a folder below, and for named files, the same.
    let mut command = desk.command(["access"]);
    command.current_dir(desk.path("sub"));
    assert_eq!(desk.run(command, b"").ok().out(), out);
    let named = desk.dekko(["access", B]).ok().out();
    assert!(out.ends_with(&named) && named.starts_with(B), "{named}");
}

#[test]
fn recipients_tell_their_files() {
    let repository = repository();
    let out = shown(repository.desk.dekko(["access", "--by", "recipient"]).ok());
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 8, "{out}");
    assert!(lines[0].starts_with("bob  age1") && lines[1].starts_with("  + sub/b.secret.json"), "{out}");
    assert!(lines[2].starts_with("carol  age1"), "{out}");
    assert_eq!(lines.iter().filter(|line| line.starts_with("  - ")).count(), 2, "{out}");
    assert!(lines[5].starts_with("me  age1"), "{out}");
}

#[test]
fn without_a_key_it_says_that_nothing_is_verified() {
    let repository = repository();
    let desk = &repository.desk;
    let mut command = desk.command(["access", "--json"]);
    command.env("HOME", desk.path("nowhere")).env("XDG_CONFIG_HOME", desk.path("nowhere"));
    let ended = desk.run(command, b"").ok().says("recipients of 2 files are not verified");
    let report: Value = serde_json::from_str(&ended.out()).expect("JSON");
    assert_eq!(report["files"][0]["verified"], false);
    assert_eq!(report["files"][0]["altered"], false);
}

#[test]
fn a_recipient_that_was_put_in_by_hand_is_not_believed() {
    let repository = repository();
    let desk = &repository.desk;
    let sealed = desk.read(A);
    let line = sealed.lines().find(|line| line.contains("age:age1")).expect("a recipient");
    desk.write(A, sealed.replace(&format!("{line}\n"), &format!("    - aaa:bbb AAAA\n{line}\n")));
    let ended = desk.dekko(["access", A]).ends(5).says("1 file altered");
    assert!(ended.out().contains("(altered: not to be believed)"), "{}", ended.out());
}

#[test]
fn plain_broken_and_unruled_files_are_told_apart() {
    let repository = repository();
    let desk = &repository.desk;
    desk.write("plain.secret.yaml", "x: hunter2\n");
    desk.write("readme.md", "hunter2\n");
    std::fs::copy(desk.path(A), desk.path("elsewhere.yaml")).expect("a copy");
    desk.write("e\u{1b}[31mvil.secret.yaml", "x: hunter2\n");
    repository.git(&["add", "-A"]);
    let out = shown(desk.dekko(["access"]).ok());
    assert!(out.contains("plain.secret.yaml  (not encrypted, and rule 1 of 'dekko.toml' names it"), "{out}");
    assert!(out.contains("elsewhere.yaml  (no rule names it)"), "{out}");
    assert!(!out.contains("readme.md") && out.contains("e\\x1b[31mvil.secret.yaml"), "{out}");
    desk.write(A, desk.read(A).replace("enc1.", "enc1.A"));
    let out = shown(desk.dekko(["access", A]).either(&[3, 5]));
    assert!(out.contains("(cannot be read: "), "{out}");
}

#[test]
fn a_threshold_group_is_shown_with_its_members() {
    let repository = repository();
    let desk = &repository.desk;
    let fixture =
        concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/format-vectors/files/threshold-2-of-3/sealed.yaml");
    desk.write("t.yaml", std::fs::read(fixture).expect("a fixture"));
    let report = json(desk, &["t.yaml"]);
    let group = &report["files"][0]["recipients"][0]["group"];
    assert_eq!(group["needed"], 2);
    let member = group["members"][0]["recipient"].as_str().expect("a member").to_owned();
    name(desk, "alice", &member["age:".len()..]);
    let out = shown(desk.dekko(["access", "t.yaml"]).ok());
    assert!(out.contains("    ops  any 2 of: alice, age1"), "{out}");
    let out = shown(desk.dekko(["access", "--by", "recipient", "t.yaml"]).ok());
    assert!(out.starts_with("alice  age1") && out.contains("    t.yaml  with others of ops"), "{out}");
}

#[test]
fn outside_of_git_the_files_below_the_configuration_are_listed() {
    let desk = Desk::new();
    desk.write(A, "x: hunter2\n");
    desk.write(B, "{\"x\": \"hunter2\"}\n");
    desk.dekko(["encrypt", A, B]).ok();
    let mut command = desk.command(["access"]);
    command.current_dir(desk.path("sub"));
    let out = shown(desk.run(command, b"").ok());
    assert!(out.starts_with("a.secret.yaml\n") && out.contains("\nsub/b.secret.json\n"), "{out}");
    let _ = Desk::bare().dekko(["access"]).fails(2).says("name the files");
}
