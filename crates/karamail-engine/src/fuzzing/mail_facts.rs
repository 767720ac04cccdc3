//! A mail as it comes from anyone: its facts, what is decided, and the answer.

use jiff::civil::date;
use jiff::tz::TimeZone;
use karamail_core::address::EmailAddress;
use karamail_core::compose::{Letter, Marker, compose_letter};
use karamail_core::decide::{Decision, DuplicateAction, Known, Outcome, Rules, ShopWord, ShopWordIn, decide};
use karamail_core::mail::{IncomingMail, body_text};

use super::letter;
use super::plain_header::PlainHeader;

const OURS: &str = "entry@shop.example.jp";
const FORWARD: &str = "boss@shop.example.jp";

/// Any bytes, as a mail.
///
/// # Panics
/// Where a promise is broken.
pub fn check(bytes: &[u8]) {
    let mail = IncomingMail::parse(bytes);
    let plain = PlainHeader::read(bytes);
    for (rules, known) in cases() {
        let decision = decide(&mail, &rules, &known);
        let again = decide(&IncomingMail::parse(bytes), &rules, &known);
        assert_eq!(decision, again, "the same every time");
        if is_answered(decision) {
            let sender = mail.sender_address().expect("whoever is answered has an address");
            is_answerable(sender);
            if let Some(header) = &plain {
                let forbidden = forbids_an_answer(header);
                assert_eq!(forbidden, None, "{decision:?} although {forbidden:?}");
                // Who leaves says so in the subject, and where a word is asked for it may be all of the subject.
                let says_something = header.values("subject").any(|subject| !subject.is_empty());
                let may_say = decision.outcome == Outcome::OptOut || !rules.shop_words.is_empty();
                assert!(
                    !says_something || may_say,
                    "{decision:?} although the subject says something"
                );
            }
        }
        if decision.outcome == Outcome::Forward {
            assert!(rules.forward, "nobody asked for forwards");
            if let Some(header) = &plain {
                assert!(!header.has_field(&["x-karamail"]), "forwarded twice");
                assert!(
                    header.values("return-path").next() != Some("<>"),
                    "a forward that may loop"
                );
            }
        }
    }
    is_the_same_however_it_comes(bytes, &mail, plain.is_some());
    answer(&mail);
    let text = body_text(bytes);
    assert_eq!(text, body_text(bytes), "the same every time");
}

fn cases() -> [(Rules, Known); 3] {
    let address = |text: &str| EmailAddress::parse(text).unwrap();
    let rules = Rules {
        own_addresses: vec![address(OURS)],
        forward_targets: vec![address(FORWARD)],
        hold_spoofed: false,
        ..Rules::default()
    };
    let strict = Rules {
        forward: true,
        hold_spoofed: true,
        require_addressed: true,
        authentication_hosts: vec!["mx.example.jp".to_owned()],
        shop_words: vec![ShopWord::new("さくら").unwrap()],
        shop_word_in: ShopWordIn::Either,
        ..rules.clone()
    };
    let leaving = Rules {
        forward: true,
        opt_out_words: vec!["退会".to_owned(), "leave".to_owned()],
        duplicate: DuplicateAction::NewNumber,
        ..rules.clone()
    };
    let member = Known {
        number: Some(7),
        ..Known::default()
    };
    [
        (rules, Known::default()),
        (strict, Known::default()),
        (leaving, member),
    ]
}

fn is_answered(decision: Decision) -> bool {
    match decision.outcome {
        Outcome::Receipt | Outcome::Duplicate(_) | Outcome::OptOut => true,
        Outcome::SelfTest | Outcome::Forward | Outcome::Archive | Outcome::Hold | Outcome::Backlog => false,
    }
}

