//! What a check finds: the kind of defect, where it is, and what it is in words. Never a value.

use std::fmt;

use crate::document::escape;
use crate::error::{Class, Position};

/// The kinds of defects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Defect {
    /// The file is not encrypted at all.
    NotEncrypted,
    /// A value stands plain that must be a token.
    PlainValue,
    /// The file's own policy, cover or scope is not what its rule wants, or is not kept.
    Policy,
    /// Marks of a merge conflict.
    Conflict,
    /// The tags were not drawn after a merge.
    Unsealed,
    /// A link or a submodule stands where a file must be encrypted.
    NotAFile,
    /// The text is not valid in its format.
    Syntax,
    /// The metadata block is not as dekko writes it.
    Metadata,
    /// Another version of the format.
    Version,
    /// Larger, deeper or longer than dekko reads.
    Limit,
    /// A token that is none, or an id that stands twice.
    Token,
    /// A token of another data key.
    ForeignToken,
    /// A recipient that the rule does not name.
    Recipient,
    /// Private key material.
    PrivateKey,
    /// Two files with one data key and one file id.
    Copy,
    /// The order of tokens changed, and the epoch did not.
    Order,
    /// A commit takes a file from the rules, or has them ask for less.
    Rules,
    /// A `dekko.toml` that cannot be used.
    Configuration,
}

impl Defect {
    /// All of them, in the order in which reports list them.
    pub const ALL: [Self; 18] = [
        Self::NotEncrypted,
        Self::PlainValue,
        Self::Policy,
        Self::Conflict,
        Self::Unsealed,
        Self::NotAFile,
        Self::Syntax,
        Self::Metadata,
        Self::Version,
        Self::Limit,
        Self::Token,
        Self::ForeignToken,
        Self::Recipient,
        Self::PrivateKey,
        Self::Copy,
        Self::Order,
        Self::Rules,
        Self::Configuration,
    ];

