//! One incoming mail as the facts that decisions rest on: [`IncomingMail`].
//!
//! It is built from a header block (what `TOP n 0` gives) or from a whole mail, of which only the header is read, so
//! both give the same facts. In reading order: `header` (fields out of bytes), `text` (charsets and encoded words),
//! `structured` (comments and tokens), `addresses`, `authentication`. `parts` takes a whole mail apart, for delivery
//! reports alone: no decision rests on a body.
//!
//! Invariant: parsing never fails and never panics; what cannot be read is a fact too.

mod addresses;
mod authentication;
mod header;
pub mod markers;
pub(crate) mod parts;
mod start;
mod structured;
mod text;

use std::collections::BTreeSet;
use std::fmt;

use sha2::{Digest, Sha256};

use crate::address::{EmailAddress, is_blank};
use crate::limits::{DATE_BYTES, HEADER_TEXT_CHARACTERS, MESSAGE_ID_BYTES, REFERENCES};
use authentication::AuthenticationResults;
use header::{Field, HeaderBlock};
pub use start::body_text;

/// The facts of one mail.
#[derive(Clone, Debug)]
pub struct IncomingMail {
    header: HeaderBlock,
    sender: Sender,
    subject: String,
    message_id: Option<String>,
    references: Vec<String>,
}

/// Who wrote the mail, by its From header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sender {
    /// Exactly one address, however often it is written.
    One {
        /// The address.
        address: EmailAddress,
        /// What stands beside it, decoded; may be empty.
        display_name: String,
    },
    /// No From header, or one with nothing in it.
    Missing,
    /// This many different addresses.
    Several(usize),
    /// A From header without an address in it; its text, decoded.
    Unreadable(String),
}

/// The envelope sender that the last mail server wrote down (RFC 5321 section 4.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReturnPath {
    /// Nothing was written down.
    Absent,
    /// `<>`: nobody is to be told anything about this mail.
    Null,
    /// An address, or what stands in its place.
    Path(String),
}

/// What the topmost Authentication-Results says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Authentication {
    /// SPF: fail.
    pub spf_fails: bool,
    /// DMARC: fail.
    pub dmarc_fails: bool,
}

/// SHA-256 that knows a mail again when a provider gives every mail a new UIDL. `Display` is 64 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ContentKey(pub [u8; 32]);

impl IncomingMail {
    /// Reads the header at the start of `bytes`, up to [`crate::limits::HEADER_BLOCK_BYTES`]. LF, CRLF and bare CR.
    pub fn parse(bytes: &[u8]) -> IncomingMail {
        let header = HeaderBlock::read(bytes);
        let sender = read_sender(&header);
        let subject = read_subject(&header);
        let message_id = authored(&header, "message-id").find_map(|field| sane_id(&field.value));
        let references = read_references(&header);
        IncomingMail {
            header,
            sender,
            subject,
            message_id,
            references,
        }
    }

    /// Who wrote it, by the From header.
    pub fn sender(&self) -> &Sender {
        &self.sender
    }

    /// The sender's address, where it is exactly one.
    pub fn sender_address(&self) -> Option<&EmailAddress> {
        match &self.sender {
            Sender::One { address, .. } => Some(address),
            Sender::Missing | Sender::Several(_) | Sender::Unreadable(_) => None,
        }
    }

    /// The decoded subject; may hold anything. Of several Subject headers the first that says something.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The Message-ID without its angle brackets, where it is printable ASCII without blanks.
    pub fn message_id(&self) -> Option<&str> {
        self.message_id.as_deref()
    }

    /// The ids of In-Reply-To and References without angle brackets; at most [`REFERENCES`], the last ones.
    pub fn references(&self) -> &[String] {
        &self.references
    }

    /// When the Date header says it was written.
    pub fn date(&self) -> Option<jiff::Timestamp> {
        authored(&self.header, "date").find_map(|field| read_date(&field.value))
    }

    /// When our side received it, by the topmost Received header (RFC 5321 section 4.4: the date follows its last
    /// semicolon).
    pub fn received_at(&self) -> Option<jiff::Timestamp> {
        let received = authored(&self.header, "received").next()?;
        let (_, date) = received.value.rsplit_once(';')?;
        read_date(date)
    }

