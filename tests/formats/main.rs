//! What the parsers promise, over public test suites, the format's test vectors and random texts.

mod chain;
mod json;
mod laws;
mod mutations;
mod toml;
mod vectors;
