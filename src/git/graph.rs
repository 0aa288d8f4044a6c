//! The commits of a history and who came before whom: plain numbers, nothing of git's.

use std::collections::{BinaryHeap, HashMap};

use crate::error::{Error, Result};

/// A commit by its number in a history; a parent's number is smaller than its children's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct At(pub u32);

impl At {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The commits of a history in an order in which parents come before children.
#[derive(Debug)]
pub struct Graph {
    parents: Vec<Vec<At>>,
    /// The chain that each commit lies on.
    chain: Vec<u32>,
    /// By chain: the commit that it branches off from; `None` where it begins with a root.
    origin: Vec<Option<At>>,
}

impl Graph {
    /// The graph of the commits with these `parents`.
    ///
    /// # Errors
    /// [`Error::Internal`] when a parent does not come before its child.
    pub fn new(parents: Vec<Vec<At>>) -> Result<Self> {
        for (at, parents) in parents.iter().enumerate() {
            if parents.iter().any(|parent| parent.index() >= at) {
                return Err(Error::Internal { what: "a commit before its parents".to_owned() });
            }
        }
        let (chain, origin) = chains(&parents);
        Ok(Self { parents, chain, origin })
    }

    /// How many commits there are.
    pub fn len(&self) -> usize {
        self.parents.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.parents.is_empty()
    }

    /// All commits, parents first.
    pub fn commits(&self) -> impl DoubleEndedIterator<Item = At> + use<> {
        (0..u32::try_from(self.parents.len()).unwrap_or(u32::MAX)).map(At)
    }

    /// The parents of `commit`.
    pub fn parents(&self, commit: At) -> &[At] {
        &self.parents[commit.index()]
    }

    /// The chain of first parents that `commit` lies on.
    pub(super) fn chain(&self, commit: At) -> u32 {
        self.chain[commit.index()]
    }

    /// The commit that `chain` branches off from.
    pub(super) fn origin(&self, chain: u32) -> Option<At> {
        self.origin[chain as usize]
    }

    /// Those of `sought` that are ancestors of `commit`, itself left out. Looks at what lies between them at most.
    pub fn ancestors_among(&self, commit: At, sought: &[At]) -> Vec<At> {
        let Some(&first) = sought.iter().min() else { return Vec::new() };
        let mut reached = vec![false; commit.index().saturating_sub(first.index()) + 1];
        let mut left: Vec<At> = vec![commit];
        while let Some(at) = left.pop() {
            for &parent in self.parents(at) {
                if parent >= first && !std::mem::replace(&mut reached[(parent.0 - first.0) as usize], true) {
                    left.push(parent);
                }
            }
        }
        let is_reached = |at: &At| *at < commit && reached[(at.0 - first.0) as usize];
        sought.iter().copied().filter(is_reached).collect()
    }

    /// The best common ancestors of all of `tips`: none of them is an ancestor of another. At most 62 tips
    /// are looked at.
    pub fn merge_bases(&self, tips: &[At]) -> Vec<At> {
        const STALE: u64 = 1 << 63;
        let tips = &tips[..tips.len().min(62)];
        let all = (1u64 << tips.len()) - 1;
        let mut flags: HashMap<At, u64> = HashMap::new();
        let mut queue: BinaryHeap<At> = BinaryHeap::new();
        let mut fresh = 0usize;
        for (number, &tip) in tips.iter().enumerate() {
            let flag = flags.entry(tip).or_insert_with(|| {
                queue.push(tip);
                fresh += 1;
                0
            });
            *flag |= 1 << number;
        }
        let mut bases = Vec::new();
        // Children are taken before their parents; what is below a base can be no base.
        while fresh > 0 {
            let Some(at) = queue.pop() else { break };
            let mut flag = flags[&at];
            if flag & STALE == 0 {
                fresh -= 1;
                if flag & all == all {
                    bases.push(at);
                    flag |= STALE;
                }
            }
            for &parent in self.parents(at) {
                match flags.get_mut(&parent) {
                    Some(known) => {
                        if *known & STALE == 0 && flag & STALE != 0 {
                            fresh -= 1;
                        }
                        *known |= flag;
                    }
                    None => {
                        flags.insert(parent, flag);
                        queue.push(parent);
                        fresh += usize::from(flag & STALE == 0);
                    }
                }
            }
        }
        bases
    }

