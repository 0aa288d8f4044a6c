//! What dekko promises, a module for each promise.

mod conformance;
mod house;
mod sealed;
mod texts;
mod vectors;
