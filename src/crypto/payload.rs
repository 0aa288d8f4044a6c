//! The payload of a binary file: encrypted chunks (section 8 of the format).

use chacha20poly1305::{AeadInPlace, XChaCha20Poly1305, XNonce};

use super::data_key::{Epoch, Keys};
use super::value::OpenError;

/// Bytes of text in each chunk but the last.
const CHUNK: usize = 64 << 10;
/// Bytes that the cipher adds to a chunk.
const TAG: usize = 16;

/// Whether a chunk is the last one of its file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Within,
    Last,
}

/// Encrypts `bytes`; `epoch` must be new at every call under one data key, for nonces count from zero. `scope` is empty
/// when the file has none.
pub fn seal_payload(keys: &Keys, epoch: &Epoch, scope: &str, bytes: &[u8]) -> Vec<u8> {
    let cipher = keys.payload_cipher(epoch, scope);
    let chunks = bytes.len().div_ceil(CHUNK).max(1);
    let mut out = Vec::with_capacity(bytes.len() + chunks * TAG);
    let mut rest = bytes;
    for number in 0.. {
        let (chunk, after) = rest.split_at(rest.len().min(CHUNK));
        let place = if after.is_empty() { Place::Last } else { Place::Within };
        seal_chunk(&cipher, number, place, chunk, &mut out);
        if place == Place::Last {
            break;
        }
        rest = after;
    }
    out
}

/// Decrypts a payload; undoes [`seal_payload`]. Nothing is given out unless all of it is genuine.
///
/// # Errors
/// [`OpenError::Value`] when anything was changed, cut off or added.
pub fn open_payload(
    keys: &Keys,
    epoch: &Epoch,
    scope: &str,
    payload: &[u8],
) -> std::result::Result<Vec<u8>, OpenError> {
    let cipher = keys.payload_cipher(epoch, scope);
    let mut out = Vec::with_capacity(payload.len());
    let mut rest = payload;
    for number in 0.. {
        let (chunk, after) = rest.split_at(rest.len().min(CHUNK + TAG));
        let place = if after.is_empty() { Place::Last } else { Place::Within };
        // Only an empty file has an empty chunk: each text has one payload.
        if chunk.len() == TAG && number > 0 {
            return Err(OpenError::Value);
        }
        open_chunk(&cipher, number, place, chunk, &mut out).ok_or(OpenError::Value)?;
        if place == Place::Last {
            break;
        }
        rest = after;
    }
    Ok(out)
}

fn seal_chunk(cipher: &XChaCha20Poly1305, number: u64, place: Place, chunk: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(chunk);
    let tag = cipher
        .encrypt_in_place_detached(&nonce(number, place), &[], &mut out[start..])
        .expect("the cipher takes texts up to 256 GiB");
    out.extend_from_slice(&tag);
}

fn open_chunk(
    cipher: &XChaCha20Poly1305,
    number: u64,
    place: Place,
    chunk: &[u8],
    out: &mut Vec<u8>,
) -> Option<()> {
    let (text, tag) = chunk.split_last_chunk::<TAG>()?;
    let start = out.len();
    out.extend_from_slice(text);
    cipher.decrypt_in_place_detached(&nonce(number, place), &[], &mut out[start..], tag.into()).ok()
}

/// 15 zero bytes, the number of the chunk, and whether it is the last.
fn nonce(number: u64, place: Place) -> XNonce {
    let mut nonce = XNonce::default();
    nonce[15..23].copy_from_slice(&number.to_be_bytes());
    nonce[23] = u8::from(place == Place::Last);
    nonce
}

#[cfg(test)]
mod tests {
    use chacha20poly1305::KeyInit;
    use proptest::prelude::{prop_assert_eq, proptest};

    use super::*;
    use crate::crypto::vectors::{array, bytes, keys, list, number, primitives};
    use crate::crypto::{DataKey, FileId};

    const EPOCH: Epoch = Epoch([9; 8]);

    fn some_keys() -> Keys {
        Keys::derive(&DataKey::new([1; 32]), &FileId([2; 16]))
    }

    fn reopened(payload: &[u8]) -> Result<Vec<u8>, OpenError> {
        open_payload(&some_keys(), &EPOCH, "", payload)
    }

    /// A payload of the chunks that these texts are cut into, whether or not a writer would.
    fn forged(texts: &[&[u8]]) -> Vec<u8> {
        let (cipher, mut out) = (some_keys().payload_cipher(&EPOCH, ""), Vec::new());
        for (number, text) in (0..).zip(texts) {
            let place = if number + 1 == texts.len() as u64 { Place::Last } else { Place::Within };
            seal_chunk(&cipher, number, place, text, &mut out);
        }
        out
    }

