//! What groups promise, with real keys, and with members that are slow or wrong.

use std::ffi::OsString;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use zeroize::Zeroizing;

use super::tree::{Tree, gather};
use super::{Group, Share, combine, shares};
use crate::crypto::{DataKey, FileId};
use crate::environment::Environment;
use crate::error::{Attempt, Cause, Error, Result};
use crate::provider::search::Others;
use crate::provider::{
    Generated, NoPrompt, Offer, Payload, Provider, Search, Session, Verdict, Wrap, generate, recipient,
    recipient_of, unwrap, wrap,
};

const FILE: FileId = FileId([7; 16]);
const KEY: [u8; 32] = [42; 32];

pub(super) fn payload(share: &[u8]) -> Payload {
    Payload::new(Zeroizing::new(share.to_vec()))
}

pub(super) fn vectors() -> Value {
    serde_json::from_str(include_str!("../../../fixtures/format-vectors/primitives.json")).unwrap()
}

pub(super) fn hex(text: &Value) -> Vec<u8> {
    let text = text.as_str().unwrap();
    (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap()).collect()
}

fn session<'a>(identities: impl IntoIterator<Item = &'a Generated>) -> Session {
    let lines: Vec<&str> = identities.into_iter().map(|one| one.identity.as_str()).collect();
    let variables = [("DEKKO_AGE_KEY", lines.join("\n")), ("HOME", "/nonexistent".to_owned())];
    let variables = variables.map(|(name, value)| (OsString::from(name), OsString::from(value)));
    Session::new(Environment::new(variables), &[], Arc::new(NoPrompt))
}

fn people(count: usize) -> Vec<Generated> {
    (0..count).map(|_| generate()).collect()
}

fn group(name: &str, needed: usize, members: &[Generated]) -> String {
    let members: Vec<_> = members.iter().map(|one| format!("age:{}", one.recipient)).collect();
    Group::text(name, needed, &members)
}

/// The rid and the wrap of the data key for `recipient`.
fn wrapped(recipient: &str) -> (String, Vec<u8>) {
    let bytes = wrap(recipient, &FILE, &DataKey::new(KEY), &session([])).unwrap();
    (super::rid_of(recipient).to_owned(), bytes)
}

fn open(rid: &str, bytes: &[u8], session: &Session) -> Result<DataKey> {
    unwrap(&[Wrap { rid, bytes }], &FILE, session, &|key| key.expose() == &KEY)
}

#[test]
fn a_wrap_is_read_into_its_pairs_and_a_cut_one_is_not() {
    for case in vectors()["threshold"].as_array().unwrap() {
        let (rid, bytes) = (case["rid"].as_str().unwrap(), hex(&case["wrap"]));
        let tree = Tree::read(&Wrap { rid, bytes: &bytes }).unwrap();
        let pairs = case["pairs"].as_array().unwrap();
        assert_eq!(tree.leaves.len(), pairs.len());
        for (leaf, pair) in tree.leaves.iter().zip(pairs) {
            assert_eq!(
                (leaf.wrap.rid, leaf.wrap.bytes),
                (pair[0].as_str().unwrap(), hex(&pair[1]).as_slice())
            );
        }
        let members: Vec<_> = pairs.iter().map(|pair| pair[0].as_str().unwrap()).collect();
        let shown = recipient_of(Wrap { rid, bytes: &bytes });
        assert_eq!(shown, format!("{rid} [ {} ]", members.join(" ")));
        assert!((0..bytes.len()).all(|end| Tree::read(&Wrap { rid, bytes: &bytes[..end] }).is_none()));
        for rid in ["threshold:2-of-9:x", "threshold:9-of-3:x", "threshold:02-of-3:x", "threshold:x", "age:x"]
        {
            assert!(Tree::read(&Wrap { rid, bytes: &bytes }).is_none());
            assert_eq!(recipient_of(Wrap { rid, bytes: &bytes }), rid);
        }
    }
}

