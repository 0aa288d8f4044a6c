//! What dekko takes from the process environment, as a value: library users pass a map, tests need no `set_var`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Variables that hold or fetch identities: no program that dekko starts for other reasons has a use for them.
pub const IDENTITIES: &[&str] = &["DEKKO_AGE_KEY", "DEKKO_AGE_KEY_CMD", "SOPS_AGE_KEY", "SOPS_AGE_KEY_CMD"];

/// The variables of a process environment.
#[derive(Clone, Default)]
pub struct Environment(BTreeMap<String, OsString>);

impl Environment {
    /// The environment of `variables`; names that are not UTF-8 are left out, dekko reads none such.
    pub fn new(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        Self(
            variables
                .into_iter()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
                .collect(),
        )
    }

    /// The variable `name`, when it is set and not empty.
    pub fn var(&self, name: &str) -> Option<&OsString> {
        self.0.get(name).filter(|value| !value.is_empty())
    }

    /// All variables, for a program that is started with them.
    pub fn all(&self) -> impl Iterator<Item = (&str, &OsString)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The same variables, with `name` set to `value`.
    #[must_use]
    pub fn with(&self, name: &str, value: impl Into<OsString>) -> Self {
        let mut variables = self.0.clone();
        variables.insert(name.to_owned(), value.into());
        Self(variables)
    }

    /// The variable `name` as UTF-8 text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.var(name)?.to_str()
    }

    /// The variable `name` as a path.
    pub fn path(&self, name: &str) -> Option<PathBuf> {
        self.var(name).map(PathBuf::from)
    }

    /// The user's home directory: `HOME`, on Windows `USERPROFILE`.
    pub fn home(&self) -> Option<PathBuf> {
        self.path(if cfg!(windows) { "USERPROFILE" } else { "HOME" })
    }

    /// The folder of the user's configuration of `program`: `$XDG_CONFIG_HOME` or `~/.config`; on macOS
    /// `~/Library/Application Support` unless `XDG_CONFIG_HOME` is set; on Windows `%APPDATA%`.
    pub fn config_home(&self, program: &str) -> Option<PathBuf> {
        let base = if cfg!(windows) {
            self.path("APPDATA")?
        } else if let Some(xdg) = self.path("XDG_CONFIG_HOME").filter(|path| path.is_absolute()) {
            xdg
        } else if cfg!(target_os = "macos") {
            self.home()?.join("Library/Application Support")
        } else {
            self.home()?.join(".config")
        };
        Some(base.join(program))
    }

    /// The folder of what `program` remembers for the user: `$XDG_STATE_HOME` or `~/.local/state`; on macOS
    /// `~/Library/Application Support` unless `XDG_STATE_HOME` is set; on Windows `%LOCALAPPDATA%`.
    pub fn state_home(&self, program: &str) -> Option<PathBuf> {
        let base = if cfg!(windows) {
            self.path("LOCALAPPDATA")?
        } else if let Some(xdg) = self.path("XDG_STATE_HOME").filter(|path| path.is_absolute()) {
            xdg
        } else if cfg!(target_os = "macos") {
            self.home()?.join("Library/Application Support")
        } else {
            self.home()?.join(".local/state")
        };
        Some(base.join(program))
    }

    /// The absolute entries of `PATH`: relative ones lead into whatever folder a command runs in, a stranger's repository
    /// included.
    pub fn program_folders(&self) -> Vec<PathBuf> {
        let path = self.var("PATH").cloned().unwrap_or_default();
        std::env::split_paths(&path).filter(|folder| folder.is_absolute()).collect()
    }

    /// The program `name` (without the system's suffix) in an absolute entry of `PATH`.
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        let file_name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        self.program_folders().into_iter().map(|folder| folder.join(&file_name)).find(|path| is_program(path))
    }
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;

    std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}
