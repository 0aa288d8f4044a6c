//! What requests and answers promise, with real keys.

use std::ffi::OsString;
use std::sync::Arc;

use super::*;
use crate::crypto::{DataKey, SystemRandom};
use crate::document::Cover;
use crate::environment::Environment;
use crate::file::{FileType, Recipe, seal};
use crate::policy::Policy;
use crate::provider::threshold::rid_of;
use crate::provider::{Generated, NoPrompt, Session, generate, open_letter, seal_letter, wrap};

fn session<'a>(identities: impl IntoIterator<Item = &'a Generated>) -> Session {
    let lines: Vec<&str> = identities.into_iter().map(|one| one.identity.as_str()).collect();
    let variables = [("DEKKO_AGE_KEY", lines.join("\n")), ("HOME", "/nonexistent".to_owned())];
    let variables = variables.map(|(name, value)| (OsString::from(name), OsString::from(value)));
    Session::new(Environment::new(variables), &[], Arc::new(NoPrompt))
}

/// A file for two of three, and who they are.
fn sealed() -> (EncryptedFile, Vec<Generated>) {
    let people: Vec<_> = (0..3).map(|_| generate()).collect();
    let members: Vec<_> = people.iter().map(|one| format!("age:{}", one.recipient)).collect();
    let text = Group::text("door", 2, &members);
    let recipe = Recipe {
        policy: Policy::new(&["**".to_owned()], &[], false).unwrap(),
        cover: Cover::All,
        scope: None,
        rotated: "2026-11-21T00:00:00Z".to_owned(),
    };
    let random = &mut SystemRandom;
    let key = DataKey::generate(random).unwrap();
    let wrap_all = &mut |file: &FileId, key: &DataKey| {
        let bytes = wrap(&text, file, key, &session([]))?;
        Ok(vec![WrappedKey::new(rid_of(&text), bytes).unwrap()])
    };
    let plain = b"a: hunter2\n".to_vec();
    let sealed = seal(FileType::named("yaml").unwrap(), plain, &recipe, key, wrap_all, random).unwrap();
    (EncryptedFile::read(FileType::named("yaml").unwrap(), sealed.bytes).unwrap(), people)
}

fn request(file: &EncryptedFile, asker: &Generated) -> Request {
    let groups = groups(file);
    let (group, wrapped) = &groups[0];
    Request::new(file, (group, wrapped), "a b\u{1b}.yaml ", &asker.recipient, &mut SystemRandom).unwrap()
}

#[test]
fn a_request_is_read_as_it_was_written_and_every_change_changes_its_number() {
    let (file, _) = sealed();
    let asker = generate();
    let request = request(&file, &asker);
    let text = request.text();
    assert_eq!(Request::parse(&text).unwrap(), request);
    assert_eq!(Request::parse(&format!("\n{}\n\n", text.replace('\n', " \r\n"))).unwrap(), request);
    assert_eq!(request.name, "a b\\x1b.yaml");
    let (mut read, mut refused) = (0, 0);
    for at in 0..text.len() {
        let mut bytes = text.clone().into_bytes();
        bytes[at] ^= 1;
        match Request::parse(&String::from_utf8_lossy(&bytes)) {
            Ok(other) => {
                assert_eq!(other.number() == request.number(), at == text.len() - 1, "{at}");
                read += 1;
            }
            Err(error) => {
                assert_eq!(error.status(), 3);
                refused += 1;
            }
        }
        assert!(Request::parse(&text[..at]).is_err() || at == text.len() - 1);
    }
    assert!(read > 20 && refused > 100, "{read} {refused}");
}

#[test]
fn shares_that_are_given_open_the_file_and_one_alone_does_not() {
    let (file, people) = sealed();
    let asker = generate();
    let request = request(&file, &asker);
    let own = session([&asker]);
    let answers: Vec<_> =
        people.iter().map(|one| give(&request, &file, &session([one])).unwrap().0).collect();
    let opened = |at: usize| Answer::open(answers[at].as_bytes(), &own).unwrap();
    assert!(file.unwrap_with(vec![opened(0), opened(2)], &own).is_ok());
    let key = file.unwrap_with(vec![opened(1)], &session([&asker, &people[0]])).unwrap();
    assert!(file.fits(&key));
    assert_eq!(file.unwrap_with(vec![opened(1)], &own).unwrap_err().status(), 4);
    assert_eq!(file.unwrap_with(vec![opened(1), opened(1)], &own).unwrap_err().status(), 4);
    assert_eq!(give(&request, &file, &own).unwrap_err().status(), 4);
    for one in &people {
        assert_eq!(Answer::open(answers[0].as_bytes(), &session([one])).unwrap_err().status(), 4);
    }
}

