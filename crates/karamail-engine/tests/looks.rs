//! What looking at mails before they are deleted may cost: every session ends with something done, and no server is asked
//! the same for ever.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::Path;
use std::time::Duration;

use common::box_of_mails::Mail;
use common::shop::Shop;
use common::{NO_LIMITS, engine, ledger, once, settings_text, signup};
use karamail_engine::config::Settings;
use karamail_engine::engine::requests::{HoldAction, Request};

const KEEP: &str = "keep = \"keep\"";
/// Sessions of which all that can go is gone; one would do if it were long enough.
const SESSIONS: usize = 20;

fn mails(count: usize, more: &str) -> Vec<Mail> {
    let mail = |nth| {
        let mut bytes = more.as_bytes().to_vec();
        bytes.extend(signup(&format!("customer{nth}@example.jp"), nth));
        Mail::new(&format!("u{nth}"), bytes)
    };
    (0..count).map(mail).collect()
}

/// The shop's settings with other words for the mailbox, and so much time for a session.
fn within(shop: &Shop, extra: &str, session: Duration) -> Settings {
    let text = settings_text(shop.server.port, shop.servers.smtp_port(), extra, NO_LIMITS);
    let mut settings = Settings::parse(&text, Path::new(".")).unwrap();
    settings.mailboxes[0].pop3.session_timeout = session;
    settings
}

async fn count(shop: &Shop, state: &'static str) -> i64 {
    match state {
        "gone" => ledger(shop.folder(), "SELECT count(*) FROM mails WHERE state = 'gone'").await,
        _ => {
            ledger(
                shop.folder(),
                "SELECT count(*) FROM mails WHERE state = 'settled'",
            )
            .await
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn more_mails_than_a_slow_server_shows_and_deletes_in_one_session_go_in_several() {
    let shop = Shop::open(mails(400, ""), KEEP, NO_LIMITS).await;
    assert_eq!(shop.once().await.receipts, 400);
    // 2 s for all looks and 2 s for all deletions, at least.
    shop.server.dawdle(5);
    let settings = within(&shop, "", Duration::from_millis(3_900));
    let mut sessions = 0;
    while count(&shop, "gone").await < 400 {
        sessions += 1;
        let report = once(shop.folder(), settings.clone()).await;
        assert!(sessions <= SESSIONS, "{report:?}");
        assert_eq!(report.received, 0, "{report:?}");
    }
    assert!(sessions > 1, "the server was not slow enough to show anything");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_shop_discards_is_discarded_although_a_session_is_too_short_to_look_at_all_of_it() {
    const FORGED: &str = "Authentication-Results: mx.example.jp; spf=fail smtp.mailfrom=a@example.jp\r\n";
    let shop = Shop::open(mails(400, FORGED), "", NO_LIMITS).await;
    assert_eq!(shop.once().await.held, 400);
    let discard = Request::Hold {
        action: HoldAction::Discard,
        ids: (1..=400).collect(),
    };
    shop.ask(discard).await.unwrap();
    // 2 s for all looks, at least.
    shop.server.dawdle(5);
    let settings = within(&shop, KEEP, Duration::from_millis(1_900));
    let mut sessions = 0;
    while ledger::<i64>(shop.folder(), "SELECT count(*) FROM mails WHERE state = 'held'").await > 0 {
        sessions += 1;
        let report = once(shop.folder(), settings.clone()).await;
        assert!(sessions <= SESSIONS, "{report:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_keeps_every_mail_is_asked_about_a_few_at_each_poll() {
    let mut old = mails(300, "");
    old.iter_mut().for_each(|mail| mail.refuses_dele = true);
    let shop = Shop::open(old, "", NO_LIMITS).await;
    let mut engine = engine(shop.folder(), shop.settings.clone()).await;
    engine.run_once().await.unwrap();
    let asked = || shop.server.count("TOP") + shop.server.count("DELE");
    let before = asked();
    for _ in 0..5 {
        engine.run_once().await.unwrap();
    }
    let polls = asked() - before;
    assert!(polls <= 5 * 2 * 64, "{polls} commands");
    assert!(polls > 0, "it may let them go one day");
    // A new customer's mail goes at once, and so does what the server lets go, wherever it stands.
    let new = Mail::new("new", signup("new@example.jp", 1));
    shop.server.change(|mails| {
        mails[299].refuses_dele = false;
        mails.push(new);
    });
    let report = engine.run_once().await.unwrap().remove(0).1;
    assert_eq!((report.sent, report.deleted > 0), (1, true), "{report:?}");
    for _ in 0..6 {
        engine.run_once().await.unwrap();
    }
    engine.close().await;
    assert_eq!(count(&shop, "gone").await, 2);
    assert_eq!(shop.servers.sent_count(), 301);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_line_breaks_off_between_looks_most_mails_are_not_read_again() {
    let shop = Shop::open(mails(300, ""), KEEP, NO_LIMITS).await;
    shop.once().await;
    shop.server.change(|mails| mails[10].tops_left = Some(0));
    let settings = within(&shop, "", Duration::from_secs(600));
    let report = once(shop.folder(), settings.clone()).await;
    assert!(
        report.receive_fault.is_some() && report.deleted == 0,
        "{report:?}"
    );
    assert_eq!(count(&shop, "settled").await, 300 - 64);
    shop.server.change(|mails| mails[10].tops_left = None);
    let before = shop.server.count("TOP");
    let report = once(shop.folder(), settings).await;
    assert_eq!((report.received, report.deleted), (0, 300), "{report:?}");
    assert_eq!(shop.server.count("TOP") - before, 300, "each once");
}

#[tokio::test(flavor = "multi_thread")]
async fn mails_that_were_to_go_and_shall_stay_now_are_not_read_at_every_poll() {
    let shop = Shop::open(mails(20, ""), KEEP, NO_LIMITS).await;
    shop.once().await;
    // The session in which they were deleted was cut off, and then the shop wanted them kept.
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(shop.folder().join("karamail.db"));
    let mut file = sqlx::ConnectOptions::connect(&options).await.unwrap();
    sqlx::query("UPDATE mails SET state = 'purging'")
        .execute(&mut file)
        .await
        .unwrap();
    sqlx::Connection::close(file).await.unwrap();
    let mut reads = Vec::new();
    for _ in 0..3 {
        let report = shop.once().await;
        assert_eq!((report.received, report.deleted), (0, 0), "{report:?}");
        reads.push(shop.server.count("TOP"));
    }
    assert_eq!(reads, [40, 40, 40]);
    assert_eq!(count(&shop, "settled").await, 20);
}
