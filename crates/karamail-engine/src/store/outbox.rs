//! The outbox: claim, send, settle.
//!
//! [`Claimed`] and [`Settled`] can only be made here, so a letter that was not recorded cannot be sent, and one whose
//! attempt was not counted on disk cannot either.

use jiff::{SignedDuration, Timestamp};
use karamail_core::address::EmailAddress;
use karamail_core::delivery::RefusalClass;
use karamail_core::journal::{Event, EventKind};
use sqlx::SqliteConnection;
use sqlx::sqlite::SqliteQueryResult;

use super::mails::LetterBody;
use super::{Store, StoreError, begin, commit, events, milliseconds};

/// No retry is further away than this. A letter that is due later was written while the clock was ahead, and is due now.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(5);

/// What a letter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterKind {
    /// The reply that brings a number.
    Receipt,
    /// The reply to a duplicate.
    Repeat,
    /// Other mail on its way to the shop.
    Forward,
    /// A number that is sent again.
    Resend,
}

impl LetterKind {
    fn from_name(name: &str) -> LetterKind {
        match name {
            "receipt" => LetterKind::Receipt,
            "repeat" => LetterKind::Repeat,
            "resend" => LetterKind::Resend,
            _ => LetterKind::Forward,
        }
    }
}

/// A letter whose attempt is counted on disk: it may be sent, once.
#[derive(Debug)]
pub struct Claimed {
    id: i64,
    mail_id: i64,
    kind: LetterKind,
    number: Option<i64>,
    attempts: u32,
    previous_state: PreviousState,
    from: EmailAddress,
    to: EmailAddress,
    body: LetterBody,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PreviousState {
    Queued,
    Unsure,
}

impl Claimed {
    /// The outbox row.
    pub fn id(&self) -> i64 {
        self.id
    }
    /// What it is.
    pub fn kind(&self) -> LetterKind {
        self.kind
    }
    /// The attempt this claim stands for: 1 for the first.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }
    /// Envelope sender.
    pub fn from(&self) -> &EmailAddress {
        &self.from
    }
    /// Envelope recipient.
    pub fn to(&self) -> &EmailAddress {
        &self.to
    }
    /// The finished letter.
    pub fn body(&self) -> &LetterBody {
        &self.body
    }
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// The server took it.
    Accepted {
        /// The server's words.
        answer: String,
    },
    /// Not now.
    Again {
        /// When it is tried again.
        at: Timestamp,
        /// What failed, told.
        why: String,
    },
    /// Not at all.
    Refused {
        /// What failed, told.
        why: String,
        /// Why, in the shop's terms.
        class: RefusalClass,
    },
    /// The server took no letter from us at all; this one was not to blame and the attempt does not count.
    NotMade {
        /// When it is tried again.
        at: Timestamp,
    },
}

impl Attempt {
    /// Whether the server dealt with the letter, for better or worse.
    pub(crate) fn is_taken(&self) -> bool {
        matches!(self, Attempt::Accepted { .. } | Attempt::Refused { .. })
    }
}

/// Proof that a mail's letter is settled on disk.
#[derive(Debug)]
pub struct Settled(i64);

impl Settled {
    /// The ledger row of the mail.
    pub fn mail_id(&self) -> i64 {
        self.0
    }
}

type OutboxRow = (
    i64,
    i64,
    String,
    Option<i64>,
    i64,
    String,
    String,
    Option<Vec<u8>>,
    Option<String>,
);

impl Store {
    /// Counts an attempt for up to `limit` letters that are due, and hands them out; committed before it returns.
    pub async fn claim(
        &self,
        mailbox_id: i64,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Claimed>, StoreError> {
        Ok(self.settle_and_claim("", &[], mailbox_id, now, limit).await?.1)
    }

    /// Writes down what became of attempts, in one transaction. The mails whose letters are done are settled with it.
    pub async fn settle(
        &self,
        mailbox_name: &str,
        attempts: &[(Claimed, Attempt)],
        now: Timestamp,
    ) -> Result<Vec<Settled>, StoreError> {
        let settled = self.settle_and_claim(mailbox_name, attempts, 0, now, 0).await?;
        Ok(settled.0)
    }

    /// As [`Store::settle`] and [`Store::claim`], with one flush for both.
    pub async fn settle_and_claim(
        &self,
        mailbox_name: &str,
        attempts: &[(Claimed, Attempt)],
        mailbox_id: i64,
        now: Timestamp,
        limit: u32,
    ) -> Result<(Vec<Settled>, Vec<Claimed>), StoreError> {
        if attempts.is_empty() && limit == 0 {
            return Ok((Vec::new(), Vec::new()));
        }
        let mut writer = self.writer().await;
        let mut transaction = begin(&mut writer).await?;
        let settled = settle(&mut transaction, mailbox_name, attempts, now).await?;
        let claimed = match limit {
            0 => Vec::new(),
            _ => claim(&mut transaction, mailbox_id, now, limit).await?,
        };
        if attempts.is_empty() && claimed.is_empty() {
            return Ok((settled, claimed));
        }
        commit(transaction).await?;
        drop(writer);
        if !attempts.is_empty() {
            self.announce_events();
        }
        Ok((settled, claimed))
    }

    /// Letters of the mailbox that were in mid-send when their sender was cut off become `unsure`: they are sent again
    /// with the same bytes. The caller sends nothing for this mailbox at this moment.
    pub async fn recover_cut_off(&self, mailbox_id: i64) -> Result<(), StoreError> {
        let mut writer = self.writer().await;
        let cut_off: bool = sqlx::query_scalar(
            // Without the word, SQLite prefers an index of every letter ever sent, at every poll.
            "SELECT EXISTS (SELECT 1 FROM outbox INDEXED BY outbox_sending WHERE state = 'sending' AND mailbox_id = ?1)",
        )
        .bind(mailbox_id)
        .fetch_one(&mut *writer)
        .await?;
        if cut_off {
            sqlx::query("UPDATE outbox SET state = 'unsure' WHERE state = 'sending' AND mailbox_id = ?1")
                .bind(mailbox_id)
                .execute(&mut *writer)
                .await?;
        }
        Ok(())
    }

    /// Whether any letter of a mailbox is due.
    pub async fn is_any_due(&self, mailbox_id: i64, now: Timestamp) -> Result<bool, StoreError> {
        let mut writer = self.writer().await;
        // Two questions, each a seek in the index of waiting letters: with OR it would look at every letter ever sent.
        Ok(sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM outbox WHERE mailbox_id = ?1 AND state IN ('queued', 'unsure') AND next_attempt_at <= ?2) \
             OR EXISTS (SELECT 1 FROM outbox WHERE mailbox_id = ?1 AND state IN ('queued', 'unsure') AND next_attempt_at > ?3)",
        )
        .bind(mailbox_id)
        .bind(milliseconds(now))
        .bind(milliseconds(now + LONGEST_WAIT))
        .fetch_one(&mut *writer)
        .await?)
    }

