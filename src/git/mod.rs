//! What git users need of encrypted files: views, merges, checks, history. git itself does git's work; it is started,
//! never linked.

mod command;
pub mod diff;
mod graph;
pub mod history;
mod objects;
pub mod replay;
mod timeline;

pub use command::Git;
pub use graph::{At, Graph};
pub use objects::{Object, Objects};
