//! Three versions of a text become one, slot by slot, over the lossless tree: no keys, no I/O.

pub mod marks;
