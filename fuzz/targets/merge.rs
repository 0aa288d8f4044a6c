//! Three versions become one, or none: the laws of a merge hold for any texts.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| dekko_fuzz::merge::merge(bytes));
