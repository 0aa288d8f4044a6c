//! dotenv.

use dekko::document::{Document, Leaf, Style, Value};
use dekko::error::Error;
use dekko::format::Format;
use dekko::format::dotenv::Dotenv;

use crate::laws;
use crate::mutants::Numbers;

/// What the grammar refuses of the nasty files, and in which words.
const REFUSED: &[(&str, &str)] = &[
    ("05-novalue.env", "line 1, column 1: syntax error: neither an entry"),
    ("41-colon.env", "neither an entry"),
    ("44-semicolon_c.env", "neither an entry"),
    ("49-dup.env", "line 2, column 1: syntax error: duplicate key 'A', first on line 1"),
    ("52-unterm.env", "line 1, column 3: syntax error: a quote that is not closed"),
    ("61-yaml_style.env", "neither an entry"),
    ("64-array.env", "an array"),
    ("65-heredoc.env", "line 1, column 9: syntax error: a heredoc"),
];

const PARTS: &[&str] = &[
    "\n",
    "\r\n",
    "\"",
    "'",
    "`",
    "\\",
    "#",
    " #",
    "=",
    " ",
    "\t",
    "A=",
    "B",
    "export ",
    "$(",
    ")",
    "(",
    "<<X",
    "$",
    "b",
    "\u{e9}",
    "\u{feff}",
    "#dekko ",
    "#dekko v=1\n",
    "enc1.",
];

fn nasty() -> Vec<(String, String)> {
    let mut files: Vec<_> = std::fs::read_dir("fixtures/parser-cases/env")
        .expect("fixtures")
        .map(|entry| entry.expect("fixtures").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "env"))
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("UTF-8"))
        })
        .collect();
    files.sort();
    assert_eq!(files.len(), 66);
    files
}

fn read(text: &str) -> Document {
    laws::read(&Dotenv, text).unwrap_or_else(|error| panic!("{error}: {text:?}"))
}

fn said(text: &str) -> String {
    laws::read(&Dotenv, text).err().unwrap_or_else(|| panic!("accepted: {text:?}")).to_string()
}

/// The only leaf of `text`.
fn only(document: &Document) -> &Leaf {
    assert_eq!(document.leaves().len(), 1, "{:?}", document.source());
    &document.leaves()[0]
}

fn value(text: &str) -> Result<String, Error> {
    let document = read(text);
    let leaf = document.leaves().last().expect("a leaf");
    match Dotenv.value(&document, leaf)? {
        Value::String(text) => Ok(text),
        _ => panic!("dotenv holds texts"),
    }
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
            &format!("FIRST=1\r\n{unix}"),
            &format!("\u{feff}{}", unix.trim_start_matches('\u{feff}')),
            unix.trim_end_matches('\n'),
            &format!("{unix}# c\n\n"),
        ] {
            if text.find('\u{feff}').is_none_or(|at| at == 0) {
                laws::all(&Dotenv, text);
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
        "# c",
        " \t# c \r\n",
        "A=\n\tB= \n",
        "A='x\r\ny' # c\r\nB=\"\\\"\nx\"\\\n\nC=`\n`",
        "export export=1\nexport\tA=2\nexport B = 3\n",
        "A=b\\\n\nB=\\\\\nC='\\'\\\nd\n",
        "A=$(echo $(x))\nB=\"\\$(\n\"\nC='$(\n'\nD=`$(\n`\nE=x # $(\nF=1<<2\nG=a<<<x\n",
        "A=\"#dekko\"\n#dekko\n# #dekko v=1\n #dekko v=1\nB=1\n",
    ] {
        laws::all(&Dotenv, text);
    }
}

