//! What a program that runs for months must not gather: counted, not timed.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use karamail_core::words::Language;

use super::{Logins, Worker, run_once};
use crate::clock;
use crate::demo::{ADDRESS, Stage, customers};
use crate::stop::stop_switch;
use crate::store::Store;

/// Mails of so many new customers, and the same cast as in each other round: a repeat, other mail, a machine's.
fn deposit(stage: &Stage, round: usize, count: usize) {
    let now = clock::local(clock::now());
    for mail in customers(count, &now) {
        stage.servers().deposit(mail.bytes);
    }
    for nth in 0..count {
        let mail = format!(
            "From: c{round}.{nth}@example.jp\r\nTo: {ADDRESS}\r\nMessage-ID: <{round}.{nth}@example.jp>\r\nSubject:\r\n\r\n"
        );
        stage.servers().deposit(mail.into_bytes());
    }
}

/// A statement with a value for each mail of a batch is as large as the batch, and hardly any two are the same: kept, they
/// filled the connection's cache with megabytes that are never used again.
#[tokio::test(flavor = "multi_thread")]
async fn batches_of_every_length_leave_no_statement_behind() {
    let stage = Stage::set(Language::English).await.unwrap();
    let settings = Arc::new(stage.settings().clone());
    let store = Store::open(stage.folder()).await.unwrap();
    let mailbox = settings.mailboxes.first().unwrap().clone();
    let logins = Logins::find(stage.secrets(), &settings, &mailbox).await;
    let mut worker = Worker::new(Arc::clone(&settings), mailbox, logins, &store)
        .await
        .unwrap();
    let (_switch, stop) = stop_switch();
    let mut kept = Vec::new();
    for (round, count) in (1..=16).enumerate() {
        deposit(&stage, round, count);
        let report = run_once(&mut worker, &store, stage.folder(), &stop).await;
        assert!(
            report.receive_fault.is_none() && report.send_fault.is_none(),
            "{report:?}"
        );
        assert!(report.receipts >= count, "{report:?}");
        kept.push(store.kept_statements().await);
    }
    let (first, last) = kept.split_at(4);
    let usual = first.last().unwrap();
    assert!(last.iter().all(|count| count == usual), "{kept:?}");
}
