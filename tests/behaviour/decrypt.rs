//! `dekko decrypt`.

use crate::desk::Desk;

fn sealed(desk: &Desk, name: &str, text: &str) {
    desk.write(name, text);
    desk.dekko(["encrypt", name]).ok();
}

#[test]
fn several_yaml_files_become_one_stream_or_nothing() {
    let desk = Desk::new();
    sealed(&desk, "a.secret.yaml", "a: 1");
    sealed(&desk, "b.secret.yaml", "---\nb: 2\n");
    sealed(&desk, "c.secret.yaml", "c: 3\n");
    let run = desk.dekko(["decrypt", "a.secret.yaml", "b.secret.yaml", "c.secret.yaml"]).ok();
    assert_eq!(run.out(), "a: 1\n---\nb: 2\n---\nc: 3\n");
    let broken = desk.read("c.secret.yaml").replace("c: ", "d: ");
    desk.write("c.secret.yaml", broken);
    desk.dekko(["decrypt", "a.secret.yaml", "c.secret.yaml"]).fails(5).says("'c.secret.yaml': line 1");
    sealed(&desk, "d.secret.json", "{\"d\": 4}");
    desk.dekko(["decrypt", "a.secret.yaml", "d.secret.json"]).fails(2).says("only YAML");
}

#[test]
fn several_files_in_place_are_all_decrypted_or_none() {
    let desk = Desk::new();
    sealed(&desk, "a.secret.yaml", "a: 1\n");
    desk.write("b.secret.yaml", "b: 2\n");
    let before = desk.read("a.secret.yaml");
    desk.dekko(["decrypt", "--in-place", "a.secret.yaml", "b.secret.yaml"]).fails(3).says("not encrypted");
    assert_eq!(desk.read("a.secret.yaml"), before);
}

#[test]
fn a_value_moved_to_another_key_does_not_decrypt() {
    let desk = Desk::new();
    sealed(&desk, "a.secret.yaml", "user: hunter2\npassword: hunter2-2\n");
    let text = desk.read("a.secret.yaml");
    let [user, password] =
        [0, 1].map(|line| text.lines().nth(line).and_then(|l| l.split(' ').nth(1)).expect("token"));
    let swapped = text.replace(user, "?").replace(password, user).replace('?', password);
    desk.write("a.secret.yaml", swapped);
    let run = desk.dekko(["decrypt", "a.secret.yaml"]).fails(5);
    run.says("'a.secret.yaml': line 1, column 7: the file was altered (link)")
        .says("git log -p -- a.secret.yaml");
}

#[test]
fn a_plain_file_and_a_missing_one_are_named() {
    let desk = Desk::new();
    desk.write("a.yaml", "a: 1\n");
    desk.dekko(["decrypt", "a.yaml"]).fails(3).says("'a.yaml': the file is not encrypted");
    desk.dekko(["decrypt", "b.yaml"]).fails(7).says("'b.yaml': cannot read");
    // Of several failures the one that a retry helps least with.
    desk.dekko(["decrypt", "b.yaml", "a.yaml"]).fails(3).says("'a.yaml'").says("'b.yaml'");
}

#[test]
fn the_plain_text_goes_to_a_file_that_only_its_owner_can_read() {
    let desk = Desk::new();
    sealed(&desk, "a.secret.yaml", "a: hunter2\n");
    desk.dekko(["decrypt", "a.secret.yaml", "-o", "plain.yaml"]).ok();
    assert_eq!(desk.read("plain.yaml"), "a: hunter2\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(desk.path("plain.yaml")).expect("plain").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    desk.write("plain.yaml", "precious\n");
    desk.dekko(["decrypt", "a.secret.yaml", "-o", "plain.yaml"]).fails(7).says("exists already");
    assert_eq!(desk.read("plain.yaml"), "precious\n");
    desk.dekko(["decrypt", "a.secret.yaml", "-o", "plain.yaml", "--force"]).ok();
    assert_eq!(desk.read("plain.yaml"), "a: hunter2\n");
}

#[test]
fn plain_text_in_a_work_tree_is_warned_about() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path(".git")).expect("a repository");
    sealed(&desk, "a.secret.yaml", "a: hunter2\n");
    desk.dekko(["decrypt", "a.secret.yaml", "-o", "p.yaml"]).ok().says("warning: 'p.yaml' is plain text");
    desk.dekko(["decrypt", "--in-place", "a.secret.yaml"])
        .ok()
        .says("warning: 'a.secret.yaml' is plain text");
}

