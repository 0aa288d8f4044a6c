//! What dekko promises, a module for each promise.

mod vectors;
