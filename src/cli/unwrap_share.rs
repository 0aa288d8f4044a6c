//! `dekko unwrap-share`: members of a threshold group on different machines open a file together.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::context::{Context, Opened};
use super::decrypt::warn_of_work_tree;
use super::hints::shell_word;
use super::init::own_recipient;
use super::options::Typed;
use super::output::{Output, Overwrite};
use super::readers::{Reader, list};
use super::source::{Content, Source};
use super::trust;
use super::ui::Status;
use crate::config::Config;
use crate::crypto::SystemRandom;
use crate::document::escape;
use crate::envelope::WrappedKey;
use crate::error::{Class, Error, Result};
use crate::file::EncryptedFile;
use crate::file::share::{Answer, Request, give, groups};
use crate::fs::{self, Readers};
use crate::provider::LARGEST_LETTER;
use crate::provider::threshold::{Group, is_same_group, name_of};

/// Open a file together with other members of its threshold group, each on a machine of their own
///
/// Who wants to open it sends a request; members look at it and send back their shares, encrypted for who asks; enough of
/// them open the file. All of these are short texts that can go by mail or chat. No private key leaves its machine.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES, arg_required_else_help = true)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

const EXAMPLES: &str = "\
Examples:
  dekko unwrap-share request secrets/vault.yaml -o request.txt
  dekko unwrap-share give request.txt secrets/vault.yaml -o share.txt
  dekko unwrap-share open secrets/vault.yaml bob.txt carol.txt
  dekko unwrap-share open secrets/vault.yaml bob.txt carol.txt --add age1…";

#[derive(Subcommand)]
enum Action {
    /// Ask for shares of a file: write the text to send to the members of its group
    ///
    /// Shares will be encrypted for your first own age recipient, or the one that you name. A number is printed, too: read
    /// it out to the members, and they compare it with the one that they see.
    Request(Ask),
    /// Give your share to somebody who asks: write the text to send back
    ///
    /// You name the file in a copy of your own: the share is taken out of that, and not out of the request, so that a
    /// request for one file cannot have another one opened. You see what is asked for and by whom, and are asked.
    Give(Give),
    /// Open a file with the shares that members gave, and your own if you have one, to standard output
    ///
    /// Everything is verified before the first byte is written. With --add nothing is decrypted: the file is wrapped for
    /// one more recipient, who can use every command then. Give the file a new data key when the emergency is over.
    Open(Open),
}

#[derive(clap::Args)]
struct Ask {
    /// The encrypted file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The name of the group, when the file has several
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
    /// Have shares encrypted for RECIPIENT, an age1… whose identity you have
    #[arg(long = "for", value_name = "RECIPIENT")]
    asker: Option<String>,
    /// Write to OUT
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    #[command(flatten)]
    typed: Typed,
}

#[derive(clap::Args)]
struct Give {
    /// The request; '-' is standard input
    #[arg(value_name = "REQUEST")]
    request: PathBuf,
    /// Your own copy of the file that the request is about
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Do not ask: you compared the number, and know who asks
    #[arg(short, long)]
    yes: bool,
    /// Write to OUT
    #[arg(short, long, value_name = "OUT")]
    output: Option<PathBuf>,
    #[command(flatten)]
    typed: Typed,
}

#[derive(clap::Args)]
struct Open {
    /// The encrypted file
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What the members sent
    #[arg(value_name = "SHARE", required = true)]
    shares: Vec<PathBuf>,
    /// Write to OUT, which only you can read
    #[arg(short, long, value_name = "OUT", conflicts_with = "add")]
    output: Option<PathBuf>,
    /// Decrypt nothing, but let RECIPIENT read the file from now on; may be given several times
    #[arg(long, value_name = "RECIPIENT")]
    add: Vec<String>,
    /// Do not ask whether whom dekko.toml names may read the file
    #[arg(short, long, requires = "add")]
    yes: bool,
    #[command(flatten)]
    typed: Typed,
}

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        match self.action {
            Action::Request(ask) => ask.run(context),
            Action::Give(give) => give.run(context),
            Action::Open(open) => open.run(context),
        }
    }
}

