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

#[cfg(test)]
mod tests {
    use crate::document::{Document, Style};
    use crate::format::{Format, yaml::Yaml};

    /// Each comment of `text` with the path of its container.
    fn owners(text: &str) -> Vec<String> {
        let document: Document = Yaml.parse(text.to_owned()).unwrap_or_else(|e| panic!("{e}\n{text}"));
        let comments = document.leaves().iter().filter(|leaf| leaf.style == Style::Comment);
        let shown = comments.map(|leaf| {
            let content = String::from_utf8_lossy(document.bytes(leaf.content)).into_owned();
            format!("{content} {}", document.path_of(document.node(leaf.node).parent))
        });
        shown.collect()
    }

    #[test]
    fn a_comment_belongs_to_the_innermost_block_container_that_is_not_deeper() {
        let text = "# 0\na: # 1\n  b: 2 # 2\n  # 3\n # 4\n# 5\nc: 3\n";
        assert_eq!(owners(text), ["0 .", "1 a", "2 a", "3 a", "4 .", "5 ."]);
        let list = "a:\n  - b: 1\n    # 0\n  # 1\n # 2\n  - c # 3\n";
        assert_eq!(owners(list), ["0 a[0]", "1 a", "2 .", "3 a"]);
    }

    #[test]
    fn before_a_collection_it_belongs_to_that_when_it_is_deeper_than_what_holds_it() {
        assert_eq!(owners("a:\n# 0\n- x\n# 1\n"), ["0 a", "1 a"]);
        assert_eq!(owners("a:\n# 0\n  - x\n"), ["0 ."]);
        assert_eq!(owners("a:\n# 0\n  b: 1\n"), ["0 ."]);
        assert_eq!(owners("a:\n      # 0\n  b: 1\n"), ["0 a"]);
        assert_eq!(owners("- # 0\n  a: 1\n- # 1\n  - x\n"), ["0 [0]", "1 [1]"]);
        assert_eq!(owners("a: # 0\nb: # 1\n  c\n"), ["0 .", "1 ."]);
    }

    #[test]
    fn inside_a_flow_collection_it_belongs_to_that() {
        assert_eq!(
            owners("a: # 0\n  [ # 1\n  {b: c, # 2\n  }, # 3\n  ] # 4\n"),
            ["0 .", "1 a", "2 a[0]", "3 a", "4 ."]
        );
    }

    #[test]
    fn in_a_header_or_a_key_it_stays_as_it_is() {
        assert_eq!(owners("a: | # 0\n  x\n# 1\n"), ["1 ."]);
        assert_eq!(owners("? # 0\n  - x # 1\n  # 2\n # 3\n: y # 4\n"), ["3 .", "4 ."]);
    }

    #[test]
    fn outside_all_containers_its_path_is_that_of_the_root() {
        assert_eq!(
            owners("# 0\n%YAML 1.2 # 1\n--- # 2\nx # 3\n# 4\n...\n# 5\n---\n# 6\n"),
            ["0 .", "1 .", "2 .", "3 .", "4 .", "5 .", "6 ."]
        );
        assert_eq!(owners("# 0\n"), ["0 ."]);
    }
}
