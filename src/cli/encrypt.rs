//! `dekko encrypt`: a plain file becomes an encrypted one.

use std::path::PathBuf;

use super::context::{Context, Opened};
use super::last;
use super::options::Typed;
use super::output::{Output, Overwrite};
use super::readers::{Reader, list};
use super::recipe::{Origin, Plan, RecipeOptions};
use super::source::{Content, Source};
use super::ui::Status;
use crate::crypto::{DataKey, FileId, SystemRandom};
use crate::error::{Error, Result};
use crate::file::{FileType, Recipe, Terms, seal};
use crate::fs::Readers;

/// Encrypt the values of files, in place
///
/// The rule in dekko.toml that names a file says for whom and which values; options win over it. Everything else in the
/// file stays readable, to the byte. Several files are all encrypted before the first is written. Whom a file is
/// encrypted for is said on standard error: look at it, the recipients may come from a repository that others write to.
/// When they come from dekko.toml, --quiet does not silence that.
///
/// A file that git's last commit has encrypted is encrypted as an edit of that version, as if --base named it, when an
/// identity here opens it and no option says otherwise: its data key, recipients and policy stay, and so do the tokens
/// of values that did not change.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The files; '-' is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write to OUT instead of in place
    #[arg(short, long, value_name = "OUT", conflicts_with = "stdout")]
    output: Option<PathBuf>,
    /// Write to standard output instead of in place
    #[arg(long)]
    stdout: bool,
    /// Let -o write over an existing file
    #[arg(long, requires = "output")]
    force: bool,
    /// Keep the data key, recipients and policy of the encrypted file OLD, and the text of every value that is as it was
    /// there
    #[arg(long, value_name = "OLD", conflicts_with_all = RECIPE)]
    base: Option<PathBuf>,
    /// Make a new data key, also where git's last commit has the file encrypted
    #[arg(long, conflicts_with = "base")]
    anew: bool,
    #[command(flatten)]
    typed: Typed,
    #[command(flatten)]
    recipe: RecipeOptions,
}

const RECIPE: [&str; 7] = ["recipients", "encrypt", "plain", "preset", "cover", "comments", "scope"];

const EXAMPLES: &str = "\
Examples:
  dekko encrypt secrets/app.yaml
  dekko encrypt -r alice -r age1… .env
  dekko encrypt -r team --preset kubernetes secret.yaml
  dekko encrypt -r age1… --encrypt 'db.*' --plain db.host config.toml
  dekko encrypt -r age1… --type yaml - <plain.yaml >secret.yaml
  dekko encrypt --base secret.yaml plain.yaml -o secret.yaml
  dekko encrypt --anew secrets/app.yaml";