impl Ask {
    fn run(self, context: &Context) -> Result<Status> {
        let content = Source::of(&self.file).read()?;
        let file = content.encrypted(self.typed.file_type)?;
        let config = context.config_for(&content.source)?;
        let (group, wrapped) = self.group(&file).map_err(|error| error.in_file(content.source.name()))?;
        let asker = match &self.asker {
            Some(asker) => asker.clone(),
            None => own_recipient(context)?.ok_or_else(|| Error::Usage {
                what:
                    "you have no identity that shares could be sent to; make one with: dekko keygen -o FILE"
                        .to_owned(),
            })?,
        };
        let name = content.source.name().to_string_lossy();
        let request = Request::new(&file, (&group, wrapped), &name, &asker, &mut SystemRandom)?;
        write(context, self.output.as_deref(), &content, request.text().as_bytes())?;
        context.ui.note(&format!("send it to members of {}", Reader::of(group, config.as_ref())));
        context.ui.note(&format!("number {}: read it out to them", request.number()));
        let file = shell_word(&self.file);
        context.ui.hint(&format!("with what they send back: dekko unwrap-share open {file} SHARE…"));
        Ok(Status::DONE)
    }

    /// The group of `file` that is meant, and its wrap.
    fn group<'f>(&self, file: &'f EncryptedFile) -> Result<(String, &'f WrappedKey)> {
        let mut groups = groups(file);
        let names: Vec<_> = groups.iter().filter_map(|(group, _)| name_of(group)).map(escape).collect();
        let what = match (&self.group, names.len()) {
            (_, 0) => {
                "the file has no threshold group: whoever it is encrypted for opens it alone".to_owned()
            }
            (None, 1) => return Ok(groups.swap_remove(0)),
            (None, _) => format!("the file has several groups; say --group {}", names.join(" or --group ")),
            (Some(wanted), _) => {
                groups.retain(|(group, _)| name_of(group) == Some(wanted));
                match groups.len() {
                    1 => return Ok(groups.swap_remove(0)),
                    _ => format!("the file has no group '{}' but {}", escape(wanted), names.join(", ")),
                }
            }
        };
        Err(Error::Usage { what })
    }
}

impl Give {
    fn run(self, context: &Context) -> Result<Status> {
        let source = Source::of(&self.request);
        let text = source.read()?;
        let in_request = |error: Error| error.in_file(text.source.name());
        let request = request_in(&text.bytes).map_err(in_request)?;
        let content = Source::of(&self.file).read()?;
        let file = content.encrypted(self.typed.file_type)?;
        request.wrap_in(&file).map_err(in_request)?;
        let config = context.config_for(&content.source)?;
        self.show(context, &request, config.as_ref());
        let asker = Reader::of(request.asker.as_str(), config.as_ref());
        if !self.is_confirmed(context, &asker)? {
            context.ui.note("nothing was given");
            return Ok(Status::NO);
        }
        let (letter, givers) = give(&request, &file, context.session()?)
            .map_err(|error| named(error, config.as_ref()).in_file(content.source.name()))?;
        write(context, self.output.as_deref(), &content, letter.as_bytes())?;
        let givers: Vec<_> = givers.into_iter().map(|rid| Reader::of(rid, config.as_ref())).collect();
        context.ui.note(&format!("this is the share of {}; nobody but {asker} can read it", list(&givers)));
        Ok(Status::DONE)
    }

    /// Shows what is asked for, whatever options say.
    fn show(&self, context: &Context, request: &Request, config: Option<&Config>) {
        let asker = Reader::of(request.asker.as_str(), config);
        let group = Reader::of(request.group.as_str(), config);
        let lines = [
            ("file", format!("{} (the request calls it '{}')", Source::of(&self.file), request.name)),
            ("group", group.in_full()),
            ("asked by", asker.in_full()),
            ("number", request.number()),
        ];
        for (name, value) in lines {
            context.ui.disclose(&format!("{name:<9}{value}"));
            let members = if name == "group" { group.lines() } else { Vec::new() };
            for line in members {
                context.ui.disclose(&format!("{:<9}  {line}", ""));
            }
        }
        if asker.name.is_none() {
            context.ui.warn("nobody in dekko.toml has the key of who asks: make sure whose it is");
        }
    }

    fn is_confirmed(&self, context: &Context, asker: &Reader) -> Result<bool> {
        if self.yes {
            return Ok(true);
        }
        let question = format!(
            "did you hear the number from the one who asks, and shall {asker} have your share of the data key?"
        );
        context.session()?.prompt().confirm(&question, "yes", Some("no")).ok_or_else(|| {
            let what = "nobody is there to say yes; --yes gives without asking".to_owned();
            Error::Usage { what }
        })
    }
}

