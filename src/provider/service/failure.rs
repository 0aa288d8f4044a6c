//! Why a service did not do what it was asked for, in words that repeat no secret.

use crate::document::escape;
use crate::error::Cause;

/// The longest text of a service that a message repeats, in bytes.
const LONGEST: usize = 240;
/// So many bytes of a secret in a row make a text unfit to be shown.
const TELLING: usize = 8;

/// Why a call did not go well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::provider) struct Failure {
    /// What it would take.
    pub(in crate::provider) cause: Cause,
    /// What happened, and what to do.
    pub(in crate::provider) reason: String,
    /// How far it reaches.
    pub(in crate::provider) reach: Reach,
}

/// What else will fail for the same reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::provider) enum Reach {
    /// Nothing: it is about this wrap.
    Wrap,
    /// Perhaps everything at the same place: it does not answer.
    Place,
    /// Everything at the same place, for the rest of the run: there are no credentials for it.
    Run,
}

impl Failure {
    /// The service refused, or lacks something: asking again does not help.
    pub(in crate::provider) fn refused(reason: impl Into<String>) -> Self {
        Self { cause: Cause::Lacking, reason: reason.into(), reach: Reach::Wrap }
    }

    /// There is nothing to show the service who asks.
    pub(in crate::provider) fn no_credentials(reason: impl Into<String>) -> Self {
        Self { cause: Cause::Lacking, reason: reason.into(), reach: Reach::Run }
    }

    /// The service answered with what is no answer.
    pub(in crate::provider) fn nonsense(reason: impl Into<String>) -> Self {
        Self { cause: Cause::Outage, reason: reason.into(), reach: Reach::Wrap }
    }

    /// The service could not be reached, or not in time.
    pub(in crate::provider) fn unreachable(reason: impl Into<String>) -> Self {
        Self { cause: Cause::Outage, reason: reason.into(), reach: Reach::Place }
    }

    /// The same, with what to do about it.
    pub(in crate::provider) fn advise(mut self, advice: &str) -> Self {
        self.reason = format!("{}; {advice}", self.reason);
        self
    }
}

/// What a service said, for a message: one line of moderate length; nothing when it repeats one of `secrets`.
pub(in crate::provider) fn words(text: &str, secrets: &[&[u8]]) -> String {
    let repeats = |secret: &&[u8]| {
        let least = secret.len().clamp(1, TELLING);
        secret.windows(least).any(|piece| text.as_bytes().windows(least).any(|part| part == piece))
    };
    if secrets.iter().any(repeats) {
        return "(not shown: it repeats what it was sent)".to_owned();
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let line = words.join(" ");
    let end = (0..=LONGEST.min(line.len())).rev().find(|at| line.is_char_boundary(*at)).unwrap_or(0);
    let (shown, more) = line.split_at(end);
    let dots = if more.is_empty() { "" } else { "…" };
    format!("{}{dots}", escape(shown.trim_end_matches('.')))
}

/// A name out of an answer, `AccessDeniedException`: letters, digits, `_`, `-` and `.`, or nothing.
pub(in crate::provider) fn code(text: &str) -> &str {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
    if text.len() <= 64 && text.bytes().all(is_plain) { text } else { "" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_service_says_is_one_short_line_without_the_secrets_it_was_told() {
        assert_eq!(words(" permission\r\n denied. ", &[b"token123"]), "permission denied");
        assert!(words(&"é".repeat(200), &[]).ends_with("é…"));
        assert_eq!(words("a\x1b[31m", &[]), "a\\x1b[31m");
        for text in ["bad value c2VjcmV0c2VjcmV0", "xc2VjcmV0x"] {
            assert!(words(text, &[b"c2VjcmV0c2VjcmV0"]).starts_with("(not shown"), "{text}");
        }
        assert!(words("the key ab", &[b"ab"]).starts_with("(not shown"));
        assert_eq!(words("nothing of it", &[b""]), "nothing of it");
        assert_eq!((code("AccessDenied"), code("a b"), code(&"x".repeat(65))), ("AccessDenied", "", ""));
    }
}
