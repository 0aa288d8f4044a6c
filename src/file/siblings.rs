//! What a place in a plain text holds, and what is called nearly as it is: for warnings before something is lost.

use super::{PlainFile, Within};
use crate::document::{KeyPath, Kind, NodeId, PathStep, Step, Style, similar};

impl PlainFile {
    /// What is at `node`, when that is a map or list with something in it: `a map with 2 values`.
    pub fn contents(&self, node: NodeId) -> Option<String> {
        let document = self.document();
        let kind = match document.node(node).kind {
            Kind::Map => "a map",
            Kind::List => "a list",
            _ => return None,
        };
        let leaves = document.leaves().iter().filter(|leaf| leaf.style != Style::Comment);
        match leaves.filter(|leaf| document.is_below(leaf.node, &[node])).count() {
            0 => None,
            1 => Some(format!("{kind} with 1 value")),
            count => Some(format!("{kind} with {count} values")),
        }
    }

    /// The paths of entries that exist, and that `path`, which does not, may be a slip of the finger for.
    pub fn similar(&self, path: &KeyPath, within: Within) -> Vec<KeyPath> {
        let document = self.document();
        for depth in (0..path.0.len()).rev() {
            let above = path.0.get(..depth).unwrap_or_default();
            let Ok(Some(parent)) = self.found(&KeyPath(above.to_vec()), within) else { continue };
            let Some(PathStep::Key(wanted)) = path.0.get(depth) else { return Vec::new() };
            let keys = document.children_of(parent).filter_map(|child| match document.node(child).step {
                Step::Key(text) => Some(String::from_utf8_lossy(document.bytes(text)).into_owned()),
                _ => None,
            });
            let rest = path.0.get(depth + 1..).unwrap_or_default();
            let whole = |key: String| KeyPath([above, &[PathStep::Key(key)], rest].concat());
            return similar(wanted, keys).into_iter().map(whole).collect();
        }
        Vec::new()
    }
}
