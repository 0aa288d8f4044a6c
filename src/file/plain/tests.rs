use super::*;
use crate::format::named;

fn file(format: &str, text: &str) -> PlainFile {
    let format = named(format).expect("a format");
    PlainFile::parse(FileType::Text(format), text.as_bytes().to_vec()).expect(text)
}

fn path(text: &str) -> KeyPath {
    KeyPath::parse(text).unwrap()
}

fn text(value: &str) -> Value {
    Value::String(value.to_owned())
}

fn refusal<T>(result: Result<T>) -> String {
    result.err().expect("a refusal").to_string()
}

const JSON: &str =
    "{\n  \"db\": {\n    \"user\": \"app\",\n    \"password\": \"old\"\n  },\n  \"ports\": [1, 2]\n}\n";

#[test]
fn a_value_is_found_by_its_path() {
    let file = file("json", JSON);
    let at = |text| file.find(&path(text), Within::Any).unwrap();
    assert!(file.value(at("db.password")).unwrap() == text("old"));
    assert_eq!(file.source(at("db.password")), "\"old\"");
    assert_eq!(file.position(at("db.password")).line, 4);
    assert!(file.value(at("ports[1]")).unwrap() == Value::Number("2".to_owned()));
    assert_eq!(file.source(at("ports")), "[1, 2]");
}

#[test]
fn a_path_that_does_not_exist_names_the_keys_that_come_nearest_and_no_value() {
    let file = file("json", JSON);
    let message = |text: &str| refusal(file.find(&path(text), Within::Any));
    assert_eq!(message("db.pasword"), "'db.pasword' does not exist; 'db' has 'password', 'user'");
    assert_eq!(message("bd"), "'bd' does not exist; the file has 'db', 'ports'");
    assert_eq!(message("db.user.x"), "'db.user.x' does not exist; 'db.user' is a single value");
    assert_eq!(message("ports[2]"), "'ports[2]' does not exist; 'ports' has 2 items, the first is [0]");
    assert_eq!(
        message("ports.x"),
        "'ports.x' does not exist; 'ports' is a list, whose items are numbered: [0]"
    );
}

#[test]
fn setting_a_value_changes_its_text_and_nothing_else() {
    let file = file("json", JSON);
    let new = file.set(&path("db.password"), Within::Any, &text("new")).unwrap();
    assert_eq!(new, JSON.replace("\"old\"", "\"new\""));
    let new = file.set(&path("ports[0]"), Within::Any, &Value::Bool(true)).unwrap();
    assert_eq!(new, JSON.replace("[1,", "[true,"));
}

#[test]
fn setting_the_same_value_again_changes_nothing() {
    let file = file("json", JSON);
    assert_eq!(file.set(&path("db.password"), Within::Any, &text("old")).unwrap(), JSON);
    let ports = Value::List(vec![Value::Number("1".to_owned()), Value::Number("2".to_owned())]);
    assert_eq!(file.set(&path("ports"), Within::Any, &ports).unwrap(), JSON);
}

#[test]
fn a_new_key_is_created_with_what_is_missing_above_it() {
    let json = file("json", JSON);
    for (at, value) in
        [("db.host", text("h")), ("a.b.c", text("x")), ("ports[2]", text("x")), ("l[0].x", text("y"))]
    {
        let new = json.set(&path(at), Within::Any, &value).unwrap();
        let new = file("json", &new);
        let node = new.find(&path(at), Within::Any).unwrap();
        assert!(new.value(node).unwrap() == value, "{at}");
        let is_kept = |line: &&str| line.contains(':') && !(at == "ports[2]" && line.contains("ports"));
        for line in JSON.lines().filter(is_kept) {
            assert!(new.document().source().contains(line.trim_end_matches(',')), "{at}: {line}");
        }
    }
}

#[test]
fn what_cannot_be_set_is_refused_by_name() {
    let json = file("json", JSON);
    let message = |at: &str, value: &Value| refusal(json.set(&path(at), Within::Any, value));
    assert!(message("ports[4]", &text("x")).contains("beyond the end of 'ports'; its next item is [2]"));
    assert!(message("db.user.x", &text("x")).contains("'db.user' is a single value"));
    assert!(message("db[0]", &text("x")).contains("'db' is a map"));
    assert!(message("l[1]", &text("x")).contains("beyond the end of a new list"));
    assert!(message("ports[0]", &Value::Map(Vec::new())).contains("only 'dekko edit'"));
    assert!(message(".", &Value::Map(Vec::new())).contains("only 'dekko edit'"));
}

#[test]
fn a_whole_map_is_exchanged_as_the_last_entry() {
    let json = file("json", JSON);
    let new = json.set(&path("db"), Within::Any, &Value::Map(vec![("x".to_owned(), text("y"))])).unwrap();
    let new = file("json", &new);
    let node = new.find(&path("db"), Within::Any).unwrap();
    assert!(new.value(node).unwrap() == Value::Map(vec![("x".to_owned(), text("y"))]));
    assert!(new.found(&path("db.user"), Within::Any).unwrap().is_none());
}

#[test]
fn in_yaml_a_value_becomes_a_map_in_its_place() {
    let map = Value::Map(vec![("x".to_owned(), text("v"))]);
    for (before, at, after) in [
        ("a: 1 # why\nb: 2\n", "a", "b: 2\n"),
        ("a: {c: 1}\nb: 2\n", "a", "b: 2\n"),
        ("l:\n  - 1\n  - 2\n", "l[0]", "- 2\n"),
    ] {
        let new = file("yaml", before).set(&path(at), Within::Any, &map).unwrap();
        assert!(new.ends_with(after), "{new}");
        assert!(!new.starts_with('{') && !new.contains(" \n"), "{new}");
    }
}

#[test]
fn an_entry_is_removed_with_its_line() {
    let json = file("json", JSON);
    let new = json.unset(&path("db.user"), Within::Any).unwrap();
    assert_eq!(new, JSON.replace("    \"user\": \"app\",\n", ""));
    assert!(refusal(json.unset(&path("."), Within::Any)).contains("whole document"));
}

#[test]
fn a_path_in_several_documents_needs_a_number() {
    let yaml = file("yaml", "a: 1\nb: 2\n---\na: 3\n");
    assert!(refusal(yaml.find(&path("a"), Within::Any)).contains("in several documents of the file (1, 2"));
    assert!(yaml.find(&path("b"), Within::Any).is_ok());
    let node = yaml.find(&path("a"), Within::Document(2)).unwrap();
    assert_eq!(yaml.source(node), "3");
    assert!(refusal(yaml.find(&path("b"), Within::Document(2))).contains("does not exist"));
    assert!(refusal(yaml.find(&path("a"), Within::Document(3))).contains("the file has 2"));
}
