//! Two versions of a file, compared value by value.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::side::Side;
use crate::crypto::{Epoch, Token, TokenId, to_base64url};
use crate::document::{Cover, Document, Kind, Leaf, LeafId, Style};
use crate::envelope::Envelope;
use crate::file::{EncryptedFile, FileType};
use crate::git::history::short_dek;
use crate::provider::recipient_of;

/// What happened to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is another one.
    Changed,
    /// Its ciphertext is another one; whether the value is cannot be told without a key.
    Encrypted,
    /// It was at this key path before.
    Renamed(String),
    /// It was plain before.
    NowSecret,
    /// It was encrypted before.
    NowPlain,
}

/// A value that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its key path, safe to show.
    pub path: String,
    /// What happened to it.
    pub what: What,
    /// Whether it is encrypted (in the newer version, when it is there).
    pub is_secret: bool,
    /// Its text before, where it was asked for and can be told; not escaped.
    pub old: Option<String>,
    /// Its text now, where it was asked for and can be told; not escaped.
    pub new: Option<String>,
}

/// A part of the metadata that differs; not escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meta {
    /// This recipient can read the file now.
    RecipientAdded(String),
    /// This recipient cannot read it any more.
    RecipientRemoved(String),
    /// The data key for this recipient was wrapped anew.
    Rewrapped(String),
    /// A field, before and now; empty where it is not there.
    Field(&'static str, String, String),
}

/// What differs between two versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// The values.
    pub entries: Vec<Entry>,
    /// The metadata.
    pub meta: Vec<Meta>,
    /// How many values have another ciphertext and are the same.
    pub anew: usize,
}

impl Comparison {
    /// Whether nothing differs that anybody could see.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.meta.is_empty() && self.anew == 0
    }
}

/// A leaf of a version.
struct Row<'s> {
    leaf: LeafId,
    path: String,
    encoded: Vec<u8>,
    token: Option<&'s Token>,
}

/// Compares `old` with `new`; texts are given only when `values` says so.
pub fn compare(old: &Side, new: &Side, values: Values) -> Comparison {
    let mut comparison = Comparison { meta: meta(old.file(), new.file()), ..Comparison::default() };
    match (old.file().document(), new.file().document()) {
        (Some(before), Some(after)) => {
            let (before, after) = (rows(old.file(), before), rows(new.file(), after));
            entries(&Sides { old, new, values }, &before, &after, &mut comparison);
        }
        _ => whole(old, new, &mut comparison),
    }
    comparison
}

/// Whether a comparison holds the values themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Values {
    /// It does, where they can be told.
    Shown,
    /// It only says what happened to them.
    Hidden,
}

/// Files that are encrypted as a whole.
fn whole(old: &Side, new: &Side, comparison: &mut Comparison) {
    let is_text = |side: &Side| side.file().file_type() != FileType::Binary;
    let is_same = match (old.open(), new.open()) {
        (Some(old), Some(new)) => Some(old.plain().ok() == new.plain().ok()),
        // The epoch is drawn anew at every write of the payload.
        _ => (old.file().envelope().epoch == new.file().envelope().epoch).then_some(true),
    };
    let what = match is_same {
        _ if is_text(old) || is_text(new) => What::Changed,
        Some(true) => return,
        Some(false) => What::Changed,
        None => What::Encrypted,
    };
    comparison.entries.push(Entry { path: ".".to_owned(), what, is_secret: true, old: None, new: None });
}

struct Sides<'s> {
    old: &'s Side,
    new: &'s Side,
    values: Values,
}

fn rows<'s>(file: &'s EncryptedFile, document: &'s Document) -> Vec<Row<'s>> {
    let leaves = document.leaves().iter().zip(file.tokens());
    // Plain comments are layout.
    let values = leaves.filter(|(leaf, token)| leaf.style != Style::Comment || token.is_some());
    let row = |(leaf, token): (&'s Leaf, &'s Option<Token>)| {
        let Kind::Leaf(id) = document.node(leaf.node).kind else { return None };
        let mut encoded = Vec::new();
        document.encode_path(leaf.node, &mut encoded);
        Some(Row { leaf: id, path: document.path_of(leaf.node), encoded, token: token.as_ref() })
    };
    values.filter_map(row).collect()
}

fn entries(sides: &Sides<'_>, before: &[Row<'_>], after: &[Row<'_>], comparison: &mut Comparison) {
    let partners = partners(before, after);
    let mut is_taken = vec![false; before.len()];
    for (row, partner) in after.iter().zip(partners) {
        match partner {
            None => comparison.entries.push(sides.alone(sides.new, row, What::Added)),
            Some(at) => {
                is_taken[at] = true;
                let (found, is_anew) = sides.pair(&before[at], row);
                comparison.entries.extend(found);
                comparison.anew += usize::from(is_anew);
            }
        }
    }
    let gone = before.iter().zip(is_taken).filter(|(_, is_taken)| !is_taken);
    comparison.entries.extend(gone.map(|(row, _)| sides.alone(sides.old, row, What::Removed)));
}

