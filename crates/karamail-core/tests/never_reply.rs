//! The never-reply rules, a test for each, named after it: what the rule catches, and the look-alikes it must leave.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use karamail_core::address::EmailAddress;
use karamail_core::decide::{Decision, Known, Outcome, Reason, Rules, decide};
use karamail_core::mail::IncomingMail;

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn rules() -> Rules {
    Rules {
        own_addresses: vec![address("entry@shop.example.jp"), address("info@shop.example.jp")],
        forward_targets: vec![address("manager@example.org")],
        ..Rules::default()
    }
}

/// The headers of a person's empty mail, with `headers` in front.
fn person_with(headers: &str) -> IncomingMail {
    let rest = "From: Taro <taro@docomo.ne.jp>\nTo: entry@shop.example.jp\nSubject:\n\n";
    let separator = if headers.is_empty() { "" } else { "\n" };
    IncomingMail::parse(format!("{headers}{separator}{rest}").as_bytes())
}

fn mail_from(from: &str) -> IncomingMail {
    IncomingMail::parse(format!("From: {from}\nTo: entry@shop.example.jp\nSubject:\n\n").as_bytes())
}

fn reason(mail: &IncomingMail) -> Reason {
    decide(mail, &rules(), &Known::default()).reason
}

fn check_headers(expected: Reason, headers: &[&str]) {
    for header in headers {
        assert_eq!(reason(&person_with(header)), expected, "{header:?}");
    }
}

fn check_senders(expected: Reason, senders: &[&str]) {
    for sender in senders {
        assert_eq!(reason(&mail_from(sender)), expected, "{sender:?}");
    }
}

#[test]
fn a_person_is_answered() {
    let decision = decide(&person_with(""), &rules(), &Known::default());
    assert_eq!(
        decision,
        Decision {
            outcome: Outcome::Receipt,
            reason: Reason::Signup
        }
    );
}

#[test]
fn rule_1_null_return_path() {
    check_headers(
        Reason::NullReturnPath,
        &[
            "Return-Path: <>",
            "return-path:<>",
            "Return-Path: < > (nobody)",
            "Return-Path:\n\t<>",
            "Return-Path:",
            "Received: from a by b; x\nReturn-Path: <>",
            "Return-Path: <>\nReturn-Path: <taro@docomo.ne.jp>",
            "X-Envelope-From: <>",
        ],
    );
    check_headers(
        Reason::Signup,
        &[
            "Return-Path: <a..b@docomo.ne.jp>",
            "Return-Path: <\"a..b\"@docomo.ne.jp>",
            "Return-Path: <taro@docomo.ne.jp>\nReturn-Path: <>",
            "Return-Path: <taro@docomo.ne.jp>\nX-Envelope-From: <>",
        ],
    );
}

#[test]
fn rule_2_no_sender() {
    check_senders(
        Reason::NoSender,
        &[
            "",
            "Taro",
            "<>",
            "taro@docomo.ne.jp, jiro@docomo.ne.jp",
            "a@x.jp\nFrom: b@x.jp",
            "undisclosed:;",
        ],
    );
    for bytes in [
        &b"To: entry@shop.example.jp\nSubject:\n\n"[..],
        b"Subject: hello\n\n",
    ] {
        assert_eq!(reason(&IncomingMail::parse(bytes)), Reason::NoSender);
    }
    check_senders(
        Reason::Signup,
        &[
            "taro@docomo.ne.jp, Taro <Taro@DOCOMO.ne.jp>",
            "Yamada, Taro <taro@docomo.ne.jp>",
        ],
    );
}

#[test]
fn rule_3_ourselves() {
    check_senders(
        Reason::Ourselves,
        &[
            "entry@shop.example.jp",
            "Shop <ENTRY@Shop.Example.JP>",
            "\"info\"@shop.example.jp",
            "manager@example.org",
        ],
    );
    check_senders(
        Reason::Signup,
        &[
            "entry2@shop.example.jp",
            "\"entry@shop.example.jp\" <taro@docomo.ne.jp>",
        ],
    );
}

