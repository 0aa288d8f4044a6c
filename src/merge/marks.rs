//! The marks that git leaves around what two versions say differently (git-merge-file(1)): written, and read.

use std::collections::HashMap;

/// A part of a merged text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// What both versions agree on.
    Text(String),
    /// What they do not agree on.
    Conflict(Conflict),
}

/// What two versions say differently: whole lines on each side, or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conflict {
    /// What the common ancestor said, where it is known.
    pub base: Option<String>,
    /// What our version says.
    pub ours: String,
    /// What the other version says.
    pub theirs: String,
}

/// Which side of every conflict is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Our version.
    Ours,
    /// The other version.
    Theirs,
    /// The common ancestor; where it is not known, nothing.
    Base,
}

/// The text of `pieces` with `side` of every conflict.
pub fn taken(pieces: &[Piece], side: Side) -> String {
    pieces.iter().map(|piece| part(piece, side)).collect()
}

/// What `piece` is when `side` is taken.
pub fn part(piece: &Piece, side: Side) -> &str {
    match (piece, side) {
        (Piece::Text(text), _) => text,
        (Piece::Conflict(conflict), Side::Ours) => &conflict.ours,
        (Piece::Conflict(conflict), Side::Theirs) => &conflict.theirs,
        (Piece::Conflict(conflict), Side::Base) => conflict.base.as_deref().unwrap_or_default(),
    }
}

/// How conflicts are marked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marks {
    /// How many signs a mark has; 7 unless git says otherwise.
    pub size: usize,
    /// Whether the common ancestor's lines stand between the sides (`merge.conflictStyle` diff3 and zdiff3).
    pub with_base: bool,
    /// What is written behind the first mark.
    pub ours: String,
    /// What is written behind the mark of the ancestor.
    pub base: String,
    /// What is written behind the last mark.
    pub theirs: String,
}

impl Marks {
    /// The text of `pieces` with marks around its conflicts, lines ended by `line_break`.
    pub fn write(&self, pieces: &[Piece], line_break: &str) -> String {
        let mut out = String::new();
        let mark = |out: &mut String, sign: char, label: &str| {
            if !out.is_empty() && !out.ends_with('\n') {
                out.push_str(line_break);
            }
            out.extend(std::iter::repeat_n(sign, self.size));
            if !label.is_empty() {
                out.push(' ');
                out.push_str(label);
            }
            out.push_str(line_break);
        };
        for piece in pieces {
            match piece {
                Piece::Text(text) => out.push_str(text),
                Piece::Conflict(conflict) => {
                    mark(&mut out, '<', &self.ours);
                    out.push_str(&conflict.ours);
                    if let Some(base) = conflict.base.as_ref().filter(|_| self.with_base) {
                        mark(&mut out, '|', &self.base);
                        out.push_str(base);
                    }
                    mark(&mut out, '=', "");
                    out.push_str(&conflict.theirs);
                    mark(&mut out, '>', &self.theirs);
                }
            }
        }
        out
    }
}

/// A text with conflicts, taken apart; [`Marked::write`] puts it together again, to the byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    /// Its parts in order.
    pub pieces: Vec<Piece>,
    /// For each conflict its lines of marks as they stand, in order: ours, the ancestor's (where there is one), the
    /// middle, theirs.
    marks: Vec<[Option<String>; 4]>,
    /// The line of the first mark, from 1.
    pub line: usize,
}

impl Marked {
    /// Reads `text`; `None` when no complete conflict stands in it. A mark has seven signs or more, and all marks of one
    /// conflict have as many; shorter or longer runs inside it are text.
    pub fn read(text: &str) -> Option<Self> {
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let mut marked = Self { pieces: Vec::new(), marks: Vec::new(), line: 0 };
        let places = Places::of(&lines);
        let (mut at, mut plain) = (0, String::new());
        while let Some(line) = lines.get(at) {
            match conflict(&lines, &places, at) {
                None => {
                    plain.push_str(line);
                    at += 1;
                }
                Some((conflict, marks, length)) => {
                    if !plain.is_empty() {
                        marked.pieces.push(Piece::Text(std::mem::take(&mut plain)));
                    }
                    if marked.line == 0 {
                        marked.line = at + 1;
                    }
                    marked.pieces.push(Piece::Conflict(conflict));
                    marked.marks.push(marks);
                    at += length;
                }
            }
        }
        if !plain.is_empty() {
            marked.pieces.push(Piece::Text(plain));
        }
        (marked.line > 0).then_some(marked)
    }

