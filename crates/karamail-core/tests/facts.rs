//! The facts of a mail that later parts rest on: ids, dates, names, the content key.

use karamail_core::limits::{HEADER_TEXT_CHARACTERS, REFERENCES};
use karamail_core::mail::{IncomingMail, ReturnPath, Sender};

fn mail(headers: &str) -> IncomingMail {
    IncomingMail::parse(format!("{headers}\n\n").as_bytes())
}

#[test]
fn a_message_id_is_kept_only_where_it_can_be_written_again() {
    let id = |value: &str| {
        mail(&format!("Message-ID:{value}"))
            .message_id()
            .map(str::to_owned)
    };
    assert_eq!(id(" <abc.1@docomo.ne.jp>").as_deref(), Some("abc.1@docomo.ne.jp"));
    assert_eq!(id("\n\t<abc@x> (added by mx)").as_deref(), Some("abc@x"));
    assert_eq!(id(" abc@x").as_deref(), Some("abc@x"));
    for unfit in [
        "",
        " ",
        " <>",
        " <a b@x>",
        " <あ@x>",
        " <a\u{1}@x>",
        " a b",
        &format!(" <{}@x>", "a".repeat(1000)),
    ] {
        assert_eq!(id(unfit), None, "{unfit:?}");
    }
    assert_eq!(mail("From: a@example.jp").message_id(), None);
}

#[test]
fn references_are_every_id_of_references_and_in_reply_to() {
    let found = mail(
        "References: <a@x>\n\t<b@x>junk<c@x>\nIn-Reply-To: Your mail of Saturday <d@x>\nin-reply-to: <e@x>",
    );
    assert_eq!(found.references(), ["a@x", "b@x", "c@x", "d@x", "e@x"]);
    let many: String = (0..REFERENCES + 5)
        .map(|number| format!("<{number}@x> "))
        .collect();
    let found = mail(&format!("References: {many}"));
    assert_eq!(found.references().len(), REFERENCES);
    assert_eq!(
        found.references().last(),
        Some(&format!("{}@x", REFERENCES + 4)),
        "the nearest ancestors stay"
    );
}

#[test]
fn dates_are_read_with_their_zone_and_nonsense_is_none() {
    let date = |value: &str| {
        mail(&format!("Date: {value}"))
            .date()
            .map(|date| date.to_string())
    };
    let noon = Some("2026-11-21T03:00:00Z".to_owned());
    assert_eq!(date("Sat, 21 Nov 2026 12:00:00 +0900"), noon);
    assert_eq!(date("Sat, 21 Nov 2026 12:00:00 +0900 (JST)"), noon);
    assert_eq!(date("21 Nov 2026 03:00:00 GMT"), noon);
    assert_eq!(date("Sat,\n 21 Nov 2026 12:00:00 +0900"), noon);
    for nonsense in [
        "",
        "yesterday",
        "Sat, 99 Nov 2026 99:99:99 +0900",
        "0",
        &"1 ".repeat(500),
    ] {
        assert_eq!(date(nonsense), None, "{nonsense:?}");
    }
    let received = mail(
        "Received: from a; by b\n\tfor <x@y>; Sat, 21 Nov 2026 12:00:00 +0900\nReceived: old; Fri, 20 Nov 2026 12:00:00 +0900",
    );
    assert_eq!(received.received_at().map(|date| date.to_string()), noon);
}

#[test]
fn the_display_name_is_decoded() {
    let name = |from: &[u8]| {
        let bytes = [b"From: ", from, b"\n\n"].concat();
        match IncomingMail::parse(&bytes).sender() {
            Sender::One { display_name, .. } => display_name.clone(),
            other => format!("{other:?}"),
        }
    };
    assert_eq!(name(b"Taro Yamada <t@x.jp>"), "Taro Yamada");
    assert_eq!(name(b"\"Yamada, \\\"Taro\\\"\" <t@x.jp>"), "Yamada, \"Taro\"");
    assert_eq!(name(b"=?ISO-2022-JP?B?GyRCPzkyVhsoQg==?= <t@x.jp>"), "森花");
    assert_eq!(name(b"=?UTF-8?B?5qOu?= =?UTF-8?B?6Iqx?= <t@x.jp>"), "森花");
    assert_eq!(name(b"t@x.jp (=?UTF-8?Q?=E6=A3=AE?=)"), "森");
    assert_eq!(name(b"\x1b$B?92V\x1b(B <t@x.jp>"), "森花");
    assert_eq!(name("森花 <t@x.jp>".as_bytes()), "森花");
    assert_eq!(name(b"\x90\x58\x89\xd4 <t@x.jp>"), "森花", "Shift_JIS");
    assert_eq!(name(b"\xbf\xb9\xb2\xd6 <t@x.jp>"), "森花", "EUC-JP");
    assert_eq!(name(b"t@x.jp"), "");
    assert_eq!(name(b"Taro t@x.jp"), "Taro");
}

