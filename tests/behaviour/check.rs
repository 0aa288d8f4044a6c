//! `dekko check` finds, without any key, what must not be in a repository, and says in which commit.

use std::fs;

use crate::desk::MARKER;
use crate::workshop::Workshop;

const PLAIN: &str = "db:\n  user: app\n  password: hunter2-a\n  host: h\n";

fn workshop() -> Workshop {
    let workshop = Workshop::new();
    workshop.sealed("secrets/app.yaml", PLAIN);
    workshop.commit("sealed");
    workshop
}

#[test]
fn a_good_repository_is_clean_in_every_mode_and_format() {
    let workshop = workshop();
    for mode in [&[][..], &["--all"], &["--staged"], &["--range", "HEAD"], &["--range", "HEAD~1..HEAD"]] {
        assert_eq!(workshop.found(mode), [""; 0], "{mode:?}");
    }
    let silent = workshop.desk.dekko(["check"]).ok();
    assert_eq!((silent.out(), silent.stderr.as_str()), (String::new(), ""));
    workshop.desk.dekko(["check", "secrets/app.yaml"]).ok();
    let sealed = workshop.desk.bytes("secrets/app.yaml");
    workshop.desk.dekko_with(["check", "-"], &sealed).ok();
    workshop.desk.dekko_with(["check", "-"], PLAIN.as_bytes()).ends(1);
    workshop.desk.dekko(["check", "--self-test"]).ok().says("all 15 built-in bad files");
}

#[test]
fn every_defect_is_found_in_the_work_tree_the_index_and_a_commit() {
    let workshop = workshop();
    let good = workshop.desk.read("secrets/app.yaml");
    let token = |key: &str| {
        let line = good.lines().find(|line| line.trim_start().starts_with(key)).expect(key);
        line.split_once(": ").expect("a value").1.to_owned()
    };
    let with = |from: &str, to: &str| good.replacen(from, to, 1);
    let line = |name: &str| good.lines().find(|line| line.trim_start().starts_with(name)).expect(name);
    workshop.desk.write("other.yaml", PLAIN);
    let stranger = workshop.desk.keygen("stranger.txt");
    workshop.desk.dekko(["encrypt", "-q", "-r", &stranger, "other.yaml"]).ok();
    let other = workshop.desk.read("other.yaml");
    fs::remove_file(workshop.desk.path("other.yaml")).unwrap();
    let foreign = other.lines().nth(1).and_then(|line| line.split_once(": ")).expect("a token").1;
    let key = fs::read_to_string(workshop.desk.home().join(".config/dekko/keys.txt")).unwrap();
    let key = key.lines().find(|line| line.starts_with("AGE-SECRET-KEY-1")).expect("a key").to_owned();
    let swapped = {
        let mut lines: Vec<&str> = good.split_inclusive('\n').collect();
        lines.swap(1, 2);
        lines.concat()
    };
    let conflict = format!("<<<<<<< HEAD\nx: hunter2-x\n=======\n>>>>>>> b\n{good}");
    let cases: Vec<(&[&str], String)> = vec![
        (&["not-encrypted"], PLAIN.to_owned()),
        (&["not-encrypted"], "db: [hunter2\n".to_owned()),
        (&["plain-value"], with(&token("password:"), "hunter2-b")),
        (&["conflict"], conflict),
        (&["conflict"], format!("{good}>>>>>>> theirs\n")),
        (&["unsealed"], with(line("end:"), "  end: AAAAAAAAAAAAAAAAAAAAAA")),
        (&["syntax"], with("db:\n", "db: [\n")),
        (&["metadata"], with(line("rotated:"), "  rotated: yesterday")),
        (&["metadata"], with("  cover: all\n", "")),
        (&["version"], with("  v: 1\n", "  v: 2\n")),
        (&["token"], with(&token("user:"), "enc1.hunter2")),
        (&["token"], with(&token("user:"), &token("password:"))),
        (&["foreign-token"], with(&token("user:"), foreign)),
        (&["recipient"], with(&workshop.desk.recipient(), &stranger)),
        (&["private-key"], format!("# {key}\n{good}")),
        (&["private-key", "not-encrypted"], format!("key: {key}\n")),
        (&["policy"], with("encrypt **", "encrypt db.user")),
        (&["policy"], with("cover: all", "cover: encrypted")),
        (&["order"], swapped),
    ];
    for (expected, text) in cases {
        workshop.desk.write("secrets/app.yaml", &text);
        let base = workshop.head();
        let named = |found: Vec<String>| {
            let mut rules: Vec<_> = found
                .iter()
                .map(|line| line.strip_prefix("secrets/app.yaml ").expect("the file").to_owned())
                .collect();
            rules.dedup();
            rules
        };
        if expected != ["order"] {
            assert_eq!(named(workshop.found(&["--all"])), expected, "all: {text}");
            assert_eq!(named(workshop.found(&["secrets/app.yaml"])), expected, "named: {text}");
        }
        workshop.git(["add", "-A"]).ok();
        assert_eq!(named(workshop.found(&["--staged"])), expected, "staged: {text}");
        let commit = workshop.commit("bad");
        let range = format!("{base}..HEAD");
        assert_eq!(named(workshop.found(&["--range", &range])), expected, "range: {text}");
        let lines = workshop.desk.dekko(["check", "--range", &range]).ends(1);
        let said = format!("commit {}: secrets/app.yaml", &commit[..12]);
        assert!(lines.out().lines().all(|line| line.starts_with(&said)), "{}", lines.out());
        assert!(!lines.out().contains(MARKER) && !lines.out().contains(&key[20..]), "{}", lines.out());
        workshop.git(["reset", "-q", "--hard", &base]).ok();
    }
}

