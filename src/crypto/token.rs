//! Tokens: what stands in a file in the place of a value (section 4 of the format).

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::base64url;
use super::mac::same;
use super::random::Random;
use crate::error::{Error, Result};

/// The length of V around the padded text: kid, id, nonce and tag.
pub(super) const AROUND: usize = 3 + 6 + 24 + 16;
/// The grain of padding.
pub(super) const GRAIN: usize = 32;

/// The name of an entry in its file: 6 random bytes that stay while the entry is edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TokenId(pub [u8; 6]);

impl TokenId {
    /// A new name, drawn again while `is_taken` says that it is in use in the file.
    ///
    /// # Errors
    /// What the random source says; [`Error::Internal`] when it gives names in use and no others.
    pub fn generate(random: &mut dyn Random, is_taken: impl Fn(&Self) -> bool) -> Result<Self> {
        // With a million names in use, one draw in 281 million meets one of them.
        for _ in 0..64 {
            let mut id = Self([0; 6]);
            random.fill(&mut id.0)?;
            if !is_taken(&id) {
                return Ok(id);
            }
        }
        Err(Error::Internal { what: "the random generator repeats itself".to_owned() })
    }
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url::encode(&self.0))
    }
}

/// A tag of the chain: the link of a token, or `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tag(pub [u8; 16]);

impl Tag {
    /// Whether both are the same, compared in constant time; `==` is for tags that nobody has to guess.
    pub fn matches(&self, other: &Self) -> bool {
        same(&self.0, &other.0)
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url::encode(&self.0))
    }
}

/// A token: a sealed value and its link to what stands before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// V: kid, id, nonce, ciphertext, tag; its length is 81 + 32k. Shared, because an edit keeps most of a file's.
    pub value: Arc<[u8]>,
    /// The link.
    pub link: Tag,
}

impl Token {
    /// What every token begins with, and nothing else may in a sealed file.
    pub const SIGN: &str = "enc1.";

    /// Whether a leaf of this content must be a token: it begins as tokens do.
    pub fn is_claimed_by(content: &[u8]) -> bool {
        content.starts_with(Self::SIGN.as_bytes())
    }

    /// Reads a whole scalar; `None` when it is no token. Undoes `Display`.
    pub fn parse(text: &str) -> Option<Self> {
        let (value, link) = text.strip_prefix(Self::SIGN)?.split_once('.')?;
        let link = Tag(base64url::decode_array(link)?);
        let value = base64url::decode(value)?;
        has_value_len(value.len()).then(|| Self { value: value.into(), link })
    }

    /// The tokens in `text`, whatever else it is, and where they stand: each word of the characters of tokens is read
    /// once, from the first [`Token::SIGN`] in it on.
    pub fn find_all(text: &str) -> impl Iterator<Item = (Range<usize>, Self)> + '_ {
        let is_of_token = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let mut next = 0;
        let words = std::iter::from_fn(move || {
            let rest = text.get(next..)?;
            let start = rest.find(Self::SIGN)?;
            let word = rest.get(start..)?;
            let word = word.get(..word.find(|c| !is_of_token(c)).unwrap_or(word.len()))?;
            let at = next + start;
            next = at + word.len();
            Some((at..next, word))
        });
        words.filter_map(|(at, word)| Some((at, Self::parse(word)?)))
    }

    /// The name of the entry.
    pub fn id(&self) -> TokenId {
        TokenId(part::<3, 6>(&self.value))
    }

    /// The hint which data key it is sealed under.
    pub fn kid(&self) -> [u8; 3] {
        part::<0, 3>(&self.value)
    }

    /// Appends the token's text.
    pub fn push_to(&self, out: &mut String) {
        out.push_str(Self::SIGN);
        base64url::push(out, &self.value);
        out.push('.');
        base64url::push(out, &self.link.0);
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::with_capacity(Self::SIGN.len() + self.value.len().div_ceil(3) * 4 + 23);
        self.push_to(&mut text);
        f.write_str(&text)
    }
}

