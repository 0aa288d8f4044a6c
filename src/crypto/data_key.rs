//! The data key of a file and everything that is derived from it (section 3 of the format).

use std::fmt;

use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::chain::LinkKey;
use super::mac::{KeyedHash, length, same};
use super::random::Random;
use crate::document::Cover;
use crate::error::Result;

/// The key of one file: 32 random bytes that recipients wrap. Wiped on drop.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct DataKey(Box<[u8; 32]>);

impl DataKey {
    /// A new key.
    ///
    /// # Errors
    /// What the random source says.
    pub fn generate(random: &mut dyn Random) -> Result<Self> {
        let mut key = Self(Box::new([0; 32]));
        random.fill(&mut key.0[..])?;
        Ok(key)
    }

    /// The key that a recipient's wrap held.
    pub fn new(bytes: [u8; 32]) -> Self {
        let bytes = Zeroizing::new(bytes);
        Self(Box::new(*bytes))
    }

    /// The same key once more; said out loud, because every copy is one more to wipe.
    pub fn copy(&self) -> Self {
        Self::new(*self.expose())
    }

    /// The bytes, to wrap them.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// The public name of a file, 16 random bytes; kept through renames, edits and rotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FileId(pub [u8; 16]);

impl FileId {
    /// A new name.
    ///
    /// # Errors
    /// What the random source says.
    pub fn generate(random: &mut dyn Random) -> Result<Self> {
        let mut id = Self([0; 16]);
        random.fill(&mut id.0)?;
        Ok(id)
    }
}

/// What the order rule redraws: 8 random public bytes that all links depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Epoch(pub [u8; 8]);

impl Epoch {
    /// A new epoch.
    ///
    /// # Errors
    /// What the random source says.
    pub fn generate(random: &mut dyn Random) -> Result<Self> {
        let mut epoch = Self([0; 8]);
        random.fill(&mut epoch.0)?;
        Ok(epoch)
    }
}

/// `COMMIT`: the public value that names a data key and commits to it (field `dek`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Commit(pub [u8; 32]);

impl Commit {
    /// Whether both name the same key, compared in constant time.
    pub fn matches(&self, other: &Self) -> bool {
        same(&self.0, &other.0)
    }
}

/// The keys of one file: derived once, used for every value.
pub struct Keys {
    prk: KeyedHash,
    cipher: Box<XChaCha20Poly1305>,
    nonce: KeyedHash,
    head: KeyedHash,
    commit: Commit,
}

impl Keys {
    /// The keys of the file `file_id` whose data key is `data_key`.
    pub fn derive(data_key: &DataKey, file_id: &FileId) -> Self {
        let prk = KeyedHash::new(&extract(data_key, file_id)[..]);
        let cipher = XChaCha20Poly1305::new((&*expand(&prk, &[b"dekko/v1 value"])).into());
        Self {
            cipher: Box::new(cipher),
            nonce: KeyedHash::new(&expand(&prk, &[b"dekko/v1 nonce"])[..]),
            head: KeyedHash::new(&expand(&prk, &[b"dekko/v1 head"])[..]),
            commit: Commit(*expand(&prk, &[b"dekko/v1 commit"])),
            prk,
        }
    }

    /// The value that names the data key; compare it with the file's right after unwrapping.
    pub fn commit(&self) -> Commit {
        self.commit
    }

    /// The hint in every token: the first three bytes of [`Keys::commit`].
    pub fn kid(&self) -> [u8; 3] {
        let [a, b, c, ..] = self.commit.0;
        [a, b, c]
    }

    /// The key of links and `end`; `format` is the format's code, `policy` the canonical text, `scope` empty when the
    /// file has none.
    pub fn link_key(&self, format: u8, cover: Cover, epoch: &Epoch, policy: &str, scope: &str) -> LinkKey {
        let cover = match cover {
            Cover::All => 1,
            Cover::Encrypted => 2,
        };
        let (policy, scope) = (policy.as_bytes(), scope.as_bytes());
        LinkKey::new(&expand(
            &self.prk,
            &[b"dekko/v1 link\0", &[format, cover], &epoch.0, &length(policy), policy, &length(scope), scope],
        ))
    }

    /// The cipher of a binary file's payload.
    pub(super) fn payload_cipher(&self, epoch: &Epoch, scope: &str) -> XChaCha20Poly1305 {
        let scope = scope.as_bytes();
        let key = expand(&self.prk, &[b"dekko/v1 binary\0", &epoch.0, &length(scope), scope]);
        XChaCha20Poly1305::new((&*key).into())
    }

