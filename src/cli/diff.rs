//! `dekko diff`: what differs between two states of encrypted files, value by value.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::changes::{self, as_json, lines};
use super::context::Context;
use super::source::Source;
use super::ui::Status;
use super::verify_history::{path_of, repository, shown_path};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::file::DataKeys;
use crate::git::diff::{Comparison, Found, Opener, Pair, Shut, Side, Target, Values, compare, pairs};
use crate::git::history::commit_named;
use crate::git::{Git, diff};

/// Show which values, recipients and rules differ between commits, or between the last commit and the files as they are
///
/// Values are shown only with --values. Without a key it can be seen that a ciphertext is another one, not whether the
/// value is. With --exit-code the status is 1 when something differs.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// A commit (HEAD), a second one (or both as A..B), and files; '--' before files that are named like a commit
    #[arg(value_name = "COMMIT|FILE")]
    words: Vec<String>,
    /// The files
    #[arg(last = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Compare with what is ready to be committed, not with the files as they are
    #[arg(long, visible_alias = "staged")]
    cached: bool,
    /// Compare two files, without git
    #[arg(long, conflicts_with = "cached")]
    no_index: bool,
    /// Show the values, before and after
    #[arg(long)]
    values: bool,
    /// End with status 1 when something differs
    #[arg(long)]
    exit_code: bool,
    /// Write JSON
    #[arg(long)]
    json: bool,
}

const EXAMPLES: &str = "\
Examples:
  dekko diff                              the last commit and the files as they are
  dekko diff --cached --exit-code         what is about to be committed
  dekko diff main secrets/app.yaml
  dekko diff --values HEAD~3..HEAD -- secrets/app.yaml
  dekko diff --no-index old.yaml new.yaml";

/// What is compared.
struct Task {
    git: Git,
    top: Option<PathBuf>,
    from: String,
    to: Target,
    paths: Vec<Vec<u8>>,
}

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let keys = DataKeys::new(context.session()?);
        let opener = Opener::new(Some(&keys));
        let (pairs, top) = match self.no_index {
            true => (vec![self.two_files(&opener)?], None),
            false => {
                let task = self.task(context)?;
                let top = task.top.as_deref();
                (pairs(&task.git, top, &task.from, &task.to, &task.paths, &opener)?, task.top)
            }
        };
        let values = if self.values { Values::Shown } else { Values::Hidden };
        let mut files = Vec::new();
        for pair in &pairs {
            let comparison = match (&pair.old, &pair.new) {
                (Found::File(old), Found::File(new)) => compare(old, new, values),
                _ => Comparison::default(),
            };
            let config = config_for(top.as_deref(), &pair.new_path);
            files.push((pair, comparison, config));
        }
        match self.json {
            true => {
                let files: Vec<Value> = files
                    .iter()
                    .map(|(pair, comparison, config)| {
                        let (old, new) = (shown_path(&pair.old_path), shown_path(&pair.new_path));
                        json!({ "path": new, "old_path": old, "state": state(pair),
                                "changes": as_json(comparison, config.as_ref()) })
                    })
                    .collect();
                context.ui.json(&json!({ "files": files }))?;
            }
            false => {
                let shown = |(pair, comparison, config): &(&Pair, Comparison, Option<Config>)| {
                    let mut text = headline(pair) + &lines(comparison, "  ", config.as_ref());
                    if state(pair) == "changed" && comparison.is_empty() {
                        text.push_str("  nothing but comments or layout\n");
                    }
                    text
                };
                context.ui.content(files.iter().map(shown).collect::<String>().as_bytes())?;
            }
        }
        changes::warn_of_unopened(context, &opener);
        Ok(if self.exit_code && !files.is_empty() { Status::NO } else { Status::DONE })
    }

    fn two_files(&self, opener: &Opener<'_, '_>) -> Result<Pair> {
        let words = self.words.iter().map(Path::new).chain(self.files.iter().map(PathBuf::as_path));
        let [old, new] = words.collect::<Vec<_>>()[..] else {
            return Err(Error::Usage { what: "--no-index compares two files; name both".to_owned() });
        };
        let look = |path: &Path| -> Result<(Vec<u8>, Found)> {
            let name = path.as_os_str().as_encoded_bytes().to_vec();
            let found = opener.look(&name, Some(Source::of(path).read()?.bytes));
            match found {
                Found::Plain => Err(Error::NotEncrypted.in_file(path)),
                found => Ok((name, found)),
            }
        };
        let ((old_path, old), (new_path, new)) = (look(old)?, look(new)?);
        Ok(Pair { old_path, new_path, old, new })
    }

    /// Which of the words are commits: the first two at most, when they are not the names of files.
    fn task(&self, context: &Context) -> Result<Task> {
        let first_file = self.files.first().map(PathBuf::as_path);
        let (git, top) = repository(context, first_file)?;
        let mut commits: Vec<String> = Vec::new();
        let mut files: Vec<PathBuf> = Vec::new();
        let has_separator = !self.files.is_empty();
        for word in &self.words {
            let is_file = Path::new(word).symlink_metadata().is_ok();
            let named = if files.is_empty() && commits.len() < 2 { named(&git, word).ok() } else { None };
            match named {
                Some(_) if is_file && !has_separator => {
                    let what = format!(
                        "'{}' is a commit and a file; write '--' before files, and after commits",
                        crate::document::escape(word)
                    );
                    return Err(Error::Usage { what });
                }
                Some(found) if commits.len() + found.len() <= 2 => commits.extend(found),
                _ if has_separator => commits.push(commit_named(&git, word)?),
                _ => files.push(PathBuf::from(word)),
            }
        }
        let paths = files.iter().chain(&self.files);
        let paths = paths.map(|file| path_of(top.as_deref(), file)).collect::<Result<Vec<_>>>()?;
        for (file, path) in files.iter().zip(&paths) {
            let is_known = file.symlink_metadata().is_ok()
                || git
                    .run(["ls-tree", "-z", "--full-tree", "HEAD", "--", &String::from_utf8_lossy(path)])
                    .is_ok_and(|found| !found.stdout.is_empty());
            if !is_known {
                let what = format!(
                    "'{}' is neither a commit nor a file here",
                    crate::document::escape(&file.to_string_lossy())
                );
                return Err(Error::Usage { what });
            }
        }
        let mut commits = commits.into_iter();
        let from = match commits.next() {
            Some(commit) => commit,
            None => commit_named(&git, "HEAD")?,
        };
        let to = match (commits.next(), self.cached) {
            (Some(_), true) => {
                let what = "--cached compares one commit with the index; name one at most".to_owned();
                return Err(Error::Usage { what });
            }
            (Some(commit), false) => Target::Commit(commit),
            (None, true) => Target::Index,
            (None, false) if top.is_some() => Target::WorkTree,
            (None, false) => {
                let what = "there is no work tree here; name two commits".to_owned();
                return Err(Error::Usage { what });
            }
        };
        Ok(Task { git, top, from, to, paths })
    }
}

