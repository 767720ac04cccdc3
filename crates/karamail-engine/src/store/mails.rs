//! What is known of a mailbox, and the one transaction that records a batch of mails: ledger rows, numbers, finished
//! letters and events, or none of them (invariant 2).

use std::collections::{HashMap, HashSet, VecDeque};

use jiff::{SignedDuration, Timestamp};
use karamail_core::address::EmailAddress;
use karamail_core::decide::{Decision, DuplicateAction, Known, Outcome, Reason};
use karamail_core::delivery_report::DeliveryReport;
use karamail_core::journal::{Event, EventKind};
use karamail_core::mail::markers::is_test_token;
use karamail_core::mail::{ContentKey, IncomingMail};
use karamail_core::pop3::plan::KnownMail;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::aside::{AsideRow, Wish, waived_with, was_told};
use super::consents::{self, Wordings};
use super::leaving;
use super::receipts::Numbers;
use super::{Store, StoreError, begin, events, milliseconds, reports};

/// A mailbox in the ledger.
#[derive(Clone, Copy, Debug)]
pub struct MailboxRow {
    /// Its row.
    pub id: i64,
    /// Whether a whole listing of it was recorded before.
    pub first_contact_done: bool,
}

/// A mail that was read from the server and is not in the ledger yet.
pub struct Candidate {
    /// The ledger id it will have.
    pub id: i64,
    /// Its message number in this POP3 session.
    pub message_number: u32,
    /// Its unique id on the server, where the server has such.
    pub uidl: Option<String>,
    /// Its size as the server lists it, octets.
    pub size: Option<u64>,
    /// Its facts.
    pub mail: IncomingMail,
    /// Its header as it came, kept where the shop has to decide about the mail.
    pub header: Vec<u8>,
    /// A shop word stands in its body.
    pub shop_word_in_body: bool,
    /// It cannot be handled, and is put aside for this reason.
    pub put_aside: Option<Reason>,
    /// Its content key.
    pub key: ContentKey,
    /// Where the whole of it lies on disk, for mail that is forwarded or archived.
    pub spooled: Spool,
}

/// Whether the whole of a mail lies on disk.
#[derive(Clone, Debug)]
pub enum Spool {
    /// It was not fetched: nothing needs it.
    NotFetched,
    /// It lies there.
    Whole(Spooled),
    /// It is larger than the mailbox's `largest_mail` and stays on the server, held for the shop.
    TooLarge,
    /// The server refused it again and again: it is put aside.
    Refused,
}

/// A whole mail on disk, flushed before the ledger speaks of it.
#[derive(Clone, Debug)]
pub struct Spooled {
    /// The file in the archive folder, relative to the data folder, with forward slashes.
    pub archive_file: String,
    /// The finished forward, where it is to be forwarded.
    pub forward: Option<Letter>,
    /// What it says about letters of ours, where it is a delivery report.
    pub report: Option<Box<DeliveryReport>>,
}

/// A finished letter, ready for the outbox.
#[derive(Clone, Debug)]
pub struct Letter {
    /// Envelope sender.
    pub from: EmailAddress,
    /// Envelope recipient.
    pub to: EmailAddress,
    /// Message-ID without angle brackets.
    pub message_id: String,
    /// The bytes, or where they lie.
    pub body: LetterBody,
}

/// Where a finished letter lies.
#[derive(Clone, Debug)]
pub enum LetterBody {
    /// In the ledger.
    Bytes(Vec<u8>),
    /// In a file of the outbox folder, relative to the data folder, flushed before the ledger speaks of it.
    File(String),
}

/// How a batch is decided and answered: pure functions of the mail and what is known.
pub struct Clerk<'a> {
    /// The decision table with this mailbox's rules.
    pub decide: &'a (dyn Fn(&IncomingMail, &Known) -> Decision + Sync),
    /// The finished receipt (`false`) or repeat reply (`true`) with this number.
    pub compose: &'a (dyn Fn(&Candidate, &EmailAddress, bool, i64) -> Letter + Sync),
    /// The finished answer to somebody who leaves; `None` where the shop wants none.
    pub farewell: &'a (dyn Fn(&Candidate, &EmailAddress, i64) -> Option<Letter> + Sync),
}

