//! The rows of the decision table around the never-reply rules: what wins over what, and what the store's knowledge
//! and the settings change.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use karamail_core::address::EmailAddress;
use karamail_core::decide::{
    BlockRule, Decision, DuplicateAction, Known, Outcome, Reason, Rules, ShopWord, ShopWordIn, decide,
};
use karamail_core::mail::IncomingMail;

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

fn rules() -> Rules {
    Rules {
        own_addresses: vec![address("entry@shop.example.jp")],
        ..Rules::default()
    }
}

fn forwarding() -> Rules {
    Rules {
        forward: true,
        forward_targets: vec![address("manager@example.org")],
        ..rules()
    }
}

fn mail(headers: &str) -> IncomingMail {
    IncomingMail::parse(format!("{headers}\n\n").as_bytes())
}

fn signup() -> IncomingMail {
    mail("From: taro@docomo.ne.jp\nSubject:\nDate: Sat, 21 Nov 2026 12:00:00 +0900")
}

fn check(mail: &IncomingMail, rules: &Rules, known: &Known, outcome: Outcome, reason: Reason) {
    assert_eq!(decide(mail, rules, known), Decision { outcome, reason });
}

#[test]
fn row_1_our_own_test_mail_is_known_before_any_rule() {
    let ours = mail(
        "Return-Path: <>\nFrom: entry@shop.example.jp\nX-Karamail: test 0123abc\nAuto-Submitted: auto-generated",
    );
    check(
        &ours,
        &rules(),
        &Known::default(),
        Outcome::SelfTest,
        Reason::SelfTest,
    );
    assert_eq!(ours.self_test_token(), Some("0123abc"));
    let without_token = mail("From: entry@shop.example.jp\nX-Karamail: test");
    check(
        &without_token,
        &rules(),
        &Known::default(),
        Outcome::Archive,
        Reason::Ourselves,
    );
    let forged = mail("From: taro@docomo.ne.jp\nX-Karamail: test 0123abc");
    check(
        &forged,
        &rules(),
        &Known::default(),
        Outcome::Archive,
        Reason::Loop,
    );
}

#[test]
fn row_3_other_mail_is_forwarded_where_the_mailbox_forwards() {
    for (headers, reason) in [
        (
            "From: taro@docomo.ne.jp\nAuto-Submitted: auto-replied",
            Reason::AutoSubmitted,
        ),
        ("From: taro@docomo.ne.jp\nList-Id: x", Reason::List),
        ("From: noreply@example.com", Reason::MachineSender),
        ("To: x", Reason::NoSender),
        ("From: taro@docomo.ne.jp\nSubject: hello", Reason::SubjectNotEmpty),
    ] {
        check(
            &mail(headers),
            &forwarding(),
            &Known::default(),
            Outcome::Forward,
            reason,
        );
        check(
            &mail(headers),
            &rules(),
            &Known::default(),
            Outcome::Archive,
            reason,
        );
    }
}

#[test]
fn what_could_go_round_is_never_forwarded_whatever_gave_the_reason() {
    let ours = Known {
        refers_to_ours: true,
        ..Known::default()
    };
    for (headers, reason) in [
        (
            "Return-Path: <>\nFrom: taro@docomo.ne.jp\nSubject: hello",
            Reason::NullReturnPath,
        ),
        ("From: manager@example.org\nSubject: Re: hello", Reason::Ourselves),
        ("From: entry@shop.example.jp\nSubject: hello", Reason::Ourselves),
        (
            "From: taro@docomo.ne.jp\nContent-Type: multipart/report",
            Reason::Report,
        ),
        (
            "From: taro@docomo.ne.jp\nAuto-Submitted: auto-replied\nContent-Type: multipart/report",
            Reason::AutoSubmitted,
        ),
        (
            "From: taro@docomo.ne.jp\nX-Karamail: forward\nSubject: hello",
            Reason::Loop,
        ),
        (
            "From: taro@docomo.ne.jp\nPrecedence: bulk\nX-Karamail: forward\nSubject: hello",
            Reason::Precedence,
        ),
        (
            "From: taro@docomo.ne.jp\nX-Loop: entry@shop.example.jp\nSubject: hello",
            Reason::Loop,
        ),
    ] {
        check(
            &mail(headers),
            &forwarding(),
            &Known::default(),
            Outcome::Archive,
            reason,
        );
    }
    let answer = mail("From: taro@docomo.ne.jp\nSubject: Re: hello");
    check(&answer, &forwarding(), &ours, Outcome::Archive, Reason::Loop);
}

#[test]
fn row_4_configured_subjects_count_as_empty() {
    let also = Rules {
        also_empty_subjects: vec!["無題".to_owned(), "(No Subject)".to_owned()],
        ..rules()
    };
    for subject in [
        "=?UTF-8?B?54Sh6aGM?=",
        " (no subject) ",
        "=?UTF-8?B?44CA54Sh6aGM44CA?=",
    ] {
        let mail = mail(&format!("From: taro@docomo.ne.jp\nSubject: {subject}"));
        check(&mail, &also, &Known::default(), Outcome::Receipt, Reason::Signup);
        check(
            &mail,
            &rules(),
            &Known::default(),
            Outcome::Archive,
            Reason::SubjectNotEmpty,
        );
    }
}