#[test]
fn rule_4_auto_submitted() {
    check_headers(
        Reason::AutoSubmitted,
        &[
            "Auto-Submitted: auto-generated",
            "AUTO-SUBMITTED: Auto-Replied; owner-email=\"a@example.com\"",
            "Auto-Submitted: (no) auto-replied",
            "Auto-Submitted:\n auto-replied",
            "Auto-Submitted: =?utf-8?B?YXV0by1yZXBsaWVk?=",
            "Auto-Submitted: no\nAuto-Submitted: auto-notified",
            "Auto-Submitted: nope",
            "Auto-Submitted:",
            "X-Auto-Submitted: auto-replied",
        ],
    );
    check_headers(
        Reason::Signup,
        &[
            "Auto-Submitted: no",
            "auto-submitted: NO",
            "Auto-Submitted: no; x=y",
            "Auto-Submitted: (a person) no",
            "Auto-Submitted: no (auto-replied)",
        ],
    );
}

#[test]
fn rule_5_list() {
    check_headers(
        Reason::List,
        &[
            "List-Id: <a.example.com>",
            "list-help: <mailto:h@example.com>",
            "List-Subscribe: <mailto:s@example.com>",
            "List-Unsubscribe: <mailto:u@example.com>",
            "List-Post: NO",
            "List-Owner: <mailto:o@example.com>",
            "List-Archive: <https://example.com/>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
            "Mailing-List: contact a@example.com",
            "List-Id:",
            "X-BeenThere: a@example.com",
            "X-List-Info: a",
            "X-ML-Name: members",
            "Delivered-To: mailing list a@example.com",
        ],
    );
    check_headers(
        Reason::Signup,
        &[
            "Delivered-To: entry@shop.example.jp",
            "X-Note: List-Id: <a.example.com>",
            "Listening-To: music",
        ],
    );
}

#[test]
fn rule_6_precedence() {
    check_headers(
        Reason::Precedence,
        &[
            "Precedence: bulk",
            "PRECEDENCE: Junk",
            "Precedence: list",
            "Precedence: auto_reply",
            "X-Precedence: bulk",
            "Precedence: (x) bulk (y)",
            "Precedence: =?us-ascii?Q?bulk?=",
            "Precedence:\n\tlist",
            "Precedence: normal\nPrecedence: bulk",
            "Precedence: bulk; x=y",
            "Precedence: auto-reply",
            "Precedence: auto-generated",
            "Precedence: autoreply",
            "X-Bulkmail: 2.05",
        ],
    );
    check_headers(
        Reason::Signup,
        &[
            "Precedence: normal",
            "Precedence: first-class",
            "Precedence: special-delivery",
            "Precedence: (bulk)",
        ],
    );
}

#[test]
fn rule_7_suppress() {
    check_headers(
        Reason::Suppress,
        &[
            "X-Auto-Response-Suppress: All",
            "x-auto-response-suppress: AUTOREPLY",
            "X-Auto-Response-Suppress: DR, RN, NRN, OOF",
            "X-Auto-Response-Suppress: RN,\n DR",
            "X-Auto-Response-Suppress: RN\nX-Auto-Response-Suppress: OOF",
        ],
    );
    check_headers(
        Reason::Signup,
        &[
            "X-Auto-Response-Suppress: None",
            "X-Auto-Response-Suppress: RN, NRN",
            "X-Auto-Response-Suppress:",
        ],
    );
}

