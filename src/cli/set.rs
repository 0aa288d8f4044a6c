//! `dekko set`: one value of an encrypted file, set.

use std::io::{self, IsTerminal, Read};
use std::path::PathBuf;

use super::context::{Context, Opened};
use super::hints::shell_word;
use super::place::{Found, Place};
use super::ui::Status;
use crate::crypto::SystemRandom;
use crate::document::{KeyPath, Kind, Limits, Style, Value};
use crate::error::{Class, Error, Result};
use crate::file::{FileType, PlainFile, Within};
use crate::format;
use crate::fs::{self, Readers};

/// Set one value; from a prompt, standard input or a file
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    #[command(flatten)]
    place: Place,
    /// The value; others can see it in the process list, and the shell's history keeps it
    #[arg(value_name = "VALUE", group = "value", allow_hyphen_values = true)]
    argument: Option<String>,
    /// Read the value from FILE instead
    #[arg(long = "file", value_name = "FILE", id = "value-file", group = "value")]
    from: Option<PathBuf>,
    /// The value is JSON: a number, true, null, a list, a map
    #[arg(long)]
    json: bool,
    /// Keep the line break that ends the input; else one is cut off
    #[arg(long)]
    keep_newline: bool,
    /// Let a single value take the place of a map or list, and of everything in it
    #[arg(long)]
    force: bool,
}

const EXAMPLES: &str = "\
Examples:
  dekko set secrets/app.yaml db.password                   asks for the value
  pwgen 32 1 | dekko set secrets/app.yaml db.password
  dekko set secrets/tls.yaml key --file tls.key --keep-newline
  dekko set secrets/cert.p12 . --file new.p12              a file that is encrypted as a whole
  echo 5433 | dekko set --json secrets/app.yaml db.port    a number, not a text";

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let file = &self.place.file;
        // Before anything is asked of anybody.
        KeyPath::parse(&self.place.path)?;
        let opened = context.open_to_change(file, self.place.typed.file_type)?;
        if opened.file.file().file_type() == FileType::Binary {
            return self.replace_whole(context, &opened);
        }
        let found = self.place.found_in(opened)?;
        let named = |error: Error| error.in_file(file);
        if !self.json {
            self.check_contents(&found).map_err(named)?;
        }
        let value = self.value(context, &found)?;
        if !matches!(value, Value::Map(_) | Value::List(_)) {
            self.check_contents(&found).map_err(named)?;
        }
        let Found { opened, plain, path, within } = found;
        let was = kind(&plain, &path, within);
        let added = plain.found(&path, within).is_ok_and(|node| node.is_none());
        let similar = if added { plain.similar(&path, within) } else { Vec::new() };
        let text = plain.set(&path, within, &value).map_err(named)?;
        // A large file is held several times over in the edit; what is done with goes first.
        drop(plain);
        let warnings = warnings(&opened, &text, &path, within, was).map_err(named)?;
        context.warn_of_look_alikes(
            &opened.content.source,
            &opened.file.look_alikes(text.as_bytes()).map_err(named)?,
        );
        let past = opened.content.past(context);
        let new = opened.file.edit_after(text.into_bytes(), &past, &mut SystemRandom).map_err(named)?;
        context.replace(&opened.content, &new, Readers::AsBefore)?;
        if new == opened.content.bytes {
            context.ui.note(&format!("'{path}' has that value already; nothing was changed"));
        } else if added {
            context.ui.note(&said_of_new(&path, &similar));
        }
        warnings.iter().for_each(|warning| context.ui.warn(warning));
        Ok(Status::DONE)
    }

    /// Refuses to lose what a map or list holds, unless that is wanted.
    fn check_contents(&self, found: &Found) -> Result<()> {
        let Found { plain, path, within, .. } = found;
        let node = plain.found(path, *within)?.filter(|_| !self.force);
        let Some(contents) = node.and_then(|node| plain.contents(node)) else { return Ok(()) };
        let what = format!(
            "'{path}' is {contents}, which a single value would replace; name one of them, give a map or list with \
             --json, or say --force"
        );
        Err(Error::Usage { what })
    }

    /// Gives a file that is encrypted as a whole its new content, to the byte.
    fn replace_whole(&self, context: &Context, opened: &Opened) -> Result<Status> {
        let file = &self.place.file;
        let refuse = |what: String| Err(Error::Usage { what }.in_file(file));
        let word = shell_word(file);
        if !KeyPath::parse(&self.place.path)?.0.is_empty() {
            return refuse(format!(
                "the file is encrypted as a whole and has no paths; all of it is '.': dekko set {word} . --file NEW"
            ));
        }
        let bytes = match &self.from {
            Some(path) if !self.json => fs::read(path, fs::FILE_LIMIT)?,
            _ => {
                return refuse(format!(
                    "the file is encrypted as a whole; its content comes from a file: dekko set {word} . --file NEW"
                ));
            }
        };
        let new = opened.file.edit_after(bytes, &opened.content.past(context), &mut SystemRandom);
        let new = new.map_err(|error| error.in_file(file))?;
        context.replace(&opened.content, &new, Readers::AsBefore)?;
        if new == opened.content.bytes {
            context.ui.note("it has that content already; nothing was changed");
        }
        Ok(Status::DONE)
    }

    /// The value, from wherever it is to be read.
    fn value(&self, context: &Context, found: &Found) -> Result<Value> {
        let mut text = match (&self.argument, &self.from) {
            (Some(text), _) => {
                context.ui.warn(
                    "the value stands in the shell's history and the process list; better: leave it out, \
                                 dekko asks for it or reads standard input",
                );
                return typed(text.clone(), self.json);
            }
            (None, Some(path)) => {
                let bytes = fs::read(path, fs::TEXT_LIMIT)?;
                String::from_utf8(bytes).map_err(|_| not_text().in_file(path))?
            }
            (None, None) if io::stdin().is_terminal() => {
                let question = format!("value of '{}'", found.path);
                let answer = context.session()?.prompt().passphrase(&question);
                let answer = answer.ok_or_else(|| Error::Usage { what: "no value was given".to_owned() })?;
                return typed(answer.to_string(), self.json);
            }
            (None, None) => self.piped()?,
        };
        if !self.keep_newline && text.ends_with('\n') {
            text.pop();
            if text.ends_with('\r') {
                text.pop();
            }
        }
        typed(text, self.json)
    }

    fn piped(&self) -> Result<String> {
        let mut bytes = Vec::new();
        let mut input = io::stdin().lock().take(fs::TEXT_LIMIT + 1);
        input
            .read_to_end(&mut bytes)
            .map_err(|source| Error::Io { action: "read standard input", source })?;
        if bytes.is_empty() {
            let file = shell_word(&self.place.file);
            let what = format!("standard input is empty; for an empty value: echo | dekko set {file} PATH");
            return Err(Error::Usage { what });
        }
        if bytes.len() > Limits::TEXT {
            return Err(Error::refused(Class::Limit, None, "the value is larger than a text can be"));
        }
        String::from_utf8(bytes).map_err(|_| not_text())
    }
}

