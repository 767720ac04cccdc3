use super::*;
use crate::words::{Language, Told};

fn check(step: Step, code: u16, text: &str, expected: Verdict) {
    assert_eq!(
        judge(step, Answer { code, text }),
        expected,
        "{step:?} {code} {text}"
    );
}

#[test]
fn answers_about_the_customer_settle_the_letter() {
    use Step::{Content, Data, Recipient};
    check(Content, 250, "2.0.0 Ok: queued as 4X", Verdict::Accepted);
    check(Recipient, 550, "Unknown user taro@docomo.ne.jp", Verdict::Refused);
    check(Data, 550, "Unknown user", Verdict::Refused);
    check(Content, 550, "Unknown user taro@docomo.ne.jp", Verdict::Refused);
    check(
        Recipient,
        554,
        "5.7.1 <taro@x.jp>: Recipient address rejected: Access denied",
        Verdict::Refused,
    );
    check(
        Content,
        554,
        "5.7.1 Message blocked: link on the Spamhaus blocklist",
        Verdict::Refused,
    );
    check(Recipient, 552, "5.2.2 Mailbox full", Verdict::Refused);
    check(
        Recipient,
        501,
        "5.1.3 Bad recipient address syntax",
        Verdict::Refused,
    );
    check(
        Recipient,
        550,
        "5.1.1 <relay-access-denied@x.jp>: your account is unknown",
        Verdict::Refused,
    );
    check(
        Recipient,
        550,
        "<pop-before-smtp@x.jp>: User unknown",
        Verdict::Refused,
    );
    check(
        Step::MailFrom,
        552,
        "message size exceeds fixed limit",
        Verdict::Refused,
    );
    check(Step::MailFrom, 550, "5.3.4 too big", Verdict::Refused);
}

#[test]
fn answers_for_the_time_being_mean_again() {
    for step in [Step::Recipient, Step::Data, Step::Content] {
        for code in [421, 450, 451, 452] {
            check(
                step,
                code,
                "4.7.1 Greylisted, please try again later",
                Verdict::Again,
            );
        }
    }
    check(
        Step::MailFrom,
        452,
        "4.3.1 Insufficient system storage",
        Verdict::Again,
    );
    check(Step::Content, 354, "go on", Verdict::Again);
    check(Step::Data, 250, "out of step", Verdict::Again);
}

#[test]
fn answers_about_us_never_refuse_a_customer() {
    use Step::{Content, MailFrom, Recipient};
    for step in [Step::Greeting, Step::Hello, Step::StartTls, Step::Authentication] {
        for code in [250, 421, 454, 500, 535, 554] {
            check(step, code, "", Verdict::ServerTrouble);
        }
    }
    check(MailFrom, 421, "too many connections", Verdict::ServerTrouble);
    check(
        MailFrom,
        530,
        "5.7.0 Authentication required",
        Verdict::ServerTrouble,
    );
    check(
        MailFrom,
        553,
        "5.7.1 <shop@x.jp>: Sender address rejected: not owned by user",
        Verdict::ServerTrouble,
    );
    check(
        Recipient,
        530,
        "Must issue a STARTTLS command first",
        Verdict::ServerTrouble,
    );
    check(
        Recipient,
        554,
        "5.7.1 <taro@x.jp>: Relay access denied",
        Verdict::ServerTrouble,
    );
    check(Recipient, 550, "relay not permitted", Verdict::ServerTrouble);
    // qmail with POP before SMTP.
    check(
        Recipient,
        553,
        "sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)",
        Verdict::ServerTrouble,
    );
    check(
        Recipient,
        553,
        "sorry, that domain isn't allowed; check for new mail first",
        Verdict::ServerTrouble,
    );
    check(
        Recipient,
        554,
        "5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen",
        Verdict::ServerTrouble,
    );
    check(
        Content,
        550,
        "5.4.5 Daily user sending limit exceeded",
        Verdict::ServerTrouble,
    );
    check(
        Content,
        550,
        "5.7.26 This mail is unauthenticated",
        Verdict::ServerTrouble,
    );
}

#[test]
fn the_shop_learns_why_in_plain_words() {
    let check = |step, code, text, expected| {
        let class = RefusalClass::of(step, Answer { code, text });
        assert_eq!(class, expected, "{code} {text}");
    };
    use RefusalClass::*;
    check(
        Some(Step::Recipient),
        550,
        "Unknown user taro@docomo.ne.jp",
        UnknownAddress,
    );
    check(
        Some(Step::Content),
        550,
        "Unknown user taro@docomo.ne.jp",
        Filtered,
    );
    check(Some(Step::Data), 550, "Unknown user", Filtered);
    check(None, 550, "<taro@ezweb.ne.jp>: User unknown", UnknownAddress);
    check(None, 550, ": User unknown", Filtered);
    check(Some(Step::Recipient), 550, "5.1.1 no", UnknownAddress);
    check(Some(Step::Recipient), 550, "", UnknownAddress);
    check(Some(Step::Recipient), 552, "5.2.2 full", BoxFull);
    check(Some(Step::Recipient), 552, "Mailbox full", BoxFull);
    check(Some(Step::Content), 552, "", TooLarge);
    check(Some(Step::Recipient), 553, "bad local part", Unwritable);
    check(Some(Step::Recipient), 554, "5.7.1 no", Filtered);
    check(Some(Step::Recipient), 554, "no", Other);
    for class in RefusalClass::ALL {
        assert_eq!(class.as_str().parse(), Ok(class));
        assert!(class.told(Language::Japanese) != class.told(Language::English));
    }
}

#[test]
fn enhanced_codes_are_read_only_where_they_are() {
    assert_eq!(EnhancedCode::parse("5.1.1 x"), Some(EnhancedCode(5, 1, 1)));
    for text in [
        "",
        "5.1 x",
        "5.1.1.1 x",
        "3.1.1",
        "192.168.0.1",
        "5.1.x",
        "5.1.99999",
    ] {
        assert_eq!(EnhancedCode::parse(text), None, "{text}");
    }
}

#[test]
fn the_retry_series_is_the_table_in_the_comment() {
    assert_eq!(next_attempt_after(0), Some(Duration::ZERO));
    let total: Duration = (1..).map_while(next_attempt_after).sum();
    assert_eq!(total, Duration::from_secs(48 * 3600 + 3 * 60 + 30));
    assert_eq!(next_attempt_after(21), None);
    assert_eq!(next_attempt_after(u32::MAX), None);
    for attempts in 0..20 {
        assert!(
            next_attempt_after(attempts) <= next_attempt_after(attempts + 1),
            "waits never get shorter"
        );
    }
}