#[test]
fn every_subset_of_members_opens_the_wrap_exactly_when_it_is_large_enough() {
    for (needed, of) in [(2, 2), (2, 3), (3, 4), (2, 5), (5, 5)] {
        let people = people(of);
        let text = group("door", needed, &people);
        assert_eq!(recipient(&text).unwrap(), text);
        let (rid, bytes) = wrapped(&text);
        assert_eq!(recipient_of(Wrap { rid: &rid, bytes: &bytes }), text);
        for chosen in 0_u32..1 << of {
            let some = (0..of).filter(|i| chosen >> i & 1 == 1).map(|i| &people[i]);
            let outcome = open(&rid, &bytes, &session(some));
            assert_eq!(outcome.is_ok(), chosen.count_ones() as usize >= needed, "{needed} {of} {chosen:b}");
            assert!(outcome.map_or_else(|error| error.status() == 4, |_| true));
        }
    }
}

#[test]
fn a_group_of_twenty_four_has_room_in_a_file_and_much_larger_ones_are_refused_at_once() {
    let crowd = group("all", 11, &people(30));
    let refused = wrap(&crowd, &FILE, &DataKey::new(KEY), &session([])).unwrap_err().to_string();
    assert!(refused.contains("its 30 shares do not fit into a file"), "{refused}");
    let people = people(24);
    let (rid, bytes) = wrapped(&group("all", 15, &people));
    assert!(bytes.len() <= crate::envelope::MAX_WRAP);
    assert!(open(&rid, &bytes, &session(&people[9..])).is_ok());
    assert!(open(&rid, &bytes, &session(&people[10..])).is_err());
}

#[test]
fn two_wraps_of_one_key_have_no_share_in_common() {
    let people = people(2);
    let text = group("door", 2, &people);
    let ((rid, one), (_, other)) = (wrapped(&text), wrapped(&text));
    let shares_of = |bytes: &[u8]| shares(&Wrap { rid: &rid, bytes }, &FILE, &session(&people)).0;
    for (one, other) in shares_of(&one).iter().zip(shares_of(&other)) {
        assert_eq!(one.place, other.place);
        assert_ne!(one.payload.expose(), other.payload.expose());
    }
}

#[test]
fn groups_stand_in_groups_and_each_needs_its_own() {
    let people = people(6);
    let inner = group("inner", 2, &people[3..6]);
    let rid = |at: usize| format!("age:{}", people[at].recipient);
    let text = Group::text("outer", 3, &[rid(0), rid(1), rid(2), inner.clone()]);
    let (name, bytes) = wrapped(&text);
    assert_eq!(name, "threshold:3-of-4:outer");
    assert_eq!(recipient_of(Wrap { rid: &name, bytes: &bytes }), text);
    for (chosen, opens) in [
        (&[0, 1, 2][..], true),
        (&[0, 1, 3, 4], true),
        (&[0, 2, 3, 4, 5], true),
        (&[0, 1, 3], false),
        (&[0, 3, 4, 5], false),
        (&[3, 4, 5], false),
    ] {
        let outcome = open(&name, &bytes, &session(chosen.iter().map(|at| &people[*at])));
        assert_eq!(outcome.is_ok(), opens, "{chosen:?}");
    }
    let deep =
        (0..3).fold(group("a", 2, &people[..2]), |inside, at| Group::text("b", 2, &[inside, rid(at + 2)]));
    let (name, bytes) = wrapped(&deep);
    assert!(open(&name, &bytes, &session(&people[..5])).is_ok());
    let too_deep = Group::text("c", 2, &[deep, rid(5)]);
    assert!(recipient(&too_deep).unwrap_err().to_string().contains("4 deep"));
}

#[test]
fn groups_that_cannot_be_are_refused_with_status_2() {
    let people = people(3);
    let good = group("door", 2, &people);
    let twice = [&people[0].recipient, &people[0].recipient].map(Clone::clone);
    for text in [
        "threshold:2-of-3:door".to_owned(),
        good.replace("2-of", "1-of"),
        good.replace("2-of", "4-of"),
        good.replace("of-3", "of-4"),
        good.replace(" ]", ""),
        good.replace("age:age1", "pgp:age1"),
        Group::text("door", 2, &twice),
    ] {
        assert_eq!(recipient(&text).unwrap_err().status(), 2, "{text}");
        assert!(wrap(&text, &FILE, &DataKey::new(KEY), &session([])).is_err(), "{text}");
    }
}

