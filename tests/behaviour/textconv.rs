//! What git shows of encrypted files: to whom, and what never leaves a trace.

use std::process::Command;

use crate::clone::{Clone, Reach};
use crate::desk::MARKER;

const FILE: &str = "a.secret.yaml";
const TEXT: &str = "# top\ndb:\n  user: hunter2-user\n  password: hunter2-old # why\nlast: hunter2-last\n";

/// A repository with two versions of [`FILE`], in which the password changed.
fn two_versions() -> Clone {
    let clone = Clone::new();
    clone.seal(FILE, TEXT);
    clone.record("one");
    clone.dekko(&["set", FILE, "db.password", "hunter2-new"]);
    clone
}

fn lines<'t>(text: &'t str, sign: &str) -> Vec<&'t str> {
    text.lines().filter(|line| line.starts_with(sign) && !line.starts_with(&sign.repeat(3))).collect()
}

#[test]
fn diff_log_show_and_blame_say_what_changed_in_values() {
    let clone = two_versions();
    let diff = clone.git_in("plain", ["diff"]);
    assert_eq!(lines(&diff, "-"), ["-  password: hunter2-old # why"], "{diff}");
    assert_eq!(lines(&diff, "+"), ["+  password: hunter2-new # why"], "{diff}");
    clone.git(["add", FILE]);
    assert_eq!(lines(&clone.git_in("plain", ["diff", "--cached"]), "+").len(), 1);
    clone.record("two");
    for command in [&["show"][..], &["log", "-p", "-1"], &["log", "-1", "-p", "-S", "hunter2-new"]] {
        let shown = clone.git_in("plain", command);
        assert_eq!(lines(&shown, "+"), ["+  password: hunter2-new # why"], "{shown}");
    }
    let blame = clone.git_in("plain", ["blame", "-s", FILE]);
    assert!(blame.contains(") # top\n") && blame.contains("password: hunter2-new # why\n"), "{blame}");
    let whole = clone.git_in("plain", ["show", "--textconv", &format!("HEAD:{FILE}")]);
    let (text, notes) = whole.split_at(whole.find("# dekko: ").expect("notes"));
    assert_eq!(text, TEXT.replace("-old", "-new"));
    let notes: Vec<_> = notes.lines().map(|line| line.split(' ').nth(2).unwrap_or_default()).collect();
    assert_eq!(notes, ["sealed", "data", "policy", "recipient"], "{whole}");
}

#[test]
fn without_a_terminal_the_file_is_shown_as_it_is_unless_somebody_chose() {
    let clone = two_versions();
    let raw = clone.git_in("raw", ["diff"]);
    assert!(raw.contains("password: enc1.") && !raw.contains(MARKER));
    assert_eq!(clone.git(["diff"]), raw);
    assert_eq!(clone.git(["diff", "--no-textconv"]), raw);
    assert_eq!(clone.git_in("what", ["diff"]), raw);
    clone.git(["config", "dekko.diff", "plain"]);
    assert!(clone.git(["diff"]).contains("+  password: hunter2-new"));
    assert_eq!(clone.git(["-c", "dekko.diff=raw", "diff"]), raw);
    clone.git(["config", "--unset", "dekko.diff"]);
    clone.desk.write("../home/more", "[dekko]\n\tdiff = plain\n");
    clone.git(["config", "--global", "include.path", "more"]);
    assert!(clone.git(["diff"]).contains("+  password: hunter2-new"));
    assert_eq!(clone.git_in("raw", ["diff"]), raw, "the environment wins");
}