/// Whether V can have `len` bytes.
pub(super) fn has_value_len(len: usize) -> bool {
    len >= AROUND + GRAIN && (len - AROUND).is_multiple_of(GRAIN)
}

/// `N` bytes of `value` from `FROM` on; zeros where a hand-made [`Token`] has too few.
fn part<const FROM: usize, const N: usize>(value: &[u8]) -> [u8; N] {
    value.get(FROM..).and_then(|rest| rest.first_chunk()).copied().unwrap_or([0; N])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    use super::*;
    use crate::crypto::vectors::{Given, array, list, primitives, text};

    #[test]
    fn the_grammar_is_as_published() {
        for case in list(&primitives(), "token_grammar") {
            let token = Token::parse(text(&case[0]));
            assert_eq!(token.is_some(), case[1].as_bool().expect("yes or no"), "{case}");
            if let Some(token) = token {
                assert_eq!(token.to_string(), text(&case[0]));
            }
        }
    }

    #[test]
    fn a_token_shows_its_name_and_key() {
        let vectors = primitives();
        let value = &list(&vectors["values"], "list")[0];
        let link = &list(&vectors["chain"], "links")[0];
        let token = Token::parse(text(&link["token"])).expect("published");
        assert_eq!(token.id(), TokenId(array(&value["id"])));
        assert_eq!(token.kid(), [0xc6, 0x40, 0xac]);
        assert_eq!(&text(&link["token"])[9..17], token.id().to_string());
    }

    #[test]
    fn the_shortest_token_has_136_characters() {
        let token = |len| Token { value: vec![0; len].into(), link: Tag([0; 16]) }.to_string();
        assert_eq!(token(81).len(), 136);
        assert!(Token::parse(&token(81)).is_some());
        for len in [0, 3, 49, 80, 82, 112] {
            assert_eq!(Token::parse(&token(len)), None, "{len}");
        }
        assert!(Token::parse(&token(113)).is_some());
    }

    #[test]
    fn a_name_in_use_is_drawn_again_but_not_for_ever() {
        let mut bytes = vec![1; 12];
        bytes.extend([2; 6]);
        let id = TokenId::generate(&mut Given(bytes), |id| id.0 == [1; 6]);
        assert_eq!(id.expect("the third is free"), TokenId([2; 6]));
        assert!(TokenId::generate(&mut Given(vec![1; 6 * 64]), |_| true).is_err());
    }

    #[test]
    fn tokens_are_found_among_others_and_each_word_is_read_once() {
        let token = Token { value: vec![0; 81].into(), link: Tag([0; 16]) };
        let text = format!("a: \"{token}\" é{token},enc1.x {token}.");
        let found: Vec<_> = Token::find_all(&text).collect();
        assert_eq!(found.iter().map(|(at, _)| at.clone()).collect::<Vec<_>>(), [4..140, 144..280]);
        assert!(found.iter().all(|(at, one)| *one == token && text[at.clone()] == token.to_string()));
        assert_eq!(Token::find_all(&"enc1.".repeat(2_000_000)).count(), 0);
    }

    proptest! {
        #[test]
        fn a_text_that_parses_is_what_display_writes(text in "enc1\\.[A-Za-z0-9_-]{107,110}\\.[A-Za-z0-9_-]{21,23}") {
            if let Some(token) = Token::parse(&text) {
                prop_assert_eq!(token.to_string(), text);
            }
        }

        #[test]
        fn tokens_come_back(grains in 1usize..9, byte: u8, link: [u8; 16]) {
            let token = Token { value: vec![byte; AROUND + grains * GRAIN].into(), link: Tag(link) };
            prop_assert_eq!(Token::parse(&token.to_string()), Some(token));
        }

        #[test]
        fn no_text_panics(any in any::<String>()) {
            prop_assert!(Token::parse(&any).is_none());
            let framed = format!("enc1.{any}.{any}");
            prop_assert!(Token::parse(&framed).is_none());
        }
    }
}
