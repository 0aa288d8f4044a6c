//! `dekko exposure`: what somebody could ever decrypt, and what of it is still in use; no value is ever shown.

use serde_json::Value;

use crate::desk::{Desk, Ended, MARKER};
use crate::repository::{FIVE, Repository};

const FILE: &str = "a.secret.yaml";
const PLAIN: &str = "db:\n  user: hunter2-user\n  password: hunter2-one\n";

/// A repository in which bob is known by name, and nothing is encrypted yet.
fn repository() -> Repository {
    let repository = Repository::new();
    let desk = &repository.desk;
    let bob = desk.keygen("bob.txt");
    std::fs::rename(desk.path("bob.txt"), desk.home().join("bob.txt")).expect("bob's identity");
    let config =
        desk.read("dekko.toml").replacen("[recipients]\n", &format!("[recipients]\nbob = \"{bob}\"\n"), 1);
    desk.write("dekko.toml", config);
    repository
}

fn git(repository: &Repository, arguments: &[&str]) -> String {
    let who = ["-c", "user.name=Eve \u{1b}[31m", "-c", "user.email=e@x", "-c", "commit.gpgsign=false"];
    repository.git(&[&who, arguments].concat())
}

fn commit(repository: &Repository) {
    git(repository, &["add", "-A"]);
    git(repository, &["commit", "--quiet", "--allow-empty", "-m", "`x` \u{1b}[31m"]);
}

fn key_of_bob(desk: &Desk) -> String {
    let text = desk.read("dekko.toml");
    let key = text.lines().find_map(|line| line.strip_prefix("bob = \"")).expect("bob");
    key.trim_end_matches('"').to_owned()
}

/// Encrypts `text` as the file `name`, and commits it.
fn seal(repository: &Repository, name: &str, text: impl AsRef<[u8]>) {
    repository.desk.write(name, text);
    repository.desk.dekko(["encrypt", name]).ok();
    commit(repository);
}

fn add(repository: &Repository, name: &str) {
    let bob = key_of_bob(&repository.desk);
    repository.desk.dekko(["recipients", "add", name, &bob]).ok();
    commit(repository);
}

fn remove(repository: &Repository, name: &str) {
    repository.desk.dekko(["recipients", "remove", "--yes", name, "bob"]).ok();
    commit(repository);
}

fn set(repository: &Repository, name: &str, path: &str, value: &str) {
    repository.desk.dekko_with(["set", name, path], value.as_bytes()).ok();
    commit(repository);
}

/// A file that bob could read for a while.
fn left() -> Repository {
    let repository = repository();
    seal(&repository, FILE, PLAIN);
    add(&repository, FILE);
    remove(&repository, FILE);
    repository
}

fn checked(ended: Ended) -> Ended {
    let out = ended.out();
    assert!(!out.contains(MARKER) && !out.contains("hunter") && !out.contains('\u{1b}'), "{out}");
    ended
}

/// The states of the values by file and key path, as the command with `status` tells them.
fn states_of(desk: &Desk, who: &str, status: i32) -> Vec<String> {
    checked(desk.dekko(["exposure", who]).ends(status));
    checked(desk.dekko(["exposure", "--markdown", who]).ends(status));
    states(&checked(desk.dekko(["exposure", "--json", who]).ends(status)).out())
}

fn states(json: &str) -> Vec<String> {
    let report: Value = serde_json::from_str(json).expect("JSON");
    let values = report["values"].as_array().expect("values");
    let mut in_use = 0;
    let mut states = Vec::new();
    for value in values {
        let text = |name: &str| value[name].as_str().unwrap_or_default();
        let is_in_use = !["changed", "gone"].contains(&text("state"));
        assert_eq!(value["in_use"], is_in_use, "{value}");
        in_use += u64::from(is_in_use);
        assert!(value["since"]["id"].is_string() && value["last"]["date"].is_string(), "{value}");
        states.push(format!("{} {} {}", text("file"), text("path"), text("state")));
    }
    assert_eq!(report["in_use"], in_use);
    states.sort();
    states
}

