//! The guard for `git add`: plain text that a rule names does not get into the repository, and everything else is as ever.

use std::fs;
use std::path::PathBuf;

use crate::desk::MARKER;
use crate::workshop::Workshop;

const PLAIN: &str = "db:\n  user: app\n  password: hunter2-a\n  host: h\n";

fn workshop() -> Workshop {
    let workshop = Workshop::new();
    guard(&workshop, "on");
    workshop
}

fn guard(workshop: &Workshop, action: &str) {
    workshop.desk.dekko(["git", "guard", action]).ok();
}

/// What is staged for `name`.
fn staged(workshop: &Workshop, name: &str) -> String {
    workshop.git(["cat-file", "blob", &format!(":{name}")]).ok().out()
}

/// No object of the repository holds a secret.
fn is_clean(workshop: &Workshop) {
    let mut command = workshop.command(["cat-file", "--batch-all-objects", "--batch"]);
    command.env("GIT_NO_LAZY_FETCH", "1");
    let all = workshop.desk.run(command, b"").ok();
    let marker = MARKER.as_bytes();
    assert!(!all.stdout.windows(marker.len()).any(|part| part == marker), "an object holds a secret");
}

#[test]
fn plain_text_is_staged_encrypted_and_stays_as_it_is_in_the_work_tree() {
    let workshop = workshop();
    workshop.desk.write("secrets/app.yaml", PLAIN);
    let ended = workshop.git(["add", "-A"]).ok();
    let own = workshop.desk.recipient();
    ended
        .says("staged 'secrets/app.yaml' encrypted, as a new file, for me")
        .says(&own)
        .says("git checkout -- secrets/app.yaml");
    assert_eq!(workshop.desk.read("secrets/app.yaml"), PLAIN);
    let sealed = staged(&workshop, "secrets/app.yaml");
    let plain = workshop.desk.dekko_with(["decrypt", "--type", "yaml", "-"], sealed.as_bytes()).ok();
    assert_eq!(plain.out(), PLAIN);
    assert_eq!(workshop.found(&["--staged"]), [""; 0]);
    workshop.git(["commit", "-q", "-m", "x"]).ok();
    // The same text is the same file, however often it is looked at.
    for _ in 0..2 {
        let touched = fs::File::options().append(true).open(workshop.desk.path("secrets/app.yaml")).unwrap();
        touched.set_modified(std::time::SystemTime::now() + std::time::Duration::from_secs(5)).unwrap();
        assert_eq!(workshop.git(["status", "--porcelain"]).ok().out(), "");
        workshop.git(["add", "-A"]).ok().does_not_say("staged");
    }
    assert_eq!(staged(&workshop, "secrets/app.yaml"), sealed);
    // The hint works: as staged.
    fs::remove_file(workshop.desk.path("secrets/app.yaml")).unwrap();
    workshop.git(["checkout", "--", "secrets/app.yaml"]).ok();
    assert_eq!(workshop.desk.read("secrets/app.yaml"), sealed);
    is_clean(&workshop);
}

#[test]
fn an_edit_changes_the_values_that_it_changes() {
    let workshop = workshop();
    workshop.sealed("secrets/app.yaml", PLAIN);
    workshop.commit("sealed");
    let sealed = workshop.desk.read("secrets/app.yaml");
    assert_eq!(staged(&workshop, "secrets/app.yaml"), sealed, "sealed files pass byte for byte");
    workshop.desk.write("secrets/app.yaml", PLAIN.replace("hunter2-a", "hunter2-b"));
    workshop
        .git(["commit", "-q", "--no-verify", "-a", "-m", "x"])
        .ok()
        .says("staged")
        .says("under its data key");
    let lines = workshop.git(["diff", "--numstat", "HEAD~1", "HEAD", "--"]).ok().out();
    assert_eq!(lines, "1\t1\tsecrets/app.yaml\n");
    let changed = workshop.git(["show", "HEAD:secrets/app.yaml"]).ok().out();
    let plain = workshop.desk.dekko_with(["decrypt", "--type", "yaml", "-"], changed.as_bytes()).ok();
    assert_eq!(plain.out(), PLAIN.replace("hunter2-a", "hunter2-b"));
    is_clean(&workshop);
}

