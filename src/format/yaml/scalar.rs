//! What a scalar means: the core schema of YAML 1.2.2 (section 10.3).

use crate::document::{Document, Event, Kind, Leaf, LeafId, Style, Value};
use crate::error::{Error, Result};

/// The name of what JSON has no number for.
const NO_NUMBER: &str = "infinite number";

/// The decoded value of a leaf, its tag considered.
pub(super) fn value(document: &Document, leaf: &Leaf) -> Result<Value> {
    let text = String::from_utf8_lossy(document.bytes(leaf.content)).into_owned();
    let tag = tag(document, leaf);
    let verbatim = tag.strip_prefix("!<tag:yaml.org,2002:").and_then(|tag| tag.strip_suffix('>'));
    let plain = resolve(&text).unwrap_or_else(|| Value::String(text.clone()));
    let typed = match (verbatim.or(tag.strip_prefix("!!")), plain) {
        (Some("null"), Value::Null) => Value::Null,
        (Some("bool"), value @ Value::Bool(_)) => value,
        (Some("int" | "float"), value @ (Value::Number(_) | Value::Special(..))) => value,
        (Some("null" | "bool" | "int" | "float"), _) => {
            let path = document.path_of(leaf.node);
            return Err(Error::Unsayable { path, reason: "is not of the type that its tag says".to_owned() });
        }
        // The tag `!` makes a plain scalar a text; of any other tag only its owner knows what it does.
        (None, value) if leaf.style == Style::Plain && tag != "!" => value,
        _ => Value::String(text),
    };
    Ok(typed)
}

/// The tag as written; empty when there is none.
fn tag<'d>(document: &'d Document, leaf: &Leaf) -> &'d str {
    let Kind::Leaf(id) = document.node(leaf.node).kind else { return "" };
    match document.events()[..event_of(document, id)] {
        [.., Event::Tag(tag)] | [.., Event::Tag(tag), Event::Anchor(_)] => {
            std::str::from_utf8(document.bytes(tag)).unwrap_or("")
        }
        _ => "",
    }
}

/// The number of the event of leaf `id`: leaves are numbered in the order of their events.
fn event_of(document: &Document, id: LeafId) -> usize {
    let events = document.events();
    let (mut low, mut high) = (0, events.len());
    while low < high {
        let middle = low.midpoint(high);
        let found = events[middle..high].iter().position(|event| matches!(event, Event::Leaf(_)));
        match found.map(|at| (middle + at, events[middle + at])) {
            Some((at, Event::Leaf(leaf))) if leaf == id => return at,
            Some((at, Event::Leaf(leaf))) if leaf < id => low = at + 1,
            _ => high = middle,
        }
    }
    low
}

/// What a plain scalar of the content `text` is, when it is no text.
pub(super) fn resolve(text: &str) -> Option<Value> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Some(Value::Null),
        "true" | "True" | "TRUE" => return Some(Value::Bool(true)),
        "false" | "False" | "FALSE" => return Some(Value::Bool(false)),
        ".nan" | ".NaN" | ".NAN" => return Some(Value::Special(text.to_owned(), NO_NUMBER)),
        _ => {}
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") {
        return Some(Value::Special(text.to_owned(), NO_NUMBER));
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return radix(text, digits, 16);
    }
    if let Some(digits) = text.strip_prefix("0o") {
        return radix(text, digits, 8);
    }
    decimal(text, unsigned).map(Value::Number)
}

fn radix(text: &str, digits: &str, radix: u32) -> Option<Value> {
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let number = u128::from_str_radix(digits, radix);
    Some(
        number.map_or_else(
            |_| Value::Special(text.to_owned(), "large number"),
            |n| Value::Number(n.to_string()),
        ),
    )
}

/// A decimal number of the core schema in JSON's notation (RFC 8259 section 6).
fn decimal(text: &str, unsigned: &str) -> Option<String> {
    let (mantissa, exponent) = match unsigned.find(['e', 'E']) {
        Some(at) => (&unsigned[..at], &unsigned[at..]),
        None => (unsigned, ""),
    };
    let (whole, fraction) = mantissa.split_once('.').map_or((mantissa, None), |(w, f)| (w, Some(f)));
    let is_number = |digits: &str| digits.bytes().all(|b| b.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction.unwrap_or("")) {
        return None;
    }
    if whole.is_empty() && fraction.is_none_or(str::is_empty) {
        return None;
    }
    if let Some(digits) = exponent.get(1..) {
        let digits = digits.strip_prefix(['-', '+']).unwrap_or(digits);
        if digits.is_empty() || !is_number(digits) {
            return None;
        }
    }
    let sign = if text.starts_with('-') { "-" } else { "" };
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    };
    Some(match fraction {
        None => format!("{sign}{whole}{exponent}"),
        Some("") => format!("{sign}{whole}.0{exponent}"),
        Some(fraction) => format!("{sign}{whole}.{fraction}{exponent}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{Format, yaml::Yaml};

    fn read(text: &str) -> Result<Value> {
        let document = Yaml.parse(text.to_owned()).expect("valid YAML");
        value(&document, &document.leaves()[document.leaves().len() - 1])
    }

    #[test]
    fn plain_scalars_resolve_by_the_core_schema() {
        let number = |text: &str| Some(Value::Number(text.to_owned()));
        for (text, wanted) in [
            ("12", "12"),
            ("+12", "12"),
            ("-0", "-0"),
            ("007", "7"),
            ("0x1F", "31"),
            ("0o17", "15"),
            (".5", "0.5"),
            ("5.", "5.0"),
            ("1e3", "1e3"),
            ("-1.50E-3", "-1.50E-3"),
        ] {
            assert!(resolve(text) == number(wanted), "{text}");
        }
        for text in ["yes", "1_000", "0b1", "1e", "+", ".", "-", "e3", "0x", "1.2.3", "12:30", "٣"] {
            assert!(resolve(text).is_none(), "{text}");
        }
        assert!(resolve("~") == Some(Value::Null));
        assert!(resolve("-.inf") == Some(Value::Special("-.inf".to_owned(), NO_NUMBER)));
        assert!(resolve("True") == Some(Value::Bool(true)));
    }

    #[test]
    fn tags_decide_over_notation() {
        let string = |text: &str| Value::String(text.to_owned());
        for (text, wanted) in [
            ("a: !!str 12", string("12")),
            ("a: !!str &x 12", string("12")),
            ("a: &x !!str 12", string("12")),
            ("a: ! 12", string("12")),
            ("a: !!int \"12\"", Value::Number("12".to_owned())),
            ("a: !own 12", Value::Number("12".to_owned())),
            ("a: !<tag:yaml.org,2002:str> 12", string("12")),
            ("- !!str a\n- 12", Value::Number("12".to_owned())),
            ("a: \"12\"", string("12")),
            ("a: |\n  12", string("12")),
            ("a: |\n  12\n", string("12\n")),
        ] {
            assert!(read(text).expect(text) == wanted, "{text}");
        }
        assert!(read("a: !!int x").is_err());
    }
}
