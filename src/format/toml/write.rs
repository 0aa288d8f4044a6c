//! Values as whole TOML texts: plain entries first, then tables, then arrays of tables.

use super::value::{Quotes, key, text};
use crate::document::{PathStep, Value};
use crate::error::{Error, Result};
use crate::format::members::path_below;

/// The text of a document that says `value`.
///
/// # Errors
/// [`Error::Unsayable`] naming the path of what TOML cannot say.
pub(super) fn document(value: &Value) -> Result<String> {
    let unsayable = |reason: &str| Error::Unsayable { path: ".".to_owned(), reason: reason.to_owned() };
    let Value::Map(entries) = value else {
        return Err(unsayable("is no map, which a TOML file needs"));
    };
    if entries.iter().any(|(name, _)| name == "dekko") {
        return Err(unsayable("has an entry 'dekko', which is the name of the metadata"));
    }
    let mut writer = Writer { steps: Vec::new(), headers: Vec::new(), out: String::new() };
    writer.table(entries)?;
    Ok(writer.out)
}

struct Writer {
    steps: Vec<PathStep>,
    /// The keys of the header at hand, written.
    headers: Vec<String>,
    out: String,
}

/// The maps of a list that is written as an array of tables.
fn tables(value: &Value) -> Option<Vec<&Vec<(String, Value)>>> {
    let Value::List(items) = value else { return None };
    let maps = items.iter().map(|item| if let Value::Map(entries) = item { Some(entries) } else { None });
    maps.collect::<Option<Vec<_>>>().filter(|maps| !maps.is_empty())
}

fn is_table(value: &Value) -> bool {
    matches!(value, Value::Map(_)) || tables(value).is_some()
}

impl Writer {
    fn table(&mut self, entries: &[(String, Value)]) -> Result<()> {
        for (name, value) in entries.iter().filter(|(_, value)| !is_table(value)) {
            self.steps.push(PathStep::Key(name.clone()));
            let path = path_below(".", &self.steps);
            self.out.push_str(&format!("{} = {}\n", key(name), text(value, &path, Quotes::BasicLines)?));
            self.steps.pop();
        }
        for (name, value) in entries {
            self.steps.push(PathStep::Key(name.clone()));
            self.headers.push(key(name));
            if let Value::Map(inner) = value {
                // A table of tables alone needs no header of its own.
                if inner.is_empty() || inner.iter().any(|(_, value)| !is_table(value)) {
                    self.header("[", "]");
                }
                self.table(inner)?;
            }
            for (at, inner) in tables(value).into_iter().flatten().enumerate() {
                self.header("[[", "]]");
                self.steps.push(PathStep::Item(at));
                self.table(inner)?;
                self.steps.pop();
            }
            self.headers.pop();
            self.steps.pop();
        }
        Ok(())
    }

    fn header(&mut self, open: &str, close: &str) {
        if !self.out.is_empty() {
            self.out.push('\n');
        }
        self.out.push_str(&format!("{open}{}{close}\n", self.headers.join(".")));
    }
}