#[test]
fn the_value_runs_to_the_end_of_its_logical_line() {
    for (text, src, style, content) in [
        ("A=b", "b", Style::Plain, "b"),
        ("A=b # c \nB=", "b # c ", Style::Plain, "b # c "),
        ("A = b\nB=", " b", Style::Plain, " b"),
        ("A='b c'\nB=", "'b c'", Style::Quoted, "b c"),
        ("A= 'b' \nB=", " 'b' ", Style::Quoted, "b"),
        ("A='b' # c\nB=", "'b' # c", Style::Plain, "'b' # c"),
        ("A='b\\'c'\nB=", "'b\\'c'", Style::Plain, "'b\\'c'"),
        ("A=\"b\\\"\n#c\"\nB=", "\"b\\\"\n#c\"", Style::Interpolated, "\"b\\\"\n#c"),
        ("A=`b`\nB=", "`b`", Style::Interpolated, "`b"),
        ("A=\"b\"c\nB=", "\"b\"c", Style::Plain, "\"b\"c"),
        ("A=\"b\"\\\r\nc\r\nB=", "\"b\"\\\r\nc", Style::Plain, "\"b\"\\\r\nc"),
        ("A=b\\\\\nB=", "b\\\\", Style::Plain, "b\\\\"),
        ("A=b\\\\\\\n\nB=", "b\\\\\\\n", Style::Plain, "b\\\\\\\n"),
        ("A=it's\nB=", "it's", Style::Plain, "it's"),
        ("A=\r\nB=", "", Style::Plain, ""),
    ] {
        let document = read(text);
        let leaf = document.leaves()[0];
        assert_eq!(document.src(leaf.span), src, "{text:?}");
        assert_eq!(leaf.style, style, "{text:?}");
        assert_eq!(document.bytes(leaf.content), content.as_bytes(), "{text:?}");
    }
}

#[test]
fn the_walk_holds_what_is_written_around_a_key() {
    let walk = |text: &str| laws::walk(&read(text));
    assert_eq!(walk("\u{feff}export A =b\n"), b"\x05\x06\0\0\0\x06export\x0c\0\0\0\x02A \x03\0\0\0\x01b");
    assert_eq!(walk("A='b'\r\n"), b"\x0c\0\0\0\x01A\x04\0\0\0\x01b");
    assert_eq!(walk("# c\nA=\"\r\n\"\n"), b"\x0c\0\0\0\x01A\x0b\0\0\0\x02\"\n");
    assert_eq!(read("export A =b\n").path_of(only(&read("export A =b\n")).node), "A");
    assert_eq!(walk("export =1"), b"\x0c\0\0\0\x07export \x03\0\0\0\x011");
}

#[test]
fn what_a_shell_would_read_over_several_lines_is_refused() {
    for (text, reason) in [
        ("A=b\\", "goes on past the end"),
        ("A=b\\\n", "goes on past the end"),
        ("A=\"b\"\\\r\n", "goes on past the end"),
        ("A=$(echo\nB=1)\n", "'$('"),
        ("A=\"$(echo\n)\"\n", "'$('"),
        ("A=\"$(echo \"a\nB=b\")\"\n", "'$('"),
        ("A=$(echo \\\n)\n", "'$('"),
        ("A=x <<EOF\nB=1\n", "a heredoc"),
        ("A=<<-'EOF'\nB=1\n", "a heredoc"),
        ("A=(\nB=1\n", "an array"),
        ("A='b\n", "a quote"),
        ("A= `b\n", "a quote"),
        ("A=\"b\\\"\n", "a quote"),
        ("A+=b\n", "neither"),
        ("1A=b\n", "neither"),
        ("export A\n", "neither"),
        ("export A B=1\n", "neither"),
        ("=b\n", "neither"),
        ("\u{a0}A=b\n", "neither"),
    ] {
        let said = said(text);
        assert!(said.contains(reason) && said.contains("syntax error"), "{text:?}: {said}");
    }
}

#[test]
fn no_refusal_shows_a_value() {
    for text in [
        "SECRET",
        "A=(SECRET",
        "A=\"SECRET",
        "A=SECRET\\",
        "A=$(SECRET\n",
        "A=x <<SECRET\n",
        "#dekko SECRET",
        "A=SECRET\nA=SECRET",
    ] {
        assert!(!said(text).contains("SECRET"), "{text:?}");
    }
}

#[test]
fn metadata_lines_stand_last_and_nowhere_else() {
    for (text, verdict) in [
        ("A=1\n#dekko v=1\n", "accepted"),
        ("A=1\r\n#dekko v=1\r\n", "accepted"),
        ("#dekko v=1", "accepted"),
        ("A=1\n#dekko v=1\n\n", "metadata"),
        ("A=1\n#dekko v=1\n#\n", "metadata"),
        ("#dekko v=1\nA=1\n", "metadata"),
        ("#dekko v=1\nA=1\n#dekko v=1\n", "metadata"),
        ("A='\n#dekko v=1\n'\n", "metadata"),
        ("A='\n#dekko v=1\n", "syntax"),
        ("A=1\\\n#dekko v=1\n", "syntax"),
        ("A=1\n#dekko v =1\n", "metadata"),
        ("A=1\n#dekko v= 1\n", "metadata"),
        ("A=1\n#dekko v=\n", "metadata"),
        ("A=1\n#dekko  v=1\n", "metadata"),
        ("A=1\n#dekko v\n", "metadata"),
        ("A=1\n#dekko v=2\n#dekko what else\n", "version"),
        ("A=1\n #dekko v=1\n", "accepted"),
    ] {
        assert_eq!(laws::verdict(&Dotenv, text.as_bytes()), verdict, "{text:?}");
    }
    let document = read("A=1\n#dekko v=1\n#dekko recipient=vault:x?a=b YQ\n");
    assert_eq!(document.body(), "A=1\n");
    let block = document.block.expect("a block");
    let fields: Vec<_> = block.fields.iter().map(|field| (&field.name[..], &field.value[..])).collect();
    assert_eq!(fields, [("v", "1"), ("recipient", "vault:x?a=b YQ")]);
    assert_eq!((block.at.line, block.at.column), (2, 1));
}

