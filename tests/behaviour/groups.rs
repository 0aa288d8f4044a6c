//! Threshold groups: any K of N of their members together can read, and fewer cannot.

use std::fmt::Write;

use crate::desk::{Desk, Run};

const FILE: &str = "door.secret.yaml";
const TEXT: &str = "door:\n  code: hunter2\n  user: app\n";

/// A desk whose rule encrypts for `recipients` (TOML), with the identities of `names`, each in `NAME.txt`.
fn desk(names: &[&str], more: &str, recipients: &str) -> Desk {
    let desk = Desk::new();
    for name in names {
        desk.keygen(&format!("{name}.txt"));
    }
    configure(&desk, names, more, recipients);
    desk
}

/// Writes a configuration with `names`, whose identities lie there.
fn configure(desk: &Desk, names: &[&str], more: &str, recipients: &str) {
    let mut config = "version = 1\n\n[recipients]\n".to_owned();
    for name in names {
        let key = desk.read(&format!("{name}.txt"));
        let key = key.lines().find_map(|line| line.strip_prefix("# public key: ")).unwrap();
        writeln!(config, "{name} = \"{key}\"").unwrap();
    }
    write!(config, "{more}\n[[rules]]\npaths = [\"*.secret.*\"]\nrecipients = {recipients}\n").unwrap();
    desk.write("dekko.toml", config);
}

const PEOPLE: [&str; 4] = ["alice", "bob", "carol", "dave"];
const DOOR: &str = "vault-door = { threshold = 2, of = [\"alice\", \"bob\", \"carol\"] }\n";

/// dekko with `arguments`, at the desk of who has the identities of `names` alone.
fn run_as(desk: &Desk, names: &[&str], arguments: &[&str]) -> Run {
    let mut command = desk.command(arguments);
    command.env("XDG_CONFIG_HOME", desk.path("nowhere")).env("HOME", desk.path("nowhere"));
    for name in names {
        command.arg("--identity").arg(desk.path(&format!("{name}.txt")));
    }
    desk.run(command, b"")
}

fn read_as(desk: &Desk, names: &[&str]) -> Run {
    run_as(desk, names, &["decrypt", FILE])
}

#[test]
fn any_two_of_three_can_read_and_one_alone_cannot() {
    let desk = desk(&PEOPLE, DOOR, "[\"vault-door\"]");
    desk.write(FILE, TEXT);
    desk.dekko(["encrypt", "--yes", FILE]).ok().says("vault-door (2 of 3: alice, bob, carol)");
    for names in [["alice", "bob"], ["bob", "carol"], ["carol", "alice"]] {
        assert_eq!(read_as(&desk, &names).ok().out(), TEXT);
    }
    for name in PEOPLE {
        read_as(&desk, &[name]).fails(4).says("2 of 3");
    }
    read_as(&desk, &["alice"]).fails(4).says("1 of the 2 shares that are needed could be opened");
    read_as(&desk, &["alice", "dave"]).fails(4);
    assert!(!desk.read(FILE).contains("hunter2"));
}

#[test]
fn a_group_is_shown_with_its_members_everywhere() {
    let desk = desk(&PEOPLE, DOOR, "[\"vault-door\", \"dave\"]");
    desk.write(FILE, TEXT);
    let shown = "2 of 3: alice, bob, carol";
    assert!(desk.dekko(["explain", FILE]).ok().out().contains(shown));
    desk.dekko(["encrypt", "--yes", FILE]).ok();
    for arguments in [["inspect", FILE].as_slice(), &["recipients", "list", FILE], &["explain", FILE]] {
        let out = desk.dekko(arguments).ok().out();
        assert!(out.contains("vault-door") && out.contains(shown), "{arguments:?}: {out}");
    }
    let json = desk.dekko(["recipients", "list", "--json", FILE]).ok().out();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let group = json.as_array().unwrap().iter().find(|one| one["name"] == "vault-door").unwrap();
    assert_eq!(group["recipient"], "threshold:2-of-3:vault-door");
    assert_eq!(group["threshold"], 2);
    let names: Vec<_> = group["members"].as_array().unwrap().iter().map(|one| one["name"].clone()).collect();
    assert_eq!(names, ["alice", "bob", "carol"]);
    // Without the configuration, by keys.
    std::fs::remove_file(desk.path("dekko.toml")).unwrap();
    let out = desk.dekko(["recipients", "list", FILE]).ok().out();
    assert!(out.contains("threshold:2-of-3:vault-door (2 of 3: age1"), "{out}");
}