#[test]
fn what_cannot_be_encrypted_is_not_staged() {
    let workshop = workshop();
    workshop.sealed("secrets/app.yaml", PLAIN);
    workshop.commit("sealed");
    let sealed = workshop.desk.read("secrets/app.yaml");
    for (text, said) in [
        ("a: [hunter2\n".to_owned(), "secrets/app.yaml"),
        (sealed.replace("\ndekko:", "\nnew: hunter2\ndekko:"), "'new' stands plain"),
        (
            format!("<<<<<<< a\nx: hunter2\n=======\nx: 2\n>>>>>>> b\n{sealed}"),
            "an unresolved merge conflict",
        ),
        (format!("# AGE-SECRET-KEY-1{}\n{sealed}", "Q".repeat(58)), "private key material"),
    ] {
        workshop.desk.write("secrets/app.yaml", &text);
        workshop.git(["add", "-A"]).ends(128).says(said).says("it was not staged");
        workshop.git(["commit", "-q", "--no-verify", "-a", "-m", "x"]).ends(128);
    }
    assert_eq!(staged(&workshop, "secrets/app.yaml"), sealed);
    // Whoever cannot open the version that git has cannot change it.
    workshop.desk.write("secrets/app.yaml", "a: hunter2\n");
    let mut add = workshop.command(["add", "-A"]);
    add.env("HOME", workshop.desk.path("../tmp")).env("XDG_CONFIG_HOME", workshop.desk.path("../tmp"));
    workshop
        .desk
        .run(add, b"")
        .ends(128)
        .says("'secrets/app.yaml': no identity here can unwrap the data key");
    is_clean(&workshop);
}

#[test]
fn a_file_for_others_only_is_sealed_once_and_git_goes_on_working() {
    let workshop = workshop();
    let stranger = workshop.desk.keygen("../home/stranger.txt");
    workshop.rules(&stranger, "paths = [\"secrets/**\"]\nrecipients = [\"me\"]");
    workshop.commit("rules");
    workshop.desk.write("secrets/app.yaml", PLAIN);
    workshop.git(["add", "-A"]).ok().says(&stranger);
    let sealed = staged(&workshop, "secrets/app.yaml");
    for _ in 0..2 {
        workshop.git(["status"]).ok();
        workshop.git(["add", "--renormalize", "."]).ok();
        assert_eq!(staged(&workshop, "secrets/app.yaml"), sealed);
    }
    workshop.git(["commit", "-q", "-m", "x"]).ok();
    workshop.desk.write("secrets/app.yaml", "a: hunter2\n");
    workshop.git(["add", "-A"]).ends(128);
    is_clean(&workshop);
    guard(&workshop, "off");
    assert!(!workshop.desk.path(".git/dekko-guard").exists());
}

#[test]
fn a_conflict_between_encrypted_versions_can_be_looked_at() {
    let workshop = workshop();
    workshop.sealed("secrets/app.yaml", PLAIN);
    workshop.commit("sealed");
    workshop.git(["checkout", "-q", "-b", "side"]).ok();
    let set =
        |value: &str| workshop.desk.dekko_with(["set", "secrets/app.yaml", "db.password"], value.as_bytes());
    set("hunter2-b").ok();
    workshop.commit("side");
    workshop.git(["checkout", "-q", "main"]).ok();
    set("hunter2-c").ok();
    workshop.commit("main");
    workshop.git(["merge", "side"]).ends(1);
    assert!(workshop.desk.read("secrets/app.yaml").contains("<<<<<<<"));
    workshop
        .git(["diff"])
        .ok()
        .says("an unresolved merge conflict begins here")
        .says("dekko resolve secrets/app.yaml");
    workshop.git(["status"]).ok();
    // A plain text instead of the conflict is an edit of our version.
    workshop.desk.write("secrets/app.yaml", PLAIN.replace("hunter2-a", "hunter2-d"));
    workshop.git(["add", "-A"]).ok();
    workshop.git(["commit", "-q", "-m", "merged"]).ok();
    assert_eq!(workshop.found(&["--all"]), ["secrets/app.yaml not-encrypted"], "the work tree is plain");
    assert_eq!(workshop.found(&["--range", "HEAD~1..HEAD"]), [""; 0]);
    is_clean(&workshop);
}

#[test]
fn other_files_and_the_way_out_are_as_without_a_guard() {
    let workshop = workshop();
    workshop.sealed("secrets/app.yaml", PLAIN);
    workshop.desk.write("README", "x");
    workshop.desk.write("secrets/.gitignore", "*.bak\n");
    workshop.desk.write("secrets/empty", "");
    workshop.git(["add", "-A"]).ok().does_not_say("staged");
    workshop.git(["commit", "-q", "-m", "x"]).ok();
    let sealed = workshop.desk.bytes("secrets/app.yaml");
    workshop.git(["checkout", "-q", "-b", "side", "HEAD~1"]).ok();
    workshop.git(["checkout", "-q", "main"]).ok();
    assert_eq!(workshop.desk.bytes("secrets/app.yaml"), sealed);
    workshop.git(["worktree", "add", "-q", "../tmp/linked", "side"]).ok();
    workshop.desk.write("../tmp/linked/secrets/new.env", "TOKEN=hunter2\n");
    workshop.git_in("../tmp/linked", ["add", "-A"]).ok().says("staged 'secrets/new.env' encrypted");
    workshop.git(["stash", "-q", "-u"]).ok();
    workshop.desk.write("secrets/x.json", "{\"a\": \"hunter2\"}\n");
    workshop.git(["stash", "-q", "-u"]).ok();
    workshop.git(["stash", "pop", "-q"]).ok();
    is_clean(&workshop);
}

