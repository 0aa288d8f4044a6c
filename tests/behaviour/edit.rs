//! `dekko edit`: the editor is a shell line.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::desk::{Desk, Ended, Run};
use crate::repository::{FIVE, Repository};

/// Writes down what the editor was given, and what it could see of it.
const LOOK: &str = "printf '%s\\n' \"$@\" > \"$HOME/seen\"; \
                    ls -ld \"$(dirname \"$1\")\" \"$1\" | cut -c1-10 > \"$HOME/modes\"; \
                    env > \"$HOME/variables\"; true";

fn edit(desk: &Desk, editor: &str, arguments: &[&str]) -> Run {
    let mut command = desk.command(["edit"].iter().chain(arguments));
    command.env("EDITOR", editor);
    desk.run(command, b"")
}

/// A shell line that replaces `from` by `to` wherever it stands, and the file with it, as many editors do.
fn replacing(from: &str, to: &str) -> String {
    format!("f() {{ sed 's/{from}/{to}/' \"$1\" > \"$1.new\" && mv \"$1.new\" \"$1\"; }}; f")
}

/// A shell line that runs `script` with the editor's arguments.
fn script(desk: &Desk, script: &str) -> String {
    let path = desk.home().join("editor.sh");
    fs::write(&path, script).expect("a script");
    format!("sh '{}'", path.display())
}

fn seen(desk: &Desk) -> PathBuf {
    let seen = fs::read_to_string(desk.home().join("seen")).expect("the editor ran");
    PathBuf::from(seen.lines().last().expect("a path"))
}

/// Where the messages of `run` say that the text is kept.
fn kept(run: &Ended) -> PathBuf {
    let line = run.stderr.lines().find(|line| line.contains("your text is kept")).expect("a kept text");
    PathBuf::from(line.rsplit(' ').next().expect("a path").trim_matches('\''))
}

fn remove_kept(path: &Path) {
    fs::remove_dir_all(path.parent().expect("a folder")).expect("the kept text lies in a folder of its own");
}

fn sealed(desk: &Desk, name: &str, text: &str) {
    desk.write(name, text);
    desk.dekko(["encrypt", name]).ok();
}

#[test]
fn an_edit_of_one_value_changes_exactly_its_line_in_every_format() {
    let repository = Repository::new();
    for (name, text) in FIVE {
        repository.commit(name, text);
        edit(&repository.desk, &replacing("hunter2-old", "hunter2-new"), &[name]).ok();
        assert_eq!(repository.changed_lines(name), (1, 1), "{name}");
        assert_eq!(repository.decrypted(name), text.replace("hunter2-old", "hunter2-new"));
    }
}

#[test]
fn a_new_key_changes_its_own_line_and_the_next_in_every_format() {
    let repository = Repository::new();
    let editor = script(
        &repository.desk,
        "case $1 in *.yaml) i='  added: x';; *.json) i='    \"added\": \"x\",';; *.toml) i='added = \"x\"';; *) i='added=x';; esac
         awk -v line=\"$i\" '/hunter2-old/ { print line } 1' \"$1\" > \"$1.new\" && mv \"$1.new\" \"$1\"",
    );
    for (name, text) in FIVE {
        repository.commit(name, text);
        edit(&repository.desk, &editor, &[name]).ok();
        assert_eq!(repository.changed_lines(name), (2, 1), "{name}");
        assert!(repository.decrypted(name).contains("added"), "{name}");
    }
}

#[test]
fn an_edit_without_change_gives_no_diff() {
    let repository = Repository::new();
    for (name, text) in FIVE {
        repository.commit(name, text);
        edit(&repository.desk, "true", &[name]).ok().says("nothing was changed");
        edit(&repository.desk, "touch", &[name]).ok().says("nothing was changed");
        assert_eq!(repository.changed_lines(name), (0, 0), "{name}");
    }
}

#[test]
fn only_the_owner_can_look_into_the_copy_and_it_is_gone_afterwards() {
    let desk = Desk::new();
    sealed(&desk, "a.secret.yaml", "password: hunter2\n");
    edit(&desk, &script(&desk, LOOK), &["a.secret.yaml"]).ok();
    assert_eq!(fs::read_to_string(desk.home().join("modes")).unwrap(), "drwx------\n-rw-------\n");
    let copy = seen(&desk);
    assert_eq!(copy.file_name().unwrap(), "a.secret.yaml");
    assert!(!copy.exists() && !copy.parent().unwrap().exists());
}

