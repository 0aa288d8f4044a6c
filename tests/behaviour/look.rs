//! What can be known of a file: `inspect`, `verify`, `explain`; and of a user: `identities`, `keygen`, `init`.

use crate::desk::Desk;
use serde_json::{Value, json};

const YAML: &str = "kind: x\ndb:\n  password: hunter2\n";

fn sealed() -> Desk {
    let desk = Desk::new();
    desk.write("a.secret.yaml", YAML);
    desk.dekko(["encrypt", "--plain", "kind", "--scope", "prod", "a.secret.yaml"]).ok();
    desk
}

fn json_of(out: &[u8]) -> Value {
    serde_json::from_slice(out).expect("JSON")
}

#[test]
fn inspect_needs_no_key() {
    let desk = sealed();
    let recipient = desk.recipient();
    std::fs::remove_file(desk.home().join(".config/dekko/keys.txt")).expect("removed");
    let value = json_of(&desk.dekko(["inspect", "--json", "a.secret.yaml"]).ok().stdout);
    assert_eq!(value["encrypted"], json!(true));
    assert_eq!(
        (&value["type"], &value["values"], &value["scope"]),
        (&json!("yaml"), &json!(1), &json!("prod"))
    );
    assert_eq!(value["policy"], json!("encrypt **; plain kind"));
    assert_eq!(value["recipients"], json!([{ "name": "me", "recipient": format!("age:{recipient}") }]));
    let text = desk.dekko(["inspect", "a.secret.yaml"]).ok().out();
    assert!(text.contains("policy      encrypt **; plain kind\n") && text.contains(&recipient), "{text}");
}

#[test]
fn inspect_answers_whether_a_file_is_encrypted() {
    let desk = sealed();
    desk.write("plain.yaml", YAML);
    desk.write("plain", "text");
    for name in ["plain.yaml", "plain"] {
        let run = desk.dekko(["inspect", "--json", name]).ends(1);
        assert_eq!(json_of(&run.stdout), json!({ "encrypted": false }));
        assert_eq!(run.stderr, "");
    }
    desk.dekko(["inspect", "absent"]).fails(7);
}

#[test]
fn verify_says_a_line_for_each_file_and_ends_in_the_worst() {
    let desk = sealed();
    desk.write("plain.yaml", YAML);
    assert_eq!(desk.dekko(["verify", "a.secret.yaml"]).ok().out(), "a.secret.yaml: ok, 1 value\n");
    desk.write("bad.yaml", desk.read("a.secret.yaml").replace("kind: x", "kind: y"));
    let run = desk.dekko(["verify", "plain.yaml", "a.secret.yaml", "bad.yaml", "absent"]).ends(5);
    let lines = "plain.yaml: not encrypted\na.secret.yaml: ok, 1 value\nbad.yaml: altered (link)\nabsent: not verified\n";
    assert_eq!(run.out(), lines);
    desk.dekko(["verify", "--require-scope", "prod", "a.secret.yaml"]).ok();
    desk.dekko(["verify", "--require-scope", "test", "a.secret.yaml"]).ends(5).says("for the scope 'prod'");
}

#[test]
fn explain_names_rule_recipients_and_reasons() {
    let desk = Desk::new();
    let config = desk.read("dekko.toml") + "plain = [\"kind\", \"db.h*\"]\n";
    desk.write("dekko.toml", config);
    desk.write("a.secret.yaml", "kind: x\ndb:\n  host: h\n  password: hunter2\n");
    let check = |value: &Value| {
        let reasons: Vec<_> = value["values"].as_array().expect("values").iter().collect();
        let expected = [
            ("kind", false, "plain 'kind'"),
            ("db.host", false, "plain 'db.h*'"),
            ("db.password", true, "encrypt '**'"),
        ];
        for (value, (path, encrypted, because)) in reasons.iter().zip(expected) {
            assert_eq!(**value, json!({ "path": path, "encrypted": encrypted, "because": because }));
        }
        assert_eq!(reasons.len(), expected.len());
        assert_eq!(value["recipients"][0]["name"], json!("me"));
    };
    let value = json_of(&desk.dekko(["explain", "--json", "a.secret.yaml"]).ok().stdout);
    check(&value);
    assert!(value["rule"].as_str().expect("a rule").contains("dekko.toml, line "), "{value}");
    desk.dekko(["encrypt", "a.secret.yaml"]).ok();
    check(&json_of(&desk.dekko(["explain", "--json", "a.secret.yaml"]).ok().stdout));
    desk.write("other.yaml", YAML);
    let text = desk.dekko(["explain", "other.yaml"]).ok().out();
    assert!(text.contains("none of dekko.toml names this file"), "{text}");
}

#[test]
fn init_makes_what_is_missing_and_overwrites_nothing() {
    let desk = Desk::bare();
    let run = desk.dekko(["init"]).ok();
    let run = run.says("made an identity").says("wrote 'dekko.toml'").says("dekko: hint: ");
    assert_eq!(run.out(), "");
    let keys = desk.home().join(".config/dekko/keys.txt");
    let (config, key) = (desk.read("dekko.toml"), std::fs::read_to_string(&keys).expect("a key"));
    assert!(config.contains(&format!("me = \"{}\"", desk.recipient())), "{config}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&keys).expect("keys").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    desk.dekko(["init"]).ok().says("have an identity already").says("stays as it is");
    assert_eq!((desk.read("dekko.toml"), std::fs::read_to_string(&keys).expect("a key")), (config, key));
}

#[test]
fn identities_show_no_secret() {
    let desk = Desk::bare();
    desk.dekko(["identities"]).ends(1);
    desk.dekko(["init"]).ok();
    let run = desk.dekko(["identities"]).ok();
    assert!(run.out().contains(&desk.recipient()) && !run.out().contains("SECRET"), "{}", run.out());
    let value = json_of(&desk.dekko(["identities", "--json"]).ok().stdout);
    assert!(value.as_array().expect("a list").iter().any(|source| source["found"] == json!(true)), "{value}");
}

#[test]
fn keygen_overwrites_nothing() {
    let desk = Desk::bare();
    let recipient = desk.keygen("key.txt");
    let before = desk.read("key.txt");
    desk.dekko(["keygen", "-o", "key.txt"]).fails(7).says("exists already");
    assert_eq!(desk.read("key.txt"), before);
    assert!(recipient.starts_with("age1"));
    let run = desk.dekko(["keygen"]).ok().says("public key: age1");
    assert!(run.out().lines().last().expect("a key").starts_with("AGE-SECRET-KEY-1"));
}
