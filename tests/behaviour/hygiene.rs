//! A secret is where it was asked for and nowhere else: not in a message, a file, a folder for temporary files or memory
//! that others can read.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::desk::{Desk, MARKER};
use crate::faults::{as_somebody, finished};

/// Where a command may leave the marker.
#[derive(Clone, Copy, PartialEq)]
enum Shows {
    Nowhere,
    Stdout,
    /// In files whose path ends so.
    In(&'static str),
}
use Shows::{In, Nowhere, Stdout};

/// A desk full of secrets, with a folder in memory for what is private.
struct Vault {
    desk: Desk,
    memory: TempDir,
    needles: Vec<Vec<u8>>,
    commands: usize,
}

impl Vault {
    fn new() -> Self {
        let desk = Desk::new();
        assert!(
            Command::new("git").args(["init", "-q"]).current_dir(desk.work()).status().unwrap().success()
        );
        let plain = [
            ("a.secret.yaml", "db:\n  password: hunter2\n  port: 1\n# comment\nlist: [hunter2]\n"),
            ("a.secret.json", "{\"db\": {\"password\": \"hunter2\", \"none\": null}}\n"),
            ("a.secret.toml", "[db]\npassword = \"hunter2\"\nsince = 1979-05-27\n"),
            (".env", "DB_PASSWORD=hunter2\n"),
            ("a.secret.ini", "[db]\npassword = hunter2\n"),
            ("a.secret.bin", "hunter2\0\u{1}"),
        ];
        for (name, text) in plain {
            desk.write(name, text);
            desk.dekko(["encrypt", name]).ok();
        }
        desk.write("new.secret.yaml", "a: hunter2\n");
        desk.write("value", "hunter2\n");
        for (name, text) in [
            ("broken.yaml", "a: 'hunter2\nb: *hunter2\n"),
            ("broken.json", "{\"a\": \"hunter2\" \"hunter2\"}"),
            ("broken.toml", "a = hunter2\n"),
            ("broken.env", "A=\"hunter2\n"),
            ("broken.ini", "[hunter2\n"),
            ("twice.yaml", "a: hunter2\nb: &x hunter2\na: *x\n"),
        ] {
            desk.write(name, text);
        }
        let recipient = desk.keygen("other.txt");
        desk.dekko(["encrypt", "-r", &recipient, "-o", "foreign.yaml", "new.secret.yaml"]).ok();
        desk.write("tampered.yaml", desk.read("a.secret.yaml").replacen("enc1.", "enc1.A", 1));
        desk.write("clear.yaml", desk.read("a.secret.yaml").replacen("port: enc1", "port: hunter2 enc1", 1));
        desk.write("moved.yaml", desk.read("a.secret.yaml").replacen("password", "pass", 1));
        let key = |path: PathBuf| {
            let text = fs::read_to_string(path).unwrap();
            text.lines().find(|line| line.starts_with("AGE-SECRET-KEY-1")).unwrap().to_owned()
        };
        let keys = [key(desk.home().join(".config/dekko/keys.txt")), key(desk.path("other.txt"))];
        desk.write("slip.txt", format!("# mine\n{}X\n", keys[1]));
        desk.write("pasted.toml", format!("version = 1\n[recipients]\nme = \"{}\"\n", keys[1]));
        let mut needles: Vec<Vec<u8>> = vec![MARKER.into()];
        needles.push(MARKER.bytes().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect());
        // Base64 of "hunter2" behind 0, 1 and 2 other bytes, without the characters that neighbours decide.
        needles.extend(["aHVudGVyM", "h1bnRlcj", "odW50ZXIy"].map(Into::into));
        for key in keys {
            needles.push(key.as_bytes()[20..44].to_vec());
            needles.push(key.to_lowercase().as_bytes()[20..44].to_vec());
        }
        let memory =
            tempfile::tempdir_in(if Path::new("/dev/shm").exists() { "/dev/shm" } else { "/tmp" }).unwrap();
        fs::set_permissions(memory.path(), fs::Permissions::from_mode(0o700)).unwrap();
        Self { desk, memory, needles, commands: 0 }
    }

    fn holds(&self, bytes: &[u8]) -> bool {
        self.needles.iter().any(|needle| bytes.windows(needle.len()).any(|window| window == needle))
    }

