//! What the simulation reads out of the ledger, and its hands on the ledger's connection.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use karamail_core::mail::ContentKey;
use sqlx::{ConnectOptions, SqliteConnection};

use super::{FILE_NAME, base_options};
use crate::simulation::stage::{LedgerTrouble, stage};

/// Virtual machine operations between two looks of the progress handler.
const OPERATIONS_A_LOOK: i32 = 20;

/// One mail of the ledger.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct MailRow {
    pub(crate) id: i64,
    pub(crate) mailbox: String,
    pub(crate) content_key: Vec<u8>,
    pub(crate) outcome: String,
    pub(crate) reason: String,
    pub(crate) state: String,
    pub(crate) archive_file: Option<String>,
    pub(crate) uidl: Option<String>,
    pub(crate) size: Option<i64>,
}

/// One number.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct ReceiptRow {
    pub(crate) series: String,
    pub(crate) number: i64,
    pub(crate) address_key: String,
    pub(crate) mail_id: i64,
    pub(crate) outbox_id: i64,
}

/// One letter.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct LetterRow {
    pub(crate) id: i64,
    pub(crate) mail_id: i64,
    pub(crate) kind: String,
    pub(crate) number: Option<i64>,
    pub(crate) recipient: String,
    pub(crate) message_id: String,
    pub(crate) bytes: Option<Vec<u8>>,
    pub(crate) file: Option<String>,
    pub(crate) state: String,
    pub(crate) attempts: i64,
}

/// The whole ledger, as far as promises rest on it.
#[derive(Debug)]
pub(crate) struct Evidence {
    pub(crate) mails: Vec<MailRow>,
    pub(crate) receipts: Vec<ReceiptRow>,
    pub(crate) letters: Vec<LetterRow>,
}

const MAILS: &str = "SELECT mails.id, mailboxes.address_key AS mailbox, content_key, outcome, reason, state, archive_file, uidl, size \
                     FROM mails JOIN mailboxes ON mailboxes.id = mails.mailbox_id";
const LETTERS: &str =
    "SELECT id, mail_id, kind, number, recipient, message_id, bytes, file, state, attempts FROM outbox";

/// Reads what is committed, beside the program.
pub(crate) struct Witness(SqliteConnection);

impl Witness {
    pub(crate) async fn of(folder: &Path) -> Witness {
        let options = base_options(&folder.join(FILE_NAME)).read_only(true);
        Witness(options.connect().await.unwrap())
    }

    pub(crate) async fn everything(&mut self) -> Evidence {
        Evidence {
            mails: sqlx::query_as(sqlx::AssertSqlSafe(format!("{MAILS} ORDER BY mails.id"))).fetch_all(&mut self.0).await.unwrap(),
            receipts: sqlx::query_as(
                "SELECT series, number, address_key, mail_id, outbox_id FROM receipts ORDER BY series, number",
            )
            .fetch_all(&mut self.0)
            .await
            .unwrap(),
            letters: sqlx::query_as(sqlx::AssertSqlSafe(format!("{LETTERS} ORDER BY id"))).fetch_all(&mut self.0).await.unwrap(),
        }
    }

    pub(crate) async fn mails_with(&mut self, key: ContentKey) -> Vec<MailRow> {
        sqlx::query_as(sqlx::AssertSqlSafe(format!("{MAILS} WHERE content_key = ?1")))
            .bind(key.0.to_vec())
            .fetch_all(&mut self.0)
            .await
            .unwrap()
    }

    pub(crate) async fn letter(&mut self, message_id: &str) -> Option<LetterRow> {
        sqlx::query_as(sqlx::AssertSqlSafe(format!("{LETTERS} WHERE message_id = ?1")))
            .bind(message_id)
            .fetch_optional(&mut self.0)
            .await
            .unwrap()
    }
}

/// In the simulation: commits and statements of this connection fail when it is their turn.
pub(super) async fn watch(writer: &mut SqliteConnection) {
    let Some(stage) = stage() else { return };
    let (commits, work) = (
        Arc::clone(&stage.ledger_trouble),
        Arc::clone(&stage.ledger_trouble),
    );
    {
        let mut handle = writer.lock_handle().await.unwrap();
        handle.set_commit_hook(move || !LedgerTrouble::strikes(&commits.commits_left));
        handle.set_progress_handler(OPERATIONS_A_LOOK, move || {
            !LedgerTrouble::strikes(&work.work_left)
        });
    }
    let pages = match stage.ledger_trouble.is_full.load(Ordering::SeqCst) {
        true => 1,
        false => 1_000_000,
    };
    limit(writer, pages).await;
}

/// No limit below what the file has takes effect: it may not grow any more.
async fn limit(writer: &mut SqliteConnection, pages: u32) {
    let statement = format!("PRAGMA max_page_count = {pages}");
    // It may fail itself, where statements are made to fail.
    let _ = sqlx::query(sqlx::AssertSqlSafe(statement)).execute(writer).await;
}

impl super::Store {
    /// The disk is full for the ledger, or has room again.
    pub(crate) async fn simulate_full_disk(&self, is_full: bool) {
        let mut writer = self.inner.writer.lock().await;
        limit(&mut writer, if is_full { 1 } else { 1_000_000 }).await;
    }
}
