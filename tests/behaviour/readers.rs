//! `dekko recipients` and `dekko rotate`: who can read a file, and who can no longer.

use crate::desk::{Desk, Run};
use crate::repository::{FIVE, Repository};

const FILE: &str = "a.secret.yaml";
const TEXT: &str = "db:\n  user: app\n  password: hunter2\n# a comment\nlist: [hunter2-a]\n";

/// A desk with an encrypted file, and the recipient of another identity, in `other.txt`.
fn desk() -> (Desk, String) {
    let desk = Desk::new();
    desk.write(FILE, TEXT);
    desk.dekko(["encrypt", FILE]).ok();
    let other = desk.keygen("other.txt");
    (desk, other)
}

/// `dekko decrypt` with the identity in `identity` alone.
fn read_as(desk: &Desk, identity: &str, file: &str) -> Run {
    let mut command = desk.command(["decrypt", file]);
    command.env("XDG_CONFIG_HOME", desk.path("nowhere")).env("HOME", desk.path("nowhere"));
    command.env("DEKKO_AGE_KEY_FILE", desk.path(identity));
    desk.run(command, b"")
}

#[test]
fn readers_are_listed_by_name_without_a_key() {
    let (desk, _) = desk();
    let mut command = desk.command(["recipients", "list", FILE]);
    command.env("XDG_CONFIG_HOME", desk.path("nowhere")).env("HOME", desk.path("nowhere"));
    let run = desk.run(command, b"").ok().says("not verified");
    assert!(run.out().contains(&desk.recipient()), "{}", run.out());
    let json = desk.dekko(["recipients", "list", "--json", FILE]).ok().out();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[0]["recipient"], format!("age:{}", desk.recipient()));
}

#[test]
fn who_is_added_can_read_and_no_value_changes() {
    let repository = Repository::new();
    for (name, text) in FIVE {
        repository.commit(name, text);
    }
    let desk = &repository.desk;
    let other = desk.keygen("other.txt");
    for (name, text) in FIVE {
        read_as(desk, "other.txt", name).fails(4);
        let tokens = |text: String| -> Vec<String> {
            text.split(['"', ' ', '=', '\n'])
                .filter(|word| word.starts_with("enc1."))
                .map(str::to_owned)
                .collect()
        };
        let before = tokens(desk.read(name));
        assert!(!before.is_empty(), "{name}");
        desk.dekko(["recipients", "add", name, &other]).ok().says(&other);
        assert_eq!(read_as(desk, "other.txt", name).ok().out(), text);
        assert_eq!(repository.decrypted(name), text);
        assert_eq!(tokens(desk.read(name)), before, "{name}");
        let (added, removed) = repository.changed_lines(name);
        assert!(added <= 3 && removed <= 2, "{name}: {added} {removed}");
        repository.record(name);
        desk.dekko(["recipients", "add", name, &other]).ok().says("can read it already");
        assert_eq!(repository.changed_lines(name), (0, 0), "{name}");
    }
}

#[test]
fn a_name_from_the_configuration_serves_as_a_recipient() {
    let (desk, other) = desk();
    let config = desk.read("dekko.toml");
    let config = config.replacen("[recipients]\n", &format!("[recipients]\nbob = \"{other}\"\n"), 1);
    desk.write("dekko.toml", config);
    let before = desk.read(FILE);
    let run = desk.dekko(["recipients", "add", FILE, "bob"]).fails(2);
    let _ = run.says(&format!("bob ({other})")).says("nobody has said yes").says("--yes");
    assert_eq!(desk.read(FILE), before);
    desk.dekko(["recipients", "add", "--yes", FILE, "bob"]).ok().says(&format!("bob ({other})"));
    assert!(desk.dekko(["recipients", "list", FILE]).ok().out().contains("bob "));
    desk.dekko(["recipients", "remove", "--yes", FILE, "bob"]).ok();
    assert!(!desk.dekko(["recipients", "list", FILE]).ok().out().contains("bob"));
    // Said once, the yes holds for this key in this repository, until whose it is was removed.
    desk.dekko(["recipients", "add", FILE, "bob"]).fails(2).says(&other);
    let stranger = desk.keygen("stranger.txt");
    desk.write("dekko.toml", desk.read("dekko.toml").replace(&other, &stranger));
    desk.dekko(["recipients", "add", FILE, "bob"]).fails(2).says(&stranger);
    desk.dekko(["recipients", "add", FILE, "carol"]).fails(2).says("carol");
}

#[test]
fn who_is_removed_can_no_longer_read_and_the_values_known_are_named() {
    let (desk, other) = desk();
    desk.dekko(["recipients", "add", FILE, &other]).ok();
    let before = desk.read(FILE);
    desk.dekko(["recipients", "remove", FILE, &other]).fails(2).says("--yes");
    assert_eq!(desk.read(FILE), before);
    let run = desk.dekko(["recipients", "remove", "--yes", FILE, &other]).ok().says("history");
    assert_eq!(run.out(), "db.user\ndb.password\nlist[0]\n");
    let _ = run.does_not_say("still names");
    read_as(&desk, "other.txt", FILE).fails(4);
    assert_eq!(desk.dekko(["decrypt", FILE]).ok().out(), TEXT);
    assert!(desk.read(FILE).contains("prev"));
    desk.dekko(["recipients", "remove", "--yes", FILE, &other]).fails(2).says("is no recipient of the file");
}

