//! A repository that wants harm: opening its files runs nothing, connects to nothing, hangs on nothing, and writes nothing
//! to the terminal but plain text.

use std::fs;
use std::os::unix::fs::symlink;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::desk::Desk;
use crate::faults::finished;

/// No file of a stranger takes longer than this, in a build without optimisation on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Whatever a stranger wrote, a message or table of dekko drives no terminal.
fn check_harmless(output: &Output, what: &str) {
    for text in [&output.stdout, &output.stderr] {
        let text = String::from_utf8(text.clone()).unwrap_or_else(|_| panic!("{what}: no UTF-8"));
        let bad =
            |c: &char| (c.is_control() && !"\n\t".contains(*c)) || ('\u{202a}'..='\u{202e}').contains(c);
        assert_eq!(text.chars().find(bad), None, "{what}: {text:?}");
        assert!(!text.contains("panicked") && !text.contains("a defect of dekko"), "{what}: {text}");
    }
}

/// The configuration that encrypts everything for `recipient`, behind `top` and with `rule` in its only rule.
fn config(top: &str, rule: &str, recipient: &str) -> String {
    format!("version = 1\n{top}\n[[rules]]\npaths = ['**']\nrecipients = ['{recipient}']\n{rule}\n")
}

#[test]
fn a_configuration_can_ask_for_nothing_but_encryption() {
    let desk = Desk::new();
    let me = desk.recipient();
    let nested = |text: &str, count: usize| text.repeat(count);
    let groups: String = (1..300).map(|n| format!("g{n} = ['g{}', 'g{0}']\n", n - 1)).collect();
    let refused = [
        config("command = 'touch ran'", "", &me),
        config("[plugins]\nevil = '/bin/sh'", "", &me),
        config("editor = 'sh'", "", &me),
        config("", "endpoint = 'http://127.0.0.1:1'", &me),
        config("", "identity = '/etc/passwd'", &me),
        config("", "output = '../x'", &me),
        config("", "environment = { PATH = '.' }", &me),
        config("", "\"k\\u001b]0;x\" = 1", &me),
        config("", "scope = \"\\u001b[2J\"", &me),
        config("", "encrypt = [\"\\u001b[2J\"]", &me),
        config("[recipients]\n\"\\u001b]52;c;eA==\\u0007\" = 'age1x'", "", &me),
        config("[groups]\na = ['b']\nb = ['a']", "", "a"),
        config("", "", "age1evil1qqqqqq"),
        config("", "", "../../etc/passwd"),
        config("", "", "kms:http://127.0.0.1:1/"),
        format!("version = 1\n[[rules]]\npaths = ['../**']\nrecipients = ['{me}']\n"),
        format!("version = 1\n[[rules]]\npaths = ['{}']\nrecipients = ['{me}']\n", nested("{a,", 9000)),
        format!("version = 1\n[[rules]]\npaths = ['{}q']\nrecipients = ['{me}']\n", nested("**/", 15000)),
        format!("version = 1\nx = {}", nested("[", 60000)),
        format!("version = 1\nx{} = 1\n", nested(".x", 30000)),
        format!("version = 1\n[recipients]\n{}", nested("[[", 30000)),
        format!("version = 1\n#{}", nested("x", 70000)),
        "version = 1\n\u{1b}[2J".to_owned(),
        "version = 2\n".to_owned(),
        "\0".to_owned(),
    ];
    for (text, status) in refused
        .iter()
        .map(|text| (text.clone(), 2))
        .chain([(config(&format!("[groups]\ng0 = ['{me}']\n{groups}"), "", "g299"), 0)])
    {
        desk.write("dekko.toml", &text);
        desk.write("a.yaml", "a: hunter2\n");
        for command in [&["encrypt", "a.yaml"][..], &["explain", "a.yaml"], &["edit", "new.yaml"]] {
            let start = Instant::now();
            let output = finished(desk.command(command).env("EDITOR", "true"), "");
            let what = format!("{command:?} with {:.120}", text.escape_debug().to_string());
            assert!(start.elapsed() < PATIENCE, "{what}");
            check_harmless(&output, &what);
            assert_eq!(output.status.code(), Some(status), "{what}: {output:?}");
        }
        assert!(status == 0 || desk.read("a.yaml") == "a: hunter2\n");
        assert!(!desk.path("ran").exists() && !desk.path("new.yaml").exists());
    }
}

