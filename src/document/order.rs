//! Whether two versions of a document hold what they share in the same order (section 9 of the format, "Order rule").

use std::collections::{HashMap, HashSet};

use super::gap::Cover;
use super::tree::{Document, Kind, NodeId, Step};

/// A version of a document: its text, and the ids of its tokens by leaf (`None` where the leaf is plain).
pub struct Version<'d> {
    /// The document, tokens in it.
    pub document: &'d Document,
    /// The token ids by leaf.
    pub ids: &'d [Option<[u8; 6]>],
}

impl Version<'_> {
    fn id(&self, node: NodeId) -> Option<[u8; 6]> {
        match self.document.node(node).kind {
            Kind::Leaf(leaf) => self.ids[leaf.index()],
            _ => None,
        }
    }

    fn is_plain_comment(&self, node: NodeId) -> bool {
        self.document.node(node).step == Step::Comment && self.id(node).is_none()
    }

    /// Its nodes in document order; plain comments are no things.
    fn things(&self) -> impl Iterator<Item = NodeId> + '_ {
        (0u32..).take(self.document.nodes().len()).map(NodeId).filter(|&node| !self.is_plain_comment(node))
    }
}

/// Whether the things present in both versions stand in the same order in both: tokens by id and, under
/// [`Cover::All`], entries, items and containers by path, list items by the tokens they hold. A plain entry that left
/// one item while one of its path came to another counts as another order.
pub fn is_same_order(old: &Version<'_>, new: &Version<'_>, cover: Cover) -> bool {
    let mut tokens = HashMap::new();
    for node in old.things() {
        if let Some(id) = old.id(node) {
            tokens.insert(id, node);
        }
    }
    let counterpart = if cover == Cover::All { counterparts(old, new, &tokens) } else { Vec::new() };
    let mut last = None;
    for node in new.things() {
        let from = match new.id(node) {
            Some(id) => tokens.get(&id).copied(),
            None => counterpart.get(node.index()).copied().flatten().filter(|&from| old.id(from).is_none()),
        };
        if let Some(from) = from {
            if Some(from) < last {
                return false;
            }
            last = Some(from);
        }
    }
    cover == Cover::Encrypted || !has_moved_between_items(old, new, &counterpart)
}

/// For each node of `new`, the node of `old` that its path names.
fn counterparts(
    old: &Version<'_>,
    new: &Version<'_>,
    tokens: &HashMap<[u8; 6], NodeId>,
) -> Vec<Option<NodeId>> {
    let items = Items::new(old, new, tokens);
    let mut found: Vec<Option<NodeId>> = vec![None; new.document.nodes().len()];
    let mut old_roots = old.document.roots();
    for node in new.things() {
        let step = new.document.node(node).step;
        let parent = found[new.document.node(node).parent.index()];
        found[node.index()] = match (step, parent) {
            (Step::Root, _) => old_roots.next(),
            (Step::Key(text), Some(parent)) => old.document.child(parent, new.document.bytes(text)),
            (Step::Item(_), Some(parent)) => {
                if let Step::Item(0) = step {
                    items.pair(new.document.node(node).parent, parent, &mut found);
                }
                found[node.index()]
            }
            _ => None,
        };
    }
    found
}

/// The items of the lists of both versions, and the old nodes above each token of a new item.
struct Items<'v, 'd> {
    old: HashMap<NodeId, Vec<NodeId>>,
    new: HashMap<NodeId, Vec<NodeId>>,
    /// For each new item, the old nodes of its tokens' ids, in document order.
    held: HashMap<NodeId, Vec<NodeId>>,
    old_version: &'v Version<'d>,
}

impl<'v, 'd> Items<'v, 'd> {
    fn new(old: &'v Version<'d>, new: &Version<'_>, tokens: &HashMap<[u8; 6], NodeId>) -> Self {
        let lists = |version: &Version<'_>| {
            let mut lists: HashMap<NodeId, Vec<NodeId>> = HashMap::new();
            for node in version.things() {
                if let Step::Item(_) = version.document.node(node).step {
                    lists.entry(version.document.node(node).parent).or_default().push(node);
                }
            }
            lists
        };
        let mut held: HashMap<NodeId, Vec<NodeId>> = HashMap::new();
        for node in new.things() {
            let Some(&from) = new.id(node).and_then(|id| tokens.get(&id)) else { continue };
            for above in new.document.lineage(node) {
                if let Step::Item(_) = new.document.node(above).step {
                    held.entry(above).or_default().push(from);
                }
            }
        }
        Self { old: lists(old), new: lists(new), held, old_version: old }
    }

    /// Pairs the items of the new list `list` with those of the old list `from`.
    fn pair(&self, list: NodeId, from: NodeId, found: &mut [Option<NodeId>]) {
        let none = Vec::new();
        let (items, old_items) = (self.new.get(&list).unwrap_or(&none), self.old.get(&from).unwrap_or(&none));
        let mut is_taken: HashSet<NodeId> = HashSet::new();
        for &item in items {
            let tokens = self.held.get(&item).unwrap_or(&none);
            let home = tokens
                .iter()
                .find_map(|&token| self.item_above(token, from).filter(|home| !is_taken.contains(home)));
            if let Some(home) = home {
                is_taken.insert(home);
                found[item.index()] = Some(home);
            }
        }
        let mut left = old_items.iter().filter(|item| !is_taken.contains(item));
        for &item in items {
            if found[item.index()].is_none() {
                found[item.index()] = left.next().copied();
            }
        }
    }

    /// The item of the old list `list` in which the old node `token` lies.
    fn item_above(&self, token: NodeId, list: NodeId) -> Option<NodeId> {
        let document = self.old_version.document;
        document.lineage(token).into_iter().find(|&above| document.node(above).parent == list)
    }
}

/// Whether a plain entry is gone from an item that both versions have while one of its path is new in another such.
fn has_moved_between_items(old: &Version<'_>, new: &Version<'_>, counterpart: &[Option<NodeId>]) -> bool {
    let mut survived: HashSet<NodeId> = HashSet::new();
    survived.extend(counterpart.iter().flatten());
    let is_in_kept_item = |document: &Document, node: NodeId, is_kept: &dyn Fn(NodeId) -> bool| {
        let lineage = document.lineage(node);
        let above = &lineage[..lineage.len().saturating_sub(1)];
        above.iter().any(|&at| matches!(document.node(at).step, Step::Item(_)) && is_kept(at))
    };
    let mut gone: HashSet<Vec<u8>> = HashSet::new();
    for node in old.things().filter(|&node| old.id(node).is_none() && !survived.contains(&node)) {
        if is_in_kept_item(old.document, node, &|item| survived.contains(&item)) {
            gone.insert(encoded(old.document, node));
        }
    }
    if gone.is_empty() {
        return false;
    }
    new.things().any(|node| {
        new.id(node).is_none()
            && counterpart[node.index()].is_none()
            && is_in_kept_item(new.document, node, &|item| counterpart[item.index()].is_some())
            && gone.contains(&encoded(new.document, node))
    })
}

fn encoded(document: &Document, node: NodeId) -> Vec<u8> {
    let mut path = Vec::new();
    document.encode_path(node, &mut path);
    path
}
