//! The promises of `dekko.toml`.

use std::fs;
use std::path::Path;

use super::*;
use crate::document::Cover;

const HEAD: &str = "version = 1\n[recipients]\nalice = \"age1alice\"\nci = \"ssh-ed25519 AAAA ci@host\"\n";

fn parse(text: &str) -> Result<Config> {
    Config::parse(text, Path::new("repository"))
}

/// The message for `HEAD` and `rest`, which begins on line 5.
fn message(rest: &str) -> String {
    parse(&format!("{HEAD}{rest}")).expect_err(rest).to_string()
}

#[test]
fn a_rule_says_who_what_and_how() {
    let text = format!(
        "{HEAD}[groups]\nteam = [\"alice\", \"ci\"]\nall = [\"team\", \"age1bob\", \"alice\"]\n\
         [[rules]]\npaths = [\"a/**\"]\nrecipients = [\"all\"]\nencrypt = [\"db.*\"]\nplain = [\"kind\"]\n\
         cover = \"encrypted\"\ncomments = \"encrypted\"\nscope = \"prod\"\n\
         [[rules]]\npaths = [\"b\"]\nrecipients = [\"age1carol\"]\npreset = \"kubernetes\"\n"
    );
    let config = parse(&text).unwrap();
    let [first, second] = config.rules() else { panic!("two rules") };
    assert_eq!((first.line, second.line), (Some(8), Some(16)));
    assert_eq!((first.cover, first.comments), (Cover::Encrypted, Comments::Encrypted));
    assert_eq!(
        (first.encrypt.as_slice(), first.plain.as_slice()),
        (&["db.*".into()][..], &["kind".into()][..])
    );
    assert_eq!(first.scope.as_deref(), Some("prod"));
    assert_eq!(second.encrypt, ["data.**", "stringData.**"]);
    assert_eq!((second.cover, second.comments), (Cover::All, Comments::Plain));
    assert_eq!(first.policy().unwrap().text(), "encrypt db.*; plain kind; comments");
    assert_eq!(second.policy().unwrap().text(), "encrypt data.**,stringData.**");
    let readers = config.recipients(first).unwrap();
    let shown: Vec<_> = readers.iter().map(|reader| (reader.name.as_deref(), reader.text.as_str())).collect();
    let ci = "ssh-ed25519 AAAA ci@host";
    assert_eq!(shown, [(Some("alice"), "age1alice"), (Some("ci"), ci), (None, "age1bob")]);
}

#[test]
fn names_are_found_both_ways() {
    const AGE: &str = "age1fcvsal69zcc4a2eznvj35rcddrq4t0vdjk9r5ca6alagparams3qa489ld";
    const SSH: &str = "AAAAC3NzaC1lZDI1NTE5AAAAIE6eicv3yKjWui3TMghYUHxKwQTFYlTdlaQPr4DyBa2J";
    let config = parse(&format!(
        "version = 1\n[recipients]\nzoe = \"{AGE}\"\nalice = \"{AGE}\"\nci = \"ssh-ed25519 {SSH} ci@host\"\n\
         cloud = \"some-service:key/1\"\n[groups]\nteam = [\"alice\", \"ci\", \"zoe\", \"ssh-ed25519 {SSH}\"]\n"
    ))
    .unwrap();
    assert_eq!(config.name_of(&format!("age:{AGE}")), Some("alice"));
    assert_eq!(config.name_of(&format!("age:ssh-ed25519:{SSH}")), Some("ci"));
    assert_eq!(config.name_of("some-service:key/1"), Some("cloud"));
    assert_eq!(config.name_of("age:age1bob"), None);
    let team = config.resolve("team").unwrap();
    let names: Vec<_> = team.iter().map(|named| named.name.as_deref()).collect();
    assert_eq!(names, [Some("alice"), Some("ci")], "each key once, whatever its spelling");
    assert_eq!(config.resolve("age1bob").unwrap(), [Named { name: None, text: "age1bob".into() }]);
    assert!(config.resolve("bob").is_err());
    assert_eq!(config.named().count(), 4);
}

