//! `dekko log`: the history of a file, or of one value in it.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::changes::{self, as_json, lines};
use super::context::Context;
use super::diff::config_for;
use super::readers::Reader;
use super::ui::Status;
use super::verify_history::{commit_json, headline, path_of, repository, shown_path};
use crate::config::Config;
use crate::document::{KeyPath, escape, nearest, similar};
use crate::error::{Error, Result};
use crate::file::DataKeys;
use crate::git::diff::{Comparison, Found, Opener, Shut, Side, Values, What};
use crate::git::history::{Step, follow, short_dek, side};

/// Show which commits changed a file, or one value of it: who, when, what, under which data key, readable by whom
///
/// The last change comes first; renames of the file are followed by its id. Values are shown only with --values. Names of
/// recipients are those of today's dekko.toml.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The encrypted file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only changes of this value, or of those below it
    #[arg(value_name = "PATH")]
    path: Option<String>,
    /// Show the values, before and after
    #[arg(long)]
    values: bool,
    /// Stop after N changes
    #[arg(short = 'n', long, value_name = "N")]
    max_count: Option<usize>,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  dekko log secrets/app.yaml
  dekko log secrets/app.yaml db.password
  dekko log --json -n 1 secrets/app.yaml db.password | jq -r '.[0].commit.author'";

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let wanted = self.path.as_deref().map(KeyPath::parse).transpose()?.map(|path| path.to_string());
        let (git, top) = repository(context, Some(&self.file))?;
        let path = path_of(top.as_deref(), &self.file)?;
        let keys = DataKeys::new(context.session()?);
        let opener = Opener::new(Some(&keys));
        let values = if self.values { Values::Shown } else { Values::Hidden };
        let config = config_for(top.as_deref(), &path);
        let mut shown = Vec::new();
        let mut told = 0;
        let mut known = BTreeSet::new();
        let mut take = |step: Step| -> Result<ControlFlow<()>> {
            let Some(comparison) = meant(&step, wanted.as_deref()) else {
                if told == 0 {
                    known.extend(paths(&step));
                }
                return Ok(ControlFlow::Continue(()));
            };
            if self.max_count.is_some_and(|most| told >= most) {
                return Ok(ControlFlow::Break(()));
            }
            told += 1;
            if self.json {
                shown.push(step_json(&step, &comparison, config.as_ref()));
                return Ok(ControlFlow::Continue(()));
            }
            let text = step_text(&step, &comparison, config.as_ref(), wanted.is_some());
            context.ui.content(text.as_bytes())?;
            Ok(ControlFlow::Continue(()))
        };
        let count = follow(&git, top.as_deref(), &path, &opener, values, &mut take)?;
        if count == 0 {
            let reason = "is an encrypted file in no commit".to_owned();
            return Err(Error::Path { path: escape(&self.file.to_string_lossy()), reason });
        }
        if let Some(wanted) = wanted.filter(|_| told == 0 && self.max_count != Some(0)) {
            let named = |names: Vec<String>| {
                names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ")
            };
            let reason = match (similar(&wanted, known.iter().cloned()), nearest(&wanted, known.into_iter()))
            {
                (_, names) if names.is_empty() => "is in no version of the file".to_owned(),
                (close, names) if close.is_empty() => {
                    format!("is in no version of the file, which has {}", named(names))
                }
                (close, _) => format!("is in no version of the file; did you mean {}?", named(close)),
            };
            changes::warn_of_unopened(context, &opener);
            return Err(Error::Path { path: wanted, reason }.in_file(&self.file));
        }
        if self.json {
            context.ui.json(&Value::Array(shown))?;
        }
        changes::warn_of_unopened(context, &opener);
        Ok(Status::DONE)
    }
}

