//! Whom the user said yes to: what is shown before, how long it holds, and what becomes of it when somebody leaves.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::PathBuf;

use crate::bulk::Office;
use crate::desk::Desk;

const FILE: &str = "secrets/a.yaml";
const TEXT: &str = "a: hunter2\n";

/// The file in which the answers of the only repository are kept.
fn accepted(desk: &Desk) -> PathBuf {
    let state = fs::read_dir(desk.home().join(".local/state/dekko")).unwrap();
    state.map(|entry| entry.unwrap().path().join("accepted.json")).find(|path| path.exists()).unwrap()
}

fn commit(office: &Office) {
    let who = ["-c", "user.name=a", "-c", "user.email=a@x", "-c", "commit.gpgsign=false"];
    office.repository.git(&["add", "-A"]);
    office.repository.git(&[&who[..], &["commit", "--quiet", "--allow-empty", "-m", "x"]].concat());
}

/// An office whose rule names bob, who was said yes to.
fn office() -> Office {
    let office = Office::new(&["bob", "carol"]);
    office.rule(&["me", "bob"]);
    commit(&office);
    office.encrypt(&[FILE], |_| TEXT.to_owned());
    commit(&office);
    office
}

#[test]
fn every_key_of_a_group_is_shown_before_anybody_says_yes_and_another_key_is_pointed_out() {
    let office = Office::new(&["alice", "bob", "carol"]);
    let desk = office.desk();
    office.rule(&["me", "door"]);
    let groups = "ops = { threshold = 2, of = [\"bob\", \"carol\"] }\n\
                  door = { threshold = 2, of = [\"alice\", \"ops\"] }\n[[rules]]";
    desk.write("dekko.toml", desk.read("dekko.toml").replace("[[rules]]", groups));
    desk.write(FILE, TEXT);
    let ended = desk.dekko(["encrypt", "--", FILE]).fails(2);
    for name in ["alice", "bob", "carol"] {
        assert!(ended.stderr.contains(&format!("{name} ({})", office.key(name))), "{}", ended.stderr);
    }
    desk.dekko(["encrypt", "--yes", "--", FILE]).ok();
    let stranger = desk.keygen("stranger.txt");
    desk.write("dekko.toml", desk.read("dekko.toml").replace(&office.key("bob"), &stranger));
    let said = format!("this is not what you said yes to as 'bob' before: {}", office.key("bob"));
    let run = desk.dekko(["rewrap", FILE]).fails(2).says(&format!("bob ({stranger})"));
    let _ = run.says(&said).says("this is not the group that you said yes to as 'door' before");
}

#[test]
fn a_key_is_asked_for_again_under_another_name() {
    let office = office();
    let desk = office.desk();
    desk.write("secrets/b.yaml", TEXT);
    desk.dekko(["encrypt", "--", "secrets/b.yaml"]).ok();
    desk.write("dekko.toml", desk.read("dekko.toml").replace("bob", "robert"));
    desk.write("secrets/c.yaml", TEXT);
    desk.dekko(["encrypt", "--", "secrets/c.yaml"]).fails(2).says("you said yes to this as 'bob' before");
    desk.dekko(["encrypt", "--yes", "--", "secrets/c.yaml"]).ok();
}

#[test]
fn who_was_removed_in_whatever_way_is_asked_for_when_they_come_back() {
    for way in [
        &["recipients", "remove", "--yes", FILE, "bob"][..],
        &["recipients", "remove", "--yes", "--all", "bob"],
        &["rewrap", "--yes", "--remove", "bob", FILE],
    ] {
        let office = office();
        let desk = office.desk();
        desk.dekko(way).ok();
        desk.dekko(["rewrap", "--all"]).fails(2).says("you have not said yes").says(&office.key("bob"));
        assert!(!office.reads("bob", FILE), "{way:?}");
    }
}