#[test]
fn labels_say_that_a_value_changed_and_nothing_else() {
    let clone = Clone::new();
    clone.seal(FILE, "a: hunter2-same\nb: hunter2-same\nc: 'hunter2'\n# dekko is no secret\n");
    clone.seal("b.secret.yaml", "a: hunter2-same\n");
    clone.record("one");
    let show = |file: &str| {
        let whole = clone.git_in("masked", ["show", "--textconv", &format!("HEAD:{file}")]);
        assert!(!whole.contains(MARKER) && !whole.contains("enc1."), "{whole}");
        whole
    };
    let one = show(FILE);
    let labels: Vec<_> = one
        .lines()
        .chain(Box::leak(show("b.secret.yaml").into_boxed_str()).lines())
        .filter_map(|line| Some(line.split_once("<enc ")?.1))
        .collect();
    assert_eq!(labels.len(), 4, "{one}");
    assert!((0..4).all(|at| !labels[..at].contains(&labels[at])), "{labels:?}");
    clone.dekko(&["set", FILE, "a", "hunter2-other"]);
    clone.dekko(&["set", FILE, "b", "hunter2-other"]);
    clone.dekko(&["set", FILE, "b", "hunter2-same"]);
    clone.record("two");
    let diff = clone.git_in("masked", ["show", "HEAD", "--", FILE]);
    assert_eq!((lines(&diff, "-").len(), lines(&diff, "+").len()), (1, 1), "{diff}");
    // Without a key the labels are those of the ciphertext: b was encrypted anew, too.
    let mut command = clone.command(["show", "HEAD", "--", FILE], Reach::Dekko);
    command.env("DEKKO_DIFF", "masked").env("XDG_CONFIG_HOME", "/nowhere");
    let diff = clone.run(command, 0);
    assert_eq!((lines(&diff, "-").len(), lines(&diff, "+").len()), (2, 2), "{diff}");
    assert!(diff.contains("# dekko: not verified: no key here\n"), "{diff}");
}

#[test]
fn a_rotation_and_a_new_recipient_are_changes() {
    let clone = two_versions();
    clone.record("two");
    for (change, shown) in
        [(&["rotate", FILE][..], "data key"), (&["recipients", "add", FILE, ""], "recipient")]
    {
        let other = clone.desk.recipient();
        let other = if change.contains(&"") { clone.desk.keygen("../home/other") } else { other };
        let change: Vec<_> =
            change.iter().map(|word| if word.is_empty() { other.as_str() } else { word }).collect();
        clone.dekko(&change);
        for mode in ["plain", "masked", "raw"] {
            let mut command = clone.command(["diff", "--quiet"], Reach::Dekko);
            command.env("DEKKO_DIFF", mode);
            clone.run(command, 1);
        }
        let diff = clone.git_in("plain", ["diff"]);
        let added = lines(&diff, "+");
        assert!(added.len() == 1 && added[0].starts_with(&format!("+# dekko: {shown}")), "{diff}");
        clone.record("next");
    }
}

#[test]
fn a_conflict_is_ciphertext_on_disk_and_plain_in_the_diff() {
    let clone = two_versions();
    clone.git(["switch", "--quiet", "-c", "side"]);
    clone.record("ours");
    clone.git(["switch", "--quiet", "main"]);
    clone.dekko(&["set", FILE, "db.password", "hunter2-theirs"]);
    clone.dekko(&["set", FILE, "last", "hunter2-moved"]);
    clone.record("theirs");
    // As a git without dekko leaves it.
    let plain = clone.command(["merge", "side"], Reach::NoDekko);
    clone.run(plain, 1);
    let text = clone.desk.read(FILE);
    assert!(text.contains("<<<<<<<") && !text.contains(MARKER), "{text}");
    let diff = clone.git_in("plain", ["diff"]);
    for line in [
        "++<<<<<<< ",
        "++======",
        "++>>>>>>> ",
        " +  password: hunter2-theirs # why",
        "+   password: hunter2-new # why",
        " +last: hunter2-moved",
        "+ last: hunter2-last",
        "# dekko: not sealed: conflicts are unresolved",
    ] {
        assert!(diff.lines().any(|found| found.starts_with(line) || found.contains(line)), "{line}\n{diff}");
    }
    assert!(!diff.contains("enc1."), "{diff}");
    let masked = clone.git_in("masked", ["diff"]);
    assert!(
        masked.contains("++<<<<<<< ") && !masked.contains(MARKER) && !masked.contains("enc1."),
        "{masked}"
    );
    assert_eq!(clone.leaks(), [""; 0]);
}

#[test]
fn names_that_look_like_options_or_commands_are_names() {
    let clone = Clone::new();
    let names = [
        "-n.secret.yaml",
        "--help.secret.yaml",
        "a b.secret.yaml",
        "it's $(touch pwn) `touch pwn`.secret.yaml",
        "\"q\".secret.yaml",
        "ü.secret.yaml",
    ];
    for name in names {
        clone.seal(name, "a: hunter2-one\n");
    }
    clone.record("one");
    for name in names {
        clone.desk.write(name, std::fs::read(clone.desk.path(name)).expect("bytes"));
        clone.dekko(&["set", "--", name, "a", "hunter2-two"]);
    }
    let diff = clone.git_in("plain", ["diff"]);
    assert_eq!(lines(&diff, "+"), ["+a: hunter2-two"; 6], "{diff}");
    assert!(!clone.desk.path("pwn").exists());
}

