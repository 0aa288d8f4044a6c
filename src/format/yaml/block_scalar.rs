//! Where a block scalar begins and ends: the parser names its content lines only.

use std::ops::Range;

use crate::document::Span;

/// The span of a block scalar from `|` or `>` to the end of its last content line. `from` is a byte behind everything
/// before the header but white space, indicators, properties and comments; `content` is what the parser names, `value`
/// what it decoded.
pub(super) fn span(text: &str, from: usize, content: Range<usize>, value: &str) -> Span {
    // An empty one at the end of the text is named with its header.
    let until = (content.start + 1).min(text.len());
    let end = line_end(text.as_bytes(), content.end);
    let start = first_of(&text.as_bytes()[..until], from, b"|>").unwrap_or(content.start);
    Span::new(start, last_line(text.as_bytes(), start, end, value).max(start))
}

/// `end`, or, where the parser went on into the indentation of a comment line, the start of that line.
fn line_end(text: &[u8], end: usize) -> usize {
    if end == text.len() {
        end
    } else {
        text[..end].iter().rposition(|&b| b == b'\n').map_or(end, |at| at + 1)
    }
}

/// The first byte out of `wanted` at `from` or later, past white space, indicators, properties and comments.
pub(super) fn first_of(text: &[u8], from: usize, wanted: &[u8]) -> Option<usize> {
    let mut at = from;
    while let Some(&byte) = text.get(at) {
        if wanted.contains(&byte) {
            return Some(at);
        }
        at += match byte {
            b'#' => length_until(&text[at..], |b| b == b'\n'),
            b'&' | b'!' => length_until(&text[at..], |b| b.is_ascii_whitespace()),
            _ => 1,
        };
    }
    None
}

fn length_until(text: &[u8], stop: impl Fn(u8) -> bool) -> usize {
    text.iter().position(|&b| stop(b)).unwrap_or(text.len())
}

/// The end of the last content line of the block scalar that begins at `start` and ends, blank lines included, before
/// `end`; its line break is left out.
fn last_line(text: &[u8], start: usize, end: usize, value: &str) -> usize {
    let head = start + length_until(&text[start..end.max(start)], |b| b == b'\n');
    if head >= end {
        return without_break(text, start, end);
    }
    let mut end = without_break(text, start, end);
    if keeps(&text[start..head]) {
        return end;
    }
    let indent = indent(&text[(head + 1).min(end)..end], value);
    while end > head {
        let line = text[..end].iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
        let content = trim_cr(&text[line..end]);
        if content.iter().any(|&b| b != b' ') || indent.is_some_and(|indent| content.len() > indent) {
            return end;
        }
        end = without_break(text, start, line);
    }
    without_break(text, start, head)
}

/// Whether the header keeps trailing blank lines; its comment does not count.
fn keeps(header: &[u8]) -> bool {
    header.iter().take_while(|&&b| !b.is_ascii_whitespace()).any(|&b| b == b'+')
}

/// How far the content lines are indented, told by what decoding took away from the first line that has any content, or
/// else from the longest; `None` when there is no content.
fn indent(lines: &[u8], value: &str) -> Option<usize> {
    let spaces = |line: &[u8]| line.iter().take_while(|&&b| b == b' ').count();
    let is_blank = |line: &[u8]| line.iter().all(|&b| b == b' ');
    let mut written = lines.split(|&b| b == b'\n').map(trim_cr);
    let mut decoded = value.as_bytes().split(|&b| b == b'\n');
    match (written.clone().find(|l| !is_blank(l)), decoded.clone().find(|l| !is_blank(l))) {
        (Some(line), Some(content)) => Some(spaces(line).saturating_sub(spaces(content))),
        _ => {
            let line = written.by_ref().map(spaces).max()?;
            let content = decoded.by_ref().map(spaces).max()?;
            (content > 0).then(|| line.saturating_sub(content))
        }
    }
}

fn trim_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// `end`, less one line break in front of it.
fn without_break(text: &[u8], start: usize, end: usize) -> usize {
    let inside = &text[start.min(end)..end];
    let cut = if inside.ends_with(b"\r\n") { 2 } else { usize::from(inside.ends_with(b"\n")) };
    end - cut
}

#[cfg(test)]
mod tests {
    use crate::document::Style;
    use crate::format::{Format, yaml::Yaml};

    fn first(text: &str) -> String {
        let document = Yaml.parse(text.to_owned()).unwrap_or_else(|e| panic!("{e}\n{text}"));
        let mut values = document.leaves().iter().filter(|leaf| leaf.style != Style::Comment);
        document.src(values.next().expect("a value").span).to_owned()
    }

    #[test]
    fn a_block_reaches_from_its_header_to_its_last_content_line() {
        for (text, src) in [
            ("a: |\n  x\n", "|\n  x"),
            ("a: |\n  x", "|\n  x"),
            ("a: |\n  x\n\n\nb: 1\n", "|\n  x"),
            ("a: |+\n  x\n\n\nb: 1\n", "|+\n  x\n\n"),
            ("a: |  # + is none\n  x\n\n", "|  # + is none\n  x"),
            ("a: |\n  x\n   \nb: 1\n", "|\n  x\n   "),
            ("a: |\n  x\n  \nb: 1\n", "|\n  x"),
            ("a: >2-\n\n    x\n  y\n  \n   \n\nb: 1\n", ">2-\n\n    x\n  y\n  \n   "),
            ("a: |\r\n  x\r\n\r\nb: 1\r\n", "|\r\n  x"),
            ("a: |\n\nb: 1\n", "|"),
            ("a: |", "|"),
            ("a: |1\n   \nb: 1\n", "|1\n   "),
            ("a: &x !t\n  |\n  | y\n", "|\n  | y"),
            ("a: # | no\n  >\n  y\n", ">\n  y"),
            ("- - |\n    x\n # c\n", "|\n    x"),
            ("a: |+\n  x\n\n # c\nb: 1\n", "|+\n  x\n"),
            ("--- |\nx\n...\n", "|\nx"),
            ("\u{feff}--- >\n x\n", ">\n x"),
        ] {
            assert_eq!(first(text), src, "{text:?}");
        }
    }

    #[test]
    fn a_block_that_ends_with_the_text_has_no_line_break_of_its_own() {
        for (text, value) in
            [("a: |\n  x", "x"), ("a: |\n  x \n", "x \n"), ("a: |\n  x ", "x "), ("a: |+\n  x\n\n", "x\n\n")]
        {
            let document = Yaml.parse(text.to_owned()).expect(text);
            assert_eq!(document.bytes(document.leaves()[0].content), value.as_bytes(), "{text:?}");
        }
    }
}
