//! The mails of a play: customers, people with questions, machines, forgers.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::random::Random;
use super::world::Kind;

/// A mail to one of our mailboxes, and whom it is from.
pub(super) fn mail(
    dice: &mut Random,
    kind: Kind,
    nth: usize,
    ours: &[String],
    to: &str,
    now: Timestamp,
) -> (String, Vec<u8>) {
    let address = match kind {
        Kind::Signup => customer(dice),
        Kind::Other => format!("asker{}@example.com", dice.below(4)),
        Kind::Spoofed => format!("forged{nth}@example.net"),
        Kind::Automatic => format!("robot{nth}@example.org"),
    };
    let mut header = String::new();
    let mut from = match dice.below(3) {
        0 => address.clone(),
        1 => format!("<{address}>"),
        _ => format!("=?utf-8?B?5bGx55Sw?= <{address}>"),
    };
    let mut subject = match kind {
        Kind::Other => *dice.one_of(&["Subject: opening hours\r\n", "Subject: =?utf-8?B?6LOq5ZWP?=\r\n"]),
        _ => *dice.one_of(&[
            "Subject:\r\n",
            "Subject: \r\n",
            "",
            "Subject: =?utf-8?B?44CA?=\r\n",
        ]),
    };
    let mut body = String::new();
    match kind {
        Kind::Spoofed => {
            header.push_str(
                "Authentication-Results: mx.shop.example; spf=fail smtp.mailfrom=x.example; dmarc=fail\r\n",
            );
        }
        Kind::Automatic => match dice.below(AUTOMATIC.len() as u64 + 3) {
            0 => from = format!("<{}>", dice.one_of(ours)),
            1 => {
                from = "MAILER-DAEMON@example.org".to_owned();
                subject = "Subject: Undelivered\r\n";
                header.push_str("Return-Path: <>\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n");
                body.push_str("--b\r\n\r\nIt could not be delivered.\r\n--b--\r\n");
            }
            2 => from = format!("no-reply@robot{nth}.example.org"),
            _ => header.push_str(dice.one_of::<&str>(&AUTOMATIC)),
        },
        Kind::Other => {
            for line in 0..dice.below(12) {
                body.push_str(dice.one_of::<&str>(&[
                    "How late are you open?",
                    ".dotted",
                    "..twice",
                    "",
                    ".",
                    "+OK",
                    "-ERR no",
                ]));
                body.push_str(&format!("{}\r\n", if line % 3 == 0 { " " } else { "" }));
            }
        }
        Kind::Signup => {
            if dice.in_thousand(300) {
                body.push_str("-- \r\nSent from my phone\r\n");
            }
        }
    }
    if kind != Kind::Automatic && dice.in_thousand(300) {
        header.push_str(&format!("Return-Path: <{address}>\r\n"));
    }
    header.push_str(&format!("From: {from}\r\nTo: {to}\r\n{subject}"));
    if !dice.in_thousand(60) {
        let date = jiff::fmt::rfc2822::to_string(&now.to_zoned(TimeZone::UTC)).unwrap();
        header.push_str(&format!("Date: {date}\r\n"));
    }
    if !dice.in_thousand(60) {
        // Some senders repeat theirs.
        let id = match dice.in_thousand(30) {
            true => "always-the-same".to_owned(),
            false => format!("m{nth}"),
        };
        header.push_str(&format!(
            "Message-ID: <{id}@{}>\r\n",
            address.split('@').next_back().unwrap()
        ));
    } else {
        header.push_str(&format!("X-Nth: {nth}\r\n"));
    }
    (address, format!("{header}\r\n{body}").into_bytes())
}

/// What forbids an answer (never-reply.md), each alone.
const AUTOMATIC: [&str; 12] = [
    "Return-Path: <>\r\n",
    "Auto-Submitted: auto-replied\r\n",
    "Auto-Submitted: Auto-Generated (a machine)\r\n",
    "List-Id: news <news.example.org>\r\n",
    "List-Unsubscribe: <mailto:leave@example.org>\r\n",
    "Precedence: bulk\r\n",
    "X-Precedence: JUNK\r\n",
    "X-Auto-Response-Suppress: OOF, AutoReply\r\n",
    "X-Autoreply: yes\r\n",
    "X-Failed-Recipients: somebody@example.org\r\n",
    "X-Karamail: receipt\r\n",
    "Delivered-To: autoresponder\r\n",
];

/// One of a few customers, written one way or another.
fn customer(dice: &mut Random) -> String {
    let nth = dice.below(7);
    match (nth, dice.below(4)) {
        (0, 0) => "A..B.@DoCoMo.ne.jp".to_owned(),
        (0, _) => "a..b.@docomo.ne.jp".to_owned(),
        (nth, 0) => format!("Customer{nth}@EXAMPLE.jp"),
        (nth, _) => format!("customer{nth}@example.jp"),
    }
}
