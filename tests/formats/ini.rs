//! INI.

use dekko::document::{Document, NodeId, Style, Value};
use dekko::error::Error;
use dekko::format::Format;
use dekko::format::ini::Ini;

use crate::laws;
use crate::mutants::Numbers;

/// What the grammar refuses of the nasty files, and in which words.
const REFUSED: &[(&str, &str)] = &[
    ("04-noval.ini", "line 2, column 1: syntax error: a key without '=' or ':'"),
    ("16-cont_bs.ini", "line 3, column 1: syntax error: a key without '=' or ':'"),
    ("19-dup.ini", "line 3, column 1: syntax error: duplicate key 's.k', first on line 2"),
    ("20-dupsec.ini", "line 3, column 2: syntax error: duplicate key 's', first on line 1"),
    ("26-arr.ini", "line 3, column 1: syntax error: duplicate key 's.\"k[]\"', first on line 2"),
];

const PARTS: &[&str] = &[
    "\n",
    "\r\n",
    "  ",
    "\t",
    " ",
    "=",
    ":",
    " = ",
    "[s]",
    "[",
    "]",
    ";",
    "#",
    " ; ",
    "k",
    "k = v\n",
    "\n  v",
    "\u{e9}",
    "\u{feff}",
    ";dekko ",
    ";dekko v = 1\n",
    "\\",
    "\"",
];

fn nasty() -> Vec<(String, String)> {
    let mut files: Vec<_> = std::fs::read_dir("fixtures/parser-cases/ini")
        .expect("fixtures")
        .map(|entry| entry.expect("fixtures").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "ini"))
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("UTF-8"))
        })
        .collect();
    files.sort();
    assert_eq!(files.len(), 37);
    files
}

fn read(text: &str) -> Document {
    laws::read(&Ini, text).unwrap_or_else(|error| panic!("{error}: {text:?}"))
}

fn said(text: &str) -> String {
    laws::read(&Ini, text).err().unwrap_or_else(|| panic!("accepted: {text:?}")).to_string()
}

fn find(document: &Document, path: &[&str]) -> NodeId {
    let root = document.roots().next().expect("a root");
    path.iter().fold(root, |at, key| document.child(at, key.as_bytes()).expect("a child"))
}

fn text(value: &str) -> Value {
    Value::String(value.to_owned())
}

#[test]
fn nasty_files_keep_the_laws_or_are_refused_by_name() {
    for (name, text) in nasty() {
        if let Some((_, reason)) = REFUSED.iter().find(|(file, _)| *file == name) {
            let said = said(&text);
            assert!(said.contains(reason), "{name}: {said}");
            continue;
        }
        let unix = text.replace("\r\n", "\n");
        for text in [
            &text,
            &unix.replace('\n', "\r\n"),
            &format!("first=1\r\n{unix}"),
            &format!("\u{feff}{}", unix.trim_start_matches('\u{feff}')),
            unix.trim_end_matches('\n'),
            &format!("{unix}; c\n\n"),
        ] {
            // A line before the byte order mark makes a key of it.
            if text.find('\u{feff}').is_none_or(|at| at == 0) {
                laws::all(&Ini, text);
            }
        }
    }
}

#[test]
fn texts_of_several_kinds_keep_the_laws() {
    for text in [
        "",
        "\n",
        "\u{feff}",
        "; c",
        " \t# c \r\n",
        "k =\n  a\n\n  ; c\n  b \n; d\n[s]\n",
        "k = \r\n\ta\r\nl:b",
        "[s] ; c\n  [t]\n  k = 1\n  l = 2\n m = 3\n  n\n",
        "[s]\n[t]#c\n[]\n[ u ]\n[\"x.y\"]\n k=\n",
        "k=[a]\n [b]\n[b]\n",
        "a\tb = c\n = d\n",
        ";dekko\n; ;dekko v = 1\n ;dekko v = 1\nk = 1\n",
    ] {
        laws::all(&Ini, text);
    }
}