    /// Every file on the desk and in the private folder, and what it holds.
    fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.desk.work().parent().unwrap().to_owned(), self.memory.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
                if entry.file_type().unwrap().is_dir() {
                    folders.push(entry.path());
                } else {
                    files.insert(entry.path(), fs::read(entry.path()).unwrap());
                }
            }
        }
        files
    }

    /// Runs a command that ends with `status` and shows secrets where `shows` says, on a desk that is as before after it.
    fn runs(
        &mut self,
        status: i32,
        shows: Shows,
        arguments: &[&str],
        variables: &[(&str, &str)],
        input: &str,
    ) {
        let before = self.files();
        let mut command = self.desk.command(arguments);
        command.env("XDG_RUNTIME_DIR", self.memory.path()).envs(variables.iter().copied());
        if variables.iter().all(|(name, _)| *name != "EDITOR") {
            command.env("EDITOR", "true");
        }
        let output = finished(&mut command, input);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {stderr}");
        assert!(!self.holds(&output.stderr), "{arguments:?} names a secret: {stderr}");
        assert!(shows == Stdout || !self.holds(&output.stdout), "{arguments:?} prints a secret");
        let mut is_found = shows == Stdout && self.holds(&output.stdout);
        for (path, bytes) in self.files() {
            if before.get(&path) == Some(&bytes) {
                continue;
            }
            let holds = self.holds(&bytes);
            let is_allowed = matches!(shows, In(end) if path.ends_with(end));
            assert!(!holds || is_allowed, "{arguments:?} leaves a secret in {}", path.display());
            assert!(!path.to_string_lossy().contains("/.git/"), "{arguments:?} wrote {}", path.display());
            if holds {
                assert_eq!(fs::metadata(&path).unwrap().mode() & 0o077, 0, "{} is open", path.display());
                is_found = true;
            }
            match before.get(&path) {
                Some(bytes) => fs::write(&path, bytes).unwrap(),
                None => fs::remove_file(&path).unwrap(),
            }
        }
        for (path, bytes) in before.iter().filter(|(path, _)| !path.exists()) {
            fs::write(path, bytes).unwrap();
        }
        assert!(is_found || shows == Nowhere, "{arguments:?} was meant to show it: {stderr}");
        self.commands += 1;
    }
}

