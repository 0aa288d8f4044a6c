//! `dekko verify --history` over real repositories: what returned to an earlier state is found, with the commits on both
//! sides, and honest work is not.

use serde_json::Value;

use crate::desk::{Desk, Ended};
use crate::repository::Repository;

pub const FILE: &str = "a.secret.yaml";
const PLAIN: &str = "db:\n  user: app\n  password: hunter2-one\n  host: h\nlast: x\n";

/// A repository with one file in it.
pub fn repository() -> Repository {
    let repository = Repository::new();
    repository.desk.write(FILE, PLAIN);
    repository.desk.dekko(["encrypt", FILE]).ok();
    commit(&repository, "first");
    repository
}

/// git as somebody.
pub fn git(repository: &Repository, arguments: &[&str]) -> String {
    let who = ["-c", "user.name=Eve \u{1b}[31m", "-c", "user.email=e@x", "-c", "commit.gpgsign=false"];
    repository.git(&[&who, arguments].concat())
}

/// Commits everything; the short id of the commit.
pub fn commit(repository: &Repository, subject: &str) -> String {
    git(repository, &["add", "-A"]);
    git(repository, &["commit", "--quiet", "-m", subject]);
    head(repository)
}

pub fn head(repository: &Repository) -> String {
    git(repository, &["rev-parse", "HEAD"])[..10].to_owned()
}

fn set(repository: &Repository, file: &str, path: &str, value: &str) {
    repository.desk.dekko_with(["set", file, path], value.as_bytes()).ok();
}

/// Sets a value and commits that.
pub fn change(repository: &Repository, path: &str, value: &str) -> String {
    set(repository, FILE, path, value);
    commit(repository, path)
}

fn line<'t>(text: &'t str, start: &str) -> &'t str {
    text.lines()
        .find(|line| line.trim_start().starts_with(start))
        .unwrap_or_else(|| panic!("no {start}: {text}"))
}

pub fn verify(desk: &Desk, status: i32) -> Ended {
    let ended = desk.dekko(["verify", "--history", "--all"]).ends(status);
    assert!(!ended.out().contains('\u{1b}'), "a control character: {}", ended.out());
    ended
}

/// The findings as kind, path, and where.
pub fn findings(desk: &Desk, status: i32) -> Vec<(String, String, String)> {
    let out = desk.dekko(["verify", "--history", "--all", "--json"]).ends(status).out();
    let report: Value = serde_json::from_str(&out).expect("JSON");
    let mut found = Vec::new();
    for file in report["files"].as_array().expect("files") {
        for finding in file["findings"].as_array().expect("findings") {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let commit = &finding["commit"];
            let place =
                commit["id"].as_str().map_or_else(|| text(&commit["place"]), |id| id[..10].to_owned());
            assert!(!finding["details"].as_array().expect("details").is_empty(), "{finding}");
            found.push((text(&finding["finding"]), text(&file["path"]), place));
        }
    }
    found
}

pub fn one(kind: &str, commit: &str) -> Vec<(String, String, String)> {
    vec![(kind.to_owned(), FILE.to_owned(), commit.to_owned())]
}

#[test]
fn honest_work_is_not_found() {
    let repository = repository();
    let desk = &repository.desk;
    change(&repository, "db.password", "hunter2-two");
    change(&repository, "db.extra", "e");
    desk.dekko(["unset", FILE, "db.extra"]).ok();
    commit(&repository, "removed again");
    let bob = desk.keygen("bob.txt");
    desk.dekko(["recipients", "add", FILE, &bob]).ok();
    commit(&repository, "bob");
    desk.dekko(["rotate", FILE]).ok();
    commit(&repository, "rotated");
    change(&repository, "db.password", "hunter2-one");
    git(&repository, &["checkout", "--quiet", "-b", "side"]);
    change(&repository, "db.user", "u");
    git(&repository, &["checkout", "--quiet", "-"]);
    change(&repository, "last", "z");
    git(&repository, &["merge", "--quiet", "side", "-m", "merged"]);
    git(&repository, &["mv", FILE, "b.secret.yaml"]);
    commit(&repository, "renamed");
    set(&repository, "b.secret.yaml", "last", "y");
    let out = verify(desk, 0).does_not_say("could not be opened").out();
    assert!(out.contains("b.secret.yaml: ok"), "{out}");
    // The file alone, under its new name, and by a path from elsewhere.
    desk.dekko(["verify", "--history", "b.secret.yaml"]).ok();
    desk.dekko(["verify", "--history", &desk.path("b.secret.yaml").to_string_lossy()]).ok();
}