/// An encrypted file that is not written yet.
struct Ready {
    content: Content,
    bytes: Vec<u8>,
    /// What was done, for people.
    done: String,
    /// Who said for whom.
    origin: Origin,
}

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let output = self.output()?;
        let base = self.base.as_deref().map(|base| context.open(Source::of(base), self.typed.file_type));
        let base = base.transpose()?;
        let sources = Source::distinct(&self.files);
        let ready = match context.each(sources, |source| self.seal(context, source, &output, base.as_ref())) {
            Ok(ready) => ready,
            Err(status) => {
                if self.files.len() > 1 {
                    context.ui.note("nothing was written");
                }
                return Ok(status);
            }
        };
        let written = context.each(ready, |file| {
            output.write(context, &file.content, &file.bytes, Readers::AsBefore)?;
            file.origin.note(&context.ui, &file.done);
            Ok(())
        });
        Ok(written.err().unwrap_or(Status::DONE))
    }

    /// Where the result goes.
    fn output(&self) -> Result<Output> {
        let is_stdin = self.files.iter().any(|file| Source::of(file) == Source::Stdin);
        if self.files.len() > 1 && (self.output.is_some() || self.stdout || is_stdin || self.base.is_some()) {
            let what = "several files are encrypted in place: '-', -o, --stdout and --base are for one file";
            return Err(Error::Usage { what: what.to_owned() });
        }
        // A file that is made anew from itself may be written over.
        let is_base = self.output == self.base;
        Ok(match &self.output {
            // Looked at before the base is read: what changes it after that is noticed.
            Some(path) if self.force || is_base => Output::of(path, Overwrite::of(path)?),
            Some(path) => Output::of(path, Overwrite::Refused),
            None if self.stdout || is_stdin => Output::Stdout,
            None => Output::InPlace,
        })
    }

    /// Encrypts what is at `source`, and writes nothing.
    fn seal(
        &self,
        context: &Context,
        source: Source,
        output: &Output,
        base: Option<&Opened>,
    ) -> Result<Ready> {
        output.check(&source)?;
        let content = source.read()?;
        let target = output.path(&content.source).map_or(Source::Stdin, |path| Source::File(path.to_owned()));
        let file_type = self.file_type(&content, &target)?;
        match base {
            Some(base) => {
                let bytes = base.edit(context, &content, file_type)?;
                let done = format!("encrypted {} with the data key of the base", content.source);
                Ok(Ready { content, bytes, done, origin: Origin::User })
            }
            None => self.seal_new(context, content, &target, file_type),
        }
    }

    /// Encrypts `content` for the file `target` under a data key of its own.
    fn seal_new(
        &self,
        context: &Context,
        content: Content,
        target: &Source,
        file_type: FileType,
    ) -> Result<Ready> {
        let plan = self.recipe.plan(context, &[target, &content.source], file_type);
        // That a file is encrypted already says more than that nobody said for whom to encrypt it.
        let is_sealed = || content.encrypted(Some(file_type)).is_ok();
        let plan = plan.map_err(|error| if is_sealed() { Error::AlreadyEncrypted } else { error });
        let plan = plan.map_err(|error| error.in_file(content.source.name()))?;
        let last = if self.anew || is_sealed() { None } else { last::last(context, target) };
        if let Some(last) = last {
            if self.recipe.is_made() {
                last::warn(context, target, "an option says what it is encrypted with");
            } else if let Some(base) = last::opened(context, last, file_type, &plan) {
                return base.go_on(context, content, target, file_type, &plan);
            }
        }
        let random = &mut SystemRandom;
        let wrap = &mut |file: &FileId, key: &DataKey| context.wrap(&plan.readers, file, key);
        let key = DataKey::generate(random)?;
        let sealed = seal(file_type, content.bytes.clone(), &plan.recipe, key, wrap, random)
            .map_err(|error| content.explained(error))?;
        context.warn_of_look_alikes(&content.source, &sealed.look_alikes);
        let Recipe { policy, cover, scope, .. } = plan.recipe.clone();
        plan.warn_of_shortfall(&context.ui, target, &Terms { policy, cover, scope }, file_type);
        if sealed.secrets == 0 {
            context.ui.warn(&format!("no value of {} is encrypted", content.source));
        }
        let what = counted(sealed.secrets, file_type);
        let done = format!("encrypted {what}{} for {}", content.source, list(&plan.readers));
        Ok(Ready { content, bytes: sealed.bytes, done, origin: plan.origin })
    }

    /// What `content` is read as: `--type`, else by its name, else by the name of the file it is written to.
    fn file_type(&self, content: &Content, target: &Source) -> Result<FileType> {
        let is_nameless = content.source == Source::Stdin && *target != Source::Stdin;
        let wanted = self.typed.file_type.or(is_nameless.then(|| FileType::of_plain(&target.file_name())));
        let found = content.plain_type(wanted)?;
        let written = FileType::of_plain(&target.file_name());
        let differs = matches!((found, written), (FileType::Text(_), FileType::Text(_))) && found != written;
        if differs && self.typed.file_type.is_none() {
            let what = format!(
                "{} is {}, and {target} would be read as {}",
                content.source,
                found.name(),
                written.name()
            );
            return Err(Error::Usage { what });
        }
        Ok(found)
    }
}

/// `3 values of `; nothing for a file that is encrypted as a whole.
fn counted(count: usize, file_type: FileType) -> String {
    match (file_type, count) {
        (FileType::Binary, _) => String::new(),
        (_, 1) => "1 value of ".to_owned(),
        _ => format!("{count} values of "),
    }
}

impl Opened {
    /// `content` for the file `target`, encrypted as an edit of this, which is its last commit.
    fn go_on(
        &self,
        context: &Context,
        content: Content,
        target: &Source,
        file_type: FileType,
        plan: &Plan,
    ) -> Result<Ready> {
        let bytes = self.edit(context, &content, file_type)?;
        let (own, config) = (self.file.file(), context.config_for(target)?);
        let envelope = own.envelope();
        let (policy, cover, scope) = (own.policy().clone(), envelope.cover, envelope.scope.clone());
        plan.warn_of_shortfall(&context.ui, target, &Terms { policy, cover, scope }, file_type);
        let readers = list(&Reader::of_file(envelope, config.as_ref()));
        let done =
            format!("encrypted {} with the data key of its last commit, for {readers}", content.source);
        Ok(Ready { content, bytes, done, origin: plan.origin })
    }

    /// The bytes of this file with the plain `content` instead of its own.
    fn edit(&self, context: &Context, content: &Content, file_type: FileType) -> Result<Vec<u8>> {
        let own = self.file.file().file_type();
        if own != file_type {
            let what = format!("the base is {}, and {} is {}", own.name(), content.source, file_type.name());
            return Err(Error::Usage { what });
        }
        let edit = || {
            context.warn_of_look_alikes(&content.source, &self.file.look_alikes(&content.bytes)?);
            self.file.edit_after(content.bytes.clone(), &self.content.past(context), &mut SystemRandom)
        };
        edit().map_err(|error| content.explained(error))
    }
}
