//! What may be deleted from the server, and the proof that it is gone.

use std::collections::{HashMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use karamail_core::mail::ContentKey;
use sqlx::{QueryBuilder, Sqlite, SqlitePool};

use super::ids::push_ids;
use super::{Store, StoreError, begin, commit, milliseconds, timestamp};
use crate::config::KeepRule;

/// SQLite takes 32,766 values in one statement.
const VALUES_A_STATEMENT: usize = 10_000;

/// A mail whose deletion is announced on disk: DELE may be sent for it.
#[derive(Debug)]
pub struct Purgeable {
    mail_id: i64,
    message_number: u32,
    uidl: Option<String>,
    key: ContentKey,
}

impl Purgeable {
    /// Its ledger row.
    pub fn mail_id(&self) -> i64 {
        self.mail_id
    }

    /// Its unique id.
    pub fn uidl(&self) -> Option<&str> {
        self.uidl.as_deref()
    }

    /// What its content was when it was read.
    pub fn key(&self) -> ContentKey {
        self.key
    }

    /// Its message number in this POP3 session.
    pub fn message_number(&self) -> u32 {
        self.message_number
    }
}

impl Store {
    /// Of the mails listed in this session, those that are settled and that the keep rule lets go; marked `purging` on
    /// disk before this returns.
    pub async fn begin_purge(
        &self,
        listed: &[(u32, i64)],
        keep: KeepRule,
        now: Timestamp,
    ) -> Result<Vec<Purgeable>, StoreError> {
        let seen_before = match keep {
            // Not `now`: a mail that came while the clock was ahead would stay until the clock is there again.
            KeepRule::Delete => Timestamp::MAX,
            KeepRule::Days(days) => now - SignedDuration::from_hours(24 * i64::from(days)),
            KeepRule::Keep | KeepRule::WhenErased => Timestamp::MIN,
        };
        let mut writer = self.writer().await;
        let mut transaction = begin(&mut writer).await?;
        let mut purgeable = Vec::new();
        for chunk in listed.chunks(VALUES_A_STATEMENT) {
            let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(
                "UPDATE mails SET state = 'purging' WHERE state IN ('settled', 'purging') AND (first_seen_at <= ",
            );
            // What the shop discards goes whatever the keep rule says.
            query.push_bind(milliseconds(seen_before));
            query.push(
                " OR EXISTS (SELECT 1 FROM aside WHERE aside.mail_id = mails.id AND aside.wish = 'discard')",
            );
            if keep == KeepRule::WhenErased {
                query.push(" OR erased_at IS NOT NULL");
            }
            query.push(") AND id IN (");
            let mut list = query.separated(", ");
            for (_, mail_id) in chunk {
                list.push_bind(*mail_id);
            }
            query.push(") RETURNING id, uidl, content_key");
            let rows: Vec<(i64, Option<String>, Vec<u8>)> = query
                .build_query_as()
                .persistent(false)
                .fetch_all(&mut *transaction)
                .await?;
            let mut rows: HashMap<i64, _> = rows
                .into_iter()
                .map(|(id, uidl, key)| (id, (uidl, key)))
                .collect();
            purgeable.extend(chunk.iter().filter_map(|&(message_number, mail_id)| {
                let (uidl, key) = rows.remove(&mail_id)?;
                // The schema lets no other length in.
                let key = ContentKey(key.try_into().ok()?);
                Some(Purgeable {
                    mail_id,
                    message_number,
                    uidl,
                    key,
                })
            }));
        }
        commit(transaction).await?;
        Ok(purgeable)
    }

    /// Mails that the server deleted: QUIT was answered with +OK (RFC 1939 section 6). `left` are the message
    /// numbers whose DELE was answered with -ERR; those are settled again.
    pub async fn finish_purge(
        &self,
        purged: Vec<Purgeable>,
        left: &[u32],
        now: Timestamp,
    ) -> Result<usize, StoreError> {
        let left: HashSet<u32> = left.iter().copied().collect();
        let (kept, gone): (Vec<_>, Vec<_>) = purged
            .into_iter()
            .partition(|mail| left.contains(&mail.message_number));
        let ids = |mails: &[Purgeable]| mails.iter().map(|mail| mail.mail_id).collect::<Vec<i64>>();
        let mut writer = self.writer().await;
        let mut transaction = begin(&mut writer).await?;
        set_state(&mut transaction, &ids(&kept), "state = 'settled'").await?;
        mark_gone(&mut transaction, &ids(&gone), now).await?;
        commit(transaction).await?;
        Ok(gone.len())
    }

    /// Mails for which no DELE was sent after all: settled again, and known by their unique ids.
    pub async fn call_off_purge(&self, mails: Vec<Purgeable>) -> Result<(), StoreError> {
        if mails.is_empty() {
            return Ok(());
        }
        let ids: Vec<i64> = mails.iter().map(|mail| mail.mail_id).collect();
        let mut writer = self.writer().await;
        let mut transaction = begin(&mut writer).await?;
        set_state(&mut transaction, &ids, "state = 'settled'").await?;
        commit(transaction).await
    }

    /// Mails that are no longer listed. One whose letter is still to be sent stays on the books until it is settled;
    /// one held for the shop stays until the shop decides. The unique ids of those may go to other mails; if they are
    /// listed again, their content tells.
    pub async fn note_vanished(&self, mail_ids: &[i64], now: Timestamp) -> Result<(), StoreError> {
        if mail_ids.is_empty() {
            return Ok(());
        }
        let mut writer = self.writer().await;
        let mut transaction = begin(&mut writer).await?;
        mark_gone(&mut transaction, mail_ids, now).await?;
        for chunk in mail_ids.chunks(VALUES_A_STATEMENT) {
            forget_ids(&mut transaction, chunk).await?;
        }
        commit(transaction).await?;
        Ok(())
    }

    /// Another mail has the unique id of this one.
    pub async fn forget_id(&self, mail_id: i64) -> Result<(), StoreError> {
        let mut writer = self.writer().await;
        forget_ids(&mut writer, &[mail_id]).await
    }
}

async fn forget_ids(connection: &mut sqlx::SqliteConnection, ids: &[i64]) -> Result<(), StoreError> {
    let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(
        "UPDATE mails SET uidl = NULL WHERE uidl IS NOT NULL AND state <> 'gone' AND id IN (",
    );
    push_ids(&mut query, ids);
    query.build().persistent(false).execute(connection).await?;
    Ok(())
}

/// Which of these mails have left the server, and when.
///
/// # Errors
/// The ledger cannot be read.
pub async fn gone_among(readers: &SqlitePool, mail_ids: &[i64]) -> Result<Vec<(i64, Timestamp)>, StoreError> {
    let mut gone = Vec::new();
    for chunk in mail_ids.chunks(VALUES_A_STATEMENT) {
        let mut query: QueryBuilder<Sqlite> =
            QueryBuilder::new("SELECT id, gone_at FROM mails WHERE gone_at IS NOT NULL AND id IN (");
        push_ids(&mut query, chunk);
        let rows: Vec<(i64, i64)> = query
            .build_query_as()
            .persistent(false)
            .fetch_all(readers)
            .await?;
        gone.extend(rows.into_iter().map(|(id, at)| (id, timestamp(at))));
    }
    Ok(gone)
}

async fn mark_gone(
    connection: &mut sqlx::SqliteConnection,
    ids: &[i64],
    now: Timestamp,
) -> Result<(), StoreError> {
    let change = format!("state = 'gone', gone_at = {}", milliseconds(now));
    for chunk in ids.chunks(VALUES_A_STATEMENT) {
        let mut query: QueryBuilder<Sqlite> = QueryBuilder::new("UPDATE mails SET ");
        query
            .push(&change)
            .push(" WHERE state IN ('settled', 'purging', 'backlog') AND id IN (");
        push_ids(&mut query, chunk);
        query.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}

async fn set_state(
    connection: &mut sqlx::SqliteConnection,
    ids: &[i64],
    change: &'static str,
) -> Result<(), StoreError> {
    for chunk in ids.chunks(VALUES_A_STATEMENT) {
        let mut query: QueryBuilder<Sqlite> = QueryBuilder::new("UPDATE mails SET ");
        query.push(change).push(" WHERE state = 'purging' AND id IN (");
        push_ids(&mut query, chunk);
        query.build().persistent(false).execute(&mut *connection).await?;
    }
    Ok(())
}
