//! `dekko edit`: an encrypted file, changed in the user's editor.

use std::io;
use std::path::{Path, PathBuf};

use super::context::{Context, Opened, repository_of};
use super::copy::PrivateCopy;
use super::editor::Editor;
use super::hints::shell_word;
use super::options::Typed;
use super::readers::list;
use super::recipe::{Plan, RecipeOptions};
use super::source::{Content, Source};
use super::ui::Status;
use super::unfinished::{agreed, agreed_to_text, load, marks};
use super::vouched::Agreement;
use crate::crypto::{DataKey, SystemRandom};
use crate::document::{KeyPath, escape};
use crate::error::{Error, Result};
use crate::file::{FileType, PlainFile, Within, seal};
use crate::fs::{self, Expected, Readers};
use crate::git::Unfinished;

/// Change a file in your editor
///
/// The editor (VISUAL, EDITOR, or vi) gets a decrypted copy that only you can read, in memory where the system has such
/// a place. When it ends, the values that were changed are encrypted anew; all other lines of the file stay as they
/// are. A file that does not exist is made by the rule in dekko.toml that names it, and its folder with it.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Args {
    /// The encrypted file, or a new one
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Begin at the value at PATH (db.password), when the editor can
    #[arg(long, value_name = "PATH")]
    at: Option<String>,
    /// Begin with the text of COPY: with an edit that was kept when it could not be written
    #[arg(long, value_name = "COPY")]
    from: Option<PathBuf>,
    /// Of a new file, do not ask about recipients that come from dekko.toml
    #[arg(short, long)]
    yes: bool,
    #[command(flatten)]
    typed: Typed,
}

const EXAMPLES: &str = "\
Examples:
  dekko edit secrets/app.yaml
  dekko edit --at db.password secrets/app.yaml
  EDITOR='code --wait' dekko edit secrets/app.yaml";

/// What came of an edit.
enum Edit {
    /// The text is what it was.
    Unchanged,
    /// The new encrypted file.
    Sealed(Vec<u8>),
    /// The user, who has seen the error, leaves it at that.
    Stopped(Error),
}

/// What is edited.
enum Subject {
    /// A file that exists.
    Existing(Box<Opened>),
    /// A file that does not exist yet.
    New(FileType, Box<Plan>),
    /// A file that a merge left in conflict, and whether the person agreed to what is not verified in it.
    Conflict(Content, Box<Unfinished>, Agreement),
}

/// Lets the user settle the conflict in `file` in the editor; `anew` as in [`load`].
pub(super) fn conflict(context: &Context, file: PathBuf, anew: bool, agreement: Agreement) -> Result<Status> {
    fs::sweep(&context.environment);
    let (content, unfinished) = load(context, &file, anew)?;
    agreed(context, &file, &unfinished, agreement)?;
    let subject = Subject::Conflict(content, Box::new(unfinished), agreement);
    Args { file, at: None, from: None, yes: false, typed: Typed::default() }.settle(context, subject)
}

impl Args {
    /// Runs the command.
    pub fn run(self, context: &Context) -> Result<Status> {
        fs::sweep(&context.environment);
        let subject = self.subject(context)?;
        self.settle(context, subject)
    }

    /// Lets the user change `subject`, and writes what came of it.
    fn settle(self, context: &Context, subject: Subject) -> Result<Status> {
        let before = subject.plain().map_err(|error| error.in_file(&self.file))?;
        let line = self.line(&subject, &before)?;
        let limit = if subject.file_type() == FileType::Binary { fs::FILE_LIMIT } else { fs::TEXT_LIMIT };
        let start = match &self.from {
            Some(copy) => fs::read(copy, limit)?,
            None => before.clone(),
        };
        let editor = Editor::of(&context.environment);
        let copy = PrivateCopy::new(context, &self.file, &start, limit)?;
        if let Some(warning) = editor.warning() {
            context.ui.warn(&format!("'{}': {warning}", escape(editor.command())));
        }
        let edit = self.edited(context, &subject, &before, &copy, &editor, line);
        let is_reported = matches!(edit, Ok(Edit::Stopped(_)));
        let error = match edit {
            Ok(Edit::Unchanged) => {
                context.ui.note("nothing was changed");
                return Ok(Status::DONE);
            }
            Ok(Edit::Sealed(new)) => match self.write(context, &subject, &new) {
                Ok(()) => return Ok(Status::DONE),
                Err(error) => error,
            },
            Ok(Edit::Stopped(error)) | Err(error) => error,
        };
        if !is_reported {
            context.ui.error(&error);
        }
        let is_new = copy.exists() && !copy.text().is_ok_and(|text| text == start);
        if is_new { self.keep(context, copy, &error) } else { Ok(Status(error.status())) }
    }

