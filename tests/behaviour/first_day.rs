//! The first day of somebody who has read the README only: what dekko itself suggests has to work, and to be true.

use crate::workshop::Workshop;

const SECRET: &str = "apiVersion: v1\nmetadata:\n  name: shop\nstringData:\n  password: hunter2\n";
const FILE: &str = "secrets/db.yaml";

fn rule(workshop: &Workshop, more: &str) {
    let rule = format!("paths = [\"secrets/**\"]\nrecipients = [\"me\"]\n{more}");
    workshop.rules(&workshop.desk.recipient(), &rule);
}

/// A workshop with [`FILE`] committed, whose own policy is weaker than its rule.
fn weaker() -> Workshop {
    let workshop = Workshop::new();
    workshop.desk.write(FILE, SECRET);
    let run = workshop.desk.dekko(["encrypt", "--preset", "kubernetes", FILE]).ok();
    let run = run.says("warning: rule 1 of 'dekko.toml' encrypts what may stay plain here");
    let _ = run.says("dekko rewrap --policy secrets/db.yaml");
    workshop.commit("weaker");
    workshop
}

#[test]
fn options_weaker_than_the_rule_are_warned_of_and_others_are_not() {
    let workshop = weaker();
    assert_eq!(
        workshop.found(&[]),
        ["policy", "plain-value", "plain-value"]
            .map(|name| format!("{FILE} {name}"))
            .into_iter()
            .rev()
            .collect::<Vec<_>>()
    );
    rule(&workshop, "preset = \"kubernetes\"\nscope = \"prod\"");
    workshop.desk.write("secrets/a.yaml", SECRET);
    let run = workshop.desk.dekko(["encrypt", "--scope", "test", "secrets/a.yaml"]).ok();
    let _ = run.says("warning: rule 1 of 'dekko.toml' names another scope");
    workshop.desk.write("secrets/b.yaml", SECRET);
    let run = workshop.desk.dekko(["encrypt", "--encrypt", "**", "secrets/b.yaml"]).ok();
    let _ = run.does_not_say("warning");
}

#[test]
fn the_advice_about_a_weaker_policy_is_true() {
    let workshop = weaker();
    let desk = &workshop.desk;
    desk.dekko(["check"]).ends(1).says("policy: bring the file to its rule (dekko rewrap --policy FILE)");
    let both = desk.dekko(["explain", FILE]).ok().out();
    assert!(both.contains("policy      encrypt data.**,stringData.**, of the file itself\n"), "{both}");
    assert!(both.contains("by the rule encrypt **, cover all (dekko rewrap --policy)\n"), "{both}");
    assert!(both.contains("no pattern of encrypt matches; by the rule encrypted: encrypt '**'"), "{both}");
    desk.dekko(["encrypt", FILE]).ends(3).says("dekko rewrap --policy secrets/db.yaml");
    let before = desk.bytes(FILE);
    desk.dekko(["rewrap", "--all"]).ok().says("another policy").does_not_say("is as its rule says");
    desk.dekko(["rewrap", "--all", "--plan"]).ok().says("'secrets/db.yaml' has another policy");
    assert_eq!(desk.bytes(FILE), before);
    let plan = desk.dekko(["rewrap", "--policy", "--all", "--plan"]).ends(1).out();
    assert_eq!(plan, "secrets/db.yaml: policy encrypt **; new data key\n");
    desk.dekko(["rewrap", "--policy", FILE]).ok().says("has a new data key");
    assert_eq!(workshop.found(&[]), [""; 0]);
    assert_eq!(desk.dekko(["decrypt", FILE]).ok().out(), SECRET);
    assert!(!desk.read(FILE).contains("shop"));
    assert!(desk.read(FILE).contains("prev: "));
    workshop.commit("as the rule says");
    desk.dekko(["verify", "--history", FILE]).ok();
    desk.dekko(["rewrap", "--policy", FILE]).ok().says("is as its rule says");
    assert_eq!(desk.dekko(["explain", FILE]).ok().out().matches("rewrap").count(), 0);
}

