//! JSON's tokens (RFC 8259), with comments where the dialect has them. Free functions over bytes: no state but the place.

use super::Dialect;

/// Why no token begins or ends here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slip {
    /// The byte in the text.
    pub at: usize,
    /// What is wrong, in words.
    pub what: &'static str,
}

fn slip<T>(at: usize, what: &'static str) -> Result<T, Slip> {
    Err(Slip { at, what })
}

/// A string token.
pub(super) struct Quoted {
    /// The byte after the closing quote.
    pub end: usize,
    /// The content as WTF-8 where escapes make it differ from the source between the quotes.
    pub decoded: Option<Vec<u8>>,
}

/// The first byte from `at` that is neither white space nor comment; the last comment's place goes to `comment`.
pub(super) fn skip(
    text: &[u8],
    mut at: usize,
    dialect: Dialect,
    comment: &mut Option<usize>,
) -> Result<usize, Slip> {
    loop {
        match text.get(at) {
            Some(b' ' | b'\t' | b'\n' | b'\r') => at += 1,
            Some(b'/') => {
                let end = comment_end(text, at)?;
                if dialect == Dialect::Strict {
                    return slip(at, "a comment, which strict JSON has not; '.jsonc' files may have some");
                }
                *comment = Some(at);
                at = end;
            }
            _ => return Ok(at),
        }
    }
}

/// The byte after the comment that begins at `at`: a line comment ends before its line break.
pub(super) fn comment_end(text: &[u8], at: usize) -> Result<usize, Slip> {
    let from = at + 2;
    match text.get(at + 1) {
        Some(b'/') => {
            let line = text[from..].iter().position(|&b| b == b'\n').map_or(text.len(), |n| from + n);
            Ok(if text[from..line].ends_with(b"\r") { line - 1 } else { line })
        }
        Some(b'*') => match text[from..].windows(2).position(|pair| pair == b"*/") {
            Some(n) => Ok(from + n + 2),
            None => slip(at, "a comment without an end"),
        },
        _ => slip(at, "a '/' that begins no comment"),
    }
}

/// The string that begins at the quote at `at`.
pub(super) fn string(text: &[u8], at: usize) -> Result<Quoted, Slip> {
    let mut decoded: Option<Vec<u8>> = None;
    let mut from = at + 1;
    loop {
        let plain = text[from..].iter().position(|&b| b == b'"' || b == b'\\' || b < 0x20);
        let Some(length) = plain else { return slip(at, "a string without an end") };
        let stop = from + length;
        if let Some(out) = &mut decoded {
            out.extend_from_slice(&text[from..stop]);
        }
        match text[stop] {
            b'"' => return Ok(Quoted { end: stop + 1, decoded }),
            b'\\' => {
                let out = decoded.get_or_insert_with(|| text[at + 1..stop].to_vec());
                from = escape(text, stop, out)?;
            }
            _ => return slip(stop, "a raw control character in a string"),
        }
    }
}

/// Decodes the escape at `at` into `out` and gives the byte after it.
fn escape(text: &[u8], at: usize, out: &mut Vec<u8>) -> Result<usize, Slip> {
    let byte = match text.get(at + 1) {
        Some(&b @ (b'"' | b'\\' | b'/')) => b,
        Some(b'b') => 0x08,
        Some(b'f') => 0x0C,
        Some(b'n') => b'\n',
        Some(b'r') => b'\r',
        Some(b't') => b'\t',
        Some(b'u') => return unicode(text, at, out),
        _ => return slip(at, "an escape that JSON has not"),
    };
    out.push(byte);
    Ok(at + 2)
}

/// Decodes `\uXXXX` at `at`: a pair of surrogates as its character, a lone one as its three bytes of WTF-8.
fn unicode(text: &[u8], at: usize, out: &mut Vec<u8>) -> Result<usize, Slip> {
    let Some(first) = hex4(text, at + 2) else {
        return slip(at, "an escape that has not four hexadecimal digits");
    };
    if (0xD800..0xDC00).contains(&first)
        && text.get(at + 6..at + 8) == Some(b"\\u")
        && let Some(second @ 0xDC00..0xE000) = hex4(text, at + 8)
    {
        push_code(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00), out);
        return Ok(at + 12);
    }
    push_code(first, out);
    Ok(at + 6)
}

