//! Merges under bad stars: without a key, across rotations and recipients, with altered sides, with a driver that dies.

use std::fs;

use dekko::merge::marks::Marked;

use crate::team::{FILE, Member, Setup, Team, config};

const BASE: &str = "a: hunter2-a0\nb: hunter2-b0\nc: hunter2-c0\nd: hunter2-d0\ne: hunter2-e0\n";

fn with(changes: &[(&str, &str)]) -> String {
    changes.iter().fold(BASE.to_owned(), |text, (old, new)| text.replace(old, new))
}

/// A commit on `main` by `ours`, and one on `side` by `theirs`, from one with [`BASE`].
fn scene(member: &Member, ours: impl Fn(), theirs: impl Fn()) {
    member.create(FILE, BASE);
    member.record("base");
    member.git(["branch", "side"]).ok();
    ours();
    member.record("ours");
    member.git(["checkout", "--quiet", "side"]).ok();
    theirs();
    member.record("theirs");
    member.git(["checkout", "--quiet", "main"]).ok();
}

/// Takes the identity away from `member`, does `work`, and gives it back.
fn without_key(member: &Member, work: impl FnOnce()) {
    let keys = member.desk.home().join(".config/dekko/keys.txt");
    let away = member.root().join("keys.away");
    fs::rename(&keys, &away).expect("moved");
    work();
    fs::rename(&away, &keys).expect("moved");
}

/// The file is finished, committed and honest.
fn finished(member: &Member, plain: &str) {
    assert_eq!(member.plain(FILE), plain);
    member.git(["add", "--all"]).ok();
    member.git(["commit", "--quiet", "--allow-empty", "--no-edit", "--message", "merged"]).ok();
    member.has_honest_history();
    member.keeps_secrets();
}

#[test]
fn without_a_key_only_what_both_sides_drew_is_merged() {
    for (theirs, status) in [
        // On lines apart, and side by side.
        (with(&[("d0", "d2")]), 0),
        (with(&[("b0", "b2")]), 1),
        (with(&[("a0", "a2")]), 1),
        (with(&[("d0", "d2"), ("a0", "a2")]), 1),
        (format!("{BASE}f: hunter2-f2\n"), 0),
        (BASE.replace("b: hunter2-b0\n", ""), 1),
    ] {
        let member = Member::alone(Setup::Driver);
        let ours = with(&[("a0", "a1")]);
        scene(&member, || member.edit(FILE, &ours), || member.edit(FILE, &theirs));
        without_key(&member, || {
            let done = member.git(["merge", "--quiet", "--no-edit", "side"]).ends(status);
            assert_eq!(done.err.contains("no data key"), status == 1, "{}", done.err);
            member.keeps_secrets();
        });
        let merged = if theirs.contains("a2") { theirs.clone() } else { theirs.replace("a0", "a1") };
        if status == 1 {
            member.desk.dekko(["verify", FILE]).either(&[3, 5]);
            member.desk.dekko(["resolve", "--theirs", FILE]).ok();
        }
        finished(&member, &merged);
    }
}

#[test]
fn without_a_key_a_rotation_is_a_conflict_that_somebody_with_one_finishes() {
    for ours_rotates in [true, false] {
        let member = Member::alone(Setup::Driver);
        let rotate = || {
            member.desk.dekko(["rotate", FILE]).ok();
        };
        let change = || member.edit(FILE, &with(&[("c0", "c2")]));
        if ours_rotates {
            scene(&member, rotate, change)
        } else {
            scene(&member, change, rotate)
        }
        without_key(&member, || {
            member.git(["merge", "--quiet", "--no-edit", "side"]).ends(1);
            member.keeps_secrets();
        });
        member.desk.dekko(["resolve", FILE, if ours_rotates { "--theirs" } else { "--ours" }, "--yes"]).ok();
        finished(&member, &with(&[("c0", "c2")]));
    }
}

#[test]
fn a_rotation_and_a_change_merge_under_the_new_key() {
    for (ours_rotates, both) in [(true, false), (false, false), (true, true)] {
        let member = Member::alone(Setup::Driver);
        let rotate = || {
            member.desk.dekko(["rotate", FILE]).ok();
        };
        let change = || {
            member.edit(FILE, &with(&[("c0", "c2")]));
            if both {
                rotate();
            }
        };
        if ours_rotates {
            scene(&member, rotate, change)
        } else {
            scene(&member, change, rotate)
        }
        member.git(["merge", "--quiet", "--no-edit", "side"]).ok();
        finished(&member, &with(&[("c0", "c2")]));
    }
}

