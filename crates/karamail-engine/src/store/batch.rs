//! The rows of one batch of mails: what each decision writes, gathered first.

use karamail_core::address::EmailAddress;
use karamail_core::decide::{Decision, DuplicateAction, Outcome, Reason};
use karamail_core::journal::{Event, EventKind};
use karamail_core::mail::markers::is_test_token;

use super::desk::Desk;
use super::mails::{Candidate, Clerk, Letter, Recorded, Scope, Spool};

/// The rows of one batch, gathered first and written with one statement a table.
#[derive(Default)]
pub(super) struct Batch<'a> {
    pub(super) mails: Vec<MailRow<'a>>,
    pub(super) receipts: Vec<ReceiptRow>,
    pub(super) outbox: Vec<OutboxRow>,
    pub(super) events: Vec<Event>,
    /// Before which event a limit was reached for the first time.
    pub(super) limit_reached: Option<usize>,
    /// Address keys of people who leave, and of people who are there again.
    pub(super) leaving: Vec<String>,
    pub(super) returning: Vec<String>,
}

pub(super) struct MailRow<'a> {
    pub(super) candidate: &'a Candidate,
    pub(super) decision: Decision,
    pub(super) state: &'static str,
}

pub(super) struct ReceiptRow {
    pub(super) number: i64,
    pub(super) issue: i64,
    pub(super) address: EmailAddress,
    pub(super) mail_id: i64,
}

pub(super) struct OutboxRow {
    pub(super) mail_id: i64,
    pub(super) kind: &'static str,
    pub(super) number: Option<i64>,
    pub(super) letter: Letter,
}

impl<'a> Batch<'a> {
    /// As [`Batch::enter`]; a mail on which that panics is put aside, and takes no number.
    pub(super) fn enter_safely(
        &mut self,
        scope: &Scope,
        candidate: &'a Candidate,
        desk: &mut Desk,
        clerk: &Clerk<'_>,
    ) -> Option<Recorded> {
        let key = candidate.mail.sender_address().map(EmailAddress::key);
        let numbers = desk.numbers.mark(key.as_deref());
        let lengths = (
            self.mails.len(),
            self.receipts.len(),
            self.outbox.len(),
            self.events.len(),
        );
        let limit_reached = self.limit_reached;
        // Whatever the panic left half done is taken back here.
        let entering = std::panic::AssertUnwindSafe(|| self.enter(scope, candidate, desk, clerk));
        std::panic::catch_unwind(entering).unwrap_or_else(|_| {
            tracing::error!(mail = candidate.id, "working on a mail panicked; it is put aside");
            desk.numbers.back_to(numbers);
            self.mails.truncate(lengths.0);
            self.receipts.truncate(lengths.1);
            self.outbox.truncate(lengths.2);
            self.events.truncate(lengths.3);
            self.limit_reached = limit_reached;
            Some(self.put_aside(scope, candidate))
        })
    }

    fn put_aside(&mut self, scope: &Scope, candidate: &'a Candidate) -> Recorded {
        let decision = Decision {
            outcome: Outcome::Hold,
            reason: Reason::CannotBeHandled,
        };
        self.events.push(Event {
            mailbox: Some(scope.mailbox_name.clone()),
            mail_id: Some(candidate.id),
            reason: Some(decision.reason.as_str().to_owned()),
            ..Event::new(EventKind::Quarantined)
        });
        self.mails.push(MailRow {
            candidate,
            decision,
            state: "held",
        });
        Recorded {
            message_number: candidate.message_number,
            mail_id: candidate.id,
            outcome: Some(decision.outcome),
            number: None,
        }
    }