fn bob(repository: &Repository, status: i32) -> Vec<String> {
    states_of(&repository.desk, "bob", status)
}

#[test]
fn a_removed_reader_knows_the_values_until_each_is_another_one() {
    let repository = repository();
    seal(&repository, FILE, PLAIN);
    let none = repository.desk.dekko(["exposure", "bob"]).ok().says("bob was never a recipient");
    assert!(none.out().contains("bob could never decrypt a value"));
    add(&repository, FILE);
    let now = ["a.secret.yaml db.password recipient", "a.secret.yaml db.user recipient"];
    assert_eq!(bob(&repository, 1), now);
    remove(&repository, FILE);
    let rotated = ["a.secret.yaml db.password same", "a.secret.yaml db.user same"];
    assert_eq!(bob(&repository, 1), rotated);
    repository.desk.dekko(["rotate", FILE]).ok();
    commit(&repository);
    assert_eq!(bob(&repository, 1), rotated, "a rotation changes no value");
    set(&repository, FILE, "db.password", "hunter2-two");
    assert_eq!(bob(&repository, 1), ["a.secret.yaml db.password changed", "a.secret.yaml db.user same"]);
    set(&repository, FILE, "db.user", "hunter2-other");
    set(&repository, FILE, "db.new", "hunter2-new");
    assert_eq!(bob(&repository, 0), ["a.secret.yaml db.password changed", "a.secret.yaml db.user changed"]);
    // Back to what bob knows, by another ciphertext.
    set(&repository, FILE, "db.password", "hunter2-one");
    assert_eq!(bob(&repository, 1), ["a.secret.yaml db.password same", "a.secret.yaml db.user changed"]);
}

#[test]
fn what_bob_reads_is_told_by_name_by_recipient_and_by_group() {
    let repository = left();
    let desk = &repository.desk;
    let bob = &key_of_bob(desk);
    let out = |who: &str| desk.dekko(["exposure", "--json", who]).ends(1).out();
    let by_name = out("bob");
    assert_eq!(by_name, out(bob));
    assert_eq!(by_name, out(&format!("age:{bob}")));
    assert_eq!(states_of(desk, "team", 1).len(), 2, "a group is all of its members");
    desk.dekko(["exposure", "carol"]).fails(2).says("'carol'");
    desk.dekko(["exposure", "age:age1typo"]).fails(2);
    desk.dekko(["exposure", "other-kms:key"]).ok().says("never a recipient");
}

#[test]
fn without_a_key_a_value_encrypted_anew_counts_as_in_use() {
    let repository = left();
    set(&repository, FILE, "db.password", "hunter2-two");
    let desk = &repository.desk;
    let mut command = desk.command(["exposure", "--json", "bob"]);
    command.env("HOME", desk.path("nowhere")).env("XDG_CONFIG_HOME", desk.path("nowhere"));
    let ended = checked(desk.run(command, b"").ends(1)).says("could not be opened");
    let both = ["a.secret.yaml db.password unclear", "a.secret.yaml db.user unclear"];
    assert_eq!(states(&ended.out()), both);
    assert!(ended.out().contains("\"why\": \"no-key\""));
}

#[test]
fn a_value_under_a_key_that_was_ever_wrapped_for_bob_is_his() {
    let repository = repository();
    seal(&repository, FILE, PLAIN);
    let main = git(&repository, &["branch", "--show-current"]);
    git(&repository, &["checkout", "--quiet", "-b", "side"]);
    add(&repository, FILE);
    set(&repository, FILE, "db.side", "hunter2-side");
    git(&repository, &["checkout", "--quiet", main.trim()]);
    // The branch was never merged, and bob is no recipient here; the data key is the same.
    set(&repository, FILE, "db.later", "hunter2-later");
    let known = [
        "a.secret.yaml db.later same-key",
        "a.secret.yaml db.password same-key",
        "a.secret.yaml db.side gone",
        "a.secret.yaml db.user same-key",
    ];
    assert_eq!(bob(&repository, 1), known);
    let there = repository.desk.dekko(["exposure", "--at", "side", "bob"]).ends(1).out();
    assert!(there.contains("db.side") && there.contains("a recipient of the file as it is now"), "{there}");
    // Also when the branch is only known as a tag, and a ref that is no commit does no harm.
    git(&repository, &["tag", "old", "side"]);
    git(&repository, &["branch", "--quiet", "-D", "side"]);
    let blob = git(&repository, &["rev-parse", "HEAD:dekko.toml"]);
    git(&repository, &["update-ref", "refs/odd/blob", blob.trim()]);
    assert_eq!(bob(&repository, 1), known);
}

