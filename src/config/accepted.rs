//! Which recipients of a repository's configuration the user has accepted (SECURITY, R2).
//!
//! Who can write to `dekko.toml` could name himself there. So a recipient that comes from it is wrapped to only after the
//! user said yes, once for each folder that has a `dekko.toml`. The answer lies with the user, not in the repository; it is
//! about recipients themselves and not about names, behind which another key may stand tomorrow.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Value, json};

use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::fs::State;

/// The name of the file.
const NAME: &str = "accepted.json";

/// How often a write is tried when others write, too.
const TRIES: usize = 20;

/// The recipients that were accepted for one folder.
#[derive(Debug)]
pub struct Accepted {
    state: Option<State>,
    recipients: BTreeSet<String>,
}

impl Accepted {
    /// Those for the configuration in `folder`; none where the user has no place for them, or where what is there cannot be read.
    pub fn of(environment: &Environment, folder: &Path) -> Self {
        let state = State::of(environment, folder);
        let bytes = state.as_ref().and_then(|state| state.read(NAME).ok().flatten());
        Self { recipients: bytes.map(|bytes| read(&bytes)).unwrap_or_default(), state }
    }

    /// The recipients as files call them (`age:age1…`).
    pub fn recipients(&self) -> &BTreeSet<String> {
        &self.recipients
    }

    /// Accepts `recipients`, too, for the configuration in `folder`, from now on.
    ///
    /// # Errors
    /// [`Error::Io`] when that cannot be remembered; they are accepted for now all the same.
    pub fn accept(&mut self, folder: &Path, recipients: &BTreeSet<String>) -> Result<()> {
        let before = self.recipients.len();
        self.recipients.extend(recipients.iter().cloned());
        let Some(state) = self.state.as_ref().filter(|_| self.recipients.len() > before) else {
            return Ok(());
        };
        let mut tries = 0;
        loop {
            let old = state.read(NAME)?;
            let mut all = old.as_deref().map(read).unwrap_or_default();
            all.extend(self.recipients.iter().cloned());
            let folder = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
            let text = json!({ "folder": folder.to_string_lossy(), "recipients": all });
            match state.write(NAME, old.as_deref(), format!("{text:#}\n").as_bytes()) {
                Err(error) if matches!(error.bare(), Error::ChangedMeanwhile) && tries < TRIES => tries += 1,
                other => return other,
            }
        }
    }
}

/// The recipients in `bytes`; none when they are not what [`Accepted::accept`] writes.
fn read(bytes: &[u8]) -> BTreeSet<String> {
    let value: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let list = value.get("recipients").and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_accepted_once_is_accepted_for_that_folder_and_no_other() {
        let desk = tempfile::tempdir().unwrap();
        let (one, other) = (desk.path().join("one"), desk.path().join("other"));
        for folder in [&one, &other] {
            std::fs::create_dir(folder).unwrap();
        }
        let names = ["XDG_STATE_HOME", "LOCALAPPDATA"];
        let environment = Environment::new(names.map(|name| (name.into(), desk.path().into())));
        let set = |rids: &[&str]| -> BTreeSet<String> { rids.iter().map(|&rid| rid.to_owned()).collect() };
        // Two at a time forget nothing of each other.
        let mut first = Accepted::of(&environment, &one);
        let mut second = Accepted::of(&environment, &one);
        first.accept(&one, &set(&["age:a"])).unwrap();
        second.accept(&one, &set(&["age:b"])).unwrap();
        assert_eq!(*Accepted::of(&environment, &one).recipients(), set(&["age:a", "age:b"]));
        assert!(Accepted::of(&environment, &other).recipients().is_empty());
        assert!(read(b"[1").is_empty() && read(b"{\"recipients\": [1]}").is_empty());
    }

    #[test]
    fn without_a_place_nothing_is_remembered_and_nothing_fails() {
        let environment = Environment::new([]);
        let mut accepted = Accepted::of(&environment, Path::new("."));
        accepted.accept(Path::new("."), &BTreeSet::from(["age:a".to_owned()])).unwrap();
        assert_eq!(accepted.recipients().len(), 1);
        assert!(Accepted::of(&environment, Path::new(".")).recipients().is_empty());
    }
}
