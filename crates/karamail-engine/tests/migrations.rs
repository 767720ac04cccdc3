//! A ledger of the first version, with work in it, goes on in this one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::Path;

use karamail_core::delivery::RefusalClass;
use karamail_engine::store::results::{Delivery, Wanted, results};
use karamail_engine::store::{FILE_NAME, Store, StoreError};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode};
use sqlx::{ConnectOptions, Connection, SqliteConnection};

/// Three numbers (sent, refused, waiting) and a forward, as the first version leaves them.
const WORK: &str = "
BEGIN;
INSERT INTO mailboxes (address_key) VALUES ('touroku@karamail.example');
INSERT INTO series (name, first_number, next_number) VALUES ('main', 1, 1);
INSERT INTO mails (id, mailbox_id, content_key, first_seen_at, subject, outcome, reason, state, archive_file) VALUES
  (1, 1, zeroblob(32), 0, '', 'receipt', 'signup', 'recorded', NULL), (2, 1, zeroblob(32), 0, '', 'receipt', 'signup', 'recorded', NULL),
  (3, 1, zeroblob(32), 0, '', 'receipt', 'signup', 'recorded', NULL), (4, 1, zeroblob(32), 0, 'x', 'forward', 'subject-not-empty', 'recorded', 'a');
INSERT INTO receipts (series, number, address_key, address, mailbox_id, mail_id, outbox_id, given_at) VALUES
  ('main', 1, 'a@x', 'a@x', 1, 1, 1, 0);
INSERT INTO receipts (series, number, address_key, address, mailbox_id, mail_id, outbox_id, given_at) VALUES
  ('main', 2, 'b@x', 'b@x', 1, 2, 2, 0);
INSERT INTO receipts (series, number, address_key, address, mailbox_id, mail_id, outbox_id, given_at) VALUES
  ('main', 3, 'c@x', 'c@x', 1, 3, 3, 0);
INSERT INTO outbox (id, mailbox_id, mail_id, kind, series, number, sender, recipient, recipient_key, message_id, bytes, file, state,
                    attempts, created_at, next_attempt_at, settled_at, answer) VALUES
  (1, 1, 1, 'receipt', 'main', 1, 's@x', 'a@x', 'a@x', 'm1', x'01', NULL, 'sent', 1, 0, 0, 5, '250 ok'),
  (2, 1, 2, 'receipt', 'main', 2, 's@x', 'b@x', 'b@x', 'm2', x'02', NULL, 'refused', 1, 0, 0, 6, '550 no'),
  (3, 1, 3, 'receipt', 'main', 3, 's@x', 'c@x', 'c@x', 'm3', x'03', NULL, 'queued', 0, 0, 0, NULL, NULL),
  (4, 1, 4, 'forward', NULL, NULL, 's@x', 'o@x', 'o@x', 'm4', NULL, 'outbox/4.eml', 'queued', 0, 0, 0, NULL, NULL);
COMMIT;
UPDATE mails SET state = 'settled' WHERE id IN (1, 2);
";

async fn connect(folder: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new()
        .filename(folder.join(FILE_NAME))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .foreign_keys(true);
    options.connect().await.unwrap()
}

async fn first_version() -> tempfile::TempDir {
    let (folder, migrations) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/0001_ledger.sql");
    std::fs::copy(ours, migrations.path().join("0001_ledger.sql")).unwrap();
    let mut db = connect(folder.path()).await;
    let migrator = sqlx::migrate::Migrator::new(migrations.path()).await.unwrap();
    migrator.run(&mut db).await.unwrap();
    sqlx::raw_sql(WORK).execute(&mut db).await.unwrap();
    db.close().await.unwrap();
    folder
}

#[tokio::test]
async fn a_ledger_of_the_first_version_keeps_its_work_and_its_invariants() {
    let folder = first_version().await;
    let store = Store::open(folder.path()).await.unwrap();
    let rows = results(store.readers(), &Wanted::default()).await.unwrap();
    let class = RefusalClass::Other;
    let states: Vec<Delivery> = rows.iter().map(|row| row.delivery).collect();
    assert_eq!(
        states,
        [Delivery::Queued, Delivery::Refused { class }, Delivery::Sent]
    );
    let due = store.claim(1, karamail_engine::clock::now(), 10).await.unwrap();
    assert_eq!(due.len(), 2, "the receipt and the forward that wait");
    store.close().await;
    drop(store);

    let mut db = connect(folder.path()).await;
    let broken: i64 = sqlx::query_scalar("SELECT count(*) FROM pragma_foreign_key_check")
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert_eq!(broken, 0);
    let standings: Vec<String> = sqlx::query_scalar("SELECT standing FROM receipts ORDER BY number DESC")
        .fetch_all(&mut db)
        .await
        .unwrap();
    assert_eq!(standings, ["queued", "refused", "sent"]);
    for (sql, why) in [
        ("DELETE FROM outbox", "never deleted"),
        ("UPDATE outbox SET bytes = x'00' WHERE id = 3", "invariant 4"),
        (
            "UPDATE mails SET state = 'gone', gone_at = 1 WHERE id = 3",
            "invariant 3",
        ),
        (
            "UPDATE outbox SET state = 'refused', settled_at = 1 WHERE id = 3",
            "CHECK",
        ),
        (
            "INSERT INTO outbox SELECT 9, mailbox_id, mail_id, kind, series, number, sender, recipient, recipient_key, 'm9', bytes, \
             file, 'queued', 0, 0, 0, NULL, NULL, NULL FROM outbox WHERE id = 1",
            "UNIQUE",
        ),
        (
            "INSERT INTO outbox SELECT 9, mailbox_id, mail_id, 'resend', series, number, sender, recipient, recipient_key, 'm9', \
             bytes, file, 'queued', 0, 0, 0, NULL, NULL, NULL FROM outbox WHERE id = 3",
            "still on its way",
        ),
    ] {
        let refused = sqlx::query(sql)
            .execute(&mut db)
            .await
            .expect_err(sql)
            .to_string();
        assert!(refused.contains(why), "{sql}: {refused}");
    }
}

#[tokio::test]
async fn a_list_brings_an_old_ledger_up_to_date_unless_an_old_program_holds_it() {
    let folder = first_version().await;
    let held = karamail_engine::data_folder::DataFolder::take(folder.path()).unwrap();
    let refused = Store::open_to_read(folder.path()).await;
    assert!(matches!(refused, Err(StoreError::Older(_))), "{refused:?}");
    drop(held);
    let readers = Store::open_to_read(folder.path()).await.unwrap().unwrap();
    assert_eq!(results(&readers, &Wanted::default()).await.unwrap().len(), 3);
}