    /// The same with each piece as `change` makes it of the piece and its number; a conflict that becomes a text, or
    /// nothing, loses its marks.
    #[must_use]
    pub fn map(&self, mut change: impl FnMut(usize, &Piece) -> Option<Piece>) -> Self {
        let mut mapped =
            Self { pieces: Vec::with_capacity(self.pieces.len()), marks: Vec::new(), line: self.line };
        let mut marks = self.marks.iter();
        for (at, piece) in self.pieces.iter().enumerate() {
            let lines = piece_marks(piece, &mut marks);
            let Some(changed) = change(at, piece) else { continue };
            if let (Piece::Conflict(_), Some(lines)) = (&changed, lines) {
                mapped.marks.push(lines.clone());
            }
            mapped.pieces.push(changed);
        }
        mapped
    }

    /// The text of `pieces`, which has as many conflicts as this one, with the marks of this one.
    pub fn write(&self, pieces: &[Piece]) -> String {
        let mut out = String::new();
        let mut marks = self.marks.iter();
        for piece in pieces {
            let (conflict, lines) = match (piece, piece_marks(piece, &mut marks)) {
                (Piece::Conflict(conflict), Some(lines)) => (conflict, lines),
                (piece, _) => {
                    out.push_str(part(piece, Side::Ours));
                    continue;
                }
            };
            let parts = [Some(&conflict.ours), conflict.base.as_ref(), Some(&conflict.theirs), None];
            for (mark, part) in lines.iter().zip(parts) {
                out.push_str(mark.as_deref().unwrap_or_default());
                out.push_str(part.filter(|_| mark.is_some()).map_or("", |part| part));
            }
        }
        out
    }
}

fn piece_marks<'m>(
    piece: &Piece,
    marks: &mut impl Iterator<Item = &'m [Option<String>; 4]>,
) -> Option<&'m [Option<String>; 4]> {
    matches!(piece, Piece::Conflict(_)).then(|| marks.next()).flatten()
}

/// The lines that are marks, by sign and size: a stranger's text may have a great many, and none may be looked for in all
/// of it again and again.
struct Places(HashMap<(char, usize), Vec<usize>>);

impl Places {
    fn of(lines: &[&str]) -> Self {
        let mut places: HashMap<_, Vec<usize>> = HashMap::new();
        for (at, line) in lines.iter().enumerate() {
            for sign in ['<', '|', '=', '>'] {
                if let Some(size) = mark_size(line, sign) {
                    places.entry((sign, size)).or_default().push(at);
                }
            }
        }
        Self(places)
    }

    /// The first mark of this sign and size behind the line `after`.
    fn next(&self, sign: char, size: usize, after: usize) -> Option<usize> {
        let places = self.0.get(&(sign, size))?;
        places.get(places.partition_point(|&at| at <= after)).copied()
    }
}

/// The conflict that begins with the line `at`, its lines of marks, and how many lines it has.
fn conflict(lines: &[&str], places: &Places, at: usize) -> Option<(Conflict, [Option<String>; 4], usize)> {
    let size = mark_size(lines.get(at)?, '<')?;
    let middle = places.next('=', size, at)?;
    let end = places.next('>', size, middle)?;
    if places.next('<', size, at).is_some_and(|another| another < end) {
        return None;
    }
    let base = places.next('|', size, at).filter(|&base| base < middle);
    let text = |from: usize, to: usize| lines.get(from + 1..to).map(<[&str]>::concat).unwrap_or_default();
    let line = |at: usize| lines.get(at).map(|line| (*line).to_owned());
    let conflict = Conflict {
        base: base.map(|base| text(base, middle)),
        ours: text(at, base.unwrap_or(middle)),
        theirs: text(middle, end),
    };
    Some((conflict, [line(at), base.and_then(line), line(middle), line(end)], end - at + 1))
}