#[test]
fn every_mistake_is_named_with_its_line() {
    let rule = "[[rules]]\npaths = [\"a\"]\nrecipients = [\"alice\"]\n";
    for (rest, wanted) in [
        ("surprise = 1\n", "line 5: 'surprise' must be a text in quotes"),
        ("[extra]\n", "line 5: unknown key 'extra'"),
        ("[[rules]]\npath = [\"a\"]\n", "line 6: unknown key 'path' in [[rules]]; known are paths, "),
        ("[[rules]]\npaths = [\"a\"]\n", "line 5: a rule needs 'recipients'"),
        ("[[rules]]\nrecipients = [\"alice\"]\n", "line 5: a rule needs 'paths'"),
        ("[[rules]]\npaths = []\n", "line 6: 'paths' is empty"),
        (
            "[[rules]]\npaths = [\n \"ok\",\n \"../x\"]\nrecipients = [\"alice\"]\n",
            "line 8: path pattern '../x'",
        ),
        ("[[rules]]\npaths = [\"a\"]\nrecipients = [\n\"alice\",\n\"bob\"]\n", "line 9: 'bob' is neither"),
        ("[groups]\nalice = [\"ci\"]\n", "line 6: 'alice' is a recipient already"),
        (
            "[groups]\na = [\"b\"]\nb = [\"c\"]\nc = [\"ci\", \"a\"]\n",
            "line 8: group 'c' holds itself by way of 'a'",
        ),
        ("[groups]\na = [\"a\"]\n", "line 6: group 'a' holds itself"),
        ("[groups]\na = [\"nobody\"]\n", "line 6: 'nobody' is neither"),
        ("age1x = \"age1y\"\n", "line 5: 'age1x' cannot be a name"),
        ("eve = \"\"\n", "line 5: '' is neither"),
        ("eve = \"AGE-SECRET-KEY-1XYZ\"\n", "line 5: a recipient here is a secret key"),
        ("alice = \"age1two\"\n", "line 5: is not valid TOML: duplicate key"),
        ("rules = 3", "line 5: 'rules' must be a text in quotes"),
        ("x = \n", "line 5: is not valid TOML"),
        (&format!("{rule}cover = \"some\"\n"), "line 8: 'cover' must be \"all\" or \"encrypted\""),
        (&format!("{rule}comments = 1\n"), "line 8: 'comments' must be a text"),
        (&format!("{rule}preset = \"helm\"\n"), "line 8: 'preset' must be \"kubernetes\""),
        (
            &format!("{rule}encrypt = [\"a\"]\npreset = \"kubernetes\"\n"),
            "line 9: 'preset' and 'encrypt' exclude",
        ),
        (&format!("{rule}scope = \" prod\"\n"), "line 8: scope ' prod' must be 1 to 128"),
        (&format!("{rule}scope = \"\"\n"), "line 8: scope '' must be"),
        (&format!("{rule}scope = \"a\\tb\"\n"), "line 8: scope 'a\\tb' must be"),
        (&format!("{rule}scope = \"gr\u{fc}n\"\n"), "line 8: scope 'gr\u{fc}n' must be"),
        (&format!("{rule}scope = \"{}\"\n", "a".repeat(129)), "must be 1 to 128"),
        (&format!("{rule}encrypt = []\n"), "line 8: 'encrypt' is empty"),
        (&format!("{rule}encrypt = [\n\"a\",\n\"b..c\"]\n"), "line 10: "),
        (&format!("{rule}plain = [\"a[0]\"]\n"), "line 8: "),
    ] {
        let got = message(rest);
        assert!(got.contains("dekko.toml': ") && got.contains(wanted), "{rest}: {got}");
        assert!(!got.contains("XYZ"), "{got}");
    }
}

#[test]
fn only_version_1_is_read_whatever_else_stands_there() {
    assert!(parse("").expect_err("empty").to_string().contains("'version = 1' is missing"));
    let newer = parse("new_key = 1\nversion = 2\n").expect_err("newer").to_string();
    assert!(newer.contains("line 2: 'version' must be 1"), "{newer}");
    assert!(parse("version = \"1\"\n").is_err());
}

#[test]
fn more_than_64_kib_are_refused() {
    let large = format!("version = 1\n#{}", "x".repeat(64 * 1024));
    assert!(parse(&large).expect_err("large").to_string().contains("larger than 64 KiB"));
}

#[test]
fn more_than_128_recipients_are_refused_with_the_line_of_the_rule() {
    let many: Vec<String> = (0..129).map(|n| format!("\"age1x{n}\"")).collect();
    let got = message(&format!("[[rules]]\npaths = [\"a\"]\nrecipients = [{}]\n", many.join(",")));
    assert!(got.contains("line 5: ") && got.contains("128"), "{got}");
}

#[test]
fn groups_of_groups_take_no_more_time_than_they_have_members() {
    let mut text = String::from("version = 1\n[groups]\ng0 = [\"age1x\"]\n");
    for n in 1..1000 {
        text.push_str(&format!("g{n} = [\"g{0}\", \"g{0}\"]\n", n - 1));
    }
    assert_eq!(parse(&text).unwrap().resolve("g999").unwrap().len(), 1);
}

