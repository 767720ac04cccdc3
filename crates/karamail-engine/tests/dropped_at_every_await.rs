//! Crash safety, first half: the cycle's future is dropped at every await in turn, as if the process had died there (the
//! second half kills the real process). After each cut the invariants hold, and the next cycles finish the work.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use common::{NO_LIMITS, once, secrets, settings, signup};
use karamail_engine::config::Settings;
use karamail_engine::cycle::{self, Logins, Worker};
use karamail_engine::data_folder::DataFolder;
use karamail_engine::demo::DemoServers;
use karamail_engine::stop::stop_switch;
use karamail_engine::store::Store;

/// Polls a future a given number of times and then refuses to go on.
struct CutAfter<F> {
    future: F,
    polls_left: usize,
}

impl<F: Future + Unpin> Future for CutAfter<F> {
    type Output = Option<F::Output>;
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.polls_left == 0 {
            return Poll::Ready(None);
        }
        self.polls_left -= 1;
        Pin::new(&mut self.future).poll(context).map(Some)
    }
}

fn deposit_cast(servers: &DemoServers, round: usize) {
    for nth in 0..4 {
        servers.deposit(signup(&format!("customer{nth}.{round}@example.jp"), nth));
    }
    // A duplicate of the last round's first customer, and an other mail.
    servers.deposit(signup(
        &format!("customer0.{}@example.jp", round.saturating_sub(1)),
        1_000 + round,
    ));
    servers.deposit(format!("From: other{round}@example.jp\r\nSubject: a question\r\nMessage-ID: <o{round}@x>\r\n\r\nHow late are you open?\r\n").into_bytes());
}

/// Every receipt the SMTP side accepted, by Message-ID: all copies of one are the same bytes.
fn accepted(servers: &DemoServers) -> BTreeMap<String, Vec<u8>> {
    let mut letters: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for mail in servers.sent() {
        let message = mail_parser::MessageParser::default().parse(&mail.bytes).unwrap();
        let id = message.message_id().unwrap().to_owned();
        let first = letters.entry(id.clone()).or_insert_with(|| mail.bytes.clone());
        assert_eq!(
            *first, mail.bytes,
            "invariant 4: a second copy of {id} is byte-identical"
        );
    }
    letters
}