#[test]
fn subjects_of_every_charset_are_decoded() {
    let subject = |value: &[u8]| {
        IncomingMail::parse(&[b"Subject: ", value, b"\n\n"].concat())
            .subject()
            .trim()
            .to_owned()
    };
    for value in [
        &b"=?ISO-2022-JP?B?GyRCRVBPPxsoQg==?="[..],
        b"=?ISO-2022-JP?B?GyRCRVAbKEI=?=\n =?ISO-2022-JP?B?GyRCTz8bKEI=?=",
        b"=?Shift_JIS?B?k2+YXg==?=",
        b"=?x-sjis?Q?=93o=98^?=",
        b"=?EUC-JP?B?xdDPvw==?=",
        b"=?UTF-8?B?55m76Yyy?=",
        b"=?utf-8?Q?=E7=99=BB?= =?utf-8?Q?=E9=8C=B2?=",
        b"=?UTF-8?B?55k=?= =?UTF-8?B?u+mMsg==?=",
        b"=?us-ascii?B?55m76Yyy?=",
        b"=?UTF-8?B?k2+YXg==?=",
        b"=?UTF-16BE?B?dnuTMg==?=",
        b"\x1b$BEPO?\x1b(B",
        b"\x93\x6f\x98\x5e",
        b"\xc5\xd0\xcf\xbf",
    ] {
        assert_eq!(subject(value), "登録", "{:?}", String::from_utf8_lossy(value));
    }
    assert_eq!(subject(b"hello =?UTF-8?Q?w=C3=B6rld?= !"), "hello wörld !");
    assert_eq!(subject(b"=?broken"), "=?broken");
}

#[test]
fn the_return_path_is_the_topmost() {
    assert_eq!(mail("From: a@x.jp").return_path(), ReturnPath::Absent);
    assert_eq!(
        mail("Return-Path: <>\nReturn-Path: <a@x.jp>").return_path(),
        ReturnPath::Null
    );
    let path = ReturnPath::Path("a..b@docomo.ne.jp".to_owned());
    assert_eq!(
        mail("Received: x\nReturn-Path:\n <A..b@docomo.ne.jp>\nReturn-Path: <>").return_path(),
        path
    );
}

#[test]
fn the_content_key_knows_a_mail_again_and_no_other() {
    let key = |bytes: &[u8], size| IncomingMail::parse(bytes).content_key(size).to_string();
    let first = b"Message-ID: <a@x>\nDate: Sat, 21 Nov 2026 12:00:00 +0900\nFrom: t@x.jp\nSubject:\n\nbody";
    let same = b"X-New: trace\r\nmessage-id:\r\n\t<a@x>\r\nDate: Sat, 21 Nov 2026\r\n 12:00:00 +0900\r\nFrom: t@x.jp\r\nSubject:\r\n\r\n";
    assert_eq!(key(first, Some(10)), key(same, Some(10)));
    assert_eq!(key(first, None).len(), 64);
    let mut keys = vec![
        key(first, None),
        key(first, Some(10)),
        key(first, Some(11)),
        key(
            b"Message-ID: <b@x>\nDate: Sat, 21 Nov 2026 12:00:00 +0900\nFrom: t@x.jp\n\n",
            Some(10),
        ),
        key(
            b"Message-ID: <a@x>\nDate: Sat, 21 Nov 2026 12:00:01 +0900\nFrom: t@x.jp\n\n",
            Some(10),
        ),
        key(
            b"Message-ID: <a@x>\nDate: Sat, 21 Nov 2026 12:00:00 +0900\nFrom: u@x.jp\n\n",
            Some(10),
        ),
        key(b"Message-ID: <a@x>\nFrom: t@x.jp\n\n", Some(10)),
        key(b"From: t@x.jp\nReceived: 1\n\n", Some(10)),
        key(b"From: t@x.jp\nReceived: 2\n\n", Some(10)),
        key(b"From: t@x.jp\nReceived: 1\nDate:\n\n", Some(10)),
        key(b"", Some(10)),
    ];
    let count = keys.len();
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), count);
}

#[test]
fn what_a_server_notes_in_a_header_makes_no_other_mail_of_it() {
    let key = |text: &str| IncomingMail::parse(text.as_bytes()).content_key(None);
    let first = "From: t@x.jp\r\nSubject:\r\n";
    let read = "Status: RO\r\nX-Status: A\r\nX-UIDL: 4f\r\nX-Mozilla-Status: 0001\r\n";
    assert_eq!(key(&format!("{first}\r\n")), key(&format!("{first}{read}\r\n")));
    assert_ne!(
        key(&format!("{first}\r\n")),
        key(&format!("{first}X-Other: 1\r\n\r\n"))
    );
}

#[test]
fn long_texts_are_shortened_and_blanks_in_front_hide_nothing() {
    let subject = |value: String| mail(&format!("Subject: {value}")).subject().to_owned();
    let long = subject("x".repeat(HEADER_TEXT_CHARACTERS * 3));
    assert_eq!(long.len(), HEADER_TEXT_CHARACTERS);
    assert_eq!(
        subject(" \u{3000}".repeat(HEADER_TEXT_CHARACTERS) + "hello"),
        "hello"
    );
}
