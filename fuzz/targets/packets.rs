//! Whatever git's side of a filter says, the answer is one.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| dekko_fuzz::parts::packets(bytes));
