//! Ways past `dekko check` for someone who may push and has no key.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use crate::desk::Run;
use crate::workshop::Workshop;

const PLAIN: &str = "a: hunter2\n";
const NO_RULE: &str = "paths = [\"nothing\"]\nrecipients = [\"me\"]";

fn workshop() -> Workshop {
    let workshop = Workshop::new();
    workshop.sealed("secrets/app.yaml", PLAIN);
    workshop.commit("sealed");
    workshop
}

/// A workshop and a server with its history that checks what it is given.
fn with_server() -> Workshop {
    let workshop = workshop();
    workshop.git(["init", "-q", "--bare", "-b", "main", "../tmp/server.git"]).ok();
    workshop.git(["remote", "add", "origin", "../tmp/server.git"]).ok();
    workshop.git(["push", "-q", "origin", "main"]).ok();
    workshop
}

/// Has the server check what it is given.
fn guarded(workshop: &Workshop) {
    let hook = workshop.desk.path("../tmp/server.git/hooks/pre-receive");
    fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("ci/pre-receive"), &hook).unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
}

fn push(workshop: &Workshop, what: &str) -> Run {
    workshop.git(["push", "-q", "origin", what])
}

#[test]
fn a_branch_with_rules_of_its_own_is_judged_by_those_of_the_default_branch_too() {
    for is_server in [true, false] {
        let workshop = with_server();
        let base = workshop.head();
        workshop.git(["checkout", "-q", "-b", "side"]).ok();
        workshop.rules(&workshop.desk.recipient(), NO_RULE);
        workshop.commit("no rules");
        // Whoever came by this branch, what follows is judged by more than the branch.
        push(&workshop, "side").ok();
        match is_server {
            true => guarded(&workshop),
            false => drop(workshop.desk.dekko(["git", "hooks", "install"]).ok()),
        }
        workshop.desk.write("secrets/new.yaml", PLAIN);
        workshop.commit("plain");
        push(&workshop, "side").ends(1).says("secrets/new.yaml").says("not-encrypted");
        workshop.git(["reset", "-q", "--hard", "HEAD~1"]).ok();
        workshop.desk.write("README", "x");
        workshop.commit("good");
        push(&workshop, "side").ok();
        // And no new branch begins with such rules.
        push(&workshop, "side~1:refs/heads/known").ok();
        workshop.git(["checkout", "-q", "-b", "another", &base]).ok();
        workshop.rules(&workshop.desk.recipient(), NO_RULE);
        workshop.commit("no rules either");
        push(&workshop, "another").ends(1).says("rules: keep the rule");
    }
}

#[test]
fn a_branch_that_drops_the_attribute_is_judged_by_the_attributes_of_the_default_branch() {
    let workshop = workshop();
    workshop.desk.write(".gitattributes", "vault/* merge=dekko diff=dekko\n");
    workshop.commit("attributes");
    let main = workshop.head();
    workshop.desk.write(".gitattributes", "");
    let side = workshop.commit("dropped");
    workshop.desk.write("vault/x.yaml", PLAIN);
    workshop.commit("plain");
    let range = format!("{side}..HEAD");
    let found = workshop.found(&["--range", &range, "--rules-of", &main]);
    assert_eq!(found, ["vault/x.yaml not-encrypted"]);
    // A commit that is itself new, or made on top, is no judge.
    assert_eq!(workshop.found(&["--range", &range, "--rules-of", "HEAD"]), [""; 0]);
}

#[test]
fn who_may_read_is_for_the_default_branch_to_say() {
    let workshop = workshop();
    let main = workshop.head();
    let own = workshop.desk.recipient();
    let stranger = workshop.desk.keygen("../home/stranger.txt");
    let both = format!("paths = [\"secrets/**\"]\nrecipients = [\"me\", \"{stranger}\"]");
    workshop.rules(&own, &both);
    // To name somebody opens nothing yet.
    let side = workshop.commit("rule");
    assert_eq!(workshop.found(&["--range", &format!("{main}..HEAD")]), [""; 0]);
    workshop.desk.dekko(["recipients", "add", "secrets/app.yaml", &stranger]).ok();
    workshop.commit("file");
    let range = format!("{side}..HEAD");
    let found = workshop.found(&["--range", &range, "--rules-of", &main]);
    assert_eq!(found, ["secrets/app.yaml recipient"]);
    // Merged there, both may read; a branch that was behind and takes it over brings nothing new.
    let merged = workshop.head();
    workshop.git(["checkout", "-q", "-b", "behind", &main]).ok();
    workshop.desk.write("README", "x");
    let old = workshop.commit("behind");
    workshop.git(["merge", "-q", "--no-edit", &merged]).ok();
    workshop.desk.dekko(["set", "secrets/app.yaml", "a", "x"]).ok();
    workshop.commit("edited");
    let commits = format!("{old}..HEAD");
    assert_eq!(workshop.found(&["--range", &commits, "--rules-of", &merged]), [""; 0]);
}

