//! Real servers and the real program for the tests of the whole.
//!
//! Each fixture starts a program from Debian, or one of our own, in a folder of its own on a free port of 127.0.0.1, and
//! ends it by its process id when dropped. Read in this order:
//!
//! 1. [`server`]: a process that ends with the test, also where the test is killed.
//! 2. [`dovecot`] and [`postfix`]: the real mail servers. [`certificates`]: good and bad ones.
//! 3. [`sink`]: an SMTP server of our own that remembers what it accepted and can misbehave on purpose.
//! 4. [`settings`] and [`program`]: Karamail itself, its data folder, its output, signals; [`terminal`]: with somebody
//!    who types.
//! 5. [`ledger`]: the database read from outside, and the invariants checked over it, the mailbox and the sink.
//! 6. [`shop`]: all of it together. [`mails`]: what arrives. [`old_shop`]: a folder with three years in it, to measure.
//!    [`stage`]: for the browser tests. [`desktop`]: a Linux desktop for the tray program. [`window`]: one with the tray program's
//!    window on it, and [`webdriver`], which drives it. [`wine`]: a Windows desktop for the programs of tests/windows/build.sh.
//!
//! A fixture that cannot do its work panics and says why: a test without its servers has failed.

#![expect(
    clippy::panic,
    reason = "a test without its servers has failed, and the panic says why"
)]

pub mod certificates;
pub mod desktop;
pub mod dovecot;
pub mod ledger;
pub mod mails;
pub mod old_shop;
pub mod postfix;
pub mod program;
pub mod quietly;
pub mod server;
pub mod settings;
pub mod shop;
pub mod sink;
pub mod stage;
pub mod terminal;
pub mod webdriver;
pub mod window;
pub mod wine;

use std::thread;
use std::time::{Duration, Instant};

/// Longest a server from Debian may take to start or to deliver, on a machine with much else to do.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Returns as soon as `done` holds; panics after `bound`. For what can only be observed by looking again.
pub fn wait_until(what: &str, bound: Duration, mut done: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !done() {
        assert!(begin.elapsed() < bound, "not within {bound:?}: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}
