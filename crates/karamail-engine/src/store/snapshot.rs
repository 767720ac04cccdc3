//! A copy of the ledger taken while it is in use, and what a ledger holds in short: for backups.

use std::path::Path;

use serde::{Deserialize, Serialize};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};

use super::{
    FILE_NAME, Store, StoreError, base_options, check_health, in_file, refuse_foreign_file, writer_options,
};

/// What a ledger holds, in short.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerFacts {
    /// The newest migration in it.
    pub version: i64,
    /// Rows of mails.
    pub mails: i64,
    /// Numbers given.
    pub receipts: i64,
    /// Letters.
    pub letters: i64,
    /// Events.
    pub events: i64,
    /// The newest event; later ones have larger ids.
    pub last_event: i64,
    /// Its series, by name.
    pub series: Vec<SeriesFacts>,
}

/// One number series.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesFacts {
    /// Its name.
    pub name: String,
    /// The highest number given; `None` where none was.
    pub highest: Option<i64>,
    /// The number that is given next.
    pub next: i64,
}

impl LedgerFacts {
    /// Whether this ledger knows of anything that `other` does not: a higher number or a later event.
    pub fn is_ahead_of(&self, other: &LedgerFacts) -> bool {
        let next_in = |facts: &LedgerFacts, name: &str| {
            facts
                .series
                .iter()
                .find(|series| series.name == name)
                .map_or(0, |series| series.next)
        };
        self.last_event > other.last_event
            || self
                .series
                .iter()
                .any(|series| series.next > next_in(other, &series.name))
    }
}

/// Writes a consistent copy of the ledger in `data_folder` to `copy`, which must not be there yet. Works beside a
/// running program and does not hold it up: one read transaction of SQLite's (`VACUUM INTO`).
///
/// # Errors
/// [`StoreError::Vanished`] where there is no ledger.
pub async fn copy_ledger(data_folder: &Path, copy: &Path) -> Result<(), StoreError> {
    let path = data_folder.join(FILE_NAME);
    if !path.exists() {
        return Err(StoreError::Vanished(path));
    }
    refuse_foreign_file(&path)?;
    let in_place = |error: sqlx::Error| in_file(error.into(), &path);
    let mut reader = base_options(&path)
        .read_only(true)
        .connect()
        .await
        .map_err(in_place)?;
    let target = copy.display().to_string();
    sqlx::query("VACUUM INTO ?1")
        .bind(target)
        .execute(&mut reader)
        .await
        .map_err(in_place)?;
    reader.close().await.map_err(in_place)?;
    // Windows flushes only what was opened for writing.
    std::fs::File::options().write(true).open(copy)?.sync_all()?;
    Ok(())
}

/// Looks through every page of a ledger that nobody writes, and tells what it holds.
///
/// # Errors
/// [`StoreError::Damaged`] where SQLite's full check finds anything, [`StoreError::Newer`] for one of a newer version.
pub async fn examine(ledger: &Path) -> Result<LedgerFacts, StoreError> {
    refuse_foreign_file(ledger)?;
    let in_place = |error: StoreError| in_file(error, ledger);
    check_health(ledger).await.map_err(in_place)?;
    let mut reader = base_options(ledger)
        .read_only(true)
        .connect()
        .await
        .map_err(StoreError::from)
        .map_err(in_place)?;
    let found: String = sqlx::query_scalar("PRAGMA integrity_check(1)")
        .fetch_one(&mut reader)
        .await
        .map_err(StoreError::from)
        .map_err(in_place)?;
    if found != "ok" {
        return Err(StoreError::Damaged(ledger.to_owned(), found));
    }
    let facts = read_facts(&mut reader).await.map_err(in_place)?;
    reader.close().await?;
    if facts.version > super::newest_migration() {
        return Err(StoreError::Newer(ledger.to_owned()));
    }
    Ok(facts)
}

/// What a ledger holds, as far as it can still be read: also one that is damaged.
pub async fn glance(ledger: &Path) -> Option<LedgerFacts> {
    let mut reader = base_options(ledger).read_only(true).connect().await.ok()?;
    let facts = read_facts(&mut reader).await.ok();
    let _ = reader.close().await;
    facts
}

async fn read_facts(reader: &mut SqliteConnection) -> Result<LedgerFacts, StoreError> {
    let version: i64 = sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations")
        .fetch_one(&mut *reader)
        .await?;
    let (mails, receipts, letters, events, last_event): (i64, i64, i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM mails), (SELECT count(*) FROM receipts), (SELECT count(*) FROM outbox), \
         (SELECT count(*) FROM events), (SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'events')",
    )
    .fetch_one(&mut *reader)
    .await?;
    let series: Vec<(String, Option<i64>, i64)> = sqlx::query_as(
        "SELECT name, (SELECT max(number) FROM receipts WHERE series = name), next_number FROM series ORDER BY name",
    )
    .fetch_all(&mut *reader)
    .await?;
    Ok(LedgerFacts {
        version,
        mails,
        receipts,
        letters,
        events,
        last_event,
        series: series
            .into_iter()
            .map(|(name, highest, next)| SeriesFacts { name, highest, next })
            .collect(),
    })
}

/// Lets the series of a restored ledger go on at `next`, because numbers below it are known to have been given by a
/// ledger that is lost. The only place where numbering skips: the trigger against it is put back in the same commit.
pub async fn skip_lost_numbers(ledger: &Path, skips: &[(String, i64)]) -> Result<(), StoreError> {
    let mut writer = writer_options(ledger).connect().await?;
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await?;
    let trigger: String =
        sqlx::query_scalar("SELECT sql FROM sqlite_schema WHERE name = 'series_never_restart'")
            .fetch_one(&mut *transaction)
            .await?;
    sqlx::query("DROP TRIGGER series_never_restart")
        .execute(&mut *transaction)
        .await?;
    for (name, next) in skips {
        sqlx::query("UPDATE series SET next_number = ?2 WHERE name = ?1 AND next_number < ?2")
            .bind(name)
            .bind(next)
            .execute(&mut *transaction)
            .await?;
    }
    // The schema's own text, put back as it was.
    sqlx::query(AssertSqlSafe(trigger))
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    writer.close().await?;
    Ok(())
}

/// Which mailbox gives numbers of which series, as the ledger's own history has it; the newest first.
pub async fn series_of_mailboxes(ledger: &Path) -> Result<Vec<(String, String)>, StoreError> {
    let mut reader = base_options(ledger).read_only(true).connect().await?;
    let pairs = sqlx::query_as(
        "SELECT DISTINCT e.mailbox, r.series FROM events e JOIN receipts r ON r.mail_id = e.mail_id \
         WHERE e.mailbox IS NOT NULL AND e.kind = 'receipt-given'",
    )
    .fetch_all(&mut reader)
    .await?;
    reader.close().await?;
    Ok(pairs)
}

impl Store {
    /// Whether a folder holds a ledger file.
    pub fn is_in(data_folder: &Path) -> bool {
        data_folder.join(FILE_NAME).exists()
    }
}