#[tokio::test(flavor = "multi_thread")]
async fn invariants_2_3_4_hold_wherever_the_cycle_is_cut() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    let forward = "forward_to = \"shop@example.com\"";
    let mut rounds = 0;
    let mut finished_whole = 0;
    // A cycle has some hundred awaits; the count differs a little from run to run, so whole cycles end the loop.
    for polls in 1.. {
        deposit_cast(&servers, polls);
        rounds += 1;
        let whole = cut_cycle(folder.path(), settings(&servers, forward, NO_LIMITS), polls).await;
        check_ledger(folder.path(), &servers).await;
        if whole {
            finished_whole += 1;
            if finished_whole == 3 {
                break;
            }
        } else {
            // Work that is left over from cut to cut would grow faster than the number of awaits. (The next test lets it.)
            once(folder.path(), settings(&servers, forward, NO_LIMITS)).await;
        }
        assert!(polls < 2_000, "a cycle has no thousands of awaits");
    }
    assert!(rounds > 20, "the cycle was cut at {rounds} places only");
    for _ in 0..3 {
        once(folder.path(), settings(&servers, forward, NO_LIMITS)).await;
    }
    assert_eq!(
        servers.mailbox_count(),
        0,
        "in the end everything is settled and gone from the server"
    );
    let letters = accepted(&servers);
    let forwards = letters.keys().filter(|id| id.starts_with("forward.")).count();
    let receipts = letters.keys().filter(|id| id.starts_with("receipt.")).count();
    let repeats = letters.keys().filter(|id| id.starts_with("repeat.")).count();
    // Round 1's "duplicate" comes from an address of round 0, which never was: it is a customer of its own.
    assert_eq!(
        (forwards, receipts, repeats),
        (rounds, 4 * rounds + 1, rounds - 1),
        "each mail was answered by one letter"
    );
    println!(
        "{rounds} cuts, {} letters, {} copies accepted",
        letters.len(),
        servers.sent_count()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_ledger_goes_on_after_cycles_that_were_dropped() {
    let (servers, folder) = (DemoServers::start().await.unwrap(), tempfile::tempdir().unwrap());
    let folder_in_use = DataFolder::take(folder.path()).unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    for polls in (1..200).step_by(3) {
        deposit_cast(&servers, polls);
        let settings = settings(&servers, "forward_to = \"shop@example.com\"", NO_LIMITS);
        cut_cycle_on(&store, folder.path(), settings, polls).await;
        check_ledger(folder.path(), &servers).await;
    }
    store.close().await;
    drop((store, folder_in_use));
    for _ in 0..2 {
        once(
            folder.path(),
            settings(&servers, "forward_to = \"shop@example.com\"", NO_LIMITS),
        )
        .await;
    }
    assert_eq!(servers.mailbox_count(), 0);
    let letters = accepted(&servers);
    assert_eq!(letters.len(), 67 * 6, "each mail was answered by one letter");
}

/// Runs a cycle of its own process's making, and drops it after so many polls. Says whether it had ended by then.
async fn cut_cycle(folder: &Path, settings: Settings, polls: usize) -> bool {
    let folder_in_use = DataFolder::take(folder).unwrap();
    let store = Store::open(folder).await.unwrap();
    let whole = cut_cycle_on(&store, folder, settings, polls).await;
    store.close().await;
    drop(folder_in_use);
    whole
}

async fn cut_cycle_on(store: &Store, folder: &Path, settings: Settings, polls: usize) -> bool {
    let mailbox = settings.mailboxes[0].clone();
    let logins = Logins::find(&secrets(folder), &settings, &mailbox).await;
    let mut worker = Worker::new(Arc::new(settings), mailbox, logins, store)
        .await
        .unwrap();
    let (_switch, stop) = stop_switch();
    let cycle = Box::pin(cycle::run_once(&mut worker, store, folder, &stop));
    let report = CutAfter {
        future: cycle,
        polls_left: polls,
    }
    .await;
    report.is_some()
}

/// What must hold after every cut, read from the file as the next start would find it.
async fn check_ledger(folder: &Path, servers: &DemoServers) {
    let readers = karamail_engine::store::Store::open_to_read(folder)
        .await
        .unwrap()
        .unwrap();
    let numbers: Vec<(i64,)> = sqlx::query_as("SELECT number FROM receipts ORDER BY number")
        .fetch_all(&readers)
        .await
        .unwrap();
    assert!(
        numbers.iter().map(|row| row.0).eq(1..=numbers.len() as i64),
        "invariant 1: no hole, no double"
    );
    let orphans: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM receipts r LEFT JOIN outbox o ON o.id = r.outbox_id LEFT JOIN mails m ON m.id = r.mail_id \
         WHERE o.id IS NULL OR m.id IS NULL OR o.bytes IS NULL",
    )
    .fetch_one(&readers)
    .await
    .unwrap();
    assert_eq!(
        orphans, 0,
        "invariant 2: number, mail and finished reply together or not at all"
    );
    let known: Vec<(String, String)> = sqlx::query_as("SELECT message_id, state FROM outbox")
        .fetch_all(&readers)
        .await
        .unwrap();
    let known: BTreeMap<String, String> = known.into_iter().collect();
    let accepted = accepted(servers);
    for id in accepted.keys() {
        assert!(
            known.contains_key(id),
            "a letter went out that the ledger does not know: {id}"
        );
    }
    let sent: BTreeSet<&String> = known
        .iter()
        .filter(|(_, state)| *state == "sent")
        .map(|(id, _)| id)
        .collect();
    for id in sent {
        assert!(
            accepted.contains_key(id),
            "invariant 3: marked sent, yet the server has not accepted {id}"
        );
    }
    let gone_unsettled: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM mails m WHERE m.state IN ('gone', 'purging') AND EXISTS \
         (SELECT 1 FROM outbox o WHERE o.mail_id = m.id AND o.state NOT IN ('sent', 'refused'))",
    )
    .fetch_one(&readers)
    .await
    .unwrap();
    assert_eq!(
        gone_unsettled, 0,
        "invariant 3: nothing leaves the server before it is settled"
    );
    readers.close().await;
}