#[test]
fn a_value_is_trimmed_and_goes_on_over_deeper_lines() {
    for (text, src) in [
        ("k = v \t\nl=", "v"),
        ("k: v ; c\nl=", "v ; c"),
        ("k=a=b:c\nl=", "a=b:c"),
        ("k=\nl=", ""),
        ("k= \t\nl=", ""),
        ("k = a\n  b\nl=", "a\n  b"),
        ("k = a \r\n\r\n\t b \r\n\r\nl=", "a \r\n\r\n\t b"),
        ("k = a\n# c\n ; d\n  b\n# e\n  # f\nl=", "a\n# c\n ; d\n  b"),
        (" k = a\n b = c", "a"),
        (" k = a\n  b = c", "a\n  b = c"),
        ("k = a\n  [s]\n[t]\n", "a\n  [s]"),
        ("k = \n  a\n", " \n  a"),
    ] {
        let document = read(text);
        let leaf = document.leaves()[0];
        assert_eq!(document.src(leaf.span), src, "{text:?}");
        assert_eq!(leaf.style, Style::Plain);
        assert_eq!(document.bytes(leaf.content), src.as_bytes());
    }
    let document = read("k=  \n");
    let leaf = document.leaves()[0];
    assert_eq!((leaf.span.start, leaf.span.end), (2, 2), "an empty value stands behind its sign");
}

#[test]
fn comments_belong_to_the_section_they_stand_in() {
    let document = read("# a \nk=1\n;\n[s] ; b\n\t#c\nl=1\n# d\n[t]# e");
    let comments: Vec<_> = document
        .leaves()
        .iter()
        .filter(|leaf| leaf.style == Style::Comment)
        .map(|leaf| (document.path_of(leaf.node), document.src(leaf.span), document.bytes(leaf.content)))
        .collect();
    let expected: [(&str, &str, &[u8]); 6] = [
        ("#", "# a ", b"a"),
        ("#", ";", b""),
        ("s.#", "; b", b"b"),
        ("s.#", "#c", b"c"),
        ("s.#", "# d", b"d"),
        ("t.#", "# e", b"e"),
    ];
    assert_eq!(comments.len(), expected.len());
    for (found, expected) in comments.iter().zip(expected) {
        assert_eq!((&found.0[..], found.1, found.2), expected);
    }
}

#[test]
fn the_walk_holds_headers_with_their_paths() {
    let walk = |text: &str| laws::walk(&read(text));
    let expected = b"\x05\x0c\0\0\0\x01k\x03\0\0\0\x01v\x0f\0\0\0\0\x01\x01\0\0\0\x01s\x0c\0\0\0\x03a b\x03\0\0\0\x03x\ny";
    assert_eq!(walk("\u{feff}k = v ; \n[s] # c\n a b : x\r\n")[..9], expected[..9]);
    assert_eq!(walk("\u{feff}k = v\n[s] # c\na b : x\ny=")[..33], expected[..33]);
    assert_eq!(walk("k = x\r\n y\r\n"), b"\x0c\0\0\0\x01k\x03\0\0\0\x04x\n y");
}

#[test]
fn what_would_stay_uncovered_or_twice_is_refused() {
    for (text, reason) in [
        ("k\n", "a key without"),
        ("= v\n", "a value without a key"),
        ("[s\n", "a section without ']'"),
        ("[s] x\n", "a text behind"),
        ("[s]]\n", "a text behind"),
        ("k=1\nk:2\n", "duplicate key 'k'"),
        ("[s]\n[s]\n", "duplicate key 's'"),
        ("s=1\n[s]\n", "duplicate key 's'"),
    ] {
        let said = said(text);
        assert!(said.contains(reason) && said.contains("syntax error"), "{text:?}: {said}");
    }
    for text in ["[s]\nK=1\nk=1\n", "[s]\n[S]\n[ s]\n[t]\nk=1\n[u]\nk=1\n"] {
        laws::all(&Ini, text);
    }
}

#[test]
fn no_refusal_shows_a_value() {
    for text in ["SECRET", "=SECRET", "[s] SECRET", ";dekko SECRET", "k=1\nk=SECRET", "k=1\nSECRET"] {
        assert!(!said(text).contains("SECRET"), "{text:?}");
    }
}

