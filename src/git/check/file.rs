//! One file, without any key: whether it is what its rules and its own policy want.

use std::borrow::Cow;
use std::collections::HashSet;
use std::path::Path;
use std::sync::Arc;

use super::finding::Defect;
use super::keys::private_key;
use super::rules::Demand;
use crate::crypto::{Commit, Epoch, FileId, TokenId};
use crate::document::{Cover, Document, Event, Style, escape, position};
use crate::error::{Error, Position};
use crate::file::{EncryptedFile, FileType};
use crate::merge::marks::Marked;
use crate::policy::Policy;
use crate::provider::recipient_of;

/// The most plain values of one file that are named one by one.
const MOST: usize = 20;

/// What is wrong at a place of one file.
pub(in crate::git) type Fault = (Defect, Option<Position>, String);

/// What a file is, for comparisons with others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::git) struct Identity {
    pub file_id: FileId,
    pub dek: Commit,
    pub epoch: Epoch,
    /// The ids of its tokens in document order.
    pub ids: Vec<TokenId>,
}

/// What came of looking at a file.
#[derive(Clone, Debug, Default)]
pub(in crate::git) struct Examined {
    pub faults: Vec<Fault>,
    pub identity: Option<Identity>,
}

/// What must hold for a file.
#[derive(Clone, Default)]
pub(in crate::git) struct Demands {
    /// The rules whose policies it must keep.
    pub rules: Vec<Arc<Demand>>,
    /// The rule that says who may read it.
    pub readers: Option<Arc<Demand>>,
    /// Said of that rule where it is not the one of the file's own version.
    pub readers_note: &'static str,
}

/// What `bytes` are, as a file called `name` (no folders).
pub(super) fn identity(name: &str, bytes: Vec<u8>) -> Option<Identity> {
    EncryptedFile::read(FileType::of_encrypted(name, &bytes), bytes).ok().map(|file| identity_of(&file))
}

fn identity_of(file: &EncryptedFile) -> Identity {
    let envelope = file.envelope();
    Identity {
        file_id: envelope.file_id,
        dek: envelope.commit,
        epoch: envelope.epoch,
        ids: file.tokens().iter().flatten().map(crate::crypto::Token::id).collect(),
    }
}

/// Whether `name` (no folders) is a file that git or dekko read as it is, so that it cannot be encrypted.
pub(in crate::git) fn is_exempt(name: &str) -> bool {
    crate::config::is_exempt(Path::new(name))
}

/// Looks at `bytes`, the content of a file called `name` (no folders). A file without content holds nothing that could
/// be plain.
pub(in crate::git) fn examine(name: &str, bytes: Vec<u8>, demands: &Demands) -> Examined {
    if bytes.is_empty() {
        return Examined::default();
    }
    let file_type = FileType::of_encrypted(name, &bytes);
    let text = text_of(file_type, &bytes).into_owned();
    let mut faults = Vec::new();
    if let Some(at) = private_key(&text) {
        let what = "private key material begins here".to_owned();
        faults.push((Defect::PrivateKey, Some(position(text.as_bytes(), at)), what));
    }
    let is_text = matches!(file_type, FileType::Text(_));
    if let Some(conflict) = Marked::read(&text).filter(|_| is_text) {
        let at = Position { line: conflict.line, column: 1 };
        faults.push((Defect::Conflict, Some(at), "an unresolved merge conflict begins here".to_owned()));
        return Examined { faults, identity: None };
    }
    let mut identity = None;
    match EncryptedFile::read(file_type, bytes) {
        Ok(file) => {
            look(&file, demands, &mut faults);
            identity = Some(identity_of(&file));
        }
        Err(error) => faults.push(refused(&error, &text)),
    }
    if let Some(rule) = demands.rules.first().filter(|rule| rule.is_by_case) {
        for (_, _, what) in faults.iter_mut().filter(|(defect, _, _)| *defect == Defect::NotEncrypted) {
            what.push_str(&format!("; but for upper and lower case {} names it", rule.place));
        }
    }
    Examined { faults, identity }
}

