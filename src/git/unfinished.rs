//! A merge that waits for a person: its conflicts in plain text, and the way back to a sealed file.

use std::path::Path;

use super::command::Git;
use super::known::Known;
use super::objects::Objects;
use crate::crypto::SystemRandom;
use crate::document::{Document, Span};
use crate::envelope::Envelope;
use crate::error::{Class, Error, Result};
use crate::file::loose::{Loose, Shown};
use crate::file::merge::{Input, Inputs, Lineage, Merge, Terms};
use crate::file::{DataKeys, EncryptedFile, FileType, Past, Reseal, UnsealedFile};
use crate::format::{self, Format};
use crate::merge::Lists;
use crate::merge::marks::{Conflict, Marked, Marks, Piece, Side, part, taken};

/// The versions of one file that git keeps while a merge is in conflict.
#[derive(Default)]
pub struct Stages {
    /// The common ancestor.
    pub base: Option<Vec<u8>>,
    /// Our version.
    pub ours: Option<Vec<u8>>,
    /// The other version.
    pub theirs: Option<Vec<u8>>,
    /// Whether the other version is one from before ours, which `git revert` brings back.
    pub is_revert: bool,
}

impl Stages {
    /// The format of the file called `name`.
    ///
    /// # Errors
    /// [`Error::Usage`] when it is encrypted as a whole.
    pub fn format(&self, name: &str) -> Result<&'static dyn Format> {
        let sides = [&self.ours, &self.theirs].into_iter().flatten();
        let mut formats = sides.filter_map(|bytes| match FileType::of_encrypted(name, bytes) {
            FileType::Text(format) => Some(format),
            FileType::Binary => None,
        });
        formats.next().ok_or_else(|| Error::Usage {
            what: "the file is encrypted as a whole; take one side: dekko resolve FILE --ours, or --theirs"
                .to_owned(),
        })
    }
}

/// How one conflict is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Our side.
    Ours,
    /// The other side.
    Theirs,
    /// Both, ours first: for items of a list.
    Union,
}

/// One conflict, plain.
pub struct Question {
    /// The key paths of the values on either side.
    pub paths: Vec<String>,
    /// The text of both sides.
    pub conflict: Conflict,
}

/// A file in conflict.
pub struct Unfinished {
    format: &'static dyn Format,
    pieces: Vec<Piece>,
    source: Source,
}

/// Where the conflict comes from, and what seals it again.
#[expect(clippy::large_enum_variant, reason = "one lives per conflict")]
enum Source {
    /// From what lies in the work tree.
    Marked { ours: UnsealedFile, theirs: UnsealedFile, known: Known },
    /// From the versions in the index.
    Merged(Box<Merge>),
}

impl Unfinished {
    /// The conflict in `bytes`, a file of `format` in which the merge driver left marks; `known` are the versions that were
    /// merged.
    ///
    /// # Errors
    /// [`Error::Refused`] and others when one side of the conflicts is no readable file whose metadata hold:
    /// [`Unfinished::merged`] can help then.
    pub fn marked(
        format: &'static dyn Format,
        bytes: Vec<u8>,
        keys: &DataKeys<'_>,
        known: Known,
    ) -> Result<Self> {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let marked = Marked::read(&text)
            .ok_or_else(|| Error::Usage { what: "no conflict is marked in it".to_owned() })?;
        let open = |side| {
            let file = EncryptedFile::read(FileType::Text(format), taken(&marked.pieces, side).into_bytes())?;
            let key = keys.of(&file)?;
            let file = file.open_unsealed(key)?;
            file.plain()?;
            Ok::<_, Error>(file)
        };
        let (ours, theirs) = (open(Side::Ours)?, open(Side::Theirs)?);
        if ours.file().envelope().commit != theirs.file().envelope().commit {
            return Err(Error::refused(
                Class::Dek,
                None,
                "the sides of the conflict have different data keys",
            ));
        }
        let mut loose = Loose::read(format, bytes)?;
        loose.unlock(keys)?;
        let plain = loose.text(Shown::Values);
        let pieces = Marked::read(&plain).map_or_else(|| vec![Piece::Text(plain)], |marked| marked.pieces);
        Ok(Self { format, pieces, source: Source::Marked { ours, theirs, known } })
    }

