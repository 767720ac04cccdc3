//! First contact and strange days: old mail, every unique id new, mails that cannot be handled.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

mod common;

use common::box_of_mails::Mail;
use common::shop::Shop;
use common::{NO_LIMITS, engine, ledger, signup};
use karamail_engine::clock;
use karamail_engine::engine::Engine;
use karamail_engine::engine::requests::{BacklogAction, HoldAction, Request, RequestFault};
use karamail_engine::store::Store;

fn old(nth: usize) -> Mail {
    let bytes = format!(
        "From: <old{nth}@example.jp>\r\nDate: Fri, 1 Nov 2024 10:00:00 +0900\r\nMessage-ID: <{nth}@old>\r\n\r\n"
    );
    Mail::new(&format!("old{nth}"), bytes.into_bytes())
}

fn fresh(nth: usize) -> Mail {
    Mail::new(&format!("new{nth}"), signup(&format!("c{nth}@example.jp"), nth))
}

fn other(nth: usize) -> Mail {
    let bytes = format!(
        "From: <asker{nth}@example.jp>\r\nSubject: hours\r\nMessage-ID: <o{nth}@x>\r\n\r\nHow late?\r\n"
    );
    Mail::new(&format!("other{nth}"), bytes.into_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_backlog_is_processed_when_the_shop_says_so() {
    let shop = Shop::open(vec![old(1), old(2), fresh(3)], "", "").await;
    let report = shop.once().await;
    assert_eq!((report.backlog, report.receipts), (2, 1), "{report:?}");
    assert_eq!(shop.aside().await.len(), 2);
    let done = shop.backlog(BacklogAction::Process).await;
    assert_eq!(
        (&done["mails"][0]["number"], &done["mails"][1]["number"]),
        (&2.into(), &3.into()),
        "{done}"
    );
    let report = shop.once().await;
    assert_eq!(
        (report.sent, report.deleted, shop.servers.sent_count()),
        (2, 2, 3),
        "{report:?}"
    );
    assert!(shop.server.uidls().is_empty() && shop.aside().await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ignored_backlog_stays_on_the_server_and_is_never_looked_at_again() {
    let shop = Shop::open(vec![old(1), old(2)], "", "").await;
    shop.once().await;
    shop.backlog(BacklogAction::Ignore).await;
    let looked = shop.server.count("TOP");
    shop.once().await;
    assert_eq!(
        (
            shop.server.uidls().len(),
            shop.server.count("TOP"),
            shop.aside().await.len()
        ),
        (2, looked, 0)
    );
    assert_eq!(
        shop.backlog(BacklogAction::Process).await["mails"],
        serde_json::json!([]),
        "it is not offered again"
    );
    assert_eq!(shop.servers.sent_count(), 0);
    let named = shop
        .ask(Request::Backlog {
            action: BacklogAction::Ignore,
            mailbox: Some("none".into()),
        })
        .await;
    assert!(matches!(named, Err(RequestFault::NoMailbox { .. })), "{named:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_backlog_is_archived_first() {
    let shop = Shop::open(vec![old(1)], "", "").await;
    shop.once().await;
    shop.backlog(BacklogAction::Delete).await;
    let report = shop.once().await;
    assert_eq!(
        (
            report.deleted,
            shop.server.uidls().len(),
            shop.servers.sent_count()
        ),
        (1, 0, 0),
        "{report:?}"
    );
    let file: String = ledger(shop.folder(), "SELECT archive_file FROM mails").await;
    // The server ends every mail with a line end.
    assert!(
        std::fs::read(shop.folder().join(file))
            .unwrap()
            .starts_with(&old(1).bytes)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_known_mails_under_new_ids_are_not_answered_again_and_it_is_told_once() {
    let mails = (0..200).map(fresh).collect();
    let shop = Shop::open(mails, "keep = \"keep\"", NO_LIMITS).await;
    assert_eq!(shop.once().await.receipts, 200);
    for day in 0..3 {
        shop.server.change(|mails| {
            mails
                .iter_mut()
                .for_each(|mail| mail.uidl = format!("day{day}{}", mail.uidl))
        });
        let report = shop.once().await;
        assert_eq!(
            (report.received, report.sent, report.is_every_uidl_new),
            (0, 0, true),
            "{report:?}"
        );
    }
    assert_eq!(
        (shop.servers.sent_count(), shop.events("uidls-changed").await),
        (200, 1)
    );
    let report = shop.once().await;
    assert!(!report.is_every_uidl_new);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_strange_day_is_not_over_when_the_line_breaks_off_in_the_middle_of_it() {
    let shop = Shop::open((0..60).map(fresh).collect(), "keep = \"keep\"", NO_LIMITS).await;
    let mut engine = engine(shop.folder(), shop.settings.clone()).await;
    let poll = async |engine: &mut Engine| engine.run_once().await.unwrap().remove(0).1;
    assert_eq!(poll(&mut engine).await.receipts, 60);
    // The look at all headers is whole; the line breaks off when the second batch is taken in.
    shop.server.change(|mails| {
        mails.truncate(10);
        mails.iter_mut().for_each(|mail| mail.uidl.insert(0, 'x'));
        mails.extend((100..150).map(fresh));
        mails[30].tops_left = Some(1);
    });
    let report = poll(&mut engine).await;
    assert!(report.receive_fault.is_some() && report.backlog > 0, "{report:?}");
    shop.server.change(|mails| mails[30].tops_left = None);
    let report = poll(&mut engine).await;
    assert_eq!((report.receipts, report.sent), (0, 0), "{report:?}");
    assert_eq!(shop.aside().await.len(), 50);
    assert_eq!(shop.events("uidls-changed").await, 1);
    // Then it is over.
    shop.server.change(|mails| mails.push(fresh(200)));
    assert_eq!(poll(&mut engine).await.receipts, 1);
    engine.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_strangers_under_new_ids_are_offered_and_not_answered_at_once() {
    let mails = (0..20).map(fresh).collect();
    let shop = Shop::open(
        mails,
        "keep = \"keep\"\nforward_to = \"shop@example.com\"",
        NO_LIMITS,
    )
    .await;
    assert_eq!(shop.once().await.receipts, 20);
    // 19 that are known, 21 signups and 4 other mails that nobody knows.
    shop.server.change(|mails| {
        mails.truncate(19);
        mails.iter_mut().for_each(|mail| mail.uidl.insert(0, 'x'));
        mails.extend((100..121).map(fresh).chain((0..4).map(other)));
    });
    let report = shop.once().await;
    assert_eq!(
        (report.backlog, report.receipts, report.forwards, report.sent),
        (25, 0, 0, 0),
        "{report:?}"
    );
    assert_eq!(shop.events("uidls-changed").await, 1);
    assert!(
        shop.aside()
            .await
            .iter()
            .all(|mail| mail.reason == "uidls-changed")
    );
    // The day after, new mail is new mail.
    shop.server.change(|mails| mails.push(fresh(200)));
    assert_eq!(shop.once().await.receipts, 1);
    // The shop wants them: signups at once, other mail with the next poll.
    let done = shop.backlog(BacklogAction::Process).await;
    let decided = done["mails"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|mail| mail["done"] == "decided")
        .count();
    assert_eq!(decided, 21, "{done}");
    let report = shop.once().await;
    assert_eq!(
        (report.forwards, report.sent, shop.aside().await.len()),
        (4, 25, 0),
        "{report:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn another_mail_that_comes_for_a_released_one_is_not_forwarded_in_its_place() {
    let keep = "keep = \"keep\"\nforward_to = \"shop@example.com\"";
    let shop = Shop::open((0..20).map(fresh).collect(), keep, NO_LIMITS).await;
    shop.once().await;
    shop.server.change(|mails| {
        *mails = (100..124).map(fresh).chain([other(1)]).collect();
        mails[24].swapped = Some(other(2).bytes);
    });
    assert_eq!(shop.once().await.backlog, 25);
    shop.backlog(BacklogAction::Process).await;
    let report = shop.once().await;
    assert_eq!((report.forwards, report.sent), (0, 24), "{report:?}");
    assert_eq!(shop.aside().await.len(), 1, "the shop decides again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rush_of_new_mails_in_a_box_whose_few_old_ones_went_is_answered() {
    let shop = Shop::open((0..9).map(fresh).collect(), "keep = \"keep\"", NO_LIMITS).await;
    shop.once().await;
    // Somebody cleared the mailbox, then the doors opened.
    shop.server
        .change(|mails| *mails = (100..140).map(fresh).collect());
    let report = shop.once().await;
    assert_eq!(
        (report.receipts, report.is_every_uidl_new),
        (40, false),
        "{report:?}"
    );
    assert_eq!(shop.events("uidls-changed").await, 0);
}

/// Found by the simulation: the server deleted a mail, its word was lost, and the next customer's mail got the free id.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_mail_with_the_id_of_one_that_was_asked_to_go_is_answered_and_not_deleted_unseen() {
    let shop = Shop::open(
        vec![Mail::new("u1", signup("first@example.jp", 1))],
        "keep = \"keep\"",
        NO_LIMITS,
    )
    .await;
    assert_eq!(shop.once().await.receipts, 1);
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(shop.folder().join("karamail.db"));
    let mut connection = sqlx::ConnectOptions::connect(&options).await.unwrap();
    sqlx::query("UPDATE mails SET state = 'purging'")
        .execute(&mut connection)
        .await
        .unwrap();
    sqlx::Connection::close(connection).await.unwrap();
    shop.server
        .change(|mails| *mails = vec![Mail::new("u1", signup("second@example.jp", 2))]);
    assert_eq!(shop.once().await.receipts, 1, "the second customer has a number");
    assert_eq!(shop.server.count("DELE"), 0);
    let states: String = ledger(
        shop.folder(),
        "SELECT group_concat(state) FROM (SELECT state FROM mails ORDER BY id)",
    )
    .await;
    assert_eq!(states, "gone,settled");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_whose_header_is_refused_three_times_is_put_aside_and_the_rest_go_on() {
    let stuck = Mail {
        refuses_top: true,
        refuses_retr: true,
        ..fresh(1)
    };
    let shop = Shop::open(vec![stuck, fresh(2)], "", NO_LIMITS).await;
    for expected in [(1, 1, 0), (0, 1, 0), (0, 0, 1), (0, 0, 0), (0, 0, 0)] {
        let report = shop.once().await;
        assert_eq!(
            (report.receipts, report.unreadable, report.held),
            expected,
            "{report:?}"
        );
    }
    let aside = shop.aside().await;
    let stuck = aside
        .iter()
        .find(|mail| mail.reason == "header-refused")
        .expect("put aside");
    assert_eq!(shop.events("quarantined").await, 1, "told once");
    assert_eq!(shop.server.count("TOP 1 0"), 3, "and not asked for again");
    // It is mended; the shop tries again.
    let id = stuck.id;
    shop.server.change(|mails| {
        mails
            .iter_mut()
            .for_each(|mail| (mail.refuses_top, mail.refuses_retr) = (false, false))
    });
    let done = shop
        .ask(Request::Hold {
            action: HoldAction::Release,
            ids: vec![id],
        })
        .await
        .unwrap();
    assert_eq!(done["mails"][0]["done"], "at-next-poll", "{done}");
    let report = shop.once().await;
    assert_eq!(report.receipts, 1, "{report:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_that_the_server_never_hands_out_whole_is_put_aside_with_its_header() {
    let stuck = Mail {
        refuses_retr: true,
        ..other(1)
    };
    let shop = Shop::open(vec![stuck, other(2)], "", NO_LIMITS).await;
    for expected in [(1, 0), (0, 0), (0, 1), (0, 0)] {
        let report = shop.once().await;
        assert_eq!((report.archived, report.held), expected, "{report:?}");
    }
    let aside = shop.aside().await;
    assert_eq!(aside[0].reason, "mail-refused");
    let kept = std::fs::read(shop.folder().join(aside[0].file.as_ref().unwrap())).unwrap();
    assert!(
        kept.starts_with(b"From: <asker1@example.jp>"),
        "what can be had of it"
    );
    // Discarding it deletes it all the same.
    shop.ask(Request::Hold {
        action: HoldAction::Discard,
        ids: vec![aside[0].id],
    })
    .await
    .unwrap();
    let report = shop.once().await;
    assert_eq!(
        (
            report.deleted,
            shop.server.uidls().len(),
            shop.aside().await.len()
        ),
        (1, 0, 0),
        "{report:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_refuses_every_mail_puts_none_aside() {
    let stuck = |nth| Mail {
        refuses_top: true,
        refuses_retr: true,
        ..fresh(nth)
    };
    let shop = Shop::open(vec![stuck(1), stuck(2)], "", NO_LIMITS).await;
    for _ in 0..4 {
        assert_eq!(shop.once().await.unreadable, 2);
    }
    shop.server.change(|mails| {
        mails
            .iter_mut()
            .for_each(|mail| (mail.refuses_top, mail.refuses_retr) = (false, false))
    });
    assert_eq!(shop.once().await.receipts, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_on_which_the_program_fails_is_put_aside_and_costs_no_number() {
    use karamail_core::decide::{Known, Outcome, Rules, decide};
    use karamail_core::mail::IncomingMail;
    use karamail_engine::store::mails::{Candidate, Clerk, Letter, LetterBody, Scope, Spool};
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let ours = "touroku@karamail.example".parse().unwrap();
    let row = store.mailbox(&ours).await.unwrap();
    let scope = Scope {
        mailbox_id: row.id,
        mailbox_name: "counter".into(),
        series: "main".into(),
        first_number: 1,
        limit_hour: 0,
        wordings: Default::default(),
    };
    let candidates: Vec<Candidate> = (1..=3)
        .map(|nth| {
            let header = signup(&format!("c{nth}@example.jp"), nth);
            let mail = IncomingMail::parse(&header);
            let key = mail.content_key(None);
            let id = store.allocate_mail_id();
            let (message_number, uidl) = (nth as u32, Some(format!("u{nth}")));
            Candidate {
                id,
                message_number,
                uidl,
                size: None,
                mail,
                header,
                shop_word_in_body: false,
                put_aside: None,
                key,
                spooled: Spool::NotFetched,
            }
        })
        .collect();
    let decide = |mail: &IncomingMail, known: &Known| decide(mail, &Rules::default(), known);
    let clerk = Clerk {
        decide: &decide,
        compose: &|candidate, to, _, number| {
            assert_ne!(candidate.id, 2, "a bug that one mail brings out");
            let message_id = format!("{number}@x");
            Letter {
                from: "touroku@karamail.example".parse().unwrap(),
                to: to.clone(),
                message_id,
                body: LetterBody::Bytes(b"x".to_vec()),
            }
        },
        farewell: &|_, _, _| None,
    };
    let recorded = store
        .record(&scope, &candidates, &mut Default::default(), &clerk, clock::now())
        .await
        .unwrap();
    store.close().await;
    let of = |entry: &karamail_engine::store::mails::Recorded| (entry.outcome, entry.number);
    let expected = [
        (Some(Outcome::Receipt), Some(1)),
        (Some(Outcome::Hold), None),
        (Some(Outcome::Receipt), Some(2)),
    ];
    assert_eq!(recorded.iter().map(of).collect::<Vec<_>>(), expected);
    let reason: String = ledger(folder.path(), "SELECT reason FROM mails WHERE state = 'held'").await;
    assert_eq!(reason, "cannot-be-handled");
}
