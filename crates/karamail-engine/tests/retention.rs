//! What is kept for how long, told by a clock of our own.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;

use common::{NO_LIMITS, once, settings, signup};
use jiff::{SignedDuration, Timestamp};
use karamail_engine::clock;
use karamail_engine::config::Settings;
use karamail_engine::demo::DemoServers;
use karamail_engine::retention::{Swept, sweep};
use karamail_engine::store::Store;
use sqlx::{Connection, SqliteConnection};

async fn swept(folder: &std::path::Path, settings: &Settings, now: Timestamp) -> Swept {
    let store = Store::open(folder).await.unwrap();
    let swept = sweep(&store, folder, &settings.general, now).await.unwrap();
    store.close().await;
    swept
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_and_archive_go_after_archive_days_and_the_number_can_still_be_looked_up() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    servers.deposit(signup("a@example.jp", 1));
    servers.deposit(b"From: b@example.jp\r\nSubject: x\r\nMessage-ID: <x@x>\r\n\r\n".to_vec());
    let settings = settings(&servers, "", NO_LIMITS);
    once(folder.path(), settings.clone()).await;
    let in_days = |days: i64| clock::now() + SignedDuration::from_hours(24 * days);
    assert_eq!(
        swept(folder.path(), &settings, in_days(29)).await,
        Swept::default()
    );
    let gone = swept(folder.path(), &settings, in_days(31)).await;
    assert_eq!((gone.files, gone.letters), (1, 1));
    assert_eq!(
        swept(folder.path(), &settings, in_days(32)).await,
        Swept::default()
    );
    let path = folder.path().join("karamail.db");
    let mut db = SqliteConnection::connect(&format!("sqlite://{}?mode=ro", path.display()))
        .await
        .unwrap();
    let (state, length): (String, i64) = sqlx::query_as("SELECT state, length(bytes) FROM outbox")
        .fetch_one(&mut db)
        .await
        .unwrap();
    assert_eq!((state.as_str(), length), ("sent", 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_is_not_settled_keeps_its_text_however_old_it_is() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    servers.deposit(signup("a@example.jp", 1));
    let text = common::settings_text(servers.pop3_port(), 9, "", NO_LIMITS);
    let dead = Settings::parse(&text, std::path::Path::new(".")).unwrap();
    once(folder.path(), dead.clone()).await;
    let later = clock::now() + SignedDuration::from_hours(24 * 3000);
    assert_eq!(swept(folder.path(), &dead, later).await.letters, 0);
    once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn monthly_logs_go_after_log_months_and_nothing_else_in_their_folder_does() {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("log");
    let text = common::settings_text(1, 2, "", NO_LIMITS).replace("[general]", "[general]\nlog_months = 2");
    let settings = Settings::parse(&text, std::path::Path::new(".")).unwrap();
    swept(folder.path(), &settings, clock::now()).await;
    fs::create_dir(&logs).unwrap();
    let files = [
        "2025-12.txt",
        "2026-01.txt",
        "2026-08.txt",
        "2026-09.txt",
        "2026-11.txt",
        "notes.txt",
        "2020-01.bak",
        "2020-13.txt",
    ];
    for name in files {
        fs::write(logs.join(name), "x").unwrap();
    }
    let now: Timestamp = "2026-11-15T12:00:00Z".parse().unwrap();
    assert_eq!(swept(folder.path(), &settings, now).await.logs, 3);
    let mut left: Vec<String> = fs::read_dir(&logs)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    left.sort();
    assert_eq!(
        left,
        [
            "2020-01.bak",
            "2020-13.txt",
            "2026-09.txt",
            "2026-11.txt",
            "notes.txt"
        ]
    );
    let for_ever = Settings::parse(&text.replace("log_months = 2", ""), std::path::Path::new(".")).unwrap();
    let later: Timestamp = "2036-11-15T12:00:00Z".parse().unwrap();
    assert_eq!(swept(folder.path(), &for_ever, later).await.logs, 0);
}