#[test]
fn a_rotated_file_keeps_its_group_from_the_file_alone() {
    let desk = desk(&PEOPLE, DOOR, "[\"vault-door\"]");
    desk.write(FILE, TEXT);
    desk.dekko(["encrypt", "--yes", FILE]).ok();
    std::fs::remove_file(desk.path("dekko.toml")).unwrap();
    let before = desk.read(FILE);
    run_as(&desk, &["alice", "bob"], &["rotate", FILE]).ok();
    assert_ne!(desk.read(FILE), before);
    assert_eq!(read_as(&desk, &["bob", "carol"]).ok().out(), TEXT);
    read_as(&desk, &["bob"]).fails(4);
    run_as(&desk, &["alice", "bob"], &["recipients", "add", FILE, &recipient(&desk, "dave")]).ok();
    assert_eq!(read_as(&desk, &["dave"]).ok().out(), TEXT);
    run_as(&desk, &["dave"], &["recipients", "remove", "--yes", FILE, "threshold:2-of-3:vault-door"]).ok();
    read_as(&desk, &["alice", "bob"]).fails(4);
}

#[test]
fn who_leaves_and_is_a_member_of_a_group_that_stays_is_pointed_out() {
    let desk = desk(&PEOPLE, DOOR, "[\"vault-door\", \"alice\", \"dave\"]");
    desk.write(FILE, TEXT);
    desk.dekko(["encrypt", "--yes", FILE]).ok();
    // Bob is a member only.
    let run = run_as(&desk, &["dave"], &["recipients", "remove", "--yes", FILE, "bob"]).fails(2);
    run.says("only as a member of the group 'vault-door'").says("dekko recipients add FILE vault-door");
    let run = run_as(&desk, &["dave"], &["recipients", "remove", "--yes", FILE, "alice"]).ok();
    run.says(") still has a share in the group 'vault-door' of 'door.secret.yaml'")
        .says("dekko recipients add door.secret.yaml vault-door");
    // Split anew, nothing is said any more.
    let group = "vault-door = { threshold = 2, of = [\"bob\", \"carol\"] }\n";
    configure(&desk, &PEOPLE, group, "[\"vault-door\", \"dave\", \"carol\"]");
    run_as(&desk, &["dave"], &["recipients", "add", "--yes", FILE, "vault-door"]).ok();
    let run = run_as(&desk, &["dave"], &["rewrap", "--yes", "--add", "alice", FILE]).ok();
    run.does_not_say("still has a share");
    let run = run_as(&desk, &["dave"], &["rewrap", "--yes", "--remove", "alice", FILE]).ok();
    run.does_not_say("still has a share");
    run_as(&desk, &["alice", "bob"], &["decrypt", FILE]).fails(4);
}

#[test]
fn two_groups_of_one_name_and_size_are_not_taken_for_one() {
    let desk = desk(&PEOPLE, "", "[\"alice\"]");
    desk.write(FILE, TEXT);
    let [a, b, c] = ["alice", "bob", "carol"].map(|name| recipient(&desk, name));
    let [one, other] = [&b, &c].map(|second| format!("threshold:2-of-2:both [ {a} {second} ]"));
    let run = desk.dekko(["encrypt", "-r", &one, "-r", &other, FILE]);
    run.fails(2).says("two different groups are called 'threshold:2-of-2:both'");
    assert_eq!(desk.read(FILE), TEXT);
    desk.dekko(["encrypt", "-r", &one, "-r", &one, FILE]).ok();
}

fn recipient(desk: &Desk, name: &str) -> String {
    let key = desk.read(&format!("{name}.txt"));
    key.lines().find_map(|line| line.strip_prefix("# public key: ")).unwrap().to_owned()
}

/// The data key's name in the file.
fn dek(desk: &Desk) -> String {
    let text = desk.read(FILE);
    text.lines().find_map(|line| line.trim().strip_prefix("dek: ")).unwrap().to_owned()
}

