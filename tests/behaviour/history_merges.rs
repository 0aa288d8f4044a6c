//! `dekko verify --history`: replays and strange keys that enter by a merge, or behind something that cannot be read.

use serde_json::Value;

use crate::desk::Desk;
use crate::history::{FILE, change, commit, findings, git, head, one, repository, verify};
use crate::repository::Repository;

/// A repository whose value was changed twice, and its three commits.
fn changed_twice() -> (Repository, [String; 3]) {
    let repository = repository();
    let first = head(&repository);
    let second = change(&repository, "db.password", "hunter2-two");
    let third = change(&repository, "db.password", "hunter2-three");
    (repository, [first, second, third])
}

/// Commits the tree of `tree` with `parents`, and checks it out; the short id.
fn commit_tree(repository: &Repository, tree: &str, parents: &[&str]) -> String {
    let tree = format!("{tree}^{{tree}}");
    let mut arguments = vec!["commit-tree", &tree, "-m", "evil"];
    parents.iter().for_each(|parent| arguments.extend(["-p", parent]));
    let id = git(repository, &arguments);
    git(repository, &["reset", "--quiet", "--hard", id.trim()]);
    head(repository)
}

/// Makes the file anew under a key of one's own; the id of the tree's commit on a branch from `from`.
fn own_file(repository: &Repository, from: &str, orphan: bool) -> String {
    match orphan {
        true => git(repository, &["checkout", "--quiet", "--orphan", "own", from]),
        false => git(repository, &["checkout", "--quiet", "-b", "own", from]),
    };
    git(repository, &["rm", "--quiet", "-f", FILE]);
    if !orphan {
        commit(repository, "removed");
    }
    repository.desk.write(FILE, "db:\n  password: attacker\n");
    repository.desk.dekko(["encrypt", FILE]).ok();
    commit(repository, "made anew")
}

fn has_only(desk: &Desk, kind: &str, commit: &str) {
    assert_eq!(findings(desk, 5), one(kind, commit));
}

#[test]
fn an_old_version_from_a_side_that_forked_before_it_is_found_in_the_merge() {
    let (repository, [first, second, third]) = changed_twice();
    let side = commit_tree(&repository, &second, &[&first]);
    verify(&repository.desk, 0);
    let merge = commit_tree(&repository, &second, &[&third, &side]);
    has_only(&repository.desk, "replay", &merge);
    let out = verify(&repository.desk, 5).out();
    for part in ["db.password returned to the state of", &second, &side, &third] {
        assert!(out.contains(part), "no '{part}' in {out}");
    }
    // The side as the first parent; with a third parent that has the file as it is; as an orphan.
    let merge = commit_tree(&repository, &second, &[&side, &third]);
    has_only(&repository.desk, "replay", &merge);
    let merge = commit_tree(&repository, &second, &[&third, &side, &first]);
    has_only(&repository.desk, "replay", &merge);
    let orphan = commit_tree(&repository, &second, &[]);
    let merge = commit_tree(&repository, &second, &[&third, &orphan]);
    has_only(&repository.desk, "replay", &merge);
    // Who takes the newer value is not found.
    commit_tree(&repository, &third, &[&third, &side]);
    verify(&repository.desk, 0);
}

#[test]
fn an_old_value_behind_a_merge_that_cannot_be_read_is_found() {
    let (repository, [first, second, third]) = changed_twice();
    let side = commit_tree(&repository, &second, &[&first]);
    let desk = &repository.desk;
    desk.write(FILE, "<<<<<<< ours\n=======\n>>>>>>> theirs\n");
    commit(&repository, "conflict");
    let merge = commit_tree(&repository, "HEAD", &[&third, &side]);
    git(&repository, &["checkout", "--quiet", &second, "--", FILE]);
    let solved = commit(&repository, "solved");
    assert_ne!(merge, solved);
    has_only(desk, "replay", &solved);
}

#[test]
fn a_file_under_an_unrelated_key_that_enters_by_a_merge_is_found() {
    for is_orphan in [false, true] {
        let (repository, [_, _, third]) = changed_twice();
        let own = own_file(&repository, &third, is_orphan);
        verify(&repository.desk, 0);
        let merge = commit_tree(&repository, &own, &[&third, &own]);
        has_only(&repository.desk, "unrelated", &merge);
        let merge = commit_tree(&repository, &own, &[&own, &third]);
        has_only(&repository.desk, "unrelated", &merge);
        assert!(verify(&repository.desk, 5).out().contains(&third));
        let merge = commit_tree(&repository, &own, &[&third, &own, "HEAD~1"]);
        has_only(&repository.desk, "unrelated", &merge);
    }
}

