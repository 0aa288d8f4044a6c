//! Random edits of texts, the same in every run.

/// A small generator of numbers (xorshift); the same seed gives the same numbers.
pub struct Numbers(u64);

impl Numbers {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// A number below `limit`, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 16) % limit as u64).expect("below a usize")
    }

    pub fn pick<'p, T: ?Sized>(&mut self, parts: &[&'p T]) -> &'p T {
        parts[self.below(parts.len())]
    }

    /// A text of up to `most` of `parts`.
    pub fn text(&mut self, parts: &[&str], most: usize) -> String {
        (0..self.below(most + 1)).map(|_| self.pick(parts)).collect()
    }

    /// `text` with one to four places cut out, doubled or filled with one of `parts`.
    pub fn mutant(&mut self, text: &str, parts: &[&str]) -> String {
        let mut chars: Vec<char> = text.chars().collect();
        for _ in 0..=self.below(4) {
            let at = self.below(chars.len() + 1);
            let end = (at + self.below(6)).min(chars.len());
            match self.below(3) {
                0 => drop(chars.drain(at..end)),
                1 => {
                    let copy: Vec<char> = chars[at..end].to_vec();
                    let to = self.below(chars.len() + 1);
                    chars.splice(to..to, copy);
                }
                _ => drop(chars.splice(at..at, self.pick(parts).chars())),
            }
        }
        chars.into_iter().collect()
    }
}
