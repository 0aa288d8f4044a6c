//! What a new file is made with: the rule of `dekko.toml` that names it, each part of it replaced by the option that
//! was given.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, ValueEnum};

use super::context::Context;
use super::hints::shell_word;
use super::readers::Reader;
use super::source::Source;
use super::trust;
use super::ui::Ui;
use crate::config::{Comments, Config, NAME, Rule, is_exempt, preset};
use crate::document::{Cover, escape};
use crate::envelope::{is_scope, moment_at};
use crate::error::{Error, Result};
use crate::file::{FileType, Recipe, Terms};
use crate::policy::Policy;
use crate::rotation::Wanted;

/// The options that say what a new file is made with.
#[derive(Args, Default)]
#[command(next_help_heading = HEADING)]
pub(super) struct RecipeOptions {
    #[command(flatten)]
    choice: Choice,
    /// Which readable parts nobody can change without a key: 'all' (keys and plain values), or 'encrypted' (only what
    /// is encrypted)
    #[arg(long, value_enum, value_name = "PARTS", hide_possible_values = true)]
    cover: Option<CoverName>,
    /// What the file is for ('prod'); a reader can insist on it with --require-scope
    #[arg(long)]
    scope: Option<String>,
    /// Do not ask about recipients that come from dekko.toml
    #[arg(short, long)]
    yes: bool,
}

const HEADING: &str = "What is encrypted, and for whom (each wins over the rule in dekko.toml)";

/// The options that say for whom, and which values, are encrypted.
#[derive(Args, Default)]
#[command(next_help_heading = HEADING)]
pub(super) struct Choice {
    /// Encrypt for RECIPIENT: age1…, 'ssh-ed25519 AAAA…', a key of a service (aws-kms:…, gcp-kms:…, azure-key-vault:…,
    /// vault-transit:…), or a name or group of dekko.toml; may be given several times
    #[arg(short, long = "recipient", value_name = "RECIPIENT")]
    recipients: Vec<String>,
    /// Encrypt the values at PATTERN ('db.*', '**.password', 'users[*].token') and no others
    #[arg(long, value_name = "PATTERN")]
    encrypt: Vec<String>,
    /// Leave the values at PATTERN readable; wins over --encrypt
    #[arg(long, value_name = "PATTERN")]
    plain: Vec<String>,
    /// Encrypt what NAME stands for: 'kubernetes' is 'data.**' and 'stringData.**'
    #[arg(long, value_name = "NAME", conflicts_with = "encrypt")]
    preset: Option<String>,
    /// Whether comments are 'encrypted' or stay 'plain'
    #[arg(long, value_enum, value_name = "HOW", hide_possible_values = true)]
    comments: Option<CommentsName>,
}

#[derive(Clone, Copy, ValueEnum)]
enum CoverName {
    All,
    Encrypted,
}

#[derive(Clone, Copy, ValueEnum)]
enum CommentsName {
    Plain,
    Encrypted,
}

/// What a new file is made with.
pub(super) struct Plan {
    /// Which values are secret, and how the file is sealed.
    pub recipe: Recipe,
    /// Whom it is encrypted for.
    pub readers: Vec<Reader>,
    /// Who says so.
    pub origin: Origin,
    /// The rule for the file, by its name in messages.
    pub rule: Option<(String, Wanted)>,
}

impl Plan {
    /// Warns when `terms`, those of the file at `target`, ask for less than its rule.
    pub fn warn_of_shortfall(&self, ui: &Ui, target: &Source, terms: &Terms, file_type: FileType) {
        let Some((name, wanted)) = &self.rule else { return };
        if let (Some(what), Some(path)) = (wanted.shortfall(terms, file_type), target.path()) {
            ui.warn(&format!("{name} {what}: dekko check finds {target}"));
            ui.hint(&format!(
                "say it in a rule of its own, or bring the file to this one: dekko rewrap --policy {}",
                shell_word(path)
            ));
        }
    }
}

