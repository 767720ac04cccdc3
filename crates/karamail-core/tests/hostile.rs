//! Headers made to be slow are decided without quadratic work, and what is too large is not read.

use std::time::{Duration, Instant};

use karamail_core::decide::{Known, Rules, decide};
use karamail_core::limits::HEADER_BLOCK_BYTES;
use karamail_core::mail::{IncomingMail, Sender};

const PATTERNS: [&str; 24] = [
    "<",
    "<a",
    "(",
    "(\\",
    "\"",
    "\"\\",
    "\\\"",
    ",",
    "a@b.jp,",
    "a@b.jp ",
    "<a@b.jp>",
    "a@b.jp\nFrom: ",
    "=?",
    "=?u?q?",
    "=?u?q?x ",
    "=?u?b?IA==?= ",
    "\n \n",
    " \n",
    "\r",
    "\ra:b",
    ";",
    "spf=fail;",
    "\u{3000}",
    ":",
];

#[test]
fn a_header_made_to_be_slow_is_decided_in_good_time() {
    // Quadratic work on this many bytes takes more than ten times as long as is allowed below.
    const BYTES: usize = 64 * 1024;
    let rules = Rules {
        require_addressed: true,
        ..Rules::default()
    };
    for name in ["From", "Subject", "Content-Type", "Authentication-Results"] {
        for pattern in PATTERNS {
            let value = pattern.repeat(BYTES / pattern.len());
            let bytes = format!("From: a@example.jp\n{name}: {value}\n\n");
            let start = Instant::now();
            let mail = IncomingMail::parse(bytes.as_bytes());
            decide(&mail, &rules, &Known::default());
            mail.content_key(None);
            let taken = start.elapsed();
            assert!(
                taken < Duration::from_secs(10),
                "{name}: {pattern:?} took {taken:?}"
            );
        }
    }
}

#[test]
fn a_header_over_the_limit_has_no_readable_sender() {
    let bytes = format!(
        "From: taro@docomo.ne.jp\nSubject:\nX-Long: {}\n\n",
        "x".repeat(HEADER_BLOCK_BYTES)
    );
    let mail = IncomingMail::parse(bytes.as_bytes());
    assert_eq!(mail.sender(), &Sender::Unreadable(String::new()));
}

#[test]
fn a_body_of_any_size_is_not_read() {
    let mut bytes = b"From: taro@docomo.ne.jp\nSubject:\n\n".to_vec();
    bytes.resize(4 * HEADER_BLOCK_BYTES, b'x');
    assert!(IncomingMail::parse(&bytes).sender_address().is_some());
}