#[test]
fn a_version_that_cannot_be_read_does_not_cut_the_line_of_keys() {
    for between in ["x: enc1.broken\n", "db: plain\n", "<<<<<<< a\n  dek: x\n  head: y\n"] {
        let (repository, _) = changed_twice();
        let desk = &repository.desk;
        let good = desk.bytes(FILE);
        desk.write(FILE, between);
        commit(&repository, "unreadable");
        desk.write(FILE, "db:\n  password: attacker\n");
        desk.dekko(["encrypt", FILE]).ok();
        let own = commit(&repository, "made anew");
        has_only(desk, "unrelated", &own);
        // The file as it was, with another value, goes on.
        git(&repository, &["reset", "--quiet", "--hard", "HEAD~1"]);
        desk.write(FILE, good);
        desk.dekko(["rotate", FILE]).ok();
        commit(&repository, "mended");
        verify(desk, 0);
    }
}

#[test]
fn a_side_that_forked_before_a_change_takes_it_and_is_not_found() {
    let (repository, [first, _, third]) = changed_twice();
    git(&repository, &["checkout", "--quiet", "-b", "side", &first]);
    change(&repository, "last", "y");
    git(&repository, &["checkout", "--quiet", "-b", "next", &third]);
    git(&repository, &["merge", "--quiet", "side", "-m", "merged"]);
    git(&repository, &["checkout", "--quiet", "side"]);
    git(&repository, &["merge", "--quiet", "--no-ff", &third, "-m", "back"]);
    change(&repository, "db.host", "other");
    git(&repository, &["merge", "--quiet", "next", "-m", "across"]);
    verify(&repository.desk, 0);
    assert!(repository.decrypted(FILE).contains("hunter2-three"));
}

#[test]
fn json_holds_no_character_that_does_not_show() {
    let repository = repository();
    let desk = &repository.desk;
    let subject = "a\u{9b}31m\u{202e}b\u{200b}\u{2028}c\u{e0041}";
    crate::history::change(&repository, "db.password", "hunter2-two");
    git(&repository, &["revert", "--no-edit", "HEAD"]);
    git(&repository, &["commit", "--quiet", "--amend", "-m", subject]);
    for (arguments, status) in [
        (&["verify", "--history", "--all", "--json"][..], 5),
        (&["log", FILE, "--json"], 0),
        (&["blame", FILE, "--json"], 0),
    ] {
        let out = desk.dekko(arguments).ends(status).out();
        let is_hidden =
            |c: char| (c.is_control() && c != '\n') || "\u{202e}\u{200b}\u{2028}\u{e0041}".contains(c);
        assert!(!out.contains(is_hidden), "{out:?}");
        assert!(out.contains(r"a\u009b31m\u202eb\u200b\u2028c\udb40\udc41"), "{out}");
        serde_json::from_str::<Value>(&out).expect("JSON");
    }
}

#[test]
fn an_old_version_behind_a_broken_one_at_another_name_is_found() {
    let (repository, [first, ..]) = changed_twice();
    let old = git(&repository, &["show", &format!("{first}:{FILE}")]);
    git(&repository, &["mv", FILE, "notes.txt"]);
    commit(&repository, "moved away");
    // The marks of the old version in a text that does not say which file it is.
    let nameless: String =
        old.lines().filter(|line| !line.contains(" id:")).map(|line| format!("{line}\n")).collect();
    repository.desk.write("notes.txt", format!("<<<<<<< x\n{nameless}=======\n>>>>>>> y\n"));
    commit(&repository, "broken");
    repository.desk.write("notes.txt", &old);
    let back = commit(&repository, "mended");
    git(&repository, &["mv", "notes.txt", FILE]);
    commit(&repository, "moved back");
    let out = repository.desk.dekko(["verify", "--history", "--all"]).ends(5).out();
    assert!(out.contains("replay in ") && out.contains(&back), "{out}");
}

#[test]
fn a_file_under_a_strange_key_that_is_moved_over_another_is_found() {
    let (repository, _) = changed_twice();
    repository.desk.write("other.secret.yaml", "db:\n  password: attacker\n");
    repository.desk.dekko(["encrypt", "other.secret.yaml"]).ok();
    commit(&repository, "a new file");
    git(&repository, &["mv", "-f", "other.secret.yaml", FILE]);
    let moved = commit(&repository, "renamed");
    let out = repository.desk.dekko(["verify", "--history", "--all"]).ends(5).out();
    assert!(out.contains("unrelated in ") && out.contains(&moved), "{out}");
    // Two that change places are both there still.
    let (repository, _) = changed_twice();
    repository.desk.write("other.secret.yaml", "db:\n  password: mine\n");
    repository.desk.dekko(["encrypt", "other.secret.yaml"]).ok();
    commit(&repository, "a new file");
    git(&repository, &["mv", FILE, "aside"]);
    git(&repository, &["mv", "other.secret.yaml", FILE]);
    git(&repository, &["mv", "aside", "other.secret.yaml"]);
    commit(&repository, "changed places");
    repository.desk.dekko(["verify", "--history", "--all"]).ok();
}
