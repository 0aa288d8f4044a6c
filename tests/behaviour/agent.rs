//! The data-key agent: what it keeps, for whom, for how long, and that nothing depends on it.
#![cfg(unix)]

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::desk::{Desk, Ended, Run};

const FILE: &str = "app.secret.yaml";

/// A desk with an encrypted file, whose agent ends with the test.
struct Office(Desk);

impl Drop for Office {
    fn drop(&mut self) {
        let _ = self.0.dekko(["agent", "stop"]);
    }
}

impl Office {
    fn new() -> Self {
        let desk = Desk::new();
        desk.write(FILE, "v: hunter2-v\n");
        desk.dekko(["encrypt", FILE]).ok();
        let run = fs::Permissions::from_mode(0o700);
        fs::set_permissions(desk.home().with_file_name("run"), run).expect("closed to others");
        Self(desk)
    }

    fn folder(&self) -> PathBuf {
        self.0.home().with_file_name("run").join("dekko")
    }

    /// `dekko` for somebody who has no identity.
    fn without_identity(&self, arguments: &[&str]) -> Run {
        let mut command = self.0.command(arguments);
        command.env("XDG_CONFIG_HOME", self.0.home().join("nothing"));
        self.0.run(command, b"")
    }

    fn keys(&self) -> u64 {
        let state = self.0.dekko(["agent", "status", "--json"]).ok().out();
        let state: serde_json::Value = serde_json::from_str(&state).expect("JSON");
        state["keys"].as_u64().expect("a number")
    }

