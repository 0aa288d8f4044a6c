//! The `dekko` program.

fn main() {}
