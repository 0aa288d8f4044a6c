//! What git shows instead of an encrypted file: see [`view`], chosen by the mode and by who is looking.
//!
//! The file is anybody's who can push a branch, and a diff must not act on their behalf: nobody is asked anything, and
//! no plugin runs unless the user's own configuration says `[diff] network = true`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::settings::{DiffMode, diff_mode};
use super::view::{Wanted, view};
use crate::agent;
use crate::config::user::UserConfig;
use crate::environment::Environment;
use crate::error::Result;
use crate::file::DataKeys;
use crate::provider::{NoPrompt, Session};

/// How long each step may take that waits for something else than this process.
const PATIENCE: Duration = Duration::from_secs(2);

/// Who reads what git prints, as far as standard input tells: git hands its own on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Onlooker {
    /// A person at a terminal, also behind a pager.
    Person,
    /// A program: continuous integration, an editor, an agent.
    Program,
}

/// What stands for the file called `name` (no folders) with the content `bytes`; `None` when that is to be shown as it
/// is. `folder` is the one that git works in.
///
/// # Errors
/// As [`view`], [`diff_mode`] and [`UserConfig::load`]; the file is to be shown as it is then, too.
pub fn converted(
    name: &str,
    bytes: &[u8],
    folder: &Path,
    environment: &Environment,
    identities: &[PathBuf],
    onlooker: Onlooker,
) -> Result<Option<String>> {
    let Some(wanted) = wanted(diff_mode(environment, folder)?, onlooker, environment) else {
        return Ok(None);
    };
    let session = session(environment, identities)?;
    view(name, bytes, &DataKeys::new(&session), wanted)
}

/// What is to be shown; `None` is the file as it is.
fn wanted(mode: DiffMode, onlooker: Onlooker, environment: &Environment) -> Option<Wanted> {
    // Only `git commit` hands the author on, and with -v it keeps what it shows in .git/COMMIT_EDITMSG.
    let is_kept = environment.var("GIT_AUTHOR_DATE").is_some();
    match (mode, onlooker) {
        (DiffMode::Raw, _) | (DiffMode::Auto, Onlooker::Program) => None,
        (DiffMode::Masked, _) => Some(Wanted::Labels),
        _ if is_kept => Some(Wanted::Labels),
        (DiffMode::Plain, _) => Some(Wanted::Values),
        (DiffMode::Auto, Onlooker::Person) => Some(Wanted::ValuesOrLabels),
    }
}

/// The identities at hand for what git calls: without anybody to ask and, unless the user allows it, without plugins.
///
/// # Errors
/// As [`UserConfig::load`].
pub fn session(environment: &Environment, identities: &[PathBuf]) -> Result<Session> {
    let user = UserConfig::load(environment)?;
    let is_left_out = |name: &str, value: &Path| match name {
        "DEKKO_AGE_PLUGINS" => !user.diff_network,
        // A pipe is empty for all but the first of git's many calls, and one that nobody writes to never ends.
        "DEKKO_AGE_KEY_FILE" | "SOPS_AGE_KEY_FILE" => value.exists() && !value.is_file(),
        _ => false,
    };
    let kept = environment.all().filter(|(name, value)| !is_left_out(name, Path::new(value)));
    let kept = Environment::new(kept.map(|(name, value)| (name.into(), value.clone())));
    let (store, network) = (agent::store(environment, identities, user.agent()), user.network());
    let plugins = if user.diff_network { user.plugins } else { Vec::new() };
    let session = Session::new(kept, identities, Arc::new(NoPrompt)).with_store(store);
    let session = session.with_keys(user.keys).with_network(network);
    Ok(session.with_plugins(plugins).with_patience(PATIENCE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_depends_on_mode_onlooker_and_a_commit() {
        use DiffMode::{Auto, Masked, Plain, Raw};
        use Onlooker::{Person, Program};
        let free = Environment::default();
        let commit = Environment::new([("GIT_AUTHOR_DATE".into(), "@1 +0000".into())]);
        for (mode, onlooker, otherwise, in_commit) in [
            (Auto, Person, Some(Wanted::ValuesOrLabels), Some(Wanted::Labels)),
            (Auto, Program, None, None),
            (Plain, Person, Some(Wanted::Values), Some(Wanted::Labels)),
            (Plain, Program, Some(Wanted::Values), Some(Wanted::Labels)),
            (Masked, Program, Some(Wanted::Labels), Some(Wanted::Labels)),
            (Raw, Person, None, None),
        ] {
            assert_eq!(wanted(mode, onlooker, &free), otherwise, "{mode:?} {onlooker:?}");
            assert_eq!(wanted(mode, onlooker, &commit), in_commit, "{mode:?} {onlooker:?}");
        }
    }
}
