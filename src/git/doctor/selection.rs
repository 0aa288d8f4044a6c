//! Whether git's attributes and dekko's rules mean the same files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Finding, Fix, Weight};
use crate::config::{Config, NAME};
use crate::document::escape;
use crate::error::Result;
use crate::git::attributes::Wanted;
use crate::git::command::{Git, path_of};

/// How many names a finding lists.
const NAMED: usize = 3;

/// Compares the attributes of the repository at whose top `git` is with the rules of its configurations.
pub(super) fn examine(git: &Git) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    for wanted in wanted(git)? {
        let file =
            wanted.path.strip_prefix(git.folder()).unwrap_or(&wanted.path).to_string_lossy().into_owned();
        for pattern in &wanted.unsayable {
            found.push(Finding {
                id: "unsayable-pattern",
                weight: Weight::Problem,
                what: format!(
                    "the path pattern '{}' of dekko.toml cannot be said in {file}",
                    escape(pattern)
                ),
                mend: format!("write lines for its files into {file} by hand: FILE diff=dekko merge=dekko"),
                fix: None,
            });
        }
        let missing = wanted.missing()?;
        if !missing.is_empty() {
            let first = missing.first().map(|line| escape(line)).unwrap_or_default();
            found.push(Finding {
                id: "attributes",
                weight: Weight::Problem,
                what: format!(
                    "{} lacks {} of the lines for dekko.toml: '{first}'…",
                    escape(&file),
                    missing.len()
                ),
                mend: "dekko git attributes".to_owned(),
                fix: Some(Fix::Attributes),
            });
        }
    }
    if found.is_empty() {
        found.extend(without_attributes(git)?);
    }
    Ok(found)
}

/// What each configuration of the work tree asks of the attributes.
pub(super) fn wanted(git: &Git) -> Result<Vec<Wanted>> {
    let listed = git.output(
        "list the files",
        [
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
            "--",
            NAME,
            &format!(":(glob)**/{NAME}"),
        ],
    )?;
    let mut all: Vec<Wanted> = Vec::new();
    for path in listed.split(|&byte| byte == 0).filter(|path| !path.is_empty()) {
        let file = git.folder().join(path_of(path));
        if let Some(config) = file.exists().then(|| Config::find(&file)).transpose()?.flatten() {
            let wanted = Wanted::of(&config);
            if !all.contains(&wanted) {
                all.push(wanted);
            }
        }
    }
    Ok(all)
}

/// The files that a rule selects and git does not know for encrypted.
fn without_attributes(git: &Git) -> Result<Option<Finding>> {
    let listed =
        git.output("list the files", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"])?;
    let paths: Vec<&[u8]> = listed.split(|&byte| byte == 0).filter(|path| !path.is_empty()).collect();
    let attributes = attributes(git, &listed)?;
    let mut configs: BTreeMap<PathBuf, Option<Config>> = BTreeMap::new();
    let mut without = Vec::new();
    for path in paths.iter().filter(|path| !attributes.contains_key(**path)) {
        let file = git.folder().join(path_of(path));
        let folder = file.parent().unwrap_or(Path::new("")).to_owned();
        let config = match configs.entry(folder) {
            std::collections::btree_map::Entry::Occupied(entry) => entry.into_mut(),
            std::collections::btree_map::Entry::Vacant(entry) => entry.insert(Config::find(&file)?),
        };
        // A link that leads out, and what is gone from the work tree, is nobody's rule.
        let rule = config.as_ref().and_then(|config| config.rule_for(&file).ok().flatten());
        if rule.is_some() {
            without.push(String::from_utf8_lossy(path).into_owned());
        }
    }
    let Some(first) = without.first() else { return Ok(None) };
    let shown: Vec<_> = without.iter().take(NAMED).map(|path| format!("'{}'", escape(path))).collect();
    let more = if without.len() > NAMED { ", …" } else { "" };
    Ok(Some(Finding {
        id: "file-without-attributes",
        weight: Weight::Problem,
        what: format!(
            "a rule of dekko.toml selects {}{more}, other lines of .gitattributes take diff=dekko or merge=dekko away",
            shown.join(", ")
        ),
        mend: format!("add a last line to .gitattributes: {} diff=dekko merge=dekko", escape(first)),
        fix: None,
    }))
}

/// Which of the paths in `listed` (each ended by a zero byte) have both attributes.
fn attributes<'l>(git: &Git, listed: &'l [u8]) -> Result<BTreeMap<&'l [u8], ()>> {
    let arguments = ["check-attr", "-z", "--stdin", "diff", "merge"];
    let output = git.fed("tell the attributes", arguments, listed)?;
    let words: Vec<&[u8]> = output.split(|&byte| byte == 0).collect();
    // Two entries a path, each its path, the attribute and the value.
    let mut both = BTreeMap::new();
    let mut paths = listed.split(|&byte| byte == 0);
    for entries in words.chunks_exact(6) {
        let Some(path) = paths.next() else { break };
        if entries.get(2) == Some(&&b"dekko"[..]) && entries.get(5) == Some(&&b"dekko"[..]) {
            both.insert(path, ());
        }
    }
    Ok(both)
}
