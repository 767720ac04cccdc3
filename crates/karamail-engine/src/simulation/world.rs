//! What is true, whatever the program believes: the mails that were deposited, and the letters that were taken.

use std::collections::BTreeSet;

use karamail_core::address::EmailAddress;
use karamail_core::mail::{ContentKey, IncomingMail};
use mail_parser::MessageParser;
use tokio::time::Instant;

use super::random::Random;
use super::weather::Ids;

/// What a mail asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// An empty mail of a person.
    Signup,
    /// A mail with a subject.
    Other,
    /// What never-reply.md forbids to answer.
    Automatic,
    /// An empty mail whose sender is forged.
    Spoofed,
}

/// How a mail left its server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// We asked for it.
    Deleted,
    /// Somebody else did it.
    Elsewhere,
}

#[derive(Clone, Debug)]
pub(super) struct Mail {
    pub(super) id: usize,
    pub(super) mailbox: usize,
    pub(super) kind: Kind,
    /// Whom it is from.
    pub(super) address: String,
    pub(super) bytes: Vec<u8>,
    pub(super) key: ContentKey,
    pub(super) uidl: String,
    pub(super) left: Option<Left>,
    /// Whether it stood in a listing.
    pub(super) was_listed: bool,
}

#[derive(Debug)]
pub(super) struct Mailbox {
    pub(super) address: String,
    /// Mails that are there, in the order in which they came.
    pub(super) mails: Vec<usize>,
    pub(super) has_session: bool,
    pub(super) locked_until: Option<Instant>,
    /// Ids of mails that are gone.
    free_ids: Vec<String>,
}

/// A letter that the SMTP server took.
#[derive(Clone, Debug)]
pub(super) struct Letter {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) bytes: Vec<u8>,
    pub(super) message_id: String,
    /// What our marker header says.
    pub(super) marker: String,
    pub(super) number: Option<i64>,
}

#[derive(Debug, Default)]
pub(super) struct World {
    pub(super) mailboxes: Vec<Mailbox>,
    pub(super) mails: Vec<Mail>,
    pub(super) letters: Vec<Letter>,
    /// Addresses whose server refuses every letter.
    pub(super) dead_addresses: BTreeSet<String>,
    last_id: u64,
}

impl World {
    pub(super) fn new(mailboxes: usize) -> World {
        let mailbox = |nth| Mailbox {
            address: format!("touroku{nth}@shop.example"),
            mails: Vec::new(),
            has_session: false,
            locked_until: None,
            free_ids: Vec::new(),
        };
        World {
            mailboxes: (0..mailboxes).map(mailbox).collect(),
            ..World::default()
        }
    }

    /// A mail comes.
    pub(super) fn deposit(
        &mut self,
        mailbox: usize,
        kind: Kind,
        address: &str,
        bytes: Vec<u8>,
        ids: Ids,
        dice: &mut Random,
    ) -> usize {
        let id = self.mails.len();
        let uidl = self.new_uidl(mailbox, ids, dice);
        self.mails.push(Mail {
            id,
            mailbox,
            kind,
            address: address.to_owned(),
            key: IncomingMail::parse(header_of(&bytes)).content_key(None),
            bytes,
            uidl,
            left: None,
            was_listed: false,
        });
        self.mailboxes[mailbox].mails.push(id);
        id
    }

    fn new_uidl(&mut self, mailbox: usize, ids: Ids, dice: &mut Random) -> String {
        let box_ = &mut self.mailboxes[mailbox];
        if ids == Ids::Reused && !box_.free_ids.is_empty() && dice.in_thousand(700) {
            let count = box_.free_ids.len() as u64;
            // The last one that came free more often than any other.
            let at = dice.below(2 * count).min(count - 1) as usize;
            return box_.free_ids.swap_remove(at);
        }
        if ids == Ids::Repeated && dice.in_thousand(400) {
            return "same".to_owned();
        }
        self.last_id += 1;
        format!("u{}", self.last_id)
    }

    /// The provider moves a mailbox: every unique id is new.
    pub(super) fn renumber(&mut self, mailbox: usize) {
        for id in self.mailboxes[mailbox].mails.clone() {
            self.last_id += 1;
            self.mails[id].uidl = format!("u{}", self.last_id);
        }
    }

    /// A mail leaves its server.
    pub(super) fn remove(&mut self, id: usize, how: Left) {
        let mail = &mut self.mails[id];
        mail.left = Some(how);
        let mailbox = &mut self.mailboxes[mail.mailbox];
        mailbox.mails.retain(|there| *there != id);
        mailbox.free_ids.push(mail.uidl.clone());
    }

    /// Whether this address wrote a mail that asks for a number.
    pub(super) fn asked_for_a_number(&self, address: &str) -> bool {
        let key = key_of(address);
        let mut signups = self.mails.iter().filter(|mail| mail.kind == Kind::Signup);
        signups.any(|mail| key_of(&mail.address) == key)
    }
}

impl Letter {
    pub(super) fn read(from: String, to: String, bytes: Vec<u8>) -> Letter {
        let message = MessageParser::default().parse(&bytes);
        let text = |name: &str| {
            let header = message.as_ref().and_then(|message| message.header(name));
            header
                .and_then(|value| value.as_text())
                .unwrap_or_default()
                .trim()
                .to_owned()
        };
        let subject = message
            .as_ref()
            .and_then(|message| message.subject())
            .unwrap_or_default();
        let digits: String = subject.chars().filter(char::is_ascii_digit).collect();
        let marker = text("X-Karamail");
        Letter {
            message_id: message
                .as_ref()
                .and_then(|message| message.message_id())
                .unwrap_or_default()
                .to_owned(),
            number: digits
                .parse()
                .ok()
                .filter(|_| marker == "receipt" || marker == "repeat"),
            marker,
            from,
            to,
            bytes,
        }
    }

    pub(super) fn is_reply(&self) -> bool {
        self.marker == "receipt" || self.marker == "repeat"
    }
}

/// The header of a mail, without the empty line behind it.
pub(super) fn header_of(bytes: &[u8]) -> &[u8] {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n");
    &bytes[..end.map_or(bytes.len(), |at| at + 2)]
}

pub(super) fn key_of(address: &str) -> String {
    EmailAddress::parse(address).map_or_else(|_| address.to_owned(), |address| address.key())
}