#[test]
fn no_command_leaves_a_secret_where_it_was_not_asked_for() {
    let mut vault = Vault::new();
    let other = fs::read_to_string(vault.desk.path("other.txt")).unwrap();
    let other = other.lines().find(|line| line.starts_with("AGE-")).unwrap().to_owned();
    let files = ["a.secret.yaml", "a.secret.json", "a.secret.toml", ".env", "a.secret.ini"];
    for file in files {
        let path = if file == ".env" { "DB_PASSWORD" } else { "db.password" };
        let new = if file == ".env" { "NEW" } else { "db.new" };
        vault.runs(0, Stdout, &["get", file, path], &[], "");
        vault.runs(0, Stdout, &["get", "--raw", file, path], &[], "");
        vault.runs(3, Nowhere, &["get", file, "no.such"], &[], "");
        vault.runs(3, Nowhere, &["get", file, "a["], &[], "");
        vault.runs(0, Nowhere, &["set", file, path], &[], "hunter2-new\n");
        vault.runs(0, Nowhere, &["set", file, new], &[], "hunter2-new");
        vault.runs(0, Nowhere, &["set", file, new, "--file", "value"], &[], "");
        vault.runs(0, Nowhere, &["set", file, new, "hunter2"], &[], "");
        vault.runs(2, Nowhere, &["set", file, new, "two", "hunter2"], &[], "");
        vault.runs(2, Nowhere, &["set", file, new, "two", "--hunter2"], &[], "");
        vault.runs(2, Nowhere, &["set", file, new, "x", "--json=hunter2"], &[], "");
        vault.runs(2, Nowhere, &["set", "--json", file, new], &[], "hunter2");
        vault.runs(2, Nowhere, &["set", "--json", file, new], &[], "{\"a\": \"hunter2\", hunter2}");
        vault.runs(0, Nowhere, &["unset", file, path], &[], "");
        vault.runs(0, Nowhere, &["edit", file], &[("EDITOR", "sed -i s/hunter2/hunter2-new/")], "");
        vault.runs(0, Nowhere, &["edit", file], &[], "");
        vault.runs(7, Nowhere, &["edit", file], &[("EDITOR", "false")], "");
        vault.runs(0, Nowhere, &["rotate", file], &[], "");
        vault.runs(0, Stdout, &["decrypt", file], &[], "");
        vault.runs(0, In("out.txt"), &["decrypt", "-o", "out.txt", file], &[], "");
        vault.runs(7, Nowhere, &["decrypt", "-o", "value", file], &[], "");
        vault.runs(7, Nowhere, &["decrypt", "-o", "no/such/folder", file], &[], "");
        vault.runs(0, In(file), &["decrypt", "--in-place", file], &[], "");
        vault.runs(5, Nowhere, &["decrypt", "--require-scope", "prod", file], &[], "");
        vault.runs(0, Nowhere, &["verify", file], &[], "");
        vault.runs(0, Nowhere, &["inspect", "--json", file], &[], "");
        vault.runs(0, Nowhere, &["explain", file], &[], "");
        vault.runs(3, Nowhere, &["encrypt", file], &[], "");
        vault.runs(
            4,
            Nowhere,
            &["decrypt", file],
            &[("XDG_CONFIG_HOME", "/nonexistent"), ("DEKKO_AGE_KEY", &other)],
            "",
        );
    }
    vault.runs(0, Nowhere, &["encrypt", "new.secret.yaml"], &[], "");
    vault.runs(0, Nowhere, &["encrypt", "--stdout", "new.secret.yaml"], &[], "");
    vault.runs(
        0,
        Nowhere,
        &["encrypt", "--base", "a.secret.yaml", "-o", "n.yaml", "new.secret.yaml"],
        &[],
        "",
    );
    vault.runs(2, Nowhere, &["encrypt", "-r", &other, "new.secret.yaml"], &[], "");
    vault.runs(2, Nowhere, &["recipients", "add", "a.secret.yaml", &other], &[], "");
    vault.runs(2, Nowhere, &["recipients", "remove", "--yes", "a.secret.yaml", &other], &[], "");
    vault.runs(0, Nowhere, &["recipients", "list", "a.secret.yaml"], &[], "");
    let public = vault.desk.recipient();
    for file in ["broken.yaml", "broken.json", "broken.toml", "broken.env", "broken.ini", "twice.yaml"] {
        vault.runs(3, Nowhere, &["encrypt", "-r", &public, file], &[], "");
        vault.runs(3, Nowhere, &["decrypt", file], &[], "");
    }
    for (name, text) in
        [("yaml", "a: 'hunter2\n"), ("json", "{hunter2"), ("toml", "a = hunter2"), ("dotenv", "A='hunter2")]
    {
        vault.runs(3, Nowhere, &["encrypt", "-r", &public, "--type", name, "-"], &[], text);
    }
    // An editor that leaves broken syntax: the text is kept, for its owner alone.
    let editor = [("EDITOR", "sed -i \"s/.*password.*/hunter2: 'hunter2/\"")];
    vault.runs(3, In("a.secret.yaml"), &["edit", "a.secret.yaml"], &editor, "");
    for file in ["tampered.yaml", "clear.yaml", "moved.yaml"] {
        for command in ["decrypt", "verify", "rotate", "edit"] {
            vault.runs(5, Nowhere, &[command, file], &[], "");
        }
        vault.runs(5, Nowhere, &["get", file, "db.port"], &[], "");
        vault.runs(5, Nowhere, &["set", file, "db.port"], &[], "hunter2");
    }
    vault.runs(5, Nowhere, &["decrypt", "a.secret.json", "tampered.yaml"], &[], "");
    vault.runs(4, Nowhere, &["decrypt", "foreign.yaml"], &[], "");
    vault.runs(0, Stdout, &["decrypt", "foreign.yaml"], &[("DEKKO_AGE_KEY", &other)], "");
    vault.runs(0, Stdout, &["-i", "other.txt", "decrypt", "foreign.yaml"], &[], "");
    vault.runs(0, Stdout, &["decrypt", "--to", "json", "a.secret.yaml"], &[], "");
    vault.runs(3, Nowhere, &["decrypt", "--to", "toml", "a.secret.json"], &[], "");
    vault.runs(3, Nowhere, &["decrypt", "--to", "json", "a.secret.toml"], &[], "");
    vault.runs(3, Nowhere, &["decrypt", "--to", "env", "a.secret.yaml"], &[], "");
    vault.runs(0, Stdout, &["decrypt", "a.secret.bin"], &[], "");
    // Identities with a slip in them, and identities where something else is wanted.
    let (typo, cut) = (format!("{other}X"), &other[..50]);
    let command = format!("echo {typo}");
    for (name, value) in [
        ("DEKKO_AGE_KEY", typo.as_str()),
        ("DEKKO_AGE_KEY", cut),
        ("DEKKO_AGE_KEY", "hunter2"),
        ("DEKKO_AGE_KEY_FILE", other.as_str()),
        ("DEKKO_AGE_KEY_FILE", "slip.txt"),
        ("DEKKO_AGE_KEY_FILE", "value"),
        ("DEKKO_AGE_KEY_CMD", command.as_str()),
        ("SOPS_AGE_KEY", typo.as_str()),
        ("SOPS_AGE_KEY_FILE", other.as_str()),
    ] {
        vault.runs(4, Nowhere, &["decrypt", "foreign.yaml"], &[(name, value)], "");
        vault.runs(0, Nowhere, &["identities"], &[(name, value)], "");
    }
    for value in [other.as_str(), typo.as_str(), "slip.txt", "pasted.toml"] {
        vault.runs(4, Nowhere, &["-i", value, "decrypt", "foreign.yaml"], &[], "");
        vault.runs(0, Nowhere, &["-i", value, "identities"], &[], "");
    }
    vault.desk.write("sub/a.yaml", "a: 1\n");
    vault.desk.write("sub/dekko.toml", vault.desk.read("pasted.toml"));
    vault.runs(2, Nowhere, &["encrypt", "-r", "me", "sub/a.yaml"], &[], "");
    vault.runs(2, Nowhere, &["explain", "sub/a.yaml"], &[], "");
    println!("{} commands", vault.commands);
    assert!(vault.commands > 200);
}

