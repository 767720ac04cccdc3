//! Held mails and what the shop decides about them: release, discard; the shop word; limits.

mod common;

use std::path::Path;
use std::sync::Arc;

use common::box_of_mails::{BoxOfMails, Mail};
use common::{NO_LIMITS, ledger, once, settings, settings_text, signup};
use karamail_engine::clock;
use karamail_engine::config::Settings;
use karamail_engine::data_folder::DataFolder;
use karamail_engine::demo::DemoServers;
use karamail_engine::engine::requests::{HoldAction, Office, Request, perform};
use karamail_engine::store::Store;
use karamail_engine::store::aside::{Pile, aside, aside_counts};

async fn start() -> (DemoServers, tempfile::TempDir) {
    (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap())
}

fn forged(address: &str) -> Vec<u8> {
    let mut mail =
        format!("Authentication-Results: mx.example.jp; spf=fail smtp.mailfrom={address}\r\n").into_bytes();
    mail.extend(signup(address, 1));
    mail
}

/// What a command does where no program runs.
async fn hold(folder: &Path, settings: Settings, action: HoldAction, ids: &[i64]) -> serde_json::Value {
    let lock = DataFolder::take(folder).unwrap();
    let store = Store::open(lock.path()).await.unwrap();
    let office = Office {
        store: &store,
        settings: &Arc::new(settings),
        data_folder: folder,
        now: clock::now(),
    };
    let performed = perform(
        &Request::Hold {
            action,
            ids: ids.to_vec(),
        },
        &office,
    )
    .await
    .unwrap();
    store.close().await;
    performed.result
}

