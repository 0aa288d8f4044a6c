//! Whatever happens while a file is changed, it holds the old text or the new one, whole, and no plain text lies about.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::desk::{Desk, MARKER};

/// The file that everything happens to; a comment and a plain key show that nothing else moves.
const FILE: &str = "a.secret.yaml";
const PLAIN: &str = "# database\ndb:\n  password: hunter2-old\n  user: hunter2-bob\n";

/// Changes of a file, each from the text that stands in it before.
const CHANGES: &[(&[&str], &str, bool)] = &[
    (&["set", FILE, "db.password"], "hunter2-new", true),
    (&["set", FILE, "db.port"], "hunter2-new", true),
    (&["unset", FILE, "db.user"], "", true),
    (&["rotate", FILE], "", true),
    (&["edit", FILE], "", true),
    (&["decrypt", "--in-place", FILE], "", true),
    (&["encrypt", FILE], "", false),
];

/// A desk where `FILE` is encrypted or plain.
fn desk(is_sealed: bool) -> Desk {
    let desk = Desk::new();
    desk.write(FILE, PLAIN);
    if is_sealed {
        desk.dekko(["encrypt", FILE]).ok();
    }
    fs::set_permissions(desk.path(FILE), Permissions::from_mode(0o640)).unwrap();
    desk
}

/// The editor of all changes.
const EDITOR: &str = "sed -i s/hunter2-old/hunter2-new/";

/// `command` with the editor and the input that the changes need, run to its end.
fn changed(command: &mut Command, input: &str) -> Output {
    finished(command.env("EDITOR", EDITOR), input)
}

/// `command` with `input`, run to its end.
pub fn finished(command: &mut Command, input: &str) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    std::io::Write::write_all(&mut child.stdin.take().expect("a pipe"), input.as_bytes()).ok();
    child.wait_with_output().expect("it ends")
}

/// The file holds the text from before, or what the change makes of it, whole; anything that lies beside it is no plain
/// text, and gone unless dekko was killed.
fn check(desk: &Desk, before: &[u8], output: &Output, what: &str) {
    let now = desk.bytes(FILE);
    let stderr = String::from_utf8_lossy(&output.stderr);
    let is_killed = output.status.signal().is_some() || output.status.code() == Some(137);
    assert!(!stderr.contains(MARKER), "{what}: {stderr}");
    if now == before {
        assert!(!output.status.success(), "{what}: status 0, and nothing was done");
    } else if now.starts_with(b"# database\ndb:\n  password: hunter2") {
        assert_eq!(now, PLAIN.as_bytes(), "{what}: torn");
    } else {
        let text = desk.dekko(["decrypt", FILE]).ok().out();
        assert!(text.starts_with("# database\ndb:\n") && text.contains(MARKER), "{what}: {text}");
        let is_unsynced = stderr.contains("cannot sync the folder");
        assert!(output.status.success() || is_killed || is_unsynced, "{what}: done, and yet {stderr}");
    }
    let mut strays = Vec::new();
    for path in fs::read_dir(desk.work()).unwrap().map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name != FILE && name != "dekko.toml" {
            let holds_plain_text = fs::read_to_string(&path).is_ok_and(|text| text.contains(MARKER));
            assert!(!holds_plain_text || what.contains("decrypt"), "{what}: plain text in {name}");
            assert_eq!(fs::metadata(&path).unwrap().mode() & 0o137, 0, "{what}: {name} is open to others");
            strays.push(name);
        }
    }
    assert!(is_killed || strays.is_empty(), "{what} left {strays:?}");
}

/// The same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

#[test]
fn a_kill_at_any_moment_loses_nothing() {
    let (mut dice, mut kills, mut done) = (Dice(1), 0, 0);
    for (arguments, input, is_sealed) in CHANGES {
        let desk = desk(*is_sealed);
        let before = desk.bytes(FILE);
        let start = Instant::now();
        assert!(changed(&mut desk.command(*arguments), input).status.success());
        let length = u64::try_from(start.elapsed().as_micros()).unwrap();
        for _ in 0..30 {
            fs::write(desk.path(FILE), &before).unwrap();
            let mut command = desk.command(*arguments);
            command.env("EDITOR", EDITOR);
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
            let mut child = command.spawn().unwrap();
            std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes()).ok();
            thread::sleep(Duration::from_micros(dice.below(length + length / 4)));
            child.kill().unwrap();
            let output = child.wait_with_output().unwrap();
            kills += usize::from(output.status.signal().is_some());
            done += usize::from(desk.bytes(FILE) != before);
            check(&desk, &before, &output, &format!("a killed {arguments:?}"));
        }
        // The next one does not mind what the killed ones left, and takes it away.
        fs::write(desk.path(FILE), &before).unwrap();
        let output = changed(&mut desk.command(*arguments), input);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(fs::read_dir(desk.work()).unwrap().count(), 2, "{arguments:?}");
    }
    println!("{kills} of 210 were killed, {done} were done before");
    assert!(kills > 50 && done > 5, "{kills} kills, {done} done: the moments are no moments of the work");
}

