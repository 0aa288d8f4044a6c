//! What entries look like that are put in, and what is left when they are taken out.

use dekko::document::{Document, KeyPath, NodeId, Value};
use dekko::format::{Format, json, toml::Toml};

use crate::laws;

fn at(document: &Document, path: &str) -> NodeId {
    let root = document.roots().next().expect("a root");
    document.find(root, &KeyPath::parse(path).expect(path)).expect(path)
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn number(text: &str) -> Value {
    Value::Number(text.to_owned())
}

fn map(entries: &[(&str, Value)]) -> Value {
    Value::Map(entries.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
}

fn inserted(format: &dyn Format, source: &str, parent: &str, key: Option<&str>, value: &Value) -> String {
    let document = laws::read(format, source).expect(source);
    format.insert(&document, at(&document, parent), key, value).expect(source)
}

fn removed(format: &dyn Format, source: &str, path: &str) -> String {
    let document = laws::read(format, source).expect(source);
    format.remove(&document, at(&document, path)).expect(source)
}

fn replaced(format: &dyn Format, source: &str, path: &str, value: &Value) -> Result<String, String> {
    let document = laws::read(format, source).expect(source);
    let node = at(&document, path);
    let leaf = document.leaves().iter().find(|leaf| leaf.node == node).expect(path);
    format.scalar(&document, leaf, value).map_err(|error| error.to_string())
}

#[test]
fn json_members_are_put_in_as_their_neighbours_stand() {
    let one = number("1");
    let nested = map(&[("x", Value::List(vec![one.clone(), Value::Null]))]);
    for (source, parent, key, value, wanted) in [
        ("{}", ".", Some("a"), &one, "{\n  \"a\": 1\n}"),
        ("[]\n", ".", None, &one, "[\n  1\n]\n"),
        ("{\"a\":1}", ".", Some("b"), &nested, "{\"a\":1,\"b\":{\"x\":[1,null]}}"),
        ("{\"a\": 1}", ".", Some("b"), &nested, "{\"a\": 1, \"b\": {\"x\": [1, null]}}"),
        ("{\"a\":{}}", "a", Some("b"), &one, "{\"a\":{\"b\":1}}"),
        (
            "{\n\t\"a\": 1\n}\n",
            ".",
            Some("b"),
            &nested,
            "{\n\t\"a\": 1,\n\t\"b\": {\n\t\t\"x\": [\n\t\t\t1,\n\t\t\tnull\n\t\t]\n\t}\n}\n",
        ),
        (
            "{\r\n  \"a\": {}\r\n}\r\n",
            "a",
            Some("b"),
            &one,
            "{\r\n  \"a\": {\r\n    \"b\": 1\r\n  }\r\n}\r\n",
        ),
        ("{\n  \"a\": [1, 2]\n}", "a", None, &one, "{\n  \"a\": [1, 2, 1]\n}"),
    ] {
        assert_eq!(inserted(&json::STRICT, source, parent, key, value), wanted);
        assert_eq!(inserted(&json::RELAXED, source, parent, key, value), wanted);
    }
    for (source, wanted) in [
        ("{\n  \"a\": 1, // c\n}", "{\n  \"a\": 1, // c\n  \"b\": 1,\n}"),
        ("{\n  \"a\": 1 // c\n}", "{\n  \"a\": 1, // c\n  \"b\": 1\n}"),
        ("{\n  // c\n}", "{\n  // c\n  \"b\": 1\n}"),
        ("{\n  \"a\": 1 /* c\n */\n}", "{\n  \"a\": 1,\n  \"b\": 1 /* c\n */\n}"),
    ] {
        assert_eq!(inserted(&json::RELAXED, source, ".", Some("b"), &one), wanted);
    }
}

#[test]
fn json_members_go_with_their_comma() {
    for (source, path, wanted) in [
        ("{\"a\": 1, \"b\": 2}", "a", "{\"b\": 2}"),
        ("{\"a\": 1, \"b\": 2}", "b", "{\"a\": 1}"),
        ("{\"a\": 1}", "a", "{}"),
        ("[1,2,3]", "[1]", "[1,3]"),
        ("{\n  \"a\": 1,\n  \"b\": 2\n}\n", "a", "{\n  \"b\": 2\n}\n"),
        ("{\n  \"a\": 1,\n  \"b\": {\n    \"c\": 1\n  }\n}\n", "b", "{\n  \"a\": 1\n}\n"),
        ("{\r\n  \"a\": 1,\r\n  \"b\": 2\r\n}", "b", "{\r\n  \"a\": 1\r\n}"),
        ("{\n  \"a\": 1\n  , \"b\": 2\n}", "a", "{\n  \"b\": 2\n}"),
        ("{\n  \"a\": 1, \"b\": 2,\n  \"c\": 3\n}", "b", "{\n  \"a\": 1,\n  \"c\": 3\n}"),
    ] {
        assert_eq!(removed(&json::STRICT, source, path), wanted);
    }
    for (source, path, wanted) in [
        ("{\n  \"a\": 1, // c\n  \"b\": 2, // d\n}", "b", "{\n  \"a\": 1, // c\n}"),
        ("{\n  \"a\": 1, // c\n  \"b\": 2 // d\n}", "b", "{\n  \"a\": 1 // c\n}"),
        ("[1, /* c */ 2]", "[1]", "[1 /* c */ ]"),
    ] {
        assert_eq!(removed(&json::RELAXED, source, path), wanted);
    }
}

#[test]
fn json_scalars_are_written_and_read() {
    let source = "{\"a\": 1, \"b\": \"x\", \"c\": \"\\ud800\", \"d\": null}";
    assert_eq!(
        replaced(&json::STRICT, source, "a", &text("q\"\n\u{1}\u{e9}")).as_deref(),
        Ok("\"q\\\"\\n\\u0001\u{e9}\"")
    );
    assert_eq!(replaced(&json::STRICT, source, "b", &number("1e400")).as_deref(), Ok("1e400"));
    assert!(replaced(&json::STRICT, source, "b", &number("0x1")).is_err());
    assert!(replaced(&json::STRICT, source, "b", &Value::Special("1979-05-27".into(), "date")).is_err());
    assert!(replaced(&json::STRICT, source, "b", &Value::List(Vec::new())).is_err());
    let document = laws::read(&json::STRICT, source).expect("valid");
    let values: Vec<_> =
        document.leaves().iter().map(|leaf| json::STRICT.value(&document, leaf).ok()).collect();
    assert!(values == [Some(number("1")), Some(text("x")), None, Some(Value::Null)]);
}

#[test]
fn toml_entries_are_put_behind_the_last_of_their_table() {
    let one = number("1");
    let nested = map(&[("x y", Value::List(vec![one.clone(), text("z")]))]);
    for (source, parent, key, value, wanted) in [
        ("", ".", Some("a"), &one, "a = 1\n"),
        ("# c", ".", Some("a"), &one, "# c\na = 1\n"),
        ("a = 1", ".", Some("b"), &one, "a = 1\nb = 1"),
        ("a = 1 # c\n\n[t]\n", ".", Some("b"), &one, "a = 1 # c\nb = 1\n\n[t]\n"),
        ("# c\n\n[t]\nx = 1\n", ".", Some("b"), &one, "# c\n\nb = 1\n\n[t]\nx = 1\n"),
        (
            "[t]\n  x = \"\"\"\na\"\"\"\n\n[u]\n",
            "t",
            Some("b c"),
            &nested,
            "[t]\n  x = \"\"\"\na\"\"\"\n  \"b c\" = { \"x y\" = [1, \"z\"] }\n\n[u]\n",
        ),
        ("[t]\r\n[u]\r\n", "t", Some("b"), &one, "[t]\r\nb = 1\r\n[u]\r\n"),
        ("a.b.c = 1\nd = 1\n", "a.b", Some("e"), &one, "a.b.c = 1\na.b.e = 1\nd = 1\n"),
        ("[a.b]\nx = 1\n", "a", Some("e"), &one, "[a]\ne = 1\n\n[a.b]\nx = 1\n"),
        ("p = { x = 1 }\n", "p", Some("e"), &one, "p = { x = 1, e = 1 }\n"),
        ("p = {x.y = 1}\n", "p.x", Some("e"), &one, "p = {x.y = 1, x.e = 1}\n"),
        ("p = {}\n", "p", Some("e"), &one, "p = { e = 1 }\n"),
        ("l = []\n", "l", None, &one, "l = [1]\n"),
        ("l = [\n  1, # c\n]\n", "l", None, &one, "l = [\n  1, # c\n  1,\n]\n"),
        ("l = [\n  1 # c\n]\n", "l", None, &one, "l = [\n  1, # c\n  1\n]\n"),
        (
            "[[u]]\nn = 1\n[[u]]\nn = 2\n\n[v]\n",
            "u",
            None,
            &nested,
            "[[u]]\nn = 1\n[[u]]\nn = 2\n\n[[u]]\n\"x y\" = [1, \"z\"]\n\n[v]\n",
        ),
        ("[[u]]\nn = 1\n[[u]]\nn = 2\n", "u[0]", Some("m"), &one, "[[u]]\nn = 1\nm = 1\n[[u]]\nn = 2\n"),
    ] {
        assert_eq!(inserted(&Toml, source, parent, key, value), wanted);
    }
}

#[test]
fn toml_entries_go_with_their_lines() {
    for (source, path, wanted) in [
        ("a = 1\nb = 2 # c\nc = 3\n", "b", "a = 1\nc = 3\n"),
        ("a = \"\"\"\nx\n\"\"\" # c\nb = 1\n", "a", "b = 1\n"),
        ("a.b = 1\nc = 2\na.d = 3\n", "a", "c = 2\n"),
        ("[a]\nx = 1\n\n[b]\ny = 1\n\n[a.c]\nz = 1\n", "a", "[b]\ny = 1\n\n"),
        ("# about a\n[a]\nx = 1\n\n# about b\n[b]\n", "a", "# about a\n# about b\n[b]\n"),
        ("[[u]]\nn = 1\n\n[[u]]\nn = 2\n\n[u.x]\n", "u[1]", "[[u]]\nn = 1\n\n"),
        ("l = [1, 2, 3]\n", "l[2]", "l = [1, 2]\n"),
        ("l = [\n  1, # c\n  2, # d\n]\n", "l[0]", "l = [\n  2, # d\n]\n"),
        ("p = { x = 1, y = 2 }\n", "p.y", "p = { x = 1 }\n"),
        ("p = { a.x = 1, b = 2, a.y = 3, a.z = 4 }\n", "p.a", "p = { b = 2 }\n"),
        ("p = { x = 1 }\n", "p.x", "p = {}\n"),
        ("\u{feff}a = 1\r\nb = 2\r\n", "a", "\u{feff}b = 2\r\n"),
    ] {
        assert_eq!(removed(&Toml, source, path), wanted);
    }
}

#[test]
fn toml_scalars_keep_their_quotes_where_they_can() {
    let source = "a = 1\nb = 'x'\nc = \"\"\"\nx\"\"\"\n";
    for (path, value, wanted) in [
        ("a", text("x"), "\"x\""),
        ("a", number("0.5"), "0.5"),
        ("a", Value::Special("1979-05-27".into(), "date"), "1979-05-27"),
        ("a", Value::Special("-.INF".into(), "infinity"), "-inf"),
        ("b", text("C:\\x"), "'C:\\x'"),
        ("b", text("it's"), "\"it's\""),
        ("c", text("a\nb"), "\"\"\"\na\nb\"\"\""),
        ("c", Value::Bool(true), "true"),
    ] {
        assert_eq!(replaced(&Toml, source, path, &value).as_deref(), Ok(wanted));
    }
    for bad in [Value::Null, Value::List(Vec::new()), Value::Special("!!binary".into(), "binary")] {
        assert!(replaced(&Toml, source, "a", &bad).is_err());
    }
}

#[test]
fn whole_texts_say_what_they_were_asked_to() {
    let table = map(&[("k", text("line\nline\n")), ("sub", map(&[("d.e", number("1"))]))]);
    let items = Value::List(vec![map(&[("n", number("1"))]), map(&[("t", map(&[]))])]);
    let mixed = Value::List(vec![number("1"), map(&[("x", Value::Bool(false))])]);
    let value =
        map(&[("table", table), ("items", items), ("mixed", mixed), ("only", map(&[("in", map(&[]))]))]);
    let toml = "mixed = [1, { x = false }]\n\n[table]\nk = \"\"\"\nline\nline\n\"\"\"\n\n[table.sub]\n\"d.e\" = 1\n\n\
                [[items]]\nn = 1\n\n[[items]]\n\n[items.t]\n\n[only.in]\n";
    assert_eq!(Toml.write(&value).expect("sayable"), toml);
    let json = "{\n  \"table\": {\n    \"k\": \"line\\nline\\n\",\n    \"sub\": {\n      \"d.e\": 1\n    }\n  },\n  \
                \"items\": [\n    {\n      \"n\": 1\n    },\n    {\n      \"t\": {}\n    }\n  ],\n  \"mixed\": [\n    1,\n    \
                {\n      \"x\": false\n    }\n  ],\n  \"only\": {\n    \"in\": {}\n  }\n}\n";
    assert_eq!(json::STRICT.write(&value).expect("sayable"), json);
    laws::all(&Toml, toml);
    laws::all(&json::STRICT, json);
}

#[test]
fn what_a_format_cannot_say_names_its_path() {
    let value = map(&[("a", Value::List(vec![map(&[("b", Value::Null)])]))]);
    let error = Toml.write(&value).expect_err("null").to_string();
    assert_eq!(error, "'a[0].b' is null, which TOML cannot say");
    let value = map(&[("a", Value::Special("nan".into(), "not-a-number"))]);
    let error = json::STRICT.write(&value).expect_err("NaN").to_string();
    assert_eq!(error, "'a' cannot be said in JSON (not-a-number)");
    for value in
        [number("1"), map(&[("dekko", Value::Null)]), Value::List(vec![map(&[("dekko", Value::Null)])])]
    {
        assert!(json::STRICT.write(&value).is_err());
        assert!(Toml.write(&value).is_err());
    }
}