#[test]
fn values_are_converted_and_what_cannot_be_said_is_named() {
    let desk = Desk::new();
    sealed(&desk, "a.secret.yaml", "db:\n  password: hunter2\n  port: 5432\n");
    let json = desk.dekko(["decrypt", "--to", "json", "a.secret.yaml"]).ok();
    let value: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
    assert_eq!(value, serde_json::json!({ "db": { "password": "hunter2", "port": 5432 } }));
    let toml = desk.dekko(["decrypt", "--to", "toml", "a.secret.yaml"]).ok().out();
    assert!(toml.contains("password = \"hunter2\""), "{toml}");
    desk.dekko(["decrypt", "--to", "env", "a.secret.yaml"]).fails(3).says("'db'");
    sealed(&desk, "b.secret.yaml", "PASSWORD: hunter2\nPORT: 1\n");
    let env = desk.dekko(["decrypt", "--to", "env", "b.secret.yaml"]).ok().out();
    assert!(env.contains("PORT=1") && env.contains("PASSWORD="), "{env}");
    sealed(&desk, "c.secret.yaml", "a: 1\n---\nb: 2\n");
    desk.dekko(["decrypt", "--to", "json", "c.secret.yaml"]).fails(3).says("2 documents");
}

#[test]
fn a_merge_conflict_is_called_one() {
    let desk = Desk::new();
    sealed(&desk, "a.secret.yaml", "a: 1\nb: 2\n");
    let text = desk.read("a.secret.yaml");
    let line = text.lines().next().expect("a line");
    let conflict = text.replacen(line, &format!("<<<<<<< HEAD\n{line}\n=======\n{line}\n>>>>>>> other"), 1);
    desk.write("a.secret.yaml", conflict);
    let run = desk.dekko(["decrypt", "a.secret.yaml"]).fails(3);
    run.says("'a.secret.yaml': line 1: an unresolved merge conflict").says("dekko resolve a.secret.yaml");
}

#[test]
fn every_source_of_an_identity_is_used() {
    let desk = Desk::bare();
    let recipient = desk.keygen("key.txt");
    desk.write("a.yaml", "a: 1\n");
    desk.dekko(["encrypt", "-r", &recipient, "a.yaml"]).ok();
    desk.dekko(["decrypt", "a.yaml"]).fails(4).says("--identity").says("DEKKO_AGE_KEY_FILE");
    let key = desk.read("key.txt");
    let secret = key.lines().last().expect("a key");
    for (name, value) in [
        ("DEKKO_AGE_KEY", secret),
        ("DEKKO_AGE_KEY_FILE", "key.txt"),
        ("DEKKO_AGE_KEY_CMD", "cat key.txt"),
        ("SOPS_AGE_KEY", secret),
        ("SOPS_AGE_KEY_FILE", "key.txt"),
    ] {
        let mut command = desk.command(["decrypt", "a.yaml"]);
        command.env(name, value);
        assert_eq!(desk.run(command, b"").ok().out(), "a: 1\n", "{name}");
    }
    let mut command = desk.command(["decrypt", "a.yaml"]);
    command.env("DEKKO_AGE_KEY", "AGE-SECRET-KEY-1hunter2");
    desk.run(command, b"").fails(4).says("caused by: DEKKO_AGE_KEY");
}
