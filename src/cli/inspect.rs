//! `dekko inspect`: what a file says of itself, without a key.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::context::Context;
use super::options::Typed;
use super::readers::Reader;
use super::source::Source;
use super::ui::Status;
use crate::document::{Cover, escape};
use crate::error::{Error, Result};
use crate::file::EncryptedFile;

/// Show what an encrypted file says of itself; no key is needed, and nothing is verified
///
/// The status is 0 for an encrypted file and 1 for one that is not.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The file; '-' is standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Write JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    typed: Typed,
}

const EXAMPLES: &str = "\
Examples:
  dekko inspect secrets/app.yaml
  dekko inspect --json secrets/app.yaml | jq .recipients
  dekko inspect -q secrets/app.yaml >/dev/null && echo encrypted";

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let content = Source::of(&self.file).read()?;
        let file = match content.encrypted(self.typed.file_type) {
            Ok(file) => file,
            Err(error) if matches!(error.bare(), Error::NotEncrypted) => {
                match self.json {
                    true => context.ui.json(&json!({ "encrypted": false }))?,
                    false => context
                        .ui
                        .content(format!("{}: not encrypted\n", shown(&content.source)).as_bytes())?,
                }
                return Ok(Status::NO);
            }
            Err(error) => return Err(error),
        };
        let config = context.config_for(&content.source).ok().flatten();
        let readers = Reader::of_file(file.envelope(), config.as_ref());
        match self.json {
            true => context.ui.json(&as_json(&file, &readers))?,
            false => context.ui.content(as_text(&content.source, &file, &readers).as_bytes())?,
        }
        Ok(Status::DONE)
    }
}

fn as_json(file: &EncryptedFile, readers: &[Reader]) -> Value {
    let envelope = file.envelope();
    let recipients: Vec<_> = readers.iter().map(Reader::as_json).collect();
    json!({
        "encrypted": true,
        "version": 1,
        "type": file.file_type().name(),
        "values": file.secrets(),
        "policy": envelope.policy,
        "cover": cover(envelope.cover),
        "scope": envelope.scope,
        "rotated": envelope.rotated,
        "rotated_before": envelope.prev.is_some(),
        "recipients": recipients,
    })
}

fn as_text(source: &Source, file: &EncryptedFile, readers: &[Reader]) -> String {
    let envelope = file.envelope();
    let mut text = format!("{}: encrypted\n", shown(source));
    let mut line = |name: &str, value: &str| text.push_str(&format!("{name:<11} {}\n", escape(value)));
    line("type", file.file_type().name());
    line("values", &file.secrets().to_string());
    line("policy", &envelope.policy);
    line("cover", cover(envelope.cover));
    line("scope", envelope.scope.as_deref().unwrap_or("none"));
    let before = if envelope.prev.is_some() { ", after another data key" } else { ", the first data key" };
    line("rotated", &format!("{}{before}", envelope.rotated));
    for (at, reader) in readers.iter().enumerate() {
        line(if at == 0 { "recipients" } else { "" }, &reader.to_string());
    }
    text
}

/// The source as a line of the answer begins.
pub(super) fn shown(source: &Source) -> String {
    escape(&source.name().to_string_lossy())
}

fn cover(cover: Cover) -> &'static str {
    match cover {
        Cover::All => "all",
        Cover::Encrypted => "encrypted",
    }
}
