//! What git is told about dekko: its configuration, written once a machine or repository, and taken out again.

use super::command::Git;
use crate::document::escape;
use crate::error::{Error, Result};

/// Which of git's configurations is written (git-config(1)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// The user's, for all repositories.
    #[default]
    Global,
    /// The repository's.
    Local,
    /// That of one work tree.
    Worktree,
    /// The machine's.
    System,
}

impl Scope {
    /// The option of `git config` for it.
    pub fn option(self) -> &'static str {
        match self {
            Self::Global => "--global",
            Self::Local => "--local",
            Self::Worktree => "--worktree",
            Self::System => "--system",
        }
    }
}

/// One line of configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Its key, as git writes it: `diff.dekko.textconv`.
    pub key: &'static str,
    /// What it must be.
    pub value: String,
}

/// How a setting stands in a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It is not there.
    Absent,
    /// It is as it must be.
    Current,
    /// It is as another dekko wrote it, or as it must not stay: it may be replaced.
    Outdated(String),
    /// Somebody chose something else.
    Foreign(String),
}

/// What becomes of the command lines when dekko cannot be found: git goes on with the encrypted text, and merges it line
/// by line. A status of 127 would be a conflict to it, in which theirs is lost (GIT sections 2.4, 3.0).
const TEXTCONV: &str =
    "f() { command -v DEKKO >/dev/null 2>&1 && exec DEKKO git textconv -- \"$1\"; cat -- \"$1\"; }; f";
const DRIVER: &str = "command -v DEKKO >/dev/null 2>&1 || { git merge-file --marker-size=%L -L %X -L %S -L %Y %A %O %B; exit 1; }; \
                      exec DEKKO git merge-driver --marker-size=%L --base-label=%S --ours-label=%X --theirs-label=%Y --path=%P -- %O %A %B";
const MERGETOOL: &str = "DEKKO git mergetool -- \"$BASE\" \"$LOCAL\" \"$REMOTE\" \"$MERGED\"";
/// git starts an alias at the top of the work tree; paths count from where the user is.
const ALIAS: &str = "!f() { cd -- \"${GIT_PREFIX:-.}\" && exec DEKKO \"$@\"; }; f";

/// The settings for `program`: `dekko`, or its absolute path for programs that start git without the user's `PATH`.
pub fn settings(program: &str) -> Vec<Setting> {
    let word = shell_word(program);
    // git replaces '%' in the driver before the shell reads it.
    let in_driver = word.replace('%', "%%");
    let of = |key, value: &str| Setting { key, value: value.replace("DEKKO", &word) };
    vec![
        of("diff.dekko.textconv", TEXTCONV),
        // Its default, said aloud: git would keep plaintext in refs/notes/textconv/dekko, and push it with --mirror.
        of("diff.dekko.cachetextconv", "false"),
        of("merge.dekko.name", "dekko value-level merge"),
        Setting { key: "merge.dekko.driver", value: DRIVER.replace("DEKKO", &in_driver) },
        of("merge.dekko.recursive", "binary"),
        of("mergetool.dekko.cmd", MERGETOOL),
        of("mergetool.dekko.trustExitCode", "true"),
        of("alias.dekko", ALIAS),
    ]
}

/// `program` as a shell takes it for one word.
fn shell_word(program: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "/._-+".contains(c);
    if program.chars().all(is_plain) {
        program.to_owned()
    } else {
        format!("'{}'", program.replace('\'', "'\\''"))
    }
}

/// Whether `value` of `key` is one that dekko wrote, whichever version, whatever the program's path.
fn is_ours(key: &str, value: &str) -> bool {
    match key {
        "diff.dekko.textconv" => value.contains(" git textconv -- "),
        "merge.dekko.driver" => value.contains(" git merge-driver "),
        "mergetool.dekko.cmd" => value.contains(" git mergetool -- "),
        "alias.dekko" => value.contains("GIT_PREFIX") && value.contains("exec ") && value.contains("dekko"),
        "merge.dekko.name" => value.starts_with("dekko "),
        // True would put plaintext into the repository; nobody chooses that for secrets.
        "diff.dekko.cachetextconv" => true,
        _ => false,
    }
}