#[test]
fn an_old_value_put_back_by_hand_is_found_with_and_without_a_key() {
    let repository = repository();
    let desk = &repository.desk;
    let old = desk.read(FILE);
    let first = head(&repository);
    change(&repository, "db.password", "hunter2-two");
    change(&repository, "last", "y");
    let now = desk.read(FILE);
    desk.write(FILE, now.replace(line(&now, "password:"), line(&old, "password:")));
    let replay = commit(&repository, "innocent");
    // The file itself verifies: tags know no time.
    desk.dekko(["verify", FILE]).ok();
    assert_eq!(findings(desk, 5), one("replay", &replay));
    let out = verify(desk, 5).out();
    for part in [
        "replay in ",
        &replay,
        "db.password returned to the state of",
        &first,
        "dekko reseal",
        "Eve \\x1b[31m",
    ] {
        assert!(out.contains(part), "no '{part}' in {out}");
    }
    let mut keyless = desk.command(["verify", "--history", FILE]);
    keyless.env("HOME", desk.path("nowhere")).env("XDG_CONFIG_HOME", desk.path("nowhere"));
    let ended = desk.run(keyless, b"").ends(5);
    assert!(ended.out().contains("db.password returned"), "{}", ended.out());
    assert!(ended.stderr.contains("1 data key could not be opened: "), "{}", ended.stderr);
    // What is known is not told again; what comes later is.
    desk.dekko(["verify", "--history", FILE, "--since", "HEAD"]).ok();
    desk.dekko(["verify", "--history", FILE, "--since", "HEAD~1"]).ends(5);
    desk.dekko(["verify", "--history", FILE, "--since", "-x"]).ends(2);
}

#[test]
fn an_old_head_put_back_is_found() {
    let repository = repository();
    let desk = &repository.desk;
    let old = desk.read(FILE);
    let bob = desk.keygen("bob.txt");
    desk.dekko(["recipients", "add", FILE, &bob]).ok();
    commit(&repository, "bob");
    change(&repository, "db.password", "hunter2-two");
    let now = desk.read(FILE);
    let tail = |text: &str| text[text.find("  head:").expect("a head")..].to_owned();
    desk.write(FILE, now.replace(&tail(&now), &tail(&old)));
    let replay = commit(&repository, "without bob");
    desk.dekko(["verify", FILE]).ok();
    assert_eq!(findings(desk, 5), one("replay", &replay));
    assert!(verify(desk, 5).out().contains("the metadata (recipients, data key, policy) returned"));
}

#[test]
fn a_revert_is_found_in_the_work_tree_in_the_index_and_in_a_commit() {
    let repository = repository();
    let desk = &repository.desk;
    let old = desk.bytes(FILE);
    change(&repository, "db.password", "hunter2-two");
    let now = desk.bytes(FILE);
    desk.write(FILE, &old);
    assert_eq!(findings(desk, 5), one("replay", "the work tree"));
    git(&repository, &["add", FILE]);
    assert_eq!(findings(desk, 5), [one("replay", "the index"), one("replay", "the work tree")].concat());
    desk.write(FILE, &now);
    git(&repository, &["add", FILE]);
    verify(desk, 0);
    git(&repository, &["revert", "--no-edit", "HEAD"]);
    assert_eq!(findings(desk, 5), one("replay", &head(&repository)));
}

#[test]
fn a_revert_is_kept_by_sealing_it_anew_before_it_is_committed() {
    let repository = repository();
    let desk = &repository.desk;
    change(&repository, "db.password", "hunter2-two");
    change(&repository, "last", "y");
    let key = line(&desk.read(FILE), "dek:").to_owned();
    git(&repository, &["revert", "--no-commit", "HEAD~1"]);
    assert_eq!(findings(desk, 5).len(), 2);
    desk.dekko(["reseal", FILE]).fails(2).says("put back to an earlier state");
    desk.dekko(["reseal", "--yes", FILE]).ok();
    git(&repository, &["add", FILE]);
    assert_eq!(findings(desk, 0), []);
    git(&repository, &["commit", "--quiet", "-m", "reverted"]);
    verify(desk, 0);
    assert_eq!(repository.decrypted(FILE), PLAIN.replace("last: x", "last: \"y\""));
    assert_eq!(line(&desk.read(FILE), "dek:"), key);
    desk.dekko(["reseal", "--yes", FILE]).ok().says("is sealed as it is");
}

