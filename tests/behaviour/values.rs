//! `dekko get`, `set` and `unset`.

use crate::desk::Desk;
use crate::repository::{FIVE, Repository};

/// The path of the value `hunter2-old` in each of [`FIVE`], and of one that does not exist beside it.
fn paths(name: &str) -> (&'static str, &'static str) {
    if name.ends_with(".env") { ("PASSWORD", "ADDED") } else { ("db.password", "db.added") }
}

#[test]
fn one_value_is_read_decoded_or_as_it_is_written() {
    let repository = Repository::new();
    let desk = &repository.desk;
    for (name, text) in FIVE {
        repository.commit(name, text);
        let (path, missing) = paths(name);
        assert_eq!(desk.dekko(["get", name, path]).ok().out(), "hunter2-old\n", "{name}");
        assert_eq!(desk.dekko(["get", "-n", name, path]).ok().out(), "hunter2-old", "{name}");
        assert_eq!(desk.dekko(["get", "--json", name, path]).ok().out(), "\"hunter2-old\"\n", "{name}");
        let raw = desk.dekko(["get", "--raw", name, path]).ok().out();
        assert!(text.contains(raw.trim_end()) && raw.contains("hunter2-old"), "{name}: {raw}");
        desk.dekko(["get", name, missing]).fails(3).says("does not exist").says(" has '");
    }
    let raw = desk.dekko(["get", "--raw", "b.secret.json", "db.password"]).ok().out();
    assert_eq!(raw, "\"hunter2-old\"\n");
}

#[test]
fn a_map_or_list_is_read_in_a_notation_that_can_say_it() {
    let desk = Desk::new();
    desk.write("a.secret.yaml", "db:\n  user: app\n  n: 5\nlist: [a, 1]\n");
    desk.dekko(["encrypt", "a.secret.yaml"]).ok();
    desk.dekko(["get", "a.secret.yaml", "db"]).fails(3).says("--json").says("--to");
    let get = |arguments: &[&str]| desk.dekko(["get"].iter().chain(arguments)).ok().out();
    let json = get(&["--json", "a.secret.yaml", "db"]);
    assert_eq!(json.split_whitespace().collect::<String>(), "{\"user\":\"app\",\"n\":5}");
    assert_eq!(get(&["--to", "env", "a.secret.yaml", "db"]), "user=app\nn=5\n");
    assert_eq!(get(&["--to", "toml", "a.secret.yaml", "db"]), "user = \"app\"\nn = 5\n");
    assert_eq!(get(&["a.secret.yaml", "list[1]"]), "1\n");
    assert!(get(&["--json", "a.secret.yaml", "."]).contains("\"list\""));
    desk.dekko(["get", "--to", "env", "a.secret.yaml", "list"]).fails(3);
    desk.dekko(["get", "--raw", "--json", "a.secret.yaml", "db"]).fails(2);
}

#[test]
fn a_path_in_several_documents_needs_the_number_of_one() {
    let desk = Desk::new();
    desk.write("a.secret.yaml", "x: hunter2-one\n---\nx: hunter2-two\ny: 1\n");
    desk.dekko(["encrypt", "a.secret.yaml"]).ok();
    desk.dekko(["get", "a.secret.yaml", "x"]).fails(3).says("--document 1");
    assert_eq!(desk.dekko(["get", "--document", "2", "a.secret.yaml", "x"]).ok().out(), "hunter2-two\n");
    assert_eq!(desk.dekko(["get", "a.secret.yaml", "y"]).ok().out(), "1\n");
    desk.dekko_with(["set", "--document", "2", "a.secret.yaml", "x"], b"hunter2-new").ok();
    assert_eq!(
        desk.dekko(["decrypt", "a.secret.yaml"]).ok().out(),
        "x: hunter2-one\n---\nx: hunter2-new\ny: 1\n"
    );
    desk.dekko_with(["set", "a.secret.yaml", "z"], b"hunter2").fails(3).says("--document N");
}

