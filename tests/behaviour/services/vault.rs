//! Vault, real.

use std::fs;

use super::conformance::{keeps_the_rules, tells_old_wraps};
use super::{FILE, curl, given, key, opened, vault};
use crate::desk::Desk;

fn ask(path: &str, body: &str) -> String {
    let url = format!("{}/v1/{path}", given("DEKKO_TEST_VAULT"));
    curl(&["-H", "X-Vault-Token: root", "-X", "POST", &url, "-d", body])
}

fn token_of(policy: &str, name: &str) -> String {
    let policy = serde_json::json!({ "policy": policy }).to_string();
    ask(&format!("sys/policies/acl/{name}"), &policy);
    let answer = ask("auth/token/create", &serde_json::json!({ "policies": [name] }).to_string());
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    answer["auth"]["client_token"].as_str().unwrap().to_owned()
}

#[test]
#[ignore = "needs Vault: tests/servers/with"]
fn it_keeps_the_rules_of_the_joint() {
    keeps_the_rules(&vault());
    // A key that derives nothing binds nothing: COMMIT alone tells.
    let mut plain = vault();
    std::mem::swap(&mut plain.rid, &mut plain.other);
    plain.is_bound = false;
    keeps_the_rules(&plain);
}

#[test]
#[ignore = "needs Vault: tests/servers/with"]
fn an_old_wrap_is_told_and_made_anew_by_the_service() {
    let mut service = vault();
    ask("transit/keys/rotated", "{\"derived\":true}");
    service.rid = service.rid.replace("dekko-derived", "rotated");
    let log = given("DEKKO_TEST_VAULT_AUDIT");
    tells_old_wraps(&service, || drop(ask("transit/keys/rotated/rotate", "{}")));
    // The data key did not leave the service for it.
    let log = fs::read_to_string(log).unwrap();
    assert!(log.contains("transit/rewrap/rotated"), "the log of the service shows the call");
}

#[test]
#[ignore = "needs Vault: tests/servers/with"]
fn a_file_is_encrypted_and_decrypted_and_the_log_shows_the_file() {
    let (desk, service) = (Desk::bare(), vault());
    service.encrypted(&desk, "a.yaml");
    let text = desk.read("a.yaml");
    assert!(text.contains(&service.rid) && !text.contains("hunter2"));
    let shown = service.dekko(&desk, &["decrypt", "a.yaml"]).ok();
    assert_eq!(shown.out(), "password: hunter2\n");
    // Without the address of the user, the token goes nowhere.
    let stranger = service.with("VAULT_ADDR", None);
    stranger.dekko(&desk, &["decrypt", "a.yaml"]).fails(4).says("set VAULT_ADDR=").says("you named none");
    let elsewhere = service.with("VAULT_ADDR", Some("https://vault.invalid"));
    elsewhere.dekko(&desk, &["decrypt", "a.yaml"]).fails(4).says("VAULT_ADDR is https://vault.invalid");
}

#[test]
#[ignore = "needs Vault: tests/servers/with"]
fn a_token_needs_the_rights_of_its_role_and_no_more() {
    let service = vault();
    let session =
        |policy: &str, name: &str| service.with("VAULT_TOKEN", Some(&token_of(policy, name))).session();
    let right =
        |verb: &str| format!("path \"transit/{verb}/dekko-derived\" {{ capabilities = [\"update\"] }}\n");
    let encrypts = session(&right("encrypt"), "encrypts");
    let bytes = dekko::provider::wrap(&service.rid, &FILE, &key(), &encrypts).unwrap();
    let error = opened(&service.rid, &bytes, &FILE, &encrypts).unwrap_err();
    assert!(format!("{error:?}").contains("needs 'update' on 'transit/decrypt/dekko-derived'"), "{error:?}");
    let decrypts = session(&right("decrypt"), "decrypts");
    assert!(opened(&service.rid, &bytes, &FILE, &decrypts).is_ok());
    let rewraps = session(&right("rewrap"), "rewraps");
    let wrap = dekko::provider::Wrap { rid: &service.rid, bytes: &bytes };
    assert!(dekko::provider::rewrap(&wrap, &FILE, &rewraps).unwrap().is_some());
    assert!(opened(&service.rid, &bytes, &FILE, &rewraps).is_err());
}

