//! A token that is read is written as it was, and only what was sealed opens.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| dekko_fuzz::parts::token(bytes));