#[test]
fn hostile_names_are_guarded_too() {
    let workshop = workshop();
    let names =
        ["a b.yaml", "-n.yaml", "it's \"x\".yaml", "$(touch pwn).yaml", "new\nline.yaml", "\u{1b}[31m.yaml"];
    for name in names {
        workshop.desk.write(&format!("secrets/{name}"), PLAIN);
    }
    let said = workshop.git(["add", "-A"]).ok().stderr;
    assert!(!said.contains('\u{1b}') && said.contains("secrets/new\\nline.yaml"), "{said}");
    assert_eq!(workshop.found(&["--staged"]), [""; 0]);
    let listed = workshop.git(["ls-files", "-z", "secrets"]).ok().out();
    assert_eq!(listed.split_terminator('\0').count(), names.len());
    workshop.git(["commit", "-q", "-m", "x"]).ok();
    assert!(!workshop.desk.path("pwn").exists());
    is_clean(&workshop);
}

#[test]
fn it_is_switched_off_without_a_trace() {
    let workshop = Workshop::new();
    let status = |code: i32| workshop.desk.dekko(["git", "guard", "status"]).ends(code).out();
    let files = || -> Vec<(PathBuf, Vec<u8>)> {
        let entries = ["", "info", "hooks"]
            .iter()
            .flat_map(|folder| fs::read_dir(workshop.desk.path(".git").join(folder)));
        let paths = entries.flatten().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
        let mut all: Vec<_> = paths.map(|path| (path.clone(), fs::read(path).unwrap())).collect();
        all.sort();
        all
    };
    assert_eq!(status(1), "off\n");
    for existing in [None, Some("*.x text"), Some("*.x text\n")] {
        if let Some(text) = existing {
            fs::create_dir_all(workshop.desk.path(".git/info")).unwrap();
            fs::write(workshop.desk.path(".git/info/attributes"), text).unwrap();
        }
        let before = files();
        guard(&workshop, "on");
        assert_eq!(status(0), "on\n");
        let once = files();
        guard(&workshop, "on");
        assert_eq!(files(), once);
        guard(&workshop, "off");
        assert_eq!(files(), before);
        guard(&workshop, "off");
    }
    guard(&workshop, "on");
    workshop.rules(&workshop.desk.recipient(), "paths = [\"other/**\", \"a b/\"]\nrecipients = [\"me\"]");
    assert_eq!(status(1), "on, and not for what the rules name now\n");
    guard(&workshop, "on");
    assert_eq!(status(0), "on\n");
    workshop.desk.write("a b/x.yaml", PLAIN);
    workshop.git(["add", "-A"]).ok().says("staged 'a b/x.yaml' encrypted");
    workshop.git(["config", "filter.dekko.process", "other"]).ok();
    workshop.desk.dekko(["git", "guard", "on"]).fails(2).says("has a filter 'dekko' of its own");
    is_clean(&workshop);
}

#[test]
fn what_is_not_git_gets_no_answer() {
    let workshop = workshop();
    for input in [&b""[..], b"hello", b"0015git-filter-client\n0000", b"ffff", b"0000", b"0005"] {
        let run = workshop.desk.dekko_with(["git", "filter"], input);
        run.ends(7).says("dekko: error: git cannot speak with the filter");
    }
}

#[test]
fn an_edit_that_undoes_a_change_draws_a_new_epoch() {
    let workshop = workshop();
    workshop.sealed("secrets/app.yaml", PLAIN);
    workshop.commit("sealed");
    for text in [format!("{PLAIN}last: x\n"), PLAIN.to_owned()] {
        workshop.desk.write("secrets/app.yaml", text);
        workshop.commit("edit");
    }
    workshop.git(["reset", "-q", "--hard"]).ok();
    guard(&workshop, "off");
    workshop.desk.dekko(["verify", "--history", "--all"]).ok();
}

#[test]
fn a_path_that_looks_like_a_stage_is_a_path() {
    let workshop = workshop();
    workshop.rules(&workshop.desk.recipient(), "paths = [\"**\"]\nrecipients = [\"me\"]");
    guard(&workshop, "on");
    workshop.sealed("1:x.yaml", PLAIN);
    workshop.commit("sealed");
    workshop.desk.write("1:x.yaml", PLAIN.replace("hunter2-a", "hunter2-b"));
    workshop.git(["add", "--", "1:x.yaml"]).ok().says("under its data key");
    // An edit on top of one that is staged only.
    workshop.sealed("2:y.yaml", PLAIN);
    workshop.git(["add", "--", "2:y.yaml"]).ok();
    workshop.desk.write("2:y.yaml", PLAIN.replace("hunter2-a", "hunter2-b"));
    workshop.git(["add", "--", "2:y.yaml"]).ok().says("under its data key");
}
