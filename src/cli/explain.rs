//! `dekko explain`: which rule holds for a file, who reads it, and what becomes of each value.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::context::Context;
use super::inspect::shown;
use super::options::Typed;
use super::readers::Reader;
use super::recipe::Choice;
use super::source::{Content, Source};
use super::ui::Status;
use crate::config::{Config, Rule};
use crate::document::{Cover, Document, Style, escape};
use crate::error::{Error, Result};
use crate::file::{EncryptedFile, FileType, Terms};
use crate::format;
use crate::policy::{Policy, Reason};
use crate::rotation::Wanted;

/// Show which rule of dekko.toml holds for a file, for whom, and what becomes of each value and why
///
/// For a file that is encrypted already, what its own metadata say holds: rules are for new files. Where its rule says
/// otherwise, both are shown; 'rewrap --policy' brings the file to the rule. The options of
/// 'encrypt' try out what they would do to a file that is not; without rule and options, all values would be encrypted.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The file; it may be encrypted or not
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Write JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    typed: Typed,
    #[command(flatten)]
    choice: Choice,
}

const EXAMPLES: &str = "\
Examples:
  dekko explain secrets/app.yaml
  dekko explain --encrypt '**.password' --plain 'test.**' app.yaml
  dekko explain --json secrets/app.yaml | jq '.values[] | select(.encrypted)'";

/// What holds for a file.
struct Explained {
    name: String,
    file_type: FileType,
    is_encrypted: bool,
    rule: Option<String>,
    readers: Vec<Reader>,
    policy: Policy,
    /// What the rule wants instead, where an encrypted file has another policy, cover or scope.
    wanted: Option<Terms>,
    source: PolicySource,
    values: Vec<Explanation>,
}

/// What a policy is from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PolicySource {
    /// The encrypted file itself.
    File,
    /// The rule alone.
    Rule,
    /// Options, and the rule where they say nothing.
    Options,
    /// Neither options nor a rule.
    Nothing,
}

/// What becomes of a value.
struct Explanation {
    path: String,
    is_secret: bool,
    why: String,
}

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let content = Source::of(&self.file).read()?;
        let explained = self.explain(context, &content)?;
        match self.json {
            true => context.ui.json(&explained.as_json())?,
            false => context.ui.content(explained.as_text().as_bytes())?,
        }
        Ok(Status::DONE)
    }

    fn explain(&self, context: &Context, content: &Content) -> Result<Explained> {
        let config = context.config_for(&content.source)?;
        let rule = match (&config, content.source.path()) {
            (Some(config), Some(path)) => config.rule_for(path)?.map(|(number, rule)| (config, number, rule)),
            _ => None,
        };
        let said = rule.map(|(config, number, rule)| rule_text(config, number, rule));
        let name = shown(&content.source);
        match content.encrypted(self.typed.file_type) {
            Ok(_) if self.choice.is_made() => {
                let what = "the file is encrypted already, and says itself what is secret in it: the options are for \
                            files that are not";
                Err(Error::Usage { what: what.to_owned() }.in_file(content.source.name()))
            }
            Ok(file) => {
                let readers = Reader::of_file(file.envelope(), config.as_ref());
                let wanted = rule.map(|(_, _, rule)| Wanted::of(rule)).transpose()?;
                let wanted = wanted.and_then(|wanted| wanted.change(&file));
                Ok(Explained {
                    name,
                    file_type: file.file_type(),
                    is_encrypted: true,
                    rule: said,
                    readers,
                    values: values_of(&file, wanted.as_ref()),
                    policy: file.policy().clone(),
                    wanted,
                    source: PolicySource::File,
                })
            }
            Err(error) if matches!(error.bare(), Error::NotEncrypted) => {
                let file_type = content.plain_type(self.typed.file_type)?;
                self.choice.check(file_type).map_err(|error| error.in_file(content.source.name()))?;
                let policy = self.choice.policy(rule.map(|(_, _, rule)| rule))?;
                let by_rule = rule.map(|(config, _, rule)| (config, rule));
                let readers = self.choice.readers(context, by_rule, config.as_ref())?;
                Ok(Explained {
                    name,
                    file_type,
                    is_encrypted: false,
                    rule: said,
                    readers: readers.unwrap_or_default(),
                    values: plain_values(content, file_type, &policy)?,
                    source: match rule {
                        _ if self.choice.is_made() => PolicySource::Options,
                        Some(_) => PolicySource::Rule,
                        None => PolicySource::Nothing,
                    },
                    policy,
                    wanted: None,
                })
            }
            Err(error) => Err(error),
        }
    }
}

