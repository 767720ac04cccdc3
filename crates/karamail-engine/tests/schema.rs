//! The invariants as the database itself holds them: a fault in the program is refused, not stored.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod common;

use common::{NO_LIMITS, once, settings, signup};
use karamail_engine::demo::DemoServers;
use karamail_engine::store::{FILE_NAME, Store, StoreError};
use sqlx::{Connection, SqliteConnection};

/// A ledger with two numbers, one of them not sent yet, opened past all the program's own care.
async fn ledger() -> (tempfile::TempDir, SqliteConnection) {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    servers.deposit(signup("a@example.jp", 1));
    once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    servers.deposit(signup("b@example.jp", 2));
    let text = common::settings_text(servers.pop3_port(), 9, "", NO_LIMITS);
    once(
        folder.path(),
        karamail_engine::config::Settings::parse(&text, std::path::Path::new(".")).unwrap(),
    )
    .await;
    let path = folder.path().join(FILE_NAME);
    let connection = SqliteConnection::connect(&format!("sqlite://{}?mode=rw", path.display()))
        .await
        .unwrap();
    (folder, connection)
}

/// The statement is refused, and for the reason that is meant.
async fn refused(connection: &mut SqliteConnection, sql: &'static str, why: &str) {
    let error = sqlx::query(sql)
        .execute(&mut *connection)
        .await
        .expect_err(sql)
        .to_string();
    assert!(error.contains(why), "{sql}: {error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn invariant_1_the_database_refuses_a_hole_a_double_and_a_restart() {
    let (_folder, mut db) = ledger().await;
    // Columns: series, number, address_key, address, issue, mailbox_id, mail_id, outbox_id, given_at.
    refused(
        &mut db,
        "INSERT INTO receipts (series, number, address_key, address, issue, mailbox_id, mail_id, outbox_id, given_at) VALUES ('main', 4, 'c@x', 'c@x', 1, 1, 3, 3, 0)",
        "invariant 1",
    )
    .await;
    refused(
        &mut db,
        "INSERT INTO receipts (series, number, address_key, address, issue, mailbox_id, mail_id, outbox_id, given_at) VALUES ('main', 2, 'c@x', 'c@x', 1, 1, 3, 3, 0)",
        "invariant 1",
    )
    .await;
    refused(
        &mut db,
        "INSERT INTO receipts (series, number, address_key, address, issue, mailbox_id, mail_id, outbox_id, given_at) VALUES ('main', 3, 'a@example.jp', 'a', 1, 1, 3, 3, 0)",
        "UNIQUE",
    )
    .await;
    refused(
        &mut db,
        "UPDATE receipts SET number = 9 WHERE number = 2",
        "invariant 1",
    )
    .await;
    refused(&mut db, "DELETE FROM receipts WHERE number = 2", "invariant 1").await;
    refused(&mut db, "UPDATE series SET next_number = 1", "invariant 1").await;
    refused(&mut db, "UPDATE series SET next_number = 4", "invariant 1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn invariant_2_the_database_refuses_a_number_without_its_mail_and_finished_reply() {
    let (_folder, mut db) = ledger().await;
    // No such mail; and with a mail but no letter, the commit itself fails.
    refused(
        &mut db,
        "INSERT INTO receipts (series, number, address_key, address, issue, mailbox_id, mail_id, outbox_id, given_at) VALUES ('main', 3, 'c@x', 'c@x', 1, 1, 77, 3, 0)",
        "FOREIGN KEY",
    )
    .await;
    sqlx::query(
        "INSERT INTO mails (id, mailbox_id, content_key, first_seen_at, subject, outcome, reason, state) \
                 VALUES (3, 1, zeroblob(32), 0, '', 'receipt', 'signup', 'recorded')",
    )
    .execute(&mut db)
    .await
    .unwrap();
    refused(
        &mut db,
        "INSERT INTO receipts (series, number, address_key, address, issue, mailbox_id, mail_id, outbox_id, given_at) VALUES ('main', 3, 'c@x', 'c@x', 1, 1, 3, 3, 0)",
        "FOREIGN KEY",
    )
    .await;
    refused(
        &mut db,
        "INSERT INTO outbox (mailbox_id, mail_id, kind, series, number, sender, recipient, recipient_key, message_id, state, \
         created_at, next_attempt_at) VALUES (1, 3, 'receipt', 'main', 3, 's', 'r', 'r', 'm', 'queued', 0, 0)",
        "CHECK",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn invariant_3_the_database_refuses_that_an_unsettled_mail_goes() {
    let (_folder, mut db) = ledger().await;
    refused(
        &mut db,
        "UPDATE mails SET state = 'settled' WHERE id = 2",
        "invariant 3",
    )
    .await;
    refused(
        &mut db,
        "UPDATE mails SET state = 'purging' WHERE id = 2",
        "invariant 3",
    )
    .await;
    refused(
        &mut db,
        "UPDATE mails SET state = 'gone', gone_at = 1 WHERE id = 2",
        "invariant 3",
    )
    .await;
    refused(&mut db, "DELETE FROM mails WHERE id = 1", "never deleted").await;
    refused(
        &mut db,
        "INSERT INTO mails (id, mailbox_id, content_key, first_seen_at, subject, outcome, reason, state) \
         VALUES (9, 1, zeroblob(32), 0, '', 'archive', 'subject-not-empty', 'settled')",
        "CHECK",
    )
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn invariant_4_the_database_refuses_another_letter_and_an_uncounted_attempt() {
    let (_folder, mut db) = ledger().await;
    refused(
        &mut db,
        "UPDATE outbox SET bytes = x'00' WHERE id = 2",
        "invariant 4",
    )
    .await;
    refused(
        &mut db,
        "UPDATE outbox SET message_id = 'other' WHERE id = 2",
        "invariant 4",
    )
    .await;
    refused(
        &mut db,
        "UPDATE outbox SET state = 'sending' WHERE id = 2",
        "CHECK",
    )
    .await;
    refused(&mut db, "DELETE FROM outbox WHERE id = 1", "never deleted").await;
}

async fn open(folder: &std::path::Path) -> Result<(), StoreError> {
    let store = Store::open(folder).await?;
    store.close().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_ledger_is_refused_and_left_as_it_is() {
    let (folder, db) = ledger().await;
    db.close().await.unwrap();
    let path = folder.path().join(FILE_NAME);
    let sound = std::fs::read(&path).unwrap();
    type Damage = (&'static str, fn(&mut Vec<u8>));
    let damages: [Damage; 5] = [
        ("emptied", Vec::clear),
        ("another file", |bytes| {
            *bytes = b"hello, this is a text file, not a ledger".to_vec()
        }),
        ("cut in half", |bytes| bytes.truncate(bytes.len() / 2)),
        ("a page overwritten", |bytes| bytes[4096..8192].fill(0x5a)),
        ("the schema page overwritten", |bytes| bytes[100..4096].fill(0xff)),
    ];
    for (name, damage) in damages {
        let mut bytes = sound.clone();
        damage(&mut bytes);
        std::fs::write(&path, &bytes).unwrap();
        let refused = open(folder.path()).await;
        assert!(
            matches!(refused, Err(StoreError::Damaged(..))),
            "{name}: {refused:?}"
        );
        assert_eq!(
            std::fs::read(&path).unwrap(),
            bytes,
            "{name}: not a byte of it is changed"
        );
    }
    std::fs::write(&path, &sound).unwrap();
    open(folder.path()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_vanished_is_never_silently_new() {
    let (folder, db) = ledger().await;
    db.close().await.unwrap();
    std::fs::remove_file(folder.path().join(FILE_NAME)).unwrap();
    assert!(matches!(open(folder.path()).await, Err(StoreError::Vanished(_))));
    assert!(matches!(
        Store::open_to_read(folder.path()).await,
        Err(StoreError::Vanished(_))
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_of_which_only_the_empty_file_was_made_is_a_first_start() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join(FILE_NAME), "").unwrap();
    assert!(Store::open_to_read(folder.path()).await.unwrap().is_none());
    open(folder.path()).await.unwrap();
    // From now on an empty file is a loss, even where the log lies elsewhere.
    std::fs::write(folder.path().join(FILE_NAME), "").unwrap();
    assert!(matches!(open(folder.path()).await, Err(StoreError::Damaged(..))));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_is_readable_by_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, db) = ledger().await;
    db.close().await.unwrap();
    let mode = std::fs::metadata(folder.path().join(FILE_NAME))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_or_foreign_ledger_is_refused() {
    let (folder, mut db) = ledger().await;
    sqlx::query("UPDATE _sqlx_migrations SET version = version + 99999")
        .execute(&mut db)
        .await
        .unwrap();
    db.close().await.unwrap();
    let refused = open(folder.path()).await;
    assert!(matches!(refused, Err(StoreError::Newer(_))), "{refused:?}");

    let other = tempfile::tempdir().unwrap();
    let path = other.path().join(FILE_NAME);
    let mut db = SqliteConnection::connect(&format!("sqlite://{}?mode=rwc", path.display()))
        .await
        .unwrap();
    sqlx::query("CREATE TABLE theirs (x)")
        .execute(&mut db)
        .await
        .unwrap();
    db.close().await.unwrap();
    assert!(matches!(open(other.path()).await, Err(StoreError::Damaged(..))));
}

#[tokio::test]
async fn a_poll_with_nothing_to_send_does_not_look_at_every_letter_ever_sent() {
    let folder = tempfile::tempdir().unwrap();
    Store::open(folder.path()).await.unwrap().close().await;
    let readers = Store::open_to_read(folder.path()).await.unwrap().unwrap();
    let source = include_str!("../src/store/outbox.rs");
    // The statements as they stand in the store, so that a change of theirs is looked at too.
    let statements: Vec<String> = source
        .split('"')
        .filter(|text| text.starts_with("SELECT EXISTS"))
        .map(|text| text.replace("\\\n", " "))
        .collect();
    assert_eq!(statements.len(), 2);
    for statement in statements {
        let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
        let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(explain).fetch_all(&readers).await.unwrap();
        assert!(
            plan.iter()
                .all(|(.., step)| !step.contains("outbox_by_time") && step != "SCAN outbox"),
            "{plan:?}"
        );
    }
}
