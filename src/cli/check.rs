//! `dekko check`: whether everything that must be encrypted is, without any key.

use std::io::{self, BufRead};
use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::context::Context;
use super::source::Source;
use super::ui::Status;
use crate::config::{Config, NAME};
use crate::document::escape;
use crate::error::{Error, Result};
use crate::git::check::{self, Checker, Defect, Report};
use crate::git::commits::{Range, Update};

/// Check, without any key, that everything that must be encrypted is
///
/// Looks at every file that a rule of dekko.toml or the attribute merge=dekko, diff=dekko or filter=dekko names: it is
/// encrypted, no value stands plain that its rule or its own policy encrypts, nobody can read it whom the rule does not
/// name, and there is no conflict, no other file's token and no private key in it. Files that are named are looked at
/// wherever they are. No value is ever shown. The status is 1 when something was found.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// Check these files, as they are; '-' is standard input
    #[arg(value_name = "FILE", conflicts_with_all = MODES)]
    files: Vec<PathBuf>,
    /// Check every tracked file (this is what is done when nothing else is said)
    #[arg(long, group = "mode")]
    all: bool,
    /// Check what is staged for the next commit
    #[arg(long, group = "mode")]
    staged: bool,
    /// Check every commit of the range, under the rules that the commit A has; B alone is everything that leads to B
    #[arg(long, value_name = "A..B", groups = ["mode", "over"], allow_hyphen_values = true)]
    range: Option<String>,
    /// With --range: the rules of COMMIT hold, too: of the default branch, for a branch that may have others
    #[arg(long, value_name = "COMMIT", requires = "range", allow_hyphen_values = true)]
    rules_of: Option<String>,
    /// Let COMMIT (its whole id) take files from the rules, or the rules ask for less; may be given several times
    #[arg(long, value_name = "COMMIT", requires = "over", allow_hyphen_values = true)]
    accept_rules: Vec<String>,
    /// Check every commit that a push to REMOTE brings: for the hook pre-push, whose standard input this reads
    #[arg(long, value_name = "REMOTE", groups = ["mode", "over"], allow_hyphen_values = true)]
    pushed: Option<String>,
    /// Check every commit that was pushed: for the hook pre-receive, whose standard input this reads
    #[arg(long, groups = ["mode", "over"])]
    received: bool,
    /// Check that the check finds what is wrong with built-in bad files
    #[arg(long, group = "mode")]
    self_test: bool,
    /// How findings are written
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT")]
    format: Format,
}

const MODES: [&str; 6] = ["all", "staged", "range", "pushed", "received", "self_test"];

const EXAMPLES: &str = "\
Examples:
  dekko check
  dekko check --staged
  dekko check --range origin/main..HEAD
  dekko check --range \"$BASE..$HEAD\" --format sarif >dekko.sarif
  dekko check --range \"$BEFORE..HEAD\" --rules-of origin/main
  dekko check secrets/app.yaml";

/// How findings are written.
#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line for each.
    #[default]
    Text,
    /// As one JSON object.
    Json,
    /// As a SARIF 2.1.0 log.
    Sarif,
}

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        if self.self_test {
            let count = check::self_test()?;
            context.ui.note(&format!(
                "the check found all {count} built-in bad files, and nothing in the good one"
            ));
            return Ok(Status::DONE);
        }
        let report = if self.files.is_empty() { self.repository(context)? } else { self.named(context)? };
        match self.format {
            Format::Text => context.ui.data(check::as_text(&report).as_bytes())?,
            Format::Json => context.ui.json(&check::as_json(&report))?,
            Format::Sarif => context.ui.json(&check::as_sarif(&report))?,
        }
        let is_whole = self.files.is_empty()
            && !self.staged
            && !self.received
            && self.range.is_none()
            && self.pushed.is_none();
        if is_whole && report.checked == 0 && report.findings.is_empty() {
            say_idle(context)?;
        }
        Ok(conclude(context, &report))
    }

    fn repository(&self, context: &Context) -> Result<Report> {
        let checker = Checker::new(Path::new("."), &context.environment)?;
        let git = checker.git();
        if self.staged {
            return checker.staged();
        }
        let check =
            |range: Range| checker.range(&range.accepting(git, "--accept-rules", &self.accept_rules)?);
        if let Some(range) = &self.range {
            let range = Range::parse(git, range)?;
            return check(match &self.rules_of {
                Some(commit) => range.under(git, commit)?,
                None => range,
            });
        }
        if self.received {
            return each(Update::received, |update| check(update.new_here(git)?));
        }
        match &self.pushed {
            Some(remote) => each(Update::pushed, |update| check(update.new_to_remote(git, remote)?)),
            None => checker.all(),
        }
    }

    fn named(&self, context: &Context) -> Result<Report> {
        let mut files = Vec::with_capacity(self.files.len());
        for source in Source::distinct(&self.files) {
            let content = source.read()?;
            let config = context.config_for(&content.source)?;
            files.push((content.source.name().to_owned(), content.bytes, config));
        }
        check::named(files)
    }
}

/// Says that a check here looks at nothing: whoever relies on it should know.
pub(super) fn say_idle(context: &Context) -> Result<()> {
    context.ui.warn("no rule of dekko.toml and no attribute names any file here: nothing is checked");
    if Config::find(Path::new(NAME))?.is_none() {
        context.ui.hint("write rules to start from: dekko init");
    }
    Ok(())
}

/// What came of the updates on standard input.
fn each(read: impl Fn(&str) -> Result<Update>, check: impl Fn(&Update) -> Result<Report>) -> Result<Report> {
    let mut report = Report::default();
    let mut lines = io::stdin().lock();
    loop {
        let mut line = Vec::new();
        let count =
            lines.read_until(b'\n', &mut line).map_err(|source| Error::Io { action: "read", source })?;
        if count == 0 {
            return Ok(report);
        }
        let line = String::from_utf8_lossy(&line);
        report.extend(check(&read(line.trim_end_matches('\n'))?)?);
    }
}

/// Says what it came to.
fn conclude(context: &Context, report: &Report) -> Status {
    let count = report.findings.len();
    if count == 0 {
        return Status::DONE;
    }
    let counted = if count == 1 { "1 finding".to_owned() } else { format!("{count} findings") };
    let mut files: Vec<_> = report.findings.iter().map(|finding| &finding.path).collect();
    files.sort();
    files.dedup();
    let error = match files[..] {
        [file] => format!("{counted} in '{}'", escape(&String::from_utf8_lossy(file))),
        _ => format!("{counted} in {} files", files.len()),
    };
    context.ui.found(&error);
    for defect in Defect::ALL {
        if report.findings.iter().any(|finding| finding.defect == defect) {
            let mut advice = defect.advice().chars();
            let first = advice.next().map(|first| first.to_ascii_lowercase());
            let advice: String = first.into_iter().chain(advice).collect();
            context.ui.hint(&format!("{}: {}", defect.name(), advice.trim_end_matches('.')));
        }
    }
    Status::NO
}
