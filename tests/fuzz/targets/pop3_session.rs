//! See `karamail_engine::fuzzing::pop3_session`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| karamail_engine::fuzzing::pop3_session::check(bytes));
