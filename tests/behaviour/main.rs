//! What dekko promises, one module for each promise.

mod house;