    /// Its name in every report; it never changes.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotEncrypted => "not-encrypted",
            Self::PlainValue => "plain-value",
            Self::Policy => "policy",
            Self::Conflict => "conflict",
            Self::Unsealed => "unsealed",
            Self::NotAFile => "not-a-file",
            Self::Syntax => "syntax",
            Self::Metadata => "metadata",
            Self::Version => "version",
            Self::Limit => "limit",
            Self::Token => "token",
            Self::ForeignToken => "foreign-token",
            Self::Recipient => "recipient",
            Self::PrivateKey => "private-key",
            Self::Copy => "copy",
            Self::Order => "order",
            Self::Rules => "rules",
            Self::Configuration => "configuration",
        }
    }

    /// What it is, in one sentence.
    pub fn summary(self) -> &'static str {
        match self {
            Self::NotEncrypted => "A file that must be encrypted is not",
            Self::PlainValue => "A value that must be encrypted stands plain",
            Self::Policy => "The file's own policy is not what its rule in dekko.toml wants",
            Self::Conflict => "The file holds the marks of a merge conflict",
            Self::Unsealed => "The file was merged and not sealed again",
            Self::NotAFile => "A link or a submodule stands where a file must be encrypted",
            Self::Syntax => "The text is not valid in its format",
            Self::Metadata => "The metadata block is not as dekko writes it",
            Self::Version => "The file has a newer layout than this dekko reads",
            Self::Limit => "The file is larger or deeper than dekko reads",
            Self::Token => "What stands in the place of a value is no valid token",
            Self::ForeignToken => "A token belongs to another file's data key",
            Self::Recipient => "Someone can read the file whom its rule does not name",
            Self::PrivateKey => "Private key material stands in the open",
            Self::Copy => "Two files share their data key and file id",
            Self::Order => "Encrypted values were reordered without a new epoch",
            Self::Rules => "A commit lets the rules ask for less of a file",
            Self::Configuration => "A dekko.toml cannot be used",
        }
    }

    /// What to do about it.
    pub fn advice(self) -> &'static str {
        match self {
            Self::NotEncrypted => {
                "Encrypt it (dekko encrypt FILE). If it was pushed already, change its values at their sources."
            }
            Self::PlainValue => {
                "Seal the file again (dekko reseal FILE): what was typed in by hand is encrypted then; where the file's own \
                 policy leaves it plain: dekko rewrap --policy FILE. If it was pushed already, change it at its source."
            }
            Self::Policy => {
                "Bring the file to its rule (dekko rewrap --policy FILE), or change the rule; dekko explain FILE shows \
                 the policies of both."
            }
            Self::Conflict => "Finish the merge: dekko resolve FILE.",
            Self::Unsealed => "Seal it: dekko reseal FILE.",
            Self::NotAFile => "Put the file itself there: nobody looks at what lies behind a link.",
            Self::Syntax => "Mend the text, or take the last good version from git's history.",
            Self::Metadata | Self::Token => {
                "Take the last good version from git's history; see who changed it."
            }
            Self::Version => "Use a newer dekko.",
            Self::Limit => "Split the file.",
            Self::ForeignToken => {
                "Type the value itself in its place, then: dekko reseal FILE; tokens cannot be copied between files."
            }
            Self::Recipient => {
                "Name them in dekko.toml first, in a change of its own that is reviewed and pushed, then push the files \
                 (of commits that are not pushed: git reset --soft @{u}; git commit dekko.toml; git push; git commit; \
                 git push), or take the recipient out (dekko recipients remove FILE …)."
            }
            Self::PrivateKey => {
                "Take it out. If it was pushed already, it is known: make a new key and rotate the files it opens."
            }
            Self::Copy => "Encrypt the copy anew: dekko decrypt COPY, then dekko encrypt.",
            Self::Order => {
                "Make the change with dekko (dekko edit FILE), or seal it anew: dekko reseal FILE."
            }
            Self::Rules => {
                "Keep the rule as long as the file is there. Where it is meant, a maintainer accepts that one commit: \
                 --accept-rules COMMIT, or git config --add dekko.acceptRules COMMIT."
            }
            Self::Configuration => "Mend dekko.toml; until then nothing says what must be encrypted.",
        }
    }
}

impl From<Class> for Defect {
    fn from(class: Class) -> Self {
        match class {
            Class::Syntax => Self::Syntax,
            Class::Version => Self::Version,
            Class::Limit => Self::Limit,
            Class::Foreign => Self::ForeignToken,
            Class::Policy => Self::Policy,
            Class::Metadata | Class::Head | Class::Dek => Self::Metadata,
            Class::Token | Class::Value | Class::Link | Class::End => Self::Token,
        }
    }
}

/// A defect at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind it is.
    pub defect: Defect,
    /// The file, from the top of the repository, or as it was named.
    pub path: Vec<u8>,
    /// The commit that brings it; `None` outside of history.
    pub commit: Option<String>,
    /// Where in the file.
    pub at: Option<Position>,
    /// What it is, in words: lower case, control characters escaped, no value.
    pub what: String,
}

impl Finding {
    /// The file's name for people.
    pub fn shown_path(&self) -> String {
        shown(&self.path)
    }
}

/// `path` for people.
pub fn shown(path: &[u8]) -> String {
    escape(&String::from_utf8_lossy(path))
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(commit) = &self.commit {
            write!(f, "commit {}: ", commit.get(..12).unwrap_or(commit))?;
        }
        f.write_str(&self.shown_path())?;
        if let Some(at) = self.at {
            write!(f, ":{}:{}", at.line, at.column)?;
        }
        write!(f, ": {}: {}", self.defect.name(), self.what)
    }
}

/// What a check came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many files, and versions of files, were looked at.
    pub checked: usize,
    /// What was found, by commit and path in the order in which they were looked at.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Adds what another check came to.
    pub fn extend(&mut self, other: Self) {
        self.checked += other.checked;
        for finding in other.findings {
            if !self.findings.contains(&finding) {
                self.findings.push(finding);
            }
        }
    }
}