#[test]
fn of_eight_writers_at_once_each_is_done_or_says_that_it_is_not() {
    let desk = desk(true);
    let (done, refused) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for writer in 0..8 {
            let (desk, done, refused) = (&desk, &done, &refused);
            scope.spawn(move || {
                for round in 0..4 {
                    let key = format!("writer{writer}.round{round}");
                    // Until it is done: an update that was called done and is missing in the end was lost.
                    for attempt in 0.. {
                        let output = changed(&mut desk.command(["set", FILE, &key]), "hunter2");
                        if output.status.success() {
                            done.fetch_add(1, Ordering::SeqCst);
                            break;
                        }
                        let stderr = String::from_utf8_lossy(&output.stderr);
                        let is_told =
                            stderr.contains("changed on disk") || stderr.contains("holds the folder");
                        assert!(is_told && attempt < 1000, "{stderr}");
                        refused.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
    });
    let text = desk.dekko(["decrypt", FILE]).ok().out();
    assert_eq!(text.matches("round").count(), 32, "{text}");
    assert_eq!(fs::read_dir(desk.work()).unwrap().count(), 2);
    println!("{done:?} updates, {refused:?} refused and tried again");
}

/// Every system call that the work itself makes, once with each fault.
#[test]
#[ignore = "needs strace"]
fn a_fault_at_any_system_call_loses_nothing() {
    const CALLS: &[&str] = &[
        "openat",
        "read",
        "write",
        "fsync",
        "linkat",
        "fchmod",
        "fchown",
        "flock",
        "renameat",
        "renameat2",
        "unlinkat",
        "getdents64",
        "close",
        "fstat",
        "statx",
        "newfstatat",
        "faccessat2",
        "readlink",
        "getrandom",
        "mkdir",
        "fcntl",
        "linkat",
        "statfs",
        "rmdir",
    ];
    const FAULTS: &[&str] = &["signal=KILL", "error=ENOSPC", "error=EIO", "error=EACCES", "error=EINTR"];
    let mut count = 0;
    for (arguments, input, is_sealed) in CHANGES.iter().filter(|(arguments, ..)| arguments[0] != "edit") {
        let desk = desk(*is_sealed);
        let before = desk.bytes(FILE);
        let log = desk.home().join("trace");
        let traced = |options: &[String]| {
            fs::write(desk.path(FILE), &before).unwrap();
            let plain = desk.command(*arguments);
            let mut command = Command::new("strace");
            command
                .args(["-f", "-o"])
                .arg(&log)
                .args(options)
                .arg(plain.get_program())
                .args(plain.get_args());
            command.current_dir(desk.work()).env_clear();
            command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
            changed(&mut command, input)
        };
        assert!(traced(&[]).status.success(), "{arguments:?} under strace");
        let trace = fs::read_to_string(&log).unwrap();
        // What the loader does before is not ours.
        let own = trace.find("PR_SET_DUMPABLE").expect("dekko makes itself private first");
        for call in CALLS {
            let calls = |text: &str| text.lines().filter(|line| line.contains(&format!(" {call}("))).count();
            for number in calls(&trace[..own]) + 1..=calls(&trace) {
                for fault in FAULTS {
                    let inject = format!("--inject={call}:{fault}:when={number}");
                    let output = traced(std::slice::from_ref(&inject));
                    check(&desk, &before, &output, &format!("{arguments:?} with {inject}"));
                    remove_strays(&desk);
                    count += 1;
                }
            }
        }
    }
    println!("{count} faults injected");
    assert!(count > 500, "{count} faults are too few to have met the work");
}

fn remove_strays(desk: &Desk) {
    for path in fs::read_dir(desk.work()).unwrap().map(|entry| entry.unwrap().path()) {
        if path.extension().is_some_and(|end| end == "tmp") {
            fs::remove_file(path).unwrap();
        }
    }
}

#[test]
fn a_limit_on_the_size_of_files_is_an_error_and_no_death() {
    for (arguments, input, is_sealed) in CHANGES.iter().filter(|(arguments, ..)| arguments[0] != "edit") {
        let desk = desk(*is_sealed);
        let before = desk.bytes(FILE);
        let plain = desk.command(*arguments);
        let mut command = desk.command([""; 0]);
        let program = command.get_program().to_owned();
        let variables: Vec<_> =
            command.get_envs().map(|(name, value)| (name.to_owned(), value.unwrap().to_owned())).collect();
        command = Command::new("sh");
        command.args(["-c", "ulimit -f 0; exec \"$0\" \"$@\""]).arg(program).args(plain.get_args());
        command.current_dir(desk.work()).env_clear().envs(variables);
        let output = changed(&mut command, input);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(7), "{arguments:?}: {stderr}");
        assert_eq!(desk.bytes(FILE), before, "{arguments:?}");
        check(&desk, &before, &output, &format!("{arguments:?} without room"));
    }
}

#[test]
#[ignore = "needs to mount a file system: root, or user namespaces"]
fn a_full_file_system_loses_nothing() {
    let desk = desk(true);
    let line = "mount -t tmpfs -o size=16k,mode=700 tmpfs \"$HOME/small\" && cp a.secret.yaml dekko.toml \"$HOME/small\" && \
                cd \"$HOME/small\" && cp a.secret.yaml ../before && { head -c 100000 /dev/zero > filler; \
                printf hunter2-new | \"$DEKKO\" set a.secret.yaml db.password; echo $? > ../status; \
                cmp a.secret.yaml ../before && ls -A > ../left && rm filler && \
                printf hunter2-new | \"$DEKKO\" set a.secret.yaml db.password && \"$DEKKO\" get a.secret.yaml db.password; }";
    fs::create_dir(desk.home().join("small")).unwrap();
    let plain = desk.command([""; 0]);
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", line]).current_dir(desk.work()).env_clear();
    command.envs(plain.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = finished(command.env("DEKKO", plain.get_program()), "");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{stderr}");
    assert_eq!(output.stdout, b"hunter2-new\n", "{stderr}");
    let read = |name: &str| fs::read_to_string(desk.home().join(name)).unwrap();
    assert_eq!(
        (read("status").as_str(), read("left").as_str()),
        ("7\n", "a.secret.yaml\ndekko.toml\nfiller\n")
    );
    assert!(stderr.contains("No space left"), "{stderr}");
}

/// Root may write everywhere: then somebody else has to try.
pub fn as_somebody(desk: &Desk, arguments: &[&str], editor: &str, input: &str) -> Output {
    let mut command = desk.command(arguments);
    if fs::metadata(desk.work()).unwrap().uid() == 0 {
        let copy = desk.home().join("dekko");
        // A program of its own copies it: what any process still holds open for writing cannot be started.
        Command::new("cp").arg(command.get_program()).arg(&copy).status().unwrap();
        let variables: Vec<_> =
            command.get_envs().map(|(name, value)| (name.to_owned(), value.unwrap().to_owned())).collect();
        command = Command::new(copy);
        command.args(arguments).current_dir(desk.work()).env_clear().envs(variables).uid(65534);
        let top = desk.work().parent().unwrap().to_owned();
        Command::new("chown").args(["-R", "65534"]).arg(top).status().unwrap();
    }
    finished(command.env("EDITOR", editor), input)
}

#[test]
fn a_folder_or_file_that_is_read_only_is_refused_before_anything_is_asked() {
    for (name, mode) in [("", 0o555), (FILE, 0o440)] {
        for (arguments, input, is_sealed) in CHANGES {
            let desk = desk(*is_sealed);
            let before = desk.bytes(FILE);
            fs::remove_file(desk.home().join(".config/dekko/keys.txt")).unwrap();
            fs::set_permissions(desk.path(name), Permissions::from_mode(mode)).unwrap();
            let output = as_somebody(&desk, arguments, EDITOR, input);
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(7), "{arguments:?}: {stderr}");
            assert!(stderr.contains("cannot write here"), "{arguments:?}: {stderr}");
            assert_eq!(desk.bytes(FILE), before);
            fs::set_permissions(desk.work(), Permissions::from_mode(0o755)).unwrap();
        }
    }
}

#[test]
fn modes_and_links_stay_and_what_is_no_file_of_its_own_is_refused() {
    for (arguments, input, is_sealed) in CHANGES {
        let desk = desk(*is_sealed);
        let before = desk.bytes(FILE);
        fs::rename(desk.path(FILE), desk.path("real.secret.yaml")).unwrap();
        symlink("real.secret.yaml", desk.path(FILE)).unwrap();
        let output = changed(&mut desk.command(*arguments), input);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(desk.path(FILE).is_symlink() && desk.bytes("real.secret.yaml") != before, "{arguments:?}");
        let mode = if arguments[0] == "decrypt" { 0o600 } else { 0o640 };
        assert_eq!(
            fs::metadata(desk.path("real.secret.yaml")).unwrap().mode() & 0o7777,
            mode,
            "{arguments:?}"
        );
        fs::write(desk.path("real.secret.yaml"), &before).unwrap();
        fs::hard_link(desk.path("real.secret.yaml"), desk.path("second")).unwrap();
        let refused = |words: &str| {
            let start = Instant::now();
            let output = changed(&mut desk.command(*arguments), input);
            let stderr = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(7), "{arguments:?}: {stderr}");
            assert!(stderr.contains(words), "{arguments:?}: {stderr}");
            assert!(start.elapsed() < Duration::from_secs(10), "{arguments:?} waited");
            fs::remove_file(desk.path(FILE)).unwrap();
        };
        refused("several names");
        assert_eq!(desk.bytes("second"), before);
        assert!(Command::new("mkfifo").arg(desk.path(FILE)).status().unwrap().success());
        refused("not a regular file");
        symlink("/dev/zero", desk.path(FILE)).unwrap();
        refused("not a regular file");
        symlink(desk.home(), desk.path(FILE)).unwrap();
        refused("directory");
        symlink(FILE, desk.path(FILE)).unwrap();
        refused("symbolic links");
    }
}

#[test]
fn no_link_of_a_repository_leads_a_write_out_of_it() {
    let desk = desk(true);
    let outside = desk.home().join("outside");
    fs::create_dir(&outside).unwrap();
    fs::write(outside.join("config.yaml"), PLAIN).unwrap();
    fs::copy(desk.path(FILE), outside.join(FILE)).unwrap();
    fs::create_dir(desk.path(".git")).unwrap();
    symlink(&outside, desk.path("secrets")).unwrap();
    symlink(outside.join("new"), desk.path("new")).unwrap();
    fs::rename(desk.path("dekko.toml"), desk.path("rules")).unwrap();
    symlink(outside.join("dekko.toml"), desk.path("dekko.toml")).unwrap();
    let me = desk.recipient();
    let other = desk.keygen("../home/other.txt");
    let files = || {
        let paths = fs::read_dir(&outside).unwrap().map(|entry| entry.unwrap().path());
        paths.map(|path| (fs::read(&path).unwrap(), path)).collect::<Vec<_>>()
    };
    let before = files();
    for arguments in [
        &["encrypt", "-r", &me, "secrets/config.yaml"][..],
        &["encrypt", "-r", &me, "-o", "new", "rules"],
        &["encrypt", "-r", &me, "--type", "toml", "-o", "secrets/new", "rules"],
        &["decrypt", "-o", "secrets/new", FILE],
        &["decrypt", "-o", "new", FILE],
        &["decrypt", "-o", "new", "--force", FILE],
        &["decrypt", "--in-place", "secrets/a.secret.yaml"],
        &["set", "secrets/a.secret.yaml", "db.password"],
        &["rotate", "secrets/a.secret.yaml"],
        &["recipients", "add", "secrets/a.secret.yaml", &other],
        &["edit", "secrets/a.secret.yaml"],
        &["keygen", "-o", "new"],
        &["init"],
    ] {
        let output = changed(&mut desk.command(arguments), "x");
        let status = if arguments == ["init"] { 2 } else { 7 };
        assert_eq!(output.status.code(), Some(status), "{arguments:?}: {output:?}");
        assert_eq!(before, files(), "{arguments:?}");
    }
}
