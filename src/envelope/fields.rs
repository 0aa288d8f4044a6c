//! Walking over a block's fields in the one order they have.

use super::wrapped_key::WrappedKey;
use crate::crypto::from_base64url_array;
use crate::document::{Field, escape};
use crate::error::{Class, Error, Position, Result};

/// The fields that are still to be read.
pub(super) struct Cursor<'f> {
    all: &'f [Field],
    rest: &'f [Field],
    at: Option<Position>,
}

impl<'f> Cursor<'f> {
    pub(super) fn new(fields: &'f [Field], at: Option<Position>) -> Self {
        Self { all: fields, rest: fields, at }
    }

    /// Looks at `v`, wherever it stands: under another version nothing else is known about the fields.
    pub(super) fn check_version(&self) -> Result<()> {
        match self.all.iter().find(|field| field.name == "v") {
            Some(field) if field.value != "1" => {
                let what = "the file has another layout than version 1; a newer dekko may read it";
                Err(Error::refused(Class::Version, self.at, what))
            }
            Some(_) => Ok(()),
            None => Err(self.wrong("the field 'v' is missing")),
        }
    }

    /// The field `name`, which must be next, as `read` reads it.
    pub(super) fn field<T>(&mut self, name: &str, read: impl FnOnce(&str) -> Option<T>) -> Result<T> {
        self.option(name, read)?.ok_or_else(|| self.misplaced(name))
    }

    /// The field `name` if it is next.
    pub(super) fn option<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>> {
        match self.rest.split_first() {
            Some((field, rest)) if field.name == name => {
                self.rest = rest;
                let value = read(&field.value)
                    .ok_or_else(|| self.wrong(format!("the field '{name}' is not one that dekko writes")))?;
                Ok(Some(value))
            }
            _ => Ok(None),
        }
    }

    /// The field `name`, which must be next and hold exactly `N` bytes.
    pub(super) fn bytes<const N: usize>(&mut self, name: &str) -> Result<[u8; N]> {
        self.field(name, from_base64url_array)
    }

    /// All that is left: recipients, at least one, sorted, each once.
    pub(super) fn recipients(&mut self) -> Result<Vec<WrappedKey>> {
        let mut recipients: Vec<WrappedKey> = Vec::with_capacity(self.rest.len());
        loop {
            let next = self.field("recipient", WrappedKey::parse)?;
            if recipients.last().is_some_and(|last| last.rid >= next.rid) {
                return Err(self.wrong("the recipients are not sorted, or one stands twice"));
            }
            recipients.push(next);
            if self.rest.is_empty() {
                return Ok(recipients);
            }
        }
    }

    /// Why the field `name` is not next.
    fn misplaced(&self, name: &str) -> Error {
        match self.rest.first() {
            Some(other) => {
                let other = escape(&other.name);
                self.wrong(format!("the field '{other}' stands where '{name}' belongs"))
            }
            None => self.wrong(format!("the field '{name}' is missing")),
        }
    }

    fn wrong(&self, what: impl Into<String>) -> Error {
        Error::refused(Class::Metadata, self.at, what)
    }
}
