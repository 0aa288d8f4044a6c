//! Every way dekko fails, on one page.
//!
//! A variant is a failure that a caller can tell from the others; its fields are facts. What to do about it is the
//! command line's to say. No message holds a value, a key, a part of either, or a length: it names the place instead.

use std::fmt;
use std::io;
use std::path::PathBuf;

/// The result of everything in this library that can fail.
pub type Result<T> = std::result::Result<T, Error>;

/// The classes of section 10 of the format: why a reader refuses a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The text is not valid in its format, or holds what dekko refuses there.
    Syntax,
    /// The metadata block lacks parts, is not canonical or not where it belongs.
    Metadata,
    /// The file was written under another version of the format.
    Version,
    /// The file is larger, deeper or longer than a reader takes.
    Limit,
    /// A token's grammar, padding or kind is wrong, or an id stands twice.
    Token,
    /// A token belongs to another file's data key.
    Foreign,
    /// The unwrapped data key is not the one that the file names.
    Dek,
    /// The tag over the metadata does not match.
    Head,
    /// The tag of a token in its surroundings does not match.
    Link,
    /// The tag over the end of the file does not match.
    End,
    /// A value that must be secret is plain, or the other way round.
    Policy,
    /// The authenticated encryption of a value refuses.
    Value,
}

impl Class {
    /// The name that messages, test vectors and the format's description use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Metadata => "metadata",
            Self::Version => "version",
            Self::Limit => "limit",
            Self::Token => "token",
            Self::Foreign => "foreign",
            Self::Dek => "dek",
            Self::Head => "head",
            Self::Link => "link",
            Self::End => "end",
            Self::Policy => "policy",
            Self::Value => "value",
        }
    }

    /// Whether the class means that the file was altered after it was sealed (all but the first four).
    pub fn is_altered(self) -> bool {
        !matches!(self, Self::Syntax | Self::Metadata | Self::Version | Self::Limit)
    }
}

/// A place in a text: line and column, both from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// Where an identity or a recipient was tried, and why it did not serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The source of an identity (`DEKKO_AGE_KEY_FILE`), or a recipient.
    pub source: String,
    /// What went wrong there; never the text that was read.
    pub reason: String,
    /// Whose turn it is.
    pub cause: Cause,
}

/// What it would take for an attempt to go well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Another identity, or a right that is missing: trying again does not help.
    Lacking,
    /// A key service that answers as it should: it did not answer, or nothing that can be used.
    Outage,
}

