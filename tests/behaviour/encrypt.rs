//! `dekko encrypt`.

use crate::desk::Desk;

const YAML: &str = "db:\n  host: example.org # where\n  password: hunter2-yaml\nlist: [1, hunter2]\n";

#[test]
fn a_file_is_encrypted_in_place_and_comes_back_byte_for_byte() {
    let desk = Desk::new();
    let files = [
        ("a.secret.yaml", YAML),
        ("b.secret.json", "{\n  \"password\": \"hunter2\", \"n\": [1, true, null]\n}"),
        ("c.secret.jsonc", "{\n  // why\n  \"password\": \"hunter2\",\n}\n"),
        ("d.secret.toml", "# top\n[db]\npassword = 'hunter2' # why\nwhen = 2026-01-01\n"),
        (".env", "# top\nexport PASSWORD=\"hunter2\"\nEMPTY=\n"),
        ("f.secret.ini", "[db]\npassword = hunter2\n; why\n"),
        ("g.secret.txt", "hunter2\r\nwithout end"),
    ];
    for (name, text) in files {
        desk.write(name, text);
        desk.dekko(["encrypt", name]).ok().says("dekko: encrypted ").says(&desk.recipient());
        let sealed = String::from_utf8_lossy(&desk.bytes(name)).into_owned();
        assert!(!sealed.contains("hunter2") && sealed != text, "{name}: {sealed}");
        assert_eq!(desk.dekko(["decrypt", name]).ok().out(), text);
        desk.dekko(["decrypt", "--in-place", name]).ok();
        assert_eq!(desk.read(name), text);
    }
}

#[test]
fn a_binary_file_is_encrypted_as_a_whole() {
    let desk = Desk::new();
    let bytes: Vec<u8> = (0..=255).cycle().take(200_000).collect();
    desk.write("secrets/key.p12", &bytes);
    desk.dekko(["encrypt", "secrets/key.p12"]).ok();
    assert!(desk.bytes("secrets/key.p12").starts_with(b"dekko-binary-v1\n"));
    assert_eq!(desk.dekko(["decrypt", "secrets/key.p12"]).ok().stdout, bytes);
    desk.dekko(["encrypt", "secrets/key.p12"]).fails(3).says("encrypted already");
    desk.write("secrets/other", "x");
    desk.dekko(["encrypt", "--encrypt", "a.*", "secrets/other"]).fails(2).says("as a whole");
}

#[test]
fn what_is_encrypted_already_is_left_alone() {
    let desk = Desk::new();
    desk.write("a.secret.yaml", YAML);
    desk.dekko(["encrypt", "a.secret.yaml"]).ok();
    let sealed = desk.read("a.secret.yaml");
    desk.dekko(["encrypt", "a.secret.yaml"])
        .fails(3)
        .says("encrypted already")
        .says("dekko edit a.secret.yaml");
    assert_eq!(desk.read("a.secret.yaml"), sealed);
    std::fs::rename(desk.path("a.secret.yaml"), desk.path("no-rule.yaml")).expect("renamed");
    desk.dekko(["encrypt", "no-rule.yaml"]).fails(3).says("encrypted already");
}

#[test]
fn recipients_and_patterns_can_be_named_without_any_configuration() {
    let desk = Desk::bare();
    let recipient = desk.keygen("key.txt");
    desk.write("a.yaml", YAML);
    let run = desk.dekko(["encrypt", "-r", &recipient, "--encrypt", "db.*", "--plain", "db.host", "a.yaml"]);
    run.ok().says("1 value of 'a.yaml'");
    let sealed = desk.read("a.yaml");
    assert!(
        sealed.contains("host: example.org # where") && sealed.contains("list: [1, hunter2]"),
        "{sealed}"
    );
    assert_eq!(desk.dekko(["decrypt", "-i", "key.txt", "a.yaml"]).ok().out(), YAML);
}

#[test]
fn without_a_rule_or_a_recipient_nothing_happens() {
    let desk = Desk::new();
    desk.write("plain.yaml", YAML);
    let run = desk.dekko(["encrypt", "plain.yaml"]).fails(2);
    run.says("no rule").says("dekko encrypt -r age1").says("dekko init");
    assert_eq!(desk.read("plain.yaml"), YAML);
}