/// Who says for whom a file is encrypted.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// The user, with options, or with the encrypted file that is changed.
    User,
    /// `dekko.toml`, which others may write to: a rule, or what stands behind a name.
    Config,
}

impl Origin {
    /// Notes what was done; for readers out of a configuration also to who wants no notes.
    pub fn note(self, ui: &Ui, text: &str) {
        match self {
            Self::User => ui.note(text),
            Self::Config => ui.disclose(text),
        }
    }
}

impl RecipeOptions {
    /// No options; whether recipients that come from `dekko.toml` are asked for is said by `is_yes`.
    pub fn without_asking(is_yes: bool) -> Self {
        Self { yes: is_yes, ..Self::default() }
    }

    /// What the file at the first of `places` that a rule names is made with; `file_type` is what its content is.
    ///
    /// # Errors
    /// [`Error::NoRule`] when nothing says for whom; [`Error::Usage`] for patterns that cannot be used.
    pub fn plan(&self, context: &Context, places: &[&Source], file_type: FileType) -> Result<Plan> {
        if let Some(path) = places.first().and_then(|place| place.path()).filter(|path| is_exempt(path)) {
            let what = "git or dekko reads this file as it is, so it cannot be encrypted";
            return Err(Error::Usage { what: what.to_owned() }.in_file(path));
        }
        self.choice.check(file_type)?;
        self.check_scope()?;
        let mut nearest = None;
        for place in places {
            let Some(config) = context.config_for(place)? else { continue };
            let path = place.path().unwrap_or(place.name());
            if let Some((number, rule)) = config.rule_for(path)? {
                let rule = rule.clone();
                let mut plan = self.plan_by(context, Some((&config, &rule)), Some(&config))?;
                plan.rule = Some((format!("rule {number} of '{NAME}'"), Wanted::of(&rule)?));
                return self.confirmed(context, plan, path, &config);
            }
            nearest = nearest.or(Some((path.to_owned(), config)));
        }
        let plan = self.plan_by(context, None, nearest.as_ref().map(|(_, config)| config))?;
        match &nearest {
            Some((path, config)) => self.confirmed(context, plan, path, config),
            None => Ok(plan),
        }
    }

    /// `plan` for the file at `path`, when the user has said yes to whom `config` would let in, or says it now.
    fn confirmed(&self, context: &Context, plan: Plan, path: &Path, config: &Config) -> Result<Plan> {
        let given = plan.readers.iter().filter(|reader| !self.choice.has_typed(reader));
        trust::admit(context, path, Some(config), given.cloned().collect(), self.yes)?;
        Ok(plan)
    }

    fn plan_by(
        &self,
        context: &Context,
        rule: Option<(&Config, &Rule)>,
        config: Option<&Config>,
    ) -> Result<Plan> {
        let readers = self.choice.readers(context, rule, config)?.ok_or(Error::NoRule)?;
        let rule = rule.map(|(_, rule)| rule);
        let policy = self.choice.policy(rule)?;
        let scope = self.scope.clone().or_else(|| rule.and_then(|rule| rule.scope.clone()));
        let cover = self.cover.map(Cover::from).or(rule.map(|rule| rule.cover)).unwrap_or(Cover::All);
        let origin = self.choice.origin(&readers);
        Ok(Plan { recipe: Recipe { policy, cover, scope, rotated: now() }, readers, origin, rule: None })
    }

    /// Whether an option says otherwise than the rule.
    pub fn is_made(&self) -> bool {
        self.choice.is_made() || self.cover.is_some() || self.scope.is_some()
    }

    /// Refuses a scope that no file can have.
    fn check_scope(&self) -> Result<()> {
        match &self.scope {
            Some(scope) if !is_scope(scope) => {
                let what = "a scope is 1 to 128 printable ASCII characters, without a space at either end";
                Err(Error::Usage { what: what.to_owned() })
            }
            _ => Ok(()),
        }
    }
}

