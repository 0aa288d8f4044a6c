//! From a conflict back to a sealed file: resolve, reseal, edit, mergetool; what they refuse, and that nothing plain is
//! left over.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use dekko::merge::marks::{Marked, Side, taken};

use crate::repository::FIVE;
use crate::team::{FILE, Member, Setup};

const BASE: &str = "db:\n  host: hunter2-h0\n  password: hunter2-p0\n  port: 1\ncache: hunter2-c0\nlist:\n  - hunter2-l0\ntail: hunter2-t0\n";

/// [`BASE`] with a number for the password and the cache, an item more and another tail.
fn version(number: u8, item: &str, tail: &str) -> String {
    BASE.replace("p0", &format!("p{number}"))
        .replace("c0", &format!("c{number}"))
        .replace("tail", &format!("  - hunter2-{item}\ntail"))
        .replace("t0", tail)
}

/// A merge of `ours` and `theirs`, made from `base`, that stopped.
fn stopped(setup: Setup, base: &str, ours: &str, theirs: &str) -> Member {
    let member = Member::alone(setup);
    diverged(&member, FILE, base, ours, theirs);
    member.git(["merge", "--no-edit", "side"]).ends(1);
    member
}

fn diverged(member: &Member, name: &str, base: &str, ours: &str, theirs: &str) {
    member.create(name, base);
    member.record("base");
    member.git(["branch", "side"]).ok();
    member.change(name, ours, "ours");
    member.git(["checkout", "--quiet", "side"]).ok();
    member.change(name, theirs, "theirs");
    member.git(["checkout", "--quiet", "main"]).ok();
}

/// The usual conflict: password, cache, and an item of a list.
fn usual(setup: Setup) -> Member {
    stopped(setup, BASE, &version(1, "lo", "t0"), &version(2, "lt", "t2"))
}

/// `name` is finished and holds `plain`; it is committed, and nothing is left over.
fn finished(member: &Member, name: &str, plain: &str) {
    assert_eq!(member.plain(name), plain);
    member.git(["add", "--", name]).ok();
    member.git(["commit", "--quiet", "--no-edit"]).ok();
    member.has_honest_history();
    member.keeps_secrets();
}

/// The usual conflict with the password of ours, the cache of theirs, and both items.
fn decided() -> String {
    BASE.replace("p0", "p1")
        .replace("c0", "c2")
        .replace("tail", "  - hunter2-lo\n  - hunter2-lt\ntail")
        .replace("t0", "t2")
}

/// A script below the home that can be EDITOR.
fn editor(member: &Member, script: &str) -> String {
    let path = member.desk.home().join("editor");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).expect("a script");
    path.to_string_lossy().into_owned()
}

/// `dekko` with `arguments` and an editor that runs `script` with the text as `$1`.
fn edited(member: &Member, arguments: &[&str], script: &str) -> crate::desk::Run {
    let mut command = member.desk.command(arguments);
    command.env("EDITOR", editor(member, script));
    let run = member.desk.run(command, b"");
    fs::remove_file(member.desk.home().join("editor")).expect("removed");
    run
}

#[test]
fn each_path_can_be_decided_for_itself() {
    let member = usual(Setup::Driver);
    let before = member.desk.read(FILE);
    member.desk.dekko(["resolve", FILE, "--ours", "db.password"]).fails(2).says("'cache'");
    member.desk.dekko(["resolve", FILE, "--ours", "db.host"]).fails(3).says("is not in conflict");
    member.desk.dekko(["resolve", FILE]).fails(2).says("still in conflict");
    assert_eq!(member.desk.read(FILE), before, "something was written");
    let arguments = ["resolve", FILE, "--ours", "db.password", "--theirs", "cache", "--union", "list"];
    member.desk.dekko(arguments).ok().says("git add");
    finished(&member, FILE, &decided());
}

#[test]
fn the_file_may_stand_behind_the_options_too() {
    let member = usual(Setup::Driver);
    member.desk.dekko(["resolve", "--ours", "list", "--theirs", FILE]).ok();
    let merged = version(2, "lo", "t2");
    finished(&member, FILE, &merged);
    member.desk.dekko(["resolve", "--theirs"]).fails(2).says("name the file");
}

