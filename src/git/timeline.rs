//! What holds at each commit of a history, stored only where it changes.

use std::collections::HashMap;
use std::hash::Hash;

use super::graph::{At, Graph};

/// Facts by name, each as of any commit: that of the commit itself, else that of its first parent, and so on.
#[derive(Debug)]
pub(super) struct Timeline<K, V> {
    /// By chain and name: the commits at which the fact changes, in their order.
    facts: HashMap<(u32, K), Vec<(At, V)>>,
}

impl<K: Hash + Eq + Copy, V: Clone> Timeline<K, V> {
    /// Nothing is known of any commit.
    pub fn new() -> Self {
        Self { facts: HashMap::new() }
    }

    /// From `commit` on, `key` has `value`. Commits are set in the order of their numbers.
    pub fn set(&mut self, graph: &Graph, commit: At, key: K, value: V) {
        let facts = self.facts.entry((graph.chain(commit), key)).or_default();
        match facts.last_mut() {
            Some((at, last)) if *at == commit => *last = value,
            _ => facts.push((commit, value)),
        }
    }

    /// What `key` has as of `commit`.
    pub fn find(&self, graph: &Graph, commit: At, key: K) -> Option<V> {
        let mut at = Some(commit);
        while let Some(commit) = at {
            let chain = graph.chain(commit);
            if let Some(facts) = self.facts.get(&(chain, key)) {
                let after = facts.partition_point(|(set, _)| *set <= commit);
                if let Some((_, value)) = after.checked_sub(1).and_then(|last| facts.get(last)) {
                    return Some(value.clone());
                }
            }
            at = graph.origin(chain);
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_holds_until_it_changes_on_each_branch_for_itself() {
        let parents: [&[u32]; 6] = [&[], &[0], &[0], &[1], &[2], &[3, 4]];
        let parents = parents.map(|all| all.iter().map(|&at| At(at)).collect());
        let graph = Graph::new(parents.to_vec()).expect("a graph");
        let mut timeline = Timeline::new();
        timeline.set(&graph, At(0), 'a', 1);
        timeline.set(&graph, At(2), 'a', 2);
        timeline.set(&graph, At(3), 'a', 3);
        let found: Vec<_> = graph.commits().map(|at| timeline.find(&graph, at, 'a')).collect();
        assert_eq!(found, [Some(1), Some(1), Some(2), Some(3), Some(2), Some(3)]);
        assert_eq!(timeline.find(&graph, At(5), 'b'), None);
    }
}
