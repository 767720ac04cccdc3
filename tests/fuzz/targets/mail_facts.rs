//! See `karamail_engine::fuzzing::mail_facts`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| karamail_engine::fuzzing::mail_facts::check(bytes));
