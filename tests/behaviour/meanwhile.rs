//! What happens to files while dekko works: changes by others, and signals.
#![cfg(unix)]

use crate::desk::{Desk, Run};

/// Runs dekko at `desk` with an identity that a command gives; the command first changes the file `name`.
fn while_changing(desk: &Desk, name: &str, arguments: &[&str]) -> Run {
    let mut command = desk.command(arguments);
    let key = desk.home().join(".config/dekko/keys.txt");
    command.env("DEKKO_AGE_KEY_CMD", format!("echo '# theirs' >>{name}; cat '{}'", key.display()));
    desk.run(command, b"")
}

#[test]
fn a_change_of_the_file_that_o_writes_over_is_not_lost() {
    let desk = Desk::new();
    desk.write("a.secret.yaml", "a: hunter2\n");
    desk.dekko(["encrypt", "a.secret.yaml"]).ok();
    desk.write("b.yaml", "a: hunter2-new\n");
    desk.write("out.yaml", "old\n");
    let before = desk.read("a.secret.yaml");
    let with_base = ["encrypt", "--base", "a.secret.yaml", "b.yaml", "-o", "a.secret.yaml"];
    while_changing(&desk, "a.secret.yaml", &with_base).fails(7).says("changed on disk");
    assert_eq!(desk.read("a.secret.yaml"), format!("{before}# theirs\n"));
    desk.write("a.secret.yaml", before);
    let forced = ["decrypt", "a.secret.yaml", "-o", "out.yaml", "--force"];
    while_changing(&desk, "out.yaml", &forced).fails(7).says("changed on disk");
    assert_eq!(desk.read("out.yaml"), "old\n# theirs\n");
    desk.dekko(with_base).ok();
    desk.dekko(forced).ok();
    assert_eq!(desk.read("out.yaml"), "a: hunter2-new\n");
}
