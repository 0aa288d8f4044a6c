//! Entries of bracketed containers, put in and taken out of a text: JSON's objects and arrays, TOML's arrays and inline
//! tables. Works on texts that were parsed: brackets match, commas are where the grammar wants them.

use crate::document::{KeyPath, PathStep, Span};

/// How a text marks comments between entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comments {
    /// `//` to the end of the line, and `/* */`.
    Slashes,
    /// `#` to the end of the line.
    Hash,
}

/// Changes to a text, in order: what the span holds is replaced by the text.
pub(super) type Changes = Vec<(Span, String)>;

/// Where a new entry goes, as far as its layout needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Spot {
    /// On a line of its own, indented like this.
    Line(String),
    /// Between others, or alone, on a line.
    Inline,
}

/// A text whose containers are changed.
#[derive(Clone, Copy)]
pub(super) struct Members<'s> {
    pub source: &'s str,
    pub comments: Comments,
    pub line_break: &'static str,
    /// What follows a comma on one line.
    pub space: &'static str,
}

impl Members<'_> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.source.as_bytes().get(at).copied()
    }

    /// The byte after the comment at `at`; `at` itself where none begins. A line comment ends before its line break.
    fn comment_end(&self, at: usize) -> usize {
        let rest = &self.source[at..];
        let line = rest.find('\n').unwrap_or(rest.len());
        let line = at + rest[..line].trim_end_matches('\r').len();
        match self.comments {
            Comments::Hash if rest.starts_with('#') => line,
            Comments::Slashes if rest.starts_with("//") => line,
            Comments::Slashes if rest.starts_with("/*") => {
                rest[2..].find("*/").map_or(self.source.len(), |n| at + n + 4)
            }
            _ => at,
        }
    }

    /// The first byte from `at` that is neither blank nor comment; `on_line` stops at line breaks, and before a comment
    /// that goes over one.
    fn skip(&self, mut at: usize, on_line: bool) -> usize {
        loop {
            let next = match self.byte(at) {
                Some(b' ' | b'\t') => at + 1,
                Some(b'\n' | b'\r') if !on_line => at + 1,
                _ => self.comment_end(at),
            };
            if next == at || (on_line && self.source[at..next].contains('\n')) {
                return at;
            }
            at = next;
        }
    }

    /// The comma behind an entry that ends before `at`.
    fn comma(&self, at: usize, on_line: bool) -> Option<usize> {
        let next = self.skip(at, on_line);
        (self.byte(next) == Some(b',')).then_some(next)
    }

    /// The start of the line of byte `at`, when nothing but blanks stands between them and a line break before.
    pub fn own_line(&self, at: usize) -> Option<usize> {
        let start = self.source[..at].rfind('\n')? + 1;
        self.source[start..at].trim_matches([' ', '\t']).is_empty().then_some(start)
    }

    /// The byte after the line break at `at`, when there is one.
    fn behind_break(&self, at: usize) -> Option<usize> {
        let rest = &self.source[at..];
        let length = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
        (length > 0).then_some(at + length)
    }

    /// Takes out the entry at `entry`; `previous` is the one before it in its container.
    pub fn remove(&self, entry: Span, previous: Option<Span>) -> Changes {
        let (start, end) = (entry.start as usize, entry.end as usize);
        let cut = |from: usize, to: usize| (Span::new(from, to), String::new());
        let before = previous.and_then(|previous| self.comma(previous.end as usize, false));
        let after = self.comma(end, false);
        let on_line = self.comma(end, true);
        if on_line == after {
            let rest = self.skip(on_line.map_or(end, |comma| comma + 1), true);
            if let (Some(line), Some(next)) = (self.own_line(start), self.behind_break(rest)) {
                let dangling = before.filter(|_| after.is_none()).map(|comma| cut(comma, comma + 1));
                return dangling.into_iter().chain([cut(line, next)]).collect();
            }
        }
        let blanks = start - self.source[..start].trim_end_matches([' ', '\t']).len();
        match (after, before) {
            (Some(comma), _) if self.source[end..comma].trim().is_empty() => {
                let rest = &self.source[comma + 1..];
                let gap = rest.len() - rest.trim_start_matches([' ', '\t']).len();
                let is_last_on_line =
                    self.behind_break(comma + 1 + gap).is_some() && self.own_line(start).is_none();
                vec![cut(if is_last_on_line { start - blanks } else { start }, comma + 1 + gap)]
            }
            (Some(comma), _) => vec![cut(start, end), cut(comma, comma + 1)],
            (None, Some(comma)) if self.source[comma + 1..start].trim().is_empty() => vec![cut(comma, end)],
            (None, Some(comma)) => vec![cut(comma, comma + 1), cut(start, end)],
            (None, None) => {
                let rest = &self.source[end..];
                let gap = rest.len() - rest.trim_start_matches([' ', '\t']).len();
                vec![cut(start - blanks, end + gap)]
            }
        }
    }

    /// Where an entry behind `last` goes.
    pub fn spot(&self, container: Span, last: Span) -> Spot {
        match self.own_line(last.start as usize) {
            Some(line) if line > container.start as usize => {
                Spot::Line(self.source[line..last.start as usize].to_owned())
            }
            _ => Spot::Inline,
        }
    }

    /// Puts `entry` behind the entry at `last`, as its spot asks.
    pub fn append(&self, spot: &Spot, last: Span, entry: &str) -> Changes {
        let end = last.end as usize;
        let put = |at: usize, text: String| (Span::new(at, at), text);
        let Spot::Line(indent) = spot else {
            return vec![put(end, format!(",{}{entry}", self.space))];
        };
        let line = format!("{}{indent}{entry}", self.line_break);
        let comma = self.comma(end, true);
        let rest = self.skip(comma.map_or(end, |comma| comma + 1), true);
        if self.behind_break(rest).is_none() {
            return vec![put(end, format!(",{line}"))];
        }
        let rest = self.source[..rest].trim_end_matches([' ', '\t']).len();
        match comma {
            Some(_) => vec![put(rest, format!("{line},"))],
            None if rest == end => vec![put(end, format!(",{line}"))],
            None => vec![put(end, ",".to_owned()), put(rest, line)],
        }
    }

    /// Puts `entry` into the container at `container`, which has none: on a line of its own, indented by `indent`, the
    /// closing bracket by `outer`; or between the brackets with `pad` around.
    pub fn fill(&self, container: Span, spot: &Spot, outer: &str, pad: &str, entry: &str) -> Changes {
        let (start, end) = (container.start as usize + 1, container.end as usize - 1);
        let inner = &self.source[start..end];
        let kept = start + inner.trim_end_matches([' ', '\t', '\r', '\n']).len();
        let text = match spot {
            Spot::Inline if inner.trim().is_empty() => format!("{pad}{entry}{pad}"),
            Spot::Inline => format!("{0}{outer}  {entry}{0}{outer}", self.line_break),
            Spot::Line(indent) => format!("{0}{indent}{entry}{0}{outer}", self.line_break),
        };
        vec![(Span::new(kept.max(start), end), text)]
    }
}

/// The white space at the start of the line that byte `at` lies on.
pub(super) fn indentation(source: &str, at: usize) -> &str {
    let line = &source[source[..at].rfind('\n').map_or(0, |n| n + 1)..at];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// The path of the place `steps` below `base`, for messages.
pub(super) fn path_below(base: &str, steps: &[PathStep]) -> String {
    if steps.is_empty() {
        return base.to_owned();
    }
    let inner = KeyPath(steps.to_vec()).to_string();
    match (base, inner.starts_with('[')) {
        (".", _) => inner,
        (_, true) => format!("{base}{inner}"),
        (_, false) => format!("{base}.{inner}"),
    }
}
