//! Runs over many files that are killed, interrupted, or met by others: nothing is torn, and `--continue` does what is left.

use std::fs;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::bulk::Office;

/// The same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// An office of me, bob, carol, dora and erin, with `files` files of `values` values that I, bob and carol read.
struct Move {
    office: Office,
    names: Vec<String>,
    values: usize,
}

impl Move {
    fn new(files: usize, values: usize) -> Self {
        let office = Office::new(&["bob", "carol", "dora", "erin"]);
        office.rule(&["me", "bob", "carol"]);
        let names: Vec<String> = (0..files)
            .map(|number| match number % 7 {
                0 => format!("secrets/team {}/-{number}.yaml", number % 5),
                _ => format!("secrets/team{}/{number}.yaml", number % 11),
            })
            .collect();
        let this = Self { office, names, values };
        this.office.encrypt(&this.names, |name| this.text(name));
        this
    }

    fn text(&self, name: &str) -> String {
        (0..self.values).map(|value| format!("key_{value}: hunter2-{value}-{}\n", name.len())).collect()
    }

    /// What of each file is replaced with it.
    fn inodes(&self) -> Vec<u64> {
        self.names.iter().map(|name| fs::metadata(self.office.desk().path(name)).unwrap().ino()).collect()
    }

    fn deks(&self) -> Vec<String> {
        self.names.iter().map(|name| self.office.field(name, "dek").unwrap()).collect()
    }

    fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.office.desk().command(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    /// Starts dekko with `arguments` and sends `signal` when it has replaced `count` files; whether it was still at work.
    fn interrupt(&self, arguments: &[&str], count: usize, signal: Signal) -> (bool, String) {
        let before = self.inodes();
        let mut child = self.start(arguments);
        let mut stderr = child.stderr.take().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let reader = thread::spawn(move || {
            let mut text = String::new();
            stderr.read_to_string(&mut text).unwrap();
            text
        });
        let sink = thread::spawn(move || stdout.read_to_end(&mut Vec::new()));
        let is_at_work = loop {
            let replaced = self.inodes().iter().zip(&before).filter(|(now, before)| now != before).count();
            if replaced >= count {
                break kill_process(Pid::from_raw(child.id().cast_signed()).unwrap(), signal).is_ok();
            }
            if child.try_wait().unwrap().is_some() {
                break false;
            }
            thread::sleep(Duration::from_micros(300));
        };
        let status = child.wait().unwrap();
        sink.join().unwrap().unwrap();
        (is_at_work && !status.success(), reader.join().unwrap())
    }

    /// Runs `first`, then with `--continue`, and kills it at random places until it ends; how often it was killed at work.
    fn killed(&self, first: &[&str], dice: &mut Dice, kills: usize) -> usize {
        let command = if first[0] == "recipients" { &first[..2] } else { &first[..1] };
        let go_on = [command, &["--continue"]].concat();
        let share = self.names.len() / (kills + 1);
        let mut killed = 0;
        for round in 0..kills {
            let arguments = if round == 0 { first } else { &go_on[..] };
            // Killed before it has begun, a run leaves nothing to go on with.
            let count = dice.below(share * 2).max(usize::from(round == 0));
            killed += usize::from(self.interrupt(arguments, count, Signal::KILL).0);
            self.check_whole();
        }
        self.office.desk().dekko(&go_on).ok();
        self.office.desk().dekko(&go_on).ok().says("no unfinished run");
        killed
    }

    /// Every file is whole: it verifies.
    fn check_whole(&self) {
        let words = ["verify", "-q", "--"].map(str::to_owned).into_iter().chain(self.names.iter().cloned());
        self.office.desk().dekko(words).ok();
    }

    /// Every file holds what it held, and `readers` and nobody else can read it; the files of `sample` are decrypted as each.
    fn check(&self, readers: &[&str], sample: usize) {
        let desk = self.office.desk();
        for name in &self.names {
            let text = desk.read(name);
            assert_eq!(text.matches("- age:age1").count(), readers.len(), "{name}");
            assert!(readers.iter().all(|reader| text.contains(&self.office.key(reader))), "{name}");
        }
        for name in self.names.iter().step_by(self.names.len().div_ceil(sample)) {
            assert_eq!(desk.dekko(["decrypt", "--", name]).ok().out(), self.text(name), "{name}");
            for reader in ["bob", "carol", "dora", "erin"] {
                assert_eq!(self.office.reads(reader, name), readers.contains(&reader), "{name} {reader}");
            }
        }
        let folders = fs::read_dir(desk.path("secrets")).unwrap().map(|folder| folder.unwrap().path());
        let strays = folders.flat_map(|folder| fs::read_dir(folder).unwrap());
        assert_eq!(strays.count(), self.names.len(), "a temporary file was left");
    }
}

/// `files` files are moved from one set of recipients to another, then rotated, by runs that are killed again and again.
fn survive(files: usize, values: usize, kills: usize) {
    let (moved, mut dice) = (Move::new(files, values), Dice(files as u64));
    let desk = moved.office.desk();
    let before = moved.deks();
    // Two come: no data key changes.
    moved.office.rule(&["me", "bob", "carol", "dora", "erin"]);
    let first = moved.killed(&["rewrap", "--all", "--yes"], &mut dice, kills);
    moved.check(&["me", "bob", "carol", "dora", "erin"], 10);
    assert_eq!(moved.deks(), before);
    // Two leave: every data key does, once.
    moved.office.rule(&["me", "dora", "erin"]);
    let second = moved.killed(&["rewrap", "--all"], &mut dice, kills);
    moved.check(&["me", "dora", "erin"], 10);
    check_succession(&moved, &before);
    desk.dekko(["rewrap", "--all", "--plan"]).ok();
    // A new data key for every file, and no file gets two.
    let before = moved.deks();
    let third = moved.killed(&["rotate", "--all"], &mut dice, kills);
    moved.check(&["me", "dora", "erin"], 10);
    check_succession(&moved, &before);
    // By name, on files that were named.
    let words = ["recipients", "remove", "--yes", "-r", "erin", "--"];
    let words: Vec<&str> = words.into_iter().chain(moved.names.iter().map(String::as_str)).collect();
    let before = moved.deks();
    let fourth = moved.killed(&words, &mut dice, kills);
    moved.check(&["me", "dora"], 10);
    check_succession(&moved, &before);
    println!("{files} files: killed at work {first}, {second}, {third} and {fourth} times of {kills}");
    assert!(first + second + third + fourth >= kills * 3, "they ended before they were killed");
}

/// Each file has a new data key, and the one before it is that of `before`.
fn check_succession(moved: &Move, before: &[String]) {
    for (name, before) in moved.names.iter().zip(before) {
        let prev = moved.office.field(name, "prev").unwrap();
        assert_eq!(prev.split('.').next(), Some(before.as_str()), "{name} was rotated twice, or never");
    }
}

#[test]
fn a_move_that_is_killed_again_and_again_ends_as_if_it_had_not_been() {
    survive(40, 3, 4);
}

#[test]
#[ignore = "minutes in a build that is not optimised: `make test-long`"]
fn a_move_of_500_files_that_is_killed_again_and_again_ends_as_if_it_had_not_been() {
    survive(500, 20, 12);
}

#[test]
fn an_interrupt_ends_a_run_between_two_files() {
    let moved = Move::new(30, 3);
    let before = moved.deks();
    for signal in [Signal::INT, Signal::TERM] {
        let go_on: &[&str] =
            if signal == Signal::INT { &["rotate", "--all"] } else { &["rotate", "--continue"] };
        let (is_at_work, said) = moved.interrupt(go_on, 3, signal);
        assert!(is_at_work && said.contains("are left") && said.contains("rotate --continue"), "{said}");
        moved.check_whole();
    }
    moved.office.desk().dekko(["rotate", "--continue"]).ok();
    check_succession(&moved, &before);
    moved.check(&["me", "bob", "carol"], 3);
}

/// A command that holds dekko up while it looks for identities, until the file `go` is there; the real identity then.
fn held_up(moved: &Move, command: &mut Command) {
    let desk = moved.office.desk();
    let key = desk.home().join(".config/dekko/keys.txt");
    let wait = format!(
        "touch '{0}/held'; until test -e '{0}/go'; do sleep 0.01; done; cat '{1}'",
        desk.home().display(),
        key.display()
    );
    command.env("XDG_CONFIG_HOME", desk.path("nowhere")).env("DEKKO_AGE_KEY_CMD", wait);
}

fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(20), "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_second_run_at_a_time_says_so_and_what_others_change_meanwhile_stays() {
    let moved = Move::new(6, 2);
    let desk = moved.office.desk();
    let mut command = desk.command(["rotate", "--all"]);
    held_up(&moved, &mut command);
    let first = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    wait_until("the first run begins", || desk.home().join("held").exists());
    let before = moved.deks();
    desk.dekko(["rotate", "--all"]).fails(7).says("another dekko");
    desk.dekko(["rewrap", "--continue"]).fails(7).says("another dekko");
    // One file by itself waits for nobody: each is compared before it is replaced.
    desk.dekko(["rotate", "--", &moved.names[0]]).ok();
    desk.dekko(["rotate", "--all", "--plan"]).ends(1);
    let theirs = desk.read(&moved.names[0]);
    fs::write(desk.home().join("go"), "").unwrap();
    let output = first.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    // The first two workers had read their files when the other rotated one of them; the rest was read later.
    match output.status.code() {
        Some(7) => {
            assert!(said.contains("changed on disk") && said.contains("5 changed"), "{said}");
            assert_eq!(desk.read(&moved.names[0]), theirs);
            desk.dekko(["rotate", "--continue"]).ok();
            assert_eq!(desk.read(&moved.names[0]), theirs, "it has a new data key already");
        }
        other => assert_eq!(other, Some(0), "{said}"),
    }
    assert!(moved.deks().iter().zip(&before).all(|(now, before)| now != before));
    assert_eq!(desk.dekko(["decrypt", "--", &moved.names[1]]).ok().out(), moved.text(&moved.names[1]));
}
