//! Which leaves are secret: compiled once from key-path patterns (section 7 of the format).

mod inclusion;
mod matcher;
mod pattern;

pub use matcher::Matcher;

use crate::document::{Document, NodeId, escape};
use crate::error::{Class, Error, Result};

use matcher::Program;
use pattern::Pattern;

/// The most bytes of a policy. The format knows no such limit; without one, a hostile file could make a check without
/// keys last for hours.
pub const MAX_POLICY: usize = 64 << 10;

/// The most patterns of a policy: each may cost a step at every value.
pub const MAX_PATTERNS: usize = 1000;

/// Which leaves are secret.
#[derive(Clone, Debug)]
pub struct Policy {
    text: String,
    encrypt: Vec<Pattern>,
    plain: Vec<Pattern>,
    comments: bool,
    program: Program,
}

/// Why a leaf is secret, or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason<'p> {
    /// It is secret: this pattern after `encrypt` matches first, and none after `plain` does.
    Encrypted {
        /// The pattern, canonical.
        by: &'p str,
    },
    /// It is plain: this pattern after `plain` matches first, though one after `encrypt` does, too.
    Excepted {
        /// The pattern, canonical.
        by: &'p str,
    },
    /// It is plain: no pattern after `encrypt` matches.
    Unmatched,
    /// It is a comment, and comments are secret.
    SecretComment,
    /// It is a comment, and comments are plain.
    PlainComment,
}

impl Reason<'_> {
    /// Whether the leaf is secret.
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Encrypted { .. } | Self::SecretComment)
    }
}

impl Policy {
    /// The policy of a canonical text.
    ///
    /// # Errors
    /// `metadata` when the text is not canonical, `limit` when it is longer than [`MAX_POLICY`].
    pub fn read(canonical: &str) -> Result<Self> {
        if canonical.len() > MAX_POLICY {
            let what = format!("the policy is longer than {} KiB", MAX_POLICY >> 10);
            return Err(Error::refused(Class::Limit, None, what));
        }
        // Read leniently, written strictly: what differs was not canonical.
        let parts = read_text(canonical);
        if parts.as_ref().is_some_and(|(encrypt, plain, _)| encrypt.len() + plain.len() > MAX_PATTERNS) {
            let what = format!("the policy has more than {MAX_PATTERNS} patterns");
            return Err(Error::refused(Class::Limit, None, what));
        }
        parts
            .map(|(encrypt, plain, comments)| Self::of(encrypt, plain, comments))
            .filter(|policy| policy.text == canonical)
            .ok_or_else(|| Error::refused(Class::Metadata, None, "the policy is not in its canonical form"))
    }

    /// The policy of a user's patterns; `comments` says whether comments are secret.
    ///
    /// # Errors
    /// [`Error::Usage`] that names the pattern and what is wrong with it.
    pub fn new(encrypt: &[String], plain: &[String], comments: bool) -> Result<Self> {
        let wrong = |what: String| Err(Error::Usage { what });
        if encrypt.is_empty() {
            return wrong("there is no pattern that says what to encrypt; '**' is for everything".to_owned());
        }
        let policy = Self::of(read_all(encrypt)?, read_all(plain)?, comments);
        if policy.text.len() > MAX_POLICY {
            return wrong(format!("the patterns together are longer than {} KiB", MAX_POLICY >> 10));
        }
        if policy.encrypt.len() + policy.plain.len() > MAX_PATTERNS {
            return wrong(format!("there are more than {MAX_PATTERNS} patterns"));
        }
        Ok(policy)
    }

    fn of(encrypt: Vec<Pattern>, plain: Vec<Pattern>, comments: bool) -> Self {
        let mut text = "encrypt ".to_owned();
        push_all(&mut text, &encrypt);
        if !plain.is_empty() {
            text.push_str("; plain ");
            push_all(&mut text, &plain);
        }
        if comments {
            text.push_str("; comments");
        }
        let program = Program::new(encrypt.iter().chain(&plain));
        Self { text, encrypt, plain, comments, program }
    }

    /// The canonical text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether comments are secret. Patterns never match one.
    pub fn has_comments(&self) -> bool {
        self.comments
    }

    /// Whether `node` of `document` is secret. For many nodes, ask one [`Policy::matcher`].
    pub fn is_secret(&self, document: &Document, node: NodeId) -> bool {
        self.matcher(document).is_secret(node)
    }

    /// Which pattern decides about `node` of `document`.
    pub fn reason(&self, document: &Document, node: NodeId) -> Reason<'_> {
        self.matcher(document).reason(node)
    }

    /// Answers for many nodes of `document`; fastest when they come in document order.
    pub fn matcher<'p, 'd>(&'p self, document: &'d Document) -> Matcher<'p, 'd> {
        Matcher::new(self, document)
    }

    /// The first pattern that encrypts, and the first that excepts, by their numbers in the program.
    fn verdict(&self, matching: impl Iterator<Item = usize>) -> Reason<'_> {
        let (mut encrypt, mut plain) = (None, None);
        for number in matching {
            match number.checked_sub(self.encrypt.len()) {
                None => encrypt = encrypt.or(self.encrypt.get(number)),
                Some(number) => plain = plain.or(self.plain.get(number)),
            }
        }
        match (encrypt, plain) {
            (None, _) => Reason::Unmatched,
            (Some(_), Some(plain)) => Reason::Excepted { by: &plain.text },
            (Some(encrypt), None) => Reason::Encrypted { by: &encrypt.text },
        }
    }

    /// What is said of all comments.
    fn comment(&self) -> Reason<'static> {
        if self.comments { Reason::SecretComment } else { Reason::PlainComment }
    }
}

impl PartialEq for Policy {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Policy {}

fn push_all(text: &mut String, patterns: &[Pattern]) {
    for (at, pattern) in patterns.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(&pattern.text);
    }
}

fn read_all(patterns: &[String]) -> Result<Vec<Pattern>> {
    let read = |text: &String| {
        let wrong = |fault| Error::Usage { what: format!("the pattern '{}' {fault}", escape(text)) };
        match Pattern::read(text).map_err(wrong)? {
            (pattern, "") => Ok(pattern),
            (_, rest) if rest.starts_with(',') => Err(wrong("has a ','; give each pattern by itself")),
            _ => Err(wrong(
                "has something behind a step that belongs in double quotes: '.' stands between keys, and a bare word \
                 has letters, digits, '_' and '-' only",
            )),
        }
    };
    patterns.iter().map(read).collect()
}

/// Reads `encrypt P,…; plain P,…; comments`.
fn read_text(text: &str) -> Option<(Vec<Pattern>, Vec<Pattern>, bool)> {
    let (encrypt, mut rest) = read_list(text.strip_prefix("encrypt ")?)?;
    let mut plain = Vec::new();
    if let Some(list) = rest.strip_prefix("; plain ") {
        (plain, rest) = read_list(list)?;
    }
    match rest {
        "" => Some((encrypt, plain, false)),
        "; comments" => Some((encrypt, plain, true)),
        _ => None,
    }
}

fn read_list(text: &str) -> Option<(Vec<Pattern>, &str)> {
    let (first, mut rest) = Pattern::read(text).ok()?;
    let mut patterns = vec![first];
    while let Some(next) = rest.strip_prefix(',') {
        let (pattern, after) = Pattern::read(next).ok()?;
        patterns.push(pattern);
        rest = after;
    }
    Some((patterns, rest))
}

#[cfg(test)]
mod tests;
