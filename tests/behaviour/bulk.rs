//! Access over a whole repository: `rewrap`, `rotate`, `recipients`, over one file or all of them.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::desk::{Desk, Run};
use crate::repository::Repository;

/// A repository with a rule for `secrets/**`, and people who are not at the desk: their identities are `NAME.txt` in its home.
pub struct Office {
    pub repository: Repository,
    people: Vec<(&'static str, String)>,
}

impl Office {
    /// An office for `people` beside the one at the desk, `me`, with a git repository.
    pub fn new(people: &[&'static str]) -> Self {
        let repository = Repository::new();
        let mut office = Self { repository, people: Vec::new() };
        for name in people {
            let path = office.identity(name);
            let recipient = office.desk().keygen(path.to_str().unwrap());
            office.people.push((name, recipient));
        }
        office
    }

    pub fn desk(&self) -> &Desk {
        &self.repository.desk
    }

    /// The file of the identity of `name`.
    pub fn identity(&self, name: &str) -> PathBuf {
        self.desk().home().join(format!("{name}.txt"))
    }

    pub fn key(&self, name: &str) -> String {
        let found = self.people.iter().find(|(known, _)| *known == name);
        found.map_or_else(|| self.desk().recipient(), |(_, recipient)| recipient.clone())
    }

    /// Lets the rule name `readers`.
    pub fn rule(&self, readers: &[&str]) {
        let mut text = format!("version = 1\n[recipients]\nme = \"{}\"\n", self.desk().recipient());
        for (name, recipient) in &self.people {
            text.push_str(&format!("{name} = \"{recipient}\"\n"));
        }
        let readers: Vec<_> = readers.iter().map(|name| format!("\"{name}\"")).collect();
        let readers = readers.join(", ");
        text.push_str(&format!("[[rules]]\npaths = [\"secrets/**\"]\nrecipients = [{readers}]\n"));
        self.desk().write("dekko.toml", text);
    }

    /// Encrypts `text` in each of `names` by the rule.
    pub fn encrypt(&self, names: &[impl AsRef<str>], text: impl Fn(&str) -> String) {
        for name in names {
            self.desk().write(name.as_ref(), text(name.as_ref()));
        }
        let names = names.iter().map(|name| name.as_ref().to_owned());
        self.desk()
            .dekko(["encrypt".to_owned(), "-qy".to_owned(), "--".to_owned()].into_iter().chain(names))
            .ok();
        self.repository.git(&["add", "-A"]);
    }

    /// Whether `name` can read the file.
    pub fn reads(&self, name: &str, file: &str) -> bool {
        let mut command = self.desk().command(["decrypt", "--", file]);
        command.env("XDG_CONFIG_HOME", self.desk().path("nowhere")).env("HOME", self.desk().path("nowhere"));
        let identity = match name {
            "me" => self.desk().home().join(".config/dekko/keys.txt"),
            _ => self.identity(name),
        };
        command.env("DEKKO_AGE_KEY_FILE", identity);
        matches!(self.desk().run(command, b"").either(&[0, 4]), ended if !ended.stdout.is_empty())
    }

    /// The field `name` of the metadata of a YAML file.
    pub fn field(&self, file: &str, name: &str) -> Option<String> {
        field(&self.desk().path(file), name)
    }
}

/// The field `name` of the metadata of the YAML file at `path`.
pub fn field(path: &Path, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("  {name}: ")));
    line.map(str::to_owned)
}

fn json(run: Run, status: i32) -> Value {
    serde_json::from_str(&run.ends(status).out()).expect("JSON")
}