fn hex4(text: &[u8], at: usize) -> Option<u32> {
    let digits = text.get(at..at + 4)?;
    digits.iter().try_fold(0, |sum, &digit| Some(sum * 16 + char::from(digit).to_digit(16)?))
}

/// Appends a code point, surrogates included, as generalised UTF-8.
fn push_code(code: u32, out: &mut Vec<u8>) {
    if let Some(c) = char::from_u32(code) {
        out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
    } else {
        let low = |shift: u32| 0x80 | u8::try_from((code >> shift) & 0x3F).expect("six bits");
        out.extend_from_slice(&[0xED, low(6), low(0)]);
    }
}

/// The byte after the number or literal that begins at `at`.
pub(super) fn plain(text: &[u8], at: usize) -> Result<usize, Slip> {
    for word in [&b"true"[..], b"false", b"null"] {
        if text[at..].starts_with(word) {
            return Ok(at + word.len());
        }
    }
    match text.get(at) {
        Some(b'-' | b'0'..=b'9') => number(text, at),
        None => slip(at, "the text ends where a value should be"),
        Some(_) => slip(at, "a value should be here"),
    }
}

/// The byte after the number at `at` (RFC 8259 section 6).
pub(super) fn number(text: &[u8], start: usize) -> Result<usize, Slip> {
    let digits = |from: usize| {
        let count = text[from..].iter().take_while(|b| b.is_ascii_digit()).count();
        if count == 0 { slip(from.min(text.len()), "a number that lacks a digit") } else { Ok(from + count) }
    };
    let mut at = start + usize::from(text.get(start) == Some(&b'-'));
    at = if text.get(at) == Some(&b'0') { at + 1 } else { digits(at)? };
    if text.get(at) == Some(&b'.') {
        at = digits(at + 1)?;
    }
    if let Some(b'e' | b'E') = text.get(at) {
        at += 1;
        at = digits(at + usize::from(matches!(text.get(at), Some(b'+' | b'-'))))?;
    }
    if text.get(at).is_some_and(u8::is_ascii_digit) {
        return slip(start, "a number that begins with a zero");
    }
    Ok(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str) -> Vec<u8> {
        let token = string(text.as_bytes(), 0).map_err(|slip| slip.what).expect(text);
        assert_eq!(token.end, text.len());
        token.decoded.unwrap_or_else(|| text.as_bytes()[1..text.len() - 1].to_vec())
    }

    #[test]
    fn strings_decode_with_pairs_joined_and_lone_surrogates_kept() {
        assert_eq!(decoded(r#""a\"\\\/\b\f\n\r\t\u00e9""#), "a\"\\/\u{8}\u{c}\n\r\t\u{e9}".as_bytes());
        assert_eq!(decoded(r#""\ud834\udd1e""#), "\u{1d11e}".as_bytes());
        assert_eq!(decoded(r#""\ud800x""#), b"\xED\xA0\x80x");
        assert_eq!(decoded(r#""\udc00\ud800""#), b"\xED\xB0\x80\xED\xA0\x80");
        assert_eq!(decoded(r#""\ud800\ud834\udd1e""#), b"\xED\xA0\x80\xF0\x9D\x84\x9E");
    }

    #[test]
    fn numbers_follow_the_grammar() {
        for good in ["0", "-0", "10", "1.5", "1e5", "1E+05", "-0.0e-0"] {
            assert_eq!(number(good.as_bytes(), 0).ok(), Some(good.len()), "{good}");
        }
        for bad in ["01", "-", "1.", ".5", "1e", "1e+", "-x"] {
            assert!(number(bad.as_bytes(), 0).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_line_comment_ends_before_its_line_break() {
        assert_eq!(comment_end(b"// x\r\ny", 0).ok(), Some(4));
        assert_eq!(comment_end(b"/* x */y", 0).ok(), Some(7));
        assert!(comment_end(b"/*/", 0).is_err());
        assert!(comment_end(b"/", 0).is_err());
    }
}
