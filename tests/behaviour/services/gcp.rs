//! Google Cloud KMS, by a stand-in for its REST interface.

use std::time::{Duration, Instant};

use dekko::crypto::FileId;
use dekko::provider;
use serde_json::json;

use super::conformance::{keeps_the_rules, tells_old_wraps};
use super::fault::Proxy;
use super::{FILE, curl, gcp, given, key, opened};
use crate::desk::Desk;

fn ask(method: &str, path: &str, body: &str) -> String {
    let url = format!("{}/v1/{path}", given("DEKKO_GCP_KMS_ENDPOINT"));
    curl(&["-X", method, "-H", "authorization: Bearer t", &url, "-d", body])
}

/// A new key beside the given one.
fn new_key(name: &str) -> String {
    let given = given("DEKKO_TEST_GCP_KEY");
    let (ring, _) = given.rsplit_once("/cryptoKeys/").unwrap();
    ask("POST", &format!("{ring}/cryptoKeys?cryptoKeyId={name}"), "{}");
    format!("{ring}/cryptoKeys/{name}")
}

#[test]
#[ignore = "needs python3 and cryptography: tests/servers/with"]
fn it_keeps_the_rules_of_the_joint() {
    keeps_the_rules(&gcp());
}

#[test]
#[ignore = "needs python3 and cryptography: tests/servers/with"]
fn an_old_wrap_is_told() {
    let mut service = gcp();
    let key = new_key("rotated");
    service.rid = format!("gcp-kms:{key}");
    tells_old_wraps(&service, || {
        ask("POST", &format!("{key}/cryptoKeyVersions"), "{}");
        ask("POST", &format!("{key}:updatePrimaryVersion"), "{\"cryptoKeyVersionId\":\"2\"}");
    });
}

#[test]
#[ignore = "needs python3 and cryptography: tests/servers/with"]
fn a_file_is_encrypted_and_decrypted_with_credentials_of_each_kind() {
    let (desk, service) = (Desk::bare(), gcp());
    service.encrypted(&desk, "a.yaml");
    assert_eq!(service.dekko(&desk, &["decrypt", "a.yaml"]).ok().out(), "password: hunter2\n");
    let nobody = service.with("GOOGLE_APPLICATION_CREDENTIALS", None);
    let file = given("GOOGLE_APPLICATION_CREDENTIALS");
    nobody.with("GOOGLE_OAUTH_ACCESS_TOKEN", Some("t")).dekko(&desk, &["decrypt", "a.yaml"]).ok();
    nobody.with("GOOGLE_CREDENTIALS", Some(&file)).dekko(&desk, &["decrypt", "a.yaml"]).ok();
    let json = std::fs::read_to_string(&file).unwrap();
    nobody.with("GOOGLE_CREDENTIALS", Some(&json)).dekko(&desk, &["decrypt", "a.yaml"]).ok();
    let broken = nobody.with("GOOGLE_CREDENTIALS", Some("{\"type\":\"other\"}"));
    broken.dekko(&desk, &["decrypt", "a.yaml"]).fails(4).says("GOOGLE_CREDENTIALS holds no credentials");
    let denied = nobody.with("GOOGLE_OAUTH_ACCESS_TOKEN", Some("deny"));
    denied.dekko(&desk, &["decrypt", "a.yaml"]).fails(4).says("needs roles/cloudkms.cryptoKeyDecrypter");
    let expired = nobody.with("GOOGLE_OAUTH_ACCESS_TOKEN", Some("expired"));
    expired.dekko(&desk, &["decrypt", "a.yaml"]).fails(4).says("log in again");
    let elsewhere = service.with("DEKKO_GCP_KMS_ENDPOINT", Some("http://example.com"));
    elsewhere.dekko(&desk, &["decrypt", "a.yaml"]).fails(4).says("http:// is for this machine alone");
}