/// Which mailbox and series a batch belongs to.
#[derive(Clone, Debug)]
pub struct Scope {
    /// The mailbox's row.
    pub mailbox_id: i64,
    /// The mailbox's name, for events.
    pub mailbox_name: String,
    /// The series its numbers come from.
    pub series: String,
    /// The number the series begins with if it is new.
    pub first_number: i64,
    /// What the consent records keep.
    pub wordings: Wordings,
}

/// What became of a candidate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The message number in this session.
    pub message_number: u32,
    /// The ledger row; an older one where the mail was known under another unique id.
    pub mail_id: i64,
    /// The decision, for a mail that is new.
    pub outcome: Option<Outcome>,
    /// The number it was given or has.
    pub number: Option<i64>,
}

impl Store {
    /// The ledger's row for a mailbox, made where it is new.
    pub async fn mailbox(&self, address: &EmailAddress) -> Result<MailboxRow, StoreError> {
        let mut writer = self.writer().await;
        let key = address.key();
        let find = "SELECT id, first_contact_done_at IS NOT NULL FROM mailboxes WHERE address_key = ?1";
        if let Some((id, first_contact_done)) = sqlx::query_as::<_, (i64, bool)>(find)
            .bind(&key)
            .fetch_optional(&mut *writer)
            .await?
        {
            return Ok(MailboxRow {
                id,
                first_contact_done,
            });
        }
        let id = sqlx::query_scalar("INSERT INTO mailboxes (address_key) VALUES (?1) RETURNING id")
            .bind(&key)
            .fetch_one(&mut *writer)
            .await?;
        Ok(MailboxRow {
            id,
            first_contact_done: false,
        })
    }

    /// Notes that a whole listing of the mailbox has been recorded.
    pub async fn finish_first_contact(&self, mailbox_id: i64, now: Timestamp) -> Result<(), StoreError> {
        let mut writer = self.writer().await;
        sqlx::query(
            "UPDATE mailboxes SET first_contact_done_at = ?2 WHERE id = ?1 AND first_contact_done_at IS NULL",
        )
        .bind(mailbox_id)
        .bind(milliseconds(now))
        .execute(&mut *writer)
        .await?;
        Ok(())
    }

    /// Every mail of the mailbox that is, as far as we know, still on the server.
    pub async fn known_mails(&self, mailbox_id: i64) -> Result<Vec<KnownMail>, StoreError> {
        let mut writer = self.writer().await;
        let rows: Vec<(i64, Option<String>)> =
            sqlx::query_as("SELECT id, uidl FROM mails WHERE mailbox_id = ?1 AND state <> 'gone'")
                .bind(mailbox_id)
                .fetch_all(&mut *writer)
                .await?;
        Ok(rows
            .into_iter()
            .map(|(id, uidl)| KnownMail { id, uidl })
            .collect())
    }

    /// What is known of each mail's sender, for a first look before the batch is recorded. `None` for a mail that is
    /// an older row's: [`Store::record`] will not ask for a decision on it.
    pub async fn known(
        &self,
        scope: &Scope,
        candidates: &[Candidate],
        listed: &HashSet<i64>,
        now: Timestamp,
    ) -> Result<Vec<Option<Known>>, StoreError> {
        let mut writer = self.writer().await;
        let twins = twins(&mut writer, scope.mailbox_id, candidates, listed).await?;
        let mails: Vec<&IncomingMail> = candidates.iter().map(|candidate| &candidate.mail).collect();
        let desk = Desk::load(&mut writer, scope, &mails, now).await?;
        let known = mails.into_iter().zip(twins);
        Ok(known
            .zip(candidates)
            .map(|((_, twin), candidate)| twin.is_none().then(|| desk.known_of(candidate)))
            .collect())
    }

    /// What is known of the sender of a mail that is in the ledger.
    pub async fn known_again(
        &self,
        scope: &Scope,
        candidate: &Candidate,
        now: Timestamp,
    ) -> Result<Known, StoreError> {
        let mut writer = self.writer().await;
        let desk = Desk::load(&mut writer, scope, &[&candidate.mail], now).await?;
        Ok(desk.known_of(candidate))
    }

