use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use mail_parser::{MessageParser, MimeHeaders};
use proptest::prelude::*;

use super::*;

fn with_facts<T>(then: impl FnOnce(&ForwardFacts<'_>) -> T) -> T {
    let from = EmailAddress::parse("shop@example.jp").unwrap();
    let to = EmailAddress::parse("owner@example.com").unwrap();
    let date: Zoned = "2026-11-21T14:05:00+09:00[Asia/Tokyo]".parse().unwrap();
    then(&ForwardFacts {
        from: &from,
        display_name: "空花",
        to: &to,
        message_id: "forward.00.1@example.jp",
        date: &date,
        original_from: "太郎 <taro@example.jp>\r\nBcc: x@x.jp\u{202e}",
        original_subject: "お問い合わせ\r\nX-Evil: 1",
        original_date: Some("2026-11-21T04:00:00Z".parse().unwrap()),
        original_size: 1_234,
        reason: "件名が空ではありません。",
        language: Language::Japanese,
    })
}

fn forward(original: &[u8]) -> Vec<u8> {
    with_facts(|facts| compose_forward(facts, original))
}

/// The bytes of the original as the receiver gets them: what stands between the boundaries, by RFC 2046 section 5.1.1.
fn arrived(bytes: &[u8]) -> Vec<u8> {
    let find =
        |haystack: &[u8], needle: &[u8]| haystack.windows(needle.len()).position(|part| part == needle);
    let opens = find(bytes, b"boundary=\"").unwrap() + 10;
    let boundary = &bytes[opens..opens + find(&bytes[opens..], b"\"").unwrap()];
    let delimiter = [b"\r\n--", boundary].concat();
    let mut rest = bytes;
    let mut parts = Vec::new();
    while let Some(at) = find(rest, &delimiter) {
        parts.push(&rest[..at]);
        rest = &rest[at + delimiter.len()..];
    }
    assert_eq!(
        (parts.len(), rest),
        (3, b"--\r\n".as_slice()),
        "a header, a text and the original"
    );
    let blank = find(parts[2], b"\r\n\r\n").unwrap();
    let (fields, body) = (&parts[2][..blank], &parts[2][blank + 4..]);
    if find(fields, b"base64").is_none() {
        return body.to_vec();
    }
    let digits: Vec<u8> = body
        .iter()
        .copied()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    STANDARD.decode(digits).unwrap()
}

const CLEAN: &[u8] = b"From: taro@example.jp\r\nSubject: hi\r\n\r\nHello\r\n.\r\n";

#[test]
fn a_clean_original_goes_along_as_a_mail() {
    let bytes = forward(CLEAN);
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.contains("Content-Type: message/rfc822\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: 7bit\r\n\r\nFrom: taro@"));
    assert!(text.contains("\r\nAuto-Submitted: auto-generated\r\n"));
    assert!(text.contains("\r\nX-Karamail: forward\r\nX-Loop: shop@example.jp\r\n"));
    assert_eq!(arrived(&bytes), CLEAN);
    assert_eq!(bytes, forward(CLEAN), "the same forward is the same bytes");
}

#[test]
fn the_facts_are_told_in_the_shops_words_and_hostile_text_is_cleaned() {
    let bytes = forward(CLEAN);
    let parsed = MessageParser::default().parse(&bytes).unwrap();
    assert_eq!(parsed.subject(), Some("[対象外メール] お問い合わせ X-Evil: 1"));
    let text = parsed.body_text(0).unwrap();
    for line in [
        "差出人: 太郎 <taro@example.jp> Bcc: x@x.jp",
        "日時: 2026年11月21日 13:00",
        "件名: お問い合わせ X-Evil: 1",
        "大きさ: 2 kB",
        "理由: 件名が空ではありません。",
    ] {
        assert!(text.lines().any(|have| have == line), "{line} in {text}");
    }
    assert!(parsed.header("X-Evil").is_none() && parsed.header("Bcc").is_none());
}

#[test]
fn an_eight_bit_original_makes_an_eight_bit_forward() {
    let original = "Subject: \u{3053}\r\n\r\n\u{3053}\r\n".as_bytes();
    let bytes = forward(original);
    let text = String::from_utf8_lossy(&bytes);
    assert_eq!(
        text.matches("Content-Transfer-Encoding: 8bit\r\n").count(),
        2,
        "the whole and the part: {text}"
    );
    assert_eq!(arrived(&bytes), original);
}

#[test]
fn what_could_not_travel_as_a_mail_goes_as_a_file_byte_for_byte() {
    let long = [b"Subject: x\r\n\r\n".as_slice(), &[b'a'; 999], b"\r\n"].concat();
    for original in [
        b"a\0b\r\n".as_slice(),
        b"a\nb\r\n",
        b"a\rb\r\n",
        b"a\r",
        b"\r\r\n",
        b"a\r\n\n",
        &long,
    ] {
        let bytes = forward(original);
        assert!(bytes.is_ascii());
        let parsed = MessageParser::default().parse(&bytes).unwrap();
        assert_eq!(parsed.parts[2].attachment_name(), Some("original.eml"));
        assert_eq!(arrived(&bytes), original, "{original:?}");
    }
    assert_eq!(
        arrived(&forward(&long[1..])),
        long[1..],
        "the header line is no matter"
    );
}

#[test]
fn a_line_of_998_bytes_still_goes_as_a_mail() {
    let original = [b"Subject: x\r\n\r\n".as_slice(), &[b'a'; 998], b"\r\n"].concat();
    assert!(
        String::from_utf8(forward(&original))
            .unwrap()
            .contains("message/rfc822")
    );
}

#[test]
fn an_original_that_holds_our_boundary_gets_another() {
    let first = boundary("id", b"");
    let original = format!("Subject: x\r\n\r\n--{first}\r\n");
    let second = boundary("id", original.as_bytes());
    assert_ne!(first, second);
    assert_eq!(
        boundary("id", format!("x --{first}").as_bytes()),
        first,
        "in mid-line it is no boundary"
    );
}

#[test]
fn a_notice_tells_where_the_original_is() {
    let bytes = with_facts(|facts| compose_notice(facts, "2026-11/7.eml\r\nX: y"));
    assert!(bytes.is_ascii());
    let parsed = MessageParser::default().parse(&bytes).unwrap();
    assert!(parsed.body_text(0).unwrap().contains("2026-11/7.eml X: y"));
    assert_eq!(parsed.header_raw("X-Karamail").map(str::trim), Some("forward"));
}

proptest! {
    #[test]
    fn any_original_arrives_byte_for_byte(
        lines in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..40), 0..20),
        end in prop_oneof![Just("\r\n"), Just("\n")],
    ) {
        let original = lines.join(end.as_bytes());
        prop_assert_eq!(arrived(&forward(&original)), original);
    }
}
