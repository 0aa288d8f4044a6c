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
fn withstands(service: &Service, own: impl FnOnce(&Service) -> Own) {
    let proxy = Proxy::before(service);
    let service = service.through(&proxy.address);
    let desk = Desk::bare();
    proxy.set(&json!([]));
    service.encrypted(&desk, "a.yaml");
    let sealed = desk.read("a.yaml");
    let mut seen = Seen::default();
    let mut all = of_all();
    all.extend(own(&service));
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
    for (name, fault, expected) in &all {
        desk.write("b.yaml", "password: hunter2\n");
        let arguments = ["encrypt", "-r", &service.rid, "--encrypt", "**", "b.yaml"];
        let said = run(&service, &proxy, &desk, &mut seen, fault, &arguments, |status| {
            // What was refused to whoever wants to encrypt is no lack of an identity.
            let wanted = if *expected == 0 { 0 } else { 6 };
            assert_eq!(status, wanted, "{} encrypt: {name}", service.name);
        });
        let is_plain = desk.read("b.yaml") == "password: hunter2\n";
        assert_eq!(is_plain, *expected != 0, "{name}: written or not");
        if *expected != 0 {
            said.says(&service.rid);
        }
        std::fs::remove_file(desk.path("b.yaml")).unwrap();
    }
    let faults = 2 * all.len();
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
    // Neither the token nor what was to be wrapped stands in a message, and nothing new lies in the folder.
    let ended = ended.does_not_say("hunter2").does_not_say("Bearer");
    let mut names: Vec<_> =
        std::fs::read_dir(desk.work()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.retain(|name| name != "a.yaml" && name != "b.yaml");
    assert!(names.is_empty(), "{fault}: {names:?}");
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
    let (mut runs, mut asked) = (0, 0);
    for (name, fault, expected) in of_all() {
        proxy.set(&fault);
        let session = service.session().with_patience(PATIENCE);
        let begun = Instant::now();
        let outcome = provider::rewrap(&wrap, &FILE, &session);
        assert!(begun.elapsed() < PATIENCE + SLACK, "{name}: {:?}", begun.elapsed());
        runs += 1;
        asked += usize::from(proxy.requests() > 0);
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
    println!("{}: {runs} faults of rewrap, in {asked} of them the service was asked", service.name);
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

    // One that speaks no TLS, or whose certificate nobody vouches for.
    let strange = service.upstream.replace("http://", "https://");
    let strange = service.through(&strange).with("SSL_CERT_FILE", None);
    let renamed = text.replace(&service.upstream, &service.upstream.replace("http://", "https://"));
    desk.write("strange.yaml", renamed);
    let untold = strange.dekko(&desk, &["--timeout", "5", "decrypt", "strange.yaml"]);
    if service.name == "azure" {
        // Its stand-in gives the tokens, too, which are asked for before.
        untold.fails(4).says("there are no credentials for Azure");
    } else {
        untold.fails(6).says("no TLS with").says("SSL_CERT_FILE");
    }

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
    withstands(&vault(), |_| own);
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
    withstands(&service, |_| own);
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
        ("a token that ends in mid-run", json!({ "kind": "status", "status": 401, "n": 1, "body": "{}" }), 0),
        ("wrong plaintext", gives(&zeros(32), "2324772522"), 5),
        ("31 bytes", gives(&zeros(31), "517176395"), 4),
        ("33 bytes", gives(&zeros(33), "2606653433"), 4),
        ("a wrong checksum", gives(&zeros(32), "1"), 6),
        ("no checksum", answer(&json!({ "plaintext": zeros(32) })), 6),
    ];
    withstands(&gcp(), |_| own);
    rewraps_or_says_why(&gcp());
    bears_absence(&gcp());
}

#[test]
#[ignore = "needs python3 and cryptography: tests/servers/with"]
fn azure_in_trouble() {
    let service = azure();
    let kid = super::given("DEKKO_TEST_AZURE_KID");
    let version = kid.rsplit('/').next().unwrap();
    let refused = |status: u16, name: &str, inner: &str| {
        refusal(
            status,
            &json!({ "error": { "code": name, "message": "m", "innererror": { "code": inner } } }),
        )
    };
    let own = |service: &Service| {
        let rest = service.rid.replace("azure-key-vault:", "");
        let gives = |rest: &str, count: usize| {
            let text = zeros(count).replace('=', "");
            answer(&json!({ "kid": format!("{rest}/{version}"), "value": text }))
        };
        vec![
            ("an expired token", refused(401, "Unauthorized", ""), 4),
            (
                "a token that ends in mid-run",
                json!({ "kind": "status", "status": 401, "n": 1, "body": "{}" }),
                0,
            ),
            ("disabled", refused(403, "Forbidden", "KeyDisabled"), 4),
            ("denied", refused(403, "Forbidden", "ForbiddenByRbac"), 4),
            ("absent", refused(404, "KeyNotFound", ""), 4),
            ("wrong plaintext", gives(&rest, 32), 5),
            ("31 bytes", gives(&rest, 31), 4),
            ("33 bytes", gives(&rest, 33), 4),
            ("another key's answer", gives("https://x.vault.azure.net/keys/k", 32), 6),
        ]
    };
    withstands(&service, own);
    rewraps_or_says_why(&service);
    bears_absence(&service);
}

/// A file for AWS and Google: whichever of them does not answer, the other opens it, and soon.
#[test]
#[ignore = "needs moto and cryptography: tests/servers/with"]
fn aws_down_and_gcp_up() {
    let (desk, first, second) = (Desk::bare(), aws(), gcp());
    let both = |first: &Service, second: &Service| {
        let mut both = first.clone();
        both.variables.extend(second.variables.clone());
        both
    };
    desk.write("a.yaml", "password: hunter2\n");
    let arguments = ["encrypt", "-r", &first.rid, "-r", &second.rid, "--encrypt", "**", "a.yaml"];
    both(&first, &second).dekko(&desk, &arguments).ok();
    let proxy = Proxy::before(&first);
    for fault in [json!({ "kind": "hang", "n": -1, "ms": 20000 }), json!({ "kind": "reset", "n": -1 })] {
        proxy.set(&fault);
        let begun = Instant::now();
        let down = both(&first.through(&proxy.address), &second);
        assert_eq!(down.dekko(&desk, &["decrypt", "a.yaml"]).ok().out(), "password: hunter2\n");
        // The second joins in after half a second, whatever the first does.
        assert!(begun.elapsed() < Duration::from_secs(5), "{fault}: {:?}", begun.elapsed());
    }
    // Both down: one message, which says it of each.
    let other = Proxy::before(&second);
    proxy.set(
        &json!({ "kind": "status", "status": 400, "n": -1, "body": "{\"__type\":\"DisabledException\"}" }),
    );
    other.set(&json!({ "kind": "status", "status": 503, "n": -1, "body": "" }));
    let down = both(&first.through(&proxy.address), &second.through(&other.address));
    let run = down.dekko(&desk, &["--timeout", "4", "decrypt", "a.yaml"]).fails(6);
    run.says(&first.rid).says("the key is disabled").says(&second.rid).says("try again later");
    desk.write("b.yaml", "password: hunter2\n");
    let arguments =
        ["--timeout", "4", "encrypt", "-r", &first.rid, "-r", &second.rid, "--encrypt", "**", "b.yaml"];
    let run = down.dekko(&desk, &arguments).fails(6);
    run.says(&first.rid).says("the key is disabled").says(&second.rid).says("try again later");
    assert_eq!(desk.read("b.yaml"), "password: hunter2\n");
}