#[test]
fn theirs_gives_access_only_to_whom_our_configuration_names() {
    for (is_named, is_rotated) in [(true, false), (false, false), (true, true), (false, true)] {
        let member = Member::alone(Setup::Driver);
        let me = member.desk.recipient();
        let carol = member.desk.keygen("../home/carol.txt");
        let names: &[&str] = if is_named { &["me", "carol"] } else { &["me"] };
        member.desk.write("dekko.toml", config(&format!("me = \"{me}\"\ncarol = \"{carol}\"\n"), names));
        member.record("rules");
        member.desk.write(FILE, BASE);
        member.desk.dekko(["encrypt", "-r", &me, FILE]).ok();
        member.record("base");
        member.git(["branch", "side"]).ok();
        member.change(FILE, &with(&[("a0", "a1")]), "ours");
        member.git(["checkout", "--quiet", "side"]).ok();
        member.edit(FILE, &with(&[("b0", "b2")]));
        member.desk.dekko(["recipients", "add", FILE, &carol]).ok();
        if is_rotated {
            member.desk.dekko(["rotate", FILE]).ok();
        }
        member.record("theirs");
        member.git(["checkout", "--quiet", "main"]).ok();
        let has_carol =
            |member: &Member| member.desk.dekko(["recipients", "list", FILE]).ok().out().contains(&carol);
        let done = member.git(["merge", "--no-edit", "side"]).ends(i32::from(!is_named));
        if is_named {
            assert!(done.err.contains("adds carol ("), "{}", done.err);
            assert!(has_carol(&member));
        } else {
            assert!(done.err.contains("'(recipients)'"), "{}", done.err);
            assert!(!has_carol(&member), "carol was let in");
            member.keeps_secrets();
            member.desk.dekko(["resolve", FILE]).fails(2).says("--yes");
            member.desk.dekko(["resolve", FILE, "--yes"]).ok();
            assert!(has_carol(&member), "a person agreed");
        }
        finished(&member, &with(&[("a0", "a1"), ("b0", "b2")]));
    }
}

#[test]
fn a_removal_holds_whoever_keeps_on_editing_under_the_old_key() {
    for ours_removes in [true, false] {
        let team = Team::new(Setup::Driver, &["alice", "bob"]);
        let alice = &team.members[0];
        let bob = team.members[1].desk.recipient();
        let remove = || {
            alice.desk.dekko(["recipients", "remove", "--yes", FILE, &bob]).ok();
        };
        let change = || alice.edit(FILE, &with(&[("c0", "c2")]));
        if ours_removes {
            scene(alice, remove, change)
        } else {
            scene(alice, change, remove)
        }
        let done = alice.git(["merge", "--no-edit", "side"]).ok();
        let _ = done;
        let listed = alice.desk.dekko(["recipients", "list", FILE]).ok().out();
        assert!(!listed.contains(&bob), "bob is back: {listed}");
        finished(alice, &with(&[("c0", "c2")]));
        // Bob's key opens nothing of it.
        fs::copy(alice.desk.path(FILE), team.members[1].desk.path(FILE)).expect("copied");
        team.members[1].desk.dekko(["decrypt", FILE]).fails(4);
        team.keeps_secrets();
    }
}

#[test]
fn a_key_that_a_removed_person_holds_is_not_kept() {
    let team = Team::new(Setup::Driver, &["alice", "bob", "carol"]);
    let alice = &team.members[0];
    let [bob, carol] = [1, 2].map(|at| team.members[at].desk.recipient());
    // Each side's key is held by the one whom the other side removed.
    scene(
        alice,
        || {
            alice.desk.dekko(["recipients", "remove", "--yes", FILE, &bob]).ok();
        },
        || {
            alice.desk.dekko(["recipients", "remove", "--yes", FILE, &carol]).ok();
        },
    );
    let done = alice.git(["merge", "--no-edit", "side"]).ends(0);
    assert!(done.err.contains("new data key"), "{}", done.err);
    finished(alice, BASE);
    for member in &team.members[1..] {
        fs::copy(alice.desk.path(FILE), member.desk.path(FILE)).expect("copied");
        member.desk.dekko(["decrypt", FILE]).fails(4);
    }
    team.keeps_secrets();
}