#[test]
#[ignore = "needs Vault: tests/servers/with"]
fn a_mistyped_key_is_not_made_by_accident() {
    let service = vault();
    let rid = service.rid.replace("dekko-derived", "mistyped");
    let error = dekko::provider::wrap(&rid, &FILE, &key(), &service.session()).unwrap_err();
    assert_eq!(error.status(), 6);
    assert!(error.to_string().contains("is there a transit engine at 'transit', with that key?"), "{error}");
    let url = format!("{}/v1/transit/keys/mistyped", given("DEKKO_TEST_VAULT"));
    assert!(curl(&["-H", "X-Vault-Token: root", &url]).contains("\"errors\":[]"), "no such key was made");
}

#[test]
#[ignore = "needs Vault: tests/servers/with"]
fn logins_that_the_user_configures_give_a_token() {
    let (desk, service) = (Desk::bare(), vault());
    service.encrypted(&desk, "a.yaml");
    ask("sys/auth/approle", "{\"type\":\"approle\"}");
    token_of("path \"transit/decrypt/dekko-derived\" { capabilities = [\"update\"] }", "reads");
    ask("auth/approle/role/ci", "{\"token_policies\":[\"reads\"]}");
    let url = format!("{}/v1/auth/approle/role/ci/role-id", given("DEKKO_TEST_VAULT"));
    let role: serde_json::Value = serde_json::from_str(&curl(&["-H", "X-Vault-Token: root", &url])).unwrap();
    let role = role["data"]["role_id"].as_str().unwrap();
    let secret: serde_json::Value =
        serde_json::from_str(&ask("auth/approle/role/ci/secret-id", "{}")).unwrap();
    let secret = secret["data"]["secret_id"].as_str().unwrap();
    let file = desk.home().join("secret-id");
    fs::write(&file, secret).unwrap();
    let config = |more: &str| {
        let folder = desk.home().join(".config/dekko");
        fs::create_dir_all(&folder).unwrap();
        let address = &service.upstream;
        let text =
            format!("[[keys]]\nmatch = \"vault-transit:{address}/*\"\naddress = \"{address}\"\n{more}");
        fs::write(folder.join("config.toml"), text).unwrap();
    };
    let nobody = service.with("VAULT_TOKEN", None).with("VAULT_ADDR", None);
    config("");
    nobody.dekko(&desk, &["decrypt", "a.yaml"]).fails(4).says("there is no token");
    let login = format!("login = \"approle\"\nrole = \"{role}\"\nsecret_file = \"{}\"\n", file.display());
    config(&login);
    assert_eq!(nobody.dekko(&desk, &["decrypt", "a.yaml"]).ok().out(), "password: hunter2\n");
    fs::write(&file, "wrong").unwrap();
    nobody
        .dekko(&desk, &["decrypt", "a.yaml"])
        .fails(4)
        .says("the login at auth/approle")
        .does_not_say("wrong");
    // The token of a file of the user's.
    fs::write(&file, "root").unwrap();
    config(&format!("credentials = \"{}\"\n", file.display()));
    nobody.dekko(&desk, &["decrypt", "a.yaml"]).ok();
    // The home folder's, and a token helper.
    config("");
    fs::write(desk.home().join(".vault-token"), "root\n").unwrap();
    nobody.dekko(&desk, &["decrypt", "a.yaml"]).ok();
    fs::remove_file(desk.home().join(".vault-token")).unwrap();
    let helper = desk.home().join("helper");
    fs::write(&helper, "#!/bin/sh\n[ \"$1\" = get ] && echo root\n").unwrap();
    std::process::Command::new("chmod").arg("+x").arg(&helper).status().unwrap();
    fs::write(desk.home().join(".vault"), format!("token_helper = \"{}\"\n", helper.display())).unwrap();
    nobody.dekko(&desk, &["decrypt", "a.yaml"]).ok();
}