    /// The tag over the metadata: `content` is what section 7 lists from `file_id` on.
    pub fn head(&self, content: &[u8]) -> [u8; 32] {
        self.head.tag(&[b"dekko/v1 head\0", content])
    }

    /// The tag by which the holder of this key names `new` as its successor.
    pub fn succession(&self, new: &Commit) -> [u8; 32] {
        succession(&self.head, new)
    }

    /// The key of labels, which are shown and never stored; the format does not know it.
    pub(super) fn fingerprints(&self) -> KeyedHash {
        KeyedHash::new(&expand(&self.prk, &[b"dekko label"])[..])
    }

    /// The cipher of values.
    pub(super) fn cipher(&self) -> &XChaCha20Poly1305 {
        &self.cipher
    }

    /// The key that nonces are derived under.
    pub(super) fn nonce(&self) -> &KeyedHash {
        &self.nonce
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// `PRK`: HKDF-Extract (RFC 5869 section 2.2).
fn extract(data_key: &DataKey, file_id: &FileId) -> Zeroizing<[u8; 32]> {
    Zeroizing::new(KeyedHash::new(&file_id.0).tag(&[data_key.expose()]))
}

/// `X(info)`: HKDF-Expand (RFC 5869 section 2.3), one block; the parts of `info` are joined.
fn expand(prk: &KeyedHash, info: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut parts = Vec::with_capacity(info.len() + 1);
    parts.extend_from_slice(info);
    parts.push(&[1]);
    Zeroizing::new(prk.tag(&parts))
}

fn succession(head: &KeyedHash, new: &Commit) -> [u8; 32] {
    head.tag(&[b"dekko/v1 succession\0", &new.0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::chain::{Eof, Previous};
    use crate::crypto::vectors::{Given, array, bytes, keys, list, primitives, text};

    #[test]
    fn keys_derive_as_published() {
        for case in list(&primitives(), "keys") {
            let (dek, file_id) = (DataKey::new(array(&case["dek"])), FileId(array(&case["file_id"])));
            let prk = extract(&dek, &file_id);
            assert_eq!(prk[..], bytes(&case["prk"]));
            let prk = KeyedHash::new(&prk[..]);
            for (name, info) in
                [("k_val", "value"), ("k_nonce", "nonce"), ("k_head", "head"), ("commit", "commit")]
            {
                let info = format!("dekko/v1 {info}");
                assert_eq!(expand(&prk, &[info.as_bytes()])[..], bytes(&case[name]), "{name}");
            }
            let keys = keys(case);
            assert_eq!(keys.commit().0[..], bytes(&case["commit"]));
            assert_eq!(keys.kid()[..], bytes(&case["kid"]));
            assert_eq!(keys.nonce.tag(&[b"x"]), KeyedHash::new(&bytes(&case["k_nonce"])).tag(&[b"x"]));
            assert_eq!(keys.head(b"x"), KeyedHash::new(&bytes(&case["k_head"])).tag(&[b"dekko/v1 head\0x"]));
            for link in list(case, "links") {
                let code = match text(&link["format"]) {
                    "yaml" => 1,
                    "json" => 2,
                    "toml" => 3,
                    "dotenv" => 4,
                    "ini" => 5,
                    other => panic!("{other}"),
                };
                let cover = if text(&link["cover"]) == "all" { Cover::All } else { Cover::Encrypted };
                let epoch = Epoch(array(&link["epoch"]));
                let key = keys.link_key(code, cover, &epoch, text(&link["policy"]), text(&link["scope"]));
                let published = LinkKey::new(&array(&link["k_link"]));
                let end = |key: &LinkKey| key.end(&Previous::None, Eof::Kept, b"");
                assert_eq!(end(&key), end(&published), "{link}");
            }
        }
    }

    #[test]
    fn a_succession_is_as_published() {
        let case = &primitives()["succession"];
        let head = KeyedHash::new(&bytes(&case["k_head_old"]));
        assert_eq!(succession(&head, &Commit(array(&case["commit_new"])))[..], bytes(&case["mac"]));
    }

    #[test]
    fn what_holds_a_key_does_not_show_it() {
        let key = DataKey::new([7; 32]);
        let keys = Keys::derive(&key, &FileId([0; 16]));
        assert_eq!(format!("{key:?} {keys:?}"), "[redacted] [redacted]");
    }

    #[test]
    fn everything_new_comes_from_the_random_source() {
        let random = &mut Given((0..56).collect());
        assert_eq!(DataKey::generate(random).expect("bytes are there").expose()[31], 31);
        assert_eq!(FileId::generate(random).expect("bytes are there").0[0], 32);
        assert_eq!(Epoch::generate(random).expect("bytes are there").0, [48, 49, 50, 51, 52, 53, 54, 55]);
    }
}