#[test]
fn a_copy_of_a_file_is_found_wherever_the_original_is() {
    let workshop = workshop();
    fs::copy(workshop.desk.path("secrets/app.yaml"), workshop.desk.path("secrets/b.yaml")).unwrap();
    workshop.git(["add", "-A"]).ok();
    for mode in ["--all", "--staged"] {
        assert_eq!(workshop.found(&[mode]), ["secrets/b.yaml copy"], "{mode}");
    }
    workshop.commit("copy");
    for range in ["HEAD", "HEAD~1..HEAD"] {
        assert_eq!(workshop.found(&["--range", range]), ["secrets/b.yaml copy"], "{range}");
    }
    // A move is none, and neither is a change of both afterwards.
    workshop.git(["rm", "-q", "--cached", "secrets/b.yaml"]).ok();
    fs::remove_file(workshop.desk.path("secrets/b.yaml")).unwrap();
    workshop.commit("gone");
    workshop.git(["mv", "secrets/app.yaml", "secrets/moved.yaml"]).ok();
    assert_eq!(workshop.found(&["--staged"]), [""; 0]);
    workshop.commit("moved");
    assert_eq!(workshop.found(&["--range", "HEAD~1..HEAD"]), [""; 0]);
}

#[test]
fn a_bad_commit_in_the_middle_is_found_by_its_name() {
    let workshop = workshop();
    let base = workshop.head();
    workshop.desk.write("README", "x");
    workshop.commit("before");
    workshop.desk.write("secrets/new.env", "TOKEN=hunter2\n");
    let bad = workshop.commit("bad");
    workshop.desk.dekko(["encrypt", "-q", "secrets/new.env"]).ok();
    workshop.commit("mended");
    assert_eq!(workshop.found(&["--all"]), [""; 0]);
    let ended = workshop.desk.dekko(["check", "--range", &format!("{base}..HEAD")]).ends(1);
    assert_eq!(
        ended.out(),
        format!("commit {}: secrets/new.env: not-encrypted: is not encrypted\n", &bad[..12])
    );
}

#[test]
fn a_merge_that_adds_something_of_its_own_is_looked_at() {
    let workshop = workshop();
    let base = workshop.head();
    workshop.git(["checkout", "-q", "-b", "side"]).ok();
    workshop.desk.write("side", "x");
    workshop.commit("side");
    workshop.git(["checkout", "-q", "main"]).ok();
    workshop.desk.write("main", "x");
    workshop.commit("main");
    workshop.git(["merge", "-q", "--no-ff", "--no-commit", "side"]).ok();
    workshop.desk.write("secrets/evil.json", "{\"a\": \"hunter2\"}");
    let merge = workshop.commit("merge");
    let ended = workshop.desk.dekko(["check", "--range", &format!("{base}..HEAD")]).ends(1);
    assert!(
        ended.out().starts_with(&format!("commit {}: secrets/evil.json: not-enc", &merge[..12])),
        "{}",
        ended.out()
    );
}

