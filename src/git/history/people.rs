//! Commits as people know them: id, author, date, subject. Everything but the id is chosen by strangers.

use std::collections::HashMap;

use super::complete::short;
use super::log::{Log, Place};
use crate::envelope::moment_at;
use crate::error::Result;
use crate::git::command::Git;
use crate::git::graph::At;
use crate::git::objects::Objects;

/// A commit, or what is not yet one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Where it is.
    pub place: Place,
    /// The author's name as written; not escaped.
    pub author: String,
    /// The author's moment in seconds since 1970; 0 when it is not given.
    pub seconds: u64,
    /// The first line of its message; not escaped.
    pub subject: String,
}

impl Commit {
    /// Its short id, or what it is instead of a commit.
    pub fn name(&self) -> &str {
        match &self.place {
            Place::Commit(id) => short(id),
            Place::Index => "the index",
            Place::WorkTree => "the work tree",
        }
    }

    /// Its whole id; `None` for what is not yet a commit.
    pub fn id(&self) -> Option<&str> {
        match &self.place {
            Place::Commit(id) => Some(id),
            Place::Index | Place::WorkTree => None,
        }
    }

    /// The author's moment, `YYYY-MM-DDThh:mm:ssZ`; `None` for what is not yet a commit.
    pub fn moment(&self) -> Option<String> {
        self.id().map(|_| moment_at(self.seconds))
    }

    fn read(id: &str, bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, message) = text.split_once("\n\n").unwrap_or((&text, ""));
        let author = head.lines().find_map(|line| line.strip_prefix("author ")).unwrap_or_default();
        let (name, rest) = author.rsplit_once('<').unwrap_or((author, ""));
        let moment = rest.split_once('>').map(|(_, moment)| moment.trim()).unwrap_or_default();
        let seconds = moment.split(' ').next().and_then(|seconds| seconds.parse().ok());
        Self {
            place: Place::Commit(id.to_owned()),
            author: name.trim().to_owned(),
            seconds: seconds.unwrap_or_default(),
            subject: message.trim_start().lines().next().unwrap_or_default().to_owned(),
        }
    }
}

/// Commits looked up by their number, each once.
pub(super) struct People<'l> {
    log: &'l Log,
    objects: Objects,
    known: HashMap<At, Commit>,
}

impl<'l> People<'l> {
    /// Those of `log`.
    ///
    /// # Errors
    /// As [`Objects::open`].
    pub fn new(git: &Git, log: &'l Log) -> Result<Self> {
        Ok(Self { log, objects: Objects::open(git)?, known: HashMap::new() })
    }

    /// The commit of number `at`.
    ///
    /// # Errors
    /// As [`Objects::find`].
    pub fn commit(&mut self, at: At) -> Result<Commit> {
        if let Some(known) = self.known.get(&at) {
            return Ok(known.clone());
        }
        let commit = match self.log.place(at) {
            Place::Commit(id) => {
                let bytes = self.objects.find(id)?.map(|object| object.bytes).unwrap_or_default();
                Commit::read(id, &bytes)
            }
            place => {
                Commit { place: place.clone(), author: String::new(), seconds: 0, subject: String::new() }
            }
        };
        self.known.insert(at, commit.clone());
        Ok(commit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_is_read_whatever_its_author_is_called() {
        let commit = |text: &str| {
            let commit = Commit::read("0123456789abcdef", text.as_bytes());
            (commit.author, commit.seconds, commit.subject)
        };
        let of = |name: &str, seconds, subject: &str| (name.to_owned(), seconds, subject.to_owned());
        assert_eq!(
            commit(
                "tree x\nparent y\nauthor A <B> C <a@b> 86400 +0100\ncommitter z\n\nfirst\n\nauthor No <a@b> 1 +0\n"
            ),
            of("A <B> C", 86400, "first")
        );
        assert_eq!(commit("author nobody\n"), of("nobody", 0, ""));
        assert_eq!(commit("author x <> -5 +0\n\n"), of("x", 0, ""));
        assert_eq!(commit(""), of("", 0, ""));
    }
}