/// Every failure of this library.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// A text is refused; nothing of it was given out.
    Refused {
        /// Why, in the vocabulary of the format.
        class: Class,
        /// Where in the text, when there is a place.
        at: Option<Position>,
        /// What was found, in words; names of keys at most, never a value.
        what: String,
    },
    /// The file holds no metadata: it was never encrypted by dekko.
    NotEncrypted,
    /// The file holds nothing at all.
    Empty,
    /// The file holds metadata already.
    AlreadyEncrypted,
    /// No identity at hand unwraps the data key.
    NoIdentity {
        /// The recipients the data key is wrapped for.
        recipients: Vec<String>,
        /// The sources that could not be used, and why.
        attempts: Vec<Attempt>,
    },
    /// A recipient's text is not one that a provider knows.
    Recipient {
        /// The recipient as written (a public key or a name), control characters escaped.
        recipient: String,
        /// What is wrong with it.
        reason: String,
    },
    /// git cannot be used, or refused what it was asked.
    Git {
        /// What was asked of it: `"list the commits"`, …
        action: &'static str,
        /// What it said, control characters escaped.
        reason: String,
    },
    /// A key service or plugin refused or did not answer.
    Service {
        /// The recipient or plugin asked.
        service: String,
        /// What it said, or that it did not.
        reason: String,
    },
    /// A key path names nothing in the document, or something else than is asked for.
    Path {
        /// The key path as asked for.
        path: String,
        /// Why it cannot serve.
        reason: String,
    },
    /// A value cannot be written in the format asked for.
    Unsayable {
        /// The key path of the value.
        path: String,
        /// What cannot be said, and in which format.
        reason: String,
    },
    /// The file holds the marks that git leaves where two versions could not be merged.
    Conflict {
        /// The line of the first mark, from 1.
        line: usize,
    },
    /// The file is meant for something else than what was insisted on.
    Scope {
        /// The scope that was insisted on.
        required: String,
        /// The scope that the file has.
        found: Option<String>,
    },
    /// What was given is about another file or data key than the one at hand.
    Mismatch {
        /// What is about what.
        what: String,
    },
    /// Recipients come from the repository's configuration, are new to the file, and nobody said yes to them.
    Unconfirmed {
        /// The recipients, with the names that the configuration gives them where those are known.
        recipients: Vec<String>,
    },
    /// No rule of `dekko.toml` names the file, and no recipient was given.
    NoRule,
    /// `dekko.toml` cannot be used.
    Config {
        /// The line, from 1, when the place is known.
        line: Option<usize>,
        /// What is wrong.
        what: String,
    },
    /// The command cannot be carried out as it was given.
    Usage {
        /// What is wrong with it.
        what: String,
    },
    /// Another dekko is at work on the same files.
    Busy {
        /// What it does, and what was not done.
        what: String,
    },
    /// The file is not as it was when it was read; it was not replaced.
    ChangedMeanwhile,
    /// The file has several names; replacing it would break the others off.
    HardLinks,
    /// The path leads out of the repository.
    Outside,
    /// The folder that a file is to be written into does not exist.
    NoFolder {
        /// The folder, as the user named it.
        folder: PathBuf,
    },
    /// The operating system refused.
    Io {
        /// What was tried: `"read"`, `"replace"`, …
        action: &'static str,
        /// Why it failed.
        source: io::Error,
    },
    /// A failure in a certain file.
    InFile {
        /// The file, as the user named it.
        path: PathBuf,
        /// The failure.
        source: Box<Error>,
    },
    /// A failure of a check that dekko makes on its own output before it writes.
    Internal {
        /// What did not hold.
        what: String,
    },
}

impl Error {
    /// A refusal of class `class` at `at`.
    pub fn refused(class: Class, at: Option<Position>, what: impl Into<String>) -> Self {
        Self::Refused { class, at, what: what.into() }
    }

    /// The same failure, in the file at `path`; a file that is named already stays named.
    #[must_use]
    pub fn in_file(self, path: impl Into<PathBuf>) -> Self {
        match self {
            Self::InFile { .. } => self,
            other => Self::InFile { path: path.into(), source: Box::new(other) },
        }
    }

    /// The failure itself, without the file it happened in.
    pub fn bare(&self) -> &Self {
        match self {
            Self::InFile { source, .. } => source.bare(),
            other => other,
        }
    }

    /// The exit status that tells this failure from others: 2 usage, 3 input, 4 identity, 5 altered, 6 service, 7 file.
    pub fn status(&self) -> u8 {
        match self.bare() {
            Self::Refused { class, .. } if class.is_altered() => 5,
            Self::Scope { .. } | Self::Mismatch { .. } => 5,
            Self::Refused { .. } | Self::NotEncrypted | Self::AlreadyEncrypted | Self::Path { .. } => 3,
            Self::Unsayable { .. } | Self::Conflict { .. } | Self::Empty => 3,
            Self::NoIdentity { attempts, .. } if attempts.iter().any(|one| one.cause == Cause::Outage) => 6,
            Self::NoIdentity { .. } => 4,
            Self::Unconfirmed { .. } => 2,
            Self::Recipient { .. } | Self::Config { .. } | Self::Usage { .. } | Self::NoRule => 2,
            Self::Service { .. } => 6,
            Self::ChangedMeanwhile | Self::HardLinks | Self::Outside | Self::Busy { .. } => 7,
            Self::NoFolder { .. } | Self::Io { .. } | Self::Git { .. } => 7,
            Self::InFile { .. } | Self::Internal { .. } => 7,
        }
    }

