//! Who can read what, and who could: answers over files that others have found. Nothing here knows git.

mod access;
mod collect;
mod decode;
mod judge;
mod lost;
mod prints;
mod sound;

pub use access::{Access, Proof, Reader, Rule, access};
pub use collect::{Exposure, Through};
pub use judge::{Doubt, Judgement, Known, Place, Source, State};
