//! `dekko access`: who can read what now, and where that is not what the rules say.

mod report;

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ValueEnum;

use super::context::Context;
use super::source::Source;
use super::ui::Status;
use crate::audit::{self, Proof, Rule};
use crate::config::{Config, NAME};
use crate::error::{Error, Result};
use crate::file::{DataKeys, EncryptedFile, FileType};
use crate::fs;
use crate::git::Git;
use crate::git::check::Checker;
use crate::provider;
use crate::rotation::Selection;
use report::{Found, Listed, Report};

/// Show who can read which file now, and where that is not what the rules of dekko.toml say
///
/// Without files, every tracked file that a rule names or that is encrypted is listed, as it lies in the work tree; outside
/// of git, every file below dekko.toml. No key is needed: what a file says of its recipients is verified where a key is at
/// hand, and marked where it is not. '+' marks a recipient that the rule does not name, '-' one that it names and that cannot
/// read the file. Who could read what in the past: dekko exposure.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The files
    #[arg(value_name = "FILE", conflicts_with = "all")]
    files: Vec<PathBuf>,
    /// All files (this is what is done when none is named)
    #[arg(long)]
    all: bool,
    /// What the list is ordered by
    #[arg(long, value_enum, default_value_t, value_name = "WHAT")]
    by: By,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  dekko access
  dekko access --by recipient
  dekko access secrets/app.yaml
  dekko access --json | jq -r '.files[] | select(.extra or .missing != []) | .path'";

/// What a list is ordered by.
#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum By {
    /// A part for each file.
    #[default]
    File,
    /// A part for each recipient.
    Recipient,
}

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let keys = DataKeys::new(context.session()?);
        let mut look = Look { keys, selection: Selection::default(), report: Report::default() };
        if !self.files.is_empty() {
            look.named(&self.files)?;
        } else {
            look.all(context)?;
        }
        let report = look.report;
        match (self.json, self.by) {
            (true, _) => context.ui.json(&report.as_json())?,
            (_, By::File) => context.ui.content(report.by_file().as_bytes())?,
            (_, By::Recipient) => context.ui.content(report.by_recipient().as_bytes())?,
        }
        Ok(conclude(context, &report))
    }
}

/// Looks at files.
struct Look<'s> {
    keys: DataKeys<'s>,
    selection: Selection,
    report: Report,
}

impl Look<'_> {
    /// Looks at `files`.
    fn named(&mut self, files: &[PathBuf]) -> Result<()> {
        for source in Source::distinct(files) {
            let content = source.read()?;
            let path = content.source.name().to_owned();
            let config = self.selection.config(&path)?;
            let rule = config.as_deref().map(|config| rule_for(config, &path)).transpose()?.flatten();
            let rule = rule.as_ref().map(|(name, readers)| Rule { name, readers });
            let bytes = content.bytes;
            self.file(&path, bytes, rule, config);
        }
        Ok(())
    }

    /// Looks at all files of the repository, or below the nearest configuration.
    fn all(&mut self, context: &Context) -> Result<()> {
        let here = Path::new(".");
        let git = Git::new(here, &context.environment);
        let is_repository =
            git.is_ok_and(|git| git.run(["rev-parse", "--git-dir"]).is_ok_and(|run| run.status.success()));
        if is_repository {
            let checker = Checker::new(here, &context.environment)?;
            let top = checker.git().top()?;
            return checker.each(&mut |tracked| {
                let path = PathBuf::from(String::from_utf8_lossy(tracked.path).into_owned());
                let config = match &top {
                    Some(top) => self.selection.config(&top.join(&path))?,
                    None => None,
                };
                let rule = tracked.rule.zip(tracked.readers).map(|(name, readers)| Rule { name, readers });
                self.file(&path, tracked.bytes, rule, config);
                Ok(())
            });
        }
        let Some(config) = Config::find(Path::new(NAME))? else {
            let what = "here is neither a git repository nor a dekko.toml; name the files".to_owned();
            return Err(Error::Usage { what });
        };
        for path in fs::below(config.folder())? {
            let config = self.selection.config(&path)?;
            let rule = config.as_deref().map(|config| rule_for(config, &path)).transpose()?.flatten();
            let bytes = fs::read(&path, fs::FILE_LIMIT)?;
            let is_encrypted = || read(&path, bytes.clone()).is_ok();
            if path.file_name().is_some_and(|name| name == NAME) || (rule.is_none() && !is_encrypted()) {
                continue;
            }
            let shown = config.as_ref().and_then(|config| path.strip_prefix(config.folder()).ok());
            let rule = rule.as_ref().map(|(name, readers)| Rule { name, readers });
            let shown = shown.unwrap_or(&path).to_owned();
            self.file(&shown, bytes, rule, config);
        }
        Ok(())
    }

    /// Takes in the file at `path` with the content `bytes`.
    fn file(&mut self, path: &Path, bytes: Vec<u8>, rule: Option<Rule<'_>>, config: Option<Arc<Config>>) {
        let found = match read(path, bytes) {
            Ok(file) => Found::Encrypted(audit::access(&file, rule, &self.keys)),
            Err(Error::NotEncrypted) => Found::Plain,
            Err(error) => Found::Broken(error),
        };
        let rule = rule.map(|rule| rule.name.to_owned());
        self.report.files.push(Listed { path: path.to_owned(), rule, found, config });
    }
}

fn read(path: &Path, bytes: Vec<u8>) -> Result<EncryptedFile> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let file_type = FileType::of_encrypted(&name, &bytes);
    match EncryptedFile::read(file_type, bytes) {
        // What has no header is no encrypted file of that type.
        Err(_) if file_type == FileType::Binary => Err(Error::NotEncrypted),
        other => other,
    }
}

/// The rule of `config` for `path`, and whom it names.
fn rule_for(config: &Config, path: &Path) -> Result<Option<(String, HashSet<String>)>> {
    let Some((number, rule)) = config.rule_for(path)? else { return Ok(None) };
    let readers = config.recipients(rule)?.into_iter();
    // One of a provider that this dekko does not know stands in files as it is written here.
    let readers = readers.map(|named| provider::recipient(&named.text).unwrap_or(named.text));
    Ok(Some((format!("rule {number} of '{NAME}'"), readers.collect())))
}

/// Says what it came to.
fn conclude(context: &Context, report: &Report) -> Status {
    let count = |proof| report.accesses().filter(|access| access.proof == proof).count();
    let files = |count: usize| if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
    let mut status = Status::DONE;
    for listed in &report.files {
        if let Found::Broken(error) = &listed.found {
            status = status.or_worse(Status(error.status()));
        }
    }
    if count(Proof::NoKey) > 0 {
        let of = files(count(Proof::NoKey));
        context.ui.note(&format!(
            "recipients of {of} are not verified: so the files say, and no key here opens them"
        ));
    }
    if count(Proof::Forged) > 0 {
        context.ui.found(&format!(
            "{} altered: the recipients there are not to be believed",
            files(count(Proof::Forged))
        ));
        status = status.or_worse(Status::ALTERED);
    }
    let differ = report.differing();
    if differ > 0 {
        context.ui.hint(&format!(
            "{} not as the rules say; with a status: dekko rewrap --all --plan; to mend it: dekko rewrap --all",
            if differ == 1 { "1 file is".to_owned() } else { format!("{differ} files are") }
        ));
    }
    status
}