#[tokio::test(flavor = "multi_thread")]
async fn a_released_mail_gets_its_number_and_its_reply() {
    let (servers, folder) = start().await;
    let settings = settings(&servers, "", NO_LIMITS);
    servers.deposit(forged("a@example.jp"));
    servers.deposit(signup("b@example.jp", 2));
    once(folder.path(), settings.clone()).await;
    let readers = Store::open_to_read(folder.path()).await.unwrap().unwrap();
    let listed = aside(&readers, Some(Pile::Held)).await.unwrap();
    readers.close().await;
    assert_eq!(
        (listed.len(), listed[0].reason.as_str(), listed[0].from.as_deref()),
        (1, "spf-fail", Some("a@example.jp"))
    );

    let done = hold(
        folder.path(),
        settings.clone(),
        HoldAction::Release,
        &[listed[0].id, 77],
    )
    .await;
    assert_eq!(done["mails"][0]["done"], "decided");
    assert_eq!(
        done["mails"][0]["number"], 2,
        "the number is taken at the release: {done}"
    );
    assert_eq!(done["mails"][1]["done"], "not-found");
    let again = hold(
        folder.path(),
        settings.clone(),
        HoldAction::Release,
        &[listed[0].id],
    )
    .await;
    assert_eq!(again["mails"][0]["done"], "not-found", "once is once");
    let report = once(folder.path(), settings).await;
    assert_eq!(
        (
            report.sent,
            report.deleted,
            servers.mailbox_count(),
            servers.sent_count()
        ),
        (1, 1, 0, 2),
        "{report:?}"
    );
    let kept: i64 = ledger(folder.path(), "SELECT count(*) FROM aside").await;
    assert_eq!(kept, 0, "the header went with the decision");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_mail_that_has_left_the_server_can_still_be_released() {
    let server = BoxOfMails::start(vec![Mail::new("u1", forged("a@example.jp"))]).await;
    let (servers, folder) = start().await;
    let settings = parse(&settings_text(server.port, servers.smtp_port(), "", NO_LIMITS));
    once(folder.path(), settings.clone()).await;
    server.change(Vec::clear);
    once(folder.path(), settings.clone()).await;
    let done = hold(folder.path(), settings.clone(), HoldAction::Release, &[1]).await;
    assert_eq!(done["mails"][0]["number"], 1, "{done}");
    let report = once(folder.path(), settings.clone()).await;
    assert_eq!((report.sent, servers.sent_count()), (1, 1));
    once(folder.path(), settings).await;
    let state: String = ledger(folder.path(), "SELECT state FROM mails").await;
    assert_eq!(state, "gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discarded_mail_is_archived_deleted_and_not_answered_whatever_the_keep_rule() {
    for keep in ["", "keep = \"keep\""] {
        let (servers, folder) = start().await;
        let settings = settings(&servers, keep, NO_LIMITS);
        servers.deposit(forged("a@example.jp"));
        once(folder.path(), settings.clone()).await;
        let done = hold(folder.path(), settings.clone(), HoldAction::Discard, &[1]).await;
        assert_eq!(done["mails"][0]["done"], "at-next-poll");
        let report = once(folder.path(), settings).await;
        assert_eq!(
            (report.deleted, servers.mailbox_count(), servers.sent_count()),
            (1, 0, 0),
            "{report:?}"
        );
        let file: String = ledger(folder.path(), "SELECT archive_file FROM mails").await;
        assert_eq!(
            std::fs::read(folder.path().join(file)).unwrap(),
            forged("a@example.jp")
        );
        let kept: i64 = ledger(
            folder.path(),
            "SELECT count(*) FROM aside WHERE header IS NOT NULL",
        )
        .await;
        assert_eq!(kept, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_released_mail_meets_the_other_guards_and_is_never_held_twice_by_one() {
    let (servers, folder) = start().await;
    let settings = settings(&servers, "", "limit_address_per_hour = 1\nbacklog_hours = 0");
    servers.deposit(signup("a@example.jp", 7));
    servers.deposit(forged("a@example.jp"));
    once(folder.path(), settings.clone()).await;
    let done = hold(folder.path(), settings.clone(), HoldAction::Release, &[2]).await;
    assert_eq!(
        done["mails"][0]["done"], "held-again",
        "over the limit of its address: {done}"
    );
    let reason: String = ledger(folder.path(), "SELECT reason FROM mails WHERE id = 2").await;
    assert_eq!(reason, "rate-limit-address");
    let done = hold(folder.path(), settings.clone(), HoldAction::Release, &[2]).await;
    assert_eq!(done["mails"][0]["done"], "decided", "{done}");
    assert_eq!(once(folder.path(), settings).await.sent, 1);
    let outcome: String = ledger(folder.path(), "SELECT outcome FROM mails WHERE id = 2").await;
    assert_eq!(
        outcome, "duplicate",
        "the address has its number: it is told that one"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_shop_asks_for_a_word_bodies_are_read_only_where_they_matter() {
    let mail = |from: &str, subject: &str, body: &str| {
        format!("From: <{from}@example.jp>\r\nSubject: {subject}\r\nMessage-ID: <{from}@x>\r\n\r\n{body}\r\n")
            .into_bytes()
    };
    let mails = vec![
        Mail::new("u1", mail("with", "", "きょうの合言葉は　ＳＡＫＵＲＡ　です")),
        Mail::new("u2", mail("without", "", "こんにちは")),
        Mail::new("u3", mail("subject", "sakura", "")),
        Mail::new("u4", mail("other", "Sakura blossoms", "sakura")),
        Mail::new("u5", mail("noreply", "", "sakura")),
    ];
    let server = BoxOfMails::start(mails).await;
    let (servers, folder) = start().await;
    let guard = format!("{NO_LIMITS}\nshop_words = [\"Sakura\"]");
    let settings = parse(&settings_text(server.port, servers.smtp_port(), "", &guard));
    let report = once(folder.path(), settings.clone()).await;
    assert_eq!(
        (report.receipts, report.held, report.archived),
        (2, 1, 2),
        "{report:?}"
    );
    let held: String = ledger(
        folder.path(),
        "SELECT sender || ' ' || reason FROM mails WHERE state = 'held'",
    )
    .await;
    assert_eq!(held, "without@example.jp shop-word-missing");
    assert_eq!((server.count("TOP 1 100"), server.count("TOP 2 100")), (1, 1));
    assert_eq!(
        server.count("TOP 3 100") + server.count("TOP 4 100") + server.count("TOP 5 100"),
        0
    );
    // The word is waived by the release.
    let done = hold(folder.path(), settings.clone(), HoldAction::Release, &[2]).await;
    assert_eq!(done["mails"][0]["number"], 3, "{done}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_is_told_once_an_hour_and_every_mail_keeps_its_reason() {
    let (servers, folder) = start().await;
    let settings = settings(&servers, "", "limit_mailbox_per_hour = 2\nbacklog_hours = 0");
    for nth in 0..6 {
        servers.deposit(signup(&format!("c{nth}@example.jp"), nth));
        if nth == 3 {
            once(folder.path(), settings.clone()).await;
        }
    }
    let report = once(folder.path(), settings.clone()).await;
    assert_eq!((report.receipts, report.held), (0, 2));
    let told: i64 = ledger(
        folder.path(),
        "SELECT count(*) FROM events WHERE kind = 'limit-reached'",
    )
    .await;
    assert_eq!(told, 1);
    let reasons: i64 = ledger(
        folder.path(),
        "SELECT count(*) FROM mails WHERE reason = 'rate-limit-mailbox'",
    )
    .await;
    assert_eq!(reasons, 4);
    let readers = Store::open_to_read(folder.path()).await.unwrap().unwrap();
    assert_eq!(aside_counts(&readers, 1).await.unwrap().held, 4);
    readers.close().await;
    // The shop wants them all: the mailbox's limit does not stand in its way.
    let done = hold(
        folder.path(),
        settings.clone(),
        HoldAction::Release,
        &[3, 4, 5, 6],
    )
    .await;
    let numbers: Vec<i64> = done["mails"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mail| mail["number"].as_i64().unwrap())
        .collect();
    assert_eq!(numbers, [3, 4, 5, 6]);
}

fn parse(text: &str) -> Settings {
    Settings::parse(text, Path::new(".")).unwrap()
}
