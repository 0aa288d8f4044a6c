//! How dekko speaks: where, in what form, and with which status.

use std::process::Stdio;

use dekko::error::{Class, Error};

use crate::desk::Desk;

#[test]
fn every_command_has_help_with_examples() {
    let desk = Desk::bare();
    let help = desk.dekko(["--help"]).ok().out();
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|name| !name.is_empty())
        .collect();
    assert!(commands.len() >= 16, "{commands:?}");
    for command in commands {
        let help = desk.dekko([command, "--help"]).ok().out();
        assert!(help.contains("Examples:\n  dekko "), "{command}:\n{help}");
    }
}

#[test]
fn help_shows_what_the_option_shows() {
    let desk = Desk::bare();
    for command in [&[][..], &["encrypt"], &["recipients", "add"], &["help"]] {
        let asked = desk.dekko(["help"].iter().chain(command)).ok().out();
        assert_eq!(asked, desk.dekko(command.iter().chain(&["--help"])).ok().out(), "{command:?}");
    }
    desk.dekko(["help", "encrpt"]).fails(2).says("encrypt");
}

#[test]
fn a_missing_folder_is_named_with_the_command_that_makes_it() {
    let desk = Desk::new();
    desk.write("a.secret.yaml", "a: hunter2\n");
    desk.write("b.secret.yaml", "a: hunter2\n");
    desk.dekko(["encrypt", "b.secret.yaml"]).ok();
    for arguments in [
        &["keygen", "-o", "no/such dir/k"][..],
        &["encrypt", "-o", "no/such dir/a.secret.yaml", "a.secret.yaml"],
        &["decrypt", "-o", "no/such dir/a.yaml", "b.secret.yaml"],
    ] {
        let run = desk.dekko(arguments).fails(7).says("the folder 'no/such dir' does not exist");
        let _ = run.says("mkdir -p 'no/such dir'");
    }
    assert!(!desk.path("no").exists());
}

#[test]
fn usage_errors_end_with_2_and_drive_no_terminal() {
    let desk = Desk::bare();
    desk.dekko(["encrpt"]).fails(2).says("dekko: error: ");
    desk.dekko(["decrypt"]).fails(2).says("dekko: error: ");
    desk.dekko(["decrypt", "--\u{1b}]52;c;x"]).fails(2).does_not_say("\u{1b}");
    desk.dekko(["decrypt", "a\u{1b}[31m\u{202e}b"]).fails(7).does_not_say("\u{1b}").does_not_say("\u{202e}");
    desk.dekko(["encrypt", "--type", "xml", "a"]).fails(2).says("yaml");
}

#[test]
fn an_argument_too_many_may_be_a_secret_and_is_not_shown() {
    let desk = Desk::bare();
    desk.dekko(["get", "a.yaml", "db.password", "hunter2"]).fails(2).says("one too many");
}

#[test]
fn the_statuses_are_those_of_the_table() {
    let table = Desk::bare().dekko(["--help"]).ok().out();
    let io = || Error::Io { action: "read", source: std::io::ErrorKind::NotFound.into() };
    let text = String::new;
    let service = Error::Service { service: text(), reason: text() };
    let errors = [
        (Error::Usage { what: text() }, "2  usage"),
        (Error::Config { line: None, what: text() }, "2  usage: wrong flags, unusable configuration"),
        (Error::refused(Class::Syntax, None, ""), "3  input: bad syntax"),
        (Error::NotEncrypted, "3  input: bad syntax, not encrypted"),
        (
            Error::refused(Class::Version, None, ""),
            "3  input: bad syntax, not encrypted, encrypted already, a newer",
        ),
        (Error::NoIdentity { recipients: Vec::new(), attempts: Vec::new() }, "4  no identity unwraps"),
        (Error::refused(Class::Link, None, ""), "5  the file was altered"),
        (service, "6  a key service cannot be reached"),
        (io(), "7  a file could not be read"),
        (io().in_file("a"), "7  a file"),
    ];
    for (error, line) in errors {
        assert!(
            table.contains(&format!("  {line}")) && line.starts_with(&error.status().to_string()),
            "{error}"
        );
    }
}

#[test]
fn hostile_names_in_a_file_come_out_escaped() {
    let desk = Desk::new();
    desk.write("a.secret.json", "{\"k\\u001b]52;c;x\\u0007\": 1, \"b\\u202e\": 2}");
    let text = desk.dekko(["explain", "a.secret.json"]).ok().out();
    assert!(text.contains("\\u001b]52") && text.contains("\\u202e"), "{text}");
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text}");
}

#[test]
fn colour_is_for_terminals_unless_asked_for() {
    let desk = Desk::bare();
    desk.dekko(["decrypt", "absent"]).fails(7).does_not_say("\u{1b}");
    let run = desk.dekko(["--color", "always", "decrypt", "absent"]).fails(7);
    run.says("dekko: \u{1b}[1;31merror: \u{1b}[0m'absent'");
    desk.dekko(["decrypt", "absent", "--color=never"]).fails(7).does_not_say("\u{1b}");
}

#[test]
fn quiet_leaves_errors_and_warnings() {
    let desk = Desk::new();
    desk.write(".env", "A=1\n");
    assert_eq!(desk.dekko(["encrypt", "-q", "-r", &desk.recipient(), ".env"]).ok().stderr, "");
    desk.dekko(["encrypt", "-q", ".env"]).fails(3).says("encrypted already");
}

#[cfg(unix)]
#[test]
fn a_closed_pipe_ends_it_quietly_and_a_full_disk_does_not() {
    let desk = Desk::new();
    desk.write("secrets/big.yaml", format!("a: {}\n", "x".repeat(1 << 20)));
    desk.dekko(["encrypt", "secrets/big.yaml"]).ok();
    let mut command = desk.command(["decrypt", "secrets/big.yaml"]);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("dekko runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("dekko ends");
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(141), b"".as_slice()));
    if let Ok(full) = std::fs::File::options().write(true).open("/dev/full") {
        let mut command = desk.command(["decrypt", "secrets/big.yaml"]);
        let output = command.stdout(full).stderr(Stdio::piped()).output().expect("dekko ends");
        assert_eq!(output.status.code(), Some(7));
        assert!(String::from_utf8_lossy(&output.stderr).contains("cannot write to standard output"));
    }
}

#[test]
fn an_unknown_key_of_the_configuration_is_refused_with_its_line() {
    let desk = Desk::bare();
    desk.write("dekko.toml", "version = 1\n[recipients]\n[[rules]]\npaths = [\"**\"]\ncommand = \"x\"\n");
    desk.write("a.yaml", "a: 1\n");
    let run = desk.dekko(["encrypt", "a.yaml"]).fails(2);
    run.says("dekko.toml': line 5: unknown key 'command'");
    assert_eq!(desk.read("a.yaml"), "a: 1\n");
}
