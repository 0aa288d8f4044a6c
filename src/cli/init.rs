//! `dekko init`: a configuration and an identity, where they are missing.

use std::fs::DirBuilder;
use std::path::{Path, PathBuf};

use super::context::Context;
use super::keygen;
use super::output::{Output, Overwrite};
use super::source::{Content, Source};
use super::ui::Status;
use crate::config::{Config, NAME, TEMPLATE};
use crate::error::{Error, Result};
use crate::fs::{Readers, write_new_private};
use crate::provider::{generate, identities};

/// Write a commented dekko.toml here, and make an age identity if you have none
///
/// Nothing is written over: it is safe to run twice.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The folder for dekko.toml; the top of a repository is a good place
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
}

const EXAMPLES: &str = "\
Examples:
  dekko init
  dekko init ~/src/deployment";

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let recipient = match own_recipient(context)? {
            Some(recipient) => {
                context.ui.note(&format!("you have an identity already: {recipient}"));
                recipient
            }
            None => make_identity(context)?,
        };
        let path = if self.folder == Path::new(".") { PathBuf::from(NAME) } else { self.folder.join(NAME) };
        let name = Source::File(path.clone());
        if path.symlink_metadata().is_ok() {
            Config::find(&path)?;
            context.ui.note(&format!("{name} is there already and stays as it is"));
        } else {
            write_config(context, &path, &recipient)?;
            context.ui.note(&format!("wrote {name}, with you as the only recipient"));
        }
        context
            .ui
            .hint(&format!("look through {name}, then encrypt a file that it names: dekko encrypt .env"));
        context
            .ui
            .hint("see what holds for a file: dekko explain FILE; change an encrypted one: dekko edit FILE");
        Ok(Status::DONE)
    }
}

/// The first native age recipient of the user.
fn own_recipient(context: &Context) -> Result<Option<String>> {
    let listed = identities(context.session()?);
    let mut recipients = listed.iter().flat_map(|source| &source.recipients);
    let native = |recipient: &String| {
        recipient.strip_prefix("age:").filter(|text| text.starts_with("age1")).map(str::to_owned)
    };
    Ok(recipients.find_map(native))
}

/// Makes an identity in the user's configuration folder, and gives its recipient.
fn make_identity(context: &Context) -> Result<String> {
    let Some(folder) = context.environment.config_home("dekko") else {
        let what = "there is no home directory to put an identity into; make one with: dekko keygen -o FILE";
        return Err(Error::Usage { what: what.to_owned() });
    };
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder
        .create(&folder)
        .map_err(|source| Error::Io { action: "make the folder", source }.in_file(&folder))?;
    let path = folder.join("keys.txt");
    let generated = generate();
    write_new_private(&path, keygen::text(&generated).as_bytes())?;
    let recipient = generated.recipient;
    context.ui.note(&format!("made an identity in {}: keep a copy in a safe place", Source::File(path)));
    context.ui.note(&format!("public key: {recipient}"));
    Ok(recipient)
}

/// Writes the commented configuration with `recipient` in it.
fn write_config(context: &Context, path: &Path, recipient: &str) -> Result<()> {
    let text = TEMPLATE.replace("{recipient}", recipient);
    let nothing = Content { source: Source::Stdin, bytes: Vec::new() };
    Output::File(path.to_owned(), Overwrite::Refused).write(
        context,
        &nothing,
        text.as_bytes(),
        Readers::AsBefore,
    )
}
