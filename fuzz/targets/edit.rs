//! What an edit was asked for is what the file then says.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| dekko_fuzz::formats::edit(bytes));
