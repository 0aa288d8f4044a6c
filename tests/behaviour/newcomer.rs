//! What somebody meets who uses dekko for the first time.

use std::fs;

use crate::desk::{Desk, Run};
#[cfg(unix)]
use crate::repository::Repository;

const FILE: &str = "a.secret.yaml";

/// The name that `dekko init` gives the user in the variables `variables`.
fn name_in(variables: &[(&str, &str)]) -> String {
    let desk = Desk::bare();
    let mut command = desk.command(["init"]);
    command.envs(variables.iter().copied());
    desk.run(command, b"").ok();
    let config = desk.read("dekko.toml");
    let line = config.lines().find(|line| line.ends_with(&format!(" = \"{}\"", desk.recipient()))).unwrap();
    let name = line.split(' ').next().unwrap().to_owned();
    assert!(config.contains(&format!("team = [\"{name}\"]")), "{config}");
    desk.write(FILE, "a: hunter2\n");
    desk.dekko(["encrypt", FILE]).ok().says(&format!("for {name} (age1"));
    name
}

#[test]
fn init_calls_the_user_by_the_name_of_the_account() {
    assert_eq!(name_in(&[("USER", "Bob.B")]), "bob-b");
    assert_eq!(name_in(&[("USER", "\u{738b}"), ("USERNAME", "wang")]), "wang");
    assert_eq!(name_in(&[("USERNAME", "eve"), ("USER", "$(id)")]), "id");
    assert_eq!(name_in(&[("USER", "team")]), "me");
    assert_eq!(name_in(&[]), "me");
}

#[cfg(unix)]
#[test]
fn no_program_called_git_is_run() {
    use std::os::unix::fs::PermissionsExt;
    let repository = Repository::new();
    let desk = &repository.desk;
    desk.write("bin/git", "#!/bin/sh\ntouch ran\n");
    fs::set_permissions(desk.path("bin/git"), fs::Permissions::from_mode(0o755)).unwrap();
    desk.write(FILE, "a: hunter2\n");
    for arguments in [&["init"][..], &["encrypt", FILE], &["decrypt", "--in-place", FILE], &["explain", FILE]]
    {
        let mut command = desk.command(arguments);
        command.env("PATH", format!("bin:{}", desk.path("bin").display()));
        desk.run(command, b"").ok();
    }
    fs::remove_file(desk.path("dekko.toml")).unwrap();
    let mut command = desk.command(["init"]);
    command.env("PATH", format!("bin:{}", desk.path("bin").display()));
    desk.run(command, b"").ok();
    assert!(!desk.path("ran").exists());
}

fn decrypt_with(desk: &Desk, identities: &[&str]) -> Run {
    let options = identities.iter().flat_map(|file| ["-i", file]);
    desk.dekko(options.chain(["decrypt", FILE, FILE]))
}

#[test]
fn an_identity_file_that_is_of_no_use_is_named_even_when_another_serves() {
    let desk = Desk::new();
    desk.write(FILE, "a: hunter2\n");
    desk.dekko(["encrypt", FILE]).ok();
    desk.write("empty.txt", "# nothing\n");
    desk.keygen("other.txt");
    let run = decrypt_with(&desk, &["absent.txt", "empty.txt", "other.txt"]).ok();
    let run = run.says("warning: --identity 'absent.txt' is of no use: cannot read it");
    let run = run.says("warning: --identity 'empty.txt' is of no use: it holds no identity");
    assert_eq!(run.stderr.matches("warning").count(), 2, "{}", run.stderr);
    let keys = desk.home().join(".config/dekko/keys.txt");
    fs::copy(keys, desk.path("mine.txt")).unwrap();
    let run = decrypt_with(&desk, &["mine.txt", "absent.txt"]).ok();
    assert_eq!(run.says("'absent.txt'").stderr.matches("warning").count(), 1);
    let _ = decrypt_with(&desk, &["mine.txt", "other.txt"]).ok().does_not_say("warning");
}

#[test]
fn patterns_can_be_tried_before_a_file_is_encrypted() {
    let desk = Desk::bare();
    desk.write("a.yaml", "# c\ndb:\n  user: app\n  password: hunter2\n");
    let explain = |options: &[&str]| desk.dekko(["explain", "a.yaml"].iter().chain(options)).ok().out();
    let none = explain(&[]);
    assert!(none.contains("none of dekko.toml") && none.contains("nobody yet"), "{none}");
    assert!(none.contains("db.user      encrypted  encrypt '**'"), "{none}");
    let some = explain(&["--encrypt", "**.password", "--comments", "encrypted"]);
    assert!(some.contains("db.user      plain      no pattern"), "{some}");
    assert!(some.contains("db.password  encrypted  encrypt '**.password'"), "{some}");
    assert!(some.contains("comments are encrypted") && some.contains("with these options"), "{some}");
    let other = desk.keygen("other.txt");
    let some = explain(&["-r", &other, "--plain", "db.user"]);
    assert!(some.contains(&other) && some.contains("plain 'db.user'"), "{some}");
    desk.dekko(["encrypt", "-r", &other, "a.yaml"]).ok();
    desk.dekko(["explain", "--plain", "db.user", "a.yaml"]).fails(2).says("encrypted already");
}

#[test]
fn who_decrypts_in_place_learns_of_base() {
    let desk = Desk::new();
    desk.write(FILE, "a: hunter2\n");
    desk.dekko(["encrypt", FILE]).ok().does_not_say("hint");
    desk.dekko(["decrypt", "--in-place", FILE]).ok().says("hint: ").says("dekko encrypt --base OLD FILE");
}