#[test]
fn values_are_read_as_most_readers_do() {
    let text =
        std::fs::read_to_string("fixtures/parser-cases/env/expected-by-dialect.json").expect("fixture");
    let expected: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let mut agree = std::collections::BTreeMap::<String, usize>::new();
    let mut alone = Vec::new();
    for (name, text) in nasty() {
        if REFUSED.iter().any(|(file, _)| *file == name) {
            continue;
        }
        let case = &name[3..name.len() - 4];
        let document = read(&text);
        let ours: Result<Vec<_>, Error> = document
            .leaves()
            .iter()
            .filter(|leaf| leaf.style != Style::Comment)
            .map(|leaf| Ok((document.path_of(leaf.node).replace('"', ""), Dotenv.value(&document, leaf)?)))
            .collect();
        let Ok(ours) = ours else {
            alone.push(format!("{case} (refused)"));
            continue;
        };
        let dialects = expected[case].as_object().unwrap_or_else(|| panic!("no case {case}"));
        let mut any = false;
        for (dialect, theirs) in dialects {
            let same = ours.iter().all(|(key, value)| match value {
                Value::String(text) => theirs.get(key).and_then(|v| v.as_str()) == Some(text),
                _ => false,
            });
            *agree.entry(dialect.clone()).or_default() += usize::from(same);
            any |= same;
        }
        if !any {
            alone.push(case.to_owned());
        }
    }
    assert_eq!(alone, ["dq_c_nosp (refused)", "sq_esc_q (refused)", "concat (refused)"]);
    let counts: Vec<_> = agree.iter().map(|(dialect, count)| (&dialect[..], *count)).collect();
    let expected = [
        ("bash", 32),
        ("compose", 46),
        ("docker", 26),
        ("dotenv-js", 48),
        ("dotenvy", 36),
        ("node20", 45),
        ("py-dotenv", 48),
        ("systemd", 42),
    ];
    assert_eq!(counts, expected, "of 55");
}

#[test]
fn values_are_decoded() {
    for (text, decoded) in [
        ("A=b # c", "b"),
        ("A=b#c", "b#c"),
        ("A=#c", "#c"),
        ("A= #c", ""),
        ("A= \t ", ""),
        ("A= b c \t", "b c"),
        ("A=b\\nc", "b\\nc"),
        ("A=b\\\nc\\\r\nd", "bcd"),
        ("A=b \\\n#c", "b"),
        ("A='b\\n\"$x'", "b\\n\"$x"),
        ("A='b\r\nc' # d", "b\nc"),
        ("A=`b'\\`", "b'\\"),
        ("A=\"b\\n\\r\\t\\\"\\\\\\$\\`\\x\\'\"", "b\n\r\t\"\\$`\\x\\'"),
        ("A=\"b\\\r\nc\"\t#", "b\\\nc"),
        ("# c d ", "c d"),
    ] {
        assert_eq!(value(text).unwrap_or_else(|error| panic!("{error}")), decoded, "{text:?}");
    }
    for text in ["A=\"b\"c", "A='b'#c", "A='b''c'", "A='b' c # d"] {
        assert!(matches!(value(text), Err(Error::Unsayable { path, .. }) if path == "A"), "{text:?}");
    }
}

