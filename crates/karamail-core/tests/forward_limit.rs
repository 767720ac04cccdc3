//! Forwards follow the mailbox's hourly limit, the last guard against a loop of forwards that nothing else shows.

use karamail_core::decide::{Known, Outcome, Reason, Rules, decide};
use karamail_core::mail::IncomingMail;

fn check(limit: u32, forwarded: u32, outcome: Outcome) {
    let question = IncomingMail::parse(b"From: asker@example.jp\r\nSubject: opening hours\r\n\r\n");
    let rules = Rules {
        forward: true,
        limit_mailbox_hour: limit,
        ..Rules::default()
    };
    let known = Known {
        forwarded_mailbox_hour: forwarded,
        ..Known::default()
    };
    let decision = decide(&question, &rules, &known);
    assert_eq!(
        (decision.outcome, decision.reason),
        (outcome, Reason::SubjectNotEmpty),
        "{forwarded} of {limit}"
    );
}

#[test]
fn forwards_follow_the_limit_of_the_mailbox() {
    check(3, 2, Outcome::Forward);
    check(3, 3, Outcome::Archive);
    check(0, 100_000, Outcome::Forward);
}