/// How each of `wanted` stands: in the configuration of `scope`, or, without one, in what all of them come to.
///
/// # Errors
/// [`Error::Git`] when git cannot read the configuration.
pub fn states(git: &Git, scope: Option<Scope>, wanted: &[Setting]) -> Result<Vec<State>> {
    let keys = "^((diff|merge|mergetool)\\.dekko\\.|alias\\.dekko$)";
    let scope = scope.map(Scope::option);
    let arguments = ["config"].into_iter().chain(scope).chain(["--null", "--get-regexp", keys]);
    let found = git.answer("read its configuration", arguments)?.unwrap_or_default();
    let found: Vec<(&str, &str)> =
        found.split_terminator('\0').filter_map(|entry| entry.split_once('\n')).collect();
    let state = |setting: &Setting| {
        let values: Vec<&str> = found
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case(setting.key))
            .map(|(_, value)| *value)
            .collect();
        match values[..] {
            [] => State::Absent,
            // Of several files the last one counts; several in one file are nothing of ours.
            [.., last] if last == setting.value && (values.len() == 1 || scope.is_none()) => State::Current,
            [.., last] if is_ours(setting.key, last) => State::Outdated(last.to_owned()),
            [.., last] => State::Foreign(last.to_owned()),
        }
    };
    Ok(wanted.iter().map(state).collect())
}

/// What is to be done with what somebody else set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Foreign {
    /// It stays.
    Kept,
    /// It is replaced, or removed.
    Replaced,
}

/// Writes `wanted` into the configuration of `scope`, and says which keys changed; none when all were there.
///
/// # Errors
/// [`Error::Usage`] when somebody set something else there and that is to be kept: nothing was written then.
/// [`Error::Git`] when git cannot write.
pub fn install(git: &Git, scope: Scope, wanted: &[Setting], foreign: Foreign) -> Result<Vec<&'static str>> {
    let states = states(git, Some(scope), wanted)?;
    let pairs = || wanted.iter().zip(&states);
    let others: Vec<String> = pairs()
        .filter_map(|(setting, state)| match state {
            State::Foreign(value) => Some(format!("'{}' is '{}'", setting.key, escape(value))),
            _ => None,
        })
        .collect();
    if foreign == Foreign::Kept && !others.is_empty() {
        let what = format!(
            "git is configured otherwise: {}; nothing was changed (--force replaces it)",
            others.join(", ")
        );
        return Err(Error::Usage { what });
    }
    let mut changed = Vec::new();
    for (setting, state) in pairs() {
        if *state != State::Current {
            let arguments = ["config", scope.option(), "--replace-all", setting.key, &setting.value];
            git.output("write its configuration", arguments)?;
            changed.push(setting.key);
        }
    }
    Ok(changed)
}

/// Removes what dekko wrote into the configuration of `scope`; the keys that are gone, and those that somebody else set,
/// which stay unless they are to go, too.
///
/// # Errors
/// [`Error::Git`].
pub fn uninstall(
    git: &Git,
    scope: Scope,
    foreign: Foreign,
) -> Result<(Vec<&'static str>, Vec<&'static str>)> {
    let wanted = settings("dekko");
    let (mut gone, mut kept) = (Vec::new(), Vec::new());
    for (setting, state) in wanted.iter().zip(states(git, Some(scope), &wanted)?) {
        match state {
            State::Absent => {}
            State::Foreign(_) if foreign == Foreign::Kept => kept.push(setting.key),
            // git removes the section with its last key.
            _ => {
                git.output(
                    "write its configuration",
                    ["config", scope.option(), "--unset-all", setting.key],
                )?;
                gone.push(setting.key);
            }
        }
    }
    Ok((gone, kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_signs_of_the_shell_and_of_git_stays_one_word() {
        let of = |program: &str, key: &str| {
            let found = settings(program).into_iter().find(|setting| setting.key == key);
            found.expect("a setting").value
        };
        assert!(
            of("dekko", "diff.dekko.textconv")
                .starts_with("f() { command -v dekko >/dev/null 2>&1 && exec dekko git ")
        );
        assert!(of("/o p/it's", "diff.dekko.textconv").contains("exec '/o p/it'\\''s' git textconv"));
        assert!(
            of("/a%b/dekko", "merge.dekko.driver")
                .contains("exec '/a%%b/dekko' git merge-driver --marker-size=%L")
        );
        for setting in settings("/a b/dekko") {
            let is_switch = ["merge.dekko.recursive", "mergetool.dekko.trustExitCode"].contains(&setting.key);
            assert_eq!(is_ours(setting.key, &setting.value), !is_switch, "{}", setting.key);
        }
    }
}