#[test]
fn scalars_are_written_so_that_readers_agree() {
    for (src, new, text) in [
        ("b", "x-1.2", "x-1.2"),
        ("b", "x y", "'x y'"),
        ("b", "", ""),
        ("b", "it's", "\"it's\""),
        ("b", "it's $x `y` \"\\", "\"it's \\$x \\`y\\` \\\"\\\\\""),
        ("b", "p\nq", "'p\nq'"),
        ("b", "p'\nq", "\"p'\nq\""),
        ("b", "p\r\nq", "\"p\\r\\nq\""),
        ("b", "p\n#dekko v=1", "\"p\\n#dekko v=1\""),
        ("\"b\"", "x", "\"x\""),
        ("\"b\"", "$x", "'$x'"),
        ("'b'", "x", "'x'"),
        ("'b'", "", "''"),
        ("`b`", "x", "`x`"),
        ("b # c", "x", "x # c"),
        (" 'b'\t# c", "x", " 'x'\t# c"),
        (" # c", "x", "x # c"),
        (" # c", "", " # c"),
        ("\"b\"c", "x", "x"),
    ] {
        let document = read(&format!("A={src}"));
        let written = Dotenv.scalar(&document, only(&document), &Value::String(new.to_owned()));
        assert_eq!(written.expect("sayable"), text, "{src:?} {new:?}");
    }
    let document = read("A=b\r\n# c");
    let leaf = |at: usize| &document.leaves()[at];
    let scalar = |at, value| Dotenv.scalar(&document, leaf(at), &value).ok();
    assert_eq!(scalar(0, Value::String("p\nq".into())).as_deref(), Some("'p\r\nq'"));
    assert_eq!(scalar(0, Value::Number("1e5".into())).as_deref(), Some("1e5"));
    assert_eq!(scalar(0, Value::Bool(true)).as_deref(), Some("true"));
    assert_eq!(scalar(0, Value::Null), None);
    assert_eq!(scalar(0, Value::List(Vec::new())), None);
    assert_eq!(scalar(0, Value::String("\0".into())), None);
    assert_eq!(scalar(1, Value::String("new".into())).as_deref(), Some("# new"));
    assert_eq!(scalar(1, Value::String("a\nb".into())), None);
}

#[test]
fn a_scalar_that_is_written_reads_back() {
    let parts = &[
        "a", "'", "\"", "`", "\\", "\n", "\r", "\r\n", " ", "#", "$", "$(", "<<E", "(", "\t", "\u{e9}",
        "#dekko ", "=", "enc1.",
    ];
    let sources = ["", "b", "'b'", "\"b\"", "`b`", " b # c", " 'b'  # c", "b\\\nc", " # c", "\"b\"c"];
    let mut numbers = Numbers::new(1);
    for _ in 0..20_000 {
        let (src, eol) = (numbers.pick(&sources), numbers.pick(&["\n", "\r\n"]));
        let document = read(&format!("X=1{eol}A={src}{eol}B=2{eol}"));
        let leaf = document.leaves()[1];
        let new = numbers.text(parts, 8);
        let text = Dotenv.scalar(&document, &leaf, &Value::String(new.clone())).expect("sayable");
        let whole = dekko::document::splice(document.source(), [(leaf.span, &text[..])]);
        let again = read(&whole);
        assert_eq!(again.leaves().len(), 3, "{whole:?}");
        assert!(
            Dotenv.value(&again, &again.leaves()[1]).expect("sayable") == Value::String(new),
            "{whole:?}"
        );
    }
}

#[test]
fn entries_come_in_the_style_of_their_neighbours() {
    let text = |value: &str| Value::String(value.to_owned());
    for (before, key, value, after) in [
        ("", "A", "x", "A=x\n"),
        ("A=1", "B", "x y", "A=1\nB='x y'"),
        ("A=1\r\n", "B", "x", "A=1\r\nB=x\r\n"),
        ("export A=1\n# c\n", "B", "x", "export A=1\n# c\nexport B=x\n"),
        ("A = 1\n", "B", "", "A = 1\nB = \n"),
        ("\u{feff}", "A", "x", "\u{feff}A=x\n"),
        ("A=1\n#dekko v=1\n", "B", "x", "A=1\nB=x\n#dekko v=1\n"),
    ] {
        let document = read(before);
        let root = document.roots().next().expect("a root");
        let found = Dotenv.insert(&document, root, Some(key), &text(value));
        assert_eq!(found.unwrap_or_else(|error| panic!("{error}")), after, "{before:?}");
    }
    let document = read("A=1\n");
    let root = document.roots().next().expect("a root");
    for (key, value) in [
        (Some("A"), text("x")),
        (Some("a b"), text("x")),
        (Some("1"), text("x")),
        (Some(""), text("x")),
        (None, text("x")),
        (Some("B"), Value::Map(Vec::new())),
    ] {
        let found = Dotenv.insert(&document, root, key, &value);
        assert!(matches!(found, Err(Error::Unsayable { .. })), "{key:?}");
    }
    let leaf = only(&document).node;
    assert!(Dotenv.insert(&document, leaf, Some("B"), &text("x")).is_err());
}