#[test]
fn the_editor_does_not_get_the_users_keys() {
    let desk = Desk::new();
    sealed(&desk, "a.secret.yaml", "password: hunter2\n");
    let keys = fs::read_to_string(desk.home().join(".config/dekko/keys.txt")).unwrap();
    let key = keys.lines().find(|line| line.starts_with("AGE-SECRET-KEY-")).unwrap();
    let mut command = desk.command(["edit", "a.secret.yaml"]);
    command.env("EDITOR", script(&desk, LOOK)).env("DEKKO_AGE_KEY", key).env("FOO", "bar");
    desk.run(command, b"").ok();
    let variables = fs::read_to_string(desk.home().join("variables")).unwrap();
    assert!(variables.contains("FOO=bar") && !variables.contains("AGE-SECRET-KEY"), "{variables}");
}

#[test]
fn at_opens_an_editor_that_can_on_the_line_of_the_value() {
    let desk = Desk::new();
    sealed(&desk, "a.secret.yaml", "db:\n  user: hunter2\n  password: hunter2\n");
    let nano = desk.home().join("nano");
    fs::write(&nano, "#!/bin/sh\nprintf '%s\\n' \"$@\" > \"$HOME/seen\"\n").unwrap();
    make_executable(&nano);
    edit(&desk, nano.to_str().unwrap(), &["--at", "db.password", "a.secret.yaml"]).ok();
    let seen = fs::read_to_string(desk.home().join("seen")).unwrap();
    assert!(seen.starts_with("--ignorercfiles\n+3\n/"), "{seen}");
    edit(&desk, "false", &["--at", "db.nothing", "a.secret.yaml"]).fails(3).says("does not exist; 'db' has");
}

#[test]
fn an_editor_may_be_a_whole_shell_line() {
    let desk = Desk::new();
    sealed(&desk, "a.secret.yaml", "password: hunter2\n");
    edit(&desk, "X='a b'; printf 'password: %s\\n' \"$X\" | tee", &["a.secret.yaml"]).ok();
    assert_eq!(desk.dekko(["get", "a.secret.yaml", "password"]).ok().out(), "a b\n");
    let mut command = desk.command(["edit", "a.secret.yaml"]);
    command.env("VISUAL", replacing("b", "c")).env("EDITOR", "false");
    desk.run(command, b"").ok();
    assert_eq!(desk.dekko(["get", "a.secret.yaml", "password"]).ok().out(), "a c\n");
}

#[test]
fn an_editor_that_fails_changes_nothing() {
    let desk = Desk::new();
    sealed(&desk, "a.secret.yaml", "password: hunter2\n");
    let before = desk.read("a.secret.yaml");
    edit(&desk, "false", &["a.secret.yaml"]).fails(7).says("'false' ended with").does_not_say("kept");
    edit(&desk, "no-such-editor", &["a.secret.yaml"])
        .fails(7)
        .says("cannot run the editor that EDITOR names: 'no-such-editor'")
        .says("export EDITOR=…");
    edit(&desk, "no-such-editor 'a b'", &["a.secret.yaml"])
        .fails(7)
        .says("cannot run the editor that EDITOR");
    let mut command = desk.command(["edit", "a.secret.yaml"]);
    command.env("VISUAL", "no-such-visual");
    desk.run(command, b"").fails(7).says("'no-such-visual'").says("export VISUAL=…");
    let run =
        edit(&desk, &script(&desk, "echo 'password: hunter2-x' > $1; exit 3"), &["a.secret.yaml"]).fails(7);
    let path = kept(&run);
    assert_eq!(fs::read_to_string(&path).unwrap(), "password: hunter2-x\n");
    remove_kept(&path);
    assert_eq!(desk.read("a.secret.yaml"), before);
}