#[test]
fn row_6_blocked_addresses_and_domains_get_nothing_and_are_not_forwarded() {
    let blocked = |entry: &str| Rules {
        blocked: vec![BlockRule::parse(entry).unwrap()],
        ..forwarding()
    };
    let from = |sender: &str| mail(&format!("From: {sender}\nSubject:"));
    for (entry, sender) in [
        ("taro@docomo.ne.jp", "Taro <TARO@docomo.ne.jp>"),
        ("a..b@docomo.ne.jp", "\"a..b\"@docomo.ne.jp"),
        ("example.com", "x@example.com"),
        ("@example.com", "x@mail.Example.com"),
        ("*@example.com", "x@example.com"),
        ("*.example.com", "x@a.example.com"),
        ("日本語.jp", "x@xn--wgv71a119e.jp"),
    ] {
        check(
            &from(sender),
            &blocked(entry),
            &Known::default(),
            Outcome::Archive,
            Reason::Blocked,
        );
    }
    for (entry, sender) in [
        ("taro@docomo.ne.jp", "taro2@docomo.ne.jp"),
        ("example.com", "x@notexample.com"),
        ("a.example.com", "x@example.com"),
    ] {
        check(
            &from(sender),
            &blocked(entry),
            &Known::default(),
            Outcome::Receipt,
            Reason::Signup,
        );
    }
    for entry in ["", "@", "a@", "a b@example.com", "..", "a b"] {
        assert!(BlockRule::parse(entry).is_err(), "{entry:?}");
    }
    let shown = |entry| BlockRule::parse(entry).unwrap().to_string();
    assert_eq!(
        (shown("*.Example.com"), shown("Taro@example.com")),
        ("@example.com".to_owned(), "Taro@example.com".to_owned())
    );
}

#[test]
fn row_7_a_spoofed_sender_is_held_only_where_a_trusted_host_says_so() {
    let with = |host: &str| {
        mail(&format!(
            "Authentication-Results: {host}; spf=fail; dmarc=fail\nFrom: taro@docomo.ne.jp\nSubject:"
        ))
    };
    let trusting = |host: &str| Rules {
        authentication_hosts: vec![host.to_owned()],
        ..rules()
    };
    let held = (Outcome::Hold, Reason::SpfFail);
    let answered = (Outcome::Receipt, Reason::Signup);
    for (header, trusted, (outcome, reason)) in [
        ("mx.example.jp", "mx.example.jp", held),
        ("MX.example.jp", "mx.EXAMPLE.jp", held),
        ("mta7.mail.example.jp", "example.jp", held),
        ("mta7.mail.example.jp", "*.example.jp", held),
        ("mx.example.com", "mx.example.jp", answered),
        ("notexample.jp", "example.jp", answered),
    ] {
        check(
            &with(header),
            &trusting(trusted),
            &Known::default(),
            outcome,
            reason,
        );
    }
    let off = Rules {
        hold_spoofed: false,
        ..rules()
    };
    check(
        &with("mx.example.jp"),
        &off,
        &Known::default(),
        Outcome::Receipt,
        Reason::Signup,
    );
    let below = mail(
        "Authentication-Results: forged.example.com; spf=pass\nAuthentication-Results: mx.example.jp; dmarc=fail\nFrom: taro@docomo.ne.jp",
    );
    check(
        &below,
        &trusting("mx.example.jp"),
        &Known::default(),
        Outcome::Hold,
        Reason::DmarcFail,
    );
    check(
        &below,
        &rules(),
        &Known::default(),
        Outcome::Receipt,
        Reason::Signup,
    );
}

#[test]
fn row_8_over_a_limit_the_mail_is_held() {
    let known = |hour, day, mailbox| Known {
        answered_address_hour: hour,
        answered_address_day: day,
        answered_mailbox_hour: mailbox,
        number: Some(1),
        ..Known::default()
    };
    let repeat = Outcome::Duplicate(DuplicateAction::Repeat);
    check(
        &signup(),
        &rules(),
        &known(2, 9, 299),
        repeat,
        Reason::KnownAddress,
    );
    check(
        &signup(),
        &rules(),
        &known(3, 3, 3),
        Outcome::Hold,
        Reason::RateLimitAddress,
    );
    check(
        &signup(),
        &rules(),
        &known(0, 10, 10),
        Outcome::Hold,
        Reason::RateLimitAddress,
    );
    check(
        &signup(),
        &rules(),
        &known(0, 0, 300),
        Outcome::Hold,
        Reason::RateLimitMailbox,
    );
    let unlimited = Rules {
        limit_address_hour: 0,
        limit_address_day: 0,
        limit_mailbox_hour: 0,
        ..rules()
    };
    check(
        &signup(),
        &unlimited,
        &known(9999, 9999, 9999),
        repeat,
        Reason::KnownAddress,
    );
}

