//! `dekko init`: a configuration and an identity, where they are missing.

use std::fs::DirBuilder;
use std::path::{Path, PathBuf};

use super::context::Context;
use super::git;
use super::hints::shell_word;
use super::keygen;
use super::output::{Output, Overwrite};
use super::source::{Content, Source};
use super::ui::Status;
use crate::config::{Config, NAME, TEMPLATE};
use crate::document::escape;
use crate::environment::Environment;
use crate::error::{Error, Result};
use crate::fs::{Readers, write_new_private};
use crate::provider::{generate, identities, recipient};

/// Write a commented dekko.toml here, and make an age identity if you have none
///
/// Your recipient gets the name of your account (USER). In a git repository the files that its rules name are named in
/// .gitattributes, too. Nothing is written over: it is safe to run twice.
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
        let is_new = path.symlink_metadata().is_err();
        if is_new {
            write_config(context, &path, &recipient)?;
            context.ui.note(&format!("wrote {name}, with you as the only recipient"));
        } else {
            context.ui.note(&format!("{name} is there already and stays as it is"));
            if let Some(config) = Config::find(&path)?.filter(|config| !is_named(context, config)) {
                git::prepare(context, &path)?;
                tell_stranger(context, &config, &name, &recipient);
                return Ok(Status::DONE);
            }
        }
        git::prepare(context, &path)?;
        if is_new {
            // A file to begin with, when there is one that the template names.
            let env = self.folder.join(".env");
            let file = if env.is_file() {
                shell_word(env.strip_prefix(".").unwrap_or(&env))
            } else {
                "FILE".to_owned()
            };
            context.ui.hint(&format!(
                "look through {name}, then encrypt a file that it names: dekko encrypt {file}"
            ));
        }
        context
            .ui
            .hint("see what holds for a file: dekko explain FILE; change an encrypted one: dekko edit FILE");
        Ok(Status::DONE)
    }
}

/// Whether `config` names a recipient of the user; one that names nobody is not for anybody else.
fn is_named(context: &Context, config: &Config) -> bool {
    let Ok(session) = context.session() else { return true };
    let own: Vec<String> = identities(session).into_iter().flat_map(|source| source.recipients).collect();
    let mut named = config.named().peekable();
    named.peek().is_none() || named.any(|(_, text)| recipient(text).is_ok_and(|rid| own.contains(&rid)))
}

/// Says to somebody new how they are let in.
fn tell_stranger(context: &Context, config: &Config, name: &Source, own: &str) {
    let names: Vec<String> = config.named().map(|(name, _)| escape(name)).take(8).collect();
    let names = names.join(", ");
    context.ui.note(&format!("you are not in {name} yet, and cannot read files that are encrypted by it"));
    context.ui.hint(&format!("send your public key to someone who can ({names}): {own}"));
    context.ui.hint("they add it to [recipients] and to the rules or groups for you, run 'dekko rewrap --all', and commit");
}

/// The first native age recipient of the user.
pub(super) fn own_recipient(context: &Context) -> Result<Option<String>> {
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

/// What to call the user: by the name of the account, else `me`.
fn own_name(environment: &Environment) -> String {
    let account = ["USER", "USERNAME"].iter().find_map(|name| bare_word(environment.text(name)?));
    account.unwrap_or_else(|| "me".to_owned())
}

/// `name` as a word that TOML takes without quotes: lower case letters, digits, '-', '_'. `None` when its letters would
/// have to be left out, and for what cannot be a recipient's name in the template.
fn bare_word(name: &str) -> Option<String> {
    if name.chars().any(|c| c.is_alphabetic() && !c.is_ascii()) {
        return None;
    }
    let is_bare = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let words: Vec<_> = name.split(|c| !is_bare(c)).filter(|word| !word.is_empty()).collect();
    let word = words.join("-").to_ascii_lowercase();
    let is_taken = word == "team" || word.starts_with("age1") || word.starts_with("ssh-");
    (!word.is_empty() && word.len() <= 64 && !is_taken).then_some(word)
}

/// Writes the commented configuration with `recipient` in it.
fn write_config(context: &Context, path: &Path, recipient: &str) -> Result<()> {
    let name = own_name(&context.environment);
    let text = TEMPLATE.replace("{name}", &name).replace("{recipient}", recipient);
    let nothing = Content { source: Source::Stdin, bytes: Vec::new() };
    Output::File(path.to_owned(), Overwrite::Refused).write(
        context,
        &nothing,
        text.as_bytes(),
        Readers::AsBefore,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_becomes_a_word_that_needs_no_quotes() {
        for (name, word) in
            [("Ada Lovelace\n", "ada-lovelace"), (" J. R. \"Bob\"--Dobbs_2 ", "j-r-bob-dobbs_2"), ("x", "x")]
        {
            assert_eq!(bare_word(name).as_deref(), Some(word));
        }
        for name in ["", " \u{1b}[] ", "Zo\u{eb}", "team", "Team", "age1x", "ssh-x", &"a".repeat(65)] {
            assert_eq!(bare_word(name), None, "{name}");
        }
    }
}