#[test]
fn broken_syntax_changes_nothing_and_the_text_is_kept_and_can_be_taken_up_again() {
    let desk = Desk::new();
    sealed(&desk, "a.secret.yaml", "password: hunter2\n");
    let before = desk.read("a.secret.yaml");
    let run = edit(&desk, &script(&desk, "printf 'other: [hunter2-b\\n' >> $1"), &["a.secret.yaml"]);
    let run = run.fails(3).says("'a.secret.yaml': line ").says("dekko edit --from ");
    let path = kept(&run);
    assert!(run.stderr.contains("syntax"), "{}", run.stderr);
    assert_eq!(desk.read("a.secret.yaml"), before);
    assert_eq!(fs::read_to_string(&path).unwrap(), "password: hunter2\nother: [hunter2-b\n");
    edit(&desk, "true", &["a.secret.yaml"]).ok();
    assert!(path.exists(), "the sweep leaves a kept text alone");
    let from = ["--from", path.to_str().unwrap(), "a.secret.yaml"];
    edit(&desk, "true", &from).fails(3).does_not_say("kept");
    edit(&desk, &replacing("hunter2-b", "hunter2-b]"), &from).ok();
    assert_eq!(desk.dekko(["get", "a.secret.yaml", "other[0]"]).ok().out(), "hunter2-b\n");
    remove_kept(&path);
}

#[test]
fn a_file_that_changed_meanwhile_is_left_as_it_is_and_the_edit_is_kept() {
    let desk = Desk::new();
    sealed(&desk, "a.secret.yaml", "password: hunter2\n");
    let file = desk.path("a.secret.yaml");
    let line = format!("echo 'password: hunter2-mine' > $1; echo '# theirs' >> '{}'", file.display());
    let run = edit(&desk, &script(&desk, &line), &["a.secret.yaml"]);
    let run = run.fails(7).says("changed on disk").says("dekko decrypt a.secret.yaml | diff - ");
    let path = kept(&run);
    assert!(desk.read("a.secret.yaml").ends_with("# theirs\n"));
    assert_eq!(fs::read_to_string(&path).unwrap(), "password: hunter2-mine\n");
    remove_kept(&path);
}

#[test]
fn a_new_file_is_made_by_its_rule() {
    let desk = Desk::new();
    edit(&desk, "true", &["new.secret.yaml"]).ok().says("nothing was changed");
    assert!(!desk.path("new.secret.yaml").exists());
    edit(&desk, &script(&desk, "echo 'password: hunter2' > $1"), &["new.secret.yaml"]).ok();
    assert!(!desk.read("new.secret.yaml").contains("hunter2"));
    assert_eq!(desk.dekko(["decrypt", "new.secret.yaml"]).ok().out(), "password: hunter2\n");
    edit(&desk, "false", &["no-rule.yaml"]).fails(2).says("no rule");
}

#[test]
fn the_folder_of_a_new_file_is_made_when_the_edit_is_written() {
    let desk = Desk::new();
    edit(&desk, "true", &["secrets/prod/new.yaml"]).ok().says("nothing was changed");
    edit(&desk, "false", &["secrets/prod/new.yaml"]).fails(7);
    edit(&desk, "false", &["no/rule.yaml"]).fails(2).says("no rule");
    assert!(!desk.path("secrets").exists() && !desk.path("no").exists());
    let editor = script(&desk, "echo 'password: hunter2' > $1");
    edit(&desk, &editor, &["secrets/prod/new.yaml"]).ok().says("is new, encrypted for");
    assert_eq!(desk.dekko(["decrypt", "secrets/prod/new.yaml"]).ok().out(), "password: hunter2\n");
    edit(&desk, "false", &["secrets/no/../x.yaml"]).fails(7);
}

#[test]
fn a_binary_file_is_edited_as_a_whole() {
    let desk = Desk::new();
    sealed(&desk, "a.secret.txt", "hunter2\n");
    edit(&desk, &replacing("hunter2", "hunter2-x"), &["a.secret.txt"]).ok();
    assert_eq!(desk.dekko(["decrypt", "a.secret.txt"]).ok().out(), "hunter2-x\n");
}

#[test]
#[ignore = "takes a minute in a build that is not optimised"]
fn a_binary_file_may_be_larger_than_a_text() {
    let desk = Desk::new();
    let large = vec![b'x'; (64 << 20) + 1];
    desk.write("a.secret.txt", &large);
    desk.dekko(["encrypt", "a.secret.txt"]).ok();
    edit(&desk, &script(&desk, "exit 3"), &["a.secret.txt"]).fails(7).does_not_say("kept");
    edit(&desk, &script(&desk, "printf hunter2 >>$1"), &["a.secret.txt"]).ok();
    let plain = desk.dekko(["decrypt", "a.secret.txt"]).ok().stdout;
    assert!(plain.strip_prefix(&large[..]) == Some(b"hunter2"));
}