#[test]
fn a_configuration_that_is_no_file_of_the_repository_is_not_read() {
    let desk = Desk::bare();
    let me = desk.keygen("key");
    fs::write(desk.home().join("outside.toml"), config("", "", &me)).unwrap();
    desk.write("a.yaml", "a: hunter2\n");
    let place = desk.path("dekko.toml");
    symlink(desk.home().join("outside.toml"), &place).unwrap();
    desk.dekko(["encrypt", "a.yaml"]).fails(2).says("not a regular file");
    fs::remove_file(&place).unwrap();
    symlink("/dev/zero", &place).unwrap();
    desk.dekko(["encrypt", "a.yaml"]).fails(2).says("not a regular file");
    fs::remove_file(&place).unwrap();
    assert!(Command::new("mkfifo").arg(&place).status().unwrap().success());
    desk.dekko(["encrypt", "a.yaml"]).fails(2).says("not a regular file");
    // One above the top of the repository is somebody else's.
    fs::remove_file(&place).unwrap();
    fs::rename(desk.home().join("outside.toml"), &place).unwrap();
    desk.write("repository/.git/HEAD", "ref: refs/heads/main\n");
    desk.write("repository/a.yaml", "a: hunter2\n");
    desk.dekko(["encrypt", "repository/a.yaml"]).fails(2).says("no rule");
}

#[test]
fn names_of_files_keys_and_anything_else_drive_no_terminal_and_no_shell() {
    let desk = Desk::new();
    desk.write("dekko.toml", config("", "", &desk.recipient()));
    let names = [
        "\u{1b}]0;x\u{7}.yaml",
        "--help",
        "-r.yaml",
        "a b'c\".yaml",
        "line\nbreak.yaml",
        "\u{202e}lmay.yaml",
        "$(touch ran).yaml",
        "`touch ran`.json",
        ";touch ran;.env",
        "*.yaml",
        "\u{9b}2J.toml",
    ];
    let texts = [
        ("json", "{\"a\\u001b[2J\": \"hunter2\"}"),
        ("env", "A=hunter2"),
        ("toml", "\"a\\u001b[2J\" = 'hunter2'"),
    ];
    for name in names {
        let end = name.rsplit('.').next().unwrap();
        let text =
            texts.iter().find(|(of, _)| *of == end).map_or("\"a\\e[2J\\u202e\": hunter2\n", |(_, text)| text);
        desk.write(name, text);
        for arguments in [
            &["explain", "--", name][..],
            &["decrypt", "--", name],
            &["encrypt", "--", name],
            &["encrypt", "--", name],
            &["explain", "--", name],
            &["inspect", "--", name],
            &["inspect", "--json", "--", name],
            &["verify", "--", name],
            &["recipients", "list", "--", name],
            &["recipients", "add", "--", name, "\u{1b}[2J"],
            &["get", "--", name, "no\u{1b}[2J"],
            &["get", "--", name, "no"],
            &["get", "--json", "--", name, "."],
            &["decrypt", "--to", "env", "--", name],
            &["decrypt", "-o", "out", "--", name],
            &["edit", "--", name],
            &["rotate", "--", name],
            &["--identity", name, "decrypt", "--", name],
            &["decrypt", "--in-place", "--", name],
        ] {
            let output = finished(desk.command(arguments).env("EDITOR", "false"), "");
            // Values and their keys are data: raw in a pipe, and shown as escapes on a terminal.
            let is_data =
                output.status.success() && (arguments.contains(&"decrypt") || arguments[0] == "get");
            let stdout = if is_data { Vec::new() } else { output.stdout };
            check_harmless(&Output { stdout, ..output }, &format!("{arguments:?}"));
            let _ = fs::remove_file(desk.path("out"));
        }
        assert!(fs::read_to_string(desk.path(name)).unwrap().contains("hunter2"), "{name:?}");
        fs::remove_file(desk.path(name)).unwrap();
        assert!(!desk.path("ran").exists(), "{name:?}");
    }
}

