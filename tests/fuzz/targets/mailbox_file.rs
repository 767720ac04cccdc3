//! See `karamail_engine::fuzzing::mailbox_file`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| karamail_engine::fuzzing::mailbox_file::check(bytes));