    /// The key that knows this mail again: SHA-256 over Message-ID, Date, From and `size` (bytes); over every field
    /// that lasts where Message-ID or Date is absent. Folding and line ends do not change it. A mailbox's mails are keyed without
    /// the size: what POP3 servers list is not to be relied on.
    pub fn content_key(&self, size: Option<u64>) -> ContentKey {
        let mut hash = Sha256::new();
        let first = |name| {
            authored(&self.header, name)
                .next()
                .map(|field| field.value.as_str())
        };
        let (id, date) = (first("message-id"), first("date"));
        if id.is_none() || date.is_none() {
            let lasting = |field: &&Field| !MAILBOX_NOTES.contains(&field.name.as_str());
            for field in self.header.fields.iter().filter(lasting) {
                update(&mut hash, Some(&field.name));
                update(&mut hash, Some(&field.value));
            }
        } else {
            for value in [id, date, first("from")] {
                update(&mut hash, value);
            }
        }
        update(&mut hash, size.map(|size| size.to_string()).as_deref());
        ContentKey(hash.finalize().into())
    }

    /// The envelope sender. Where no Return-Path was written, an X-Envelope-From of the same meaning.
    pub fn return_path(&self) -> ReturnPath {
        let written = ["return-path", "x-envelope-from", "x-envelope-sender"];
        let topmost = written.iter().find_map(|name| self.values(name).next());
        let Some(value) = topmost else {
            return ReturnPath::Absent;
        };
        let plain = structured::comparable(value);
        let path = plain.trim_matches(|c| is_blank(c) || matches!(c, '<' | '>' | '"'));
        match path {
            "" | "@" => ReturnPath::Null,
            path => ReturnPath::Path(path.to_owned()),
        }
    }

    /// The topmost Authentication-Results, or the topmost that one of `hosts` wrote where any are named.
    ///
    /// A host whose filters each add a header of their own has written several in a row; these count as one, and of
    /// two results of one method the upper.
    pub fn authentication(&self, hosts: &[String]) -> Authentication {
        let mut spf = None;
        let mut dmarc = None;
        let mut topmost: Option<String> = None;
        for field in &self.header.fields {
            match field.name.as_str() {
                "authentication-results" => {}
                "received-spf" | "dkim-filter" => continue,
                _ if topmost.is_some() => break,
                _ => continue,
            }
            let results = AuthenticationResults::parse(&field.value);
            match &topmost {
                Some(host) if *host == results.host => {}
                Some(_) => break,
                None if hosts.is_empty() || results.is_from(hosts) => topmost = Some(results.host),
                None => continue,
            }
            spf = spf.or(results.spf_fails);
            dmarc = dmarc.or(results.dmarc_fails);
        }
        Authentication {
            spf_fails: spf == Some(true),
            dmarc_fails: dmarc == Some(true),
        }
    }

    /// The token of our own self-test mail (`X-Karamail: test <token>`). Whether it is really ours, the sender says.
    pub fn self_test_token(&self) -> Option<&str> {
        let mut words = self
            .values(markers::MARKER_HEADER)
            .next()?
            .split_ascii_whitespace();
        let is_test = words
            .next()
            .is_some_and(|word| word.eq_ignore_ascii_case(markers::TEST));
        words.next().filter(|_| is_test)
    }

    /// The values of every header of this name (any case), unfolded, encoded words and comments as they stand.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let fields = self.header.fields.iter();
        let wanted = fields.filter(move |field| field.name.eq_ignore_ascii_case(name));
        wanted.map(|field| field.value.as_str())
    }

    /// The names of all headers, lower case, in order, as often as they occur.
    pub fn header_names(&self) -> impl Iterator<Item = &str> {
        self.header.fields.iter().map(|field| field.name.as_str())
    }

    /// The values of every header of this name as rules compare them: no comments, encoded words decoded, lower case.
    pub fn comparable_values(&self, name: &str) -> impl Iterator<Item = String> {
        self.values(name).map(structured::comparable)
    }

    /// The tokens in the values of every header of this name, in the form of [`IncomingMail::comparable_values`].
    pub fn tokens(&self, name: &str) -> impl Iterator<Item = String> {
        let values = self.comparable_values(name);
        values.flat_map(|value| structured::tokens(&value).map(str::to_owned).collect::<Vec<_>>())
    }

    /// The value of every header of this name, split at its semicolons (outside quotes): a media type and its
    /// parameters, for example. In the form of [`IncomingMail::comparable_values`], no blanks around `/` and `=`.
    pub fn parameters(&self, name: &str) -> impl Iterator<Item = Vec<String>> {
        let values = self.comparable_values(name);
        values.map(|value| {
            let parts = structured::split_outside_quotes(&value, ';').into_iter();
            parts.map(structured::without_blanks_at_signs).collect()
        })
    }

    /// Every address in every header of this name.
    pub fn addresses(&self, name: &str) -> impl Iterator<Item = EmailAddress> {
        let found = self.values(name).flat_map(addresses::addresses);
        found.map(|named| named.address)
    }
}