#[test]
fn a_text_made_to_be_slow_or_large_is_refused_in_time() {
    let desk = Desk::new();
    let me = desk.recipient();
    let mut bomb = "a0: &a0 [x, x]\n".to_owned();
    (1..60).for_each(|n| bomb += &format!("a{n}: &a{n} [*a{0}, *a{0}, *a{0}, *a{0}]\n", n - 1));
    desk.write("bomb.yaml", &bomb);
    desk.dekko(["encrypt", "-r", &me, "bomb.yaml"]).ok();
    for target in ["yaml", "json", "toml", "env"] {
        desk.dekko(["decrypt", "--to", target, "bomb.yaml"]).fails(3).says("alias");
    }
    desk.dekko(["get", "--json", "bomb.yaml", "."]).fails(3).says("alias");
    for (name, text) in [
        ("a.json", "[".repeat(10_000_000)),
        ("a.yaml", "[".repeat(10_000_000)),
        ("b.yaml", "{".repeat(1_000_000)),
        ("c.yaml", "- ".repeat(1_000_000)),
        ("d.yaml", "? ".repeat(1_000_000)),
        ("e.yaml", "!".repeat(1_000_000)),
        ("f.yaml", (0..2000).map(|n| format!("{}a:\n", " ".repeat(n))).collect()),
        ("a.toml", format!("a = {}", "[".repeat(1_000_000))),
        ("b.toml", format!("[{}a]\n", "a.".repeat(100_000))),
        ("c.toml", format!("a = {}", "{a=".repeat(100_000))),
        ("a.env", "='".repeat(100_000)),
        ("a.ini", "[".repeat(1_000_000)),
        ("big.json", format!("{{\"a\": \"{}\"}}", " ".repeat(64 << 20))),
        ("big.yaml", format!("a: {}", "#".repeat(64 << 20))),
    ] {
        desk.write(name, &text);
        for arguments in [&["encrypt", "-r", &me, name][..], &["decrypt", name]] {
            let start = Instant::now();
            let output = finished(&mut desk.command(arguments), "");
            assert!(start.elapsed() < PATIENCE, "{arguments:?} took {:?}", start.elapsed());
            assert_eq!(output.status.code(), Some(3), "{arguments:?}: {output:?}");
            check_harmless(&output, &format!("{arguments:?}"));
        }
        fs::remove_file(desk.path(name)).unwrap();
    }
}

/// A stanza of an age file, for nobody.
fn stanza(tag: &str) -> String {
    format!("-> {tag} {}\n{0}\n", "A".repeat(43))
}

/// An age file with these stanzas, well formed as far as anybody can tell without the key.
fn header(stanzas: String) -> String {
    format!("age-encryption.org/v1\n{stanzas}--- {}\n{}", "A".repeat(43), "x".repeat(64))
}

/// An encrypted file whose recipients are `lines` instead.
fn with_recipients(sealed: &str, lines: impl IntoIterator<Item = String>) -> String {
    let (head, _) = sealed.split_once("  recipients:\n").unwrap();
    let mut lines: Vec<_> = lines.into_iter().collect();
    lines.sort();
    lines.into_iter().fold(format!("{head}  recipients:\n"), |text, line| text + "    - " + &line + "\n")
}

