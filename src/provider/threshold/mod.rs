//! `threshold`: any K of N recipients together (section 8.4 of the format).
//!
//! The data key is split, and each share is wrapped by its member's own provider. A member may be a group again: its
//! members get shares of its share, one byte longer each time.

mod field;
mod group;
mod shares;
mod tree;

use super::search::Others;
use super::{
    Offer, PROVIDERS, Provider, Search, Session, Staleness, Verdict, Wrap, attempt, provider_of, unusable,
};
use crate::crypto::{FileId, SystemRandom};
use crate::document::push_lp;
use crate::envelope::MAX_WRAP;
use crate::error::{Attempt, Result};

pub use group::{Group, admits_all_of, has_share, is_same_group, name_of, rid_of};
pub use shares::{Share, combine, shares};

use group::Node;
use tree::{Tree, gather};

/// The name of the provider.
const NAME: &str = "threshold";
/// Bytes of a share of a data key: y, then x.
const SHARE: usize = 33;
/// How many groups may stand in one another, the outermost included.
pub const MOST_DEEP: usize = 4;
/// The most shares of one data key, those of groups in groups together.
pub const MOST_SHARES: usize = 128;
/// From so many shares on, wraps that could be shorter are tried again: the file has room for 8 KiB.
const MANY_SHARES: usize = 8;
/// How often.
const SHORTER: usize = 16;

/// The provider of recipients that need one another.
pub struct Threshold;

