//! Texts laid side by side: what they share, and conflicts of whole lines.

use super::lines::push;
use super::marks::{Conflict, Piece};
use super::write::Written;

/// Whether a place where only the base differs is a conflict.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    Counts,
    Follows,
}

/// The pieces of three texts of the same slots.
pub(super) fn pieces([ours, theirs, base]: [&Written; 3], counts: Base) -> Vec<Piece> {
    let mut joiner = Joiner { pieces: Vec::new(), text: String::new(), open: None };
    for ((o, t), b) in ours.slots().zip(theirs.slots()).zip(base.slots()) {
        if o == t && (counts == Base::Follows || o == b) {
            joiner.text(o);
        } else {
            joiner.conflict([o, t, b]);
        }
    }
    joiner.finish()
}

struct Joiner {
    pieces: Vec<Piece>,
    text: String,
    open: Option<[String; 3]>,
}

impl Joiner {
    fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let Some(sides) = &mut self.open else {
            self.text.push_str(text);
            return;
        };
        let mut rest = text;
        if !is_whole(sides) {
            let (line, behind) = text.split_at(text.find('\n').map_or(text.len(), |at| at + 1));
            sides.iter_mut().for_each(|side| side.push_str(line));
            rest = behind;
        }
        if !rest.is_empty() || text.ends_with('\n') {
            self.close();
            self.text.push_str(rest);
        }
    }

    fn conflict(&mut self, sides: [&str; 3]) {
        if self.open.as_ref().is_some_and(is_whole) {
            self.close();
        }
        if self.open.is_none() {
            let line = self.text.rfind('\n').map_or(0, |at| at + 1);
            let start = self.text.split_off(line);
            push(&mut self.pieces, &std::mem::take(&mut self.text));
            self.open = Some([start.clone(), start.clone(), start]);
        }
        if let Some(open) = &mut self.open {
            open.iter_mut().zip(sides).for_each(|(side, text)| side.push_str(text));
        }
    }

    fn close(&mut self) {
        if let Some([ours, theirs, base]) = self.open.take() {
            if ours == theirs && ours == base {
                push(&mut self.pieces, &ours);
            } else {
                self.pieces.push(Piece::Conflict(Conflict { base: Some(base), ours, theirs }));
            }
        }
    }

    fn finish(mut self) -> Vec<Piece> {
        self.close();
        push(&mut self.pieces, &self.text);
        self.pieces
    }
}

/// Whether each side is whole lines.
fn is_whole(sides: &[String; 3]) -> bool {
    sides.iter().all(|side| side.is_empty() || side.ends_with('\n'))
}