#[test]
fn a_range_is_judged_by_the_rules_of_its_base() {
    let workshop = workshop();
    let base = workshop.head();
    let stranger = workshop.desk.keygen("../home/stranger.txt");
    let own = workshop.desk.recipient();
    // An attacker lets himself in: rule and file in one commit.
    let rule = format!("paths = [\"secrets/**\"]\nrecipients = [\"me\", \"{stranger}\"]");
    workshop.rules(&own, &rule);
    workshop.desk.dekko(["recipients", "add", "secrets/app.yaml", &stranger]).ok();
    workshop.commit("let me in");
    let range = format!("{base}..HEAD");
    assert_eq!(workshop.found(&["--range", &range]), ["secrets/app.yaml recipient"]);
    assert_eq!(workshop.found(&["--all"]), [""; 0]);
    workshop.git(["reset", "-q", "--hard", &base]).ok();
    // Or takes the rule away before he commits plain text.
    workshop.rules(&own, "paths = [\"nothing\"]\nrecipients = [\"me\"]");
    workshop.commit("no rule");
    workshop.desk.write("secrets/app.yaml", PLAIN);
    workshop.commit("plain");
    let found = ["secrets/app.yaml rules", "secrets/app.yaml not-encrypted"];
    assert_eq!(workshop.found(&["--range", &range]), found);
    workshop.git(["reset", "-q", "--hard", &base]).ok();
    // Or breaks it.
    workshop.desk.write("dekko.toml", "version = 7\n");
    workshop.desk.write("secrets/app.yaml", PLAIN);
    workshop.commit("broken");
    let mut found = workshop.found(&["--range", &range]);
    found.sort();
    assert_eq!(found, ["dekko.toml configuration", "secrets/app.yaml not-encrypted"]);
    // Where the rules of now cannot be read, nothing can be said.
    workshop.desk.dekko(["check"]).fails(2).says("'version' must be 1");
    workshop.git(["rm", "-q", "dekko.toml"]).ok();
    workshop.commit("none");
    assert_eq!(workshop.found(&["--range", &format!("{base}..HEAD")]).len(), 2);
}

#[test]
fn attributes_select_what_no_rule_names_also_when_the_commit_drops_them() {
    let workshop = workshop();
    workshop.desk.write(".gitattributes", "vault/* merge=dekko diff=dekko\n");
    workshop.commit("attributes");
    let base = workshop.head();
    workshop.desk.write("vault/x.yaml", "a: hunter2\n");
    workshop.git(["add", "-A"]).ok();
    let found = ["vault/x.yaml not-encrypted"];
    assert_eq!(workshop.found(&["--staged"]), found);
    assert_eq!(workshop.found(&["--all"]), found);
    workshop.desk.write(".gitattributes", "");
    workshop.git(["add", "-A"]).ok();
    assert_eq!(workshop.found(&["--staged"]), found);
    workshop.commit("dropped");
    assert_eq!(workshop.found(&["--range", &format!("{base}..HEAD")]), found);
    // One that comes and goes within the range.
    workshop.git(["rm", "-q", "-r", "vault"]).ok();
    workshop.commit("clean");
    let base = workshop.head();
    workshop.desk.write(".gitattributes", "late/* filter=dekko\n");
    workshop.desk.write("late/x.ini", "a = hunter2\n");
    workshop.commit("late");
    fs::remove_file(workshop.desk.path(".gitattributes")).unwrap();
    workshop.commit("gone");
    let found = ["late/x.ini not-encrypted", "late/x.ini rules"];
    assert_eq!(workshop.found(&["--range", &format!("{base}..HEAD")]), found);
}

#[test]
fn the_first_commit_and_the_index_that_git_names_are_checked() {
    let workshop = Workshop::new();
    workshop.git(["update-ref", "-d", "HEAD"]).ok();
    workshop.desk.write("secrets/a.toml", "a = \"hunter2\"\n");
    workshop.git(["add", "-A"]).ok();
    assert_eq!(workshop.found(&["--staged"]), ["secrets/a.toml not-encrypted"]);
    let mut command = workshop.desk.command(["check", "--staged"]);
    command.env("GIT_INDEX_FILE", workshop.desk.path("another"));
    workshop.desk.run(command, b"").ok();
    // A configuration that is not staged yet counts all the same.
    workshop.git(["rm", "-q", "--cached", "dekko.toml"]).ok();
    assert_eq!(workshop.found(&["--staged"]), ["secrets/a.toml not-encrypted"]);
}

#[test]
fn the_nearest_dekko_toml_holds_and_files_that_git_reads_itself_stay_plain() {
    let workshop = workshop();
    let text = format!(
        "version = 1\n[[rules]]\npaths = [\"*.yaml\"]\nrecipients = [\"{}\"]\n",
        workshop.desk.recipient()
    );
    workshop.desk.write("team/dekko.toml", &text);
    workshop.desk.write("team/deep/x.yaml", "a: hunter2\n");
    workshop.desk.write("team/secrets/y", "hunter2\n");
    workshop.desk.write("secrets/.gitignore", "*.bak\n");
    workshop.desk.write("secrets/.gitkeep", "");
    workshop.git(["add", "-A"]).ok();
    let found = ["team/deep/x.yaml not-encrypted"];
    assert_eq!(workshop.found(&["--all"]), found);
    assert_eq!(workshop.found(&["--staged"]), found);
    workshop.commit("x");
    assert_eq!(workshop.found(&["--range", "HEAD~1..HEAD"]), found);
    // From a folder below the top, too.
    let mut command = workshop.desk.command(["check"]);
    command.current_dir(workshop.desk.path("team/deep"));
    workshop.desk.run(command, b"").ends(1);
}