impl Provider for Threshold {
    fn name(&self) -> &'static str {
        NAME
    }

    fn recipient(&self, rest: &str) -> Result<String> {
        let text = canonical(rest)?.text();
        Ok(text.strip_prefix("threshold:").unwrap_or(&text).to_owned())
    }

    fn wrap(&self, rest: &str, file: &FileId, payload: &[u8], session: &Session) -> Result<Vec<u8>> {
        let node = canonical(rest)?;
        let leaves = node.leaves();
        if leaves.iter().map(|rid| least(rid)).sum::<usize>() > MAX_WRAP {
            let what = format!(
                "its {} shares do not fit into a file, which has room for {MAX_WRAP} bytes",
                leaves.len()
            );
            return Err(unusable(&node.rid, &what));
        }
        let tries = if node.leaves().len() > MANY_SHARES { SHORTER } else { 1 };
        wrap(&node, file, payload, session, tries)
    }

    fn unwrap(&self, wraps: &[Wrap<'_>], search: &Search<'_>, offer: &mut Offer<'_>) -> Vec<Attempt> {
        let mut attempts = Vec::new();
        for (index, wrap) in wraps.iter().enumerate() {
            let Some(mut tree) = Tree::read(wrap) else {
                attempts.push(attempt(wrap.rid, "its wrap is not one of this kind"));
                continue;
            };
            let leaves = tree.leaves.clone();
            let mut verdict = Verdict::More;
            let needed = tree.fewest();
            let others = Others::if_any(index + 1 < wraps.len());
            let found = &mut |at, share| {
                if let Some(leaf) = leaves.get(at) {
                    verdict = tree.add(leaf, share, &mut |key| offer(index, key));
                }
                verdict
            };
            attempts.extend(search.part(others, needed, |part| gather(&leaves, PROVIDERS, part, found)));
            if verdict == Verdict::Enough {
                break;
            }
            attempts.extend(tree.missing());
        }
        attempts
    }

    /// One old share makes the group's wrap old: all of it is made anew, by a new split.
    fn staleness(&self, wrap: &Wrap<'_>, file: &FileId, session: &Session) -> Result<Staleness> {
        let Some(tree) = Tree::read(wrap) else { return Ok(Staleness::Unknown) };
        let (mut whole, mut failed) = (Staleness::Unversioned, None);
        for leaf in &tree.leaves {
            // A group that was not read as one is a share that nobody opens.
            if leaf.wrap.rest(NAME).is_some() {
                whole = Staleness::Unknown;
                continue;
            }
            match super::staleness(&leaf.wrap, file, session) {
                Ok(Staleness::Stale) => return Ok(Staleness::Stale),
                Ok(Staleness::Unknown) => whole = Staleness::Unknown,
                Ok(Staleness::Current) if whole == Staleness::Unversioned => whole = Staleness::Current,
                Ok(_) => {}
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        failed.map_or(Ok(whole), Err)
    }
}

/// No share of a data key for `rid` is shorter, its name included, in bytes: nobody need be asked for what does not fit.
fn least(rid: &str) -> usize {
    let wrap = if rid.starts_with("age:") { 233 } else { 80 };
    8 + rid.len() + wrap
}

/// The recipients of `wrap`, which is of a group; `None` when it is not.
pub(super) fn members_of(wrap: &Wrap<'_>) -> Option<String> {
    Some(Tree::read(wrap)?.node().text())
}

/// The group in `rest`, each member as its provider writes it.
fn canonical(rest: &str) -> Result<Node> {
    let text = format!("{NAME}:{rest}");
    let refuse = |reason: &str| unusable(&text, reason);
    let mut node = Node::read(&text).map_err(refuse)?;
    name_leaves(&mut node)?;
    node.check().map_err(|reason| refuse(&reason))?;
    Ok(node)
}

// At most as deep as groups are.
fn name_leaves(node: &mut Node) -> Result<()> {
    if node.members.is_empty() && !node.rid.starts_with("threshold:") {
        node.rid = super::recipient(&node.rid)?;
    }
    node.members.iter_mut().try_for_each(name_leaves)
}

/// `payload` for `node`, which is a group or a recipient.
fn wrap(node: &Node, file: &FileId, payload: &[u8], session: &Session, tries: usize) -> Result<Vec<u8>> {
    if node.members.is_empty() {
        return wrap_share(&node.rid, file, payload, session, tries);
    }
    let (needed, of) = match group::shape(&node.rid) {
        Some((needed, of, _)) => (u8::try_from(needed).unwrap_or(0), u8::try_from(of).unwrap_or(0)),
        None => return Err(unusable(&node.rid, "its numbers cannot be read")),
    };
    let shares = field::split(payload, needed, of, &mut SystemRandom)?;
    let mut bytes = vec![needed];
    for (member, share) in node.members.iter().zip(shares) {
        push_lp(&mut bytes, member.rid.as_bytes());
        push_lp(&mut bytes, &wrap(member, file, share.expose(), session, tries)?);
    }
    Ok(bytes)
}

/// The shortest of some wraps for `rid`: age puts a stanza of random length beside that of the recipient.
fn wrap_share(rid: &str, file: &FileId, share: &[u8], session: &Session, tries: usize) -> Result<Vec<u8>> {
    let (name, rest) = rid.split_once(':').unwrap_or((rid, ""));
    let provider =
        provider_of(name).ok_or_else(|| unusable(rid, "this build of dekko has no provider of that name"))?;
    let mut shortest = provider.wrap(rest, file, share, session)?;
    // A plugin or a service is asked once: its wraps differ less, and each asks somebody.
    let is_native = name == "age" && rest.len() == 62 && rest.starts_with("age1");
    for _ in 1..if is_native { tries } else { 1 } {
        let other = provider.wrap(rest, file, share, session)?;
        if other.len() < shortest.len() {
            shortest = other;
        }
    }
    Ok(shortest)
}

/// The shares of `payload`, as whoever opens their wraps finds them.
#[cfg(all(test, feature = "vault"))]
pub(super) fn split_for_tests(payload: &[u8], needed: u8, of: u8) -> Vec<Vec<u8>> {
    let shares = field::split(payload, needed, of, &mut SystemRandom).expect("the numbers fit");
    shares.iter().map(|share| share.expose().to_vec()).collect()
}

#[cfg(test)]
mod tests;
