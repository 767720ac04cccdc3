//! What holds for every mail: parsing never panics, and how a mail is written does not change what is decided.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use karamail_core::address::{EmailAddress, is_blank};
use karamail_core::decide::{Decision, Known, Rules, decide, is_empty_subject};
use karamail_core::mail::IncomingMail;
use proptest::prelude::*;

fn rules() -> Rules {
    Rules {
        own_addresses: vec![EmailAddress::parse("entry@shop.example.jp").unwrap()],
        ..Rules::default()
    }
}

fn decided(bytes: &[u8]) -> Decision {
    decide(&IncomingMail::parse(bytes), &rules(), &Known::default())
}

/// Asks for every fact, so that a panic in any of them shows.
fn ask_everything(bytes: &[u8]) {
    let mail = IncomingMail::parse(bytes);
    let _ = (
        mail.sender(),
        mail.subject(),
        mail.message_id(),
        mail.references(),
        mail.date(),
        mail.received_at(),
    );
    let _ = (
        mail.content_key(Some(1)),
        mail.return_path(),
        mail.authentication(&[]),
        mail.self_test_token(),
    );
    let hosts = ["mx.example.jp".to_owned()];
    let _ = mail.authentication(&hosts);
    let strict = Rules {
        require_addressed: true,
        backlog_before: Some(jiff::Timestamp::UNIX_EPOCH),
        ..rules()
    };
    decide(&mail, &strict, &Known::default());
}

/// A header field that some rule looks at, or none does.
fn field() -> impl Strategy<Value = (String, String)> {
    let names = prop::sample::select(vec![
        "From",
        "To",
        "Cc",
        "Subject",
        "Auto-Submitted",
        "Precedence",
        "List-Id",
        "Return-Path",
        "Content-Type",
        "X-Auto-Response-Suppress",
        "X-Autoreply",
        "X-Loop",
        "X-Karamail",
        "Authentication-Results",
        "X-Mailer",
        "Delivered-To",
        "Message-ID",
        "Date",
        "Received",
        "Sender",
        "Reply-To",
    ]);
    let values = prop::sample::select(vec![
        "",
        "no",
        "auto-replied",
        "bulk",
        "<>",
        "taro@docomo.ne.jp",
        "\"a..b\"@docomo.ne.jp",
        "Taro <taro@docomo.ne.jp>",
        "=?UTF-8?B?44CA?=",
        "=?ISO-2022-JP?B?GyRCGyhC?=",
        "hello",
        "All",
        "multipart/report; report-type=delivery-status",
        "mx.example.jp; spf=fail smtp.mailfrom=x; dmarc=pass",
        "noreply@example.com",
        "entry@shop.example.jp",
        "test 123",
        "(a comment) no",
        "Autoresponder",
        "a, b@example.jp",
        "iPhone Mail (20G75)",
        "Sat, 21 Nov 2026 12:00:00 +0900",
    ]);
    (names.prop_map(str::to_owned), values.prop_map(str::to_owned))
}

fn fields() -> impl Strategy<Value = Vec<(String, String)>> {
    let rest = prop::collection::vec(field(), 0..8);
    rest.prop_map(|mut fields| {
        fields.push(("From".to_owned(), "Taro <taro@docomo.ne.jp>".to_owned()));
        fields
    })
}