#[test]
#[ignore = "needs Vault: tests/servers/with"]
fn what_git_calls_asks_no_service_unless_the_user_allows_it() {
    let (desk, service) = (Desk::bare(), vault());
    service.encrypted(&desk, "a.yaml");
    let shown = service.dekko(&desk, &["git", "textconv", "a.yaml"]).either(&[0, 4]);
    assert!(!shown.out().contains("hunter2"), "{}", shown.out());
    let folder = desk.home().join(".config/dekko");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.toml"), "[diff]\nnetwork = true\n").unwrap();
    let mut command = service.command(&desk, &["git", "textconv", "a.yaml"]);
    command.env("DEKKO_DIFF", "plain");
    assert!(desk.run(command, b"").ok().out().contains("hunter2"));
}

#[test]
#[ignore = "needs Vault: tests/servers/with"]
fn old_wraps_of_many_files_are_renewed_by_the_service() {
    let (desk, mut service) = (Desk::bare(), vault());
    ask("transit/keys/bulk", "{\"derived\":true}");
    service.rid = service.rid.replace("dekko-derived", "bulk");
    let names: Vec<String> = (0..8).map(|number| format!("{number}.yaml")).collect();
    for name in &names {
        service.encrypted(&desk, name);
    }
    let stale = |more: &[&str]| -> Vec<String> {
        let words = ["rewrap", "--stale"].iter().chain(more).map(|&word| word.to_owned());
        words.chain(names.iter().cloned()).collect()
    };
    let run =
        |words: Vec<String>| service.dekko(&desk, &words.iter().map(String::as_str).collect::<Vec<_>>());
    run(stale(&["--plan"])).ok().says("none would change");
    ask("transit/keys/bulk/rotate", "{}");
    let planned = run(stale(&["--plan"])).ends(1).says("8 would change");
    assert!(planned.out().contains("0.yaml: renew vault-transit:"), "{}", planned.out());
    let before = desk.read("0.yaml");
    run(stale(&[])).ok().says("8 changed");
    let after = desk.read("0.yaml");
    let line = |text: &str, name: &str| text.lines().find(|line| line.contains(name)).map(str::to_owned);
    assert_eq!(line(&before, "dek:"), line(&after, "dek:"));
    assert_ne!(line(&before, "vault-transit:"), line(&after, "vault-transit:"));
    run(stale(&["--plan"])).ok();
    service.dekko(&desk, &["decrypt", "7.yaml"]).ok();
    let log = fs::read_to_string(given("DEKKO_TEST_VAULT_AUDIT")).unwrap();
    assert!(log.contains("transit/rewrap/bulk"), "the log of the service shows the call");
}

#[test]
#[ignore = "needs Vault: tests/servers/with"]
fn a_token_that_ends_in_mid_run_is_had_anew_where_a_login_gives_it() {
    let service = vault();
    token_of("path \"transit/decrypt/dekko-derived\" { capabilities = [\"update\"] }", "briefly");
    ask("sys/auth/brief", "{\"type\":\"approle\"}");
    ask(
        "auth/brief/role/ci",
        "{\"token_policies\":[\"briefly\"],\"token_ttl\":\"1s\",\"bind_secret_id\":true}",
    );
    let url = format!("{}/v1/auth/brief/role/ci/role-id", given("DEKKO_TEST_VAULT"));
    let role: serde_json::Value = serde_json::from_str(&curl(&["-H", "X-Vault-Token: root", &url])).unwrap();
    let secret: serde_json::Value = serde_json::from_str(&ask("auth/brief/role/ci/secret-id", "{}")).unwrap();
    let settings = dekko::provider::KeySettings {
        matches: "vault-transit:*".to_owned(),
        address: Some(service.upstream.clone()),
        login: Some(dekko::provider::Login::AppRole),
        role: role["data"]["role_id"].as_str().map(str::to_owned),
        mount: Some("brief".to_owned()),
        secret_variable: Some("SECRET_ID".to_owned()),
        ..Default::default()
    };
    let bytes = dekko::provider::wrap(&service.rid, &FILE, &key(), &service.session()).unwrap();
    let service = service.with("VAULT_TOKEN", None).with("SECRET_ID", secret["data"]["secret_id"].as_str());
    let session = service.session().with_keys(vec![settings]);
    for _ in 0..2 {
        assert!(opened(&service.rid, &bytes, &FILE, &session).is_ok());
        std::thread::sleep(std::time::Duration::from_millis(2500));
    }
}