    /// The conflict between `stages`, merged anew.
    ///
    /// # Errors
    /// As [`Merge::new`]; [`Error::NoIdentity`] and others when a version does not open.
    pub fn merged(
        format: &'static dyn Format,
        stages: Stages,
        keys: &DataKeys<'_>,
        terms: &mut Terms<'_>,
    ) -> Result<Self> {
        let input = |bytes: Option<Vec<u8>>| {
            let Some(bytes) = bytes.filter(|bytes| !bytes.is_empty()) else { return Ok(Input::Absent) };
            match EncryptedFile::read(FileType::Text(format), bytes.clone()) {
                Ok(file) => Ok(Input::Open(Box::new(keys.open(file)?))),
                Err(Error::NotEncrypted) => Ok(Input::Plain(bytes)),
                Err(error) => Err(error),
            }
        };
        let base = match &stages.base {
            Some(bytes) => match input(Some(bytes.clone())) {
                Err(Error::NoIdentity { .. }) => Input::Locked(bytes.clone()),
                found => found?,
            },
            None => Input::Absent,
        };
        let lineage = if stages.is_revert { Lineage::Ours } else { Lineage::Both };
        let inputs = Inputs { base, ours: input(stages.ours)?, theirs: input(stages.theirs)? };
        let merge = Merge::new(inputs, Lists::Ordered, terms, &mut SystemRandom)?.upon(lineage);
        Ok(Self { format, pieces: merge.pieces().to_vec(), source: Source::Merged(Box::new(merge)) })
    }

    /// The format of the file.
    pub fn format(&self) -> &'static dyn Format {
        self.format
    }

    /// The metadata that the sealed file will have, tags aside.
    pub fn envelope(&self) -> &Envelope {
        match &self.source {
            Source::Merged(merge) => merge.envelope(),
            Source::Marked { ours, .. } => ours.file().envelope(),
        }
    }

    /// What is in conflict beside the marked places, `(recipients)` for instance, and what the merge has to say.
    pub fn merge(&self) -> Option<&Merge> {
        match &self.source {
            Source::Merged(merge) => Some(merge),
            Source::Marked { .. } => None,
        }
    }

    /// The verified versions that are known of a text that was taken as it lay there; `None` for one that was merged from
    /// verified versions alone.
    pub fn unverified(&self) -> Option<&Known> {
        match &self.source {
            Source::Merged(_) => None,
            Source::Marked { known, .. } => Some(known),
        }
    }

    /// Whether both hold the same text, whichever side of the conflicts is taken.
    pub fn is_same_as(&self, other: &Self) -> bool {
        let text = |unfinished: &Self, side| taken(&unfinished.pieces, side);
        [Side::Ours, Side::Theirs].into_iter().all(|side| text(self, side) == text(other, side))
    }

    /// The conflicts, in order.
    pub fn questions(&self) -> Vec<Question> {
        let (ours, theirs) = (self.places(Side::Ours), self.places(Side::Theirs));
        let conflicts = self.pieces.iter().zip(ours).zip(theirs).filter_map(|((piece, mut ours), theirs)| {
            let Piece::Conflict(conflict) = piece else { return None };
            ours.extend(theirs);
            let mut paths: Vec<String> = Vec::new();
            ours.into_iter().for_each(|path| {
                if !paths.contains(&path) {
                    paths.push(path)
                }
            });
            Some(Question { paths, conflict: conflict.clone() })
        });
        conflicts.collect()
    }

    /// The key paths of the values in each piece when `side` is taken.
    fn places(&self, side: Side) -> Vec<Vec<String>> {
        let document = format::parse(self.format, taken(&self.pieces, side).into_bytes()).ok();
        let mut start = 0;
        let piece_paths = self.pieces.iter().map(|piece| {
            let end = start + part(piece, side).len();
            let span = Span::new(start, end);
            start = end;
            match (&document, piece) {
                (Some(document), Piece::Conflict(_)) => paths_within(document, span),
                _ => Vec::new(),
            }
        });
        piece_paths.collect()
    }

    /// The plain text with `choices` made, one for each conflict.
    pub fn text(&self, choices: &[Choice]) -> String {
        let mut choices = choices.iter();
        let mut out = String::new();
        for piece in &self.pieces {
            match (piece, matches!(piece, Piece::Conflict(_)).then(|| choices.next()).flatten()) {
                (piece, Some(Choice::Theirs)) => out.push_str(part(piece, Side::Theirs)),
                (piece, Some(Choice::Union)) => {
                    out.push_str(part(piece, Side::Ours));
                    if !out.is_empty() && !out.ends_with('\n') {
                        out.push_str(format::line_break(&out.clone()));
                    }
                    out.push_str(part(piece, Side::Theirs));
                }
                (piece, _) => out.push_str(part(piece, Side::Ours)),
            }
        }
        out
    }

    /// The plain text with marks around what is in conflict.
    pub fn marked_text(&self, marks: &Marks) -> String {
        marks.write(&self.pieces, format::line_break(&taken(&self.pieces, Side::Ours)))
    }

    /// The sealed file that holds `plain`.
    ///
    /// # Errors
    /// [`Error::Conflict`] when there are marks in it; as [`crate::file::seal`].
    pub fn seal(&self, plain: Vec<u8>, past: &dyn Past) -> Result<Vec<u8>> {
        if let Some(marked) = Marked::read(&String::from_utf8_lossy(&plain)) {
            return Err(Error::Conflict { line: marked.line });
        }
        match &self.source {
            Source::Merged(merge) => merge.sealed_with(plain, past, &mut SystemRandom),
            Source::Marked { ours, theirs, known } => {
                let parents = known.parents();
                let reseal = Reseal { origins: &[ours, theirs], parents: parents.as_deref(), past };
                reseal.seal(plain, &mut SystemRandom)
            }
        }
    }
}