#[test]
fn an_answer_is_about_one_file_one_data_key_and_one_request() {
    let (file, people) = sealed();
    let (other, others) = sealed();
    let asker = generate();
    let own = session([&asker]);
    let (one, two) = (request(&file, &asker), request(&file, &asker));
    // A member who has shares of both files cannot be talked into the other one.
    let both = session(people.iter().chain(&others));
    assert_eq!(give(&one, &other, &both).unwrap_err().status(), 5);
    let answer = |request: &Request, by: &Generated| {
        let (letter, _) = give(request, &file, &session([by])).unwrap();
        Answer::open(letter.as_bytes(), &own).unwrap()
    };
    let error = other.unwrap_with(vec![answer(&one, &people[0])], &own).unwrap_err();
    assert!(error.status() == 5 && error.to_string().contains("another file"), "{error}");
    let mixed = vec![answer(&one, &people[0]), answer(&two, &people[1])];
    let error = file.unwrap_with(mixed, &own).unwrap_err();
    assert!(error.status() == 5 && error.to_string().contains("different requests"), "{error}");
    for (change, why) in [
        (Request { file_id: FileId([1; 16]), ..one.clone() }, "another file"),
        (Request { commit: Commit([1; 32]), ..one.clone() }, "another data key"),
        (Request { split: [1; 32], ..one.clone() }, "another split"),
        (Request { group: one.group.replace("door", "hall"), ..one.clone() }, "other members"),
    ] {
        let error = give(&change, &file, &both).unwrap_err();
        assert!(error.status() == 5 && error.to_string().contains(why), "{error}");
    }
}

#[test]
fn a_letter_that_was_changed_on_its_way_is_told_from_one_for_somebody_else() {
    let (mine, other) = (generate(), generate());
    let rid = format!("age:{}", mine.recipient);
    let letter = seal_letter(&rid, &[b'x'; 300], &session([])).unwrap();
    assert_eq!(open_letter(letter.as_bytes(), &session([&mine])).unwrap().expose(), [b'x'; 300]);
    assert_eq!(open_letter(letter.as_bytes(), &session([&other])).unwrap_err().status(), 4);
    let lines: Vec<&str> = letter.lines().collect();
    let mut statuses = std::collections::BTreeSet::new();
    for at in 1..lines.len() - 1 {
        for column in [0, lines[at].len() / 2] {
            let mut changed: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            let old = &lines[at][column..=column];
            changed[at].replace_range(column..=column, if old == "A" { "B" } else { "A" });
            let error = open_letter(changed.join("\n").as_bytes(), &session([&mine])).unwrap_err();
            assert!([3, 4, 5].contains(&error.status()), "{error}");
            statuses.insert(error.status());
        }
        let cut = lines[..at].join("\n");
        assert_eq!(open_letter(cut.as_bytes(), &session([&mine])).unwrap_err().status(), 3);
    }
    assert!(statuses.contains(&5), "{statuses:?}");
    for text in ["", "x", "age-encryption.org/v1\n", &"-----BEGIN AGE ENCRYPTED FILE-----\n".repeat(9999)] {
        assert_eq!(open_letter(text.as_bytes(), &session([&mine])).unwrap_err().status(), 3);
    }
    for rid in ["age:ssh-ed25519:AAAA", "aws-kms:x", "threshold:2-of-2:x"] {
        assert_eq!(seal_letter(rid, b"x", &session([])).unwrap_err().status(), 2);
    }
}

#[test]
fn an_answer_that_somebody_made_up_is_refused() {
    let (file, people) = sealed();
    let asker = generate();
    let own = session([&asker]);
    let request = request(&file, &asker);
    let good = give(&request, &file, &session([&people[0]])).unwrap().0;
    let good = String::from_utf8(open_letter(good.as_bytes(), &own).unwrap().expose().to_vec()).unwrap();
    let letter = |text: &str| seal_letter(&request.asker, text.as_bytes(), &own).unwrap();
    for text in [
        "",
        "x",
        &good.replace("share: 1 ", "share: 1.999 "),
        &good.replace("share: ", "shard: "),
        &good[..good.len() - 9],
        &format!("{good}x"),
    ] {
        assert_eq!(Answer::open(letter(text).as_bytes(), &own).unwrap_err().status(), 3, "{text}");
    }
    // A wrong share beside a right one gives another key; a share at another's place gives none.
    let second = give(&request, &file, &session([&people[1]])).unwrap().0;
    let right = || Answer::open(second.as_bytes(), &own).unwrap();
    let mut wrong = Answer::open(letter(&good).as_bytes(), &own).unwrap();
    wrong.spoil();
    let error = file.unwrap_with(vec![wrong, right()], &own).unwrap_err();
    assert_eq!((error.status(), error.class()), (5, Some(Class::Dek)));
    let moved = Answer::open(letter(&good.replace("share: 1 ", "share: 3 ")).as_bytes(), &own).unwrap();
    assert_eq!(file.unwrap_with(vec![moved, right()], &own).unwrap_err().status(), 4);
}
