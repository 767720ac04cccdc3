//! What the shop looks up: numbers and addresses with their delivery state, and counts.

use futures_util::TryStreamExt;
use jiff::Timestamp;
use karamail_core::address::EmailAddress;
use serde::Serialize;
use sqlx::SqlitePool;

use super::{StoreError, milliseconds, timestamp};

/// One number with its address and the state of its receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ResultRow {
    /// The series.
    pub series: String,
    /// The receipt number.
    pub number: i64,
    /// The customer's address.
    pub address: String,
    /// When the number was given.
    pub given_at: Timestamp,
    /// The address of the mailbox that gave it.
    pub mailbox: String,
    /// How far its receipt is.
    pub delivery: Delivery,
    /// When the receipt was sent or refused.
    pub settled_at: Option<Timestamp>,
    /// Attempts to send it.
    pub attempts: u32,
    /// What the server said last.
    pub answer: Option<String>,
}

/// How far a receipt is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Delivery {
    /// Waits to be sent.
    Queued,
    /// Is being sent, or may have been sent when the program was cut off.
    Unsure,
    /// The SMTP server took it.
    Sent,
    /// The SMTP server refused it for good.
    Refused,
}

impl Delivery {
    /// Every state.
    pub const ALL: [Delivery; 4] = [
        Delivery::Queued,
        Delivery::Unsure,
        Delivery::Sent,
        Delivery::Refused,
    ];

    /// The stable name, as in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Delivery::Queued => "queued",
            Delivery::Unsure => "unsure",
            Delivery::Sent => "sent",
            Delivery::Refused => "refused",
        }
    }
}

/// Which results are wanted.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// One series only.
    pub series: Option<String>,
    /// A part of the address, or the number.
    pub search: Option<String>,
    /// Only numbers below this one in the list's order (newest first): the place to go on from.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: Option<u32>,
    /// Given at this time or later.
    pub from: Option<Timestamp>,
    /// Given before this time.
    pub until: Option<Timestamp>,
    /// Given by the mailbox of this address.
    pub mailbox: Option<EmailAddress>,
    /// Only these states; empty: all.
    pub states: Vec<Delivery>,
}

/// Counts for the status screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Numbers given since `since`.
    pub given_since: i64,
    /// Numbers given in all.
    pub given: i64,
    /// Letters that wait to be sent.
    pub waiting: i64,
    /// Letters refused for good.
    pub refused: i64,
    /// Mails held for the shop.
    pub held: i64,
    /// Old mails left alone.
    pub backlog: i64,
}

type Row = (
    String,
    i64,
    String,
    i64,
    String,
    String,
    Option<i64>,
    i64,
    Option<String>,
);

/// Results, newest first.
pub async fn results(readers: &SqlitePool, wanted: &Wanted) -> Result<Vec<ResultRow>, StoreError> {
    let mut rows = Vec::new();
    each_result(readers, wanted, |row| {
        rows.push(row);
        Ok::<(), StoreError>(())
    })
    .await?;
    Ok(rows)
}

/// Hands each result to `each`, newest first, as it is read: a hundred thousand take no more memory than one.
///
/// # Errors
/// The ledger's, or the first that `each` gives, which ends the reading.
pub async fn each_result<E: From<StoreError>>(
    readers: &SqlitePool,
    wanted: &Wanted,
    mut each: impl FnMut(ResultRow) -> Result<(), E>,
) -> Result<(), E> {
    let search = wanted.search.as_deref().unwrap_or("");
    let mut rows = sqlx::query_as::<_, Row>(
        "SELECT r.series, r.number, r.address, r.given_at, b.address_key, o.state, o.settled_at, o.attempts, o.answer \
         FROM receipts r JOIN outbox o ON o.id = r.outbox_id JOIN mailboxes b ON b.id = r.mailbox_id \
         WHERE (?1 IS NULL OR r.series = ?1) AND (?2 = '' OR r.number = CAST(?2 AS INTEGER) AND ?2 NOT GLOB '*[^0-9]*' \
           OR instr(lower(r.address), lower(?2)) > 0) AND (?3 IS NULL OR r.number < ?3) \
           AND (?4 IS NULL OR r.given_at >= ?4) AND (?5 IS NULL OR r.given_at < ?5) \
           AND (?6 IS NULL OR b.address_key = ?6) \
         ORDER BY r.number DESC, r.series",
    )
    .bind(wanted.series.as_deref())
    .bind(search)
    .bind(wanted.before)
    .bind(wanted.from.map(milliseconds))
    .bind(wanted.until.map(milliseconds))
    .bind(wanted.mailbox.as_ref().map(EmailAddress::key))
    .fetch(readers);
    let mut left = wanted.limit.unwrap_or(u32::MAX);
    while left > 0
        && let Some(row) = rows.try_next().await.map_err(StoreError::from)?
    {
        let row = result_row(row);
        if wanted.states.is_empty() || wanted.states.contains(&row.delivery) {
            each(row)?;
            left -= 1;
        }
    }
    Ok(())
}

/// The newest number that an address has in a series.
pub async fn number_of(
    readers: &SqlitePool,
    series: &str,
    address: &EmailAddress,
) -> Result<Option<i64>, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT max(number) FROM receipts WHERE series = ?1 AND address_key = ?2")
            .bind(series)
            .bind(address.key())
            .fetch_one(readers)
            .await?,
    )
}

/// Counts, with numbers given since `since` apart.
pub async fn counts(readers: &SqlitePool, since: Timestamp) -> Result<Counts, StoreError> {
    let (given_since, given, waiting, refused, held, backlog): (i64, i64, i64, i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM receipts WHERE given_at >= ?1), (SELECT count(*) FROM receipts), \
         (SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending', 'unsure')), \
         (SELECT count(*) FROM outbox WHERE state = 'refused'), \
         (SELECT count(*) FROM mails WHERE state = 'held'), (SELECT count(*) FROM mails WHERE state = 'backlog')",
    )
    .bind(milliseconds(since))
    .fetch_one(readers)
    .await?;
    Ok(Counts {
        given_since,
        given,
        waiting,
        refused,
        held,
        backlog,
    })
}

fn result_row(
    (series, number, address, given_at, mailbox, state, settled_at, attempts, answer): Row,
) -> ResultRow {
    ResultRow {
        series,
        number,
        address,
        given_at: timestamp(given_at),
        mailbox,
        delivery: match state.as_str() {
            "sent" => Delivery::Sent,
            "refused" => Delivery::Refused,
            "queued" => Delivery::Queued,
            _ => Delivery::Unsure,
        },
        settled_at: settled_at.map(timestamp),
        attempts: attempts.try_into().unwrap_or(u32::MAX),
        answer,
    }
}
