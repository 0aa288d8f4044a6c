//! `[[keys]]` of the user's configuration: as whom, and where, keys of services are asked for.

use std::path::PathBuf;

use super::section::{Section, wrong};
use crate::document::escape;
use crate::error::Result;
use crate::provider::{KeySettings, Login};

/// The keys of a table `[[keys]]`.
const KEYS: &[&str] = &[
    "match",
    "address",
    "profile",
    "role",
    "credentials",
    "login",
    "mount",
    "secret_file",
    "secret_variable",
];
/// How to come by a token of Vault.
const LOGINS: [(&str, Login); 3] =
    [("approle", Login::AppRole), ("jwt", Login::Jwt), ("kubernetes", Login::Kubernetes)];

/// Reads the tables `[[keys]]` of `root`.
///
/// # Errors
/// [`crate::error::Error::Config`] with the line.
pub(super) fn read(root: &Section<'_>) -> Result<Vec<KeySettings>> {
    root.tables("keys", "[[keys]]")?.into_iter().map(one).collect()
}

fn one(table: Section<'_>) -> Result<KeySettings> {
    let table = table.of_keys(KEYS)?;
    let text = |key: &str| -> Result<Option<String>> { Ok(table.text(key)?.map(|word| word.text)) };
    let Some(matches) = table.text("match")? else {
        return Err(wrong(
            table.line(),
            "[[keys]] lacks 'match': which keys it is for, \"aws-kms:arn:aws:kms:*\"",
        ));
    };
    // One that is for keys of every service would hand a role of one to another.
    let is_of_service =
        matches.text.split_once(':').is_some_and(|(name, _)| !name.is_empty() && !name.contains('*'));
    if !is_of_service {
        let what =
            format!("'{}' must begin with the name of a service, 'vault-transit:'", escape(&matches.text));
        return Err(wrong(matches.line, what));
    }
    for key in ["credentials", "secret_file"] {
        if let Some(word) = table.text(key)?.filter(|word| !PathBuf::from(&word.text).is_absolute()) {
            return Err(wrong(word.line, format!("'{key}' must be an absolute path")));
        }
    }
    if let Some(word) = table.text("mount")? {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_/".contains(&byte);
        if word.text.is_empty() || !word.text.bytes().all(is_plain) {
            return Err(wrong(
                word.line,
                "'mount' must be the path of a login below 'auth/': letters, digits, '-_/'",
            ));
        }
    }
    Ok(KeySettings {
        matches: matches.text,
        address: text("address")?,
        profile: text("profile")?,
        role: text("role")?,
        credentials: text("credentials")?.map(PathBuf::from),
        login: table.choice("login", &LOGINS)?,
        mount: text("mount")?,
        secret_file: text("secret_file")?.map(PathBuf::from),
        secret_variable: text("secret_variable")?,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::user::UserConfig;

    fn parse(text: &str) -> Result<Vec<KeySettings>> {
        UserConfig::parse(text, Path::new("config.toml")).map(|config| config.keys)
    }

    #[test]
    fn the_first_table_that_is_for_a_key_holds() {
        let keys = parse(
            "[[keys]]\nmatch = \"aws-kms:arn:aws:kms:*:111122223333:*\"\nprofile = \"prod\"\n\
             [[keys]]\nmatch = \"vault-transit:https://v/*\"\naddress = \"https://v\"\nlogin = \"jwt\"\nrole = \"ci\"\n\
             secret_variable = \"CI_JWT\"\n",
        )
        .unwrap();
        let rid = "aws-kms:arn:aws:kms:eu-west-1:111122223333:key/a";
        assert_eq!(keys.iter().position(|one| one.are_for(rid)), Some(0));
        assert_eq!(keys.iter().position(|one| one.are_for("vault-transit:https://v/t/keys/k")), Some(1));
        assert_eq!(keys[1].login, Some(Login::Jwt));
        assert_eq!(parse("").unwrap(), []);
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_its_line() {
        for text in [
            "\n[[keys]]",
            "[[keys]]\nmatch = \"*\"",
            "[[keys]]\nmatch = \"a*:b\"",
            "[keys]\nmatch = 'x'\n",
            "[[keys]] # x\nmatches = \"aws-kms:a\"",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        for extra in [
            "login = \"github\"",
            "credentials = \"a\"",
            "secret_file = \"../a\"",
            "mount = \"a?b\"",
            "profile = 1",
        ] {
            let text = format!("[[keys]]\nmatch = \"aws-kms:a\"\n{extra}\n");
            assert!(parse(&text).expect_err(extra).to_string().contains("line 3"), "{extra}");
        }
    }
}