/// How many times `line` begins with `sign`, when it is a mark: seven times or more, then a blank or the end.
fn mark_size(line: &str, sign: char) -> Option<usize> {
    let rest = line.trim_start_matches(sign);
    let size = line.len() - rest.len();
    let is_end = rest.trim_end_matches(['\r', '\n']).is_empty() || (sign != '=' && rest.starts_with(' '));
    (size >= 7 && is_end).then_some(size)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a: 1\n<<<<<<< HEAD\nb: 1\n||||||| base\nb: 0\n=======\n>>>>>>> other (x)\nc: 3\n";

    #[test]
    fn a_marked_text_comes_apart_and_together_again() {
        let marked = Marked::read(TEXT).expect("a conflict");
        assert_eq!(marked.line, 2);
        assert_eq!(marked.write(&marked.pieces), TEXT);
        assert_eq!(taken(&marked.pieces, Side::Ours), "a: 1\nb: 1\nc: 3\n");
        assert_eq!(taken(&marked.pieces, Side::Theirs), "a: 1\nc: 3\n");
        assert_eq!(taken(&marked.pieces, Side::Base), "a: 1\nb: 0\nc: 3\n");
    }

    #[test]
    fn a_conflict_that_is_gone_takes_its_marks_along() {
        let marked =
            Marked::read(&format!("{TEXT}<<<<<<< x\n1\n=======\n2\n>>>>>>> y\n")).expect("two conflicts");
        let mut seen = 0;
        let rest = marked.map(|_, piece| match piece {
            Piece::Conflict(_) => {
                seen += 1;
                (seen == 2).then(|| piece.clone())
            }
            Piece::Text(text) => Some(Piece::Text(text.to_uppercase())),
        });
        assert_eq!(rest.write(&rest.pieces), "A: 1\nC: 3\n<<<<<<< x\n1\n=======\n2\n>>>>>>> y\n");
    }

    #[test]
    fn what_is_written_is_read_again() {
        let conflict = Conflict { base: Some("x".to_owned()), ours: "y\n".to_owned(), theirs: String::new() };
        let pieces = [Piece::Text("a".to_owned()), Piece::Conflict(conflict)];
        let marks = Marks {
            size: 9,
            with_base: true,
            ours: "o".to_owned(),
            base: String::new(),
            theirs: "t t".to_owned(),
        };
        let text = marks.write(&pieces, "\r\n");
        let shown = "a\r\n<<<<<<<<< o\r\ny\n|||||||||\r\nx\r\n=========\r\n>>>>>>>>> t t\r\n";
        assert_eq!(text, shown);
        assert!(Marked::read(&text).is_some());
    }

    #[test]
    fn marks_of_many_sizes_are_looked_for_once() {
        // Eight times the text takes about eight times as long; looked for from each mark on, 64 times.
        let time = |count: usize| {
            let text: String = (0..count).map(|at| "<".repeat(7 + at % 50) + " a\n=======\n").collect();
            let text = text + &"=======\n".repeat(count);
            let run = || {
                let start = std::time::Instant::now();
                assert_eq!(Marked::read(&text), None);
                start.elapsed()
            };
            (0..5).map(|_| run()).min().expect("five runs")
        };
        let (small, large) = (time(1_000), time(8_000));
        assert!(large < small * 24, "{small:?}, {large:?}");
    }

    #[test]
    fn an_incomplete_conflict_is_none() {
        for text in ["<<<<<<< HEAD\nb: 1\n=======\n", "=======\n", "<<<<<<<x\n=======\n>>>>>>> y\n", ""] {
            assert_eq!(Marked::read(text), None, "{text:?}");
        }
    }
}
