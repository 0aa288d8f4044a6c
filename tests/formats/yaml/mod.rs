//! The YAML adapter against the format's vectors, the YAML test suite and the nasty files.

mod chain;
mod law;
mod mutants;
mod nasty;
mod suite;
mod vectors;
