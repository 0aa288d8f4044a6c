//! The wrap of a group: shares and groups of shares, each wrapped for its member, and the search for enough of them.

use std::collections::VecDeque;

use super::field::{interpolate_at_zero, x_of};
use super::group::{Node, shape};
use super::{MOST_DEEP, MOST_SHARES, NAME, SHARE};
use crate::crypto::same;
use crate::envelope::is_rid;
use crate::error::Attempt;
use crate::provider::search::Others;
use crate::provider::{Offer, Payload, Provider, Search, Verdict, Wrap, attempt, provider_of};

/// The most polynomials that are tried for one wrap: with a wrong share among many, the right choice of the others.
const MOST_TRIES: usize = 4096;

/// A wrap, read: groups before those that they hold, the first of them the wrap itself.
pub(super) struct Tree<'a> {
    groups: Vec<Branch<'a>>,
    /// Every share that is wrapped for a recipient.
    pub(super) leaves: Vec<Leaf<'a>>,
    tries: usize,
}

/// A group: how many shares give its secret, and those that were opened.
struct Branch<'a> {
    rid: &'a str,
    needed: usize,
    /// The group that this one's secret is a share of, and its place in there.
    parent: Option<(usize, u8)>,
    members: Vec<Member>,
    /// The length of its members' shares.
    length: usize,
    found: Vec<Payload>,
    /// What shares gave so far.
    keys: Vec<Payload>,
}

#[derive(Clone, Copy)]
enum Member {
    Leaf(usize),
    Group(usize),
}

/// A share as it is wrapped for a recipient.
#[derive(Clone, Copy)]
pub(super) struct Leaf<'a> {
    pub(super) wrap: Wrap<'a>,
    group: usize,
    x: u8,
}

impl<'a> Tree<'a> {
    /// Reads the wrap of a group; `None` when it is not one. A group in it that cannot be read is a share that nobody opens.
    pub(super) fn read(wrap: &Wrap<'a>) -> Option<Self> {
        let mut tree = Self { groups: Vec::new(), leaves: Vec::new(), tries: MOST_TRIES };
        let mut waiting = VecDeque::from([(*wrap, None, 0)]);
        while let Some((wrap, parent, depth)) = waiting.pop_front() {
            let (needed, pairs) = match pairs(&wrap).filter(|_| depth < MOST_DEEP) {
                Some(read) => read,
                None => {
                    let (group, x) = parent?;
                    tree.add_leaf(Leaf { wrap, group, x });
                    continue;
                }
            };
            let group = tree.groups.len();
            if let Some(holder) = parent.and_then(|(holder, _): (usize, u8)| tree.groups.get_mut(holder)) {
                holder.members.push(Member::Group(group));
            }
            let length = SHARE + depth;
            tree.groups.push(Branch {
                rid: wrap.rid,
                needed,
                parent,
                members: Vec::new(),
                length,
                found: Vec::new(),
                keys: Vec::new(),
            });
            for (x, wrap) in (1..).zip(pairs) {
                waiting.push_back((wrap, Some((group, x)), depth + 1));
            }
            if tree.leaves.len() + waiting.len() > MOST_SHARES {
                return None;
            }
        }
        Some(tree)
    }

    fn add_leaf(&mut self, leaf: Leaf<'a>) {
        if let Some(holder) = self.groups.get_mut(leaf.group) {
            holder.members.push(Member::Leaf(self.leaves.len()));
        }
        self.leaves.push(leaf);
    }

    /// The recipients as [`super::Group::of`] takes them apart.
    pub(super) fn node(&self) -> Node {
        self.node_of(0)
    }

    // At most as deep as groups are.
    fn node_of(&self, group: usize) -> Node {
        let Some(branch) = self.groups.get(group) else {
            return Node { rid: String::new(), members: Vec::new() };
        };
        let member = |member: &Member| match member {
            Member::Group(at) => self.node_of(*at),
            Member::Leaf(at) => {
                let rid = self.leaves.get(*at).map_or("", |leaf| leaf.wrap.rid);
                Node { rid: rid.to_owned(), members: Vec::new() }
            }
        };
        Node { rid: branch.rid.to_owned(), members: branch.members.iter().map(member).collect() }
    }