    /// Decides a candidate and notes its rows. `None` where the decision needs the whole mail on disk and it is not
    /// there: something changed since the first look, and the next cycle sees the mail again.
    fn enter(
        &mut self,
        scope: &Scope,
        candidate: &'a Candidate,
        desk: &mut Desk,
        clerk: &Clerk<'_>,
    ) -> Option<Recorded> {
        let mut decision = match candidate.put_aside {
            Some(reason) => Decision {
                outcome: Outcome::Hold,
                reason,
            },
            None => (clerk.decide)(&candidate.mail, &desk.known_of(candidate)),
        };
        let sender = candidate.mail.sender_address();
        let mut number = None;
        let (state, kind) = match (decision.outcome, sender) {
            (Outcome::Receipt | Outcome::Duplicate(DuplicateAction::NewNumber), Some(address)) => {
                number = Some(self.number(candidate, address, desk, clerk));
                ("recorded", EventKind::ReceiptGiven)
            }
            (Outcome::Duplicate(DuplicateAction::Repeat), Some(address)) => {
                number = desk.numbers.of(&address.key());
                self.answer(candidate, address, true, number?, desk, clerk);
                ("recorded", EventKind::Repeated)
            }
            (Outcome::Duplicate(_), _) => ("settled", EventKind::DuplicateIgnored),
            (Outcome::OptOut, Some(address)) => {
                number = desk.numbers.of(&address.key());
                (
                    self.say_farewell(candidate, address, number?, desk, clerk),
                    EventKind::OptedOut,
                )
            }
            (Outcome::SelfTest, _) => ("settled", EventKind::SelfTest),
            (Outcome::Forward | Outcome::Archive, _) => match (&candidate.spooled, decision.outcome) {
                (Spool::TooLarge, _) => {
                    decision.outcome = Outcome::Hold;
                    ("held", EventKind::Held)
                }
                (Spool::Whole(spooled), Outcome::Forward) => {
                    let letter = spooled.forward.clone()?;
                    desk.note_forward();
                    self.outbox.push(OutboxRow {
                        mail_id: candidate.id,
                        kind: "forward",
                        number: None,
                        letter,
                    });
                    ("recorded", EventKind::Forwarding)
                }
                (Spool::Whole(_), _) => ("settled", EventKind::Archived),
                (Spool::Refused, _) => {
                    decision = Decision {
                        outcome: Outcome::Hold,
                        reason: Reason::MailRefused,
                    };
                    ("held", EventKind::Quarantined)
                }
                (Spool::NotFetched, _) => return None,
            },
            (Outcome::Backlog, _) => ("backlog", EventKind::Backlog),
            (Outcome::Hold, _) if candidate.put_aside.is_some() => ("held", EventKind::Quarantined),
            // A signup always has a sender; one without would be held for a person to look at, not lost.
            (Outcome::Hold | Outcome::Receipt | Outcome::OptOut, _) => ("held", EventKind::Held),
        };
        if let (Outcome::Duplicate(_), Some(address)) = (decision.outcome, sender) {
            let key = address.key();
            self.leaving.retain(|leaving| *leaving != key);
            self.returning.push(key);
        }
        if matches!(
            decision.reason,
            Reason::RateLimitAddress | Reason::RateLimitMailbox
        ) {
            self.limit_reached.get_or_insert(self.events.len());
        }
        self.events.push(Event {
            mailbox: Some(scope.mailbox_name.clone()),
            mail_id: Some(candidate.id),
            number,
            address: sender.map(ToString::to_string),
            reason: Some(decision.reason.as_str().to_owned()),
            // Whoever waits for a test mail knows it by its token.
            detail: candidate
                .mail
                .self_test_token()
                .filter(|token| decision.outcome == Outcome::SelfTest && is_test_token(token))
                .map(str::to_owned),
            ..Event::new(kind)
        });
        self.mails.push(MailRow {
            candidate,
            decision,
            state,
        });
        Some(Recorded {
            message_number: candidate.message_number,
            mail_id: candidate.id,
            outcome: Some(decision.outcome),
            number,
        })
    }

    fn number(
        &mut self,
        candidate: &'a Candidate,
        address: &EmailAddress,
        desk: &mut Desk,
        clerk: &Clerk<'_>,
    ) -> i64 {
        let (number, issue) = desk.numbers.take(&address.key());
        self.receipts.push(ReceiptRow {
            number,
            issue,
            address: address.clone(),
            mail_id: candidate.id,
        });
        self.answer(candidate, address, false, number, desk, clerk);
        number
    }

    fn answer(
        &mut self,
        candidate: &'a Candidate,
        address: &EmailAddress,
        is_repeat: bool,
        number: i64,
        desk: &mut Desk,
        clerk: &Clerk<'_>,
    ) {
        let letter = (clerk.compose)(candidate, address, is_repeat, number);
        let kind = if is_repeat { "repeat" } else { "receipt" };
        self.outbox.push(OutboxRow {
            mail_id: candidate.id,
            kind,
            number: Some(number),
            letter,
        });
        desk.note_reply(address.key());
    }

    /// Marks the sender as left, with the answer that the shop wrote; gives the mail's state.
    fn say_farewell(
        &mut self,
        candidate: &'a Candidate,
        address: &EmailAddress,
        number: i64,
        desk: &mut Desk,
        clerk: &Clerk<'_>,
    ) -> &'static str {
        // Composed first: a mail on which that panics marks nobody.
        let letter = (clerk.farewell)(candidate, address, number);
        let key = address.key();
        self.returning.retain(|returning| *returning != key);
        self.leaving.push(key);
        let Some(letter) = letter else {
            return "settled";
        };
        self.outbox.push(OutboxRow {
            mail_id: candidate.id,
            kind: "repeat",
            number: Some(number),
            letter,
        });
        desk.note_reply(address.key());
        "recorded"
    }
}
