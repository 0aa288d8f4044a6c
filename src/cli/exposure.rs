//! `dekko exposure`: which values someone could ever decrypt, and which of them are still in use.

mod report;

use std::path::Path;

use super::context::Context;
use super::readers::Reader;
use super::ui::Status;
use super::verify_history::repository;
use crate::audit::{self, Exposure};
use crate::config::{Config, NAME};
use crate::envelope::is_rid;
use crate::error::Result;
use crate::file::{DataKeys, EncryptedFile};
use crate::git::Git;
use crate::git::history::{Content, Whole, short_dek, tip};
use crate::git::replay::{PathId, VersionId};
use crate::provider;
use report::Report;

/// List the values that someone could ever decrypt, and which of them are still in use
///
/// For when somebody leaves, or a key leaks: the history of every branch and tag is read. Whatever was encrypted under a
/// data key that was ever wrapped for the recipient, also in a threshold group, counts as known. A value is still in use
/// while the last commit has it: rotation alone does not change it. Values are compared with the keys at hand; what cannot
/// be told counts as still in use. No value is shown. The status is 1 while a known value is in use, and 5 when a file of
/// the present is altered, so that nobody can tell what is in use.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// A name or group of dekko.toml, age1…, or a recipient as files call it (age:age1…)
    #[arg(value_name = "RECIPIENT")]
    recipient: String,
    /// The commit whose values are in use; the last one of this branch unless given
    #[arg(long, value_name = "COMMIT", allow_hyphen_values = true)]
    at: Option<String>,
    /// Write JSON
    #[arg(long, conflicts_with = "markdown")]
    json: bool,
    /// Write a list in Markdown to work off, with a box for each value
    #[arg(long)]
    markdown: bool,
}

const EXAMPLES: &str = "\
Examples:
  dekko exposure bob
  dekko exposure age1…
  dekko exposure --markdown bob >bob-leaves.md
  dekko exposure --at release/1.2 bob
  dekko exposure --json bob | jq -r '.values[] | select(.in_use) | .file + \" \" + .path'";

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let (git, top) = repository(context, None)?;
        let here = top.as_deref().unwrap_or(Path::new(".")).join(NAME);
        let config = Config::find(&here)?;
        let who = readers(&self.recipient, config.as_ref())?;
        let keys = DataKeys::new(context.session()?);
        let report = read(&git, &self, who, &keys)?;
        match (self.json, self.markdown) {
            (true, _) => context.ui.json(&report.as_json())?,
            (_, true) => context.ui.content(report.as_markdown().as_bytes())?,
            _ => context.ui.content(report.as_text().as_bytes())?,
        }
        Ok(conclude(context, &report))
    }
}

/// Reads the history and compares.
fn read(git: &Git, args: &Args, who: Vec<Reader>, keys: &DataKeys<'_>) -> Result<Report> {
    let tip = tip(git, args.at.as_deref())?;
    let mut exposure = Exposure::new(who.iter().map(|reader| reader.rid.clone()));
    let whole = Whole::read(git, &tip, &mut |version, content| match content {
        Content::File(file) => exposure.take_file(version.0, &file),
        Content::Broken { text, file_id, deks } => exposure.take_broken(version.0, text, file_id, deks),
    })?;
    for seen in whole.sightings() {
        exposure.seen(seen.version.0, seen.commit.0, seen.path.0);
    }
    let now: Vec<_> =
        whole.now().iter().map(|(path, version)| (path.0, version.map(|version| version.0))).collect();
    let judgement = exposure.judge(&now, keys, &mut Reread(&whole))?;
    Report::new(who, &whole, &tip, exposure.is_any(), judgement)
}

/// Contents that are read a second time.
struct Reread<'w>(&'w Whole);

impl audit::Source for Reread<'_> {
    fn versions(&mut self, numbers: &[u32], take: &mut dyn FnMut(u32, EncryptedFile)) -> Result<()> {
        let versions: Vec<_> = numbers.iter().copied().map(VersionId).collect();
        self.0.again(&versions, |version, file| take(version.0, file))
    }

    fn plain(&mut self, path: u32) -> Result<Option<(String, Vec<u8>)>> {
        let path = PathId(path);
        let name = self.0.path(path).rsplit(|&byte| byte == b'/').next().unwrap_or_default();
        let name = String::from_utf8_lossy(name).into_owned();
        Ok(self.0.bytes_now(path)?.map(|bytes| (name, bytes)))
    }
}

/// Who is meant by `word`: a name or group of `config`, a recipient, also of a provider that this dekko does not know.
fn readers(word: &str, config: Option<&Config>) -> Result<Vec<Reader>> {
    let provider = word.split_once(':').map(|(provider, _)| provider).filter(|_| is_rid(word));
    let is_known = |name: &str| provider::PROVIDERS.iter().any(|known| known.name() == name);
    if provider.is_some_and(|name| !is_known(name) || name == "threshold") {
        return Ok(vec![Reader::of(word, config)]);
    }
    Reader::named(&[word.to_owned()], config)
}

/// Says what it came to.
fn conclude(context: &Context, report: &Report) -> Status {
    if !report.is_recipient {
        context.ui.warn(&format!("{} was never a recipient of a file in this history", report.name()));
    }
    let unopened = &report.judgement.unopened;
    if !unopened.is_empty() {
        let shown: Vec<String> = unopened.iter().take(10).map(|(dek, _)| short_dek(dek)).collect();
        let count = unopened.len();
        let what = if count == 1 { "1 data key".to_owned() } else { format!("{count} data keys") };
        context.ui.warn(&format!(
            "{what} could not be opened: {}; whether values under it changed cannot be told, and they count as in use",
            shown.join(", ")
        ));
    }
    if report.judgement.forged > 0 {
        context.ui.warn(
            "metadata of some versions are not as they were sealed, and may not name everybody: dekko verify --history",
        );
    }
    let count = report.in_use();
    if count == 0 {
        return Status::DONE;
    }
    let what = if count == 1 { "1 value".to_owned() } else { format!("{count} values") };
    context.ui.found(&format!("{what} that {} could decrypt: still in use", report.name()));
    context.ui.hint("change each where it comes from, then here: dekko set FILE PATH; and commit");
    let altered = report.altered();
    if altered.is_empty() {
        return Status::NO;
    }
    context.ui.found(&format!(
        "altered, or not to be read as they are: {}; what was known of them counts as in use",
        altered.join(", ")
    ));
    Status(5)
}
