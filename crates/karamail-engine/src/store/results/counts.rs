//! Counts: asked for at every change, so each is read from an index that holds little else.

use jiff::Timestamp;
use serde::Serialize;
use sqlx::SqlitePool;

use crate::store::waiting::piles;
use crate::store::{StoreError, milliseconds};

/// What a shop looks at first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Numbers given today.
    pub today: i64,
    /// Numbers given this month.
    pub this_month: i64,
    /// Numbers given in all.
    pub total: i64,
    /// Letters that wait to be sent, forwards among them.
    pub queued: i64,
    /// Numbers whose receipt was refused for good.
    pub refused: i64,
    /// Numbers whose receipt came back.
    pub bounced: i64,
    /// Mails held by a guard, without those that are decided about.
    pub held: i64,
    /// Mails put aside because they cannot be handled, without those that are decided about.
    pub quarantined: i64,
    /// Old mails left alone, without those that are decided about.
    pub backlog: i64,
}

/// Counts; `today` and `this_month` are when the day and the month began where the shop is.
pub async fn counts(
    readers: &SqlitePool,
    today: Timestamp,
    this_month: Timestamp,
) -> Result<Counts, StoreError> {
    let (today, this_month, total, queued, sending, refused, bounced): (i64, i64, i64, i64, i64, i64, i64) =
        sqlx::query_as(
            "SELECT (SELECT count(*) FROM receipts WHERE given_at >= ?1), \
             (SELECT count(*) FROM receipts WHERE given_at >= ?2), (SELECT count(*) FROM receipts), \
             (SELECT count(*) FROM outbox WHERE state IN ('queued', 'unsure')), \
             (SELECT count(*) FROM outbox WHERE state = 'sending'), \
             (SELECT count(*) FROM receipts WHERE standing IN ('refused', 'bounced') AND standing = 'refused'), \
             (SELECT count(*) FROM receipts WHERE standing IN ('refused', 'bounced') AND standing = 'bounced')",
        )
        .bind(milliseconds(today))
        .bind(milliseconds(this_month))
        .fetch_one(readers)
        .await?;
    let [held, quarantined, backlog] = piles(readers).await?;
    Ok(Counts {
        today,
        this_month,
        total,
        queued: queued + sending,
        refused,
        bounced,
        held,
        quarantined,
        backlog,
    })
}

/// How many numbers were given since `since`: for the tray icon, which asks after every poll.
///
/// # Errors
/// What the ledger says.
pub async fn given_since(readers: &SqlitePool, since: Timestamp) -> Result<i64, StoreError> {
    Ok(
        sqlx::query_scalar("SELECT count(*) FROM receipts WHERE given_at >= ?1")
            .bind(milliseconds(since))
            .fetch_one(readers)
            .await?,
    )
}
