//! What git knows, asked of the program itself; nothing of a repository is run for it.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::environment::Environment;

/// The user's name in git's configuration, as it holds in `folder`.
pub(super) fn user_name(environment: &Environment, folder: &Path) -> Option<String> {
    let name = output(environment, folder, &["config".as_ref(), "--get".as_ref(), "user.name".as_ref()])?;
    String::from_utf8(name).ok()
}

/// What the last commit holds under the name of the file at `path`.
pub(super) fn committed(environment: &Environment, path: &Path) -> Option<Vec<u8>> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut object = OsString::from("HEAD:./");
    object.push(path.file_name()?);
    // Not `git show`: that would run the text conversions of the repository.
    output(environment, folder, &["cat-file".as_ref(), "blob".as_ref(), &object])
}

/// What git prints for `arguments` in `folder`; `None` when it is not there or fails.
fn output(environment: &Environment, folder: &Path, arguments: &[&OsStr]) -> Option<Vec<u8>> {
    let mut command = Command::new("git");
    command.args(["-c", "core.fsmonitor=false"]).args(arguments).current_dir(folder);
    command.env_clear().envs(environment.all()).env("GIT_NO_LAZY_FETCH", "1");
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then_some(output.stdout)
}
