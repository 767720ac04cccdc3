//! The delivery state of each number: what came back marks it, and it can be sent again.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;
use std::sync::Arc;

use common::{NO_LIMITS, engine, once, settings, settings_text, signup};
use jiff::SignedDuration;
use karamail_core::delivery::RefusalClass;
use karamail_core::words::{Language, Told};
use karamail_engine::clock;
use karamail_engine::config::Settings;
use karamail_engine::demo::{ADDRESS, DemoServers};
use karamail_engine::engine::requests::{Office, Request, perform, read_answer};
use karamail_engine::engine::touch;
use karamail_engine::store::Store;
use karamail_engine::store::requests::HandedOver;
use karamail_engine::store::results::{Delivery, ResultRow, Wanted, history, results};
use serde_json::Value;
use sqlx::{Connection, SqliteConnection};

async fn start() -> (DemoServers, tempfile::TempDir) {
    (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap())
}

async fn rows(folder: &Path, wanted: &Wanted) -> Vec<ResultRow> {
    let readers = Store::open_to_read(folder).await.unwrap().unwrap();
    let rows = results(&readers, wanted).await.unwrap();
    readers.close().await;
    rows
}

/// The delivery state of a number.
async fn state(folder: &Path, number: i64) -> Delivery {
    let rows = rows(folder, &Wanted::default()).await;
    rows.iter().find(|row| row.number == number).unwrap().delivery
}

async fn steps(folder: &Path, number: i64) -> Vec<String> {
    let readers = Store::open_to_read(folder).await.unwrap().unwrap();
    let steps = history(&readers, "main", number).await.unwrap();
    readers.close().await;
    steps.into_iter().map(|step| step.state).collect()
}

fn message_id(bytes: &[u8]) -> String {
    let message = mail_parser::MessageParser::default().parse(bytes).unwrap();
    message.message_id().unwrap().to_owned()
}

/// A report in the form of RFC 3464 about one of our letters.
fn report(message_id: &str, recipient: &str, action: &str, status: &str, diagnostic: &str) -> Vec<u8> {
    format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: {ADDRESS}\r\nSubject: Undelivered Mail\r\n\
         Message-ID: <{status}.{action}.{recipient}@mx.example>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n\
         --b\r\n\r\nIt was not delivered.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n\
         Final-Recipient: rfc822; {recipient}\r\nAction: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {diagnostic}\r\n\
         \r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{message_id}>\r\nTo: <{recipient}>\r\n\r\n--b--\r\n"
    )
    .into_bytes()
}

