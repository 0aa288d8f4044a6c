//! Which recipients of a repository's configuration the user has accepted (SECURITY, R2).
//!
//! Who can write to `dekko.toml` could name himself there. So a recipient that comes from it is wrapped to only after the
//! user said yes, once for each folder that has a `dekko.toml`. The answer lies with the user, not in the repository; it is
//! about a recipient under the name that it was shown by, since another key may stand behind that name tomorrow, and the key
//! behind another name. It holds for one repository: another one in the same place is asked about again.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Map, Value, json};

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
    trouble: Option<Error>,
    content: Content,
}

/// What the user said yes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Welcome {
    /// Recipients as files call them (`age:age1…`), with the names that they were shown by.
    pub recipients: BTreeMap<String, Option<String>>,
    /// The recipient behind each name that was shown, of members of groups, too.
    pub names: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Content {
    /// The first commit of the repository.
    repository: Option<String>,
    welcome: Welcome,
}

impl Accepted {
    /// Those for the configuration in `folder`; none where the user has no place for them, or where what is there cannot be
    /// read or is not the user's own.
    pub fn of(environment: &Environment, folder: &Path) -> Self {
        let state = State::of(environment, folder);
        let (bytes, trouble) = match state.as_ref().map(|state| state.read(NAME)) {
            Some(Ok(bytes)) => (bytes, None),
            Some(Err(error)) => (None, Some(error)),
            None => (None, None),
        };
        Self { state, trouble, content: bytes.map(|bytes| read(&bytes)).unwrap_or_default() }
    }

    /// Why what was accepted is not known.
    pub fn trouble(&self) -> Option<&Error> {
        self.trouble.as_ref()
    }

    /// The first commit of the repository that they were accepted for; `None` where there was none then.
    pub fn repository(&self) -> Option<&str> {
        self.content.repository.as_deref()
    }

    /// Takes none of them as accepted: they were for another repository.
    pub fn disregard(&mut self) {
        self.content = Content::default();
    }

    /// Whether `rid` was accepted, by the `name` that it has now if it has one.
    pub fn has(&self, rid: &str, name: Option<&str>) -> bool {
        let known = self.content.welcome.recipients.get(rid);
        known.is_some_and(|known| name.is_none() || known.as_deref() == name)
    }

    /// The name that `rid` was accepted by; `None` when it was not, or without one.
    pub fn name_of(&self, rid: &str) -> Option<&str> {
        self.content.welcome.recipients.get(rid)?.as_deref()
    }

    /// The recipient that was shown by `name` when the user last said yes to it.
    pub fn known_as(&self, name: &str) -> Option<&str> {
        self.content.welcome.names.get(name).map(String::as_str)
    }

    /// Accepts `welcome`, too, for the configuration in `folder`, of the `repository` with this first commit, from now on.
    ///
    /// # Errors
    /// [`Error::Io`] when that cannot be remembered; they are accepted for now all the same.
    pub fn accept(&mut self, folder: &Path, repository: Option<&str>, welcome: &Welcome) -> Result<()> {
        let add = |content: &mut Content| {
            content.welcome.recipients.extend(welcome.recipients.clone());
            content.welcome.names.extend(welcome.names.clone());
        };
        // What is on the disk counts as little as it did when it was read.
        let is_new = self.content.repository.is_none();
        let is_other = |content: &Content| {
            is_new && content.repository.as_deref().is_some_and(|old| Some(old) != repository)
        };
        let state = self.state.clone();
        let written = state.map_or(Ok(()), |state| {
            change(&state, folder, &|content| {
                if is_other(content) {
                    *content = Content::default();
                }
                content.repository = content.repository.take().or_else(|| repository.map(str::to_owned));
                add(content);
            })
        });
        add(&mut self.content);
        written
    }

    /// Forgets, for the configuration in `folder`, the recipients that `is_meant` says; they are asked for again.
    ///
    /// # Errors
    /// [`Error::Io`] when that cannot be remembered.
    pub fn withdraw(&mut self, folder: &Path, is_meant: impl Fn(&str) -> bool) -> Result<()> {
        let meant: BTreeSet<String> =
            self.content.welcome.recipients.keys().filter(|rid| is_meant(rid)).cloned().collect();
        let Some(state) = self.state.as_ref().filter(|_| !meant.is_empty()) else { return Ok(()) };
        self.content.welcome.recipients.retain(|rid, _| !meant.contains(rid));
        change(state, folder, &|content| content.welcome.recipients.retain(|rid, _| !meant.contains(rid)))
    }
}

