//! What somebody meets who uses dekko for the first time.

use std::fs;

use crate::desk::{Desk, Run};
#[cfg(unix)]
use crate::repository::Repository;

const FILE: &str = "a.secret.yaml";

/// The name that `dekko init` gives the user, whom git or the system call `name` in the variables `variables`.
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

/// The variables with which git knows the user as `name`.
fn git_knows(name: &str) -> [(&str, &str); 3] {
    [("GIT_CONFIG_COUNT", "1"), ("GIT_CONFIG_KEY_0", "user.name"), ("GIT_CONFIG_VALUE_0", name)]
}

#[test]
fn init_calls_the_user_by_the_name_that_git_or_the_system_knows() {
    assert_eq!(name_in(&git_knows("Ada Lovelace")), "ada-lovelace");
    assert_eq!(name_in(&[("USER", "Bob.B")]), "bob-b");
    assert_eq!(name_in(&[&git_knows("\u{738b}\u{79c0}\u{82f1}")[..], &[("USER", "wang")]].concat()), "wang");
    assert_eq!(name_in(&[("USERNAME", "eve"), ("USER", "$(id)")]), "id");
    assert_eq!(name_in(&git_knows("team")), "me");
    assert_eq!(name_in(&[("PATH", "/nowhere")]), "me");
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

#[cfg(unix)]
#[test]
fn who_encrypts_anew_what_was_encrypted_in_the_last_commit_learns_of_base() {
    let repository = Repository::new();
    let desk = &repository.desk;
    for name in [FILE, "secrets/a b.yaml"] {
        repository.commit(name, "a: hunter2\nb: 2\n");
        desk.dekko(["decrypt", "--in-place", name]).ok();
        desk.write(name, "a: hunter2\nb: 3\n");
        let run = desk.dekko(["encrypt", name]).ok().says("it was encrypted in the last commit");
        let hint = run.stderr.lines().find_map(|line| line.split_once("as they were: ")).unwrap().1;
        let mut shell = desk.program("sh");
        let dekko = env!("CARGO_BIN_EXE_dekko");
        shell.arg("-c").arg(format!("dekko() {{ '{dekko}' \"$@\"; }}; {hint}"));
        desk.run(shell, b"").ok();
        assert_eq!(repository.changed_lines(name), (1, 1), "{name}");
        assert_eq!(repository.decrypted(name), "a: hunter2\nb: 3\n");
    }
    desk.write("new.secret.yaml", "a: hunter2\n");
    desk.dekko(["encrypt", "new.secret.yaml"]).ok().does_not_say("hint");
}