fn written(fields: &[(String, String)], line_end: &str) -> Vec<u8> {
    let lines = fields
        .iter()
        .map(|(name, value)| format!("{name}: {value}{line_end}"));
    (lines.collect::<String>() + line_end).into_bytes()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn parsing_never_panics_on_bytes(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        ask_everything(&bytes);
    }

    #[test]
    fn parsing_never_panics_on_bytes_that_look_like_headers(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                &b"From:"[..], b"Subject:", b"Authentication-Results:", b"Date:", b"Return-Path:", b"Received:", b"=?",
                b"?=", b"?B?", b"?q?", b"ISO-2022-JP", b"utf-7", b"\x1b$B", b"\x1b(B", b"\x1b", b"\"", b"\\", b"(", b")",
                b"<", b">", b"@", b",", b";", b":", b".", b" ", b"\t", b"\r", b"\n", b"\r\n", b"\n ", b"\0", b"\xff",
                b"\x81\x40", b"\xa1\xa1", b"\xe3\x80\x80", b"a", b"example.jp", b"=", b"/", b"spf", b"fail", b"99999", b"+",
            ]),
            0..60,
        )
    ) {
        ask_everything(&pieces.concat());
    }

    #[test]
    fn parsing_never_panics_on_a_damaged_mail(
        fields in fields(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..10),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = written(&fields, "\r\n");
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes.truncate(cut.index(bytes.len()) + 1);
        ask_everything(&bytes);
    }

    #[test]
    fn line_ends_do_not_change_the_decision(fields in fields()) {
        let expected = decided(&written(&fields, "\n"));
        for line_end in ["\r\n", "\r\r\n", "\r"] {
            prop_assert_eq!(decided(&written(&fields, line_end)), expected, "{:?}", line_end);
        }
    }

    #[test]
    fn case_folding_and_blanks_do_not_change_the_decision(
        fields in fields(),
        upper in any::<bool>(),
        before in prop::sample::select(vec!["", " ", "\n ", "\n\t", " \n \n ", "\t  "]),
        after in prop::sample::select(vec!["", " ", "\t", "\n ", "  \n\t"]),
    ) {
        let changed: Vec<(String, String)> = fields
            .iter()
            .map(|(name, value)| {
                let name = if upper { name.to_uppercase() } else { name.to_lowercase() };
                (name, format!("{before}{}{after}", value.replace("; ", ";\n\t")))
            })
            .collect();
        prop_assert_eq!(decided(&written(&changed, "\n")), decided(&written(&fields, "\n")));
    }

    #[test]
    fn a_comment_does_not_change_the_decision(
        fields in fields(),
        comment in "[ -'*-\\[\\]-~]{0,20}",
    ) {
        let structured = |name: &str| ["Auto-Submitted", "Precedence", "Return-Path", "Content-Type"].contains(&name);
        let changed: Vec<(String, String)> = fields
            .iter()
            .map(|(name, value)| match structured(name) {
                true => (name.clone(), format!("({comment}) {value} ({comment})")),
                false => (name.clone(), value.clone()),
            })
            .collect();
        prop_assert_eq!(decided(&written(&changed, "\n")), decided(&written(&fields, "\n")));
    }

    #[test]
    fn a_mail_ends_where_its_header_ends(fields in fields(), body in "[ -~\n]{0,200}") {
        let header = written(&fields, "\n");
        let whole = [&header[..], body.as_bytes()].concat();
        prop_assert_eq!(decided(&whole), decided(&header));
        let key = |bytes: &[u8]| IncomingMail::parse(bytes).content_key(Some(9));
        prop_assert_eq!(key(&whole), key(&header));
    }

    #[test]
    fn blanks_alone_are_an_empty_subject(subject in "\\PC{0,20}|[ \u{3000}\u{200b}\t\u{feff}\u{a0}]{0,20}") {
        let text = subject.trim_matches(is_blank);
        prop_assert_eq!(is_empty_subject(&subject, &[]), text.is_empty());
        let padded = format!("\u{3000} {subject}\u{200b}\t");
        prop_assert_eq!(is_empty_subject(&padded, &[]), text.is_empty());
    }

    #[test]
    fn the_display_name_does_not_change_the_customer(
        name in "[^\"\\\\\r\n\u{1b}\u{0}]{0,30}",
        local in "[a-z0-9][a-z0-9._/?+-]{0,20}",
    ) {
        prop_assume!(!name.contains("=?"));
        let plain = format!("{local}@docomo.ne.jp");
        let key = EmailAddress::parse(&plain).unwrap().key();
        for from in [
            plain.clone(),
            format!("\"{name}\" <{plain}>"),
            format!("\"{name}\"\n\t<\"{local}\"@DOCOMO.ne.jp>"),
            format!("\"{name}\" {plain}"),
            format!("{plain} (x)"),
            format!("\u{3000}{}\u{3000}", plain.to_uppercase()),
        ] {
            let mail = IncomingMail::parse(format!("From: {from}\n\n").as_bytes());
            prop_assert_eq!(mail.sender_address().map(EmailAddress::key), Some(key.clone()), "{:?}", mail.sender());
        }
    }
}