fn rule_text(config: &Config, number: usize, rule: &Rule) -> String {
    let place = rule.line.map_or_else(String::new, |line| format!(", line {line}"));
    let paths: Vec<_> = rule.paths.iter().map(|glob| format!("'{}'", escape(glob.text()))).collect();
    let file = escape(&config.path().to_string_lossy());
    format!("{number} of {file}{place}, for {}", paths.join(", "))
}

/// What becomes of each value of `file` by its own policy, and by that of `wanted` where it is another.
fn values_of(file: &EncryptedFile, wanted: Option<&Terms>) -> Vec<Explanation> {
    let Some(document) = file.document() else { return Vec::new() };
    let mut values = explanations(document, file.policy());
    if let Some(wanted) = wanted.filter(|wanted| wanted.policy.has_comments() == file.policy().has_comments())
    {
        for (value, by_rule) in values.iter_mut().zip(explanations(document, &wanted.policy)) {
            if value.is_secret != by_rule.is_secret {
                value.why.push_str(&format!("; by the rule {}: {}", by_rule.state(), by_rule.why));
            }
        }
    }
    values
}

impl Explanation {
    fn state(&self) -> &'static str {
        if self.is_secret { "encrypted" } else { "plain" }
    }
}

fn plain_values(content: &Content, file_type: FileType, policy: &Policy) -> Result<Vec<Explanation>> {
    let FileType::Text(format) = file_type else { return Ok(Vec::new()) };
    let document = format::parse(format, content.bytes.clone()).map_err(|error| content.explained(error))?;
    Ok(explanations(&document, policy))
}

fn explanations(document: &Document, policy: &Policy) -> Vec<Explanation> {
    let mut matcher = policy.matcher(document);
    let leaves =
        document.leaves().iter().filter(|leaf| leaf.style != Style::Comment || policy.has_comments());
    leaves
        .map(|leaf| {
            let reason = matcher.reason(leaf.node);
            let why = match reason {
                Reason::Encrypted { by } => format!("encrypt '{}'", escape(by)),
                Reason::Excepted { by } => format!("plain '{}'", escape(by)),
                Reason::Unmatched => "no pattern of encrypt matches".to_owned(),
                Reason::SecretComment => "comments are encrypted".to_owned(),
                Reason::PlainComment => "comments stay plain".to_owned(),
            };
            Explanation { path: document.path_of(leaf.node), is_secret: reason.is_secret(), why }
        })
        .collect()
}

impl Explained {
    fn as_text(&self) -> String {
        let state = if self.is_encrypted { "encrypted" } else { "not encrypted" };
        let mut text = format!("{}: {}, {state}\n", self.name, self.file_type.name());
        text.push_str(&match &self.rule {
            Some(rule) => format!("rule        {rule}\n"),
            None => "rule        none of dekko.toml names this file\n".to_owned(),
        });
        let of = match self.source {
            PolicySource::File => Some("of the file itself"),
            PolicySource::Options => Some("with these options"),
            PolicySource::Nothing => Some("as nothing says otherwise"),
            PolicySource::Rule => None,
        };
        if let Some(of) = of {
            text.push_str(&format!("policy      {}, {of}\n", escape(self.policy.text())));
        }
        if let Some(wanted) = &self.wanted {
            let cover = if wanted.cover == Cover::All { "all" } else { "encrypted" };
            let scope =
                wanted.scope.as_ref().map_or_else(String::new, |scope| format!(", scope {}", escape(scope)));
            let policy = escape(wanted.policy.text());
            text.push_str(&format!("by the rule {policy}, cover {cover}{scope} (dekko rewrap --policy)\n"));
        }
        if self.readers.is_empty() {
            text.push_str("recipients  nobody yet: name them in a rule, or with -r\n");
        }
        for (at, reader) in self.readers.iter().enumerate() {
            text.push_str(&format!("{:<11} {reader}\n", if at == 0 { "recipients" } else { "" }));
        }
        let width = self.values.iter().map(|value| value.path.chars().count()).max().unwrap_or(0).min(60);
        for value in &self.values {
            let (path, what, why) = (&value.path, value.state(), &value.why);
            text.push_str(&format!("  {path:<width$}  {what:<9}  {why}\n"));
        }
        text
    }

    fn as_json(&self) -> Value {
        let readers: Vec<_> = self.readers.iter().map(Reader::as_json).collect();
        let value = |value: &Explanation| json!({ "path": value.path, "encrypted": value.is_secret, "because": value.why });
        json!({
            "type": self.file_type.name(),
            "encrypted": self.is_encrypted,
            "rule": self.rule,
            "policy": self.policy.text(),
            "policy_of_rule": self.wanted.as_ref().map(|wanted| wanted.policy.text()),
            "recipients": readers,
            "values": self.values.iter().map(value).collect::<Vec<_>>(),
        })
    }
}