#[test]
fn a_removed_entry_takes_its_lines_and_no_other() {
    for (before, at, after) in [
        ("# a\nA=1\n\nB='\n'\\\nx # b\nC=3", 2, "# a\nA=1\n\nC=3"),
        ("# a\nA=1\n\nB=2\nC=3", 3, "# a\nA=1\n\nB=2\n"),
        ("# a\nA=1", 0, "A=1"),
        ("\u{feff}A=1\r\nB=2\r\n", 0, "\u{feff}B=2\r\n"),
        ("  export A=1\n", 0, ""),
    ] {
        let document = read(before);
        let less = Dotenv.remove(&document, document.leaves()[at].node);
        assert_eq!(less.unwrap_or_else(|error| panic!("{error}")), after, "{before:?}");
    }
    let document = read("A=1");
    assert!(Dotenv.remove(&document, document.roots().next().expect("a root")).is_err());
}

#[test]
fn a_flat_map_is_written_as_a_text() {
    let entry = |key: &str, value| (key.to_owned(), value);
    let flat = Value::Map(vec![
        entry("A", Value::String("x y".into())),
        entry("B", Value::Bool(false)),
        entry("C", Value::Number("1.50".into())),
    ]);
    assert_eq!(Dotenv.write(&flat).expect("sayable"), "A='x y'\nB=false\nC=1.50\n");
    for (value, path) in [
        (Value::Map(vec![entry("db", Value::Map(Vec::new()))]), "db"),
        (Value::Map(vec![entry("a.b", Value::Null)]), "\"a.b\""),
        (Value::Map(vec![entry("a b", Value::Bool(true))]), "\"a b\""),
        (Value::Map(vec![entry("a", Value::Bool(true)), entry("a", Value::Bool(true))]), "."),
        (Value::List(Vec::new()), "."),
    ] {
        let error = Dotenv.write(&value).expect_err("unsayable");
        assert!(matches!(&error, Error::Unsayable { path: found, .. } if found == path), "{error}");
    }
}

#[test]
fn file_names_are_claimed() {
    for name in [".env", "prod.env", ".env.local", ".env.production.local"] {
        assert!(Dotenv.claims(name), "{name}");
    }
    for name in [".envrc", "env", ".env.json", ".env.yaml", ".env.x.toml", ".env.ini", "a.environment"] {
        assert!(!Dotenv.claims(name), "{name}");
    }
}

#[test]
fn mutants_keep_the_laws_or_are_refused() {
    let mut texts: Vec<String> = nasty().into_iter().map(|(_, text)| text).collect();
    for name in ["dotenv", "dotenv-comments"] {
        for kind in ["plain", "sealed"] {
            let path = format!("fixtures/format-vectors/files/{name}/{kind}.env");
            texts.push(std::fs::read_to_string(path).expect("fixture"));
        }
    }
    let (mut numbers, mut accepted) = (Numbers::new(7), 0);
    for round in 0..30_000 {
        let text = &texts[round % texts.len()];
        let mutant = numbers.mutant(text, PARTS);
        if laws::read(&Dotenv, &mutant).is_ok() {
            accepted += 1;
            laws::all(&Dotenv, &mutant);
        }
    }
    assert!(accepted > 5_000, "{accepted}");
}

#[test]
fn large_texts_keep_the_laws() {
    for text in [
        format!("A={}\n", "x".repeat(6 << 10)),
        format!("A={}\n", "x".repeat(5 << 20)),
        format!("A=\"{}\"\n", "x\n".repeat(1 << 19)),
        format!("A={}x\n", "\\\n".repeat(1 << 19)),
        format!("A=`{}`\n", "$(".repeat(1 << 19)),
        "# c\n".repeat(100_000),
        "\n".repeat(1 << 20),
        (0..50_000).map(|n| format!("K{n}=v # c\n")).collect(),
        format!("A={}\n", " #".repeat(1 << 19)),
    ] {
        laws::tokens_stand_for_leaves(&Dotenv, &text);
        laws::blocks_come_off_again(&Dotenv, &text);
        let document = read(&text);
        if let Some(leaf) = document.leaves().last() {
            let _ = Dotenv.value(&document, leaf);
        }
    }
}