#[test]
fn a_group_with_a_member_who_was_removed_is_asked_for_again() {
    let office = Office::new(&["bob", "carol"]);
    let desk = office.desk();
    office.rule(&["me", "bob", "door"]);
    let door = "door = { threshold = 2, of = [\"bob\", \"carol\"] }\n[[rules]]";
    desk.write("dekko.toml", desk.read("dekko.toml").replace("[[rules]]", door));
    office.encrypt(&[FILE], |_| TEXT.to_owned());
    desk.dekko(["recipients", "remove", "--yes", FILE, "bob"]).ok();
    desk.write("secrets/b.yaml", TEXT);
    desk.dekko(["encrypt", "--recipient", "door", "--", "secrets/b.yaml"])
        .fails(2)
        .says("nobody has said yes");
}

#[test]
fn another_repository_in_the_same_place_is_asked_about_again() {
    let office = office();
    let desk = office.desk();
    let encrypt = |name: &str| {
        desk.write(name, TEXT);
        desk.dekko(["encrypt", "--", name])
    };
    encrypt("secrets/b.yaml").ok();
    commit(&office);
    fs::remove_dir_all(desk.path(".git")).unwrap();
    office.repository.git(&["init", "--quiet"]);
    desk.write("other", "1");
    commit(&office);
    encrypt("secrets/c.yaml").fails(2).says("nobody has said yes");
    desk.dekko(["encrypt", "--yes", "--", "secrets/c.yaml"]).ok();
    commit(&office);
    encrypt("secrets/d.yaml").ok();
}

#[test]
fn answers_that_others_can_write_do_not_count() {
    let office = office();
    let desk = office.desk();
    let file = accepted(desk);
    let folder = file.parent().unwrap();
    let encrypt = || {
        desk.write("secrets/b.yaml", TEXT);
        desk.dekko(["encrypt", "--", "secrets/b.yaml"])
    };
    fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).unwrap();
    encrypt().fails(2).says("does not count").says("open to others");
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
    fs::rename(&file, desk.home().join("elsewhere.json")).unwrap();
    symlink(desk.home().join("elsewhere.json"), &file).unwrap();
    encrypt().fails(2).says("it is a link");
    fs::rename(desk.home().join("elsewhere.json"), &file).unwrap();
    encrypt().ok();
}

#[test]
fn a_removal_finds_files_that_no_rule_names_any_more() {
    let office = office();
    let desk = office.desk();
    office.encrypt(&["secrets/b.yaml"], |_| TEXT.to_owned());
    desk.write("dekko.toml", desk.read("dekko.toml").replace("secrets/**", "secrets/b.yaml"));
    desk.write("notes.md", "enc1: nothing but a text with dek and head in it\n");
    commit(&office);
    let plan = desk.dekko(["rewrap", "--all", "--plan"]).ok();
    let _ = plan.says("no rule of dekko.toml names 1 file, which stay as they are: 'secrets/a.yaml'");
    desk.dekko(["recipients", "remove", "--yes", "--all", "bob"]).ok().says("dekko exposure bob");
    assert!(!office.reads("bob", FILE) && !office.reads("bob", "secrets/b.yaml"));
    let before = office.field(FILE, "dek");
    desk.dekko(["rotate", "--all"]).ok();
    assert_ne!(office.field(FILE, "dek"), before);
}

#[test]
fn who_takes_himself_out_of_a_file_is_found_when_he_is_removed() {
    let office = office();
    let desk = office.desk();
    office.encrypt(&["secrets/b.yaml"], |_| TEXT.to_owned());
    let own = format!("age:{} ", office.key("bob"));
    let stripped: Vec<String> =
        desk.read(FILE).lines().filter(|line| !line.contains(&own)).map(str::to_owned).collect();
    desk.write(FILE, stripped.join("\n") + "\n");
    office.rule(&["me"]);
    desk.dekko(["rewrap", "--all"]).ends(5).says(FILE);
    assert!(!office.reads("bob", "secrets/b.yaml"));
    desk.dekko(["rewrap", "--all"]).ends(5).says(FILE);
}