    /// How many shares it takes at least.
    pub(super) fn fewest(&self) -> usize {
        // Groups stand before those that they hold.
        let mut fewest: Vec<usize> = vec![1; self.groups.len()];
        for (at, group) in self.groups.iter().enumerate().rev() {
            let of = |member: &Member| match member {
                Member::Leaf(_) => 1,
                Member::Group(inner) => fewest.get(*inner).copied().unwrap_or(1),
            };
            let mut members: Vec<usize> = group.members.iter().map(of).collect();
            members.sort_unstable();
            let sum = members.iter().take(group.needed).sum();
            if let Some(place) = fewest.get_mut(at) {
                *place = sum;
            }
        }
        fewest.first().copied().unwrap_or(1)
    }

    /// Where the share stands: its x in the wrap, or those of the groups down to it.
    pub(super) fn place_of(&self, leaf: &Leaf<'_>) -> Vec<u8> {
        let mut place = vec![leaf.x];
        let mut group = self.groups.get(leaf.group);
        while let Some((holder, x)) = group.and_then(|group| group.parent) {
            place.push(x);
            group = self.groups.get(holder);
        }
        place.reverse();
        place
    }

    /// Whether `share` can be the one of `leaf`, by its length and its x.
    pub(super) fn is_share_of(&self, leaf: &Leaf<'_>, share: &Payload) -> bool {
        let length = self.groups.get(leaf.group).map(|group| group.length);
        length == Some(share.expose().len()) && x_of(share) == leaf.x
    }

    /// Takes the share of `leaf`, and offers every key that it gives together with those that were taken before.
    pub(super) fn add(
        &mut self,
        leaf: &Leaf<'_>,
        share: Payload,
        offer: &mut dyn FnMut(Payload) -> Verdict,
    ) -> Verdict {
        let mut fresh = vec![(leaf.group, leaf.x, share)];
        while let Some((group, x, share)) = fresh.pop() {
            let Some(branch) = self.groups.get_mut(group) else { continue };
            let is_known = |known: &Payload| same(known.expose(), share.expose());
            if share.expose().len() != branch.length || x_of(&share) != x || branch.found.iter().any(is_known)
            {
                continue;
            }
            let others: Vec<&Payload> = branch.found.iter().rev().filter(|other| x_of(other) != x).collect();
            let mut keys = Vec::new();
            let mut is_first = true;
            let mut verdict = Verdict::More;
            choices(others.len(), branch.needed - 1, &mut self.tries, &mut |chosen| {
                let mut shares: Vec<&Payload> =
                    chosen.iter().filter_map(|at| others.get(*at).copied()).collect();
                shares.push(&share);
                let mut places: Vec<u8> = shares.iter().map(|share| x_of(share)).collect();
                places.sort_unstable();
                places.dedup();
                if places.len() != branch.needed {
                    return Verdict::More;
                }
                let key = interpolate_at_zero(&shares);
                let is_known = branch.keys.iter().any(|known| same(known.expose(), key.expose()));
                // One more share of a polynomial that was found already says nothing new.
                if is_known {
                    return if std::mem::take(&mut is_first) { Verdict::Enough } else { Verdict::More };
                }
                is_first = false;
                branch.keys.push(key.copy());
                match branch.parent {
                    None => verdict = offer(key),
                    Some((holder, x)) => keys.push((holder, x, key)),
                }
                verdict
            });
            if verdict == Verdict::Enough {
                return verdict;
            }
            branch.found.push(share);
            fresh.extend(keys);
        }
        Verdict::More
    }

    /// What is missing, group by group.
    pub(super) fn missing(&self) -> Vec<Attempt> {
        let missing = self.groups.iter().filter_map(|group| {
            let mut places: Vec<u8> = group.found.iter().map(x_of).collect();
            places.sort_unstable();
            places.dedup();
            let reason =
                format!("{} of the {} shares that are needed could be opened", places.len(), group.needed);
            (places.len() < group.needed).then(|| attempt(group.rid, reason))
        });
        missing.collect()
    }
}

