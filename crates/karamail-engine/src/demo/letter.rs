//! A mail as the phone that gets it reads it: decoded, and still what a stranger wrote.

use jiff::Timestamp;
use karamail_core::address::EmailAddress;
use karamail_core::mail::body_text;
use mail_parser::{Address, MessageParser};

use super::SentMail;

/// A mail on a customer's phone. Everything in it comes from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PhoneLetter {
    /// `Name <address>`.
    pub from: String,
    /// The same of everybody it is addressed to.
    pub to: String,
    /// Decoded; empty where there is none.
    pub subject: String,
    /// Its text, decoded; no blank lines at its end.
    pub body: String,
    /// Its Date, where it has one that can be read.
    pub at: Option<Timestamp>,
}

impl PhoneLetter {
    /// Reads a mail. One that cannot be read is an empty letter.
    pub fn read(mail: &SentMail) -> PhoneLetter {
        // The header alone: mail-parser is not safe from mails in mails without end (`body_text`).
        let Some(message) = MessageParser::default().parse_headers(&mail.bytes) else {
            return PhoneLetter::default();
        };
        let at = message.date().filter(|date| date.is_valid());
        PhoneLetter {
            from: people(message.from()),
            to: people(message.to()),
            subject: message.subject().unwrap_or_default().to_owned(),
            body: body_text(&mail.bytes).trim_end().to_owned(),
            at: at.and_then(|date| Timestamp::from_second(date.to_timestamp()).ok()),
        }
    }
}

/// `Name <address>` for each, with addresses as the customer would write them.
fn people(people: Option<&Address<'_>>) -> String {
    let person = |person: &mail_parser::Addr<'_>| {
        let (name, address) = (
            person.name().unwrap_or_default(),
            person.address().unwrap_or_default(),
        );
        // The parser takes the quoted local part of `"a..b"@docomo.ne.jp` outside angle brackets for a name.
        if address.starts_with('@') {
            return format!("{name}{address}");
        }
        let plain = EmailAddress::parse(address).map_or(address.to_owned(), |address| address.to_string());
        match name {
            "" => plain,
            name => format!("{name} <{plain}>"),
        }
    };
    let people = people.into_iter().flat_map(Address::iter).map(person);
    people.collect::<Vec<_>>().join(", ")
}
