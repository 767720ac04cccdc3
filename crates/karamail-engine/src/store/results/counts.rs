//! Counts: asked for at every change, so each is read from an index that holds little else.

use jiff::Timestamp;
use serde::Serialize;
use sqlx::SqlitePool;

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

/// Waiting mails by pile, and those of them that are decided about, with a minus.
const WAITING: &str = "\
    SELECT state, reason IN ('header-refused', 'mail-refused', 'cannot-be-handled') AS aside, count(*) FROM mails \
      WHERE state IN ('held', 'backlog') GROUP BY state, aside \
    UNION ALL \
    SELECT m.state, m.reason IN ('header-refused', 'mail-refused', 'cannot-be-handled'), -1 FROM aside AS a \
      CROSS JOIN mails AS m ON m.id = a.mail_id \
      WHERE a.wish IN ('release', 'discard') AND m.state IN ('held', 'backlog') \
    UNION ALL \
    SELECT 'backlog', 0, -count(*) FROM aside WHERE wish = 'ignore'";

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
    let mut counts = Counts {
        today,
        this_month,
        total,
        queued: queued + sending,
        refused,
        bounced,
        ..Counts::default()
    };
    let piles: Vec<(String, bool, i64)> = sqlx::query_as(WAITING).fetch_all(readers).await?;
    for (state, is_put_aside, count) in piles {
        let place = match (state.as_str(), is_put_aside) {
            ("backlog", _) => &mut counts.backlog,
            (_, true) => &mut counts.quarantined,
            (_, false) => &mut counts.held,
        };
        *place += count;
    }
    Ok(counts)
}
