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