#[test]
fn a_commit_that_takes_a_file_from_the_rules_is_found_until_it_is_accepted() {
    let workshop = workshop();
    let base = workshop.head();
    let own = workshop.desk.recipient();
    let range = format!("{base}..HEAD");
    for rule in [
        NO_RULE,
        "paths = [\"secrets/*.json\"]\nrecipients = [\"me\"]",
        "paths = [\"secrets/**\"]\nrecipients = [\"me\"]\nencrypt = [\"b\"]",
        "paths = [\"secrets/**\"]\nrecipients = [\"me\"]\nplain = [\"a\"]",
        "paths = [\"secrets/**\"]\nrecipients = [\"me\"]\ncover = \"encrypted\"",
    ] {
        workshop.rules(&own, rule);
        let weaker = workshop.commit("weaker");
        assert_eq!(workshop.found(&["--range", &range]), ["secrets/app.yaml rules"], "{rule}");
        assert_eq!(workshop.found(&["--range", &range, "--accept-rules", &weaker]), [""; 0], "{rule}");
        workshop.git(["config", "dekko.acceptRules", &weaker]).ok();
        assert_eq!(workshop.found(&["--range", &range]), [""; 0], "{rule}");
        workshop.git(["config", "--unset", "dekko.acceptRules"]).ok();
        workshop.git(["reset", "-q", "--hard", &base]).ok();
    }
    workshop.git(["rm", "-q", "dekko.toml"]).ok();
    workshop.commit("gone");
    assert_eq!(workshop.found(&["--range", &range]), ["secrets/app.yaml rules"]);
    workshop.git(["reset", "-q", "--hard", &base]).ok();
    // More rules, or one for files that are there no more, are nobody's loss.
    workshop.rules(&own, "paths = [\"secrets/**\", \"vault/**\"]\nrecipients = [\"me\"]");
    workshop.commit("more");
    workshop.git(["mv", "secrets", "vault"]).ok();
    workshop.rules(&own, "paths = [\"vault/**\"]\nrecipients = [\"me\"]");
    workshop.commit("moved");
    assert_eq!(workshop.found(&["--range", &range]), [""; 0]);
    // Attributes count as rules do.
    workshop.desk.write(".gitattributes", "kept/* merge=dekko\n");
    workshop.desk.write("kept/x.yaml", PLAIN);
    workshop.desk.dekko(["encrypt", "-q", "-r", &own, "kept/x.yaml"]).ok();
    let base = workshop.commit("attributes");
    fs::remove_file(workshop.desk.path(".gitattributes")).unwrap();
    workshop.commit("dropped");
    assert_eq!(workshop.found(&["--range", &format!("{base}..HEAD")]), ["kept/x.yaml rules"]);
}

#[test]
fn a_branch_that_takes_over_weaker_rules_of_the_default_branch_brings_nothing_new() {
    let workshop = workshop();
    workshop.git(["checkout", "-q", "-b", "side"]).ok();
    workshop.desk.write("README", "x");
    let old = workshop.commit("side");
    workshop.git(["checkout", "-q", "main"]).ok();
    workshop.rules(&workshop.desk.recipient(), NO_RULE);
    workshop.desk.write("secrets/app.yaml", PLAIN);
    let main = workshop.commit("no secret any more");
    workshop.git(["checkout", "-q", "side"]).ok();
    workshop.git(["merge", "-q", "--no-edit", "main"]).ok();
    let range = format!("{old}..HEAD");
    // Everything that main has was judged there.
    assert_eq!(workshop.found(&["--range", &range, "--rules-of", &main]), [""; 0]);
    assert!(!workshop.found(&["--range", &range]).is_empty(), "without a word of main");
}

