//! Erasing a person: the address goes from everywhere, the number stays.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use common::{NO_LIMITS, once, settings, signup};
use karamail_engine::clock;
use karamail_engine::demo::DemoServers;
use karamail_engine::engine::requests::{Office, Performed, Request, RequestFault, perform, read_answer};
use karamail_engine::engine::touch;
use karamail_engine::erase::EraseFault;
use karamail_engine::monthly_log::MonthlyLog;
use karamail_engine::store::Store;
use karamail_engine::store::requests::HandedOver;
use karamail_engine::store::results::{Delivery, ResultRow, Wanted, results};

async fn rows(folder: &Path) -> Vec<ResultRow> {
    let readers = Store::open_to_read(folder).await.unwrap().unwrap();
    let mut rows = results(&readers, &Wanted::default()).await.unwrap();
    rows.reverse();
    readers.close().await;
    rows
}

async fn erase(folder: &Path, servers: &DemoServers, number: i64) -> Result<Performed, RequestFault> {
    let store = Store::open(folder).await.unwrap();
    let settings = Arc::new(settings(servers, "", NO_LIMITS));
    let office = Office {
        store: &store,
        settings: &settings,
        data_folder: folder,
        now: clock::now(),
    };
    let done = perform(&Request::Erase { number, series: None }, &office).await;
    store.close().await;
    done
}

/// Files below a folder that hold the text, case aside.
fn files_with(folder: &Path, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else {
            // The ledger's side files go with its last connection.
            let Ok(bytes) = fs::read(&path) else { continue };
            let bytes = bytes.to_ascii_lowercase();
            if bytes.windows(text.len()).any(|window| window == text.as_bytes()) {
                found.push(path.display().to_string());
            }
        }
    }
    found
}

fn other_mail(address: &str) -> Vec<u8> {
    format!("From: Somebody <{address}>\r\nSubject: my secret\r\nMessage-ID: <o@x>\r\n\r\nhello\r\n")
        .into_bytes()
}

