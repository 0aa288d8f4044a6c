//! Values as published, and everything that must not open.

use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};

use super::*;
use crate::crypto::vectors::{Given, array, bytes, keys, list, number, path, primitives, text};
use crate::crypto::{DataKey, FileId, to_base64url};

/// The path of one key.
fn at(key: &[u8]) -> Vec<u8> {
    [&[0, 0, 0, 1, 1][..], &length(key), key].concat()
}

fn some_keys() -> Keys {
    Keys::derive(&DataKey::new([1; 32]), &FileId([2; 16]))
}

fn sealed(indent: Option<u16>, src: &str) -> Vec<u8> {
    seal_at(LeafKind::Scalar, indent, src, &at(b"k"))
}

fn seal_at(kind: LeafKind, indent: Option<u16>, src: &str, path: &[u8]) -> Vec<u8> {
    let random = &mut Given(vec![3; 32]);
    seal(&some_keys(), random, TokenId([4; 6]), kind, indent, src, path).expect("it can be sealed")
}

/// V over any padded text, canonical or not.
fn forged(text: &[u8], path: &[u8]) -> Vec<u8> {
    let (keys, id) = (some_keys(), TokenId([4; 6]));
    let mut text = text.to_vec();
    let nonce = XNonce::default();
    let tag = keys.cipher().encrypt_in_place_detached(&nonce, &aad(&id, path), &mut text).expect("short");
    [&keys.kid()[..], &id.0, &nonce, &text, &tag].concat()
}

#[test]
fn values_are_as_published() {
    let vectors = &primitives()["values"];
    let keys = keys(vectors);
    for case in list(vectors, "list") {
        let kind = if number(&case["kind"]) == 1 { LeafKind::Scalar } else { LeafKind::Comment };
        let indent = u16::try_from(number(&case["indent"])).expect("an indent");
        let indent = (number(&case["style"]) == 1).then_some(indent);
        let (src, id, path) = (bytes(&case["src"]), TokenId(array(&case["id"])), path(&case["path"]));
        assert_eq!(aad(&id, &path), bytes(&case["aad"]));
        let v = seal_with(&array(&case["random"]), &keys, id, kind, indent, &src, &path);
        assert_eq!(v[9..33], bytes(&case["nonce"]));
        assert_eq!(v, bytes(&case["V"]), "{case}");
        assert_eq!(format!("enc1.{}", to_base64url(&v)), text(&case["first_part"]));
        assert_eq!(unpad(bytes(&case["pt"])), Some((kind, indent, src.clone())));
        let Ok(src) = String::from_utf8(src) else {
            // One is about bytes alone; a reader of texts has no use for it.
            assert_eq!(open(&keys, &v, &path), Err(OpenError::Token));
            continue;
        };
        let random = &mut Given(bytes(&case["random"]));
        assert_eq!(seal(&keys, random, id, kind, indent, &src, &path).expect("it can be sealed"), v);
        assert_eq!(open(&keys, &v, &path), Ok(Plain { kind, indent, src }));
    }
}