#[test]
fn rule_8_auto_reply_header() {
    check_headers(
        Reason::AutoReplyHeader,
        &[
            "X-Autoreply: yes",
            "X-Autorespond: 1",
            "X-Autoresponse: 1",
            "X-Autoresponder: 1",
            "X-Mail-Autoreply: 1",
            "X-AutoReply-From: a@example.com",
            "X-Auto-Reply-From: a@example.com",
            "X-Autogenerated: Reply",
            "X-FC-Machinegenerated: true",
            "X-Apple-Action: Vacation",
            "Delivered-To: Autoresponder",
            "X400-Content-Identifier: Auto-Replied",
            "Content-Identifier: Auto-replied",
            "Content-Identifier: Auto Replied",
            "X-Auto-Reply: 1",
            "X-MS-Exchange-Inbox-Rules-Loop: a@example.com",
            "X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent",
            "X-Cron-Env: <HOME=/>",
        ],
    );
    check_headers(
        Reason::Signup,
        &[
            "X-Apple-Action: reply",
            "X-Mailer: iPhone Mail (20G75)",
            "X-MS-Exchange-MessageSentRepresentingType: 1",
            "X-MDaemon-Deliver-To: entry@shop.example.jp",
            "Content-Identifier: 12345",
            "Disposition-Notification-To: taro@docomo.ne.jp",
            "Feedback-ID: 1:user:proton",
        ],
    );
}

#[test]
fn rule_9_report() {
    check_headers(
        Reason::Report,
        &[
            "Content-Type: multipart/report; report-type=delivery-status; boundary=x",
            "Content-Type: Multipart/Report",
            "Content-Type: (x) multipart/report",
            "Content-Type: multipart/report;\n\treport-type=disposition-notification",
            "Content-Type: multipart/report; report-type=feedback-report",
            "Content-Type: multipart/mixed; report-type=delivery-status",
            "Content-Type: message/delivery-status",
            "Content-Type: text/plain\nContent-Type: multipart/report",
            "Content-Type: text/calendar; method=REPLY",
            "Content-Type: text/rfc822-headers",
            "Content-Type: message/tracking-status",
            "X-Failed-Recipients: taro@docomo.ne.jp",
        ],
    );
    check_headers(
        Reason::Signup,
        &[
            "Content-Type: multipart/mixed; boundary=\"multipart/report\"",
            "Content-Type: multipart/related; boundary=report",
            "Content-Type: text/plain; name=\"report-type=x\"",
            "Content-Type: message/rfc822",
        ],
    );
    let bounce =
        "From: MAILER-DAEMON@example.com\nContent-Type: text/plain\nSubject: failure notice\n\nHi.\n";
    assert_eq!(reason(&IncomingMail::parse(bounce.as_bytes())), Reason::Report);
    let with_parts = bounce.replace("text/plain", "multipart/mixed");
    assert_eq!(
        reason(&IncomingMail::parse(with_parts.as_bytes())),
        Reason::MachineSender
    );
}

#[test]
fn rule_10_machine_sender() {
    let machines = "mailer-daemon mail-daemon MAILER-DAEMON postmaster listserv majordomo sympa mailman smartlist mdaemon \
        owner-members members-owner members-request members-bounces bounce bounces no-reply noreply no_reply donotreply \
        do-not-reply no.reply do_not_reply noreply+x no-reply-shop shop-noreply noreply1 bounces+1=a bounce-1 auto-confirm \
        autoreply auto-reply noreplymail dont-reply root";
    for local in machines.split_ascii_whitespace() {
        check_senders(Reason::MachineSender, &[&format!("{local}@example.com")]);
    }
    let people = "owner request bouncer request.taro owner.taro postmasterfan sympathy noreplyamano rebounce mailman.taro \
        reply-taro mono-reply daemonhunter bounce.taro list info rooter";
    for local in people.split_ascii_whitespace() {
        check_senders(Reason::Signup, &[&format!("{local}@example.com")]);
    }
    check_senders(
        Reason::MachineSender,
        &["Postmaster@ezweb.ne.jp", "no-reply@docomo.ne.jp"],
    );
    check_senders(
        Reason::MachineSender,
        &[
            "Mail Delivery System <admin@example.com>",
            "Mailer-Daemon <admin@example.com>",
        ],
    );
    check_senders(
        Reason::Signup,
        &["Postmaster Fan <admin@example.com>", "Sympa <admin@example.com>"],
    );
    check_senders(Reason::Signup, &["nobody@docomo.ne.jp", "root@ezweb.ne.jp"]);
}

