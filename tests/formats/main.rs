//! What the parsers promise, over public test suites, the format's test vectors and random texts.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "counts for people; a test may panic")]

mod chain;
mod dotenv;
mod edits;
mod ini;
mod json;
mod laws;
mod merge;
mod mutants;
mod mutations;
mod toml;
mod vectors;
mod yaml;
