//! Metadata that are read are written as they were.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| dekko_fuzz::parts::envelope(bytes));
