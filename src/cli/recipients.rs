//! `dekko recipients`: who can read a file, and changing that.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::context::{Context, Opened};
use super::hints::shell_word;
use super::options::Typed;
use super::readers::{Reader, list};
use super::rotate::rotated;
use super::source::Source;
use super::ui::Status;
use crate::config::Config;
use crate::document::{Style, escape};
use crate::envelope::WrappedKey;
use crate::error::{Error, Result};
use crate::fs::Readers;
use crate::provider::recipient_of;
use crate::provider::threshold::{self, rid_of};

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
  dekko recipients remove secrets/app.yaml alice";

#[derive(Subcommand)]
enum Action {
    /// Show who can read a file; needs no key
    List(List),
    /// Let someone read a file: the data key stays, and no value changes
    ///
    /// A threshold group that the file has with other members or another threshold is split anew. If that takes access
    /// from somebody, the file gets a new data key, as with 'remove'.
    Add(Add),
    /// Keep someone from reading what a file will hold: it gets a new data key
    ///
    /// Whoever is removed knows the values that the file held until now, and can still read them in git's history. The
    /// paths of these values are printed: change each at its source, then here.
    Remove(Remove),
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
    /// The encrypted file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// age1…, 'ssh-ed25519 AAAA…', a key of a service (aws-kms:…), or a name or group of dekko.toml
    #[arg(value_name = "RECIPIENT", required = true)]
    recipients: Vec<String>,
    #[command(flatten)]
    typed: Typed,
}

#[derive(clap::Args)]
struct Add {
    #[command(flatten)]
    change: Change,
    /// Do not ask, where another version of a threshold group takes the place of the one in the file
    #[arg(short, long)]
    yes: bool,
}