#[test]
fn merged_histories_are_followed_on_both_sides() {
    let repository = repository();
    seal(&repository, FILE, PLAIN);
    let main = git(&repository, &["branch", "--show-current"]);
    git(&repository, &["checkout", "--quiet", "-b", "side"]);
    seal(&repository, "b.secret.yaml", "side: hunter2-side\n");
    add(&repository, "b.secret.yaml");
    git(&repository, &["checkout", "--quiet", main.trim()]);
    add(&repository, FILE);
    git(&repository, &["merge", "--quiet", "-m", "merge", "side"]);
    remove(&repository, FILE);
    remove(&repository, "b.secret.yaml");
    set(&repository, FILE, "db.user", "hunter2-other");
    let known =
        ["a.secret.yaml db.password same", "a.secret.yaml db.user changed", "b.secret.yaml side same"];
    assert_eq!(bob(&repository, 1), known);
}

#[test]
fn renames_are_followed_and_what_is_gone_is_not_in_use() {
    let repository = left();
    git(&repository, &["mv", FILE, "moved.secret.yaml"]);
    commit(&repository);
    assert_eq!(bob(&repository, 1), ["moved.secret.yaml db.password same", "moved.secret.yaml db.user same"]);
    let out = repository.desk.dekko(["exposure", "bob"]).ends(1).out();
    assert!(
        out.starts_with("bob could decrypt 2 values; 2 are still in use\n\nmoved.secret.yaml\n"),
        "{out}"
    );
    repository.desk.dekko(["unset", "moved.secret.yaml", "db.user"]).ok();
    commit(&repository);
    assert_eq!(bob(&repository, 1), ["moved.secret.yaml db.password same", "moved.secret.yaml db.user gone"]);
    git(&repository, &["rm", "--quiet", "moved.secret.yaml"]);
    commit(&repository);
    assert_eq!(bob(&repository, 0), ["moved.secret.yaml db.password gone", "moved.secret.yaml db.user gone"]);
}

#[test]
fn a_value_that_comes_back_by_another_way_is_seen() {
    let repository = left();
    let desk = &repository.desk;
    // Taken out and put in again: another name in the file.
    desk.dekko(["unset", FILE, "db.password"]).ok();
    commit(&repository);
    set(&repository, FILE, "db.password", "hunter2-one");
    assert!(bob(&repository, 1).contains(&"a.secret.yaml db.password same".to_owned()));
    // In another file, under the same key.
    git(&repository, &["rm", "--quiet", FILE]);
    seal(&repository, "other.secret.toml", "user = 'hunter2-user'\npassword = 'hunter2-new'\n");
    let known = ["a.secret.yaml db.password gone", "other.secret.toml user same"];
    assert_eq!(bob(&repository, 1), known);
    let out = desk.dekko(["exposure", "bob"]).ends(1).out();
    assert!(out.contains("as db.user in a.secret.yaml"), "{out}");
}

#[test]
fn a_value_whose_key_was_renamed_is_the_same_value() {
    let repository = left();
    let mut command = repository.desk.command(["edit", FILE]);
    command.env("EDITOR", "sed -i s/password/secret/");
    repository.desk.run(command, b"").ok();
    commit(&repository);
    assert_eq!(bob(&repository, 1), ["a.secret.yaml db.secret same", "a.secret.yaml db.user same"]);
    let out = repository.desk.dekko(["exposure", "bob"]).ends(1).out();
    assert!(out.contains("  in use   db.secret") && out.contains(", as db.password\n"), "{out}");
}

