//! `dekko blame`: how old each value is, and from whom.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use super::changes;
use super::context::Context;
use super::ui::Status;
use super::verify_history::{commit_json, path_of, repository};
use crate::document::escape;
use crate::error::{Error, Result};
use crate::file::DataKeys;
use crate::git::diff::Opener;
use crate::git::history::{Blamed, blame};

/// Seconds of a day.
const DAY: u64 = 86_400;

/// Show for each encrypted value the commit that last changed it, and how many days ago that was
///
/// A rotation encrypts all values anew and changes none: with a key that is seen through. Without one, a value whose
/// ciphertext is new counts as changed, and is marked '?'.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The encrypted file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  dekko blame secrets/app.yaml
  dekko blame --json secrets/app.yaml | jq -r '.[] | select(.days > 365) | .path'";

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let (git, top) = repository(context, Some(&self.file))?;
        let path = path_of(top.as_deref(), &self.file)?;
        let keys = DataKeys::new(context.session()?);
        let opener = Opener::new(Some(&keys));
        let values = blame(&git, top.as_deref(), &path, &opener).map_err(|error| match error {
            // Where there is no work tree, it need not lie there.
            Error::NotEncrypted if top.is_some() => match std::fs::metadata(&self.file) {
                Err(source) => Error::Io { action: "read", source }.in_file(&self.file),
                Ok(_) => error.in_file(&self.file),
            },
            error => error.in_file(&self.file),
        })?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        match self.json {
            true => context.ui.json(&as_json(&values, now))?,
            false => context.ui.content(as_text(&values, now).as_bytes())?,
        }
        changes::warn_of_unopened(context, &opener);
        Ok(Status::DONE)
    }
}

/// How many whole days ago the value was changed; `None` when that is not committed yet.
fn days(value: &Blamed, now: u64) -> Option<u64> {
    value.commit.id().map(|_| now.saturating_sub(value.commit.seconds) / DAY)
}

fn as_text(values: &[Blamed], now: u64) -> String {
    let rows: Vec<[String; 5]> = values
        .iter()
        .map(|value| {
            let date = value.commit.moment().map(|moment| moment.get(..10).unwrap_or_default().to_owned());
            let days = days(value, now).map_or_else(String::new, |days| format!("{days} d"));
            let doubt = if value.is_certain { "" } else { "?" };
            [
                format!("{}{doubt}", value.commit.name()),
                date.unwrap_or_default(),
                days,
                escape(&value.commit.author),
                value.path.clone(),
            ]
        })
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).min(40);
    let widths = [width(0), width(1), width(2), width(3)];
    let mut text = String::new();
    for [commit, date, days, author, path] in &rows {
        let [a, b, c, d] = widths;
        text.push_str(&format!("{commit:a$}  {date:b$}  {days:>c$}  {author:d$}  {path}\n"));
    }
    text
}

fn as_json(values: &[Blamed], now: u64) -> Value {
    let value = |value: &Blamed| {
        json!({
            "path": value.path, "commit": commit_json(&value.commit), "days": days(value, now),
            "certain": value.is_certain,
        })
    };
    values.iter().map(value).collect()
}
