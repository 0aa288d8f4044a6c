//! What the joint promises, with real keys.

use std::ffi::OsString;
use std::sync::Arc;

use serde_json::Value;

use super::{
    NoPrompt, PROVIDERS, Provider, Search, Session, Verdict, Wrap, generate, recipient, unwrap, wrap,
};
use crate::crypto::{DataKey, FileId};
use crate::environment::Environment;
use crate::error::{Attempt, Class, Error, Result};

const FILE: FileId = FileId([7; 16]);

fn session(identities: &str) -> Session {
    let variables = [("DEKKO_AGE_KEY", identities), ("HOME", "/nonexistent")];
    let variables = variables.map(|(name, value)| (OsString::from(name), OsString::from(value)));
    Session::new(Environment::new(variables), &[], Arc::new(NoPrompt))
}

fn key() -> DataKey {
    DataKey::new([42; 32])
}

fn open(wraps: &[Wrap<'_>], session: &Session, expected: &DataKey) -> Result<DataKey> {
    unwrap(wraps, &FILE, session, &|key| key.expose() == expected.expose())
}

fn attempts(error: Error) -> Vec<Attempt> {
    match error {
        Error::NoIdentity { attempts, .. } => attempts,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_provider_keeps_the_rules_of_the_joint() {
    let session = session(&generate().identity);
    for provider in PROVIDERS {
        let name = provider.name();
        assert_eq!(PROVIDERS.iter().filter(|other| other.name() == name).count(), 1);
        assert!(super::names::is_provider_name(name));
        for rest in ["", "\0", ":", "2-of-3:", "x y"] {
            assert_eq!(provider.recipient(rest).unwrap_err().status(), 2, "{name}:{rest}");
            assert!(matches!(provider.wrap(rest, &FILE, &[0; 32], &session).unwrap_err().status(), 2 | 6));
            for bytes in [&b""[..], b"\0", b"\x02\xff\xff\xff\xff", b"age-encryption.org/v1\n", &[0xff; 8192]]
            {
                let rid = format!("{name}:{rest}");
                let mut offered = 0;
                provider.unwrap(&[Wrap { rid: &rid, bytes }], &Search::new(&FILE, &session), &mut |_, _| {
                    offered += 1;
                    Verdict::More
                });
                assert_eq!(offered, 0);
            }
        }
    }
}

#[test]
fn a_generated_identity_opens_what_was_wrapped_for_its_recipient() {
    let (mine, other) = (generate(), generate());
    let rid = recipient(&mine.recipient).unwrap();
    assert_eq!(rid, format!("age:{}", mine.recipient));
    let bytes = wrap(&rid, &FILE, &key(), &session("")).unwrap();
    let wraps = [Wrap { rid: &rid, bytes: &bytes }];
    assert_eq!(open(&wraps, &session(&mine.identity), &key()).unwrap().expose(), &[42; 32]);
    let error = open(&wraps, &session(&other.identity), &key()).unwrap_err();
    assert_eq!(error.status(), 4);
    assert!(matches!(error, Error::NoIdentity { recipients, .. } if recipients == [rid]));
}

#[test]
fn a_wrap_is_an_age_file_that_age_alone_opens() {
    let mine = generate();
    let bytes = wrap(&format!("age:{}", mine.recipient), &FILE, &key(), &session("")).unwrap();
    let identity: age::x25519::Identity = mine.identity.parse().unwrap();
    assert_eq!(age::decrypt(&identity, &bytes).unwrap(), [42; 32]);
}

#[test]
fn a_recipient_has_one_rid_however_it_is_written() {
    let native = generate().recipient;
    let ssh = include_str!("../../fixtures/ssh/id_ed25519.pub").trim();
    let blob = ssh.split(' ').nth(1).unwrap();
    let rid = format!("age:ssh-ed25519:{blob}");
    for text in [ssh, &format!("ssh-ed25519 {blob}"), &format!("  ssh-ed25519\t{blob}  me@host x\n"), &rid] {
        assert_eq!(recipient(text).unwrap(), rid);
    }
    for text in [native.clone(), format!(" {native}\n"), native.to_uppercase(), format!("age:{native}")] {
        assert_eq!(recipient(&text).unwrap(), format!("age:{native}"));
    }
    let rsa = include_str!("../../fixtures/ssh/id_rsa.pub");
    assert!(recipient(rsa).unwrap().starts_with("age:ssh-rsa:AAAA"));
}

#[test]
fn what_is_no_recipient_is_refused_with_status_2() {
    let native = generate().recipient;
    let ecdsa = include_str!("../../fixtures/ssh/id_ecdsa.pub");
    let long = format!("age1{}", "q".repeat(600));
    for text in [
        "",
        "age:",
        "age1",
        "me",
        "age1qqqq",
        &native[..40],
        ecdsa,
        "ssh-rsa AAAA",
        "pgp:0123",
        "threshold:2-of-3:x",
        &long,
        "age:x\u{1b}[2J",
    ] {
        let error = recipient(text).unwrap_err();
        assert_eq!(error.status(), 2, "{text}");
        assert!(!error.to_string().contains('\u{1b}'));
    }
}

#[test]
fn a_recipient_that_no_file_has_room_for_is_refused() {
    // A post-quantum key fits; an RSA key of 32768 bits does not.
    let text = age_core::primitives::bech32_encode(bech32::Hrp::parse("age1pq").unwrap(), &[1; 1216]);
    assert!(recipient(&text).is_ok());
    let text = age_core::primitives::bech32_encode(bech32::Hrp::parse("age1pq").unwrap(), &[1; 4096]);
    let error = recipient(&text).unwrap_err().to_string();
    assert!(error.contains("4096 bytes"), "{error}");
}

#[test]
fn an_identity_given_as_a_recipient_is_never_repeated() {
    let secret = generate().identity;
    let slip = secret.replace("AGE-SECRET", "GE-SECRET");
    let labelled = format!("key:{}", &secret[16..]);
    for text in [
        secret.as_str(),
        &secret.to_lowercase(),
        &secret[4..],
        &secret[16..],
        &slip,
        &format!("age:{}", *secret),
        &labelled,
    ] {
        let error = format!("{0} {0:?}", recipient(text).unwrap_err());
        assert!(!error.to_uppercase().contains(&secret[20..40].to_uppercase()), "{error}");
    }
}

#[test]
fn a_key_that_the_file_does_not_name_is_passed_over_and_reported_as_such() {
    let mine = generate();
    let rid = recipient(&mine.recipient).unwrap();
    let wrong = wrap(&rid, &FILE, &DataKey::new([1; 32]), &session("")).unwrap();
    let right = wrap(&rid, &FILE, &key(), &session("")).unwrap();
    let wraps = [Wrap { rid: &rid, bytes: &wrong }, Wrap { rid: &rid, bytes: &right }];
    let session = session(&mine.identity);
    assert!(open(&wraps, &session, &key()).is_ok());
    let error = open(&wraps[..1], &session, &key()).unwrap_err();
    assert_eq!((error.class(), error.status()), (Some(Class::Dek), 5));
}

#[test]
fn a_payload_that_is_no_key_counts_as_not_unwrapped() {
    let mine = generate();
    let rid = recipient(&mine.recipient).unwrap();
    for length in [0, 31, 33, 64, 65, 5000] {
        let bytes = super::age::Age.wrap(&mine.recipient, &FILE, &vec![42; length], &session("")).unwrap();
        let error = open(&[Wrap { rid: &rid, bytes: &bytes }], &session(&mine.identity), &key()).unwrap_err();
        assert!(attempts(error).iter().any(|attempt| attempt.reason.contains("something else")), "{length}");
    }
}

#[test]
fn a_wrap_under_another_name_still_opens() {
    let (mine, other) = (generate(), generate());
    let bytes = wrap(&format!("age:{}", mine.recipient), &FILE, &key(), &session("")).unwrap();
    let rid = format!("age:{}", other.recipient);
    assert!(open(&[Wrap { rid: &rid, bytes: &bytes }], &session(&mine.identity), &key()).is_ok());
}

#[test]
fn damaged_wraps_and_unknown_providers_are_passed_over() {
    let mine = generate();
    let rid = recipient(&mine.recipient).unwrap();
    let good = wrap(&rid, &FILE, &key(), &session("")).unwrap();
    let session = session(&mine.identity);
    for end in 0..good.len() {
        let cut = [Wrap { rid: "pgp:0123", bytes: b"x" }, Wrap { rid: &rid, bytes: &good[..end] }];
        assert_eq!(open(&cut, &session, &key()).unwrap_err().status(), 4);
    }
    let both = [Wrap { rid: "pgp:0123", bytes: b"x" }, Wrap { rid: &rid, bytes: &good }];
    assert!(open(&both, &session, &key()).is_ok());
    let error = open(&both[..1], &session, &key()).unwrap_err();
    assert_eq!(attempts(error)[0].source, "pgp:0123");
}

#[test]
fn a_changed_wrap_does_not_open() {
    let mine = generate();
    let rid = recipient(&mine.recipient).unwrap();
    let good = wrap(&rid, &FILE, &key(), &session("")).unwrap();
    let session = session(&mine.identity);
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 1 << (at % 8);
        assert!(open(&[Wrap { rid: &rid, bytes: &bytes }], &session, &key()).is_err(), "{at}");
    }
}

#[test]
fn a_header_made_to_be_slow_is_not_worked_through() {
    let mine = generate();
    let rid = recipient(&mine.recipient).unwrap();
    let public: age::x25519::Recipient = mine.recipient.parse().unwrap();
    let recipients: Vec<_> = (0..40).map(|_| &public as &dyn age::Recipient).collect();
    let encryptor = age::Encryptor::with_recipients(recipients.into_iter()).unwrap();
    let mut bytes = Vec::new();
    let mut writer = encryptor.wrap_output(&mut bytes).unwrap();
    std::io::Write::write_all(&mut writer, &[42; 32]).unwrap();
    writer.finish().unwrap();
    assert!(open(&[Wrap { rid: &rid, bytes: &bytes }], &session(&mine.identity), &key()).is_err());
}

/// The published files: recipient lines and data key of each, and the six identities.
fn published() -> (Vec<Value>, Vec<String>) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/format-vectors");
    let files = std::fs::read_dir(folder.join("files")).unwrap();
    let infos = files.map(|file| {
        let info = std::fs::read_to_string(file.unwrap().path().join("info.json")).unwrap();
        serde_json::from_str(&info).unwrap()
    });
    let identities = std::fs::read_to_string(folder.join("identity.txt")).unwrap();
    let identities = identities.lines().filter(|line| !line.starts_with('#')).map(str::to_owned);
    (infos.collect(), identities.collect())
}

fn recipients_of(info: &Value) -> Vec<(String, Vec<u8>)> {
    let lines = info["recipients"].as_array().unwrap().iter().map(|line| line.as_str().unwrap());
    let split = lines.map(|line| line.split_once(' ').unwrap());
    split.map(|(rid, wrap)| (rid.to_owned(), crate::crypto::from_base64url(wrap).unwrap())).collect()
}

fn dek_of(info: &Value) -> DataKey {
    let text = info["dek"].as_str().unwrap();
    let bytes: Vec<u8> = (0..32).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap()).collect();
    DataKey::new(bytes.try_into().unwrap())
}