#[test]
#[ignore = "needs Vault: tests/servers/with"]
fn a_group_of_a_vault_and_a_person_is_opened_and_split_anew_when_a_share_is_old() {
    let (desk, mut service) = (Desk::new(), vault());
    ask("transit/keys/grouped", "{\"derived\":true}");
    service.rid = service.rid.replace("dekko-derived", "grouped");
    let group = format!("threshold:2-of-2:both [ {} {} ]", service.rid, desk.recipient());
    desk.write("a.yaml", "password: hunter2\n");
    service.dekko(&desk, &["encrypt", "-r", &group, "--encrypt", "**", "a.yaml"]).ok();
    let opens = || assert_eq!(service.dekko(&desk, &["decrypt", "a.yaml"]).ok().out(), "password: hunter2\n");
    opens();
    // Neither alone.
    desk.dekko(["decrypt", "a.yaml"]).fails(4).says("1 of the 2 shares");
    let mut nobody = service.command(&desk, &["decrypt", "a.yaml"]);
    nobody.env("HOME", desk.path("nowhere")).env("XDG_CONFIG_HOME", desk.path("nowhere"));
    desk.run(nobody, b"").fails(4).says("1 of the 2 shares");
    let stale = |more: &[&str]| service.dekko(&desk, &[&["rewrap", "--stale", "a.yaml"], more].concat());
    stale(&["--plan"]).ok();
    ask("transit/keys/grouped/rotate", "{}");
    assert!(stale(&["--plan"]).ends(1).out().contains("renew threshold:2-of-2:both (2 of 2: "));
    let before = desk.read("a.yaml");
    stale(&[]).ok().says("'a.yaml' has new wraps, for threshold:2-of-2:both");
    assert_ne!(desk.read("a.yaml"), before);
    stale(&["--plan"]).ok();
    opens();
}

#[test]
#[ignore = "needs Vault: tests/servers/with"]
fn one_service_that_cannot_be_asked_keeps_no_other_wrap_old() {
    let (desk, mut service) = (Desk::bare(), vault());
    ask("transit/keys/half", "{\"derived\":true}");
    service.rid = service.rid.replace("dekko-derived", "half");
    // The same server by another name, which the user names in the configuration alone.
    let other = service.upstream.replace("127.0.0.1", "localhost");
    let folder = desk.home().join(".config/dekko");
    fs::create_dir_all(&folder).unwrap();
    let config = format!("[[keys]]\nmatch = \"vault-transit:{other}/*\"\naddress = \"{other}\"\n");
    fs::write(folder.join("config.toml"), config).unwrap();
    let rid = service.rid.replace(&service.upstream, &other);
    for name in ["a.yaml", "b.yaml"] {
        desk.write(name, "password: hunter2\n");
        service.dekko(&desk, &["encrypt", "-r", &service.rid, "-r", &rid, "--encrypt", "**", name]).ok();
    }
    ask("transit/keys/half/rotate", "{}");
    fs::remove_file(folder.join("config.toml")).unwrap();
    let stale = |more: &[&str]| {
        service.dekko(&desk, &[&["rewrap", "--stale", "a.yaml", "b.yaml"], more].concat()).ends(6)
    };
    assert!(stale(&["--plan"]).says("the wrap of 2 files for").out().contains("a.yaml: renew "));
    let run = stale(&["--json"]).says("the wrap of 2 files for").says("set VAULT_ADDR=").says("2 changed");
    let json: serde_json::Value = serde_json::from_str(&run.out()).unwrap();
    assert_eq!(json["files"][0]["state"], "changed");
    assert_eq!(json["files"][0]["renewed"][0]["recipient"], *service.rid);
    assert_eq!(json["files"][0]["unanswered"][0]["recipient"]["recipient"], *rid);
    assert_eq!(json["files"][0]["unanswered"][0]["status"], 6);
    let again: serde_json::Value = serde_json::from_str(&stale(&["--json"]).out()).unwrap();
    assert_eq!(again["files"][0]["state"], "unchanged");
    assert_eq!(again["files"][0]["unanswered"][0]["recipient"]["recipient"], *rid);
    service.dekko(&desk, &["decrypt", "a.yaml"]).ok();
}
