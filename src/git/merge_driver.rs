//! The merge of one file, as git asks for it (gitattributes(5), "Defining a custom merge driver").

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::access::{allowed, config};
use super::command::Git;
use super::history::FilePast;
use crate::config::Config;
use crate::crypto::SystemRandom;
use crate::error::{Class, Error, Result};
use crate::file::merge::{Input, Inputs, Keyless, Merge, Notice, Terms, WrapOne, keyless};
use crate::file::{DataKeys, EncryptedFile, FileType, OpenFile, conflict_of_wholes};
use crate::format::{self, Format};
use crate::fs;
use crate::merge::marks::{Conflict, Marked, Marks, Piece};
use crate::merge::{self, Lists, Version};
use crate::provider::recipient_of;

/// What git wants merged.
pub struct Request {
    /// The file with the common ancestor; empty when there is none.
    pub base: PathBuf,
    /// The file with our version, which becomes the result.
    pub ours: PathBuf,
    /// The file with the other version.
    pub theirs: PathBuf,
    /// The path of the result, from the top of the work tree; it is not read and not written.
    pub path: String,
    /// How conflicts are marked.
    pub marks: Marks,
    /// Whether git's merge of texts is wanted for this run.
    pub as_text: bool,
    /// When a new data key would be made: RFC 3339 in UTC with seconds.
    pub now: String,
    /// What happens to additions at one place of a list.
    pub lists: Lists,
}

/// What came of a merge; the result is in the file with our version.
#[derive(Debug, Default)]
pub struct Report {
    /// What is in conflict; empty when the merge is clean.
    pub conflicts: Vec<String>,
    /// What the person who merges should know.
    pub notices: Vec<Notice>,
    /// Sentences beside these.
    pub remarks: Vec<String>,
    /// The configuration in our commit, where somebody's access changes: it knows their names.
    pub config: Option<Config>,
}

/// A version as it was read.
enum Read {
    Absent,
    Plain,
    Encrypted(Box<EncryptedFile>),
    /// Not to be parsed, and why not, in words.
    Unreadable(String),
}

/// Merges as `request` says, with the data keys that `keys` gives out and `wrap` for recipients of the other side.
///
/// # Errors
/// When a file cannot be read or written, or nothing that could be given out came of it; the merge as a whole must fail
/// then.
pub fn merge_driver(
    request: &Request,
    git: Option<&Git>,
    keys: &DataKeys<'_>,
    wrap: WrapOne<'_>,
) -> Result<Report> {
    let read = |path: &Path| fs::read(path, fs::FILE_LIMIT);
    let ours = read(&request.ours)?;
    // From here on, whatever happens to this process is no conflict in git's eyes.
    fs::vacate(&request.ours);
    let (base, theirs) = (read(&request.base)?, read(&request.theirs)?);
    let one_sided = match () {
        () if ours == theirs || theirs == base => Some(&ours),
        () if ours == base => Some(&theirs),
        () => None,
    };
    if let Some(bytes) = one_sided {
        fs::fill(&request.ours, bytes)?;
        return Ok(Report::default());
    }
    let driver = Driver { request, git, keys };
    let (bytes, report) = driver.merge(&base, &ours, &theirs, wrap)?;
    fs::fill(&request.ours, &bytes)?;
    Ok(report)
}

struct Driver<'a> {
    request: &'a Request,
    git: Option<&'a Git>,
    keys: &'a DataKeys<'a>,
}

