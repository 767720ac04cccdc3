//! See `karamail_engine::fuzzing::template`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| karamail_engine::fuzzing::template::check(bytes));
