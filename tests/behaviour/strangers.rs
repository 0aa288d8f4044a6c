//! What somebody with write access to the repository, and without a key, cannot do through a merge, or through the folder that
//! a file lies in.

use std::fs;

use crate::team::{FILE, Member, Setup};

const BASE: &str = "v: hunter2-base\nw: hunter2-w\n";

/// A member whose branch `side` holds a file that a stranger sealed anew, under a data key of his own, with `options`.
fn with_a_strangers_file(options: &[&str]) -> Member {
    let member = Member::alone(Setup::Driver);
    member.create(FILE, BASE);
    member.record("base");
    member.git(["branch", "side"]).ok();
    member.change(FILE, "v: hunter2-ours\nw: hunter2-w\n", "ours");
    member.git(["checkout", "--quiet", "side"]).ok();
    member.desk.write(FILE, "v: hunter2-base\nw: hunter2-evil\n");
    let arguments = ["encrypt", "--anew"].iter().chain(options).chain(&["--", FILE]);
    member.desk.dekko(arguments).ok();
    member.record("a stranger's");
    member.git(["checkout", "--quiet", "main"]).ok();
    member
}

#[test]
fn a_file_that_a_stranger_sealed_for_the_same_people_is_no_rotation() {
    for options in [&[][..], &["--encrypt", "nothing.x"], &["--encrypt", "nothing.x", "--cover", "encrypted"]]
    {
        let member = with_a_strangers_file(options);
        let before = member.desk.bytes(FILE);
        member.git(["merge", "--no-edit", "side"]).ends(1).says("(unrelated key)");
        let marked = member.desk.read(FILE);
        assert!(marked.contains("<<<<<<<") && marked.contains(">>>>>>>"));
        for way in ["--ours", "--theirs"] {
            let ended = member.desk.dekko(["resolve", FILE, way, "--yes"]).either(&[3, 5]);
            assert!(ended.stderr.contains("vouches for"), "{options:?}: {}", ended.stderr);
        }
        assert_eq!(member.desk.read(FILE), marked);
        member.git(["checkout", "--ours", "--", FILE]).ok();
        assert_eq!(member.desk.bytes(FILE), before);
        assert_eq!(member.plain(FILE), "v: hunter2-ours\nw: hunter2-w\n");
    }
}

#[test]
fn the_file_from_before_a_rotation_does_not_come_back_by_a_merge() {
    let member = Member::alone(Setup::Driver);
    member.create(FILE, BASE);
    member.record("old");
    let old = member.desk.bytes(FILE);
    member.desk.dekko(["rotate", FILE]).ok();
    member.record("rotated");
    member.git(["branch", "side"]).ok();
    member.change(FILE, "v: hunter2-ours\nw: hunter2-w\n", "ours");
    member.git(["checkout", "--quiet", "side"]).ok();
    member.desk.write(FILE, old);
    member.record("put back");
    member.git(["checkout", "--quiet", "main"]).ok();
    member.git(["merge", "--no-edit", "side"]).ends(1).says("(unrelated key)");
}

#[test]
fn a_conflict_of_a_revert_is_finished_without_a_replay() {
    let member = Member::alone(Setup::Driver);
    member.create(FILE, BASE);
    member.record("base");
    member.change(FILE, "v: hunter2-one\nw: hunter2-w\n", "one");
    member.change(FILE, "v: hunter2-two\nw: hunter2-w\n", "two");
    member.git(["revert", "--no-edit", "HEAD~1"]).ends(1);
    member.desk.dekko(["resolve", FILE, "--theirs"]).ok();
    assert_eq!(member.plain(FILE), BASE);
    member.git(["add", FILE]).ok();
    member.git(["commit", "--quiet", "--no-edit"]).ok();
    member.has_honest_history();
}

#[test]
fn a_rotation_of_a_whole_file_is_not_undone_by_an_edit() {
    let member = Member::alone(Setup::Driver);
    let name = "blob.secret.bin";
    member.create(name, "hunter2 \u{0} one");
    member.record("base");
    member.git(["branch", "side"]).ok();
    let dek = |member: &Member| {
        let bytes = String::from_utf8_lossy(&member.desk.bytes(name)).into_owned();
        bytes.lines().find_map(|line| line.strip_prefix("dek=").map(str::to_owned)).expect("a data key")
    };
    member.change(name, "hunter2 \u{0} two", "ours");
    member.git(["checkout", "--quiet", "side"]).ok();
    member.desk.dekko(["rotate", name]).ok();
    member.record("rotated");
    let rotated = dek(&member);
    member.git(["checkout", "--quiet", "main"]).ok();
    member.git(["merge", "--no-edit", "side"]).ends(1).says("(content)");
    assert_ne!(dek(&member), rotated, "ours stays until somebody decides");
}