impl Choice {
    /// Whether any of the options was given.
    pub fn is_made(&self) -> bool {
        self.has_patterns() || self.comments.is_some() || !self.recipients.is_empty()
    }

    /// Whom it is for: `None` when neither an option nor a rule says it.
    ///
    /// # Errors
    /// [`Error::Recipient`] for what is neither a recipient nor a name in `config`.
    pub fn readers(
        &self,
        context: &Context,
        rule: Option<(&Config, &Rule)>,
        config: Option<&Config>,
    ) -> Result<Option<Vec<Reader>>> {
        match rule {
            _ if !self.recipients.is_empty() => {
                Reader::named(&context.without_aliases(&self.recipients)?, config).map(Some)
            }
            Some((config, rule)) => Reader::all(config.recipients(rule)?, config).map(Some),
            None => Ok(None),
        }
    }

    /// Who says that the file is for `readers`.
    fn origin(&self, readers: &[Reader]) -> Origin {
        if readers.iter().all(|reader| self.has_typed(reader)) { Origin::User } else { Origin::Config }
    }

    /// As [`trust::is_typed`], of the recipients that were given.
    fn has_typed(&self, reader: &Reader) -> bool {
        trust::is_typed(reader, &self.recipients)
    }

    /// Which values are secret: all, when neither an option nor a rule says it.
    ///
    /// # Errors
    /// [`Error::Usage`] for patterns that cannot be used.
    pub fn policy(&self, rule: Option<&Rule>) -> Result<Policy> {
        let comments = self.comments.map_or(rule.map(|rule| rule.comments), |name| Some(name.into()));
        let comments = comments.unwrap_or_default() == Comments::Encrypted;
        Policy::new(&self.patterns(rule)?, self.excepted(rule), comments)
    }

    /// What is encrypted.
    fn patterns(&self, rule: Option<&Rule>) -> Result<Vec<String>> {
        match (&self.preset, rule) {
            (Some(name), _) => {
                let what = || format!("'{}' is no preset; known is 'kubernetes'", escape(name));
                preset(name).ok_or_else(|| Error::Usage { what: what() })
            }
            (None, _) if !self.encrypt.is_empty() => Ok(self.encrypt.clone()),
            (None, Some(rule)) => Ok(rule.encrypt.clone()),
            (None, None) => Ok(vec!["**".to_owned()]),
        }
    }

    /// What stays plain.
    fn excepted<'a>(&'a self, rule: Option<&'a Rule>) -> &'a [String] {
        match rule {
            Some(rule) if self.plain.is_empty() => &rule.plain,
            _ => &self.plain,
        }
    }

    /// Refuses what cannot hold for a file of this type.
    ///
    /// # Errors
    /// [`Error::Usage`] for options about values of a file that is encrypted as a whole.
    pub fn check(&self, file_type: FileType) -> Result<()> {
        if matches!(file_type, FileType::Binary) && (self.has_patterns() || self.comments.is_some()) {
            let what = "a file of this name is encrypted as a whole, so there are no values to choose; say --type to \
                        read it as text of a format";
            return Err(Error::Usage { what: what.to_owned() });
        }
        Ok(())
    }

    fn has_patterns(&self) -> bool {
        !(self.encrypt.is_empty() && self.plain.is_empty() && self.preset.is_none())
    }
}

impl From<CoverName> for Cover {
    fn from(name: CoverName) -> Self {
        match name {
            CoverName::All => Self::All,
            CoverName::Encrypted => Self::Encrypted,
        }
    }
}

impl From<CommentsName> for Comments {
    fn from(name: CommentsName) -> Self {
        match name {
            CommentsName::Plain => Self::Plain,
            CommentsName::Encrypted => Self::Encrypted,
        }
    }
}

/// The moment of the system's clock, as files write it.
pub(super) fn now() -> String {
    moment_at(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
}