impl Open {
    fn run(self, context: &Context) -> Result<Status> {
        let output = match &self.output {
            Some(path) => Output::of(path, Overwrite::Refused),
            None => Output::Stdout,
        };
        let source = Source::of(&self.file);
        output.check(&source)?;
        let config = context.config_for(&source)?;
        let new = Reader::named(&context.without_aliases(&self.add)?, config.as_ref())?;
        let named = new.iter().filter(|reader| !trust::is_typed(reader, &self.add));
        trust::admit(context, &self.file, config.as_ref(), named.cloned().collect(), self.yes)?;
        let content = source.read()?;
        let file = content.encrypted(self.typed.file_type)?;
        let opened = self.open(context, content, file, config.as_ref())?;
        if new.is_empty() {
            let plain = opened.file.plain().map_err(|error| opened.content.explained(error))?;
            output.write(context, &opened.content, &plain, Readers::Owner)?;
            warn_of_work_tree(context, output.path(&opened.content.source));
        } else {
            self.add(context, &opened, new)?;
        }
        context.ui.hint(&format!(
            "when it is over, give the file a new data key (dekko rotate {}), and change what was read",
            shell_word(&self.file)
        ));
        Ok(Status::DONE)
    }

    /// The file, opened with the shares, and verified.
    fn open(
        &self,
        context: &Context,
        content: Content,
        file: EncryptedFile,
        config: Option<&Config>,
    ) -> Result<Opened> {
        let session = context.session()?;
        let mut answers = Vec::with_capacity(self.shares.len());
        for path in &self.shares {
            let answer = || {
                let answer = Answer::open(&fs::read(path, LARGEST_LETTER)?, session)?;
                answer.check(&file)?;
                Ok(answer)
            };
            answers.push(answer().map_err(|error: Error| error.in_file(path))?);
        }
        let key = file.unwrap_with(answers, session);
        let key = key.map_err(|error| named(error, config).in_file(content.source.name()))?;
        let file = file.open(key).map_err(|error| content.explained(error))?;
        Ok(Opened { content, file })
    }

    /// Lets `new` read the file.
    fn add(&self, context: &Context, opened: &Opened, mut new: Vec<Reader>) -> Result<()> {
        let envelope = opened.file.file().envelope();
        let known = Reader::of_file(envelope, None);
        new.retain(|reader| {
            known.iter().all(|known| known.rid != reader.rid && !is_same_group(&known.rid, &reader.rid))
        });
        if new.is_empty() {
            context.ui.note(
                "all of them are recipients of the file already; to change a group: dekko recipients add",
            );
            return Ok(());
        }
        let mut recipients = envelope.recipients.clone();
        recipients.extend(context.wrap(&new, &envelope.file_id, opened.file.key())?);
        let bytes = opened.file.rewrap(recipients).map_err(|error| error.in_file(&self.file))?;
        context.replace(&opened.content, &bytes, Readers::AsBefore)?;
        context.ui.note(&format!("can read {} now: {}", opened.content.source, list(&new)));
        Ok(())
    }
}

/// The request in `bytes`.
fn request_in(bytes: &[u8]) -> Result<Request> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() as u64 <= LARGEST_LETTER);
    text.map_or_else(
        || Err(Error::refused(Class::Syntax, None, "it is no request for shares")),
        Request::parse,
    )
}

/// `error` with the names that people know recipients by.
fn named(error: Error, config: Option<&Config>) -> Error {
    match error {
        Error::NoIdentity { recipients, attempts } => {
            let named = |rid: String| match Group::of(&rid) {
                Some(_) => Reader::of(rid, config).to_string(),
                None => rid,
            };
            Error::NoIdentity { recipients: recipients.into_iter().map(named).collect(), attempts }
        }
        other => other,
    }
}

/// Writes a text that may go anywhere to `path`, or to standard output.
fn write(context: &Context, path: Option<&Path>, content: &Content, text: &[u8]) -> Result<()> {
    let output = path.map_or(Output::Stdout, |path| Output::of(path, Overwrite::Refused));
    output.check(&Source::Stdin)?;
    output.write(context, content, text, Readers::Owner)
}
