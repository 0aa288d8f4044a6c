//! Values as INI texts, as Python's `configparser` reads them: the text without blanks around it, quotes, escapes and
//! inline comments as they stand; continuation lines without their indentation, joined by LF; comment lines between them
//! are nothing, blank lines are empty lines.

use super::super::lines::trim;
use super::scan::is_comment_sign;

/// The decoded value of `src`.
pub(super) fn decode(src: &str) -> String {
    let mut lines = src.split('\n').map(|line| trim(line.strip_suffix('\r').unwrap_or(line)));
    let mut out = lines.next().unwrap_or_default().to_owned();
    for line in lines.filter(|line| !line.bytes().next().is_some_and(is_comment_sign)) {
        out.push('\n');
        out.push_str(line);
    }
    out
}

/// The text that says `value`, its later lines behind `indent`, or why none does.
pub(super) fn encode(value: &str, indent: &str, eol: &str) -> Result<String, &'static str> {
    let mut lines = value.split('\n');
    let mut out = String::new();
    for (number, line) in lines.by_ref().enumerate() {
        if line.contains('\r') {
            return Err("holds a carriage return; INI cannot say it");
        }
        if line.trim() != line {
            return Err("has blanks at the start or end of a line; INI cannot say them");
        }
        if number > 0 {
            if line.bytes().next().is_some_and(is_comment_sign) {
                return Err("has a line that INI would read as a comment");
            }
            out.push_str(eol);
            out.push_str(if line.is_empty() { "" } else { indent });
        }
        out.push_str(line);
    }
    if value.ends_with('\n') {
        return Err("ends in a line break; INI cannot say it");
    }
    Ok(out)
}
