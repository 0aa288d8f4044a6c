//! A key path that is shown leads to the same place.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| dekko_fuzz::parts::key_path(bytes));