#[test]
fn a_file_encrypted_from_the_beginning_again_is_the_same_place() {
    let repository = left();
    let desk = &repository.desk;
    let plain = desk.dekko(["decrypt", FILE]).ok().out();
    seal(&repository, FILE, plain.replace("hunter2-one", "hunter2-two"));
    assert_eq!(bob(&repository, 1), ["a.secret.yaml db.password changed", "a.secret.yaml db.user same"]);
    // A value is the same whatever its quotes.
    seal(&repository, FILE, "db:\n  user: \"hunter2-user\"\n  password: |\n    hunter2-one\n");
    assert_eq!(bob(&repository, 1), ["a.secret.yaml db.password same", "a.secret.yaml db.user same"]);
    desk.write(FILE, "db:\n  user: hunter2-user\n");
    commit(&repository);
    assert_eq!(bob(&repository, 1), ["a.secret.yaml db.password gone", "a.secret.yaml db.user plain"]);
    desk.write(FILE, "<<<<<<<\n: [\n");
    commit(&repository);
    let known = bob(&repository, 1);
    assert!(known.len() == 2 && known.iter().all(|state| state.ends_with("unclear")), "{known:?}");
    desk.write(FILE, "nothing: else\n");
    commit(&repository);
    let gone = ["a.secret.yaml db.password gone", "a.secret.yaml db.user gone"];
    assert_eq!(bob(&repository, 0), gone);
}

#[test]
fn every_format_and_binary_files_are_told_alike() {
    let repository = repository();
    let desk = &repository.desk;
    for (name, text) in FIVE {
        seal(&repository, name, text);
        add(&repository, name);
        remove(&repository, name);
    }
    seal(&repository, "f.secret.bin", b"hunter2\0one");
    add(&repository, "f.secret.bin");
    remove(&repository, "f.secret.bin");
    let known = bob(&repository, 1);
    assert!(known.iter().all(|state| state.ends_with(" same")), "{known:?}");
    for name in FIVE.map(|(name, _)| name).iter().chain(&["f.secret.bin"]) {
        assert!(known.iter().any(|state| state.starts_with(name)), "{name}: {known:?}");
    }
    let before = known.len();
    for (name, text) in FIVE {
        // Every value is another one.
        let text = text.replace("app", "new").replace("hunter2-old", "hunter2-new");
        let text = text.replace("host: h", "host: n").replace("\"h\"", "\"n\"").replace("HOST=h", "HOST=n");
        let text =
            text.replace("host = h", "host = n").replace("last: x", "last: n").replace("\"x\"", "\"n\"");
        desk.write("plain", text.replace("top = 1", "top = 2"));
        seal(&repository, name, desk.bytes("plain"));
        std::fs::remove_file(desk.path("plain")).expect("plain");
    }
    seal(&repository, "f.secret.bin", b"hunter2\0two");
    let known = bob(&repository, 0);
    assert_eq!(known.len(), before);
    assert!(known.iter().all(|state| state.ends_with(" changed")), "{known:?}");
}

#[test]
fn hostile_names_are_shown_as_text_in_every_shape() {
    let repository = repository();
    let name = "`x` [y](z)\u{1b}[31m\n# q.secret.yaml";
    seal(&repository, name, "\"a`` \\e[31m \\n- [x] b | <b>\": hunter2\n");
    add(&repository, name);
    let ended = checked(repository.desk.dekko(["exposure", "bob"]).ends(1));
    assert_eq!(ended.out().lines().count(), 4, "{}", ended.out());
    let out = checked(repository.desk.dekko(["exposure", "--markdown", "bob"]).ends(1)).out();
    assert!(out.contains("## `` `x` [y](z)\\x1b[31m\\n# q.secret.yaml ``\n"), "{out}");
    let boxes: Vec<&str> = out.lines().filter(|line| line.starts_with("- [")).collect();
    assert_eq!(boxes.len(), 1, "{out}");
    assert!(boxes[0].starts_with("- [ ] ```") && boxes[0].contains("```: in use: a recipient"), "{out}");
    assert_eq!(states_of(&repository.desk, "bob", 1).len(), 1);
}