#[test]
fn row_9_an_older_mail_on_first_contact_is_backlog() {
    let limit = |text: &str| Rules {
        backlog_before: Some(text.parse().unwrap()),
        ..rules()
    };
    check(
        &signup(),
        &limit("2026-11-21T03:00:01Z"),
        &Known::default(),
        Outcome::Backlog,
        Reason::Backlog,
    );
    check(
        &signup(),
        &limit("2026-11-21T03:00:00Z"),
        &Known::default(),
        Outcome::Receipt,
        Reason::Signup,
    );
    let undated = mail(
        "Received: from a by b\n\twith SMTP id x; Fri, 20 Nov 2026 12:00:00 +0900 (JST)\nFrom: taro@docomo.ne.jp\nDate: ?",
    );
    check(
        &undated,
        &limit("2026-11-21T00:00:00Z"),
        &Known::default(),
        Outcome::Backlog,
        Reason::Backlog,
    );
    let with_subject = mail("From: taro@docomo.ne.jp\nSubject: x\nDate: Sat, 21 Nov 2020 12:00:00 +0900");
    check(
        &with_subject,
        &limit("2026-11-21T00:00:00Z"),
        &Known::default(),
        Outcome::Archive,
        Reason::SubjectNotEmpty,
    );
}

#[test]
fn row_10_an_address_with_a_number_is_a_duplicate_as_set() {
    let known = Known {
        number: Some(12),
        ..Known::default()
    };
    for action in DuplicateAction::ALL {
        let rules = Rules {
            duplicate: action,
            ..rules()
        };
        check(
            &signup(),
            &rules,
            &known,
            Outcome::Duplicate(action),
            Reason::KnownAddress,
        );
    }
}

#[test]
fn names_of_outcomes_and_reasons_read_back() {
    for outcome in Outcome::ALL {
        assert_eq!(outcome.as_str().parse(), Ok(outcome));
    }
    for reason in Reason::ALL {
        assert_eq!(reason.to_string().parse(), Ok(reason));
    }
    for action in DuplicateAction::ALL {
        assert_eq!(action.as_str().parse(), Ok(action));
    }
    assert!("Signup".parse::<Reason>().is_err());
}

#[test]
fn row_7_where_the_shop_asks_for_a_word_a_mail_without_it_is_held() {
    let asking = |shop_word_in| Rules {
        shop_words: vec![
            ShopWord::new("さくら").unwrap(),
            ShopWord::new("Sakura 2").unwrap(),
        ],
        shop_word_in,
        ..rules()
    };
    let in_body = |shop_word_in_body| Known {
        shop_word_in_body,
        ..Known::default()
    };
    let [subject, body, either] = ShopWordIn::ALL.map(asking);
    let (held, taken) = (
        (Outcome::Hold, Reason::ShopWordMissing),
        (Outcome::Receipt, Reason::Signup),
    );
    let word = mail("From: taro@docomo.ne.jp\nSubject: ＳＡＫＵＲＡ　２");
    for (mail, rules, in_word, expected) in [
        (&signup(), &subject, true, held),
        (&signup(), &body, false, held),
        (&signup(), &body, true, taken),
        (&signup(), &either, false, held),
        (&signup(), &either, true, taken),
        (&word, &subject, false, taken),
        (&word, &either, false, taken),
        (&word, &body, false, held),
        (&word, &body, true, taken),
    ] {
        check(mail, rules, &in_body(in_word), expected.0, expected.1);
    }
    // More than the word is a subject like any other, and without shop words so is the word.
    let more = mail("From: taro@docomo.ne.jp\nSubject: sakura 2 please");
    check(
        &more,
        &either,
        &in_body(true),
        Outcome::Archive,
        Reason::SubjectNotEmpty,
    );
    check(
        &word,
        &rules(),
        &in_body(true),
        Outcome::Archive,
        Reason::SubjectNotEmpty,
    );
    // Rows above it stand.
    let blocked = Rules {
        blocked: vec![BlockRule::parse("docomo.ne.jp").unwrap()],
        ..subject
    };
    check(
        &signup(),
        &blocked,
        &in_body(false),
        Outcome::Archive,
        Reason::Blocked,
    );
}

#[test]
fn row_9_on_a_strange_day_whatever_is_not_recognised_is_backlog() {
    let strange = Rules {
        all_is_backlog: true,
        ..rules()
    };
    for headers in [
        "From: taro@docomo.ne.jp",
        "From: taro@docomo.ne.jp\nSubject: x",
        "From: noreply@example.com",
    ] {
        check(
            &mail(headers),
            &strange,
            &Known::default(),
            Outcome::Backlog,
            Reason::UidlsChanged,
        );
    }
}
