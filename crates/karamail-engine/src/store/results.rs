//! What the shop looks up: numbers and addresses with their delivery state, and counts.

use futures_util::TryStreamExt;
use jiff::Timestamp;
use karamail_core::address::EmailAddress;
use karamail_core::delivery::RefusalClass;
use serde::Serialize;
use sqlx::{QueryBuilder, Sqlite, SqlitePool};

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
    /// The address of the mailbox that gave the number.
    pub mailbox: String,
    /// When the number was given.
    pub given_at: Timestamp,
    /// How far its receipt is.
    #[serde(flatten)]
    pub delivery: Delivery,
    /// When the receipt was sent or refused, or came back.
    pub settled_at: Option<Timestamp>,
    /// Attempts to send it.
    pub attempts: u32,
    /// When the person left by mail.
    pub left_at: Option<Timestamp>,
    /// When the person was erased; the address is a tombstone.
    pub erased_at: Option<Timestamp>,
    /// What the server said last, or what the report says that came back.
    pub answer: Option<String>,
}

/// How far a receipt is. As JSON: `"delivery": "bounced", "class": "unknown-address"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "delivery", rename_all = "kebab-case")]
pub enum Delivery {
    /// Waits to be sent.
    Queued,
    /// Is being sent, or may have been sent when the program was cut off.
    Unsure,
    /// The SMTP server took it.
    Sent,
    /// The SMTP server took it again, because the shop asked for that.
    SentAgain,
    /// The SMTP server refused it for good.
    Refused {
        /// Why.
        class: RefusalClass,
    },
    /// It was taken, and came back.
    Bounced {
        /// Why.
        class: RefusalClass,
    },
    /// It was never to be sent: the mail was imported, or the person erased before it went out.
    Withheld,
}

impl Delivery {
    /// The stable names, as they are asked for; `unsure` counts as `queued` there.
    pub const NAMES: [&'static str; 6] = ["queued", "sent", "sent-again", "refused", "bounced", "withheld"];

    /// The stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Delivery::Queued => "queued",
            Delivery::Unsure => "unsure",
            Delivery::Sent => "sent",
            Delivery::SentAgain => "sent-again",
            Delivery::Refused { .. } => "refused",
            Delivery::Bounced { .. } => "bounced",
            Delivery::Withheld => "withheld",
        }
    }

    /// Why it did not arrive, where it did not.
    pub fn class(self) -> Option<RefusalClass> {
        match self {
            Delivery::Refused { class } | Delivery::Bounced { class } => Some(class),
            Delivery::Queued
            | Delivery::Unsure
            | Delivery::Sent
            | Delivery::SentAgain
            | Delivery::Withheld => None,
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
    /// Only these states, by the names in [`Delivery::NAMES`], and `left` and `erased`; all of them where it is empty.
    pub states: Vec<String>,
    /// Only numbers given at this time or later.
    pub since: Option<Timestamp>,
    /// Only numbers given before this time.
    pub until: Option<Timestamp>,
    /// Only numbers that this mailbox gave.
    pub mailbox: Option<EmailAddress>,
    /// Only numbers below this one in the list's order (newest first): the place to go on from.
    pub before: Option<i64>,
    /// At most so many.
    pub limit: Option<u32>,
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
    /// Numbers whose receipt came back.
    pub bounced: i64,
    /// Mails held for the shop.
    pub held: i64,
    /// Old mails left alone.
    pub backlog: i64,
}

/// One step of a number's letters: a row of the history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct HistoryStep {
    /// When, Unix milliseconds.
    #[sqlx(rename = "at")]
    pub at_milliseconds: i64,
    /// `queued`, `sent`, `sent-again`, `refused`, `bounced`, `delayed`, `delivered` or `relayed`.
    pub state: String,
    /// Of which letter: `receipt`, `repeat` or `resend`.
    pub kind: String,
    /// Why, where it did not arrive.
    pub class: Option<String>,
    /// What the server or the report said.
    pub said: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    series: String,
    number: i64,
    address: String,
    mailbox: String,
    given_at: i64,
    state: String,
    class: Option<String>,
    settled_at: Option<i64>,
    attempts: i64,
    answer: Option<String>,
    left_at: Option<i64>,
    erased_at: Option<i64>,
}

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
    let mut query = query(wanted);
    let mut rows = query.build_query_as::<Row>().fetch(readers);
    while let Some(row) = rows.try_next().await.map_err(StoreError::from)? {
        each(result_row(row))?;
    }
    Ok(())
}

