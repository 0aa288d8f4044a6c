//! Texts of `key: value` lines in a fixed order.

use crate::crypto::from_base64url_array;

/// The lines of a text that are not read yet.
pub(super) struct Lines<'a>(std::vec::IntoIter<&'a str>);

impl<'a> Lines<'a> {
    /// The lines behind `first`; `None` when the text begins otherwise.
    pub(super) fn of(text: &'a str, first: &str) -> Option<Self> {
        let lines: Vec<_> = text.trim().lines().map(str::trim_end).collect();
        let mut lines = lines.into_iter();
        (lines.next()? == first).then_some(Self(lines))
    }

    /// What the next line says, when it is about `key`.
    pub(super) fn next(&mut self, key: &str) -> Option<&'a str> {
        self.0.next()?.strip_prefix(key)?.strip_prefix(": ")
    }

    /// The bytes that the next line says in base64url.
    pub(super) fn bytes<const N: usize>(&mut self, key: &str) -> Option<[u8; N]> {
        from_base64url_array(self.next(key)?)
    }

    /// Whether nothing is left.
    pub(super) fn is_over(&self) -> bool {
        self.0.as_slice().is_empty()
    }
}

/// The text of `fields` behind `first`.
pub(super) fn written(first: &str, fields: &[(&str, String)]) -> String {
    let fields = fields.iter().map(|(key, value)| format!("{key}: {value}\n"));
    format!("{first}\n{}", fields.collect::<String>())
}
