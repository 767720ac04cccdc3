//! Composing what we send: finished bytes, ready for the wire, kept in the outbox as they are.
//!
//! Everything is pure ASCII with CRLF and deterministic: the same input gives the same bytes, so a letter that must be
//! sent again after a crash is the same letter. No clock, no host name and no random boundary goes in.
//!
//! The headers follow "What we send" in docs/MAIL_FLOW.md: `Auto-Submitted` (RFC 3834 section 5),
//! `X-Auto-Response-Suppress: All`, our marker `X-Karamail`, `X-Loop` with the mailbox, In-Reply-To and References
//! only where the mail had a Message-ID, Message-ID and Date always, To the addressee alone, never a Precedence
//! (carriers' filters take it for bulk mail).

mod body;
pub mod clean;
mod forward;
mod header;

use jiff::Zoned;

pub use self::forward::{ForwardFacts, compose_forward, compose_notice};
use self::header::Header;
use crate::address::EmailAddress;
use crate::limits::MESSAGE_ID_BYTES;
use crate::mail::ContentKey;

/// What a letter is; the value of its `X-Karamail` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker<'a> {
    /// A receipt.
    Receipt,
    /// A repeat reply.
    Repeat,
    /// Our own round-trip test: a signup mail to ourselves, told apart by its token.
    Test {
        /// Identifies the test run; printable ASCII without blanks.
        token: &'a str,
    },
}

/// One letter to one person.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    /// The mailbox it goes out from: header From, envelope sender and X-Loop.
    pub from: &'a EmailAddress,
    /// Display name of the mailbox; may be empty.
    pub display_name: &'a str,
    /// Where answers of the customer go, if not to the mailbox.
    pub reply_to: Option<&'a EmailAddress>,
    /// The only recipient.
    pub to: &'a EmailAddress,
    /// Cleaned to one line here. Empty only for a test.
    pub subject: &'a str,
    /// Any line ends.
    pub body: &'a str,
    /// Put below the body after an empty line; may be empty.
    pub signature: &'a str,
    /// From [`message_id`], without `<>`.
    pub message_id: &'a str,
    /// The Date header.
    pub date: &'a Zoned,
    /// Message-ID of the mail that is answered, without `<>`. Left out where it could not stand in a header.
    pub in_reply_to: Option<&'a str>,
    /// What it is.
    pub marker: Marker<'a>,
}

/// What a message is for; the first part of its Message-ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// A receipt.
    Receipt,
    /// A repeat reply.
    Repeat,
    /// A forward of other mail, or the notice in its place.
    Forward,
    /// A self-test.
    Test,
}

impl Purpose {
    /// The word in the Message-ID.
    pub const fn as_str(self) -> &'static str {
        match self {
            Purpose::Receipt => "receipt",
            Purpose::Repeat => "repeat",
            Purpose::Forward => "forward",
            Purpose::Test => "test",
        }
    }
}

/// The Message-ID of what we send on account of one mail, without `<>`: `receipt.<24 hex digits of the key>.<id>@<domain>`.
///
/// Deterministic, so a letter composed again has the same one, and unique by `id`, the row that the message answers.
pub fn message_id(key: &ContentKey, purpose: Purpose, id: i64, domain: &str) -> String {
    let digits: String = key.0.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
    format!("{}.{digits}.{id}@{domain}", purpose.as_str())
}

/// The finished bytes of a letter.
pub fn compose_letter(letter: &Letter<'_>) -> Vec<u8> {
    let mut text = clean::lines(letter.body);
    append_signature(&mut text, letter.signature);
    let mut header = Header::new();
    header.address("From", letter.display_name, letter.from);
    header.address("To", "", letter.to);
    if let Some(reply_to) = letter.reply_to {
        header.address("Reply-To", "", reply_to);
    }
    header.text("Subject", letter.subject);
    date_and_ids(&mut header, letter.date, letter.message_id, letter.in_reply_to);
    let (submitted, marker) = match letter.marker {
        Marker::Receipt => ("auto-replied", "receipt".to_owned()),
        Marker::Repeat => ("auto-replied", "repeat".to_owned()),
        // A test answers nobody.
        Marker::Test { token } => ("auto-generated", format!("test {token}")),
    };
    machine_fields(&mut header, submitted, &marker, letter.from);
    text_message(header, &text)
}

fn append_signature(text: &mut String, signature: &str) {
    if !text.ends_with('\n') {
        text.push('\n');
    }
    let signature = clean::lines(signature);
    let signature = signature.trim_end();
    if !signature.is_empty() {
        text.push('\n');
        text.push_str(signature);
        text.push('\n');
    }
}

/// Ends the header with a single text part.
fn text_message(mut header: Header, text: &str) -> Vec<u8> {
    let encoded = body::encode_text(text);
    header.plain("MIME-Version", "1.0");
    header.plain("Content-Type", "text/plain; charset=utf-8");
    header.plain("Content-Transfer-Encoding", encoded.encoding);
    let mut bytes = header.finish();
    bytes.extend_from_slice(&encoded.bytes);
    bytes
}

fn date_and_ids(header: &mut Header, date: &Zoned, message_id: &str, in_reply_to: Option<&str>) {
    // RFC 5322 section 3.3; strftime names days and months in English whatever the machine's language.
    header.plain("Date", &date.strftime("%a, %d %b %Y %H:%M:%S %z").to_string());
    header.plain("Message-ID", &format!("<{message_id}>"));
    if let Some(id) = in_reply_to.filter(|id| is_sane_message_id(id)) {
        header.plain("In-Reply-To", &format!("<{id}>"));
        header.plain("References", &format!("<{id}>"));
    }
}

fn machine_fields(header: &mut Header, submitted: &str, marker: &str, mailbox: &EmailAddress) {
    header.plain("Auto-Submitted", submitted);
    header.plain("X-Auto-Response-Suppress", "All");
    header.plain("X-Karamail", marker);
    header.text("X-Loop", &mailbox.to_string());
}

fn is_sane_message_id(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= MESSAGE_ID_BYTES
        && id
            .bytes()
            .all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>'))
}

#[cfg(test)]
mod tests;
