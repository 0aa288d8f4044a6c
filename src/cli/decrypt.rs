//! `dekko decrypt`: the plain text of encrypted files.

use std::path::{Path, PathBuf};

use super::context::{Context, repository_of};
use super::convert::{self, Target};
use super::options::Typed;
use super::output::{Output, Overwrite};
use super::source::{Content, Source};
use super::ui::Status;
use crate::error::{Error, Result};
use crate::file::FileType;
use crate::fs::Readers;

/// Decrypt files to standard output
///
/// Everything is verified before the first byte is written; of several files, all of them or none. Several YAML files
/// become one stream, joined by '---'. On a terminal, characters that it could act on are shown as escapes.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The files; '-' is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write to OUT, which only you can read
    #[arg(short, long, value_name = "OUT", conflicts_with = "in_place")]
    output: Option<PathBuf>,
    /// Let -o write over an existing file
    #[arg(long, requires = "output")]
    force: bool,
    /// Put the plain text in the place of each file, which only you can read then
    #[arg(long)]
    in_place: bool,
    /// Convert to FORMAT: yaml, json, toml or env
    #[arg(long, value_enum, value_name = "FORMAT", hide_possible_values = true, conflicts_with = "in_place")]
    to: Option<Target>,
    /// Refuse files that are for another scope than SCOPE
    #[arg(long, value_name = "SCOPE")]
    require_scope: Option<String>,
    #[command(flatten)]
    typed: Typed,
}

const EXAMPLES: &str = "\
Examples:
  dekko decrypt secrets/app.yaml
  dekko decrypt --require-scope prod *.secret.yaml | kubectl apply -f -
  dekko decrypt --to json config.toml | jq .db
  dekko decrypt -o plain.env .env
  dekko decrypt --in-place secrets/app.yaml";

/// A file that was verified and decrypted.
struct Plain {
    content: Content,
    file_type: FileType,
    bytes: Vec<u8>,
}

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        let output = self.output()?;
        let sources = match output {
            Output::InPlace => Source::distinct(&self.files),
            _ => self.files.iter().map(|file| Source::of(file)).collect(),
        };
        let plains = match context.each(sources, |source| self.open(context, source, &output)) {
            Ok(plains) => plains,
            Err(status) => return Ok(status),
        };
        if output != Output::InPlace {
            let (first, bytes) = self.joined(plains)?;
            output.write(context, &first, &bytes, Readers::Owner)?;
            warn_of_work_tree(context, output.path(&first.source));
            return Ok(Status::DONE);
        }
        let written = context.each(plains, |plain| {
            output.write(context, &plain.content, &plain.bytes, Readers::Owner)?;
            warn_of_work_tree(context, plain.content.source.path());
            Ok(())
        });
        if written.is_ok() {
            context.ui.hint(
                "encrypted again, values that stay as they are keep their tokens where git's last commit has the file \
                 encrypted; elsewhere name it as it was with: dekko encrypt --base OLD FILE",
            );
        }
        Ok(written.err().unwrap_or(Status::DONE))
    }

    /// Where the plain text goes.
    fn output(&self) -> Result<Output> {
        Ok(match &self.output {
            Some(path) if self.force => Output::of(path, Overwrite::of(path)?),
            Some(path) => Output::of(path, Overwrite::Refused),
            None if self.in_place => Output::InPlace,
            None => Output::Stdout,
        })
    }

    /// Verifies and decrypts the file at `source`.
    fn open(&self, context: &Context, source: Source, output: &Output) -> Result<Plain> {
        output.check(&source)?;
        let opened = context.open(source, self.typed.file_type)?;
        if let Some(scope) = &self.require_scope {
            opened.require_scope(scope)?;
        }
        let bytes = opened.file.plain().map_err(|error| opened.content.explained(error))?;
        Ok(Plain { content: opened.content, file_type: opened.file.file().file_type(), bytes })
    }

    /// One text of all files, converted when that is asked for, and the first file.
    fn joined(&self, mut plains: Vec<Plain>) -> Result<(Content, Vec<u8>)> {
        let types: Vec<FileType> = plains.iter().map(|plain| plain.file_type).collect();
        if types.len() > 1 && types.iter().any(|file_type| file_type.name() != "yaml") {
            let what = "only YAML files can be joined to one text; decrypt the others one by one";
            return Err(Error::Usage { what: what.to_owned() });
        }
        let bytes: Vec<Vec<u8>> = plains.iter_mut().map(|plain| std::mem::take(&mut plain.bytes)).collect();
        let first = plains.into_iter().next().map(|plain| plain.content);
        let (Some(first), Some(&file_type)) = (first, types.first()) else {
            return Err(Error::Usage { what: "no file is named".to_owned() });
        };
        let bytes = convert::joined(bytes);
        let bytes = match self.to {
            None => bytes,
            Some(target) => convert::converted(bytes, file_type, target)
                .map_err(|error| error.in_file(first.source.name()))?,
        };
        Ok((first, bytes))
    }
}

/// Warns when the plain text at `path` could be committed by mistake.
pub(super) fn warn_of_work_tree(context: &Context, path: Option<&Path>) {
    if let Some(path) = path.filter(|path| repository_of(path).is_some()) {
        let name = Source::File(path.to_owned());
        context.ui.warn(&format!("{name} is plain text in a git work tree: do not commit it"));
    }
}