#[cfg(unix)]
#[test]
fn hostile_names_are_checked_and_shown_harmless() {
    let workshop = workshop();
    let names = [
        "a b.yaml",
        "-n.yaml",
        "it's \"x\".yaml",
        "$(touch pwn).yaml",
        "new\nline.yaml",
        "\u{1b}[31m.yaml",
        ":x.yaml",
        "t\tt.yaml",
    ];
    for name in names {
        workshop.desk.write(&format!("secrets/{name}"), "a: hunter2\n");
    }
    workshop.git(["add", "-A"]).ok();
    let mut expected: Vec<_> = names.iter().map(|name| format!("secrets/{name} not-encrypted")).collect();
    expected.sort();
    let sorted = |mut found: Vec<String>| {
        found.sort();
        found
    };
    assert_eq!(sorted(workshop.found(&["--all"])), expected);
    assert_eq!(sorted(workshop.found(&["--staged"])), expected);
    workshop.commit("hostile");
    assert_eq!(sorted(workshop.found(&["--range", "HEAD~1..HEAD"])), expected);
    assert!(!workshop.desk.path("pwn").exists());
    let ended = workshop.desk.dekko(["check"]).ends(1);
    assert_eq!(ended.out().lines().count(), names.len());
    assert!(
        ended.out().contains("secrets/\\x1b[31m.yaml: ") && ended.out().contains("secrets/new\\nline.yaml: ")
    );
    let ended = workshop.desk.dekko(["check", "--format", "sarif"]).ends(1);
    assert!(
        ended.out().contains("secrets/%24%28touch%20pwn%29.yaml")
            && ended.out().contains("secrets/%3Ax.yaml")
    );
}

#[test]
fn what_is_no_range_and_what_cannot_be_seen_whole_is_refused() {
    let workshop = workshop();
    for range in ["", "..", "a...b", "HEAD..", "..HEAD", "a..b..c"] {
        workshop.desk.dekko(["check", "--range", range]).fails(2);
    }
    for range in ["nothing..HEAD", "--all..HEAD", "HEAD..-x", "--output=x"] {
        workshop.desk.dekko(["check", "--range", range]).fails(7);
    }
    let zeros = "0".repeat(40);
    assert_eq!(workshop.found(&["--range", &format!("{zeros}..HEAD")]), [""; 0]);
    workshop.desk.write("x", "1");
    workshop.commit("x");
    let from = format!("file://{}", workshop.desk.work().display());
    workshop.git(["clone", "-q", "--depth", "1", &from, "../tmp/shallow"]).ok();
    let mut command = workshop.desk.command(["check", "--range", "HEAD"]);
    command.current_dir(workshop.desk.path("../tmp/shallow"));
    workshop.desk.run(command, b"").fails(7).says("the clone is shallow");
    let mut command = workshop.desk.command(["check"]);
    command.current_dir(workshop.desk.home());
    workshop.desk.run(command, b"").fails(7).says("not a git repository");
}

#[test]
fn a_bare_repository_is_checked_without_a_work_tree() {
    let workshop = workshop();
    workshop.desk.write(".gitattributes", "vault/* merge=dekko\n");
    workshop.desk.write("vault/x.yaml", "a: hunter2\n");
    workshop.commit("bad");
    workshop.git(["clone", "-q", "--bare", ".", "../tmp/bare.git"]).ok();
    let check = |arguments: &[&str]| {
        let mut command = workshop.desk.command(["check"].iter().chain(arguments));
        // Named by GIT_DIR, as git does for hooks: a folder that merely looks like a repository is not asked.
        command.current_dir(workshop.desk.path("../tmp/bare.git")).env("GIT_DIR", ".");
        workshop.desk.run(command, b"").ends(1).out()
    };
    assert!(check(&[]).starts_with("vault/x.yaml: not-encrypted"));
    assert!(check(&["--range", "HEAD~1..HEAD"]).contains(": vault/x.yaml: not-encrypted"));
}

#[test]
fn a_reference_that_replaces_an_object_hides_nothing() {
    let workshop = workshop();
    let good = workshop.git(["rev-parse", "HEAD:secrets/app.yaml"]).ok().out();
    workshop.desk.write("secrets/b.yaml", "a: hunter2\n");
    workshop.commit("bad");
    let bad = workshop.git(["rev-parse", "HEAD:secrets/b.yaml"]).ok().out();
    workshop.git(["replace", bad.trim(), good.trim()]).ok();
    assert_eq!(workshop.found(&["--range", "HEAD~1..HEAD"]), ["secrets/b.yaml not-encrypted"]);
}