#[test]
fn thousands_of_patterns_are_read_at_once() {
    let paths: Vec<String> = (0..6000).map(|n| format!("\"a?{n}\"")).collect();
    let rule = format!("[[rules]]\npaths = [{}]\nrecipients = [\"alice\"]\n", paths.join(","));
    assert!(parse(&format!("{HEAD}{rule}")).is_ok());
}

#[test]
fn the_template_is_valid_once_a_recipient_stands_in_it() {
    let config = parse(&TEMPLATE.replace("{name}", "me").replace("{recipient}", "age1me")).unwrap();
    assert_eq!(config.rules().len(), 1);
    assert_eq!(config.resolve("team").unwrap()[0].text, "age1me");
    assert!(parse(TEMPLATE).is_err());
}

#[test]
fn the_example_of_the_documentation_is_valid() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/configuration.md");
    let page = fs::read_to_string(path).unwrap().replace("\r\n", "\n");
    let examples: Vec<&str> =
        page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let [repository, user] = examples[..] else { panic!("two examples") };
    let config = parse(repository).unwrap();
    assert_eq!((config.rules().len(), config.resolve("team").unwrap().len()), (2, 2));
    assert_eq!(user::UserConfig::parse(user, Path::new("config.toml")).unwrap().plugins, ["yubikey", "pq"]);
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_reader_panic_and_every_refusal_names_the_file(
        edits in proptest::collection::vec((0usize..600, "[\\[\\]{}\"=.,*a-z0-9\\n\u{e9}\\\\#]{0,6}", 0usize..9), 0..5),
    ) {
        let rule = "[groups]\ng = [\"alice\"]\n[[rules]]\npaths = [\"a/**\"]\nrecipients = [\"g\"]\ncover = \"all\"\n";
        let mut text = format!("{HEAD}{rule}");
        for (at, insert, remove) in edits {
            let start = (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
            let end = (start..=(start + remove).min(text.len())).rev().find(|&at| text.is_char_boundary(at));
            text.replace_range(start..end.unwrap_or(start), &insert);
        }
        if let Err(error) = parse(&text) {
            let message = error.to_string();
            proptest::prop_assert!(message.contains("dekko.toml': "), "{}", message);
            proptest::prop_assert!(matches!(error.bare(), Error::Config { .. }), "{}", message);
            proptest::prop_assert_eq!(error.status(), 2);
        }
    }
}

/// A repository with a `dekko.toml` for `a/**` at its top, and a file `a/b/f.yaml`.
fn repository() -> tempfile::TempDir {
    let top = tempfile::tempdir().unwrap();
    fs::create_dir_all(top.path().join("outer/repo/.git")).unwrap();
    fs::create_dir_all(top.path().join("outer/repo/a/b")).unwrap();
    fs::write(top.path().join("outer/repo/a/b/f.yaml"), "x: 1\n").unwrap();
    let rule = "[[rules]]\npaths = [\"a/**\"]\nrecipients = [\"alice\"]\n";
    fs::write(top.path().join("outer/repo/dekko.toml"), format!("{HEAD}{rule}")).unwrap();
    top
}

#[test]
fn the_nearest_configuration_up_to_the_top_of_the_repository_holds() {
    let top = repository();
    let repo = top.path().join("outer/repo");
    for file in ["a/b/f.yaml", "a/b/new.yaml", "a/../a/b/new.yaml"] {
        let config = Config::find(&repo.join(file)).unwrap().expect("a configuration");
        let (number, rule) = config.rule_for(&repo.join(file)).unwrap().expect("a rule");
        assert_eq!((number, rule.line), (1, Some(5)));
    }
    let config = Config::find(&repo.join("other.yaml")).unwrap().expect("a configuration");
    assert!(config.rule_for(&repo.join("other.yaml")).unwrap().is_none());
    assert!(matches!(config.rule_for(top.path()).expect_err("outside").bare(), Error::Outside));

    fs::rename(repo.join("dekko.toml"), top.path().join("outer/dekko.toml")).unwrap();
    assert!(Config::find(&repo.join("a/b/f.yaml")).unwrap().is_none());
    fs::remove_dir(repo.join(".git")).unwrap();
    assert!(Config::find(&repo.join("a/b/f.yaml")).unwrap().is_some());
}