#[test]
fn memory_and_the_editors_folder_are_closed_to_others() {
    let desk = Desk::new();
    desk.write("a.secret.yaml", "password: hunter2\n");
    desk.dekko(["encrypt", "a.secret.yaml"]).ok();
    let line = "#!/bin/sh\n{ grep 'core file' /proc/$PPID/limits; stat -c 'owner %u' /proc/$PPID/environ\n\
                stat -c 'mode %a' \"$1\" \"$(dirname \"$1\")\"; stat -f -c 'on %T' \"$1\"; env; } > \"$HOME/seen\"\n";
    let editor = desk.home().join("editor");
    fs::write(&editor, line).unwrap();
    let output = as_somebody(&desk, &["edit", "a.secret.yaml"], &format!("sh {}", editor.display()), "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let seen = fs::read_to_string(desk.home().join("seen")).unwrap();
    let limit: Vec<_> = seen.lines().next().unwrap().split_whitespace().collect();
    assert_eq!(limit, ["Max", "core", "file", "size", "0", "0", "bytes"], "{seen}");
    // What nobody may dump or trace belongs to root in /proc, whoever runs it.
    assert!(seen.contains("owner 0\n"), "{seen}");
    assert!(seen.contains("mode 600\nmode 700\non tmpfs\n"), "{seen}");
    assert!(!seen.contains("AGE-SECRET-KEY"), "{seen}");
}

#[test]
fn what_a_killed_dekko_left_is_swept_by_whatever_decrypts_next() {
    let memory = tempfile::tempdir_in("/dev/shm").unwrap();
    fs::set_permissions(memory.path(), fs::Permissions::from_mode(0o700)).unwrap();
    for next in [&["get", "a.secret.yaml", "password"][..], &["verify", "a.secret.yaml"]] {
        let desk = Desk::new();
        desk.write("a.secret.yaml", "password: hunter2\n");
        desk.dekko(["encrypt", "a.secret.yaml"]).ok();
        let mut command = desk.command(["edit", "a.secret.yaml"]);
        command
            .env("XDG_RUNTIME_DIR", memory.path())
            .env("EDITOR", "sh -c 'sleep 3' --")
            .stdin(Stdio::null());
        let mut child = command.spawn().unwrap();
        let count = || fs::read_dir(memory.path()).unwrap().count();
        let start = Instant::now();
        while count() == 0 {
            assert!(start.elapsed() < Duration::from_secs(20));
            std::thread::sleep(Duration::from_millis(2));
        }
        let decrypt_next = || {
            let mut command = desk.command(next);
            command.env("XDG_RUNTIME_DIR", memory.path());
            desk.run(command, b"").ok();
            count()
        };
        assert_eq!(decrypt_next(), 1, "as long as it lives, its folder is left alone");
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!((count(), decrypt_next()), (1, 0), "{next:?}");
    }
}

/// Runs a program on a terminal of its own, and writes what came to that terminal.
const TERMINAL: &str = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";

#[test]
#[ignore = "needs python3, which has terminals"]
fn a_terminal_gets_no_control_characters_and_a_pipe_gets_every_byte() {
    let desk = Desk::new();
    let evil = "x\u{1b}]52;c;eA==\u{7}\u{9b}2J\u{202e}\u{7f}y";
    desk.write("a.secret.txt", evil);
    desk.write("a.secret.yaml", "a: \"x\\e]52;c;eA==\\a\\x9b2J\\u202e\\x7fy\"\n\"\\e[2J\\u202e\": 1\n");
    desk.write("a.secret.ini", format!("[{0}]\n{0} = {0}\n", "x\u{9b}2J\u{202e}"));
    let other = desk.keygen("other.txt");
    for file in ["a.secret.txt", "a.secret.yaml", "a.secret.ini"] {
        desk.dekko(["encrypt", file]).ok();
        desk.dekko(["recipients", "add", file, &other]).ok();
    }
    assert_eq!(desk.dekko(["decrypt", "a.secret.txt"]).ok().out(), evil);
    assert_eq!(desk.dekko(["get", "a.secret.yaml", "a"]).ok().out().trim_end_matches('\n'), evil);
    for arguments in [
        &["decrypt", "a.secret.txt"][..],
        &["decrypt", "a.secret.yaml"],
        &["decrypt", "a.secret.ini"],
        &["decrypt", "--to", "json", "a.secret.ini"],
        &["decrypt", "--to", "yaml", "a.secret.ini"],
        &["decrypt", "--to", "toml", "a.secret.yaml"],
        &["decrypt", "--to", "env", "a.secret.yaml"],
        &["get", "a.secret.yaml", "a"],
        &["get", "--raw", "a.secret.yaml", "a"],
        &["get", "--json", "a.secret.yaml", "."],
        &["get", "--json", "a.secret.ini", "."],
        &["explain", "a.secret.yaml"],
        &["explain", "a.secret.ini"],
        &["inspect", "a.secret.ini"],
        &["verify", "a.secret.ini"],
        &["recipients", "remove", "a.secret.yaml", &other],
        &["recipients", "remove", "a.secret.ini", &other],
        &["unset", "a.secret.yaml", "\u{1b}[2J"],
        &["set", "a.secret.yaml", "\"\u{1b}[2J\"", "1"],
        &["set", "a.secret.yaml", "\"\u{1b}[2J\""],
        &["edit", "a.secret.yaml"],
    ] {
        let plain = desk.command(arguments);
        let mut command = Command::new("python3");
        command.args(["-c", TERMINAL]).arg(plain.get_program()).args(plain.get_args());
        command.current_dir(desk.work()).env_clear();
        command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("NO_COLOR", "1").env("EDITOR", "false").env_remove("DEKKO_NO_PROMPT");
        let output = finished(&mut command, "no\n");
        let shown = String::from_utf8(output.stdout).unwrap();
        assert!(!shown.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        let is_bad =
            |c: char| (c.is_control() && !"\r\n\t".contains(c)) || ('\u{202a}'..='\u{202e}').contains(&c);
        // The terminal itself echoes what is typed; nothing of that is evil here.
        assert_eq!(shown.find(is_bad), None, "{arguments:?}: {shown:?}");
        let is_value = arguments[0] == "get" || (arguments[0] == "decrypt" && arguments.len() == 2);
        assert!(!is_value || shown.contains("\\x") || shown.contains("\\u"), "{arguments:?}: {shown:?}");
    }
}
