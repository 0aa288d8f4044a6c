//! Whatever the ini reader takes, it gives back.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &[u8]| dekko_fuzz::formats::round_trip("ini", text));
