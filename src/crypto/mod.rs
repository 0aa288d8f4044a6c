//! Keys, tokens and the chain: sections 3, 4 and 6 of the format. Pure functions over bytes; randomness is an argument.

mod base64url;
mod chain;
mod data_key;
mod label;
mod mac;
mod padding;
mod payload;
mod random;
mod succession;
mod token;
mod value;

#[cfg(test)]
pub(crate) mod vectors;

pub use base64url::{decode as from_base64url, decode_array as from_base64url_array, encode as to_base64url};
pub use chain::{Eof, LinkKey, Previous};
pub use data_key::{Commit, DataKey, Epoch, FileId, Keys};
pub use label::Label;
pub use mac::same;
pub use payload::{open_payload, seal_payload};
pub use random::{Random, SystemRandom};
pub use succession::Succession;
pub use token::{Tag, Token, TokenId};
pub use value::{LeafKind, OpenError, Plain, open, seal};
