//! Where random bytes come from.

use std::io;

use crate::error::{Error, Result};

/// A source of random bytes, as an argument so that the test vectors can be written again byte for byte.
pub trait Random {
    /// Fills all of `bytes`.
    ///
    /// # Errors
    /// [`Error::Io`] when the source fails; nothing that depends on the bytes may be written then.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()>;
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        getrandom::fill(bytes)
            .map_err(|error| Error::Io { action: "draw random bytes", source: io::Error::other(error) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_draws_differ() {
        let (mut one, mut two) = ([0; 32], [0; 32]);
        SystemRandom.fill(&mut one).expect("the system has a generator");
        SystemRandom.fill(&mut two).expect("the system has a generator");
        assert_ne!(one, two);
    }
}
