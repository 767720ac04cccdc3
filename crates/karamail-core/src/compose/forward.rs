//! Other mail on its way to the shop's own address: facts in a text, the original whole beside it.

use jiff::{Timestamp, Zoned};
use sha2::{Digest, Sha256};

use crate::address::EmailAddress;
use crate::compose::header::Header;
use crate::compose::{body, clean, date_and_ids, machine_fields, text_message};
use crate::limits::{FORWARD_FACT_CHARACTERS, MAIL_LINE_BYTES};
use crate::template::date_and_time;
use crate::words::{Language, letters};

/// What a forward says about the original. The texts may hold anything; they are cleaned and bounded here.
#[derive(Clone, Copy, Debug)]
pub struct ForwardFacts<'a> {
    /// Our mailbox: header From, envelope sender and X-Loop. The original's From is never used (it would fail DMARC).
    pub from: &'a EmailAddress,
    /// Display name of the mailbox; may be empty.
    pub display_name: &'a str,
    /// Where it goes.
    pub to: &'a EmailAddress,
    /// From [`message_id`](super::message_id), without `<>`.
    pub message_id: &'a str,
    /// The Date header, and the time zone for `original_date`.
    pub date: &'a Zoned,
    /// Sender as shown, for example `Taro <taro@example.jp>`; may be empty.
    pub original_from: &'a str,
    /// Decoded subject; may be empty.
    pub original_subject: &'a str,
    /// The Date header of the original.
    pub original_date: Option<Timestamp>,
    /// Bytes of the original.
    pub original_size: u64,
    /// Why it is no signup mail, in words of `language`.
    pub reason: &'a str,
    /// The shop's language.
    pub language: Language,
}

/// Name of the original where it goes along as a file.
const FILE_NAME: &str = "original.eml";

/// The finished bytes of a forward: `multipart/mixed` with a text of facts and the original, byte for byte.
///
/// The original is `message/rfc822` in 7bit or 8bit, the only encodings that RFC 2046 section 5.2.1 allows. Where it
/// could not travel so (NUL, CR or LF alone, lines over 998 bytes) it is the file `original.eml` in Base64 instead
/// (docs/decisions/0020-forwards-arrive-byte-for-byte.md). Originals above
/// [`FORWARD_MAX_BYTES`](crate::limits::FORWARD_MAX_BYTES) get [`compose_notice`].
pub fn compose_forward(facts: &ForwardFacts<'_>, original: &[u8]) -> Vec<u8> {
    let travels = Travels::of(original);
    let boundary = boundary(facts.message_id, original);
    let mut header = fields(facts);
    header.plain("MIME-Version", "1.0");
    header.plain(
        "Content-Type",
        &format!("multipart/mixed; boundary=\"{boundary}\""),
    );
    // RFC 2045 section 6.4: a multipart is as wide as its widest part.
    header.plain(
        "Content-Transfer-Encoding",
        if travels == Travels::EightBit {
            "8bit"
        } else {
            "7bit"
        },
    );

    let mut bytes = header.finish();
    let attached = match travels {
        Travels::AsFile => letters::forward_attached_file(facts.language, FILE_NAME),
        _ => letters::forward_attached(facts.language),
    };
    let text = body::encode_text(&text_of_facts(facts, &attached));
    let room = match travels {
        Travels::AsFile => body::base64_length(original.len()),
        _ => original.len(),
    };
    bytes.reserve(text.bytes.len() + room + 1024);
    let mut push = |text: &str| bytes.extend_from_slice(text.as_bytes());
    push(&format!(
        "--{boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {}\r\n\r\n",
        text.encoding
    ));
    bytes.extend_from_slice(&text.bytes);
    let part = match travels {
        Travels::SevenBit => {
            "message/rfc822\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: 7bit"
        }
        Travels::EightBit => {
            "message/rfc822\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: 8bit"
        }
        Travels::AsFile => {
            "application/octet-stream; name=\"original.eml\"\r\nContent-Disposition: attachment; \
             filename=\"original.eml\"\r\nContent-Transfer-Encoding: base64"
        }
    };
    // The CRLF before a boundary belongs to the boundary (RFC 2046 section 5.1.1).
    bytes.extend_from_slice(format!("\r\n--{boundary}\r\nContent-Type: {part}\r\n\r\n").as_bytes());
    match travels {
        Travels::AsFile => body::base64_lines(original, &mut bytes),
        _ => bytes.extend_from_slice(original),
    }
    bytes.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    bytes
}

