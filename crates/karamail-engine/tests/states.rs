//! Every state a mail can be in on disk, and what the next start does with it: the table of docs/MAIL_FLOW.md.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;

use common::{NO_LIMITS, once, secrets, settings, settings_text, signup};
use karamail_engine::clock;
use karamail_engine::config::{KeepRule, Settings};
use karamail_engine::demo::{DemoServers, customers};
use karamail_engine::engine::Engine;
use karamail_engine::pop3::Pop3Connection;
use karamail_engine::secrets::Password;
use karamail_engine::smtp::{Mailer, SendOutcome};
use karamail_engine::store::Store;
use karamail_engine::store::mails::LetterBody;

const FORWARD: &str = "forward_to = \"shop@example.com\"";

async fn start() -> (DemoServers, tempfile::TempDir) {
    (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap())
}

/// Settings whose SMTP server takes nothing: port 9 (discard) is closed on loopback.
fn without_smtp(servers: &DemoServers) -> Settings {
    Settings::parse(
        &settings_text(servers.pop3_port(), 9, "", NO_LIMITS),
        Path::new("."),
    )
    .unwrap()
}

fn other_mail(nth: usize) -> Vec<u8> {
    format!("From: <asker{nth}@example.jp>\r\nSubject: opening hours\r\nMessage-ID: <o{nth}@x>\r\n\r\nHow late?\r\n").into_bytes()
}