#[derive(clap::Args)]
struct Remove {
    #[command(flatten)]
    change: Change,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        match self.action {
            Action::List(list) => list.run(context),
            Action::Add(add) => add.run(context),
            Action::Remove(remove) => remove.run(context),
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
    /// The file, opened, the configuration for it, and the readers that were named.
    fn open(&self, context: &Context) -> Result<(Opened, Option<Config>, Vec<Reader>)> {
        let config = context.config_for(&Source::of(&self.file))?;
        // What only the file knows is looked for there; the others must be somebody before anyone is asked for a key.
        let is_group = |word: &&String| threshold::name_of(word).is_some_and(|_| !word.contains(' '));
        let (groups, words): (Vec<_>, Vec<_>) = self.recipients.iter().partition(is_group);
        let words: Vec<_> = words.into_iter().cloned().collect();
        let mut readers = Reader::named(&context.without_aliases(&words)?, config.as_ref())?;
        let opened = context.open_to_change(&self.file, self.typed.file_type)?;
        let known = Reader::of_file(opened.file.file().envelope(), config.as_ref());
        for rid in groups {
            let found = known.iter().find(|reader| rid_of(&reader.rid) == rid).ok_or_else(|| {
                let reason = "is no recipient of the file; nothing was changed".to_owned();
                Error::Recipient { recipient: escape(rid), reason }.in_file(&self.file)
            })?;
            readers.push(found.clone());
        }
        Ok((opened, config, readers))
    }
}

impl Add {
    fn run(self, context: &Context) -> Result<Status> {
        let file = &self.change.file;
        let (opened, config, readers) = self.change.open(context)?;
        let envelope = opened.file.file().envelope();
        let is_known =
            |reader: &Reader| envelope.recipients.iter().any(|known| recipient_of(known) == reader.rid);
        let (known, new): (Vec<_>, Vec<_>) = readers.into_iter().partition(is_known);
        if !known.is_empty() {
            context.ui.note(&format!("can read it already: {}", list(&known)));
        }
        if new.is_empty() {
            return Ok(Status::DONE);
        }
        let readers = Reader::of_file(envelope, config.as_ref());
        let is_replaced = |reader: &Reader| new.iter().any(|other| other.is_same_group(reader));
        let (replaced, mut staying): (Vec<_>, Vec<_>) = readers.into_iter().partition(is_replaced);
        let keeps_access =
            |old: &Reader| new.iter().any(|other| other.is_same_group(old) && other.admits_all_of(old));
        if replaced.iter().all(keeps_access) {
            let wrap = || {
                let is_kept = |known: &&WrappedKey| {
                    let rid = recipient_of(*known);
                    replaced.iter().all(|old| old.rid != rid)
                };
                let mut recipients: Vec<_> = envelope.recipients.iter().filter(is_kept).cloned().collect();
                recipients.extend(context.wrap(&new, &envelope.file_id, opened.file.key())?);
                opened.file.rewrap(recipients)
            };
            let bytes = wrap().map_err(|error: Error| error.in_file(file))?;
            context.replace(&opened.content, &bytes, Readers::AsBefore)?;
            context.ui.note(&format!("can read '{}' now: {}", shown(file), list(&new)));
        } else {
            let (old, new_one) = (list(&replaced), list(&new));
            let what = format!("put {new_one} in the place of {old} in '{}'", shown(file));
            if !is_confirmed(context, &what, self.yes)? {
                context.ui.note("nothing was changed");
                return Ok(Status::NO);
            }
            staying.extend(new.iter().cloned());
            rotate(context, file, &opened, &staying)?;
            report_known(context, &opened, &replaced)?;
        }
        let Some((line, named)) = in_rule(file, config.as_ref()) else { return Ok(Status::DONE) };
        let missing = without(new, &named);
        if !missing.is_empty() {
            let word = |reader: &Reader| format!("'{}'", reader.name.clone().unwrap_or_else(|| reader.key()));
            let words: Vec<_> = missing.iter().map(word).collect();
            let line = line.map_or_else(String::new, |line| format!(" at line {line}"));
            context.ui.hint(&format!(
                "the rule for this file does not name {}: add {} to 'recipients' of the rule{line} of dekko.toml",
                if missing.len() == 1 { "this recipient" } else { "these recipients" },
                words.join(", ")
            ));
        }
        Ok(Status::DONE)
    }
}

/// The line of the rule for `file`, and the readers that it names; `None` without a rule.
fn in_rule(file: &Path, config: Option<&Config>) -> Option<(Option<usize>, Vec<Reader>)> {
    let config = config?;
    let (_, rule) = config.rule_for(file).ok()??;
    Some((rule.line, Reader::all(config.recipients(rule).ok()?, config).ok()?))
}

/// `readers` without those of `others`.
fn without(readers: Vec<Reader>, others: &[Reader]) -> Vec<Reader> {
    readers.into_iter().filter(|reader| !others.iter().any(|other| other.rid == reader.rid)).collect()
}

impl Remove {
    fn run(self, context: &Context) -> Result<Status> {
        let file = &self.change.file;
        let (opened, config, mut leaving) = self.change.open(context)?;
        let readers = Reader::of_file(opened.file.file().envelope(), config.as_ref());
        for reader in &mut leaving {
            // dekko.toml may have another version of a group than the file.
            let is_known = readers.iter().any(|known| known.rid == reader.rid);
            if let Some(known) = readers.iter().find(|known| !is_known && known.is_same_group(reader)) {
                *reader = known.clone();
            }
        }
        if let Some(stranger) =
            leaving.iter().find(|reader| !readers.iter().any(|known| known.rid == reader.rid))
        {
            let reason = "is no recipient of the file; nothing was changed".to_owned();
            return Err(Error::Recipient { recipient: stranger.to_string(), reason }.in_file(file));
        }
        let staying = without(readers, &leaving);
        if staying.is_empty() {
            let what = "nobody could read the file any more; add another recipient first".to_owned();
            return Err(Error::Usage { what }.in_file(file));
        }
        if !is_confirmed(context, &format!("remove {} from '{}'", list(&leaving), shown(file)), self.yes)? {
            context.ui.note("nothing was changed");
            return Ok(Status::NO);
        }
        rotate(context, file, &opened, &staying)?;
        report_known(context, &opened, &leaving)?;
        let (_, named) = in_rule(file, config.as_ref()).unwrap_or_default();
        if leaving.iter().any(|reader| named.iter().any(|known| known.rid == reader.rid)) {
            let hint =
                "the rule in dekko.toml for this file still names whom you removed: take them out there, too";
            context.ui.hint(hint);
        }
        Ok(Status::DONE)
    }
}

/// Gives `file` a new data key, for `readers`.
fn rotate(context: &Context, file: &Path, opened: &Opened, readers: &[Reader]) -> Result<()> {
    let bytes = rotated(context, opened, readers).map_err(|error| error.in_file(file))?;
    context.replace(&opened.content, &bytes, Readers::AsBefore)?;
    context.ui.note(&format!("'{}' has a new data key, for {}", shown(file), list(readers)));
    Ok(())
}

/// Whether to do `what`, which takes access from somebody.
fn is_confirmed(context: &Context, what: &str, yes: bool) -> Result<bool> {
    if yes {
        return Ok(true);
    }
    let question = format!("{what}, and give it a new data key?");
    context.session()?.prompt().confirm(&question, "yes", Some("no")).ok_or_else(|| {
        let what = "nobody is there to say yes; --yes removes without asking".to_owned();
        Error::Usage { what }
    })
}

fn shown(file: &Path) -> String {
    escape(&file.to_string_lossy())
}

/// Prints the paths of the values that whoever was removed knows.
fn report_known(context: &Context, opened: &Opened, leaving: &[Reader]) -> Result<()> {
    let file = opened.file.file();
    let paths: String = match file.document() {
        None => ".\n".to_owned(),
        Some(document) => {
            let mut matcher = file.policy().matcher(document);
            let values = document.leaves().iter().filter(|leaf| leaf.style != Style::Comment);
            let secret = values.filter(|leaf| matcher.is_secret(leaf.node));
            secret.map(|leaf| format!("{}\n", document.path_of(leaf.node))).collect()
        }
    };
    let count = paths.lines().count();
    let what = if count == 1 { "this value".to_owned() } else { format!("these {count} values") };
    let still = "still readable in git's history; change each where it comes from, then here";
    context.ui.warn(&format!("{} knows {what}, {still}", list(leaving)));
    context.ui.content(paths.as_bytes())
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