impl Driver<'_> {
    fn merge(&self, base: &[u8], ours: &[u8], theirs: &[u8], wrap: WrapOne<'_>) -> Result<(Vec<u8>, Report)> {
        let texts = [base, ours, theirs];
        let has_marks =
            |bytes: &&[u8]| std::str::from_utf8(bytes).is_ok_and(|text| Marked::read(text).is_some());
        if self.request.as_text || texts.iter().any(has_marks) {
            let (bytes, mut report) = self.as_lines(texts, Report::default());
            if report.conflicts.is_empty() && !self.holds(&bytes, texts) {
                report.conflicts.push("(lines)".to_owned());
            }
            return Ok((bytes, report));
        }
        let file_type = self.file_type(texts);
        let [base_read, ours_read, theirs_read] = texts.map(|bytes| read(file_type, bytes));
        let mut report = Report::default();
        for (side, read) in [("base", &base_read), ("ours", &ours_read), ("theirs", &theirs_read)] {
            if let Read::Unreadable(reason) = read {
                report.remarks.push(format!("{side} cannot be read and was merged as text: {reason}"));
                report.conflicts = vec!["(unreadable)".to_owned()];
            }
        }
        if !report.conflicts.is_empty() {
            return Ok(self.as_lines(texts, report));
        }
        let FileType::Text(format) = file_type else {
            return self.as_bytes(texts, [base_read, ours_read, theirs_read]);
        };
        let is_plain = |read: &Read| matches!(read, Read::Plain | Read::Absent);
        if is_plain(&ours_read) && is_plain(&theirs_read) {
            return Ok(self.plain(format, texts));
        }
        self.encrypted(format, texts, [base_read, ours_read, theirs_read], wrap)
    }

    /// The type that the path says, else what the versions hold.
    fn file_type(&self, texts: [&[u8]; 3]) -> FileType {
        let name = self.request.path.rsplit('/').next().unwrap_or_default();
        let [base, ours, theirs] = texts;
        [ours, theirs, base]
            .into_iter()
            .filter(|bytes| !bytes.is_empty())
            .map(|bytes| FileType::of_encrypted(name, bytes))
            .find(|found| *found != FileType::Binary)
            .unwrap_or(FileType::Binary)
    }

    /// The merge of encrypted versions, or of an encrypted and a plain one.
    fn encrypted(
        &self,
        format: &'static dyn Format,
        texts: [&[u8]; 3],
        reads: [Read; 3],
        wrap: WrapOne<'_>,
    ) -> Result<(Vec<u8>, Report)> {
        let mut report = Report::default();
        let mut locked = false;
        let mut inputs = Vec::with_capacity(3);
        for (side, (read, bytes)) in ["base", "ours", "theirs"].into_iter().zip(reads.into_iter().zip(texts))
        {
            let input = match read {
                Read::Absent => Input::Absent,
                Read::Plain | Read::Unreadable(_) => Input::Plain(bytes.to_vec()),
                Read::Encrypted(file) => match self.open(*file) {
                    Ok(input) => input,
                    Err(Error::NoIdentity { .. }) if side == "base" => Input::Locked(bytes.to_vec()),
                    Err(error) => {
                        locked = true;
                        if !matches!(error, Error::NoIdentity { .. }) {
                            report.conflicts.push(format!("(altered: {side})"));
                            report.remarks.push(format!("{side} is not used as it is: {error}"));
                        }
                        Input::Locked(bytes.to_vec())
                    }
                },
            };
            inputs.push(input);
        }
        if !report.conflicts.is_empty() {
            return Ok(self.kept_apart(texts, &self.marks(), report));
        }
        if locked {
            return self.keyless(format, texts, &self.marks(), report);
        }
        let [base, ours, theirs] = <[Input; 3]>::try_from(inputs).ok().expect("three versions");
        let is_access_changed = match (&ours, &theirs) {
            (Input::Open(ours), Input::Open(theirs)) => !has_same_readers(ours, theirs),
            _ => false,
        };
        let mut allowed_rids = None;
        if is_access_changed {
            // A configuration that cannot be read allows nobody.
            let found = self.git.map_or(Ok(None), |git| config(git, &self.request.path));
            let found = found.and_then(|found| match found {
                Some((config, path)) => Ok((allowed(&config, &path)?, Some(config))),
                None => Ok((None, None)),
            });
            match found {
                Ok((rids, config)) => (allowed_rids, report.config) = (rids, config),
                Err(error) => {
                    report.remarks.push(format!("whom ours gives access cannot be told: {error}"));
                    allowed_rids = Some(BTreeSet::new());
                }
            }
        }
        let mut terms = Terms { allowed: allowed_rids, now: self.request.now.clone(), wrap };
        let mut random = SystemRandom;
        let inputs = Inputs { base, ours, theirs };
        let mut merge = match Merge::new(inputs, self.request.lists, &mut terms, &mut random) {
            Err(error) if error.class() == Some(Class::Dek) => {
                report.conflicts.push("(unrelated key)".to_owned());
                report.remarks.push(error.to_string());
                return Ok(self.kept_apart(texts, &self.marks(), report));
            }
            found => found?,
        };
        let past = FilePast::within(self.git, Path::new(&self.request.path));
        let bytes = if merge.conflicts().is_empty() {
            merge.sealed(&past, &mut random)?
        } else {
            merge.unsealed(&self.marks(), &past, &mut random)?
        };
        report.conflicts = merge.conflicts().to_vec();
        report.notices = merge.notices().to_vec();
        Ok((bytes, report))
    }

    /// `file`, verified down to its values.
    fn open(&self, file: EncryptedFile) -> Result<Input> {
        let file = self.keys.open(file)?;
        file.plain()?;
        Ok(Input::Open(Box::new(file)))
    }

    /// Both versions as a whole between marks: of one that was altered nothing is to slip in between the conflicts.
    fn kept_apart(&self, texts: [&[u8]; 3], marks: &Marks, report: Report) -> (Vec<u8>, Report) {
        let [base, ours, theirs] = texts.map(|bytes| String::from_utf8_lossy(bytes).into_owned());
        let line_break = format::line_break(&ours);
        let conflict = Conflict { base: Some(base), ours, theirs };
        (marks.write(&[Piece::Conflict(conflict)], line_break).into_bytes(), report)
    }

    /// The merge without a data key.
    fn keyless(
        &self,
        format: &'static dyn Format,
        texts: [&[u8]; 3],
        marks: &Marks,
        mut report: Report,
    ) -> Result<(Vec<u8>, Report)> {
        let [base, ours, theirs] =
            texts.map(|bytes| EncryptedFile::read(FileType::Text(format), bytes.to_vec()).ok());
        let (Some(ours), Some(theirs)) = (ours, theirs) else {
            report.conflicts.push("(encryption state)".to_owned());
            return Ok(self.as_lines(texts, report));
        };
        let Keyless { bytes, conflicts } = keyless(format, base.as_ref(), &ours, &theirs, marks)?;
        if !conflicts.is_empty() {
            report.remarks.push("no data key is at hand; someone with one finishes the merge".to_owned());
        }
        report.conflicts.extend(conflicts);
        Ok((bytes, report))
    }

    /// The merge of versions that nobody encrypted.
    fn plain(&self, format: &'static dyn Format, texts: [&[u8]; 3]) -> (Vec<u8>, Report) {
        let parsed = texts.map(|bytes| format::parse(format, bytes.to_vec()).ok());
        let [base, Some(ours), Some(theirs)] = &parsed else {
            return self.as_lines(texts, Report::default());
        };
        let version = |document| Version { document, opaque: &[] };
        let base = base.as_ref().filter(|_| !texts[0].is_empty()).map(version);
        let merged =
            merge::merge(format, base.as_ref(), &version(ours), &version(theirs), self.request.lists);
        let Some(merged) = merged else { return self.as_lines(texts, Report::default()) };
        let bytes = self.written(&merged.pieces, ours.source());
        (bytes, Report { conflicts: merged.paths, ..Report::default() })
    }

    /// Whether `bytes`, merged by lines, are no encrypted file, or one that verifies.
    fn holds(&self, bytes: &[u8], texts: [&[u8]; 3]) -> bool {
        match EncryptedFile::read(self.file_type(texts), bytes.to_vec()) {
            Ok(file) => self.keys.open(file).and_then(|file| file.plain()).is_ok(),
            Err(error) => matches!(error, Error::NotEncrypted),
        }
    }

    /// git's own merge of texts.
    fn as_lines(&self, texts: [&[u8]; 3], mut report: Report) -> (Vec<u8>, Report) {
        let utf8 = texts.map(std::str::from_utf8);
        let [Ok(base), Ok(ours), Ok(theirs)] = utf8 else {
            report.conflicts.push("(binary)".to_owned());
            return (texts[1].to_vec(), report);
        };
        let pieces = merge::lines(base, ours, theirs);
        if pieces.iter().any(|piece| matches!(piece, Piece::Conflict(_))) && report.conflicts.is_empty() {
            report.conflicts.push("(lines)".to_owned());
        }
        (self.written(&pieces, ours), report)
    }

    /// The merge of files that are encrypted as a whole: one side's content, or a conflict.
    fn as_bytes(&self, texts: [&[u8]; 3], reads: [Read; 3]) -> Result<(Vec<u8>, Report)> {
        let mut report = Report::default();
        let [_, is_ours, is_theirs] = [0, 1, 2].map(|at| matches!(reads[at], Read::Encrypted(_)));
        let plain = reads.map(|read| match read {
            Read::Encrypted(file) => self.keys.open(*file).and_then(|file| Ok((file.plain()?, file))).ok(),
            _ => None,
        });
        let both = |a: usize, b: usize| plain[a].as_ref().zip(plain[b].as_ref());
        let is_same =
            |a, b| both(a, b).is_some_and(|((a, one), (b, other))| a == b && has_same_metadata(one, other));
        // Both made the same of it, each under a key of its own.
        let is_agreed = both(1, 2)
            .is_some_and(|((a, one), (b, other))| a == b && has_same_readers(one, other))
            && both(0, 2).is_some_and(|((old, _), (new, _))| old != new);
        let taken = match () {
            () if is_same(0, 1) => 2,
            () if is_same(0, 2) || is_agreed => 1,
            () => {
                report.conflicts.push("(content)".to_owned());
                // Plain content is not written where it was not before.
                let theirs = if is_theirs { texts[2] } else { &[] };
                if is_ours {
                    return Ok((conflict_of_wholes(texts[1], theirs), report));
                }
                1
            }
        };
        Ok((texts[taken].to_vec(), report))
    }

    fn written(&self, pieces: &[Piece], like: &str) -> Vec<u8> {
        let is_clean = pieces.iter().all(|piece| matches!(piece, Piece::Text(_)));
        let marks = if is_clean { self.request.marks.clone() } else { self.marks() };
        marks.write(pieces, format::line_break(like)).into_bytes()
    }

    /// The marks, with the ancestor between them where the user's git wants it.
    fn marks(&self) -> Marks {
        let style = self.git.and_then(|git| {
            git.answer("read its settings", ["config", "--get", "merge.conflictStyle"]).ok().flatten()
        });
        let with_base = style.is_some_and(|style| matches!(style.as_str(), "diff3" | "zdiff3"));
        Marks { with_base, ..self.request.marks.clone() }
    }
}

fn has_same_metadata(one: &OpenFile, other: &OpenFile) -> bool {
    let (a, b) = (one.file().envelope(), other.file().envelope());
    a.commit == b.commit && a.scope == b.scope && a.policy == b.policy && has_same_readers(one, other)
}

fn has_same_readers(one: &OpenFile, other: &OpenFile) -> bool {
    let rids = |file: &OpenFile| -> Vec<String> {
        file.file().envelope().recipients.iter().map(recipient_of).collect()
    };
    rids(one) == rids(other)
}

/// What `bytes` are.
fn read(file_type: FileType, bytes: &[u8]) -> Read {
    if bytes.is_empty() {
        return Read::Absent;
    }
    match EncryptedFile::read(file_type, bytes.to_vec()) {
        Ok(file) => Read::Encrypted(Box::new(file)),
        Err(Error::NotEncrypted) => Read::Plain,
        Err(error) => Read::Unreadable(error.to_string()),
    }
}
