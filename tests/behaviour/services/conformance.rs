//! What every key service keeps to: its wraps open with its key and its file, and with nothing else.

use dekko::crypto::FileId;
use dekko::error::{Cause, Error};
use dekko::provider::{self, Staleness, Wrap};

use super::{FILE, Service, key, opened};

/// The promises of the joint, one after the other, with one session: clients and tokens are used again.
pub fn keeps_the_rules(service: &Service) {
    let (rid, session) = (&service.rid, service.session());
    assert_eq!(&provider::recipient(rid).unwrap(), rid, "the rid is canonical");
    let bytes = provider::wrap(rid, &FILE, &key(), &session).unwrap();
    assert_eq!(opened(rid, &bytes, &FILE, &session).unwrap().expose(), key().expose());
    assert_ne!(provider::wrap(rid, &FILE, &key(), &session).unwrap(), bytes, "no wrap is made twice");
    assert!(!bytes.windows(32).any(|part| part == key().expose()), "a wrap does not hold the key");

    // Another file.
    let other = FileId([8; 16]);
    let outcome = opened(rid, &bytes, &other, &session);
    assert_eq!(outcome.is_err(), service.is_bound, "{}: bound to the file", service.name);

    // Another key.
    let error = opened(&service.other, &bytes, &FILE, &session).unwrap_err();
    assert_eq!(error.status(), 4, "{error:?}");

    // A changed wrap: each part of it, not each bit, since every one is a call. The version is a hint that no service
    // but Azure is told, and that the file's head keeps from being changed.
    let mut refused = 0;
    let version = 4..4 + usize::from(bytes[3]);
    for at in (0..bytes.len()).step_by(bytes.len().div_ceil(32)) {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        match opened(rid, &changed, &FILE, &session) {
            Err(error) => assert!(matches!(error.status(), 4 | 5), "{at}: {error:?}"),
            Ok(_) => {
                assert!(version.contains(&at), "{at} of {}", bytes.len());
                continue;
            }
        }
        refused += 1;
    }
    for end in [0, 3, 4, bytes.len() / 2, bytes.len() - 1] {
        assert!(opened(rid, &bytes[..end], &FILE, &session).is_err(), "{end}");
        refused += 1;
    }

    // A wrap that failed once is not asked for again, and says the same.
    let again = |error: Error| match error {
        Error::NoIdentity { attempts, .. } => attempts,
        other => panic!("{other:?}"),
    };
    let twice = [(); 2].map(|()| again(opened(&service.other, &bytes, &FILE, &session).unwrap_err()));
    assert_eq!(twice[0], twice[1]);
    assert!(
        twice[0].iter().all(|attempt| attempt.cause == Cause::Lacking && attempt.source == service.other)
    );
    println!("{}: {refused} changed wraps refused", service.name);
}

/// After `rotate`, a wrap that was made before shows as stale, opens all the same, and what is made anew is current.
pub fn tells_old_wraps(service: &Service, rotate: impl Fn()) {
    let rid = &service.rid;
    let session = service.session();
    let bytes = provider::wrap(rid, &FILE, &key(), &session).unwrap();
    let staleness =
        |bytes: &[u8], session: &_| provider::staleness(&Wrap { rid, bytes }, &FILE, session).unwrap();
    assert_eq!(staleness(&bytes, &session), Staleness::Current);
    rotate();
    // What a key's newest version is, is asked once in a run.
    assert_eq!(staleness(&bytes, &session), Staleness::Current);
    let session = service.session();
    assert_eq!(staleness(&bytes, &session), Staleness::Stale);
    assert_eq!(opened(rid, &bytes, &FILE, &session).unwrap().expose(), key().expose());
    let anew = provider::rewrap(&Wrap { rid, bytes: &bytes }, &FILE, &session).unwrap();
    println!(
        "{}: {}",
        service.name,
        if anew.is_some() { "the service rewraps" } else { "decrypt and encrypt" }
    );
    let anew = anew.unwrap_or_else(|| provider::wrap(rid, &FILE, &key(), &session).unwrap());
    assert_ne!(anew, bytes);
    assert_eq!(staleness(&anew, &session), Staleness::Current);
    assert_eq!(opened(rid, &anew, &FILE, &session).unwrap().expose(), key().expose());
}