    /// By number of commit: whether it is `first` or comes after it.
    pub fn descendants(&self, first: At) -> Vec<bool> {
        let mut is_below = vec![false; self.len()];
        is_below[first.index()] = true;
        for at in self.commits().skip(first.index() + 1) {
            is_below[at.index()] = self.parents(at).iter().any(|parent| is_below[parent.index()]);
        }
        is_below
    }

    /// The commits in an order of their ancestry from `tip` down, children first.
    pub fn below(&self, tip: At) -> Vec<At> {
        let mut is_seen = vec![false; tip.index() + 1];
        let mut queue = BinaryHeap::from([tip]);
        let mut found = Vec::new();
        is_seen[tip.index()] = true;
        while let Some(at) = queue.pop() {
            found.push(at);
            for &parent in self.parents(at) {
                if !std::mem::replace(&mut is_seen[parent.index()], true) {
                    queue.push(parent);
                }
            }
        }
        found
    }
}

/// Divides the commits into chains of first parents, so that from any commit few chains lead to a root: a commit's chain
/// goes on with the child that has the most commits above it.
fn chains(parents: &[Vec<At>]) -> (Vec<u32>, Vec<Option<At>>) {
    let mut above = vec![1u32; parents.len()];
    let mut heir: Vec<Option<At>> = vec![None; parents.len()];
    let commits = || (0u32..).map(At).take(parents.len());
    for at in commits().collect::<Vec<_>>().into_iter().rev() {
        let Some(&first) = parents[at.index()].first() else { continue };
        let size = above[at.index()];
        above[first.index()] = above[first.index()].saturating_add(size);
        if heir[first.index()].is_none_or(|other| above[other.index()] < size) {
            heir[first.index()] = Some(at);
        }
    }
    let mut chain = vec![0u32; parents.len()];
    let mut origin = Vec::new();
    for at in commits() {
        let first = parents[at.index()].first().copied();
        chain[at.index()] = match first.filter(|first| heir[first.index()] == Some(at)) {
            Some(first) => chain[first.index()],
            None => {
                origin.push(first);
                u32::try_from(origin.len() - 1).expect("no more chains than commits")
            }
        };
    }
    (chain, origin)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(parents: &[&[u32]]) -> Graph {
        Graph::new(parents.iter().map(|all| all.iter().map(|&at| At(at)).collect()).collect())
            .expect("a graph")
    }

    fn numbers(mut found: Vec<At>) -> Vec<u32> {
        found.sort();
        found.into_iter().map(|at| at.0).collect()
    }

    #[test]
    fn ancestors_are_told_from_others() {
        let graph = graph(&[&[], &[0], &[0], &[1], &[2], &[3, 4]]);
        let among = |commit, sought: &[u32]| {
            let sought: Vec<At> = sought.iter().map(|&at| At(at)).collect();
            numbers(graph.ancestors_among(At(commit), &sought))
        };
        assert_eq!(among(5, &[0, 1, 2, 3, 4, 5]), [0, 1, 2, 3, 4]);
        assert_eq!(among(3, &[0, 1, 2, 4]), [0, 1]);
        assert_eq!(among(4, &[3]), Vec::<u32>::new());
        assert_eq!(among(0, &[5]), Vec::<u32>::new());
        assert_eq!(numbers(graph.below(At(4))), [0, 2, 4]);
    }

    #[test]
    fn merge_bases_are_the_best_common_ancestors() {
        let criss_cross = graph(&[&[], &[0], &[0], &[1, 2], &[2, 1], &[3], &[4]]);
        assert_eq!(numbers(criss_cross.merge_bases(&[At(5), At(6)])), [1, 2]);
        assert_eq!(numbers(criss_cross.merge_bases(&[At(1), At(5)])), [1]);
        let octopus = graph(&[&[], &[0], &[1], &[1], &[0]]);
        assert_eq!(numbers(octopus.merge_bases(&[At(2), At(3)])), [1]);
        assert_eq!(numbers(octopus.merge_bases(&[At(2), At(3), At(4)])), [0]);
        assert_eq!(octopus.descendants(At(1)), [false, true, true, true, false]);
        let strangers = graph(&[&[], &[]]);
        assert_eq!(numbers(strangers.merge_bases(&[At(0), At(1)])), Vec::<u32>::new());
    }

    #[test]
    fn a_parent_comes_before_its_child() {
        assert!(Graph::new(vec![vec![At(0)]]).is_err());
    }
}