    /// Waits until `is_so`, for ten seconds at most.
    fn until(what: &str, mut is_so: impl FnMut() -> bool) {
        let start = Instant::now();
        while !is_so() {
            assert!(start.elapsed() < Duration::from_secs(10), "{what}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

fn opens(run: Run) -> Ended {
    let ended = run.ok();
    assert_eq!(ended.out(), "v: hunter2-v\n");
    ended
}

#[test]
fn a_key_is_kept_until_it_is_forgotten() {
    let office = Office::new();
    let Office(desk) = &office;
    assert_eq!(desk.dekko(["agent", "status"]).ends(1).out(), "no agent is running\n");
    desk.dekko(["agent", "stop"]).ok().says("no agent is running");
    opens(desk.dekko(["decrypt", FILE]));
    office.without_identity(&["decrypt", FILE]).fails(4);
    desk.dekko(["agent", "start"]).ok().says("600 s");
    desk.dekko(["agent", "start"]).ok().says("runs already");
    desk.dekko(["agent", "start", "--ttl", "1h"]).fails(2).says("dekko agent stop");
    assert_eq!(office.keys(), 0);
    office.without_identity(&["decrypt", FILE]).fails(4);
    opens(desk.dekko(["decrypt", FILE]));
    assert_eq!(office.keys(), 1);
    opens(office.without_identity(&["decrypt", FILE]));
    // A new data key is another key.
    desk.dekko(["rotate", FILE]).ok();
    office.without_identity(&["decrypt", FILE]).fails(4);
    opens(desk.dekko(["decrypt", FILE]));
    opens(office.without_identity(&["decrypt", FILE]));
    desk.dekko(["agent", "forget"]).ok().says("forgotten");
    office.without_identity(&["decrypt", FILE]).fails(4);
    desk.dekko(["agent", "stop"]).ok();
    desk.dekko(["agent", "status"]).ends(1);
    assert!(!office.folder().join("agent.sock").exists());
}

#[test]
fn the_socket_is_the_users_alone() {
    let office = Office::new();
    let Office(desk) = &office;
    desk.dekko(["agent", "start"]).ok();
    let mode = |path: PathBuf| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!((mode(office.folder()), mode(office.folder().join("agent.sock"))), (0o700, 0o600));
    opens(desk.dekko(["decrypt", FILE]));
    // A folder that others may write into can hold anybody's socket.
    fs::set_permissions(office.folder(), fs::Permissions::from_mode(0o777)).expect("opened");
    office.without_identity(&["decrypt", FILE]).fails(4);
    desk.dekko(["agent", "status"]).ends(1);
    desk.dekko(["agent", "run"]).fails(7).says("open to others");
    fs::set_permissions(office.folder(), fs::Permissions::from_mode(0o700)).expect("closed");
    opens(office.without_identity(&["decrypt", FILE]));
}

#[test]
fn an_identity_that_is_named_opens_by_itself() {
    let office = Office::new();
    let Office(desk) = &office;
    desk.keygen("../home/other.txt");
    desk.dekko(["agent", "start"]).ok();
    opens(desk.dekko(["decrypt", FILE]));
    opens(office.without_identity(&["decrypt", FILE]));
    office.without_identity(&["decrypt", FILE, "--identity", "../home/other.txt"]).fails(4);
    let mut command = desk.command(["decrypt", FILE]);
    command.env("DEKKO_NO_AGENT", "1").env("XDG_CONFIG_HOME", desk.home().join("nothing"));
    desk.run(command, b"").fails(4);
}

#[test]
fn keys_are_forgotten_after_their_time() {
    let office = Office::new();
    let Office(desk) = &office;
    desk.dekko(["agent", "start", "--ttl", "1s"]).ok();
    opens(desk.dekko(["decrypt", FILE]));
    Office::until("the key is kept for ever", || office.keys() == 0);
    office.without_identity(&["decrypt", FILE]).fails(4);
}

#[test]
fn an_agent_is_started_on_demand_for_those_who_say_so_and_ends_when_idle() {
    let office = Office::new();
    let Office(desk) = &office;
    let config = desk.home().join(".config/dekko/config.toml");
    fs::write(&config, "[agent]\nstart = \"on-demand\"\nttl = \"1s\"\n").expect("written");
    desk.dekko(["agent", "status"]).ends(1);
    opens(desk.dekko(["decrypt", FILE]));
    desk.dekko(["agent", "status"]).ok();
    Office::until("the agent never ends", || desk.dekko(["agent", "status"]).status() == 1);
    fs::write(&config, "[agent]\nstart = \"always\"\n").expect("written");
    desk.dekko(["decrypt", FILE]).fails(2).says("config.toml");
}

#[test]
fn nothing_depends_on_an_agent_that_is_killed() {
    let office = Office::new();
    let Office(desk) = &office;
    for _ in 0..3 {
        desk.dekko(["agent", "start"]).ok();
        opens(desk.dekko(["decrypt", FILE]));
        let state = desk.dekko(["agent", "status", "--json"]).ok().out();
        let state: serde_json::Value = serde_json::from_str(&state).expect("JSON");
        let mut kill = desk.program("kill");
        kill.args(["-9", &state["pid"].to_string()]);
        desk.run(kill, b"").ok();
        Office::until("it lives on", || desk.dekko(["agent", "status"]).status() == 1);
        assert!(office.folder().join("agent.sock").exists(), "nobody removed it");
        opens(desk.dekko(["decrypt", FILE]));
    }
}

/// Listens where the agent does, and answers each request with `answer`, or never.
fn impostor(office: &Office, answer: Option<Vec<u8>>) {
    fs::create_dir_all(office.folder()).expect("a folder");
    fs::set_permissions(office.folder(), fs::Permissions::from_mode(0o700)).expect("closed");
    let socket = office.folder().join("agent.sock");
    let _ = fs::remove_file(&socket);
    let listener = UnixListener::bind(socket).expect("a socket");
    std::thread::spawn(move || {
        let mut kept: Vec<UnixStream> = Vec::new();
        for client in listener.incoming() {
            let mut client = client.expect("a client");
            let mut request = [0; 66];
            while let Some(answer) = &answer
                && client.read_exact(&mut request).is_ok()
                && client.write_all(answer).is_ok()
            {}
            kept.push(client);
        }
    });
}

#[test]
fn what_an_impostor_says_is_not_believed() {
    let mut wrong = vec![1];
    wrong.extend([7; 32]);
    for answer in [Some(wrong), Some(vec![0; 33]), Some(vec![1]), Some(vec![9; 100]), None] {
        let office = Office::new();
        impostor(&office, answer);
        opens(office.0.dekko(["decrypt", FILE]));
        office.without_identity(&["decrypt", FILE]).fails(4);
    }
}

#[test]
fn the_agent_outlives_clients_that_say_nothing_or_nonsense() {
    let office = Office::new();
    let Office(desk) = &office;
    desk.dekko(["agent", "start"]).ok();
    let connect = || UnixStream::connect(office.folder().join("agent.sock")).expect("a socket");
    let silent: Vec<_> = (0..300).map(|_| connect()).collect();
    connect().write_all(&[2; 66]).expect("sent");
    connect().write_all(&[1, 4, 0]).expect("sent");
    drop(silent);
    Office::until("it does not answer", || desk.dekko(["agent", "status"]).status() == 0);
    opens(desk.dekko(["decrypt", FILE]));
    opens(office.without_identity(&["decrypt", FILE]));
}

#[test]
fn git_shows_values_while_the_agent_keeps_their_keys() {
    let office = Office::new();
    let Office(desk) = &office;
    desk.dekko(["agent", "start"]).ok();
    let shown = |run: Run| run.ok().out().contains("hunter2-v");
    let view = ["git", "textconv", "--", FILE];
    let as_person = |nobody: bool| {
        let mut command = desk.command(view);
        command.env("DEKKO_DIFF", "plain");
        if nobody {
            command.env("XDG_CONFIG_HOME", desk.home().join("nothing"));
        }
        desk.run(command, b"")
    };
    assert!(!shown(as_person(true)));
    assert!(shown(as_person(false)));
    assert!(shown(as_person(true)));
}

#[test]
fn an_agent_whose_folder_was_opened_to_others_is_spoken_of() {
    let office = Office::new();
    let desk = &office.0;
    desk.dekko(["agent", "start"]).ok();
    let run = office.folder().parent().unwrap().to_owned();
    for folder in [office.folder(), run] {
        let set = |mode| fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
        set(0o755);
        desk.dekko(["agent", "status"]).ends(1).says("an agent may be running in it");
        desk.dekko(["agent", "stop"])
            .ends(1)
            .says("an agent may be running in it")
            .does_not_say("no agent is running");
        set(0o700);
        desk.dekko(["agent", "status"]).ok();
    }
}