#[test]
fn a_version_with_conflict_marks_counts() {
    let repository = repository();
    seal(&repository, FILE, PLAIN);
    let before = repository.desk.read(FILE);
    add(&repository, FILE);
    let after = repository.desk.read(FILE);
    git(&repository, &["reset", "--quiet", "--hard", "HEAD~1"]);
    // Only a text that cannot be read names bob.
    repository.desk.write(FILE, format!("<<<<<<< ours\n{before}=======\n{after}>>>>>>> theirs\n"));
    commit(&repository);
    repository.desk.write(FILE, before);
    commit(&repository);
    git(&repository, &["update-ref", "-d", "ORIG_HEAD"]);
    assert_eq!(bob(&repository, 1), ["a.secret.yaml db.password same-key", "a.secret.yaml db.user same-key"]);
}

#[test]
fn members_of_a_threshold_group_could_only_read_together() {
    let repository = repository();
    let fixture =
        concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/format-vectors/files/threshold-2-of-3/sealed.yaml");
    repository.desk.write("t.secret.yaml", std::fs::read(fixture).expect("a fixture"));
    commit(&repository);
    let access = repository.desk.dekko(["access", "--json"]).ok().out();
    let access: Value = serde_json::from_str(&access).expect("JSON");
    let member =
        access["files"][0]["recipients"][0]["group"]["members"][1]["recipient"].as_str().expect("a member");
    let out = repository.desk.dekko(["exposure", member]).ends(1).out();
    assert!(out.contains("only together with 1 other of threshold:2-of-3:ops"), "{out}");
    let group = repository.desk.dekko(["exposure", "threshold:2-of-3:ops"]).ends(1).out();
    assert!(!group.contains("only together"), "{group}");
}

#[test]
fn a_history_that_is_not_all_there_is_refused() {
    let repository = left();
    let desk = &repository.desk;
    let from = format!("file://{}", desk.work().display());
    let to = desk.work().join("shallow").display().to_string();
    git(&repository, &["clone", "--quiet", "--depth", "1", &from, &to]);
    let mut command = desk.command(["exposure", "bob"]);
    command.current_dir(&to);
    let _ = desk.run(command, b"").fails(7).says("the clone is shallow");
    let partial = desk.work().join("partial").display().to_string();
    git(&repository, &["config", "uploadpack.allowFilter", "true"]);
    git(&repository, &["clone", "--quiet", "--no-checkout", "--filter=blob:none", &from, &partial]);
    std::fs::copy(desk.path("dekko.toml"), std::path::Path::new(&partial).join("dekko.toml"))
        .expect("a copy");
    let mut command = desk.command(["exposure", "bob"]);
    command.current_dir(&partial);
    let _ = desk.run(command, b"").fails(7).says("the clone is partial");
    // A branch without a commit has no present to compare with.
    git(&repository, &["checkout", "--quiet", "--orphan", "empty"]);
    let _ = desk.dekko(["exposure", "bob"]).fails(2).says("--at COMMIT");
}