#[test]
fn a_merge_that_takes_an_old_plain_version_is_found() {
    let workshop = Workshop::new();
    fs::remove_file(workshop.desk.path("dekko.toml")).unwrap();
    workshop.desk.write("secrets/app.yaml", PLAIN);
    let plain = workshop.commit("plain, before there was a rule");
    workshop.git(["checkout", "-q", "-b", "old"]).ok();
    workshop.desk.write("README", "x");
    workshop.commit("old");
    workshop.git(["checkout", "-q", "main"]).ok();
    workshop.rules(&workshop.desk.recipient(), "paths = [\"secrets/**\"]\nrecipients = [\"me\"]");
    workshop.desk.dekko(["encrypt", "-q", "secrets/app.yaml"]).ok();
    let base = workshop.commit("sealed");
    workshop.git(["merge", "-q", "--no-ff", "--no-commit", "old"]).ok();
    workshop.git(["checkout", &plain, "--", "secrets/app.yaml"]).ok();
    let merge = workshop.commit("merge");
    let ended = workshop.desk.dekko(["check", "--range", &format!("{base}..HEAD")]).ends(1);
    let said = format!("commit {}: secrets/app.yaml: not-encrypted", &merge[..12]);
    assert!(ended.out().contains(&said), "{}", ended.out());
}

#[test]
fn what_a_branch_brings_is_named_once_though_it_is_merged() {
    let workshop = workshop();
    let base = workshop.head();
    workshop.git(["checkout", "-q", "-b", "side"]).ok();
    workshop.desk.write("secrets/bad.yaml", PLAIN);
    workshop.commit("bad");
    workshop.git(["checkout", "-q", "main"]).ok();
    workshop.desk.write("README", "x");
    workshop.commit("main");
    workshop.git(["merge", "-q", "--no-ff", "--no-edit", "side"]).ok();
    let range = format!("{base}..HEAD");
    assert_eq!(workshop.found(&["--range", &range]), ["secrets/bad.yaml not-encrypted"]);
}

#[test]
fn a_merge_that_brings_two_names_of_one_file_together_makes_a_copy() {
    let workshop = workshop();
    let base = workshop.head();
    workshop.git(["checkout", "-q", "-b", "side"]).ok();
    workshop.git(["mv", "secrets/app.yaml", "secrets/moved.yaml"]).ok();
    workshop.commit("moved");
    workshop.git(["checkout", "-q", "main"]).ok();
    workshop.desk.write("README", "x");
    workshop.commit("main");
    workshop.git(["merge", "-q", "--no-ff", "--no-commit", "side"]).ok();
    workshop.git(["checkout", "main", "--", "secrets/app.yaml"]).ok();
    workshop.commit("merge");
    assert_eq!(workshop.found(&["--range", &format!("{base}..HEAD")]), ["secrets/moved.yaml copy"]);
}

#[test]
fn a_link_or_a_submodule_in_the_place_of_a_file_is_found() {
    let workshop = workshop();
    workshop.desk.write("README", "x");
    let base = workshop.commit("more");
    let range = format!("{base}..HEAD");
    let every = |workshop: &Workshop, expected: &[&str]| {
        assert_eq!(workshop.found(&["--all"]), expected, "all");
        assert_eq!(workshop.found(&["--staged"]), expected, "staged");
        workshop.git(["commit", "-q", "--no-verify", "-m", "x"]).ok();
        assert_eq!(workshop.found(&["--range", &range]), expected, "range");
        workshop.git(["reset", "-q", "--hard", &base]).ok();
    };
    fs::remove_file(workshop.desk.path("secrets/app.yaml")).unwrap();
    symlink("../README", workshop.desk.path("secrets/app.yaml")).unwrap();
    assert_eq!(workshop.found(&["--all"]), ["secrets/app.yaml not-a-file"], "not staged");
    workshop.git(["add", "-A"]).ok();
    every(&workshop, &["secrets/app.yaml not-a-file"]);
    symlink("../README", workshop.desk.path("secrets/new.yaml")).unwrap();
    workshop.git(["add", "-A"]).ok();
    every(&workshop, &["secrets/new.yaml not-a-file"]);
    workshop.git(["update-index", "--add", "--cacheinfo", &format!("160000,{base},secrets/sub")]).ok();
    every(&workshop, &["secrets/sub not-a-file"]);
    // A folder of files that a rule names, as a link or a submodule.
    workshop.git(["rm", "-q", "-r", "secrets"]).ok();
    symlink("elsewhere", workshop.desk.path("secrets")).unwrap();
    workshop.git(["add", "-A"]).ok();
    every(&workshop, &["secrets not-a-file"]);
    // One that no rule names is nobody's business.
    symlink("README", workshop.desk.path("link")).unwrap();
    workshop.git(["add", "-A"]).ok();
    every(&workshop, &[]);
    fs::set_permissions(workshop.desk.path("secrets/app.yaml"), fs::Permissions::from_mode(0o755)).unwrap();
    workshop.git(["add", "-A"]).ok();
    every(&workshop, &[]);
}