/// The key paths of the values whose text begins within `span`; when there is none, of nothing.
fn paths_within(document: &Document, span: Span) -> Vec<String> {
    let leaves = document.leaves();
    let first = leaves.partition_point(|leaf| leaf.span.start < span.start);
    let within = leaves[first..].iter().take_while(|leaf| leaf.span.start < span.end);
    within.map(|leaf| document.path_of(leaf.node)).collect()
}

/// The versions of the file called `name` in `git`'s folder that the index holds while it is in conflict; `None` when it
/// is not, or git does not know it.
///
/// # Errors
/// [`Error::Git`].
pub fn stages(git: &Git, name: &str) -> Result<Option<Stages>> {
    let pathspec = format!(":(literal){name}");
    let listed = git.output("list what is in conflict", ["ls-files", "--unmerged", "-z", "--", &pathspec])?;
    let mut objects = Objects::open(git)?;
    let mut stages = Stages::default();
    for line in listed.split(|&byte| byte == 0) {
        // `mode id stage<tab>path`, git-ls-files(1).
        let line = String::from_utf8_lossy(line);
        let mut words = line.split_once('\t').map_or("", |(words, _)| words).split(' ').skip(1);
        let (Some(id), Some(stage)) = (words.next(), words.next()) else { continue };
        let bytes = objects.find(id)?.filter(|object| object.kind == "blob").map(|object| object.bytes);
        match stage {
            "1" => stages.base = bytes,
            "2" => stages.ours = bytes,
            _ => stages.theirs = bytes,
        }
    }
    stages.is_revert = is_revert(git)?;
    Ok((stages.ours.is_some() || stages.theirs.is_some()).then_some(stages))
}

/// Whether `git revert` waits for a conflict to be settled.
///
/// # Errors
/// [`Error::Git`].
pub fn is_revert(git: &Git) -> Result<bool> {
    let asked = ["rev-parse", "--verify", "--quiet", "REVERT_HEAD"];
    git.answer("tell whether something is reverted", asked).map(|found| found.is_some())
}

/// What the file called `name` in `git`'s folder holds in `commit`, or any tree.
///
/// # Errors
/// [`Error::Git`].
pub fn version_in(git: &Git, commit: &str, name: &str) -> Result<Option<Vec<u8>>> {
    let found = Objects::open(git)?.find(format!("{commit}:./{name}"))?;
    Ok(found.filter(|object| object.kind == "blob").map(|object| object.bytes))
}

/// git in the folder of `file`, and the name of the file there; `None` when git cannot be used there.
pub fn around(file: &Path, environment: &crate::environment::Environment) -> Option<(Git, String)> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let git = Git::new(folder, environment).ok()?;
    git.top().ok()??;
    Some((git, file.file_name()?.to_str()?.to_owned()))
}
