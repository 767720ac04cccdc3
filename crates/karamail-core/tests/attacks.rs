//! What attacks of docs/HOSTILE.md meet in core: sizes of mails, addresses that deceive.

mod hostile_mails;

use karamail_core::address::{EmailAddress, plainly};
use karamail_core::decide::{Known, Outcome, Rules, decide};
use karamail_core::delivery_report::DeliveryReport;
use karamail_core::limits::{HEADER_ADDRESSES, HEADER_BLOCK_BYTES, HEADER_FIELDS};
use karamail_core::mail::{IncomingMail, body_text};

fn outcome(mail: &[u8]) -> Outcome {
    decide(&IncomingMail::parse(mail), &Rules::default(), &Known::default()).outcome
}

#[test]
fn a_mail_to_ten_thousand_recipients_is_one_mail_of_one_customer() {
    let many: Vec<String> = (0..10_000).map(|nth| format!("r{nth}@example.jp")).collect();
    let to = many.join(",\r\n ");
    for name in ["To", "Cc", "Bcc", "Reply-To"] {
        let mail = format!("From: taro@docomo.ne.jp\r\n{name}: {to}\r\nSubject:\r\n\r\n");
        let parsed = IncomingMail::parse(mail.as_bytes());
        assert!(parsed.addresses(name).count() <= HEADER_ADDRESSES);
        assert_eq!(outcome(mail.as_bytes()), Outcome::Receipt, "{name}");
    }
    // As senders, they are nobody to answer.
    let mail = format!("From: {to}\r\nSubject:\r\n\r\n");
    assert_ne!(outcome(mail.as_bytes()), Outcome::Receipt);
}

#[test]
fn more_header_fields_than_anybody_writes_are_not_all_kept() {
    let fields = "X-Many: 1\r\n".repeat(80_000);
    let mail = format!("From: taro@docomo.ne.jp\r\nSubject:\r\n{fields}\r\n");
    let parsed = IncomingMail::parse(mail.as_bytes());
    assert!(parsed.header_names().count() <= HEADER_FIELDS);
}

#[test]
fn a_million_parts_and_a_hundred_thousand_levels_are_read_to_their_limits() {
    let head = "From: MAILER-DAEMON@example.jp\r\nSubject: failed\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n";
    let parts = format!("{head}{}--b--\r\n", "--b\r\n\r\nx\r\n".repeat(1_000_000));
    let mut levels = head.to_owned();
    for level in 0..100_000 {
        levels.push_str(&format!(
            "--b\r\nContent-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n"
        ));
    }
    let messages = format!(
        "{head}--b\r\n{}",
        "Content-Type: message/rfc822\r\n\r\n".repeat(100_000)
    );
    for mail in [parts, levels, messages] {
        // Neither is a stack of a hundred thousand calls, nor a list of a million parts.
        let text = body_text(mail.as_bytes());
        assert!(text.len() <= mail.len());
        let _ = DeliveryReport::parse(mail.as_bytes());
        assert_ne!(outcome(mail.as_bytes()), Outcome::Receipt);
    }
}

#[test]
fn no_address_of_an_attacker_adds_a_recipient_or_a_command() {
    for sender in hostile_mails::SENDERS {
        let mail = format!("From: {sender}\r\nSubject:\r\n\r\n");
        let parsed = IncomingMail::parse(mail.as_bytes());
        let Some(address) = parsed.sender_address() else {
            continue;
        };
        let envelope = address.to_envelope();
        hostile_mails::check_text(sender, &envelope);
        assert!(
            !envelope.contains(['\r', '\n', '<', '>', '\0']),
            "{sender}: {envelope}"
        );
        assert!(!envelope.contains("evil@"), "{sender}: {envelope}");
        assert_eq!(EmailAddress::parse(&envelope).as_ref(), Ok(address), "{sender}");
    }
}

#[test]
fn an_address_that_reads_like_another_is_told_from_it() {
    let latin = EmailAddress::parse("taro@docomo.ne.jp").unwrap();
    for (other, shown) in [
        ("t\u{430}ro@docomo.ne.jp", "t\u{430}⟦U+0430⟧ro@docomo.ne.jp"),
        ("tarο@docomo.ne.jp", "tarο⟦U+03BF⟧@docomo.ne.jp"),
        ("ｔaro@docomo.ne.jp", "ｔ⟦U+FF54⟧aro@docomo.ne.jp"),
        ("taro\u{301}@docomo.ne.jp", "taro\u{301}⟦U+0301⟧@docomo.ne.jp"),
        ("𝐭aro@docomo.ne.jp", "𝐭⟦U+1D42D⟧aro@docomo.ne.jp"),
    ] {
        let address = EmailAddress::parse(other).unwrap();
        assert_ne!(address.key(), latin.key(), "another customer");
        assert_eq!(plainly(&address.to_string()), shown);
    }
    // A domain that is not ASCII is written in its A-labels, so that it can be told apart by everybody.
    let domain = EmailAddress::parse("taro@d\u{43e}como.ne.jp").unwrap();
    assert!(domain.domain().starts_with("xn--"), "{domain}");
    for plain in [
        "taro@docomo.ne.jp",
        "太郎.タロウ々ー@example.jp",
        "a..b@docomo.ne.jp",
    ] {
        assert_eq!(plainly(plain), plain);
    }
}

#[test]
fn a_long_address_or_one_in_a_group_is_nobody_to_answer() {
    let long = format!("{}@example.jp", "a".repeat(2_000_000));
    let deep = format!("{}a@example.jp", "(".repeat(100_000));
    for sender in [
        long.as_str(),
        deep.as_str(),
        "g: a@example.jp, b@example.jp;",
        "g:;",
        "a@b@c@example.jp",
    ] {
        let mail = format!("From: {sender}\r\nSubject:\r\n\r\n");
        assert_ne!(
            outcome(mail.as_bytes()),
            Outcome::Receipt,
            "{}",
            sender.get(..20).unwrap_or(sender)
        );
    }
}

#[test]
fn mails_in_mails_without_end_do_not_overflow_the_stack() {
    // As much as an import looks at to find a shop word, on a stack as small as that of the program's threads.
    let head = "From: taro@docomo.ne.jp\r\nSubject:\r\n";
    let level = "Content-Type:message/rfc822\n\n";
    let mail = format!("{head}{}", level.repeat(HEADER_BLOCK_BYTES / level.len()));
    let read = std::thread::Builder::new()
        .stack_size(2 * 1024 * 1024)
        .spawn(move || body_text(mail.as_bytes()).len());
    assert!(read.unwrap().join().is_ok());
}
