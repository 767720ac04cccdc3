use std::sync::LazyLock;

use mail_parser::{Address, HeaderValue, MessageParser};
use proptest::prelude::*;

use super::*;
use crate::limits::SUBJECT_CHARACTERS;

fn date() -> Zoned {
    "2026-11-21T14:05:00+09:00[Asia/Tokyo]".parse().unwrap()
}

fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

static FROM: LazyLock<EmailAddress> = LazyLock::new(|| address("shop@example.jp"));
static TO: LazyLock<EmailAddress> = LazyLock::new(|| address("a..b@docomo.ne.jp"));
static DATE: LazyLock<Zoned> = LazyLock::new(date);

/// Composes the usual receipt, changed by `change`, and hands the bytes on.
fn with_letter<'a, T>(change: impl FnOnce(&mut Letter<'a>), then: impl FnOnce(Vec<u8>) -> T) -> T {
    let mut letter = Letter {
        from: &FROM,
        display_name: "空花 新宿店",
        reply_to: None,
        to: &TO,
        subject: "受付番号 12",
        body: "受付番号は 12 です。\n",
        signature: "",
        message_id: "receipt.00.1@example.jp",
        date: &DATE,
        in_reply_to: Some("abc@docomo.ne.jp"),
        marker: Marker::Receipt,
    };
    change(&mut letter);
    then(compose_letter(&letter))
}

/// What holds for everything we send.
fn check_wire(bytes: &[u8]) {
    assert!(bytes.is_ascii());
    assert!(bytes.ends_with(b"\r\n"));
    let text = std::str::from_utf8(bytes).unwrap();
    for line in text.split("\r\n") {
        assert!(!line.contains(['\r', '\n', '\0']), "{line:?}");
        assert!(line.len() <= 998, "{line}");
    }
}

fn header_names(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let header = text.split("\r\n\r\n").next().unwrap();
    header
        .split("\r\n")
        .filter(|line| !line.starts_with(' '))
        .map(|line| line.split(':').next().unwrap().to_owned())
        .collect()
}

#[test]
fn a_receipt_is_these_bytes() {
    let expected = "From: =?utf-8?B?56m66IqxIOaWsOWuv+W6lw==?= <shop@example.jp>\r\n\
        To: \"a..b\"@docomo.ne.jp\r\n\
        Subject: =?utf-8?B?5Y+X5LuY55Wq5Y+3IDEy?=\r\n\
        Date: Sat, 21 Nov 2026 14:05:00 +0900\r\n\
        Message-ID: <receipt.00.1@example.jp>\r\n\
        In-Reply-To: <abc@docomo.ne.jp>\r\n\
        References: <abc@docomo.ne.jp>\r\n\
        Auto-Submitted: auto-replied\r\n\
        X-Auto-Response-Suppress: All\r\n\
        X-Karamail: receipt\r\n\
        X-Loop: shop@example.jp\r\n\
        MIME-Version: 1.0\r\n\
        Content-Type: text/plain; charset=utf-8\r\n\
        Content-Transfer-Encoding: base64\r\n\
        \r\n\
        5Y+X5LuY55Wq5Y+344GvIDEyIOOBp+OBmeOAgg0K\r\n";
    with_letter(
        |_| (),
        |bytes| assert_eq!(String::from_utf8(bytes).unwrap(), expected),
    );
}

#[test]
fn the_same_letter_is_the_same_bytes() {
    let compose = || with_letter(|letter| letter.signature = "空花", |bytes| bytes);
    assert_eq!(compose(), compose());
}

#[test]
fn without_a_message_id_there_is_no_in_reply_to() {
    let long = "a".repeat(901);
    for id in [
        None,
        Some(""),
        Some("a b"),
        Some("a>\r\nBcc: x"),
        Some("日本"),
        Some(&*long),
    ] {
        with_letter(
            |letter| letter.in_reply_to = id,
            |bytes| {
                let names = header_names(&bytes);
                assert!(
                    !names
                        .iter()
                        .any(|name| name == "In-Reply-To" || name == "References"),
                    "{id:?}"
                );
            },
        );
    }
}

#[test]
fn reply_to_repeat_and_test_are_marked() {
    let reply_to = address("info@example.jp");
    let shop = address("shop@example.jp");
    with_letter(
        |letter| (letter.reply_to, letter.marker) = (Some(&reply_to), Marker::Repeat),
        |bytes| {
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.contains("\r\nReply-To: info@example.jp\r\n"));
            assert!(text.contains("\r\nX-Karamail: repeat\r\n"));
            assert!(!text.to_lowercase().contains("\r\nprecedence"));
        },
    );
    with_letter(
        |letter| (letter.to, letter.subject, letter.marker) = (&shop, "", Marker::Test { token: "t1" }),
        |bytes| {
            let text = String::from_utf8(bytes).unwrap();
            assert!(
                text.contains("\r\nSubject:\r\n"),
                "a test mail has an empty subject: {text}"
            );
            assert!(text.contains("\r\nX-Karamail: test t1\r\n"));
            assert!(text.contains("\r\nAuto-Submitted: auto-generated\r\n"));
        },
    );
}