#[test]
fn setting_a_value_changes_exactly_its_line_and_setting_it_again_nothing() {
    let repository = Repository::new();
    for (name, text) in FIVE {
        repository.commit(name, text);
        let (path, _) = paths(name);
        repository.desk.dekko_with(["set", name, path], b"hunter2-new\n").ok();
        assert_eq!(repository.changed_lines(name), (1, 1), "{name}");
        assert_eq!(repository.decrypted(name), text.replace("hunter2-old", "hunter2-new"), "{name}");
        repository.record(name);
        repository.desk.dekko_with(["set", name, path], b"hunter2-new\n").ok().says("nothing was changed");
        assert_eq!(repository.changed_lines(name), (0, 0), "{name}");
    }
}

#[test]
fn setting_a_new_key_changes_two_lines_and_unsetting_it_restores_the_text() {
    let repository = Repository::new();
    for (name, text) in FIVE {
        repository.commit(name, text);
        let (_, path) = paths(name);
        repository.desk.dekko_with(["set", name, path], b"hunter2-added").ok();
        let (added, removed) = repository.changed_lines(name);
        // JSON needs a comma behind the entry that was the last.
        let expected = if name.ends_with(".json") { (3, 2) } else { (2, 1) };
        assert_eq!((added, removed), expected, "{name}");
        assert_eq!(repository.desk.dekko(["get", name, path]).ok().out(), "hunter2-added\n");
        repository.desk.dekko(["unset", name, path]).ok();
        assert_eq!(repository.decrypted(name), text, "{name}");
    }
}

#[test]
fn unsetting_a_value_leaves_everything_else_byte_for_byte() {
    let repository = Repository::new();
    for (name, text) in FIVE {
        repository.commit(name, text);
        let (path, missing) = paths(name);
        repository.desk.dekko(["unset", name, path]).ok();
        let kept = text.lines().filter(|line| !line.contains("hunter2-old"));
        let kept: String = kept.map(|line| format!("{line}\n")).collect();
        assert_eq!(repository.decrypted(name), kept, "{name}");
        assert_eq!(repository.changed_lines(name), (1, 2), "{name}");
        repository.desk.dekko(["unset", name, missing]).fails(3).says("does not exist");
    }
}

#[test]
fn a_value_comes_from_standard_input_a_file_or_the_last_argument_which_is_warned_about() {
    let desk = Desk::new();
    desk.write("a.secret.yaml", "x: hunter2\n");
    desk.dekko(["encrypt", "a.secret.yaml"]).ok();
    let x = || desk.dekko(["get", "-n", "a.secret.yaml", "x"]).ok().out();
    desk.dekko_with(["set", "a.secret.yaml", "x"], b"hunter2-a\r\n").ok().does_not_say("warning");
    assert_eq!(x(), "hunter2-a");
    desk.dekko_with(["set", "a.secret.yaml", "x"], b"hunter2-b\n\n").ok();
    assert_eq!(x(), "hunter2-b\n");
    desk.dekko_with(["set", "--keep-newline", "a.secret.yaml", "x"], b"hunter2-c\n").ok();
    assert_eq!(x(), "hunter2-c\n");
    desk.write("value", "hunter2-d\nhunter2-e\n");
    desk.dekko(["set", "a.secret.yaml", "x", "--file", "value"]).ok();
    assert_eq!(x(), "hunter2-d\nhunter2-e");
    desk.dekko(["set", "a.secret.yaml", "x", "-1 and more"]).ok().says("process list");
    assert_eq!(x(), "-1 and more");
    desk.dekko(["set", "a.secret.yaml", "x"]).fails(2).says("standard input is empty");
    desk.dekko_with(["set", "a.secret.yaml", "x"], b"\n").ok();
    assert_eq!(x(), "");
    desk.dekko_with(["set", "a.secret.yaml", "x"], b"\xff").fails(3).says("not UTF-8");
    desk.dekko(["set", "a.secret.yaml", "x", "v", "--file", "value"]).fails(2);
}