    /// Blanks the text of letters that were settled before `before`; how many.
    pub async fn blank_letters(&self, before: Timestamp) -> Result<u64, StoreError> {
        let mut blanked = 0;
        loop {
            // A few at a time: letters go out in between.
            let mut writer = self.writer().await;
            let done = sqlx::query(
                // By the index: a pass must not read what the passes before it blanked.
                "UPDATE outbox SET bytes = x'' WHERE id IN (SELECT id FROM outbox INDEXED BY outbox_with_text \
                 WHERE settled_at < ?1 AND length(bytes) > 0 AND state IN ('sent', 'refused') LIMIT 500)",
            )
            .bind(milliseconds(before))
            .execute(&mut *writer)
            .await?
            .rows_affected();
            blanked += done;
            if done == 0 {
                return Ok(blanked);
            }
        }
    }

    /// Files of the outbox folder whose letter is still to be sent.
    pub async fn unsettled_files(&self) -> Result<Vec<String>, StoreError> {
        let mut writer = self.writer().await;
        Ok(
            sqlx::query_scalar("SELECT file FROM outbox INDEXED BY outbox_files WHERE file IS NOT NULL AND settled_at IS NULL UNION ALL SELECT file FROM aside WHERE file <> ''")
                .fetch_all(&mut *writer)
                .await?,
        )
    }
}

