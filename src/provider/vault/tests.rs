//! Vault's interface by a stub of a few lines, for what needs no Vault: tries, limits, and what goes where.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::version_of;
use crate::crypto::{DataKey, FileId};
use crate::document::push_lp;
use crate::environment::Environment;
use crate::error::{Cause, Error};
use crate::provider::{
    KeySettings, Network, NoPrompt, Session, Staleness, Wrap, rewrap, staleness, unwrap, wrap,
};

const FILE: FileId = FileId([7; 16]);
const PLAIN: &str = "KioqKioqKioqKioqKioqKioqKioqKioqKioqKioqKio=";

/// A server that gives `answers` in their order, the last for ever, and keeps what it was asked.
struct Stub {
    address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Stub {
    fn giving(answers: &[(u16, &str, String)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        let answers: Vec<_> =
            answers.iter().map(|(status, head, body)| (*status, (*head).to_owned(), body.clone())).collect();
        std::thread::spawn(move || {
            for (count, stream) in listener.incoming().enumerate() {
                let Ok(mut stream) = stream else { break };
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let (mut request, mut length) = (String::new(), 0);
                loop {
                    let mut line = String::new();
                    if reader.read_line(&mut line).unwrap_or(0) <= 2 {
                        break;
                    }
                    if let Some(text) = line.to_lowercase().strip_prefix("content-length:") {
                        length = text.trim().parse().unwrap();
                    }
                    request.push_str(&line);
                }
                let mut body = vec![0; length];
                reader.read_exact(&mut body).unwrap();
                request.push_str(&String::from_utf8_lossy(&body));
                heard.lock().unwrap().push(request);
                let (status, head, body) = &answers[count.min(answers.len() - 1)];
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 {status} x\r\ncontent-length: {length}\r\nconnection: close\r\n{head}\r\n{body}"
                );
                // Whoever asked may be gone.
                let _ = stream.write_all(answer.as_bytes());
            }
        });
        Self { address, asked }
    }

    fn rid(&self) -> String {
        format!("vault-transit:{}/transit/keys/k", self.address)
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn session(&self) -> Session {
        let variables =
            [("VAULT_ADDR", self.address.as_str()), ("VAULT_TOKEN", "s.token"), ("HOME", "/nonexistent")];
        let variables = variables.map(|(name, value)| (OsString::from(name), OsString::from(value)));
        Session::new(Environment::new(variables), &[], Arc::new(NoPrompt))
            .with_patience(Duration::from_secs(20))
    }

    fn open(&self, session: &Session) -> Result<DataKey, Error> {
        let bytes = [&[0; 4][..], b"vault:v1:AAAA"].concat();
        let rid = self.rid();
        unwrap(&[Wrap { rid: &rid, bytes: &bytes }], &FILE, session, &|key| key.expose() == &[42; 32])
    }

    fn reason(&self) -> (u8, String, Cause) {
        match self.open(&self.session()) {
            Err(error @ Error::NoIdentity { .. }) => {
                let status = error.status();
                let Error::NoIdentity { attempts, .. } = error else { unreachable!() };
                (status, attempts[0].reason.clone(), attempts[0].cause)
            }
            other => panic!("{other:?}"),
        }
    }
}

fn plaintext() -> String {
    format!("{{\"data\":{{\"plaintext\":\"{PLAIN}\"}}}}")
}

#[test]
fn a_wrap_is_opened_with_the_files_context_and_the_users_token() {
    let stub = Stub::giving(&[(200, "", plaintext())]);
    assert_eq!(stub.open(&stub.session()).unwrap().expose(), &[42; 32]);
    let asked = stub.asked();
    assert_eq!(asked.len(), 1);
    assert!(asked[0].starts_with("POST /v1/transit/decrypt/k HTTP/1.1"), "{}", asked[0]);
    assert!(asked[0].contains("x-vault-token: s.token") && asked[0].contains("x-vault-request: true"));
    // dekko:file=0707…
    assert!(asked[0].contains("\"context\":\"ZGVra286ZmlsZT0wNzA3"), "{}", asked[0]);
}

#[test]
fn what_passes_is_tried_again_and_what_does_not_is_not() {
    for status in [408, 412, 429, 500, 502, 503, 504] {
        let stub = Stub::giving(&[(status, "", String::new()), (200, "", plaintext())]);
        assert!(stub.open(&stub.session()).is_ok(), "{status}");
        assert_eq!(stub.asked().len(), 2, "{status}");
    }
    for (status, tries, cause) in [
        (500, 4, Cause::Outage),
        (429, 4, Cause::Outage),
        (503, 2, Cause::Outage),
        (400, 1, Cause::Lacking),
        (403, 1, Cause::Lacking),
        (404, 1, Cause::Lacking),
        (418, 1, Cause::Lacking),
    ] {
        let stub = Stub::giving(&[(status, "", String::new())]);
        let (exit, reason, found) = stub.reason();
        assert_eq!((stub.asked().len(), found), (tries, cause), "{status}: {reason}");
        assert_eq!(exit, if cause == Cause::Outage { 6 } else { 4 });
        assert!(reason.contains(&status.to_string()), "{reason}");
    }
}

#[test]
fn a_service_that_asks_for_more_time_than_there_is_is_not_waited_for() {
    let stub = Stub::giving(&[(429, "retry-after: 1\r\n", String::new()), (200, "", plaintext())]);
    let begun = Instant::now();
    assert!(stub.open(&stub.session()).is_ok());
    assert!(begun.elapsed() >= Duration::from_secs(1));
    // The last is more than any clock can say.
    for seconds in ["600", "18446744073709551615"] {
        let stub = Stub::giving(&[(429, &format!("retry-after: {seconds}\r\n"), String::new())]);
        let begun = Instant::now();
        assert_eq!(stub.reason().0, 6);
        assert!(begun.elapsed() < Duration::from_secs(15));
        assert_eq!(stub.asked().len(), 1);
    }
}

#[test]
fn no_redirect_is_followed_and_no_long_answer_read() {
    let target = Stub::giving(&[(200, "", plaintext())]);
    let location = format!("location: {}/\r\n", target.address);
    let stub = Stub::giving(&[(307, &location, String::new())]);
    assert!(stub.reason().1.contains("sends elsewhere (HTTP 307)"));
    assert!(target.asked().is_empty());
    let stub = Stub::giving(&[(200, "", format!("{{\"a\":\"{}\"}}", "x".repeat(65 << 10)))]);
    assert!(stub.reason().1.contains("more than 64 KiB"));
    assert_eq!(stub.asked().len(), 1);
}

#[test]
fn what_a_service_repeats_of_a_secret_is_not_shown() {
    let stub = Stub::giving(&[(400, "", "{\"errors\":[\"bad token s.token here\"]}".to_owned())]);
    let reason = stub.reason().1;
    assert!(
        reason.contains("(not shown: it repeats what it was sent)") && !reason.contains("s.token"),
        "{reason}"
    );
    let exists = "{\"data\":{\"latest_version\":1}}".to_owned();
    let echo = format!("{{\"errors\":[\"cannot encrypt {PLAIN}\"]}}");
    let stub = Stub::giving(&[(200, "", exists), (400, "", echo)]);
    let error = wrap(&stub.rid(), &FILE, &DataKey::new([42; 32]), &stub.session()).unwrap_err();
    assert_eq!(error.status(), 6);
    assert!(!format!("{error}{error:?}").contains("KioqKioq"), "{error}");
}

#[test]
fn no_service_is_asked_when_nothing_may_be_or_when_the_user_named_another_address() {
    let stub = Stub::giving(&[(200, "", plaintext())]);
    let silent = stub.session().with_network(Network::Silent);
    assert_eq!(stub.open(&silent).unwrap_err().status(), 4);
    let environment = stub.session().environment().with("VAULT_ADDR", "https://vault.example.com");
    let elsewhere = Session::new(environment, &[], Arc::new(NoPrompt));
    assert_eq!(stub.open(&elsewhere).unwrap_err().status(), 4);
    assert!(wrap(&stub.rid(), &FILE, &DataKey::new([42; 32]), &elsewhere).is_err());
    assert!(stub.asked().is_empty());
}

#[test]
fn a_place_without_answers_is_given_up_and_a_wrap_asked_for_once() {
    let stub = Stub::giving(&[(500, "", String::new())]);
    let session = stub.session();
    for _ in 0..3 {
        assert_eq!(stub.open(&session).unwrap_err().status(), 6);
    }
    assert_eq!(stub.asked().len(), 4, "the same wrap is not asked for again");
    let rid = stub.rid();
    for text in ["vault:v1:AAAB", "vault:v1:AAAC", "vault:v1:AAAD", "vault:v1:AAAE"] {
        let bytes = [&[0; 4][..], text.as_bytes()].concat();
        assert!(unwrap(&[Wrap { rid: &rid, bytes: &bytes }], &FILE, &session, &|_| true).is_err());
    }
    assert_eq!(stub.asked().len(), 12, "after three, nobody asks any more");
}

/// A server that takes calls and never answers; gone when the listener is.
fn silent() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let rid = format!("vault-transit:http://{}/transit/keys/k", listener.local_addr().unwrap());
    (listener, rid)
}

/// A session whose user names every Vault on this machine.
fn of_all(rids: &[String]) -> Session {
    let settings = |rid: &String| {
        let address = rid.trim_start_matches("vault-transit:").trim_end_matches("/transit/keys/k");
        KeySettings { matches: rid.clone(), address: Some(address.to_owned()), ..KeySettings::default() }
    };
    let variables = [("VAULT_TOKEN", "s.token"), ("HOME", "/nonexistent")];
    let variables = variables.map(|(name, value)| (OsString::from(name), OsString::from(value)));
    Session::new(Environment::new(variables), &[], Arc::new(NoPrompt))
        .with_keys(rids.iter().map(settings).collect())
}

#[test]
fn a_member_that_never_answers_is_not_waited_for_when_others_are_enough() {
    let split = crate::provider::threshold::split_for_tests(&[42; 32], 2, 3);
    let answer = |share: &[u8]| format!("{{\"data\":{{\"plaintext\":\"{}\"}}}}", STANDARD.encode(share));
    let (_listener, silent) = silent();
    let others = [1, 2].map(|at| Stub::giving(&[(200, "", answer(&split[at]))]));
    let rids = [silent, others[0].rid(), others[1].rid()];
    let mut bytes = vec![2];
    for rid in &rids {
        push_lp(&mut bytes, rid.as_bytes());
        push_lp(&mut bytes, &[&[0; 4][..], b"vault:v1:AAAA"].concat());
    }
    let wrap = Wrap { rid: "threshold:2-of-3:door", bytes: &bytes };
    let start = Instant::now();
    let session = of_all(&rids).with_patience(Duration::from_secs(20));
    assert!(unwrap(&[wrap], &FILE, &session, &|key| key.expose() == &[42; 32]).is_ok());
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}

#[test]
fn all_that_is_asked_in_one_search_has_one_time_limit() {
    let (_one, alone) = silent();
    let (_two, member) = silent();
    let (_three, other) = silent();
    let mut group = vec![2];
    let bytes = [&[0; 4][..], b"vault:v1:AAAA"].concat();
    for rid in [&member, &other] {
        push_lp(&mut group, rid.as_bytes());
        push_lp(&mut group, &bytes);
    }
    let wraps = [Wrap { rid: &alone, bytes: &bytes }, Wrap { rid: "threshold:2-of-2:x", bytes: &group }];
    let session = of_all(&[alone.clone(), member.clone(), other.clone()]);
    let start = Instant::now();
    let error = unwrap(&wraps, &FILE, &session.with_patience(Duration::from_secs(2)), &|_| true).unwrap_err();
    assert_eq!(error.status(), 6);
    let Error::NoIdentity { attempts, .. } = error else { panic!("{error:?}") };
    // Each of them was asked.
    for rid in [&alone, &member, &other] {
        assert!(attempts.iter().any(|one| one.source == *rid && one.reason.contains("no answer within")));
    }
    assert!(start.elapsed() < Duration::from_millis(2800), "{:?}", start.elapsed());
}

#[test]
fn only_the_services_own_form_is_a_ciphertext() {
    assert_eq!(version_of("vault:v12:AbC+/="), Some(12));
    for text in ["", "vault:v1:", "vault:v01:a", "vault:v:a", "vault:v1:a b", "v1:a", "vault:v-1:a"] {
        assert_eq!(version_of(text), None, "{text}");
    }
}

#[test]
fn a_service_that_gives_back_what_it_was_to_encrypt_makes_no_wrap() {
    for text in [format!("vault:v1:{PLAIN}"), "vault:v1:AAAAAAAA".to_owned()] {
        let key = "{\"data\":{\"latest_version\":1}}".to_owned();
        let answer = format!("{{\"data\":{{\"ciphertext\":\"{text}\"}}}}");
        let stub = Stub::giving(&[(200, "", key), (200, "", answer)]);
        let made = wrap(&stub.rid(), &FILE, &DataKey::new([42; 32]), &stub.session());
        match made {
            Ok(_) => assert!(!text.contains(PLAIN)),
            Err(error) => assert!(error.to_string().ends_with("gave back what it was to encrypt"), "{error}"),
        }
    }
}

#[test]
fn a_service_that_shows_the_data_key_renews_no_wrap() {
    for (text, is_taken) in [(format!("vault:v2:{PLAIN}"), false), ("vault:v2:AAAAAAAA".to_owned(), true)] {
        let stub = Stub::giving(&[(200, "", format!("{{\"data\":{{\"ciphertext\":\"{text}\"}}}}"))]);
        let (rid, bytes) = (stub.rid(), [&[0; 4][..], b"vault:v1:AAAA"].concat());
        let old = Wrap { rid: &rid, bytes: &bytes };
        let made = crate::provider::renewed(&old, &FILE, &DataKey::new([42; 32]), &stub.session());
        assert_eq!(made.is_ok(), is_taken);
        assert!(made.map_or_else(|error| error.to_string().contains("in the open"), |_| true));
    }
}

#[test]
fn who_may_not_ask_for_versions_is_told_that_nobody_says_and_who_is_not_answered_that() {
    for (status, says) in [(403, Some(Staleness::Unknown)), (404, Some(Staleness::Unknown)), (500, None)] {
        let stub = Stub::giving(&[(status, "", String::new())]);
        let (rid, bytes) = (stub.rid(), [&[0; 4][..], b"vault:v1:AAAA"].concat());
        let found = staleness(&Wrap { rid: &rid, bytes: &bytes }, &FILE, &stub.session());
        assert_eq!(found.ok(), says, "{status}");
    }
}

#[test]
fn a_group_is_as_old_as_its_oldest_share() {
    let newest = |version: u32| (200, "", format!("{{\"data\":{{\"latest_version\":{version}}}}}"));
    for (version, expected) in [(1, Staleness::Current), (2, Staleness::Stale)] {
        let stub = Stub::giving(&[newest(version)]);
        let mut bytes = vec![2];
        for rid in ["age:age1x", &stub.rid()] {
            push_lp(&mut bytes, rid.as_bytes());
            push_lp(&mut bytes, &[&[0; 4][..], b"vault:v1:AAAA"].concat());
        }
        let wrap = Wrap { rid: "threshold:2-of-2:door", bytes: &bytes };
        assert_eq!(staleness(&wrap, &FILE, &stub.session()).unwrap(), expected);
        let elsewhere = Session::new(Environment::new([]), &[], Arc::new(NoPrompt));
        assert!(staleness(&wrap, &FILE, &elsewhere).is_err());
        assert!(rewrap(&wrap, &FILE, &elsewhere).unwrap().is_none());
    }
}
