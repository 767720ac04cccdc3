//! 確認待ち: mails that wait for the shop, and what it chooses.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod common;

use axum::http::StatusCode;
use common::Shop;
use karamail_engine::clock;
use karamail_engine::demo;
use karamail_engine::engine::Command;

/// A mail that the server calls forged.
fn forged(address: &str, subject: &str) -> Vec<u8> {
    format!(
        "Authentication-Results: mx.example.jp; spf=fail smtp.mailfrom=x@example.jp\r\nFrom: {address}\r\nTo: {to}\r\n\
         Date: {date}\r\nMessage-ID: <{id}@x>\r\nSubject: {subject}\r\n\r\n",
        to = demo::ADDRESS,
        date = jiff::fmt::rfc2822::to_string(&clock::local(clock::now())).unwrap(),
        id = address.replace(|c: char| !c.is_ascii_alphanumeric(), "."),
    )
    .into_bytes()
}

fn old(address: &str) -> Vec<u8> {
    format!(
        "From: {address}\r\nTo: {to}\r\nDate: Mon, 6 Jan 2020 10:00:00 +0900\r\nMessage-ID: <{address}>\r\nSubject:\r\n\r\n",
        to = demo::ADDRESS,
    )
    .into_bytes()
}

async fn with_held(addresses: &[&str]) -> Shop {
    let shop = Shop::open().await;
    for address in addresses {
        shop.servers.deposit(forged(address, ""));
    }
    shop.handle().command(Command::CheckNow).await;
    for address in addresses {
        shop.wait_for("/waiting", address).await;
    }
    shop
}

async fn with_old(addresses: &[&str]) -> Shop {
    let shop = Shop::with("", false).await;
    for address in addresses {
        shop.servers.deposit(old(address));
    }
    shop.handle().command(Command::StartCollecting).await;
    shop.wait_for("/waiting", &format!("{} 通を受け付ける", addresses.len()))
        .await;
    shop
}