#[test]
fn nothing_of_a_value_is_left_on_disk() {
    let repository = left();
    let desk = &repository.desk;
    let count = || walk(desk.work().parent().expect("the desk")).len();
    let before = count();
    bob(&repository, 1);
    assert_eq!(count(), before);
    for path in walk(desk.work().parent().expect("the desk")) {
        let bytes = std::fs::read(&path).unwrap_or_default();
        assert!(!bytes.windows(MARKER.len()).any(|part| part == MARKER.as_bytes()), "{}", path.display());
    }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { found.extend(walk(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn the_list_to_work_off_has_a_box_for_each_value() {
    let repository = left();
    set(&repository, FILE, "db.user", "hunter2-other");
    let out = checked(repository.desk.dekko(["exposure", "--markdown", "bob"]).ends(1)).out();
    let key = key_of_bob(&repository.desk);
    let commits = git(&repository, &["log", "--reverse", "--format=%h (%as)", "--abbrev=10"]);
    let commits: Vec<&str> = commits.lines().collect();
    let tip = &commits[3][..10];
    let expected = format!(
        "# What `bob` could decrypt\n\n\
         `bob ({key})`: 2 values in the history of 4 commits, 1 of them still in use in `{tip}`. Change each where it comes \
         from, then in its file with `dekko set`.\n\n\
         ## `a.secret.yaml`\n\n\
         - [ ] `db.password`: in use: the same value, encrypted anew in {1}; known since {0}\n\
         - [x] `db.user`: changed: another value now, encrypted in {2}; known since {0}\n",
        commits[0], commits[2], commits[3],
    );
    assert_eq!(out, expected);
}

#[test]
fn a_version_whose_recipients_were_changed_by_hand_is_spoken_of() {
    let repository = left();
    let desk = &repository.desk;
    let sealed = desk.read(FILE);
    let line = sealed.lines().find(|line| line.contains("age:age1")).expect("a recipient");
    desk.write(FILE, sealed.replace(&format!("{line}\n"), &format!("    - aaa:bbb AAAA\n{line}\n")));
    commit(&repository);
    desk.write(FILE, &sealed);
    commit(&repository);
    let ended = checked(desk.dekko(["exposure", "bob"]).ends(1));
    let _ = ended.says("metadata of some versions are not as they were sealed");
}

#[test]
fn items_of_a_list_are_told_by_their_place_of_now() {
    let repository = repository();
    let desk = &repository.desk;
    seal(&repository, FILE, "users:\n  - name: hunter2-a\n  - name: hunter2-b\n");
    add(&repository, FILE);
    remove(&repository, FILE);
    desk.dekko(["unset", "--recursive", FILE, "users[0]"]).ok();
    commit(&repository);
    assert_eq!(bob(&repository, 1), ["a.secret.yaml users[0].name gone", "a.secret.yaml users[0].name same"]);
    set(&repository, FILE, "users[1].name", "hunter2-a");
    assert_eq!(bob(&repository, 1), ["a.secret.yaml users[0].name same", "a.secret.yaml users[1].name same"]);
    set(&repository, FILE, "users[0].name", "hunter2-c");
    set(&repository, FILE, "users[1].name", "hunter2-d");
    assert_eq!(
        bob(&repository, 0),
        ["a.secret.yaml users[0].name changed", "a.secret.yaml users[1].name changed"]
    );
}

/// What somebody makes of a text, with the value of a field or token at hand.
type Alteration = fn(&str, &dyn Fn(&str, &str) -> String) -> String;

#[test]
fn what_an_altered_file_lacks_counts_as_in_use() {
    let line = |text: &str, start: &str| -> String {
        text.lines().find(|line| line.trim_start().starts_with(start)).expect("a line").to_owned()
    };
    let alterations: [Alteration; 3] = [
        |text, line| {
            let dek = line(text, "dek:");
            let mut other = dek.clone().into_bytes();
            let at = dek.find("dek:").unwrap() + 5;
            other[at] = if other[at] == b'a' { b'b' } else { b'a' };
            text.replace(&dek, std::str::from_utf8(&other).unwrap())
        },
        |text, _| text.split("dekko:").next().unwrap().to_owned(),
        |text, line| {
            let (user, password) = (line(text, "user:"), line(text, "password:"));
            text.replace(&password, &user.replace("user:", "password:"))
        },
    ];
    for (at, alter) in alterations.iter().enumerate() {
        let repository = left();
        let desk = &repository.desk;
        set(&repository, FILE, "db.user", "hunter2-other");
        let text = desk.read(FILE);
        desk.write(FILE, alter(&text, &line));
        assert_ne!(desk.read(FILE), text);
        commit(&repository);
        let ended = checked(desk.dekko(["exposure", "bob"]).ends(5)).says("a.secret.yaml");
        assert!(ended.stderr.contains("altered"), "{at}: {}", ended.stderr);
        let mut states = states(&desk.dekko(["exposure", "--json", "bob"]).ends(5).out());
        states.dedup();
        let unclear = ["a.secret.yaml db.password unclear", "a.secret.yaml db.user unclear"];
        assert_eq!(states, unclear, "{at}");
    }
}