#[test]
fn typed_values_are_json_and_a_type_that_is_lost_is_warned_about() {
    let desk = Desk::new();
    desk.write("a.secret.yaml", "port: 5432\nname: x\n");
    desk.dekko(["encrypt", "a.secret.yaml"]).ok();
    let set =
        |path: &str, value: &str| desk.dekko_with(["set", "--json", "a.secret.yaml", path], value.as_bytes());
    set("port", "5433\n").ok().does_not_say("warning");
    set("name", "\"hunter2\"").ok();
    set("new.list", "[1, \"hunter2\", null]").ok();
    let text = desk.dekko(["decrypt", "a.secret.yaml"]).ok().out();
    assert!(text.starts_with("port: 5433\nname: hunter2\nnew:\n"), "{text}");
    assert_eq!(desk.dekko(["get", "a.secret.yaml", "new.list[1]"]).ok().out(), "hunter2\n");
    set("port", "hunter2").fails(2).says("not valid JSON");
    desk.dekko_with(["set", "a.secret.yaml", "port"], b"5434").ok().says("was a number and is a text now");
    assert_eq!(desk.dekko(["get", "--json", "a.secret.yaml", "port"]).ok().out(), "\"5434\"\n");
}

#[test]
fn a_value_that_the_policy_leaves_plain_is_warned_about() {
    let desk = Desk::new();
    desk.write("a.secret.yaml", "db:\n  password: hunter2\nkind: x\n");
    desk.dekko(["encrypt", "--encrypt", "db.**", "a.secret.yaml"]).ok();
    desk.dekko_with(["set", "a.secret.yaml", "kind"], b"y").ok().says("'kind' is NOT encrypted");
    desk.dekko_with(["set", "a.secret.yaml", "db.user"], b"y").ok().does_not_say("NOT encrypted");
}

#[test]
fn what_cannot_be_set_leaves_the_file_as_it_was() {
    let desk = Desk::new();
    desk.write("a.secret.yaml", "db:\n  password: hunter2\nlist: [a]\n");
    desk.dekko(["encrypt", "a.secret.yaml"]).ok();
    let before = desk.read("a.secret.yaml");
    for (path, says) in [
        ("db.password.x", "single value"),
        ("list[5]", "its next item is [1]"),
        ("list.x", "'list' is a list"),
        ("a..b", "is no key path"),
    ] {
        desk.dekko_with(["set", "a.secret.yaml", path], b"hunter2").fails(3).says(says);
    }
    desk.dekko_with(["set", "-", "x"], b"hunter2").fails(2).says("standard input");
    desk.dekko_with(["set", "no.yaml", "x"], b"hunter2").fails(7).says("'no.yaml'");
    desk.write("plain.yaml", "x: hunter2\n");
    desk.dekko_with(["set", "plain.yaml", "x"], b"hunter2").fails(3).says("not encrypted");
    assert_eq!(desk.read("a.secret.yaml"), before);
}

#[test]
fn a_binary_file_has_no_paths() {
    let desk = Desk::new();
    desk.write("a.secret.txt", "hunter2");
    desk.dekko(["encrypt", "a.secret.txt"]).ok();
    desk.dekko(["get", "a.secret.txt", "x"]).fails(2).says("dekko decrypt");
    desk.dekko_with(["set", "a.secret.txt", "x"], b"hunter2").fails(2);
}

#[test]
fn a_value_that_looks_encrypted_already_is_encrypted_again_with_a_warning() {
    let desk = Desk::new();
    desk.write("a.secret.yaml", "a: one\nb: two\n");
    desk.dekko(["encrypt", "a.secret.yaml"]).ok().does_not_say("looked encrypted");
    let token = desk.read("a.secret.yaml").lines().next().expect("a line").replace("a: ", "");
    desk.dekko_with(["set", "a.secret.yaml", "b"], token.as_bytes()).ok().says("looked encrypted already");
    assert_eq!(desk.dekko(["get", "-n", "a.secret.yaml", "b"]).ok().out(), token);
}
