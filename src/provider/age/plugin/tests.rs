//! The rules for plugins, with plugins that are a few lines of shell.
#![cfg(unix)]

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{Plugin, is_name, read_identity};
use crate::crypto::{DataKey, FileId};
use crate::provider::age::tests::Desk;
use crate::provider::{Wrap, identities, recipient, unwrap, wrap};

const FILE: FileId = FileId([7; 16]);
const PATIENCE: Duration = Duration::from_secs(30);

/// A plugin that hides the file key in plain sight.
const SPEAKS: &str = r#"
case "$1" in
--age-plugin=recipient-v1)
  while read -r line; do
    case "$line" in
    "-> wrap-file-key") read -r key ;;
    "-> done") read -r _; break ;;
    esac
  done
  printf -- '-> msg\nSGkbWzFtISEK\n'; read -r _; read -r _
  printf -- '-> grease x y\n\n'; read -r reply; read -r _
  [ "$reply" = "-> unsupported" ] || exit 1
  printf -- '-> recipient-stanza 0 demo arg\n%s\n' "$key"; read -r _; read -r _
  ;;
--age-plugin=identity-v1)
  while read -r line; do
    case "$line" in
    "-> recipient-stanza 0 demo arg") read -r key ;;
    "-> done") read -r _; break ;;
    esac
  done
  if [ -n "$key" ]; then
    printf -- '-> confirm eWVz bm8\nVG91Y2g\n'; read -r reply; read -r _
    if [ "$reply" = "-> ok yes" ]; then printf -- '-> file-key 0\n%s\n' "$key"
    else printf -- '-> error identity 0\nTm90IHRvdWNoZWQ\n'; fi
    read -r _; read -r _
  fi
  ;;
esac
printf -- '-> done\n\n'
"#;

/// The beginning of a plugin that hears its client out.
const LISTENS: &str = r#"
PATH=/usr/bin:/bin
while read -r line; do
  [ "$line" != "-> done" ] || { read -r _; break; }
done
"#;

fn encode(prefix: &str) -> String {
    age_core::primitives::bech32_encode(bech32::Hrp::parse(prefix).unwrap(), &[1, 2, 3])
}

fn identity_of(name: &str) -> String {
    encode(&format!("age-plugin-{name}-")).to_uppercase()
}

/// A desk with a plugin `demo` of these lines on PATH, allowed, and an identity for it.
fn desk_with_plugin(script: &str) -> Desk {
    let mut desk = Desk::new();
    install(&desk, "bin/age-plugin-demo", script);
    desk.set("PATH", desk.home.path().join("bin"));
    desk.set("DEKKO_AGE_PLUGINS", "other, demo");
    desk.set("DEKKO_AGE_KEY", identity_of("demo"));
    desk
}

fn install(desk: &Desk, name: &str, script: &str) -> PathBuf {
    let source = desk.write("script", format!("#!/bin/sh\n{script}"));
    let path = desk.home.path().join(name);
    // A program of its own copies it: a file that any process still holds open for writing cannot be started.
    let status = Command::new("install").args(["-D", "-m", "755"]).arg(source).arg(&path).status().unwrap();
    assert!(status.success());
    path
}

/// A wrap for the plugin `demo`, made with one that works.
fn demo_wrap() -> (String, Vec<u8>) {
    let desk = desk_with_plugin(SPEAKS);
    let rid = recipient(&encode("age1demo")).unwrap();
    let bytes = wrap(&rid, &FILE, &DataKey::new([42; 32]), &desk.session()).unwrap();
    (rid, bytes)
}

