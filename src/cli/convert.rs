//! Joining decrypted YAML files to one stream, and converting to other formats.

use clap::ValueEnum;

use crate::document::{Document, NodeId};
use crate::error::{Error, Result};
use crate::file::FileType;
use crate::format::{self, Format, line_break};

/// The format that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Target {
    Yaml,
    Json,
    Toml,
    #[value(alias = "dotenv")]
    Env,
}

impl Target {
    /// The format.
    ///
    /// # Errors
    /// [`Error::Usage`] when this build does not have it.
    pub fn format(self) -> Result<&'static dyn Format> {
        let name = match self {
            Self::Yaml => "yaml",
            Self::Json => "json",
            Self::Toml => "toml",
            Self::Env => "dotenv",
        };
        format::named(name).ok_or_else(|| Error::Usage { what: format!("this build cannot write {name}") })
    }
}

/// `texts` as one YAML stream; a single one as it is.
pub(super) fn joined(texts: Vec<Vec<u8>>) -> Vec<u8> {
    let mut texts = texts.into_iter();
    let mut joined = texts.next().unwrap_or_default();
    for text in texts {
        // Only the first document of a stream may begin with a byte order mark in every reader.
        let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&text);
        let line_break = line_break(std::str::from_utf8(text).unwrap_or_default()).as_bytes();
        if !joined.is_empty() && !joined.ends_with(b"\n") {
            joined.extend_from_slice(line_break);
        }
        let separator: &[u8] = match first_content(text) {
            Some(line) if is_marker(line) => b"",
            Some(line) if line.starts_with(b"%") => b"...",
            _ => b"---",
        };
        if !separator.is_empty() {
            joined.extend_from_slice(separator);
            joined.extend_from_slice(line_break);
        }
        joined.extend_from_slice(text);
    }
    joined
}

/// The first line of `text` that is neither blank nor a comment.
fn first_content(text: &[u8]) -> Option<&[u8]> {
    text.split(|&byte| byte == b'\n').find(|line| {
        let line = line.trim_ascii_start();
        !line.is_empty() && !line.starts_with(b"#")
    })
}

/// Whether `line` starts a YAML document: `---`, alone or before a blank.
fn is_marker(line: &[u8]) -> bool {
    line.strip_prefix(b"---").is_some_and(|rest| rest.first().is_none_or(|byte| b" \t\r".contains(byte)))
}

/// The plain text `bytes` of type `from`, written anew in the format `target`.
///
/// # Errors
/// [`Error::Unsayable`] that names the first value which the target cannot say; [`Error::Usage`] for a file without
/// values.
pub(super) fn converted(bytes: Vec<u8>, from: FileType, target: Target) -> Result<Vec<u8>> {
    let FileType::Text(from) = from else {
        return Err(Error::Usage {
            what: "the file is encrypted as a whole: there are no values to convert".to_owned(),
        });
    };
    let document = format::parse(from, bytes)?;
    let roots: Vec<NodeId> = document.roots().collect();
    match roots.as_slice() {
        [root] => written(from, &document, *root, target),
        _ if target == Target::Yaml => {
            let texts = roots.iter().map(|&root| written(from, &document, root, target));
            Ok(joined(texts.collect::<Result<_>>()?))
        }
        _ => Err(Error::Unsayable {
            path: ".".to_owned(),
            reason: format!("is {} documents; {} can say one", roots.len(), target.format()?.name()),
        }),
    }
}

fn written(from: &dyn Format, document: &Document, root: NodeId, target: Target) -> Result<Vec<u8>> {
    let value = format::value_at(from, document, root)?;
    Ok(target.format()?.write(&value)?.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn join(texts: &[&str]) -> String {
        String::from_utf8(joined(texts.iter().map(|text| text.as_bytes().to_vec()).collect())).expect("UTF-8")
    }

    #[test]
    fn documents_are_joined_by_one_marker_each() {
        assert_eq!(join(&["a: 1"]), "a: 1");
        assert_eq!(join(&["a: 1", "b: 2\n"]), "a: 1\n---\nb: 2\n");
        assert_eq!(join(&["a: 1\n", "---\nb: 2\n"]), "a: 1\n---\nb: 2\n");
        assert_eq!(join(&["a: 1\n", "# c\n\n--- x\n"]), "a: 1\n# c\n\n--- x\n");
        assert_eq!(join(&["a: 1\n", "%YAML 1.2\n---\nb\n"]), "a: 1\n...\n%YAML 1.2\n---\nb\n");
        assert_eq!(join(&["a: 1\r\n", "---x: 2\r\n"]), "a: 1\r\n---\r\n---x: 2\r\n");
        assert_eq!(join(&["a: 1\n", "\u{feff}b: 2\n"]), "a: 1\n---\nb: 2\n");
    }
}