#[test]
fn a_cut_or_changed_wrap_never_gives_another_key() {
    let people = people(3);
    let (rid, good) = wrapped(&group("door", 2, &people));
    let session = session(&people);
    for at in 0..good.len() {
        assert!(open(&rid, &good[..at], &session).is_err());
        let mut bytes = good.clone();
        bytes[at] ^= 1 << (at % 8);
        // Two of the three are whole still, unless the frame broke.
        if let Ok(key) = open(&rid, &bytes, &session) {
            assert_eq!(key.expose(), &KEY);
        }
    }
}

/// The shares that each of `people` gives.
fn given(people: &[Generated], rid: &str, bytes: &[u8]) -> Vec<Vec<Share>> {
    people.iter().map(|one| shares(&Wrap { rid, bytes }, &FILE, &session([one])).0).collect()
}

#[test]
fn shares_that_members_give_are_put_together_and_wrong_ones_do_no_harm_when_there_are_enough() {
    let people = people(5);
    let (rid, bytes) = wrapped(&group("door", 3, &people));
    let wrap = Wrap { rid: &rid, bytes: &bytes };
    let fits = |key: &DataKey| key.expose() == &KEY;
    let take = |places: &[usize]| -> Vec<Share> {
        let mut all = given(&people, &rid, &bytes);
        places.iter().map(|at| all[*at].pop().unwrap()).collect()
    };
    assert!(combine(&wrap, take(&[0, 2, 4]), &FILE, &session([]), &fits).is_ok());
    assert!(combine(&wrap, take(&[0, 2]), &FILE, &session([&people[4]]), &fits).is_ok());
    assert_eq!(combine(&wrap, take(&[0, 2]), &FILE, &session([]), &fits).unwrap_err().status(), 4);
    let spoilt = |mut shares: Vec<Share>| {
        shares[1].payload = payload(&[&[9; 32][..], &[shares[1].place[0]]].concat());
        shares
    };
    assert_eq!(combine(&wrap, spoilt(take(&[0, 1, 2])), &FILE, &session([]), &fits).unwrap_err().status(), 5);
    assert!(combine(&wrap, spoilt(take(&[0, 1, 2, 3])), &FILE, &session([]), &fits).is_ok());
    // The same share twice is one; a share under another's name is none.
    let twice = take(&[0, 1]).into_iter().chain(take(&[0])).collect();
    assert_eq!(combine(&wrap, twice, &FILE, &session([]), &fits).unwrap_err().status(), 4);
    let mut renamed = take(&[0, 1, 2]);
    renamed[2].rid = renamed[1].rid.clone();
    assert_eq!(combine(&wrap, renamed, &FILE, &session([]), &fits).unwrap_err().status(), 4);
}