/// Makes `edit` of what is remembered in `state` about `folder`.
fn change(state: &State, folder: &Path, edit: &dyn Fn(&mut Content)) -> Result<()> {
    let mut tries = 0;
    loop {
        let old = state.read(NAME)?;
        let before = old.as_deref().map(read).unwrap_or_default();
        let mut content = before.clone();
        edit(&mut content);
        if content == before {
            return Ok(());
        }
        let folder = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        let shown = |(rid, name): (&String, &Option<String>)| json!({ "recipient": rid, "name": name });
        let text = json!({
            "folder": folder.to_string_lossy(),
            "repository": content.repository,
            "recipients": content.welcome.recipients.iter().map(shown).collect::<Vec<_>>(),
            "names": content.welcome.names,
        });
        match state.write(NAME, old.as_deref(), format!("{text:#}\n").as_bytes()) {
            Err(error) if matches!(error.bare(), Error::ChangedMeanwhile) && tries < TRIES => tries += 1,
            other => return other,
        }
    }
}

/// What is in `bytes`; nothing when they are not what [`change`] writes.
fn read(bytes: &[u8]) -> Content {
    let value: Value = serde_json::from_slice(bytes).unwrap_or_default();
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let list = value.get("recipients").and_then(Value::as_array);
    let recipient = |entry: &Value| Some((text(entry, "recipient")?, text(entry, "name")));
    let names = value.get("names").and_then(Value::as_object).into_iter().flat_map(Map::iter);
    Content {
        repository: text(&value, "repository"),
        welcome: Welcome {
            recipients: list.into_iter().flatten().filter_map(recipient).collect(),
            names: names.filter_map(|(name, rid)| Some((name.clone(), rid.as_str()?.to_owned()))).collect(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn welcome(people: &[(&str, &str)]) -> Welcome {
        let mut welcome = Welcome::default();
        for &(rid, name) in people {
            welcome.recipients.insert(rid.to_owned(), Some(name.to_owned()));
            welcome.names.insert(name.to_owned(), rid.to_owned());
        }
        welcome
    }

    fn desk() -> (tempfile::TempDir, Environment) {
        let desk = tempfile::tempdir().unwrap();
        let names = ["XDG_STATE_HOME", "LOCALAPPDATA"];
        let environment = Environment::new(names.map(|name| (name.into(), desk.path().into())));
        (desk, environment)
    }

    #[test]
    fn what_was_accepted_once_is_accepted_for_that_folder_and_no_other() {
        let (desk, environment) = desk();
        let (one, other) = (desk.path().join("one"), desk.path().join("other"));
        for folder in [&one, &other] {
            std::fs::create_dir(folder).unwrap();
        }
        // Two at a time forget nothing of each other.
        let mut first = Accepted::of(&environment, &one);
        let mut second = Accepted::of(&environment, &one);
        first.accept(&one, None, &welcome(&[("age:a", "a")])).unwrap();
        second.accept(&one, None, &welcome(&[("age:b", "b")])).unwrap();
        let now = Accepted::of(&environment, &one);
        assert!(now.has("age:a", Some("a")) && now.has("age:b", Some("b")) && now.has("age:b", None));
        assert!(!now.has("age:a", Some("b")), "by another name");
        assert_eq!((now.known_as("b"), now.known_as("c")), (Some("age:b"), None));
        assert!(!Accepted::of(&environment, &other).has("age:a", None));
        assert!([&b"[1"[..], b"{\"recipients\": [1]}"].iter().all(|bytes| read(bytes) == Content::default()));
    }

    #[test]
    fn what_is_withdrawn_is_not_accepted_and_its_name_is_remembered() {
        let (desk, environment) = desk();
        let mut accepted = Accepted::of(&environment, desk.path());
        accepted.accept(desk.path(), None, &welcome(&[("age:a", "a"), ("age:b", "b")])).unwrap();
        accepted.withdraw(desk.path(), |rid| rid == "age:b").unwrap();
        for accepted in [accepted, Accepted::of(&environment, desk.path())] {
            assert!(accepted.has("age:a", Some("a")) && !accepted.has("age:b", Some("b")));
            assert_eq!(accepted.known_as("b"), Some("age:b"));
        }
    }

    #[test]
    fn another_repository_in_the_same_place_begins_anew() {
        let (desk, environment) = desk();
        Accepted::of(&environment, desk.path())
            .accept(desk.path(), Some("1"), &welcome(&[("age:a", "a")]))
            .unwrap();
        let mut now = Accepted::of(&environment, desk.path());
        assert_eq!(now.repository(), Some("1"));
        now.disregard();
        now.accept(desk.path(), Some("2"), &welcome(&[("age:b", "b")])).unwrap();
        let now = Accepted::of(&environment, desk.path());
        assert_eq!(now.repository(), Some("2"));
        assert!(now.has("age:b", Some("b")) && !now.has("age:a", Some("a")));
    }

    #[test]
    fn without_a_place_nothing_is_remembered_and_nothing_fails() {
        let environment = Environment::new([]);
        let mut accepted = Accepted::of(&environment, Path::new("."));
        accepted.accept(Path::new("."), None, &welcome(&[("age:a", "a")])).unwrap();
        assert!(accepted.has("age:a", Some("a")));
        assert!(!Accepted::of(&environment, Path::new(".")).has("age:a", None));
    }
}