#[test]
fn what_a_rule_makes_plain_is_shown_and_asked_for() {
    let workshop = Workshop::new();
    workshop.sealed(FILE, SECRET);
    workshop.commit("all");
    let (desk, before) = (&workshop.desk, workshop.desk.bytes(FILE));
    rule(&workshop, "preset = \"kubernetes\"\nscope = \"prod\"");
    let plan = desk.dekko(["rewrap", "--policy", "--all", "--plan"]).ends(1).out();
    assert!(plan.contains("make plain apiVersion, metadata.name; new data key"), "{plan}");
    let run = desk.dekko(["rewrap", "--policy", "--all"]).ends(2).says("nobody is there to say yes");
    let _ = run.says("  secrets/db.yaml: metadata.name");
    assert_eq!(desk.bytes(FILE), before);
    desk.dekko(["rewrap", "--policy", "--all", "--yes"]).ok();
    assert!(
        desk.read(FILE)
            .starts_with("apiVersion: v1\nmetadata:\n  name: shop\nstringData:\n  password: enc1.")
    );
    assert_eq!(desk.dekko(["decrypt", "--require-scope", "prod", FILE]).ok().out(), SECRET);
    workshop.commit("as the rule says");
    desk.dekko(["verify", "--history", FILE]).ok();
    assert_eq!(workshop.found(&[]), [""; 0]);
}

#[test]
fn a_rule_reaches_every_format_and_files_without_values() {
    let workshop = Workshop::new();
    rule(&workshop, "encrypt = [\"b\"]");
    let files = [
        ("secrets/a.json", "{\n  \"a\": [1, \"x\"],\n  \"b\": \"hunter2\"\n}\n"),
        ("secrets/a.toml", "# c\na = 1\nb = \"hunter2\" # d\n"),
        ("secrets/a.env", "# c\nA=1\nb=hunter2\n"),
        ("secrets/a.ini", "; c\nb = hunter2\n[s]\nb = hunter2\n"),
        ("secrets/a.yaml", "# c\na: |\n  x\n   y\nb: hunter2"),
        ("secrets/a.bin", "b: hunter2\n"),
    ];
    for (name, text) in files {
        workshop.sealed(name, text);
    }
    workshop.commit("some");
    let desk = &workshop.desk;
    rule(&workshop, "comments = \"encrypted\"\ncover = \"encrypted\"\nscope = \"x\"");
    desk.dekko(["rewrap", "--policy", "--all"]).ok().says("of 6 files, 6 changed");
    let hidden = desk.read("secrets/a.yaml");
    assert!(hidden.contains("cover: encrypted") && hidden.starts_with("# enc1."), "{hidden}");
    assert_eq!(workshop.found(&[]), [""; 0]);
    for (name, text) in files {
        assert_eq!(desk.dekko(["decrypt", name]).ok().out(), text, "{name}");
    }
    desk.dekko(["rewrap", "--policy", "--all"]).ok().says("of 6 files, 0 changed, 6 needed nothing");
    workshop.commit("there");
    rule(&workshop, "encrypt = [\"b\"]");
    desk.dekko(["rewrap", "--policy", "--all", "--yes"]).ok().says("of 6 files, 6 changed");
    for (name, text) in files {
        assert_eq!(desk.dekko(["decrypt", name]).ok().out(), text, "{name}");
    }
    workshop.commit("and back");
    desk.dekko(["verify", "--history", "secrets/a.yaml"]).ok();
}

#[test]
fn what_was_plain_for_a_while_goes_on_from_its_last_commit() {
    let workshop = Workshop::new();
    workshop.sealed(FILE, SECRET);
    workshop.commit("one");
    let (desk, before) = (&workshop.desk, workshop.desk.read(FILE));
    desk.dekko(["decrypt", "--in-place", FILE]).ok();
    desk.write(FILE, SECRET.replace("hunter2", "hunter3"));
    desk.dekko(["encrypt", FILE]).ok().says("with the data key of its last commit, for me (age1");
    let after = desk.read(FILE);
    let changed = before.lines().zip(after.lines()).filter(|(a, b)| a != b).count();
    assert_eq!(changed, 1, "{after}");
    workshop.commit("two");
    desk.dekko(["verify", "--history", FILE]).ok();
    // Asked to, it begins anew.
    desk.dekko(["decrypt", "--in-place", FILE]).ok();
    desk.dekko(["encrypt", "--anew", FILE]).ok().does_not_say("last commit");
    assert!(
        !desk.read(FILE).lines().any(|line| line.contains("dek") && after.contains(line) && line.len() > 10)
    );
    workshop.commit("anew");
    desk.dekko(["verify", "--history", FILE]).ends(5);
}

