//! What git users need of encrypted files: views, merges, checks, history. git itself does git's work; it is started,
//! never linked.

pub mod changes;
pub mod check;
mod command;
pub mod commits;
mod objects;
pub mod selected;

pub use command::Git;
pub use objects::{Object, Objects};