#[test]
fn the_marked_text_can_be_edited() {
    for command in [&["resolve", "--edit", FILE][..], &["edit", FILE]] {
        let member = usual(Setup::Driver);
        let before = member.desk.read(FILE);
        let merged = BASE.replace("p0", "p9").replace("c0", "c8").replace("t0", "t2");
        // What still has marks is no answer.
        let refused = edited(&member, command, "sed -i s/hunter2-p1/hunter2-p3/ \"$1\"").fails(3);
        assert_eq!(member.desk.read(FILE), before);
        member.desk.dekko(["get", FILE, "cache"]).fails(3).says("resolve");
        let kept =
            refused.stderr.lines().find_map(|line| line.split_once("unencrypted, in ")).expect("kept").1;
        let kept = std::path::Path::new(kept.trim_matches('\''));
        assert!(fs::read_to_string(kept).is_ok_and(|text| text.contains("hunter2-p3")));
        fs::remove_dir_all(kept.parent().expect("a folder")).expect("removed");
        let script = format!(
            "grep -q hunter2-p1 \"$1\" && grep -q hunter2-p2 \"$1\" && grep -q '<<<<<<<' \"$1\" || exit 1\n\
             cat > \"$1\" <<'END'\n{merged}END"
        );
        edited(&member, command, &script).ok();
        finished(&member, FILE, &merged);
    }
}

#[test]
fn a_value_typed_in_as_it_was_before_both_changes_is_new() {
    for anew in [false, true] {
        let member = usual(Setup::Driver);
        let merged = BASE.replace("tail", "  - hunter2-lo\ntail").replace("t0", "t2");
        let mut arguments = vec!["resolve", "--edit", FILE];
        arguments.extend(anew.then_some("--anew"));
        edited(&member, &arguments, &format!("cat > \"$1\" <<'END'\n{merged}END")).ok();
        finished(&member, FILE, &merged);
    }
}

#[test]
fn a_conflict_that_git_left_without_a_driver_is_finished_the_same_way() {
    for setup in [Setup::Nothing, Setup::ProgramMissing] {
        let member = usual(setup);
        member.keeps_secrets();
        let marked = member.desk.read(FILE);
        assert!(Marked::read(&marked).is_some());
        for command in ["verify", "decrypt"] {
            member.desk.dekko([command, FILE]).ends(3).says("dekko resolve");
        }
        member.desk.dekko(["reseal", FILE]).fails(3);
        member.desk.dekko(["resolve", FILE, "--theirs", "--ours", "cache"]).ok();
        let merged = version(2, "lt", "t2").replace("c2", "c1");
        finished(&member, FILE, &merged);
    }
}

#[test]
fn conflicts_inside_the_metadata_are_settled_by_the_versions_in_the_index() {
    for (ours_rotates, theirs_rotates) in [(false, false), (true, false), (false, true), (true, true)] {
        let member = Member::alone(Setup::Nothing);
        let [bob, carol] = ["bob", "carol"].map(|name| member.desk.keygen(&format!("../home/{name}.txt")));
        diverged(&member, FILE, BASE, &version(1, "lo", "t0"), &version(1, "lo", "t2"));
        member.desk.dekko(["recipients", "add", FILE, &bob]).ok();
        if ours_rotates {
            member.desk.dekko(["rotate", FILE]).ok();
        }
        member.record("adds bob");
        member.git(["checkout", "--quiet", "side"]).ok();
        member.desk.dekko(["recipients", "add", FILE, &carol]).ok();
        if theirs_rotates {
            member.desk.dekko(["rotate", FILE]).ok();
        }
        member.record("adds carol");
        member.git(["checkout", "--quiet", "main"]).ok();
        member.git(["merge", "--no-edit", "side"]).ends(1);
        assert!(Marked::read(&member.desk.read(FILE)).is_some());
        member.desk.dekko(["resolve", FILE, "--theirs", "--yes"]).ok();
        let listed = member.desk.dekko(["recipients", "list", FILE]).ok().out();
        assert!(listed.contains(&bob) && listed.contains(&carol), "{listed}");
        finished(&member, FILE, &version(1, "lo", "t2"));
    }
}

#[test]
fn hunks_taken_by_hand_are_sealed_after_a_look() {
    let member = usual(Setup::Driver);
    let text = member.desk.read(FILE);
    let marked = Marked::read(&text).expect("a conflict");
    for side in [Side::Ours, Side::Theirs] {
        member.desk.write(FILE, taken(&marked.pieces, side));
        member.desk.dekko(["verify", FILE]).ends(5).says("dekko reseal");
        member.desk.dekko(["decrypt", FILE]).fails(5).says("dekko reseal");
        member.desk.dekko(["get", FILE, "cache"]).fails(5).says("dekko reseal");
        let refused = member.desk.dekko(["reseal", FILE]).fails(2);
        assert!(refused.stderr.contains("--yes"), "{}", refused.stderr);
    }
    let sealed = member.desk.dekko(["reseal", "--yes", FILE]).ok();
    for line in ["~ db.password  changed", "~ cache  changed", "~ tail  changed"] {
        assert!(sealed.stderr.contains(line), "{line}: {}", sealed.stderr);
    }
    member.desk.dekko(["reseal", FILE]).ok().says("sealed as it is");
    finished(&member, FILE, &version(2, "lt", "t2"));
}

