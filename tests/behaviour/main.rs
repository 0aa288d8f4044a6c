//! What dekko promises, a module for each promise.

mod house;
mod vectors;