#[test]
fn a_metadata_block_made_to_be_slow_is_refused_in_time() {
    let desk = Desk::new();
    desk.write("a.secret.yaml", "a: hunter2\n");
    desk.dekko(["encrypt", "a.secret.yaml"]).ok();
    let sealed = desk.read("a.secret.yaml");
    let own = sealed.lines().find_map(|line| line.strip_prefix("    - ")).unwrap();
    let (rid, _) = own.split_once(' ').unwrap();
    let wrap = |bytes: &[u8]| format!("{rid} {}", BASE64_URL_SAFE_NO_PAD.encode(bytes));
    let many = |count: usize| (0..count).map(|n| own.replacen("age:", &format!("age{n:03}:"), 1));
    for (what, lines, status) in [
        ("129 recipients", many(129).collect::<Vec<_>>(), 3),
        ("100,000 recipients", many(100_000).collect(), 3),
        ("128 recipients of others", many(128).collect(), 4),
        ("10,000 stanzas", vec![wrap(header(stanza("X25519").repeat(10_000)).as_bytes())], 3),
        ("as many stanzas as fit", vec![wrap(header(stanza("X25519").repeat(75)).as_bytes())], 4),
        ("stanzas without bodies", vec![wrap(header("-> a\n\n".repeat(1300)).as_bytes())], 4),
        (
            "a slow passphrase",
            vec![wrap(header(format!("-> scrypt {} 63\n{}\n", "A".repeat(22), "A".repeat(43))).as_bytes())],
            4,
        ),
        ("no age file", vec![wrap(b"-> X25519")], 4),
        ("a megabyte of name", vec![format!("age:{} AAAA", "x".repeat(1 << 20))], 3),
        ("a megabyte of wrap", vec![format!("{rid} {}", "A".repeat(1 << 20))], 3),
        ("an escape in the name", vec!["\"age:\\e[2J AAAA\"".to_owned()], 3),
        ("another service", vec!["http://127.0.0.1:1/x AAAA".to_owned()], 4),
        ("no recipient", vec![], 3),
    ] {
        desk.write("b.yaml", with_recipients(&sealed, lines));
        for command in ["decrypt", "verify", "inspect", "explain", "rotate"] {
            let start = Instant::now();
            let output = finished(&mut desk.command([command, "b.yaml"]), "");
            assert!(start.elapsed() < PATIENCE, "{command} with {what} took {:?}", start.elapsed());
            check_harmless(&output, &format!("{command} with {what}"));
            if !["inspect", "explain"].contains(&command) {
                assert_eq!(output.status.code(), Some(status), "{command} with {what}: {output:?}");
            }
        }
    }
    // A whole file of another repository is a file of its own; a part of it is not.
    let other = Desk::new();
    other.write("x.secret.yaml", "a: hunter2\n");
    other.dekko(["encrypt", "-r", &desk.recipient(), "x.secret.yaml"]).ok();
    let foreign = other.read("x.secret.yaml");
    desk.write("c.yaml", &foreign);
    assert_eq!(desk.dekko(["decrypt", "c.yaml"]).ok().out(), "a: hunter2\n");
    let (value, _) = foreign.split_once("dekko:").unwrap();
    let (_, block) = sealed.split_once("dekko:").unwrap();
    desk.write("c.yaml", format!("{value}dekko:{block}"));
    desk.dekko(["decrypt", "c.yaml"]).fails(5);
}

/// A program that says that it ran, wherever a plugin of the name `evil` could be looked for.
fn with_evil_plugin(desk: &Desk) -> (String, String) {
    let ran = desk.home().join("ran");
    for name in ["age-plugin-evil", "bin/age-plugin-evil", "../home/bin/age-plugin-evil"] {
        desk.write("source", format!("#!/bin/sh\n: > '{}'\n", ran.display()));
        // A program of its own copies it: what any process still holds open for writing cannot be started.
        let mut install = Command::new("install");
        install.args(["-D", "-m", "755", "source", name]).current_dir(desk.work());
        assert!(install.status().unwrap().success());
    }
    let encoded =
        |prefix: &str| age_core::primitives::bech32_encode(bech32::Hrp::parse(prefix).unwrap(), &[1, 2, 3]);
    (encoded("age1evil"), encoded("age-plugin-evil-").to_uppercase())
}