/// The plainest of the never-reply rules, read by the second opinion.
fn forbids_an_answer(header: &PlainHeader) -> Option<&'static str> {
    let from: Vec<&str> = header.values("from").collect();
    let machines = [
        "mailer-daemon",
        "postmaster",
        "no-reply",
        "noreply",
        "majordomo",
        "donotreply",
    ];
    let is_machine = |from: &&str| {
        // Nothing but an address: of `noreply@ a@b` our reader makes what it can.
        let (local, domain) = from.split_once('@').unwrap_or_default();
        let is_domain = domain
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
        is_domain && !domain.is_empty() && machines.iter().any(|name| local.eq_ignore_ascii_case(name))
    };
    let rules = [
        (
            "null-return-path",
            header.values("return-path").next() == Some("<>"),
        ),
        ("no-sender", from.is_empty()),
        ("ourselves", header.has(&["from"], &[OURS, FORWARD])),
        (
            "auto-submitted",
            header.has(
                &["auto-submitted"],
                &["auto-replied", "auto-generated", "auto-notified"],
            ),
        ),
        (
            "list",
            header.has_field(&[
                "list-id",
                "list-help",
                "list-subscribe",
                "list-unsubscribe",
                "list-post",
                "list-owner",
            ]),
        ),
        (
            "precedence",
            header.has(
                &["precedence", "x-precedence"],
                &["bulk", "junk", "list", "auto_reply"],
            ),
        ),
        (
            "suppress",
            header.has(&["x-auto-response-suppress"], &["all", "autoreply", "oof", "dr"]),
        ),
        (
            "auto-reply-header",
            header.has_field(&[
                "x-autoreply",
                "x-autorespond",
                "x-autoresponder",
                "x-autogenerated",
            ]),
        ),
        (
            "report",
            header.has(
                &["content-type"],
                &["multipart/report", "message/delivery-status"],
            ) || header.has_field(&["x-failed-recipients"]),
        ),
        ("machine-sender", from.len() == 1 && from.iter().all(is_machine)),
        (
            "loop",
            header.has_field(&["x-karamail"]) || header.has(&["x-loop"], &[OURS]),
        ),
    ];
    rules.into_iter().find(|(_, holds)| *holds).map(|(name, _)| name)
}

/// Whoever is answered is one reader, and reading his address again gives the same customer.
fn is_answerable(sender: &EmailAddress) {
    for text in [sender.to_envelope(), sender.to_string(), sender.key()] {
        assert!(!text.contains(char::is_control), "{text:?}");
    }
    for text in [sender.to_envelope(), sender.to_string()] {
        assert_eq!(EmailAddress::parse(&text).as_ref(), Ok(sender), "{text:?}");
    }
    let (local, domain) = (sender.local(), sender.domain());
    assert!(!local.is_empty() && domain.is_ascii() && !domain.contains(['@', ' ', ',', '<', '>', ';']));
    let key = EmailAddress::parse(&sender.to_envelope()).map(|again| again.key());
    assert_eq!(key, Ok(sender.key()));
    assert_ne!(sender.key(), OURS, "we answer ourselves");
    assert_ne!(sender.key(), FORWARD, "we answer ourselves");
}

/// Line ends and what stands below the header change nothing.
fn is_the_same_however_it_comes(bytes: &[u8], mail: &IncomingMail, is_plain: bool) {
    let (rules, known) = cases().into_iter().next().unwrap();
    let decision = decide(mail, &rules, &known);
    let alike = |other: &[u8], what: &str| {
        let other = IncomingMail::parse(other);
        assert_eq!(decide(&other, &rules, &known), decision, "{what}");
        assert_eq!(other.content_key(None), mail.content_key(None), "{what}");
    };
    if !bytes.contains(&b'\r') {
        let mut with_returns = Vec::with_capacity(bytes.len() + 64);
        for byte in bytes {
            if *byte == b'\n' {
                with_returns.push(b'\r');
            }
            with_returns.push(*byte);
        }
        alike(&with_returns, "with CRLF");
    }
    if is_plain {
        let ends = [&b"\n\n"[..], b"\n\r\n"];
        let end_of = |end: &&[u8]| {
            bytes
                .windows(end.len())
                .position(|part| part == *end)
                .map(|at| at + end.len())
        };
        if let Some(end) = ends.iter().filter_map(end_of).min() {
            alike(&bytes[..end], "its header alone");
        }
    }
}

/// The receipt for this mail is one letter to its sender.
fn answer(mail: &IncomingMail) {
    let Some(sender) = mail.sender_address() else {
        return;
    };
    let from = EmailAddress::parse(OURS).unwrap();
    let at = date(2026, 11, 21)
        .at(14, 5, 0, 0)
        .to_zoned(TimeZone::UTC)
        .unwrap();
    let bytes = compose_letter(&Letter {
        from: &from,
        display_name: "さくら食堂",
        reply_to: None,
        to: sender,
        subject: mail.subject(),
        body: "1\n",
        signature: "",
        message_id: "receipt.00.1@example.jp",
        date: &at,
        in_reply_to: mail.message_id(),
        marker: Marker::Receipt,
    });
    letter::is_one_letter(&bytes, sender, mail.subject(), "1\n", mail.message_id().is_some());
}