    /// Records a batch in one transaction. `listed` holds the ledger rows that are known to be in this session's
    /// listing already; a candidate whose content is that of another row is that row's mail under a new unique id,
    /// and is neither numbered nor answered again.
    pub async fn record(
        &self,
        scope: &Scope,
        candidates: &[Candidate],
        listed: &mut HashSet<i64>,
        clerk: &Clerk<'_>,
        now: Timestamp,
    ) -> Result<Vec<Recorded>, StoreError> {
        let mut writer = self.writer().await;
        let mut transaction = begin(&mut writer).await?;
        // Taken over only after the commit.
        let mut newly_listed = HashSet::new();
        let twins = twins(&mut transaction, scope.mailbox_id, candidates, listed).await?;
        let mails: Vec<&IncomingMail> = candidates.iter().map(|candidate| &candidate.mail).collect();
        let mut desk = Desk::load(&mut transaction, scope, &mails, now).await?;
        let mut batch = Batch::default();
        let mut recorded = Vec::with_capacity(candidates.len());
        for (candidate, twin) in candidates.iter().zip(twins) {
            if let Some(mail_id) = twin {
                newly_listed.insert(mail_id);
                adopt(&mut transaction, mail_id, candidate.uidl.as_deref()).await?;
                recorded.push(Recorded {
                    message_number: candidate.message_number,
                    mail_id,
                    outcome: None,
                    number: None,
                });
            } else if let Some(entry) = batch.enter_safely(scope, candidate, &mut desk, clerk) {
                newly_listed.insert(candidate.id);
                recorded.push(entry);
            }
        }
        batch.write(&mut transaction, scope, now).await?;
        let is_new = |id: i64| {
            recorded
                .iter()
                .any(|entry| entry.mail_id == id && entry.outcome.is_some())
        };
        for candidate in candidates {
            if let Spool::Whole(Spooled {
                report: Some(report), ..
            }) = &candidate.spooled
                && is_new(candidate.id)
            {
                let at = milliseconds(now);
                let told = reports::mark(&mut transaction, scope, candidate.id, report, at).await?;
                events::write(&mut transaction, &told, at).await?;
            }
        }
        transaction.commit().await?;
        listed.extend(newly_listed);
        drop(writer);
        self.announce_events();
        Ok(recorded)
    }

    /// Decides again about mails that lie aside, in one transaction: the number is taken now. What the decision needs
    /// from the server first (the whole mail, to forward or archive it) stays where it lies, with the wish noted.
    pub async fn record_again(
        &self,
        scope: &Scope,
        mails: &[(AsideRow, Candidate)],
        clerk: &Clerk<'_>,
        now: Timestamp,
    ) -> Result<Vec<Option<Recorded>>, StoreError> {
        let facts: Vec<&IncomingMail> = mails.iter().map(|(_, candidate)| &candidate.mail).collect();
        let mut recorded = Vec::with_capacity(mails.len());
        let mut waiting = Vec::new();
        {
            let mut writer = self.writer().await;
            let mut transaction = begin(&mut writer).await?;
            let mut desk = Desk::load(&mut transaction, scope, &facts, now).await?;
            let mut batch = Batch::default();
            for (row, candidate) in mails {
                // Somebody else may have decided since it was read.
                let find = "SELECT state IN ('held', 'backlog') FROM mails WHERE id = ?1";
                let is_aside: bool = sqlx::query_scalar(find)
                    .bind(row.id)
                    .fetch_one(&mut *transaction)
                    .await?;
                let entry = match is_aside {
                    true => batch.enter_safely(scope, candidate, &mut desk, clerk),
                    false => None,
                };
                if is_aside && entry.is_none() {
                    waiting.push(row.clone());
                }
                recorded.push(entry);
            }
            batch.write_again(&mut transaction, scope, mails, now).await?;
            transaction.commit().await?;
        }
        self.announce_events();
        self.wish(&waiting, Wish::Release, now).await?;
        Ok(recorded)
    }
}

