//! A merge in conflict as it lies on disk: ciphertext on both sides of the marks.

use super::Merge;
use crate::crypto::{Eof, Random, Tag, Token};
use crate::document::{Document, Field};
use crate::envelope::{Envelope, Layout};
use crate::error::{Error, Result};
use crate::file::compose::Composition;
use crate::file::encrypt::Draft;
use crate::file::{EncryptedFile, FileType};
use crate::format::{self, Format};
use crate::merge;
use crate::merge::marks::{Conflict, Marked, Marks, Piece, Side, part, taken};

/// What a version of the file is while it waits to be sealed: its `end` is all zeros.
pub(super) const WAITING: Tag = Tag([0; 16]);

/// `file` with an `end` that no reader takes.
pub(super) fn without_end(file: &EncryptedFile) -> Result<Vec<u8>> {
    let (Some(document), FileType::Text(format)) = (file.document(), file.file_type()) else {
        return Err(Error::Internal { what: "a binary file has no end".to_owned() });
    };
    let body = format::parse(format, document.body().into_bytes())?;
    let envelope = Envelope { end: WAITING, ..file.envelope().clone() };
    Ok(format.attach(&body, &envelope.fields(Layout::Text)).into_bytes())
}

/// The ciphertext of `merge`, with `marks` around its conflicts.
pub(super) fn write(
    merge: &Merge,
    composition: &Composition<'_>,
    marks: &Marks,
    random: &mut dyn Random,
) -> Result<Vec<u8>> {
    let format = merge.format;
    let mut sides = vec![Side::Ours, Side::Theirs];
    let has_base =
        |piece: &Piece| matches!(piece, Piece::Text(_) | Piece::Conflict(Conflict { base: Some(_), .. }));
    if marks.with_base && merge.pieces.iter().all(has_base) {
        sides.push(Side::Base);
    }
    let mut envelope = Envelope { end: WAITING, ..composition.envelope.clone() };
    envelope.head = envelope.head_tag(composition.keys);
    if !merge.is_by_lines {
        let variants: Option<Vec<_>> = sides
            .iter()
            .map(|&side| {
                Variant::new(&merge.pieces, side, merge, composition, &mut envelope, random).ok().flatten()
            })
            .collect();
        let line_break = format::line_break(&taken(&merge.pieces, Side::Ours));
        if let Some(text) = variants.and_then(|variants| joined(&merge.pieces, &variants, marks, line_break))
            && reads_both_ways(format, &text)
        {
            return Ok(text.into_bytes());
        }
    }
    by_lines(merge, composition, marks, random)
}

/// One way to settle all conflicts, encrypted, with the block attached; in as many parts as there are pieces.
struct Variant {
    parts: Vec<String>,
    /// Where the block was inserted: before the part of this number, at this byte of it.
    block: (usize, usize, String),
}

impl Variant {
    /// `None` when the parts cannot be told from each other in the ciphertext.
    fn new(
        pieces: &[Piece],
        side: Side,
        merge: &Merge,
        composition: &Composition<'_>,
        envelope: &mut Envelope,
        random: &mut dyn Random,
    ) -> Result<Option<Self>> {
        let format = merge.format;
        let draft = Draft::new(format, taken(pieces, side).into_bytes(), merge.policy(), envelope.cover)?;
        let tokens = composition.tokens(&draft, random)?;
        let body = draft.body(&tokens)?;
        if draft.eof == Eof::Added {
            envelope.eof = Eof::Added;
        }
        let Some(mut parts) = cut(pieces, side, format, &draft.document, &body, &tokens) else {
            return Ok(None);
        };
        // The line break that the block needs belongs to the last part.
        if let Some(last) = parts.last_mut().filter(|_| draft.eof == Eof::Added) {
            last.push_str(format::line_break(body.source()));
        }
        Ok(Self::of(parts, &body, format, &envelope.fields(Layout::Text)))
    }

    /// The variant whose `parts` make up `body`.
    fn of(parts: Vec<String>, body: &Document, format: &dyn Format, fields: &[Field]) -> Option<Self> {
        let block = placed(&parts, body.source(), &format.attach(body, fields))?;
        Some(Self { parts, block })
    }
}

/// `pieces`, whose values are tokens already, with a block of `fields` and `marks` around the conflicts; `None` when there
/// is no place for them.
pub(super) fn attached(
    format: &'static dyn Format,
    pieces: &[Piece],
    fields: &[Field],
    marks: &Marks,
) -> Option<String> {
    let variant = |side| {
        let body = format::parse(format, taken(pieces, side).into_bytes()).ok()?;
        let parts = pieces.iter().map(|piece| part(piece, side).to_owned()).collect();
        Variant::of(parts, &body, format, fields)
    };
    let line_break = format::line_break(part(pieces.first()?, Side::Ours));
    let text = joined(pieces, &[variant(Side::Ours)?, variant(Side::Theirs)?], marks, line_break)?;
    reads_both_ways(format, &text).then_some(text)
}