#[test]
fn who_leaves_a_group_loses_access_and_the_file_gets_a_new_data_key() {
    let desk = desk(&PEOPLE, DOOR, "[\"vault-door\"]");
    desk.write(FILE, TEXT);
    desk.dekko(["encrypt", "--yes", FILE]).ok();
    let first = dek(&desk);
    // One more member takes nothing from anybody.
    configure(&desk, &PEOPLE, &DOOR.replace("\"carol\"", "\"carol\", \"dave\""), "[\"vault-door\"]");
    let two = ["alice", "bob"];
    run_as(&desk, &two, &["recipients", "add", "--yes", FILE, "vault-door"]).ok().says("2 of 4");
    assert_eq!(dek(&desk), first);
    assert_eq!(read_as(&desk, &["carol", "dave"]).ok().out(), TEXT);
    assert_eq!(desk.read(FILE).matches("threshold:").count(), 1);
    // One less does.
    let less = DOOR.replace("\"carol\"", "\"dave\"");
    configure(&desk, &PEOPLE, &less, "[\"vault-door\"]");
    run_as(&desk, &two, &["recipients", "add", FILE, "vault-door"]).fails(2).says("--yes");
    let out =
        run_as(&desk, &two, &["recipients", "add", "--yes", FILE, "vault-door"]).ok().says("knows").out();
    assert!(out.contains("door.code"), "{out}");
    assert_ne!(dek(&desk), first);
    read_as(&desk, &["alice", "carol"]).fails(4);
    assert_eq!(read_as(&desk, &["alice", "dave"]).ok().out(), TEXT);
    // A higher threshold, too.
    let second = dek(&desk);
    configure(&desk, &PEOPLE, &less.replace("= 2", "= 3"), "[\"vault-door\"]");
    run_as(&desk, &two, &["recipients", "add", "--yes", FILE, "vault-door"]).ok().says("3 of 3");
    assert_ne!(dek(&desk), second);
    read_as(&desk, &two).fails(4);
    assert_eq!(read_as(&desk, &["alice", "bob", "dave"]).ok().out(), TEXT);
    run_as(&desk, &["alice", "bob", "dave"], &["recipients", "add", FILE, "vault-door"]).ok().says("already");
}

#[test]
fn a_group_stands_in_a_group() {
    let more = "ops = { threshold = 2, of = [\"carol\", \"dave\"] }\ndoor = { threshold = 2, of = [\"alice\", \"bob\", \"ops\"] }\n";
    let desk = desk(&PEOPLE, more, "[\"door\"]");
    desk.write(FILE, TEXT);
    desk.dekko(["encrypt", "--yes", FILE]).ok().says("door (2 of 3: alice, bob, ops (2 of 2: carol, dave))");
    assert_eq!(read_as(&desk, &["alice", "carol", "dave"]).ok().out(), TEXT);
    read_as(&desk, &["alice", "carol"]).fails(4);
    read_as(&desk, &["carol", "dave"]).fails(4);
}

#[test]
fn a_check_sees_a_group_with_other_members_than_the_rule_has() {
    let desk = desk(&PEOPLE, DOOR, "[\"vault-door\"]");
    desk.write(FILE, TEXT);
    desk.dekko(["encrypt", "--yes", FILE]).ok();
    desk.dekko(["check", FILE]).ok();
    configure(&desk, &PEOPLE, &DOOR.replace("carol", "dave"), "[\"vault-door\"]");
    desk.dekko(["check", FILE]).ends(1);
}