#[test]
fn a_binary_file_is_for_the_scope_of_its_rule_and_its_payload_no_text() {
    let workshop = workshop();
    let found = |workshop: &Workshop| {
        workshop.git(["add", "-A"]).ok();
        let found = workshop.found(&["--all"]);
        assert_eq!(workshop.found(&["--staged"]), found);
        found
    };
    // As a whole, under the name of a text: more is encrypted than the rule wants.
    workshop.desk.write("secrets/whole.yaml", PLAIN.repeat(20));
    workshop.desk.dekko(["encrypt", "-q", "--type", "binary", "secrets/whole.yaml"]).ok();
    assert_eq!(found(&workshop), [""; 0]);
    let whole = workshop.desk.bytes("secrets/whole.yaml");
    let at = whole.windows(2).position(|pair| pair == b"\n\n").expect("an end") + 2;
    let with = |payload: &[u8]| [&whole[..at], payload].concat();
    for payload in [
        PLAIN.repeat(20).into_bytes(),
        b"a: hunter2 ".to_vec(),
        [&[0xfe; 64][..], PLAIN.repeat(20).as_bytes(), &[0xfe; 64]].concat(),
        vec![0xfe; 65_536 + 16 + 16],
    ] {
        workshop.desk.write("secrets/whole.yaml", with(&payload));
        assert_eq!(found(&workshop).len(), 1, "{} bytes", payload.len());
    }
    workshop.desk.write("secrets/whole.yaml", with(&[0xfe; 65_536 + 16 + 17]));
    assert_eq!(found(&workshop), [""; 0]);
    workshop.rules(
        &workshop.desk.recipient(),
        "paths = [\"secrets/**\"]\nrecipients = [\"me\"]\nscope = \"prod\"",
    );
    assert_eq!(workshop.found(&["--all"]), ["secrets/app.yaml policy", "secrets/whole.yaml policy"]);
}

#[test]
fn a_name_in_another_case_is_checked_as_if_it_were_in_this() {
    let workshop = workshop();
    workshop.rules(&workshop.desk.recipient(), "paths = [\"secrets/*.yaml\"]\nrecipients = [\"me\"]");
    workshop.desk.write(".gitattributes", "vault/* merge=dekko\n");
    let base = workshop.commit("rules");
    workshop.desk.write("Secrets/App.YAML", PLAIN);
    workshop.desk.write("VAULT/x", PLAIN);
    workshop.desk.write("secrets/Dekko.TOML", "version = 1\n");
    workshop.git(["add", "-A"]).ok();
    let expected =
        ["Secrets/App.YAML not-encrypted", "VAULT/x not-encrypted", "secrets/Dekko.TOML configuration"];
    let sorted = |arguments: &[&str]| {
        let mut found = workshop.found(arguments);
        found.sort();
        found
    };
    assert_eq!(sorted(&["--all"]), expected);
    assert_eq!(sorted(&["--staged"]), expected);
    workshop.commit("case");
    assert_eq!(sorted(&["--range", &format!("{base}..HEAD")]), expected);
}

#[test]
fn marks_of_any_size_are_those_of_a_conflict() {
    let workshop = workshop();
    let good = workshop.desk.read("secrets/app.yaml");
    for size in [1, 3, 6, 9] {
        let mark = |sign: &str| sign.repeat(size);
        let text = format!("{} ours\nx: 1\n{}\nx: 2\n{} theirs\n{good}", mark("<"), mark("="), mark(">"));
        workshop.desk.write("secrets/app.yaml", text);
        assert_eq!(workshop.found(&["--all"]), ["secrets/app.yaml conflict"], "{size}");
    }
}

#[test]
fn many_copies_in_one_commit_are_told_in_little_time() {
    let workshop = workshop();
    let sealed = workshop.desk.read("secrets/app.yaml");
    for at in 0..600 {
        workshop.desk.write(&format!("secrets/x{at:04}.yaml"), &sealed);
    }
    workshop.commit("copies");
    let start = std::time::Instant::now();
    let found = workshop.found(&["--range", "HEAD~1..HEAD"]);
    assert_eq!(found.len(), 600, "each is a copy of the one that was there");
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}
