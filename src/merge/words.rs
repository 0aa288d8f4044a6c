//! Comments and blank lines, merged.

use super::lines;
use super::marks::{Piece, Side};

/// What becomes of a slot of comments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// As one side has it.
    Of(Side),
    /// Lines of both, without indentation.
    Lines(String),
    /// Both say something else.
    Torn,
}

/// Whether a slot can hold several lines.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Room {
    Lines,
    OneLine,
}

/// Merges a slot: `ours`, `theirs`, `base`, empty where there is none.
pub(super) fn words([ours, theirs, base]: [&str; 3], room: Room) -> Words {
    if ours == theirs || theirs == base {
        return Words::Of(Side::Ours);
    }
    let [o, t, b] = [ours, theirs, base].map(plain);
    if o == t || t == b {
        return Words::Of(Side::Ours);
    }
    if o == b {
        return Words::Of(Side::Theirs);
    }
    let [said_o, said_t, said_b] = [&o, &t, &b].map(|text| said(text));
    if said_o == said_t || said_t == said_b {
        return Words::Of(Side::Ours);
    }
    if said_o == said_b {
        return Words::Of(Side::Theirs);
    }
    if room == Room::Lines
        && let [Piece::Text(text)] = &lines(&b, &o, &t)[..]
    {
        return Words::Lines(text.clone());
    }
    Words::Torn
}

/// Merges layout, where both sides can be wrong but not in conflict.
pub(super) fn layout([ours, theirs, base]: [&str; 3]) -> Side {
    let [o, t, b] = [ours, theirs, base].map(plain);
    if o == b && o != t { Side::Theirs } else { Side::Ours }
}

/// `text` without indentation and with LF line breaks.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let (line, end) = match line.strip_suffix('\n') {
            Some(line) => (line.strip_suffix('\r').unwrap_or(line), "\n"),
            None => (line, ""),
        };
        out.push_str(line.trim_matches([' ', '\t']));
        out.push_str(end);
    }
    out
}

/// Its lines that say something.
fn said(text: &str) -> Vec<&str> {
    text.lines().filter(|line| !line.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_that_one_side_changed_is_that_sides() {
        assert_eq!(words(["# a\n", "# b\n", "# a\n"], Room::Lines), Words::Of(Side::Theirs));
        assert_eq!(words(["# b\n", "# a\n", "# a\n"], Room::Lines), Words::Of(Side::Ours));
        assert_eq!(words(["# b\n", "# c\n", "# a\n"], Room::Lines), Words::Torn);
    }

    #[test]
    fn blank_lines_alone_are_no_conflict() {
        assert_eq!(words(["\n# a\n", "# b\n", "# a\n"], Room::Lines), Words::Of(Side::Theirs));
        assert_eq!(words(["\n\n", "", "\n"], Room::Lines), Words::Of(Side::Ours));
    }

    #[test]
    fn lines_far_apart_are_merged() {
        let (b, o, t) = ("# 1\n# 2\n# 3\n", "# 0\n# 1\n# 2\n# 3\n", "# 1\n# 2\n# 3\n# 4\n");
        assert_eq!(words([o, t, b], Room::Lines), Words::Lines("# 0\n# 1\n# 2\n# 3\n# 4\n".to_owned()));
    }
}
