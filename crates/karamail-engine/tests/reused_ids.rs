//! Unique ids that a server gives to other mails, and listings that leave mails out: nobody's mail is deleted unread, and
//! nothing counts as gone that may be there.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;

use common::box_of_mails::Mail;
use common::shop::Shop;
use common::{NO_LIMITS, engine, ledger, once, settings_text, signup};
use karamail_engine::config::Settings;
use karamail_engine::engine::requests::{HoldAction, Request};

const KEEP: &str = "keep = \"keep\"";

/// A signup of customer 1 to 9; the mails of all of them have the same size.
fn customer(nth: usize) -> Vec<u8> {
    signup(&format!("customer{nth}@example.jp"), nth)
}

fn forged(nth: usize) -> Vec<u8> {
    let mut mail = b"Authentication-Results: mx.example.jp; spf=fail smtp.mailfrom=a@example.jp\r\n".to_vec();
    mail.extend(customer(nth));
    mail
}

/// As many bytes as [`forged`], and nothing wrong with it.
fn as_long_as_forged(nth: usize) -> Vec<u8> {
    let long = forged(nth).len() - customer(nth).len();
    let mut mail = format!("X-Filler: {}\r\n", "x".repeat(long - 12)).into_bytes();
    mail.extend(customer(nth));
    assert_eq!(mail.len(), forged(nth).len());
    mail
}

/// The states of all mails, in the order in which they came.
async fn states(shop: &Shop) -> String {
    let all = "SELECT group_concat(state) FROM (SELECT state FROM mails ORDER BY id)";
    ledger(shop.folder(), all).await
}

/// The id goes to another mail.
fn replace(shop: &Shop, bytes: Vec<u8>) {
    shop.server.change(|mails| *mails = vec![Mail::new("u1", bytes)]);
}