#[test]
fn what_cannot_go_on_from_its_last_commit_is_warned_of() {
    let workshop = Workshop::new();
    workshop.sealed(FILE, SECRET);
    let bob = workshop.desk.keygen("../home/bob.txt");
    workshop.desk.dekko(["recipients", "add", "-q", FILE, &bob]).ok();
    workshop.commit("bob, too");
    let desk = &workshop.desk;
    // Whoever the rule does not name does not come back in.
    desk.dekko(["decrypt", "--in-place", FILE]).ok();
    desk.dekko(["encrypt", FILE])
        .ok()
        .says("warning: 'secrets/db.yaml' is under a new data key")
        .says("does not name age1");
    assert_eq!(desk.dekko(["recipients", "list", "-q", FILE]).ok().out().lines().count(), 1);
    // What an option says wins.
    workshop.commit("without bob");
    desk.write(FILE, SECRET);
    desk.dekko(["encrypt", "--encrypt", "**", FILE]).ok().says("(an option says what it is encrypted with)");
    // Nobody here can open it.
    workshop.git(["checkout", "-q", "--", FILE]).ok();
    desk.write(FILE, SECRET);
    desk.keygen("../home/other.txt");
    let other = desk.home().join("other.txt");
    std::fs::copy(other, desk.home().join(".config/dekko/keys.txt")).expect("a file");
    desk.dekko(["encrypt", "--yes", FILE])
        .ok()
        .says("(no identity here opens it): dekko verify --history will find that");
}

#[test]
fn a_check_that_looks_at_nothing_says_so() {
    let workshop = Workshop::new();
    let desk = &workshop.desk;
    desk.dekko(["check"]).ok().says("names any file here: nothing is checked").does_not_say("dekko init");
    std::fs::remove_file(desk.path("dekko.toml")).expect("it is there");
    workshop.commit("no rules");
    desk.dekko(["check"]).ok().says("nothing is checked").says("dekko init");
    desk.dekko(["check", "--staged"]).ok().does_not_say("nothing");
    desk.dekko(["git", "hooks", "install"]).ok().says("nothing is checked").says("dekko init");
    desk.write(".gitattributes", "x.yaml diff=dekko\n");
    desk.write("x.yaml", "a: hunter2\n");
    desk.dekko(["encrypt", "-r", &desk.recipient(), "x.yaml"]).ok();
    workshop.commit("attributes");
    desk.dekko(["check"]).ok().does_not_say("nothing");
    desk.dekko(["git", "hooks", "install"]).ok().does_not_say("nothing");
}

#[test]
fn a_colleague_comes_in_two_pushes_and_one_is_mended_as_the_hint_says() {
    let workshop = Workshop::new();
    workshop.sealed(FILE, SECRET);
    workshop.sealed("secrets/api.yaml", SECRET);
    workshop.commit("sealed");
    workshop.git(["init", "-q", "--bare", "-b", "main", "../tmp/origin.git"]).ok();
    workshop.git(["remote", "add", "origin", "../tmp/origin.git"]).ok();
    workshop.git(["push", "-q", "-u", "origin", "main"]).ok();
    let desk = &workshop.desk;
    desk.dekko(["git", "hooks", "install"]).ok();
    let carol = desk.keygen("../home/carol.txt");
    let lines = format!(
        "version = 1\n[recipients]\nme = \"{}\"\ncarol = \"{carol}\"\n[[rules]]\npaths = [\"secrets/**\"]\nrecipients = [\"me\", \"carol\"]\n",
        desk.recipient()
    );
    desk.write("dekko.toml", lines);
    desk.dekko(["rewrap", "--all"])
        .ends(2)
        .says("to go on, when you know that these keys are theirs: dekko rewrap --continue --yes");
    let run = desk.dekko(["rewrap", "--all", "--yes"]).ok();
    let _ = run.says("commit and push dekko.toml first");
    workshop.git(["commit", "-q", "-a", "-m", "carol"]).ok();
    let run = workshop.git(["push", "-q"]).ends(1);
    let what =
        format!("is encrypted for 'carol' ({carol}), whom rule 1 of 'dekko.toml' does not name at the start");
    let run = run.says("commit dekko.toml");
    assert!(run.out().contains(&what) || run.stderr.contains(&what), "{}", run.out());
    let _ = run.says("git reset --soft @{u}; git commit dekko.toml; git push; git commit; git push");
    workshop.git(["reset", "--soft", "@{u}"]).ok();
    workshop.git(["commit", "-q", "-m", "carol may read", "dekko.toml"]).ok();
    workshop.git(["push", "-q"]).ok();
    desk.dekko(["rewrap", "--all"]).ok().does_not_say("commit and push");
    workshop.git(["commit", "-q", "-a", "-m", "carol reads"]).ok();
    workshop.git(["push", "-q"]).ok();
}