/// What of `step` was asked for: everything, or what is at `wanted` and below; `None` when nothing is.
fn meant(step: &Step, wanted: Option<&str>) -> Option<Comparison> {
    let comparison = step.comparison.clone().unwrap_or_default();
    let Some(wanted) = wanted else {
        let is_same = step.comparison.as_ref().is_some_and(Comparison::is_empty) && step.old_path.is_none();
        return (!is_same).then_some(comparison);
    };
    let is_below = |path: &str| {
        path.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
            || wanted == "."
    };
    let is_renamed = |what: &What| matches!(what, What::Renamed(from) if is_below(from));
    let mut entries = comparison.entries;
    entries.retain(|entry| is_below(&entry.path) || is_renamed(&entry.what));
    // A file that came or went brought or took its values with it.
    let holds = |found: &Found| {
        let document = side(found).and_then(|side| side.file().document());
        document.is_some_and(|document| document.node_ids().any(|node| is_below(&document.path_of(node))))
    };
    let is_whole = step.comparison.is_none() && (holds(&step.old) || holds(&step.new));
    (!entries.is_empty() || is_whole).then(|| Comparison { entries, meta: Vec::new(), anew: 0 })
}

/// The key paths in the file before and after `step`.
fn paths(step: &Step) -> Vec<String> {
    let documents = [&step.old, &step.new].into_iter().filter_map(|found| side(found)?.file().document());
    documents
        .flat_map(|document| document.node_ids().map(|node| document.path_of(node)))
        .filter(|path| path != ".")
        .collect()
}

/// What became of the file as a whole, when it is remarkable.
fn whole(step: &Step) -> Option<String> {
    let values = |found: &Found| match side(found).map(|side| side.file().secrets()) {
        Some(1) => ", 1 value".to_owned(),
        Some(count) => format!(", {count} values"),
        None => String::new(),
    };
    let altered = |found: &Found| match found {
        Found::File(Side::Shut(_, Shut::Altered(why))) | Found::Broken(why) => Some(why.clone()),
        _ => None,
    };
    match (&*step.old, &*step.new) {
        (_, new) if altered(new).is_some() => altered(new),
        (Found::Absent, new) => Some(format!("added{}", values(new))),
        (_, Found::Absent) => Some("removed".to_owned()),
        (Found::Plain, new) => Some(format!("encrypted now, plain before{}", values(new))),
        (_, Found::Plain) => Some("not encrypted any more".to_owned()),
        (Found::Broken(_), _) => Some("readable again".to_owned()),
        _ => step.old_path.as_ref().map(|old| format!("renamed from {}", shown_path(old))),
    }
}

fn step_text(step: &Step, comparison: &Comparison, config: Option<&Config>, is_value: bool) -> String {
    let mut text = format!("{}\n", headline(&step.commit));
    if let Some(whole) = whole(step) {
        text.push_str(&format!("  {}: {whole}\n", shown_path(&step.path)));
    }
    text.push_str(&lines(comparison, "  ", config));
    if let Some(side) = side(&step.new) {
        let envelope = side.file().envelope();
        let readers = Reader::of_file(envelope, config);
        let name = |reader: &Reader| reader.name.as_deref().map_or_else(|| reader.key(), escape);
        let readers: Vec<String> = readers.iter().map(name).collect();
        let space = if is_value { "" } else { "\n" };
        text.push_str(&format!(
            "  data key {}, readable by {}\n{space}",
            short_dek(&envelope.commit),
            readers.join(", ")
        ));
    }
    text
}

fn step_json(step: &Step, comparison: &Comparison, config: Option<&Config>) -> Value {
    let envelope = side(&step.new).map(|side| side.file().envelope());
    let readers: Option<Vec<Value>> =
        envelope.map(|envelope| Reader::of_file(envelope, config).iter().map(Reader::as_json).collect());
    json!({
        "commit": commit_json(&step.commit),
        "path": shown_path(&step.path),
        "old_path": step.old_path.as_ref().map(|path| shown_path(path)),
        "file": whole(step),
        "data_key": envelope.map(|envelope| short_dek(&envelope.commit)),
        "readers": readers,
        "changes": as_json(comparison, config),
    })
}
