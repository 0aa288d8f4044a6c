//! Files, read and written in the one way that loses nothing and hangs on nothing.
//!
//! Ciphertext is replaced whole or not at all ([`replace`]); plaintext goes to files that only their owner can read
//! ([`PrivateDir`], [`write_new_private`]).

mod below;
mod fill;
#[cfg(unix)]
mod folder;
#[cfg(any(not(unix), test))]
mod folder_portable;
mod private;
mod read;
mod replace;

pub use below::below;
pub use fill::{fill, vacate};
#[cfg(unix)]
pub use private::is_own;
pub use private::{Place, PrivateDir, keep, sweep};
pub use read::{FILE_LIMIT, TEXT_LIMIT, read};
pub use replace::{Expected, Readers, check_writable, replace, write_new_private};