/// One value of the ledger, as the next start would find it.
async fn ledger<T>(folder: &Path, sql: &'static str) -> T
where
    T: for<'r> sqlx::Decode<'r, sqlx::Sqlite> + sqlx::Type<sqlx::Sqlite> + Send + Unpin,
{
    let readers = Store::open_to_read(folder).await.unwrap().unwrap();
    let value = sqlx::query_scalar(sql).fetch_one(&readers).await.unwrap();
    readers.close().await;
    value
}

async fn state(folder: &Path) -> String {
    ledger(folder, "SELECT state FROM mails ORDER BY id LIMIT 1").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_was_only_listed_is_taken_in() {
    let (servers, folder) = start().await;
    servers.deposit(signup("a@example.jp", 1));
    let settings_now = settings(&servers, "", NO_LIMITS);
    let password = Password::new(karamail_engine::demo::PASSWORD);
    let mut connection = Pop3Connection::open(&settings_now.mailboxes[0].pop3, &password)
        .await
        .unwrap();
    assert_eq!(connection.listing().await.unwrap().mails.len(), 1);
    drop(connection);
    let report = once(folder.path(), settings_now).await;
    assert_eq!(
        (report.receipts, report.sent, report.deleted),
        (1, 1, 1),
        "{report:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_was_spooled_and_not_recorded_is_taken_in_once() {
    let (servers, folder) = start().await;
    let month = clock::local(clock::now()).strftime("%Y-%m").to_string();
    let archive = folder.path().join("archive").join(month);
    servers.deposit(other_mail(1));
    let report = once(folder.path(), settings(&servers, FORWARD, NO_LIMITS)).await;
    // A crash between the archive and the ledger: the file of the next id is there, and not even whole.
    std::fs::write(archive.join("2.eml"), "half of a m").unwrap();
    servers.deposit(other_mail(2));
    let again = once(folder.path(), settings(&servers, FORWARD, NO_LIMITS)).await;
    assert_eq!((report.forwards, again.forwards, servers.sent_count()), (1, 1, 2));
    assert_eq!(
        std::fs::read(archive.join("2.eml")).unwrap(),
        other_mail(2),
        "the orphan gave way to the whole mail"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recorded_mail_is_answered_after_a_restart() {
    let (servers, folder) = start().await;
    servers.deposit(signup("a@example.jp", 1));
    let report = once(folder.path(), without_smtp(&servers)).await;
    assert!(
        report.send_fault.is_some() && report.receive_fault.is_none(),
        "{report:?}"
    );
    assert_eq!(
        (state(folder.path()).await.as_str(), servers.mailbox_count()),
        ("recorded", 1),
        "it stays on the server"
    );
    let attempts: i64 = ledger(folder.path(), "SELECT attempts FROM outbox").await;
    assert_eq!(attempts, 0, "trouble with the server costs the letter no attempt");
    let report = once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    assert_eq!(
        (
            report.receipts,
            report.sent,
            report.deleted,
            servers.mailbox_count()
        ),
        (0, 1, 1, 0),
        "{report:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_cut_off_in_mid_send_goes_again_byte_for_byte() {
    let (servers, folder) = start().await;
    servers.deposit(signup("a..b@docomo.ne.jp", 1));
    once(folder.path(), without_smtp(&servers)).await;
    // The attempt is counted, the server accepts, and the process dies before it writes that down.
    let store = Store::open(folder.path()).await.unwrap();
    let settings_now = settings(&servers, "", NO_LIMITS);
    let mailbox = store.mailbox(&settings_now.mailboxes[0].address).await.unwrap();
    let claimed = store.claim(mailbox.id, clock::now(), 10).await.unwrap().remove(0);
    let mailer = Mailer::new(&settings_now.mailboxes[0].smtp, None).unwrap();
    let LetterBody::Bytes(bytes) = claimed.body() else {
        panic!("a receipt lies in the ledger")
    };
    assert!(matches!(
        mailer.send(claimed.from(), claimed.to(), bytes).await,
        SendOutcome::Accepted { .. }
    ));
    store.close().await;
    drop((store, mailer));

    let report = once(folder.path(), settings_now).await;
    assert_eq!(
        (report.sent, servers.sent_count(), servers.mailbox_count()),
        (1, 2, 0)
    );
    let sent = servers.sent();
    assert_eq!(sent[0].bytes, sent[1].bytes, "invariant 4: the same letter");
    assert_eq!(sent[0].to, ["\"a..b\"@docomo.ne.jp"]);
    let attempts: i64 = ledger(folder.path(), "SELECT attempts FROM outbox").await;
    assert_eq!(attempts, 2, "each attempt is counted before it is made");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settled_mail_is_deleted_after_a_restart_and_not_answered_again() {
    let (servers, folder) = start().await;
    servers.deposit(signup("a@example.jp", 1));
    once(folder.path(), settings(&servers, "keep = \"keep\"", NO_LIMITS)).await;
    assert_eq!(
        (
            state(folder.path()).await.as_str(),
            servers.mailbox_count(),
            servers.sent_count()
        ),
        ("settled", 1, 1)
    );
    let report = once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    assert_eq!(
        (report.received, report.deleted, servers.sent_count()),
        (0, 1, 1),
        "{report:?}"
    );
    assert_eq!(state(folder.path()).await, "gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn archived_mail_is_on_disk_before_it_leaves_the_server() {
    let (servers, folder) = start().await;
    servers.deposit(other_mail(1));
    let report = once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    assert_eq!((report.archived, report.deleted, servers.sent_count()), (1, 1, 0));
    let file: String = ledger(folder.path(), "SELECT archive_file FROM mails").await;
    assert_eq!(std::fs::read(folder.path().join(file)).unwrap(), other_mail(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delete_without_the_servers_word_is_asked_for_again() {
    let (servers, folder) = start().await;
    servers.deposit(signup("a@example.jp", 1));
    once(folder.path(), settings(&servers, "keep = \"keep\"", NO_LIMITS)).await;
    let store = Store::open(folder.path()).await.unwrap();
    let begun = store
        .begin_purge(&[(1, 1)], KeepRule::Delete, clock::now())
        .await
        .unwrap();
    assert_eq!(begun.len(), 1);
    store.close().await;
    drop(store);
    assert_eq!(state(folder.path()).await, "purging");
    let report = once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    assert_eq!(
        (report.deleted, servers.mailbox_count(), servers.sent_count()),
        (1, 0, 1)
    );
    assert_eq!(state(folder.path()).await, "gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_comes_back_is_deleted_and_not_answered_again() {
    let (servers, folder) = start().await;
    let mail = signup("a@example.jp", 1);
    for _ in 0..3 {
        // The demo's server gives it another unique id each time, as a provider does after a migration.
        servers.deposit(mail.clone());
        once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    }
    assert_eq!((servers.mailbox_count(), servers.sent_count()), (0, 1));
    let rows: i64 = ledger(folder.path(), "SELECT count(*) FROM mails").await;
    assert_eq!(rows, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_alike_mails_side_by_side_are_two_mails() {
    let (servers, folder) = start().await;
    servers.deposit(signup("a@example.jp", 1));
    servers.deposit(signup("a@example.jp", 1));
    let report = once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    assert_eq!(
        (report.receipts, report.repeats, servers.mailbox_count()),
        (1, 1, 0),
        "{report:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_mail_stays_on_the_server() {
    let (servers, folder) = start().await;
    let mut mail = b"Authentication-Results: mx.example.jp; spf=fail smtp.mailfrom=a@example.jp\r\n".to_vec();
    mail.extend(signup("a@example.jp", 1));
    servers.deposit(mail);
    for _ in 0..2 {
        once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    }
    assert_eq!(
        (
            state(folder.path()).await.as_str(),
            servers.mailbox_count(),
            servers.sent_count()
        ),
        ("held", 1, 0)
    );
    let numbers: i64 = ledger(folder.path(), "SELECT count(*) FROM receipts").await;
    assert_eq!(numbers, 0, "a forged sender costs no number");
}

#[tokio::test(flavor = "multi_thread")]
async fn old_mail_on_first_contact_is_left_alone() {
    let (servers, folder) = start().await;
    let old = "From: <old@example.jp>\r\nDate: Fri, 1 Nov 2024 10:00:00 +0900\r\nMessage-ID: <1@old>\r\n\r\n";
    servers.deposit(old.as_bytes().to_vec());
    servers.deposit(signup("new@example.jp", 1));
    let report = once(folder.path(), settings(&servers, "", "")).await;
    assert_eq!(
        (report.backlog, report.receipts, servers.mailbox_count()),
        (1, 1, 1),
        "{report:?}"
    );
    // Old mail that arrives later (a phone that was off) is a signup like any other.
    let late =
        "From: <late@example.jp>\r\nDate: Fri, 1 Nov 2024 11:00:00 +0900\r\nMessage-ID: <2@old>\r\n\r\n";
    servers.deposit(late.as_bytes().to_vec());
    let report = once(folder.path(), settings(&servers, "", "")).await;
    assert_eq!(
        (report.backlog, report.receipts, servers.mailbox_count()),
        (0, 1, 1),
        "{report:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn invariant_5_nothing_automatic_is_answered_and_nothing_is_forwarded_twice_or_back() {
    let (servers, folder) = start().await;
    let mail = |head: &str| format!("{head}\r\nMessage-ID: <{}@x>\r\n\r\ntext\r\n", head.len()).into_bytes();
    servers.deposit(mail("From: <a@example.jp>\r\nAuto-Submitted: auto-replied"));
    servers.deposit(mail(
        "Return-Path: <>\r\nFrom: <mailer-daemon@example.jp>\r\nSubject: failure notice",
    ));
    servers.deposit(mail(
        "From: <shop@example.com>\r\nSubject: an answer from where forwards go",
    ));
    servers.deposit(mail(
        "From: <elsewhere@example.com>\r\nSubject: Fwd\r\nX-Karamail: forward",
    ));
    servers.deposit(mail("From: <touroku@karamail.example>"));
    let report = once(folder.path(), settings(&servers, FORWARD, NO_LIMITS)).await;
    assert_eq!((report.receipts, report.repeats), (0, 0), "{report:?}");
    // The first is an automatic mail that forwarding cannot bring into a loop; the others are.
    assert_eq!((report.forwards, report.archived), (1, 4), "{report:?}");
    assert!(servers.sent().iter().all(|sent| sent.to == ["shop@example.com"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn invariant_5_a_flood_of_other_mail_is_archived_and_not_forwarded_without_end() {
    let (servers, folder) = start().await;
    (1..=5).for_each(|nth| servers.deposit(other_mail(nth)));
    let limit = "limit_mailbox_per_hour = 2";
    let report = once(folder.path(), settings(&servers, FORWARD, limit)).await;
    assert_eq!((report.forwards, report.archived), (2, 3), "{report:?}");
    servers.deposit(other_mail(6));
    let report = once(folder.path(), settings(&servers, FORWARD, limit)).await;
    assert_eq!(
        (report.forwards, report.archived, servers.mailbox_count()),
        (0, 1, 0),
        "{report:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn invariant_6_a_dead_mailbox_does_not_stop_the_others() {
    let (servers, folder) = start().await;
    servers.deposit(signup("a@example.jp", 1));
    let mut text = settings_text(9, servers.smtp_port(), "", NO_LIMITS)
        .replace("\"counter\"", "\"dead\"")
        .replace("touroku@", "dead@");
    let live = settings_text(servers.pop3_port(), servers.smtp_port(), "", "");
    text.push_str(&live[live.find("[[mailbox]]").unwrap()..]);
    let settings = Settings::parse(&text, Path::new(".")).unwrap();
    let mut engine = Engine::open(folder.path(), settings, secrets(folder.path()))
        .await
        .unwrap();
    let reports = engine.run_once().await.unwrap();
    engine.close().await;
    let of = |name: &str| &reports.iter().find(|(of, _)| of == name).unwrap().1;
    assert!(of("dead").receive_fault.is_some());
    assert_eq!(
        (
            of("counter").receipts,
            of("counter").sent,
            servers.mailbox_count()
        ),
        (1, 1, 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn invariant_7_every_mail_has_one_visible_outcome_and_reason() {
    let (servers, folder) = start().await;
    let cast = customers(4, &clock::local(clock::now()));
    let count = cast.len() as i64;
    cast.into_iter().for_each(|mail| servers.deposit(mail.bytes));
    once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    let told: i64 = ledger(
        folder.path(),
        "SELECT count(*) FROM mails m WHERE (SELECT count(*) FROM events e WHERE e.mail_id = m.id AND e.reason = m.reason) = 1",
    )
    .await;
    assert_eq!(told, count, "one event with the reason for each mail");
    let month = clock::local(clock::now()).strftime("%Y-%m").to_string();
    let log = std::fs::read_to_string(folder.path().join("log").join(format!("{month}.txt"))).unwrap();
    let events: i64 = ledger(folder.path(), "SELECT count(*) FROM events").await;
    assert_eq!(log.lines().count() as i64, events, "one line an event");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_refused_for_good_is_shown_and_the_mail_goes() {
    // What a refusing server says is tested with the mailer; here, that the mail is settled by it.
    let (servers, folder) = start().await;
    servers.deposit(signup("a@example.jp", 1));
    once(folder.path(), without_smtp(&servers)).await;
    let store = Store::open(folder.path()).await.unwrap();
    let claimed = store.claim(1, clock::now(), 10).await.unwrap().remove(0);
    let refused = karamail_engine::store::outbox::Attempt::Refused {
        why: "550 unknown user".into(),
        class: karamail_core::delivery::RefusalClass::UnknownAddress,
    };
    store
        .settle("counter", &[(claimed, refused)], clock::now())
        .await
        .unwrap();
    store.close().await;
    drop(store);
    let report = once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    assert_eq!(
        (report.deleted, servers.sent_count(), servers.mailbox_count()),
        (1, 0, 0)
    );
    let said: String = ledger(folder.path(), "SELECT detail FROM events WHERE kind = 'refused'").await;
    assert_eq!(said, "550 unknown user");
}