#[test]
fn a_rename_does_not_hide_a_replay() {
    let repository = repository();
    let desk = &repository.desk;
    let old = desk.bytes(FILE);
    change(&repository, "db.password", "hunter2-two");
    git(&repository, &["mv", FILE, "b.secret.yaml"]);
    commit(&repository, "renamed");
    desk.write("b.secret.yaml", &old);
    let replay = commit(&repository, "put back");
    let expected = vec![("replay".to_owned(), "b.secret.yaml".to_owned(), replay)];
    assert_eq!(findings(desk, 5), expected);
    // Also for who asks for one file only, by any of its names.
    desk.dekko(["verify", "--history", "b.secret.yaml"]).ends(5);
    desk.dekko(["verify", "--history", FILE]).ends(5);
    // A file that is removed, and later is back in an old state under another name.
    git(&repository, &["rm", "--quiet", "b.secret.yaml"]);
    commit(&repository, "removed");
    desk.write("c.secret.yaml", &old);
    let again = commit(&repository, "back");
    assert!(findings(desk, 5).contains(&("replay".to_owned(), "c.secret.yaml".to_owned(), again)));
}

#[test]
fn a_merge_that_drops_a_change_is_found() {
    let repository = repository();
    let desk = &repository.desk;
    let base = head(&repository);
    git(&repository, &["checkout", "--quiet", "-b", "side"]);
    let lost = change(&repository, "db.password", "hunter2-two");
    git(&repository, &["checkout", "--quiet", "-"]);
    change(&repository, "last", "y");
    git(&repository, &["merge", "--quiet", "-s", "ours", "side", "-m", "merged"]);
    assert_eq!(findings(desk, 5), one("replay", &head(&repository)));
    let out = verify(desk, 5).out();
    for part in ["db.password is as in", &base, &lost, "is lost"] {
        assert!(out.contains(part), "no '{part}' in {out}");
    }
}

#[test]
fn a_file_under_an_unrelated_key_is_found() {
    let repository = repository();
    let desk = &repository.desk;
    desk.write(FILE, PLAIN);
    desk.dekko(["encrypt", "--anew", FILE]).ok();
    let unrelated = commit(&repository, "another file");
    assert_eq!(findings(desk, 5), one("unrelated", &unrelated));
    assert!(verify(desk, 5).out().contains("does not vouch for"));
}

#[test]
fn whoever_opens_the_old_key_sees_that_it_did_not_vouch_for_the_new_one() {
    let repository = repository();
    let desk = &repository.desk;
    desk.dekko(["rotate", FILE]).ok();
    let text = desk.read(FILE);
    let prev = line(&text, "prev:");
    let (name, tag) = prev.split_once('.').expect("two parts");
    let other = if tag.starts_with('A') { "B" } else { "A" };
    desk.write(FILE, text.replace(prev, &format!("{name}.{other}{}", &tag[1..])));
    let forged = commit(&repository, "forged");
    let found = findings(desk, 5);
    assert!(found.contains(&one("unrelated", &forged)[0]), "{found:?}");
    assert!(found.contains(&one("altered", &forged)[0]), "{found:?}");
    let mut keyless = desk.command(["verify", "--history", FILE]);
    keyless.env("HOME", desk.path("nowhere")).env("XDG_CONFIG_HOME", desk.path("nowhere"));
    let ended = desk.run(keyless, b"").ends(0);
    assert!(ended.stderr.contains("2 data keys could not be opened: "), "{}", ended.stderr);
}

#[test]
fn copies_are_found() {
    let repository = repository();
    let desk = &repository.desk;
    desk.write("copy/a.secret.yaml", desk.bytes(FILE));
    let copied = commit(&repository, "copied");
    let of = |path: &str| ("copy".to_owned(), path.to_owned(), copied.clone());
    assert_eq!(findings(desk, 5), [of(FILE), of("copy/a.secret.yaml")]);
}