/// The ids of the mails on a page, the newest first.
fn ids(body: &str) -> Vec<String> {
    let after = body.split("name=\"id\" value=\"").skip(1);
    after
        .map(|rest| rest.split('"').next().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_waits_is_said_and_a_held_mail_appears_by_itself() {
    let shop = Shop::open().await;
    let page = shop.get("/waiting").await;
    page.has(&["確認が必要なメールはありません", "data-live=\"/waiting/live\""]);
    let address = format!("/waiting/live?version={}", page.version());
    let part = shop.part(&address);
    let (part, ()) = tokio::join!(part, async {
        shop.servers.deposit(forged("a@example.jp", ""));
        shop.handle().command(Command::CheckNow).await;
    });
    part.has(&["a@example.jp", "偽られている疑い", "件名なし", "保留中のメール"])
        .has_not(&["<html"]);
    shop.get("/results").await.has(&["確認が必要なメールが 1 通"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_held_mail_is_taken_and_its_customer_gets_the_number() {
    let shop = with_held(&["a@example.jp", "b@example.jp"]).await;
    let listed = ids(&shop.get("/waiting").await.body);
    let one = format!("release:{}", listed[0]);
    // A tick at the other mail does not matter to the button of this one.
    let done = shop
        .post(
            "/waiting/held",
            &[("id", &listed[1]), ("newest", &listed[0]), ("action", &one)],
        )
        .await;
    assert_eq!(done.leads_to(), "/waiting?numbers=1");
    shop.get(done.location())
        .await
        .has(&["1 通に受付番号を出しました"]);
    shop.servers.wait_for_sent(1).await;
    shop.wait_for("/results/main/1", "送信済み").await;
    assert_eq!(ids(&shop.get("/waiting").await.body), listed[1..]);
    let again = shop.post("/waiting/held", &[("action", &one)]).await;
    assert_eq!(again.leads_to(), "/waiting?not_found=1");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_thrown_away_before_a_page_has_asked() {
    let shop = with_held(&["a@example.jp", "b@example.jp", "c@example.jp"]).await;
    let listed = ids(&shop.get("/waiting").await.body);
    let ask = shop
        .post(
            "/waiting/held",
            &[("id", &listed[0]), ("id", &listed[2]), ("action", "discard")],
        )
        .await;
    assert_eq!(ask.status, StatusCode::OK);
    ask.has(&[
        "2 通のメールを捨てます",
        "c@example.jp",
        "a@example.jp",
        "class=\"grave\"",
    ])
    .has_not(&["b@example.jp"]);
    assert_eq!(ids(&shop.get("/waiting").await.body).len(), 3, "nothing was done");
    assert_eq!(ids(&ask.body), [listed[0].clone(), listed[2].clone()]);
    let fields = [
        ("confirmed", "yes"),
        ("id", &listed[0]),
        ("id", &listed[2]),
        ("action", "discard"),
    ];
    let done = shop.post("/waiting/held", &fields).await;
    assert_eq!(done.leads_to(), "/waiting?at_next_poll=2");
    shop.servers.wait_for_mailbox_at_most(1).await;
    shop.wait_for("/waiting", "1 通すべて受け付ける").await;
    assert_eq!(shop.servers.sent_count(), 0, "nobody got an answer");
    let none = shop.post("/waiting/held", &[("action", "discard")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    none.has(&["メールが選ばれていません"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_means_those_that_were_shown() {
    let shop = with_held(&["a@example.jp", "b@example.jp"]).await;
    let page = shop.get("/waiting").await;
    let newest = ids(&page.body)[0].clone();
    shop.servers.deposit(forged("late@example.jp", ""));
    shop.handle().command(Command::CheckNow).await;
    shop.wait_for("/waiting", "late@example.jp").await;
    let fields = [("newest", newest.as_str()), ("action", "release-all")];
    let ask = shop.post("/waiting/held", &fields).await;
    ask.has(&["2 通のメールを受け付けます", "取り消せません"])
        .has_not(&["late@"]);
    let fields = [
        ("newest", newest.as_str()),
        ("action", "release-all"),
        ("confirmed", "yes"),
    ];
    let done = shop.post("/waiting/held", &fields).await;
    assert_eq!(done.leads_to(), "/waiting?numbers=2");
    shop.get("/waiting")
        .await
        .has(&["late@example.jp"])
        .has_not(&["a@example.jp"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn old_mails_are_taken_left_or_deleted_after_a_question() {
    let key = demo::ADDRESS.to_lowercase();
    let choose = |action: &'static str, confirmed: &'static str, understood: &'static str| {
        [
            ("mailbox".to_owned(), key.clone()),
            ("action".to_owned(), action.to_owned()),
            ("confirmed".to_owned(), confirmed.to_owned()),
            ("understood".to_owned(), understood.to_owned()),
        ]
    };
    let post = async |shop: &Shop, fields: [(String, String); 4]| {
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        shop.post("/waiting/backlog", &fields).await
    };

    let shop = with_old(&["a@example.jp", "b@example.jp"]).await;
    shop.get("/waiting").await.has(&[
        "以前からのメール",
        "2020-01-06 ～ 2020-01-06",
        "メールボックス 店頭",
    ]);
    let ask = post(&shop, choose("delete", "", "")).await;
    ask.has(&["サーバーから削除します", "控えを残して"]);
    let untold = post(&shop, choose("delete", "yes", "")).await;
    assert_eq!(untold.status, StatusCode::UNPROCESSABLE_ENTITY);
    untold.has(&["まだ何もしていません"]);
    assert_eq!(shop.servers.mailbox_count(), 2);
    let done = post(&shop, choose("delete", "yes", "yes")).await;
    assert_eq!(done.leads_to(), "/waiting?at_next_poll=2");
    shop.servers.wait_for_mailbox_at_most(0).await;
    shop.wait_for("/waiting", "確認が必要なメールはありません").await;
    assert_eq!(shop.servers.sent_count(), 0);

    let shop = with_old(&["a@example.jp", "b@example.jp"]).await;
    post(&shop, choose("process", "", ""))
        .await
        .has(&["2 通を受け付けます", "全員に"]);
    assert_eq!(
        post(&shop, choose("process", "yes", "")).await.leads_to(),
        "/waiting?numbers=2"
    );
    shop.servers.wait_for_sent(2).await;

    let shop = with_old(&["a@example.jp"]).await;
    post(&shop, choose("ignore", "", ""))
        .await
        .has(&["今後は扱いません"]);
    assert_eq!(
        post(&shop, choose("ignore", "yes", "")).await.leads_to(),
        "/waiting?ignored=1"
    );
    shop.get("/waiting")
        .await
        .has(&["確認が必要なメールはありません"]);
    assert_eq!(shop.servers.mailbox_count(), 1, "it stays on the server");
    assert_eq!(
        post(&shop, choose("explode", "yes", "yes")).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_sender_and_subject_are_only_text() {
    let shop = with_held(&["a@example.jp"]).await;
    // Our reading of mails lets none of this in; the pages do not rely on it.
    common::sql(
        &shop,
        "UPDATE mails SET sender = '<script>alert(1)</script>\u{202e}@example.jp', subject = '\u{1b}[2J\"><b>'",
    )
    .await;
    let page = shop.wait_for("/waiting", "&#60;script&#62;").await;
    page.has(&["⟦U+202E⟧", "⟦U+001B⟧"])
        .has_not(&["<script>alert", "\u{202e}", "<b>", "\u{1b}"]);
    let listed = ids(&page.body);
    let ask = shop
        .post("/waiting/held", &[("id", &listed[0]), ("action", "discard")])
        .await;
    ask.has(&["&#60;script&#62;"])
        .has_not(&["<script>alert", "\u{202e}"]);
    for (path, fields) in [
        ("/waiting/held", [("action", "release:<b>"), ("id", "x")]),
        ("/waiting/nowhere", [("action", "discard"), ("id", "1")]),
        (
            "/waiting/backlog",
            [("action", "delete"), ("mailbox", "<b>x</b>")],
        ),
    ] {
        shop.post(path, &fields).await.has_not(&["<b>"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_old_mail_is_deleted_that_the_question_did_not_count() {
    let shop = with_old(&["a@example.jp", "b@example.jp"]).await;
    let fields = [("mailbox", demo::ADDRESS), ("action", "delete")];
    let question = shop.post("/waiting/backlog", &fields).await;
    question.has(&["name=\"asked\" value=\"2\""]);
    // As if one more had come between.
    let told = [("confirmed", "yes"), ("understood", "yes")];
    let fewer = [&fields[..], &told, &[("asked", "1")]].concat();
    let again = shop.post("/waiting/backlog", &fewer).await;
    assert_eq!(again.status, StatusCode::OK);
    again.has(&["name=\"asked\" value=\"2\""]);
    assert_eq!(shop.servers.mailbox_count(), 2);
    let all = [&fields[..], &told, &[("asked", "2")]].concat();
    let done = shop.post("/waiting/backlog", &all).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
}