#[test]
fn the_signature_stands_below_an_empty_line() {
    with_letter(
        |letter| (letter.body, letter.signature) = ("Hello", "Shop\r\nTokyo\r\n\r\n"),
        |bytes| assert!(bytes.ends_with(b"\r\n\r\nHello\r\n\r\nShop\r\nTokyo\r\n")),
    );
}

#[test]
fn an_address_that_is_not_ascii_still_gives_an_ascii_header() {
    let to = address("太郎@example.jp");
    with_letter(
        |letter| letter.to = &to,
        |bytes| {
            check_wire(&bytes);
            assert!(
                String::from_utf8(bytes)
                    .unwrap()
                    .contains("\r\nTo: =?utf-8?B?5aSq6YOOQGV4YW1wbGUuanA=?=\r\n :;\r\n")
            );
        },
    );
}

#[test]
fn an_address_that_looks_like_an_encoded_word_is_quoted() {
    let to = address("=?utf-8?B?dGFybw?=@example.jp");
    assert_eq!(to.to_envelope(), "=?utf-8?B?dGFybw?=@example.jp");
    with_letter(
        |letter| letter.to = &to,
        |bytes| {
            let text = String::from_utf8(bytes).unwrap();
            assert!(
                text.contains("\r\nTo: \"=?utf-8?B?dGFybw?=\"@example.jp\r\n"),
                "{text}"
            );
        },
    );
}

#[test]
fn message_ids_are_deterministic_and_tell_purpose_key_and_row() {
    let mut key = ContentKey([0xab; 32]);
    key.0[0] = 1;
    assert_eq!(
        message_id(&key, Purpose::Receipt, 42, "example.jp"),
        "receipt.01ababababababababababab.42@example.jp"
    );
    assert_ne!(
        message_id(&key, Purpose::Repeat, 42, "x"),
        message_id(&key, Purpose::Receipt, 42, "x")
    );
}

fn only_address<'a>(value: Option<&'a Address<'a>>) -> (Option<&'a str>, &'a str) {
    let Some(Address::List(list)) = value else {
        panic!("no list: {value:?}")
    };
    assert_eq!(list.len(), 1);
    (list[0].name.as_deref(), list[0].address.as_deref().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn whatever_is_put_in_comes_out_again_and_adds_no_header(
        subject in "\\PC{0,90}|[a-z =?_\r\n:]{0,90}|[受付😀\u{202e} ]{0,90}",
        display_name in "\\PC{0,60}|[a-z\"\\\\ ,<>@=?\r\n:]{0,60}|[受付😀 ]{0,60}",
        body in "(\\PC{0,100}|[ \t.F=\r\n]{0,10}|[受付\r\n]{0,80}){0,6}",
        local in "[a-z.!#$%&'*+/=?^_`{|}~ \"\\\\-]{1,60}",
    ) {
        let to = EmailAddress::parse(&format!("\"{}\"@example.jp", local.replace('\\', "\\\\").replace('"', "\\\"")));
        prop_assume!(to.is_ok());
        let to = to.unwrap();
        with_letter(
            |letter| {
                letter.to = &to;
                letter.subject = &subject;
                letter.display_name = &display_name;
                letter.body = &body;
            },
            |bytes| {
                check_wire(&bytes);
                assert_eq!(header_names(&bytes).len(), 14, "{}", String::from_utf8_lossy(&bytes));
                let parsed = MessageParser::default().parse(&bytes).unwrap();
                let wanted = clean::one_line(&subject, SUBJECT_CHARACTERS);
                assert_eq!(parsed.subject().unwrap_or_default(), wanted);
                let (name, address) = only_address(parsed.from());
                assert_eq!(address, "shop@example.jp");
                assert_eq!(name.unwrap_or_default(), clean::one_line(&display_name, 100));
                let mut expected = clean::lines(&body);
                append_signature(&mut expected, "");
                let text = parsed.body_text(0).unwrap_or_default().replace("\r\n", "\n");
                assert_eq!(text, expected);
                assert!(matches!(parsed.header("To"), Some(HeaderValue::Address(_))));
                let raw = String::from_utf8_lossy(&bytes);
                let written = match to.local().contains("=?") {
                    true => format!("\"{}\"@example.jp", to.local().replace('\\', "\\\\").replace('"', "\\\"")),
                    false => to.to_envelope(),
                };
                assert!(raw.contains(&format!("\r\nTo: {written}\r\n")));
            },
        );
    }
}