/// Sends numbers again as a command does where no program runs.
async fn resend(folder: &Path, settings: Settings, numbers: &[i64]) -> Value {
    let store = Store::open(folder).await.unwrap();
    let office = Office {
        store: &store,
        settings: &Arc::new(settings),
        data_folder: folder,
        now: clock::now(),
    };
    let request = Request::Resend {
        numbers: numbers.to_vec(),
        series: None,
        asked_at: clock::now(),
    };
    let performed = perform(&request, &office).await.unwrap();
    store.close().await;
    performed.result
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_that_comes_back_shows_and_can_be_sent_again() {
    let (servers, folder) = start().await;
    let folder = folder.path();
    servers.deposit(signup("taro@docomo.ne.jp", 1));
    servers.deposit(signup("hana@docomo.ne.jp", 2));
    once(folder, settings(&servers, "", NO_LIMITS)).await;
    assert_eq!(state(folder, 1).await, Delivery::Sent);
    // Several connections: which letter arrives first is chance.
    let sent = servers.sent();
    let first = sent
        .iter()
        .find(|mail| mail.to == ["taro@docomo.ne.jp"])
        .unwrap()
        .clone();
    servers.deposit(report(
        &message_id(&first.bytes),
        "taro@docomo.ne.jp",
        "failed",
        "5.0.0",
        "550 Unknown user taro@docomo.ne.jp (in reply to end of DATA command)",
    ));
    let cycle = once(folder, settings(&servers, "", NO_LIMITS)).await;
    assert_eq!(
        (cycle.archived, servers.mailbox_count()),
        (1, 0),
        "the report goes on as other mail: {cycle:?}"
    );
    let class = RefusalClass::Filtered;
    assert_eq!(state(folder, 1).await, Delivery::Bounced { class });
    assert_eq!(state(folder, 2).await, Delivery::Sent);
    let bounced = Wanted {
        states: vec!["bounced".into()],
        ..Wanted::default()
    };
    let found = rows(folder, &bounced).await;
    assert_eq!(found.iter().map(|row| row.number).collect::<Vec<_>>(), [1]);
    assert!(
        found[0].answer.as_deref().unwrap().contains("550 Unknown user"),
        "{found:?}"
    );

    let told = resend(folder, settings(&servers, "", NO_LIMITS), &[1, 1, 9]).await;
    assert_eq!(told["numbers"][0]["address"], "taro@docomo.ne.jp", "{told}");
    assert_eq!(told["numbers"][1]["fault"]["why"], "no-such-number", "{told}");
    assert_eq!(state(folder, 1).await, Delivery::Queued);
    let again = resend(folder, settings(&servers, "", NO_LIMITS), &[1]).await;
    assert_eq!(again["numbers"][0]["fault"]["why"], "on-its-way", "{again}");
    let cycle = once(folder, settings(&servers, "", NO_LIMITS)).await;
    assert_eq!(
        (cycle.sent, servers.sent_count()),
        (1, 3),
        "once, and no third time: {cycle:?}"
    );
    assert_eq!(state(folder, 1).await, Delivery::SentAgain);
    let second = servers.sent()[2].clone();
    assert_eq!(second.to, first.to);
    assert_ne!(
        message_id(&second.bytes),
        message_id(&first.bytes),
        "a letter of its own"
    );
    assert!(String::from_utf8_lossy(&second.bytes).contains("X-Karamail: receipt"));
    assert_eq!(
        steps(folder, 1).await,
        ["queued", "sent", "bounced", "queued", "sent-again"]
    );
    // New mails and letters go on behind the ids that letters sent again have taken.
    servers.deposit(signup("jiro@docomo.ne.jp", 3));
    let cycle = once(folder, settings(&servers, "", NO_LIMITS)).await;
    assert_eq!((cycle.receipts, cycle.sent), (1, 1), "{cycle:?}");
    // A late report about the first letter says nothing of the second.
    servers.deposit(report(
        &message_id(&first.bytes),
        "taro@docomo.ne.jp",
        "failed",
        "5.1.1",
        "550 5.1.1 User unknown",
    ));
    once(folder, settings(&servers, "", NO_LIMITS)).await;
    assert_eq!(state(folder, 1).await, Delivery::SentAgain);
    let log = std::fs::read_dir(folder.join("log"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let log = std::fs::read_to_string(log).unwrap();
    let line = log.lines().find(|line| line.contains("Came back")).unwrap();
    assert!(
        line.contains("number 1\ttaro@docomo.ne.jp") && line.contains(&class.what(Language::English)),
        "{line}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_is_only_late_is_not_shown_as_failed() {
    let (servers, folder) = start().await;
    let folder = folder.path();
    servers.deposit(signup("taro@x.example", 1));
    once(folder, settings(&servers, "", NO_LIMITS)).await;
    let id = message_id(&servers.sent()[0].bytes);
    let bring = async |action: &str, status: &str, diagnostic: &str| {
        servers.deposit(report(&id, "taro@x.example", action, status, diagnostic));
        once(folder, settings(&servers, "", NO_LIMITS)).await;
        state(folder, 1).await
    };
    assert_eq!(bring("delayed", "4.4.1", "450 try later").await, Delivery::Sent);
    let class = RefusalClass::BoxFull;
    assert_eq!(
        bring("failed", "5.2.2", "552 5.2.2 over quota").await,
        Delivery::Bounced { class }
    );
    assert_eq!(
        bring("delayed", "4.4.2", "450 still").await,
        Delivery::Bounced { class },
        "a late word changes nothing"
    );
    // Some systems report a failure at one server and the delivery at the next.
    assert_eq!(bring("delivered", "2.0.0", "250 ok").await, Delivery::Sent);
    assert_eq!(
        steps(folder, 1).await,
        ["queued", "sent", "delayed", "bounced", "delayed", "delivered"]
    );
}

/// A report for people alone that names nothing but the address.
fn plain_report(nth: usize, recipient: &str) -> Vec<u8> {
    format!(
        "From: MAILER-DAEMON@mx.example\r\nTo: {ADDRESS}\r\nSubject: failure notice\r\nMessage-ID: <p{nth}@mx.example>\r\n\r\n\
         <{recipient}>:\r\n550 User unknown\r\n"
    )
    .into_bytes()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_without_an_id_is_matched_by_address_where_one_number_fits() {
    let (servers, folder) = start().await;
    let folder = folder.path();
    let settings_now = || settings(&servers, "", NO_LIMITS);
    servers.deposit(signup("a..b@docomo.ne.jp", 1));
    servers.deposit(signup("twice@x.example", 2));
    once(folder, settings_now()).await;
    servers.deposit(plain_report(1, "\"A..b\"@DoCoMo.ne.jp"));
    servers.deposit(plain_report(2, "stranger@x.example"));
    once(folder, settings_now()).await;
    let class = RefusalClass::UnknownAddress;
    assert_eq!(state(folder, 1).await, Delivery::Bounced { class });
    assert_eq!(
        state(folder, 2).await,
        Delivery::Sent,
        "a stranger's report is about nobody"
    );
    // The same address with a second number: which of the two came back, the report does not say.
    let text = settings_text(servers.pop3_port(), servers.smtp_port(), "", NO_LIMITS)
        .replace("[guard]", "[duplicate]\naction = \"new-number\"\n[guard]");
    servers.deposit(signup("twice@x.example", 3));
    once(folder, Settings::parse(&text, Path::new(".")).unwrap()).await;
    servers.deposit(plain_report(3, "twice@x.example"));
    once(folder, settings_now()).await;
    assert_eq!(
        (state(folder, 2).await, state(folder, 3).await),
        (Delivery::Sent, Delivery::Sent)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_letter_is_not_taken_for_the_one_that_came_back() {
    let (servers, folder) = start().await;
    let folder = folder.path();
    servers.deposit(signup("taro@x.example", 1));
    once(folder, settings(&servers, "", NO_LIMITS)).await;
    let path = folder.join(karamail_engine::store::FILE_NAME);
    let mut db = SqliteConnection::connect(&format!("sqlite://{}?mode=rw", path.display()))
        .await
        .unwrap();
    let eleven_days = SignedDuration::from_hours(11 * 24).as_millis() as i64;
    sqlx::query("UPDATE outbox SET created_at = created_at - ?1")
        .bind(eleven_days)
        .execute(&mut db)
        .await
        .unwrap();
    db.close().await.unwrap();
    servers.deposit(plain_report(1, "taro@x.example"));
    once(folder, settings(&servers, "", NO_LIMITS)).await;
    assert_eq!(state(folder, 1).await, Delivery::Sent);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_program_sends_a_number_again_when_a_command_asks() {
    let (servers, folder) = start().await;
    servers.deposit(signup("taro@x.example", 1));
    once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    let engine = engine(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    let stop = engine.stop_switch();
    let running = tokio::spawn(engine.run(None, true));
    let request = Request::Resend {
        numbers: vec![1],
        series: Some("main".into()),
        asked_at: clock::now(),
    };
    let (kind, arguments) = request.to_row().unwrap();
    let mut handed = HandedOver::write(folder.path(), &kind, &arguments, clock::now())
        .await
        .unwrap()
        .unwrap();
    touch(folder.path()).unwrap();
    let answer = tokio::time::timeout(std::time::Duration::from_secs(10), async {
        loop {
            if let Some(text) = handed.result().await.unwrap() {
                return read_answer(&kind, &text).unwrap();
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();
    assert_eq!(answer["numbers"][0]["address"], "taro@x.example", "{answer}");
    tokio::time::timeout(std::time::Duration::from_secs(10), servers.wait_for_sent(2))
        .await
        .unwrap();
    stop.request();
    running.await.unwrap().unwrap();
    assert_eq!(state(folder.path(), 1).await, Delivery::SentAgain);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_performed_again_after_a_crash_sends_once() {
    let (servers, folder) = start().await;
    servers.deposit(signup("taro@x.example", 1));
    once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    let asked_at = clock::now();
    for _ in 0..2 {
        let store = Store::open(folder.path()).await.unwrap();
        let settings = Arc::new(settings(&servers, "", NO_LIMITS));
        let office = Office {
            store: &store,
            settings: &settings,
            data_folder: folder.path(),
            now: clock::now(),
        };
        let request = Request::Resend {
            numbers: vec![1],
            series: None,
            asked_at,
        };
        perform(&request, &office).await.unwrap();
        store.close().await;
        once(folder.path(), (*settings).clone()).await;
    }
    assert_eq!(servers.sent_count(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_may_leave_the_server_while_its_number_is_sent_again() {
    let (servers, folder) = start().await;
    let keep = "keep = \"days\"\nkeep_days = 1";
    let keeping = settings(&servers, keep, NO_LIMITS);
    servers.deposit(signup("taro@x.example", 1));
    once(folder.path(), keeping).await;
    assert_eq!(servers.mailbox_count(), 1);
    resend(folder.path(), settings(&servers, "", NO_LIMITS), &[1]).await;
    let without_smtp = settings_text(servers.pop3_port(), 9, "", NO_LIMITS);
    let report = once(
        folder.path(),
        Settings::parse(&without_smtp, Path::new(".")).unwrap(),
    )
    .await;
    assert!(report.receive_fault.is_none(), "{report:?}");
    assert_eq!((report.deleted, servers.mailbox_count()), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn results_are_found_by_state_period_and_mailbox() {
    let (servers, folder) = start().await;
    for nth in 1..=3 {
        servers.deposit(signup(&format!("c{nth}@x.example"), nth));
    }
    once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    servers.deposit(plain_report(1, "c2@x.example"));
    once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    resend(folder.path(), settings(&servers, "", NO_LIMITS), &[3]).await;
    let found = async |wanted: Wanted| -> Vec<i64> {
        rows(folder.path(), &wanted)
            .await
            .iter()
            .map(|row| row.number)
            .collect()
    };
    let states = |states: &[&str]| states.iter().map(|state| (*state).to_owned()).collect();
    assert_eq!(
        found(Wanted {
            states: states(&["bounced"]),
            ..Wanted::default()
        })
        .await,
        [2]
    );
    assert_eq!(
        found(Wanted {
            states: states(&["queued", "sent"]),
            ..Wanted::default()
        })
        .await,
        [3, 1]
    );
    let hour = SignedDuration::from_hours(1);
    assert_eq!(
        found(Wanted {
            since: Some(clock::now() - hour),
            ..Wanted::default()
        })
        .await,
        [3, 2, 1]
    );
    assert!(
        found(Wanted {
            until: Some(clock::now() - hour),
            ..Wanted::default()
        })
        .await
        .is_empty()
    );
    let mailbox = |address: &str| Wanted {
        mailbox: Some(address.parse().unwrap()),
        ..Wanted::default()
    };
    assert_eq!(found(mailbox(ADDRESS)).await, [3, 2, 1]);
    assert!(found(mailbox("other@karamail.example")).await.is_empty());
    assert_eq!(
        found(Wanted {
            search: Some("c3".into()),
            ..Wanted::default()
        })
        .await,
        [3]
    );
    assert_eq!(
        found(Wanted {
            search: Some("2".into()),
            limit: Some(1),
            ..Wanted::default()
        })
        .await,
        [2]
    );
}