#[test]
fn every_flipped_bit_is_refused() {
    let v = sealed(None, "hunter2");
    for bit in 0..v.len() * 8 {
        let mut v = v.clone();
        v[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(open(&some_keys(), &v, &at(b"k")), Err(OpenError::Value), "bit {bit}");
    }
}

#[test]
fn another_key_file_or_place_is_refused() {
    let v = sealed(None, "hunter2");
    assert!(open(&some_keys(), &v, &at(b"k")).is_ok());
    assert_eq!(open(&some_keys(), &v, &at(b"l")), Err(OpenError::Value));
    assert_eq!(open(&some_keys(), &v, &[0, 0, 0, 1, 2]), Err(OpenError::Value));
    for keys in [
        Keys::derive(&DataKey::new([0; 32]), &FileId([2; 16])),
        Keys::derive(&DataKey::new([1; 32]), &FileId([0; 16])),
    ] {
        assert_eq!(open(&keys, &v, &at(b"k")), Err(OpenError::Value));
        // Not for the hint alone.
        let v = [&keys.kid()[..], &v[3..]].concat();
        assert_eq!(open(&keys, &v, &at(b"k")), Err(OpenError::Value));
    }
}

#[test]
fn a_shortened_or_lengthened_value_is_refused() {
    let v = sealed(None, &"x".repeat(100));
    for len in 0..v.len() {
        let error = if has_value_len(len) { OpenError::Value } else { OpenError::Token };
        assert_eq!(open(&some_keys(), &v[..len], &at(b"k")), Err(error), "{len}");
    }
    let longer = [&v[..], &[0; 32]].concat();
    assert_eq!(open(&some_keys(), &longer, &at(b"k")), Err(OpenError::Value));
}

#[test]
fn a_text_that_no_writer_makes_is_refused_though_its_holder_sealed_it() {
    let pad = |start: &[u8], len: usize| [start, &vec![0; len - start.len()]].concat();
    let open = |text: &[u8], path: &[u8]| open(&some_keys(), &forged(text, path), path);
    let (key, comment) = (at(b"k"), [0, 0, 0, 1, 3]);
    assert!(open(&pad(b"\x01\x00a\x80", 32), &key).is_ok());
    assert!(open(&pad(b"\x02\x00a\x80", 32), &comment).is_ok());
    assert!(open(&pad(b"\x01\x01\x00\x00\n\x80", 32), &key).is_ok());
    for (text, path, why) in [
        (pad(b"\x01\x00a\x80", 64), &key[..], "longer than P asks for"),
        (pad(b"\x01\x00a\x81", 32), &key, "another end"),
        (pad(b"", 32), &key, "no end"),
        (pad(b"\x80", 32), &key, "no header"),
        (pad(b"\x01\x80", 32), &key, "half a header"),
        (pad(b"\x01\x01\x80", 32), &key, "no indentation"),
        (pad(b"\x01\x01\x00\x80", 32), &key, "half an indentation"),
        (pad(b"\x00\x00a\x80", 32), &key, "kind 00"),
        (pad(b"\x03\x00a\x80", 32), &key, "kind 03"),
        (pad(b"\x01\x02a\x80", 32), &key, "style 02"),
        (pad(b"\x01\x00a\nb\x80", 32), &key, "style 00 with a line break"),
        (pad(b"\x01\x01\x00\x00a\x80", 32), &key, "style 01 without"),
        (pad(b"\x01\x00\xff\x80", 32), &key, "not UTF-8"),
        (pad(b"\x02\x00a\x80", 32), &key, "a comment at a scalar"),
        (pad(b"\x01\x00a\x80", 32), &comment, "a scalar at a comment"),
    ] {
        assert_eq!(open(&text, path), Err(OpenError::Token), "{why}");
    }
}

#[test]
fn only_the_last_element_of_a_path_tells_a_comment() {
    assert!(ends_in_comment(&[0, 0, 0, 1, 3]));
    assert!(ends_in_comment(&[&at(b"\x03")[..], &[2, 3]].concat()));
    assert!(!ends_in_comment(&at(b"\x03")));
    for no_path in
        [&[][..], &[3], &[0, 0, 0, 1], &[0, 0, 0, 1, 1, 3], &[0, 0, 0, 1, 1, 255, 255, 255, 255, 3]]
    {
        assert!(!ends_in_comment(no_path));
    }
}

#[test]
fn a_style_that_does_not_fit_is_not_sealed() {
    for (indent, src) in [(None, "a\nb"), (Some(0), "a")] {
        let random = &mut Given(vec![3; 32]);
        let id = TokenId([4; 6]);
        assert!(seal(&some_keys(), random, id, LeafKind::Scalar, indent, src, &at(b"k")).is_err());
    }
}

#[test]
fn the_same_value_sealed_twice_looks_different() {
    let seal = |byte| {
        let random = &mut Given(vec![byte; 32]);
        seal(&some_keys(), random, TokenId([4; 6]), LeafKind::Scalar, None, "a", &at(b"k")).expect("short")
    };
    assert_ne!(seal(1), seal(2));
    assert_eq!(seal(1), seal(1), "a broken generator: the same token, for the same text only");
}

proptest! {
    #[test]
    fn every_text_comes_back(
        src in any::<String>().prop_map(|text| text.replace('\n', "")),
        lines in "(?s).{0,300}\n.{0,40}",
        indent: u16,
        key: Vec<u8>,
    ) {
        let path = at(&key);
        for (indent, src) in [(None, src), (Some(indent), lines)] {
            let v = seal_at(LeafKind::Scalar, indent, &src, &path);
            prop_assert!(has_value_len(v.len()));
            let plain = Plain { kind: LeafKind::Scalar, indent, src };
            prop_assert_eq!(open(&some_keys(), &v, &path), Ok(plain));
        }
    }

    #[test]
    fn random_bytes_do_not_open(mut v: Vec<u8>, path: Vec<u8>, grains in 1usize..4) {
        prop_assert!(open(&some_keys(), &v, &path).is_err());
        v.resize(AROUND + grains * 32, 0);
        v[..3].copy_from_slice(&some_keys().kid());
        prop_assert_eq!(open(&some_keys(), &v, &path), Err(OpenError::Value));
        ends_in_comment(&path);
    }

    #[test]
    fn no_padded_text_panics(mut text: Vec<u8>, header: [u8; 4], path: Vec<u8>, end in 0usize..64) {
        text.extend(header);
        text.rotate_right(4);
        text.push(0x80);
        text.resize(text.len().max(end).next_multiple_of(32), 0);
        let forged = forged(&text, &path);
        if let Ok(plain) = open(&some_keys(), &forged, &path) {
            prop_assert_eq!(plain.src.contains('\n'), plain.indent.is_some());
        }
    }
}