#[test]
fn rule_10_machine_sender_behind_the_from_address() {
    check_headers(
        Reason::MachineSender,
        &[
            "Return-Path: <members-bounces@example.com>",
            "Return-Path: <MAILER-DAEMON>",
            "Return-Path: <apache@www.example.com>",
            "Return-Path: <a@bounces.example.com>",
            "Return-Path: <SRS0=ab=CD=example.com=bounce-1@forward.example.org>",
            "Return-Path: <SRS1=ab=first.example==cd=EF=example.com=members-bounces@forward.example.org>",
            "Return-Path: <prvs=0123456789=noreply@example.com>",
            "Return-Path: <members-return-12-taro=docomo.ne.jp@example.com>",
            "Sender: members-bounces@example.com",
            "Errors-To: owner-members@example.com",
            "Reply-To: Shop <noreply@example.com>",
            "Reply-To: bounces@example.com",
            "Sender: root@example.com",
        ],
    );
    check_headers(
        Reason::Signup,
        &[
            "Return-Path: <bounces+SRS=AbC=DE@example.com>",
            "Return-Path: <SRS0=ab=CD=docomo.ne.jp=taro@bounces.example.com>",
            "Return-Path: <SRS0+ab=CD=docomo.ne.jp=taro@bounces.example.com>",
            "Return-Path: <SRS1=ab=bounces.example.org==cd=EF=docomo.ne.jp=taro@bounces.example.com>",
            "Return-Path: <SRS0=broken@bounces.example.com>",
            "Return-Path: <prvs=noreply=taro@docomo.ne.jp>",
            "Return-Path: <taro+caf_=entry=shop.example.jp@gmail.com>",
            "Return-Path: <prvs=0123456789=taro@docomo.ne.jp>",
            "Sender: taro@docomo.ne.jp",
            "Errors-To: postmaster@example.ne.jp",
            "Reply-To: taro@example.com",
        ],
    );
}

#[test]
fn rule_11_loop() {
    check_headers(
        Reason::Loop,
        &[
            "X-Karamail: receipt",
            "x-karamail:",
            "X-Karamail: test 123",
            "X-Loop: entry@shop.example.jp",
            "X-Loop: <INFO@shop.example.jp> (loop)",
        ],
    );
    check_headers(
        Reason::Signup,
        &[
            "X-Loop: other@example.com",
            "X-Loop: not-entry@shop.example.jp",
            "X-Loop: yes",
        ],
    );
    let ours = Known {
        refers_to_ours: true,
        ..Known::default()
    };
    assert_eq!(decide(&person_with(""), &rules(), &ours).reason, Reason::Loop);
}

#[test]
fn rule_12_not_addressed() {
    let elsewhere = IncomingMail::parse(b"From: taro@docomo.ne.jp\nTo: other@example.com\nSubject:\n\n");
    let strict = Rules {
        require_addressed: true,
        ..rules()
    };
    assert_eq!(
        decide(&elsewhere, &strict, &Known::default()).reason,
        Reason::NotAddressed
    );
    assert_eq!(reason(&elsewhere), Reason::Signup, "the switch is off by itself");
    for field in [
        "Cc: Shop <Info@shop.example.jp>",
        "To: a@example.com, entry@shop.example.jp",
        "Resent-To: entry@shop.example.jp",
    ] {
        let mail = IncomingMail::parse(format!("From: taro@docomo.ne.jp\n{field}\nSubject:\n\n").as_bytes());
        assert_eq!(
            decide(&mail, &strict, &Known::default()).reason,
            Reason::Signup,
            "{field}"
        );
    }
}

#[test]
fn the_first_rule_that_holds_gives_the_reason() {
    let all = "Return-Path: <>\nAuto-Submitted: auto-replied\nList-Id: x\nPrecedence: bulk\nX-Autoreply: 1";
    assert_eq!(reason(&person_with(all)), Reason::NullReturnPath);
    assert_eq!(
        reason(&person_with("Precedence: bulk\nList-Id: x\nAuto-Submitted: x")),
        Reason::AutoSubmitted
    );
    assert_eq!(
        reason(&person_with("X-Autoreply: 1\nPrecedence: bulk\nList-Id: x")),
        Reason::List
    );
}
