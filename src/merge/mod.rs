//! Three versions of a text become one, slot by slot, over the lossless tree: no keys, no I/O.
//!
//! Identity is the key path, never similarity. Each entry has slots that are merged one by one: the comments above it, its
//! key, its value, the style of that, the comment behind it. Items of lists are matched by name where all have one, else
//! by what they say.

mod beside;
mod block;
mod changed;
mod check;
mod classes;
mod flow;
mod lines;
mod list;
pub mod marks;
mod order;
mod pieces;
mod renamed;
mod sections;
mod style;
mod three;
mod tree;
mod words;
mod write;

use crate::document::Document;
use crate::format::Format;
use check::Check;
use classes::Classes;
use marks::{Piece, Side};
use pieces::Base;
use three::{Merge, Part};
use tree::Tree;
use write::{Target, Written};

pub use lines::{changed_lines, lines};

/// One version of a text as the merge sees it.
pub struct Version<'d> {
    /// The text, without a metadata block.
    pub document: &'d Document,
    /// By leaf: `Some(bytes)` is an opaque value (ciphertext that nobody opened), equal only to the same bytes, moved as
    /// text, never rewritten; `None` is plain, compared by type and content. May be empty, which is all `None`.
    pub opaque: &'d [Option<Vec<u8>>],
}

/// What becomes of two insertions at one place of a list whose items have no names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lists {
    /// They are in conflict.
    Ordered,
    /// Both stay: ours, then theirs.
    Union,
}

/// A merged text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// What both sides agree on, and what not.
    pub pieces: Vec<Piece>,
    /// The key paths in conflict as [`Document::path_of`] shows them; comments as `#comment above PATH`.
    pub paths: Vec<String>,
}

/// Merges slot by slot: without `base` everything in it counts as absent. `None` when there is no such merge that holds its
/// own check; [`lines()`] is the way then. Taking ours, or theirs, in all conflicts gives a text that parses.
pub fn merge(
    format: &dyn Format,
    base: Option<&Version<'_>>,
    ours: &Version<'_>,
    theirs: &Version<'_>,
    lists: Lists,
) -> Option<Merged> {
    let text = |version: &Version<'_>| version.document.source().to_owned();
    let agreed = |text: String| Some(Merged { pieces: vec![Piece::Text(text)], paths: Vec::new() });
    let is_base = |version: &Version<'_>| base.is_some_and(|base| is_same(base, version));
    if is_same(ours, theirs) || is_base(theirs) {
        return agreed(text(ours));
    }
    if is_base(ours) {
        return agreed(text(theirs));
    }
    let mut classes = Classes::default();
    let grow = |version| Tree::of(format, version).filter(|tree| write::is_whole(tree, format.grammar()));
    let of_base = match base {
        Some(base) => Some(grow(base)?),
        None => None,
    };
    let mut grown = [Some(grow(ours)?), Some(grow(theirs)?), of_base];
    for tree in grown.iter_mut().flatten() {
        classes.number(format, tree);
    }
    let trees = [grown[0].as_ref(), grown[1].as_ref(), grown[2].as_ref()];
    let mut merge = Merge { format, trees, classes: &classes, lists, paths: Vec::new() };
    let ids = trees.map(|tree| tree.map(|tree| tree.root));
    let root = merge.both(ids);
    let mut paths = std::mem::take(&mut merge.paths);
    let mut seen = std::collections::HashSet::new();
    paths.retain(|path| seen.insert(path.clone()));
    let versions = [Some(ours), Some(theirs), base];
    let mut out = Outcome { format, versions, trees, classes, root, paths };
    out.written()
}

/// Whether `version` can be merged slot by slot: its slots, put together, are its text.
pub fn is_whole(format: &dyn Format, version: &Version<'_>) -> bool {
    Tree::of(format, version).is_some_and(|tree| write::is_whole(&tree, format.grammar()))
}

fn is_same(one: &Version<'_>, other: &Version<'_>) -> bool {
    one.document.source() == other.document.source() && one.opaque == other.opaque
}

/// The decisions, on their way to a text.
struct Outcome<'o, 'd> {
    format: &'o dyn Format,
    versions: [Option<&'o Version<'d>>; 3],
    trees: [Option<&'o Tree<'d>>; 3],
    classes: Classes,
    root: Part,
    paths: Vec<String>,
}

impl Outcome<'_, '_> {
    fn written(&mut self) -> Option<Merged> {
        let source = |at: usize| self.versions[at].map(|version| version.document.source());
        let pick = |of: &dyn Fn(&str) -> bool| -> bool {
            let [o, t, b] = [0, 1, 2].map(|at| source(at).map(of));
            (if o == b { t } else { o }).unwrap_or(true)
        };
        let is_crlf = pick(&|text| crate::format::line_break(text) == "\r\n");
        let has_last_break = pick(&|text| text.is_empty() || text.ends_with('\n'));
        let is_lines = !self.format.grammar().is_json();
        let mut target = Target {
            grammar: self.format.grammar(),
            line_break: if is_crlf { "\r\n" } else { "\n" },
            has_last_break: is_lines.then_some(has_last_break),
        };
        self.attempt(&target).or_else(|| {
            // A block scalar at the end of a text says something else without its line break.
            target.has_last_break = None;
            self.attempt(&target)
        })
    }

    fn attempt(&mut self, target: &Target) -> Option<Merged> {
        let ours = self.side(Side::Ours, target)?;
        if self.paths.is_empty() {
            return Some(Merged { pieces: vec![Piece::Text(ours.text)], paths: Vec::new() });
        }
        let theirs = self.side(Side::Theirs, target)?;
        let base = write::write(self.trees, &self.root, Side::Base, target);
        let written = [&ours, &theirs, &base];
        let mut pieces = pieces::pieces(written, Base::Follows);
        if self.format.parse(marks::taken(&pieces, Side::Base)).is_err() {
            pieces = pieces::pieces(written, Base::Counts);
        }
        let is_true = marks::taken(&pieces, Side::Ours) == ours.text
            && marks::taken(&pieces, Side::Theirs) == theirs.text;
        let has_conflict = pieces.iter().any(|piece| matches!(piece, Piece::Conflict(_)));
        (is_true && has_conflict).then(|| Merged { pieces, paths: self.paths.clone() })
    }

    /// The text with one side of every conflict, when it says what it should.
    fn side(&mut self, side: Side, target: &Target) -> Option<Written> {
        let written = write::write(self.trees, &self.root, side, target);
        let document = self.format.parse(written.text.clone()).ok()?;
        let version = Version { document: &document, opaque: &[] };
        let mut result = Tree::of(self.format, &version)?;
        self.classes.number(self.format, &mut result);
        let check = Check { trees: self.trees, result: &result, side };
        check.holds(&self.root).then_some(written)
    }
}
