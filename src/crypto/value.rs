//! Single values: padded, encrypted and bound to their name and path (section 4 of the format).

use std::fmt;

use chacha20poly1305::{AeadInPlace, XNonce};
use zeroize::Zeroizing;

use super::data_key::Keys;
use super::mac::length;
use super::padding::padded_len;
use super::random::Random;
use super::token::{AROUND, TokenId, has_value_len};
use crate::error::{Error, Result};

/// What a token stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeafKind {
    /// A scalar in value position.
    Scalar,
    /// A comment.
    Comment,
}

/// An opened value.
#[derive(Clone, PartialEq, Eq)]
pub struct Plain {
    /// What it stood for.
    pub kind: LeafKind,
    /// The leading spaces of the line on which it started; `None` when it has no line break (style 00).
    pub indent: Option<u16>,
    /// Its text in the source, quotes and block header included.
    pub src: String,
}

impl fmt::Debug for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Why a value does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// The authenticated encryption refuses: another key, name, path or ciphertext (class `value`).
    Value,
    /// It opens, but its length, padding, kind or style is not the format's (class `token`).
    Token,
}

/// Seals a value: V of section 4, with a new nonce. `indent` is given when `src` has a line break, and only then; `path`
/// is the leaf's encoded path.
///
/// # Errors
/// What the random source says; [`Error::Internal`] when `indent` and `src` disagree.
pub fn seal(
    keys: &Keys,
    random: &mut dyn Random,
    id: TokenId,
    kind: LeafKind,
    indent: Option<u16>,
    src: &str,
    path: &[u8],
) -> Result<Vec<u8>> {
    if src.contains('\n') != indent.is_some() {
        return Err(Error::Internal { what: "a value's style does not fit its text".to_owned() });
    }
    let mut fresh = Zeroizing::new([0; 32]);
    random.fill(&mut fresh[..])?;
    Ok(seal_with(&fresh, keys, id, kind, indent, src.as_bytes(), path))
}

/// Seals a value; `fresh` are the random bytes of the nonce formula.
fn seal_with(
    fresh: &[u8; 32],
    keys: &Keys,
    id: TokenId,
    kind: LeafKind,
    indent: Option<u16>,
    src: &[u8],
    path: &[u8],
) -> Vec<u8> {
    let header = if indent.is_some() { 4 } else { 2 };
    let padded = padded_len(header + src.len() + 1);
    let mut value = Vec::with_capacity(AROUND + padded);
    value.extend_from_slice(&keys.kid());
    value.extend_from_slice(&id.0);
    value.extend_from_slice(&[0; 24]);
    let start = value.len();
    value.push(if kind == LeafKind::Scalar { 1 } else { 2 });
    match indent {
        None => value.push(0),
        Some(indent) => {
            value.push(1);
            value.extend_from_slice(&indent.to_be_bytes());
        }
    }
    value.extend_from_slice(src);
    value.push(0x80);
    value.resize(start + padded, 0);

    let aad = aad(&id, path);
    let (front, text) = value.split_at_mut(start);
    let hash = keys.nonce().tag(&[fresh, &length(&aad), &aad, text]);
    let (nonce, _) = hash.split_at(24);
    let tag = keys
        .cipher()
        .encrypt_in_place_detached(XNonce::from_slice(nonce), &aad, text)
        .expect("the cipher takes texts up to 256 GiB");
    front[9..].copy_from_slice(nonce);
    value.extend_from_slice(&tag);
    value
}

/// Opens V at the encoded path `path`; undoes [`seal`]. The name is the one that V holds.
///
/// # Errors
/// [`OpenError::Value`] when anything was changed or moved; [`OpenError::Token`] when what was sealed is not canonical, or
/// is a comment where a scalar belongs, or the other way round.
pub fn open(keys: &Keys, v: &[u8], path: &[u8]) -> std::result::Result<Plain, OpenError> {
    if !has_value_len(v.len()) {
        return Err(OpenError::Token);
    }
    let parts = v.split_first_chunk::<3>().and_then(|(kid, rest)| {
        let (id, rest) = rest.split_first_chunk::<6>()?;
        let (nonce, rest) = rest.split_first_chunk::<24>()?;
        let (text, tag) = rest.split_last_chunk::<16>()?;
        Some((kid, TokenId(*id), nonce, text, tag))
    });
    let (kid, id, nonce, text, tag) = parts.ok_or(OpenError::Token)?;
    // The kid is outside of what the cipher authenticates.
    if *kid != keys.kid() {
        return Err(OpenError::Value);
    }
    let mut text = text.to_vec();
    keys.cipher()
        .decrypt_in_place_detached(XNonce::from_slice(nonce), &aad(&id, path), &mut text, tag.into())
        .map_err(|_| OpenError::Value)?;
    let (kind, indent, src) = unpad(text).ok_or(OpenError::Token)?;
    let src = String::from_utf8(src).map_err(|_| OpenError::Token)?;
    if src.contains('\n') != indent.is_some() || (kind == LeafKind::Comment) != ends_in_comment(path) {
        return Err(OpenError::Token);
    }
    Ok(Plain { kind, indent, src })
}

/// What the cipher binds a value to.
fn aad(id: &TokenId, path: &[u8]) -> Vec<u8> {
    [b"dekko/v1 value\0", &id.0[..], path].concat()
}

/// Reads `pt` of section 4: kind, indentation of style 01, `src`; `None` when its parts are not canonical.
fn unpad(mut text: Vec<u8>) -> Option<(LeafKind, Option<u16>, Vec<u8>)> {
    let end = text.iter().rposition(|&byte| byte != 0)?;
    if text.get(end) != Some(&0x80) || text.len() != padded_len(end + 1) {
        return None;
    }
    let kind = match text.first()? {
        1 => LeafKind::Scalar,
        2 => LeafKind::Comment,
        _ => return None,
    };
    let indent = match text.get(1..end)? {
        [0, ..] => None,
        [1, high, low, ..] => Some(u16::from_be_bytes([*high, *low])),
        _ => return None,
    };
    text.truncate(end);
    text.drain(..if indent.is_some() { 4 } else { 2 });
    Some((kind, indent, text))
}

/// Whether the last element of an encoded path is a comment.
fn ends_in_comment(path: &[u8]) -> bool {
    let mut rest = path.get(4..).unwrap_or_default();
    let mut last = 0;
    while let Some((&code, after)) = rest.split_first() {
        last = code;
        rest = after;
        if code == 1 {
            let Some((length, after)) = rest.split_first_chunk() else { return false };
            rest = after.get(u32::from_be_bytes(*length) as usize..).unwrap_or_default();
        }
    }
    last == 3
}

#[cfg(test)]
mod tests;