async fn claim(
    connection: &mut SqliteConnection,
    mailbox_id: i64,
    now: Timestamp,
    limit: u32,
) -> Result<Vec<Claimed>, StoreError> {
    let due: Vec<(i64, bool)> = sqlx::query_as(
        "SELECT id, state = 'unsure' FROM outbox WHERE mailbox_id = ?1 AND state IN ('queued', 'unsure') \
         AND (next_attempt_at <= ?2 OR next_attempt_at > ?3) ORDER BY next_attempt_at, id LIMIT ?4",
    )
    .bind(mailbox_id)
    .bind(milliseconds(now))
    .bind(milliseconds(now + LONGEST_WAIT))
    .bind(limit)
    .fetch_all(&mut *connection)
    .await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<i64> = due.iter().map(|(id, _)| *id).collect();
    let mut rows: Vec<OutboxRow> = sqlx::query_as(
        "UPDATE outbox SET state = 'sending', attempts = attempts + 1 WHERE id IN (SELECT value FROM json_each(?1)) \
         RETURNING id, mail_id, kind, number, attempts, sender, recipient, bytes, file",
    )
    .bind(serde_json::json!(ids).to_string())
    .fetch_all(connection)
    .await?;
    rows.sort_unstable_by_key(|row| row.0);
    Ok(rows.into_iter().filter_map(|row| claimed(row, &due)).collect())
}

async fn settle(
    connection: &mut SqliteConnection,
    mailbox_name: &str,
    attempts: &[(Claimed, Attempt)],
    now: Timestamp,
) -> Result<Vec<Settled>, StoreError> {
    if attempts.is_empty() {
        return Ok(Vec::new());
    }
    settle_accepted(&mut *connection, attempts, now).await?;
    for (letter, attempt) in attempts {
        settle_other(&mut *connection, letter, attempt, now).await?;
    }
    let taken: Vec<i64> = attempts
        .iter()
        .filter(|(_, attempt)| attempt.is_taken())
        .map(|(letter, _)| letter.mail_id)
        .collect();
    sqlx::query(
        "UPDATE mails SET state = 'settled' WHERE id IN (SELECT value FROM json_each(?1)) AND state = 'recorded'",
    )
    .bind(serde_json::json!(taken).to_string())
    .execute(&mut *connection)
    .await?;
    let told: Vec<Event> = attempts
        .iter()
        .filter_map(|(letter, attempt)| event(mailbox_name, letter, attempt))
        .collect();
    events::write(connection, &told, milliseconds(now)).await?;
    Ok(taken.into_iter().map(Settled).collect())
}

/// Most letters are accepted: they are written down with one statement, which has the same text for any number of them.
async fn settle_accepted(
    connection: &mut SqliteConnection,
    attempts: &[(Claimed, Attempt)],
    now: Timestamp,
) -> Result<(), StoreError> {
    let accepted: Vec<(i64, &str)> = attempts
        .iter()
        .filter_map(|(letter, attempt)| match attempt {
            Attempt::Accepted { answer } => Some((letter.id, answer.as_str())),
            _ => None,
        })
        .collect();
    let done = sqlx::query(
        "UPDATE outbox SET state = 'sent', settled_at = ?1, answer = taken.value ->> 1 FROM json_each(?2) AS taken \
         WHERE outbox.id = taken.value ->> 0 AND outbox.state = 'sending'",
    )
    .bind(milliseconds(now))
    .bind(serde_json::json!(accepted).to_string())
    .execute(connection)
    .await?;
    is_as_many(&done, accepted.len())
}