    /// The file as it is, or what it will be made with.
    fn subject(&self, context: &Context) -> Result<Subject> {
        let is_absent =
            self.file.symlink_metadata().is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
        if !is_absent || self.file.as_os_str() == "-" {
            return match context.open_to_change(&self.file, self.typed.file_type) {
                Ok(opened) => Ok(Subject::Existing(Box::new(opened))),
                Err(error) if matches!(error.bare(), Error::Conflict { .. }) => {
                    let (content, unfinished) = load(context, &self.file, false)?;
                    agreed(context, &self.file, &unfinished, Agreement::Asked)?;
                    Ok(Subject::Conflict(content, Box::new(unfinished), Agreement::Asked))
                }
                Err(error) => Err(error),
            };
        }
        let source = Source::of(&self.file);
        let file_type = self.typed.file_type.unwrap_or_else(|| FileType::of_plain(&source.file_name()));
        let plan = RecipeOptions::without_asking(self.yes).plan(context, &[&source], file_type);
        let plan = plan.map_err(|error| error.in_file(&self.file))?;
        let new = topmost_missing(&self.file);
        fs::check_writable(new, repository_of(new).as_deref())?;
        Ok(Subject::New(file_type, Box::new(plan)))
    }

    /// The line to begin at.
    fn line(&self, subject: &Subject, before: &[u8]) -> Result<Option<usize>> {
        let Some(at) = &self.at else { return Ok(None) };
        let find = || {
            let plain = PlainFile::parse(subject.file_type(), before.to_vec())?;
            let node = plain.find(&KeyPath::parse(at)?, Within::Any)?;
            Ok(Some(plain.position(node).line))
        };
        find().map_err(|error: Error| error.in_file(&self.file))
    }

    /// What the user makes of the file. A text that cannot be encrypted goes back to the editor, as long as the user
    /// wants it to.
    fn edited(
        &self,
        context: &Context,
        subject: &Subject,
        before: &[u8],
        copy: &PrivateCopy,
        editor: &Editor,
        mut line: Option<usize>,
    ) -> Result<Edit> {
        loop {
            let status = editor.run(copy.path(), line, copy.watch())?;
            if !status.success() {
                let what = format!("'{}' ended with {status}", escape(editor.command()));
                return Err(Error::Io { action: "take over the edit", source: io::Error::other(what) });
            }
            let text = copy.text()?;
            if text == before {
                return Ok(Edit::Unchanged);
            }
            copy.is_edited();
            let error = match subject.seal(context, text) {
                Ok(new) => return Ok(Edit::Sealed(new)),
                Err(error) => error.in_file(&self.file),
            };
            let prompt = context.session()?.prompt();
            if !prompt.is_present() {
                return Err(error);
            }
            context.ui.error(&error);
            let question = "Enter opens the editor again, 'no' stops and keeps the text";
            match prompt.line(question) {
                Some(answer) if !answer.trim_start().starts_with(['n', 'N']) => {}
                _ => return Ok(Edit::Stopped(error)),
            }
            line = match error.bare() {
                Error::Refused { at: Some(at), .. } => Some(at.line),
                _ => None,
            };
        }
    }