/// For each candidate the row of this mailbox that it is, if any: one with its content, live or gone, that is not
/// otherwise in the listing.
async fn twins(
    connection: &mut SqliteConnection,
    mailbox_id: i64,
    candidates: &[Candidate],
    listed: &HashSet<i64>,
) -> Result<Vec<Option<i64>>, StoreError> {
    let mut query: QueryBuilder<Sqlite> =
        QueryBuilder::new("SELECT content_key, id FROM mails WHERE mailbox_id = ");
    query.push_bind(mailbox_id).push(" AND content_key IN (");
    let mut list = query.separated(", ");
    for candidate in candidates {
        list.push_bind(candidate.key.0.to_vec());
    }
    // One that should be there is likelier to be this mail than one that is gone.
    query.push(") ORDER BY state = 'gone', id DESC");
    let rows: Vec<(Vec<u8>, i64)> = query.build_query_as().fetch_all(connection).await?;
    let mut same: HashMap<&[u8], VecDeque<i64>> = HashMap::new();
    for (key, id) in &rows {
        if !listed.contains(id) {
            same.entry(key).or_default().push_back(*id);
        }
    }
    let keys = candidates.iter().map(|candidate| candidate.key.0.as_slice());
    Ok(keys.map(|key| same.get_mut(key)?.pop_front()).collect())
}

/// The mail of an older row is listed under a new unique id, or came back after it was gone: the row goes on with it.
/// Backlog that was only out of sight is still the shop's to decide on; anything else that was gone may go again.
async fn adopt(
    connection: &mut SqliteConnection,
    mail_id: i64,
    uidl: Option<&str>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE mails SET uidl = ?2, gone_at = NULL, state = CASE WHEN state <> 'gone' THEN state \
         WHEN outcome = 'backlog' THEN 'backlog' ELSE 'settled' END WHERE id = ?1",
    )
    .bind(mail_id)
    .bind(uidl)
    .execute(connection)
    .await?;
    Ok(())
}

/// What the ledger calls an outcome. Its schema knows no `opt-out`: that is a mail of a known address, told from
/// others by its reason.
fn stored_name(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::OptOut => Outcome::Duplicate(DuplicateAction::Repeat).as_str(),
        other => other.as_str(),
    }
}

/// What the ledger knows that the decisions of one batch need, kept up to date while the batch is decided.
pub(super) struct Desk {
    numbers: Numbers,
    ours: HashSet<String>,
    /// Address key → replies within the last hour and day.
    answered: HashMap<String, (u32, u32)>,
    answered_mailbox_hour: u32,
    /// That a limit was reached was told within the hour.
    limit_told: bool,
}

impl Desk {
    pub(super) async fn load(
        connection: &mut SqliteConnection,
        scope: &Scope,
        mails: &[&IncomingMail],
        now: Timestamp,
    ) -> Result<Desk, StoreError> {
        let mut keys: Vec<String> = mails
            .iter()
            .filter_map(|mail| mail.sender_address())
            .map(EmailAddress::key)
            .collect();
        keys.sort_unstable();
        keys.dedup();
        let hour_ago = milliseconds(now - SignedDuration::from_hours(1));
        let answered_mailbox_hour: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM outbox WHERE mailbox_id = ?1 AND created_at BETWEEN ?2 AND ?3 AND kind IN ('receipt', 'repeat')",
        )
        .bind(scope.mailbox_id)
        .bind(hour_ago)
        .bind(milliseconds(latest(now)))
        .fetch_one(&mut *connection)
        .await?;
        Ok(Desk {
            numbers: Numbers::load(connection, &scope.series, scope.first_number, &keys).await?,
            ours: our_letters(connection, mails).await?,
            answered: answered(connection, &keys, now).await?,
            answered_mailbox_hour: answered_mailbox_hour.try_into().unwrap_or(u32::MAX),
            limit_told: was_told(
                connection,
                EventKind::LimitReached,
                Some(&scope.mailbox_name),
                hour_ago,
                now,
            )
            .await?,
        })
    }

    fn known(&self, mail: &IncomingMail) -> Known {
        let key = mail.sender_address().map(EmailAddress::key);
        let (hour, day) = key
            .as_ref()
            .and_then(|key| self.answered.get(key))
            .copied()
            .unwrap_or_default();
        Known {
            number: key.as_ref().and_then(|key| self.numbers.of(key)),
            refers_to_ours: ids_of(mail).any(|id| self.ours.contains(id)),
            answered_address_hour: hour,
            answered_address_day: day,
            answered_mailbox_hour: self.answered_mailbox_hour,
            shop_word_in_body: false,
        }
    }

    fn known_of(&self, candidate: &Candidate) -> Known {
        Known {
            shop_word_in_body: candidate.shop_word_in_body,
            ..self.known(&candidate.mail)
        }
    }

    fn note_reply(&mut self, address_key: String) {
        let (hour, day) = self.answered.entry(address_key).or_default();
        *hour = hour.saturating_add(1);
        *day = day.saturating_add(1);
        self.answered_mailbox_hour = self.answered_mailbox_hour.saturating_add(1);
    }
}

