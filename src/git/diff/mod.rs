//! What differs between two versions of an encrypted file: key by key, with a key or without.

mod compare;
mod pairs;
mod side;

pub use compare::{Comparison, Entry, Meta, Values, What, compare};
pub use pairs::{Pair, Target, pairs};
pub use side::{Found, Opener, Shut, Side};