#[test]
fn a_group_that_cannot_be_is_refused_with_its_line() {
    for (more, why) in [
        ("x = { threshold = 1, of = [\"alice\", \"bob\"] }", "must be 2 to 2"),
        ("x = { threshold = 3, of = [\"alice\", \"bob\"] }", "must be 2 to 2"),
        ("x = { threshold = -1, of = [\"alice\", \"bob\"] }", "must be 2 to 2"),
        ("x = { threshold = 2, of = [\"alice\", \"alice\"] }", "'alice' has a share already"),
        ("x = { threshold = 2, of = [\"alice\", \"nobody\"] }", "'nobody' is neither"),
        ("x = { threshold = 2 }", "needs 'of'"),
        ("x = { of = [\"alice\", \"bob\"] }", "needs 'threshold'"),
        ("x = { threshold = 2, of = [\"alice\", \"bob\"], or = 3 }", "unknown key 'or'"),
        ("x = { threshold = 2, of = [\"alice\", \"x\"] }", "holds itself by way of 'x'"),
        (
            "x = { threshold = 2, of = [\"alice\", \"y\"] }\ny = { threshold = 2, of = [\"bob\", \"x\"] }",
            "holds itself",
        ),
        (
            "x = { threshold = 2, of = [\"alice\", \"y\"] }\ny = { threshold = 2, of = [\"bob\", \"alice\"] }",
            "'alice' has a share already",
        ),
        ("\"t\u{fc}r\" = { threshold = 2, of = [\"alice\", \"bob\"] }", "t\u{fc}r"),
        (
            "x = { threshold = 2, of = [\"threshold:2-of-2:y [ age1a age1b ]\", \"bob\"] }",
            "name in [recipients]",
        ),
    ] {
        let desk = desk(&["alice", "bob"], &format!("{more}\n"), "[\"alice\"]");
        desk.write(FILE, TEXT);
        desk.dekko(["encrypt", FILE]).fails(2).says(why).says("line ");
        assert_eq!(desk.read(FILE), TEXT, "{more}");
    }
    let mut deep = "a = { threshold = 2, of = [\"alice\", \"bob\"] }\n".to_owned();
    for (inside, name) in ["a", "b", "c", "d"].iter().zip(["b", "c", "d", "e"]) {
        let one = desk(&[], "", "[\"x:y\"]").recipient();
        writeln!(deep, "{name} = {{ threshold = 2, of = [\"{inside}\", \"{one}\"] }}").unwrap();
    }
    let desk = desk(&["alice", "bob"], &deep, "[\"alice\"]");
    desk.write(FILE, TEXT);
    desk.dekko(["encrypt", FILE]).fails(2).says("4 deep");
}

#[test]
fn a_group_can_be_written_out_on_the_command_line() {
    let desk = desk(&PEOPLE, "", "[\"alice\"]");
    desk.write(FILE, TEXT);
    let [a, b] = ["alice", "bob"].map(|name| recipient(&desk, name));
    desk.dekko(["encrypt", "-r", &format!("threshold:2-of-2:both [ {a} {b} ]"), FILE]).ok().says("both");
    assert_eq!(read_as(&desk, &["alice", "bob"]).ok().out(), TEXT);
    read_as(&desk, &["alice"]).fails(4);
}

/// A desk with a file for any two of three, and a request of `erin`, who is none of them.
fn asked() -> Desk {
    let desk = desk(&["alice", "bob", "carol", "dave", "erin"], DOOR, "[\"vault-door\"]");
    desk.write(FILE, TEXT);
    desk.dekko(["encrypt", "--yes", FILE]).ok();
    let run = run_as(&desk, &["erin"], &["unwrap-share", "request", FILE, "-o", "request.txt"]).ok();
    run.says("send it to members of vault-door (2 of 3: alice, bob, carol)").says("number ");
    desk
}

/// The share of `name`, given to who asks in `request.txt`, in `NAME.share`.
fn give(desk: &Desk, name: &str) {
    let out = format!("{name}.share");
    let arguments = ["unwrap-share", "give", "--yes", "request.txt", FILE, "-o", &out];
    run_as(desk, &[name], &arguments).ok().says("asked by erin (age1").says(&format!("share of {name}"));
}

fn open(desk: &Desk, names: &[&str], shares: &[&str]) -> Run {
    run_as(desk, names, &[&["unwrap-share", "open", FILE], shares].concat())
}

