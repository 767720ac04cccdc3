//! What a page tells after something was done is told once: an address that is opened again claims nothing.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;
#[path = "common/form.rs"]
mod form;

use axum::http::StatusCode;
use common::{Answer, Shop};
use form::change;

/// Follows an answer to the page that tells what was done; the same address once more tells nothing.
async fn told_once(shop: &Shop, answer: &Answer, told: &str) {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    shop.get(answer.location()).await.has(&[told]);
    let again = shop.get(answer.location()).await;
    assert_eq!(again.status, StatusCode::OK);
    again.has_not(&[told]);
    // Nor does an address that somebody made up.
    shop.get(answer.leads_to()).await.has_not(&[told]);
}

#[tokio::test]
async fn that_settings_were_saved_is_told_once_and_not_on_a_reload() {
    let shop = Shop::with("", false).await;
    for (screen, key, value) in [
        ("/settings/control", "general.shop_name", "もみじ"),
        ("/settings/duplicate", "opt_out.words", "退会"),
        ("/settings/guards", "guard.backlog_hours", "12"),
        ("/settings/data", "general.log_months", "7"),
    ] {
        let saved = change(&shop, screen, &[(key, value)]).await;
        told_once(&shop, &saved, "設定しました。").await;
    }
    let saved = change(&shop, "/settings/mail/1", &[("mailbox[1].name", "本店")]).await;
    told_once(&shop, &saved, "「本店」の設定を保存しました").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn that_a_number_is_sent_again_is_told_once_and_not_on_a_reload() {
    let shop = Shop::open().await;
    shop.sign_up("a@example.jp");
    shop.collect(1).await;
    shop.wait_for("/results/main/1", "送信済み").await;
    let sent = shop.post("/results/main/1/resend", &[]).await;
    told_once(&shop, &sent, "もう一度送ります。経過は下に表示されます。").await;
    shop.servers.wait_for_sent(2).await;
    shop.wait_for("/results/main/1", "再送済み").await;
    let sent = shop
        .post("/results/resend", &[("back", ""), ("pick", "1.main")])
        .await;
    told_once(&shop, &sent, "1 件をもう一度送ります").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_became_of_waiting_mails_is_told_once_and_not_on_a_reload() {
    let shop = Shop::with("[guard]\nbacklog_hours = 1", false).await;
    let old = "From: a@example.jp\r\nTo: touroku@karamail.example\r\nMessage-ID: <a@example.jp>\r\nDate: Sun, 02 Mar 2025 10:00:00 +0900\r\n\
               Subject: \r\n\r\n";
    shop.servers.deposit(old.into());
    shop.handle()
        .command(karamail_engine::engine::Command::StartCollecting)
        .await;
    shop.wait_for("/waiting", "a@example.jp").await;
    let page = shop.get("/waiting").await;
    let key = page
        .body
        .split("name=\"mailbox\" value=\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    let fields = [
        ("mailbox", key),
        ("action", "ignore"),
        ("confirmed", "yes"),
        ("asked", "1"),
    ];
    let done = shop.post("/waiting/backlog", &fields).await;
    told_once(&shop, &done, "今後は扱いません").await;
}

#[tokio::test]
async fn several_windows_are_each_told_of_what_was_done_in_them() {
    let shop = Shop::with("", false).await;
    let one = change(&shop, "/settings/control", &[("general.shop_name", "もみじ")]).await;
    let two = change(&shop, "/settings/guards", &[("guard.backlog_hours", "12")]).await;
    shop.get(one.location()).await.has(&["設定しました。"]);
    shop.get(two.location()).await.has(&["設定しました。"]);
}
