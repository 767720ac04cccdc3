//! See `karamail_engine::fuzzing::monthly_log`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| karamail_engine::fuzzing::monthly_log::check(bytes));