#[test]
fn members_on_different_machines_open_a_file_together() {
    let desk = asked();
    give(&desk, "alice");
    give(&desk, "carol");
    let shares = ["alice.share", "carol.share"];
    assert_eq!(open(&desk, &["erin"], &shares).ok().says("dekko rotate").out(), TEXT);
    open(&desk, &["erin"], &shares[..1]).fails(4).says("1 of the 2 shares").says("2 of 3: alice, bob, carol");
    open(&desk, &["erin"], &["alice.share", "alice.share"]).fails(4);
    // The shares are of use to nobody else, and to erin not without her key.
    for names in [&[][..], &["dave"], &["alice"], &["bob"]] {
        open(&desk, names, &shares).fails(4);
    }
    // A member's own share counts.
    run_as(&desk, &["bob"], &["unwrap-share", "request", FILE, "-o", "bob.request"]).ok();
    run_as(&desk, &["alice"], &["unwrap-share", "give", "--yes", "bob.request", FILE, "-o", "for.bob"]).ok();
    assert_eq!(open(&desk, &["bob"], &["for.bob"]).ok().out(), TEXT);
    // Nothing was written that holds the value or a share.
    for file in ["request.txt", "alice.share", "carol.share"] {
        let text = desk.read(file);
        assert!(!text.contains("hunter2") && !text.contains("share: "), "{text}");
    }
    assert!(desk.read("alice.share").starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n"));
    let mut folders =
        vec![desk.home(), desk.work(), desk.work().with_file_name("tmp"), desk.work().with_file_name("run")];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.path().is_dir() {
                folders.push(entry.path());
                continue;
            }
            let text = String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap()).into_owned();
            let is_left = ["hunter2", "dekko share 1", "share: "].iter().any(|mark| text.contains(mark));
            assert!(!is_left, "{}", entry.path().display());
            seen += 1;
        }
    }
    assert!(seen > 8, "{seen}");
}

#[test]
fn the_number_is_the_same_for_both_and_another_for_a_changed_request() {
    let desk = asked();
    let number = |stderr: &str| -> String {
        let at = stderr.find("number").unwrap();
        let digits = |c: &char| c.is_ascii_hexdigit() || *c == '-';
        stderr[at + 6..].trim_start().chars().take_while(digits).collect()
    };
    let asked_again = run_as(&desk, &["erin"], &["unwrap-share", "request", FILE]).ok();
    desk.write("again.txt", &asked_again.stdout);
    let seen = run_as(&desk, &["bob"], &["unwrap-share", "give", "--yes", "again.txt", FILE]).ok();
    assert_eq!(number(&seen.stderr), number(&asked_again.stderr));
    assert_eq!(number(&seen.stderr).len(), 24);
    // Somebody on the way puts in a key of his own: the member sees it, and another number.
    let own = desk.read("erin.txt");
    let own = own.lines().find_map(|line| line.strip_prefix("# public key: ")).unwrap();
    let mallory = desk.keygen("mallory.txt");
    desk.write("forged.txt", asked_again.out().replace(own, &mallory));
    let forged = run_as(&desk, &["bob"], &["unwrap-share", "give", "--yes", "forged.txt", FILE]).ok();
    let forged = forged.says("nobody in dekko.toml has the key of who asks").says(&mallory);
    assert_ne!(number(&forged.stderr), number(&asked_again.stderr));
}

#[test]
fn nothing_is_given_without_a_yes_and_what_is_asked_is_shown_first() {
    let desk = asked();
    let arguments = ["unwrap-share", "give", "request.txt", FILE, "-o", "out.txt", "--quiet"];
    let run = run_as(&desk, &["alice"], &arguments).fails(2).says("nobody is there to say yes");
    let run =
        run.says("group    vault-door (2 of 3: alice, bob, carol)").says("asked by erin").says("number ");
    run.says("'door.secret.yaml'");
    assert!(!desk.path("out.txt").exists());
}

#[test]
fn a_request_for_one_file_opens_no_other_one() {
    let desk = asked();
    desk.write("other.secret.yaml", "a: hunter2-other\n");
    desk.dekko(["encrypt", "--yes", "other.secret.yaml"]).ok();
    let give_other = ["unwrap-share", "give", "--yes", "request.txt", "other.secret.yaml"];
    run_as(&desk, &["alice"], &give_other).fails(5).says("about another file");
    // Somebody who can write to the repository gives the request the id of the file that alice thinks it is about.
    let id_of = |file: &str| {
        let text = desk.read(file);
        text.lines().find_map(|line| line.trim().strip_prefix("id: ")).unwrap().to_owned()
    };
    let forged = desk.read("request.txt").replace(&id_of(FILE), &id_of("other.secret.yaml"));
    desk.write("forged.txt", forged);
    run_as(&desk, &["alice"], &["unwrap-share", "give", "--yes", "forged.txt", "other.secret.yaml"]).fails(5);
    run_as(&desk, &["alice"], &["unwrap-share", "give", "--yes", "forged.txt", FILE]).fails(5);
    // Shares of one file do not open the other.
    give(&desk, "alice");
    let open = ["unwrap-share", "open", "other.secret.yaml", "alice.share"];
    run_as(&desk, &["erin", "bob"], &open).fails(5).says("about another file");
}

