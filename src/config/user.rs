//! The user's own configuration, `dekko/config.toml`: what a repository must not decide.

use std::path::Path;
use std::time::Duration;

use crate::document::escape;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::provider::{KeySettings, Network};

use super::section::{self, Section, wrong};
use super::{find, keys};

/// The keys of the user's configuration.
const KEYS: &[&str] = &["plugins", "diff", "agent", "keys"];
/// The keys of its table `[diff]`.
const DIFF_KEYS: &[&str] = &["network"];

/// The keys of its table `[agent]`.
const AGENT_KEYS: &[&str] = &["start", "ttl"];
/// How long the agent keeps a key unless the user says otherwise.
pub const DEFAULT_TTL: Duration = Duration::from_secs(600);
/// The longest time that the agent may be asked to keep a key.
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// A time as users write it: a whole number and `s`, `m` or `h` behind it; `None` for anything else, and for none or
/// more than a day.
pub fn duration(text: &str) -> Option<Duration> {
    let unit = match text.chars().next_back()? {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        _ => return None,
    };
    let number =
        text.get(..text.len() - 1).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let time = Duration::from_secs(number.parse::<u64>().ok()?.checked_mul(unit)?);
    (!time.is_zero() && time <= LONGEST).then_some(time)
}

/// What the user allows on this machine.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserConfig {
    /// The age plugins that may run, by the name behind `age-plugin-`.
    pub plugins: Vec<String>,
    /// Whether diffs may ask plugins and key services (`[diff] network`); a file on anybody's branch decides whom.
    pub diff_network: bool,
    /// Whether the data-key agent is started when a key was unwrapped (`[agent] start = "on-demand"`).
    pub agent_on_demand: bool,
    /// How long an agent that is started keeps a key (`[agent] ttl`); none is said when it is `None`.
    pub agent_ttl: Option<Duration>,
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
        let agent = root.table("agent", "[agent]")?.map(|agent| agent.of_keys(AGENT_KEYS)).transpose()?;
        let (mut agent_on_demand, mut agent_ttl) = (false, None);
        if let Some(agent) = agent {
            let starts = &[("on-demand", true), ("by-hand", false)];
            agent_on_demand = agent.choice("start", starts)?.unwrap_or(false);
            if let Some(word) = agent.text("ttl")? {
                let what = "ttl is a number of seconds, minutes or hours, up to a day: \"10m\"";
                let time = duration(&word.text).ok_or_else(|| wrong(word.line, what.to_owned()))?;
                agent_ttl = Some(time);
            }
        }
        Ok(Self { plugins, diff_network, agent_on_demand, agent_ttl, keys: keys::read(&root)? })
    }

    /// How long an agent keeps a key that is started on demand; `None` when none is.
    pub fn agent(&self) -> Option<Duration> {
        self.agent_on_demand.then(|| self.agent_ttl.unwrap_or(DEFAULT_TTL))
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
    fn the_agent_is_started_only_for_those_who_say_so() {
        assert_eq!(UserConfig::default().agent(), None);
        assert_eq!(parse("[agent]\nttl = \"90s\"\n").unwrap().agent(), None);
        let config = parse("[agent]\nstart = \"on-demand\"\n").unwrap();
        assert_eq!(config.agent(), Some(DEFAULT_TTL));
        let config = parse("[agent]\nstart = \"on-demand\"\nttl = \"2h\"\n").unwrap();
        assert_eq!(config.agent(), Some(Duration::from_secs(7200)));
        for text in [
            "start = \"always\"",
            "ttl = \"0s\"",
            "ttl = \"25h\"",
            "ttl = \"10\"",
            "ttl = \"1é\"",
            "keep = \"1m\"",
        ] {
            assert!(parse(&format!("[agent]\n{text}\n")).is_err(), "{text}");
        }
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