fn with(shop: &Shop, smtp_port: u16, extra: &str) -> Settings {
    let text = settings_text(shop.server.port, smtp_port, extra, NO_LIMITS);
    Settings::parse(&text, Path::new(".")).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_mail_with_the_id_of_an_answered_one_is_answered_and_not_deleted_unseen() {
    let shop = Shop::open(vec![Mail::new("u1", customer(1))], KEEP, NO_LIMITS).await;
    assert_eq!(shop.once().await.receipts, 1);
    replace(&shop, customer(2));
    // Now all that is answered may go.
    let report = once(shop.folder(), with(&shop, shop.servers.smtp_port(), "")).await;
    assert_eq!((report.receipts, report.sent), (1, 1), "{report:?}");
    assert_eq!(states(&shop).await, "gone,gone");
    assert_eq!(
        (shop.servers.sent_count(), shop.server.count("DELE")),
        (2, 1),
        "only what was read is deleted"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_mail_with_the_id_of_one_whose_letter_waits_is_answered_and_not_deleted_unseen() {
    let shop = Shop::open(vec![Mail::new("u1", customer(1))], "", NO_LIMITS).await;
    once(shop.folder(), with(&shop, 9, "")).await;
    assert_eq!(states(&shop).await, "recorded");
    replace(&shop, customer(2));
    let report = shop.once().await;
    assert_eq!((report.receipts, report.sent), (1, 2), "{report:?}");
    let mut to: Vec<String> = shop
        .servers
        .sent()
        .iter()
        .map(|sent| sent.to[0].clone())
        .collect();
    to.sort();
    assert_eq!(to, ["customer1@example.jp", "customer2@example.jp"]);
    assert_eq!(states(&shop).await, "gone,gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_mail_of_another_size_with_the_id_of_one_that_stays_is_answered() {
    let shop = Shop::open(vec![Mail::new("u1", customer(1))], KEEP, NO_LIMITS).await;
    shop.once().await;
    replace(&shop, as_long_as_forged(2));
    assert_eq!(shop.once().await.receipts, 1);
    assert_eq!(states(&shop).await, "gone,settled");
    replace(&shop, forged(3));
    shop.server.change(|mails| mails[0].bytes.extend(b"a word\r\n"));
    assert_eq!(shop.once().await.held, 1);
    replace(&shop, customer(4));
    let report = shop.once().await;
    assert_eq!(report.receipts, 1, "behind one that is held: {report:?}");
    assert_eq!(states(&shop).await, "gone,gone,held,settled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_mail_with_the_id_of_a_held_one_is_not_discarded_for_it() {
    let shop = Shop::open(vec![Mail::new("u1", forged(1))], "", NO_LIMITS).await;
    assert_eq!(shop.once().await.held, 1);
    replace(&shop, as_long_as_forged(2));
    let report = shop.once().await;
    assert_eq!(report.receipts, 0, "nothing shows it: {report:?}");
    let discard = Request::Hold {
        action: HoldAction::Discard,
        ids: vec![1],
    };
    shop.ask(discard).await.unwrap();
    let report = shop.once().await;
    assert_eq!(report.deleted, 0, "{report:?}");
    let report = shop.once().await;
    assert_eq!(
        (report.receipts, report.sent, report.deleted),
        (1, 1, 1),
        "{report:?}"
    );
    assert_eq!(states(&shop).await, "gone,gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_id_of_a_held_mail_that_is_listed_no_more_hides_no_new_one() {
    let held = forged(1);
    let shop = Shop::open(vec![Mail::new("u1", held.clone())], "", NO_LIMITS).await;
    shop.once().await;
    shop.server.change(Vec::clear);
    shop.once().await;
    replace(&shop, as_long_as_forged(2));
    let report = shop.once().await;
    assert_eq!((report.receipts, report.deleted), (1, 1), "{report:?}");
    // It was away, and is back.
    replace(&shop, held);
    let report = shop.once().await;
    assert_eq!((report.received, report.deleted), (0, 0), "{report:?}");
    assert_eq!(states(&shop).await, "held,gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_answered_and_deleted_in_one_session_is_read_once() {
    let mails = (1..=5).map(|nth| Mail::new(&format!("u{nth}"), customer(nth)));
    let shop = Shop::open(mails.collect(), "", NO_LIMITS).await;
    let report = shop.once().await;
    assert_eq!((report.sent, report.deleted), (5, 5), "{report:?}");
    let reads = [shop.server.count("TOP"), shop.server.count("RETR")];
    assert_eq!((reads, shop.server.count("STAT")), ([5, 0], 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn sizes_that_are_guessed_anew_each_time_do_not_have_every_mail_read_for_ever() {
    let mails = (1..=5).map(|nth| Mail::new(&format!("u{nth}"), customer(nth)));
    let shop = Shop::open(mails.collect(), KEEP, NO_LIMITS).await;
    let mut engine = engine(shop.folder(), shop.settings.clone()).await;
    let mut reads = Vec::new();
    for poll in 1..=8 {
        shop.server.change(|mails| {
            mails
                .iter_mut()
                .for_each(|mail| mail.listed_size = Some(1_000 + poll))
        });
        let report = engine.run_once().await.unwrap().remove(0).1;
        assert_eq!(report.received, if poll == 1 { 5 } else { 0 }, "{report:?}");
        reads.push(shop.server.count("TOP"));
    }
    engine.close().await;
    assert_eq!(reads, [5, 10, 15, 20, 20, 20, 20, 20]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_listing_leaves_out_does_not_count_as_gone() {
    let mails = (1..=3).map(|nth| Mail::new(&format!("u{nth}"), customer(nth)));
    let shop = Shop::open(mails.collect(), KEEP, NO_LIMITS).await;
    shop.once().await;
    shop.server.refuse_list(true);
    for hidden in 0..3 {
        shop.server.change(|mails| mails[hidden].hides_id = true);
        shop.once().await;
        assert_eq!(
            states(&shop).await,
            "settled,settled,settled",
            "mail {hidden} is left out"
        );
        shop.server.change(|mails| mails[hidden].hides_id = false);
    }
    // What is gone does, with the rest listed to the end.
    shop.server.change(|mails| drop(mails.pop()));
    shop.once().await;
    assert_eq!(states(&shop).await, "settled,settled,gone");
}
