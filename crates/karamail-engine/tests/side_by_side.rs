//! Receiving and delivering side by side: letters go out as soon as they are recorded.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;
use std::time::Duration;

use common::scripted::Scripted;
use common::{NO_LIMITS, engine, ledger, make_letters_due, once, settings_text, signup};
use karamail_engine::config::Settings;
use karamail_engine::demo::DemoServers;
use karamail_engine::engine::Command;
use sqlx::sqlite::SqliteConnectOptions;

const PATIENCE: Duration = Duration::from_secs(30);
/// As the mailbox's first transaction.
const FIRST_BATCH: usize = 16;

async fn box_of(customers: usize) -> Scripted {
    let mails: Vec<(String, Vec<u8>)> = (1..=customers)
        .map(|nth| {
            (
                format!("u{nth}"),
                signup(&format!("customer{nth}@example.jp"), nth),
            )
        })
        .collect();
    let mails: Vec<(&str, Vec<u8>)> = mails
        .iter()
        .map(|(id, bytes)| (id.as_str(), bytes.clone()))
        .collect();
    Scripted::start(&mails).await
}

fn settings(pop3: &Scripted, smtp_port: u16) -> Settings {
    let text = settings_text(pop3.port, smtp_port, "", NO_LIMITS);
    Settings::parse(&text, Path::new(".")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_customer_does_not_wait_for_the_last() {
    let (pop3, servers) = (box_of(40).await, DemoServers::start().await.unwrap());
    let folder = tempfile::tempdir().unwrap();
    pop3.with(|script| script.keeps_back = Some("TOP 40 0".to_owned()));
    let meanwhile = async {
        tokio::time::timeout(PATIENCE, servers.wait_for_sent(FIRST_BATCH))
            .await
            .expect("the first customers wait for the last one's header");
        assert_eq!(
            servers.sent_count(),
            FIRST_BATCH,
            "what is not recorded is not answered"
        );
        assert_eq!(pop3.count("DELE"), 0, "nothing is deleted before all is settled");
        pop3.let_go();
    };
    let (report, ()) = tokio::join!(
        once(folder.path(), settings(&pop3, servers.smtp_port())),
        meanwhile
    );
    assert_eq!((report.receipts, report.sent, report.deleted), (40, 40, 40));
    assert!(!report.is_unfinished);
    assert_eq!(servers.sent_count(), 40, "each customer has one receipt");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_of_an_earlier_day_does_not_wait_for_a_pop3_server_that_hangs() {
    let (pop3, servers) = (box_of(1).await, DemoServers::start().await.unwrap());
    let folder = with_a_letter_left(&pop3).await;
    pop3.with(|script| {
        script.keeps_back = script
            .commands
            .iter()
            .find(|line| line.starts_with("USER"))
            .cloned()
    });
    let meanwhile = async {
        tokio::time::timeout(PATIENCE, servers.wait_for_sent(1))
            .await
            .expect("the letter waits for the POP3 server");
        pop3.let_go();
    };
    let (report, ()) = tokio::join!(
        once(folder.path(), settings(&pop3, servers.smtp_port())),
        meanwhile
    );
    assert_eq!((report.sent, report.deleted), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_smtp_server_wants_a_pop3_login_first_no_letter_goes_before_it() {
    let (pop3, servers) = (box_of(1).await, DemoServers::start().await.unwrap());
    let folder = with_a_letter_left(&pop3).await;
    let text = settings_text(pop3.port, servers.smtp_port(), "", NO_LIMITS).replace(
        "authentication = \"none\"",
        "authentication = \"pop-before-smtp\"",
    );
    let pop_before_smtp = Settings::parse(&text, Path::new(".")).unwrap();
    pop3.with(|script| {
        script.keeps_back = script
            .commands
            .iter()
            .find(|line| line.starts_with("PASS"))
            .cloned();
        script.commands.clear();
    });
    let meanwhile = async {
        pop3.wait_for("PASS").await;
        // That nothing comes can only be waited for.
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(
            servers.sent_count(),
            0,
            "a letter went out to a server that does not know us"
        );
        pop3.let_go();
    };
    let (report, ()) = tokio::join!(once(folder.path(), pop_before_smtp), meanwhile);
    assert_eq!((report.sent, report.deleted), (1, 1));
}

/// A folder with a letter that could not go out: nobody listened at the SMTP server's port.
async fn with_a_letter_left(pop3: &Scripted) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = nobody.local_addr().unwrap().port();
    drop(nobody);
    let report = once(folder.path(), settings(pop3, port)).await;
    assert_eq!((report.receipts, report.sent), (1, 0));
    make_letters_due(folder.path()).await;
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_asked_to_end_in_the_middle_ends_and_goes_on_where_it_was() {
    let (pop3, servers) = (box_of(60).await, DemoServers::start().await.unwrap());
    let folder = tempfile::tempdir().unwrap();
    pop3.with(|script| script.keeps_back = Some("TOP 60 0".to_owned()));
    let engine = engine(folder.path(), settings(&pop3, servers.smtp_port())).await;
    let handle = engine.handle();
    let meanwhile = async {
        servers.wait_for_sent(FIRST_BATCH).await;
        handle.command(Command::Shutdown).await;
        pop3.let_go();
    };
    let (ended, ()) = tokio::time::timeout(PATIENCE, async {
        tokio::join!(engine.run(None, true), meanwhile)
    })
    .await
    .expect("it does not end");
    ended.unwrap();
    let sending: i64 = ledger(
        folder.path(),
        "SELECT count(*) FROM outbox WHERE state = 'sending'",
    )
    .await;
    assert_eq!(
        sending, 0,
        "letters that were claimed and not tried are given back"
    );
    pop3.with(|script| script.keeps_back = None);
    for _ in 0..3 {
        once(folder.path(), settings(&pop3, servers.smtp_port())).await;
    }
    assert_eq!(servers.sent_count(), 60, "each customer has one receipt");
    assert_eq!(pop3.with(|script| script.mails.len()), 0);
}

/// As many letters as may be out and not written down, with four connections.
const UNWRITTEN: usize = 16;

#[tokio::test(flavor = "multi_thread")]
async fn connections_go_on_while_the_ledger_is_slow_and_no_further_than_a_crash_may_repeat() {
    const CUSTOMERS: usize = 600;
    let (pop3, servers) = (box_of(CUSTOMERS).await, DemoServers::start().await.unwrap());
    let folder = tempfile::tempdir().unwrap();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = nobody.local_addr().unwrap().port();
    drop(nobody);
    once(folder.path(), settings(&pop3, port)).await;
    make_letters_due(folder.path()).await;
    let meanwhile = async {
        servers.wait_for_sent(1).await;
        let file = SqliteConnectOptions::new()
            .filename(folder.path().join("karamail.db"))
            // SQLite's own waiting sleeps through the moments at which the ledger is free.
            .busy_timeout(Duration::ZERO);
        let mut other = sqlx::ConnectOptions::connect(&file).await.unwrap();
        while sqlx::query("BEGIN IMMEDIATE").execute(&mut other).await.is_err() {
            tokio::task::yield_now().await;
        }
        let written: i64 = sqlx::query_scalar("SELECT count(*) FROM outbox WHERE state = 'sent'")
            .fetch_one(&mut other)
            .await
            .unwrap();
        let written = usize::try_from(written).unwrap();
        assert!(
            written < CUSTOMERS - UNWRITTEN,
            "the lock came too late: {written}"
        );
        tokio::time::timeout(PATIENCE, servers.wait_for_sent(written + 13))
            .await
            .expect("connections wait for the ledger");
        // That nothing comes can only be waited for.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let out = servers.sent_count() - written;
        assert!(out <= UNWRITTEN, "a crash would send {out} letters a second time");
        sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    };
    let (report, ()) = tokio::join!(
        once(folder.path(), settings(&pop3, servers.smtp_port())),
        meanwhile
    );
    assert_eq!((report.sent, report.deleted), (CUSTOMERS, CUSTOMERS));
    assert_eq!(servers.sent_count(), CUSTOMERS, "each customer has one receipt");
}