#[test]
fn shares_from_before_a_rotation_are_refused() {
    let desk = asked();
    give(&desk, "alice");
    give(&desk, "bob");
    let old = desk.read(FILE);
    run_as(&desk, &["alice", "bob"], &["rotate", FILE]).ok();
    open(&desk, &["erin"], &["alice.share", "bob.share"]).fails(5).says("before a rotation");
    let again = ["unwrap-share", "give", "--yes", "request.txt", FILE];
    run_as(&desk, &["alice"], &again).fails(5).says("before a rotation");
    desk.write(FILE, old);
    assert_eq!(open(&desk, &["erin"], &["alice.share", "bob.share"]).ok().out(), TEXT);
}

#[test]
fn a_file_that_was_altered_is_not_opened_with_shares_either() {
    let desk = asked();
    give(&desk, "alice");
    give(&desk, "bob");
    let text = desk.read(FILE);
    desk.write(FILE, text.replace("  user:", "  owner:"));
    open(&desk, &["erin"], &["alice.share", "bob.share"]).fails(5);
    let good = desk.read("bob.share");
    for (spoilt, status) in
        [("", 3), ("hello\n", 3), (&good[..good.len() / 2], 3), (&format!("{good}{good}"), 3)]
    {
        desk.write(FILE, &text);
        desk.write("bob.share", spoilt);
        let run = open(&desk, &["erin"], &["alice.share", "bob.share"]).fails(status);
        run.says("bob.share");
    }
    let line = good.lines().nth(good.lines().count() - 3).unwrap();
    let changed: String = line.chars().rev().collect();
    desk.write("bob.share", good.replace(line, &changed));
    open(&desk, &["erin"], &["alice.share", "bob.share"]).fails(5).says("changed on its way");
    for junk in ["", "x\n", "dekko share request 1\n", &"a".repeat(100_000)] {
        desk.write("request.txt", junk);
        let arguments = ["unwrap-share", "give", "--yes", "request.txt", FILE];
        run_as(&desk, &["alice"], &arguments).fails(3).says("request.txt");
    }
}

#[test]
fn with_add_the_file_is_opened_for_good_and_nothing_is_printed() {
    let desk = asked();
    give(&desk, "alice");
    give(&desk, "bob");
    let erin = recipient(&desk, "erin");
    // A name of dekko.toml is whoever wrote there.
    let refused = open(&desk, &["alice"], &["alice.share", "bob.share", "--add", "erin"]);
    refused.fails(2).says("nobody has said yes");
    let run = open(&desk, &["erin"], &["alice.share", "bob.share", "--add", &erin]).ok();
    assert_eq!(run.says("can read 'door.secret.yaml' now: erin").out(), "");
    assert_eq!(read_as(&desk, &["erin"]).ok().out(), TEXT);
    assert_eq!(read_as(&desk, &["bob", "carol"]).ok().out(), TEXT);
    open(&desk, &["erin"], &["alice.share", "bob.share", "--add", "erin"]).ok().says("already");
    let plain = ["alice.share", "bob.share", "-o", "plain.yaml"];
    open(&desk, &["erin"], &plain).ok();
    assert_eq!(desk.read("plain.yaml"), TEXT);
    open(&desk, &["erin"], &plain).ends(7);
}

