//! The slot-wise merge: the cases of the fixtures, and laws.

mod cases;
mod large;
mod model;
mod mutants;
mod oracle;
mod random;
mod single;
mod texts;
mod whole;

use dekko::document::Document;
use dekko::format::{self, Format};
use dekko::merge::marks::{Marks, Piece, Side, taken};
use dekko::merge::{Lists, Merged, Version, merge};

use crate::laws;

/// The versions of a merge: ours, theirs, base.
pub struct Texts<'t> {
    pub base: Option<&'t str>,
    pub ours: &'t str,
    pub theirs: &'t str,
}

/// Merges texts that are valid in `format`.
pub fn run(format: &dyn Format, texts: &Texts<'_>, lists: Lists) -> Option<Merged> {
    let read = |text| laws::read(format, text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let documents: [Option<Document>; 3] =
        [texts.base.map(read), Some(read(texts.ours)), Some(read(texts.theirs))];
    let [base, ours, theirs] = &documents;
    let version = |document| Version { document, opaque: &[] };
    let (base, ours, theirs) = (base.as_ref().map(version), ours.as_ref()?, theirs.as_ref()?);
    merge(format, base.as_ref(), &version(ours), &version(theirs), lists)
}

/// The merged text with marks as `git merge-file` labels them in the fixtures.
pub fn marked(merged: &Merged, line_break: &str) -> String {
    let marks = Marks {
        size: 7,
        with_base: false,
        ours: "ours".to_owned(),
        base: "base".to_owned(),
        theirs: "theirs".to_owned(),
    };
    marks.write(&merged.pieces, line_break)
}

/// Whether each side of the conflicts of `merged` can be taken.
pub fn assert_sides_parse(format: &dyn Format, merged: &Merged) {
    for side in [Side::Ours, Side::Theirs] {
        let text = taken(&merged.pieces, side);
        if let Err(error) = laws::read(format, &text) {
            panic!("{error}\n{text}");
        }
    }
    let has_conflict = merged.pieces.iter().any(|piece| matches!(piece, Piece::Conflict(_)));
    assert_eq!(has_conflict, !merged.paths.is_empty(), "{:?} {:?}", merged.pieces, merged.paths);
}

pub fn named(name: &str) -> &'static dyn Format {
    format::of(name).expect(name)
}