#[test]
fn metadata_lines_stand_last_and_nowhere_else() {
    for (text, verdict) in [
        ("k=1\n;dekko v = 1\n", "accepted"),
        ("k=1\r\n;dekko v = 1\r\n", "accepted"),
        (";dekko v = 1", "accepted"),
        ("k=1\n;dekko v = 1\n\n", "metadata"),
        ("k=1\n;dekko v = 1\n;\n", "metadata"),
        ("k=1\n;dekko v = 1\n  2\n", "metadata"),
        ("k=1\n;dekko v = 1\n[s]\n;dekko v = 1\n", "metadata"),
        ("k=1\n;dekko v=1\n", "metadata"),
        ("k=1\n;dekko v  = 1\n", "metadata"),
        ("k=1\n;dekko v =  1\n", "metadata"),
        ("k=1\n;dekko v = 1 \n", "metadata"),
        ("k=1\n;dekko v = \n", "metadata"),
        ("k=1\n;dekko v = 2\n;dekko v\n", "version"),
        ("k=1\n ;dekko v = 1\n", "accepted"),
    ] {
        assert_eq!(laws::verdict(&Ini, text.as_bytes()), verdict, "{text:?}");
    }
    let document = read("k=1\n;dekko v = 1\n;dekko recipient = a = b\n");
    assert_eq!(document.body(), "k=1\n");
    let block = document.block.expect("a block");
    let fields: Vec<_> = block.fields.iter().map(|field| (&field.name[..], &field.value[..])).collect();
    assert_eq!(fields, [("v", "1"), ("recipient", "a = b")]);
}

#[test]
fn values_are_decoded_as_configparser_does() {
    for (source, decoded) in [
        ("k = v ; c\n", "v ; c"),
        ("k = \"v\"\n", "\"v\""),
        ("k =\n", ""),
        ("k = a\n  b\n", "a\nb"),
        ("k = a\r\n\r\n\t b \r\n", "a\n\nb"),
        ("k = a\n  # c\n  b\n", "a\nb"),
        ("k =\n  a\n", "\na"),
        ("k = %(x)s\\n\n", "%(x)s\\n"),
        ("; c d \n", "c d"),
    ] {
        let document = read(source);
        assert!(Ini.value(&document, &document.leaves()[0]).expect("sayable") == text(decoded), "{source:?}");
    }
}

#[test]
fn a_scalar_that_is_written_reads_back_or_is_refused() {
    let parts =
        &["a", "\n", "\r\n", " ", "#", ";", "[s]", "=", ":", "\t", "\u{e9}", "\"", "\\", ";dekko ", "\n\n"];
    let sources = ["k=", "k = v", "  k: v", "k = a\n  b", "k =\n\tb", "k = \n"];
    let (mut numbers, mut said) = (Numbers::new(1), 0);
    for _ in 0..20_000 {
        let source = numbers.pick(&sources);
        let source = format!("[s]{}{source}\n[t]\nl = 2\n", numbers.pick(&["\n", "\r\n"]));
        let document = read(&source);
        let leaf = document.leaves()[0];
        let new = numbers.text(parts, 6);
        let Ok(written) = Ini.scalar(&document, &leaf, &text(&new)) else {
            let is_odd = new.ends_with('\n')
                || new.contains('\r')
                || new.split('\n').any(|line| line.trim() != line)
                || new.split('\n').skip(1).any(|line| line.starts_with(['#', ';']));
            assert!(is_odd, "{new:?}");
            continue;
        };
        said += 1;
        let whole = dekko::document::splice(document.source(), [(leaf.span, &written[..])]);
        let again = read(&whole);
        assert_eq!(again.leaves().len(), 2, "{whole:?}");
        assert!(Ini.value(&again, &again.leaves()[0]).expect("sayable") == text(&new), "{whole:?}");
    }
    assert!(said > 4_000, "{said}");
}

#[test]
fn scalars_of_other_types_are_their_texts() {
    let document = read("[s]\r\n k = v\r\n; c\r\n");
    let scalar = |at: usize, value| Ini.scalar(&document, &document.leaves()[at], &value).ok();
    assert_eq!(scalar(0, text("a\nb")).as_deref(), Some("a\r\n   b"));
    assert_eq!(scalar(0, Value::Bool(false)).as_deref(), Some("false"));
    assert_eq!(scalar(0, Value::Number("1.0".into())).as_deref(), Some("1.0"));
    assert_eq!(scalar(0, Value::Null), None);
    assert_eq!(scalar(0, Value::Map(Vec::new())), None);
    assert_eq!(scalar(1, text("d")).as_deref(), Some("; d"));
    assert_eq!(scalar(1, text(" d")), None);
}

