//! Three versions of a text.

use dekko::document::Document;
use dekko::format::{self, Format};
use dekko::merge::marks::{Piece, Side, taken};
use dekko::merge::{Lists, Version, lines, merge as merged};

use crate::TYPES;

/// Three texts, parted by a byte that is never UTF-8: base, ours, theirs; the first byte names the format.
pub fn merge(input: &[u8]) {
    let Some((&first, texts)) = input.split_first() else { return };
    let Some(format) = format::named(TYPES[usize::from(first) % TYPES.len()]) else { return };
    let mut texts = texts.splitn(3, |&byte| byte == 0xFF);
    let mut next = || texts.next().map(<[u8]>::to_vec);
    let (Some(base), Some(ours), Some(theirs)) = (next(), next(), next()) else { return };
    let read = |text: Vec<u8>| format::parse(format, text).ok().filter(|document| document.block.is_none());
    let (Some(base), Some(ours), Some(theirs)) = (read(base), read(ours), read(theirs)) else { return };
    let [base, ours, theirs] = [&base, &ours, &theirs];
    for (at, (base, one, other)) in [(base, ours, theirs), (base, theirs, ours)].into_iter().enumerate() {
        let lists = if at == 0 { Lists::Ordered } else { Lists::Union };
        check(format, Some(base), one, other, lists);
        check(format, None, one, other, lists);
    }
    for (base, one, other, wanted) in
        [(base, ours, ours, ours), (base, base, ours, ours), (base, ours, base, ours)]
    {
        let found = check(format, Some(base), one, other, Lists::Ordered);
        assert_eq!(found.as_deref(), Some(wanted.source()), "an unchanged side gives the other");
    }
}

/// The text with our side of its conflicts.
fn check(
    format: &dyn Format,
    base: Option<&Document>,
    ours: &Document,
    theirs: &Document,
    lists: Lists,
) -> Option<String> {
    let version = |document| Version { document, opaque: &[] };
    let base_version = base.map(version);
    by_lines(base.map_or("", Document::source), ours.source(), theirs.source());
    let found = merged(format, base_version.as_ref(), &version(ours), &version(theirs), lists)?;
    for side in [Side::Ours, Side::Theirs] {
        let text = taken(&found.pieces, side).into_bytes();
        format::parse(format, text).expect("either side of all conflicts is a text of the format");
    }
    let has_conflict = found.pieces.iter().any(|piece| matches!(piece, Piece::Conflict(_)));
    assert_eq!(has_conflict, !found.paths.is_empty(), "conflicts have paths");
    Some(taken(&found.pieces, Side::Ours))
}

fn by_lines(base: &str, ours: &str, theirs: &str) {
    let pieces = lines(base, ours, theirs);
    let is_clean = pieces.iter().all(|piece| matches!(piece, Piece::Text(_)));
    if base == theirs || ours == theirs {
        assert!(is_clean && taken(&pieces, Side::Ours) == ours, "nothing but our changes");
    }
    if base == ours {
        assert!(is_clean && taken(&pieces, Side::Ours) == theirs, "nothing but their changes");
    }
}