#[test]
fn a_repository_that_was_committed_as_a_folder_of_files_is_not_asked() {
    let member = Member::alone(Setup::Driver);
    let name = format!("secrets/{FILE}");
    member.create(&name, BASE);
    member.record("base");
    let proof = member.desk.home().join("started");
    for (file, text) in [
        ("HEAD", "ref: refs/heads/main\n".to_owned()),
        ("refs/heads/main", "1234567890123456789012345678901234567890\n".to_owned()),
        ("objects/info/x", String::new()),
        (
            "config",
            format!(
                "[core]\n\trepositoryformatversion = 1\n\tbare = false\n\tworktree = ..\n[extensions]\n\tpartialClone = \
                 origin\n[remote \"origin\"]\n\turl = ext::sh -c touch% {}\n\tpromisor = true\n[protocol \"ext\"]\n\tallow \
                 = always\n",
                proof.display()
            ),
        ),
    ] {
        member.desk.write(&format!("secrets/{file}"), text);
    }
    for arguments in [
        &["reseal", &name[..]][..],
        &["resolve", &name],
        &["log", &name],
        &["blame", &name],
        &["diff", "HEAD", "HEAD", &name],
        &["verify", "--history", &name],
        &["check", &name],
        &["set", &name, "v", "x"],
        &["git", "doctor"],
    ] {
        let _ = member.desk.dekko(arguments).either(&[0, 1, 2, 3, 5, 7]);
        assert!(fs::metadata(&proof).is_err(), "{arguments:?} started a program of the repository");
    }
}

#[test]
fn a_clean_merge_returns_to_no_state_of_the_other_side() {
    let member = Member::alone(Setup::Driver);
    member.desk.write(FILE, "p: 1\nq: 1\nv: hunter2\nw: 1\n");
    member.desk.dekko(["encrypt", "--encrypt", "v", FILE]).ok();
    member.record("first");
    // Other subjects on each side: the same change in the same second would be the same commit.
    let set = |path: &str, value: &str, subject: &str| {
        member.desk.dekko_with(["set", "--json", FILE, path], value.as_bytes()).ok();
        member.record(subject);
    };
    member.git(["checkout", "--quiet", "-b", "side"]).ok();
    set("p", "2", "side 1");
    set("q", "2", "side 2");
    set("p", "1", "side 3");
    member.git(["checkout", "--quiet", "main"]).ok();
    set("p", "2", "main");
    member.git(["merge", "--no-edit", "side"]).ok();
    assert_eq!(member.plain(FILE), "p: 2\nq: 2\nv: hunter2\nw: 1\n");
    member.has_honest_history();
}

#[test]
fn whom_only_one_side_gives_access_is_left_out_where_the_ancestor_cannot_be_opened() {
    let member = Member::alone(Setup::Driver);
    let desk = &member.desk;
    let [bob, carol] = ["bob", "carol"].map(|name| desk.keygen(&format!("../home/{name}.txt")));
    let as_bob = |arguments: &[&str]| {
        let mut command = desk.command(arguments);
        command.env("DEKKO_AGE_KEY_FILE", desk.home().join("bob.txt"));
        desk.run(command, b"").ok()
    };
    desk.write("base.secret.yaml", BASE);
    as_bob(&["encrypt", "base.secret.yaml", "--recipient", &bob]);
    fs::copy(desk.path("base.secret.yaml"), desk.path("ours.secret.yaml")).unwrap();
    as_bob(&["recipients", "add", "ours.secret.yaml", &desk.recipient()]);
    as_bob(&["rotate", "ours.secret.yaml"]);
    fs::copy(desk.path("ours.secret.yaml"), desk.path("theirs.secret.yaml")).unwrap();
    as_bob(&["recipients", "add", "theirs.secret.yaml", &carol]);
    let [base, ours, theirs] = ["base.secret.yaml", "ours.secret.yaml", "theirs.secret.yaml"];
    let merged = desk.dekko(["git", "merge-driver", "--path", ours, "--", base, ours, theirs]);
    merged.fails(1).says("(recipients)").says("cannot be opened: left out");
    let listed = desk.dekko(["recipients", "list", ours]);
    assert!(!desk.read(ours).contains(&carol), "{}", listed.status());
}