#[test]
fn a_search_among_many_wrong_shares_ends() {
    let people = people(20);
    let (rid, bytes) = wrapped(&group("all", 10, &people));
    let mut wrong: Vec<Share> = given(&people, &rid, &bytes).into_iter().flatten().collect();
    for share in &mut wrong {
        share.payload = payload(&[&[share.place[0]; 32][..], &share.place].concat());
    }
    let start = Instant::now();
    let error =
        combine(&Wrap { rid: &rid, bytes: &bytes }, wrong, &FILE, &session([]), &|_| false).unwrap_err();
    assert_eq!(error.status(), 5);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn a_large_group_in_a_group_leaves_room_for_the_others() {
    let people = people(18);
    let inner = group("inner", 8, &people[..16]);
    let rid = |at: usize| format!("age:{}", people[at].recipient);
    let (name, bytes) = wrapped(&Group::text("outer", 3, &[inner, rid(16), rid(17)]));
    assert!(open(&name, &bytes, &session(&people)).is_ok());
    assert!(open(&name, &bytes, &session(&people[..17])).is_err());
    // The others' shares come after all those of the inner group.
    let mut given: Vec<Share> = given(&people, &name, &bytes).into_iter().flatten().collect();
    given.sort_by_key(|share| share.place.len() == 1);
    let fits = |key: &DataKey| key.expose() == &KEY;
    assert!(combine(&Wrap { rid: &name, bytes: &bytes }, given, &FILE, &session([]), &fits).is_ok());
}

#[test]
fn a_wrap_made_to_be_large_is_not_worked_through() {
    let pair = |rid: &str, wrap: &[u8]| {
        let mut bytes = Vec::new();
        super::push_lp(&mut bytes, rid.as_bytes());
        super::push_lp(&mut bytes, wrap);
        bytes
    };
    // 200 members; and 2 with 2 each, seven times in one another.
    let bytes = [vec![2], pair("a:b", b"").repeat(200)].concat();
    assert!(Tree::read(&Wrap { rid: "threshold:2-of-200:x", bytes: &bytes }).is_none());
    let mut bytes = [vec![2], pair("a:b", b"").repeat(2)].concat();
    for _ in 0..6 {
        bytes = [vec![2], pair("threshold:2-of-2:x", &bytes).repeat(2)].concat();
    }
    let tree = Tree::read(&Wrap { rid: "threshold:2-of-2:x", bytes: &bytes }).unwrap();
    assert_eq!(tree.leaves.len(), 16);
    let shown = recipient_of(Wrap { rid: "threshold:2-of-2:x", bytes: &bytes });
    assert_eq!(shown.matches('[').count(), 15, "{shown}");
    assert!(recipient(&shown).is_err());
}

/// Services of which the first opens all wraps to what stands in them.
struct Fake(&'static str);

impl Provider for Fake {
    fn name(&self) -> &'static str {
        self.0
    }

    fn recipient(&self, rest: &str) -> Result<String> {
        Ok(rest.to_owned())
    }

    fn wrap(&self, _: &str, _: &FileId, payload: &[u8], _: &Session) -> Result<Vec<u8>> {
        Ok(payload.to_vec())
    }

    fn unwrap(&self, wraps: &[Wrap<'_>], search: &Search<'_>, offer: &mut Offer<'_>) -> Vec<Attempt> {
        for (at, wrap) in wraps.iter().enumerate() {
            if offer(at, payload(wrap.bytes)) == Verdict::Enough {
                break;
            }
        }
        let reason = format!("{} of {}", search.needed, wraps.len());
        vec![Attempt { source: self.0.to_owned(), reason, cause: Cause::Lacking }]
    }

    fn is_service(&self) -> bool {
        self.0 != "local"
    }
}

#[test]
fn services_are_asked_in_one_call_for_what_this_machine_does_not_open() {
    let split = super::field::split(&KEY, 4, 6, &mut crate::crypto::SystemRandom).unwrap();
    let mut bytes = vec![4];
    for (rid, share) in ["a:1", "b:1", "local:1", "c:1", "a:2", "b:2"].iter().zip(&split) {
        super::push_lp(&mut bytes, rid.as_bytes());
        super::push_lp(&mut bytes, share.expose());
    }
    let mut tree = Tree::read(&Wrap { rid: "threshold:4-of-6:x", bytes: &bytes }).unwrap();
    assert_eq!(tree.fewest(), 4);
    let leaves = tree.leaves.clone();
    let (mut asked, mut key) = (0, None);
    let providers: [&dyn Provider; 4] = [&Fake("a"), &Fake("b"), &Fake("local"), &Fake("c")];
    let session = session([]);
    let search = Search::new(&FILE, &session);
    let attempts = search.part(Others::None, 4, |search| {
        gather(&leaves, &providers, search, &mut |at, share| {
            asked += 1;
            tree.add(&leaves[at], share, &mut |found| {
                key = Some(found);
                Verdict::Enough
            })
        })
    });
    assert_eq!(key.unwrap().expose(), KEY);
    let fakes: Vec<_> = attempts.iter().filter(|attempt| !attempt.source.contains(':')).collect();
    let fakes: Vec<_> = fakes.iter().map(|one| (one.source.as_str(), one.reason.as_str())).collect();
    assert_eq!(fakes, [("local", "4 of 1"), ("a", "3 of 5")]);
    assert_eq!(asked, 4);
}

#[test]
fn who_cannot_open_is_told_how_many_shares_are_missing() {
    let people = people(3);
    let (rid, bytes) = wrapped(&group("door", 2, &people));
    let error = open(&rid, &bytes, &session([&people[0]])).unwrap_err();
    let Error::NoIdentity { recipients, attempts } = error else { panic!("{error:?}") };
    assert_eq!(recipients, [group("door", 2, &people)]);
    assert!(attempts.iter().any(|one| one.reason.contains("1 of the 2 shares")), "{attempts:?}");
}