#[test]
fn entries_come_in_the_style_of_their_neighbours() {
    let nested = Value::Map(vec![("x".to_owned(), text("1")), ("y".to_owned(), text("a\nb"))]);
    for (before, path, key, value, after) in [
        ("[s]\nk=1\n\n# c\n[t]\nl : 2", &["s"][..], "n", text("x"), "[s]\nk=1\nn=x\n\n# c\n[t]\nl : 2"),
        ("[s]\nk=1\n[t]\nl : 2", &["t"], "n", text("a\nb"), "[s]\nk=1\n[t]\nl : 2\nn : a\n  b"),
        ("[s]\r\n  k = 1\r\n", &["s"], "n", text(""), "[s]\r\n  k = 1\r\n  n =\r\n"),
        ("[s] ; c\n  [t]\n", &["s"], "n", text("x"), "[s] ; c\n  n = x\n  [t]\n"),
        ("# c\n[s]\nk:1\n", &[], "n", text("x"), "n:x\n# c\n[s]\nk:1\n"),
        ("a = 1\n  2\n[s]\n", &[], "n", text("x"), "a = 1\n  2\nn = x\n[s]\n"),
        ("k =\n", &[], "n", text("x"), "k =\nn = x\n"),
        ("", &[], "n", text("x"), "n = x\n"),
        ("", &[], "s", nested.clone(), "[s]\nx = 1\ny = a\n  b\n"),
        ("\u{feff}k=1", &[], "s", nested, "\u{feff}k=1\n\n[s]\nx=1\ny=a\n  b"),
        ("[s]\n;dekko v = 1\n", &["s"], "n", text("x"), "[s]\nn = x\n;dekko v = 1\n"),
        ("[s]\n;dekko v = 1\n", &[], "t", Value::Map(Vec::new()), "[s]\n\n[t]\n;dekko v = 1\n"),
    ] {
        let document = read(before);
        let found = Ini.insert(&document, find(&document, path), Some(key), &value);
        assert_eq!(found.unwrap_or_else(|error| panic!("{error}")), after, "{before:?}");
    }
    let document = read("[s]\nk=1\n");
    for (path, key, value) in [
        (&["s"][..], Some("k"), text("x")),
        (&["s"], Some("a=b"), text("x")),
        (&["s"], Some(" a"), text("x")),
        (&["s"], Some("[a"), text("x")),
        (&["s"], Some(""), text("x")),
        (&["s"], None, text("x")),
        (&["s"], Some("n"), Value::Map(Vec::new())),
        (&["s"], Some("n"), text("x\n")),
        (&["s", "k"], Some("n"), text("x")),
        (&[], Some("s"), Value::Map(Vec::new())),
        (&[], Some("s]"), Value::Map(Vec::new())),
        (&[], Some("t"), Value::List(Vec::new())),
    ] {
        let found = Ini.insert(&document, find(&document, path), key, &value);
        assert!(matches!(found, Err(Error::Unsayable { .. })), "{path:?} {key:?}");
    }
}

#[test]
fn a_removed_entry_or_section_takes_its_lines_and_no_other() {
    for (before, path, after) in [
        ("[s]\nk = 1\n\n  2\n# c\nl=2", &["s", "k"][..], "[s]\n# c\nl=2"),
        ("[s]\nk = 1\nl=2", &["s", "l"], "[s]\nk = 1\n"),
        ("\u{feff}k=\nl=2\n", &["k"], "\u{feff}l=2\n"),
        ("a=1\n[s] ; c\n# d\nk=1\n\n# e\n[t]\nk=2\n", &["s"], "a=1\n\n# e\n[t]\nk=2\n"),
        ("[s]\n# c\n[t]\n", &["s"], "# c\n[t]\n"),
        ("[s]\nk=", &["s"], ""),
        ("[s]", &["s"], ""),
    ] {
        let document = read(before);
        let less = Ini.remove(&document, find(&document, path));
        assert_eq!(less.unwrap_or_else(|error| panic!("{error}")), after, "{before:?}");
    }
    let document = read("[s] ; c\n# d\nk=1\n");
    let remove = |at: usize| Ini.remove(&document, document.leaves()[at].node).expect("comments go");
    assert_eq!(remove(0), "[s]\n# d\nk=1\n");
    assert_eq!(remove(1), "[s] ; c\nk=1\n");
    // What follows would become a line of the value before.
    let document = read("a=1\n[s]\n  k=1\n  [t]\n");
    assert!(Ini.remove(&document, find(&document, &["s"])).is_err());
    assert!(Ini.remove(&document, find(&document, &[])).is_err());
}