#[test]
fn a_request_needs_a_group_and_somebody_to_answer_to() {
    let more = format!("{DOOR}other = {{ threshold = 2, of = [\"alice\", \"dave\"] }}\n");
    let desk = desk(&PEOPLE, &more, "[\"vault-door\", \"other\"]");
    desk.write(FILE, TEXT);
    desk.dekko(["encrypt", "--yes", FILE]).ok();
    let ask = |more: &[&str]| run_as(&desk, &["dave"], &[&["unwrap-share", "request", FILE], more].concat());
    ask(&[]).fails(2).says("--group");
    ask(&["--group", "nobody"]).fails(2).says("no group 'nobody'");
    assert!(ask(&["--group", "other"]).ok().out().contains("group: threshold:2-of-2:other ["));
    let ssh = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
    ask(&["--group", "other", "--for", ssh]).fails(2).says("age1");
    run_as(&desk, &[], &["unwrap-share", "request", FILE, "--group", "other"]).fails(2).says("keygen");
    desk.write("plain.secret.yaml", "a: b\n");
    run_as(&desk, &["dave"], &["unwrap-share", "request", "plain.secret.yaml"]).fails(3);
    desk.dekko(["encrypt", "--yes", "-r", "dave", "plain.secret.yaml"]).ok();
    run_as(&desk, &["dave"], &["unwrap-share", "request", "plain.secret.yaml"])
        .fails(2)
        .says("no threshold group");
}

#[cfg(unix)]
mod merged {
    use super::*;
    use crate::team::{Member, Setup};

    /// A repository with a file for its owner and with identities of [`PEOPLE`], who are named in `dekko.toml`.
    fn start() -> Member {
        let member = Member::alone(Setup::Driver);
        let desk = &member.desk;
        for name in PEOPLE {
            desk.keygen(&format!("{name}.txt"));
        }
        name_people(desk, DOOR);
        desk.write(FILE, TEXT);
        desk.dekko(["encrypt", "-r", &desk.recipient(), FILE]).ok();
        member.record("base");
        member
    }

    fn name_people(desk: &Desk, door: &str) {
        configure(desk, &PEOPLE, door, &format!("[\"vault-door\", \"{}\"]", desk.recipient()));
    }

    #[test]
    fn a_group_that_ours_adds_gets_shares_of_the_new_data_key_of_theirs() {
        let member = start();
        member.git(["checkout", "-q", "-b", "theirs"]).ok();
        member.desk.dekko(["rotate", FILE]).ok();
        member.record("theirs");
        member.git(["checkout", "-q", "main"]).ok();
        member.desk.dekko(["recipients", "add", "--yes", FILE, "vault-door"]).ok();
        member.record("ours");
        member.git(["merge", "-q", "theirs"]).ok();
        member.desk.dekko(["verify", FILE]).ok();
        assert_eq!(read_as(&member.desk, &["bob", "carol"]).ok().out(), TEXT);
        read_as(&member.desk, &["bob"]).fails(4);
    }

    #[test]
    fn two_versions_of_a_group_are_a_conflict() {
        let member = start();
        let desk = &member.desk;
        desk.dekko(["recipients", "add", "--yes", FILE, "vault-door"]).ok();
        member.record("with a group");
        member.git(["checkout", "-q", "-b", "theirs"]).ok();
        name_people(desk, &DOOR.replace("bob", "dave"));
        desk.dekko(["recipients", "add", "--yes", FILE, "vault-door"]).ok();
        member.record("theirs");
        member.git(["checkout", "-q", "main"]).ok();
        name_people(desk, &DOOR.replace("carol", "dave"));
        desk.dekko(["recipients", "add", "--yes", FILE, "vault-door"]).ok();
        member.record("ours");
        let ended = member.git(["merge", "-q", "theirs"]).ends(1);
        assert!(
            ended.err.contains("(recipients)") || ended.out.contains("(recipients)"),
            "{}{}",
            ended.out,
            ended.err
        );
        assert!(!desk.read(FILE).contains("hunter2"));
    }

    #[test]
    fn a_group_with_other_members_than_ours_allows_is_not_let_in() {
        let member = start();
        let desk = &member.desk;
        member.git(["checkout", "-q", "-b", "theirs"]).ok();
        let mallory = desk.keygen("mallory.txt");
        let other = format!("vault-door = {{ threshold = 2, of = [\"alice\", \"{mallory}\", \"carol\"] }}\n");
        name_people(desk, &other);
        desk.dekko(["recipients", "add", "--yes", FILE, "vault-door"]).ok();
        member.git(["checkout", "-q", "dekko.toml"]).ok();
        member.record("theirs");
        member.git(["checkout", "-q", "main"]).ok();
        desk.write(FILE, desk.read(FILE));
        desk.dekko(["recipients", "add", "--yes", FILE, "dave"]).ok();
        member.record("ours");
        member.git(["merge", "-q", "theirs"]).ends(1).says("does not name");
    }
}
