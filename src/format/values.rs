//! Decoded values of a document, for reading and conversion.

use super::Format;
use crate::document::{Document, Kind, NodeId, Step, Value};
use crate::error::{Error, Result};

/// The decoded value at `node`, containers with all they hold. Comments are left out.
///
/// # Errors
/// [`Error::Unsayable`] for an alias, whose meaning only a YAML reader knows, and for what [`Format::value`] refuses.
pub fn value_at(format: &dyn Format, document: &Document, node: NodeId) -> Result<Value> {
    let children = children(document);
    value(format, document, node, &children)
}

/// The children of every node, in document order, without comments.
fn children(document: &Document) -> Vec<Vec<NodeId>> {
    let mut children = vec![Vec::new(); document.nodes().len()];
    for id in document.node_ids() {
        let node = document.node(id);
        if matches!(node.step, Step::Key(_) | Step::Item(_)) {
            children[node.parent.index()].push(id);
        }
    }
    children
}

/// Recursion is bounded by the depth that documents may have.
fn value(format: &dyn Format, document: &Document, node: NodeId, children: &[Vec<NodeId>]) -> Result<Value> {
    let inside = &children[node.index()];
    match document.node(node).kind {
        Kind::Leaf(leaf) => format.value(document, document.leaf(leaf)),
        Kind::Empty => Ok(Value::Null),
        Kind::Alias => Err(Error::Unsayable {
            path: document.path_of(node),
            reason: "is an alias, which dekko does not resolve".to_owned(),
        }),
        Kind::List => {
            let items = inside.iter().map(|&item| value(format, document, item, children));
            Ok(Value::List(items.collect::<Result<_>>()?))
        }
        Kind::Map => {
            let entries = inside
                .iter()
                .map(|&entry| Ok((key(document, entry)?, value(format, document, entry, children)?)));
            Ok(Value::Map(entries.collect::<Result<_>>()?))
        }
    }
}

fn key(document: &Document, node: NodeId) -> Result<String> {
    let bytes = match document.node(node).step {
        Step::Key(text) => document.bytes(text),
        _ => &[],
    };
    String::from_utf8(bytes.to_vec()).map_err(|_| Error::Unsayable {
        path: document.path_of(node),
        reason: "has a key with a lone surrogate".to_owned(),
    })
}