#[test]
fn a_map_of_sections_is_written_as_a_text() {
    let entry = |key: &str, value| (key.to_owned(), value);
    let map = Value::Map(vec![
        entry("s", Value::Map(vec![entry("k", text("a\nb")), entry("e", text(""))])),
        entry("top", Value::Bool(true)),
        entry("t u", Value::Map(Vec::new())),
    ]);
    assert_eq!(Ini.write(&map).expect("sayable"), "top = true\n\n[s]\nk = a\n  b\ne =\n\n[t u]\n");
    assert_eq!(Ini.write(&Value::Map(Vec::new())).expect("sayable"), "");
    let inside = |value| Value::Map(vec![entry("s", Value::Map(vec![entry("k", value)]))]);
    for (value, path) in [
        (inside(Value::Map(Vec::new())), "s.k"),
        (inside(Value::List(Vec::new())), "s.k"),
        (inside(Value::Null), "s.k"),
        (inside(text(" x")), "s.k"),
        (Value::Map(vec![entry("a:b", text(""))]), "\"a:b\""),
        (Value::Map(vec![entry("a]", Value::Map(Vec::new()))]), "\"a]\""),
        (Value::Map(vec![entry("\u{feff}a", text(""))]), "\"\u{feff}a\""),
        (Value::List(Vec::new()), "."),
    ] {
        let error = Ini.write(&value).expect_err("unsayable");
        assert!(matches!(&error, Error::Unsayable { path: found, .. } if found == path), "{error}");
    }
}

#[test]
fn file_names_are_claimed() {
    for (name, is_ours) in [
        ("php.ini", true),
        ("setup.cfg", true),
        ("a.properties", false),
        ("a.conf", false),
        (".env.ini", true),
        (".env.cfg", true),
    ] {
        assert_eq!(Ini.claims(name), is_ours, "{name}");
        assert_eq!(dekko::format::of(name).map(Format::name), is_ours.then_some("ini"), "{name}");
    }
}

#[test]
fn mutants_keep_the_laws_or_are_refused() {
    let mut texts: Vec<String> = nasty().into_iter().map(|(_, text)| text).collect();
    texts.push("[s]\n  k = a\n  # c\n    b\n\n  l: d\n[t] ; c\nm =\n  e\n".to_owned());
    for name in ["ini", "ini-comments"] {
        for kind in ["plain", "sealed"] {
            let path = format!("fixtures/format-vectors/files/{name}/{kind}.ini");
            texts.push(std::fs::read_to_string(path).expect("fixture"));
        }
    }
    let (mut numbers, mut accepted) = (Numbers::new(7), 0);
    for round in 0..30_000 {
        let text = &texts[round % texts.len()];
        let mutant = numbers.mutant(text, PARTS);
        if laws::read(&Ini, &mutant).is_ok() {
            accepted += 1;
            laws::all(&Ini, &mutant);
        }
    }
    assert!(accepted > 5_000, "{accepted}");
}

#[test]
fn large_texts_keep_the_laws() {
    for text in [
        format!("k = {}\n", "x".repeat(6 << 10)),
        format!("k = {}\n", "x".repeat(5 << 20)),
        format!("k = {}\n", "x\n ".repeat(1 << 19)),
        format!("k = {}\n", "\n".repeat(1 << 20)),
        format!("k = x{}\nl=1\n", "\n # c".repeat(200_000)),
        "# c\n".repeat(100_000),
        (0..50_000).map(|n| format!("k{n} = v\n; c\n")).collect(),
        (0..50_000).map(|n| format!("[s{n}]\nk=v\n")).collect(),
        format!("[{}]", "x".repeat(60 << 10)),
    ] {
        laws::tokens_stand_for_leaves(&Ini, &text);
        laws::blocks_come_off_again(&Ini, &text);
    }
}
