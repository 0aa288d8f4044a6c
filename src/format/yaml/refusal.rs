//! The parser's refusals in dekko's words.

use granit_parser::{ErrorKind, ScanError};

use crate::document::{Limits, position};
use crate::error::{Class, Error};

/// The parser's refusal in words that hold nothing of the text.
pub(super) fn refused(text: &str, error: &ScanError) -> Error {
    let at = error.marker().byte_offset().map(|at| position(text.as_bytes(), at));
    let (class, what) = match error.kind() {
        ErrorKind::RecursionLimitExceeded => {
            (Class::Limit, format!("nested deeper than {} levels", Limits::DEPTH))
        }
        ErrorKind::UnknownAnchor => {
            (Class::Syntax, "an alias without an anchor of its name before it".to_owned())
        }
        ErrorKind::UnexpectedCharacter { .. } => {
            (Class::Syntax, "a character that cannot stand here unquoted".to_owned())
        }
        ErrorKind::Custom(_) | ErrorKind::InputIo { .. } | ErrorKind::InputDecoding { .. } => {
            (Class::Syntax, "not valid YAML".to_owned())
        }
        // The other kinds' words are fixed, but for limits and brackets.
        kind => (Class::Syntax, kind.to_string()),
    };
    Error::refused(class, at, what)
}
