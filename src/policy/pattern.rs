//! One key-path pattern: `db.*`, `**.password`, `users[*].name`, `"dotted.key".x` (section 7 of the format).

use std::fmt::Write;

/// A pattern in its canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    /// The canonical text.
    pub(super) text: String,
    /// What it matches.
    pub(super) steps: Vec<Step>,
}

/// One step of a pattern. Keys are compared by bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// `**`: any number of keys and items, none included.
    Deep,
    /// `*`: one key, whatever it is.
    AnyKey,
    /// `[*]`: one list item.
    Item,
    /// A bare or quoted key.
    Key(Vec<u8>),
    /// `prefix*`.
    Prefix(Vec<u8>),
    /// `*suffix`.
    Suffix(Vec<u8>),
}

/// What is wrong with a pattern, as the end of a sentence that begins with it.
pub(super) type Fault = &'static str;

const NO_STEP: Fault =
    "has a step without a name; a key is a bare word (letters, digits, '_', '-') or \"in double quotes\"";
const NO_WILDCARD: Fault = "has a '*' where none can be: '*' and '**' are whole steps, 'prefix*' and '*suffix' go with \
                            ASCII letters, digits, '_' and '-' only; to mean the character, quote the key";
const NO_ITEM: Fault = "has a '[' that is not '[*]': list items are matched by '[*]', not by number";
const NO_QUOTE: Fault = "has a '\"' without its end, or something in quotes that JSON does not allow";

impl Pattern {
    /// Reads the pattern that `text` begins with, in the spelling of users, and gives what follows it. Only the pattern's
    /// own `text` is canonical.
    pub(super) fn read(text: &str) -> Result<(Self, &str), Fault> {
        let mut pattern = Self { text: String::new(), steps: Vec::new() };
        let mut rest = text;
        loop {
            if let Some(inside) = rest.strip_prefix('[') {
                rest = inside.strip_prefix("*]").ok_or(NO_ITEM)?;
                pattern.text.push_str("[*]");
                pattern.steps.push(Step::Item);
            } else if pattern.steps.is_empty() {
                rest = pattern.read_key(rest)?;
            } else if let Some(key) = rest.strip_prefix('.') {
                pattern.text.push('.');
                rest = pattern.read_key(key)?;
            } else {
                return Ok((pattern, rest));
            }
        }
    }

    /// Reads a step that is not an item.
    fn read_key<'t>(&mut self, text: &'t str) -> Result<&'t str, Fault> {
        if let Some(inside) = text.strip_prefix('"') {
            let (key, rest) = read_quoted(inside).ok_or(NO_QUOTE)?;
            push_key(&mut self.text, &key);
            self.steps.push(Step::Key(wtf8(&key)));
            return Ok(rest);
        }
        let is_bare = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '*');
        let end = text.find(|c| !is_bare(c)).unwrap_or(text.len());
        let (word, rest) = text.split_at(end);
        let step = match (word.strip_suffix('*'), word.strip_prefix('*')) {
            _ if word.is_empty() => return Err(NO_STEP),
            _ if word == "**" => Step::Deep,
            _ if word == "*" => Step::AnyKey,
            (None, None) if word.contains('*') => return Err(NO_WILDCARD),
            (None, None) => {
                push_key(&mut self.text, &word.encode_utf16().collect::<Vec<_>>());
                self.steps.push(Step::Key(word.into()));
                return Ok(rest);
            }
            (Some(part), _) if is_bare_word(part) => Step::Prefix(part.into()),
            (_, Some(part)) if is_bare_word(part) => Step::Suffix(part.into()),
            _ => return Err(NO_WILDCARD),
        };
        self.text.push_str(word);
        self.steps.push(step);
        Ok(rest)
    }
}

/// Whether a key can stand without quotes in canonical text.
fn is_bare_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// Reads a JSON string behind its opening quote (RFC 8259 section 7), as UTF-16: only so can it name keys that hold lone
/// surrogates. Gives what follows the closing quote.
fn read_quoted(text: &str) -> Option<(Vec<u16>, &str)> {
    let mut units = Vec::new();
    let mut rest = text.chars();
    loop {
        let c = match rest.next()? {
            '"' => return Some((units, rest.as_str())),
            '\0'..='\x1f' => return None,
            '\\' => match rest.next()? {
                'u' => {
                    let digits = rest.as_str().get(..4)?;
                    if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                        return None;
                    }
                    units.push(u16::from_str_radix(digits, 16).ok()?);
                    rest = rest.as_str().get(4..)?.chars();
                    continue;
                }
                c @ ('"' | '\\' | '/') => c,
                'b' => '\x08',
                't' => '\t',
                'n' => '\n',
                'f' => '\x0c',
                'r' => '\r',
                _ => return None,
            },
            c => c,
        };
        units.extend_from_slice(c.encode_utf16(&mut [0; 2]));
    }
}

/// Appends a key in the one way that canonical text writes it.
fn push_key(out: &mut String, key: &[u16]) {
    let start = out.len();
    out.push('"');
    for &unit in key {
        match u8::try_from(unit) {
            Ok(b'"') => out.push_str("\\\""),
            Ok(b'\\') => out.push_str("\\\\"),
            Ok(8) => out.push_str("\\b"),
            Ok(b'\t') => out.push_str("\\t"),
            Ok(b'\n') => out.push_str("\\n"),
            Ok(12) => out.push_str("\\f"),
            Ok(b'\r') => out.push_str("\\r"),
            Ok(byte @ b' '..=b'~') => out.push(char::from(byte)),
            _ => write!(out, "\\u{unit:04x}").expect("a String takes everything"),
        }
    }
    if is_bare_word(&out[start + 1..]) {
        out.remove(start);
    } else {
        out.push('"');
    }
}

/// The bytes of a key: UTF-8, lone surrogates as WTF-8 writes them.
fn wtf8(key: &[u16]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(key.len());
    for unit in char::decode_utf16(key.iter().copied()) {
        match unit {
            Ok(c) => bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            Err(lone) => {
                let unit = lone.unpaired_surrogate();
                let low_six = |bits: u16| 0x80 | u8::try_from(bits & 0x3F).expect("six bits");
                bytes.extend_from_slice(&[0xED, low_six(unit >> 6), low_six(unit)]);
            }
        }
    }
    bytes
}
