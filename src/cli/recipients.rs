//! `dekko recipients`: who can read a file, and changing that.

use std::path::PathBuf;

use clap::Subcommand;

use super::bulk::{Errand, RunOptions, Wish};
use super::context::Context;
use super::hints::shell_word;
use super::options::Typed;
use super::readers::Reader;
use super::source::Source;
use super::ui::Status;
use crate::document::escape;
use crate::error::{Error, Result};

/// Show who can read a file, add a reader, remove one
#[derive(clap::Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

const EXAMPLES: &str = "\
Examples:
  dekko recipients list secrets/app.yaml
  dekko recipients add secrets/app.yaml alice
  dekko recipients add secrets/app.yaml age1…
  dekko recipients add --all alice
  dekko recipients remove secrets/app.yaml alice
  dekko recipients remove -r alice secrets/*.yaml";

#[derive(Subcommand)]
enum Action {
    /// Show who can read a file; needs no key
    List(List),
    /// Let someone read files: the data keys stay, and no value changes
    ///
    /// A threshold group that a file has with other members or another threshold is split anew. If that takes access from
    /// somebody, the file gets a new data key, as with 'remove'.
    ///
    /// A key that comes from dekko.toml, behind a name, is shown and asked for, once for each repository.
    Add(Change),
    /// Keep someone from reading what files will hold: each gets a new data key
    ///
    /// Whoever is removed knows the values that a file held until now, and can still read them in git's history. The
    /// paths of these values are printed: change each at its source, then here.
    Remove(Change),
}

#[derive(clap::Args)]
struct List {
    /// The encrypted file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Print a JSON list
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    typed: Typed,
}

#[derive(clap::Args)]
struct Change {
    /// The encrypted file, then recipients: age1…, 'ssh-ed25519 AAAA…', a key of a service (aws-kms:…), or a name or group of dekko.toml; with -r only
    /// files, with --all only recipients
    #[arg(value_name = "FILE RECIPIENT")]
    words: Vec<PathBuf>,
    /// This recipient, and others with more of this option; all that is named beside it are files
    #[arg(short, long = "recipient", value_name = "RECIPIENT")]
    recipients: Vec<String>,
    #[command(flatten)]
    options: RunOptions,
}

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        match self.action {
            Action::List(list) => list.run(context),
            Action::Add(change) => {
                change.run(context, "recipients add", |add| Wish::Change { add, remove: &[] })
            }
            Action::Remove(change) => {
                change.run(context, "recipients remove", |remove| Wish::Change { add: &[], remove })
            }
        }
    }
}

impl List {
    fn run(self, context: &Context) -> Result<Status> {
        let content = Source::of(&self.file).read()?;
        let file = content.encrypted(self.typed.file_type)?;
        let config = context.config_for(&content.source)?;
        let readers = Reader::of_file(file.envelope(), config.as_ref());
        match self.json {
            true => context.ui.json(&json(&readers))?,
            false => context.ui.content(table(&readers).as_bytes())?,
        }
        let file = shell_word(&self.file);
        context.ui.note(&format!("not verified: so the file says; with a key: dekko verify {file}"));
        Ok(Status::DONE)
    }
}

/// One line for each reader, names first.
fn table(readers: &[Reader]) -> String {
    let names = readers.iter().map(|reader| escape(reader.name.as_deref().unwrap_or("-")));
    let names: Vec<_> = names.collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
    let lines = readers.iter().zip(&names).map(|(reader, name)| format!("{name:width$}  {}\n", reader.key()));
    lines.collect()
}

fn json(readers: &[Reader]) -> serde_json::Value {
    readers.iter().map(Reader::as_json).collect()
}

impl Change {
    fn run(
        &self,
        context: &Context,
        command: &'static str,
        wish: impl for<'w> Fn(&'w [String]) -> Wish<'w>,
    ) -> Result<Status> {
        let (files, words) = match (&self.recipients[..], self.options.all) {
            ([], false) => self.words.split_at(self.words.len().min(1)),
            (_, false) => (&self.words[..], &[][..]),
            (_, true) => (&[][..], &self.words[..]),
        };
        let mut recipients = self.recipients.clone();
        for word in words {
            // Recipients are ASCII, and names of dekko.toml are UTF-8.
            recipients.push(word.to_string_lossy().into_owned());
        }
        if recipients.is_empty() && !self.options.go_on {
            let what = format!("no recipient is named: dekko {command} FILE RECIPIENT…");
            return Err(Error::Usage { what });
        }
        Errand { command, files, wish: wish(&recipients), options: &self.options }.run(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_a_column_and_nothing_in_them_acts_on_a_terminal() {
        let reader = |name: Option<&str>, rid: &str| Reader {
            name: name.map(str::to_owned),
            rid: rid.to_owned(),
            members: Vec::new(),
        };
        let readers = [reader(Some("alice"), "age:age1a"), reader(None, "age:age1\x1bb")];
        assert_eq!(table(&readers), "alice  age1a\n-      age1\\x1bb\n");
        assert!(json(&readers).to_string().contains("\"recipient\":\"age:age1a\""));
    }
}