#[test]
fn linked_work_trees_and_bare_repositories_are_no_obstacle() {
    let clone = two_versions();
    clone.record("two");
    clone.git(["config", "dekko.diff", "plain"]);
    clone.git(["worktree", "add", "--quiet", "../linked", "HEAD~1"]);
    let show = clone.git(["-C", "../linked", "show", "HEAD"]);
    assert!(show.contains("+  password: hunter2-old # why"), "{show}");
    clone.git(["clone", "--quiet", "--bare", ".", "../bare"]);
    let show = clone.git(["-C", "../bare", "show", "HEAD"]);
    assert!(show.contains("+  password: enc1."), "{show}");
}

#[test]
fn no_diff_leaves_plain_text_behind() {
    let clone = two_versions();
    for command in [
        &["diff"][..],
        &["log", "-p"],
        &["show"],
        &["blame", FILE],
        &["diff", "HEAD"],
        &["stash"],
        &["stash", "pop"],
    ] {
        clone.git_in("plain", command);
    }
    let mut command = clone.command(["commit", "-a", "-v", "-m", "two"], Reach::Dekko);
    command.env("DEKKO_DIFF", "plain").env("GIT_EDITOR", "true");
    clone.run(command, 0);
    clone.dekko(&["set", FILE, "last", "hunter2-more"]);
    let mut command = clone.command(["commit", "-a", "-v"], Reach::Dekko);
    command.env("DEKKO_DIFF", "plain").env("GIT_EDITOR", "true");
    clone.run(command, 1);
    let message = clone.desk.read(".git/COMMIT_EDITMSG");
    assert!(message.contains("+last: <enc "), "{message}");
    assert_eq!(clone.leaks(), [""; 0]);
}

#[test]
fn whatever_happens_the_status_is_0_and_the_file_is_shown() {
    let clone = two_versions();
    let run = |change: &dyn Fn(&mut Command), arguments: &[&str]| {
        let mut command = clone.desk.command(["git", "textconv"]);
        command.args(arguments).env("DEKKO_DIFF", "plain");
        change(&mut command);
        clone.desk.run(command, b"").ends(0)
    };
    let nothing = |_: &mut Command| {};
    for arguments in
        [&[][..], &["--", "a", "b"], &["--nonsense"], &["--", "absent"], &["--", "."], &["--", ""]]
    {
        assert_eq!(run(&nothing, arguments).out(), "", "{arguments:?}");
    }
    let sealed = clone.desk.bytes(FILE);
    let as_it_is = |name: &str, change: &dyn Fn(&mut Command), lines: usize| {
        let ended = run(change, &["--", name]);
        assert_eq!(ended.stdout, clone.desk.bytes(name), "{name}");
        assert_eq!(ended.stderr.lines().count(), lines, "{}", ended.stderr);
    };
    let text = String::from_utf8(sealed.clone()).expect("text");
    let huge = "a: dekko\n".repeat(100_000);
    for (name, content, said) in [
        ("empty.yaml", &b""[..], 0),
        ("plain.yaml", b"a: 1\ndekko\x1b[2J: x\n", 0),
        ("broken.yaml", b"a: [\n\tdekko", 0),
        ("binary", b"\x00\xff\xfedekko\r", 0),
        ("huge.yaml", huge.as_bytes(), 0),
        ("swapped.yaml", text.replacen("user", "users", 1).as_bytes(), 1),
        ("cut.yaml", &sealed[..sealed.len() / 2], 1),
        ("flipped.yaml", text.replacen("  end: ", "  end: A", 1).as_bytes(), 1),
    ] {
        clone.desk.write(name, content);
        as_it_is(name, &nothing, said);
    }
    clone.desk.keygen("../home/other");
    let other = clone.desk.home().join("other");
    as_it_is(
        FILE,
        &|command| {
            command.env("XDG_CONFIG_HOME", "/nowhere");
        },
        1,
    );
    as_it_is(
        FILE,
        &|command| {
            command.env("XDG_CONFIG_HOME", "/nowhere").env("DEKKO_AGE_KEY_FILE", &other);
        },
        1,
    );
    as_it_is(
        FILE,
        &|command| {
            command.env("XDG_CONFIG_HOME", "/nowhere").env("DEKKO_AGE_KEY_FILE", "/");
        },
        1,
    );
    as_it_is(
        FILE,
        &|command| {
            command.env("DEKKO_DIFF", "clear");
        },
        1,
    );
    let begin = std::time::Instant::now();
    as_it_is(
        FILE,
        &|command| {
            command.env("XDG_CONFIG_HOME", "/nowhere").env("DEKKO_AGE_KEY_CMD", "exec sleep 60");
        },
        1,
    );
    assert!(begin.elapsed().as_secs() < 10, "{:?}", begin.elapsed());
    clone.desk.write("../home/.config/dekko/config.toml", "nonsense = 1\n");
    as_it_is(FILE, &nothing, 1);
}

