//! The main job over real sockets, on the demo's servers.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::BTreeMap;

use common::{NO_LIMITS, once, settings, signup};
use karamail_engine::demo::{DemoServers, customers};

/// The number in a receipt, by the address it went to.
fn numbers(servers: &DemoServers) -> BTreeMap<String, Vec<String>> {
    let mut numbers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for mail in servers.sent() {
        let message = mail_parser::MessageParser::default().parse(&mail.bytes).unwrap();
        let subject = message.subject().unwrap_or_default().to_owned();
        let digits: String = subject.chars().filter(char::is_ascii_digit).collect();
        numbers.entry(mail.to.join(",")).or_default().push(digits);
    }
    numbers
}

#[tokio::test(flavor = "multi_thread")]
async fn five_customers_get_five_numbers_and_the_rest_of_the_cast_none() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    let now = karamail_engine::clock::local(karamail_engine::clock::now());
    for mail in customers(5, &now) {
        servers.deposit(mail.bytes);
    }
    let report = once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    assert!(report.receive_fault.is_none(), "{:?}", report.receive_fault);
    assert_eq!(
        (report.receipts, report.repeats, report.archived, report.sent),
        (5, 1, 2, 6),
        "{report:?}"
    );
    assert_eq!(servers.mailbox_count(), 0, "everything settled left the server");
    let numbers = numbers(&servers);
    let mut given: Vec<String> = numbers.values().flatten().cloned().collect();
    given.sort();
    assert_eq!(given, ["1", "1", "2", "3", "4", "5"], "{numbers:?}");
    assert!(
        numbers.keys().any(|to| to == "\"tanaka..hanako\"@docomo.ne.jp"),
        "{numbers:?}"
    );
    let log = std::fs::read_dir(folder.path().join("log"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    println!("{}", std::fs::read_to_string(log).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn invariant_1_one_address_one_number_however_it_is_written() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    for (nth, from) in ["a@example.jp", "A@EXAMPLE.jp", "b@example.jp", "\"a\"@example.jp"]
        .iter()
        .enumerate()
    {
        servers.deposit(signup(from, nth));
    }
    once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    servers.deposit(signup("a@example.jp", 9));
    servers.deposit(signup("c@example.jp", 9));
    let report = once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    assert_eq!((report.receipts, report.repeats), (1, 1));
    let mut given: Vec<String> = numbers(&servers).into_values().flatten().collect();
    given.sort();
    assert_eq!(given, ["1", "1", "1", "1", "2", "3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_cycle_on_an_empty_box_does_nothing() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    for nth in 0..700 {
        servers.deposit(signup(&format!("customer{nth}@example.jp"), nth));
    }
    let report = once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    assert_eq!(
        (report.receipts, report.sent, report.deleted),
        (700, 700, 700),
        "{report:?}"
    );
    let report = once(folder.path(), settings(&servers, "", NO_LIMITS)).await;
    assert_eq!((report.received, report.sent, report.deleted), (0, 0, 0));
    assert_eq!(servers.sent_count(), 700);
    let mut given: Vec<u32> = numbers(&servers)
        .into_values()
        .flatten()
        .map(|number| number.parse().unwrap())
        .collect();
    given.sort();
    assert!(given.iter().copied().eq(1..=700), "no hole, no double");
}
