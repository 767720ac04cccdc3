//! Trouble is told once, and its end once, whatever comes in between.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;
use std::sync::Arc;

use common::{NO_LIMITS, ledger, secrets, settings_text, signup};
use karamail_engine::config::Settings;
use karamail_engine::cycle::{self, Logins, Worker};
use karamail_engine::demo::DemoServers;
use karamail_engine::stop::stop_switch;
use karamail_engine::store::Store;

async fn worker(folder: &Path, servers: &DemoServers, smtp_port: u16, store: &Store) -> Worker {
    let text = settings_text(servers.pop3_port(), smtp_port, "", NO_LIMITS);
    let settings = Arc::new(Settings::parse(&text, Path::new(".")).unwrap());
    let mailbox = settings.mailboxes[0].clone();
    let logins = Logins::find(&secrets(folder), &settings, &mailbox).await;
    Worker::new(settings, mailbox, logins, store).await.unwrap()
}

/// What somebody else does to the ledger.
async fn change(folder: &Path, statement: &'static str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join("karamail.db"));
    let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
    sqlx::query(statement).execute(&mut connection).await.unwrap();
    sqlx::Connection::close(connection).await.unwrap();
}

/// Found by the simulation: the last letter went out, and at that moment the disk was full.
#[tokio::test(flavor = "multi_thread")]
async fn that_sending_works_again_is_told_where_the_ledger_took_the_last_result_late() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    let folder = folder.path();
    let store = Store::open(folder).await.unwrap();
    let (_switch, stop) = stop_switch();
    let told =
        "SELECT group_concat(kind) FROM (SELECT kind FROM events WHERE kind LIKE 'sending-%' ORDER BY id)";
    servers.deposit(signup("a@example.jp", 1));

    let mut dead = worker(folder, &servers, 9, &store).await;
    let report = cycle::run_once(&mut dead, &store, folder, &stop).await;
    assert!(report.send_fault.is_some(), "{report:?}");
    assert_eq!(ledger::<String>(folder, told).await, "sending-failing");

    // The server is mended, and the ledger takes no result.
    let mut worker = worker(folder, &servers, servers.smtp_port(), &store).await;
    worker.inherit(dead);
    change(
        folder,
        "CREATE TRIGGER no_room BEFORE UPDATE OF state ON outbox WHEN NEW.state = 'sent' \
         BEGIN SELECT RAISE(ABORT, 'no room'); END",
    )
    .await;
    let report = cycle::run_once(&mut worker, &store, folder, &stop).await;
    assert!(report.receive_fault.is_some(), "{report:?}");
    assert_eq!(servers.sent_count(), 1);

    // There is room again, and nothing left to send.
    change(folder, "DROP TRIGGER no_room").await;
    for _ in 0..2 {
        let report = cycle::run_once(&mut worker, &store, folder, &stop).await;
        assert!(report.send_fault.is_none(), "{report:?}");
    }
    assert_eq!(
        ledger::<String>(folder, told).await,
        "sending-failing,sending-recovered"
    );
    assert_eq!(servers.sent_count(), 1);
    worker.say_goodbye().await;
    store.close().await;
}
