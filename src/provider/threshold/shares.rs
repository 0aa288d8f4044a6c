//! Shares that travel: whoever can open some gives them away, whoever got enough puts the data key together.

use super::tree::{Tree, gather};
use crate::crypto::{DataKey, FileId};
use crate::error::{Attempt, Class, Error, Result};
use crate::provider::search::Others;
use crate::provider::{PROVIDERS, Payload, Search, Session, Verdict, Wrap, attempt, key_of, recipient_of};

/// A share of a data key.
#[derive(Debug)]
pub struct Share {
    /// Where it stands: its x in the wrap of the group; with groups in groups, those of all groups down to it.
    pub place: Vec<u8>,
    /// The recipient that it was wrapped for.
    pub rid: String,
    /// The share: y, then x.
    pub payload: Payload,
}

/// The shares in `wrap`, which is of a group of `file`, that somebody here can open, and why not others.
pub fn shares(wrap: &Wrap<'_>, file: &FileId, session: &Session) -> (Vec<Share>, Vec<Attempt>) {
    let Some(tree) = Tree::read(wrap) else { return (Vec::new(), vec![unreadable(wrap)]) };
    let mut shares: Vec<Share> = Vec::new();
    let found = &mut |at, payload| {
        if let Some(leaf) = tree.leaves.get(at).filter(|leaf| tree.is_share_of(leaf, &payload)) {
            shares.push(Share { place: tree.place_of(leaf), rid: leaf.wrap.rid.to_owned(), payload });
        }
        Verdict::More
    };
    let attempts = Search::new(file, session)
        .part(Others::None, tree.leaves.len(), |search| gather(&tree.leaves, PROVIDERS, search, found));
    shares.sort_by(|a, b| a.place.cmp(&b.place));
    (shares, attempts)
}

/// The data key of `file` from `wrap`, which is of a group: from the shares in `given`, and those that can be opened here.
///
/// `fits` compares a key with what the file says of it (COMMIT). When there are more shares than are needed, wrong ones
/// among them do no harm.
///
/// # Errors
/// [`Error::NoIdentity`] when the shares are too few; [`Error::Refused`] of class `dek` when they give another key.
pub fn combine(
    wrap: &Wrap<'_>,
    given: Vec<Share>,
    file: &FileId,
    session: &Session,
    fits: &dyn Fn(&DataKey) -> bool,
) -> Result<DataKey> {
    let too_few = |attempts| Error::NoIdentity { recipients: vec![recipient_of(*wrap)], attempts };
    let Some(mut tree) = Tree::read(wrap) else { return Err(too_few(vec![unreadable(wrap)])) };
    let leaves = tree.leaves.clone();
    let (mut key, mut has_misfit) = (None, false);
    let offer = &mut |payload: Payload| match key_of(&payload) {
        Some(found) if fits(&found) => {
            key = Some(found);
            Verdict::Enough
        }
        _ => {
            has_misfit = true;
            Verdict::More
        }
    };
    let mut verdict = Verdict::More;
    for share in given {
        let place =
            leaves.iter().find(|leaf| tree.place_of(leaf) == share.place && leaf.wrap.rid == share.rid);
        if let (Some(leaf), Verdict::More) = (place, verdict) {
            verdict = tree.add(leaf, share.payload, offer);
        }
    }
    let mut attempts = Vec::new();
    if verdict == Verdict::More {
        let needed = tree.fewest();
        let found =
            &mut |at, share| leaves.get(at).map_or(Verdict::More, |leaf| tree.add(leaf, share, offer));
        let search = Search::new(file, session);
        attempts = search.part(Others::None, needed, |part| gather(&leaves, PROVIDERS, part, found));
    }
    match key {
        Some(key) => Ok(key),
        None if has_misfit => {
            let what =
                "the shares do not give the data key that the file names: one of them at least is wrong";
            Err(Error::refused(Class::Dek, None, what))
        }
        None => {
            attempts.extend(tree.missing());
            Err(too_few(attempts))
        }
    }
}

fn unreadable(wrap: &Wrap<'_>) -> Attempt {
    attempt(wrap.rid, "its wrap is not one of this kind")
}
