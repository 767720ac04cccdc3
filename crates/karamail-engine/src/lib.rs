//! What Karamail does: it polls mailboxes, keeps the ledger, sends, archives and logs. What to do is decided in
//! `karamail_core`; no screen is known here.
//!
//! The nouns, in reading order:
//!
//! 1. [`engine`]: [`engine::Engine`], the one loop, and [`engine::Handle`], all that a screen or command sees of it.
//! 2. [`cycle`]: the one path of a mail: intake, deliver, purge.
//! 3. [`store`]: the ledger; the only place that knows SQL.
//! 4. [`pop3`] and [`smtp`]: the drivers. [`tls`] is what both trust, [`milestone`] what they tell on the way.
//! 5. [`config`] and [`secrets`]: the settings in checked form, their reload, the passwords.
//!    [`resend`]: numbers that are sent again; [`erase`]: people who are erased; [`import`]: mails from files;
//!    [`retention`]: what is kept for how long; [`export`]: results as files.
//! 6. [`data_folder`], [`archive`], [`monthly_log`], [`diagnostics`]: what lies on disk beside the ledger; [`backup`]:
//!    all of it in one file.
//! 7. [`providers`] and [`setup`]: from a mail address to settings; SPF and DMARC. [`self_test`]: a shop's tests.
//! 8. [`demo`]: small mail servers on loopback, for people who try Karamail.
//! 9. [`program`]: the whole as a person has it on the screen: settings that may be missing, the engine, the demo.
//!
//! Invariant: the engine is driven only through [`engine::Handle`] and the stop switch.

pub mod archive;
pub mod backup;
pub mod clock;
pub mod config;
mod crash_point;
pub mod cycle;
pub mod data_folder;
pub mod demo;
pub mod diagnostics;
pub mod engine;
pub mod erase;
pub mod export;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub mod import;
pub mod milestone;
pub mod monthly_log;
pub mod pop3;
pub mod program;
pub mod providers;
pub mod resend;
pub mod retention;
mod seams;
pub mod secrets;
pub mod self_test;
pub mod setup;
#[cfg(test)]
mod simulation;
pub mod smtp;
pub mod stop;
pub mod store;
pub mod tls;
