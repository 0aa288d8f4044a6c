//! What git users need of encrypted files: views, merges, checks, history. git itself does git's work; it is started,
//! never linked.

mod access;
mod attributes;
pub mod changes;
pub mod check;
mod command;
pub mod commits;
pub mod diff;
pub mod doctor;
pub mod filter;
mod graph;
pub mod guard;
pub mod history;
pub mod hooks;
pub mod install;
mod known;
mod last;
mod listed;
mod merge_driver;
mod objects;
pub mod replay;
pub mod selected;
mod settings;
pub mod textconv;
mod timeline;
mod unfinished;
mod view;

pub use access::allowed_by_ours;
pub use attributes::Wanted as Attributes;
pub use command::Git;
pub use graph::{At, Graph};
pub use known::{Known, known};
pub use last::{last_version, published_version};
pub use listed::{Listed, listed};
pub use merge_driver::{Report, Request, merge_driver};
pub use objects::{Object, Objects};
pub use settings::{DiffMode, diff_mode};
pub use unfinished::{Choice, Question, Stages, Unfinished, around, is_revert, stages, version_in};
pub use view::{VIEW, Wanted, raw, view};
