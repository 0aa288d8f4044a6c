//! All patterns at once: a nondeterministic automaton over the steps of a path. A step costs at most the size of the
//! policy, whatever the path and the patterns are.

use super::pattern::{Pattern, Step};
use super::{Policy, Reason};
use crate::document::{self, Document, NodeId};

/// All patterns of a policy, one after the other.
#[derive(Clone, Debug)]
pub(super) struct Program {
    ops: Vec<Op>,
    starts: Vec<u32>,
}

#[derive(Clone, Debug)]
enum Op {
    Match(Step),
    /// The end of the pattern of this number.
    Accept(usize),
}

/// One step of a path, as patterns see it.
#[derive(Clone, Copy)]
enum Element<'k> {
    Key(&'k [u8]),
    Item,
}

/// The positions in the program that a path has reached, ascending, each once.
///
/// Each source adds a run of neighbours, and neither the starts nor the ends of runs ever decrease from one source to
/// the next: so the last position added is all that has to be looked at to keep each once.
struct States<'s> {
    out: &'s mut Vec<u32>,
    floor: usize,
}

impl States<'_> {
    /// Adds `at`, and what can be reached from there by passing `**` over.
    fn add(&mut self, program: &Program, mut at: u32) {
        loop {
            let is_new = self.out.len() == self.floor || self.out.last().is_some_and(|&last| last < at);
            if is_new {
                self.out.push(at);
            }
            match program.op(at) {
                Some(Op::Match(Step::Deep)) => at += 1,
                _ => return,
            }
        }
    }
}

impl Program {
    pub(super) fn new<'p>(patterns: impl Iterator<Item = &'p Pattern>) -> Self {
        let mut program = Self { ops: Vec::new(), starts: Vec::new() };
        for (number, pattern) in patterns.enumerate() {
            program.starts.push(u32::try_from(program.ops.len()).expect("a policy fits in 64 MiB"));
            program.ops.extend(pattern.steps.iter().cloned().map(Op::Match));
            program.ops.push(Op::Accept(number));
        }
        program
    }

    fn op(&self, at: u32) -> Option<&Op> {
        self.ops.get(at as usize)
    }

    /// Appends the positions that the empty path reaches.
    fn begin(&self, out: &mut Vec<u32>) {
        let floor = out.len();
        let mut states = States { out, floor };
        for &start in &self.starts {
            states.add(self, start);
        }
    }

    /// Appends the positions that are reached from those in `out[from..]` by one more step.
    fn advance(&self, out: &mut Vec<u32>, from: usize, element: Element<'_>) {
        let floor = out.len();
        let mut states = States { out, floor };
        for index in from..floor {
            let Some(&at) = states.out.get(index) else { return };
            match (self.op(at), element) {
                (Some(Op::Match(Step::Deep)), _) => states.add(self, at),
                (Some(Op::Match(step)), _) if matches(step, element) => states.add(self, at + 1),
                _ => {}
            }
        }
    }

    /// The numbers of the patterns that end at these positions, ascending.
    fn accepted<'s>(&'s self, states: &'s [u32]) -> impl Iterator<Item = usize> + 's {
        states.iter().filter_map(|&at| match self.op(at) {
            Some(Op::Accept(number)) => Some(*number),
            _ => None,
        })
    }
}

/// Whether a step other than `**` matches one element.
fn matches(step: &Step, element: Element<'_>) -> bool {
    match (step, element) {
        (Step::Item, Element::Item) | (Step::AnyKey, Element::Key(_)) => true,
        (Step::Key(own), Element::Key(key)) => own == key,
        (Step::Prefix(own), Element::Key(key)) => key.starts_with(own),
        (Step::Suffix(own), Element::Key(key)) => key.ends_with(own),
        _ => false,
    }
}

/// Answers about the nodes of one document. It keeps the positions of the containers that the last node lay in, so that
/// a neighbour costs one step.
pub struct Matcher<'p, 'd> {
    policy: &'p Policy,
    document: &'d Document,
    /// The containers from the root on, and where the positions of each begin in `states`.
    open: Vec<(NodeId, usize)>,
    states: Vec<u32>,
}

impl<'p, 'd> Matcher<'p, 'd> {
    pub(super) fn new(policy: &'p Policy, document: &'d Document) -> Self {
        Self { policy, document, open: Vec::new(), states: Vec::new() }
    }

    /// Whether `node` is secret.
    pub fn is_secret(&mut self, node: NodeId) -> bool {
        self.reason(node).is_secret()
    }

    /// Which pattern decides about `node`.
    pub fn reason(&mut self, node: NodeId) -> Reason<'p> {
        if self.document.node(node).step == document::Step::Comment {
            return self.policy.comment();
        }
        self.enter(node);
        let from = self.open.last().map_or(0, |&(_, from)| from);
        let reached = self.states.get(from..).unwrap_or_default();
        self.policy.verdict(self.policy.program.accepted(reached))
    }

    /// Makes `node` the innermost of `open`.
    fn enter(&mut self, node: NodeId) {
        let mut missing = Vec::new();
        let mut at = node;
        while !self.leave_to(at) {
            missing.push(at);
            let parent = self.document.node(at).parent;
            if parent == at {
                self.open.clear();
                self.states.clear();
                break;
            }
            at = parent;
        }
        while let Some(at) = missing.pop() {
            self.push(at);
        }
    }

    /// Leaves what lies inside `node`; `false` when `node` is not open.
    fn leave_to(&mut self, node: NodeId) -> bool {
        let Some(at) = self.open.iter().rposition(|&(open, _)| open == node) else { return false };
        if let Some(&(_, end)) = self.open.get(at + 1) {
            self.open.truncate(at + 1);
            self.states.truncate(end);
        }
        true
    }

    fn push(&mut self, node: NodeId) {
        let from = self.open.last().map_or(0, |&(_, from)| from);
        self.open.push((node, self.states.len()));
        let program = &self.policy.program;
        let element = match self.document.node(node).step {
            document::Step::Root => return program.begin(&mut self.states),
            document::Step::Key(text) => Element::Key(self.document.bytes(text)),
            document::Step::Item(_) => Element::Item,
            document::Step::Comment => return,
        };
        program.advance(&mut self.states, from, element);
    }
}
