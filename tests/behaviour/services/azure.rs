//! Azure Key Vault, by a stand-in with TLS and an authority of its own.

use super::conformance::{keeps_the_rules, tells_old_wraps};
use super::{FILE, azure, curl, given, key, opened};
use crate::desk::Desk;

fn ask(method: &str, path: &str, body: &str) -> String {
    let url = format!("{}/{path}", given("DEKKO_TEST_AZURE_VAULT"));
    curl(&["-X", method, "-H", "authorization: Bearer t", &url, "-d", body])
}

#[test]
#[ignore = "needs python3 and cryptography: tests/servers/with"]
fn it_keeps_the_rules_of_the_joint() {
    keeps_the_rules(&azure());
}

#[test]
#[ignore = "needs python3 and cryptography: tests/servers/with"]
fn an_old_wrap_is_told() {
    let mut service = azure();
    ask("POST", "keys/rotated/create", "{}");
    service.rid = service.rid.replace("/keys/dekko", "/keys/rotated");
    tells_old_wraps(&service, || drop(ask("POST", "keys/rotated/rotate", "{}")));
}

#[test]
#[ignore = "needs python3 and cryptography: tests/servers/with"]
fn a_file_is_encrypted_and_decrypted_with_credentials_of_each_kind() {
    let (desk, service) = (Desk::bare(), azure());
    service.encrypted(&desk, "a.yaml");
    assert_eq!(service.dekko(&desk, &["decrypt", "a.yaml"]).ok().out(), "password: hunter2\n");
    let nobody = service.with("IDENTITY_ENDPOINT", None).with("IDENTITY_HEADER", None);
    let tenant = nobody.with("AZURE_TENANT_ID", Some("00000000-0000-0000-0000-000000000000"));
    let client = tenant.with("AZURE_CLIENT_ID", Some("11111111-1111-1111-1111-111111111111"));
    client.with("AZURE_CLIENT_SECRET", Some("s")).dekko(&desk, &["decrypt", "a.yaml"]).ok();
    let file = desk.home().join("token");
    std::fs::write(&file, "jwt").unwrap();
    client.with("AZURE_FEDERATED_TOKEN_FILE", file.to_str()).dekko(&desk, &["decrypt", "a.yaml"]).ok();
    let developer = nobody.with("AZURE_TOKEN_CREDENTIALS", Some("dev"));
    developer
        .dekko(&desk, &["decrypt", "a.yaml"])
        .fails(4)
        .says("there are no credentials for Azure")
        .says("az login");
}

#[test]
#[ignore = "needs python3 and cryptography: tests/servers/with"]
fn a_token_goes_to_no_host_but_the_services_and_those_the_user_names() {
    let (desk, service) = (Desk::bare(), azure());
    service.encrypted(&desk, "a.yaml");
    let stranger = service.with("DEKKO_AZURE_VAULT_HOSTS", None);
    stranger
        .dekko(&desk, &["decrypt", "a.yaml"])
        .fails(4)
        .says("is no host of Azure Key Vault, and gets no token");
    let untrusting = service.with("SSL_CERT_FILE", None);
    untrusting.dekko(&desk, &["decrypt", "a.yaml"]).either(&[4, 6]);
}

#[test]
#[ignore = "needs python3 and cryptography: tests/servers/with"]
fn a_disabled_key_is_said_with_what_to_do() {
    let mut service = azure();
    ask("POST", "keys/disabled/create", "{}");
    service.rid = service.rid.replace("/keys/dekko", "/keys/disabled");
    let bytes = dekko::provider::wrap(&service.rid, &FILE, &key(), &service.session()).unwrap();
    let version = String::from_utf8(bytes[4..36].to_vec()).unwrap();
    ask("PATCH", &format!("keys/disabled/{version}"), "{\"attributes\":{\"enabled\":false}}");
    let error = opened(&service.rid, &bytes, &FILE, &service.session()).unwrap_err();
    assert!(format!("{error:?}").contains("the key is disabled: enable it"), "{error:?}");
    let absent = format!("{}-absent", service.rid);
    let error = dekko::provider::wrap(&absent, &FILE, &key(), &service.session()).unwrap_err();
    assert!(error.to_string().contains("there is no such key"), "{error}");
}