#[test]
fn a_diff_runs_no_plugin_unless_the_user_allows_it() {
    use std::os::unix::fs::PermissionsExt;

    let clone = two_versions();
    let plugin = clone.desk.path("../home/age-plugin-x");
    std::fs::write(&plugin, format!("#!/bin/sh\n: > '{}'\n", clone.desk.path("../home/ran").display()))
        .expect("a plugin");
    std::fs::set_permissions(&plugin, std::fs::Permissions::from_mode(0o755)).expect("a mode");
    // The checksum of `AGE-PLUGIN-X-1…` is that of an empty identity (BIP 173).
    let identity =
        bech32::encode::<bech32::Bech32>(bech32::Hrp::parse("age-plugin-x-").expect("a name"), &[])
            .expect("an identity");
    clone.desk.write("../home/.config/dekko/keys.txt", identity.to_uppercase());
    let ran = |config: &str| {
        clone.desk.write("../home/.config/dekko/config.toml", config);
        let mut command = clone.desk.command(["git", "textconv", "--", FILE]);
        let path = std::env::join_paths([clone.desk.home()]).expect("a path");
        command.env("DEKKO_DIFF", "plain").env("PATH", path).env("DEKKO_AGE_PLUGINS", "x");
        clone.desk.run(command, b"").ok();
        std::fs::remove_file(clone.desk.home().join("ran")).is_ok()
    };
    assert!(!ran(""));
    assert!(!ran("plugins = [\"x\"]\n"));
    assert!(!ran("plugins = [\"x\"]\n[diff]\nnetwork = false\n"));
    assert!(ran("[diff]\nnetwork = true\n"));
    assert!(ran("plugins = [\"x\"]\n[diff]\nnetwork = true\n"));
}

#[test]
fn what_a_terminal_could_act_on_is_shown_and_not_sent() {
    let clone = Clone::new();
    clone.seal("a.secret.ini", "a = hunter2\u{1b}[2J\u{202e}\u{9b}x\r\nb\u{7f} = 1\r\n");
    clone.seal("a.secret.txt", "hunter2\u{1b}[2J\n");
    clone.seal("b.secret.bin", "hunter2\0");
    clone.record("one");
    let show = |name: &str| clone.git_in("plain", ["show", "--textconv", &format!("HEAD:{name}")]);
    assert!(
        show("a.secret.ini")
            .starts_with("a = hunter2\\x1b[2J\\u{202e}\\x9bx\r\nb\\x7f = 1\r\n; dekko: sealed\r\n")
    );
    assert!(show("a.secret.txt").starts_with("hunter2\\x1b[2J\n# dekko: sealed\n"));
    let binary = show("b.secret.bin");
    assert!(binary.starts_with("<binary>\n<enc ") && !binary.contains(MARKER), "{binary}");
}

/// Runs a program on a terminal of its own, and writes what came to that terminal.
const TERMINAL: &str = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";

#[test]
#[ignore = "needs python3, which has terminals"]
fn a_person_at_a_terminal_sees_values_or_labels() {
    let clone = two_versions();
    let shown = |config: &str| {
        let plain = clone.command(["--no-pager", "diff"], Reach::Dekko);
        let mut command = clone.desk.program("python3");
        command.args(["-c", TERMINAL]).arg(plain.get_program()).args(plain.get_args());
        command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("XDG_CONFIG_HOME", config).env("TERM", "dumb");
        clone.run(command, 0)
    };
    let own = clone.desk.home().join(".config");
    assert!(shown(&own.to_string_lossy()).contains("password: hunter2-new"));
    let masked = shown("/nowhere");
    assert!(masked.contains("password: <enc ") && !masked.contains(MARKER), "{masked}");
}