#[test]
fn names_of_recipients_come_from_the_configuration_and_are_said() {
    let desk = Desk::new();
    let (alice, bob) = (desk.keygen("alice.txt"), desk.keygen("bob.txt"));
    let config = format!(
        "version = 1\n[recipients]\nalice = \"{alice}\"\nbob = \"{bob}\"\n[groups]\nteam = [\"alice\", \"bob\"]\n\
         [[rules]]\npaths = [\"k8s/**\"]\nrecipients = [\"team\"]\npreset = \"kubernetes\"\nscope = \"prod\"\n"
    );
    desk.write("dekko.toml", config);
    let manifest = "kind: Secret\nmetadata:\n  name: x\ndata:\n  password: aHVudGVyMg==\n";
    desk.write("k8s/secret.yaml", manifest);
    let run = desk.dekko(["encrypt", "k8s/secret.yaml"]).fails(2).says("nobody has said yes");
    let _ = run.says(&format!("alice ({alice}), bob ({bob})"));
    assert_eq!(desk.read("k8s/secret.yaml"), manifest);
    let run = desk.dekko(["encrypt", "--yes", "k8s/secret.yaml"]).ok();
    run.says(&format!("alice ({alice}), bob ({bob})"));
    // Said once, it holds for these keys in this repository; a key that was typed is never asked for.
    desk.write("k8s/second.yaml", manifest);
    desk.dekko(["encrypt", "k8s/second.yaml"]).ok().does_not_say("you have not said yes");
    let stranger = desk.keygen("stranger.txt");
    desk.write("dekko.toml", desk.read("dekko.toml").replace(&bob, &stranger));
    desk.write("k8s/third.yaml", manifest);
    desk.dekko(["encrypt", "k8s/third.yaml"]).fails(2).says(&format!("lets bob ({stranger}) read"));
    desk.dekko(["encrypt", "-r", &stranger, "k8s/third.yaml"]).ok();
    desk.write("dekko.toml", desk.read("dekko.toml").replace(&stranger, &bob));
    let sealed = desk.read("k8s/secret.yaml");
    assert!(sealed.starts_with("kind: Secret\nmetadata:\n  name: x\ndata:\n  password: enc1."), "{sealed}");
    assert_eq!(desk.dekko(["decrypt", "-i", "bob.txt", "k8s/secret.yaml"]).ok().out(), manifest);
    let run = desk.dekko(["decrypt", "k8s/secret.yaml"]).fails(4);
    run.says("no identity here")
        .says(&format!("alice ({alice})"))
        .says("dekko recipients add k8s/secret.yaml");
    desk.write("k8s/other.yaml", manifest);
    desk.dekko(["encrypt", "-r", "bob", "k8s/other.yaml"]).ok().says("1 value").does_not_say("alice");
}

#[test]
fn several_files_are_all_encrypted_or_none() {
    let desk = Desk::new();
    desk.write("a.secret.yaml", YAML);
    desk.write("b.secret.yaml", "a: 1\na: 2\n");
    let run = desk.dekko(["encrypt", "a.secret.yaml", "b.secret.yaml"]).fails(3);
    run.says("'b.secret.yaml': line 2, column 1").says("nothing was written");
    assert_eq!(desk.read("a.secret.yaml"), YAML);
    desk.write("b.secret.yaml", "b: 1\n");
    desk.dekko(["encrypt", "a.secret.yaml", "b.secret.yaml"]).ok();
    desk.dekko(["verify", "a.secret.yaml", "b.secret.yaml"]).ok();
}