fn ids_of(mail: &IncomingMail) -> impl Iterator<Item = &str> {
    mail.message_id()
        .into_iter()
        .chain(mail.references().iter().map(String::as_str))
}

async fn our_letters(
    connection: &mut SqliteConnection,
    mails: &[&IncomingMail],
) -> Result<HashSet<String>, StoreError> {
    let mut ids: Vec<&str> = mails.iter().flat_map(|mail| ids_of(mail)).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut ours = HashSet::new();
    // SQLite takes 32,766 values in one statement.
    for chunk in ids.chunks(10_000) {
        let mut query: QueryBuilder<Sqlite> =
            QueryBuilder::new("SELECT message_id FROM outbox WHERE message_id IN (");
        let mut list = query.separated(", ");
        for id in chunk {
            list.push_bind((*id).to_owned());
        }
        query.push(")");
        ours.extend(
            query
                .build_query_scalar::<String>()
                .fetch_all(&mut *connection)
                .await?,
        );
    }
    Ok(ours)
}

/// Replies of a later time were written while the clock was ahead: they would count for years.
fn latest(now: Timestamp) -> Timestamp {
    now + SignedDuration::from_hours(1)
}

async fn answered(
    connection: &mut SqliteConnection,
    keys: &[String],
    now: Timestamp,
) -> Result<HashMap<String, (u32, u32)>, StoreError> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let mut query: QueryBuilder<Sqlite> = QueryBuilder::new("SELECT recipient_key, sum(created_at > ");
    query.push_bind(milliseconds(now - SignedDuration::from_hours(1)));
    query.push("), count(*) FROM outbox WHERE kind IN ('receipt', 'repeat') AND created_at BETWEEN ");
    query.push_bind(milliseconds(now - SignedDuration::from_hours(24)));
    query.push(" AND ").push_bind(milliseconds(latest(now)));
    query.push(" AND recipient_key IN (");
    let mut list = query.separated(", ");
    for key in keys {
        list.push_bind(key);
    }
    query.push(") GROUP BY recipient_key");
    let rows: Vec<(String, i64, i64)> = query.build_query_as().fetch_all(connection).await?;
    let count = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
    Ok(rows
        .into_iter()
        .map(|(key, hour, day)| (key, (count(hour), count(day))))
        .collect())
}

/// The rows of one batch, gathered first and written with one statement a table.
#[derive(Default)]
pub(super) struct Batch<'a> {
    mails: Vec<MailRow<'a>>,
    receipts: Vec<ReceiptRow>,
    outbox: Vec<OutboxRow>,
    events: Vec<Event>,
    /// Address keys of people who leave, and of people who are there again.
    leaving: Vec<String>,
    returning: Vec<String>,
}

struct MailRow<'a> {
    candidate: &'a Candidate,
    decision: Decision,
    state: &'static str,
}

struct ReceiptRow {
    number: i64,
    issue: i64,
    address: EmailAddress,
    mail_id: i64,
}