#[test]
fn the_published_wraps_open_each_with_its_identity_and_with_no_other() {
    let (infos, identities) = published();
    let mut opened = 0;
    for info in &infos {
        for (n, (rid, bytes)) in
            recipients_of(info).iter().enumerate().filter(|(_, (rid, _))| rid.starts_with("age:"))
        {
            for (m, identity) in identities.iter().enumerate() {
                let outcome = open(&[Wrap { rid, bytes }], &session(identity), &dek_of(info));
                assert_eq!(outcome.is_ok(), n == m);
                opened += usize::from(n == m);
            }
            assert_eq!(&recipient(rid).unwrap(), rid);
        }
    }
    assert!(opened >= 40, "{opened}");
}

#[test]
fn the_published_threshold_wraps_open_with_any_k_identities_and_with_no_fewer() {
    let (infos, identities) = published();
    let mut seen = 0;
    for info in &infos {
        let recipients = recipients_of(info);
        for (rid, bytes) in recipients.iter().filter(|(rid, _)| rid.starts_with("threshold:")) {
            seen += 1;
            let numbers: Vec<usize> = rid.split([':', '-']).filter_map(|word| word.parse().ok()).collect();
            let (k, n) = (numbers[0], numbers[1]);
            for chosen in 0_u32..1 << n {
                let some: Vec<_> =
                    (0..n).filter(|i| chosen >> i & 1 == 1).map(|i| identities[i].as_str()).collect();
                let outcome = open(&[Wrap { rid, bytes }], &session(&some.join("\n")), &dek_of(info));
                assert_eq!(outcome.is_ok(), some.len() >= k, "{rid} {chosen:b}");
            }
        }
    }
    assert!(seen >= 2);
}