/// A person with a number, an archived mail and events; and a bystander whose address ends like the person's.
async fn shop(keep: &str) -> (DemoServers, tempfile::TempDir) {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    servers.deposit(signup("Taro.Yamada@example.jp", 1));
    servers.deposit(signup("x.taro.yamada@example.jp", 2));
    servers.deposit(other_mail("taro.yamada@EXAMPLE.jp"));
    once(folder.path(), settings(&servers, keep, NO_LIMITS)).await;
    (servers, folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_in_the_data_folder_tells_of_an_erased_person() {
    let (servers, folder) = shop("").await;
    assert!(
        files_with(folder.path(), "taro.yamada@example.jp").len() >= 3,
        "ledger, log and archive"
    );
    let log_before = fs::read_dir(folder.path().join("log"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let length_before = log_before.metadata().unwrap().len();
    let done = erase(folder.path(), &servers, 1).await.unwrap();
    assert!(!done.result.to_string().to_lowercase().contains("yamada"));
    // The bystander's address has the person's in it: that one is still there, and nothing else.
    let after = rows(folder.path()).await;
    assert_eq!(after[0].address, "erased");
    assert!(after[0].erased_at.is_some());
    assert_eq!(after[1].address, "x.taro.yamada@example.jp");
    for file in files_with(folder.path(), "taro.yamada@example.jp") {
        let bytes = fs::read(&file).unwrap().to_ascii_lowercase();
        let needle = b"taro.yamada@example.jp";
        for at in 0..bytes.len() - needle.len() {
            if bytes[at..].starts_with(needle) {
                assert_eq!(&bytes[at - 2..at], b"x.", "{file} at {at}");
            }
        }
    }
    assert_eq!(files_with(folder.path(), "my secret"), Vec::<String>::new());
    // The log was overwritten in place, and its follower goes on behind it.
    let text = fs::read_to_string(log_before.path()).unwrap();
    assert!(text.contains("**********************"), "{text}");
    assert!(text.contains("x.taro.yamada@example.jp"), "{text}");
    assert_eq!(log_before.metadata().unwrap().len(), length_before);
    let store = Store::open(folder.path()).await.unwrap();
    let log = MonthlyLog::new(folder.path().join("log"), karamail_core::words::Language::English);
    log.catch_up(&store).await.unwrap();
    let text = fs::read_to_string(log_before.path()).unwrap();
    assert_eq!(text.matches("Person erased").count(), 1, "{text}");
    assert_eq!(text.matches("Signup").count(), 2, "no line twice: {text}");
    assert!(text.ends_with('\n'));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_number_is_never_given_again_and_the_address_may_sign_up_anew() {
    let (servers, folder) = shop("").await;
    erase(folder.path(), &servers, 1).await.unwrap();
    servers.deposit(signup("taro.yamada@example.jp", 3));
    once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    let after = rows(folder.path()).await;
    let numbers: Vec<(i64, &str)> = after
        .iter()
        .map(|row| (row.number, row.address.as_str()))
        .collect();
    assert_eq!(
        numbers,
        [
            (1, "erased"),
            (2, "x.taro.yamada@example.jp"),
            (3, "taro.yamada@example.jp")
        ]
    );
    let again = erase(folder.path(), &servers, 1).await;
    assert_eq!(again, Err(RequestFault::Erase(EraseFault::AlreadyErased(1))));
    let unknown = erase(folder.path(), &servers, 99).await;
    assert_eq!(unknown, Err(RequestFault::Erase(EraseFault::NoSuchNumber(99))));
    let resend = {
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
            asked_at: clock::now(),
        };
        perform(&request, &office).await.unwrap()
    };
    assert!(resend.result.to_string().contains("fault"), "{:?}", resend.result);
    assert!(!resend.check_now, "there is nobody to send it to");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_that_waits_is_not_sent_to_an_erased_person() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    servers.deposit(signup("a@example.jp", 1));
    let text = common::settings_text(servers.pop3_port(), 9, "", NO_LIMITS);
    once(
        folder.path(),
        karamail_engine::config::Settings::parse(&text, Path::new(".")).unwrap(),
    )
    .await;
    erase(folder.path(), &servers, 1).await.unwrap();
    assert_eq!(rows(folder.path()).await[0].delivery, Delivery::Withheld);
    once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    assert_eq!(servers.sent().len(), 0);
    assert_eq!(files_with(folder.path(), "a@example.jp"), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_keep_rule_when_erased_the_persons_mails_leave_the_server_in_the_next_cycle() {
    let keep = "keep = \"when-erased\"";
    let (servers, folder) = shop(keep).await;
    assert_eq!(servers.mailbox_count(), 3);
    erase(folder.path(), &servers, 1).await.unwrap();
    let report = once(folder.path(), settings(&servers, keep, NO_LIMITS)).await;
    assert_eq!(report.deleted, 2, "the signup and the other mail");
    assert_eq!(servers.mailbox_count(), 1);
    let report = once(folder.path(), settings(&servers, keep, NO_LIMITS)).await;
    assert_eq!((report.received, report.deleted), (0, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_erased_beside_a_running_program() {
    let (servers, folder) = shop("").await;
    let engine = common::engine(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    let stop = engine.stop_switch();
    let running = tokio::spawn(engine.run(None, true));
    let (kind, arguments) = Request::Erase {
        number: 1,
        series: None,
    }
    .to_row()
    .unwrap();
    let mut handed = HandedOver::write(folder.path(), &kind, &arguments, clock::now())
        .await
        .unwrap()
        .unwrap();
    touch(folder.path()).unwrap();
    let answer = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            if let Some(text) = handed.result().await.unwrap() {
                return read_answer(&kind, &text);
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    answer.await.unwrap().unwrap();
    stop.request();
    running.await.unwrap().unwrap();
    assert_eq!(rows(folder.path()).await[0].address, "erased");
    let log = fs::read_dir(folder.path().join("log"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let text = fs::read_to_string(log.path()).unwrap();
    assert_eq!(text.matches("Person erased").count(), 1, "{text}");
    assert_eq!(text.matches("Signup").count(), 2, "{text}");
    assert!(!text.contains("\tTaro.Yamada"), "{text}");
}