/// The reasons why `desk` does not open a wrap for the plugin.
fn reasons(desk: &Desk) -> Vec<String> {
    let (rid, bytes) = demo_wrap();
    let session = desk.session().with_patience(Duration::from_millis(400));
    match unwrap(&[Wrap { rid: &rid, bytes: &bytes }], &FILE, &session, &|_| true) {
        Err(crate::error::Error::NoIdentity { attempts, .. }) => {
            attempts.into_iter().map(|attempt| format!("{}: {}", attempt.source, attempt.reason)).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_plugin_wraps_and_unwraps_and_its_words_reach_the_person_harmless() {
    let desk = desk_with_plugin(SPEAKS).with_person("");
    desk.open(&[&encode("age1demo")]).unwrap();
    let heard = desk.person.heard.lock().unwrap();
    assert_eq!(*heard, [r"age-plugin-demo: Hi\x1b[1m!!\n", r#"age-plugin-demo: Touch yes Some("no")"#]);
}

#[test]
fn nobody_there_means_that_no_question_is_answered() {
    assert_eq!(reasons(&desk_with_plugin(SPEAKS)), ["age-plugin-demo: age-plugin-demo: Not touched"]);
}

#[test]
fn a_plugin_that_nobody_allowed_does_not_run() {
    let mut desk = desk_with_plugin("touch \"$0.ran\"");
    desk.variables.retain(|(name, _)| name != "DEKKO_AGE_PLUGINS");
    let reasons = reasons(&desk);
    assert!(reasons[0].contains("DEKKO_AGE_PLUGINS=demo"), "{reasons:?}");
    let session = desk.session();
    let rid = recipient(&encode("age1demo")).unwrap();
    let error = wrap(&rid, &FILE, &DataKey::new([42; 32]), &session).unwrap_err();
    assert_eq!(error.status(), 2);
    assert!(error.to_string().contains("DEKKO_AGE_PLUGINS=demo"));
    assert!(!desk.home.path().join("bin/age-plugin-demo.ran").exists());
    assert!(Plugin::find("demo", &session.with_plugins(["demo".to_owned()]), PATIENCE).is_ok());
}

#[test]
fn plugins_are_found_in_absolute_entries_of_path_alone() {
    let desk = desk_with_plugin("exit 0");
    let found = |path: &str| {
        let mut desk = Desk { home: tempfile::tempdir().unwrap(), ..Desk::new() };
        desk.set("DEKKO_AGE_PLUGINS", "demo");
        desk.set("PATH", path);
        Plugin::find("demo", &desk.session(), PATIENCE).map(|plugin| plugin.path)
    };
    let bin = desk.home.path().join("bin");
    let program = bin.join("age-plugin-demo");
    // From the folder that the test runs in, the relative entry would lead to the plugin, too.
    let up = "../".repeat(std::env::current_dir().unwrap().components().count() - 1);
    let relative = format!("{up}{}", bin.strip_prefix("/").unwrap().display());
    assert!(PathBuf::from(&relative).join("age-plugin-demo").exists());
    for path in ["", ".", ":", "bin", &relative, &format!(".:{relative}:")] {
        assert!(found(path).unwrap_err().contains("not installed"), "{path}");
    }
    for path in [bin.display().to_string(), format!(":.:{relative}:/nonexistent:{}", bin.display())] {
        assert_eq!(found(&path).unwrap(), program);
    }
    // What cannot run is passed over.
    let other = desk.write("other/age-plugin-demo", "x");
    let path = format!("{}:{}", other.parent().unwrap().display(), bin.display());
    assert_eq!(found(&path).unwrap(), program);
}

#[test]
fn a_plugin_gets_few_variables_and_runs_outside_the_repository() {
    let mut desk = desk_with_plugin("/usr/bin/env > \"$HOME/variables\"; pwd > \"$HOME/folder\"");
    for name in ["LD_PRELOAD", "GIT_DIR", "AWS_SECRET_ACCESS_KEY", "SOPS_AGE_KEY_FILE", "BASH_ENV"] {
        desk.set(name, "/nonexistent");
    }
    desk.set("LC_ALL", "C");
    assert_eq!(desk.variables.iter().filter(|(name, _)| name == "PATH").count(), 1);
    let bin = desk.home.path().join("bin").display().to_string();
    desk.variables.retain(|(name, _)| name != "PATH");
    desk.set("PATH", format!(".:{bin}:relative:"));
    let _ = reasons(&desk);
    let read = |name: &str| std::fs::read_to_string(desk.home.path().join(name)).unwrap();
    assert_eq!(read("folder"), "/\n");
    let variables = read("variables");
    let mut names: Vec<_> = variables.lines().filter_map(|line| Some(line.split_once('=')?.0)).collect();
    names.retain(|name| !["_", "PWD", "OLDPWD", "SHLVL"].contains(name));
    names.sort_unstable();
    assert_eq!(names, ["APPDATA", "HOME", "LC_ALL", "PATH", "USERPROFILE", "XDG_CONFIG_HOME"]);
    assert!(variables.contains(&format!("PATH={bin}\n")));
}

#[test]
fn a_plugin_that_hangs_is_ended_when_nobody_is_there() {
    let desk = desk_with_plugin("echo $$ > \"$HOME/pid\"; exec /bin/sleep 60");
    let start = Instant::now();
    assert_eq!(reasons(&desk), ["age-plugin-demo: it did not answer in time"]);
    assert!(start.elapsed() < Duration::from_secs(20));
    let pid = std::fs::read_to_string(desk.home.path().join("pid")).unwrap();
    let alive = Command::new("kill").args(["-0", pid.trim()]).stderr(Stdio::null()).status().unwrap();
    assert!(!alive.success());
}

#[test]
fn a_plugin_that_breaks_off_babbles_or_lies_is_a_reason_and_no_more() {
    let secret = "AAAAAAAAAAAAAAAAAAAAAA";
    for (script, words) in [
        ("exit 0", "ended before"),
        ("exit 1", "ended before"),
        ("echo hello", "does not speak"),
        ("yes | head -c 3000000", "does not speak"),
        ("head -c 3000000 /dev/zero", "ended before"),
        ("while printf -- '-> grease\\n\\n'; do :; done", "does not end what it says"),
        ("printf -- '-> file-key 0\\nAAAA\\n'; read -r _", "another length"),
        ("printf -- '-> error internal\\nd3Jvbmc\\n-> done\\n\\n'; read -r _", "age-plugin-demo: wrong"),
    ] {
        let reasons = reasons(&desk_with_plugin(&format!("{LISTENS}{script}")));
        assert!(reasons.len() == 1 && reasons[0].contains(words), "{script}: {reasons:?}");
    }
    // A wrong file key does not open the wrap.
    let script = format!("{LISTENS}printf -- '-> file-key 0\\n{secret}\\n-> done\\n\\n'; read -r _");
    assert_eq!(reasons(&desk_with_plugin(&script)), [""; 0]);
}

#[test]
fn a_plugin_that_does_not_wrap_is_a_service_that_failed() {
    let rid = recipient(&encode("age1demo")).unwrap();
    for (script, words) in [
        ("printf -- '-> error recipient 0\nd3Jvbmc\n-> done\n\n'; read -r _", "wrong"),
        ("printf -- '-> done\n\n'", "did not wrap"),
        ("exit 1", "ended before"),
        ("read -r _", "in time"),
    ] {
        let desk = desk_with_plugin(&format!("{LISTENS}{script}"));
        let session = desk.session().with_patience(Duration::from_millis(400));
        let error = wrap(&rid, &FILE, &DataKey::new([42; 32]), &session).unwrap_err();
        assert_eq!(error.status(), 6);
        assert!(error.to_string().contains(words), "{error}");
    }
}

#[test]
fn a_recipient_or_an_identity_cannot_name_a_path() {
    for name in ["", "a/b", "../x", "a b", "a\0", "é", "a\\b", &"x".repeat(65)] {
        assert!(!is_name(name), "{name}");
        let session = Desk::new().session().with_plugins([name.to_owned()]);
        assert!(Plugin::find(name, &session, PATIENCE).is_err());
    }
    for text in [encode("age1a/../b"), encode("age1../x"), encode("agex1demo"), encode("demo")] {
        assert_eq!(recipient(&text).unwrap_err().status(), 2, "{text}");
    }
    for name in ["a/../b", "../x", ""] {
        assert!(read_identity(&identity_of(name)).is_err(), "{name}");
    }
    assert_eq!(read_identity(&identity_of("yubi-key.2")).unwrap().0, "yubi-key.2");
}

#[test]
fn a_plugin_is_listed_without_being_run() {
    let desk = desk_with_plugin("touch \"$HOME/ran\"");
    let listed = identities(&desk.session());
    assert_eq!(listed[0].recipients, ["whatever age-plugin-demo opens"]);
    assert!(!desk.home.path().join("ran").exists());
}

#[test]
#[ignore = "needs real plugins: DEKKO_TEST_AGE_TOOLS=folder of age-plugin-pq, and --ignored"]
fn the_post_quantum_plugin_wraps_and_unwraps() {
    let tools =
        PathBuf::from(std::env::var_os("DEKKO_TEST_AGE_TOOLS").expect("DEKKO_TEST_AGE_TOOLS is not set"));
    let run = |name: &str, args: &[&str], input: &str| {
        let mut child = Command::new(tools.join(name))
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).unwrap();
        String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
    };
    let native = run("age-keygen", &["-pq"], "");
    let public = native.lines().find_map(|line| line.strip_prefix("# public key: ")).unwrap();
    let converted = run("age-plugin-pq", &["-identity"], &native);
    let mut desk = Desk::new();
    desk.set("PATH", &tools);
    desk.set("DEKKO_AGE_PLUGINS", "pq");
    desk.set("DEKKO_AGE_KEY", converted);
    let session = desk.session();
    // The recipient is too long for a file of version 1, so the rid is written by hand.
    let rid = format!("age:{public}");
    let bytes = wrap(&rid, &FILE, &DataKey::new([42; 32]), &session).unwrap();
    let key = unwrap(&[Wrap { rid: &rid, bytes: &bytes }], &FILE, &session, &|_| true).unwrap();
    assert_eq!(key.expose(), &[42; 32]);
}
