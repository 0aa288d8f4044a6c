//! To which container a comment belongs (section 8 of the format).

use crate::document::{NodeId, Span};

/// A comment that was met and not yet given to a container.
#[derive(Clone, Copy, Debug)]
pub(super) struct Comment {
    /// From `#` to the end of its line.
    pub(super) span: Span,
    /// The bytes before it in its line.
    pub(super) column: usize,
}

/// A container that is open; inside a key that is a collection it has no node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Frame {
    pub(super) node: Option<NodeId>,
    /// The column of its entries; of no meaning in a flow collection.
    pub(super) column: usize,
    pub(super) is_flow: bool,
    /// Whether the next node is a key.
    pub(super) at_key: bool,
    pub(super) is_map: bool,
}

/// Who a comment belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// The document: its path is the root's.
    Root,
    /// This container.
    Node(NodeId),
    /// A key that is a collection: it stays as it is.
    Key,
}

/// The innermost open block container whose column is at most the comment's; inside a flow collection, that.
pub(super) fn owner(open: &[Frame], column: usize) -> Owner {
    let found = open.iter().rev().find(|frame| frame.is_flow || frame.column <= column);
    match found {
        None => Owner::Root,
        Some(Frame { node: Some(node), .. }) => Owner::Node(*node),
        Some(_) => Owner::Key,
    }
}

/// Whether a comment directly before a block collection at `start` belongs to it: when it is deeper than what holds it,
/// where a list at its key's column is not less deep.
pub(super) fn is_inside(open: &[Frame], start: usize, column: usize) -> bool {
    match open.last() {
        None => true,
        Some(holder) if holder.is_map && start == holder.column => column >= holder.column,
        Some(holder) => column > holder.column,
    }
}

/// The bytes between the start of its line (a byte order mark is none of it) and `at`.
pub(super) fn column(text: &str, at: usize) -> usize {
    let line = text.as_bytes()[..at].iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
    let before = &text.as_bytes()[line..at];
    before.strip_prefix("\u{feff}".as_bytes()).unwrap_or(before).len()
}
