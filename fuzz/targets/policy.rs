//! A policy has one canonical text.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| dekko_fuzz::parts::policy(bytes));
