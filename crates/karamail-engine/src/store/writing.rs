//! Writing to the ledger: the one connection that does, and the two ends of a transaction.

use std::ops::{Deref, DerefMut};

use sqlx::{Connection, Sqlite, SqliteConnection, Transaction};
use tokio::sync::{Mutex, MutexGuard};

use super::StoreError;
use crate::seams::{Busy, step};

/// The one connection that writes, for as long as this is held.
pub(crate) struct Writer<'a> {
    connection: MutexGuard<'a, SqliteConnection>,
    _busy: Busy,
}

impl<'a> Writer<'a> {
    pub(super) async fn take(writer: &'a Mutex<SqliteConnection>) -> Writer<'a> {
        step("ledger").await;
        Writer {
            connection: writer.lock().await,
            _busy: Busy::now(),
        }
    }
}

impl Deref for Writer<'_> {
    type Target = SqliteConnection;
    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for Writer<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}

/// Begins a read-then-write transaction. IMMEDIATE, because a deferred one could fail at its first write.
pub(crate) async fn begin(writer: &mut SqliteConnection) -> Result<Transaction<'_, Sqlite>, StoreError> {
    Ok(writer.begin_with("BEGIN IMMEDIATE").await?)
}

/// Ends it: from here on it is on disk, whole.
pub(crate) async fn commit(transaction: Transaction<'_, Sqlite>) -> Result<(), StoreError> {
    step("before-commit").await;
    transaction.commit().await?;
    step("after-commit").await;
    Ok(())
}