/// What of `bytes` can hold something in the open.
fn text_of(file_type: FileType, bytes: &[u8]) -> Cow<'_, str> {
    let header = match file_type {
        // Behind the empty line lies what is encrypted.
        FileType::Binary if bytes.starts_with(b"dekko-binary-") => {
            bytes.windows(2).position(|pair| pair == b"\n\n").and_then(|end| bytes.get(..end))
        }
        _ => None,
    };
    String::from_utf8_lossy(header.unwrap_or(bytes))
}

/// Why a reader refuses the file.
fn refused(error: &Error, text: &str) -> Fault {
    let plain = || (Defect::NotEncrypted, None, "is not encrypted".to_owned());
    match error.bare() {
        Error::NotEncrypted => plain(),
        Error::Conflict { line } => {
            let at = Position { line: *line, column: 1 };
            (Defect::Conflict, Some(at), "an unresolved merge conflict begins here".to_owned())
        }
        Error::Refused { class, at, what } => {
            let defect = Defect::from(*class);
            let line = text.lines().position(is_mark).or_else(|| small_conflict(text));
            let line = line.map(|line| Position { line: line + 1, column: 1 });
            match line {
                Some(_) if matches!(defect, Defect::Syntax | Defect::Token | Defect::Metadata) => {
                    (Defect::Conflict, line, "a mark of a merge conflict was left here".to_owned())
                }
                // Without a trace of dekko the syntax is nobody's business.
                _ if matches!(defect, Defect::Syntax | Defect::Limit) && !text.contains("enc1.") => plain(),
                _ => (defect, *at, what.clone()),
            }
        }
        other => (Defect::Syntax, None, other.to_string()),
    }
}

/// Whether `line` alone looks like a mark of a conflict.
fn is_mark(line: &str) -> bool {
    ["<<<<<<< ", ">>>>>>> "].iter().any(|mark| line.starts_with(mark)) || line == "======="
}

/// The line (from 0) of the first conflict whose marks have fewer signs than git's own (`conflict-marker-size`,
/// gitattributes(5)).
fn small_conflict(text: &str) -> Option<usize> {
    // By number of signs: the line of the first mark, and how many marks were seen in their order.
    let mut seen = [(0, 0); 6];
    for (at, line) in text.lines().enumerate() {
        let Some(&sign) = line.as_bytes().first() else { continue };
        let size = line.bytes().take_while(|&byte| byte == sign).take(7).count();
        let is_whole = line.as_bytes().get(size).is_none_or(|&byte| byte == b' ');
        let Some((first, count)) = seen.get_mut(size - 1).filter(|_| is_whole) else { continue };
        match (sign, *count) {
            (b'<', _) => (*first, *count) = (at, 1),
            (b'=', 1) => *count = 2,
            (b'>', 2) => return Some(*first),
            _ => {}
        }
    }
    None
}

/// Looks at an encrypted file whose grammar holds.
fn look(file: &EncryptedFile, demands: &Demands, faults: &mut Vec<Fault>) {
    let envelope = file.envelope();
    let block = file.document().and_then(|document| document.block.as_ref()).map(|block| block.at);
    if file.document().is_some() && envelope.end.0 == [0; 16] {
        let what = "was merged and not sealed again: its tags are still to be drawn".to_owned();
        faults.push((Defect::Unsealed, block, what));
    }
    if let Some(document) = file.document() {
        let has_comments = has_secret_comments(file);
        for rule in &demands.rules {
            let policy = if has_comments { &rule.policy } else { &rule.policy_without_comments };
            plain_values(file, document, policy, &rule.place, faults);
        }
        plain_values(file, document, file.policy(), "the file's own policy", faults);
    }
    if let Some(what) = file.payload().and_then(super::payload::fault) {
        faults.push((Defect::NotEncrypted, None, what.to_owned()));
    }
    for rule in &demands.rules {
        weakened(file, rule, block, faults);
    }
    if let Some(document) = file.document().filter(|_| envelope.cover == Cover::Encrypted)
        && document.events().iter().any(|event| matches!(event, Event::Anchor(_) | Event::Alias(_)))
    {
        let what = "holds an anchor or alias, which a file with 'cover: encrypted' cannot".to_owned();
        faults.push((Defect::Syntax, block, what));
    }
    if let Some(rule) = &demands.readers {
        let recipients = envelope.recipients.iter().map(recipient_of);
        for recipient in recipients.filter(|recipient| !rule.readers.contains(recipient)) {
            let key = escape(recipient.strip_prefix("age:").unwrap_or(&recipient));
            // The judge's own word for the key goes first; a newcomer has a name in the last of the rules only.
            let judges = std::iter::once(rule).chain(demands.rules.iter().rev());
            let name = judges.filter_map(|judge| judge.names.get(&recipient)).next();
            let who = name.map_or_else(|| format!("'{key}'"), |name| format!("'{}' ({key})", escape(name)));
            let what =
                format!("is encrypted for {who}, whom {} does not name{}", rule.place, demands.readers_note);
            faults.push((Defect::Recipient, block, what));
        }
    }
}

