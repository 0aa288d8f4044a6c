//! The user's own configuration, `dekko/config.toml`: what a repository must not decide.

use std::path::Path;

use crate::document::escape;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::provider::{KeySettings, Network};

use super::section::{self, Section, wrong};
use super::{find, keys};

/// The keys of the user's configuration.
const KEYS: &[&str] = &["plugins", "diff", "keys"];
/// The keys of its table `[diff]`.
const DIFF_KEYS: &[&str] = &["network"];

/// What the user allows on this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserConfig {
    /// The age plugins that may run, by the name behind `age-plugin-`.
    pub plugins: Vec<String>,
    /// Whether diffs may ask plugins and key services (`[diff] network`); a file on anybody's branch decides whom.
    pub diff_network: bool,
    /// As whom, and where, keys of services are asked for; the first that is for a key holds.
    pub keys: Vec<KeySettings>,
}

impl UserConfig {
    /// The configuration in `dekko/config.toml` of the user's configuration folder; without the file, nothing is
    /// allowed.
    ///
    /// # Errors
    /// [`Error::Config`] or [`Error::Io`], in that file.
    pub fn load(environment: &Environment) -> Result<Self> {
        let Some(path) = environment.config_home("dekko").map(|folder| folder.join("config.toml")) else {
            return Ok(Self::default());
        };
        match find::text(&path) {
            Ok(text) => Self::parse(&text, &path),
            Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                Ok(Self::default())
            }
            Err(error) => Err(error.in_file(path)),
        }
    }

    /// The configuration in `text`, which stands in the file `path`.
    ///
    /// # Errors
    /// [`Error::Config`] with the line, in that file.
    pub fn parse(text: &str, path: &Path) -> Result<Self> {
        Self::read(text).map_err(|error| error.in_file(path))
    }

    fn read(text: &str) -> Result<Self> {
        let (document, lines) = section::parse(text)?;
        let root = Section::root(&document, &lines).of_keys(KEYS)?;
        let mut plugins = Vec::new();
        for word in root.list("plugins")?.unwrap_or_default() {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"+-._".contains(&byte);
            if word.text.is_empty() || !word.text.bytes().all(allowed) {
                let what =
                    format!("'{}' is no name of a plugin: letters, digits and '+-._'", escape(&word.text));
                return Err(wrong(word.line, what));
            }
            plugins.push(word.text);
        }
        let diff = root.table("diff", "[diff]")?.map(|diff| diff.of_keys(DIFF_KEYS)).transpose()?;
        let diff_network = diff.map(|diff| diff.flag("network")).transpose()?.flatten().unwrap_or(false);
        Ok(Self { plugins, diff_network, keys: keys::read(&root)? })
    }

    /// Whether what git calls may ask key services.
    pub fn network(&self) -> Network {
        if self.diff_network { Network::Allowed } else { Network::Silent }
    }

    /// Whether the age plugin `name` may run.
    pub fn allows(&self, name: &str) -> bool {
        self.plugins.iter().any(|plugin| plugin == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<UserConfig> {
        UserConfig::parse(text, Path::new("config.toml"))
    }

    #[test]
    fn only_the_plugins_named_are_allowed() {
        let config = parse("plugins = [\"yubikey\", \"pq\"]\n").unwrap();
        assert!(config.allows("yubikey") && !config.allows("tpm"));
        assert!(!UserConfig::default().allows("yubikey"));
    }

    #[test]
    fn names_with_a_path_in_them_and_unknown_keys_are_refused_with_their_line() {
        for text in ["\nplugins = [\"../x\"]", "\nplugins = [\"\"]", "\nplugin = [\"a\"]", "\nplugins = [1]"]
        {
            assert!(
                parse(text).expect_err(text).to_string().starts_with("'config.toml': line 2: "),
                "{text}"
            );
        }
    }

    #[test]
    fn diffs_ask_nobody_unless_they_are_allowed_to() {
        assert!(!parse("").unwrap().diff_network && !parse("[diff]\n").unwrap().diff_network);
        assert!(!parse("diff = { network = false }").unwrap().diff_network);
        assert!(parse("[diff]\nnetwork = true\n").unwrap().diff_network);
        for text in ["\ndiff = true", "[diff]\nnetwork = 1", "[diff]\nnet = true"] {
            assert!(parse(text).expect_err(text).to_string().contains(": line 2: "), "{text}");
        }
    }

    #[test]
    fn without_a_file_nothing_is_allowed() {
        let empty = tempfile::tempdir().unwrap();
        let variables = [("XDG_CONFIG_HOME".into(), empty.path().into())];
        let environment = Environment::new(variables);
        if cfg!(not(windows)) {
            assert_eq!(UserConfig::load(&environment).unwrap(), UserConfig::default());
            std::fs::create_dir_all(empty.path().join("dekko/config.toml")).unwrap();
            assert!(
                UserConfig::load(&environment).is_err(),
                "what is there but cannot be read is no absence"
            );
        }
    }
}
