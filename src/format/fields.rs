//! The fields of a metadata block on their way out of a parser.

use std::collections::HashSet;

use crate::document::Field;

/// What a parser met at one place inside the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found<'t> {
    /// A key.
    Key(&'t str),
    /// A text, quotes undone.
    Text(&'t str),
    /// A list opens.
    List,
    /// The innermost list closes.
    ListEnd,
    /// Anything that no block holds.
    Other,
}

/// Why a block is refused, and the byte where it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    /// The byte in the source.
    pub at: usize,
    /// What is wrong, in words.
    pub what: &'static str,
}

/// Collects the fields of a block written as a map: every field a text, `recipients` a list of texts. The first flaw is
/// kept until the whole text is known to be valid in its format.
#[derive(Debug, Default)]
pub(super) struct Fields {
    fields: Vec<Field>,
    keys: HashSet<String>,
    key: Option<String>,
    is_list: bool,
    flaw: Option<Flaw>,
}

impl Fields {
    /// Takes what stands at byte `at`.
    pub fn take(&mut self, found: Found<'_>, at: usize) {
        match found {
            Found::Key(name) => {
                self.keys.insert(name.to_owned());
                self.key = Some(name.to_owned());
                if name == "recipient" {
                    self.flaw(at, "an unknown field in the metadata");
                }
            }
            Found::Text(value) if self.is_list => self.push("recipient".to_owned(), value),
            Found::Text(value) => match self.key.take() {
                Some(name) if name != "recipients" => self.push(name, value),
                _ => self.flaw(at, "a metadata field that is not as it should be"),
            },
            Found::List if !self.is_list && self.key.as_deref() == Some("recipients") => {
                self.key = None;
                self.is_list = true;
            }
            Found::ListEnd if self.is_list => self.is_list = false,
            Found::List | Found::ListEnd | Found::Other => {
                self.key = None;
                self.flaw(at, "a metadata field that is not a text");
            }
        }
    }

    /// Whether the key was met before.
    pub fn has(&self, name: &str) -> bool {
        self.keys.contains(name)
    }

    /// Notes that `what` is wrong at byte `at`; the first note stays.
    pub fn flaw(&mut self, at: usize, what: &'static str) {
        self.flaw.get_or_insert(Flaw { at, what });
    }

    /// The fields, or what is wrong with them.
    pub fn finish(self) -> Result<Vec<Field>, Flaw> {
        self.flaw.map_or(Ok(self.fields), Err)
    }

    fn push(&mut self, name: String, value: &str) {
        self.fields.push(Field { name, value: value.to_owned() });
    }
}
