//! The tables of servers: every quirk of real ones, and every step of both protocols with every way to fail at it. Each
//! row plays the whole engine against the server, checks what was promised, and lets a sane server finish the work.
//!
//! docs/QUIRKS.md tells the quirks for people.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

#[path = "../common/mod.rs"]
mod common;
mod documented;
mod faults;
mod pop3;
mod pop3_quirks;
mod pop3_session_quirks;
mod row;
mod smtp;
mod smtp_quirks;
mod stage;
mod wire;

/// Rows of a table: each is a test of its name, with what Karamail does in front.
macro_rules! quirks {
    ($($(#[doc = $what:literal])+ $name:ident => $row:expr;)+) => {
        /// The rows: their names, and what stands in front of them.
        pub(crate) const ROWS: &[(&str, &str)] = &[$((stringify!($name), concat!($($what),+))),+];
        mod play {
            use super::*;
            $(
                $(#[doc = $what])+
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $name() {
                    ($row).named(stringify!($name)).play().await;
                }
            )+
        }
    };
}
pub(crate) use quirks;