#[test]
fn a_file_named_twice_is_encrypted_once() {
    let desk = Desk::new();
    desk.write("a.secret.yaml", YAML);
    desk.dekko(["encrypt", "a.secret.yaml", "./a.secret.yaml", "a.secret.yaml"]).ok();
    desk.dekko(["decrypt", "--in-place", "a.secret.yaml", "../work/a.secret.yaml"]).ok();
    assert_eq!(desk.read("a.secret.yaml"), YAML);
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_name_that_is_no_unicode_has_its_type_all_the_same() {
    use std::os::unix::ffi::OsStrExt;
    let desk = Desk::new();
    let name = std::ffi::OsStr::from_bytes(b"a\xff.secret.yaml");
    std::fs::write(desk.work().join(name), YAML).expect("written");
    let word = std::ffi::OsStr::new;
    desk.dekko([word("encrypt"), name]).ok().says("4 values of 'a\u{fffd}.secret.yaml'");
    assert_eq!(desk.dekko([word("decrypt"), name]).ok().out(), YAML);
}

#[test]
fn standard_input_needs_a_type_and_goes_to_standard_output() {
    let desk = Desk::bare();
    let recipient = desk.keygen("key.txt");
    desk.dekko_with(["encrypt", "-r", &recipient, "-"], b"a: 1\n").fails(2).says("--type");
    let sealed = desk.dekko_with(["encrypt", "-r", &recipient, "--type", "yaml", "-"], b"a: 1\n").ok();
    assert!(sealed.out().starts_with("a: enc1."));
    let plain = desk.dekko_with(["decrypt", "-i", "key.txt", "-"], &sealed.stdout).ok();
    assert_eq!(plain.out(), "a: 1\n");
    desk.dekko_with(["encrypt", "-r", &recipient, "-", "-o", "new.json"], b"{\"a\": 1}").ok();
    assert!(desk.read("new.json").starts_with("{\"a\": \"enc1."));
}

#[test]
fn another_file_is_written_over_only_when_that_is_said() {
    let desk = Desk::new();
    desk.write("a.yaml", YAML);
    desk.write("a.secret.yaml", "precious\n");
    desk.dekko(["encrypt", "a.yaml", "-o", "a.secret.yaml"]).fails(7).says("exists already").says("--force");
    assert_eq!(desk.read("a.secret.yaml"), "precious\n");
    desk.dekko(["encrypt", "a.yaml", "-o", "a.secret.yaml", "--force"]).ok();
    assert_eq!(desk.read("a.yaml"), YAML);
    assert_eq!(desk.dekko(["decrypt", "a.secret.yaml"]).ok().out(), YAML);
    desk.dekko(["encrypt", "a.yaml", "-o", "secrets/a.json"]).fails(7);
    desk.write("secrets/x", "");
    desk.dekko(["encrypt", "a.yaml", "-o", "secrets/a.json"]).fails(2).says("would be read as json");
}

#[test]
fn a_base_keeps_every_value_that_did_not_change() {
    let desk = Desk::new();
    desk.write("a.secret.yaml", YAML);
    desk.dekko(["encrypt", "a.secret.yaml"]).ok();
    let before = desk.read("a.secret.yaml");
    desk.write("plain.yaml", YAML.replace("hunter2-yaml", "hunter2-new"));
    desk.dekko(["encrypt", "--base", "a.secret.yaml", "plain.yaml", "-o", "a.secret.yaml"]).ok();
    let after = desk.read("a.secret.yaml");
    let changed = before.lines().zip(after.lines()).filter(|(old, new)| old != new).count();
    assert_eq!((changed, before.lines().count()), (1, after.lines().count()), "{before}{after}");
    desk.write("plain.json", "{}");
    desk.dekko(["encrypt", "--base", "a.secret.yaml", "plain.json"]).fails(2).says("the base is yaml");
    desk.dekko(["encrypt", "--base", "a.secret.yaml", "-r", "me", "plain.yaml"]).fails(2);
}

#[test]
fn file_names_with_spaces_and_dashes_are_taken_as_they_are() {
    let desk = Desk::new();
    for name in ["secrets/a b.yaml", "-x.secret.yaml", "it's.secret.yaml"] {
        desk.write(name, YAML);
        desk.dekko(["encrypt", "--", name]).ok().says(&format!("'{name}'"));
        assert_eq!(desk.dekko(["decrypt", "--", name]).ok().out(), YAML);
    }
    desk.write("-x.secret.yaml", YAML);
    desk.dekko(["decrypt", "--", "-x.secret.yaml"]).fails(3).says("dekko encrypt ./-x.secret.yaml");
}

#[test]
fn comments_cover_and_scope_are_chosen_by_options() {
    let desk = Desk::new();
    desk.write("a.secret.yaml", YAML);
    let options = ["--comments", "encrypted", "--cover", "encrypted", "--scope", "prod"];
    desk.dekko(["encrypt", "a.secret.yaml"].into_iter().chain(options)).ok().says("5 values");
    let sealed = desk.read("a.secret.yaml");
    assert!(sealed.contains("# enc1.") && sealed.contains("cover: encrypted"), "{sealed}");
    assert_eq!(desk.dekko(["decrypt", "--require-scope", "prod", "a.secret.yaml"]).ok().out(), YAML);
    let run = desk.dekko(["decrypt", "--require-scope", "test", "a.secret.yaml"]).fails(5);
    run.says("the file is for the scope 'prod', not for 'test'");
    desk.write("b.secret.yaml", YAML);
    desk.dekko(["encrypt", "--scope", " x", "b.secret.yaml"]).fails(2).says("printable ASCII");
}

#[test]
fn a_value_that_looks_encrypted_is_warned_about() {
    let desk = Desk::new();
    desk.write("a.secret.yaml", "a: enc1.notreally\n");
    desk.dekko(["encrypt", "a.secret.yaml"])
        .ok()
        .says("warning: 'a' of 'a.secret.yaml' looked encrypted already");
    assert_eq!(desk.dekko(["decrypt", "a.secret.yaml"]).ok().out(), "a: enc1.notreally\n");
}

#[cfg(unix)]
#[test]
fn links_and_modes_stay_and_hard_links_are_refused() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let desk = Desk::new();
    desk.write("secrets/real.yaml", YAML);
    let mode = |name: &str| std::fs::metadata(desk.path(name)).expect(name).permissions().mode() & 0o777;
    std::fs::set_permissions(desk.path("secrets/real.yaml"), std::fs::Permissions::from_mode(0o640))
        .expect("mode");
    symlink("secrets/real.yaml", desk.path("link.yaml")).expect("link");
    desk.dekko(["encrypt", "link.yaml"]).ok();
    assert!(desk.path("link.yaml").is_symlink());
    assert_eq!(mode("secrets/real.yaml"), 0o640);
    assert!(desk.read("secrets/real.yaml").contains("enc1."));
    desk.write("secrets/one.yaml", YAML);
    std::fs::hard_link(desk.path("secrets/one.yaml"), desk.path("secrets/two.yaml")).expect("hard link");
    desk.dekko(["encrypt", "secrets/one.yaml"]).fails(7).says("several names");
    assert_eq!(desk.read("secrets/two.yaml"), YAML);
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_repository_is_refused() {
    let desk = Desk::new();
    std::fs::create_dir(desk.path(".git")).expect("a repository");
    let outside = desk.home().join("outside.yaml");
    std::fs::write(&outside, YAML).expect("written");
    std::os::unix::fs::symlink(&outside, desk.path("in.secret.yaml")).expect("link");
    desk.dekko(["encrypt", "-r", &desk.recipient(), "in.secret.yaml"])
        .fails(7)
        .says("leads out of the repository");
    assert_eq!(std::fs::read_to_string(outside).expect("read"), YAML);
}

#[test]
fn a_path_upward_out_of_a_repository_is_no_link_out_of_it() {
    let desk = Desk::new();
    std::fs::create_dir_all(desk.path("repo/.git")).expect("a repository");
    desk.write("other/a.yaml", YAML);
    let mut command = desk.command(["encrypt", "-r", &desk.recipient(), "../other/a.yaml"]);
    command.current_dir(desk.path("repo"));
    desk.run(command, b"").ok();
    assert_eq!(desk.dekko(["decrypt", "other/a.yaml"]).ok().out(), YAML);
}

#[test]
fn readers_that_come_from_a_configuration_are_named_also_when_quiet() {
    let desk = Desk::new();
    let me = desk.recipient();
    desk.write("a.secret.yaml", YAML);
    desk.dekko(["-q", "encrypt", "a.secret.yaml"]).ok().says("for me (age1");
    desk.write("a.yaml", YAML);
    desk.dekko(["-q", "encrypt", "-r", "me", "a.yaml"]).ok().says("for me (age1");
    desk.write("b.yaml", YAML);
    assert_eq!(desk.dekko(["-q", "encrypt", "-r", &me, "b.yaml"]).ok().stderr, "");
}
