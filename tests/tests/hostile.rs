//! Mails of a size that nobody writes, against the real program: it goes on, answers the next customer, and its memory stays within
//! what its limits promise (docs/HOSTILE.md). The mails are made while they are sent.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use karamail_tests::flood::{Flood, FloodMail, Writing};
use karamail_tests::program::{Finished, Program};
use karamail_tests::settings::{Endpoint, Settings};
use karamail_tests::sink::Sink;

/// What the program may need at its peak whatever a mail's size, KiB: 20 MB at rest, a header of 1 MB in a few copies, the read
/// buffers, and as much again, as an unoptimised build needs more.
const PEAK_KIB: u64 = 96 * 1024;
/// Longest one such run may take; a machine with much else to do sends 100 MB in seconds.
const BOUND: Duration = Duration::from_secs(280);
const MEGABYTE: usize = 1024 * 1024;

fn repeated(before: &'static str, piece: String, times: usize, behind: &'static str) -> Box<Writing> {
    Box::new(move |to| {
        to.write_all(before.as_bytes())?;
        for _ in 0..times {
            to.write_all(piece.as_bytes())?;
        }
        to.write_all(behind.as_bytes())
    })
}

fn plain(text: &'static str) -> Box<Writing> {
    Box::new(move |to| to.write_all(text.as_bytes()))
}

/// A mail that is listed as a small one, as the limits must hold whatever a server says.
fn mail(header: Box<Writing>, body: Box<Writing>) -> FloodMail {
    FloodMail {
        listed: 1_000,
        header,
        body,
    }
}

/// The customer who comes behind the attack.
fn customer() -> FloodMail {
    mail(
        plain("From: hanako@docomo.example\r\nTo: touroku@shop.example\r\nMessage-ID: <h@x>\r\nSubject:\r\n"),
        plain(""),
    )
}

const SENDER: &str =
    "From: evil@example.net\r\nTo: touroku@shop.example\r\nMessage-ID: <evil@x>\r\nSubject: big\r\n";
const SIGNUP: &str = "From: taro@docomo.example\r\nMessage-ID: <t@x>\r\nSubject:\r\n";

/// Polls twice with that mail in front of a customer's; the second poll finds what the first left. Panics unless the customer has
/// the number and the program stayed within its bounds.
#[track_caller]
fn attack(what: &str, mail: FloodMail, has_top: bool) -> (Vec<String>, Finished) {
    poll(what, vec![mail, customer()], has_top)
}

/// The same with these mails, of which the last one is the customer's.
#[track_caller]
fn poll(what: &str, mails: Vec<FloodMail>, has_top: bool) -> (Vec<String>, Finished) {
    let last_one = mails.len();
    let flood = Flood::start(mails, has_top);
    let sink = Sink::start();
    let settings = Settings::one(
        Endpoint::local(flood.port(), "none", "touroku", "secret"),
        Endpoint::local(sink.port(), "none", "", ""),
    );
    let program = Program::install(&settings);
    let mut last = None;
    for _ in 0..2 {
        let finished = program.start(&["once", "--json"], &[]).finish(BOUND);
        println!(
            "{what}: {} MB sent, {} KiB resident at most, {:.1} s, exit {:?}",
            flood.sent() / MEGABYTE as u64,
            finished.peak_kib,
            finished.took.as_secs_f64(),
            finished.code()
        );
        assert!(
            finished.code().is_some(),
            "{what}: it was killed\n{}",
            finished.stderr
        );
        assert!(
            !finished.stderr.contains("panicked"),
            "{what}: {}",
            finished.stderr
        );
        assert!(
            finished.peak_kib < PEAK_KIB,
            "{what}: {} KiB resident, {PEAK_KIB} promised",
            finished.peak_kib
        );
        last = Some(finished);
    }
    let receivers: Vec<String> = sink.accepted().into_iter().flat_map(|mail| mail.to).collect();
    assert!(
        receivers.iter().any(|to| to == "hanako@docomo.example"),
        "{what}: the customer behind it has no number: {receivers:?}\n{}",
        last.map_or(String::new(), |finished| finished.stdout)
    );
    assert!(
        flood.deleted().contains(&last_one),
        "{what}: {:?}",
        flood.deleted()
    );
    (receivers, last.unwrap())
}