#[test]
fn a_large_configuration_is_called_large_even_where_a_character_is_cut() {
    let top = repository();
    let repo = top.path().join("outer/repo");
    for shift in ["", "x", "xx"] {
        fs::write(repo.join("dekko.toml"), format!("#{shift}{}", "\u{20ac}".repeat(30_000))).unwrap();
        let error = Config::find(&repo.join("a/b/f.yaml")).expect_err("large").to_string();
        assert!(error.contains("dekko.toml': is larger than 64 KiB"), "{error}");
    }
    fs::write(repo.join("dekko.toml"), b"version = 1\n# \xff\n").unwrap();
    let error = Config::find(&repo.join("a/b/f.yaml")).expect_err("not UTF-8").to_string();
    assert!(error.contains("dekko.toml': line 2: is not UTF-8"), "{error}");
}

#[test]
fn a_git_file_ends_the_search_as_a_folder_does() {
    let top = repository();
    let tree = top.path().join("outer/repo/a");
    fs::write(tree.join(".git"), "gitdir: elsewhere\n").unwrap();
    assert!(Config::find(&tree.join("b/f.yaml")).unwrap().is_none());
}

#[cfg(unix)]
#[test]
fn a_configuration_that_is_a_link_or_a_folder_is_refused() {
    let top = repository();
    let repo = top.path().join("outer/repo");
    fs::rename(repo.join("dekko.toml"), top.path().join("elsewhere.toml")).unwrap();
    std::os::unix::fs::symlink(top.path().join("elsewhere.toml"), repo.join("dekko.toml")).unwrap();
    let error = Config::find(&repo.join("a/b/f.yaml")).expect_err("a link").to_string();
    assert!(error.contains("dekko.toml': is not a regular file"), "{error}");
    fs::remove_file(repo.join("dekko.toml")).unwrap();
    fs::create_dir(repo.join("dekko.toml")).unwrap();
    assert!(Config::find(&repo.join("a/b/f.yaml")).is_err());
}

#[cfg(unix)]
#[test]
fn a_configuration_of_another_user_counts_in_a_repository_alone() {
    let top = repository();
    let repo = top.path().join("outer/repo");
    // Only root can give files away.
    if std::os::unix::fs::chown(repo.join("dekko.toml"), Some(65534), None).is_err() {
        return;
    }
    assert!(Config::find(&repo.join("a/b/f.yaml")).unwrap().is_some());
    fs::remove_dir(repo.join(".git")).unwrap();
    let error = Config::find(&repo.join("a/b/f.yaml")).expect_err("not ours");
    assert!(matches!(error.bare(), Error::Config { .. }));
    assert!(error.to_string().contains("dekko.toml': belongs to another user"), "{error}");
    fs::create_dir(top.path().join(".git")).unwrap();
    assert!(Config::find(&repo.join("a/b/f.yaml")).unwrap().is_some());
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_gets_the_rules_of_where_it_leads() {
    let top = repository();
    let repo = top.path().join("outer/repo");
    fs::write(top.path().join("victim.yaml"), "x: 1\n").unwrap();
    std::os::unix::fs::symlink(top.path().join("victim.yaml"), repo.join("a/link.yaml")).unwrap();
    let config = Config::find(&repo.join("a/b/f.yaml")).unwrap().expect("a configuration");
    assert!(matches!(
        config.rule_for(&repo.join("a/link.yaml")).expect_err("outside").bare(),
        Error::Outside
    ));
}

mod schema {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::super::{KEYS, rule};

    fn keys(value: &Value) -> BTreeSet<&str> {
        value.as_object().expect("an object").keys().map(String::as_str).collect()
    }

    fn names(value: &Value) -> Vec<&str> {
        value.as_array().expect("a list").iter().filter_map(Value::as_str).collect()
    }

    #[test]
    fn the_schema_for_editors_knows_exactly_the_keys_and_words_that_the_parser_knows() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/dekko.schema.json");
        let schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(keys(&schema["properties"]), KEYS.iter().copied().collect());
        assert_eq!(schema["additionalProperties"], Value::Bool(false));
        let of_rule = &schema["properties"]["rules"]["items"];
        assert_eq!(keys(&of_rule["properties"]), rule::KEYS.iter().copied().collect());
        assert_eq!(of_rule["additionalProperties"], Value::Bool(false));
        assert_eq!(names(&of_rule["required"]), ["paths", "recipients"]);
        let words = |key: &str| names(&of_rule["properties"][key]["enum"]);
        assert_eq!(words("cover"), rule::COVERS.map_names());
        assert_eq!(words("comments"), rule::COMMENTS.map_names());
        assert_eq!(words("preset"), rule::PRESETS.map_names());
    }

    trait Names {
        fn map_names(&self) -> Vec<&'static str>;
    }

    impl<T> Names for &[(&'static str, T)] {
        fn map_names(&self) -> Vec<&'static str> {
            self.iter().map(|(name, _)| *name).collect()
        }
    }
}