#[cfg(unix)]
#[test]
#[ignore = "needs age itself: DEKKO_TEST_AGE_TOOLS=its folder, and --ignored"]
fn the_reference_program_opens_our_wraps_and_we_open_its_files() {
    use std::io::Write;
    use std::path::{Path, PathBuf};
    use std::process::{Command, Stdio};

    let tools =
        PathBuf::from(std::env::var_os("DEKKO_TEST_AGE_TOOLS").expect("DEKKO_TEST_AGE_TOOLS is not set"));
    let age = |args: &[&str], input: &[u8]| {
        let mut command = Command::new(tools.join("age"));
        let mut child = command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(input).unwrap();
        child.wait_with_output().unwrap().stdout
    };
    let desk = tempfile::tempdir().unwrap();
    let mine = generate();
    let native = desk.path().join("native");
    std::fs::write(&native, mine.identity.as_bytes()).unwrap();
    let ssh = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/ssh");
    let public = |name: &str| std::fs::read_to_string(ssh.join(name)).unwrap();
    for (text, file) in [
        (mine.recipient.clone(), native),
        (public("id_ed25519.pub"), ssh.join("id_ed25519")),
        (public("id_rsa.pub"), ssh.join("id_rsa")),
    ] {
        let rid = recipient(&text).unwrap();
        let ours = wrap(&rid, &FILE, &key(), &session("")).unwrap();
        assert_eq!(age(&["--decrypt", "-i", file.to_str().unwrap()], &ours), [42; 32], "{rid}");
        let theirs = age(&["--encrypt", "-r", text.trim()], &[42; 32]);
        let session = Session::new(Environment::default(), &[file], Arc::new(NoPrompt));
        assert!(open(&[Wrap { rid: &rid, bytes: &theirs }], &session, &key()).is_ok(), "{rid}");
    }
}
