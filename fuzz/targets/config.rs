//! A configuration that is read decides about every path.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| dekko_fuzz::parts::config(bytes));
