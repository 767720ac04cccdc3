//! Lists of the mails that wait for the shop, as it looks through them.

use jiff::Timestamp;
use serde::Serialize;
use sqlx::{QueryBuilder, Sqlite, SqlitePool};

use super::aside::{AsideMail, Pile, Wish, pile_of};
use super::ids::push_ids;
use super::{StoreError, timestamp};

const LISTED: &str = "SELECT m.id, m.state, b.address_key, m.sender, m.subject, m.mailed_at, m.first_seen_at, m.reason, \
     m.size, a.wish, a.file FROM mails AS m JOIN mailboxes AS b ON b.id = m.mailbox_id \
     LEFT JOIN aside AS a ON a.mail_id = m.id WHERE a.wish IS NOT 'ignore'";

type Listed = (
    i64,
    String,
    String,
    Option<String>,
    String,
    Option<i64>,
    i64,
    String,
    Option<i64>,
    Option<String>,
    Option<String>,
);

/// Waiting mails by pile, and those of them that are decided about, with a minus. Each from an index of its own.
const PILES: &str = "\
    SELECT state, reason IN ('header-refused', 'mail-refused', 'cannot-be-handled') AS aside, count(*) FROM mails \
      WHERE state IN ('held', 'backlog') GROUP BY state, aside \
    UNION ALL \
    SELECT m.state, m.reason IN ('header-refused', 'mail-refused', 'cannot-be-handled'), -1 FROM aside AS a \
      CROSS JOIN mails AS m ON m.id = a.mail_id \
      WHERE a.wish IN ('release', 'discard') AND m.state IN ('held', 'backlog') \
    UNION ALL \
    SELECT 'backlog', 0, -count(*) FROM aside WHERE wish = 'ignore'";

/// The old mails of one mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct MailboxBacklog {
    /// The address key of the mailbox.
    pub mailbox: String,
    /// How many wait for the shop.
    pub waiting: i64,
    /// How many are decided about and wait for the server.
    pub decided: i64,
    /// The oldest date that one of them has.
    #[serde(skip)]
    oldest: Option<i64>,
    /// The newest date that one of them has.
    #[serde(skip)]
    newest: Option<i64>,
}

impl MailboxBacklog {
    /// From when to when they were written, as far as they say.
    pub fn period(&self) -> Option<(Timestamp, Timestamp)> {
        Some((timestamp(self.oldest?), timestamp(self.newest?)))
    }
}

/// How many mails wait for the shop to decide: held, put aside, backlog.
pub async fn piles(readers: &SqlitePool) -> Result<[i64; 3], StoreError> {
    let rows: Vec<(String, bool, i64)> = sqlx::query_as(PILES).fetch_all(readers).await?;
    let [mut held, mut quarantined, mut backlog] = [0; 3];
    for (state, is_put_aside, count) in rows {
        match (state.as_str(), is_put_aside) {
            ("backlog", _) => backlog += count,
            (_, true) => quarantined += count,
            (_, false) => held += count,
        }
    }
    Ok([held, quarantined, backlog])
}

/// The mails that lie on a pile (all piles without one), oldest first.
pub async fn aside(readers: &SqlitePool, pile: Option<Pile>) -> Result<Vec<AsideMail>, StoreError> {
    let mut query = QueryBuilder::new(LISTED);
    query.push(" AND m.state IN ('held', 'backlog')");
    if let Some(pile) = pile {
        on_pile(&mut query, pile);
    }
    query.push(" ORDER BY m.id");
    fetch(readers, query).await
}

/// Mails of a pile, the newest first, at most `limit`; of one mailbox where its address key is given, and before the
/// one with the id `before` where the list goes on.
pub async fn waiting(
    readers: &SqlitePool,
    pile: Pile,
    mailbox: Option<&str>,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<AsideMail>, StoreError> {
    let mut query = QueryBuilder::new(LISTED);
    on_pile(&mut query, pile);
    if let Some(mailbox) = mailbox {
        query.push(" AND m.mailbox_id = (SELECT id FROM mailboxes WHERE address_key = ");
        query.push_bind(mailbox.to_owned()).push(")");
    }
    if let Some(before) = before {
        query.push(" AND m.id < ").push_bind(before);
    }
    query.push(" ORDER BY m.id DESC LIMIT ").push_bind(limit);
    fetch(readers, query).await
}

/// Mails by their ids, at most a few dozen, the newest first.
pub async fn by_id(readers: &SqlitePool, ids: &[i64]) -> Result<Vec<AsideMail>, StoreError> {
    let mut query = QueryBuilder::new(LISTED);
    query.push(" AND m.state IN ('held', 'backlog') AND m.id IN (");
    push_ids(&mut query, ids);
    query.push(" ORDER BY m.id DESC");
    fetch(readers, query).await
}

/// The ids of a pile's mails that nothing is decided about, up to the id `newest`: what the shop saw when it chose all.
pub async fn waiting_ids(readers: &SqlitePool, pile: Pile, newest: i64) -> Result<Vec<i64>, StoreError> {
    let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(
        "SELECT m.id FROM mails AS m LEFT JOIN aside AS a ON a.mail_id = m.id WHERE a.wish IS NULL",
    );
    on_pile(&mut query, pile);
    query
        .push(" AND m.id <= ")
        .push_bind(newest)
        .push(" ORDER BY m.id");
    Ok(query
        .build_query_scalar()
        .persistent(false)
        .fetch_all(readers)
        .await?)
}

/// The backlog by mailbox, as far as there is one.
pub async fn backlogs(readers: &SqlitePool) -> Result<Vec<MailboxBacklog>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT b.address_key AS mailbox, count(*) FILTER (WHERE a.wish IS NULL) AS waiting, \
         count(*) FILTER (WHERE a.wish IS NOT NULL) AS decided, min(m.mailed_at) AS oldest, max(m.mailed_at) AS newest \
         FROM mails AS m JOIN mailboxes AS b ON b.id = m.mailbox_id LEFT JOIN aside AS a ON a.mail_id = m.id \
         WHERE m.state = 'backlog' AND a.wish IS NOT 'ignore' GROUP BY b.id ORDER BY b.id",
    )
    .fetch_all(readers)
    .await?)
}

fn on_pile(query: &mut QueryBuilder<Sqlite>, pile: Pile) {
    query.push(match pile {
        Pile::Backlog => " AND m.state = 'backlog'",
        Pile::Held => {
            " AND m.state = 'held' AND m.reason NOT IN ('header-refused', 'mail-refused', 'cannot-be-handled')"
        }
        Pile::Quarantined => {
            " AND m.state = 'held' AND m.reason IN ('header-refused', 'mail-refused', 'cannot-be-handled')"
        }
    });
}

async fn fetch(readers: &SqlitePool, mut query: QueryBuilder<Sqlite>) -> Result<Vec<AsideMail>, StoreError> {
    let rows: Vec<Listed> = query
        .build_query_as()
        .persistent(false)
        .fetch_all(readers)
        .await?;
    let mail =
        |(id, state, mailbox, from, subject, mailed_at, first_seen_at, reason, size, wish, file): Listed| {
            AsideMail {
                id,
                pile: pile_of(&state, reason.parse().ok()),
                mailbox,
                from,
                subject,
                mailed_at: mailed_at.map(timestamp),
                first_seen_at: timestamp(first_seen_at),
                reason,
                size,
                wish: wish.as_deref().and_then(Wish::from_name),
                file: file.filter(|file| !file.is_empty()),
            }
        };
    Ok(rows.into_iter().map(mail).collect())
}
