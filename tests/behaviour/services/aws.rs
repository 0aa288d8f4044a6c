//! AWS KMS, by moto with a layer that is as strict as the service.

use std::fs;

use serde_json::{Value, json};

use super::conformance::{keeps_the_rules, tells_old_wraps};
use super::{FILE, Service, aws, curl, given, key, opened};
use crate::desk::Desk;

/// Calls the service without the SDK: the stand-in reads of a signature only whose it is.
fn ask(action: &str, body: &Value) -> Value {
    let target = format!("X-Amz-Target: TrentService.{action}");
    let who = "Authorization: AWS4-HMAC-SHA256 Credential=AKIADEKKOTEST0000001/20260101/eu-west-1/kms/aws4_request, \
               SignedHeaders=host, Signature=00";
    let kind = "Content-Type: application/x-amz-json-1.1";
    let body = body.to_string();
    let url = given("AWS_ENDPOINT_URL_KMS");
    let answer = curl(&["-X", "POST", "-H", &target, "-H", who, "-H", kind, "-d", &body, &url]);
    serde_json::from_str(&answer).unwrap_or_else(|_| panic!("{action}: {answer}"))
}

/// The service, with a key of its own.
fn with_new_key() -> (Service, String) {
    let mut service = aws();
    let arn = ask("CreateKey", &json!({}))["KeyMetadata"]["Arn"].as_str().expect("a key").to_owned();
    service.rid = format!("aws-kms:{arn}");
    (service, arn)
}

/// The calls that the service logged for the key `arn`.
fn calls(arn: &str) -> Vec<Value> {
    let log = fs::read_to_string(given("DEKKO_TEST_AWS_LOG")).unwrap();
    let lines = log.lines().filter(|line| line.contains(arn)).map(|line| serde_json::from_str(line).unwrap());
    lines.collect()
}

#[test]
#[ignore = "needs moto: tests/servers/with"]
fn it_keeps_the_rules_of_the_joint() {
    keeps_the_rules(&aws());
}

#[test]
#[ignore = "needs moto: tests/servers/with"]
fn an_old_wrap_is_told_and_made_anew_without_the_data_key_coming_here() {
    let (service, arn) = with_new_key();
    tells_old_wraps(&service, || drop(ask("RotateKeyOnDemand", &json!({ "KeyId": arn }))));
    let names: Vec<String> =
        calls(&arn).iter().map(|call| call["eventName"].as_str().unwrap().to_owned()).collect();
    // The two decryptions are the test's own; between them stands the service's call.
    assert_eq!(names, ["Encrypt", "Decrypt", "ReEncrypt", "Decrypt"]);
}

#[test]
#[ignore = "needs moto: tests/servers/with"]
fn a_file_is_encrypted_and_decrypted_and_the_log_shows_the_files_id() {
    let desk = Desk::bare();
    let (service, arn) = with_new_key();
    service.encrypted(&desk, "a.yaml");
    assert_eq!(service.dekko(&desk, &["decrypt", "a.yaml"]).ok().out(), "password: hunter2\n");
    let calls = calls(&arn);
    assert_eq!(calls.len(), 2, "one call to encrypt, one to decrypt");
    let contexts: Vec<_> =
        calls.iter().map(|call| call["requestParameters"]["EncryptionContext"].clone()).collect();
    assert_eq!(contexts[0], contexts[1]);
    let id = contexts[0]["dekko:file"].as_str().expect("the file's id");
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)));
    // The region is the key's, whatever the environment says.
    service.with("AWS_REGION", Some("us-east-1")).dekko(&desk, &["decrypt", "a.yaml"]).ok();
}

#[test]
#[ignore = "needs moto: tests/servers/with"]
fn what_keeps_a_key_from_serving_is_said_with_what_to_do() {
    let (service, arn) = with_new_key();
    // moto knows a key by its id alone for these calls.
    let arn = arn.rsplit('/').next().unwrap();
    let wrap = || dekko::provider::wrap(&service.rid, &FILE, &key(), &service.session());
    let bytes = wrap().unwrap();
    let why = || format!("{:?}", opened(&service.rid, &bytes, &FILE, &service.session()).unwrap_err());
    ask("DisableKey", &json!({ "KeyId": arn }));
    assert!(why().contains("the key is disabled: enable it"), "{}", why());
    ask("EnableKey", &json!({ "KeyId": arn }));
    let policy = json!({ "Statement": [
        { "Effect": "Deny", "Principal": { "AWS": "AKIADEKKOTEST0000001" }, "Action": "kms:Decrypt" } ] });
    ask("PutKeyPolicy", &json!({ "KeyId": arn, "PolicyName": "default", "Policy": policy.to_string() }));
    assert!(why().contains("must be allowed kms:Decrypt on the key"), "{}", why());
    ask("PutKeyPolicy", &json!({ "KeyId": arn, "PolicyName": "default", "Policy": "{\"Statement\":[]}" }));
    ask("ScheduleKeyDeletion", &json!({ "KeyId": arn, "PendingWindowInDays": 7 }));
    assert!(why().contains("cancel its deletion"), "{}", why());
    assert_eq!(wrap().unwrap_err().status(), 6);
    // No credentials at all.
    let nobody = service.with("AWS_ACCESS_KEY_ID", None).with("AWS_SECRET_ACCESS_KEY", None);
    let desk = Desk::bare();
    desk.write("a.yaml", "password: hunter2\n");
    let run = nobody.dekko(&desk, &["encrypt", "-r", &nobody.rid, "--encrypt", "**", "a.yaml"]);
    run.fails(6).says("there are no credentials for AWS");
    assert_eq!(desk.read("a.yaml"), "password: hunter2\n");
}

#[test]
#[ignore = "needs moto: tests/servers/with"]
fn the_users_configuration_gives_a_key_its_profile() {
    let desk = Desk::bare();
    let (service, _) = with_new_key();
    service.encrypted(&desk, "a.yaml");
    let nobody = service.with("AWS_ACCESS_KEY_ID", None).with("AWS_SECRET_ACCESS_KEY", None);
    let credentials = desk.home().join("credentials");
    fs::write(
        &credentials,
        "[prod]\naws_access_key_id = AKIADEKKOTEST0000001\naws_secret_access_key = test\n",
    )
    .unwrap();
    let nobody = nobody.with("AWS_SHARED_CREDENTIALS_FILE", credentials.to_str());
    nobody.dekko(&desk, &["decrypt", "a.yaml"]).fails(4).says("there are no credentials for AWS");
    let folder = desk.home().join(".config/dekko");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.toml"), "[[keys]]\nmatch = \"aws-kms:*\"\nprofile = \"prod\"\n").unwrap();
    nobody.dekko(&desk, &["decrypt", "a.yaml"]).ok();
}
