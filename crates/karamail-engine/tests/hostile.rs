//! Servers, disks and clocks at their worst. Each test is named after a fault that was mended.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;
use std::time::{Duration, Instant};

use common::scripted::Scripted;
use common::{NO_LIMITS, engine, once, secrets, settings, settings_text, signup};
use karamail_engine::config::{Settings, SettingsWatcher};
use karamail_engine::demo::DemoServers;
use karamail_engine::engine::{Command, Engine};
use karamail_engine::store::Store;

fn other_mail(nth: usize) -> Vec<u8> {
    format!("From: <asker{nth}@example.jp>\r\nSubject: opening hours\r\nMessage-ID: <o{nth}@x>\r\n\r\nHow late?\r\n").into_bytes()
}

fn scripted_settings(pop3: &Scripted, smtp: &DemoServers, extra: &str, guard: &str) -> Settings {
    let text = settings_text(pop3.port, smtp.smtp_port(), extra, guard);
    Settings::parse(&text, Path::new(".")).unwrap()
}

fn files_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut names = Vec::new();
    for path in entries.map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            names.extend(files_in(&path));
        } else {
            names.push(path.display().to_string());
        }
    }
    names
}

async fn ledger(folder: &Path, sql: &'static str) -> i64 {
    let readers = Store::open_to_read(folder).await.unwrap().unwrap();
    let value = sqlx::query_scalar(sql).fetch_one(&readers).await.unwrap();
    readers.close().await;
    value
}

