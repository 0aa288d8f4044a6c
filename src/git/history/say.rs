//! The words for a finding.

use std::collections::{BTreeMap, HashMap};

use super::people::Commit;
use crate::crypto::TokenId;
use crate::error::Result;
use crate::git::graph::At;
use crate::git::replay::{Cause, Finding, PathId, Slot};

/// One thing that speaks for a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The key path of the value it is about; `None` when it is about the whole file.
    pub path: Option<String>,
    /// What of it: `value`, `link`, `value and link`, `end`, `head`, `key`, `order`, `copy`, `tags`.
    pub part: &'static str,
    /// A sentence that names the commits by their short ids; safe to show.
    pub says: String,
    /// The commits on the other side.
    pub commits: Vec<Commit>,
}

/// Where something was before.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Before {
    Since(At),
    Base(At, At),
    Left(At, At, At),
}

/// All that `finding` has to say. `names` are the key paths of the values in the version, `path_of` shows a path.
pub(super) fn details(
    finding: &Finding,
    names: &HashMap<TokenId, String>,
    path_of: &dyn Fn(PathId) -> String,
    commit: &mut dyn FnMut(At) -> Result<Commit>,
) -> Result<Vec<Said>> {
    // A value and its link make one sentence.
    let mut values: BTreeMap<(Before, TokenId), [bool; 2]> = BTreeMap::new();
    let mut said = Vec::new();
    for cause in &finding.causes {
        let (slot, before) = match *cause {
            Cause::Returned { slot, since } => (slot, Before::Since(since)),
            Cause::TookBase { slot, base, changed } => (slot, Before::Base(base, changed)),
            Cause::RolledBack { slot, since, changed, from } => (slot, Before::Left(since, changed, from)),
            Cause::NoSuccession { parent } | Cause::WrongSuccession { parent } | Cause::Order { parent } => {
                said.push(of_parent(cause, commit(parent)?));
                continue;
            }
            Cause::CopyOf { path } => {
                let says = format!("the same file, under the same data key, lies at {}", path_of(path));
                said.push(Said { path: None, part: "copy", says, commits: Vec::new() });
                continue;
            }
        };
        match slot {
            Slot::Value(id) => values.entry((before, id)).or_default()[0] = true,
            Slot::Link(id) => values.entry((before, id)).or_default()[1] = true,
            Slot::End | Slot::Head => {
                let (part, what) = match slot {
                    Slot::End => ("end", "what stands after the last value"),
                    _ => ("head", "the metadata (recipients, data key, policy)"),
                };
                said.push(Said { path: None, part, ..before_that(what, before, commit)? });
            }
        }
    }
    for ((before, id), [is_value, is_link]) in values {
        let path = names.get(&id).cloned().unwrap_or_else(|| format!("the value {id}"));
        let (part, what) = match (is_value, is_link) {
            (true, true) => ("value and link", path.clone()),
            (true, false) => ("value", format!("the ciphertext of {path}")),
            _ => ("link", format!("what stands before {path}")),
        };
        said.push(Said { path: Some(path), part, ..before_that(&what, before, commit)? });
    }
    Ok(said)
}

fn of_parent(cause: &Cause, parent: Commit) -> Said {
    let name = parent.name().to_owned();
    let (part, says) = match cause {
        Cause::NoSuccession { .. } => {
            ("key", format!("a new data key that the one in {name} does not vouch for"))
        }
        Cause::WrongSuccession { .. } => {
            ("key", format!("a new data key that claims to follow the one in {name}, which did not sign it"))
        }
        _ => ("order", format!("values stand in another order than in {name}, under the same epoch")),
    };
    Said { path: None, part, says, commits: vec![parent] }
}

fn before_that(what: &str, before: Before, commit: &mut dyn FnMut(At) -> Result<Commit>) -> Result<Said> {
    let (says, commits) = match before {
        Before::Since(since) => {
            let since = commit(since)?;
            (format!("{what} returned to the state of {}", since.name()), vec![since])
        }
        Before::Base(base, changed) => {
            let (base, changed) = (commit(base)?, commit(changed)?);
            let says = format!(
                "{what} is as in {}: the change that {} brought is lost",
                base.name(),
                changed.name()
            );
            (says, vec![base, changed])
        }
        Before::Left(since, changed, from) => {
            let (since, changed, from) = (commit(since)?, commit(changed)?, commit(from)?);
            let says = format!(
                "{what} returned to the state of {}, which {} has again: the change that {} brought is lost",
                since.name(),
                from.name(),
                changed.name()
            );
            (says, vec![since, from, changed])
        }
    };
    Ok(Said { path: None, part: "", says, commits })
}
