//! An encrypted file that opens gives itself back when nothing is changed.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| dekko_fuzz::formats::sealed(bytes));