/// That `path` is new, and what it may have been meant for.
fn said_of_new(path: &KeyPath, similar: &[KeyPath]) -> String {
    match similar.first() {
        Some(known) => format!("added '{path}' (did you mean '{known}'?)"),
        None => format!("added '{path}'"),
    }
}

fn not_text() -> Error {
    Error::refused(Class::Syntax, None, "the value is not UTF-8 text; encode it (base64) before")
}

/// `text` as the value that it stands for.
fn typed(text: String, is_json: bool) -> Result<Value> {
    if is_json { json(&text) } else { Ok(Value::String(text)) }
}

/// The one JSON value in `text`. What is wrong with it is not said in more words: they could quote it.
fn json(text: &str) -> Result<Value> {
    let wrong = || Error::Usage {
        what: "the value is not valid JSON; a text needs quotes there: '\"text\"'".to_owned(),
    };
    // A file's root cannot be a single value, so it is read as the only item of a list.
    let format = format::named("json").expect("JSON is in every build");
    let list =
        PlainFile::parse(FileType::Text(format), format!("[{text}\n]").into_bytes()).map_err(|_| wrong())?;
    let root =
        list.document().roots().next().filter(|_| list.document().block.is_none()).ok_or_else(wrong)?;
    match list.value(root).map_err(|_| wrong())? {
        Value::List(items) => <[Value; 1]>::try_from(items).map(|[value]| value).map_err(|_| wrong()),
        _ => Err(wrong()),
    }
}

/// What a user would want to know of the value that was set in `text`: that it is not secret, that its type is another.
fn warnings(
    opened: &Opened,
    text: &str,
    path: &KeyPath,
    within: Within,
    was: Option<&str>,
) -> Result<Vec<String>> {
    let file = opened.file.file();
    let after = PlainFile::parse(file.file_type(), text.as_bytes().to_vec())?;
    let document = after.document();
    let mut warnings = Vec::new();
    if let Ok(Some(node)) = after.found(path, within) {
        let mut matcher = file.policy().matcher(document);
        let plain_leaf = document.leaves().iter().find(|leaf| {
            leaf.style != Style::Comment
                && document.is_below(leaf.node, &[node])
                && !matcher.is_secret(leaf.node)
        });
        if let Some(leaf) = plain_leaf {
            let shown = document.path_of(leaf.node);
            warnings.push(format!("'{shown}' is NOT encrypted: the policy of the file leaves it plain"));
        }
    }
    if let (Some(was), Some(TEXT)) = (was.filter(|&was| was != TEXT), kind(&after, path, within)) {
        warnings.push(format!("'{path}' was {was} and is a text now; for {was}: dekko set --json"));
    }
    Ok(warnings)
}

const TEXT: &str = "a text";

/// What kind of scalar stands at `path`.
fn kind(file: &PlainFile, path: &KeyPath, within: Within) -> Option<&'static str> {
    let node = file.found(path, within).ok()??;
    match (file.document().node(node).kind, file.value(node).ok()?) {
        (Kind::Leaf(_), Value::Number(_)) => Some("a number"),
        (Kind::Leaf(_), Value::Bool(_)) => Some("true or false"),
        (Kind::Leaf(_), Value::Null) => Some("null"),
        (Kind::Leaf(_), Value::String(_)) => Some(TEXT),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_value_is_read_as_json_to_the_last_digit() {
        assert!(
            json("18446744073709551616.10")
                .is_ok_and(|value| value == Value::Number("18446744073709551616.10".to_owned()))
        );
        assert!(json(" true ").is_ok_and(|value| value == Value::Bool(true)));
        assert!(json("\"a\"").is_ok_and(|value| value == Value::String("a".to_owned())));
        assert!(
            json("{\"b\": 1, \"a\": [null]}")
                .is_ok_and(|value| matches!(value, Value::Map(map) if map[0].0 == "b"))
        );
    }

    #[test]
    fn what_is_no_single_json_value_is_refused_without_being_repeated() {
        for text in ["", "s3cret", "1, 2", "1], [2", "\"a", "{\"a\": 1, \"a\": 2}", "// x"] {
            let message = json(text).err().expect(text).to_string();
            assert!(message.contains("not valid JSON") && !message.contains("s3cret"), "{message}");
        }
    }
}