/// The finished bytes of a notice in place of a forward: the original was too large and lies in the archive under
/// `archived_name`.
pub fn compose_notice(facts: &ForwardFacts<'_>, archived_name: &str) -> Vec<u8> {
    let archived = clean::one_line(archived_name, FORWARD_FACT_CHARACTERS);
    let text = text_of_facts(facts, &letters::forward_too_large(facts.language, &archived));
    text_message(fields(facts), &text)
}

fn fields(facts: &ForwardFacts<'_>) -> Header {
    let mut header = Header::new();
    header.address("From", facts.display_name, facts.from);
    header.address("To", "", facts.to);
    header.text(
        "Subject",
        &letters::forward_subject(facts.language, &subject_of(facts)),
    );
    date_and_ids(&mut header, facts.date, facts.message_id, None);
    // RFC 3834 section 5: made by a machine, but no reply to anyone.
    machine_fields(&mut header, "auto-generated", "forward", facts.from);
    header
}

fn subject_of(facts: &ForwardFacts<'_>) -> String {
    let subject = clean::one_line(facts.original_subject, FORWARD_FACT_CHARACTERS);
    if subject.is_empty() {
        letters::no_subject(facts.language)
    } else {
        subject
    }
}

fn text_of_facts(facts: &ForwardFacts<'_>, last_line: &str) -> String {
    let language = facts.language;
    let known = |text: String| {
        if text.is_empty() {
            letters::not_known(language)
        } else {
            text
        }
    };
    let from = known(clean::one_line(facts.original_from, FORWARD_FACT_CHARACTERS));
    let date = facts
        .original_date
        .map(|date| date_and_time(&date.to_zoned(facts.date.time_zone().clone()), language))
        .unwrap_or_default();
    let reason = known(clean::one_line(facts.reason, FORWARD_FACT_CHARACTERS));
    let mut text = String::new();
    for line in [
        letters::forward_opening(language, &facts.from.to_string()),
        String::new(),
        letters::forward_from(language, &from),
        letters::forward_date(language, &known(date)),
        letters::forward_original_subject(language, &subject_of(facts)),
        letters::forward_size(language, &size(facts.original_size)),
        letters::forward_reason(language, &reason),
        String::new(),
        last_line.to_owned(),
    ] {
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// A size as people read it.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// How the original can go along without losing a byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Travels {
    SevenBit,
    EightBit,
    AsFile,
}

impl Travels {
    fn of(original: &[u8]) -> Travels {
        let mut length = 0;
        let mut previous = 0;
        let mut eight_bit = false;
        for &byte in original {
            match byte {
                0 => return Travels::AsFile,
                b'\n' if previous != b'\r' => return Travels::AsFile,
                b'\n' => length = 0,
                _ if previous == b'\r' => return Travels::AsFile,
                b'\r' => {}
                _ => {
                    length += 1;
                    eight_bit |= byte >= 0x80;
                }
            }
            if length > MAIL_LINE_BYTES {
                return Travels::AsFile;
            }
            previous = byte;
        }
        match (previous, eight_bit) {
            (b'\r', _) => Travels::AsFile,
            (_, true) => Travels::EightBit,
            (_, false) => Travels::SevenBit,
        }
    }
}

/// A boundary made of the Message-ID that no line of the original begins with.
///
/// `=_` cannot occur in quoted-printable or Base64, so the text part needs no look.
fn boundary(message_id: &str, original: &[u8]) -> String {
    let mut round = 0_u32;
    loop {
        let digest = Sha256::new()
            .chain_update(message_id)
            .chain_update(round.to_be_bytes())
            .finalize();
        let digits: String = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
        let boundary = format!("=_karamail_{digits}");
        let delimiter = format!("--{boundary}");
        if !original
            .split(|byte| *byte == b'\n')
            .any(|line| line.starts_with(delimiter.as_bytes()))
        {
            return boundary;
        }
        // Each round tries another of 2^96 names; a mail that holds them all does not exist.
        round = round.wrapping_add(1);
    }
}

#[cfg(test)]
mod tests;
