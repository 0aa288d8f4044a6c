//! What git users need of encrypted files: views, merges, checks, history. git itself does git's work; it is started,
//! never linked.

pub mod changes;
pub mod check;
mod command;
pub mod commits;
pub mod filter;
pub mod guard;
pub mod hooks;
mod merge_driver;
mod objects;
pub mod selected;
mod settings;
pub mod textconv;
mod view;

pub use command::Git;
pub use merge_driver::{Report, Request, merge_driver};
pub use objects::{Object, Objects};
pub use settings::{DiffMode, diff_mode};
pub use view::{VIEW, Wanted, view};