#[test]
fn a_history_that_is_not_all_there_is_refused_and_says_what_is_missing() {
    let repository = repository();
    let desk = &repository.desk;
    let first = head(&repository);
    let second = change(&repository, "db.password", "hunter2-two");
    change(&repository, "last", "y");
    git(&repository, &["config", "uploadpack.allowFilter", "true"]);
    let from = format!("file://{}", desk.work().display());
    for (arguments, says) in [
        (&["--depth", "2"][..], vec!["1 commit is missing", &first, &second, "git fetch --unshallow"]),
        (&["--filter=blob:none"], vec!["2 versions are missing", &first, FILE]),
        (&["--filter=tree:0", "--no-checkout"], vec!["objects are missing"]),
    ] {
        let clone = desk.home().join(format!("clone{}", arguments.len() + says.len()));
        let to = clone.to_string_lossy().into_owned();
        git(&repository, &[&["clone", "--quiet"], arguments, &[from.as_str(), to.as_str()]].concat());
        for files in [&["--all"][..], &[FILE]] {
            let mut command = desk.command([&["verify", "--history"], files].concat());
            command.current_dir(&clone);
            let ended = desk.run(command, b"").fails(7);
            for part in &says {
                assert!(ended.stderr.contains(part), "no '{part}' in {}", ended.stderr);
            }
        }
    }
    verify(desk, 0);
}

#[test]
fn replacements_and_grafts_do_not_hide_what_was_written() {
    let repository = repository();
    let desk = &repository.desk;
    change(&repository, "db.password", "hunter2-two");
    git(&repository, &["revert", "--no-edit", "HEAD"]);
    let replay = head(&repository);
    git(&repository, &["replace", "--graft", "HEAD"]);
    assert_eq!(findings(desk, 5), one("replay", &replay));
    git(&repository, &["replace", "-d", "HEAD"]);
    desk.write(".git/info/grafts", format!("{}\n", git(&repository, &["rev-parse", "HEAD"]).trim()));
    assert_eq!(findings(desk, 5), one("replay", &replay));
}

#[test]
fn what_cannot_be_read_in_the_past_is_noted_and_does_no_harm() {
    let repository = repository();
    let desk = &repository.desk;
    let good = desk.read(FILE);
    let password = line(&good, "password:").to_owned();
    let conflict = format!("<<<<<<< a\n{password}\n=======\n{password}x\n>>>>>>> b");
    desk.write(FILE, good.replace(&password, &conflict));
    let marked = commit(&repository, "oops");
    desk.write(FILE, &good);
    commit(&repository, "solved");
    let out = verify(desk, 0).out();
    assert!(out.contains("holds an unresolved merge conflict") && out.contains(&marked), "{out}");
    desk.write(FILE, PLAIN);
    let plain = commit(&repository, "plain");
    let out = verify(desk, 0).out();
    assert!(out.contains("is not encrypted") && out.contains(&plain), "{out}");
    desk.write("image.bin", b"\0\xff\xfe dekko-binary-v1 enc1.");
    desk.write("notes.md", "enc1.abc\nhead: x\ndek: y\n");
    commit(&repository, "others");
    verify(desk, 0);
}

#[test]
fn what_has_no_history_is_said() {
    let desk = Desk::new();
    desk.write("x.secret.yaml", "a: 1\n");
    desk.dekko(["verify", "--history", "x.secret.yaml"]).fails(7).says("git");
    let repository = Repository::new();
    repository.desk.write(FILE, PLAIN);
    repository.desk.dekko(["encrypt", FILE]).ok();
    repository.desk.dekko(["verify", "--history", "--all"]).ok();
    repository.desk.dekko(["verify", "--history", FILE]).fails(3).says("in no commit");
    git(&repository, &["add", FILE]);
    repository.desk.dekko(["verify", "--history", FILE]).ok();
}

#[test]
fn an_edit_that_undoes_a_change_draws_a_new_epoch_where_there_is_a_history() {
    for with_git in [true, false] {
        let repository = repository();
        let desk = &repository.desk;
        if !with_git {
            std::fs::remove_dir_all(desk.path(".git")).expect("a repository");
        }
        let epoch = || line(&desk.read(FILE), "epoch:").to_owned();
        let before = epoch();
        set(&repository, FILE, "db.extra", "e");
        if with_git {
            commit(&repository, "added");
        }
        assert_eq!(epoch(), before, "an addition keeps the epoch");
        desk.dekko(["unset", FILE, "db.extra"]).ok();
        assert_eq!(epoch() != before, with_git, "git: {with_git}");
        if with_git {
            commit(&repository, "removed");
            verify(desk, 0);
        }
    }
}
