//! What git users need of encrypted files: views, merges, checks, history. git itself does git's work; it is started,
//! never linked.

mod command;
mod objects;

pub use command::Git;
pub use objects::{Object, Objects};
