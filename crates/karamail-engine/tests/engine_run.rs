//! The engine as it runs: a dead mailbox backs off alone, and the status counts what waits for the shop.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use common::box_of_mails::{BoxOfMails, Mail};
use common::{NO_LIMITS, engine, settings_text, signup};
use karamail_core::words::{Language, Told};
use karamail_engine::config::Settings;
use karamail_engine::demo::DemoServers;
use karamail_engine::engine::{Command, Engine};
use karamail_engine::secrets::{Environment, KeyringUse, SecretKind, Secrets};

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_mailbox_backs_off_alone_and_is_polled_at_once_when_asked() {
    let servers = DemoServers::start().await.unwrap();
    let (live, dead) = (BoxOfMails::start(vec![]).await, BoxOfMails::start(vec![]).await);
    dead.refuse_logins(true);
    let one = settings_text(live.port, servers.smtp_port(), "", NO_LIMITS);
    let other = one
        .replace("\"counter\"", "\"dead\"")
        .replace("touroku@", "dead@");
    let other = other.replace(&format!("port = {}", live.port), &format!("port = {}", dead.port));
    let text = format!("{one}{}", &other[other.find("[[mailbox]]").unwrap()..]);
    let mut settings = Settings::parse(&text, Path::new(".")).unwrap();
    settings.general.check_interval = Duration::from_millis(50);
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), settings).await;
    let (stop, handle) = (engine.stop_switch(), engine.handle());
    let running = tokio::spawn(engine.run(None, true));
    tokio::time::sleep(Duration::from_secs(2)).await;
    let polls = |server: &BoxOfMails| server.count("USER");
    assert!(polls(&live) > 15, "the others go on as ever: {}", polls(&live));
    // At 0, 50, 150, 350, 750 and 1,550 ms.
    assert!((3..=6).contains(&polls(&dead)), "{}", polls(&dead));
    let status = handle.status().borrow().clone();
    assert_eq!(
        status
            .mailboxes
            .iter()
            .map(|mailbox| mailbox.problems)
            .collect::<Vec<_>>(),
        [0, 1]
    );
    dead.refuse_logins(false);
    let before = polls(&dead);
    handle.command(Command::CheckNow).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(polls(&dead) > before + 3, "mended, it is polled like the others");
    stop.request();
    running.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_counts_what_waits_for_the_shop() {
    let servers = DemoServers::start().await.unwrap();
    let mut forged =
        b"Authentication-Results: mx.example.jp; spf=fail smtp.mailfrom=a@example.jp\r\n".to_vec();
    forged.extend(signup("a@example.jp", 1));
    let old =
        b"From: <old@example.jp>\r\nDate: Fri, 1 Nov 2024 10:00:00 +0900\r\nMessage-ID: <1@old>\r\n\r\n"
            .to_vec();
    let server = BoxOfMails::start(vec![Mail::new("u1", forged), Mail::new("u2", old)]).await;
    let text = settings_text(server.port, servers.smtp_port(), "", "");
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), Settings::parse(&text, Path::new(".")).unwrap()).await;
    let (stop, handle) = (engine.stop_switch(), engine.handle());
    let running = tokio::spawn(engine.run(None, true));
    let mut status = handle.status();
    let counted = status.wait_for(|status| {
        let waiting = status.mailboxes[0].waiting;
        (waiting.held, waiting.backlog, waiting.quarantined) == (1, 1, 0)
    });
    tokio::time::timeout(Duration::from_secs(10), counted)
        .await
        .expect("counted")
        .unwrap();
    let json = serde_json::to_value(&*handle.status().borrow()).unwrap();
    assert_eq!(
        (&json["mailboxes"][0]["held"], &json["mailboxes"][0]["problems"]),
        (&1.into(), &0.into())
    );
    stop.request();
    running.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_password_is_in_the_status_until_it_is_entered() {
    let server = BoxOfMails::start(vec![]).await;
    let servers = DemoServers::start().await.unwrap();
    let text = settings_text(server.port, servers.smtp_port(), "", "")
        .replace("[mailbox.pop3]", "[mailbox.pop3]\nsave_password = false");
    let settings = Settings::parse(&text, Path::new(".")).unwrap();
    let mailbox = settings.mailboxes[0].clone();
    let folder = tempfile::tempdir().unwrap();
    let secrets = Arc::new(Secrets::with(
        folder.path(),
        Environment::Given(std::collections::BTreeMap::new()),
        KeyringUse::Off,
    ));
    let engine = Engine::open(folder.path(), settings, Arc::clone(&secrets))
        .await
        .unwrap();
    let (stop, handle) = (engine.stop_switch(), engine.handle());
    assert!(
        handle.status().borrow().mailboxes[0].is_password_missing,
        "before anything is polled"
    );
    let running = tokio::spawn(engine.run(None, true));
    let mut status = handle.status();
    let wait = Duration::from_secs(10);
    let failed = status.wait_for(|status| status.mailboxes[0].receive_fault.is_some());
    let fault = tokio::time::timeout(wait, failed)
        .await
        .expect("told")
        .unwrap()
        .mailboxes[0]
        .receive_fault
        .clone();
    let fault = fault.unwrap();
    assert_ne!(fault.what(Language::Japanese), fault.what(Language::English));
    secrets.remember_for_this_run(&mailbox, SecretKind::Pop3, "x".into());
    handle.command(Command::PasswordsChanged).await;
    let entered = status.wait_for(|status| {
        let mailbox = &status.mailboxes[0];
        !mailbox.is_password_missing && mailbox.receive_fault.is_none() && mailbox.last_good_poll.is_some()
    });
    tokio::time::timeout(wait, entered)
        .await
        .expect("polled with it")
        .unwrap();
    stop.request();
    running.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_is_one_whole_file_when_the_engine_has_ended_though_screens_still_hold_it() {
    let server = BoxOfMails::start(vec![Mail::new("u1", signup("a@example.jp", 1))]).await;
    let servers = DemoServers::start().await.unwrap();
    let text = settings_text(server.port, servers.smtp_port(), "", NO_LIMITS);
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path(), Settings::parse(&text, Path::new(".")).unwrap()).await;
    let (stop, handle) = (engine.stop_switch(), engine.handle());
    let running = tokio::spawn(engine.run(None, true));
    tokio::time::timeout(Duration::from_secs(10), servers.wait_for_sent(1))
        .await
        .expect("answered");
    let beside = |end: &str| folder.path().join(format!("karamail.db{end}")).exists();
    assert!(beside("-wal"), "while it runs");
    // A screen has read, and keeps its connection.
    karamail_engine::store::events::newest_event(handle.readers())
        .await
        .unwrap();
    stop.request();
    running.await.unwrap().unwrap();
    assert!(beside("") && !beside("-wal") && !beside("-shm"));
    drop(handle);
}