#[test]
fn what_a_person_wrote_between_the_hunks_is_encrypted_or_refused() {
    let member = usual(Setup::Driver);
    let marked = Marked::read(&member.desk.read(FILE)).expect("a conflict");
    let ours = taken(&marked.pieces, Side::Ours);
    // A value typed in plain text where the policy wants ciphertext.
    member.desk.write(FILE, ours.replacen("db:\n", "db:\n  user: hunter2-typed\n", 1));
    member.desk.dekko(["reseal", "--yes", FILE]).ok().says("+ db.user");
    assert_eq!(member.desk.dekko(["get", FILE, "db.user"]).ok().out().trim_end(), "hunter2-typed");
    member.keeps_secrets();
    // A value that was sealed for another key.
    let line = |key: &str| {
        let found = ours.lines().find(|line| line.trim_start().starts_with(&format!("{key}: ")));
        found.and_then(|line| line.split_once(": ")).expect(key).1.to_owned()
    };
    member.desk.write(FILE, ours.replacen(&line("cache"), &line("host"), 1));
    member.desk.dekko(["reseal", "--yes", FILE]).fails(5);
    // Metadata that nobody sealed.
    let kept = ours.find("  rotated:").expect("metadata");
    member.desk.write(FILE, format!("{}  scope: \"prod\"\n{}", &ours[..kept], &ours[kept..]));
    member.desk.dekko(["reseal", "--yes", FILE]).fails(5);
    let rotated = ours.find("  rotated: ").expect("metadata") + "  rotated: ".len();
    member.desk.write(FILE, format!("{}1999{}", &ours[..rotated], &ours[rotated + 4..]));
    member.desk.dekko(["reseal", "--yes", FILE]).fails(5);
}

/// The epoch of the file `name`.
fn epoch(member: &Member, name: &str) -> String {
    let text = member.desk.read(name);
    let line = text.lines().find_map(|line| line.trim().strip_prefix("epoch: "));
    line.expect("an epoch").to_owned()
}

#[test]
fn the_epoch_is_new_when_a_version_that_a_text_comes_from_is_missing() {
    let member = usual(Setup::Driver);
    let before = epoch(&member, FILE);
    let marked = Marked::read(&member.desk.read(FILE)).expect("a conflict");
    let ours = taken(&marked.pieces, Side::Ours);
    member.desk.write(FILE, &ours);
    member.desk.dekko(["reseal", "--yes", FILE]).ok();
    assert_eq!(epoch(&member, FILE), before, "all that it comes from is at hand");
    let lone = "../home/lone.secret.yaml";
    member.desk.write(lone, &ours);
    member.desk.dekko(["reseal", "--yes", lone]).ok().says("at hand");
    assert_ne!(epoch(&member, lone), before);
}

#[test]
fn mergetool_takes_what_it_is_told() {
    for (options, plain) in [
        ("--theirs", version(2, "lt", "t2")),
        ("--ours", version(1, "lo", "t2")),
        ("--ours cache --theirs", version(2, "lt", "t2").replace("c2", "c1")),
    ] {
        let member = usual(Setup::Driver);
        let tool = format!(
            "mergetool.dekko.cmd=dekko git mergetool {options} -- \"$BASE\" \"$LOCAL\" \"$REMOTE\" \"$MERGED\""
        );
        let keep = "mergetool.keepBackup=false";
        member.git(["-c", &tool, "-c", keep, "mergetool", "--no-prompt", "--tool=dekko", FILE]).ok();
        finished(&member, FILE, &plain);
    }
    let member = usual(Setup::Driver);
    // Nobody is there to ask: the conflict stays.
    let done = member.git(["mergetool", "--no-prompt", "--tool=dekko", FILE]).ends(1);
    assert!(done.err.contains("still in conflict"), "{}", done.err);
    assert!(Marked::read(&member.desk.read(FILE)).is_some());
    member.keeps_secrets();
}

/// Answers `t`, `o`, `b` and so on to what a program asks on its terminal.
const TERMINAL: &str = "
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
answers, seen = sys.argv[1].split(','), b''
while True:
    try: part = os.read(fd, 1024)
    except OSError: break
    if not part: break
    seen += part
    if b'Enter leaves it: ' in seen and answers:
        os.write(fd, answers.pop(0).encode() + b'\\n'); seen = seen.split(b'Enter leaves it: ', 1)[1]
    sys.stdout.buffer.write(part)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