async fn settle_other(
    connection: &mut SqliteConnection,
    letter: &Claimed,
    attempt: &Attempt,
    now: Timestamp,
) -> Result<(), StoreError> {
    let statement = match attempt {
        Attempt::Accepted { .. } => return Ok(()),
        Attempt::Refused { why, class } => {
            sqlx::query("UPDATE outbox SET state = 'refused', settled_at = ?2, answer = ?3, class = ?4 WHERE id = ?1 AND state = 'sending'")
                .bind(letter.id)
                .bind(milliseconds(now))
                .bind(why)
                .bind(class.as_str())
        }
        Attempt::Again { at, why } => {
            sqlx::query("UPDATE outbox SET state = 'queued', next_attempt_at = ?2, answer = ?3 WHERE id = ?1 AND state = 'sending'")
                .bind(letter.id)
                .bind(milliseconds(*at))
                .bind(why)
        }
        Attempt::NotMade { at } => {
            // The state goes back to what it was: an unsure letter stays unsure.
            let statement = match letter.previous_state {
                PreviousState::Queued => {
                    "UPDATE outbox SET state = 'queued', next_attempt_at = ?2, attempts = attempts - 1 WHERE id = ?1 AND state = 'sending'"
                }
                PreviousState::Unsure => {
                    "UPDATE outbox SET state = 'unsure', next_attempt_at = ?2, attempts = attempts - 1 WHERE id = ?1 AND state = 'sending'"
                }
            };
            sqlx::query(statement).bind(letter.id).bind(milliseconds(*at))
        }
    };
    is_as_many(&statement.execute(connection).await?, 1)
}

/// A row that is not in `sending` was settled by nobody but a bug: an UPDATE that does not hit it is an error.
fn is_as_many(done: &SqliteQueryResult, letters: usize) -> Result<(), StoreError> {
    match u64::try_from(letters) == Ok(done.rows_affected()) {
        true => Ok(()),
        false => Err(StoreError::Sql(sqlx::Error::RowNotFound)),
    }
}

fn claimed(row: OutboxRow, due: &[(i64, bool)]) -> Option<Claimed> {
    let (id, mail_id, kind, number, attempts, sender, recipient, bytes, file) = row;
    let was_unsure = due.iter().any(|(due_id, unsure)| *due_id == id && *unsure);
    Some(Claimed {
        id,
        mail_id,
        kind: LetterKind::from_name(&kind),
        number,
        attempts: attempts.try_into().unwrap_or(u32::MAX),
        previous_state: if was_unsure {
            PreviousState::Unsure
        } else {
            PreviousState::Queued
        },
        from: sender.parse().ok()?,
        to: recipient.parse().ok()?,
        body: match (bytes, file) {
            (Some(bytes), _) => LetterBody::Bytes(bytes),
            (None, Some(file)) => LetterBody::File(file),
            (None, None) => return None,
        },
    })
}

fn event(mailbox_name: &str, letter: &Claimed, attempt: &Attempt) -> Option<Event> {
    let (kind, detail) = match attempt {
        Attempt::Accepted { .. } => (EventKind::Sent, None),
        Attempt::Refused { why, .. } => (EventKind::Refused, Some(why.clone())),
        // The first delay is news, the ones after it are in the diagnostic log.
        Attempt::Again { why, .. } if letter.attempts == 1 => (EventKind::SendDelayed, Some(why.clone())),
        Attempt::Again { .. } | Attempt::NotMade { .. } => return None,
    };
    Some(Event {
        mailbox: Some(mailbox_name.to_owned()),
        mail_id: Some(letter.mail_id),
        number: letter.number,
        address: Some(letter.to.to_string()),
        detail,
        ..Event::new(kind)
    })
}
