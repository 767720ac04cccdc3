//! See `karamail_engine::fuzzing::config`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| karamail_engine::fuzzing::config::check(bytes));