/// Whether comments can be encrypted in `file`.
fn has_secret_comments(file: &EncryptedFile) -> bool {
    match file.file_type() {
        FileType::Text(format) => format.has_secret_comments(),
        FileType::Binary => false,
    }
}

/// Names the values that stand plain though `policy`, which `place` states, wants them encrypted; of the file's own
/// policy also those that are encrypted and must not be.
fn plain_values(
    file: &EncryptedFile,
    document: &Document,
    policy: &Policy,
    place: &str,
    faults: &mut Vec<Fault>,
) {
    let is_own = policy == file.policy();
    let mut matcher = policy.matcher(document);
    let mut places = Places::new(document.source());
    let known: HashSet<(usize, usize)> =
        faults.iter().filter_map(|(_, at, _)| at.map(|at| (at.line, at.column))).collect();
    let mut count = 0;
    for (leaf, token) in document.leaves().iter().zip(file.tokens()) {
        let is_comment = leaf.style == Style::Comment;
        let is_secret = if is_comment { policy.has_comments() } else { matcher.is_secret(leaf.node) };
        let (defect, what) = match (is_secret, token) {
            (true, None) => (Defect::PlainValue, "stands plain, and must be encrypted by"),
            (false, Some(_)) if is_own => (Defect::Policy, "is encrypted, and must be plain by"),
            _ => continue,
        };
        count += 1;
        if count > MOST {
            continue;
        }
        let at = places.of(leaf.span.start as usize);
        if !known.contains(&(at.line, at.column)) {
            let shown = document.path_of(leaf.node);
            faults.push((defect, Some(at), format!("'{shown}' {what} {place}")));
        }
    }
    if count > MOST {
        let what = format!("{} more values do not stand as {place} wants", count - MOST);
        faults.push((Defect::PlainValue, None, what));
    }
}

/// Says where the file's own word is weaker than that of `rule`.
fn weakened(file: &EncryptedFile, rule: &Demand, at: Option<Position>, faults: &mut Vec<Fault>) {
    let envelope = file.envelope();
    let wanted = if has_secret_comments(file) { &rule.policy } else { &rule.policy_without_comments };
    let mut fault = |what: String| faults.push((Defect::Policy, at, what));
    if !file.policy().includes(wanted) {
        fault(format!("its own policy may leave plain what {} encrypts", rule.place));
    }
    if envelope.cover == Cover::Encrypted && rule.cover == Cover::All {
        fault(format!("its tags cover encrypted values only, and {} wants all covered", rule.place));
    }
    if rule.scope.is_some() && rule.scope != envelope.scope {
        fault(format!("is not for the scope that {} names", rule.place));
    }
}

/// Lines and columns of places that come in ascending order.
struct Places<'t> {
    text: &'t str,
    line: usize,
    start: usize,
    seen: usize,
}

impl<'t> Places<'t> {
    fn new(text: &'t str) -> Self {
        Self { text, line: 1, start: 0, seen: 0 }
    }

    fn of(&mut self, at: usize) -> Position {
        let between = self.text.as_bytes().get(self.seen..at).unwrap_or_default();
        self.line += between.iter().filter(|&&byte| byte == b'\n').count();
        if let Some(last) = between.iter().rposition(|&byte| byte == b'\n') {
            self.start = self.seen + last + 1;
        }
        self.seen = at.max(self.seen);
        let column = self.text.get(self.start..at).map_or(0, |line| line.chars().count()) + 1;
        Position { line: self.line, column }
    }
}