#[test]
fn no_plugin_runs_that_the_user_did_not_allow_and_none_from_the_repository() {
    let desk = Desk::new();
    desk.write("a.secret.yaml", "a: hunter2\n");
    desk.dekko(["encrypt", "a.secret.yaml"]).ok();
    let sealed = desk.read("a.secret.yaml");
    let (recipient, identity) = with_evil_plugin(&desk);
    let wrap = BASE64_URL_SAFE_NO_PAD.encode(header(stanza("evil")));
    let lines = [&recipient, "age1evil1../../bin/sh"].map(|name| format!("age:{name} {wrap}"));
    desk.write("stranger.yaml", with_recipients(&sealed, lines));
    desk.write("dekko.toml", config("", "", &recipient));
    desk.write("plain.yaml", "a: hunter2\n");
    let ran = desk.home().join("ran");
    let absolute = format!("{}:/usr/bin:/bin", desk.home().join("bin").display());
    for (path, allowed, may_run) in [
        (absolute.as_str(), "", false),
        (absolute.as_str(), "other,evi,EVIL,../evil", false),
        (".::bin:./bin:../home/bin", "evil", false),
        ("", "evil", false),
        (absolute.as_str(), "other,evil", true),
    ] {
        for (arguments, status) in [
            (&["encrypt", "--yes", "plain.yaml"][..], 2),
            (&["encrypt", "-r", &recipient, "plain.yaml"], 2),
            (&["decrypt", "stranger.yaml"], 4),
            (&["edit", "stranger.yaml"], 4),
            (&["rotate", "stranger.yaml"], 4),
            (&["identities"], 0),
        ] {
            let _ = fs::remove_file(&ran);
            let mut command = desk.command(arguments);
            command.env("PATH", path).env("DEKKO_AGE_PLUGINS", allowed).env("DEKKO_AGE_KEY", &identity);
            let output = finished(&mut command, "");
            let is_plugins = may_run && status != 0;
            assert_eq!(ran.exists(), is_plugins, "{arguments:?} with PATH={path} and {allowed}: {output:?}");
            assert!(is_plugins || output.status.code() == Some(status), "{arguments:?}: {output:?}");
        }
        assert_eq!(desk.read("plain.yaml"), "a: hunter2\n");
    }
}

/// What a stranger's file and configuration make dekko do, seen by the kernel.
#[test]
#[ignore = "needs strace"]
fn nothing_is_started_and_nobody_is_called() {
    let desk = Desk::new();
    desk.write("a.secret.yaml", "a: hunter2\n");
    desk.dekko(["encrypt", "a.secret.yaml"]).ok();
    let (recipient, identity) = with_evil_plugin(&desk);
    let names =
        ["http:127.0.0.1", "aws:arn:aws:kms:eu:1:key/1", "gcp:projects/x", "vault:http://127.0.0.1:1/x"];
    let lines = names
        .iter()
        .map(|name| format!("{name} AAAA"))
        .chain([format!("age:{recipient} {}", BASE64_URL_SAFE_NO_PAD.encode(header(stanza("evil"))))]);
    desk.write("stranger.yaml", with_recipients(&desk.read("a.secret.yaml"), lines));
    desk.write("dekko.toml", config("", "", &recipient));
    desk.write("plain.yaml", "a: hunter2\n");
    let log = desk.home().join("trace");
    for arguments in [
        &["decrypt", "stranger.yaml"][..],
        &["get", "stranger.yaml", "a"],
        &["set", "stranger.yaml", "a"],
        &["rotate", "stranger.yaml"],
        &["verify", "stranger.yaml"],
        &["inspect", "stranger.yaml"],
        &["explain", "stranger.yaml"],
        &["recipients", "list", "stranger.yaml"],
        &["recipients", "add", "stranger.yaml", &recipient],
        &["encrypt", "plain.yaml"],
        &["edit", "stranger.yaml"],
        &["decrypt", "a.secret.yaml"],
        &["rotate", "a.secret.yaml"],
        &["identities"],
    ] {
        let plain = desk.command(arguments);
        let mut command = Command::new("strace");
        command.args(["-f", "-e", "trace=process,network", "-o"]).arg(&log);
        command.arg(plain.get_program()).args(plain.get_args()).current_dir(desk.work()).env_clear();
        command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command.env("EDITOR", "/bin/false").env("SSH_AUTH_SOCK", desk.home().join("agent"));
        command.env("DEKKO_AGE_KEY", &identity);
        let output = finished(&mut command, "x");
        let is_strange = ["decrypt", "get", "set", "rotate", "verify"].contains(&arguments[0])
            && arguments[1] == "stranger.yaml";
        assert!(!is_strange || output.status.code() == Some(4), "{arguments:?}: {output:?}");
        let trace = fs::read_to_string(&log).expect("strace runs");
        let count = |call: &str| trace.lines().filter(|line| line.contains(call)).count();
        assert_eq!(count("execve("), 1, "{arguments:?} {output:?}\n{trace}");
        for call in ["fork(", "clone(", "clone3(", "socket(", "connect(", "socketpair(", "bind("] {
            assert_eq!(count(call), 0, "{arguments:?} calls {call}\n{trace}");
        }
    }
}