";

#[test]
fn a_person_at_a_terminal_is_asked_about_each_conflict() {
    let has_python = std::process::Command::new("python3").arg("--version").output().is_ok();
    if !has_python {
        return;
    }
    for program in [
        &["dekko", "resolve", FILE][..],
        &["git", "-c", "mergetool.keepBackup=false", "mergetool", "--no-prompt", "--tool=dekko", FILE],
    ] {
        let member = usual(Setup::Driver);
        let mut command = member.desk.program("python3");
        member.prepare(&mut command);
        command.args(["-c", TERMINAL, "o,t,b"]).args(program).env_remove("DEKKO_NO_PROMPT");
        let done = member.run(command);
        let shown = done.ok();
        for text in ["conflict 1 of 3", "'db.password'", "hunter2-p1", "hunter2-p2", "hunter2-lo"] {
            assert!(shown.contains(text), "{program:?} does not show {text}:\n{shown}");
        }
        finished(&member, FILE, &decided());
    }
}

#[test]
fn every_format_conflicts_in_ciphertext_and_is_finished() {
    for style in ["merge", "diff3", "zdiff3"] {
        for line_break in ["\n", "\r\n"] {
            let member = Member::alone(Setup::Driver);
            member.git(["config", "merge.conflictStyle", style]).ok();
            member.git(["config", "core.autocrlf", "false"]).ok();
            let with = |text: &str, value: &str, host: &str| {
                let host_there = text.contains("host: h\n");
                let text = text.replace("hunter2-old", value);
                let text = if host_there { text.replace("host: h\n", host) } else { text };
                text.replace('\n', line_break)
            };
            let all = |value: &str, subject: &str, is_new: bool| {
                for (name, text) in FIVE {
                    let text = with(text, value, "host: h\n");
                    if is_new { member.create(name, &text) } else { member.edit(name, &text) }
                }
                member.record(subject);
            };
            all("hunter2-old", "base", true);
            member.git(["branch", "side"]).ok();
            all("hunter2-one", "ours", false);
            member.git(["checkout", "--quiet", "side"]).ok();
            all("hunter2-two", "theirs", false);
            member.git(["checkout", "--quiet", "main"]).ok();
            member.git(["merge", "--no-edit", "side"]).ends(1);
            member.keeps_secrets();
            for (at, (name, text)) in FIVE.into_iter().enumerate() {
                let left = member.desk.read(name);
                let marked = Marked::read(&left).unwrap_or_else(|| panic!("{name}:\n{left}"));
                assert_eq!(left.contains("|||||||"), style != "merge", "{name}:\n{left}");
                assert_eq!(left.contains("\r\n"), line_break == "\r\n");
                assert!(
                    !left.replace("\r\n", "").contains('\n') || line_break == "\n",
                    "{name}: mixed:\n{left}"
                );
                assert!(marked.line > 0);
                let shown = member.diff(name);
                assert!(shown.contains("hunter2-one") && shown.contains("hunter2-two"), "{name}:\n{shown}");
                let (option, value) =
                    if at % 2 == 0 { ("--ours", "hunter2-one") } else { ("--theirs", "hunter2-two") };
                member.desk.dekko(["resolve", name, option]).ok();
                assert_eq!(member.plain(name), with(text, value, "host: h\n"), "{name}");
            }
            member.record("merged");
            member.has_honest_history();
            member.keeps_secrets();
        }
    }
}