/// K and the pairs of the wrap of a group.
fn pairs<'a>(wrap: &Wrap<'a>) -> Option<(usize, Vec<Wrap<'a>>)> {
    let (needed, of, _) = shape(wrap.rid)?;
    let (k, mut left) = wrap.bytes.split_first()?;
    let mut pairs = Vec::with_capacity(of);
    while !left.is_empty() && pairs.len() <= of {
        let rid = std::str::from_utf8(take_lp(&mut left)?).ok().filter(|rid| is_rid(rid))?;
        pairs.push(Wrap { rid, bytes: take_lp(&mut left)? });
    }
    (left.is_empty() && pairs.len() == of && usize::from(*k) == needed).then_some((needed, pairs))
}

fn take_lp<'a>(left: &mut &'a [u8]) -> Option<&'a [u8]> {
    let (length, rest) = left.split_first_chunk::<4>()?;
    let (taken, rest) = rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)?;
    *left = rest;
    Some(taken)
}

/// Every choice of `count` numbers below `of`, the lowest first, until `visit` has enough or `tries` are used up.
fn choices(of: usize, count: usize, tries: &mut usize, visit: &mut dyn FnMut(&[usize]) -> Verdict) {
    let mut chosen: Vec<usize> = (0..count).collect();
    while count <= of && *tries > 0 {
        *tries -= 1;
        if visit(&chosen) == Verdict::Enough {
            return;
        }
        // The last number that can still grow; those behind it follow.
        let Some(at) =
            (0..count).rev().find(|at| chosen.get(*at).is_some_and(|number| number + count < of + at))
        else {
            break;
        };
        let start = chosen.get(at).map_or(0, |number| number + 1);
        for (number, place) in (start..).zip(chosen.iter_mut().skip(at)) {
            *place = number;
        }
    }
}

/// Opens what it can of `leaves` with `providers`, and gives each share to `found` with its number; those that need
/// nothing but this machine first, all others at a time. Says why the others could not be opened.
pub(super) fn gather(
    leaves: &[Leaf<'_>],
    providers: &[&dyn Provider],
    search: &Search<'_>,
    found: &mut dyn FnMut(usize, Payload) -> Verdict,
) -> Vec<Attempt> {
    let mut attempts = Vec::new();
    for leaf in leaves {
        let name = leaf.wrap.rid.split(':').next().unwrap_or("");
        if name == NAME {
            attempts.push(attempt(leaf.wrap.rid, "its wrap is not one of this kind"));
        } else if provider_of(name).is_none() {
            attempts.push(attempt(leaf.wrap.rid, "this build of dekko has no provider of that name"));
        }
    }
    let of_groups = providers.iter().filter(|provider| provider.name() != NAME).copied();
    let (remote, local): (Vec<_>, Vec<_>) = of_groups.partition(|provider| provider.is_service());
    // One service opens the wraps of all: they are asked at a time.
    let mut parts: VecDeque<&[&dyn Provider]> = local.chunks(1).chain([&remote[..]]).collect();
    let (mut opened, mut over) = (0, false);
    while let Some(part) = parts.pop_front() {
        let is_of = |leaf: &Leaf<'_>| part.iter().any(|one| leaf.wrap.rest(one.name()).is_some());
        let own = leaves.iter().enumerate().filter(|(_, leaf)| is_of(leaf));
        let (places, wraps): (Vec<usize>, Vec<Wrap<'_>>) = own.map(|(at, leaf)| (at, leaf.wrap)).unzip();
        let (Some(provider), false, false) = (part.first(), wraps.is_empty(), over) else { continue };
        let others = Others::if_any(wraps.len() < leaves.len() && !parts.is_empty());
        let needed = search.needed.saturating_sub(opened).max(1);
        let offer: &mut Offer<'_> = &mut |index, share| {
            opened += 1;
            let verdict = places.get(index).map_or(Verdict::More, |leaf| found(*leaf, share));
            over = verdict == Verdict::Enough;
            verdict
        };
        attempts.extend(search.part(others, needed, |part| provider.unwrap(&wraps, part, offer)));
    }
    attempts
}
