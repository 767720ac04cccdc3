//! What holds whatever bytes come in: one function for each parser of foreign bytes, for the fuzzers (`tests/fuzz/`) and
//! for `cargo test`, which plays their corpora and everything that was ever found (decision 0135).
//!
//! Each `check` takes any bytes and panics where a promise is broken. Beside what is tested it has a second, plainer
//! opinion of its own: a reader of POP3 replies, of header fields, of marks, that is right where the bytes are plain, and
//! says nothing where they are not.
//!
//! Invariant: a check depends on its bytes alone: no clock, no chance, nothing kept from one call to the next.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a check fails by panicking, as a test"
)]

pub mod config;
pub mod delivery_report;
mod letter;
pub mod mail_facts;
pub mod mailbox_file;
pub mod monthly_log;
mod plain_header;
pub mod pop3_session;
pub mod template;
#[cfg(test)]
mod tests;

use karamail_core::words::{Language, Told};

const LANGUAGES: [Language; 2] = [Language::Japanese, Language::English];

/// What is told to people says something in both languages, and can be shown.
#[track_caller]
fn is_told(what: &impl Told) {
    for language in LANGUAGES {
        for text in [what.told(language), what.told_on_screen(language)] {
            assert!(!text.trim().is_empty(), "nothing is said in {language:?}");
            let is_shown = |c: char| !c.is_control() || c == '\n' || c == '\t';
            assert!(text.chars().all(is_shown), "{language:?} {text:?}");
        }
    }
}

/// Cuts the first line off; it counts as empty where there is no line end.
fn first_line(bytes: &[u8]) -> (&[u8], &[u8]) {
    match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (&[], bytes),
    }
}

/// The same of a text.
fn first_text_line(text: &str) -> (&str, &str) {
    text.split_once('\n').unwrap_or(("", text))
}