/// The states in `value` by path.
fn states(value: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    value["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (text(&file["path"]), text(&file["state"])))
        .collect()
}

const FILES: [&str; 3] = ["secrets/a.yaml", "secrets/deep/b.json", "secrets/deep/c.env"];

fn text_of(name: &str) -> String {
    match name.rsplit('.').next() {
        Some("json") => "{\n  \"a\": \"hunter2\"\n}\n".to_owned(),
        Some("env") => "A=hunter2\n".to_owned(),
        _ => "a: hunter2\nb: hunter2-b\n".to_owned(),
    }
}

/// An office of me, bob and carol, with files that I and bob read.
fn office() -> Office {
    let office = Office::new(&["bob", "carol"]);
    office.rule(&["me", "bob"]);
    office.encrypt(&FILES, text_of);
    office
}

#[test]
fn a_plan_says_what_would_change_and_changes_nothing_and_needs_no_key() {
    let office = office();
    let desk = office.desk();
    office.rule(&["me", "carol"]);
    let before: Vec<_> = FILES.iter().map(|name| desk.bytes(name)).collect();
    let nobody = |arguments: &[&str]| {
        let mut command = desk.command(arguments);
        command.env("XDG_CONFIG_HOME", desk.path("nowhere")).env("HOME", desk.path("nowhere"));
        desk.run(command, b"")
    };
    let run = nobody(&["rewrap", "--all", "--plan"]).ends(1).says("of 3 files, 3 would change");
    let expected = format!(
        "secrets/a.yaml: add carol ({}); remove bob ({}); new data key\n",
        office.key("carol"),
        office.key("bob")
    );
    assert!(run.out().starts_with(&expected) && run.out().lines().count() == 3, "{}", run.out());
    let value = json(nobody(&["rewrap", "--all", "--plan", "--json"]), 1);
    assert_eq!(states(&value), FILES.map(|name| (name.to_owned(), "would change".to_owned())));
    assert_eq!(value["files"][0]["added"][0]["name"], "carol");
    assert_eq!(value["files"][0]["removed"][0]["recipient"], format!("age:{}", office.key("bob")));
    assert_eq!(value["unconfirmed"][0]["name"], "carol");
    office.rule(&["me", "bob"]);
    nobody(&["rewrap", "--all", "--plan"]).ok().says("none would change");
    nobody(&["rotate", "--all", "--plan"]).ends(1).says("3 would change");
    nobody(&["recipients", "add", "--all", "--plan", "carol"]).ends(1).says("3 would change");
    assert_eq!(FILES.iter().map(|name| desk.bytes(name)).collect::<Vec<_>>(), before);
    let places = fs::read_dir(desk.home().join(".local/state/dekko")).unwrap();
    let left = places.flat_map(|place| fs::read_dir(place.unwrap().path()).unwrap());
    let left: Vec<_> = left.map(|file| file.unwrap().file_name()).collect();
    assert_eq!(left, ["accepted.json"], "a plan leaves nothing behind");
}

#[test]
fn a_rewrap_follows_the_rules_and_who_leaves_gets_nothing_new() {
    let office = office();
    let desk = office.desk();
    office.rule(&["me", "bob", "carol"]);
    let ids: Vec<_> = FILES.iter().map(|name| desk.read(name)).collect();
    desk.dekko(["rewrap", "--all", "--yes"]).ok().says("of 3 files, 3 changed");
    for (name, before) in FILES.iter().zip(&ids) {
        assert!(office.reads("carol", name) && office.reads("bob", name), "{name}");
        let tokens = |text: &str| -> Vec<String> {
            text.split(['"', ' ', '=', '\n'])
                .filter(|word| word.starts_with("enc1."))
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(tokens(before), tokens(&desk.read(name)), "no value changed");
    }
    let dek = office.field(FILES[0], "dek");
    office.rule(&["me", "carol"]);
    let run = desk.dekko(["rewrap", "--all"]).ok().says("bob").says("knows these 4 values");
    assert_eq!(
        run.out(),
        "secrets/a.yaml: a\nsecrets/a.yaml: b\nsecrets/deep/b.json: a\nsecrets/deep/c.env: A\n"
    );
    assert_ne!(office.field(FILES[0], "dek"), dek);
    for name in FILES {
        assert!(
            !office.reads("bob", name) && office.reads("carol", name) && office.reads("me", name),
            "{name}"
        );
        assert_eq!(desk.dekko(["decrypt", name]).ok().out(), text_of(name));
    }
    let again = json(desk.dekko(["rewrap", "--all", "--json"]), 0);
    assert!(states(&again).iter().all(|(_, state)| state == "unchanged"));
}

#[test]
fn people_come_and_leave_by_name_whatever_the_rules_say() {
    let office = office();
    let desk = office.desk();
    let carol = office.key("carol");
    desk.dekko(["rewrap", "--add", &carol, "--remove", "bob", "--yes", FILES[0], FILES[1]]).ok();
    assert!(
        office.reads("carol", FILES[0]) && !office.reads("bob", FILES[1]) && office.reads("bob", FILES[2])
    );
    // A key that was typed is not asked for.
    desk.dekko(["recipients", "add", "-r", &carol, FILES[2]]).ok().says("can read");
    desk.dekko(["recipients", "remove", "--all", "carol"]).fails(2).says("--yes");
    let run =
        desk.dekko(["recipients", "remove", "--all", "--yes", "carol"]).ok().says("of 3 files, 3 changed");
    assert!(run.out().contains("secrets/deep/c.env: A\n"), "{}", run.out());
    assert!(FILES.iter().all(|name| !office.reads("carol", name)));
    desk.dekko(["recipients", "remove", "--all", "--yes", "carol"]).fails(2).says("none of these files");
    desk.dekko(["rewrap", "--add", "bob", "--remove", "bob", FILES[0]]).fails(2).says("come and leave");
    for wrong in [
        &["rewrap"][..],
        &["rotate", "--all", FILES[0]],
        &["rotate", "--continue", "--all"],
        &["rewrap", "--continue", "--add", "bob"],
        &["recipients", "add", FILES[0]],
        &["recipients", "remove", "--all"],
        &["rotate", "-"],
    ] {
        desk.dekko(wrong).fails(2);
    }
}

#[test]
fn whom_a_repository_names_gets_nothing_before_somebody_says_yes_once() {
    let office = office();
    let desk = office.desk();
    office.rule(&["me", "bob", "carol"]);
    let before = desk.read(FILES[0]);
    let run = desk.dekko(["rewrap", "--all"]).fails(2).says("nobody has said yes").says("carol (age1");
    let _ = run.says("of 3 files, 0 changed, 3 could not be changed");
    assert_eq!(desk.read(FILES[0]), before);
    // A file that lets in nobody new is done all the same.
    desk.dekko(["recipients", "add", FILES[0], &office.key("carol")]).ok();
    office.rule(&["me", "carol"]);
    desk.dekko(["rewrap", "--all"]).ends(2).says("of 3 files, 1 changed, 2 could not be changed");
    assert!(
        !office.reads("bob", FILES[0]) && office.reads("bob", FILES[1]) && !office.reads("carol", FILES[1])
    );
    desk.dekko(["rewrap", "--continue", "--yes"]).ok().says("of 3 files, 2 changed, 1 needed nothing");
    assert!(office.reads("carol", FILES[1]) && !office.reads("bob", FILES[2]));
    // From now on carol's key is known, and another key under her name is not, nor is she once she was removed.
    office.encrypt(&["secrets/later.yaml"], text_of);
    office.rule(&["me", "bob"]);
    desk.dekko(["rewrap", "--all", "--yes"]).ok();
    office.rule(&["me", "carol"]);
    desk.dekko(["rewrap", "--all"]).fails(2).says(&office.key("carol"));
    desk.dekko(["rewrap", "--all", "--yes"]).ok();
    let stranger = desk.keygen("stranger.txt");
    desk.write("dekko.toml", desk.read("dekko.toml").replace(&office.key("carol"), &stranger));
    desk.dekko(["rewrap", "--all"]).fails(2).says(&stranger);
    assert!(desk.dekko(["recipients", "list", FILES[0]]).ok().out().contains(&office.key("carol")));
}

#[test]
fn my_own_key_is_not_asked_for() {
    let office = office();
    let desk = office.desk();
    desk.dekko(["recipients", "remove", "--all", "--yes", "me"]).ok();
    let mut command = desk.command(["rewrap", "--all"]);
    command.env("DEKKO_AGE_KEY_FILE", office.identity("bob"));
    desk.run(command, b"").ok().does_not_say("--yes");
    assert!(FILES.iter().all(|name| office.reads("me", name)));
}

#[test]
fn files_that_cannot_be_changed_keep_no_others_from_it() {
    let office = office();
    let desk = office.desk();
    let names: Vec<String> = (0..9).map(|number| format!("secrets/{number}.yaml")).collect();
    office.encrypt(&names, text_of);
    // Altered, in conflict, broken, somebody else's, with two names, and never encrypted.
    desk.write(&names[0], desk.read(&names[0]).replacen("a: enc1", "c: enc1", 1));
    let both = format!("<<<<<<< a\n{0}=======\n{0}>>>>>>> b\n", desk.read(&names[1]));
    desk.write(&names[1], both);
    desk.write(&names[2], format!("{}\n- [", desk.read(&names[2])));
    desk.dekko(["recipients", "remove", "--yes", &names[3], "me"]).ok();
    desk.write("secrets/plain.yaml", "a: hunter2\n");
    desk.write("secrets/empty.yaml", "");
    office.repository.git(&["add", "-A"]);
    fs::hard_link(desk.path(&names[4]), desk.path("other-name")).unwrap();
    desk.write("secrets/new.yaml", "a: hunter2\n");
    let before: Vec<_> = names.iter().map(|name| desk.bytes(name)).collect();
    let value = json(desk.dekko(["rotate", "--all", "--json"]), 5);
    let failed: Vec<_> =
        value["files"].as_array().unwrap().iter().filter(|file| file["state"] == "failed").collect();
    let statuses: Vec<_> = failed
        .iter()
        .map(|file| (file["path"].as_str().unwrap(), file["error"]["status"].as_u64().unwrap()))
        .collect();
    let expected = [(0, 5), (1, 3), (2, 3), (3, 4), (4, 7)].map(|(at, status)| (names[at].as_str(), status));
    assert_eq!(statuses[..5], expected);
    assert_eq!(statuses[5..], [("secrets/plain.yaml", 3)], "what is new and plain is nobody's business yet");
    for (at, name) in names.iter().enumerate() {
        assert_eq!(desk.bytes(name) == before[at], at < 5, "{name}");
    }
    // Mended, the rest is done; and what was done is not done again.
    let after: Vec<_> = names[5..].iter().map(|name| desk.bytes(name)).collect();
    fs::remove_file(desk.path("other-name")).unwrap();
    desk.dekko(["encrypt", "-q", "secrets/plain.yaml"]).ok();
    let run = desk.dekko(["rotate", "--continue"]).ends(5).says("2 changed, 4 could not");
    let _ = run.says(&names[0]).says("rotate --continue");
    assert_eq!(names[5..].iter().map(|name| desk.bytes(name)).collect::<Vec<_>>(), after);
    assert_ne!(desk.bytes(&names[4]), before[4]);
}

#[test]
fn what_a_forger_states_of_recipients_is_not_believed() {
    let office = office();
    let desk = office.desk();
    office.rule(&["me", "bob", "carol"]);
    let sealed = desk.read(FILES[0]);
    // He says that carol can read it already: then nobody would be asked, and nothing done.
    let line = sealed.lines().find(|line| line.contains("- age:")).unwrap();
    let wrap = line.rsplit(' ').next().unwrap();
    let mut lines: Vec<_> =
        sealed.lines().filter(|line| line.contains("- age:")).map(str::to_owned).collect();
    let at = sealed.find(&lines[0]).unwrap();
    lines.push(format!("    - age:{} {wrap}", office.key("carol")));
    lines.sort();
    let forged = format!("{}{}\n", &sealed[..at], lines.join("\n"));
    desk.write(FILES[0], &forged);
    desk.dekko(["rewrap", FILES[0]]).fails(5);
    desk.dekko(["recipients", "add", FILES[0], "carol"]).fails(5);
    desk.dekko(["rotate", FILES[0]]).fails(5);
    // Rotated, his carol would read it, and nobody was asked.
    assert_eq!(desk.read(FILES[0]), forged);
}

#[test]
fn all_files_are_found_from_anywhere_and_whatever_they_are_called() {
    let office = Office::new(&["bob"]);
    let desk = office.desk();
    office.rule(&["me"]);
    let names = [
        "secrets/a b.yaml",
        "secrets/-c.yaml",
        "secrets/d\ne.yaml",
        "secrets/sub/'f'.yaml",
        "secrets/sub/g.yaml",
    ];
    office.encrypt(&names, text_of);
    let odd = Path::new("secrets").join(std::ffi::OsStr::from_bytes(b"\xff.yaml"));
    fs::copy(desk.path(names[0]), desk.work().join(&odd)).unwrap();
    // Given to dekko by an attribute alone; ignored; gone from the work tree; a link.
    desk.write(".gitattributes", "*.marked diff=dekko\n");
    desk.write(".gitignore", "*.ignored.yaml\n");
    desk.write("x.marked", "a: hunter2\n");
    desk.dekko(["encrypt", "-q", "--type", "yaml", "-r", &desk.recipient(), "x.marked"]).ok();
    desk.write("plain.marked", "nothing of ours");
    fs::copy(desk.path(names[0]), desk.path("secrets/x.ignored.yaml")).unwrap();
    std::os::unix::fs::symlink("a b.yaml", desk.path("secrets/link.yaml")).unwrap();
    office.repository.git(&["add", "-A"]);
    office.rule(&["me", "bob"]);
    let mut command = desk.command(["rewrap", "--all", "--yes", "--json"]);
    command.current_dir(desk.path("secrets/sub"));
    let run = desk.run(command, b"").ok().says("no rule of dekko.toml names 1 file").says("'../../x.marked'");
    let value: Value = serde_json::from_str(&run.out()).unwrap();
    let found: Vec<_> = states(&value).into_iter().map(|(path, _)| path).collect();
    let expected = ["../-c.yaml", "../a b.yaml", "../d\ne.yaml", "'f'.yaml", "g.yaml", "../\u{fffd}.yaml"];
    assert_eq!(found, expected);
    assert!(names.iter().all(|name| office.reads("bob", name)));
    assert!(!office.reads("bob", "secrets/x.ignored.yaml") && !office.reads("bob", "x.marked"));
    let ended = desk.dekko(["rotate", "--all"]).ok().says("of 7 files, 7 changed");
    assert!(ended.stderr.contains("secrets/d\\ne.yaml"), "{}", ended.stderr);
    desk.dekko(["rotate", "--", "secrets/-c.yaml"]).ok();
    let mut command = desk.command(["rotate", "--", "-c.yaml"]);
    command.current_dir(desk.path("secrets"));
    desk.run(command, b"").ok();
}

#[test]
fn without_git_the_tree_below_the_configuration_is_meant() {
    let desk = Desk::new();
    for name in ["secrets/a.yaml", "secrets/deep/b.yaml", "other.yaml"] {
        desk.write(name, "a: hunter2\n");
    }
    desk.dekko(["encrypt", "-q", "secrets/a.yaml", "secrets/deep/b.yaml"]).ok();
    fs::create_dir_all(desk.path("secrets/clone/.git")).unwrap();
    fs::copy(desk.path("secrets/a.yaml"), desk.path("secrets/clone/a.yaml")).unwrap();
    let mut command = desk.command(["rotate", "--all"]);
    command.current_dir(desk.path("secrets/deep"));
    let ended = desk.run(command, b"").ok().says("of 2 files, 2 changed");
    assert!(ended.stderr.contains("'b.yaml'") && ended.stderr.contains("'../a.yaml'"), "{}", ended.stderr);
    let bare = Desk::bare();
    bare.dekko(["rotate", "--all"]).fails(2).says("no dekko.toml");
}

#[test]
fn identities_are_looked_for_once_in_a_run() {
    let office = office();
    let desk = office.desk();
    fs::copy(desk.path(FILES[0]), desk.path("secrets/copy.yaml")).unwrap();
    let key = desk.home().join(".config/dekko/keys.txt");
    let mut command = desk.command(["rotate", "--all", "--jobs", "4"]);
    command.env("XDG_CONFIG_HOME", desk.path("nowhere"));
    command.env("DEKKO_AGE_KEY_CMD", format!("echo x >>asked; cat '{}'", key.display()));
    desk.run(command, b"").ok().says("of 4 files, 4 changed");
    assert_eq!(desk.read("asked"), "x\n");
    let deks = (office.field(FILES[0], "dek"), office.field("secrets/copy.yaml", "dek"));
    assert_ne!(deks.0, deks.1, "two files that were copies have a data key each now");
}

#[test]
fn a_run_that_cannot_be_recorded_is_done_and_says_so() {
    let office = office();
    let desk = office.desk();
    let mut command = desk.command(["rotate", "--all"]);
    command.env_remove("HOME").env("XDG_STATE_HOME", "");
    desk.run(command, b"").ok().says("could not be continued").says("3 changed");
}