#[test]
fn the_last_reader_stays() {
    let (desk, other) = desk();
    let before = desk.read(FILE);
    desk.dekko(["recipients", "remove", "--yes", FILE, &desk.recipient()]).fails(2).says("nobody could read");
    desk.dekko(["recipients", "add", FILE, &other]).ok();
    desk.dekko(["recipients", "remove", "--yes", FILE, &desk.recipient(), &other]).fails(2);
    assert_eq!(read_as(&desk, "other.txt", FILE).ok().out(), TEXT);
    assert_ne!(desk.read(FILE), before);
}

#[test]
fn what_the_rule_in_the_configuration_says_otherwise_is_pointed_out() {
    let (desk, other) = desk();
    desk.dekko(["recipients", "add", FILE, &other]).ok().says("does not name").says(&other);
    let rule = desk.read("dekko.toml").lines().position(|line| line == "[[rules]]").unwrap() + 1;
    desk.dekko(["recipients", "remove", "--yes", FILE, &other]).ok();
    desk.write(
        "dekko.toml",
        desk.read("dekko.toml").replacen("[groups]", &format!("carol = \"{other}\"\n[groups]"), 1),
    );
    let hint = format!("add 'carol' to 'recipients' of the rule at line {} of dekko.toml", rule + 1);
    desk.dekko(["recipients", "add", "--yes", FILE, "carol"]).ok().says(&hint);
    desk.write("dekko.toml", desk.read("dekko.toml").replace("team = [", &format!("team = [\"{other}\", ")));
    desk.dekko(["recipients", "remove", "--yes", FILE, &other]).ok().says("still names whom you removed");
    desk.dekko(["recipients", "add", FILE, &other]).ok().does_not_say("does not name");
}

#[test]
fn a_rotation_renews_every_token_and_keeps_readers_and_text() {
    let repository = Repository::new();
    let desk = &repository.desk;
    let names: Vec<_> = FIVE.iter().map(|(name, _)| *name).chain(["f.secret.txt"]).collect();
    for (name, text) in FIVE {
        repository.commit(name, text);
    }
    repository.commit("f.secret.txt", "hunter2");
    let before: Vec<_> = names.iter().map(|name| desk.bytes(name)).collect();
    desk.dekko(["rotate"].iter().chain(&names)).ok().says("new data key");
    for ((name, text), before) in FIVE.iter().zip(&before) {
        let before = String::from_utf8_lossy(before);
        assert_eq!(repository.decrypted(name), *text);
        let after = desk.read(name);
        let token = |line: &&str| line.contains("enc1.");
        assert!(before.lines().filter(token).all(|line| !after.lines().any(|other| other == line)), "{name}");
    }
    assert_eq!(repository.decrypted("f.secret.txt"), "hunter2");
    assert_ne!(desk.bytes("f.secret.txt"), before[5]);
}

#[test]
fn a_rotation_believes_only_the_verified_recipients() {
    let (desk, other) = desk();
    let sealed = desk.read(FILE);
    let line = sealed.lines().find(|line| line.contains("age:age1")).expect("a recipient");
    let forged = line.replacen(&desk.recipient(), &other, 1);
    let (first, second) = if *forged < *line { (&*forged, line) } else { (line, &*forged) };
    desk.write(FILE, sealed.replacen(line, &format!("{first}\n{second}"), 1));
    let attacked = desk.read(FILE);
    desk.dekko(["rotate", FILE]).fails(5);
    desk.dekko(["recipients", "add", FILE, &other]).fails(5);
    desk.dekko_with(["set", FILE, "db.password"], b"hunter2").fails(5);
    assert_eq!(desk.read(FILE), attacked);
}

#[test]
fn a_file_that_cannot_be_rotated_does_not_keep_the_others_from_it() {
    let (desk, _) = desk();
    desk.write("plain.yaml", "x: hunter2\n");
    let before = desk.read(FILE);
    let run = desk.dekko(["rotate", FILE, "plain.yaml"]).fails(3).says("'plain.yaml'").says("1 could not");
    let _ = run.says("dekko rotate --continue");
    let after = desk.read(FILE);
    assert_ne!(after, before);
    desk.dekko(["rotate", "--continue"]).fails(3).does_not_say("new data key");
    assert_eq!(desk.read(FILE), after, "no second new key");
    std::fs::remove_file(desk.path("plain.yaml")).unwrap();
    desk.dekko(["rotate", "--continue"]).ok().says("is gone");
    desk.dekko(["rotate", "--continue"]).ok().says("no unfinished run");
    desk.dekko(["rotate", FILE, FILE]).ok().says("new data key");
    assert_ne!(desk.read(FILE), after);
    assert_eq!(desk.dekko(["decrypt", FILE]).ok().out(), TEXT);
}
