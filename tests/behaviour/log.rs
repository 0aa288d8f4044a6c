//! `dekko diff`, `log` and `blame`: what changed, value by value, with a key and without, and no value unless asked for.

use serde_json::Value;

use crate::desk::{Desk, Ended, MARKER};
use crate::repository::Repository;

const FILE: &str = "a.secret.yaml";

fn git(repository: &Repository, arguments: &[&str]) -> String {
    let who = ["-c", "user.name=Eve \u{1b}[31m", "-c", "user.email=e@x", "-c", "commit.gpgsign=false"];
    repository.git(&[&who, arguments].concat())
}

fn commit(repository: &Repository, subject: &str) {
    git(repository, &["add", "-A"]);
    git(repository, &["commit", "--quiet", "-m", subject]);
}

fn set(repository: &Repository, file: &str, path: &str, value: &str) {
    repository.desk.dekko_with(["set", file, path], value.as_bytes()).ok();
}

/// A file that was made, changed, renamed, shared with bob and rotated, each in a commit.
fn repository() -> Repository {
    let repository = Repository::new();
    let desk = &repository.desk;
    desk.write(FILE, "db:\n  user: app\n  password: hunter2-one\nlast: x\n");
    desk.dekko(["encrypt", FILE]).ok();
    commit(&repository, "first");
    set(&repository, FILE, "db.password", "hunter2-two");
    commit(&repository, "second");
    set(&repository, FILE, "db.extra", "hunter2-extra");
    commit(&repository, "third");
    git(&repository, &["mv", FILE, "b.secret.yaml"]);
    commit(&repository, "renamed");
    let bob = desk.keygen("bob.txt");
    std::fs::remove_file(desk.path("bob.txt")).expect("bob's identity");
    desk.dekko(["recipients", "add", "b.secret.yaml", &bob]).ok();
    commit(&repository, "bob");
    desk.dekko(["rotate", "b.secret.yaml"]).ok();
    commit(&repository, "rotated");
    repository
}

fn keyless(desk: &Desk, arguments: &[&str]) -> Ended {
    let mut command = desk.command(arguments);
    command.env("HOME", desk.path("nowhere")).env("XDG_CONFIG_HOME", desk.path("nowhere"));
    desk.run(command, b"").ok().says("could not be opened")
}

