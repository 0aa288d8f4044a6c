//! A document is its source text plus the spans of its scalars. No keys, no I/O.

mod builder;
mod diff;
mod event;
mod gap;
mod nearest;
mod order;
mod path;
mod span;
mod splice;
mod tree;
mod value;

pub use builder::{Builder, Container, Limits, Mark};
pub use diff::{Entry, Match, match_leaves};
pub use event::Event;
pub use gap::{Cover, Gaps, push_lp};
pub use nearest::{nearest, similar};
pub use order::{Version, is_same_order};
pub use path::{KeyPath, PathStep};
pub use span::{Span, position};
pub use splice::splice;
pub use tree::{Block, Document, Field, Kind, Leaf, LeafId, Node, NodeId, Room, Step, Style, Text};
pub use value::Value;

// They stand on the ground floor, where the errors need them.
pub use crate::error::{escape, is_unsafe_on_a_terminal};
