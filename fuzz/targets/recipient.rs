//! A recipient has one name, and no message repeats a secret key.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| dekko_fuzz::parts::recipient(bytes));
