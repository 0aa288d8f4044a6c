//! What git is told, and what git is.

use super::{Finding, Fix, Weight};
use crate::document::escape;
use crate::environment::Environment;
use crate::error::Result;
use crate::git::command::Git;
use crate::git::hooks::hooks;
use crate::git::install::{Setting, State, settings, states};
use crate::git::settings::overlooked;

/// The first git that tells a merge driver what to call the sides.
const WITH_LABELS: (u32, u32) = (2, 44);

/// Looks at the configuration and version of git, and at its hooks.
pub(super) fn examine(git: &Git, environment: &Environment) -> Result<Vec<Finding>> {
    let mut found = Vec::new();
    let wanted = settings("dekko");
    let states = states(git, None, &wanted)?;
    let pairs = || wanted.iter().zip(&states);
    let of = |is_meant: fn(&State) -> bool| {
        let meant = pairs().filter(|(setting, state)| is_meant(state) && !is_installed(setting, state));
        meant.map(|(setting, _)| setting.key).collect::<Vec<_>>()
    };
    let absent = of(|state| *state == State::Absent);
    if !absent.is_empty() {
        found.push(Finding {
            id: "not-installed",
            weight: Weight::Problem,
            what: format!("git is not told of dekko: {} not set", listed(&absent)),
            mend: "dekko git install".to_owned(),
            fix: Some(Fix::Install),
        });
    }
    for (setting, state) in pairs().filter(|(setting, state)| !is_installed(setting, state)) {
        let (value, mend) = match state {
            State::Outdated(value) => (value, "dekko git install"),
            State::Foreign(value) => (value, "dekko git install --force"),
            _ => continue,
        };
        let is_cache = setting.key == "diff.dekko.cachetextconv";
        let why = if is_cache { ": git keeps decrypted text in the repository" } else { "" };
        found.push(Finding {
            id: if is_cache { "cachetextconv" } else { "configured-otherwise" },
            weight: Weight::Problem,
            what: format!("'{}' is '{}'{why}", setting.key, escape(value)),
            // It may stand in the repository's own configuration, which wins over the user's.
            mend: format!("{mend} (or --local, where 'git config --show-origin {}' says so)", setting.key),
            fix: None,
        });
    }
    if absent.is_empty() && environment.program("dekko").is_none() && !is_absolute(pairs()) {
        found.push(Finding {
            id: "not-in-path",
            weight: Weight::Problem,
            what: "git is to start 'dekko', which is in no absolute entry of PATH".to_owned(),
            mend: "dekko git install --absolute".to_owned(),
            fix: None,
        });
    }
    if let Some(value) = overlooked(environment, git.folder())? {
        let shown =
            value.as_deref().map_or_else(|| "not set".to_owned(), |value| format!("'{}'", escape(value)));
        found.push(Finding {
            id: "diff-mode",
            weight: Weight::Problem,
            what: format!("'dekko.diff' is {shown} for git, in a file that dekko does not know of"),
            mend: "git config --global dekko.diff MODE".to_owned(),
            fix: None,
        });
    }
    if git.answer("read its configuration", ["config", "--type=bool", "--get", "commit.verbose"])?.as_deref()
        == Some("true")
    {
        found.push(Finding {
            id: "commit-verbose",
            weight: Weight::Problem,
            what: "'commit.verbose' is on: git keeps the diff of every commit in .git/COMMIT_EDITMSG"
                .to_owned(),
            mend: "git config --global --unset commit.verbose".to_owned(),
            fix: None,
        });
    }
    found.extend(version(git)?);
    found.extend(missing_hooks(git)?);
    Ok(found)
}

/// Whether `setting` is in force, perhaps with the program's absolute path.
fn is_installed(setting: &Setting, state: &State) -> bool {
    match state {
        State::Current => true,
        State::Outdated(value) => program_of(value).is_some_and(|program| {
            settings(&program).iter().any(|other| other.key == setting.key && other.value == *value)
        }),
        _ => false,
    }
}

/// The absolute path of the program that a command line of ours starts.
fn program_of(value: &str) -> Option<String> {
    let (_, rest) = value.split_once("exec ").or_else(|| value.split_once('/').map(|_| ("", value)))?;
    let word = match rest.strip_prefix('\'') {
        Some(quoted) => quoted.split_once("' ")?.0.replace("'\\''", "'"),
        None => rest.split(' ').next()?.to_owned(),
    };
    // git's '%' is doubled in the driver alone.
    let word = if value.contains(" git merge-driver ") { word.replace("%%", "%") } else { word };
    word.starts_with('/').then_some(word)
}

fn is_absolute<'a>(mut pairs: impl Iterator<Item = (&'a Setting, &'a State)>) -> bool {
    pairs.any(|(setting, state)| {
        matches!(state, State::Outdated(value) if setting.key == "diff.dekko.textconv" && program_of(value).is_some())
    })
}

/// Names with commas between them.
fn listed(keys: &[&str]) -> String {
    keys.join(", ")
}

/// What an old git lacks.
fn version(git: &Git) -> Result<Option<Finding>> {
    let Some((major, minor)) = git.version()? else { return Ok(None) };
    Ok(((major, minor) < WITH_LABELS).then(|| Finding {
        id: "old-git",
        weight: Weight::Advice,
        what: format!(
            "git {major}.{minor} does not tell a merge driver the names of the sides: conflicts say 'ours' and 'theirs'"
        ),
        mend: format!("update git to {}.{} or newer", WITH_LABELS.0, WITH_LABELS.1),
        fix: None,
    }))
}

/// Whether a check runs before commits and pushes of this repository.
fn missing_hooks(git: &Git) -> Result<Option<Finding>> {
    if git.top()?.is_none() {
        return Ok(None);
    }
    let without: Vec<_> =
        hooks(git)?.iter().filter(|(_, state)| !state.is_active()).map(|(hook, _)| hook.name()).collect();
    Ok((!without.is_empty()).then(|| Finding {
        id: "hooks",
        weight: Weight::Advice,
        what: format!("nothing checks that secrets are encrypted in {}", listed(&without)),
        mend: "dekko git hooks install".to_owned(),
        fix: None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_installation_with_an_absolute_path_is_one() {
        for program in ["/usr/bin/dekko", "/o p/it's/dekko", "/a%b/dekko"] {
            for setting in settings(program) {
                let state = State::Outdated(setting.value.clone());
                let is_command =
                    ["textconv", "driver", "cmd", "alias.dekko"].iter().any(|end| setting.key.ends_with(end))
                        && !setting.key.ends_with("cachetextconv");
                assert_eq!(is_installed(&setting, &state), is_command, "{} {program}", setting.key);
            }
        }
    }
}
