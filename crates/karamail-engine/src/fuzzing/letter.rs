//! What every letter of ours is on the wire, whatever was put into it.

use karamail_core::address::EmailAddress;
use karamail_core::compose::clean;
use karamail_core::limits::{MAIL_LINE_BYTES, SUBJECT_CHARACTERS};
use mail_parser::{Address, MessageParser};

/// The fields of a receipt that answers a mail without Message-ID.
const FIELDS: [&str; 12] = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "X-Karamail",
    "X-Loop",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
];
/// Those that a Message-ID adds, behind it.
const ANSWER_FIELDS: [&str; 2] = ["In-Reply-To", "References"];

/// One mail to one person: these fields, each once, and nothing that a value could have added.
#[track_caller]
pub(super) fn is_one_letter(bytes: &[u8], to: &EmailAddress, subject: &str, body: &str, is_answer: bool) {
    let shown = String::from_utf8_lossy(bytes);
    is_fit_for_the_wire(bytes);
    let mut wanted = FIELDS.to_vec();
    if is_answer {
        let behind = wanted.iter().position(|name| *name == "Message-ID").unwrap() + 1;
        wanted.splice(behind..behind, ANSWER_FIELDS);
    }
    let header = shown.split("\r\n\r\n").next().unwrap();
    let names: Vec<&str> = header
        .split("\r\n")
        .filter(|line| !line.starts_with(' '))
        .map(|line| line.split(':').next().unwrap())
        .collect();
    assert_eq!(names, wanted, "\n{shown}");

    let parsed = MessageParser::default().parse(bytes).expect("it is a mail");
    assert_eq!(parsed.parts.len(), 1, "one part:\n{shown}");
    let wanted = clean::one_line(subject, SUBJECT_CHARACTERS);
    assert_eq!(parsed.subject().unwrap_or_default(), wanted, "\n{shown}");
    let text = parsed.body_text(0).unwrap_or_default().replace("\r\n", "\n");
    let end = if body.ends_with('\n') { "" } else { "\n" };
    assert_eq!(text, format!("{body}{end}"), "\n{shown}");
    if !to.is_ascii() {
        // RFC 6857: an empty group that is named by the address.
        return;
    }
    let mut written = to.to_envelope();
    if written.contains("=?") && !written.starts_with('"') {
        // RFC 2047: no encoded word stands between quotes.
        written = format!("\"{}\"@{}", to.local(), to.domain());
    }
    assert!(shown.contains(&format!("\r\nTo: {written}\r\n")), "\n{shown}");
    let Some(Address::List(readers)) = parsed.to() else {
        panic!("To is no list:\n{shown}");
    };
    assert_eq!(readers.len(), 1, "one reader:\n{shown}");
    let read = readers[0]
        .address
        .as_deref()
        .and_then(|text| EmailAddress::parse(text).ok());
    // Other people's parsers take a quoted name for the name beside the address.
    if !written.starts_with('"') {
        assert_eq!(read.as_ref(), Some(to), "\n{shown}");
    }
}

/// ASCII in lines of at most [`MAIL_LINE_BYTES`], ended by CRLF, with no other control character.
#[track_caller]
pub(super) fn is_fit_for_the_wire(bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).expect("it is ASCII");
    assert!(text.is_ascii() && text.ends_with("\r\n"), "{text:?}");
    for line in text.split("\r\n") {
        assert!(line.len() <= MAIL_LINE_BYTES, "{line}");
        assert!(
            line.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t')),
            "{line:?}"
        );
    }
}
