//! Mails that attack every place where text of theirs can come out. The tests of each crate send them through its own part
//! (docs/HOSTILE.md is the table of it all).

#![allow(dead_code, unreachable_pub, reason = "each test file uses its part")]
#![allow(
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test fails by panicking"
)]

/// Texts for display names, subjects and whatever else is free: header lines, markup, terminal escapes, characters that turn or
/// hide text, formulas, places of files.
pub const TEXTS: [&str; 24] = [
    "x\r\nBcc: evil@example.net\r\n\r\n<b>body</b>",
    "x\nX-Evil: 1",
    "x\rX-Evil: 1",
    "a\0b",
    "=?utf-8?Q?x=0D=0AX-Evil:_1?=",
    "<script>alert(1)</script>",
    "\" onmouseover=\"alert(1)",
    "' onfocus='alert(1)' autofocus='",
    "</title></td></textarea><img src=x onerror=alert(1)>",
    "{{ 7*7 }} ${x} %s",
    "\u{1b}[2J\u{1b}[31mred",
    "\u{1b}]8;;http://evil.example/\u{7}click\u{1b}]8;;\u{7}",
    "\u{1b}P$q\"p\u{1b}\\",
    "\u{9b}31m\u{90}x\u{9c}\u{85}",
    "\u{202e}gpj.exe\u{2066}\u{2069}\u{200f}",
    "pay\u{200b}pal\u{feff}",
    "=cmd|' /C calc'!A0",
    "＝1+1",
    "@SUM(1+1)*cmd",
    "-1+1",
    "\t=1+1",
    "../../../../etc/passwd",
    "C:\\Windows\\NUL",
    "line\u{2028}separated\u{2029}text",
];

/// Values of From, besides display names.
pub const SENDERS: [&str; 22] = [
    "<=1+1@example.jp>",
    "<-1+1@example.jp>",
    "<+1+1@example.jp>",
    "\"@SUM(1)\"@example.jp",
    "\"a' onmouseover='alert(1)\"@example.jp",
    "\"a\\\" b\"@example.jp",
    "\"javascript:alert(1)\"@example.jp",
    "\"<img src=x onerror=alert(1)>\"@example.jp",
    "<t\u{430}ro@docomo.ne.jp>",
    "<ｔａｒｏ@docomo.ne.jp>",
    "<taro@d\u{43e}como.ne.jp>",
    "<a\u{202e}b@example.jp>",
    "<a\u{200b}c@example.jp>",
    "Undisclosed: a@example.jp, b@example.jp;",
    "(evil@example.net) ok (\r\n <b>)@(c)example.jp(d)",
    "\"a\\\r\n RCPT TO:<evil@example.net>\"@example.jp",
    "<a%0d%0aBcc:x@example.jp>",
    "<..@example.jp>",
    "<a@[127.0.0.1]>",
    "<\u{1b}[31m@example.jp>",
    "<a@example.jp\0>",
    "<a@xn--80ak6aa92e.com>",
];

/// A text as one encoded word (RFC 2047), so that anything can stand in it.
pub fn encoded(text: &str) -> String {
    let bytes: String = text.bytes().map(|byte| format!("={byte:02X}")).collect();
    format!("=?utf-8?Q?{bytes}?=")
}

/// A text as it stands, as far as it can: what would end the line is left out, bare CR stays.
fn raw(text: &str) -> String {
    text.replace("\r\n", "\r").replace('\n', "\r")
}

/// Every attack as a mail to `to`, sent at `date`: signup mails (no subject) and other mails, numbered from 0.
pub fn all(to: &str, date: &str) -> Vec<Vec<u8>> {
    let mut mails = Vec::new();
    let mut add = |from: &str, subject: &str, more: &str| {
        let nth = mails.len();
        let ids = match more.contains("Message-ID") {
            true => String::new(),
            false => format!("Message-ID: <{nth}@mail.example>\r\n"),
        };
        let header = format!("From: {from}\r\nTo: {to}\r\nDate: {date}\r\n{ids}Subject: {subject}\r\n{more}");
        mails.push(format!("{header}\r\nbody <b>\u{1b}[31m\r\n").into_bytes());
    };
    for (nth, text) in TEXTS.iter().enumerate() {
        for form in [encoded(text), raw(text)] {
            let kind = if form.starts_with("=?utf-8?Q?=") { "q" } else { "r" };
            add(&format!("{form} <{kind}{nth}@phone.example>"), "", "");
            add(
                &format!("{form} <o{kind}{nth}@phone.example>"),
                &format!("ask {form}"),
                "",
            );
            // In place of the ids that an answer repeats.
            let ids = format!(
                "Message-ID: <{form}@x>\r\nIn-Reply-To: <{form}@y>\r\nReferences: <{form}@z> <ok@z>\r\nReply-To: {form} <evil@example.net>\r\n"
            );
            add(&format!("<i{kind}{nth}@phone.example>"), "", &ids);
            add(&format!("<oi{kind}{nth}@phone.example>"), "ask", &ids);
        }
    }
    for sender in SENDERS {
        add(sender, "", "");
        add(sender, "ask", "");
    }
    mails
}

/// The first character of a text that moves a terminal's cursor, hides or turns what stands around it.
pub fn trick(text: &str) -> Option<char> {
    text.chars().find(|character| {
        (character.is_control() && !matches!(character, '\n' | '\r' | '\t'))
            || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    })
}

/// Panics where such a character is left.
#[track_caller]
pub fn check_text(place: &str, text: &str) {
    if let Some(character) = trick(text) {
        let line = text
            .lines()
            .find(|line| trick(line).is_some())
            .unwrap_or_default();
        panic!("{place}: U+{:04X} in {line:?}", u32::from(character));
    }
}

/// Panics where markup of [`TEXTS`] or [`SENDERS`] is markup of a page, or something of theirs moves text.
#[track_caller]
pub fn check_page(place: &str, page: &str) {
    check_text(place, page);
    for markup in [
        "<script>alert",
        "<img src=x",
        "<b>body",
        "\" onmouseover=\"",
        "' onfocus='",
        "' onmouseover='",
    ] {
        assert!(!page.contains(markup), "{place}: {markup} in\n{page}");
    }
}

/// The names of the fields of a mail's own header, in lower case and in order.
pub fn field_names(mail: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(mail);
    let header = text.split("\r\n\r\n").next().unwrap_or_default();
    header
        .split("\r\n")
        .filter(|line| !line.starts_with([' ', '\t']))
        .map(|line| line.split(':').next().unwrap_or_default().to_ascii_lowercase())
        .collect()
}