#[test]
#[ignore = "needs python3 and cryptography: tests/servers/with"]
fn a_disabled_version_is_said_with_what_to_do() {
    let mut service = gcp();
    let name = new_key("disabled");
    service.rid = format!("gcp-kms:{name}");
    let bytes = dekko::provider::wrap(&service.rid, &FILE, &key(), &service.session()).unwrap();
    ask("PATCH", &format!("{name}/cryptoKeyVersions/1"), "{\"state\":\"DISABLED\"}");
    let error = opened(&service.rid, &bytes, &FILE, &service.session()).unwrap_err();
    assert!(format!("{error:?}").contains("is disabled or destroyed: enable it"), "{error:?}");
    let absent = format!("{}-absent", service.rid);
    let error = dekko::provider::wrap(&absent, &FILE, &key(), &service.session()).unwrap_err();
    assert!(error.to_string().contains("no such key in the project 'dekko-test'"), "{error}");
}

/// The id of a file.
fn file(number: u8) -> FileId {
    FileId([number; 16])
}

#[test]
#[ignore = "needs python3 and cryptography: tests/servers/with"]
fn hundreds_of_files_share_a_connection_and_a_token_and_cost_a_call_each() {
    let service = gcp();
    let proxy = Proxy::before(&service);
    let service = service.through(&proxy.address);
    let session = service.session();
    proxy.set(&json!([]));
    let mut wraps = Vec::new();
    for number in 0..200 {
        wraps.push(provider::wrap(&service.rid, &file(number), &key(), &session).unwrap());
    }
    for (number, bytes) in (0..200).zip(&wraps) {
        opened(&service.rid, bytes, &file(number), &session).unwrap();
    }
    let log = proxy.log();
    assert_eq!(log.len(), 400, "a call to wrap and one to unwrap");
    let mut connections: Vec<_> = log.iter().map(|request| request["from"].to_string()).collect();
    connections.sort();
    connections.dedup();
    println!("gcp: 400 calls over {} connections", connections.len());
    assert!(connections.len() <= 4, "{} connections", connections.len());
    // What is known not to open is not asked for again, by any number of files that hold the same wrap.
    let wrong = |session| opened(&service.rid, &wraps[0], &file(1), session).unwrap_err();
    proxy.set(&json!([]));
    for _ in 0..5 {
        wrong(&session);
    }
    assert_eq!(proxy.requests(), 1, "one attempt for each wrap");
}

#[test]
#[ignore = "needs python3 and cryptography: tests/servers/with"]
fn a_place_that_does_not_answer_is_given_up_after_three_files() {
    let service = gcp();
    let bytes = provider::wrap(&service.rid, &FILE, &key(), &service.session()).unwrap();
    let proxy = Proxy::before(&service);
    let service = service.through(&proxy.address);
    let session = service.session();
    proxy.set(&json!({ "kind": "reset", "n": -1 }));
    for number in 0..50 {
        let error = opened(&service.rid, &bytes, &file(number), &session).unwrap_err();
        assert_eq!(error.status(), 6);
        assert_eq!(format!("{error:?}").contains("3 calls in a row"), number >= 3, "{number}: {error:?}");
    }
    assert_eq!(proxy.requests(), 12, "four tries for each of three files");
}

#[test]
#[ignore = "needs python3 and cryptography: tests/servers/with"]
fn all_wraps_of_a_file_are_made_at_a_time() {
    let service = gcp();
    let proxy = Proxy::before(&service);
    let service = service.through(&proxy.address);
    let rids: Vec<String> =
        (0..6).map(|number| format!("gcp-kms:{}", new_key(&format!("many{number}")))).collect();
    let rids: Vec<&str> = rids.iter().map(String::as_str).collect();
    let session = service.session();
    proxy.set(&json!([]));
    provider::wrap(&service.rid, &FILE, &key(), &session).unwrap();
    proxy.set(&json!({ "kind": "delay", "ms": 1000, "n": -1 }));
    let begun = Instant::now();
    let wraps = provider::wrap_all(&rids, &FILE, &key(), &session).unwrap();
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    for (rid, bytes) in rids.iter().zip(&wraps) {
        opened(rid, bytes, &FILE, &gcp().session()).unwrap();
    }
}
