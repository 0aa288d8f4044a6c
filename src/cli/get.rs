//! `dekko get`: one value of an encrypted file.

use super::context::Context;
use super::convert::Target;
use super::place::{Found, Place};
use super::ui::Status;
use crate::document::Value;
use crate::error::{Error, Result};
use crate::format;

/// Print one value, decoded
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    place: Place,
    /// Print it as it is written in the file, quotes and all
    #[arg(long, group = "shape")]
    raw: bool,
    /// Print it as JSON; a map or list, too
    #[arg(long, group = "shape")]
    json: bool,
    /// Print a map or list as yaml, json, toml or env
    #[arg(long, value_name = "TYPE", group = "shape", value_enum, hide_possible_values = true)]
    to: Option<Target>,
    /// Print the value alone, without a line break after it
    #[arg(short, long)]
    no_newline: bool,
}

const EXAMPLES: &str = "\
Examples:
  dekko get secrets/app.yaml db.password
  dekko get secrets/app.yaml 'users[0].name'
  dekko get --json secrets/app.yaml db          a map, as JSON
  dekko get -n secrets/tls.yaml key > tls.key   to the byte, without a line break added";

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let found = self.place.open(context)?;
        let text = self.text(&found).map_err(|error| error.in_file(&self.place.file))?;
        let line_break =
            if self.no_newline || (self.to.is_some() && text.ends_with('\n')) { "" } else { "\n" };
        context.ui.content((text + line_break).as_bytes())?;
        Ok(Status::DONE)
    }

    fn text(&self, found: &Found) -> Result<String> {
        let Found { plain, path, within, .. } = found;
        let node = plain.find(path, *within)?;
        if self.raw {
            return Ok(plain.source(node).to_owned());
        }
        let value = plain.value(node)?;
        match (self.to, self.json) {
            (Some(target), _) => target.format()?.write(&value),
            (None, true) => json(&value),
            (None, false) => decoded(value).ok_or_else(|| Error::Path {
                path: path.to_string(),
                reason: "is a map or list; print it with --json, or --to yaml, json, toml or env".to_owned(),
            }),
        }
    }
}

/// A single value as a program wants it; `None` for a map or list.
fn decoded(value: Value) -> Option<String> {
    match value {
        Value::Null => Some("null".to_owned()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Number(text) | Value::Special(text, _) | Value::String(text) => Some(text),
        Value::List(_) | Value::Map(_) => None,
    }
}

/// `value` as JSON, also a single one, which could not be a file.
fn json(value: &Value) -> Result<String> {
    match value {
        Value::String(text) => Ok(serde_json::Value::from(text.as_str()).to_string()),
        Value::Special(_, kind) => Err(Error::Unsayable {
            path: ".".to_owned(),
            reason: format!("is {kind}, which JSON cannot say"),
        }),
        Value::List(_) | Value::Map(_) => {
            let json = format::named("json").expect("JSON is in every build");
            json.write(value).map(|text| text.trim_end().to_owned())
        }
        scalar => Ok(decoded(scalar.clone()).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_value_is_json_by_itself() {
        let text = |value| json(&value).ok();
        assert_eq!(text(Value::String("a\"b".to_owned())).as_deref(), Some("\"a\\\"b\""));
        assert_eq!(text(Value::Number("1e400".to_owned())).as_deref(), Some("1e400"));
        assert_eq!(text(Value::Null).as_deref(), Some("null"));
        assert_eq!(text(Value::Special("1979-05-27".to_owned(), "a date")), None);
    }
}
