//! See `karamail_engine::fuzzing::delivery_report`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| karamail_engine::fuzzing::delivery_report::check(bytes));
