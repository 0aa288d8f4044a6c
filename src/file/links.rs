//! The chain over a document: one tag for each token in its surroundings, one for the end (section 6).

use crate::crypto::{Eof, LinkKey, Previous, Tag, Token, TokenId};
use crate::document::{Cover, Document, Gaps, Leaf, LeafId, NodeId, Step, push_lp};
use crate::error::Result;

/// Draws the links of `document`, whose tokens are `tokens` by leaf, one after the other: `take` gets each token's and
/// may end the walk. The tag over the end.
///
/// # Errors
/// What `take` says.
pub(super) fn draw(
    document: &Document,
    tokens: &[Option<Token>],
    key: &LinkKey,
    cover: Cover,
    eof: Eof,
    mut take: impl FnMut(LeafId, Tag) -> Result<()>,
) -> Result<Tag> {
    let mut gaps = Gaps::new(document, cover);
    let mut gap = Vec::new();
    let mut paths = Paths::default();
    let mut previous: Option<TokenId> = None;
    let mut previous_container = Vec::new();
    loop {
        let found = gaps.step(|leaf| tokens[leaf.index()].is_some(), &mut gap);
        let before = match previous {
            None => Previous::None,
            Some(id) => Previous::Some { id, cpath: &previous_container },
        };
        let Some(Some(leaf)) = found else {
            return Ok(key.end(&before, eof, &gap));
        };
        let token = tokens[leaf.index()].as_ref().expect("the walk stops at tokens");
        let (path, container) = paths.of(document, document.leaf(leaf));
        take(leaf, key.link(&before, &token.value, path, &gap))?;
        previous = Some(token.id());
        previous_container.clear();
        previous_container.extend_from_slice(container);
    }
}

/// Encoded paths of leaves; the container's part is made once for neighbours.
#[derive(Default)]
pub(super) struct Paths {
    parent: Option<NodeId>,
    container: Vec<u8>,
    path: Vec<u8>,
}

impl Paths {
    /// The encoded path of `leaf` and that of its container.
    pub(super) fn of(&mut self, document: &Document, leaf: &Leaf) -> (&[u8], &[u8]) {
        let node = document.node(leaf.node);
        if self.parent != Some(node.parent) || node.step == Step::Root {
            self.parent = Some(node.parent);
            self.container.clear();
            document.encode_path(node.parent, &mut self.container);
        }
        self.path.clear();
        self.path.extend_from_slice(&self.container);
        match node.step {
            Step::Root => return (&self.path, &self.container),
            Step::Key(text) => {
                self.path.push(1);
                push_lp(&mut self.path, document.bytes(text));
            }
            Step::Item(_) => self.path.push(2),
            Step::Comment => self.path.push(3),
        }
        let (count, _) = self.path.split_first_chunk_mut::<4>().expect("a path begins with its count");
        *count = (u32::from_be_bytes(*count) + 1).to_be_bytes();
        (&self.path, &self.container)
    }
}
