//! What somebody meets who uses dekko for the first time.

use crate::desk::{Desk};

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
