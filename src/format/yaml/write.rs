//! Values as YAML text: block collections two spaces deeper each, flow collections on one line.

use super::metadata::unsayable;
use super::text::{Look, Place, key, texts};
use crate::document::{KeyPath, PathStep, Value};
use crate::error::Result;

/// Writes values and knows where it is.
pub(super) struct Writer {
    out: String,
    line_break: &'static str,
    path: KeyPath,
}

impl Writer {
    /// A writer whose lines end in `line_break`.
    pub(super) fn new(line_break: &'static str) -> Self {
        Self { out: String::new(), line_break, path: KeyPath::default() }
    }

    /// The text so far.
    pub(super) fn finish(self) -> String {
        self.out
    }

    /// The lines of a whole document, its last one ended.
    pub(super) fn document(&mut self, value: &Value) -> Result<()> {
        match value {
            Value::Map(entries) if !entries.is_empty() => self.entries(entries, 0)?,
            Value::List(items) if !items.is_empty() => self.items(items, 0)?,
            other => self.inline(other, Place::Block(2))?,
        }
        self.out.push_str(self.line_break);
        Ok(())
    }

    /// The entry `key: value` of a block mapping at column `column`, without the end of its last line.
    pub(super) fn entry(&mut self, name: &str, value: &Value, column: usize) -> Result<()> {
        self.out.push_str(&key(name));
        self.out.push(':');
        self.path.0.push(PathStep::Key(name.to_owned()));
        self.below(value, column)?;
        self.path.0.pop();
        Ok(())
    }

    /// The item `- value` of a block sequence at column `column`.
    pub(super) fn item(&mut self, value: &Value, column: usize, number: usize) -> Result<()> {
        self.out.push_str("- ");
        self.path.0.push(PathStep::Item(number));
        match value {
            Value::Map(entries) if !entries.is_empty() => self.entries(entries, column + 2)?,
            Value::List(items) if !items.is_empty() => self.items(items, column + 2)?,
            other => self.inline(other, Place::Block(column + 2))?,
        }
        self.path.0.pop();
        Ok(())
    }

    /// What follows the colon of a key at column `column`.
    pub(super) fn below(&mut self, value: &Value, column: usize) -> Result<()> {
        match value {
            Value::Map(entries) if !entries.is_empty() => {
                self.line(column + 2);
                self.entries(entries, column + 2)
            }
            Value::List(items) if !items.is_empty() => {
                self.line(column + 2);
                self.items(items, column + 2)
            }
            other => {
                self.out.push(' ');
                self.inline(other, Place::Block(column + 2))
            }
        }
    }

    fn entries(&mut self, entries: &[(String, Value)], column: usize) -> Result<()> {
        for (number, (name, value)) in entries.iter().enumerate() {
            if number > 0 {
                self.line(column);
            }
            self.entry(name, value, column)?;
        }
        Ok(())
    }

    fn items(&mut self, items: &[Value], column: usize) -> Result<()> {
        for (number, value) in items.iter().enumerate() {
            if number > 0 {
                self.line(column);
            }
            self.item(value, column, number)?;
        }
        Ok(())
    }

    fn line(&mut self, column: usize) {
        self.out.push_str(self.line_break);
        self.out.extend(std::iter::repeat_n(' ', column));
    }

    /// A scalar at `place`, or a collection in flow style.
    pub(super) fn inline(&mut self, value: &Value, place: Place) -> Result<()> {
        match value {
            Value::List(items) => {
                self.out.push('[');
                for (number, value) in items.iter().enumerate() {
                    self.comma(number);
                    self.path.0.push(PathStep::Item(number));
                    self.inline(value, Place::Flow)?;
                    self.path.0.pop();
                }
                self.out.push(']');
            }
            Value::Map(entries) => {
                self.out.push('{');
                for (number, (name, value)) in entries.iter().enumerate() {
                    self.comma(number);
                    self.flow_entry(name, value)?;
                }
                self.out.push('}');
            }
            scalar => match texts(scalar, Look::Plain, place, self.line_break).first() {
                Some(text) => self.out.push_str(text),
                None => return Err(unsayable(self.path.to_string(), "holds what YAML has no scalar for")),
            },
        }
        Ok(())
    }

    /// The entry `key: value` of a flow mapping.
    pub(super) fn flow_entry(&mut self, name: &str, value: &Value) -> Result<()> {
        self.out.push_str(&key(name));
        self.out.push_str(": ");
        self.path.0.push(PathStep::Key(name.to_owned()));
        self.inline(value, Place::Flow)?;
        self.path.0.pop();
        Ok(())
    }

    fn comma(&mut self, number: usize) {
        if number > 0 {
            self.out.push_str(", ");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{Format, value_at, yaml::Yaml};

    fn text(value: &str) -> Value {
        Value::String(value.to_owned())
    }

    /// A value of every kind, with texts that need quotes or blocks.
    fn sample() -> Value {
        let texts = [
            "",
            "a b",
            "no",
            "12",
            "- x",
            "a: b",
            "x #y",
            "l1\nl2\n",
            " deep\n  x",
            "\n\n",
            "t\t\n ",
            "a\n\n\n",
        ];
        let odd = [
            "\u{1b}[0m",
            "\u{85}\u{2028}",
            "ä ö",
            "'\"\\",
            "#",
            "*a",
            "&a",
            "!t",
            "%x",
            "@",
            "`",
            "|",
            "null",
            "~",
        ];
        let all: Vec<Value> = texts.iter().chain(&odd).map(|t| text(t)).collect();
        let keys = texts.iter().chain(&odd).map(|t| ((*t).to_owned(), Value::Number("1e5".to_owned())));
        Value::Map(vec![
            ("list".to_owned(), Value::List(all.clone())),
            (
                "nested".to_owned(),
                Value::List(vec![Value::List(all), Value::List(vec![]), Value::Map(vec![])]),
            ),
            ("map".to_owned(), Value::Map(keys.collect())),
            ("null".to_owned(), Value::Null),
            ("bools".to_owned(), Value::List(vec![Value::Bool(true), Value::Bool(false)])),
        ])
    }

    #[test]
    fn what_is_written_reads_as_what_it_was() {
        let deep = Value::List(vec![Value::Map(vec![("k".to_owned(), sample())]), sample()]);
        for value in
            [sample(), deep, text("a\nb\n"), text(" a\nb"), text("x"), Value::Null, Value::Map(vec![])]
        {
            let written = Yaml.write(&value).expect("sayable");
            let document = Yaml.parse(written.clone()).unwrap_or_else(|e| panic!("{e}\n{written}"));
            let root = document.roots().next().expect("a root");
            assert!(value_at(&Yaml, &document, root).expect("readable") == value, "{written}");
        }
    }

    #[test]
    fn what_yaml_cannot_say_is_named() {
        let date = Value::Special("2026-11-21".to_owned(), "date");
        let value = Value::Map(vec![("a".to_owned(), Value::List(vec![Value::Null, date]))]);
        let error = Yaml.write(&value).expect_err("a date");
        assert_eq!(error.to_string(), "'a[1]' holds what YAML has no scalar for");
    }
}
