//! What the parsers promise, over public test suites, the format's test vectors and random texts.

mod chain;
mod dotenv;
mod ini;
mod json;
mod laws;
mod mutations;
mod mutants;
mod toml;
mod vectors;