/// The commits that `word` names: one, or two as `A..B`.
fn named(git: &Git, word: &str) -> Result<Vec<String>> {
    match word.split_once("..").filter(|(_, to)| !to.starts_with('.')) {
        None => Ok(vec![commit_named(git, word)?]),
        Some((from, to)) => {
            let end = |name: &str| commit_named(git, if name.is_empty() { "HEAD" } else { name });
            Ok(vec![end(from)?, end(to)?])
        }
    }
}

/// The configuration that names the recipients of the file at `path`; for names only, so that one that cannot be used
/// does no harm.
pub(super) fn config_for(top: Option<&Path>, path: &[u8]) -> Option<Config> {
    let path = PathBuf::from(String::from_utf8_lossy(path).into_owned());
    let path = top.map_or(path.clone(), |top| top.join(path));
    Config::find(&path).ok().flatten()
}

/// What became of the file as a whole.
fn state(pair: &Pair) -> &'static str {
    match (&pair.old, &pair.new) {
        (Found::Absent, _) => "added",
        (_, Found::Absent) => "removed",
        (Found::Plain, _) => "encrypted",
        (_, Found::Plain) => "decrypted",
        (_, Found::Broken(_)) | (Found::Broken(_), _) => "unreadable",
        _ if pair.old_path != pair.new_path => "renamed",
        _ => "changed",
    }
}

fn headline(pair: &Pair) -> String {
    let path = shown_path(&pair.new_path);
    let values = |found: &Found| match found {
        Found::File(side) if side.file().secrets() == 1 => ", 1 value".to_owned(),
        Found::File(side) => format!(", {} values", side.file().secrets()),
        _ => String::new(),
    };
    let mut text = match state(pair) {
        "added" => format!("{path}: added{}\n", values(&pair.new)),
        "removed" => format!("{path}: removed{}\n", values(&pair.old)),
        "encrypted" => format!("{path}: encrypted now, plain before{}\n", values(&pair.new)),
        "decrypted" => format!("{path}: not encrypted any more\n"),
        "renamed" => format!("{path}: renamed from {}\n", shown_path(&pair.old_path)),
        _ => format!("{path}\n"),
    };
    for (side, found) in [("before", &pair.old), ("now", &pair.new)] {
        match found {
            Found::Broken(why) => text.push_str(&format!("  {side}: {why}\n")),
            Found::File(diff::Side::Shut(_, Shut::Altered(why))) => {
                text.push_str(&format!("  {side}: {why}\n"));
            }
            Found::File(Side::Open(_) | Side::Shut(..)) | Found::Absent | Found::Plain => {}
        }
    }
    text
}
