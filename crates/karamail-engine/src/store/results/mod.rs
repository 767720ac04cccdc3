//! What the shop looks up: numbers and addresses with their delivery state (`list`), one number with its history, and
//! counts (`counts`). All of it is quick with a hundred thousand numbers; `tests/bench/pages.sh` measures it.

mod counts;
mod list;

use jiff::Timestamp;
use karamail_core::address::EmailAddress;
use karamail_core::delivery::RefusalClass;
use karamail_core::words::{Language, Told, commands, data as data_words, delivery as delivery_words};
use serde::Serialize;
use sqlx::SqlitePool;

pub use self::counts::{Counts, counts, given_since};
pub use self::list::{Cursor, Wanted, count, each_result, newer, results};
use super::{StoreError, timestamp};

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

/// The state in words; what to do where it did not arrive.
impl Told for Delivery {
    fn what(&self, language: Language) -> String {
        match self {
            Delivery::Queued => commands::delivery_queued(language),
            Delivery::Unsure => commands::delivery_unsure(language),
            Delivery::Sent => commands::delivery_sent(language),
            Delivery::SentAgain => delivery_words::sent_again(language),
            Delivery::Refused { class } => delivery_words::refused(language, &class.what(language)),
            Delivery::Bounced { class } => delivery_words::bounced(language, &class.what(language)),
            Delivery::Withheld => data_words::withheld(language),
        }
    }

    fn what_to_do(&self, language: Language) -> Option<String> {
        self.class().and_then(|class| class.what_to_do(language))
    }
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

/// One number; `None` where the series has not given it.
pub async fn one(readers: &SqlitePool, series: &str, number: i64) -> Result<Option<ResultRow>, StoreError> {
    let row: Option<Row> = sqlx::query_as(
        "SELECT d.series, d.number, d.address, b.address_key AS mailbox, d.given_at, d.state, d.class, d.settled_at, \
         d.attempts, d.answer, d.left_at, d.erased_at FROM delivery AS d JOIN mailboxes AS b ON b.id = d.mailbox_id \
         WHERE d.series = ?1 AND d.number = ?2",
    )
    .bind(series)
    .bind(number)
    .fetch_optional(readers)
    .await?;
    Ok(row.map(result_row))
}

/// The series that have given numbers, and the address keys of the mailboxes that gave them.
pub async fn sources(readers: &SqlitePool) -> Result<(Vec<String>, Vec<String>), StoreError> {
    let series = sqlx::query_scalar("SELECT name FROM series ORDER BY name")
        .fetch_all(readers)
        .await?;
    let mailboxes = sqlx::query_scalar("SELECT address_key FROM mailboxes ORDER BY id")
        .fetch_all(readers)
        .await?;
    Ok((series, mailboxes))
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