fn query(wanted: &Wanted) -> QueryBuilder<Sqlite> {
    let search = wanted.search.as_deref().unwrap_or("");
    let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(
        "SELECT d.series, d.number, d.address, b.address_key AS mailbox, d.given_at, d.state, d.class, d.settled_at, \
         d.attempts, d.answer, d.left_at, d.erased_at FROM delivery AS d JOIN mailboxes AS b ON b.id = d.mailbox_id WHERE 1",
    );
    if let Some(series) = &wanted.series {
        query.push(" AND d.series = ").push_bind(series);
    }
    if !search.is_empty() {
        let number = search
            .parse::<i64>()
            .ok()
            .filter(|_| search.bytes().all(|b| b.is_ascii_digit()));
        query.push(" AND (d.number = ").push_bind(number);
        query
            .push(" OR instr(lower(d.address), lower(")
            .push_bind(search)
            .push(")) > 0)");
    }
    if let Some(since) = wanted.since {
        query.push(" AND d.given_at >= ").push_bind(milliseconds(since));
    }
    if let Some(until) = wanted.until {
        query.push(" AND d.given_at < ").push_bind(milliseconds(until));
    }
    if let Some(mailbox) = &wanted.mailbox {
        query.push(" AND b.address_key = ").push_bind(mailbox.key());
    }
    if !wanted.states.is_empty() {
        query.push(" AND (replace(d.state, 'unsure', 'queued') IN (");
        let mut list = query.separated(", ");
        for state in &wanted.states {
            list.push_bind(state);
        }
        query.push(")");
        for (name, condition) in [
            ("left", " OR d.left_at IS NOT NULL"),
            ("erased", " OR d.erased_at IS NOT NULL"),
        ] {
            if wanted.states.iter().any(|state| state == name) {
                query.push(condition);
            }
        }
        query.push(")");
    }
    if let Some(before) = wanted.before {
        query.push(" AND d.number < ").push_bind(before);
    }
    query.push(" ORDER BY d.number DESC, d.series LIMIT ");
    query.push_bind(wanted.limit.map_or(-1, i64::from));
    query
}

/// Every step of a number's letters, oldest first.
pub async fn history(
    readers: &SqlitePool,
    series: &str,
    number: i64,
) -> Result<Vec<HistoryStep>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT at, state, kind, class, said FROM delivery_history WHERE series = ?1 AND number = ?2 ORDER BY at, step",
    )
    .bind(series)
    .bind(number)
    .fetch_all(readers)
    .await?)
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

/// The highest number given of each series that gave one.
pub async fn highest_numbers(readers: &SqlitePool) -> Result<Vec<(String, i64)>, StoreError> {
    let all: Vec<(String, Option<i64>)> = sqlx::query_as(
        "SELECT name, (SELECT max(number) FROM receipts WHERE series = name) FROM series ORDER BY name",
    )
    .fetch_all(readers)
    .await?;
    Ok(all
        .into_iter()
        .filter_map(|(name, highest)| Some((name, highest?)))
        .collect())
}

/// Counts, with numbers given since `since` apart.
pub async fn counts(readers: &SqlitePool, since: Timestamp) -> Result<Counts, StoreError> {
    let (given_since, given, waiting, refused, bounced, held, backlog): (i64, i64, i64, i64, i64, i64, i64) =
        sqlx::query_as(
            "SELECT (SELECT count(*) FROM receipts WHERE given_at >= ?1), (SELECT count(*) FROM receipts), \
             (SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending', 'unsure')), \
             (SELECT count(*) FROM outbox WHERE state = 'refused' AND class <> 'withheld'), \
             (SELECT count(*) FROM (SELECT DISTINCT series, number FROM delivery_reports WHERE action = 'failed') AS p \
               JOIN delivery AS d ON d.series = p.series AND d.number = p.number WHERE d.state = 'bounced'), \
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
        bounced,
        held,
        backlog,
    })
}

fn result_row(row: Row) -> ResultRow {
    let class = || {
        let named = row.class.as_deref().and_then(|class| class.parse().ok());
        named.unwrap_or(RefusalClass::Other)
    };
    let delivery = match row.state.as_str() {
        "sent" => Delivery::Sent,
        "sent-again" => Delivery::SentAgain,
        "refused" => Delivery::Refused { class: class() },
        "bounced" => Delivery::Bounced { class: class() },
        "withheld" => Delivery::Withheld,
        "queued" => Delivery::Queued,
        _ => Delivery::Unsure,
    };
    ResultRow {
        delivery,
        series: row.series,
        number: row.number,
        address: row.address,
        mailbox: row.mailbox,
        given_at: timestamp(row.given_at),
        settled_at: row.settled_at.map(timestamp),
        attempts: row.attempts.try_into().unwrap_or(u32::MAX),
        left_at: row.left_at.map(timestamp),
        erased_at: row.erased_at.map(timestamp),
        answer: row.answer,
    }
}