#[test]
fn a_side_that_was_altered_is_never_encrypted_anew() {
    for is_ours in [true, false] {
        let member = Member::alone(Setup::Driver);
        let alter = || {
            // Two values change places: each is authentic, the file is not.
            let text = member.desk.read(FILE);
            let value = |key: &str| {
                let line = text.lines().find_map(|line| line.strip_prefix(&format!("{key}: ")));
                line.expect(key).to_owned()
            };
            let (c, d) = (value("c"), value("d"));
            let swapped = text.replace(&c, "@").replace(&d, &c).replace('@', &d);
            member.desk.write(FILE, swapped);
        };
        let change = || member.edit(FILE, &with(&[("a0", "a1")]));
        if is_ours {
            scene(&member, alter, change)
        } else {
            scene(&member, change, alter)
        }
        let side = if is_ours { "ours" } else { "theirs" };
        let done = member.git(["merge", "--no-edit", "side"]).ends(1);
        assert!(done.err.contains(&format!("(altered: {side})")), "{}", done.err);
        member.keeps_secrets();
        for command in [
            &["resolve", FILE, "--theirs"][..],
            &["resolve", FILE, "--ours", "--yes"],
            &["resolve", FILE, "--anew", "--theirs", "--yes"],
        ] {
            let before = member.desk.read(FILE);
            let ended = member.desk.dekko(command).either(&[2, 3, 5]);
            assert_eq!(member.desk.read(FILE), before, "{command:?} wrote: {}", ended.stderr);
        }
    }
}

#[test]
fn a_side_that_was_decrypted_is_encrypted_again_and_named() {
    for is_ours in [true, false] {
        let member = Member::alone(Setup::Driver);
        // Here plain text is in the repository by the scenario's own doing.
        let decrypt = || member.desk.write(FILE, with(&[("d0", "d3")]));
        let change = || member.edit(FILE, &with(&[("a0", "a1")]));
        if is_ours {
            scene(&member, decrypt, change)
        } else {
            scene(&member, change, decrypt)
        }
        let mut command = member.command(["merge", "--no-edit", "side"]);
        command.env("DEKKO_DIFF", "raw");
        let done = member.run(command).ends(1);
        let side = if is_ours { "ours" } else { "theirs" };
        assert!(done.err.contains(&format!("{side} committed it decrypted")), "{}", done.err);
        let text = member.desk.read(FILE);
        assert!(!text.contains("hunter2"), "plain text on disk:\n{text}");
        member.desk.dekko(["resolve", FILE, "--yes"]).ok();
        assert_eq!(member.plain(FILE), with(&[("a0", "a1"), ("d0", "d3")]));
    }
}

#[test]
fn a_branch_that_encrypts_and_one_that_still_edits_plain_text() {
    for ours_encrypts in [true, false] {
        let member = Member::alone(Setup::Driver);
        member.desk.write(FILE, BASE);
        member.record("base, plain");
        member.git(["branch", "side"]).ok();
        let encrypt = || {
            member.desk.dekko(["encrypt", FILE]).ok();
            member.record("encrypted");
        };
        let edit = || {
            member.desk.write(FILE, with(&[("c0", "c3")]));
            member.record("edited in plain text");
        };
        if ours_encrypts {
            encrypt()
        } else {
            edit()
        }
        member.git(["checkout", "--quiet", "side"]).ok();
        if ours_encrypts {
            edit()
        } else {
            encrypt()
        }
        member.git(["checkout", "--quiet", "main"]).ok();
        let done = member.git(["merge", "--no-edit", "side"]).ends(0);
        assert!(done.err.contains("c: plaintext on"), "{}", done.err);
        assert!(!member.desk.read(FILE).contains("hunter2"));
        assert_eq!(member.plain(FILE), with(&[("c0", "c3")]));
    }
}

/// A merge whose driver is `command`, over neighbours: what is left of the file, and what git says.
fn driven_by(command: &str) -> (Member, crate::team::Ended) {
    let member = Member::alone(Setup::Driver);
    scene(
        &member,
        || member.edit(FILE, &with(&[("a0", "a1")])),
        || member.edit(FILE, &with(&[("b0", "b2")])),
    );
    member.git(["config", "merge.dekko.driver", command]).ok();
    let done = member.git(["merge", "--no-edit", "side"]).any();
    (member, done)
}