struct OutboxRow {
    mail_id: i64,
    kind: &'static str,
    number: Option<i64>,
    letter: Letter,
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
        // Whatever the panic left half done is taken back here.
        let entering = std::panic::AssertUnwindSafe(|| self.enter(scope, candidate, desk, clerk));
        std::panic::catch_unwind(entering).unwrap_or_else(|_| {
            tracing::error!(mail = candidate.id, "working on a mail panicked; it is put aside");
            desk.numbers.back_to(numbers);
            self.mails.truncate(lengths.0);
            self.receipts.truncate(lengths.1);
            self.outbox.truncate(lengths.2);
            self.events.truncate(lengths.3);
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
        ) && !std::mem::replace(&mut desk.limit_told, true)
        {
            self.events.push(Event {
                mailbox: Some(scope.mailbox_name.clone()),
                ..Event::new(EventKind::LimitReached)
            });
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

    pub(super) async fn write(
        &self,
        connection: &mut SqliteConnection,
        scope: &Scope,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let at = milliseconds(now);
        if !self.mails.is_empty() {
            self.insert_mails(scope, at)
                .build()
                .execute(&mut *connection)
                .await?;
        }
        if let Some(mut query) = self.insert_aside() {
            query.build().execute(&mut *connection).await?;
        }
        self.write_letters(connection, scope, at).await
    }

    /// The rows of mails that are in the ledger already, decided again.
    async fn write_again(
        &self,
        connection: &mut SqliteConnection,
        scope: &Scope,
        mails: &[(AsideRow, Candidate)],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for row in &self.mails {
            let file = match &row.candidate.spooled {
                Spool::Whole(spooled) => Some(spooled.archive_file.clone()),
                Spool::NotFetched | Spool::TooLarge | Spool::Refused => None,
            };
            sqlx::query(
                "UPDATE mails SET outcome = ?2, reason = ?3, state = ?4, archive_file = coalesce(?5, archive_file) \
                 WHERE id = ?1",
            )
            .bind(row.candidate.id)
            .bind(stored_name(row.decision.outcome))
            .bind(row.decision.reason.as_str())
            .bind(row.state)
            .bind(file)
            .execute(&mut *connection)
            .await?;
            let before = mails.iter().find(|(aside, _)| aside.id == row.candidate.id);
            if let Some((before, _)) = before.filter(|_| row.state == "held") {
                let waived: Vec<&str> = waived_with(before).into_iter().map(Reason::as_str).collect();
                sqlx::query("UPDATE aside SET waived = ?2, wish = NULL, wished_at = NULL WHERE mail_id = ?1")
                    .bind(before.id)
                    .bind(waived.join(" "))
                    .execute(&mut *connection)
                    .await?;
            }
        }
        let released: Vec<Event> = self
            .mails
            .iter()
            .map(|row| Event {
                mailbox: Some(scope.mailbox_name.clone()),
                mail_id: Some(row.candidate.id),
                address: row.candidate.mail.sender_address().map(ToString::to_string),
                ..Event::new(EventKind::Released)
            })
            .collect();
        events::write(connection, &released, milliseconds(now)).await?;
        self.write_letters(connection, scope, milliseconds(now)).await
    }

    async fn write_letters(
        &self,
        connection: &mut SqliteConnection,
        scope: &Scope,
        now: i64,
    ) -> Result<(), StoreError> {
        if !self.receipts.is_empty() {
            // Made with its first number: until then the shop may still set another one.
            sqlx::query("INSERT INTO series (name, first_number, next_number) VALUES (?1, ?2, ?2) ON CONFLICT (name) DO NOTHING")
                .bind(&scope.series)
                .bind(scope.first_number)
                .execute(&mut *connection)
                .await?;
            self.insert_receipts(scope, now)
                .build()
                .execute(&mut *connection)
                .await?;
            let numbers: Vec<i64> = self.receipts.iter().map(|receipt| receipt.number).collect();
            consents::write(connection, &scope.wordings, &scope.series, &numbers, now).await?;
        }
        leaving::mark(connection, &scope.series, &self.leaving, Some(now)).await?;
        leaving::mark(connection, &scope.series, &self.returning, None).await?;
        if !self.outbox.is_empty() {
            self.insert_outbox(scope, now)
                .build()
                .execute(&mut *connection)
                .await?;
        }
        events::write(connection, &self.events, now).await
    }

    fn insert_mails(&self, scope: &Scope, now: i64) -> QueryBuilder<Sqlite> {
        let mut query = QueryBuilder::new(
            "INSERT INTO mails (id, mailbox_id, uidl, content_key, size, message_id, mailed_at, first_seen_at, \
             sender, subject, outcome, reason, state, archive_file) ",
        );
        query.push_values(
            &self.mails,
            |mut row,
             MailRow {
                 candidate,
                 decision,
                 state,
             }| {
                let mail = &candidate.mail;
                row.push_bind(candidate.id)
                    .push_bind(scope.mailbox_id)
                    .push_bind(candidate.uidl.as_deref().map(ToOwned::to_owned))
                    .push_bind(candidate.key.0.to_vec())
                    .push_bind(candidate.size.and_then(|size| i64::try_from(size).ok()))
                    .push_bind(mail.message_id().map(ToOwned::to_owned))
                    .push_bind(mail.date().map(milliseconds))
                    .push_bind(now)
                    .push_bind(mail.sender_address().map(ToString::to_string))
                    .push_bind(karamail_core::journal::harmless(mail.subject()))
                    .push_bind(stored_name(decision.outcome))
                    .push_bind(decision.reason.as_str())
                    .push_bind(*state)
                    .push_bind(match &candidate.spooled {
                        Spool::Whole(spooled) => Some(spooled.archive_file.clone()),
                        Spool::NotFetched | Spool::TooLarge | Spool::Refused => None,
                    });
            },
        );
        query
    }

    /// What is needed to decide again about mails that wait for the shop; `None` where none does.
    fn insert_aside(&self) -> Option<QueryBuilder<Sqlite>> {
        let waiting: Vec<&MailRow<'_>> = self
            .mails
            .iter()
            .filter(|row| matches!(row.state, "held" | "backlog"))
            .collect();
        (!waiting.is_empty()).then(|| {
            let mut query = QueryBuilder::new("INSERT INTO aside (mail_id, header) ");
            query.push_values(waiting, |mut row, mail| {
                let header = &mail.candidate.header;
                row.push_bind(mail.candidate.id)
                    .push_bind((!header.is_empty()).then(|| header.clone()));
            });
            query
        })
    }

    fn insert_receipts(&self, scope: &Scope, now: i64) -> QueryBuilder<Sqlite> {
        let mut query = QueryBuilder::new(
            "INSERT INTO receipts (series, number, address_key, address, issue, mailbox_id, mail_id, outbox_id, given_at) ",
        );
        query.push_values(&self.receipts, |mut row, receipt| {
            row.push_bind(scope.series.clone())
                .push_bind(receipt.number)
                .push_bind(receipt.address.key())
                .push_bind(receipt.address.to_string())
                .push_bind(receipt.issue)
                .push_bind(scope.mailbox_id)
                .push_bind(receipt.mail_id)
                // A mail has at most one first letter, so the letter shares the mail's id.
                .push_bind(receipt.mail_id)
                .push_bind(now);
        });
        query
    }

    fn insert_outbox(&self, scope: &Scope, now: i64) -> QueryBuilder<Sqlite> {
        let mut query = QueryBuilder::new(
            "INSERT INTO outbox (id, mailbox_id, mail_id, kind, series, number, sender, recipient, recipient_key, \
             message_id, bytes, file, state, created_at, next_attempt_at) ",
        );
        query.push_values(&self.outbox, |mut row, entry| {
            let (bytes, file) = match &entry.letter.body {
                LetterBody::Bytes(bytes) => (Some(bytes.clone()), None),
                LetterBody::File(file) => (None, Some(file.clone())),
            };
            row.push_bind(entry.mail_id)
                .push_bind(scope.mailbox_id)
                .push_bind(entry.mail_id)
                .push_bind(entry.kind)
                .push_bind(entry.number.map(|_| scope.series.clone()))
                .push_bind(entry.number)
                .push_bind(entry.letter.from.to_string())
                .push_bind(entry.letter.to.to_string())
                .push_bind(entry.letter.to.key())
                .push_bind(entry.letter.message_id.clone())
                .push_bind(bytes)
                .push_bind(file)
                .push_bind("queued")
                .push_bind(now)
                .push_bind(now);
        });
        query
    }
}