/// The parts of `body`, the encrypted form of `plain`, that are the pieces of it; `None` when a leaf lies in two.
fn cut(
    pieces: &[Piece],
    side: Side,
    format: &dyn Format,
    plain: &Document,
    body: &Document,
    tokens: &[Option<Token>],
) -> Option<Vec<String>> {
    let mut leaves = plain.leaves().iter().zip(tokens).peekable();
    let (mut plain_at, mut body_at) = (0, 0);
    let mut parts = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let end = plain_at + part(piece, side).len();
        let mut length = end - plain_at;
        while let Some((leaf, token)) = leaves.next_if(|(leaf, _)| (leaf.span.start as usize) < end) {
            if leaf.span.end as usize > end {
                return None;
            }
            if let Some(token) = token {
                let text = format.token_text(plain, leaf, &token.to_string());
                length = length + text.len() - leaf.span.len();
            }
        }
        parts.push(body.source().get(body_at..body_at + length)?.to_owned());
        (plain_at, body_at) = (end, body_at + length);
    }
    Some(parts)
}

/// Where `attached` has more than `body`: the number of the part, the byte in it, and the text.
fn placed(parts: &[String], body: &str, attached: &str) -> Option<(usize, usize, String)> {
    let same = body.bytes().zip(attached.bytes()).take_while(|(a, b)| a == b).count();
    let length = attached.len().checked_sub(body.len())?;
    if !attached.is_char_boundary(same) || attached.get(same + length..)? != body.get(same..)? {
        return None;
    }
    let block = attached[same..same + length].to_owned();
    let mut start = 0;
    for (number, part) in parts.iter().enumerate() {
        // At the border of two parts it stands between them.
        if same < start + part.len() {
            return Some((number, same - start, block));
        }
        start += part.len();
    }
    Some((parts.len(), 0, block))
}

/// The conflicts of all variants between marks, the rest as it is in the first, one block.
fn joined(pieces: &[Piece], variants: &[Variant], marks: &Marks, line_break: &str) -> Option<String> {
    let [ours, theirs, more @ ..] = variants else { return None };
    let mut parts: Vec<Piece> = (0..pieces.len())
        .map(|at| match &pieces[at] {
            Piece::Text(_) => Piece::Text(ours.parts[at].clone()),
            Piece::Conflict(_) => Piece::Conflict(Conflict {
                base: more.first().map(|base| base.parts[at].clone()),
                ours: ours.parts[at].clone(),
                theirs: theirs.parts[at].clone(),
            }),
        })
        .collect();
    let (number, at, block) = &ours.block;
    if variants.iter().any(|variant| variant.block.0 != *number) {
        return None;
    }
    match parts.get_mut(*number) {
        None => parts.push(Piece::Text(block.clone())),
        Some(Piece::Text(text)) => text.insert_str(*at, block),
        Some(Piece::Conflict(_)) if *at == 0 && variants.iter().all(|variant| variant.block.1 == 0) => {
            parts.insert(*number, Piece::Text(block.clone()));
        }
        Some(Piece::Conflict(conflict)) => {
            // JSON: the comma belongs behind the last member of each side, the rest of the block behind the marks.
            let rest = block.strip_prefix(',')?.strip_prefix(line_break)?.to_owned();
            let texts = [Some(&mut conflict.ours), Some(&mut conflict.theirs), conflict.base.as_mut()];
            for (text, variant) in texts.into_iter().flatten().zip(variants) {
                if text.get(variant.block.1..)? != line_break {
                    return None;
                }
                text.insert(variant.block.1, ',');
            }
            parts.insert(number + 1, Piece::Text(rest + line_break));
        }
    }
    Some(marks.write(&parts, line_break))
}

/// Whether `text`, settled either way, reads as an encrypted file.
fn reads_both_ways(format: &'static dyn Format, text: &str) -> bool {
    let marked = Marked::read(text).map(|marked| marked.pieces);
    let pieces = marked.unwrap_or_else(|| vec![Piece::Text(text.to_owned())]);
    [Side::Ours, Side::Theirs]
        .into_iter()
        .all(|side| EncryptedFile::read(FileType::Text(format), taken(&pieces, side).into_bytes()).is_ok())
}

/// The versions as a whole, encrypted so that equal values are equal texts, and merged line by line.
fn by_lines(
    merge: &Merge,
    composition: &Composition<'_>,
    marks: &Marks,
    random: &mut dyn Random,
) -> Result<Vec<u8>> {
    let mut envelope = Envelope { end: WAITING, ..composition.envelope.clone() };
    let mut drafts = Vec::new();
    for input in [&merge.inputs.base, &merge.inputs.ours, &merge.inputs.theirs] {
        drafts.push(match input.text()? {
            None => None,
            Some(text) => Some(Draft::new(merge.format, text, merge.policy(), envelope.cover)?),
        });
    }
    let is_open_ended = drafts.iter().flatten().any(|draft| draft.eof == Eof::Added);
    envelope.eof = if is_open_ended { Eof::Added } else { Eof::Kept };
    envelope.head = envelope.head_tag(composition.keys);
    let mut texts = Vec::new();
    for draft in &drafts {
        texts.push(match draft {
            None => String::new(),
            Some(draft) => {
                let tokens = composition.tokens(draft, random)?;
                merge.format.attach(&draft.body(&tokens)?, &envelope.fields(Layout::Text))
            }
        });
    }
    let pieces = merge::lines(&texts[0], &texts[1], &texts[2]);
    Ok(marks.write(&pieces, format::line_break(&texts[1])).into_bytes())
}
