//! What goes wrong at a service: the right status, within a time, nothing written, nothing told, and what to do.

use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dekko::provider::{self, Wrap};
use serde_json::{Value, json};

use super::fault::{Proxy, of_all};
use super::{FILE, Service, aws, azure, gcp, key, vault};
use crate::desk::{Desk, Ended};

/// How long dekko is told to wait, and how much longer a loaded machine may take.
const PATIENCE: Duration = Duration::from_secs(4);
const SLACK: Duration = Duration::from_secs(7);

/// What was seen of one service.
#[derive(Default)]
struct Seen {
    runs: usize,
    longest: Duration,
    requests: usize,
}

/// The faults of one service that have bodies of its own: a name, the fault for decryption, the status.
type Own = Vec<(&'static str, Value, i32)>;

fn answer(body: &Value) -> Value {
    json!({ "kind": "status", "status": 200, "n": -1, "body": body.to_string() })
}

fn refusal(status: u16, body: &Value) -> Value {
    json!({ "kind": "status", "status": status, "n": -1, "body": body.to_string() })
}

/// Runs every fault of `own` and of all services against `service`, for decryption and encryption.
fn withstands(service: &Service, own: Own) {
    let proxy = Proxy::before(service);
    let service = service.through(&proxy.address);
    let desk = Desk::bare();
    proxy.set(&json!([]));
    service.encrypted(&desk, "a.yaml");
    let sealed = desk.read("a.yaml");
    let mut seen = Seen::default();
    let mut all = of_all();
    all.extend(own);
    for (name, fault, expected) in &all {
        let said = run(&service, &proxy, &desk, &mut seen, fault, &["decrypt", "a.yaml"], |status| {
            assert_eq!(status, *expected, "{} decrypt: {name}", service.name);
        });
        assert_eq!(desk.read("a.yaml"), sealed, "{name}: nothing is written");
        if *expected == 0 {
            assert_eq!(said.out(), "password: hunter2\n", "{name}");
        } else {
            assert_eq!(said.out(), "", "{name}");
            // An altered file is one, whoever opened it.
            if *expected != 5 {
                said.says(&service.rid);
            }
        }
    }
    for (name, fault, expected) in of_all() {
        desk.write("b.yaml", "password: hunter2\n");
        // A lost answer, and a refusal of what is asked beside it, may leave encryption possible.
        let arguments = ["encrypt", "-r", &service.rid, "--encrypt", "**", "b.yaml"];
        let said = run(&service, &proxy, &desk, &mut seen, &fault, &arguments, |status| {
            let wanted = if expected == 0 { 0 } else { 6 };
            assert_eq!(status, wanted, "{} encrypt: {name}", service.name);
        });
        let is_plain = desk.read("b.yaml") == "password: hunter2\n";
        assert_eq!(is_plain, expected != 0, "{name}: written or not");
        if expected != 0 {
            said.says(&service.rid);
        }
        std::fs::remove_file(desk.path("b.yaml")).unwrap();
    }
    let faults = all.len() + of_all().len();
    println!(
        "{}: {faults} faults, {} runs, {} requests, the longest {:.1} s",
        service.name,
        seen.runs,
        seen.requests,
        seen.longest.as_secs_f32()
    );
}

fn run(
    service: &Service,
    proxy: &Proxy,
    desk: &Desk,
    seen: &mut Seen,
    fault: &Value,
    arguments: &[&str],
    check: impl Fn(i32),
) -> Ended {
    proxy.set(fault);
    let begun = Instant::now();
    let seconds = PATIENCE.as_secs().to_string();
    let arguments = [&["--timeout", seconds.as_str()], arguments].concat();
    let ended = service.dekko(desk, &arguments).either(&[0, 4, 5, 6]);
    check(ended.status());
    let took = begun.elapsed();
    assert!(took < PATIENCE + SLACK, "{arguments:?} {fault}: {took:?}");
    seen.runs += 1;
    seen.longest = seen.longest.max(took);
    let requests = proxy.requests();
    // Four tries for each of the calls that belong to one operation (a version, a token's refresh).
    assert!(requests <= 12, "{fault}: {requests} requests");
    seen.requests += requests;
    ended
}

/// Rewrapping by the service, and asking for versions, under faults of all services.
fn rewraps_or_says_why(service: &Service) {
    let proxy = Proxy::before(service);
    let service = service.through(&proxy.address);
    proxy.set(&json!([]));
    let bytes = provider::wrap(&service.rid, &FILE, &key(), &service.session()).unwrap();
    let wrap = Wrap { rid: &service.rid, bytes: &bytes };
    let mut runs = 0;
    for (name, fault, expected) in of_all() {
        proxy.set(&fault);
        let session = service.session().with_patience(PATIENCE);
        let begun = Instant::now();
        let outcome = provider::rewrap(&wrap, &FILE, &session);
        assert!(begun.elapsed() < PATIENCE + SLACK, "{name}: {:?}", begun.elapsed());
        runs += 1;
        match outcome {
            Ok(Some(_)) => assert_eq!(expected, 0, "{} rewrap: {name}", service.name),
            // The service has no such call, and was not asked.
            Ok(None) => assert_eq!(proxy.requests(), 0),
            Err(error) => {
                assert!(expected != 0, "{} rewrap: {name}: {error}", service.name);
                assert_eq!(error.status(), 6, "{} rewrap: {name}: {error}", service.name);
                assert!(error.to_string().contains(&service.rid), "{error}");
            }
        }
    }
    println!("{}: {runs} faults of rewrap", service.name);
}

/// A server that is not there, one that no name leads to, and one down before one that is up.
fn bears_absence(service: &Service) {
    let desk = Desk::bare();
    service.encrypted(&desk, "a.yaml");
    let text = desk.read("a.yaml");
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let scheme = service.upstream.split(':').next().unwrap();
    let absent = service.through(&format!("{scheme}://127.0.0.1:{port}"));
    // Where the address is part of the name, the name changes with it, and the file's seal does not fit: unwrapping
    // comes first, and fails first.
    desk.write("gone.yaml", text.replace(&service.upstream, &format!("{scheme}://127.0.0.1:{port}")));
    let gone = absent.dekko(&desk, &["--timeout", "3", "decrypt", "gone.yaml"]).fails(6);
    gone.says("onnection refused");
    let lost = service.through("https://dekko.invalid");
    desk.write("lost.yaml", text.replace(&service.upstream, "https://dekko.invalid"));
    lost.dekko(&desk, &["--timeout", "3", "decrypt", "lost.yaml"]).fails(6);

    // The first recipient is down, the second is up.
    let mine = desk.keygen("id.txt");
    desk.write("two.yaml", "password: hunter2\n");
    let arguments = ["encrypt", "-r", &service.rid, "-r", &mine, "--encrypt", "**", "two.yaml"];
    service.dekko(&desk, &arguments).ok();
    let shown = absent.dekko(&desk, &["-i", "id.txt", "decrypt", "two.yaml"]).ok();
    assert_eq!(shown.out(), "password: hunter2\n");
}

#[test]
#[ignore = "needs Vault: tests/servers/with"]
fn vault_in_trouble() {
    let own = vec![
        ("sealed", refusal(503, &json!({ "errors": ["Vault is sealed"] })), 6),
        ("an expired token", refusal(403, &json!({ "errors": ["permission denied", "invalid token"] })), 4),
        ("wrong plaintext", answer(&json!({ "data": { "plaintext": zeros(32) } })), 5),
        ("31 bytes", answer(&json!({ "data": { "plaintext": zeros(31) } })), 4),
        ("33 bytes", answer(&json!({ "data": { "plaintext": zeros(33) } })), 4),
        ("no base64", answer(&json!({ "data": { "plaintext": "?" } })), 6),
        ("what it was told", refusal(400, &json!({ "errors": ["the token root is bad"] })), 4),
    ];
    withstands(&vault(), own);
    rewraps_or_says_why(&vault());
    bears_absence(&vault());
}

/// `count` bytes that are no data key, in base64.
fn zeros(count: usize) -> String {
    STANDARD.encode(vec![0; count])
}

#[test]
#[ignore = "needs moto: tests/servers/with"]
fn aws_in_trouble() {
    let service = aws();
    let arn = service.rid.replace("aws-kms:", "");
    let refused = |code: &str| refusal(400, &json!({ "__type": code, "message": "m" }));
    let gives = |text: &str, arn: &str| answer(&json!({ "Plaintext": text, "KeyId": arn }));
    let own = vec![
        ("throttled", refused("ThrottlingException"), 6),
        ("an expired token", refused("ExpiredTokenException"), 4),
        ("denied", refused("AccessDeniedException"), 4),
        ("disabled", refused("DisabledException"), 4),
        ("pending deletion", refused("KMSInvalidStateException"), 4),
        ("absent", refused("NotFoundException"), 4),
        ("another key", refused("IncorrectKeyException"), 4),
        ("tampered", refused("InvalidCiphertextException"), 4),
        ("an error of its own", refusal(500, &json!({ "__type": "KMSInternalException" })), 6),
        ("wrong plaintext", gives(&zeros(32), &arn), 5),
        ("31 bytes", gives(&zeros(31), &arn), 4),
        ("33 bytes", gives(&zeros(33), &arn), 4),
        ("another key's answer", gives(&zeros(32), &service.other.replace("aws-kms:", "")), 6),
    ];
    withstands(&service, own);
    rewraps_or_says_why(&service);
    bears_absence(&service);
}

#[test]
#[ignore = "needs python3 and cryptography: tests/servers/with"]
fn gcp_in_trouble() {
    let refused =
        |status: u16, name: &str| refusal(status, &json!({ "error": { "status": name, "message": "m" } }));
    let gives = |text: &str, sum: &str| answer(&json!({ "plaintext": text, "plaintextCrc32c": sum }));
    let own = vec![
        ("exhausted", refused(429, "RESOURCE_EXHAUSTED"), 6),
        ("unavailable", refused(503, "UNAVAILABLE"), 6),
        ("an expired token", refused(401, "UNAUTHENTICATED"), 4),
        ("denied", refused(403, "PERMISSION_DENIED"), 4),
        ("disabled", refused(400, "FAILED_PRECONDITION"), 4),
        ("wrong plaintext", gives(&zeros(32), "2324772522"), 5),
        ("a wrong checksum", gives(&zeros(32), "1"), 6),
        ("no checksum", answer(&json!({ "plaintext": zeros(32) })), 6),
    ];
    withstands(&gcp(), own);
    rewraps_or_says_why(&gcp());
    bears_absence(&gcp());
}

#[test]
#[ignore = "needs python3 and cryptography: tests/servers/with"]
fn azure_in_trouble() {
    let service = azure();
    let refused = |status: u16, name: &str, inner: &str| {
        refusal(
            status,
            &json!({ "error": { "code": name, "message": "m", "innererror": { "code": inner } } }),
        )
    };
    let own = vec![
        ("an expired token", refused(401, "Unauthorized", ""), 4),
        ("disabled", refused(403, "Forbidden", "KeyDisabled"), 4),
        ("denied", refused(403, "Forbidden", "ForbiddenByRbac"), 4),
        ("absent", refused(404, "KeyNotFound", ""), 4),
        (
            "another key's answer",
            answer(&json!({ "kid": "https://x.vault.azure.net/keys/k/0", "value": "AA" })),
            6,
        ),
    ];
    withstands(&service, own);
    rewraps_or_says_why(&service);
    bears_absence(&service);
}