/// For each row of `after`, the row of `before` that is the same entry: tokens by id, all else by path, the first with the
/// first.
fn partners(before: &[Row<'_>], after: &[Row<'_>]) -> Vec<Option<usize>> {
    let mut by_id: HashMap<TokenId, usize> = HashMap::new();
    for (at, row) in before.iter().enumerate() {
        if let Some(token) = row.token {
            by_id.insert(token.id(), at);
        }
    }
    let mut partners: Vec<Option<usize>> =
        after.iter().map(|row| by_id.get(&row.token?.id()).copied()).collect();
    let taken: BTreeSet<usize> = partners.iter().flatten().copied().collect();
    let mut by_path: HashMap<&str, Vec<usize>> = HashMap::new();
    for (at, row) in before.iter().enumerate().rev().filter(|(at, _)| !taken.contains(at)) {
        by_path.entry(&row.path).or_default().push(at);
    }
    for (row, partner) in after.iter().zip(&mut partners) {
        if partner.is_none() {
            *partner = by_path.get_mut(row.path.as_str()).and_then(Vec::pop);
        }
    }
    partners
}

impl Sides<'_> {
    fn alone(&self, side: &Side, row: &Row<'_>, what: What) -> Entry {
        let text = if self.values == Values::Shown { text(side, row) } else { None };
        let (old, new) = if what == What::Added { (None, text) } else { (text, None) };
        Entry { path: row.path.clone(), what, is_secret: row.token.is_some(), old, new }
    }

    /// What differs between two rows of one entry, and whether only the ciphertext does.
    fn pair(&self, before: &Row<'_>, after: &Row<'_>) -> (Option<Entry>, bool) {
        let is_moved = before.encoded != after.encoded;
        let texts = || (text(self.old, before), text(self.new, after));
        let (what, is_anew) = match (before.token, after.token) {
            (Some(old), Some(new)) if old.value == new.value => (None, false),
            (Some(_), Some(_)) => match texts() {
                (Some(old), Some(new)) if old == new => (None, true),
                (Some(_), Some(_)) => (Some(What::Changed), false),
                _ => (Some(What::Encrypted), false),
            },
            (None, None) => {
                let (old, new) = texts();
                ((old != new).then_some(What::Changed), false)
            }
            (None, Some(_)) => (Some(What::NowSecret), false),
            (Some(_), None) => (Some(What::NowPlain), false),
        };
        let what = match what {
            // A value that cannot be told apart and a new name: the name is what is known.
            None | Some(What::Encrypted) if is_moved => Some(What::Renamed(before.path.clone())),
            other => other,
        };
        let entry = what.map(|what| {
            let (old, new) = if self.values == Values::Shown { texts() } else { (None, None) };
            Entry { path: after.path.clone(), what, is_secret: after.token.is_some(), old, new }
        });
        let is_renamed_only = entry.is_some();
        (entry, is_anew && !is_renamed_only)
    }
}

/// The text of a row as it stands in the plain text; `None` where it cannot be told.
fn text(side: &Side, row: &Row<'_>) -> Option<String> {
    match (row.token, side.open()) {
        (Some(_), None) => None,
        (_, Some(open)) => open.leaf_source(row.leaf).ok(),
        (None, None) => {
            let document = side.file().document()?;
            Some(document.src(document.leaf(row.leaf).span).to_owned())
        }
    }
}

fn meta(old: &EncryptedFile, new: &EncryptedFile) -> Vec<Meta> {
    let (a, b) = (old.envelope(), new.envelope());
    let mut meta = Vec::new();
    let mut field = |name, old: String, new: String| {
        if old != new {
            meta.push(Meta::Field(name, old, new));
        }
    };
    let cover = |cover: Cover| if cover == Cover::All { "all" } else { "encrypted" }.to_owned();
    field("format", old.file_type().name().to_owned(), new.file_type().name().to_owned());
    field("file id", to_base64url(&a.file_id.0), to_base64url(&b.file_id.0));
    field("policy", a.policy.clone(), b.policy.clone());
    field("cover", cover(a.cover), cover(b.cover));
    field("scope", a.scope.clone().unwrap_or_default(), b.scope.clone().unwrap_or_default());
    if a.commit != b.commit {
        let shown = |envelope: &Envelope| format!("{} of {}", short_dek(&envelope.commit), envelope.rotated);
        field("data key", shown(a), shown(b));
    } else if old.file_type() != FileType::Binary {
        let epoch = |epoch: &Epoch| to_base64url(&epoch.0);
        field("epoch", epoch(&a.epoch), epoch(&b.epoch));
    }
    // A group with other members is another recipient.
    let wraps = |envelope: &Envelope| -> BTreeMap<String, Vec<u8>> {
        envelope.recipients.iter().map(|known| (recipient_of(known), known.wrap.clone())).collect()
    };
    let (before, after) = (wraps(a), wraps(b));
    for (recipient, wrap) in &after {
        match before.get(recipient) {
            None => meta.push(Meta::RecipientAdded(recipient.clone())),
            Some(old) if old != wrap && a.commit == b.commit => {
                meta.push(Meta::Rewrapped(recipient.clone()));
            }
            Some(_) => {}
        }
    }
    let gone = before.keys().filter(|recipient| !after.contains_key(*recipient));
    meta.extend(gone.map(|recipient| Meta::RecipientRemoved(recipient.clone())));
    meta
}