impl fmt::Display for ContentKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

/// Fields in which POP3 servers and mail programs note what became of a mail in its mailbox: they come and change after
/// the mail was read.
const MAILBOX_NOTES: [&str; 9] = [
    "status",
    "x-status",
    "x-uid",
    "x-uidl",
    "x-keywords",
    "x-imapbase",
    "x-mozilla-status",
    "x-mozilla-status2",
    "x-mozilla-keys",
];

/// The fields of one name that the sender or a server wrote. After a garbage line they may be text of the body, so
/// there they count only where none stands before it.
fn authored<'a>(header: &'a HeaderBlock, name: &'a str) -> impl Iterator<Item = &'a Field> {
    let fields = || header.fields.iter().filter(move |field| field.name == name);
    let before_garbage = fields().any(|field| !field.after_garbage);
    fields().filter(move |field| !before_garbage || !field.after_garbage)
}

fn read_sender(header: &HeaderBlock) -> Sender {
    if header.truncated {
        // What was cut off may be a second From, or a header that forbids an answer.
        return Sender::Unreadable(String::new());
    }
    let mut different = BTreeSet::new();
    let mut first = None;
    let mut written = String::new();
    for field in authored(header, "from") {
        written.push_str(field.value.trim_matches(is_blank));
        for named in addresses::addresses(&field.value) {
            different.insert(named.address.key());
            first.get_or_insert(named);
        }
    }
    match (different.len(), first) {
        (0 | 1, Some(named)) => Sender::One {
            address: named.address,
            display_name: shortened(named.display_name),
        },
        (count, Some(_)) => Sender::Several(count),
        (_, None) if written.is_empty() => Sender::Missing,
        (_, None) => Sender::Unreadable(shortened(text::decode_words(&written))),
    }
}

fn read_subject(header: &HeaderBlock) -> String {
    let mut subjects = authored(header, "subject").map(|field| text::decode_words(&field.value));
    let Some(first) = subjects.next() else {
        return String::new();
    };
    if !first.trim_matches(is_blank).is_empty() {
        return shortened(first);
    }
    // A subject the person can see is a subject, even if an empty one stands above it.
    let visible = subjects.find(|subject| !subject.trim_matches(is_blank).is_empty());
    shortened(visible.unwrap_or(first))
}

/// The text, or its first [`HEADER_TEXT_CHARACTERS`] from the first visible one on: blanks in front must not make a
/// long subject an empty one.
fn shortened(text: String) -> String {
    if text.len() <= HEADER_TEXT_CHARACTERS {
        return text;
    }
    let visible = text.trim_matches(is_blank);
    visible.chars().take(HEADER_TEXT_CHARACTERS).collect()
}

fn read_references(header: &HeaderBlock) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for name in ["references", "in-reply-to"] {
        for field in header.fields.iter().filter(|field| field.name == name) {
            let inner = field
                .value
                .split('<')
                .skip(1)
                .filter_map(|part| part.split('>').next());
            ids.extend(inner.filter_map(sane_id));
        }
    }
    let surplus = ids.len().saturating_sub(REFERENCES);
    ids.split_off(surplus)
}

/// An id without its angle brackets, where it could be written into a header again as it stands.
fn sane_id(value: &str) -> Option<String> {
    let value = value.trim_matches(is_blank);
    let inner = match value.split_once('<') {
        Some((_, rest)) => rest.split('>').next().unwrap_or(rest),
        None => value,
    };
    let inner = inner.trim_matches(is_blank);
    let sane = inner
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>'));
    (sane && !inner.is_empty() && inner.len() <= MESSAGE_ID_BYTES).then(|| inner.to_owned())
}

fn read_date(value: &str) -> Option<jiff::Timestamp> {
    let value = value.trim_matches(is_blank);
    if value.len() > DATE_BYTES {
        return None;
    }
    let date = mail_parser::DateTime::parse_rfc822(value).filter(mail_parser::DateTime::is_valid)?;
    jiff::Timestamp::from_second(date.to_timestamp()).ok()
}

/// Length first, so that no two lists of values give the same bytes; an absent value differs from an empty one.
fn update(hash: &mut Sha256, value: Option<&str>) {
    let Some(value) = value else {
        hash.update(u64::MAX.to_be_bytes());
        return;
    };
    // Blanks are what folding changes when a server or a migration writes the header anew.
    let folded: Vec<&str> = value.split_ascii_whitespace().collect();
    let folded = folded.join(" ");
    hash.update((folded.len() as u64).to_be_bytes());
    hash.update(folded.as_bytes());
}