#[test]
fn a_driver_that_fails_fails_the_merge_and_loses_nothing() {
    let called = "--ours-label=%X --path=%P -- %O %A %B";
    for (what, command) in [
        ("an unknown option", format!("dekko git merge-driver --no-such-option {called}")),
        ("a number that is none", format!("dekko git merge-driver --marker-size=x {called}")),
        ("a file too few", "dekko git merge-driver --path=%P -- %O %A".to_owned()),
        ("a missing ancestor", "dekko git merge-driver --path=%P -- nowhere %A %B".to_owned()),
        ("a missing side", "dekko git merge-driver --path=%P -- %O %A nowhere".to_owned()),
        ("a folder for a side", "dekko git merge-driver --path=%P -- %O %A .".to_owned()),
        ("a result that is gone", "rm %A; dekko git merge-driver --path=%P -- %O %A %B".to_owned()),
        (
            "a kill",
            "mkfifo p; dekko git merge-driver --path=%P -- %O %A p & sleep 0.3; kill -9 $!; rm p; wait $!"
                .to_owned(),
        ),
        ("a full disk", format!("ulimit -f 0; dekko git merge-driver {called}")),
    ] {
        let (member, done) = driven_by(&command);
        assert!(done.status >= 2, "{what} is taken for a conflict: {}{}", done.out, done.err);
        assert_eq!(member.plain(FILE), with(&[("a0", "a1")]), "{what}");
        assert!(!member.desk.path(".git/MERGE_HEAD").exists(), "{what}");
        member.keeps_secrets();
        // With the driver in order again, it merges as if nothing had been.
        member.git(["config", "--unset", "merge.dekko.driver"]).ok();
        for entry in fs::read_dir(member.desk.work()).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".merge_file_")) {
                fs::remove_file(path).expect("removed");
            }
        }
        member.git(["merge", "--quiet", "--no-edit", "side"]).ok();
        finished(&member, &with(&[("a0", "a1"), ("b0", "b2")]));
    }
}

#[test]
fn a_driver_nobody_listens_to_works_all_the_same() {
    let called = "--marker-size=%L --base-label=%S --ours-label=%X --theirs-label=%Y --path=%P -- %O %A %B";
    for streams in ["2>&-", ">&-", "<&- >&- 2>&-", "2>/dev/full", ">/dev/full"] {
        let (member, done) = driven_by(&format!("dekko git merge-driver {called} {streams}"));
        assert_eq!(done.status, 0, "{streams}: {}{}", done.out, done.err);
        finished(&member, &with(&[("a0", "a1"), ("b0", "b2")]));
    }
}

#[test]
fn where_the_program_is_missing_git_merges_lines_and_keeps_both_sides() {
    let member = Member::alone(Setup::ProgramMissing);
    scene(
        &member,
        || member.edit(FILE, &with(&[("a0", "a1")])),
        || member.edit(FILE, &with(&[("b0", "b2")])),
    );
    let theirs = member.object(&format!("side:{FILE}"));
    member.git(["merge", "--no-edit", "side"]).ends(1);
    let text = member.desk.read(FILE);
    assert!(Marked::read(&text).is_some(), "{text}");
    let line = theirs.lines().find(|line| line.starts_with("b: ")).expect("a value");
    assert!(text.contains(line), "theirs is lost:\n{text}");
    member.desk.dekko(["resolve", FILE, "--theirs"]).ok();
    finished(&member, &with(&[("a0", "a1"), ("b0", "b2")]));
}

#[test]
fn the_search_for_what_is_left_over_finds_it() {
    let member = Member::alone(Setup::Nothing);
    member.keeps_secrets();
    let found = |member: &Member| crate::team::leaks(member, member.root()).len();
    member.desk.write("loose", "hunter2");
    assert_eq!(found(&member), 1);
    member.git(["hash-object", "-w", "loose"]).ok();
    fs::remove_file(member.desk.path("loose")).expect("removed");
    assert_eq!(found(&member), 1);
    member.git(["update-ref", "--create-reflog", "-m", "hunter2", "refs/heads/other", "HEAD"]).ok();
    assert_eq!(found(&member), 2);
    fs::write(member.root().join("tmp/x-hunter2"), "").expect("written");
    assert_eq!(found(&member), 3);
}
