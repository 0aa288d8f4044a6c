//! What a reader meets on its way through a document (section 5 of the format).

use super::tree::{LeafId, NodeId, Text};

/// One step of the walk, in document order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A byte order mark at the start of the text; first of all events.
    ByteOrderMark,
    /// A YAML directive, from `%` to its last byte that is neither blank nor comment.
    Directive(Text),
    /// A YAML document starts; only when the stream has more than one besides the metadata.
    DocumentStart,
    /// A YAML document ends; as above.
    DocumentEnd,
    /// A TOML table header or an INI section: `list` for `[[t]]`; the node names the table (an array of tables: the
    /// item that the header opens).
    Header {
        /// Whether it is an array of tables.
        list: bool,
        /// The table that the header opens.
        node: NodeId,
    },
    /// A map starts.
    MapStart,
    /// A map ends.
    MapEnd,
    /// A list starts.
    ListStart,
    /// A list ends.
    ListEnd,
    /// A key; `plain` for a YAML key written plain, a collection or an alias.
    Key {
        /// The text that the format authenticates; not always the one that the path holds (dotenv).
        text: Text,
        /// Whether it is event 11 of the format instead of 0C.
        plain: bool,
    },
    /// A tag as written, or dotenv's `export`.
    Tag(Text),
    /// An anchor's name; directly after the tag, directly before the node.
    Anchor(Text),
    /// An alias's name.
    Alias(Text),
    /// An empty YAML node.
    Empty,
    /// A scalar in value position, or a comment.
    Leaf(LeafId),
}