#[test]
fn a_file_that_is_encrypted_as_a_whole_is_one_value() {
    for (is_clean, theirs) in [(true, &b"hunter2\x00one"[..]), (false, b"hunter2\x00two")] {
        let member = Member::alone(Setup::Driver);
        let name = "key.secret.bin";
        let write = |bytes: &[u8], subject: &str| {
            fs::write(member.desk.path(name), bytes).expect("written");
            member.desk.dekko(["encrypt", name]).ok();
            member.record(subject);
        };
        write(b"hunter2\x00base", "base");
        let base = member.desk.bytes(name);
        member.git(["branch", "side"]).ok();
        write(b"hunter2\x00one", "ours");
        member.git(["checkout", "--quiet", "side"]).ok();
        assert_eq!(member.desk.bytes(name), base);
        write(theirs, "theirs");
        let their_bytes = member.desk.bytes(name);
        member.git(["checkout", "--quiet", "main"]).ok();
        let our_bytes = member.desk.bytes(name);
        // Both made a new file of the same, or of another content: with new keys, nobody can say more than that.
        let done = member.git(["merge", "--no-edit", "side"]).any();
        assert_eq!(done.status, i32::from(!is_clean), "{}{}", done.out, done.err);
        member.keeps_secrets();
        if is_clean {
            assert_eq!(member.desk.bytes(name), our_bytes, "a half of each would be nothing");
            member.desk.dekko(["decrypt", name]).ok();
        } else {
            member.desk.dekko(["decrypt", name]).fails(3).says("dekko resolve");
            member.desk.dekko(["encrypt", name]).fails(3);
            member.desk.dekko(["verify", name]).ends(3).says("conflict");
            member.desk.dekko(["check", name]).ends(1).says("conflict: finish the merge");
            member.desk.dekko(["resolve", name]).fails(2).says("--ours, or --theirs");
            member.desk.dekko(["resolve", name, "--ours", "a"]).fails(2).says("has no paths");
            // Nobody takes a side by mistake: the marks are still there when git's own are gone.
            member.git(["add", name]).ok();
            member.desk.dekko(["check", "--staged"]).ends(1).says("conflict");
            member.desk.dekko(["resolve", name, "--ours"]).ok().says("git add");
            assert_eq!(member.desk.bytes(name), our_bytes);
            member.git(["checkout", "--merge", "--", name]).ok();
            member.desk.dekko(["resolve", name, "--theirs"]).ok();
            assert_eq!(member.desk.bytes(name), their_bytes);
            member.git(["add", name]).ok();
            member.git(["commit", "--quiet", "--no-edit"]).ok();
        }
        member.keeps_secrets();
    }
}

#[test]
fn what_nobody_verified_is_shown_line_by_line_and_no_value_of_it() {
    let base = "db:\n  # who may read\n  password: hunter2-p0\nlist: []\n";
    let member = Member::alone(Setup::Driver);
    member.create(FILE, base);
    member.record("base");
    // Somebody without a key wrote around the tokens: structure, a comment, a tag.
    let text = fs::read_to_string(member.desk.path(FILE)).unwrap();
    let altered = text
        .replace("  # who may read\n", "  # everybody may read\n")
        .replace("list: []", "list: {}")
        .replace("password: ", "password: !!str ");
    fs::write(member.desk.path(FILE), altered).unwrap();
    let refused = member.desk.dekko(["reseal", FILE]).fails(2);
    let shown = [
        "- text   # who may read",
        "+ text   # everybody may read",
        "- text list: []",
        "+ text list: {}",
        "+ text   password: !!str …",
    ];
    let refused = shown.into_iter().fold(refused, |refused, line| refused.says(line));
    refused.says("no value differs").does_not_say("hunter2");
}

#[test]
fn a_text_is_held_against_the_newest_version_that_holds() {
    let member = Member::alone(Setup::Driver);
    member.create(FILE, BASE);
    member.record("base");
    let good = String::from_utf8(member.git(["rev-parse", "HEAD"]).ok().into_bytes()).unwrap();
    for number in ["1", "2"] {
        let text = fs::read_to_string(member.desk.path(FILE)).unwrap();
        fs::write(member.desk.path(FILE), format!("note{number}: x\n{text}")).unwrap();
        member.record("altered without a key");
    }
    let refused = member.desk.dekko(["reseal", FILE]).fails(2);
    let refused = refused.says(&format!("against the one in commit {}", &good[..10]));
    refused.says("+ note2").says("+ text note2: …").says("+ text note1: …").does_not_say("- text");
    let epoch_before = epoch(&member, FILE);
    member.desk.dekko(["reseal", "--yes", FILE]).ok();
    member.desk.dekko(["verify", FILE]).ok();
    assert_ne!(epoch(&member, FILE), epoch_before);
}

#[test]
fn an_edited_conflict_that_was_touched_by_hand_is_vouched_for() {
    let member = usual(Setup::Driver);
    let text = member.desk.read(FILE).replace("list:\n", "# theirs\nlist:\n");
    member.desk.write(FILE, &text);
    let merged = decided().replace("list:\n", "# theirs\nlist:\n");
    let script = format!("cat > \"$1\" <<'END'\n{merged}END");
    let refused = edited(&member, &["resolve", "--edit", FILE], &script).fails(2).says("+ text # theirs");
    assert_eq!(member.desk.read(FILE), text);
    let kept = refused.stderr.lines().find_map(|line| line.split_once("unencrypted, in ")).expect("kept").1;
    let folder = std::path::Path::new(kept.trim_matches('\'')).parent().expect("a folder").to_owned();
    fs::remove_dir_all(folder).expect("removed");
    edited(&member, &["resolve", "--edit", "--yes", FILE], &script).ok().says("+ text # theirs");
    finished(&member, FILE, &merged);
}
