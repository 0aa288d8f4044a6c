//! A document is its source text plus the spans of its scalars. No keys, no I/O.

mod builder;
mod event;
mod gap;
mod path;
mod span;
mod splice;
mod tree;
mod value;

pub use builder::{Builder, Container, Limits, Mark};
pub use event::Event;
pub use gap::{Cover, Gaps, push_lp};
pub use path::{KeyPath, PathStep};
pub use span::{Span, escape, is_unsafe_on_a_terminal, position};
pub use splice::splice;
pub use tree::{Block, Document, Field, Kind, Leaf, LeafId, Node, NodeId, Room, Step, Style, Text};
pub use value::Value;
