//! Whether two encrypted values say the same: compared by keyed hashes, so that no plain text outlives its decryption.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use zeroize::Zeroizing;

use super::collect::{Cipher, Exposure};
use super::decode::{all_said, decoded};
use super::judge::{Doubt, Source};
use crate::crypto::{self, Commit, DataKey, FileId, Keys, SystemRandom};
use crate::document::escape;
use crate::error::{Error, Result};
use crate::file::{DataKeys, EncryptedFile, FileType};
use crate::format;

/// A keyed hash of what a value says: equal values have equal ones, in this run.
pub(super) type Print = [u8; 32];

/// The hashes of the values of `exposure`, each made when it is first asked for.
pub(super) struct Prints<'e, 'k, 's> {
    exposure: &'e Exposure,
    keys: &'k DataKeys<'s>,
    /// The key of the hashes, drawn for this run.
    hash: Keys,
    opened: HashMap<usize, Option<Rc<Keys>>>,
    unopened: BTreeMap<usize, (Commit, String)>,
    prints: HashMap<usize, std::result::Result<Print, Doubt>>,
    /// By the hash of a text in the source, the hash of what it says: a rotation changes no text.
    said: HashMap<(&'static str, Print), Print>,
    /// What plain files of the present say, by their paths; `None` for one that cannot be read.
    plain: HashMap<u32, Option<HashSet<Print>>>,
    /// How many heads do not verify.
    pub forged: usize,
}

impl<'e, 'k, 's> Prints<'e, 'k, 's> {
    /// Of the values that `keys` open.
    ///
    /// # Errors
    /// As [`DataKey::generate`].
    pub fn new(exposure: &'e Exposure, keys: &'k DataKeys<'s>) -> Result<Self> {
        Ok(Self {
            exposure,
            keys,
            hash: Keys::derive(&DataKey::generate(&mut SystemRandom)?, &FileId([0; 16])),
            opened: HashMap::new(),
            unopened: BTreeMap::new(),
            prints: HashMap::new(),
            said: HashMap::new(),
            plain: HashMap::new(),
            forged: 0,
        })
    }

    /// Reads those of `ciphers` that are binary files.
    ///
    /// # Errors
    /// What `source` says.
    pub fn read_binaries(&mut self, ciphers: &[usize], source: &mut dyn Source) -> Result<()> {
        let mut of_version: HashMap<u32, usize> = HashMap::new();
        for &number in ciphers {
            let place = self.exposure.ciphers.get(number).and_then(|cipher| cipher.place.as_ref());
            if let Some(place) = place.filter(|place| place.format.is_none()) {
                of_version.insert(place.version, number);
            }
        }
        let mut versions: Vec<u32> = of_version.keys().copied().collect();
        versions.sort_unstable();
        if versions.is_empty() {
            return Ok(());
        }
        source.versions(&versions, &mut |version, file| {
            if let Some(&number) = of_version.get(&version) {
                let print = self.binary(number, file);
                self.prints.insert(number, print);
            }
        })
    }

    fn binary(&mut self, number: usize, file: EncryptedFile) -> std::result::Result<Print, Doubt> {
        let key = self.exposure.ciphers.get(number).map(|cipher| cipher.key).ok_or(Doubt::Altered)?;
        self.open(key).ok_or(Doubt::NoKey)?;
        let plain = self.keys.open(file).and_then(|file| file.plain()).map_err(|_| Doubt::Altered)?;
        Ok(self.hash.head(&Zeroizing::new(plain)))
    }

    /// The hash of the ciphertext of number `number`.
    ///
    /// # Errors
    /// Why there is none.
    pub fn of(&mut self, number: usize) -> std::result::Result<Print, Doubt> {
        if let Some(&known) = self.prints.get(&number) {
            return known;
        }
        let print = match self.exposure.ciphers.get(number) {
            Some(cipher) => self.text(cipher),
            None => Err(Doubt::Altered),
        };
        self.prints.insert(number, print);
        print
    }

    /// Whether the plain file at the path of number `path` says what one of `ciphers` said; `None` when that cannot be told.
    ///
    /// # Errors
    /// What `source` says.
    pub fn in_plain(
        &mut self,
        path: u32,
        ciphers: &[usize],
        source: &mut dyn Source,
    ) -> Result<Option<bool>> {
        if !self.plain.contains_key(&path) {
            let said = source.plain(path)?.and_then(|(name, bytes)| self.file(&name, bytes));
            self.plain.insert(path, said);
        }
        let mut is_all = true;
        for &number in ciphers {
            let print = self.of(number);
            let Some(Some(said)) = self.plain.get(&path) else { return Ok(None) };
            match print {
                Ok(print) if said.contains(&print) => return Ok(Some(true)),
                Ok(_) => {}
                Err(_) => is_all = false,
            }
        }
        Ok(is_all.then_some(false))
    }

    /// What the plain file called `name` says; `None` when it cannot be read.
    fn file(&self, name: &str, bytes: Vec<u8>) -> Option<HashSet<Print>> {
        match FileType::of_plain(name) {
            FileType::Binary => Some(HashSet::from([self.hash.head(&bytes)])),
            FileType::Text(format) => {
                let document = format::parse(format, bytes).ok()?;
                let said = all_said(format, &document);
                Some(said.iter().map(|text| self.hash.head(text.as_bytes())).collect())
            }
        }
    }

    fn text(&mut self, cipher: &Cipher) -> std::result::Result<Print, Doubt> {
        let keys = self.open(cipher.key).ok_or(Doubt::NoKey)?;
        let place = cipher.place.as_ref().ok_or(Doubt::Altered)?;
        let format = place.format.ok_or(Doubt::Altered)?;
        let plain = crypto::open(&keys, &cipher.value, &place.path).map_err(|_| Doubt::Altered)?;
        let src =
            Zeroizing::new([&plain.indent.unwrap_or_default().to_be_bytes(), plain.src.as_bytes()].concat());
        let raw = (format.name(), self.hash.head(&src));
        if let Some(&known) = self.said.get(&raw) {
            return Ok(known);
        }
        let print = self.hash.head(decoded(format, &plain).as_bytes());
        self.said.insert(raw, print);
        Ok(print)
    }

    /// The keys of the data key of number `key`; `None` when nothing here opens it.
    fn open(&mut self, key: usize) -> Option<Rc<Keys>> {
        if let Some(known) = self.opened.get(&key) {
            return known.clone();
        }
        let used = self.exposure.keys.get(key)?;
        let mut reason = Error::NoIdentity { recipients: Vec::new(), attempts: Vec::new() };
        let mut found = None;
        for envelope in &used.envelopes {
            match self.keys.of_envelope(envelope) {
                Ok(key) => {
                    found = Some(Rc::new(Keys::derive(&key, &envelope.file_id)));
                    break;
                }
                Err(error) => reason = error,
            }
        }
        match &found {
            Some(keys) => {
                let is_forged = |envelope: &&crate::envelope::Envelope| !envelope.has_valid_head(keys);
                self.forged += used.envelopes.iter().filter(is_forged).count();
            }
            None => {
                self.unopened.insert(key, (used.commit, escape(&reason.to_string())));
            }
        }
        self.opened.insert(key, found.clone());
        found
    }

    /// The data keys that could not be opened, and why.
    pub fn unopened(&self) -> Vec<(Commit, String)> {
        self.unopened.values().cloned().collect()
    }
}