    #[test]
    fn the_key_is_as_published() {
        for case in list(&primitives(), "keys") {
            let binary = &case["binary"];
            let scope = binary["scope"].as_str().expect("a text");
            let cipher = keys(case).payload_cipher(&Epoch(array(&binary["epoch"])), scope);
            let published = XChaCha20Poly1305::new(&array::<32>(&binary["key"]).into());
            let (mut one, mut other) = (Vec::new(), Vec::new());
            seal_chunk(&cipher, 0, Place::Last, b"x", &mut one);
            seal_chunk(&published, 0, Place::Last, b"x", &mut other);
            assert_eq!(one, other);
        }
    }

    #[test]
    fn chunks_are_as_published() {
        let vectors = &primitives()["binary_chunks"];
        let cipher = XChaCha20Poly1305::new(&array::<32>(&vectors["key"]).into());
        for case in list(vectors, "list") {
            let number_of = number(&case["number"]);
            let place = if number(&case["last"]) == 1 { Place::Last } else { Place::Within };
            assert_eq!(nonce(number_of, place)[..], bytes(&case["nonce"]));
            let mut chunk = Vec::new();
            seal_chunk(&cipher, number_of, place, &bytes(&case["plain"]), &mut chunk);
            assert_eq!(chunk, bytes(&case["chunk"]), "{case}");
            let mut plain = Vec::new();
            assert!(open_chunk(&cipher, number_of, place, &chunk, &mut plain).is_some());
            assert_eq!(plain, bytes(&case["plain"]));
        }
    }

    #[test]
    fn payloads_come_back_at_every_border() {
        for (len, chunks) in [
            (0, 1),
            (1, 1),
            (CHUNK - 1, 1),
            (CHUNK, 1),
            (CHUNK + 1, 2),
            (2 * CHUNK - 1, 2),
            (2 * CHUNK, 2),
            (2 * CHUNK + 1, 3),
        ] {
            let text: Vec<u8> = (0..len).map(|at| (at % 251) as u8).collect();
            let payload = seal_payload(&some_keys(), &EPOCH, "", &text);
            assert_eq!(payload.len(), len + chunks * TAG);
            assert_eq!(reopened(&payload), Ok(text));
        }
    }

    #[test]
    fn a_payload_cut_off_or_lengthened_is_refused() {
        let payload = seal_payload(&some_keys(), &EPOCH, "", &vec![7; 2 * CHUNK + 5]);
        for len in [0, 1, TAG, CHUNK, CHUNK + TAG, CHUNK + TAG + 1, 2 * (CHUNK + TAG), payload.len() - 1] {
            assert_eq!(reopened(&payload[..len]), Err(OpenError::Value), "{len}");
        }
        for more in [1, TAG, CHUNK] {
            let longer = [&payload[..], &vec![0; more]].concat();
            assert_eq!(reopened(&longer), Err(OpenError::Value), "{more}");
        }
    }

    #[test]
    fn chunks_that_no_writer_cuts_are_refused() {
        let (full, short) = (vec![7; CHUNK], vec![7; 5]);
        assert!(reopened(&forged(&[&full, &short])).is_ok());
        assert!(reopened(&forged(&[&[]])).is_ok());
        assert_eq!(reopened(&forged(&[&full, &[]])), Err(OpenError::Value), "an empty last chunk");
        assert_eq!(reopened(&forged(&[&short, &full])), Err(OpenError::Value), "a short chunk within");
        assert_eq!(reopened(&forged(&[&[], &[]])), Err(OpenError::Value), "two empty chunks");
    }

    #[test]
    fn chunks_stay_in_their_place_and_file() {
        let text: Vec<u8> = [[1; CHUNK], [2; CHUNK], [3; CHUNK]].concat();
        let payload = seal_payload(&some_keys(), &EPOCH, "", &text);
        let (one, rest) = payload.split_at(CHUNK + TAG);
        let (two, three) = rest.split_at(CHUNK + TAG);
        for wrong in [[two, one, three], [one, one, three], [one, three, two]] {
            assert_eq!(reopened(&wrong.concat()), Err(OpenError::Value));
        }
        assert_eq!(reopened(&[one, two].concat()), Err(OpenError::Value));
        assert_eq!(reopened(&[one, two, three].concat()), Ok(text));
        let keys = some_keys();
        assert!(open_payload(&keys, &Epoch([8; 8]), "", &payload).is_err());
        assert!(open_payload(&keys, &EPOCH, "prod", &payload).is_err());
        assert!(
            open_payload(&Keys::derive(&DataKey::new([0; 32]), &FileId([2; 16])), &EPOCH, "", &payload)
                .is_err()
        );
    }

    proptest! {
        #[test]
        fn every_flipped_bit_is_refused(text: Vec<u8>, at: proptest::sample::Index, bit in 0u8..8) {
            let mut payload = seal_payload(&some_keys(), &EPOCH, "", &text);
            prop_assert_eq!(reopened(&payload), Ok(text));
            let at = at.index(payload.len());
            payload[at] ^= 1 << bit;
            prop_assert_eq!(reopened(&payload), Err(OpenError::Value));
        }
    }
}