#[test]
fn a_header_of_100_mb_in_one_line_costs_a_bounded_memory_and_answers_nobody() {
    for has_top in [true, false] {
        let header = repeated(
            "From: taro@docomo.example\r\nSubject:\r\nX-Long: ",
            "x".repeat(MEGABYTE),
            100,
            "\r\n",
        );
        let (receivers, _) = attack("a header line of 100 MB", mail(header, plain("")), has_top);
        assert_eq!(receivers, ["hanako@docomo.example"]);
    }
}

#[test]
fn a_header_of_100_mb_in_many_lines_costs_a_bounded_memory_and_answers_nobody() {
    let lines = "X-Many: one of very many\r\n".repeat(MEGABYTE / 26);
    let (receivers, _) = attack(
        "a header of 100 MB",
        mail(repeated(SIGNUP, lines, 100, ""), plain("")),
        true,
    );
    assert_eq!(receivers, ["hanako@docomo.example"]);
}

#[test]
fn a_mail_of_100_mb_costs_a_bounded_memory() {
    let body = repeated("", format!("{}\r\n", "x".repeat(1022)).repeat(1024), 100, "");
    attack("a mail of 100 MB", mail(plain(SENDER), body), true);
}

#[test]
fn a_mail_of_a_million_parts_costs_a_bounded_memory() {
    const HEAD: &str = "From: evil@example.net\r\nMessage-ID: <p@x>\r\nSubject: parts\r\nContent-Type: multipart/mixed; boundary=b\r\n";
    let parts = "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n".repeat(1_000);
    attack(
        "1,000,000 parts",
        mail(plain(HEAD), repeated("", parts, 1_000, "--b--\r\n")),
        true,
    );
}

#[test]
fn a_report_of_a_million_parts_and_mails_in_mails_costs_a_bounded_memory() {
    const HEAD: &str = "From: MAILER-DAEMON@example.net\r\nMessage-ID: <q@x>\r\nSubject: failed\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n";
    let parts = "--b\r\nContent-Type: message/delivery-status\r\n\r\nx\r\n".repeat(1_000);
    attack(
        "a report of 1,000,000 parts",
        mail(plain(HEAD), repeated("", parts, 1_000, "--b--\r\n")),
        true,
    );
    let levels = "Content-Type: message/rfc822\r\n\r\n".repeat(1_000);
    attack(
        "100,000 mails in mails",
        mail(plain(HEAD), repeated("--b\r\n", levels, 100, "")),
        true,
    );
    let nested = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n".repeat(1_000);
    attack(
        "100,000 levels",
        mail(plain(HEAD), repeated("--b\r\n", nested, 100, "")),
        true,
    );
}

#[test]
fn a_mail_to_10_000_recipients_is_answered_once() {
    let recipients = "r-one-of-very-many@docomo.example,\r\n ".repeat(10_000);
    let header = repeated(
        "From: taro@docomo.example\r\nMessage-ID: <r@x>\r\nSubject:\r\nTo: ",
        recipients,
        1,
        "touroku@shop.example\r\n",
    );
    let (mut receivers, _) = attack("10,000 recipients", mail(header, plain("")), true);
    receivers.sort();
    assert_eq!(receivers, ["hanako@docomo.example", "taro@docomo.example"]);
}

#[test]
fn many_headers_of_a_megabyte_cost_a_bounded_memory() {
    // Each a little below the limit, so that they are read whole.
    let header = || {
        repeated(
            SIGNUP,
            "X-Many: one of very many\r\n".repeat(4),
            4_900 / 4 * 2,
            "",
        )
    };
    let long = || repeated(SIGNUP, format!("X-Long: {}\r\n", "x".repeat(900)), 1_100, "");
    let mut mails: Vec<FloodMail> = (0..200)
        .map(|nth| FloodMail {
            listed: MEGABYTE as u64,
            header: if nth % 2 == 0 { header() } else { long() },
            body: plain(""),
        })
        .collect();
    mails.push(customer());
    poll("200 headers of 1 MB", mails, true);
}