    fn write(&self, context: &Context, subject: &Subject, new: &[u8]) -> Result<()> {
        match subject {
            Subject::Existing(opened) => context.replace(&opened.content, new, Readers::AsBefore),
            Subject::Conflict(content, ..) => context.replace(content, new, Readers::AsBefore),
            Subject::New(_, plan) => {
                make_folder(&self.file)?;
                let within = repository_of(&self.file);
                fs::replace(&self.file, &Expected::Absent, new, Readers::AsBefore, within.as_deref())?;
                let name = escape(&self.file.to_string_lossy());
                let done = format!("'{name}' is new, encrypted for {}", list(&plan.readers));
                plan.origin.note(&context.ui, &done);
                Ok(())
            }
        }
    }

    /// Says where the text lies after `error`, which was reported, and ends with its status.
    fn keep(&self, context: &Context, copy: PrivateCopy, error: &Error) -> Result<Status> {
        let kept = match copy.keep() {
            Ok(kept) => kept,
            Err(error) => {
                context.ui.error(&error);
                context
                    .ui
                    .warn("your text lies there, unencrypted, and the next dekko removes it: copy it first");
                return Ok(Status(error.status()));
            }
        };
        let (file, kept) = (shell_word(&self.file), shell_word(&kept));
        context.ui.warn(&format!("your text is kept, unencrypted, in {kept}"));
        if matches!(error.bare(), Error::ChangedMeanwhile) {
            context.ui.hint(&format!("see what differs: dekko decrypt {file} | diff - {kept}"));
        }
        context.ui.hint(&format!("go on with it: dekko edit --from {kept} {file}"));
        let folder = Path::new(&kept).parent().map(shell_word).unwrap_or_default();
        context.ui.hint(&format!("or remove it: rm -r {folder}"));
        Ok(Status(error.status()))
    }
}

/// What is made first when `file` is written: the topmost of its folders that does not exist, or the file itself.
fn topmost_missing(file: &Path) -> &Path {
    let is_missing =
        |path: &&Path| path.symlink_metadata().is_err_and(|error| error.kind() == io::ErrorKind::NotFound);
    let named = file.ancestors().filter(|path| !path.as_os_str().is_empty());
    named.take_while(is_missing).last().unwrap_or(file)
}

/// Makes the folder of `file`, and those above it, where they are missing.
fn make_folder(file: &Path) -> Result<()> {
    let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    std::fs::create_dir_all(folder)
        .map_err(|source| Error::Io { action: "make the folder", source }.in_file(folder))
}

impl Subject {
    fn file_type(&self) -> FileType {
        match self {
            Self::Existing(opened) => opened.file.file().file_type(),
            Self::New(file_type, _) => *file_type,
            Self::Conflict(_, unfinished, _) => FileType::Text(unfinished.format()),
        }
    }

    /// The text as it is now.
    fn plain(&self) -> Result<Vec<u8>> {
        match self {
            Self::Existing(opened) => opened.file.plain(),
            Self::New(..) => Ok(Vec::new()),
            Self::Conflict(_, unfinished, _) => Ok(unfinished.marked_text(&marks()).into_bytes()),
        }
    }

    /// The encrypted file with the text `edited`.
    fn seal(&self, context: &Context, edited: Vec<u8>) -> Result<Vec<u8>> {
        let random = &mut SystemRandom;
        match self {
            Self::Existing(opened) => {
                context.warn_of_look_alikes(&opened.content.source, &opened.file.look_alikes(&edited)?);
                opened.file.edit_after(edited, &opened.content.past(context), random)
            }
            Self::Conflict(content, unfinished, agreement) => {
                agreed_to_text(context, content.source.name(), unfinished, &edited, *agreement)?;
                unfinished.seal(edited, &content.past(context))
            }
            Self::New(file_type, plan) => {
                let key = DataKey::generate(random)?;
                let wrap = &mut |file: &_, key: &_| context.wrap(&plan.readers, file, key);
                Ok(seal(*file_type, edited, &plan.recipe, key, wrap, random)?.bytes)
            }
        }
    }
}
