//! What dekko promises, a module for each promise.

mod conformance;
mod flips;
mod house;
mod meaning;
mod samples;
mod sealed;
mod texts;
mod vectors;
