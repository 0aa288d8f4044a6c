//! Google Cloud KMS, by a stand-in for its REST interface.

use super::conformance::{keeps_the_rules, tells_old_wraps};
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
