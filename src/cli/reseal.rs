//! `dekko reseal`: a file that was put together by hand or merged by lines, sealed again.

use std::collections::HashSet;
use std::path::PathBuf;

use super::context::Context;
use super::options::Typed;
use super::source::{Content, Source};
use super::ui::Status;
use super::vouched::{Agreement, Subject, vouched};
use crate::crypto::{SystemRandom, Tag};
use crate::error::{Error, Result};
use crate::file::{DataKeys, EncryptedFile, FileType, OpenFile, Past, Reseal};
use crate::fs::Readers;
use crate::git::{Known, around, known};
use crate::merge::marks::Marked;

/// Seal a file that was merged by hand or line by line
///
/// Every encrypted value must open where it stands; one that was moved to another key does not, and has to be set anew.
/// What differs from the versions that the file comes from, or from the last commit, is shown, and you are asked. Metadata
/// must be as they were sealed: recipients are not taken from a file that does not hold.
///
/// A file that was put back to an earlier state (git revert) holds, and still looks like an attack: its values are written
/// anew, on top of the last commit.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Seal without asking
    #[arg(short, long)]
    yes: bool,
    #[command(flatten)]
    typed: Typed,
}

const EXAMPLES: &str = "\
Examples:
  dekko reseal secrets/app.yaml
  dekko reseal --yes secrets/*.yaml";

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let sources = Source::distinct(&self.files);
        let done = context.each(sources, |source| self.reseal(context, source));
        Ok(done.err().unwrap_or(Status::DONE))
    }

    fn reseal(&self, context: &Context, source: Source) -> Result<()> {
        let content = source.read()?;
        let name = content.source.name().to_owned();
        let sealed = self.sealed(context, &content).map_err(|error| error.in_file(&name))?;
        match sealed {
            None => context.ui.note(&format!("{} is sealed as it is", content.source)),
            Some(bytes) => {
                context.replace(&content, &bytes, Readers::AsBefore)?;
                context.ui.note(&format!("{} is sealed", content.source));
            }
        }
        Ok(())
    }

    /// The sealed file; `None` when it is that already.
    fn sealed(&self, context: &Context, content: &Content) -> Result<Option<Vec<u8>>> {
        if let Some(marked) = Marked::read(&String::from_utf8_lossy(&content.bytes)) {
            return Err(Error::Conflict { line: marked.line });
        }
        let found = FileType::of_encrypted(&content.source.file_name(), &content.bytes);
        let file_type = self.typed.file_type.unwrap_or(found);
        let keys = DataKeys::new(context.session()?);
        let read = || EncryptedFile::read(file_type, content.bytes.clone());
        let key = keys.of(&read()?)?;
        let sound = read()?.open(key.copy()).and_then(|file| Ok((file.plain()?, file)));
        let known = match content.source.path().and_then(|path| around(path, &context.environment)) {
            Some((git, name)) => known(&git, file_type, &name, &keys)?,
            None => Known::default(),
        };
        if let Ok((plain, file)) = sound {
            return self.drawn_anew(context, content, &file, plain, &known);
        }
        let file = read()?.open_unsealed(key)?;
        let plain = file.plain()?;
        if let FileType::Text(format) = file_type {
            let envelope = file.file().envelope();
            let subject = Subject { name: content.source.name(), format, envelope, plain: &plain };
            vouched(context, &subject, &known, Agreement::of(self.yes))?;
        }
        let parents = known.parents();
        let reseal = Reseal { origins: &[&file], parents: parents.as_deref(), past: &content.past(context) };
        reseal.seal(plain, &mut SystemRandom).map(Some)
    }

    /// `file`, which holds as it is, drawn anew on top of the last version in `known` when it was put back to an earlier
    /// state, by `git revert` for instance; `None` when it was not.
    fn drawn_anew(
        &self,
        context: &Context,
        content: &Content,
        file: &OpenFile,
        plain: Vec<u8>,
        known: &Known,
    ) -> Result<Option<Vec<u8>>> {
        let parents = known.parents().unwrap_or_default();
        let (Some(last), FileType::Text(format)) = (parents.first(), file.file().file_type()) else {
            return Ok(None);
        };
        let tags = |file: &OpenFile| -> Vec<Tag> {
            let links = file.file().tokens().iter().flatten().map(|token| token.link);
            links.chain([file.file().envelope().end]).collect()
        };
        let inherited: HashSet<Tag> = parents.iter().copied().flat_map(tags).collect();
        let mut new = tags(file);
        new.retain(|tag| !inherited.contains(tag));
        let past = content.past(context);
        let is_same_file = last.file().envelope().file_id == file.file().envelope().file_id;
        if !is_same_file || new.is_empty() || !past.holds(&new)? {
            return Ok(None);
        }
        context.ui.disclose("it was put back to an earlier state; recipients, policy and data key stay those of the last commit");
        let envelope = last.file().envelope();
        let subject = Subject { name: content.source.name(), format, envelope, plain: &plain };
        vouched(context, &subject, known, Agreement::of(self.yes))?;
        last.edit_after(plain, &past, &mut SystemRandom).map(Some)
    }
}