    /// The class of a refusal, when it is one.
    pub fn class(&self) -> Option<Class> {
        match self.bare() {
            Self::Refused { class, .. } => Some(*class),
            _ => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused { class, at, what } => {
                if let Some(at) = at {
                    write!(f, "line {}, column {}: ", at.line, at.column)?;
                }
                if class.is_altered() {
                    write!(f, "the file was altered ({}): {what}", class.name())
                } else {
                    write!(f, "{} error: {what}", class.name())
                }
            }
            Self::NotEncrypted => write!(f, "the file is not encrypted"),
            Self::Empty => write!(f, "the file is empty"),
            Self::AlreadyEncrypted => write!(f, "the file is encrypted already"),
            Self::NoIdentity { .. } if self.status() == 6 => {
                write!(f, "no identity here can unwrap the data key, and a key service could not be asked")
            }
            Self::NoIdentity { .. } => write!(f, "no identity here can unwrap the data key"),
            Self::Recipient { recipient, reason } => write!(f, "recipient '{recipient}': {reason}"),
            Self::Service { service, reason } => write!(f, "'{service}': {reason}"),
            Self::Git { action, reason } => write!(f, "git cannot {action}: {reason}"),
            Self::Path { path, reason } => write!(f, "'{path}' {reason}"),
            Self::Unsayable { path, reason } => write!(f, "'{path}' {reason}"),
            Self::Conflict { line } => write!(f, "line {line}: an unresolved merge conflict begins here"),
            Self::Scope { required, found: Some(found) } => {
                write!(f, "the file is for the scope '{found}', not for '{required}'")
            }
            Self::Scope { required, found: None } => {
                write!(f, "the file has no scope, '{required}' was asked for")
            }
            Self::Unconfirmed { recipients } => write!(
                f,
                "dekko.toml lets {} read the file, and nobody has said yes to that",
                recipients.join(", ")
            ),
            Self::NoRule => write!(f, "no rule of dekko.toml names the file, and no recipient was given"),
            Self::Config { line: Some(line), what } => write!(f, "line {line}: {what}"),
            Self::Config { line: None, what }
            | Self::Usage { what }
            | Self::Mismatch { what }
            | Self::Busy { what } => {
                write!(f, "{what}")
            }
            Self::ChangedMeanwhile => write!(f, "the file changed on disk while dekko worked on it"),
            Self::HardLinks => write!(f, "the file has several names (hard links)"),
            Self::Outside => write!(f, "the path leads out of the repository"),
            Self::NoFolder { folder } => {
                write!(f, "the folder '{}' does not exist", escape(&folder.to_string_lossy()))
            }
            Self::Io { action, source } => write!(f, "cannot {action}: {source}"),
            Self::InFile { path, source } => {
                write!(f, "'{}': {source}", escape(&path.to_string_lossy()))
            }
            Self::Internal { what } => write!(f, "internal check failed: {what}"),
        }
    }
}

impl std::error::Error for Error {}

/// `text` with everything a terminal could act on written as escapes: C0 and C1 controls, DEL, and the marks that
/// turn the direction of writing. Line breaks and tabs are escaped too: the result is one line.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_unsafe_on_a_terminal(c) => {
                let code = c as u32;
                let shown = if code < 0x100 { format!("\\x{code:02x}") } else { format!("\\u{{{code:x}}}") };
                out.push_str(&shown);
            }
            c => out.push(c),
        }
    }
    out
}

/// Whether a terminal could act on `c` instead of showing it: controls other than tab and line feed, and the
/// bidirectional marks of Unicode (UAX #9).
pub fn is_unsafe_on_a_terminal(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escaped_text_cannot_drive_a_terminal() {
        assert_eq!(escape("a\x1b[31m\u{202e}\n"), "a\\x1b[31m\\u{202e}\\n");
    }
}
