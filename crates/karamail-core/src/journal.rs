//! What happened, as the shop reads it: one [`Event`] for each thing that happened, and the one line of the monthly log
//! that tells it.

use jiff::Zoned;

use crate::decide::Reason;
use crate::delivery::RefusalClass;
use crate::words::{Language, Told, journal};

/// The longest text from outside in a log line, characters: a line stays a line.
const LINE_TEXT_CHARACTERS: usize = 300;

macro_rules! event_kinds {
    ($($(#[$meta:meta])* $kind:ident = $text:literal,)*) => {
        /// The kinds of things that happen.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum EventKind { $($(#[$meta])* $kind,)* }

        impl EventKind {
            /// The stable name in the database and in JSON.
            pub const fn as_str(self) -> &'static str {
                match self { $(EventKind::$kind => $text,)* }
            }

            /// Reads the stable name back.
            pub fn from_name(name: &str) -> Option<EventKind> {
                match name { $($text => Some(EventKind::$kind),)* _ => None }
            }
        }
    };
}

event_kinds! {
    /// Collecting began.
    Started = "started",
    /// Collecting ended.
    Stopped = "stopped",
    /// An address got its number; the receipt lies in the outbox.
    ReceiptGiven = "receipt-given",
    /// A known address asked again; the repeat reply lies in the outbox.
    Repeated = "repeated",
    /// A known address asked again and the shop wants that ignored.
    DuplicateIgnored = "duplicate-ignored",
    /// A person with a number left.
    OptedOut = "opted-out",
    /// A person was erased; the number stays.
    Erased = "erased",
    /// Mails were imported from files.
    Imported = "imported",
    /// Other mail, to be forwarded.
    Forwarding = "forwarding",
    /// Other mail, archived.
    Archived = "archived",
    /// The POP3 server does not delete a mail that it should.
    DeletionRefused = "deletion-refused",
    /// Held for the shop to look at.
    Held = "held",
    /// Older than the first contact with this mailbox allows; left alone.
    Backlog = "backlog",
    /// One of our own test mails came back.
    SelfTest = "self-test",
    /// The SMTP server took a letter.
    Sent = "sent",
    /// A letter could not be sent for now.
    SendDelayed = "send-delayed",
    /// The SMTP server refused a letter for good.
    Refused = "refused",
    /// A letter that the SMTP server took came back.
    Bounced = "bounced",
    /// The shop asked for a number to be sent again.
    Resending = "resending",
    /// A mailbox cannot be read.
    MailboxFailing = "mailbox-failing",
    /// A mailbox that could not be read can be read again.
    MailboxRecovered = "mailbox-recovered",
    /// The SMTP server of a mailbox takes nothing.
    SendingFailing = "sending-failing",
    /// The SMTP server of a mailbox takes letters again.
    SendingRecovered = "sending-recovered",
    /// One mail could not be read.
    MailUnreadable = "mail-unreadable",
    /// One mail cannot be handled and was put aside; the rest go on.
    Quarantined = "quarantined",
    /// The shop released a held mail, or had an old mail processed.
    Released = "released",
    /// The shop discarded a held or old mail.
    Discarded = "discarded",
    /// The shop wants an old mail left alone for good.
    Ignored = "ignored",
    /// A limit of replies was reached; told once an hour for a mailbox.
    LimitReached = "limit-reached",
    /// Every unique id of a mailbox is new.
    UidlsChanged = "uidls-changed",
    /// The disk has room again and collecting goes on.
    DiskRoomAgain = "disk-room-again",
    /// The clock jumped, or the machine slept.
    ClockJumped = "clock-jumped",
    /// The settings were read and hold now.
    SettingsLoaded = "settings-loaded",
    /// The settings file has faults; the old settings stay.
    SettingsRefused = "settings-refused",
    /// The data are those of a backup.
    Restored = "restored",
}

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// What kind of thing.
    pub kind: EventKind,
    /// The mailbox's name, where it happened to one.
    pub mailbox: Option<String>,
    /// The ledger row of the mail it is about.
    pub mail_id: Option<i64>,
    /// The receipt number it is about.
    pub number: Option<i64>,
    /// The address it is about.
    pub address: Option<String>,
    /// The stable name of the [`Reason`], where a mail was decided on, or of the [`RefusalClass`], where a letter came back.
    pub reason: Option<String>,
    /// A sentence or a server's words.
    pub detail: Option<String>,
}

impl Event {
    /// An event of this kind about nothing yet.
    pub fn new(kind: EventKind) -> Event {
        Event {
            kind,
            mailbox: None,
            mail_id: None,
            number: None,
            address: None,
            reason: None,
            detail: None,
        }
    }

    /// The line of the monthly log, without its line end: time, what happened, mailbox, number, address, reason.
    ///
    /// Whatever came from outside has its control, bidi and line-separating characters replaced, so that one event is one line.
    pub fn line(&self, at: &Zoned, language: Language) -> String {
        let mut line = at.strftime("%Y-%m-%d %H:%M:%S").to_string();
        line.push('\t');
        line.push_str(&self.title(language));
        for part in [
            self.number.map(|number| journal::number(language, number)),
            self.address.as_deref().map(harmless),
            self.reason.as_deref().and_then(|name| told(name, language)),
            self.detail.as_deref().map(harmless),
            self.mailbox
                .as_deref()
                .map(|name| journal::mailbox(language, &harmless(name))),
        ]
        .into_iter()
        .flatten()
        {
            line.push('\t');
            line.push_str(&part);
        }
        line
    }

    /// What happened, in a few words.
    pub fn title(&self, language: Language) -> String {
        journal::title(language, self.kind)
    }
}

fn told(reason: &str, language: Language) -> Option<String> {
    match reason.parse::<Reason>() {
        Ok(reason) => Some(reason.what(language)),
        Err(_) => reason
            .parse::<RefusalClass>()
            .ok()
            .map(|class| class.what(language)),
    }
}

/// `text` with every character that could end the line, move the cursor or turn the writing direction made visible as
/// `?`-like U+FFFD, and bounded.
pub fn harmless(text: &str) -> String {
    let mut clean: String = text
        .trim()
        .chars()
        .take(LINE_TEXT_CHARACTERS)
        .map(visible)
        .collect();
    if text.trim().chars().nth(LINE_TEXT_CHARACTERS).is_some() {
        clean.push('…');
    }
    clean
}

/// A character that could end the line, move the cursor or turn the writing direction, made visible; others as they are.
pub fn visible(character: char) -> char {
    match character {
        '\t' | '\r' | '\n' => ' ',
        '\u{2028}'
        | '\u{2029}'
        | '\u{061c}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c if c.is_control() => '\u{fffd}',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_text_stays_on_one_line() {
        let mut event = Event::new(EventKind::Archived);
        event.address = Some("a\r\n2026-01-01 00:00:00\t受付\u{1b}[31m\u{202e}@x.jp\u{2028}".into());
        let at = "2026-11-21T14:05:09+09:00[Asia/Tokyo]".parse().unwrap();
        for language in [Language::Japanese, Language::English] {
            let line = event.line(&at, language);
            assert!(line.starts_with("2026-11-21 14:05:09\t"), "{line}");
            assert!(
                !line.contains(['\r', '\n', '\u{1b}', '\u{202e}', '\u{2028}']),
                "{line:?}"
            );
            assert_eq!(line.matches('\t').count(), 2, "{line:?}");
        }
    }
}