#[tokio::test(flavor = "multi_thread")]
async fn kept_mail_on_a_server_without_unique_ids_is_fetched_whole_once() {
    let (smtp, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    let pop3 = Scripted::start(&[("", other_mail(1)), ("", other_mail(2))]).await;
    let extra = "keep = \"keep\"\nforward_to = \"shop@example.com\"";
    for _ in 0..3 {
        let report = once(folder.path(), scripted_settings(&pop3, &smtp, extra, NO_LIMITS)).await;
        assert!(report.receive_fault.is_none(), "{report:?}");
    }
    assert_eq!(pop3.count("RETR"), 2, "each mail is fetched whole once");
    assert_eq!(files_in(&folder.path().join("archive")).len(), 2);
    assert_eq!(smtp.sent_count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_at_which_the_server_hangs_up_does_not_stop_the_others() {
    let (smtp, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    let pop3 = Scripted::start(&[
        ("bad", other_mail(1)),
        ("a", signup("a@example.jp", 1)),
        ("good", other_mail(2)),
        ("b", signup("b@example.jp", 2)),
    ])
    .await;
    pop3.with(|script| script.hangs_up_at = Some(other_mail(1)));
    let mut engine = engine(folder.path(), scripted_settings(&pop3, &smtp, "", NO_LIMITS)).await;
    let first = engine.run_once().await.unwrap().remove(0).1;
    assert!(first.receive_fault.is_some(), "{first:?}");
    assert_eq!((first.receipts, first.sent), (2, 2), "{first:?}");
    let second = engine.run_once().await.unwrap().remove(0).1;
    assert!(
        second.receive_fault.is_some(),
        "tried again, behind the others: {second:?}"
    );
    assert_eq!(second.archived, 1, "{second:?}");
    let third = engine.run_once().await.unwrap().remove(0).1;
    assert!(third.receive_fault.is_none(), "left alone for a while: {third:?}");
    assert_eq!((third.deleted, third.unreadable), (3, 1), "{third:?}");
    engine.close().await;
    assert_eq!(
        pop3.with(|script| script.mails.len()),
        1,
        "the bad mail stays on the server"
    );
    assert_eq!(
        files_in(&folder.path().join("spool")),
        Vec::<String>::new(),
        "half of it is not kept"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn backlog_that_is_not_listed_for_a_while_is_not_deleted_when_it_is_back() {
    let (smtp, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    let old =
        b"From: <old@example.jp>\r\nDate: Fri, 1 Nov 2024 10:00:00 +0900\r\nMessage-ID: <1@old>\r\n\r\n";
    let pop3 = Scripted::start(&[("a", old.to_vec())]).await;
    for seems_empty in [false, true, false, false] {
        pop3.with(|script| script.seems_empty = seems_empty);
        let report = once(folder.path(), scripted_settings(&pop3, &smtp, "", "")).await;
        assert!(report.receive_fault.is_none(), "{report:?}");
    }
    assert_eq!(
        pop3.with(|script| script.mails.len()),
        1,
        "nobody has decided on it"
    );
    assert_eq!(
        ledger(
            folder.path(),
            "SELECT count(*) FROM mails WHERE state = 'backlog'"
        )
        .await,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_needs_quotes_gets_its_receipt() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    for (nth, address) in ["\"a b\"@example.jp", "\"a@b\"@example.jp", "\"x,y\"@example.jp"]
        .iter()
        .enumerate()
    {
        servers.deposit(signup(address, nth));
    }
    let report = once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    assert_eq!(
        (report.receipts, report.sent, servers.mailbox_count()),
        (3, 3, 0),
        "{report:?}"
    );
}

/// The clock was years ahead while these mails came in, and is right again.
async fn recorded_in_the_future(folder: &Path) {
    let store = Store::open(folder).await.unwrap();
    store.close().await;
    drop(store);
    let ahead = 4 * 365 * 24 * 3600 * 1000_i64;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join("karamail.db"));
    let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
    for sql in [
        "UPDATE outbox SET next_attempt_at = next_attempt_at + ?1, created_at = created_at + ?1",
        "UPDATE mails SET first_seen_at = first_seen_at + ?1",
    ] {
        sqlx::query(sql)
            .bind(ahead)
            .execute(&mut connection)
            .await
            .unwrap();
    }
    sqlx::Connection::close(connection).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_written_while_the_clock_was_wrong_go_out_and_their_mails_go() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    servers.deposit(signup("a@example.jp", 1));
    let dead_smtp = settings_text(servers.pop3_port(), 9, "", NO_LIMITS);
    once(
        folder.path(),
        Settings::parse(&dead_smtp, Path::new(".")).unwrap(),
    )
    .await;
    recorded_in_the_future(folder.path()).await;
    let report = once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    assert_eq!((report.sent, report.deleted), (1, 1), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_of_a_wrong_clock_do_not_count_against_the_limits_for_years() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    let guard = "limit_address_per_hour = 1\nlimit_mailbox_per_hour = 1\nbacklog_hours = 0";
    servers.deposit(signup("a@example.jp", 1));
    once(folder.path(), settings(&servers, "", guard)).await;
    recorded_in_the_future(folder.path()).await;
    servers.deposit(signup("b@example.jp", 2));
    let report = once(folder.path(), settings(&servers, "", guard)).await;
    assert_eq!((report.receipts, report.held), (1, 0), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_number_can_be_set_as_long_as_no_number_was_given() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    servers.deposit(other_mail(1));
    once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    servers.deposit(signup("a@example.jp", 1));
    let text = settings_text(servers.pop3_port(), servers.smtp_port(), "", NO_LIMITS);
    let text = format!("{text}\n[[series]]\nname = \"main\"\nfirst_number = 500\n");
    once(folder.path(), Settings::parse(&text, Path::new(".")).unwrap()).await;
    assert_eq!(ledger(folder.path(), "SELECT number FROM receipts").await, 500);
}

async fn change_ledger(folder: &Path, sql: &'static str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.join("karamail.db"));
    let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
    sqlx::query(sql).execute(&mut connection).await.unwrap();
    sqlx::Connection::close(connection).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_takes_nothing_does_not_fill_the_archive_with_copies() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    servers.deposit(other_mail(1));
    let forward = "forward_to = \"shop@example.com\"";
    let mut engine = engine(folder.path(), settings(&servers, forward, NO_LIMITS)).await;
    change_ledger(
        folder.path(),
        "CREATE TRIGGER full BEFORE INSERT ON mails BEGIN SELECT RAISE(ABORT, 'as if full'); END",
    )
    .await;
    for _ in 0..3 {
        let report = engine.run_once().await.unwrap().remove(0).1;
        assert!(report.receive_fault.is_some(), "{report:?}");
    }
    assert_eq!(files_in(&folder.path().join("archive")).len(), 1);
    assert_eq!(files_in(&folder.path().join("outbox")).len(), 1);
    change_ledger(folder.path(), "DROP TRIGGER full").await;
    let report = engine.run_once().await.unwrap().remove(0).1;
    assert_eq!(
        (report.forwards, report.sent, report.deleted),
        (1, 1, 1),
        "{report:?}"
    );
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_accepted_is_not_sent_again_while_the_ledger_cannot_take_it() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    for nth in 0..3 {
        servers.deposit(signup(&format!("customer{nth}@example.jp"), nth));
    }
    let mut engine = engine(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    change_ledger(
        folder.path(),
        "CREATE TRIGGER full BEFORE UPDATE OF state ON outbox WHEN NEW.state = 'sent' BEGIN SELECT RAISE(ABORT, 'as if full'); END",
    )
    .await;
    for _ in 0..3 {
        let report = engine.run_once().await.unwrap().remove(0).1;
        assert!(report.receive_fault.is_some(), "{report:?}");
    }
    assert_eq!((servers.sent_count(), servers.mailbox_count()), (3, 3));
    change_ledger(folder.path(), "DROP TRIGGER full").await;
    let report = engine.run_once().await.unwrap().remove(0).1;
    assert!(report.receive_fault.is_none(), "{report:?}");
    assert_eq!((servers.sent_count(), servers.mailbox_count()), (3, 0));
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_send_interval_holds_up_neither_the_end_nor_the_result() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    for nth in 0..3 {
        servers.deposit(signup(&format!("customer{nth}@example.jp"), nth));
    }
    let text = settings_text(servers.pop3_port(), servers.smtp_port(), "", NO_LIMITS);
    let text = format!("{text}send_interval_milliseconds = 50000\n");
    let mut engine = engine(folder.path(), Settings::parse(&text, Path::new(".")).unwrap()).await;
    let switch = engine.stop_switch();
    let ending = async {
        servers.wait_for_sent(1).await;
        while ledger(folder.path(), "SELECT count(*) FROM outbox WHERE state = 'sent'").await == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        switch.request();
    };
    let began = Instant::now();
    let (reports, ()) = tokio::join!(engine.run_once(), ending);
    assert_eq!(reports.unwrap().remove(0).1.sent, 1);
    assert!(began.elapsed() < Duration::from_secs(4), "{:?}", began.elapsed());
    engine.close().await;
    let untouched = "SELECT count(*) FROM outbox WHERE state = 'queued' AND attempts = 0";
    assert_eq!(
        ledger(folder.path(), untouched).await,
        2,
        "claimed letters were given back"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_send_interval_is_kept_and_everything_goes_out() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    for nth in 0..4 {
        servers.deposit(signup(&format!("customer{nth}@example.jp"), nth));
    }
    let text = settings_text(servers.pop3_port(), servers.smtp_port(), "", NO_LIMITS);
    let text = format!("{text}send_interval_milliseconds = 200\n");
    let began = Instant::now();
    let report = once(folder.path(), Settings::parse(&text, Path::new(".")).unwrap()).await;
    assert_eq!((report.sent, report.deleted), (4, 4), "{report:?}");
    assert!(began.elapsed() >= Duration::from_millis(600));
}

#[tokio::test(flavor = "multi_thread")]
async fn while_sending_pauses_the_report_says_why() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    servers.deposit(signup("a@example.jp", 1));
    let dead_smtp = settings_text(servers.pop3_port(), 9, "", NO_LIMITS);
    let mut engine = engine(
        folder.path(),
        Settings::parse(&dead_smtp, Path::new(".")).unwrap(),
    )
    .await;
    for _ in 0..2 {
        let report = engine.run_once().await.unwrap().remove(0).1;
        assert!(report.send_fault.is_some(), "{report:?}");
    }
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_folder_that_cannot_be_written_does_not_hide_what_was_done() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    servers.deposit(signup("a@example.jp", 1));
    let mut engine = engine(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    std::fs::write(folder.path().join("log"), "a file where the folder should be").unwrap();
    let report = engine.run_once().await.unwrap().remove(0).1;
    assert_eq!((report.sent, report.deleted), (1, 1), "{report:?}");
    let fault = engine.write_log().await.unwrap_err().to_string();
    assert!(fault.contains("log"), "it names the folder: {fault}");
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mended_setting_ends_the_trouble_that_was_told() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    let file = folder.path().join("karamail.toml");
    let text = |port| settings_text(port, servers.smtp_port(), "", NO_LIMITS);
    std::fs::write(&file, text(9)).unwrap();
    let (watcher, settings) = SettingsWatcher::start(&file);
    let data = folder.path().join("data");
    let engine = Engine::open(&data, settings.unwrap(), secrets(&data))
        .await
        .unwrap();
    let (handle, mut events) = (engine.handle(), engine.handle().events());
    let running = tokio::spawn(engine.run(Some(watcher), true));
    let mut seen = Vec::new();
    for wanted in ["mailbox-failing", "mailbox-recovered"] {
        while seen.last() != Some(&wanted) {
            let event = tokio::time::timeout(Duration::from_secs(10), events.recv()).await;
            let event = event.unwrap_or_else(|_| panic!("no {wanted} after {seen:?}"));
            seen.push(event.unwrap().event.kind.as_str());
        }
        std::fs::write(&file, text(servers.pop3_port())).unwrap();
    }
    let failures = seen.iter().filter(|kind| **kind == "mailbox-failing").count();
    assert_eq!(failures, 1, "told once: {seen:?}");
    handle.command(Command::Shutdown).await;
    running.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_to_collect_ends_the_cycles_that_run() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    for nth in 0..9 {
        servers.deposit(signup(&format!("customer{nth}@example.jp"), nth));
    }
    let text = settings_text(servers.pop3_port(), servers.smtp_port(), "", NO_LIMITS);
    let text = format!("{text}send_interval_milliseconds = 1000\n");
    let settings = Settings::parse(&text, Path::new(".")).unwrap();
    let engine = engine(folder.path(), settings).await;
    let handle = engine.handle();
    let running = tokio::spawn(engine.run(None, true));
    servers.wait_for_sent(1).await;
    handle.command(Command::StopCollecting).await;
    let mut status = handle.status();
    let is_still = |status: &karamail_engine::engine::Status| {
        !status.is_collecting && status.mailboxes.iter().all(|mailbox| !mailbox.is_polling)
    };
    let ended = tokio::time::timeout(Duration::from_secs(3), status.wait_for(is_still)).await;
    assert!(ended.is_ok_and(|status| status.is_ok()), "the running cycle ends");
    assert!(servers.sent_count() <= 2);
    handle.command(Command::StartCollecting).await;
    servers.wait_for_sent(4).await;
    handle.command(Command::Shutdown).await;
    running.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_first_start_that_was_cut_off_begins_anew() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(folder.path().join("karamail.db"))
        .create_if_missing(true)
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal);
    let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
    let table = "CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, \
         installed_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum BLOB NOT NULL, \
         execution_time BIGINT NOT NULL)";
    sqlx::query(table).execute(&mut connection).await.unwrap();
    sqlx::Connection::close(connection).await.unwrap();
    assert!(Store::open_to_read(folder.path()).await.unwrap().is_none());
    servers.deposit(signup("a@example.jp", 1));
    let report = once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    assert_eq!((report.receipts, report.sent), (1, 1), "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_mailboxes_on_one_series_give_each_number_once() {
    let (one, two) = (
        DemoServers::start().await.unwrap(),
        DemoServers::start().await.unwrap(),
    );
    let folder = tempfile::tempdir().unwrap();
    for nth in 0..600 {
        one.deposit(signup(&format!("customer{nth}@example.jp"), nth));
        two.deposit(signup(&format!("customer{}@example.jp", nth + 300), nth));
    }
    let mut text = settings_text(one.pop3_port(), one.smtp_port(), "", NO_LIMITS);
    let second = settings_text(two.pop3_port(), two.smtp_port(), "", "")
        .replace("\"counter\"", "\"second\"")
        .replace("touroku@", "second@");
    text.push_str(&second[second.find("[[mailbox]]").unwrap()..]);
    let settings = Settings::parse(&text, Path::new(".")).unwrap();
    let mut engine = engine(folder.path(), settings).await;
    let reports = engine.run_once().await.unwrap();
    engine.close().await;
    let receipts: usize = reports.iter().map(|(_, report)| report.receipts).sum();
    let repeats: usize = reports.iter().map(|(_, report)| report.repeats).sum();
    assert_eq!((receipts, repeats), (900, 300), "{reports:?}");
    assert_eq!((one.sent_count(), two.sent_count()), (600, 600));
    assert_eq!(
        ledger(folder.path(), "SELECT max(number) FROM receipts").await,
        900
    );
}