#[test]
fn a_text_that_the_editor_removed_is_not_called_kept() {
    let desk = Desk::new();
    sealed(&desk, "a.secret.yaml", "password: hunter2\n");
    let run = edit(&desk, &script(&desk, "rm \"$1\""), &["a.secret.yaml"]).fails(7);
    run.says("cannot read").does_not_say("kept");
}

#[test]
fn a_signal_after_the_editor_ended_keeps_what_was_written() {
    for (signal, status) in [("INT", 130), ("TERM", 143)] {
        let desk = Desk::new();
        // Wrapping for the recipient of a plugin takes as long as the plugin does.
        let hrp = bech32::Hrp::parse("age1slow").unwrap();
        let recipient = bech32::encode::<bech32::Bech32>(hrp, &[1, 2, 3]).unwrap();
        let config =
            format!("version = 1\n[[rules]]\npaths = [\"*.secret.*\"]\nrecipients = [\"{recipient}\"]\n");
        desk.write("dekko.toml", config);
        desk.write("bin/age-plugin-slow", "#!/bin/sh\ntouch \"$HOME/ready\"\nexec sleep 5\n");
        make_executable(&desk.path("bin/age-plugin-slow"));
        let mut command = desk.command(["edit", "--yes", "a.secret.yaml"]);
        command.env("PATH", format!("{}:/usr/bin:/bin", desk.path("bin").display()));
        command.env("EDITOR", script(&desk, "echo 'password: hunter2' >$1")).env("DEKKO_AGE_PLUGINS", "slow");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        wait_for(&desk.home().join("ready"));
        Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(status), "{signal}");
        let stderr = String::from_utf8(output.stderr).unwrap();
        let line = stderr.lines().find(|line| line.contains("your text is kept, unencrypted, in ")).unwrap();
        let path = PathBuf::from(line.rsplit(' ').next().unwrap());
        assert_eq!(fs::read_to_string(&path).unwrap(), "password: hunter2\n");
        edit(&desk, "false", &["a.secret.yaml"]).ends(7);
        assert!(path.exists(), "no sweep takes it");
        remove_kept(&path);
    }
}

#[test]
fn a_signal_removes_the_copy_and_ends_dekko_with_128_and_its_number() {
    for (signal, status) in [("TERM", 143), ("HUP", 129)] {
        let desk = Desk::new();
        sealed(&desk, "a.secret.yaml", "password: hunter2\n");
        let before = desk.read("a.secret.yaml");
        let line = format!("{LOOK}; touch \"$HOME/ready\"; exec sleep 30");
        let mut command = desk.command(["edit", "a.secret.yaml"]);
        command.env("EDITOR", script(&desk, &line)).stdin(Stdio::null());
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        wait_for(&desk.home().join("ready"));
        let copy = seen(&desk);
        assert!(copy.exists());
        let id = child.id().to_string();
        // The editor's keyboard: not for dekko.
        for name in ["INT", "QUIT"] {
            Command::new("kill").args(["-s", name, &id]).status().unwrap();
        }
        std::thread::sleep(Duration::from_millis(50));
        assert!(copy.exists() && child.try_wait().unwrap().is_none(), "an interrupt is the editor's");
        Command::new("kill").args(["-s", signal, &id]).status().unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(status), "{signal}");
        assert!(!copy.parent().unwrap().exists());
        assert_eq!(desk.read("a.secret.yaml"), before);
    }
}

#[test]
fn what_a_killed_dekko_left_is_swept_at_the_next_edit() {
    let desk = Desk::new();
    sealed(&desk, "a.secret.yaml", "password: hunter2\n");
    let line = format!("{LOOK}; touch \"$HOME/ready\"; exec sleep 2");
    let mut command = desk.command(["edit", "a.secret.yaml"]);
    command.env("EDITOR", script(&desk, &line)).stdin(Stdio::null());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_for(&desk.home().join("ready"));
    child.kill().unwrap();
    child.wait().unwrap();
    let copy = seen(&desk);
    assert!(copy.exists());
    edit(&desk, "true", &["a.secret.yaml"]).ok();
    assert!(!copy.parent().unwrap().exists());
}

fn make_executable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("a mode");
}

fn wait_for(path: &Path) {
    let start = Instant::now();
    while !path.exists() {
        assert!(start.elapsed() < Duration::from_secs(20), "the editor did not start");
        std::thread::sleep(Duration::from_millis(5));
    }
}