/// What `arguments` print: no value, no control character.
fn shown(desk: &Desk, arguments: &[&str]) -> String {
    let out = desk.dekko(arguments).ok().does_not_say("could not").out();
    assert!(!out.contains(MARKER) && !out.contains('\u{1b}'), "{out}");
    out
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn a_log_tells_what_each_commit_changed_under_which_key_and_for_whom() {
    let repository = repository();
    let desk = &repository.desk;
    set(&repository, "b.secret.yaml", "last", "y");
    let out = shown(desk, &["log", "b.secret.yaml"]);
    let order = [
        "the work tree",
        "last  changed",
        "rotated",
        "~ data key: ",
        "4 values encrypted anew, unchanged",
        "bob",
        "+ recipient age1",
        "renamed",
        "renamed from a.secret.yaml",
        "third",
        "+ db.extra  added",
        "second",
        "~ db.password  changed",
        "first",
        "a.secret.yaml: added, 3 values",
        "data key",
        "readable by",
    ];
    let mut rest = out.as_str();
    for part in order {
        let at = rest.find(part).unwrap_or_else(|| panic!("no '{part}' (in order) in {out}"));
        rest = &rest[at + part.len()..];
    }
    assert!(out.contains("Eve \\x1b[31m"), "{out}");
    let steps = json(&shown(desk, &["log", "--json", "b.secret.yaml"]));
    let steps = steps.as_array().expect("a list");
    assert_eq!(steps.len(), 7);
    assert_eq!(steps[1]["changes"]["encrypted_anew"], 4);
    assert_eq!(steps[1]["readers"].as_array().map(Vec::len), Some(2));
    assert_eq!(steps[6]["readers"].as_array().map(Vec::len), Some(1));
    assert_ne!(steps[1]["data_key"], steps[2]["data_key"]);
    assert_eq!(steps[3]["old_path"], FILE);
    assert_eq!(
        json(&shown(desk, &["log", "--json", "-n", "2", "b.secret.yaml"])).as_array().map(Vec::len),
        Some(2)
    );
}

#[test]
fn the_log_of_a_value_tells_its_changes_only_and_its_text_when_asked() {
    let repository = repository();
    let desk = &repository.desk;
    let out = shown(desk, &["log", "b.secret.yaml", "db.password"]);
    assert!(out.contains("second") && out.contains("first") && !out.contains("third"), "{out}");
    assert!(!out.contains("rotated"), "a rotation changes no value: {out}");
    let out = desk.dekko(["log", "--values", "b.secret.yaml", "db"]).ok().out();
    assert!(
        out.contains("changed: hunter2-one → hunter2-two") && out.contains("added: hunter2-extra"),
        "{out}"
    );
    desk.dekko(["log", "b.secret.yaml", "a..b"]).fails(3);
    desk.dekko(["log", "absent.yaml"]).fails(3).says("in no commit");
    let out = keyless(desk, &["log", "b.secret.yaml", "db.password"]).out();
    assert!(out.contains("rotated") && out.contains("changed, or encrypted anew (no key to tell)"), "{out}");
}

#[test]
fn a_blame_sees_through_rotations_where_there_is_a_key() {
    let repository = repository();
    let desk = &repository.desk;
    let commits = |text: &str| -> Vec<(String, String, bool)> {
        let values = json(text);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let value = |value: &Value| {
            let subject = value["commit"]["subject"].as_str().unwrap_or("the work tree").to_owned();
            (text(&value["path"]), subject, value["certain"] == true)
        };
        values.as_array().expect("a list").iter().map(value).collect()
    };
    let of = |path: &str, subject: &str, is_certain| (path.to_owned(), subject.to_owned(), is_certain);
    let blamed = commits(&shown(desk, &["blame", "--json", "b.secret.yaml"]));
    let expected = [
        of("db.user", "first", true),
        of("db.password", "second", true),
        of("db.extra", "third", true),
        of("last", "first", true),
    ];
    assert_eq!(blamed, expected);
    set(&repository, "b.secret.yaml", "last", "y");
    let out = shown(desk, &["blame", "b.secret.yaml"]);
    assert!(out.contains("the work tree") && out.contains("0 d  Eve \\x1b[31m"), "{out}");
    let blamed = commits(&keyless(desk, &["blame", "--json", "b.secret.yaml"]).out());
    assert_eq!(blamed[1], of("db.password", "rotated", false));
    desk.dekko(["blame", "dekko.toml"]).fails(3).says("not encrypted");
}

#[test]
fn a_merge_is_blamed_for_nothing_that_its_parents_brought() {
    let repository = Repository::new();
    let desk = &repository.desk;
    desk.write(FILE, "a: 1\nb: 2\nc: 3\nd: 4\n");
    desk.dekko(["encrypt", FILE]).ok();
    commit(&repository, "base");
    git(&repository, &["checkout", "--quiet", "-b", "side"]);
    set(&repository, FILE, "a", "theirs");
    commit(&repository, "theirs");
    git(&repository, &["checkout", "--quiet", "-"]);
    set(&repository, FILE, "d", "ours");
    commit(&repository, "ours");
    git(&repository, &["merge", "--quiet", "side", "-m", "merged"]);
    let blamed = json(&shown(desk, &["blame", "--json", FILE]));
    let subjects: Vec<_> =
        blamed.as_array().expect("a list").iter().map(|value| value["commit"]["subject"].clone()).collect();
    assert_eq!(subjects, ["theirs", "base", "base", "ours"]);
    assert!(shown(desk, &["log", FILE]).contains("merged"), "the merge has a file that no parent had");
}

#[test]
fn a_diff_tells_values_apart_and_shows_them_only_when_asked() {
    let repository = repository();
    let desk = &repository.desk;
    assert_eq!(shown(desk, &["diff"]), "");
    desk.dekko(["diff", "--exit-code"]).ok();
    set(&repository, "b.secret.yaml", "db.password", "hunter2-three");
    desk.dekko(["unset", "b.secret.yaml", "db.extra"]).ok();
    set(&repository, "b.secret.yaml", "new", "hunter2-new");
    let out = shown(desk, &["diff"]);
    assert_eq!(out.lines().next(), Some("b.secret.yaml"));
    for part in ["~ db.password  changed", "- db.extra     removed", "+ new          added"] {
        assert!(out.contains(part), "no '{part}' in {out}");
    }
    assert_eq!(desk.dekko(["diff", "--exit-code"]).ends(1).out(), out);
    let values = desk.dekko(["diff", "--values", "b.secret.yaml"]).ok().out();
    assert!(values.contains("changed: hunter2-two → hunter2-three"), "{values}");
    assert_eq!(shown(desk, &["diff", "--cached"]), "");
    git(&repository, &["add", "-A"]);
    assert_eq!(shown(desk, &["diff", "--staged"]), out);
    let changes = json(&shown(desk, &["diff", "--json"]));
    assert_eq!(changes["files"][0]["changes"]["values"].as_array().map(Vec::len), Some(3));
    let out = keyless(desk, &["diff"]).out();
    assert!(out.contains("~ db.password  changed, or encrypted anew (no key to tell)"), "{out}");
    assert!(!out.contains("db.user"), "the ciphertext is the same: {out}");
}

#[test]
fn a_diff_of_commits_follows_renames_and_names_recipients_and_keys() {
    let repository = repository();
    let desk = &repository.desk;
    let out = shown(desk, &["diff", "HEAD~5", "HEAD"]);
    for part in [
        "b.secret.yaml: renamed from a.secret.yaml",
        "~ db.password  changed",
        "+ db.extra     added",
        "~ data key: ",
        "+ recipient age1",
        "2 values encrypted anew, unchanged",
    ] {
        assert!(out.contains(part), "no '{part}' in {out}");
    }
    assert_eq!(shown(desk, &["diff", "HEAD~5..HEAD"]), out);
    assert_eq!(shown(desk, &["diff", "HEAD~5"]), out);
    assert_eq!(shown(desk, &["diff", "HEAD~5", "HEAD", "--", FILE]), out);
    let out = shown(desk, &["diff", "HEAD~1", "HEAD"]);
    assert!(
        !out.contains("db.") && out.contains("4 values encrypted anew"),
        "a rotation changes no value: {out}"
    );
    desk.dekko(["diff", "no-such-thing"]).fails(2).says("neither a commit nor a file");
    desk.dekko(["diff", "--cached", "HEAD~1", "HEAD"]).fails(2);
    git(&repository, &["branch", "b.secret.yaml"]);
    desk.dekko(["diff", "b.secret.yaml"]).fails(2).says("write '--'");
}

#[test]
fn two_files_are_compared_without_git() {
    let desk = Desk::new();
    desk.write("x.secret.json", "{\n  \"a\": \"hunter2-a\",\n  \"b\": 1\n}\n");
    desk.dekko(["encrypt", "x.secret.json"]).ok();
    desk.write("y.secret.json", desk.bytes("x.secret.json"));
    desk.dekko_with(["set", "y.secret.json", "a"], b"hunter2-b").ok();
    let out = shown(&desk, &["diff", "--no-index", "x.secret.json", "y.secret.json"]);
    assert!(out.contains("~ a  changed") && !out.contains("~ b"), "{out}");
    desk.dekko(["diff", "--no-index", "x.secret.json"]).fails(2);
    desk.dekko(["diff", "--no-index", "x.secret.json", "dekko.toml"]).fails(3).says("not encrypted");
    desk.dekko(["diff"]).fails(7);
}

#[test]
fn binary_files_have_one_value() {
    let repository = Repository::new();
    let desk = &repository.desk;
    desk.write("key.secret.bin", b"\0hunter2\xff");
    desk.dekko(["encrypt", "key.secret.bin"]).ok();
    commit(&repository, "first");
    let bob = desk.keygen("bob.txt");
    desk.dekko(["recipients", "add", "key.secret.bin", &bob]).ok();
    commit(&repository, "bob");
    let blamed = json(&shown(desk, &["blame", "--json", "key.secret.bin"]));
    assert_eq!((&blamed[0]["path"], &blamed[0]["commit"]["subject"]), (&"."[..].into(), &"first"[..].into()));
    let out = shown(desk, &["log", "key.secret.bin"]);
    assert!(out.contains("+ recipient") && !out.contains("~ ."), "{out}");
}
