//! What Karamail does: it polls mailboxes, keeps the ledger, sends, archives and logs. What to do is decided in
//! `karamail_core`; no screen is known here.

pub mod config;
pub mod demo;
pub mod pop3;
pub mod secrets;
pub mod smtp;
pub mod tls;
