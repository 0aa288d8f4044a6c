//! What the parsers promise, over public test suites, the format's test vectors and random texts.

mod chain;
mod dotenv;
mod edits;
mod ini;
mod json;
mod laws;
mod mutants;
mod mutations;
mod toml;
mod vectors;
