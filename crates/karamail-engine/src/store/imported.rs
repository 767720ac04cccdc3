//! Mails that come from files: recorded as if they had arrived, without a server's word about them.

use std::collections::HashSet;

use jiff::Timestamp;
use sqlx::{QueryBuilder, Sqlite, SqliteConnection};

use super::batch::Batch;
use super::desk::Desk;
use super::ids::push_ids;
use super::mails::{Candidate, Clerk, Recorded, Scope};
use super::{Store, StoreError, begin, commit, milliseconds};

/// The class of a letter that was composed and, on purpose, not sent.
pub const WITHHELD: &str = "withheld";

impl Store {
    /// Whether each mail is in the ledger already: imported before, or taken from the server.
    pub async fn are_known(&self, mailbox_id: i64, mails: &[Candidate]) -> Result<Vec<bool>, StoreError> {
        let mut writer = self.writer().await;
        known(&mut writer, mailbox_id, mails).await
    }

    /// Records mails from files in one transaction, in their order. What is known already is left out (`None`). With
    /// `reply`, letters lie in the outbox as usual; otherwise they are settled as withheld.
    pub async fn record_imported(
        &self,
        scope: &Scope,
        mails: &[Candidate],
        clerk: &Clerk<'_>,
        reply: bool,
        now: Timestamp,
    ) -> Result<Vec<Option<Recorded>>, StoreError> {
        let mut writer = self.writer().await;
        let mut transaction = begin(&mut writer).await?;
        let known = known(&mut transaction, scope.mailbox_id, mails).await?;
        let facts: Vec<_> = mails.iter().map(|mail| &mail.mail).collect();
        let mut desk = Desk::load(&mut transaction, scope, &facts, now).await?;
        let mut batch = Batch::default();
        let mut recorded = Vec::with_capacity(mails.len());
        for (mail, is_known) in mails.iter().zip(known) {
            recorded.push(match is_known {
                true => None,
                false => batch.enter_safely(scope, mail, &mut desk, clerk),
            });
        }
        batch.tell_limit(&mut transaction, scope, now).await?;
        batch.write(&mut transaction, scope, now).await?;
        let ids: Vec<i64> = recorded.iter().flatten().map(|entry| entry.mail_id).collect();
        note_origin(&mut transaction, &ids, milliseconds(now)).await?;
        if !reply {
            withhold(&mut transaction, &ids, milliseconds(now)).await?;
        }
        commit(transaction).await?;
        drop(writer);
        self.announce_events();
        Ok(recorded)
    }
}

/// By content key, and by Message-ID and Date together: programs that export mail rewrite From.
async fn known(
    connection: &mut SqliteConnection,
    mailbox_id: i64,
    mails: &[Candidate],
) -> Result<Vec<bool>, StoreError> {
    let mut by_key: QueryBuilder<Sqlite> =
        QueryBuilder::new("SELECT content_key FROM mails WHERE mailbox_id = ");
    by_key.push_bind(mailbox_id).push(" AND content_key IN (");
    let mut list = by_key.separated(", ");
    for mail in mails {
        list.push_bind(mail.key.0.to_vec());
    }
    by_key.push(")");
    let keys: Vec<Vec<u8>> = by_key
        .build_query_scalar()
        .persistent(false)
        .fetch_all(&mut *connection)
        .await?;
    let mut keys: HashSet<Vec<u8>> = keys.into_iter().collect();
    let mut by_id: QueryBuilder<Sqlite> = QueryBuilder::new(
        "SELECT message_id, mailed_at FROM mails WHERE mailed_at IS NOT NULL AND mailbox_id = ",
    );
    by_id.push_bind(mailbox_id).push(" AND message_id IN (");
    let mut list = by_id.separated(", ");
    for id in mails.iter().filter_map(|mail| mail.mail.message_id()) {
        list.push_bind(id.to_owned());
    }
    by_id.push(")");
    let ids: Vec<(String, i64)> = by_id
        .build_query_as()
        .persistent(false)
        .fetch_all(connection)
        .await?;
    let ids: HashSet<(String, i64)> = ids.into_iter().collect();
    Ok(mails
        .iter()
        .map(|candidate| {
            let mail = &candidate.mail;
            let is_listed = mail
                .message_id()
                .zip(mail.date())
                .is_some_and(|(id, date)| ids.contains(&(id.to_owned(), milliseconds(date))));
            // The same mail lies in several folders of one export.
            let is_new_key = keys.insert(candidate.key.0.to_vec());
            is_listed || !is_new_key
        })
        .collect())
}

async fn note_origin(connection: &mut SqliteConnection, ids: &[i64], now: i64) -> Result<(), StoreError> {
    update(
        connection,
        "UPDATE mails SET imported_at = ",
        now,
        " WHERE id IN (",
        ids,
    )
    .await
}

/// The letters are finished and never sent; their mails ask for nothing more.
async fn withhold(connection: &mut SqliteConnection, ids: &[i64], now: i64) -> Result<(), StoreError> {
    let letters = " WHERE state = 'queued' AND mail_id IN (";
    update(
        connection,
        "UPDATE outbox SET state = 'refused', class = 'withheld', settled_at = ",
        now,
        letters,
        ids,
    )
    .await?;
    let mut query: QueryBuilder<Sqlite> =
        QueryBuilder::new("UPDATE mails SET state = 'settled' WHERE state = 'recorded' AND id IN (");
    push_ids(&mut query, ids);
    query.build().persistent(false).execute(connection).await?;
    Ok(())
}

async fn update(
    connection: &mut SqliteConnection,
    change: &'static str,
    now: i64,
    of: &'static str,
    ids: &[i64],
) -> Result<(), StoreError> {
    let mut query: QueryBuilder<Sqlite> = QueryBuilder::new(change);
    query.push_bind(now).push(of);
    push_ids(&mut query, ids);
    query.build().persistent(false).execute(connection).await?;
    Ok(())
}
