//! Whether an item of a root array is the metadata: known only at its closing bracket.

use super::Dialect;
use super::lexer::{self, Slip};
use super::walk::BLOCK;

/// Whether the object at `at` has the one member `dekko`.
pub(super) fn is_block_item(text: &[u8], at: usize, dialect: Dialect) -> bool {
    let skip = |at: usize| lexer::skip(text, at, dialect, &mut None);
    let look = || -> Result<bool, Slip> {
        let key = skip(at + 1)?;
        if text.get(key) != Some(&b'"') {
            return Ok(false);
        }
        let token = lexer::string(text, key)?;
        let colon = skip(token.end)?;
        let name = token.decoded.as_deref().unwrap_or(&text[key + 1..token.end - 1]);
        if name != BLOCK || text.get(colon) != Some(&b':') {
            return Ok(false);
        }
        let mut end = skip(value_end(text, colon + 1, dialect)?)?;
        if text.get(end) == Some(&b',') && dialect == Dialect::Relaxed {
            end = skip(end + 1)?;
        }
        Ok(text.get(end) == Some(&b'}'))
    };
    look().unwrap_or(false)
}

/// The byte after the value at `at`, by its brackets alone.
fn value_end(text: &[u8], mut at: usize, dialect: Dialect) -> Result<usize, Slip> {
    let mut depth = 0usize;
    loop {
        at = lexer::skip(text, at, dialect, &mut None)?;
        match text.get(at) {
            Some(b'"') => at = lexer::string(text, at)?.end,
            Some(b'{' | b'[') => (depth, at) = (depth + 1, at + 1),
            Some(b'}' | b']') => (depth, at) = (depth.saturating_sub(1), at + 1),
            Some(b',' | b':') => at += 1,
            _ => at = lexer::plain(text, at)?,
        }
        if depth == 0 {
            return Ok(at);
        }
    }
}
